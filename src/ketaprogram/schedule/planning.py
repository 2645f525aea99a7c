"""
From an order to visits on the person's own clock.

Every day is counted from the first one, never from the visit before, and every visit keeps its wall time across a
clock change. Gaps are measured on instants. What would break a limit of the template or the order is refused, not
shifted.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ketaprogram._time import add_days, at_wall, elapsed, is_zone
from ketaprogram.errors import LocalTimeError, OrderError, ScheduleError, UnknownTimeZoneError
from ketaprogram.schedule.model import Schedule, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime, time

    from ketaprogram.protocol.model import Order, Phase, Protocol

__all__ = ["instant_of", "plan_visits"]

_WEEK = 7


def plan_visits(order: Order, protocol: Protocol, *, start: date, at: time, time_zone: str) -> Schedule:
    """
    The visits of an order: as many sessions as it authorises, and the reviews between them.

    Args:
        order: The signed order.
        protocol: Its template.
        start: Local date of the first session.
        at: Local wall time of every session.
        time_zone: IANA zone of the person.

    Returns:
        Visits in order of time, with stable ids and windows.

    Raises:
        OrderError: The template is another one than the order's.
        UnknownTimeZoneError: No such zone.
        ScheduleError: A visit would lie outside the order's validity, break a limit, or be at a wall time that does not
            exist, or exists twice, on its day; the message names the session.

    Source:
        The template's own citations for its days and limits.
    """
    if (order.protocol, order.protocol_version) != (protocol.id, protocol.version):
        message = "the order was signed on another protocol, or on another version of it"
        raise OrderError(message)
    if not is_zone(time_zone):
        message = "no time zone has this name"
        raise UnknownTimeZoneError(message)
    sessions = [
        _session(order, phase, number, day, start=start, at=at, time_zone=time_zone)
        for number, (phase, day) in zip(range(1, order.sessions + 1), _days(protocol), strict=False)
    ]
    _check_limits(order, protocol, sessions)
    visits = [visit for each in sessions for visit in (each, *_review_after(each, order, protocol))]
    return Schedule(order=order.id, protocol=protocol.id, time_zone=time_zone, visits=tuple(visits))


def instant_of(visit: Visit) -> datetime:
    """
    The instant at which a visit begins.

    Raises:
        ScheduleError: Its wall time does not exist, or exists twice, on that day in that zone.
    """
    try:
        return at_wall(visit.on, visit.at, visit.time_zone)
    except LocalTimeError:
        message = f"session {visit.number}: its wall time does not exist, or exists twice, on that day: choose another"
        raise ScheduleError(message) from None


def _days(protocol: Protocol) -> Iterator[tuple[Phase, int]]:
    """The target day of every session, counted from the first; an open phase goes on for ever."""
    for phase in protocol.phases:
        for day in phase.days:
            yield phase, day
        if phase.then_every_days is not None:
            day = phase.days[-1]
            while True:
                day += phase.then_every_days
                yield phase, day


def _session(  # where and when a session is
    order: Order, phase: Phase, number: int, day: int, *, start: date, at: time, time_zone: str
) -> Visit:
    # The first session is the anchor of all others: it has no room around it.
    earlier, later = (phase.earlier_days, phase.later_days) if number > 1 else (0, 0)
    return Visit(
        id=f"{order.id}/{phase.name}-{number}",
        kind="session",
        phase=phase.name,
        number=number,
        on=add_days(start, day),
        at=at,
        time_zone=time_zone,
        earliest=add_days(start, day - earlier),
        latest=add_days(start, day + later),
        why=f"day {day} of the course ({phase.citations[0].source} {phase.citations[0].locator})",
    )


def _review_after(session: Visit, order: Order, protocol: Protocol) -> Iterator[Visit]:
    if session.number in protocol.review_after_sessions:
        yield Visit(
            id=f"{order.id}/review-{session.number}",
            kind="review",
            phase=session.phase,
            number=session.number,
            on=add_days(session.on, 1),
            at=session.at,
            time_zone=session.time_zone,
            earliest=session.on,
            latest=add_days(session.on, 2),
            why=f"a clinician reviews after session {session.number} before the next one",
        )


def _check_limits(order: Order, protocol: Protocol, sessions: list[Visit]) -> None:
    instants = [instant_of(each) for each in sessions]
    for each in sessions:
        if not order.valid_from <= each.on <= order.valid_until:
            message = f"session {each.number} would lie outside the days on which the order is valid"
            raise ScheduleError(message)
    for (_, before), (session, after) in pairwise(zip(sessions, instants, strict=True)):
        if elapsed(before, after).total_seconds() < protocol.gap_hours * 3600:
            message = f"session {session.number} would be less than {protocol.gap_hours} hours after the one before"
            raise ScheduleError(message)
    most = protocol.sessions_in_7_days
    for first, last in zip(sessions, sessions[most:], strict=False):
        if (last.on - first.on).days < _WEEK:
            message = f"session {last.number} would be more than {most} within 7 days"
            raise ScheduleError(message)
