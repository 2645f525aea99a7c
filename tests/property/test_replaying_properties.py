"""Law 9: every determination, triage and plan of a journal can be derived again, and a forged one is found."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journaling import HOME, HOME_STORY, WHO, WHOLE, recorded
from tests.making import AS_OF, order, schedule

from ketaprogram import Status, determine, load_rulebook, triage
from ketaprogram.events.model import SideEffectLog
from ketaprogram.facts.model import FactSet
from ketaprogram.journal import redact
from ketaprogram.program import replay_journal
from ketaprogram.protocol import load_protocol
from ketaprogram.schedule import plan_visits
from ketaprogram.schedule.model import Availability, Schedule, ScheduleChange


def outcomes(entries, **options):
    return [(each.entry, each.what, each.outcome) for each in replay_journal(entries, **options)]


def story(changes):
    """The program at home with some documents changed."""
    return [(changes.get(place, document), at) for place, (document, at) in enumerate(HOME_STORY)]


def test_everything_in_a_journal_comes_out_the_same():
    assert outcomes(HOME) == [
        (1, "determination", "same"),
        (4, "schedule", "same"),
        (10, "determination", "same"),
        (10, "triage", "same"),
        (18, "replan", "same"),
        (19, "determination", "same"),
    ]
    assert all(each.differing == () for each in replay_journal(HOME))


@given(st.data())
def test_a_forged_answer_is_found_wherever_it_stands(data):
    place = data.draw(st.sampled_from([0, 9, 18]))
    document = HOME_STORY[place][0]
    found = document if place == 0 else document.determination
    status = data.draw(st.sampled_from([each for each in Status if each is not found.status]))
    drops = data.draw(st.booleans())
    forged = attrs.evolve(found, findings=found.findings[1:]) if drops else attrs.evolve(found, status=status)
    changed = forged if place == 0 else attrs.evolve(document, determination=forged)
    results = [each for each in replay_journal(recorded(story({place: changed})).entries()) if each.entry == place + 1]
    assert results[0].outcome == "differs"
    assert "/findings" in results[0].differing or "/status" in results[0].differing


def test_a_forged_tier_a_moved_visit_and_a_move_that_did_not_happen_are_found():
    found, planned, again = HOME_STORY[9][0], HOME_STORY[3][0], HOME_STORY[17][0]
    lower = attrs.evolve(found, tier="none")
    visits = tuple(attrs.evolve(each, on=each.on + timedelta(days=1)) for each in planned.visits)
    changes = {3: attrs.evolve(planned, visits=visits), 9: lower, 17: attrs.evolve(again, moves=())}
    results = {(each.entry, each.what): each for each in replay_journal(recorded(story(changes)).entries())}
    assert results[10, "triage"].differing == ("/tier",)
    assert results[4, "schedule"].outcome == "differs"
    assert results[18, "replan"].outcome == "differs"
    closed = Availability(who="clinic", time_zone=planned.time_zone, weekly=())
    none = attrs.evolve(planned, availabilities=(closed,))
    assert outcomes(recorded(story({3: none})).entries())[1] == (4, "schedule", "differs")


def test_what_is_not_at_hand_is_said():
    alone = recorded([HOME_STORY[place] for place in (3, 9, 17)])
    assert outcomes(alone.entries()) == [
        (1, "schedule", "not-derivable"),
        (2, "determination", "same"),
        (2, "triage", "not-derivable"),
        (3, "replan", "not-derivable"),
    ]
    assert all(each.why for each in replay_journal(alone.entries()) if each.outcome == "not-derivable")
    unknown = attrs.evolve(HOME_STORY[0][0], rulebook="elsewhere", rulebook_digest="sha256:" + "0" * 64)
    changed = attrs.evolve(HOME_STORY[0][0], rulebook_digest="sha256:" + "0" * 64)
    for document in (unknown, changed):
        assert outcomes(recorded([(document, None)]).entries()) == [(1, "determination", "not-derivable")]
    empty = attrs.evolve(HOME_STORY[3][0], visits=())
    other = attrs.evolve(HOME_STORY[3][0], protocol_version="0.0.1")
    for document in (empty, other):
        found = recorded([HOME_STORY[2], (document, None)])
        assert outcomes(found.entries()) == [(2, "schedule", "not-derivable")]


def test_a_change_that_could_not_have_led_to_the_replan_differs():
    changes = {16: ScheduleChange(change=attrs.evolve(HOME_STORY[16][0].change, visit="elsewhere"))}
    assert (18, "replan", "differs") in outcomes(recorded(story(changes)).entries())


def test_rulebooks_and_templates_come_from_the_journal_or_from_the_caller():
    ours = load_rulebook("candidacy-clinic")
    own = attrs.evolve(ours, id="own-candidacy", version="9.0.0")
    answer = determine(FactSet(), own, AS_OF)
    assert outcomes(recorded([(answer, None)]).entries()) == [(1, "determination", "not-derivable")]
    assert outcomes(recorded([(own, None), (answer, None)]).entries()) == [(2, "determination", "same")]
    assert outcomes(recorded([(answer, None)]).entries(), rulebooks=[own]) == [(1, "determination", "same")]
    template = attrs.evolve(load_protocol("home-ordered"), version="9.0.0")
    signed = attrs.evolve(order("home-ordered"), protocol_version="9.0.0")
    first = schedule("home-ordered")
    visit = first.sessions[0]
    planned = plan_visits(signed, template, start=visit.on, at=visit.at, time_zone=visit.time_zone)
    assert isinstance(planned, Schedule)
    pair = [(signed, None), (planned, None)]
    assert outcomes(recorded(pair).entries()) == [(2, "schedule", "not-derivable")]
    assert outcomes(recorded([(template, None), *pair]).entries()) == [(3, "schedule", "same")]
    assert outcomes(recorded(pair).entries(), protocols=[template]) == [(2, "schedule", "same")]


@pytest.mark.parametrize("days", [0, 3, 400])
def test_a_plan_with_some_days_for_its_first_session_comes_out_the_same(days):
    """A window as long as the order is recorded as one day; it is tried both ways."""
    signed = order("home-ordered")
    visit = schedule("home-ordered").sessions[0]
    planned = plan_visits(
        signed,
        load_protocol("home-ordered"),
        start=visit.on,
        start_by=min(visit.on + timedelta(days=days), signed.valid_until),
        at=visit.at,
        time_zone=visit.time_zone,
        earlier=(AS_OF - timedelta(days=2),),
    )
    assert outcomes(recorded([(signed, None), (planned, None)]).entries()) == [(2, "schedule", "same")]


def test_a_side_effect_outside_sessions_is_triaged_again_without_one():
    assert outcomes(WHOLE)[1] == (2, "determination", "differs")
    event = attrs.evolve(HOME_STORY[8][0], session=None)
    found = triage(event, history=SideEffectLog(events=(event,)), now=event.reported_at, readings=())
    assert outcomes(recorded([(event, None), (found, None)]).entries()) == [
        (2, "determination", "same"),
        (2, "triage", "same"),
    ]


def test_what_was_redacted_is_not_derived():
    store = recorded(HOME_STORY)
    at = AS_OF + timedelta(days=1)
    for number in (1, 9, 16):
        redact(store, number, recorded_at=at, **WHO)
    assert [each[:3] for each in outcomes(store.entries())][:3] == [
        (4, "schedule", "same"),
        (10, "determination", "same"),
        (10, "triage", "not-derivable"),
    ]
