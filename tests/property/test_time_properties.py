"""
Dates, wall times and instants against oracles.

The oracles are the definitions themselves, by brute force over the standard library's zones and calendar, and
`whenever`. The drawn times aim at the hours around clock changes, where the mistakes are.
"""

from __future__ import annotations

import calendar
import itertools
import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
import whenever
from hypothesis import assume, given
from hypothesis import strategies as st

from ketaprogram import _time
from ketaprogram.errors import InputError, LocalTimeError, UnknownTimeZoneError

ZONES = """
    Africa/Cairo Africa/Casablanca Africa/El_Aaiun Africa/Johannesburg Africa/Juba Africa/Windhoek
    America/Adak America/Argentina/Buenos_Aires America/Argentina/San_Luis America/Asuncion America/Caracas
    America/Chicago America/Denver America/Halifax America/Havana America/Los_Angeles America/New_York
    America/Nuuk America/Phoenix America/Santiago America/Sao_Paulo America/Scoresbysund America/St_Johns
    America/Toronto Antarctica/Casey Antarctica/Macquarie Antarctica/Troll Asia/Almaty Asia/Amman
    Asia/Gaza Asia/Jerusalem Asia/Kabul Asia/Kathmandu Asia/Kolkata Asia/Pyongyang Asia/Tehran Asia/Tokyo
    Asia/Yangon Atlantic/Azores Australia/Adelaide Australia/Eucla Australia/Lord_Howe Australia/Sydney
    Etc/GMT+12 Europe/Berlin Europe/Chisinau Europe/Dublin Europe/Lisbon Europe/London Europe/Moscow
    Europe/Volgograd Pacific/Apia Pacific/Auckland Pacific/Chatham Pacific/Easter Pacific/Fiji
    Pacific/Kiritimati Pacific/Kwajalein Pacific/Marquesas Pacific/Norfolk UTC
""".split()  # noqa: SIM905  # a list of names reads better as text
START, END = datetime(1970, 1, 2, tzinfo=UTC), datetime(2037, 12, 30, tzinfo=UTC)
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)


# ------------------------------------------------------------------------------------------------------- oracles


def naive(moment):
    return moment.replace(tzinfo=None, fold=0)


@cache
def clock_changes(zone_name):
    """The first instants of new offsets of a zone, to the minute, with the offsets before and after."""
    zone, changes = ZoneInfo(zone_name), []

    def offset(instant):
        return instant.astimezone(zone).utcoffset()

    low = START
    while low < END:
        high = low + WEEK
        if offset(low) != offset(high):
            before, after = low, high
            while after - before > timedelta(seconds=1):
                middle = before + (after - before) // 2
                before, after = (middle, after) if offset(middle) == offset(before) else (before, middle)
            after = after.replace(microsecond=0)
            changes.append((after, offset(low), offset(high)))
        low = high
    return changes


def showing(moment, zone_name):
    """Every instant at which the clocks of a zone show a naive date and time: none, one or two, in order."""
    zone = ZoneInfo(zone_name)
    instants = {moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(each for each in instants if naive(each.astimezone(zone)) == moment)


def gap_around(moment, zone_name):
    """The length of the gap that holds a naive date and time."""
    before, after = (moment.replace(tzinfo=ZoneInfo(zone_name), fold=fold).utcoffset() for fold in (0, 1))
    return after - before


def last_day(year, month):
    return calendar.monthrange(year, month)[1]


def month_at(anchor, months):
    """Year and month, walked one by one from the anchor's."""
    year, month = anchor.year, anchor.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        year, month = {0: (year - 1, 12), 13: (year + 1, 1)}.get(month, (year, month))
    return year, month


def completes(start, months):
    """The day on which a number of months since start is complete: the later day where the month lacks the day."""
    year, month = month_at(start, months)
    if start.day <= last_day(year, month):
        return date(year, month, start.day)
    return date(year, month, last_day(year, month)) + timedelta(days=1)


# ---------------------------------------------------------------------------------------------------- strategies


@st.composite
def instants_in_zones(draw):
    """An instant and a zone, most often within hours of a change of the zone's clocks."""
    zone_name = draw(st.sampled_from(ZONES))
    anywhere = st.datetimes(naive(START), naive(END), timezones=st.just(UTC))
    if not (changes := clock_changes(zone_name)):
        return draw(anywhere), zone_name
    hours = st.integers(-180, 180).map(lambda minutes: minutes * MINUTE)
    days = st.timedeltas(timedelta(hours=-26), timedelta(hours=26))
    near = st.builds(lambda change, by: change[0] + by, st.sampled_from(changes), hours | hours | days)
    return draw(near | near | near | anywhere), zone_name


@st.composite
def walls_in_zones(draw):
    """A naive date and time and a zone, most often within hours of a change, skipped and repeated ones among them."""
    instant, zone_name = draw(instants_in_zones())
    shift = timedelta(0)
    if changes := clock_changes(zone_name):
        _, before, after = min(changes, key=lambda change: abs(change[0] - instant))
        shift = draw(st.sampled_from([before, after]))
    return naive(instant) + shift, zone_name


def dates():
    """Dates of 1900-2099, most often at the ends of months and at the end of February."""
    anywhere = st.dates(date(1900, 1, 1), date(2099, 12, 31))
    ends = st.builds(lambda day: day.replace(day=last_day(day.year, day.month)), anywhere)
    february = st.builds(lambda year, day: date(year, 2, day), st.integers(1900, 2099), st.just(28))
    leap_days = st.builds(
        lambda year: date(year, 2, 29), st.sampled_from([y for y in range(1900, 2100) if calendar.isleap(y)])
    )
    return anywhere | ends | february | leap_days | st.builds(lambda day: day + timedelta(days=1), february)


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(minutes * MINUTE))
instants = st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31, 23, 59, 59, 999_999), timezones=offsets)  # noqa: DTZ001


# ---------------------------------------------------------------------------------------- wall times and instants


def check_at_wall(moment, zone_name):
    """The three cases of `at_wall` against the instants at which the zone's clocks show the time."""
    day, clock = moment.date(), moment.time()
    found = showing(moment, zone_name)
    gaps, choices = ("raise", "earlier", "later"), ("raise", "first", "second")
    if len(found) == 1:
        for gap, repeated in itertools.product(gaps, choices):
            assert _time.at_wall(day, clock, zone_name, gap=gap, repeated=repeated) == found[0]
        instant = _time.at_wall(day, clock, zone_name)
        assert instant.utcoffset() == found[0].astimezone(ZoneInfo(zone_name)).utcoffset()
        assert _time.wall(instant, zone_name) == (day, clock)
    elif found:
        for gap in gaps:
            with pytest.raises(LocalTimeError, match="twice"):
                _time.at_wall(day, clock, zone_name, gap=gap)
        assert [_time.at_wall(day, clock, zone_name, repeated=each) for each in ("first", "second")] == found
    else:
        for repeated in choices:
            with pytest.raises(LocalTimeError, match="does not exist"):
                _time.at_wall(day, clock, zone_name, repeated=repeated)
        length = gap_around(moment, zone_name)
        assert [_time.at_wall(day, clock, zone_name, gap="earlier")] == showing(moment - length, zone_name)
        assert [_time.at_wall(day, clock, zone_name, gap="later")] == showing(moment + length, zone_name)
    return len(found)


def test_the_zones_are_many_and_odd():
    assert len(ZONES) == len(set(ZONES)) >= 45
    now = [datetime(2026, 7, 1, tzinfo=ZoneInfo(name)).utcoffset() for name in ZONES]
    assert {offset % timedelta(hours=1) for offset in now} == {0 * MINUTE, 30 * MINUTE, 45 * MINUTE}
    assert max(now) == timedelta(hours=14)
    assert min(now) == timedelta(hours=-12)


@pytest.mark.parametrize("zone_name", ZONES)
def test_at_wall_on_the_edges_of_every_clock_change(zone_name):
    """A gap or a repetition is met on its first and last microsecond, and not one microsecond outside."""
    for instant, before, after in clock_changes(zone_name):
        edges = sorted(naive(instant) + offset for offset in (before, after))
        inside = 0 if after > before else 2
        tick = timedelta(microseconds=1)
        counts = [check_at_wall(edges[0] + by, zone_name) for by in (-tick, timedelta(0))]
        counts += [check_at_wall(edges[1] + by, zone_name) for by in (-tick, timedelta(0))]
        assert counts == [1, inside, inside, 1]


@given(walls_in_zones())
def test_at_wall_finds_the_instant_at_which_the_clocks_show_the_time(drawn):
    check_at_wall(*drawn)


@given(walls_in_zones(), st.sampled_from(["earlier", "later"]), st.sampled_from(["first", "second"]))
def test_at_wall_agrees_with_whenever(drawn, gap, repeated):
    moment, zone_name = drawn
    plain = whenever.PlainDateTime(moment)
    try:
        expected = plain.assume_tz(zone_name, disambiguation="raise")
    except whenever.SkippedTime:
        expected = plain.assume_tz(zone_name, disambiguation=gap)
    except whenever.RepeatedTime:
        expected = plain.assume_tz(zone_name, disambiguation={"first": "earlier", "second": "later"}[repeated])
    instant = _time.at_wall(moment.date(), moment.time(), zone_name, gap=gap, repeated=repeated)
    assert instant == expected.to_fixed_offset().to_stdlib()
    assert instant.utcoffset() == expected.to_fixed_offset().to_stdlib().utcoffset()


@given(instants_in_zones())
def test_wall_shows_what_the_clocks_show(drawn):
    instant, zone_name = drawn
    shown = _time.wall(instant, zone_name)
    assert datetime.combine(*shown) == naive(instant.astimezone(ZoneInfo(zone_name)))
    assert datetime.combine(*shown) == whenever.Instant(instant).to_tz(zone_name).to_plain().to_stdlib()
    assert instant in showing(datetime.combine(*shown), zone_name)


@given(instants_in_zones(), instants_in_zones(), offsets)
def test_elapsed_time_depends_on_the_instants_alone(start, end, offset):
    """The same instants in any zone are the same time apart, which two datetimes of one zone object are not."""
    for place in (offset, ZoneInfo(start[1]), ZoneInfo(end[1])):
        apart = _time.elapsed(start[0].astimezone(place), end[0].astimezone(place))
        assert apart == end[0] - start[0]
        assert _time.elapsed(start[0], end[0].astimezone(place)) == apart


@given(instants_in_zones(), st.integers(-10_000, 10_000))
def test_after_adds_elapsed_minutes_and_keeps_the_offset(drawn, minutes):
    instant, zone_name = drawn
    local = instant.astimezone(ZoneInfo(zone_name))
    later = _time.after(local, minutes)
    assert later == instant + minutes * MINUTE
    assert later.utcoffset() == local.utcoffset()
    assert _time.elapsed(local, later) == minutes * MINUTE


@given(st.text() | st.sampled_from(ZONES).flatmap(lambda name: st.sampled_from([name.lower(), f"/{name}", f"{name}/"])))
def test_only_exact_names_are_zones(name):
    if _time.is_zone(name):
        assert name in available_timezones()
        return
    assert name not in ZONES
    with pytest.raises(UnknownTimeZoneError):
        _time.zone(name)


def test_every_zone_of_the_database_but_factory_can_be_used():
    names = available_timezones() - {"Factory", "localtime"}
    assert {name for name in names if _time.is_zone(name)} == names
    assert {_time.zone(name).key for name in names} == names


# --------------------------------------------------------------------------------------------------------- dates


@given(dates(), dates())
def test_an_age_is_the_number_of_birthdays_so_far(birth, on):
    if on < birth:
        with pytest.raises(InputError):
            _time.age_years(birth, on)
        return
    leap = (birth.month, birth.day) == (2, 29)
    birthdays = [
        date(year, 3, 1) if leap and not calendar.isleap(year) else birth.replace(year=year)
        for year in range(birth.year + 1, on.year + 1)
    ]
    assert _time.age_years(birth, on) == sum(birthday <= on for birthday in birthdays)


@given(dates(), dates())
def test_months_between_counts_completed_months(start, end):
    start, end = min(start, end), max(start, end)
    months = _time.months_between(start, end)
    assert completes(start, months) <= end < completes(start, months + 1)
    assert _time.months_between(end, start) == -months


@given(dates(), st.integers(-60, 60))
def test_months_between_is_right_next_to_the_day_that_completes_one(start, months):
    assume(months > 0)
    complete = completes(start, months)
    assert _time.months_between(start, complete) == months
    assert _time.months_between(start, complete - timedelta(days=1)) == months - 1


@given(dates(), st.integers(-600, 600))
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(anchor, months):
    """Each step of a series is computed from the anchor: after a short month the anchor's day comes back."""
    year, month = month_at(anchor, months)
    assert _time.add_months(anchor, months) == date(year, month, min(anchor.day, last_day(year, month)))


@given(dates(), st.integers(-1000, 1000), st.sampled_from(["d", "wk", "mo", "a"]))
def test_periods_agree_with_whenever(anchor, amount, unit):
    plain = whenever.Date(anchor)
    names = {"d": "days", "wk": "weeks", "mo": "months", "a": "years"}
    assert _time.add_period(anchor, amount, unit) == plain.add(**{names[unit]: amount}).to_stdlib()


@given(dates(), st.integers(-10_000, 10_000))
def test_days_are_counted_one_by_one(anchor, days):
    assert _time.add_days(anchor, days) == anchor + timedelta(days=days) == _time.add_period(anchor, days, "d")
    if days % 7 == 0:
        assert _time.add_period(anchor, days // 7, "wk") == _time.add_days(anchor, days)


# ---------------------------------------------------------------------------------------------------------- text


def test_the_date_pattern_matches_the_days_that_exist_and_no_others():
    """Every combination of the years 1890-2109, months 00-13 and days 00-32."""
    existing = {str(date(1900, 1, 1) + timedelta(days=days)) for days in range(73_049)}
    assert max(existing) == "2099-12-31"
    matches = re.compile(_time.DATE_PATTERN).fullmatch
    written = (f"{y}-{m:02}-{d:02}" for y in range(1890, 2110) for m in range(14) for d in range(33))
    assert {text for text in written if matches(text)} == existing
    assert all(_time.format_date(_time.parse_date(text)) == text for text in existing)


def test_the_time_pattern_matches_the_minutes_of_a_day_and_no_others():
    existing = {f"{minute // 60:02}:{minute % 60:02}" for minute in range(1440)}
    written = (f"{hours:02}:{minutes:02}" for hours in range(100) for minutes in range(100))
    assert {text for text in written if re.fullmatch(_time.TIME_PATTERN, text)} == existing
    assert all(_time.format_time(_time.parse_time(text)) == text for text in existing)


def test_the_instant_pattern_takes_offsets_up_to_fourteen_hours():
    for sign, hours, minutes in itertools.product("+-", range(25), range(100)):
        read = _time.parse_instant(f"2026-11-24T12:00:00{sign}{hours:02}:{minutes:02}")
        if minutes > 59 or hours * 60 + minutes > 14 * 60:
            assert read is None
        else:
            assert read.utcoffset() == (1 if sign == "+" else -1) * (hours * 60 + minutes) * MINUTE


@given(dates(), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.text("0123456789", max_size=8))
def test_an_instant_is_a_date_a_time_of_day_and_a_fraction(day, hour, minute, second, digits):
    text = f"{day}T{hour:02}:{minute:02}:{second:02}{'.' + digits if digits else ''}Z"
    if hour > 23 or minute > 59 or second > 59 or len(digits) > 6:
        assert _time.parse_instant(text) is None
        return
    whole = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)
    assert _time.parse_instant(text) == whole + timedelta(microseconds=int(digits.ljust(6, "0")))


@given(instants)
def test_an_instant_comes_back_with_its_offset(instant):
    text = _time.format_instant(instant)
    again = _time.parse_instant(text)
    assert (again, again.utcoffset()) == (instant, instant.utcoffset())
    assert text.endswith("Z") == (instant.utcoffset() == timedelta(0))
    assert ("." in text) == bool(instant.microsecond)
    assert whenever.OffsetDateTime.parse_iso(text).to_stdlib() == instant


@given(st.from_regex(_time.INSTANT_PATTERN, fullmatch=True))
def test_whatever_the_instant_pattern_matches_is_read(text):
    instant = _time.parse_instant(text)
    assert instant is not None
    assert instant.utcoffset() is not None
    assert _time.parse_instant(_time.format_instant(instant)) == instant


@given(st.data(), st.sampled_from([_time.parse_date, _time.parse_time, _time.parse_instant]), instants)
def test_reading_never_raises_and_never_guesses(data, parse, instant):
    """A text one character away from a good one is either another good one or nothing."""
    good = {
        _time.parse_date: str(instant.date()),
        _time.parse_time: f"{instant:%H:%M}",
        _time.parse_instant: _time.format_instant(instant),
    }[parse]
    at = data.draw(st.integers(0, len(good)))
    text = data.draw(st.text() | st.characters().map(lambda char: good[:at] + char + good[at + 1 :]))
    read = parse(text)
    if read is not None:
        assert text.isascii()
        assert len(text) == len(good) or "." in text
        assert read == type(read).fromisoformat(text)
