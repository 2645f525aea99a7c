"""The ladder: time only climbs it, somebody is always called, and only a person of the ladder closes the call."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ketaprogram import StateError, read, triage, write
from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.events import acknowledge, close, escalate, standing
from ketaprogram.events.escalating import ladders
from ketaprogram.events.model import AdverseEvent, Escalation, Rung, SideEffectLog, Tier
from ketaprogram.testing.strategies import AS_OF, documents

YEAR = 60 * 24 * 365
calls = documents(Escalation).map(lambda found: attrs.evolve(found, opened_at=AS_OF, acknowledgements=(), closed=None))


def later(minutes):
    return AS_OF + timedelta(minutes=minutes)


class Calls(RuleBasedStateMachine):
    """Any ladder, any order of taking over, waiting and closing."""

    @initialize(call=calls)
    def opened(self, call):
        self.call, self.now, self.rung, self.closed = call, AS_OF, 0, False

    @rule(minutes=st.integers(0, 3000))
    def waits(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(place=st.integers(0, 19))
    def takes_over(self, place):
        role = self.call.rungs[place % len(self.call.rungs)].role
        if self.closed:
            with pytest.raises(StateError, match="closed"):
                acknowledge(self.call, by="somebody", role=role, at=self.now)
            return
        self.call = acknowledge(self.call, by="somebody", role=role, at=self.now)
        found = standing(self.call, self.now)
        assert (found.state, found.role, found.since) == ("acknowledged", role, self.now)
        assert found.by == self.now + timedelta(minutes=self.call.hold_minutes)

    @rule(place=st.integers(0, 19), really=st.booleans())
    def closes(self, place, really):
        if not really or self.closed:
            return
        role = self.call.rungs[place % len(self.call.rungs)].role
        self.call, self.closed = close(self.call, by="somebody", role=role, at=self.now), True

    @invariant()
    def somebody_always_has_it_and_it_never_steps_down(self):
        found = standing(self.call, self.now)
        assert found.rung >= self.rung
        self.rung = found.rung
        assert found.role in {each.role for each in self.call.rungs}
        assert (found.state == "closed") == self.closed
        if self.closed:
            assert found.by is None
            return
        if found.state == "calling":
            assert found.role == self.call.rungs[found.rung].role
        is_last = found.rung == len(self.call.rungs) - 1
        assert found.since <= self.now
        assert found.by > self.now or (is_last and found.is_overdue)

    @invariant()
    def without_a_person_it_ends_at_the_last_rung_and_stays(self):
        if self.closed:
            return
        end = standing(self.call, self.now + timedelta(minutes=25 * 100_000))
        assert (end.state, end.rung) == ("calling", len(self.call.rungs) - 1)
        assert end.is_overdue


TestCalls = Calls.TestCase


@given(calls, st.integers(0, YEAR), st.integers(0, YEAR))
def test_later_is_never_a_lower_rung(call, one, two):
    first, second = standing(call, later(min(one, two))), standing(call, later(max(one, two)))
    assert first.rung <= second.rung
    assert first.since <= second.since


@given(calls)
def test_a_call_reads_back_as_it_was_written(call):
    assert read(Escalation, write(call)) == call


RUNGS = (Rung(role="nurse", minutes=10), Rung(role="prescriber", minutes=20), Rung(role="director", minutes=5))
CALL = Escalation(event="e", tier="urgent", script="urgent-call", opened_at=AS_OF, rungs=RUNGS, hold_minutes=30)


@pytest.mark.parametrize(
    ("minutes", "role", "by", "is_overdue"),
    [
        (-5, "nurse", 10, False),
        (0, "nurse", 10, False),
        (9, "nurse", 10, False),
        (10, "prescriber", 30, False),
        (29, "prescriber", 30, False),
        (30, "director", 35, False),
        (35, "director", 35, True),
        (YEAR, "director", 35, True),
    ],
)
def test_each_edge_of_a_ladder(minutes, role, by, is_overdue):
    found = standing(CALL, later(minutes))
    assert (found.state, found.role, found.by, found.is_overdue) == ("calling", role, later(by), is_overdue)


def test_taken_over_it_holds_and_then_calls_the_next():
    taken = acknowledge(CALL, by="L. Chen", role="nurse", at=later(5))
    assert (standing(taken, later(34)).state, standing(taken, later(34)).by) == ("acknowledged", later(35))
    assert (standing(taken, later(35)).role, standing(taken, later(35)).state) == ("prescriber", "calling")
    assert standing(taken, later(55)).role == "director"
    again = acknowledge(taken, by="L. Chen", role="nurse", at=later(40))
    assert (standing(again, later(41)).role, standing(again, later(41)).rung) == ("nurse", 1)
    assert standing(again, later(70)).role == "director"
    higher = acknowledge(CALL, by="R. Okafor", role="director", at=later(1))
    assert standing(higher, later(1)).rung == 2
    assert standing(higher, later(31)).role == "director"
    done = close(again, by="R. Okafor", role="director", at=later(45))
    assert (standing(done, later(YEAR)).state, standing(done, later(YEAR)).role) == ("closed", "director")


def test_what_a_call_refuses():
    with pytest.raises(StateError, match="not on the ladder; its roles are nurse, prescriber, director"):
        acknowledge(CALL, by="robot", role="software", at=AS_OF)
    with pytest.raises(StateError, match="before the last"):
        acknowledge(CALL, by="L. Chen", role="nurse", at=later(-1))
    taken = acknowledge(CALL, by="L. Chen", role="nurse", at=later(5))
    with pytest.raises(StateError, match="before the last"):
        close(taken, by="L. Chen", role="nurse", at=later(4))
    done = close(taken, by="L. Chen", role="nurse", at=later(5))
    with pytest.raises(StateError, match="is closed"):
        close(done, by="L. Chen", role="nurse", at=later(6))
    with pytest.raises(TypeError):
        standing(CALL, later(1).replace(tzinfo=None))


@pytest.mark.parametrize("tier", get_args(Tier))
def test_every_tier_has_a_ladder_of_people(tier):
    ladder = ladders()[tier]
    assert len(ladder.rungs) >= 2
    assert len({each.role for each in ladder.rungs}) == len(ladder.rungs)
    assert ladder.script
    assert cite_all(table("escalation")["sources"])


def test_more_pressing_tiers_wait_less():
    of = [ladders()[tier] for tier in get_args(Tier)]
    assert [each.minutes for each in of] == sorted((each.minutes for each in of), reverse=True)
    assert [each.rungs[0].minutes for each in of] == sorted((each.rungs[0].minutes for each in of), reverse=True)
    assert [each.hold_minutes for each in of] == sorted((each.hold_minutes for each in of), reverse=True)


def test_a_triage_opens_its_call():
    event = AdverseEvent(id="e", term="breathing", reported_at=AS_OF)
    found = triage(event, history=SideEffectLog(), now=AS_OF)
    call = escalate(found, opened_at=AS_OF)
    assert (call.event, call.tier, call.script) == ("e", "emergency", "emergency-call")
    assert standing(call, AS_OF).role == found.who
