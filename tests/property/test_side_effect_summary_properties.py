"""Counting a program: the same as counting by hand, settings never mixed, and unknown grades never dropped."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import dosed, schedule

from ketaprogram import record_event, summarize
from ketaprogram.errors import InputError
from ketaprogram.events import term
from ketaprogram.events.model import AdverseEvent, Course, CourseSession, SideEffectLog
from ketaprogram.intervals import proportion
from ketaprogram.program import courses
from ketaprogram.program.model import Program
from ketaprogram.testing.strategies import AS_OF

TERMS = ("nausea", "headache", "urinary", "insomnia")
PHASES = (None, "induction", "maintenance")


@st.composite
def some_courses(draw):
    names = [f"s-{number}" for number in range(draw(st.integers(0, 4)))]
    sessions = tuple(CourseSession(id=name, phase=draw(st.sampled_from(PHASES))) for name in names)
    log = SideEffectLog()
    for number in range(draw(st.integers(0, 6))):
        event = AdverseEvent(
            id=f"e-{number}",
            session=draw(st.sampled_from([*names, "elsewhere", None])),
            term=draw(st.sampled_from(TERMS)),
            reported_at=AS_OF,
            grade=draw(st.none() | st.integers(1, 5)),
            serious=draw(st.sampled_from([None, (), ("hospitalization",)])),
            onset_minutes=draw(st.none() | st.integers(0, 30)),
        )
        log = record_event(log, event)
        if draw(st.booleans()):
            log = record_event(log, attrs.evolve(event, id=f"c-{number}", corrects=event.id, grade=1))
    return Course(
        setting=draw(st.sampled_from(["clinic", "home"])),
        route=draw(st.sampled_from(["iv", "intranasal", "sublingual"])),
        sessions=sessions,
        log=log,
    )


several = st.lists(some_courses(), max_size=6)


def counted_by_hand(found, term_id):
    """The slow way: every question asked of every event again."""
    events, people, sessions, worse, came_back = [], 0, 0, 0, 0
    phases = defaultdict(int)
    for course in found:
        held = {each.id: each.phase for each in course.sessions}
        own = [
            each
            for each in course.log.current
            if each.term == term_id and (each.session is None or each.session in held)
        ]
        events += own
        people += bool(own)
        with_it = [name for name in held if any(each.session == name for each in own)]
        sessions += len(with_it)
        for name in with_it:
            phases[held[name]] += 1
        grades = [
            max((each.grade for each in own if each.session == name and each.grade), default=0) for name in with_it
        ]
        grades = [each for each in grades if each]
        came_back += len(grades) > 1
        worse += any(grades[at] > max(grades[:at]) for at in range(1, len(grades)))
    return events, people, sessions, phases, worse, came_back


@given(several)
def test_it_counts_as_one_would_by_hand(found):
    for summary in summarize(found):
        own = [each for each in found if (each.setting, each.route) == (summary.setting, summary.route)]
        assert summary.people == len(own)
        assert summary.dosed_sessions == sum(len(each.sessions) for each in own)
        listed = {each.term: each for each in summary.terms}
        for term_id in TERMS:
            events, people, sessions, phases, worse, came_back = counted_by_hand(own, term_id)
            if term_id not in listed:
                assert not events
                continue
            said = listed[term_id]
            assert said.events == len(events)
            assert said.people == proportion(people, len(own))
            assert said.sessions == proportion(sessions, summary.dosed_sessions)
            assert said.serious == sum(bool(each.serious) for each in events)
            assert {each.grade: each.events for each in said.grades} == {
                grade: [each.grade for each in events].count(grade) for grade in {each.grade for each in events}
            }
            assert {each.phase: each.sessions.count for each in said.phases if each.sessions.count} == phases
            graded = [each.grade for each in events if each.grade is not None]
            assert (said.severe.count, said.severe.of) == (sum(each >= 3 for each in graded), len(graded))
            assert (said.worse.count, said.worse.of) == (worse, came_back)
            window = term(term_id).windows.get(summary.route)
            begun = [each.onset_minutes for each in events if window and each.onset_minutes is not None]
            assert (said.early.count, said.early.of) == (sum(each < window.begins for each in begun), len(begun))


@given(several)
def test_settings_and_routes_are_never_added_up(found):
    summaries = summarize(found)
    kinds = [(each.setting, each.route) for each in summaries]
    assert len(kinds) == len(set(kinds))
    assert sum(each.people for each in summaries) == len(found)
    for each in summaries:
        assert all(not one.compared for one in each.terms) or each.setting == "clinic"
        assert any("no incidence" in line for line in each.limits) == (each.setting == "home")


@given(several)
def test_each_group_comes_out_as_if_it_were_alone(found):
    for summary in summarize(found):
        own = [each for each in found if (each.setting, each.route) == (summary.setting, summary.route)]
        assert summarize(own) == (summary,)


@given(several)
def test_every_signal_has_its_counts_and_its_sources(found):
    for summary in summarize(found):
        listed = {each.term: each for each in summary.terms}
        for signal in summary.signals:
            assert signal.citations
            said = listed[signal.term]
            assert {
                "more": bool(said.compared),
                "worse": bool(said.severe.count or said.serious or said.worse.count),
                "earlier": bool(said.early.count),
            }[signal.what]


def people_with(count, of, **changes):
    """A clinic's esketamine program in which so many of so many had nausea."""
    event = attrs.evolve(AdverseEvent(id="e", session="s", term="nausea", reported_at=AS_OF, grade=1), **changes)
    return [
        Course(
            setting="clinic",
            route="intranasal",
            sessions=(CourseSession(id="s"),),
            log=SideEffectLog(events=(event,) if number < count else ()),
        )
        for number in range(of)
    ]


def signals(found):
    return {(each.term, each.what) for summary in summarize(found) for each in summary.signals}


def test_more_than_every_published_share_is_a_signal_and_an_interval_that_reaches_one_is_none():
    """The most that was published of nausea with esketamine is 33.3 % (ASPIRE II)."""
    for count, of in ((40, 100), (43, 100)):
        low = proportion(count, of).low
        assert (("nausea", "more") in signals(people_with(count, of))) == (low > Decimal("0.333"))
    assert ("nausea", "more") in signals(people_with(50, 100))


def test_beside_each_published_share_stands_how_ours_relates_to_it():
    (summary,) = summarize(people_with(5, 100))
    nausea = next(each for each in summary.terms if each.term == "nausea")
    assert {each.relation for each in nausea.compared} == {"fewer"}
    assert {each.citation.source for each in nausea.compared} == {
        "USPI",
        "FEDGCHIN",
        "DALY",
        "ASPIRE2",
        "ASPIREPOOL",
        "POPOVA",
    }
    (summary,) = summarize(people_with(29, 100))
    nausea = next(each for each in summary.terms if each.term == "nausea")
    assert {each.study: each.relation for each in nausea.compared}["short trials together"] == "alike"
    (summary,) = summarize(people_with(0, 100))
    assert not summary.signals
    assert all(each.events == 0 and each.compared for each in summary.terms)


def test_severe_serious_or_early_is_a_signal():
    assert signals(people_with(1, 9)) == set()
    assert signals(people_with(1, 9, grade=3)) == {("nausea", "worse")}
    assert signals(people_with(1, 9, serious=("hospitalization",))) == {("nausea", "worse")}
    assert signals(people_with(1, 9, onset_minutes=4)) == {("nausea", "earlier")}
    assert signals(people_with(1, 9, onset_minutes=5)) == set()


@pytest.mark.parametrize(
    ("grades", "came_back", "worse"),
    [((1,), 0, 0), ((1, 2), 1, 1), ((2, 2), 1, 0), ((3, 1, 2), 1, 0), ((1, None, 2), 1, 1), ((None, 2), 0, 0)],
)
def test_worse_again_is_worse_than_ever_before(grades, came_back, worse):
    names = [f"s-{number}" for number in range(len(grades))]
    events = [
        AdverseEvent(id=name, session=name, term="nausea", reported_at=AS_OF, grade=grade)
        for name, grade in zip(names, grades, strict=True)
    ]
    sessions = tuple(CourseSession(id=name) for name in names)
    # The log is in no order; the sessions of the course are.
    log = SideEffectLog(events=tuple(reversed(events)))
    (found,) = summarize([Course(setting="clinic", route="im", sessions=sessions, log=log)])
    assert (found.terms[0].worse.of, found.terms[0].worse.count) == (came_back, worse)


def test_what_nothing_was_published_of_says_so():
    (summary,) = summarize([attrs.evolve(people_with(1, 1)[0], route="sublingual")])
    assert any("no supervised incidence" in line for line in summary.limits)
    (summary,) = summarize(people_with(1, 1))
    assert not any("no supervised incidence" in line for line in summary.limits)


def test_a_level_that_is_none_is_refused():
    with pytest.raises(InputError):
        summarize(people_with(1, 1), level=Decimal(95))


def test_a_program_gives_its_courses():
    session, _, _ = dosed()
    planned = attrs.evolve(session, id="later", administration=None)
    elsewhere = attrs.evolve(session, id="other", visit="gone", route="im")
    program = Program(schedule=schedule(), sessions=(session, planned, elsewhere))
    one, two = courses(program)
    assert (one.setting, one.route, one.sessions) == (
        "clinic",
        "iv",
        (CourseSession(id=session.id, phase="induction"),),
    )
    assert (two.route, two.sessions) == ("im", (CourseSession(id="other", phase=None),))
    assert courses(attrs.evolve(program, schedule=None))[0].sessions[0].phase is None
