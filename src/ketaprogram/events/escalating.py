"""
The escalation ladder: whom to call about a side effect now, and by when somebody else is called.

It is a value that goes from state to state; nothing here looks at a clock. Letting time pass only ever calls somebody
further up, and the last rung stays called until a person closes it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, get_args

import attrs
from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram._time import after
from ketaprogram.errors import StateError
from ketaprogram.events.model import Acknowledgement, Escalation, Rung, Standing, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ketaprogram.events.model import Triage
    from ketaprogram.record import Id

__all__ = ["acknowledge", "close", "crisis_script", "escalate", "ladders", "standing"]


@frozen(kw_only=True)
class Ladder:
    """
    What a tier calls for.

    Args:
        minutes: From the report, by when somebody must have answered.
        script: Id of the clinic's script for the call.
        hold_minutes: How long an acknowledgement holds the ladder.
        rungs: Who is called, in order.
    """

    minutes: int
    script: Id
    hold_minutes: int
    rungs: tuple[Rung, ...]


@cache
def ladders() -> Mapping[Tier, Ladder]:
    """The ladder of each tier, from ``knowledge/escalation.toml``."""
    content = table("escalation")["tier"]
    return {
        tier: Ladder(
            minutes=content[tier]["minutes"],
            script=content[tier]["script"],
            hold_minutes=content[tier]["hold"],
            rungs=tuple(Rung(**each) for each in content[tier]["rungs"]),
        )
        for tier in get_args(Tier)
    }


@cache
def crisis_script() -> Id:
    """The id of the clinic's script for a call that opens the crisis path, whatever its tier."""
    script: Id = table("escalation")["crisis_script"]
    return script


def escalate(found: Triage, *, opened_at: datetime) -> Escalation:
    """
    Open a call about a triaged side effect.

    Args:
        found: What triage made of it.
        opened_at: When the call begins.

    Source:
        ``escalation.toml``, a proposal of this project; a clinic sets its own roles and times.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from ketaprogram.events import triage
        >>> from ketaprogram.events.model import AdverseEvent, SideEffectLog
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> event = AdverseEvent(id="1", term="breathing", reported_at=now)
        >>> call = escalate(triage(event, history=SideEffectLog(), now=now), opened_at=now)
        >>> [standing(call, now + timedelta(minutes=minutes)).role for minutes in (0, 7, 600)]
        ['clinician-on-call', 'prescriber', 'medical-director']
    """
    ladder = ladders()[found.tier]
    return Escalation(
        event=found.event,
        tier=found.tier,
        script=found.script,
        opened_at=opened_at,
        rungs=ladder.rungs,
        hold_minutes=ladder.hold_minutes,
    )


def acknowledge(escalation: Escalation, *, by: str, role: str, at: datetime) -> Escalation:
    """
    Somebody takes the call over; it holds the ladder for a while and closes nothing.

    Raises:
        StateError: It is closed, the role is not on its ladder, or the instant is before what happened last.
    """
    _may_act(escalation, role, at)
    taken = Acknowledgement(by=by, role=role, at=at)
    return attrs.evolve(escalation, acknowledgements=(*escalation.acknowledgements, taken))


def close(escalation: Escalation, *, by: str, role: str, at: datetime) -> Escalation:
    """
    A person of the ladder closes the call.

    Raises:
        StateError: It is closed already, the role is not on its ladder, or the instant is before what happened last.
    """
    _may_act(escalation, role, at)
    return attrs.evolve(escalation, closed=Acknowledgement(by=by, role=role, at=at))


def standing(escalation: Escalation, now: datetime) -> Standing:
    """
    Whom to call now, and by when the next is called.

    Args:
        escalation: The call.
        now: The instant of the question; one before the last that happened is taken for that.

    Returns:
        Always somebody. Later is never a lower rung, and the last rung stays called until somebody closes the call.

    Raises:
        TypeError: ``now`` has no offset.
    """
    at = max(now, _latest(escalation))
    place = _Place(rung=0, since=escalation.opened_at)
    for taken in escalation.acknowledgements:
        rung = max(_climbed(escalation, place, taken.at).rung, _rung_of(escalation, taken.role))
        place = _Place(rung=rung, since=taken.at, held_by=taken.role)
    place = _climbed(escalation, place, at)
    if escalation.closed is not None:
        closed = escalation.closed
        return Standing(state="closed", rung=place.rung, role=closed.role, since=closed.at, by=None, is_overdue=False)
    by = after(place.since, _minutes(escalation, place))
    return Standing(
        state="calling" if place.held_by is None else "acknowledged",
        rung=place.rung,
        role=place.held_by or escalation.rungs[place.rung].role,
        since=place.since,
        by=by,
        is_overdue=by <= at,
    )


@frozen(kw_only=True)
class _Place:
    """A rung, since when, and who has taken the call over there, if somebody has."""

    rung: int
    since: datetime
    held_by: str | None = None


def _climbed(escalation: Escalation, place: _Place, until: datetime) -> _Place:
    """Where the ladder stands at an instant if nobody does anything from a place on."""
    last = len(escalation.rungs) - 1
    while place.held_by is not None or place.rung < last:
        next_at = after(place.since, _minutes(escalation, place))
        if until < next_at:
            break
        place = _Place(rung=min(place.rung + 1, last), since=next_at)
    return place


def _minutes(escalation: Escalation, place: _Place) -> int:
    return escalation.rungs[place.rung].minutes if place.held_by is None else escalation.hold_minutes


def _rung_of(escalation: Escalation, role: str) -> int:
    return next((number for number, each in enumerate(escalation.rungs) if each.role == role), 0)


def _latest(escalation: Escalation) -> datetime:
    """The last instant at which something happened."""
    if escalation.closed is not None:
        return escalation.closed.at
    return escalation.acknowledgements[-1].at if escalation.acknowledgements else escalation.opened_at


def _may_act(escalation: Escalation, role: str, at: datetime) -> None:
    if escalation.closed is not None:
        message = "the call is closed; a new report opens a new one"
        raise StateError(message)
    if all(each.role != role for each in escalation.rungs):
        message = f"this role is not on the ladder; its roles are {', '.join(each.role for each in escalation.rungs)}"
        raise StateError(message)
    if at < _latest(escalation):
        message = "this instant is before the last that happened to the call"
        raise StateError(message)
