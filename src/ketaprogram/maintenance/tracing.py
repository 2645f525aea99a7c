"""
The sessions that were given, in the order of time, from the documents themselves: when, in which phase, how much.

A session counts once, whether a schedule, a session's own record or both tell of it. What nobody recorded stays None.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from ketaprogram._time import at_wall, elapsed, wall
from ketaprogram.protocol.model import WeightBasedDose
from ketaprogram.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from ketaprogram.protocol.model import DoseStep, Order, PhaseName, Protocol
    from ketaprogram.schedule.model import Schedule, Visit
    from ketaprogram.sessions.model import Administration, Session

__all__ = ["GivenSession", "given_sessions", "is_higher", "percent", "since_present_dose", "step_of"]

_SECONDS_OF_AN_HOUR = 3600


@frozen(kw_only=True, repr=False)
class GivenSession(Record):
    """
    A session that was given.

    Args:
        at: When its dose began.
        on: The local date.
        number: Number of the session on the order; None for one of an earlier order.
        phase: Its phase; None for one of an earlier order.
        ordered: The dose of the order at its step; None for one of an earlier order.
        mg: Milligrams given; None if nobody recorded them.
        session: Id of the session's own record; None if there is none.
    """

    at: datetime
    on: date
    number: int | None = None
    phase: PhaseName | None = None
    ordered: DoseStep | None = None
    mg: Decimal | None = None
    session: str | None = None


def given_sessions(
    order: Order, protocol: Protocol, schedule: Schedule, sessions: Iterable[Session], now: datetime
) -> tuple[GivenSession, ...]:
    """The sessions given up to an instant, in the order of time. A dose of 0 mg is no session."""
    dosed = {each.visit: (each.id, each.administration) for each in sessions if each.administration is not None}
    planned = {each.id for each in schedule.visits}
    found = [
        _of_visit(each, dosed.get(each.id), order)
        for each in schedule.visits
        if each.kind == "session" and (each.status == "given" or each.id in dosed)
    ]
    recorded = [
        GivenSession(at=dose.given_at, on=wall(dose.given_at, schedule.time_zone)[0], mg=dose.mg, session=session)
        for visit, (session, dose) in dosed.items()
        if visit not in planned
    ]
    # No template lets two sessions be so close: an instant beside a record of its own is that session.
    gap = protocol.gap_hours * _SECONDS_OF_AN_HOUR
    bare = [
        GivenSession(at=at, on=wall(at, schedule.time_zone)[0])
        for at in schedule.earlier
        if not any(abs(elapsed(at, each.at).total_seconds()) < gap for each in recorded)
    ]
    given = [each for each in (*found, *recorded, *bare) if each.at <= now and each.mg != 0]
    return tuple(sorted(given, key=lambda each: each.at))


def step_of(order: Order, step: int) -> DoseStep:
    """The dose of an order at a step of the course."""
    reached = [each for each in order.doses if each.from_session <= step]
    return max(reached or order.doses[:1], key=lambda each: each.from_session)


def since_present_dose(given: Sequence[GivenSession]) -> tuple[GivenSession, ...]:
    """
    The last sessions at one dose. A session whose dose is not known may have been at it, so it is taken in.

    A dose by weight is compared as it was ordered, so that another body weight makes no other dose.
    """
    return tuple(reversed(list(_at_present_dose(given))))


def _at_present_dose(given: Sequence[GivenSession]) -> Iterator[GivenSession]:
    for each in reversed(given):
        if is_higher(given[-1], each) or is_higher(each, given[-1]):
            return
        yield each


def is_higher(one: GivenSession, other: GivenSession) -> bool | None:
    """Whether one dose is higher than another; None if it is not known."""
    if one.ordered is not None and other.ordered is not None and one.ordered.kind == other.ordered.kind:
        return _amount(one.ordered) > _amount(other.ordered)
    return None if one.mg is None or other.mg is None else one.mg > other.mg


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """Percent to one decimal, rounded up: what is just above a bound is never shown at it."""
    return (100 * Decimal(part) / Decimal(whole)).quantize(Decimal("0.1"), ROUND_CEILING)


def _amount(step: DoseStep) -> Decimal:
    return step.mg_per_kg if isinstance(step, WeightBasedDose) else step.mg


def _of_visit(visit: Visit, dosed: tuple[str, Administration] | None, order: Order) -> GivenSession:
    session, dose = dosed or (None, None)
    planned = at_wall(visit.on, visit.at, visit.time_zone, gap="later", repeated="first")
    at = dose.given_at if dose is not None else visit.given_at or planned
    return GivenSession(
        at=at,
        on=wall(at, visit.time_zone)[0],
        number=visit.number,
        phase=visit.phase,
        ordered=step_of(order, visit.step),
        mg=dose.mg if dose is not None else None,
        session=session,
    )
