"""What a change says of a schedule before anything is planned again: what stands, and what is asked for."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, assert_never

import attrs
from attrs import frozen

from ketaprogram._time import after, at_wall, zone
from ketaprogram.errors import OrderError, StateError, UnknownItemError
from ketaprogram.schedule.model import (
    AvailabilityChanged,
    Cancelled,
    Given,
    Held,
    Missed,
    Moved,
    OrderReplaced,
    Resumed,
    ZoneChanged,
)
from ketaprogram.schedule.opening import check_openings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, time

    from ketaprogram.protocol.model import Order, Protocol
    from ketaprogram.schedule.model import Change, Schedule, Visit

__all__ = ["Settled", "begins_at", "settle"]


@frozen
class Settled:
    """
    A schedule with changes taken in, and what they ask for.

    Args:
        schedule: The schedule, nothing of it planned again yet.
        order: The order from now on.
        moved: By visit, the place that was asked for.
        cancelled: Visits that cannot be at their place.
        causes: By visit, why it changes, in words.
        anew: Whether the target spacing matters more than where visits were.
    """

    schedule: Schedule
    order: Order
    moved: Mapping[str, tuple[date, time]] = attrs.field(factory=dict)
    cancelled: frozenset[str] = frozenset()
    causes: Mapping[str, str] = attrs.field(factory=dict)
    anew: bool = False


def settle(schedule: Schedule, changes: tuple[Change, ...], order: Order, protocol: Protocol, now: datetime) -> Settled:
    """
    Take changes in.

    Raises:
        UnknownItemError: No visit has the id.
        StateError: A visit is not in a state for its change, or a session is past and nobody said what became of it.
        OrderError: The new order is for somebody or something else.
        UnknownTimeZoneError: No such zone.
    """
    settled = reduce(lambda held, change: _take_in(held, change, now), changes, Settled(schedule, order))
    forgotten = [
        str(each.number)
        for each in settled.schedule.visits
        if each.kind == "session"
        and each.status == "planned"
        and after(begins_at(each), protocol.observation_minutes) <= now
    ]
    if forgotten:
        which = f"session {forgotten[0]} is" if len(forgotten) == 1 else f"sessions {', '.join(forgotten)} are"
        message = f"{which} past: say first whether given or missed"
        raise StateError(message)
    return settled


def begins_at(visit: Visit) -> datetime:
    """The instant at which a visit began or begins; where a clock change hides or repeats its wall time, the later."""
    if visit.given_at is not None:
        return visit.given_at
    return at_wall(visit.on, visit.at, visit.time_zone, gap="later", repeated="second")


def _take_in(held: Settled, change: Change, now: datetime) -> Settled:
    if isinstance(change, Given | Missed | Cancelled | Moved):
        return _of_a_visit(held, change, now)
    return _of_the_schedule(held, change)


def _of_a_visit(held: Settled, change: Given | Missed | Cancelled | Moved, now: datetime) -> Settled:
    match change:
        case Given(visit=id, given_at=given_at):
            visit = _planned(held.schedule, id)
            instant = given_at or begins_at(visit)
            if instant > now:
                message = f"session {visit.number} cannot be given before its time has come"
                raise StateError(message)
            return _marked(held, attrs.evolve(visit, status="given", given_at=instant), "it was given")
        case Missed(visit=id):
            visit = _planned(held.schedule, id)
            if begins_at(visit) > now:
                message = f"session {visit.number} is still to come: cancel it, or move it"
                raise StateError(message)
            return _marked(held, attrs.evolve(visit, status="missed"), "it was missed")
        case Cancelled(visit=id):
            visit = _to_come(held.schedule, id, now)
            cancelled, causes = held.cancelled | {visit.id}, {**held.causes, visit.id: "it cannot be at its time"}
            return attrs.evolve(held, cancelled=cancelled, causes=causes)
        case Moved(visit=id, on=on, at=at):
            visit = _to_come(held.schedule, id, now)
            causes = {**held.causes, visit.id: "it was asked for at another time"}
            return attrs.evolve(held, moved={**held.moved, visit.id: (on, at)}, causes=causes)
        case _:  # pragma: no cover  # every change has its case
            assert_never(change)


def _of_the_schedule(
    held: Settled, change: Held | Resumed | OrderReplaced | ZoneChanged | AvailabilityChanged
) -> Settled:
    match change:
        case Held(until=until):
            changed = attrs.evolve(held.schedule, on_hold=until is None, resume_on=until)
            return attrs.evolve(held, schedule=changed)
        case Resumed(on=on):
            return attrs.evolve(held, schedule=attrs.evolve(held.schedule, on_hold=False, resume_on=on))
        case OrderReplaced(order=order):
            return _replaced(held, order)
        case ZoneChanged(time_zone=name):
            zone(name)
            return attrs.evolve(held, schedule=attrs.evolve(held.schedule, time_zone=name))
        case AvailabilityChanged(availabilities=availabilities):
            for each in availabilities:
                check_openings(each)
            return attrs.evolve(held, schedule=attrs.evolve(held.schedule, availabilities=availabilities))
        case _:  # pragma: no cover  # every change has its case
            assert_never(change)


def _marked(held: Settled, visit: Visit, cause: str) -> Settled:
    visits = tuple(visit if each.id == visit.id else each for each in held.schedule.visits)
    causes = {**held.causes, visit.id: cause}
    return attrs.evolve(held, schedule=attrs.evolve(held.schedule, visits=visits), causes=causes)


def _replaced(held: Settled, order: Order) -> Settled:
    old = held.order
    if (order.person, order.protocol, order.protocol_version) != (old.person, old.protocol, old.protocol_version):
        message = "the new order is for another person, another protocol, or another version of it"
        raise OrderError(message)
    return attrs.evolve(
        held,
        schedule=attrs.evolve(held.schedule, order=order.id),
        order=order,
        anew=held.anew or order.interval_days != old.interval_days,
    )


def _planned(schedule: Schedule, id: str) -> Visit:  # noqa: A002  # the member's own name
    visit = next((each for each in schedule.visits if each.id == id), None)
    if visit is None or visit.kind != "session":
        message = "no session of the schedule has this id"
        raise UnknownItemError(message)
    if visit.status != "planned":
        message = f"session {visit.number} was {visit.status}: what is past stays as it was recorded"
        raise StateError(message)
    return visit


def _to_come(schedule: Schedule, id: str, now: datetime) -> Visit:  # noqa: A002  # the member's own name
    visit = _planned(schedule, id)
    if begins_at(visit) <= now:
        message = f"the time of session {visit.number} has come: say whether it was given or missed"
        raise StateError(message)
    return visit
