"""Reference pages keep up with the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from ketaprogram.outcomes.instruments import instruments
from ketaprogram.outcomes.model import Instrument

ROOT = Path(__file__).parents[2]
FAMILIES = (
    "document|member|value|fact|unit|time|list|intake|medication|diagnosis|citation"
    "|instrument|item|criterion|condition|definition|parameter|rulebook|operator|range|contact|supply"
    "|prompt|article|language|locale|journal"
)


def test_every_issue_code_of_the_source_is_explained_and_no_other() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    used = set(re.findall(rf'"((?:{FAMILIES})\.[a-z0-9-]+)"', source)) - {"medication.classes"}
    linting = (ROOT / "src" / "ketaprogram" / "rules" / "linting.py").read_text("utf-8")
    used |= {f"lint.{code}" for code in re.findall(r'_issue\("([a-z-]+)"', linting)}
    checking = (ROOT / "src" / "ketaprogram" / "protocol" / "checking.py").read_text("utf-8")
    used |= {f"protocol.{code}" for code in re.findall(r'_issue\(.*?, "([a-z-]+)", [m"]', checking)}
    language = tomllib.loads((ROOT / "src" / "ketaprogram" / "knowledge" / "language.toml").read_text("utf-8"))
    used |= {f"language.{rule['id']}" for rule in language["rule"]}
    used |= {f"language.missing-{each['id']}" for each in language["required"]}
    page = (ROOT / "docs" / "reference" / "issue-codes.md").read_text("utf-8")
    assert used == set(re.findall(r"^\| `([a-z0-9.-]+)`", page, re.MULTILINE))


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_page_of_questionnaires_says_what_the_data_say() -> None:
    page = (ROOT / "docs" / "reference" / "questionnaires.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [_row(form) for forms in instruments().values() for form in forms.values()]


def _row(form: Instrument) -> str:
    total = "none" if form.total_from == "nothing" else f"{form.lowest_total}-{form.highest_total}"
    bands = " / ".join(str(band.low) for band in form.bands[1:]) or "none"
    limits = ", ".join(
        f"{each.id} >= {each.at_least}" if each.at_least is not None else f"{each.id} <= {each.at_most}"
        for each in form.cutoffs
    )
    kinds = sorted({rule.kind for rule in form.change_rules})
    name = f"`{form.id}`" + (f" `{form.form}`" if len(form.forms) > 1 else "")
    cells = (
        name,
        f"{sum(item.scored for item in form.items)} x {form.lowest}-{form.highest}",
        total,
        bands,
        limits or "none",
        ", ".join(kinds) or "none",
        "/".join(form.raters),
        "yes" if form.ship_item_text else "no",
    )
    return f"| {' | '.join(cells)} |"
