"""
How fast, as ratios to a floor in the same run: `make bench`. Nothing here asserts a time.

Each group has its floor first: what anyone would write by hand, or what has to be imported anyway.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ketaprogram import Intake, determine, facts_from, load_rulebook, read

AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FORM = (Path(__file__).parents[1] / "cases" / "intakes" / "candidate-home-gad.json").read_bytes()

FIRST_ANSWER = """
from datetime import UTC, datetime
import ketaprogram as kp
kp.determine(kp.FactSet(), kp.load_rulebook("candidacy-home"), datetime(2026, 11, 24, tzinfo=UTC))
"""


def in_a_new_process(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "code",
    ["pass", "import attrs", "import ketaprogram", "import attrs, pendulum", FIRST_ANSWER],
    ids=[
        "0 empty process",
        "1 import attrs",
        "2 import ketaprogram",
        "3 import attrs, pendulum",
        "4 first determination",
    ],
)
@pytest.mark.benchmark(group="cold process")
def test_cold(benchmark, code):
    benchmark.pedantic(in_a_new_process, args=(code,), rounds=15, warmup_rounds=2)


def by_hand(facts: dict[str, object]) -> str:
    """A dozen of the home rulebook's rules as anyone would write them: two-valued, without a word of why."""
    if facts["suicide.imminent_risk"] or facts["suicide.cssrs_risk"] == "high":
        return "emergency"
    for name in ("aneurysm", "arteriovenous_malformation", "intracerebral_hemorrhage", "ketamine_allergy", "pregnancy"):
        if facts[f"condition.{name}"]:
            return "ineligible"
    if facts["person.age"] < 18 or facts["condition.psychosis_history"] or facts["condition.active_mania"]:  # type: ignore[operator]
        return "ineligible"
    if facts["vitals.systolic"] > 140 or facts["vitals.diastolic"] > 90:  # type: ignore[operator]
        return "deferred"
    if not facts["support.adult_present"] or not facts["consent.treatment"]:
        return "deferred"
    return "candidate"


@pytest.mark.benchmark(group="determine, home rulebook")
def test_0_floor_a_dozen_hand_written_ifs(benchmark):
    plain = {each.id: getattr(each, "value", None) for each in facts_from(read(Intake, FORM), AS_OF).facts}
    assert benchmark(by_hand, plain) == "candidate"


@pytest.mark.benchmark(group="determine, home rulebook")
def test_1_determine_with_findings(benchmark):
    facts, rulebook = facts_from(read(Intake, FORM), AS_OF), load_rulebook("candidacy-home")
    assert benchmark(determine, facts, rulebook, AS_OF).findings


@pytest.mark.benchmark(group="read an intake")
def test_0_floor_json_loads(benchmark):
    benchmark(json.loads, FORM)


@pytest.mark.benchmark(group="read an intake")
def test_1_read(benchmark):
    benchmark(read, Intake, FORM)


@pytest.mark.benchmark(group="facts from an intake")
def test_facts_from(benchmark):
    benchmark(facts_from, read(Intake, FORM), AS_OF)
