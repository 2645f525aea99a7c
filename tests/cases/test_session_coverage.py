"""The page on which entry of the clinical reference is which criterion of the day keeps up with the rulebooks."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from ketaprogram import load_rulebook
from ketaprogram.rules import rulebook_names

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "session-coverage.md"
ENTRY = r"(?:mon|dis)\.[a-z0-9_]+"
ROWS = re.findall(rf"^\| `({ENTRY})` \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)


def citing():
    """Which criteria of the day cite which entry, themselves or through a number of theirs."""
    found: dict[str, set[str]] = {}
    for name in rulebook_names():
        rulebook = load_rulebook(name)
        if rulebook.gate not in {"readiness", "discharge", "observation"}:
            continue
        numbers = {each.id: each.citation for each in rulebook.parameters}
        for criterion in rulebook.criteria:
            for citation in (*criterion.citations, *(numbers[each] for each in criterion.parameters)):
                for entry in re.findall(rf"\b{ENTRY}", citation.locator or ""):
                    found.setdefault(entry, set()).add(criterion.id)
    return found


def test_every_entry_on_the_day_is_a_criterion_or_says_why_not():
    entries = Counter(entry for entry, _ in ROWS)
    assert set(entries.values()) == {1}
    assert Counter(entry.split(".")[0] for entry in entries) == {"mon": 24, "dis": 4}
    assert {entry: set(re.findall(r"`([^`]+)`", said)) for entry, said in ROWS if not said.startswith("context: ")} == (
        citing()
    )


def test_every_number_of_the_ladder_may_be_tightened_and_none_loosened():
    """The limits of the rulebook of readings: the worse end of what a clinic may set is our own number."""
    for each in load_rulebook("observation").parameters:
        if not each.id.startswith("shelf-life."):
            assert each.value == (each.low if each.id.endswith(("spo2", "moaas")) else each.high), each.id
            assert each.low < each.high
            assert each.is_open_proposal


def test_the_ladder_stands_as_the_reference_says():
    numbers = {
        f"{name}.{each.id}": int(each.value)
        for name in ("readiness-clinic", "readiness-home", "observation")
        for each in load_rulebook(name).parameters
    }
    expected = {
        "readiness-clinic.review-systolic": 140,
        "readiness-clinic.review-diastolic": 90,
        "readiness-clinic.no-start-systolic": 160,
        "readiness-clinic.no-start-diastolic": 100,
        "readiness-clinic.repeat-after-minutes": 10,
        "readiness-home.home-systolic": 140,
        "readiness-home.home-diastolic": 90,
        "observation.alert-systolic": 165,
        "observation.alert-diastolic": 100,
        "observation.clinician-systolic": 180,
        "observation.clinician-diastolic": 110,
        "observation.clinician-heart-rate": 110,
        "observation.clinician-spo2": 92,
        "observation.emergency-systolic": 180,
        "observation.emergency-diastolic": 120,
        "observation.emergency-spo2": 90,
    }
    assert {name: numbers[name] for name in expected} == expected
