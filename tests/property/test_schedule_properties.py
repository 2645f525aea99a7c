"""Laws 6 and 7: limits hold in every plan, the person's own clock is kept, and what cannot be says what would help."""

from __future__ import annotations

import os
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import order
from tests.scheduling import CITED, NINE, days, phase, signed, template

from ketaprogram._time import at_wall, elapsed
from ketaprogram.errors import InputError, OrderError, ScheduleError, UnknownItemError, UnknownTimeZoneError
from ketaprogram.protocol import load_protocol, protocol_names
from ketaprogram.protocol.model import CalendarSpacing, CalendarWindow, Contact, ElapsedSpacing, ElapsedWindow
from ketaprogram.schedule import always, instant_of, plan_visits, timeline
from ketaprogram.schedule.model import Availability, DayOpenings, Opening, WeeklyOpening

GOLDEN = Path(__file__).parents[1] / "golden" / "schedules"
ZONES = (
    *("America/Los_Angeles", "Europe/London", "Australia/Sydney", "Australia/Lord_Howe"),
    *("Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "Africa/Casablanca"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
START = date(2027, 3, 1)
TEMPLATES = ("iv-six-infusions", "esketamine-label", "sc-ascending-weekly", "home-ordered")


@given(
    st.sampled_from(TEMPLATES),
    st.dates(date(2026, 11, 25), date(2027, 6, 30)),
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
    st.integers(1, 16),
)
def test_every_plan_keeps_its_limits_and_its_wall_time(name, start, at, zone, sessions):
    protocol = load_protocol(name)
    most = None if any(each.sessions is None for each in protocol.phases) else sum(p.sessions for p in protocol.phases)
    order_ = order(name, sessions=min(sessions, most or sessions))
    try:
        plan = plan_visits(order_, protocol, start=start, at=at, time_zone=zone)
    except ScheduleError as error:
        assert "session" in str(error)
        return
    doses = [each for each in plan.visits if each.kind == "session"]
    assert len(doses) == order_.sessions
    assert {each.at for each in doses} == {at}
    assert doses[0].on == start
    assert all(each.earliest <= each.on <= each.latest for each in plan.visits)
    assert len({each.id for each in plan.visits}) == len(plan.visits)
    for before, after in pairwise(doses):
        assert elapsed(instant_of(before), instant_of(after)) >= timedelta(hours=protocol.gap_hours)
    for first in doses:
        within = [each for each in doses if timedelta() <= each.on - first.on < timedelta(days=7)]
        assert len(within) <= protocol.sessions_in_7_days
    assert all(order_.valid_from <= each.on <= order_.valid_until for each in doses)
    assert plan == plan_visits(order_, protocol, start=start, at=at, time_zone=zone)


@st.composite
def troubles(draw):
    """A template of single steps, and people who are seldom available together: most of these cannot be planned."""
    spacings = draw(
        st.lists(
            st.sampled_from(
                [days(2, 3, 4), days(5, 7, 8), ElapsedSpacing(min_hours=60, target_hours=72, max_hours=90)]
            ),
            min_size=1,
            max_size=3,
        )
    )
    phases = [phase(sessions=1), *(phase(sessions=1, first=each, name="maintenance") for each in spacings)]
    people = [
        Availability(
            who=who,
            time_zone="America/New_York",
            weekly=tuple(
                WeeklyOpening(weekday=day, opens=time(opens), closes=time(opens + 4))
                for day in draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=6, unique=True))
            ),
        )
        for who, opens in (("person", draw(st.integers(7, 9))), ("clinic", draw(st.integers(8, 10))))
    ]
    until = START + timedelta(days=draw(st.integers(0, 40)))
    protocol = template(*phases, gap_hours=draw(st.sampled_from([24, 60])), sessions_in_7_days=draw(st.integers(1, 3)))
    return protocol, signed(len(phases), valid_until=until), tuple(people)


def relaxed(protocol, order_, people, conflict, first):
    """The same question with the first change that the conflict names."""
    start_by, at = START + timedelta(days=1), (NINE,)
    number = conflict.session - 1
    match first.what:
        case "availability":
            others = [each for each in people if each.who != first.who]
            (opened,) = [each for each in people if each.who == first.who]
            openings = (DayOpenings(on=first.on, openings=(Opening(opens=time(0)),)),)
            people = (*others, attrs.evolve(opened, exceptions=openings))
        case "order-validity":
            order_ = attrs.evolve(order_, valid_until=order_.valid_until + timedelta(days=first.days))
            if number == 0:
                start_by += timedelta(days=first.days)
        case "window-later" if number == 0:
            start_by += timedelta(days=first.days)
        case "window-later" | "window-earlier":
            spacing, sign = protocol.phases[number].first, first.what == "window-later"
            later, earlier = (first.days, 0) if sign else (0, first.days)
            if isinstance(spacing, CalendarSpacing):
                wider = days(spacing.min_days - earlier, spacing.target_days, spacing.max_days + later)
            else:
                wider = attrs.evolve(
                    spacing,
                    min_hours=max(1, spacing.min_hours - 24 * earlier),
                    max_hours=spacing.max_hours + 24 * later,
                )
            phases = list(protocol.phases)
            phases[number] = attrs.evolve(phases[number], first=wider)
            protocol = attrs.evolve(protocol, phases=tuple(phases))
        case "time-of-day":
            at = (NINE, first.at)
    return protocol, order_, people, start_by, at


@given(troubles())
def test_what_is_said_to_help_does_help(trouble):
    """With any of the changes that a conflict names, the session that had no place has one."""
    protocol, order_, people = trouble
    arguments = {"start": START, "time_zone": "America/New_York"}
    try:
        plan_visits(order_, protocol, start_by=START + timedelta(days=1), at=NINE, availabilities=people, **arguments)
    except ScheduleError as error:
        conflict = error.conflict
        assert "2027" not in str(error)
    else:
        return
    for each in conflict.relaxations:
        changed, longer, others, start_by, at = relaxed(protocol, order_, people, conflict, each)
        try:
            plan_visits(longer, changed, start_by=start_by, at=at, availabilities=others, **arguments)
        except ScheduleError as error:
            assert error.conflict.session > conflict.session, each.what


@pytest.mark.parametrize("zone", ZONES)
def test_nine_in_the_morning_stays_nine_across_both_clock_changes(zone):
    """Golden plans through northern spring and autumn: dates and wall times stay, only the offset moves."""
    lines = []
    for start in (date(2027, 3, 1), date(2027, 10, 1)):
        lines += written(
            plan_visits(
                order("sc-ascending-weekly", sessions=8), load_protocol("sc-ascending-weekly"), start=start, at=NINE,
                time_zone=zone,
            )
        )  # fmt: skip
    compare(zone, lines)


@pytest.mark.parametrize(
    ("name", "start", "zone"),
    [
        ("skipped-day-Pacific-Apia", date(2011, 12, 23), "Pacific/Apia"),
        ("leap-day-Europe-London", date(2028, 2, 22), "Europe/London"),
        ("year-end-America-St_Johns", date(2027, 12, 24), "America/St_Johns"),
    ],
)
def test_days_that_a_calendar_makes_hard(name, start, zone):
    """Golden plans by days, beside the same by hours: where a day is left out, seven days are 144 hours."""
    lines = []
    for spacing in (days(5, 7, 9), ElapsedSpacing(min_hours=160, target_hours=168, max_hours=200)):
        protocol = template(phase(spacing), gap_hours=100, sessions_in_7_days=1)
        long_valid = signed(3, valid_from=date(2011, 1, 1))
        lines += written(plan_visits(long_valid, protocol, start=start, at=NINE, time_zone=zone))
    compare(name, lines)


def written(plan):
    return [f"{each.id} {each.on} {each.at:%H:%M} {instant_of(each):%z}" for each in plan.visits]


def compare(name, lines):
    path = GOLDEN / f"{name.replace('/', '-')}.txt"
    if os.environ.get("KETAPROGRAM_GOLDEN") == "write":
        path.write_text("\n".join(lines) + "\n", "utf-8")
    assert lines == path.read_text("utf-8").splitlines()


def test_hours_that_pass_and_days_of_the_calendar_never_mix():
    """Across a night of 23 hours three days are 71 hours: days keep nine o'clock, 72 hours need ten, or a day more."""
    hours = ElapsedSpacing(min_hours=72, target_hours=72, max_hours=96)
    arguments = {"start": date(2027, 3, 12), "time_zone": "America/New_York"}
    by_days = plan_visits(signed(2), template(phase(days(3, 3, 4))), at=NINE, **arguments)
    assert (by_days.visits[1].on, by_days.visits[1].at) == (date(2027, 3, 15), NINE)
    by_hours = plan_visits(signed(2), template(phase(hours)), at=NINE, **arguments)
    assert (by_hours.visits[1].on, by_hours.visits[1].at) == (date(2027, 3, 16), NINE)
    assert "95 hours after session 1; the template has 72" in by_hours.visits[1].why
    offered = plan_visits(signed(2), template(phase(hours)), at=(NINE, time(10)), **arguments)
    assert (offered.visits[1].on, offered.visits[1].at) == (date(2027, 3, 15), time(10))


def test_three_clocks_at_once():
    """Person, clinic and sitter have hours on their own clocks; the visit is where all three overlap to its end."""
    clinic = Availability(
        who="clinic",
        time_zone="America/Denver",
        weekly=tuple(
            WeeklyOpening(weekday=day, opens=time(opens), closes=closes)
            for day in WEEKDAYS[:5]
            for opens, closes in ((9, time(12)), (12, time(17)))
        ),
    )
    person = always("person", "America/Los_Angeles", closed=[date(2027, 3, 8)])
    sitter = Availability(
        who="sitter", time_zone="Europe/London", weekly=(WeeklyOpening(weekday="wednesday", opens=time(15)),)
    )
    weekly = template(phase(days(5, 7, 9)), observation_minutes=240)
    arguments = {"start": date(2027, 3, 1), "start_by": date(2027, 3, 7), "time_zone": "America/Los_Angeles"}
    plan = plan_visits(
        signed(2), weekly, at=(time(8), time(11), time(13)), availabilities=(clinic, person, sitter), **arguments
    )
    # Wednesday 08:00 in Los Angeles is 09:00 in Denver and 16:00 in London, from where it goes on past midnight.
    assert [(each.on, each.at) for each in plan.visits] == [(date(2027, 3, 3), time(8)), (date(2027, 3, 10), time(8))]
    with pytest.raises(ScheduleError, match="clinic not available at any time that its window allows") as caught:
        plan_visits(signed(2), weekly, at=time(20), availabilities=(clinic, person), **arguments)
    assert caught.value.conflict.relaxations[0].what == "time-of-day"
    assert caught.value.conflict.relaxations[0].at == time(8)


def test_a_stay_past_midnight_needs_both_days():
    """An opening to the end of a day and one from the beginning of the next are one."""
    night = Availability(
        who="person",
        time_zone="Europe/London",
        weekly=(
            WeeklyOpening(weekday="monday", opens=time(20)),
            WeeklyOpening(weekday="tuesday", opens=time(0), closes=time(0, 30)),
            WeeklyOpening(weekday="wednesday", opens=time(20)),
            WeeklyOpening(weekday="saturday", opens=time(20), closes=time(23)),
            WeeklyOpening(weekday="saturday", opens=time(21), closes=time(22)),
        ),
    )
    arguments = {"start": date(2027, 3, 1), "start_by": date(2027, 3, 7), "time_zone": "Europe/London"}
    protocol = template(phase(sessions=1))
    plan = plan_visits(signed(1), protocol, at=time(22, 30), availabilities=(night,), **arguments)
    assert plan.visits[0].on == date(2027, 3, 1)
    with pytest.raises(ScheduleError, match="person not available"):
        plan_visits(signed(1), protocol, at=time(22, 31), availabilities=(night,), **arguments)
    plan = plan_visits(signed(1), protocol, at=(time(21), time(22, 31)), availabilities=(night,), **arguments)
    assert (plan.visits[0].on, plan.visits[0].at) == (date(2027, 3, 1), time(21))
    arguments["start"] = date(2027, 3, 4)
    plan = plan_visits(signed(1), protocol, at=(time(21), time(22, 31)), availabilities=(night,), **arguments)
    assert (plan.visits[0].on, plan.visits[0].at) == (date(2027, 3, 6), time(21))
    arguments["start_by"] = date(2027, 3, 10)
    plan = plan_visits(signed(1), protocol, at=time(22), availabilities=(night,), **arguments)
    assert plan.visits[0].on == date(2027, 3, 8)  # on Wednesday it would end with the day, on Saturday too late


def test_what_a_plan_may_not_be():
    protocol, order_ = template(phase(days(1, 2, 3))), signed(3)
    arguments = {"start": date(2026, 12, 1), "at": NINE, "time_zone": "America/Denver"}
    with pytest.raises(UnknownTimeZoneError):
        plan_visits(order_, protocol, **arguments | {"time_zone": "America/Denvr"})
    with pytest.raises(UnknownTimeZoneError):
        plan_visits(order_, protocol, availabilities=(always("person", "Europe/Lodnon"),), **arguments)
    night = WeeklyOpening(weekday="monday", opens=time(22), closes=time(6))
    past_midnight = Availability(who="person", time_zone="UTC", weekly=(night,))
    with pytest.raises(InputError, match="one past midnight is two"):
        plan_visits(order_, protocol, availabilities=(past_midnight,), **arguments)
    with pytest.raises(OrderError, match="another protocol"):
        plan_visits(order_, load_protocol("home-ordered"), **arguments)


def test_hours_that_are_too_long_by_a_day():
    """At one time of day 49 hours come to three days; a window that begins, or ends, a day away would do."""
    hours = ElapsedSpacing(min_hours=49, target_hours=50, max_hours=60)
    with pytest.raises(ScheduleError, match="it would have one at another time of day") as caught:
        plan_visits(signed(2), template(phase(hours)), start=date(2026, 12, 1), at=NINE, time_zone="America/Denver")
    helpful = [(each.what, each.days) for each in caught.value.conflict.relaxations]
    assert helpful == [("time-of-day", 0), ("window-later", 1), ("window-earlier", 1)]


@pytest.mark.parametrize(
    ("members", "changes", "message"),
    [
        ({}, {"valid_until": date(2026, 12, 2)}, "session 2 has no place: its window lies outside the days on which"),
        ({"gap_hours": 100}, {}, "session 2 has no place: every time in its window is closer to the session before"),
        (
            {"sessions_in_7_days": 1},
            {},
            "session 2 has no place: every time in its window would be one session too many",
        ),
        ({}, {"valid_from": date(2026, 12, 9)}, "session 1 has no place: its window has no day left"),
    ],
)
def test_the_binding_constraint_is_named(members, changes, message):
    protocol = template(phase(days(2, 2, 3)), **members)
    with pytest.raises(ScheduleError, match=message) as caught:
        plan_visits(signed(3, **changes), protocol, start=date(2026, 12, 1), at=NINE, time_zone="America/Denver")
    assert caught.value.conflict.session in {1, 2}


@pytest.mark.parametrize(
    ("start", "at"), [(date(2027, 3, 14), time(2, 30)), (date(2027, 11, 7), time(1, 30))], ids=["missing", "twice"]
)
def test_a_wall_time_that_does_not_exist_or_exists_twice_is_never_planned(start, at):
    arguments = {"start": start, "time_zone": "America/New_York"}
    with pytest.raises(ScheduleError, match="does not exist, or exists twice, on the days of its window; it would"):
        plan_visits(signed(1), template(phase(sessions=1)), at=at, **arguments)
    plan = plan_visits(signed(1), template(phase(sessions=1)), at=(at, time(12)), **arguments)
    assert plan.visits[0].at == time(12)
    around = template(phase(days(6, 7, 8)))
    week_before = start - timedelta(days=7)
    plan = plan_visits(signed(2), around, at=at, start=week_before, time_zone="America/New_York")
    assert plan.visits[1].on == start - timedelta(days=1)
    assert "the wall time does not exist, or exists twice, on that day" in plan.visits[1].why
    with pytest.raises(ScheduleError, match="choose another"):
        instant_of(attrs.evolve(plan.visits[1], on=start))


def test_sessions_of_an_earlier_order_count_for_the_limits():
    protocol = template(phase(days(2, 2, 4)), gap_hours=48, sessions_in_7_days=2)
    given = tuple(at_wall(date(2026, 11, day), NINE, "America/Denver") for day in (27, 30))
    arguments = {"at": NINE, "time_zone": "America/Denver", "earlier": given}
    plan = plan_visits(signed(2), protocol, start=date(2026, 12, 1), start_by=date(2026, 12, 20), **arguments)
    # Two within seven days already: the first day that has only one of them in its week is a week after the first.
    assert [each.on for each in plan.visits] == [date(2026, 12, 4), date(2026, 12, 7)]
    with pytest.raises(ScheduleError, match="one session too many"):
        plan_visits(signed(2), protocol, start=date(2026, 12, 2), **arguments)
    with pytest.raises(ScheduleError, match="closer to the session before"):
        plan_visits(signed(2), protocol, start=date(2026, 12, 1), **arguments)


@pytest.mark.parametrize("name", protocol_names())
def test_a_timeline_has_every_visit_and_every_contact_in_order(name):
    protocol = load_protocol(name)
    most = [each.sessions for each in protocol.phases if each.sessions]
    order_ = attrs.evolve(
        signed(sum(most) + 2),
        protocol=protocol.id,
        protocol_version=protocol.version,
        setting=protocol.setting,
        agent=protocol.agent,
        route=protocol.route,
    )
    plan = plan_visits(order_, protocol, start=date(2027, 1, 4), at=NINE, time_zone="America/Denver")
    items = timeline(plan, protocol, order_)
    assert [each.opens_on for each in items] == sorted(each.opens_on for each in items)
    assert {each.what for each in items} >= {"session"}
    assert all(each.opens_on <= each.closes_on for each in items)
    for each in items:
        assert (each.opens_at is None) == (each.closes_at is None)
    planned = {each.id for each in plan.visits if each.kind == "session"}
    assert {each.visit for each in items if each.what == "session"} == planned


def test_the_windows_of_a_timeline():
    contacts = (
        Contact(
            id="text", what="check-in", title="Text", by="coach", every_sessions=1, citations=CITED,
            window=ElapsedWindow(from_minutes=120, to_minutes=1440),
        ),
        Contact(
            id="weekly", what="assessment", title="Forms", by="person", every_days=7, measures=("phq-9",),
            window=CalendarWindow(from_day=0, to_day=2), citations=CITED,
        ),
        Contact(
            id="later", what="check-in", title="Later", by="nurse", phase="follow-up", citations=CITED,
            window=CalendarWindow(from_day=28, to_day=30),
        ),
        Contact(
            id="taper", what="check-in", title="Never", by="nurse", every_sessions=1, phase="taper", citations=CITED,
            window=CalendarWindow(from_day=0, to_day=0),
        ),
    )  # fmt: skip
    protocol = template(phase(days(7, 7, 7), sessions=2), phase(sessions=0, name="follow-up"), contacts=contacts)
    plan = plan_visits(signed(2), protocol, start=date(2027, 3, 8), at=NINE, time_zone="America/New_York")
    items = timeline(plan, protocol, signed(2))
    texts = [(each.opens_at.isoformat(), each.closes_at.isoformat()) for each in items if each.title == "Text"]
    # 24 hours later is ten o'clock where the clocks went forward in between; here both windows lie on one side of it.
    assert texts == [
        ("2027-03-08T11:00:00-05:00", "2027-03-09T09:00:00-05:00"),
        ("2027-03-15T11:00:00-04:00", "2027-03-16T09:00:00-04:00"),
    ]
    (forms,) = [each for each in items if each.title == "Forms"]
    assert (forms.opens_on, forms.measures, forms.visit) == (date(2027, 3, 15), ("phq-9",), None)
    (later,) = [each for each in items if each.title == "Later"]
    assert (later.opens_on, later.closes_on) == (date(2027, 4, 12), date(2027, 4, 14))


def test_consults_and_calls_are_planned_on_open_days():
    def contact(id_, what, low, high, **members):
        window = CalendarWindow(from_day=low, to_day=high)
        return Contact(id=id_, what=what, title=id_, by="clinician", window=window, citations=CITED, **members)

    contacts = (
        contact("before", "preparation", -3, 0, sessions=(1, 2), minutes=30),
        contact("after", "consult", 0, 9, sessions=(1,), holds=True),
        contact("never", "integration", 4, 5, sessions=(1,)),
        contact("monthly", "consult", 0, 1, every_days=8),
        contact("not-yet", "consult", 0, 1, every_days=8, phase="maintenance"),
    )
    protocol = template(phase(days(7, 8, 9)), contacts=contacts)
    closed = [date(2027, 3, day) for day in (2, 5, 6)]
    plan = plan_visits(
        signed(3), protocol, start=date(2027, 3, 1), at=NINE, time_zone="America/New_York",
        availabilities=(always("clinic", "America/New_York", closed=closed),),
    )  # fmt: skip
    found = {each.id: each for each in plan.visits}
    assert found["o/before-1"].on == date(2027, 2, 26)
    assert found["o/before-2"].on == date(2027, 3, 7)  # the 6th is closed
    assert found["o/after-1"].on == date(2027, 3, 3)  # not on the day of the session, and the 2nd is closed
    assert found["o/after-1"].latest == found["o/induction-2"].on  # the next session waits for it
    assert "it has to be arranged" in found["o/never-1"].why
    assert found["o/monthly-day-8"].number == 2
    assert found["o/monthly-day-16"].number == 3
    assert not any("not-yet" in each for each in found)


def test_a_contact_is_after_its_session_or_before_it_as_its_window_says():
    def contact(id_, window, **members):
        return Contact(
            id=id_, what="consult", title=id_, by="nurse", sessions=(1,), window=window, citations=CITED, **members
        )

    contacts = (
        contact("before", CalendarWindow(from_day=-1, to_day=0)),
        contact("after", CalendarWindow(from_day=0, to_day=1)),
        contact("hours", ElapsedWindow(from_minutes=240, to_minutes=1500)),
        contact("around", CalendarWindow(from_day=-1, to_day=1)),
    )
    only = always("clinic", "UTC", closed=[date(2027, 3, day) for day in (7, 9)])
    protocol = template(phase(sessions=1), contacts=contacts)
    plan = plan_visits(
        signed(1), protocol, start=date(2027, 3, 8), at=(time(8), time(10), time(13)), time_zone="UTC",
        availabilities=(only,),
    )  # fmt: skip
    assert plan.sessions[0].at == time(8)
    found = {each.contact: (each.on.day, each.at) for each in plan.visits if each.kind == "consult"}
    assert found["after"] == (8, time(10))  # the next day is closed
    assert found["hours"] == (8, time(13))  # ten o'clock is too soon
    assert found["around"] == (8, time(10))
    unheld = {each.contact for each in plan.visits if "has to be arranged" in each.why}
    assert unheld == {"before"}  # nothing is offered before eight


def test_public_holidays_close_a_clinic():
    holidays = pytest.importorskip("ketaprogram.schedule.holidays")
    usual = always("clinic", "America/Denver", closed=[date(2027, 7, 5)])
    closed = holidays.closed_on_holidays(usual, "US", "CO", years=[2027])
    assert [each.why for each in closed.exceptions].count("Independence Day (observed)") == 0  # it was closed already
    assert closed.exceptions[0] == usual.exceptions[0]
    weekly = template(phase(days(5, 7, 9)))
    plan = plan_visits(
        signed(2), weekly, start=date(2027, 5, 24), at=NINE, time_zone="America/Denver", availabilities=(closed,)
    )
    assert plan.visits[1].on == date(2027, 5, 30)  # Memorial Day is the 31st
    assert "clinic not available on that day" in plan.visits[1].why
    for wrong in (("XX", None), ("US", "ZZ")):
        with pytest.raises(UnknownItemError, match=wrong[1] or wrong[0]):
            holidays.closed_on_holidays(usual, *wrong, years=[2027])
