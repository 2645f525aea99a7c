"""The page on maintenance says of every ``mis.`` entry which criterion it became, and says so truly."""

from __future__ import annotations

import re
from pathlib import Path

from ketaprogram import load_rulebook
from ketaprogram._knowledge import table
from ketaprogram.rules import rulebook_names

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "maintenance-coverage.md").read_text("utf-8")
BOOKS = [load_rulebook(name) for name in rulebook_names() if name.startswith(("maintenance", "titration"))]
ENTRY = r"mis\.[a-z0-9_]+"


def citing():
    """Which criteria of maintenance and titration cite which entry, themselves or through a number of theirs."""
    found: dict[str, set[str]] = {}
    for book in BOOKS:
        numbers = {each.id: each.citation for each in book.parameters}
        for criterion in book.criteria:
            for citation in (*criterion.citations, *(numbers[each] for each in criterion.parameters)):
                for entry in re.findall(rf"\b{ENTRY}", citation.locator or ""):
                    found.setdefault(entry, set()).add(criterion.id)
    return found


def test_every_entry_on_misuse_is_a_criterion_or_says_why_not():
    rows = dict(re.findall(rf"^\| `({ENTRY})` \| (.+) \|$", PAGE, re.MULTILINE))
    assert len(rows) == 14
    context = {entry for entry, said in rows.items() if said.startswith("context: ")}
    assert context == {"mis.kuhn_duration", "mis.dea_telehealth"}
    said = {entry: set(re.findall(r"`([^`]+)`", text)) for entry, text in rows.items() if entry not in context}
    assert said == citing()


def test_the_page_names_only_criteria_that_exist():
    kinds = "emergency|exclusion|deferral|inclusion|precaution"
    assert (
        set(re.findall(rf"`((?:{kinds})\.[a-z0-9-]+)`", PAGE))
        == {each.id for book in BOOKS for each in book.criteria} - UNCITED
    )


UNCITED = {"inclusion.remission", "inclusion.response-lost", "deferral.worse", "deferral.open-event"}
"""Criteria that rest on outcomes or side effects, and on no entry of this page."""


def test_every_option_has_a_rulebook_and_every_rulebook_is_an_option():
    listed = {entry["rulebook"]: entry for entry in table("maintenance")["option"]}
    assert set(listed) == {each.id for each in BOOKS} - {"maintenance", "maintenance-home"}
    for book in BOOKS:
        if book.id in listed:
            assert {each.criterion_kind for each in book.criteria} == {"inclusion"}
            assert book.gate == {"interval": "maintenance", "dose": "titration"}[listed[book.id]["about"]]
