"""The work list: what must happen next, why, by whom and by when. What is overdue stays until it is done."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from ketaprogram._knowledge import table
from ketaprogram._time import add_days, at_wall, elapsed
from ketaprogram.errors import StateError
from ketaprogram.events import standing, triage
from ketaprogram.program.contacts import contacts_of, template_of
from ketaprogram.program.model import DueItem, Program
from ketaprogram.sessions import expected_observations
from ketaprogram.supply.counting import ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ketaprogram.events.model import AdverseEvent, Escalation, Triage
    from ketaprogram.protocol.model import Protocol
    from ketaprogram.sessions.model import Session

__all__ = ["due"]

_ENDED = frozenset({"discharged", "stopped", "escalated"})
_LAST_MINUTE = time(23, 59)


def due(program: Program, now: datetime, *, protocols: Iterable[Protocol] = ()) -> tuple[DueItem, ...]:
    """
    The work list of a program: everything that is open, the most overdue first.

    Args:
        program: The program.
        now: The instant of the question.
        protocols: A clinic's own templates; ours are known.

    Returns:
        Items ordered by when they are due. An item is there from when it can be done until somebody recorded that it is
        done, however late it is; letting time pass never takes one away, and never makes an overdue one less so.

    Unknowns:
        What nobody recorded as done is not done. Without the template of the schedule, its visits are listed, and that
        check-ins, questionnaires and tests cannot be. A record of a supply that has faults is an item of its own.

    Raises:
        TypeError: ``now`` has no offset.
        UnknownTimeZoneError: The schedule is in a zone that nobody knows.

    Source:
        The windows are the template's. How long before it is due some work is shown is a proposal, in ``work.toml``.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.program.model import Program
        >>> due(Program(), datetime(2026, 11, 24, 9, tzinfo=timezone.utc))
        ()
    """
    template = template_of(program, protocols)
    items = [
        *_sessions(program),
        *_contacts(program, template),
        *_readings(program, template, now),
        *_side_effects(program, now),
        *_order(program),
        *_shipment(program),
    ]
    done = {(each.what, each.about) for each in program.work}
    found = [_by_now(each, now) for each in items if each.opens_at <= now and (each.what, each.about) not in done]
    return tuple(sorted(found, key=lambda each: (each.due_by, each.what, each.about, each.opens_at)))


def _by_now(item: DueItem, now: datetime) -> DueItem:
    late = elapsed(item.due_by, now)
    if late <= timedelta(0):
        return item
    return attrs.evolve(item, is_overdue=True, late_by_minutes=late // timedelta(minutes=1))


def _sessions(program: Program) -> Iterator[DueItem]:
    if program.schedule is None:
        return
    ended = {each.visit for each in program.sessions if each.state in _ENDED}
    for visit in program.schedule.visits:
        if visit.kind == "session" and visit.id not in ended and visit.status == "planned":
            yield DueItem(
                what="session",
                about=visit.id,
                why=visit.why,
                role="nurse",
                opens_at=_at(visit.time_zone, visit.earliest, time(0, 0)),
                due_by=_at(visit.time_zone, visit.latest, _LAST_MINUTE),
                is_overdue=False,
            )


def _contacts(program: Program, template: Protocol | None) -> Iterator[DueItem]:
    schedule = program.schedule
    if schedule is None:
        return
    zone = schedule.time_zone
    for each in contacts_of(program, schedule, template):
        yield DueItem(
            what=each.what,
            about=each.id,
            why=each.why,
            role=each.role,
            opens_at=each.opens_at or _at(zone, each.opens_on, time(0, 0)),
            due_by=each.closes_at or _at(zone, each.closes_on, _LAST_MINUTE),
            is_overdue=False,
        )
    if template is None:
        first = min((each.on for each in schedule.visits), default=date.min)
        yield DueItem(
            what="template-missing",
            about=schedule.protocol,
            why="The template of the schedule is not at hand: check-ins, questionnaires and tests cannot be listed.",
            role="coordinator",
            opens_at=_at(zone, max(first, date(1900, 1, 2)), time(0, 0)),
            due_by=_at(zone, max(first, date(1900, 1, 2)), _LAST_MINUTE),
            is_overdue=False,
        )


def _readings(program: Program, template: Protocol | None, now: datetime) -> Iterator[DueItem]:
    """A reading that the template expects of a session under way is due until there is one, or the session ends."""
    if template is None:
        return
    for session in program.sessions:
        if session.state in {"dosed", "recovering"}:
            for each in expected_observations(session, template, now):
                # A check-in is a contact of the template, and listed as such.
                if each.what != "check-in" and each.status in {"due", "missing"}:
                    yield DueItem(
                        what=each.what,
                        about=session.id,
                        why=f"The reading at minute {each.minute} is not there.",
                        role=each.by,
                        opens_at=each.due_at,
                        due_by=each.until,
                        is_overdue=False,
                    )


def _side_effects(program: Program, now: datetime) -> Iterator[DueItem]:
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
        yield DueItem(
            what="side-effect",
            about=event.id,
            why=found.card.summary,
            role=found.who if call is None else standing(call, now).role,
            opens_at=event.reported_at,
            due_by=found.respond_by if call is None else _answer_by(call),
            is_overdue=False,
        )


def _answer_by(call: Escalation) -> datetime:
    """By when somebody has to do something more; it moves only when a person does, not when the ladder climbs."""
    last = call.acknowledgements[-1].at if call.acknowledgements else call.opened_at
    return standing(call, last).by or last


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


def _order(program: Program) -> Iterator[DueItem]:
    if program.order is None or program.schedule is None:
        return
    zone, until = program.schedule.time_zone, program.order.valid_until
    yield DueItem(
        what="order-expiring",
        about=program.order.id,
        why="The order ends; nothing is planned past it without a new one.",
        role="prescriber",
        opens_at=_at(zone, add_days(until, -_settings()["order_expiring_days"]), time(0, 0)),
        due_by=_at(zone, until, _LAST_MINUTE),
        is_overdue=False,
    )


def _shipment(program: Program) -> Iterator[DueItem]:
    """The questions before the next shipment, from the record that was kept last."""
    if not program.supplies:
        return
    supply = program.supplies[-1]
    fills = [each for each in supply.events if each.kind == "fill"]
    known_until = max([supply.prescription.issued_on, *(each.on for each in supply.events)])
    try:
        units = ledger(supply, on=known_until)
    except StateError:
        opens_on = due_on = known_until
        why, is_needed = "The record of the supply has faults: nothing can be shipped until they are put right.", True
    else:
        due_on = units.lasts_until or units.last_day
        opens_on = add_days(due_on, -_settings()["shipment_days"]) if units.lasts_until else known_until
        why = "The units at home are meant to last until then: ask what is asked before a shipment."
        is_needed = units.remaining > 0
    if is_needed:
        zone = "UTC" if program.schedule is None else program.schedule.time_zone
        yield DueItem(
            what="shipment",
            about=fills[-1].id if fills else supply.prescription.id,
            why=why,
            role="coordinator",
            opens_at=_at(zone, opens_on, time(0, 0)),
            due_by=_at(zone, max(opens_on, due_on), _LAST_MINUTE),
            is_overdue=False,
        )


@cache
def _settings() -> dict[str, Any]:
    return table("work")


def _at(time_zone: str, day: date, clock: time) -> datetime:
    """An end of a window on the person's own clock; where a clock change hides or repeats it, the later instant."""
    return at_wall(day, clock, time_zone, gap="later", repeated="second")
