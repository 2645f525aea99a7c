"""A program is a fold of its journal, and its work list never loses what is overdue."""

from __future__ import annotations

from datetime import timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st
from tests.journaling import STORY, WHO, WHOLE, journal
from tests.making import AS_OF, CASES

from ketaprogram import Intake, Status, due, fold, read, triage
from ketaprogram.events import acknowledge, close, escalate
from ketaprogram.journal import append
from ketaprogram.sessions import stop


@given(st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 9]), max_size=12), st.integers(0, 12))
def test_folding_in_parts_is_folding_from_the_start(chosen, cut):
    entries = journal(chosen)
    assert fold(entries[cut:], fold(entries[:cut])) == fold(entries)
    assert fold(entries).entries == len(entries)


def test_a_program_knows_the_latest_of_everything():
    program = fold(WHOLE)
    assert program.determination.gate == "candidacy"
    assert program.clearance.decision == "proceed"
    assert [each.state for each in program.sessions] == ["recovering"]
    assert [each.id for each in program.log.current] == ["e-2"]
    assert len(program.scores) == 1
    assert program.determination.status is Status.CANDIDATE


@given(st.sampled_from([6, 8, 9, len(WHOLE)]), st.integers(0, 500), st.integers(0, 500))
def test_time_alone_never_makes_open_work_vanish(entries, days, more):
    program = fold(WHOLE[:entries])
    now, later = due(program, AS_OF + timedelta(days=days)), due(program, AS_OF + timedelta(days=days + more))
    assert {(each.what, each.about) for each in now} <= {(each.what, each.about) for each in later}
    assert [each.due_by for each in later] == sorted(each.due_by for each in later)
    assert all(each.why and each.role for each in later)


def test_documents_that_a_program_does_not_keep_are_counted():
    form = read(Intake, (CASES / "intakes" / "half-filled.json").read_bytes())
    entries = append(WHOLE, form, recorded_at=AS_OF + timedelta(days=1), **WHO)
    assert attrs.evolve(fold(entries), entries=len(WHOLE)) == fold(WHOLE)


def closed(program):
    """The same with the call about its side effect closed."""
    (event,) = program.log.current
    found = triage(event, history=program.log, now=event.reported_at)
    call = escalate(found, opened_at=event.reported_at)
    done = close(call, by="A. Clinician", role=call.rungs[0].role, at=event.reported_at)
    return attrs.evolve(program, calls=(done,))


def side_effects(program, now):
    return [(each.about, each.role, each.is_overdue) for each in due(program, now) if each.what == "side-effect"]


def test_a_side_effect_is_due_until_a_person_closes_the_call_about_it():
    program, at = fold(WHOLE), STORY[7].reported_at
    # Gone, but nobody knows how severe it was, what it led to, or when it began.
    assert side_effects(program, at) == [("e-2", "prescriber", False)]
    assert side_effects(program, at + timedelta(minutes=121)) == [("e-2", "prescriber", True)]
    (event,) = program.log.current
    call = escalate(triage(event, history=program.log, now=at), opened_at=at)
    entries = append(WHOLE, call, recorded_at=AS_OF + timedelta(days=1), **WHO)
    assert side_effects(fold(entries), at + timedelta(minutes=121)) == [("e-2", "clinician-on-call", False)]
    taken = acknowledge(call, by="B", role="medical-director", at=at + timedelta(minutes=130))
    entries = append(entries, taken, recorded_at=AS_OF + timedelta(days=1), **WHO)
    assert fold(entries).calls == (taken,)
    assert side_effects(fold(entries), at + timedelta(minutes=131)) == [("e-2", "medical-director", False)]
    done = close(taken, by="B", role="medical-director", at=at + timedelta(minutes=140))
    entries = append(entries, done, recorded_at=AS_OF + timedelta(days=1), **WHO)
    assert side_effects(fold(entries), at + timedelta(days=9)) == []
    again = attrs.evolve(event, id="e-3", corrects="e-2", grade=2)
    entries = append(entries, again, recorded_at=AS_OF + timedelta(days=1), **WHO)
    assert [each[0] for each in side_effects(fold(entries), at + timedelta(days=9))] == ["e-3"]


def test_a_side_effect_that_nobody_has_to_answer_is_not_due_and_an_open_call_about_one_is():
    program, at = fold(WHOLE), STORY[7].reported_at + timedelta(hours=3)
    mild = attrs.evolve(
        program.log.events[-1], reported_at=at, onset_minutes=20, end_minutes=60, grade=1, serious=(), red_flag=False
    )
    settled = attrs.evolve(program, log=attrs.evolve(program.log, events=(program.log.events[0], mild)))
    assert side_effects(settled, at) == []
    call = escalate(triage(program.log.events[-1], history=program.log, now=at), opened_at=at)
    assert side_effects(attrs.evolve(settled, calls=(call,)), at) == [("e-2", "prescriber", False)]


def test_what_belongs_to_no_session_or_to_one_that_is_not_here_is_due_too():
    program, at = fold(WHOLE), STORY[7].reported_at
    for session in (None, "elsewhere"):
        event = attrs.evolve(program.log.events[0], session=session)
        alone = attrs.evolve(program, log=attrs.evolve(program.log, events=(event,)))
        assert side_effects(alone, at) == [("e-1", "prescriber", False)]
    waiting = attrs.evolve(program, sessions=(attrs.evolve(program.sessions[0], administration=None),))
    assert side_effects(waiting, at) == [("e-2", "prescriber", False)]


def test_an_effect_that_goes_on_presses_more_the_longer_it_lasts():
    program, at = fold(WHOLE), STORY[7].reported_at
    event = attrs.evolve(
        program.log.events[0], term="dissociation", onset_minutes=5, resolved=False, grade=1, serious=(), red_flag=False
    )
    lasting = attrs.evolve(program, log=attrs.evolve(program.log, events=(event,)))
    assert side_effects(lasting, at + timedelta(hours=4)) == [("e-1", "prescriber", False)]
    assert side_effects(lasting, at + timedelta(hours=5)) == [("e-1", "prescriber", True)]


def test_the_work_list_of_a_program():
    program = fold(WHOLE)
    first_day = AS_OF + timedelta(days=7)
    assert [(each.what, each.is_overdue) for each in due(program, AS_OF + timedelta(days=8))] == [
        ("side-effect", True),
        ("consult", True),
        ("session", True),
        ("integration", False),
    ]
    program = closed(program)
    assert [each.what for each in due(program, first_day)] == ["consult", "session", "integration"]
    session = program.sessions[0]
    ended = attrs.evolve(program, sessions=(stop(session, at=AS_OF, reason="done"),))
    # A contact is over when a session after it has ended; the integration call after this session is still to come.
    assert [each.about for each in due(ended, first_day)] == ["order-1/integration-72-hours-1"]
    second = attrs.evolve(session, id="s-2", visit="order-1/induction-3", number=3, state="discharged")
    third = attrs.evolve(program, sessions=(*ended.sessions, second))
    assert "order-1/consult-after-second-2" not in {each.about for each in due(third, AS_OF + timedelta(days=60))}
    assert "order-1/consult-after-second-2" in {each.about for each in due(program, AS_OF + timedelta(days=60))}
    expiring = due(program, AS_OF + timedelta(days=360))
    assert expiring[-1].what == "order-expiring"
    assert due(fold(WHOLE[:4]), AS_OF + timedelta(days=60)) == ()
