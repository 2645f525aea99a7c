"""Dates, wall times and instants by example: what is read, written and refused, and in which words."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pendulum
import pytest

from ketaprogram import _time
from ketaprogram.errors import InputError, LocalTimeError, UnknownTimeZoneError

EST, EDT = timezone(timedelta(hours=-5)), timezone(timedelta(hours=-4))
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # the clock changes of Toronto
NOON_UTC = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAIVE = datetime(2026, 11, 24, 12)  # noqa: DTZ001  # what must be refused


@pytest.mark.parametrize("text", ["1900-01-01", "2000-02-29", "2024-02-29", "2096-02-29", "2099-12-31"])
def test_a_date_is_read_and_written_back(text):
    day = _time.parse_date(text)
    assert type(day) is date
    assert _time.format_date(day) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-3-08",
        "20260308",
        "2026-W10-7",
        "2026-067",
        "2026-03",
        "1899-12-31",
        "2100-01-01",
        "1900-02-29",
        "2023-02-29",
        "2026-04-31",
        "2026-00-10",
        "2026-13-10",
        "2026-03-00",
        "2026-03-08\n",
        " 2026-03-08",
        "2026-03-08T00:00",
        "\N{FULLWIDTH DIGIT TWO}026-03-08",
        "\N{ARABIC-INDIC DIGIT TWO}026-03-08",
        "2026\N{EN DASH}03-08",
        "+2026-03-08",
        "\ud800",
    ],
    ids=ascii,
)
def test_what_is_not_a_date_is_none(text):
    assert _time.parse_date(text) is None


@pytest.mark.parametrize("text", ["00:00", "09:05", "19:30", "20:00", "23:59"])
def test_a_wall_time_is_read_and_written_back(text):
    clock = _time.parse_time(text)
    assert type(clock) is time
    assert clock.tzinfo is None
    assert _time.format_time(clock) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9:05",
        "24:00",
        "23:60",
        "09:05:00",
        "0905",
        "09.05",
        "09:05Z",
        "09:05+01:00",
        "09:05\n",
        "\N{ARABIC-INDIC DIGIT ZERO}9:05",
        "09",
    ],
    ids=ascii,
)
def test_what_is_not_a_wall_time_is_none(text):
    assert _time.parse_time(text) is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24T12:00:00Z", NOON_UTC),
        ("2026-11-24T07:00:00-05:00", datetime(2026, 11, 24, 7, tzinfo=EST)),
        ("2026-11-24T17:45:00+05:45", datetime(2026, 11, 24, 17, 45, tzinfo=timezone(timedelta(minutes=345)))),
        ("2026-11-25T02:00:00+14:00", datetime(2026, 11, 25, 2, tzinfo=timezone(timedelta(hours=14)))),
        ("2026-11-24T12:00:00.000001Z", NOON_UTC.replace(microsecond=1)),
        ("2026-11-24T12:00:00.250000Z", NOON_UTC.replace(microsecond=250_000)),
    ],
)
def test_an_instant_is_read_with_its_offset_and_written_back(text, instant):
    read = _time.parse_instant(text)
    assert read == instant
    assert read.utcoffset() == instant.utcoffset()
    assert _time.format_instant(read) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-24T12:00:00+00:00", "2026-11-24T12:00:00Z"),
        ("2026-11-24T12:00:00-00:00", "2026-11-24T12:00:00Z"),
        ("2026-11-24T12:00:00.0Z", "2026-11-24T12:00:00Z"),
        ("2026-11-24T12:00:00.25+01:00", "2026-11-24T12:00:00.250000+01:00"),
    ],
)
def test_one_instant_with_one_offset_is_written_in_one_way(text, written):
    assert _time.format_instant(_time.parse_instant(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-24",
        "2026-11-24T12:00:00",
        "2026-11-24T12:00Z",
        "2026-11-24 12:00:00Z",
        "2026-11-24t12:00:00Z",
        "2026-11-24T12:00:00z",
        "2026-11-24T12:00:00.Z",
        "2026-11-24T12:00:00,5Z",
        "2026-11-24T12:00:00.1234567Z",
        "2026-12-31T23:59:60Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T12:60:00Z",
        "2023-02-29T12:00:00Z",
        "2026-11-24T12:00:00+0100",
        "2026-11-24T12:00:00+01",
        "2026-11-24T12:00:00+01:60",
        "2026-11-24T12:00:00+14:01",
        "2026-11-24T12:00:00-15:00",
        "2026-11-24T12:00:00+01:00:00",
        "2026-11-24T12:00:00\N{MINUS SIGN}05:00",
        "2026-11-24T12:00:00-05:00[America/Toronto]",
        "2026-11-24T12:00:00Z\n",
        "20261124T120000Z",
    ],
    ids=ascii,
)
def test_what_is_not_an_instant_is_none(text):
    assert _time.parse_instant(text) is None


@pytest.mark.parametrize("pattern", [_time.DATE_PATTERN, _time.TIME_PATTERN, _time.INSTANT_PATTERN])
def test_the_patterns_mean_the_same_in_every_regex_dialect(pattern):
    """Plain groups, ASCII classes, alternation and counts; no anchors, escapes, lookaround or inline flags."""
    assert pattern.isascii()
    assert not re.search(r"[\\^$]|[(][?]", pattern)


@pytest.mark.parametrize(
    ("write", "value"),
    [
        (_time.format_date, date(1899, 12, 31)),
        (_time.format_date, date(2100, 1, 1)),
        (_time.format_date, NOON_UTC),
        (_time.format_time, time(9, 5, 1)),
        (_time.format_time, time(9, 5, 0, 1)),
        (_time.format_time, time(9, 5, tzinfo=UTC)),
        (_time.format_time, time(9, 0, tzinfo=EST)),
        (_time.format_instant, datetime(1899, 12, 31, tzinfo=UTC)),
        (_time.format_instant, datetime(2100, 1, 1, tzinfo=UTC)),
        (_time.format_instant, datetime(1971, 6, 1, tzinfo=ZoneInfo("Africa/Monrovia"))),  # -00:44:30
        (_time.format_instant, NOON_UTC.astimezone(timezone(timedelta(hours=14, minutes=1)))),
    ],
)
def test_what_could_not_be_read_back_is_not_written(write, value):
    with pytest.raises(InputError, match=r"^only an? .* can be written$"):
        write(value)


@pytest.mark.parametrize("name", ["UTC", "America/Toronto", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "GB"])
def test_iana_names_are_zones(name):
    assert _time.is_zone(name)
    assert str(_time.zone(name)) == name
    assert type(_time.zone(name)) is ZoneInfo
    assert _time.zone(name) is _time.zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "/",
        "America",
        "America/",
        "America/Atlantis",
        "america/toronto",
        "AMERICA/TORONTO",
        "utc",
        "America/Toronto ",
        "America/Toronto\n",
        "America//Toronto",
        "America/./Toronto",
        "../etc/passwd",
        "/etc/localtime",
        "/usr/share/zoneinfo/UTC",
        "localtime",
        "local",
        "Factory",
        "posixrules",
        "tzdata.zi",
        "posix/UTC",
        "right/UTC",
        "+01:00",
        "EST5EDT,M3.2.0,M11.1.0",
        "UTC\0",
        "\ud800",
    ],
    ids=ascii,
)
def test_anything_else_is_no_zone(name):
    assert not _time.is_zone(name)
    for use in (
        lambda: _time.zone(name),
        lambda: _time.wall(NOON_UTC, name),
        lambda: _time.at_wall(SPRING, time(9), name),
    ):
        with pytest.raises(UnknownTimeZoneError, match=r"^not the name of an IANA time zone; [^\n]*$"):
            use()


def test_a_visit_at_nine_stays_at_nine_across_a_clock_change():
    before, after = (_time.at_wall(day, time(9), "America/Toronto") for day in (date(2026, 3, 7), SPRING))
    assert (before.hour, after.hour) == (9, 9)
    assert (before.utcoffset(), after.utcoffset()) == (timedelta(hours=-5), timedelta(hours=-4))
    assert after - before == _time.elapsed(before, after) == timedelta(hours=23)


def test_a_skipped_time_is_moved_only_on_request():
    skipped = SPRING, time(2, 30), "America/Toronto"
    for repeated in ("raise", "first", "second"):
        with pytest.raises(LocalTimeError, match="not exist in its zone: choose gap='earlier' or gap='later'"):
            _time.at_wall(*skipped, repeated=repeated)
    assert _time.at_wall(*skipped, gap="earlier") == datetime(2026, 3, 8, 1, 30, tzinfo=EST)
    assert _time.at_wall(*skipped, gap="later") == datetime(2026, 3, 8, 3, 30, tzinfo=EDT)


def test_a_repeated_time_is_chosen_only_on_request():
    repeated = AUTUMN, time(1, 30), "America/Toronto"
    for gap in ("raise", "earlier", "later"):
        with pytest.raises(LocalTimeError, match="twice in its zone: choose repeated='first' or repeated='se"):
            _time.at_wall(*repeated, gap=gap)
    assert _time.at_wall(*repeated, repeated="first") == datetime(2026, 11, 1, 1, 30, tzinfo=EDT)
    assert _time.at_wall(*repeated, repeated="second") == datetime(2026, 11, 1, 1, 30, tzinfo=EST)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_fold_of_a_clock_decides_nothing(fold):
    with pytest.raises(LocalTimeError):
        _time.at_wall(AUTUMN, time(1, 30, fold=fold), "America/Toronto")
    first = _time.at_wall(AUTUMN, time(1, 30, fold=fold), "America/Toronto", repeated="first")
    assert first == datetime(2026, 11, 1, 1, 30, tzinfo=EDT)


def test_an_unknown_choice_is_never_taken_for_another():
    with pytest.raises(KeyError):
        _time.at_wall(SPRING, time(2, 30), "America/Toronto", gap="forward")
    with pytest.raises(KeyError):
        _time.at_wall(AUTUMN, time(1, 30), "America/Toronto", repeated="last")


def test_a_day_that_a_zone_left_out_is_a_gap_of_24_hours():
    left_out = date(2011, 12, 30), time(9, 15), "Pacific/Apia"
    with pytest.raises(LocalTimeError, match="does not exist"):
        _time.at_wall(*left_out)
    earlier = _time.at_wall(*left_out, gap="earlier")
    later = _time.at_wall(*left_out, gap="later")
    assert _time.wall(earlier, "Pacific/Apia") == (date(2011, 12, 29), time(9, 15))
    assert _time.wall(later, "Pacific/Apia") == (date(2011, 12, 31), time(9, 15))
    assert later - earlier == timedelta(hours=24)


@pytest.mark.parametrize(
    ("clock", "earlier", "later"),
    [(time(2, 0), time(1, 30), time(2, 30)), (time(2, 29), time(1, 59), time(2, 59))],
)
def test_a_gap_of_half_an_hour_moves_by_half_an_hour(clock, earlier, later):
    skipped = date(2026, 10, 4), clock, "Australia/Lord_Howe"
    for choice, expected in (("earlier", earlier), ("later", later)):
        assert _time.wall(_time.at_wall(*skipped, gap=choice), "Australia/Lord_Howe")[1] == expected


def test_the_edges_of_a_gap_and_of_a_repeated_hour():
    """A gap holds its first minute and not its last; so does a repeated hour."""
    for clock in (time(1, 59, 59, 999_999), time(3, 0)):
        assert _time.wall(_time.at_wall(SPRING, clock, "America/Toronto"), "America/Toronto") == (SPRING, clock)
    for clock in (time(0, 59, 59, 999_999), time(2, 0)):
        assert _time.wall(_time.at_wall(AUTUMN, clock, "America/Toronto"), "America/Toronto") == (AUTUMN, clock)
    for day, clock in (
        (SPRING, time(2, 0)),
        (SPRING, time(2, 59, 59, 999_999)),
        (AUTUMN, time(1, 0)),
        (AUTUMN, time(1, 59, 59, 999_999)),
    ):
        with pytest.raises(LocalTimeError):
            _time.at_wall(day, clock, "America/Toronto")


def test_both_passes_of_a_repeated_hour_show_the_same_wall_time():
    clock = time(1, 30)
    both = [_time.at_wall(AUTUMN, clock, "America/Toronto", repeated=each) for each in ("first", "second")]
    shown = [_time.wall(instant, "America/Toronto") for instant in both]
    assert shown[0] == shown[1] == (AUTUMN, time(1, 30))
    assert [clock.fold for _, clock in shown] == [0, 0]


def test_nothing_of_pendulum_leaves_the_module():
    """Its types lose `fold` when they are copied or pickled, and then stand for another instant."""
    instant = _time.at_wall(AUTUMN, time(1, 30), "America/Toronto", repeated="second")
    moment = pendulum.datetime(2026, 11, 1, 1, 30, tz="America/Toronto", fold=1)
    results = [
        instant,
        _time.after(moment, 1),
        *_time.wall(moment, "America/Toronto"),
        _time.add_period(pendulum.date(2026, 1, 31), 1, "mo"),
    ]
    assert [type(each) for each in results] == [datetime, datetime, date, time, date]
    assert {type(each.tzinfo) for each in results[:2]} == {timezone}
    assert pickle.loads(pickle.dumps(instant)).timestamp() == instant.timestamp()  # noqa: S301  # our own bytes


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        (date(2012, 6, 19), date(2038, 6, 18), 25),  # pendulum says 26
        (date(2012, 6, 19), date(2038, 6, 19), 26),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2026, 5, 5), date(2026, 5, 5), 0),
        (date(2025, 12, 31), date(2026, 1, 1), 0),
    ],
)
def test_ages(birth, on, years):
    assert _time.age_years(birth, on) == years


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 1), 1),
        (date(2026, 1, 31), date(2026, 3, 31), 2),
        (date(2024, 1, 30), date(2024, 2, 29), 0),
        (date(2026, 1, 1), date(2026, 2, 1), 1),
        (date(2026, 1, 4), date(2026, 2, 1), 0),
        (date(2024, 2, 29), date(2025, 2, 28), 11),
        (date(2026, 3, 1), date(2026, 1, 31), -1),
        (date(2026, 2, 28), date(2026, 1, 31), 0),
    ],
)
def test_completed_months(start, end, months):
    assert _time.months_between(start, end) == months


@pytest.mark.parametrize(
    ("anchor", "amount", "unit", "expected"),
    [
        (date(2026, 1, 31), 1, "mo", date(2026, 2, 28)),
        (date(2024, 1, 31), 1, "mo", date(2024, 2, 29)),
        (date(2026, 1, 31), 2, "mo", date(2026, 3, 31)),
        (date(2026, 3, 31), -1, "mo", date(2026, 2, 28)),
        (date(2026, 1, 15), -13, "mo", date(2024, 12, 15)),
        (date(2024, 2, 29), 1, "a", date(2025, 2, 28)),
        (date(2024, 2, 29), 4, "a", date(2028, 2, 29)),
        (date(2026, 12, 31), 1, "d", date(2027, 1, 1)),
        (date(2026, 3, 8), -2, "wk", date(2026, 2, 22)),
        (date(2026, 3, 8), 0, "mo", date(2026, 3, 8)),
    ],
)
def test_calendar_steps(anchor, amount, unit, expected):
    assert _time.add_period(anchor, amount, unit) == expected


def test_elapsed_time_is_measured_on_instants_even_within_one_zone():
    """Two datetimes that share a zone object subtract as wall times in Python; `elapsed` must not."""
    toronto = ZoneInfo("America/Toronto")
    start, end = datetime(2026, 10, 31, 12, tzinfo=toronto), datetime(2026, 11, 1, 12, tzinfo=toronto)
    assert end - start == timedelta(hours=24)
    assert _time.elapsed(start, end) == timedelta(hours=25)
    assert _time.elapsed(end, start) == timedelta(hours=-25)


def test_elapsed_minutes_pass_through_a_clock_change():
    start = datetime(2026, 3, 8, 1, 30, tzinfo=ZoneInfo("America/Toronto"))
    end = _time.after(start, 60)
    assert _time.elapsed(start, end) == timedelta(minutes=60)
    assert end.utcoffset() == start.utcoffset()
    assert _time.wall(end, "America/Toronto") == (SPRING, time(3, 30))


@pytest.mark.parametrize(
    ("function", "arguments", "parameter"),
    [
        (_time.elapsed, (NAIVE, NOON_UTC), "start"),
        (_time.elapsed, (NOON_UTC, NAIVE), "end"),
        (_time.after, (NAIVE, 5), "instant"),
        (_time.wall, (NAIVE, "UTC"), "instant"),
        (_time.format_instant, (NAIVE,), "instant"),
    ],
)
def test_a_naive_datetime_is_refused_by_name(function, arguments, parameter):
    with pytest.raises(TypeError, match=f"^`{parameter}` must be an aware datetime: a naive one names no"):
        function(*arguments)


@pytest.mark.parametrize(
    ("function", "arguments", "parameter"),
    [
        (_time.add_days, (NOON_UTC, 1), "anchor"),
        (_time.months_between, (NOON_UTC, NOON_UTC), "start"),
        (_time.months_between, (SPRING, NOON_UTC), "end"),
        (_time.age_years, (NOON_UTC, NOON_UTC), "birth"),
        (_time.age_years, (SPRING, NOON_UTC), "on"),
        (_time.at_wall, (NOON_UTC, time(9), "UTC"), "day"),
    ],
)
def test_an_instant_is_not_taken_for_a_date(function, arguments, parameter):
    """The date of an instant depends on the zone, so nobody may take it from the instant alone."""
    with pytest.raises(TypeError, match=f"^`{parameter}` must be a date without a time of day: `wall` gives"):
        function(*arguments)


def test_a_clock_with_an_offset_is_refused():
    with pytest.raises(TypeError, match="`clock` must be a naive time"):
        _time.at_wall(SPRING, time(9, tzinfo=UTC), "UTC")


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (_time.age_years, (date(1987, 6, 5), date(1986, 4, 3))),
        (_time.add_days, (date(1987, 6, 5), 10**7)),
        (_time.add_days, (date(1987, 6, 5), 10**30)),
        (_time.add_months, (date(1987, 6, 5), 198_700)),
        (_time.add_period, (date(1987, 6, 5), -1987, "a")),
        (_time.after, (datetime(1987, 6, 5, tzinfo=UTC), 10**10)),
        (_time.after, (datetime(1987, 6, 5, tzinfo=UTC), -(10**30))),
        (_time.at_wall, (date(1987, 4, 5), time(2, 30), "America/Toronto")),
        (_time.at_wall, (date(1987, 10, 25), time(1, 30), "America/Toronto")),
        (_time.zone, ("Jane Doe, born 1987",)),
        (_time.format_date, (date(1887, 6, 5),)),
        (_time.format_time, (time(8, 7, 6),)),
        (_time.format_instant, (datetime(1887, 6, 5, 4, 3, tzinfo=UTC),)),
    ],
)
def test_no_message_holds_a_value(function, arguments):
    with pytest.raises(InputError) as caught:
        function(*arguments)
    limits = r"the years 1 to 9999|from 1900 to 2099|minutes to 14:00"
    assert not re.search("[0-9]|Jane", re.sub(limits, "", str(caught.value)))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_neither_the_machine_s_zone_nor_its_clock_matters():
    """The same calls in processes whose local zones lie a day apart give the same answers."""
    program = (
        "from datetime import date, datetime, time\n"
        "from ketaprogram import _time\n"
        "instant = _time.at_wall(date(2026, 3, 8), time(9), 'America/Toronto')\n"
        "print(_time.format_instant(instant), _time.wall(instant, 'Asia/Tokyo'), _time.after(instant, 90))\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"TZ": zone_name, "PYTHONPATH": ":".join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for zone_name in ("Pacific/Kiritimati", "Pacific/Pago_Pago")
    }
    assert len(answers) == 1
