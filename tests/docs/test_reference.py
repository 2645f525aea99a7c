"""Reference pages keep up with the code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAMILIES = (
    "document|member|value|fact|unit|time|list|intake|medication|diagnosis|citation"
    "|criterion|condition|definition|parameter|rulebook|operator|range|contact|supply|journal"
)


def test_every_issue_code_of_the_source_is_explained_and_no_other() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    used = set(re.findall(rf'"((?:{FAMILIES})\.[a-z0-9-]+)"', source)) - {"medication.classes"}
    linting = (ROOT / "src" / "ketaprogram" / "rules" / "linting.py").read_text("utf-8")
    used |= {f"lint.{code}" for code in re.findall(r'_issue\("([a-z-]+)"', linting)}
    checking = (ROOT / "src" / "ketaprogram" / "protocol" / "checking.py").read_text("utf-8")
    used |= {f"protocol.{code}" for code in re.findall(r'_issue\(.*?, "([a-z-]+)", [m"]', checking)}
    page = (ROOT / "docs" / "reference" / "issue-codes.md").read_text("utf-8")
    assert used == set(re.findall(r"^\| `([a-z0-9.-]+)`", page, re.MULTILINE))


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
