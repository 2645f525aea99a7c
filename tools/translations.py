"""
Bring the translations up to the English texts and compile them; ``--check`` only tells whether anything would change.

For each locale in `knowledge/locales/` the file `ketaprogram.po` is what a translator edits: the context is the id of a
text. A new English text, or one that has changed, comes in untranslated, and one that is gone goes. `ketaprogram.mo`
is what the package reads.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from ketaprogram._knowledge import table

LOCALES = Path(__file__).parents[1] / "src" / "ketaprogram" / "knowledge" / "locales"
SOURCE = "en"


def texts() -> list[tuple[str, str, str]]:
    """Every text that a person may read: its id, its English form and, where it speaks of a number, its plural."""
    found = [(each["id"], each["text"], each.get("plural", "")) for each in table("messages")["message"]]
    found += [(each["id"], each["text"], "") for each in table("prompts")["prompts"]]
    for each in table("education")["articles"]:
        found += [(f"{each['id']}.title", each["title"], ""), (each["id"], each["text"], "")]
    return found


def template() -> Catalog:
    """The English texts as a catalogue."""
    catalogue = Catalog()
    for context, text, plural in texts():
        catalogue.add((text, plural) if plural else text, context=context)
    return catalogue


def updated(path: Path) -> Catalog:
    """The catalogue of a locale, brought up to the English texts."""
    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=path.parents[1].name)
    held = catalogue.creation_date
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = held
    return catalogue


def files() -> dict[Path, bytes]:
    """Every file of every locale with its content."""
    found = {}
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/ketaprogram.po")):
        catalogue = updated(path)
        found[path] = _written(pofile.write_po, catalogue, width=118, omit_header=False, ignore_obsolete=True)
        found[path.with_suffix(".mo")] = _written(write_mo, catalogue)
    return found


def stale() -> list[Path]:
    """The files that are missing or out of date."""
    return [path for path, content in files().items() if not path.is_file() or path.read_bytes() != content]


def _written(write, catalogue: Catalog, **options: object) -> bytes:  # noqa: ANN001  # a function of Babel, which has no name for it
    file = io.BytesIO()
    write(file, catalogue, **options)
    return file.getvalue()


def main() -> int:
    """Write or check; 1 if a check finds stale files."""
    content = files()
    changed = stale()
    for path in changed:
        print(f"{'stale' if '--check' in sys.argv else 'written'}: {path.relative_to(LOCALES)}")
        if "--check" not in sys.argv:
            path.write_bytes(content[path])
    return 1 if changed and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
