"""Laws 6 and 7: limits hold in every plan, and the person's own clock is kept."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import order

from ketaprogram._time import elapsed
from ketaprogram.errors import OrderError, ScheduleError, UnknownTimeZoneError
from ketaprogram.protocol import load_protocol
from ketaprogram.schedule import instant_of, plan_visits

GOLDEN = Path(__file__).parents[1] / "golden" / "schedules"
PROTOCOLS = ("iv-six-infusions", "esketamine-label", "sc-ascending-weekly", "home-ordered")
ZONES = (
    *("America/Los_Angeles", "Europe/London", "Australia/Sydney", "Australia/Lord_Howe"),
    *("Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "Africa/Casablanca"),
)


@given(
    st.sampled_from(PROTOCOLS),
    st.dates(date(2026, 11, 25), date(2027, 6, 30)),
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
    st.integers(1, 16),
)
def test_every_plan_keeps_its_limits_and_its_wall_time(name, start, at, zone, sessions):
    protocol = load_protocol(name)
    total = None if any(each.then_every_days for each in protocol.phases) else sum(len(p.days) for p in protocol.phases)
    signed = order(name, sessions=min(sessions, total or sessions))
    try:
        plan = plan_visits(signed, protocol, start=start, at=at, time_zone=zone)
    except ScheduleError as error:
        assert "session" in str(error)
        return
    doses = [each for each in plan.visits if each.kind == "session"]
    assert len(doses) == signed.sessions
    assert {each.at for each in doses} == {at}
    assert doses[0].on == start
    assert all(each.earliest <= each.on <= each.latest for each in plan.visits)
    assert len({each.id for each in plan.visits}) == len(plan.visits)
    for before, after in pairwise(doses):
        assert elapsed(instant_of(before), instant_of(after)) >= timedelta(hours=protocol.gap_hours)
    for first in doses:
        within = [each for each in doses if timedelta() <= each.on - first.on < timedelta(days=7)]
        assert len(within) <= protocol.sessions_in_7_days
    assert all(signed.valid_from <= each.on <= signed.valid_until for each in doses)
    assert plan == plan_visits(signed, protocol, start=start, at=at, time_zone=zone)


@given(st.integers(1, 13), st.integers(0, 200))
def test_days_are_counted_from_the_first_and_never_chained(sessions, shift):
    start = date(2026, 12, 1) + timedelta(days=shift)
    protocol = load_protocol("esketamine-label")
    plan = plan_visits(
        order("esketamine-label", sessions=sessions), protocol, start=start, at=time(9), time_zone="Europe/London"
    )
    days = [(each.on - start).days for each in plan.visits if each.kind == "session"]
    assert days == [0, 3, 7, 10, 14, 17, 21, 24, 28, 35, 42, 49, 63][:sessions]


@pytest.mark.parametrize("zone", ZONES)
def test_nine_in_the_morning_stays_nine_across_both_clock_changes(zone):
    """Golden plans through northern spring and autumn: dates and wall times stay, only the offset moves."""
    lines = []
    for start in (date(2027, 3, 1), date(2027, 10, 1)):
        plan = plan_visits(
            order("sc-ascending-weekly", sessions=8), load_protocol("sc-ascending-weekly"), start=start, at=time(9),
            time_zone=zone,
        )  # fmt: skip
        lines += [f"{each.id} {each.on} {each.at:%H:%M} {instant_of(each):%z}" for each in plan.visits]
    assert lines == (GOLDEN / f"{zone.replace('/', '-')}.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("start", "at"), [(date(2027, 2, 28), time(2, 30)), (date(2027, 10, 31), time(1, 30))], ids=["missing", "twice"]
)
def test_a_wall_time_that_does_not_exist_or_exists_twice_is_refused_with_its_session(start, at):
    with pytest.raises(ScheduleError, match=r"session [23]: its wall time"):
        plan_visits(
            order("home-ordered"), load_protocol("home-ordered"), start=start, at=at, time_zone="America/New_York"
        )


def test_what_a_plan_may_not_be():
    protocol = load_protocol("iv-six-infusions")
    arguments = {"start": date(2026, 12, 1), "at": time(9), "time_zone": "America/Denver"}
    with pytest.raises(UnknownTimeZoneError):
        plan_visits(order(), protocol, **arguments | {"time_zone": "America/Denvr"})
    with pytest.raises(OrderError, match="another protocol"):
        plan_visits(order(), load_protocol("home-ordered"), **arguments)
    with pytest.raises(ScheduleError, match="outside the days"):
        plan_visits(order(), protocol, **arguments | {"start": date(2026, 11, 1)})
    daily = attrs.evolve(protocol, phases=(attrs.evolve(protocol.phases[0], days=(0, 1, 2, 3, 4, 5)),))
    with pytest.raises(ScheduleError, match="less than 48 hours"):
        plan_visits(order(), daily, **arguments)
    crowded = attrs.evolve(daily, gap_hours=12)
    with pytest.raises(ScheduleError, match="more than 2 within 7 days"):
        plan_visits(order(), crowded, **arguments)
    short = attrs.evolve(crowded, phases=(attrs.evolve(protocol.phases[0], days=(0, 7)),))
    assert len(plan_visits(order(), short, **arguments).visits) == 3
