"""Measure how hard each English text is to read and write its grade beside it; ``--check`` only compares."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from ketaprogram.wording.reading import reading_grade

KNOWLEDGE = Path(__file__).parents[1] / "src" / "ketaprogram" / "knowledge"
FILES = {"prompts.toml": "prompts", "education.toml": "articles"}
_GRADE = re.compile(r'^reading_grade = ".*"$', re.MULTILINE)


def files() -> dict[Path, str]:
    """Each file with the grades as they are measured."""
    found = {}
    for name, member in FILES.items():
        path = KNOWLEDGE / name
        text = path.read_text("utf-8")
        grades = iter([reading_grade(each["text"]) for each in tomllib.loads(text)[member]])
        found[path] = _GRADE.sub(lambda _line, left=grades: f'reading_grade = "{next(left)}"', text)
    return found


def stale() -> list[Path]:
    """The files whose grades are not those that are measured."""
    return [path for path, text in files().items() if path.read_text("utf-8") != text]


def main() -> int:
    """Write or check; 1 if a check finds stale files."""
    changed = stale()
    for path, text in files().items():
        if path in changed:
            print(f"{'stale' if '--check' in sys.argv else 'written'}: {path.name}")
            if "--check" not in sys.argv:
                path.write_text(text, "utf-8")
    return 1 if changed and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
