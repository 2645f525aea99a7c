"""Provisional: replaced by the real module shortly."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from ketaprogram.errors import InputError, LocalTimeError, UnknownTimeZoneError

_LEAP = "(19(0[48]|[2468][048]|[13579][26])|20(0[048]|[2468][048]|[13579][26]))"
DATE_PATTERN = (
    "((19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
TIME_PATTERN = "([01][0-9]|2[0-3]):[0-5][0-9]"
INSTANT_PATTERN = (
    DATE_PATTERN + "T" + TIME_PATTERN + ":[0-5][0-9]([.][0-9]{1,6})?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
)


def parse_date(text: str) -> date | None:
    return date.fromisoformat(text) if re.fullmatch(DATE_PATTERN, text) else None


def parse_time(text: str) -> time | None:
    return time.fromisoformat(text) if re.fullmatch(TIME_PATTERN, text) else None


def parse_instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if re.fullmatch(INSTANT_PATTERN, text) else None


def format_date(day: date) -> str:
    return day.isoformat()


def format_time(clock: time) -> str:
    return f"{clock:%H:%M}"


def format_instant(instant: datetime) -> str:
    text = instant.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime"}


def is_zone(name: str) -> bool:
    return name in _names()


@cache
def zone(name: str) -> tzinfo:
    if not is_zone(name):
        message = "no time zone has this name"
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
    tz = zone(zone_name)
    first = datetime.combine(day, clock, tz)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != datetime.combine(day, clock):
        if gap == "raise":
            message = "this wall time does not exist in its zone: say gap='earlier' or gap='later'"
            raise LocalTimeError(message)
        chosen = first if gap == "later" else second
        return chosen.astimezone(UTC).astimezone(tz)
    if repeated == "raise":
        message = "this wall time exists twice in its zone: say repeated='first' or repeated='second'"
        raise LocalTimeError(message)
    return first if repeated == "first" else second


def wall(instant: datetime, zone_name: str) -> tuple[date, time]:
    local = instant.astimezone(zone(zone_name))
    return local.date(), local.time()


def add_days(anchor: date, days: int) -> date:
    return anchor + timedelta(days=days)


def add_months(anchor: date, months: int) -> date:
    total = anchor.year * 12 + anchor.month - 1 + months
    for day in range(anchor.day, 0, -1):
        try:
            return date(total // 12, total % 12 + 1, day)
        except ValueError:
            continue
    raise AssertionError


def add_period(anchor: date, amount: int, unit: Literal["d", "wk", "mo", "a"]) -> date:
    if unit in {"d", "wk"}:
        return add_days(anchor, amount * (7 if unit == "wk" else 1))
    return add_months(anchor, amount * (12 if unit == "a" else 1))


def age_years(birth: date, on: date) -> int:
    if on < birth:
        message = "the day lies before the birth"
        raise InputError(message)
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def months_between(start: date, end: date) -> int:
    if end < start:
        return -months_between(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def elapsed(start: datetime, end: datetime) -> timedelta:
    return end.astimezone(UTC) - start.astimezone(UTC)


def after(instant: datetime, minutes: int) -> datetime:
    return (instant.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(instant.tzinfo)
