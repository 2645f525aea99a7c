"""
From an order to visits on the person's own clock.

Every session keeps a wall time that was offered, whatever the clocks do in between; distances in days are of the
calendar, distances in hours of instants. What would break a limit of the template or the order is not planned.
"""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from ketaprogram._time import at_wall, zone
from ketaprogram.errors import LocalTimeError, ScheduleError
from ketaprogram.protocol.coursing import check_template, course
from ketaprogram.schedule.laying import contacts_of, in_order, no_place, session_visits, state_after, surroundings
from ketaprogram.schedule.model import Schedule
from ketaprogram.schedule.opening import check_openings
from ketaprogram.schedule.placing import DeadEnd, place
from ketaprogram.schedule.tasks import Task

if TYPE_CHECKING:
    from datetime import datetime

    from ketaprogram.protocol.model import Order, Protocol
    from ketaprogram.schedule.model import Availability, Visit

__all__ = ["instant_of", "plan_visits"]


def plan_visits(  # what a plan depends on
    order: Order,
    protocol: Protocol,
    *,
    start: date,
    at: time | tuple[time, ...],
    time_zone: str,
    start_by: date | None = None,
    availabilities: tuple[Availability, ...] = (),
    earlier: tuple[datetime, ...] = (),
) -> Schedule:
    """
    The visits of an order: as many sessions as it authorises, with the consults and calls between them.

    Of all placements that keep every window and limit it is the one with the least total deviation from the template's
    target spacing; among equals the one whose first difference is earlier.

    Args:
        order: The signed order.
        protocol: Its template.
        start: Local date from which the first session may be.
        at: Local wall times at which a session may begin.
        time_zone: IANA zone of the person.
        start_by: Last local date for the first session; ``start`` itself if not given.
        availabilities: Who has to be available, each on their own clock; somebody who is not in it is not asked.
        earlier: Instants of sessions that were given on earlier orders. Limits count them.

    Returns:
        Visits in order of time, with stable ids, windows and the reason for each day.

    Raises:
        OrderError: The template is another one than the order's.
        UnknownTimeZoneError: No such zone.
        InputError: An opening closes before it opens.
        ScheduleError: There is no placement. The message names the session, what stands against it and the smallest
            change that would help; ``conflict`` holds them as values.

    Source:
        The template's own citations for its spacing and limits.
    """
    check_template(order, protocol)
    zone(time_zone)
    for each in availabilities:
        check_openings(each)
    around = surroundings(order, protocol, (at,) if isinstance(at, time) else at, time_zone, availabilities)
    steps = course(protocol, order.interval_days, order.sessions)
    first_day, last_day = max(start, order.valid_from).toordinal(), around.last_day
    tasks = [
        Task(
            number=step.number,
            spacing=step.spacing,
            run=step.run,
            from_day=first_day,
            to_day=min(last_day, (start_by or start).toordinal()) if step.number == 1 else last_day,
        )
        for step in steps
    ]
    before = state_after(earlier, time_zone)
    placed = place(tasks, around.slots(), around.limits, before)
    if isinstance(placed, DeadEnd):
        raise no_place(tasks[placed.place], placed.reached, around)
    sessions = tuple(session_visits(order, tasks, steps, placed, around, before))
    return Schedule(
        order=order.id,
        protocol=protocol.id,
        protocol_version=protocol.version,
        time_zone=time_zone,
        at=around.at,
        availabilities=availabilities,
        earlier=tuple(sorted(earlier)),
        visits=in_order((*sessions, *contacts_of(order, protocol, sessions, steps, around))),
    )


def instant_of(visit: Visit) -> datetime:
    """
    The instant at which a visit begins; for a session that was given, at which its dose began.

    Raises:
        ScheduleError: Its wall time does not exist, or exists twice, on that day in that zone.
    """
    if visit.given_at is not None:
        return visit.given_at
    try:
        return at_wall(visit.on, visit.at, visit.time_zone)
    except LocalTimeError:
        message = f"session {visit.number}: its wall time does not exist, or exists twice, on that day: choose another"
        raise ScheduleError(message) from None
