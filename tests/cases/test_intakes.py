"""Intake files as clinics send them, each with the answer or the faults that it must get."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ketaprogram import Intake, check, check_intake, determine, facts_from, load_rulebook, read
from ketaprogram.documents import MAX_BYTES

HERE = Path(__file__).parent / "intakes"
AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
EXPECTED = tomllib.loads((HERE / "expected.toml").read_text("utf-8"))


def test_every_file_has_its_expectation_and_every_expectation_its_file():
    assert {path.stem for path in HERE.glob("*.json")} == set(EXPECTED)
    assert len(EXPECTED) >= 20


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if "faults" in expected])
def test_a_file_that_cannot_be_read_is_answered_with_every_fault(name):
    found = [f"{issue.pointer} {issue.code}" for issue in check(Intake, (HERE / f"{name}.json").read_bytes())]
    assert found == EXPECTED[name]["faults"]


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if "clinic" in expected])
def test_a_file_is_screened_for_clinic_and_home(name):
    expected = EXPECTED[name]
    intake = read(Intake, (HERE / f"{name}.json").read_bytes())
    assert [f"{issue.pointer} {issue.code}" for issue in check_intake(intake, AS_OF)] == expected.get("issues", [])
    facts = facts_from(intake, AS_OF)
    for gate in ("clinic", "home"):
        answer = determine(facts, load_rulebook(f"candidacy-{gate}"), AS_OF)
        assert answer.status.value == expected[gate]
        decided = {each.criterion for each in answer.deciding}
        assert set(expected.get(f"{gate}_by", [])) <= decided
        recheck_on = expected.get("recheck_on") if gate == "clinic" else expected.get("home_recheck_on")
        if recheck_on is not None:
            assert answer.recheck_on == recheck_on
        asked = [each.fact for each in answer.requirements]
        assert set(expected.get(f"{gate}_asks", [])) <= set(asked)


def test_twenty_megabytes_are_refused_before_they_are_parsed():
    (issue,) = check(Intake, b'{"id": "' + b"x" * 20_000_000 + b'"}')
    assert issue.code == "document.too-large"
    assert MAX_BYTES < 20_000_000
