"""The work list: what must happen next, why, by whom and by when. What is overdue stays until it is done."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from ketaprogram._time import add_days, at_wall
from ketaprogram.events import triage
from ketaprogram.program.model import DueItem, Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

__all__ = ["due"]

_ENDED = frozenset({"discharged", "stopped", "escalated"})
_LAST_MINUTE = time(23, 59)
_ROLES = {"session": "nurse", "preparation": "coordinator", "consult": "clinician", "integration": "coach"}


def due(program: Program, now: datetime) -> tuple[DueItem, ...]:
    """
    The work list of a program: everything that is open, the most overdue first.

    Args:
        program: The program.
        now: The instant of the question.

    Returns:
        Items ordered by when they are due. An item is there from when it can be done until it is done.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.program.model import Program
        >>> due(Program(), datetime(2026, 11, 24, 9, tzinfo=timezone.utc))
        ()
    """
    items = [*_visits(program, now), *_events(program, now), *_order(program, now)]
    return tuple(sorted((each for each in items if each.opens_at <= now), key=lambda each: (each.due_by, each.about)))


def _visits(program: Program, now: datetime) -> Iterator[DueItem]:
    if program.schedule is None:
        return
    ended = {each.visit for each in program.sessions if each.state in _ENDED}
    visits = program.schedule.visits
    # A contact is done when a session after it has ended: nothing goes on without it.
    last_ended = max(((each.on, each.at) for each in visits if each.id in ended), default=None)
    for visit in visits:
        is_session = visit.kind == "session"
        is_over = visit.id in ended if is_session else last_ended is not None and (visit.on, visit.at) <= last_ended
        if is_over or visit.status != "planned":
            continue
        due_by = _at(visit.time_zone, visit.latest, _LAST_MINUTE)
        yield DueItem(
            what=visit.kind,
            about=visit.id,
            why=visit.why,
            role=_ROLES[visit.kind],
            opens_at=_at(visit.time_zone, visit.earliest, time(0, 0)),
            due_by=due_by,
            is_overdue=due_by < now,
        )


def _events(program: Program, now: datetime) -> Iterator[DueItem]:
    routes = {each.id: each.route for each in program.sessions}
    for event in program.log.current:
        if event.resolved is not True and event.session in routes:
            found = triage(event, route=routes[event.session], now=event.reported_at)
            yield DueItem(
                what="side-effect",
                about=event.id,
                why=found.card.summary,
                role=found.who,
                opens_at=event.reported_at,
                due_by=found.respond_by,
                is_overdue=found.respond_by < now,
            )


def _order(program: Program, now: datetime) -> Iterator[DueItem]:
    if program.order is None or program.schedule is None:
        return
    zone = program.schedule.time_zone
    ends = _at(zone, program.order.valid_until, _LAST_MINUTE)
    yield DueItem(
        what="order-expiring",
        about=program.order.id,
        why="The order ends; nothing is planned past it without a new one.",
        role="prescriber",
        opens_at=_at(zone, add_days(program.order.valid_until, -7), time(0, 0)),
        due_by=ends,
        is_overdue=ends < now,
    )


def _at(time_zone: str, day: date, clock: time) -> datetime:
    """An end of a window on the person's own clock; where a clock change hides or repeats it, the later instant."""
    return at_wall(day, clock, time_zone, gap="later", repeated="second")
