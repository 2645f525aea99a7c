"""
Triage beside hand-written ifs over the same facts, and counting a program: `make bench`. Nothing here asserts a time.

The ifs say neither why, nor on what, nor what is missing. Counting is one pass: from each size to the next, ten times
as many events should take about ten times as long.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from ketaprogram import determine_status, load_rulebook, summarize, triage
from ketaprogram.events import find_red_flags
from ketaprogram.events.facts import Circumstances, event_facts, flags_of
from ketaprogram.events.model import AdverseEvent, Course, CourseSession, SideEffectLog
from ketaprogram.events.timing import has_outlasted, is_within_window
from ketaprogram.events.triaging import TIER_OF
from ketaprogram.sessions.model import Observation
from ketaprogram.testing.strategies import AS_OF

DOSED_AT = AS_OF - timedelta(hours=3)
EVENT = AdverseEvent(
    id="e", session="s", term="sedation", reported_at=AS_OF, onset_minutes=20, end_minutes=80, resolved=True, grade=2,
    serious=(), red_flag=False, narrative="Sleepy for an hour, no chest pain, fine now.",
)  # fmt: skip
LOG = SideEffectLog(
    events=tuple(
        AdverseEvent(id=f"b-{number}", session=f"r-{number}", term="sedation", reported_at=DOSED_AT, grade=2)
        for number in range(20)
    )
)
READINGS = tuple(
    Observation(taken_at=DOSED_AT, spo2_percent=95, systolic_mmhg=130, diastolic_mmhg=80) for _ in range(9)
)
KNOWN = Circumstances(route="iv", dosed_at=DOSED_AT, readings=READINGS)
RULEBOOK = load_rulebook("triage")


def by_hand(facts):  # noqa: PLR0911  # as anyone would write it
    """The triage rulebook as plain ifs: two-valued where the rules let it, without a word of why."""
    flags, groups, beside = facts["event.text_flags"], facts["event.groups"], facts["event.beside"]
    low_oxygen = facts["event.oxygen_measured"] and facts["event.lowest_spo2"] < 92
    if facts["event.is_emergency_term"] or facts["event.is_suicidal"] or facts["event.grade"] >= 4:
        return "emergency"
    if flags & EMERGENCY or ("sedation" in groups and low_oxygen):
        return "emergency"
    if facts["event.grade"] >= 3 or facts["event.is_serious"] or facts["event.red_flag"]:
        return "urgent"
    if facts["event.is_never_expected"] or facts["event.outlasted"] or low_oxygen or flags & URGENT:
        return "urgent"
    if facts["event.follows_session"] and facts["event.onset_minutes"] >= 1440:
        return "urgent"
    if facts["event.times_before"] >= 1 and facts["event.grade_rise"] >= 1:
        return "urgent"
    if "urinary" in groups and facts["event.days_since_first"] >= 30:
        return "urgent"
    if ("vomiting" in groups and "sedation" in beside) or ("sedation" in groups and "vomiting" in beside):
        return "urgent"
    pressures = facts["event.highest_systolic"] > 160 or facts["event.highest_diastolic"] > 100
    if "headache" in groups and facts["event.pressure_measured"] and pressures:
        return "urgent"
    if not facts["event.in_window"] or facts["event.grade"] >= 2:
        return "contact-clinic"
    if not facts["event.is_resolved"] or facts["event.text_denied"]:
        return "watch"
    return "none"


EMERGENCY = frozenset(
    {"suicide", "harm-to-others", "unresponsive", "breathing", "chest-pain", "seizure", "stroke", "allergy", "overdose"}
) | {"child-exposed"}
URGENT = frozenset({"blood-in-urine", "head-injury", "voices"})


def facts():
    return event_facts(EVENT, LOG, KNOWN, flags_of(EVENT, LOG), AS_OF)


def test_the_ifs_agree_with_the_rulebook():
    plain = {each.id: each.values if each.kind == "codes" else each.value for each in facts().facts}
    assert by_hand(plain) == TIER_OF[determine_status(facts(), RULEBOOK, AS_OF)] == "contact-clinic"


@pytest.mark.benchmark(group="triage over the same facts")
def test_0_floor_hand_written_ifs(benchmark):
    plain = {each.id: each.values if each.kind == "codes" else each.value for each in facts().facts}
    assert benchmark(by_hand, plain) == "contact-clinic"


@pytest.mark.benchmark(group="triage over the same facts")
def test_1_the_tier_alone(benchmark):
    found = facts()
    assert benchmark(determine_status, found, RULEBOOK, AS_OF)


@pytest.mark.benchmark(group="triage of a report")
def test_0_the_text(benchmark):
    assert benchmark(find_red_flags, EVENT.narrative)


@pytest.mark.benchmark(group="triage of a report")
def test_1_the_times(benchmark):
    def times():
        return is_within_window(EVENT, "iv", DOSED_AT, AS_OF), has_outlasted(EVENT, DOSED_AT, AS_OF)

    assert benchmark(times)


@pytest.mark.benchmark(group="triage of a report")
def test_2_the_facts(benchmark):
    assert benchmark(facts)


@pytest.mark.benchmark(group="triage of a report")
def test_3_the_whole_with_reasons_and_a_card(benchmark):
    around = {"history": LOG, "now": AS_OF, "route": "iv", "dosed_at": DOSED_AT, "readings": READINGS}
    assert benchmark(triage, EVENT, **around).tier == "contact-clinic"


def people(events):
    """Courses of ten sessions and ten events each; the same log for all, so that what is measured is the counting."""
    sessions = tuple(CourseSession(id=f"s-{number}", phase="induction") for number in range(10))
    log = SideEffectLog(
        events=tuple(
            AdverseEvent(
                id=f"e-{number}", session=f"s-{number}", term=name, reported_at=AS_OF, grade=1, onset_minutes=20
            )
            for number, name in enumerate(["nausea", "headache", "sedation", "dizziness", "anxiety"] * 2)
        )
    )
    course = Course(setting="clinic", route="iv", sessions=sessions, log=log)
    return (course for _ in range(events // 10))


@pytest.mark.parametrize("exponent", [3, 4, 5, 6])
@pytest.mark.benchmark(group="summarize, events")
def test_summarize(benchmark, exponent):
    size = 10**exponent if benchmark.enabled else 1000  # unmeasured, it only has to run
    found = benchmark.pedantic(lambda: summarize(people(size)), rounds=3, warmup_rounds=1)
    assert found[0].people == size // 10
