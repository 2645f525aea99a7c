"""
Dates, wall times and instants: the only module that imports pendulum.

What goes in and out is a plain `datetime.date`, naive `datetime.time` or aware `datetime.datetime`, since
pendulum's own types lose `fold` when they are copied or pickled. An instant from here has a fixed numeric
offset, never a zone, so that two of them compare and subtract as instants. A zone's rules are those of the tz
database that Python itself finds (PEP 615).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

import pendulum

from ketaprogram.errors import InputError, LocalTimeError, UnknownTimeZoneError

if TYPE_CHECKING:
    from collections.abc import Callable

_LEAP_YEAR = "(19(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26]))"
_MONTH_AND_DAY = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_OFFSET = "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

# To be matched whole. Dates run from 1900-01-01 to 2099-12-31, each an existing day; instants are RFC 3339
# without its leap second and its lower-case letters.
DATE_PATTERN: Final = f"((19|20)[0-9]{{2}}-{_MONTH_AND_DAY}|{_LEAP_YEAR}-02-29)"
TIME_PATTERN: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
INSTANT_PATTERN: Final = f"{DATE_PATTERN}T{TIME_PATTERN}:[0-5][0-9]([.][0-9]{{1,6}})?{_OFFSET}"

_is_date = re.compile(DATE_PATTERN).fullmatch
_is_time = re.compile(TIME_PATTERN).fullmatch
_is_instant = re.compile(INSTANT_PATTERN).fullmatch

_PERIODS: Final = {"d": "days", "wk": "weeks", "mo": "months", "a": "years"}


def parse_date(text: str) -> date | None:
    """
    The date in a text YYYY-MM-DD, 1900 to 2099 inclusive; None for any other text.

    >>> parse_date("2024-02-29"), parse_date("2023-02-29")
    (datetime.date(2024, 2, 29), None)
    """
    return date.fromisoformat(text) if _is_date(text) else None


def parse_time(text: str) -> time | None:
    """
    The wall time in a text HH:MM, 00:00 to 23:59; None for any other text.

    >>> parse_time("09:30"), parse_time("9:30")
    (datetime.time(9, 30), None)
    """
    return time.fromisoformat(text) if _is_time(text) else None


def parse_instant(text: str) -> datetime | None:
    """
    The instant in an RFC 3339 text, with its numeric offset (`Z` is UTC); None for any other text.

    >>> str(parse_instant("2026-11-24T09:00:00-05:00"))
    '2026-11-24 09:00:00-05:00'
    """
    return datetime.fromisoformat(text) if _is_instant(text) else None


def format_date(day: date) -> str:
    """
    The date as YYYY-MM-DD. Raises `InputError` where `parse_date` would refuse it: before 1900, after 2099.

    >>> format_date(date(2026, 11, 4))
    '2026-11-04'
    """
    return _written(day.isoformat(), _is_date, "a date from 1900 to 2099 without a time of day")


def format_time(clock: time) -> str:
    """
    The wall time as HH:MM. Raises `InputError` where that would lose something: seconds, an offset.

    >>> format_time(time(9, 5))
    '09:05'
    """
    return _written(clock.isoformat().removesuffix(":00"), _is_time, "a naive time in whole minutes")


def format_instant(instant: datetime) -> str:
    """
    The instant in RFC 3339 with its numeric offset, `Z` for UTC, and a fraction of a second if it has one.

    Raises `InputError` where `parse_instant` would refuse it, `TypeError` for a naive datetime.

    >>> format_instant(at_wall(date(2026, 11, 24), time(9), "America/Toronto"))
    '2026-11-24T09:00:00-05:00'
    """
    text = re.sub("[+]00:00$", "Z", _fixed(instant, "instant").isoformat())
    return _written(text, _is_instant, "an instant from 1900 to 2099, its offset in whole minutes to 14:00")


def is_zone(name: str) -> bool:
    """
    Whether this is the exact name of an IANA time zone; letter case counts, and a path is no name.

    >>> is_zone("America/Toronto"), is_zone("america/toronto"), is_zone("localtime")
    (True, False, False)
    """
    return name in _zone_names()


@cache
def zone(name: str) -> tzinfo:
    """
    The IANA time zone of this name. Raises `UnknownTimeZoneError` unless `is_zone(name)`.

    >>> zone("Asia/Kathmandu")
    zoneinfo.ZoneInfo(key='Asia/Kathmandu')
    """
    if not is_zone(name):
        message = "not the name of an IANA time zone; a name looks like America/Toronto"
        raise UnknownTimeZoneError(message)
    return ZoneInfo(name)


def at_wall(
    day: date,
    clock: time,
    zone_name: str,
    *,
    gap: Literal["raise", "earlier", "later"] = "raise",
    repeated: Literal["raise", "first", "second"] = "raise",
) -> datetime:
    """
    The instant at which the clocks of a zone show this date and time, with the offset in force then.

    Where clocks are set forward, a wall time does not exist: `gap="later"` moves it forward by the length of
    the gap (02:30 becomes 03:30, as in RFC 5545), `gap="earlier"` back by as much (01:30). A zone that left
    out a whole day has a gap of 24 hours. Where clocks are set back, a wall time happens twice: `repeated`
    says which one is meant, `clock.fold` does not.

    Raises `LocalTimeError` for either unless its keyword decides, `UnknownTimeZoneError` for an unknown zone,
    `TypeError` for a `day` with a time of day or a `clock` with an offset.

    >>> at_wall(date(2026, 3, 8), time(2, 30), "America/Toronto", gap="later").isoformat()
    '2026-03-08T03:30:00-04:00'
    >>> at_wall(date(2026, 11, 1), time(1, 30), "America/Toronto", repeated="second").isoformat()
    '2026-11-01T01:30:00-05:00'
    """
    if clock.tzinfo is not None:
        message = "`clock` must be a naive time: its zone is `zone_name`"
        raise TypeError(message)
    plain = _plain(_day(day, "day"), clock, zone_name)
    if plain is not None:
        return plain
    first, second = (_local(day, clock, zone_name, fold) for fold in (0, 1))
    if first.replace(tzinfo=None) == second.replace(tzinfo=None):
        if repeated == "raise":
            message = "this wall time happens twice in its zone: choose repeated='first' or repeated='second'"
            raise LocalTimeError(message)
        return {"first": first, "second": second}[repeated]
    if gap == "raise":
        message = "this wall time does not exist in its zone: choose gap='earlier' or gap='later'"
        raise LocalTimeError(message)
    return {"earlier": first, "later": second}[gap]


def wall(instant: datetime, zone_name: str) -> tuple[date, time]:
    """
    The date and the time, to the microsecond, that the clocks of a zone show at an instant.

    Raises `TypeError` for a naive datetime, `UnknownTimeZoneError` for an unknown zone.

    >>> wall(datetime.fromisoformat("2026-01-01T02:15:00Z"), "America/Toronto")
    (datetime.date(2025, 12, 31), datetime.time(21, 15))
    """
    local = _fixed(instant, "instant").astimezone(zone(zone_name))
    return local.date(), local.time().replace(fold=0)


def wall_minutes(minutes: int, zone_name: str) -> tuple[date, time]:
    """
    What `wall` says of an instant that is given in whole minutes since 1970 in UTC; for many of them.

    >>> wall_minutes(0, "America/Toronto")
    (datetime.date(1969, 12, 31), datetime.time(19, 0))
    """
    local = datetime.fromtimestamp(minutes * 60, zone(zone_name))
    return local.date(), local.time().replace(fold=0)


def add_period(anchor: date, amount: int, unit: Literal["d", "wk", "mo", "a"]) -> date:
    """
    The date a number of days, weeks, months or years (UCUM letters) after the anchor, before it if negative.

    Months and years keep the day of the month, or take the last day of a shorter month. That forgets the
    anchor's day, so compute each date of a series from its anchor, never from the date before. For an age use
    `age_years`, which takes the later day: 29 February and a year is 28 February here, 1 March there.

    Raises `InputError` for a result outside the years 1 to 9999, `TypeError` if the anchor has a time of day.

    >>> add_period(date(2023, 11, 30), 3, "mo"), add_period(date(2026, 1, 31), 2, "wk")
    (datetime.date(2024, 2, 29), datetime.date(2026, 2, 14))
    """
    period = {_PERIODS[unit]: amount}
    start = _day(anchor, "anchor")
    try:
        moved = start.add(**period)
    except (OverflowError, ValueError):
        raise InputError(_BEYOND) from None
    return date(moved.year, moved.month, moved.day)


@lru_cache(maxsize=1024)
def earliest_within(on: date, amount: int, unit: Literal["d", "wk", "mo", "a"]) -> date:
    """
    The first date from which a period reaches a day: from it and from none before, `add_period` is at least `on`.

    >>> earliest_within(date(2026, 11, 24), 42, "d"), earliest_within(date(2026, 3, 1), 1, "mo")
    (datetime.date(2026, 10, 13), datetime.date(2026, 2, 1))
    """
    first = add_period(on, -amount, unit)
    while add_period(first, amount, unit) >= on:
        first -= timedelta(days=1)
    while add_period(first, amount, unit) < on:
        first += timedelta(days=1)
    return first


def add_days(anchor: date, days: int) -> date:
    """
    The date a number of days after the anchor; see `add_period`.

    >>> add_days(date(2026, 12, 31), 1)
    datetime.date(2027, 1, 1)
    """
    return add_period(anchor, days, "d")


def add_months(anchor: date, months: int) -> date:
    """
    The date a number of months after the anchor, the last day of a shorter month; see `add_period`.

    >>> [add_months(date(2026, 1, 31), months).day for months in (1, 2, 3)]  # each from the anchor
    [28, 31, 30]
    """
    return add_period(anchor, months, "mo")


def months_between(start: date, end: date) -> int:
    """
    The completed calendar months from start to end; swapping the two changes the sign only.

    A month is complete on the same day of the month or, where there is no such day, on the first of the next
    (the later day). Raises `TypeError` for a date with a time of day.

    >>> [months_between(date(2026, 1, 31), end) for end in (date(2026, 2, 28), date(2026, 3, 1))]
    [0, 1]
    """
    start, end = _day(start, "start"), _day(end, "end")
    if end < start:
        return -months_between(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def age_years(birth: date, on: date) -> int:
    """
    The completed years of life on a date; those born on 29 February turn older on 1 March in common years.

    Raises `InputError` if `on` is before `birth`, `TypeError` for a date with a time of day.

    >>> [age_years(date(2008, 2, 29), on) for on in (date(2026, 2, 28), date(2026, 3, 1))]
    [17, 18]
    """
    months = months_between(_day(birth, "birth"), _day(on, "on"))
    if on < birth:
        message = "`on` must not be before `birth`"
        raise InputError(message)
    return months // 12


def elapsed(start: datetime, end: datetime) -> timedelta:
    """
    The time that passes from one instant to another, whatever their zones; negative if end is before start.

    Raises `TypeError` for a naive datetime.

    >>> noons = [at_wall(day, time(12), "America/Toronto") for day in (date(2026, 10, 31), date(2026, 11, 1))]
    >>> elapsed(*noons) / timedelta(hours=1)  # the clocks went back in that night
    25.0
    """
    return _fixed(end, "end") - _fixed(start, "start")


def whole_minutes(start: datetime, end: datetime) -> int:
    """
    The whole minutes that pass from one instant to another, rounded down; negative if end is before start.

    >>> whole_minutes(datetime.fromisoformat("2026-11-24T09:00:00Z"), datetime.fromisoformat("2026-11-24T09:59:59Z"))
    59
    """
    return elapsed(start, end) // timedelta(minutes=1)


def after(instant: datetime, minutes: int) -> datetime:
    """
    The instant a number of elapsed minutes later, earlier if negative, with the offset that `instant` has.

    The offset stays even if the instant's zone changes its clocks in between: `wall` gives the local time.

    Raises `TypeError` for a naive datetime, `InputError` for a result outside the years 1 to 9999.

    >>> after(datetime.fromisoformat("2026-11-24T23:30:00-05:00"), 120).isoformat()
    '2026-11-25T01:30:00-05:00'
    """
    start = _fixed(instant, "instant")
    try:
        return start + timedelta(minutes=minutes)
    except OverflowError:
        raise InputError(_BEYOND) from None


_BEYOND = "the result lies outside the years 1 to 9999"


def _written(text: str, readable: Callable[[str], object], what: str) -> str:
    if not readable(text):
        message = f"only {what} can be written"
        raise InputError(message)
    return text


@cache
def _zone_names() -> frozenset[str]:
    # tzdata comes with pendulum. Its list spares a walk through system folders, which also hold `localtime`;
    # the zone `Factory` means that nobody has set one.
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("ascii").split()) - {"Factory"}


@cache
def _pendulum_zone(name: str) -> pendulum.Timezone:
    return pendulum.Timezone(str(zone(name)))


def _plain(day: date, clock: time, zone_name: str) -> datetime | None:
    """The instant of a wall time that exists and happens once, as nearly all do; None for the others."""
    moment = datetime.combine(day, clock.replace(fold=0), zone(zone_name))
    offset = moment.utcoffset()
    if offset is None or offset != moment.replace(fold=1).utcoffset():
        return None
    return datetime.combine(day, clock.replace(fold=0), timezone(offset))


def _local(day: date, clock: time, zone_name: str, fold: int) -> datetime:
    # Where clocks are set forward, pendulum moves fold 0 back and fold 1 forward by the length of the gap.
    moment = pendulum.datetime(
        *(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, clock.microsecond),
        tz=_pendulum_zone(zone_name),
        fold=fold,
    )
    return _fixed(moment, "moment")


def _fixed(instant: datetime, parameter: str) -> datetime:
    offset = instant.utcoffset()
    if offset is None:
        message = f"`{parameter}` must be an aware datetime: a naive one names no instant"
        raise TypeError(message)
    return datetime.combine(instant.date(), instant.time().replace(fold=0), timezone(offset))


def _day(day: date, parameter: str) -> pendulum.Date:
    if isinstance(day, datetime):
        message = f"`{parameter}` must be a date without a time of day: `wall` gives the date in a zone"
        raise TypeError(message)
    return pendulum.date(day.year, day.month, day.day)
