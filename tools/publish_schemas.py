"""Write ``schemas/`` anew from the models; ``--check`` only tells whether it would change."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ketaprogram.documents import schema
from ketaprogram.published import DOCUMENTS, MAJOR, model_of

ROOT = Path(__file__).parents[1] / "schemas"


def wanted() -> dict[Path, str]:
    """Every schema file with its content."""
    return {
        ROOT / name / MAJOR / f"{name}.schema.json": json.dumps(schema(model_of(name)), indent=2, ensure_ascii=False)
        + "\n"
        for name in DOCUMENTS
    }


def stale() -> list[Path]:
    """The files that are missing, out of date, or of no document."""
    files = wanted()
    differing = [path for path, text in files.items() if not path.is_file() or path.read_text("utf-8") != text]
    return sorted([*differing, *(path for path in ROOT.rglob("*.json") if path not in files)])


def main() -> int:
    """Write or check; 1 if a check finds stale files."""
    changed = stale()
    for path in changed:
        print(f"{'stale' if '--check' in sys.argv else 'written'}: {path.relative_to(ROOT.parent)}")
    if "--check" in sys.argv:
        return 1 if changed else 0
    files = wanted()
    for path in changed:
        if path not in files:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
