"""A program is a fold of its journal, and its work list never loses what is overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journaling import HOME, HOME_STORY, STORY, WHO, WHOLE, answered, recorded
from tests.making import AS_OF, CASES, reading

from ketaprogram import Intake, Order, Status, due, fold, read, score, triage, write
from ketaprogram.errors import StateError
from ketaprogram.events import acknowledge, close, escalate
from ketaprogram.journal import Memory, append, record, redact, verify
from ketaprogram.program.model import DueItem, Program, Work, WorkDone
from ketaprogram.protocol import load_protocol
from ketaprogram.published import model_of
from ketaprogram.screening.model import Clearance
from ketaprogram.sessions import record_observation, stop
from ketaprogram.sessions.model import Session

ENTRIES = st.lists(st.integers(0, len(HOME_STORY) - 1), max_size=14)


def a_journal(chosen, changes):
    """
    Documents of the program at home in any order, with corrections and redactions of what is there.

    What no journal holds, a second event of one id, is left out.
    """
    store, at = Memory(), AS_OF
    events = False
    for place, index in enumerate(chosen):
        document, effective_at = HOME_STORY[index]
        if document is HOME_STORY[8][0]:
            if events:
                continue
            events = True
        at += timedelta(minutes=1)
        record(store, document, recorded_at=at, effective_at=effective_at, **WHO)
        what, number = changes[place % len(changes)] if changes else ("", 0)
        entries = tuple(store.entries())
        target = entries[number % len(entries)]
        if target.payload is None:
            continue
        if what == "redact":
            redact(store, target.sequence, recorded_at=at, **WHO)
        if what == "correct" and target.kind == "record" and target.document != "adverse-event":
            corrected = read(model_of(target.document), target.payload)
            record(store, changed(corrected), recorded_at=at, corrects=target.sequence, **WHO)
    return tuple(store.entries())


def changed(document):
    """The same document, visibly corrected, and under another id where it has one."""
    match document:
        case Session():
            return attrs.evolve(document, intention="corrected")
        case Order():
            return attrs.evolve(document, id="order-9")
        case Clearance() | WorkDone():
            return attrs.evolve(document, by="Corrected")
        case _:
            return document


CHANGES = st.lists(st.tuples(st.sampled_from(["", "redact", "correct"]), st.integers(0, 30)), max_size=6)


@given(ENTRIES, CHANGES, st.integers(0, 20))
def test_folding_in_parts_is_folding_from_the_start(chosen, changes, cut):
    entries = a_journal(chosen, changes)
    assert verify(entries) == ()
    whole = fold(entries)
    assert whole.entries == len(entries)
    first = fold(entries[:cut])
    again = read(Program, write(first))
    crosses = any(each.kind == "redaction" and each.corrects <= cut for each in entries[cut:])
    for snapshot in (first, again):
        if crosses:
            with pytest.raises(StateError, match="fold from the start"):
                fold(entries[cut:], snapshot)
        else:
            assert fold(entries[cut:], snapshot) == whole


@given(ENTRIES, CHANGES)
def test_nothing_that_was_redacted_is_in_a_program_and_nothing_older_takes_its_place(chosen, changes):
    entries = a_journal(chosen, changes)
    program = fold(entries)
    redacted = {each.corrects for each in entries if each.kind == "redaction"}
    corrected = {each.corrects for each in entries if each.kind == "correction"}
    for origin in program.origins:
        assert origin.is_redacted == (origin.entry in redacted) or origin.entry in corrected
    last = max((each.sequence for each in entries if each.document == "clearance" and each.kind == "record"), default=0)
    if last in redacted - corrected:
        assert program.clearance is None


@given(ENTRIES, CHANGES, st.integers(0, 200 * 24 * 60), st.integers(0, 200 * 24 * 60))
def test_time_alone_never_makes_open_work_vanish(chosen, changes, minutes, more):
    program = fold(a_journal(chosen, changes))
    now = AS_OF + timedelta(minutes=minutes)
    found, later = due(program, now), due(program, now + timedelta(minutes=more))
    assert {known(each) for each in found} <= {known(each) for each in later}
    assert {known(each) for each in found if each.is_overdue} <= {known(each) for each in later if each.is_overdue}
    assert [each.due_by for each in later] == sorted(each.due_by for each in later)
    assert all(each.why and each.role and each.opens_at <= now for each in found)
    assert all((each.late_by_minutes > 0) <= each.is_overdue for each in found)
    for each in found:
        assert read(DueItem, write(each)) == each


def known(item):
    return item.what, item.about, item.opens_at


@given(ENTRIES, st.integers(0, 200 * 24 * 60), st.data())
def test_work_goes_when_somebody_says_so_and_nothing_else_goes_with_it(chosen, minutes, data):
    entries = a_journal(chosen, [])
    now = AS_OF + timedelta(minutes=minutes)
    found = due(fold(entries), now)
    closable = [each for each in found if each.what in get_args(Work)]
    if not closable:
        return
    item = data.draw(st.sampled_from(closable))
    done = WorkDone(what=item.what, about=item.about, outcome="called-off", at=now, by="B", role="nurse")
    entries = append(entries, done, recorded_at=entries[-1].recorded_at, **WHO)
    assert [known(each) for each in due(fold(entries), now)] == [
        known(each) for each in found if (each.what, each.about) != (item.what, item.about)
    ]


def test_a_journal_that_does_not_go_on_is_refused():
    with pytest.raises(StateError, match="do not go on"):
        fold(WHOLE[3:], fold(WHOLE[:2]))


def test_a_program_knows_the_latest_of_everything():
    program = fold(WHOLE)
    assert program.determination.gate == "candidacy"
    assert program.clearance.decision == "proceed"
    assert [each.state for each in program.sessions] == ["recovering"]
    assert [each.id for each in program.log.current] == ["e-2"]
    assert len(program.scores) == 1
    assert program.determination.status is Status.CANDIDATE


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
    assert side_effects(fold(entries), at + timedelta(minutes=121)) == [("e-2", "clinician-on-call", True)]
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


def listed(program, now, *kinds, **options):
    found = due(program, now, **options)
    return [(each.about.removeprefix("order-1/"), each.is_overdue) for each in found if each.what in kinds]


def test_the_work_list_of_a_program():
    program = closed(fold(WHOLE))
    day = AS_OF + timedelta(days=8)
    visits = ("session", "consult", "integration", "preparation")
    assert listed(program, day, *visits) == [
        ("consult-before-first-1", True),
        ("induction-1", True),
        ("integration-72-hours-1", False),
    ]
    ended = attrs.evolve(program, sessions=(stop(program.sessions[0], at=AS_OF, reason="done"),))
    assert listed(ended, day, "session", "vital-signs") == []
    done = WorkDone(what="consult", about="order-1/consult-before-first-1", at=AS_OF, by="A", role="nurse")
    # The same words about another kind of work are about something else.
    other = attrs.evolve(done, what="check-in", about="order-1/integration-72-hours-1")
    assert listed(attrs.evolve(ended, work=(done, other)), day, *visits) == [("integration-72-hours-1", False)]
    expiring = due(program, AS_OF + timedelta(days=360))
    assert "order-expiring" in {each.what for each in expiring}
    assert "order-expiring" not in {each.what for each in due(program, AS_OF + timedelta(days=350))}
    assert due(fold(WHOLE[:4]), AS_OF + timedelta(days=60)) == ()


def test_readings_that_are_missing_are_due_while_the_session_lasts():
    program = fold(WHOLE[:6])
    given = program.sessions[0].administration.given_at
    at = given + timedelta(minutes=31)
    signs = [each for each in due(program, at) if each.what == "vital-signs"]
    assert [(each.why, each.is_overdue, each.late_by_minutes) for each in signs] == [
        ("The reading at minute 10 is not there.", True, 11),
        ("The reading at minute 20 is not there.", True, 1),
        ("The reading at minute 30 is not there.", False, 0),
    ]
    assert {each.role for each in signs} == {"nurse"}
    seen = record_observation(program.sessions[0], reading(given + timedelta(minutes=20)))
    again = attrs.evolve(program, sessions=(seen,))
    assert [each.why.split()[4] for each in due(again, at) if each.what == "vital-signs"] == ["10", "30"]


def test_without_its_template_a_program_says_what_cannot_be_listed():
    program = fold(HOME)
    old = attrs.evolve(program.schedule, protocol_version="0.0.1")
    without = attrs.evolve(program, schedule=old)
    now = AS_OF + timedelta(days=30)
    assert ("home-ordered", True) in listed(without, now, "template-missing")
    assert listed(without, now, "check-in", "assessment", "vital-signs") == []
    assert {each.role for each in due(without, now) if each.what == "preparation"} == {"coordinator"}
    template = attrs.evolve(load_protocol("home-ordered"), version="0.0.1")
    assert due(without, now, protocols=[template]) == due(program, now)
    assert listed(attrs.evolve(without, schedule=attrs.evolve(old, visits=())), now, "template-missing")
    # Nor can they without the order; what was planned is still there.
    assert listed(attrs.evolve(program, orders=()), now, "session", "preparation")


def test_questionnaires_are_answered_by_scores_and_prompts_by_a_set():
    program = fold(HOME)
    now = AS_OF + timedelta(days=16)
    (week,) = (each for each in due(program, now) if each.about.endswith("questionnaires-weekly-day-7"))
    assert ": gad-7 (" in week.why
    assert listed(program, now, "prompts") == [("prompts-14-days-2", False)]
    answer = program.scores[0].answered_at
    # Late is better than never; after the next ones are due, an answer is theirs.
    for days, is_open in ((0, False), (4, False), (6, True)):
        given = score(answered("gad-7", answer + timedelta(days=days)))
        told = attrs.evolve(program, scores=(*program.scores, given))
        assert (week.about in {each.about for each in due(told, now)}) is is_open
    empty = attrs.evolve(program.scores[0], instrument="gad-7", value=None)
    assert week.about in {each.about for each in due(attrs.evolve(program, scores=(*program.scores, empty)), now)}
    assert listed(attrs.evolve(program, prompted=()), now, "prompts")[0] == ("prompts-14-days-1", False)


def test_the_questions_before_a_shipment_are_due_before_the_units_are_used_up():
    program = fold(HOME)
    until = AS_OF + timedelta(days=31)
    assert listed(program, until - timedelta(days=8), "shipment") == []
    assert listed(program, until, "shipment") == [("f-1", False)]
    assert listed(program, until + timedelta(days=1), "shipment") == [("f-1", True)]
    first = fold(HOME[:5])
    assert listed(first, AS_OF + timedelta(days=9), "shipment") == [("rx-1", False)]
    supply = program.supplies[-1]
    used_up = attrs.evolve(supply, prescription=attrs.evolve(supply.prescription, refills=0))
    assert listed(attrs.evolve(program, supplies=(used_up,)), until, "shipment") == []
    faulty = attrs.evolve(supply, events=supply.events * 2)
    (item,) = (each for each in due(attrs.evolve(program, supplies=(faulty,)), until) if each.what == "shipment")
    assert "faults" in item.why
    assert listed(attrs.evolve(program, schedule=None), until, "shipment") == [("f-1", False)]


def test_the_hours_after_a_dose_are_counted_from_when_it_was_given():
    program = fold(HOME[:8])
    dose = program.sessions[0].administration.given_at
    late = attrs.evolve(program.sessions[0].administration, given_at=dose + timedelta(hours=1))
    moved = attrs.evolve(program, sessions=(attrs.evolve(program.sessions[0], administration=late),))
    for found, hour in ((program, 0), (moved, 1)):
        items = due(found, dose + timedelta(hours=3, minutes=30))
        (item,) = (each for each in items if each.about == "order-1/check-in-2-hours-1")
        assert (item.opens_at, item.due_by) == (dose + timedelta(hours=2 + hour), dose + timedelta(hours=4 + hour))


def test_a_newer_order_with_fewer_sessions_loses_no_contact():
    program = fold(HOME)
    fewer = attrs.evolve(program.orders[0], sessions=1)
    now = AS_OF + timedelta(days=60)
    found = due(attrs.evolve(program, orders=(fewer,)), now)
    assert "order-1/check-in-2-hours-4" in {each.about for each in found}


def test_a_correction_stands_where_what_it_corrects_stood_and_never_before_something_newer():
    program = fold(HOME)
    late = score(answered("gad-7", program.scores[0].answered_at))
    store = recorded([*HOME_STORY, (late, None)])
    at = AS_OF + timedelta(days=1)
    fixed = attrs.evolve(program.scores[0], value=20)
    record(store, fixed, recorded_at=at, corrects=13, **WHO)
    assert fold(store.entries()).scores == (fixed, late)
    # The first order was followed by a second, so its correction is not in force; what the second replaced is.
    record(store, attrs.evolve(program.orders[0], sessions=2), recorded_at=at, corrects=3, **WHO)
    found = fold(store.entries())
    assert (found.order.id, [each.sessions for each in found.orders]) == ("order-2", [2, 4])
    # An older state of the supply and of the session is no longer what stands.
    record(store, attrs.evolve(program.supplies[0], events=()), recorded_at=at, corrects=5, **WHO)
    record(store, HOME_STORY[6][0], recorded_at=at, corrects=7, **WHO)
    assert fold(store.entries()).supplies == program.supplies
    assert [each.state for each in fold(store.entries()).sessions] == ["stopped"]


def test_a_snapshot_that_holds_what_was_redacted_since_is_not_gone_on_from():
    store = recorded(HOME_STORY)
    snapshot = fold(store.entries())
    redact(store, 3, recorded_at=AS_OF + timedelta(days=1), **WHO)
    with pytest.raises(StateError, match="fold from the start"):
        fold(store.entries(snapshot.entries), snapshot)


def test_a_correction_outlives_the_redaction_of_what_it_corrects():
    at = AS_OF + timedelta(days=1)
    store = recorded(HOME_STORY[:3])
    fixed = attrs.evolve(HOME_STORY[2][0], sessions=2)
    record(store, fixed, recorded_at=at, corrects=3, **WHO)
    redact(store, 3, recorded_at=at, **WHO)
    assert fold(store.entries()).order == fixed
    redact(store, 4, recorded_at=at, **WHO)
    assert fold(store.entries()).order is None


def test_a_redacted_state_of_a_session_leaves_the_one_before_and_its_correction_finds_its_place():
    at = AS_OF + timedelta(days=1)
    store = recorded([HOME_STORY[6], HOME_STORY[7]])
    redact(store, 2, recorded_at=at, **WHO)
    assert [each.state for each in fold(store.entries()).sessions] == ["dosed"]
    stopped = attrs.evolve(HOME_STORY[7][0], intention="corrected")
    other = recorded([HOME_STORY[6], HOME_STORY[7]])
    record(other, stopped, recorded_at=at, corrects=2, **WHO)
    redact(other, 2, recorded_at=at, **WHO)
    assert fold(other.entries()).sessions == (stopped,)
    # Something newer of the same session was recorded before the correction.
    late = recorded([HOME_STORY[6], HOME_STORY[7]])
    redact(late, 2, recorded_at=at, **WHO)
    record(late, HOME_STORY[6][0], recorded_at=at, **WHO)
    record(late, stopped, recorded_at=at, corrects=2, **WHO)
    assert [each.state for each in fold(late.entries()).sessions] == ["dosed"]
    newer = attrs.evolve(HOME_STORY[7][0], end_reason="newer")
    record(other, newer, recorded_at=at, **WHO)
    record(other, HOME_STORY[6][0], recorded_at=at, corrects=2, **WHO)
    assert fold(other.entries()).sessions == (newer,)


def test_what_corrects_a_redacted_version_of_an_event_stays():
    event = HOME_STORY[8][0]
    later = attrs.evolve(event, id="h-2", corrects="h-1", grade=1)
    store = recorded([(event, None), (later, None)])
    redact(store, 1, recorded_at=AS_OF + timedelta(days=1), **WHO)
    assert fold(store.entries()).log.current == (later,)
    with pytest.raises(StateError, match="not in the log"):
        fold(recorded([(later, None)]).entries())


@pytest.mark.parametrize(
    ("place", "member"),
    [(0, "determination"), (1, "clearance"), (2, "orders"), (3, "schedule"), (5, "supplies")],
    ids=["determination", "clearance", "order", "schedule", "supply"],
)
def test_nothing_older_comes_into_force_when_the_latest_is_redacted(place, member):
    at = AS_OF + timedelta(days=1)
    newer = HOME_STORY[place][0]
    store = recorded([(newer, None), (newer, None)])
    redact(store, 2, recorded_at=at, **WHO)
    assert not getattr(fold(store.entries()), member)
    # What is recorded after it is in force again.
    record(store, newer, recorded_at=at, **WHO)
    assert getattr(fold(store.entries()), member) in (newer, (newer,))
