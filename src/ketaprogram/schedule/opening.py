"""
The times at which a visit may begin: wall times that exist on that day, with everybody available until it is over.

Each availability is kept on its own clock, so a clinic in another zone than the person's, or a clock change in one of
them, needs no care elsewhere.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, get_args

from attrs import frozen

from ketaprogram._time import at_wall, wall_minutes, zone
from ketaprogram.errors import InputError, LocalTimeError
from ketaprogram.schedule.model import Availability, DayOpenings, Opening, Weekday, WeeklyOpening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ketaprogram.schedule.model import Who

__all__ = ["Slot", "always", "blocked_by", "check_openings", "slot_at", "slot_of", "slots"]

_WEEKDAYS = get_args(Weekday)
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00Z")


@frozen(eq=False)
class Slot:
    """
    A time at which a visit may begin.

    Args:
        on: Local date.
        at: Local wall time.
        day: The date's ordinal.
        minute: The instant, in whole minutes since 1970 in UTC.
    """

    on: date
    at: time
    day: int
    minute: int


def always(who: Who, time_zone: str, *, closed: Iterable[date] = ()) -> Availability:
    """
    Somebody who is available at any time but on some dates.

    Example:
        >>> from datetime import date
        >>> always("person", "America/Denver", closed=[date(2026, 12, 25)]).exceptions[0].openings
        ()
    """
    return Availability(
        who=who,
        time_zone=time_zone,
        weekly=tuple(WeeklyOpening(weekday=day, opens=time(0)) for day in _WEEKDAYS),
        exceptions=tuple(DayOpenings(on=day) for day in sorted(closed)),
    )


def check_openings(availability: Availability) -> None:
    """
    Refuse hours that nobody can mean.

    Raises:
        InputError: An opening closes before it opens.
        UnknownTimeZoneError: No such zone.
    """
    zone(availability.time_zone)
    special = [each for day in availability.exceptions for each in day.openings]
    openings: list[Opening | WeeklyOpening] = [*availability.weekly, *special]
    if any(each.closes is not None and each.closes <= each.opens for each in openings):
        message = "an opening closes before it opens: one past midnight is two, the second on the next day"
        raise InputError(message)


def slot_at(on: date, at: time, time_zone: str) -> Slot | None:
    """The slot of a local date and wall time; None where that time does not exist on that day, or exists twice."""
    try:
        instant = at_wall(on, at, time_zone)
    except LocalTimeError:
        return None
    return Slot(on=on, at=at, day=on.toordinal(), minute=(instant - _EPOCH) // _MINUTE)


def slot_of(instant: datetime | int, time_zone: str) -> Slot:
    """The slot of an instant, which may be given in minutes since 1970 in UTC, on the clock of a zone."""
    minute = instant if isinstance(instant, int) else (instant - _EPOCH) // _MINUTE
    on, at = wall_minutes(minute, time_zone)
    return Slot(on=on, at=at, day=on.toordinal(), minute=minute)


def slots(
    time_zone: str,
    at: tuple[time, ...],
    availabilities: tuple[Availability, ...],
    needs: Mapping[Who, tuple[int, int]],
    *,
    besides: Mapping[date, tuple[time, ...]] | None = None,
) -> Callable[[date], tuple[Slot, ...]]:
    """
    A function from a local date to the slots of that day, earliest first. It remembers what it found.

    Args:
        time_zone: IANA zone of the dates and wall times.
        at: Wall times at which a visit may begin.
        availabilities: Who has to be available; those who are not in ``needs`` are not asked.
        needs: For each of them, minutes before the beginning from which, and after it until which they are needed.
        besides: More wall times on some dates.
    """
    asked = [(_hours(each), each.time_zone, *needs[each.who]) for each in availabilities if each.who in needs]
    more = besides or {}

    @cache
    def on_day(on: date) -> tuple[Slot, ...]:
        found = (slot_at(on, clock, time_zone) for clock in sorted({*at, *more.get(on, ())}))
        return tuple(each for each in found if each is not None and all(_is_open(each, *one) for one in asked))

    return on_day


def blocked_by(
    slot: Slot, availabilities: tuple[Availability, ...], needs: Mapping[Who, tuple[int, int]]
) -> tuple[Who, ...]:
    """Who is not available for a visit that begins at a slot."""
    return tuple(
        dict.fromkeys(
            each.who
            for each in availabilities
            if each.who in needs and not _is_open(slot, _hours(each), each.time_zone, *needs[each.who])
        )
    )


def _is_open(slot: Slot, hours: Callable[[date], tuple[Opening, ...]], zone: str, before: int, until: int) -> bool:
    """Whether one opening, or several that meet at midnight, cover the time that somebody is needed."""
    day, begins = wall_minutes(slot.minute - before, zone)
    last_day, ends = wall_minutes(slot.minute + until, zone)
    while True:
        found = next((each for each in hours(day) if each.opens <= begins and _reaches(each, begins)), None)
        if found is None:
            return False
        if day == last_day:
            return found.closes is None or ends <= found.closes
        if found.closes is not None:
            return False
        day, begins = day + timedelta(days=1), time(0)
        if day == last_day and ends == time(0):
            return True


def _reaches(opening: Opening, clock: time) -> bool:
    return opening.closes is None or clock <= opening.closes


def _hours(availability: Availability) -> Callable[[date], tuple[Opening, ...]]:
    """The openings of each date, with those that touch made one."""
    weekly: dict[int, list[Opening]] = {number: [] for number in range(7)}
    for each in availability.weekly:
        weekly[_WEEKDAYS.index(each.weekday)].append(Opening(opens=each.opens, closes=each.closes))
    usual = {number: _joined(openings) for number, openings in weekly.items()}
    special = {each.on: _joined(each.openings) for each in availability.exceptions}
    return lambda day: special[day] if day in special else usual[day.weekday()]


def _joined(openings: Iterable[Opening]) -> tuple[Opening, ...]:
    joined: list[Opening] = []
    for each in sorted(openings, key=lambda one: one.opens):
        before = joined[-1] if joined else None
        if before is None or (before.closes is not None and before.closes < each.opens):
            joined.append(each)
        elif before.closes is not None and (each.closes is None or each.closes > before.closes):
            joined[-1] = Opening(opens=before.opens, closes=each.closes)
    return tuple(joined)
