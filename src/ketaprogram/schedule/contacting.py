"""What goes with the sessions: consults and calls as visits, everything else as windows of a timeline."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ketaprogram._time import add_days, after, at_wall, wall
from ketaprogram.protocol.coursing import course, follows, goes_with
from ketaprogram.protocol.model import CalendarWindow
from ketaprogram.schedule.model import TimelineItem, Visit
from ketaprogram.schedule.opening import slot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime, time

    from ketaprogram.protocol.coursing import Step
    from ketaprogram.protocol.model import Contact, Order, Protocol
    from ketaprogram.schedule.model import Schedule
    from ketaprogram.schedule.opening import Slot

__all__ = ["cited", "contact_visits", "timeline"]

_AS_VISITS = frozenset({"preparation", "consult", "integration"})


def contact_visits(
    sessions: tuple[Visit, ...],
    protocol: Protocol,
    steps: Mapping[int, Step],
    *,
    prefix: str,
    slots_of: Callable[[int], Callable[[date], tuple[Slot, ...]]],
    today: date | None = None,
    wanted: Mapping[str, tuple[date, time]] | None = None,
) -> Iterator[Visit]:
    """
    The consults and calls that go with sessions, each on the first open day of its window.

    A day on which there is a session is taken only if there is no other, and never the session's own time. Where nobody
    is available in the whole window, the visit stands on the window's first day and says so.

    Args:
        sessions: The sessions, in order of time.
        protocol: The template.
        steps: The steps of the course by number.
        prefix: What the ids begin with.
        slots_of: For a number of minutes, the open slots of a date.
        today: No visit is on an earlier local date.
        wanted: By the last part of the id, where a visit was; it stays there if that is open and in its window.
    """
    busy = {each.on for each in sessions}
    taken = {(each.on, each.at) for each in sessions}
    following = {before.id: after.on for before, after in pairwise(sessions)}
    previous = {after.id: before.on for before, after in pairwise(sessions)}
    for contact in protocol.contacts:
        if contact.what not in _AS_VISITS:
            continue
        slots_on = slots_of(contact.minutes or 0)
        for session, suffix, day in _occasions(contact, sessions, protocol, steps):
            window = _window(contact, session, day, not_before=previous.get(session.id) if day is None else None)
            if contact.holds and session.id in following:
                window = (window[0], max(window[0], min(window[1], following[session.id])))
            name = f"{contact.id}-{suffix}"
            earliest, latest = window
            days = [add_days(earliest, number) for number in range((latest - earliest).days + 1)]
            open_slots = [
                slot
                for each in sorted(days, key=busy.__contains__)
                for slot in slots_on(each)
                if (slot.on, slot.at) not in taken and _is_meant(contact, session, day, slot)
            ]
            kept = (wanted or {}).get(name)
            found = next((each for each in open_slots if (each.on, each.at) == kept), next(iter(open_slots), None))
            on = found.on if found else max(earliest, today or earliest)
            yield _contact_visit(contact, session, f"{prefix}/{name}", window, on, found)


def timeline(schedule: Schedule, protocol: Protocol, order: Order) -> tuple[TimelineItem, ...]:
    """
    Everything to come in a schedule in order of time: visits, check-ins, questionnaires, tests and prompts.

    Args:
        schedule: The schedule.
        protocol: Its template.
        order: Its order.

    Returns:
        Items by the day on which they open. Windows of days are local dates; where hours that really pass are meant,
        the instants stand beside them.
    """
    sessions = schedule.sessions
    # An order that took the place of another may authorise fewer sessions than there were.
    reached = max([order.sessions, *(each.step for each in sessions)])
    steps = {each.number: each for each in course(protocol, order.interval_days, reached)}
    items = [
        *(_session_item(each) for each in sessions),
        *(
            _contact_item(contact, session, day, f"{schedule.order}/{contact.id}-{suffix}")
            for contact in protocol.contacts
            for session, suffix, day in _occasions(contact, sessions, protocol, steps)
        ),
    ]
    return tuple(sorted(items, key=lambda each: (each.opens_on, each.closes_on, each.what, each.title)))


def cited(contact: Contact) -> str:
    """Where a contact comes from, in a few words."""
    return f"{contact.citations[0].source} {contact.citations[0].locator}"


def _occasions(
    contact: Contact, sessions: tuple[Visit, ...], protocol: Protocol, steps: Mapping[int, Step]
) -> Iterator[tuple[Visit, str, date | None]]:
    """The sessions that a contact goes with; for one that comes every so many days, also the day."""
    after_course = {phase.name for phase in protocol.phases if phase.sessions == 0}
    for session in sessions:
        step = steps[session.step]
        is_after = contact.phase is not None and contact.phase in after_course
        if follows(contact, step, protocol) if is_after else goes_with(contact, step):
            yield session, _suffix(contact, session), None
    if contact.every_days is not None and sessions:
        first, last = sessions[0].on, sessions[-1].on
        for nth in range(1, (last - first).days // contact.every_days + 1):
            day = add_days(first, nth * contact.every_days)
            nearest = max((each for each in sessions if each.on <= day), key=lambda each: each.on)
            if contact.phase in {None, nearest.phase}:
                yield nearest, f"day-{nth * contact.every_days}", day


def follows_its_session(contact: Contact) -> bool:
    """Whether a contact comes after the session that it goes with, so that there is none if the session is missed."""
    window = contact.window
    return (window.from_day if isinstance(window, CalendarWindow) else window.from_minutes) >= 0


def _suffix(contact: Contact, session: Visit) -> str:
    """The last part of a visit's id. What follows a session is another visit if the session is planned once more."""
    again = session.id.rsplit("/", 1)[-1]
    return f"{session.number}-{again}" if again.isdigit() and follows_its_session(contact) else str(session.number)


def _window(contact: Contact, session: Visit, day: date | None, *, not_before: date | None = None) -> tuple[date, date]:
    """The local dates of a contact's window."""
    window = contact.window
    if isinstance(window, CalendarWindow):
        anchor = day or session.on
        first, last = add_days(anchor, window.from_day), add_days(anchor, window.to_day)
    else:
        first, last = (
            wall(after(_begins(session, day), minutes), session.time_zone)[0]
            for minutes in (window.from_minutes, window.to_minutes)
        )
    return (first if not_before is None else min(max(first, not_before), last)), last


def _is_meant(contact: Contact, session: Visit, day: date | None, slot: Slot) -> bool:
    """Whether a slot within the dates of a window is meant by it: the right hours, or the right side of the session."""
    passed = slot.minute - slot_of(_begins(session, day), session.time_zone).minute
    window = contact.window
    if not isinstance(window, CalendarWindow):
        return window.from_minutes <= passed <= window.to_minutes
    is_before, is_after = window.to_day <= 0, follows_its_session(contact)
    return day is not None or is_before == is_after or (passed < 0 if is_before else passed > 0)


def _contact_visit(  # what a visit says
    contact: Contact,
    session: Visit,
    id: str,  # noqa: A002  # the member's own name
    window: tuple[date, date],
    on: date,
    found: Slot | None,
) -> Visit:
    why = f"{contact.title} ({cited(contact)})"
    return Visit(
        id=id,
        kind=contact.what,  # type: ignore[arg-type]  # one of those that are visits
        contact=contact.id,
        phase=session.phase,
        number=session.number,
        step=session.step,
        on=on,
        at=found.at if found else session.at,
        time_zone=session.time_zone,
        earliest=window[0],
        latest=max(window[1], on),
        holds=contact.holds,
        why=(why if found else f"nobody is available in its window, so it has to be arranged: {why}")[:200],
    )


def _session_item(session: Visit) -> TimelineItem:
    return TimelineItem(
        id=session.id,
        what="session",
        title=f"Session {session.number}",
        visit=session.id,
        by="clinician",
        opens_on=session.on,
        closes_on=session.on,
        why=session.why,
    )


def _contact_item(
    contact: Contact,
    session: Visit,
    day: date | None,
    id: str,  # noqa: A002  # the member's own name
) -> TimelineItem:
    opens_on, closes_on = _window(contact, session, day)
    window, begins = contact.window, _begins(session, day)
    elapsed = None if isinstance(window, CalendarWindow) else (window.from_minutes, window.to_minutes)
    return TimelineItem(
        id=id,
        what=contact.what,
        title=contact.title,
        visit=session.id if day is None else None,
        by=contact.by,
        opens_on=opens_on,
        closes_on=closes_on,
        opens_at=after(begins, elapsed[0]) if elapsed else None,
        closes_at=after(begins, elapsed[1]) if elapsed else None,
        measures=contact.measures,
        why=cited(contact)[:200],
    )


def _begins(session: Visit, day: date | None) -> datetime:
    """The instant that hours are counted from: when the dose began, or was planned to."""
    if session.given_at is not None and day is None:
        return session.given_at
    return at_wall(day or session.on, session.at, session.time_zone, gap="later", repeated="first")
