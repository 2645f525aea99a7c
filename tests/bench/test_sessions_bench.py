"""
How fast the gate of the day answers, beside ifs that somebody wrote by hand over the same facts: `make bench`.

The ifs say one word. They do not say what is missing, how old a reading is, why, or where a limit comes from.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.making import READY, dosed, prepared, reading

from ketaprogram import determine, determine_status, load_rulebook
from ketaprogram.protocol import load_protocol
from ketaprogram.sessions import expected_observations, observation_alerts, record_observation, session_facts

IV = load_protocol("iv-six-infusions")
READINESS = load_rulebook("readiness-clinic")
BEGUN, _, BEGINS = prepared()
SESSION = record_observation(BEGUN, reading(BEGINS))
FACTS = session_facts(SESSION, BEGINS, answers=READY)
PLAIN = {each.id: each.value for each in FACTS.facts}


def by_hand(facts):  # noqa: C901, PLR0911  # what a gate looks like without rulebooks
    def of(name):
        return facts.get(f"session.{name}")

    if of("acute_symptoms") or of("suicidal_intent"):
        return "emergency"
    if of("order_is_valid") is False or of("consent_confirmed") is False or of("checklist_complete") is False:
        return "deferred"
    if of("systolic") is not None and of("systolic") >= 160:
        return "deferred"
    if of("diastolic") is not None and of("diastolic") >= 100:
        return "deferred"
    if of("open_serious_event") or of("overdue_review"):
        return "deferred"
    if of("is_first") is False and of("hours_since_last_dose") is not None and of("hours_since_last_dose") < 48:
        return "deferred"
    if of("route") == "intranasal" and (of("hours_since_food") < 2 or of("hours_since_fluids") * 60 < 30):
        return "deferred"
    asked = ("acute_symptoms", "suicidal_intent", "order_is_valid", "consent_confirmed", "checklist_complete")
    if any(of(each) is None for each in (*asked, "systolic", "diastolic", "open_serious_event", "overdue_review")):
        return "needs-info"
    if of("systolic") > 140 or of("diastolic") > 90 or of("heart_rate") > 100 or of("heart_rate_low") < 50:
        return "needs-review"
    if of("spo2") < 95 or of("hours_since_food") < 4 or of("hours_since_fluids") < 2:
        return "needs-review"
    if of("intoxicant_recently") or (of("route") == "intranasal" and of("nasal_product_recently")):
        return "needs-review"
    return "candidate"


WORSE = {
    "session.systolic": 165,
    "session.diastolic": 95,
    "session.spo2": 93,
    "session.suicidal_intent": True,
    "session.consent_confirmed": False,
    "session.hours_since_food": 1,
}


@pytest.mark.parametrize("changed", [None, *WORSE])
def test_the_ifs_say_what_the_rulebook_says(changed):
    facts, plain = FACTS, PLAIN
    if changed is not None:
        facts = session_facts(SESSION, BEGINS, answers=READY | {changed: WORSE[changed]})
        plain = PLAIN | {changed: WORSE[changed]}
    assert determine_status(facts, READINESS, BEGINS).value == by_hand(plain)


@pytest.mark.benchmark(group="readiness: one gate")
def test_hand_written_ifs(benchmark):
    assert benchmark(by_hand, PLAIN) == "candidate"


@pytest.mark.benchmark(group="readiness: one gate")
def test_determine_status(benchmark):
    assert benchmark(determine_status, FACTS, READINESS, BEGINS).value == "candidate"


@pytest.mark.benchmark(group="readiness: one gate")
def test_determine_with_its_whole_basis(benchmark):
    assert benchmark(determine, FACTS, READINESS, BEGINS).status.value == "candidate"


@pytest.mark.benchmark(group="readiness: one gate")
def test_facts_of_the_day(benchmark):
    assert benchmark(session_facts, SESSION, BEGINS, answers=READY).facts


def day(readings):
    session, _, begins = dosed()
    for place in range(readings):
        session = record_observation(session, reading(begins + timedelta(minutes=1 + place)))
    return session


@pytest.mark.parametrize("readings", [10, 40, 120])
@pytest.mark.benchmark(group="a day of readings")
def test_alerts_of_a_day(benchmark, readings):
    session = day(readings)
    now = BEGINS + timedelta(minutes=300)
    assert len(benchmark(observation_alerts, session, IV, now)) == readings


@pytest.mark.parametrize("readings", [10, 120])
@pytest.mark.benchmark(group="a day of readings")
def test_expected_readings_of_a_day(benchmark, readings):
    session = day(readings)
    assert benchmark(expected_observations, session, IV, BEGINS + timedelta(minutes=300))
