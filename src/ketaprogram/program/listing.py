"""The work list: what must happen next, why, by whom and by when. What is overdue stays until it is done."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from ketaprogram._time import add_days, at_wall
from ketaprogram.events import standing, triage
from ketaprogram.program.model import DueItem, Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ketaprogram.events.model import AdverseEvent, Triage
    from ketaprogram.sessions.model import Session

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
    """A side effect is due until a person has closed the call about this version of it, or nobody has to answer it."""
    sessions = {each.id: each for each in program.sessions}
    calls = {each.event: each for each in program.calls}
    for event in program.log.current:
        call = calls.get(event.id)
        if call is not None and call.closed is not None:
            continue
        found = _triaged(event, None if event.session is None else sessions.get(event.session), program, now)
        if found.tier == "none" and call is None:
            continue
        called = None if call is None else standing(call, now)
        due_by = found.respond_by if called is None or called.by is None else called.by
        yield DueItem(
            what="side-effect",
            about=event.id,
            why=found.card.summary,
            role=found.who if called is None else called.role,
            opens_at=event.reported_at,
            due_by=due_by,
            is_overdue=due_by < now,
        )


def _triaged(event: AdverseEvent, session: Session | None, program: Program, now: datetime) -> Triage:
    dose = None if session is None else session.administration
    # What belongs to no session was measured in none; of a session that is not here nobody knows.
    readings = None if session is None else session.observations
    return triage(
        event,
        history=program.log,
        now=now,
        route=None if session is None else session.route,
        dosed_at=None if dose is None else dose.given_at,
        readings=() if event.session is None else readings,
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
