"""A schedule: visits at local wall times, who is available when, and what may change in it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen
from attrs import frozen

from ketaprogram.protocol.model import Order, PhaseName, ProtocolId, SessionNumber, Version
from ketaprogram.record import Days, Id, Line, Record, ZoneName

__all__ = [
    "Availability",
    "AvailabilityChanged",
    "Binding",
    "Cancelled",
    "Change",
    "Conflict",
    "DayOpenings",
    "Given",
    "Held",
    "Missed",
    "Move",
    "Moved",
    "Opening",
    "OrderReplaced",
    "Relaxation",
    "Replan",
    "Resumed",
    "Schedule",
    "ScheduleChange",
    "TimelineItem",
    "Visit",
    "VisitKind",
    "WeeklyOpening",
    "Who",
    "ZoneChanged",
]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Who = Literal["person", "clinic", "sitter"]
VisitKind = Literal["session", "preparation", "consult", "integration"]
Binding = Literal[
    "availability", "gap-hours", "sessions-in-7-days", "order-validity", "window", "asked-time", "time-of-day"
]
"""What stands against a session that has no place."""
RelaxationKind = Literal["time-of-day", "availability", "order-validity", "window-later", "window-earlier"]
"""What would help it; of two that change as many days, the easier one stands first."""


@frozen(kw_only=True)
class Opening:
    """
    Hours of one day.

    Args:
        opens: Local wall time from which somebody is available.
        closes: Local wall time until which; null is the end of the day.
    """

    opens: time
    closes: time | None = None


@frozen(kw_only=True)
class WeeklyOpening:
    """
    Hours that come again every week.

    Args:
        weekday: The day of the week.
        opens: Local wall time from which somebody is available.
        closes: Local wall time until which; null is the end of the day.
    """

    weekday: Weekday
    opens: time
    closes: time | None = None


@frozen(kw_only=True)
class DayOpenings:
    """
    The hours of one date, instead of the weekly ones; none means that it is closed.

    Args:
        on: Local date.
        openings: Hours of that date.
        why: Why it differs, such as a public holiday.
    """

    on: date
    openings: Annotated[tuple[Opening, ...], MaxLen(10)] = ()
    why: Line | None = None


@frozen(kw_only=True, repr=False)
class Availability(Record):
    """
    When somebody is available, on their own clock.

    Args:
        who: The person, the clinic, or the adult who stays at home.
        time_zone: IANA zone of the hours.
        weekly: Hours that come again every week; a day without any is closed.
        exceptions: Dates with other hours.
    """

    schema: Literal["urn:ketaprogram:schema:availability:1"] = "urn:ketaprogram:schema:availability:1"
    who: Who
    time_zone: ZoneName
    weekly: Annotated[tuple[WeeklyOpening, ...], MaxLen(70)]
    exceptions: Annotated[tuple[DayOpenings, ...], MaxLen(4000)] = ()


@frozen(kw_only=True, repr=False)
class Visit(Record):
    """
    One planned contact on the person's own clock.

    Args:
        id: Stable id: the order's, the phase and the number; a session that is planned again after it was missed has
            one of its own.
        kind: A dosing session, or a contact that the template plans around it.
        contact: Id of the template's contact; null for a session.
        phase: The phase it belongs to.
        number: Number of the session on the order; for a contact, of the session that it goes with.
        step: The step of the course, which says phase and dose; it falls back where the course does.
        on: Local date.
        at: Local wall time.
        time_zone: IANA zone of date and time.
        earliest: First local date that the window allows.
        latest: Last local date that the window allows.
        status: What became of it.
        given_at: For a session that was given, the instant at which its dose began.
        holds: Whether the next session waits for it.
        why: Why it is on that day.
    """

    id: Id
    kind: VisitKind
    contact: ProtocolId | None = None
    phase: PhaseName
    number: SessionNumber
    step: SessionNumber
    on: date
    at: time
    time_zone: ZoneName
    earliest: date
    latest: date
    status: Literal["planned", "given", "missed"] = "planned"
    given_at: datetime | None = None
    holds: bool = False
    why: Line


@frozen(kw_only=True, repr=False)
class Schedule(Record):
    """
    The visits of one order.

    Args:
        order: Id of the order.
        protocol: Id of the template.
        protocol_version: Version of the template.
        time_zone: IANA zone of the person.
        at: Local wall times at which a visit may begin.
        availabilities: Who has to be available.
        earlier: Instants of sessions that were given on earlier orders; limits count them.
        visits: In order of time.
        on_hold: No session is planned until somebody resumes.
        resume_on: No session is planned before this local date.
    """

    schema: Literal["urn:ketaprogram:schema:schedule:1"] = "urn:ketaprogram:schema:schedule:1"
    order: Id
    protocol: ProtocolId
    protocol_version: Version
    time_zone: ZoneName
    at: Annotated[tuple[time, ...], MinLen(1), MaxLen(96)]
    availabilities: Annotated[tuple[Availability, ...], MaxLen(10)] = ()
    earlier: Annotated[tuple[datetime, ...], MaxLen(1000)] = ()
    visits: Annotated[tuple[Visit, ...], MaxLen(5000)]
    on_hold: bool = False
    resume_on: date | None = None

    @property
    def sessions(self) -> tuple[Visit, ...]:
        """The sessions that were given or are planned, in order of time."""
        return tuple(each for each in self.visits if each.kind == "session" and each.status != "missed")


@frozen(kw_only=True, repr=False)
class Given(Record):
    """
    A session was given.

    Args:
        visit: Id of the visit.
        given_at: The instant at which the dose began; null is the planned time.
    """

    kind: Literal["given"] = "given"
    visit: Id
    given_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class Missed(Record):
    """
    A session did not take place. It stays as it was planned, and another visit is planned in its place.

    Args:
        visit: Id of the visit.
    """

    kind: Literal["missed"] = "missed"
    visit: Id


@frozen(kw_only=True, repr=False)
class Cancelled(Record):
    """
    A session to come cannot be at its time; another time is found for it.

    Args:
        visit: Id of the visit.
    """

    kind: Literal["cancelled"] = "cancelled"
    visit: Id


@frozen(kw_only=True, repr=False)
class Moved(Record):
    """
    A session to come is to be at another time.

    Args:
        visit: Id of the visit.
        on: The new local date.
        at: The new local wall time.
    """

    kind: Literal["moved"] = "moved"
    visit: Id
    on: date
    at: time


@frozen(kw_only=True, repr=False)
class Held(Record):
    """
    No session for a while, as after a side effect.

    Args:
        until: First local date on which a session may be again; null waits until somebody resumes.
    """

    kind: Literal["held"] = "held"
    until: date | None = None


@frozen(kw_only=True, repr=False)
class Resumed(Record):
    """
    A hold ends.

    Args:
        on: First local date on which a session may be again.
    """

    kind: Literal["resumed"] = "resumed"
    on: date


@frozen(kw_only=True, repr=False)
class OrderReplaced(Record):
    """
    A new order takes the place of the old one, for the same person and template.

    Args:
        order: The new order; its sessions count the whole course, with those that were given.
    """

    kind: Literal["order-replaced"] = "order-replaced"
    order: Order


@frozen(kw_only=True, repr=False)
class ZoneChanged(Record):
    """
    The person lives by another clock from now on: wall times stay, in the new zone.

    Args:
        time_zone: IANA zone.
    """

    kind: Literal["zone-changed"] = "zone-changed"
    time_zone: ZoneName


@frozen(kw_only=True, repr=False)
class AvailabilityChanged(Record):
    """
    Somebody is available at other times.

    Args:
        availabilities: All of them, as they are from now on.
    """

    kind: Literal["availability-changed"] = "availability-changed"
    availabilities: Annotated[tuple[Availability, ...], MaxLen(10)]


Change = Given | Missed | Cancelled | Moved | Held | Resumed | OrderReplaced | ZoneChanged | AvailabilityChanged


@frozen(kw_only=True, repr=False)
class ScheduleChange(Record):
    """
    What happened to a schedule.

    Args:
        change: One of the changes that a schedule can be planned again for.
    """

    schema: Literal["urn:ketaprogram:schema:schedule-change:1"] = "urn:ketaprogram:schema:schedule-change:1"
    change: Change


@frozen(kw_only=True, repr=False)
class Move(Record):
    """
    What became of one visit between two schedules.

    Args:
        visit: Id of the visit.
        what: added, removed, moved, or changed in what became of it.
        was_on: Local date before; null if it was not there.
        was_at: Local wall time before.
        on: Local date after; null if it is no longer there.
        at: Local wall time after.
        why: Why.
    """

    visit: Id
    what: Literal["added", "removed", "moved", "changed"]
    was_on: date | None = None
    was_at: time | None = None
    on: date | None = None
    at: time | None = None
    why: Line


@frozen(kw_only=True, repr=False)
class Replan(Record):
    """
    A schedule that was planned again.

    Args:
        schedule: The new schedule.
        moves: What became of each visit that is not as it was.
        gap_days: Days between the last session given and the next one.
        gap_rule: What the template says about such a gap, if it says something.
    """

    schema: Literal["urn:ketaprogram:schema:replan:1"] = "urn:ketaprogram:schema:replan:1"
    schedule: Schedule
    moves: Annotated[tuple[Move, ...], MaxLen(10_000)] = ()
    gap_days: Days | None = None
    gap_rule: Literal["continue", "step-back", "re-consult", "restart"] | None = None


@frozen(kw_only=True, repr=False)
class Relaxation(Record):
    """
    One change that would give a session a place.

    Args:
        what: Somebody available on one more day, a window that ends later or begins earlier, an order that is valid
            longer, or another time of day.
        who: Who would have to be available.
        on: The local date that it would make possible.
        at: The local wall time that it would make possible.
        days: How many days it changes.
    """

    what: RelaxationKind
    who: Who | None = None
    on: date | None = None
    at: time | None = None
    days: Days


@frozen(kw_only=True, repr=False)
class Conflict(Record):
    """
    Why there is no schedule.

    Args:
        session: Number of the first session that no placement reaches.
        binding: What stands against it.
        who: Who is not available, if it is that.
        relaxations: What would help it, the smallest change first; limits are not among them.
    """

    session: SessionNumber
    binding: Binding
    who: tuple[Who, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()


@frozen(kw_only=True, repr=False)
class TimelineItem(Record):
    """
    One thing to come, in the order of time.

    Args:
        id: Stable id; that of the visit, if it is one.
        what: A session, or a contact and its kind.
        title: What it is.
        visit: Id of the visit that it is, or that it goes with; null where it goes with a day of the course.
        by: The role that sees to it.
        opens_on: First local date on which it can be done.
        closes_on: Last local date on which it should be done.
        opens_at: The instant from which, where hours that really pass are meant.
        closes_at: The instant by which, where hours that really pass are meant.
        measures: Questionnaires that are due.
        why: Where it comes from.
    """

    id: Id
    what: Literal["session", "preparation", "consult", "check-in", "assessment", "laboratory", "integration", "prompts"]
    title: Line
    visit: Id | None = None
    by: Line
    opens_on: date
    closes_on: date
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    measures: tuple[Line, ...] = ()
    why: Line
