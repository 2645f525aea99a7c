"""
How fast plans are, as ratios to a floor in the same run: `make bench`. Nothing here asserts a time.

The floor of a plan is what anybody would write first: the dates of a weekly rule, without any constraint. What a plan
adds is hours of three people on their own clocks, windows, limits, and the best of all placements.
"""

from __future__ import annotations

import gc
import sys
from datetime import date, datetime, time

import pytest
from dateutil import rrule
from tests.scheduling import days, phase, signed, template

from ketaprogram._time import at_wall
from ketaprogram.schedule import plan_visits, replan
from ketaprogram.schedule.model import Availability, Cancelled, DayOpenings, Given, WeeklyOpening

ZONE = "America/Denver"
WEEKLY = template(phase(days(5, 7, 10), name="maintenance"), gap_hours=48, sessions_in_7_days=2)
START = date(2026, 3, 4)
HOLIDAYS = ((1, 1), (3, 3), (4, 14), (5, 25), (6, 9), (7, 4), (8, 11), (9, 7), (11, 26), (12, 25))


def people(count, years):
    closed = [date(year, month, day) for year in range(2026, 2027 + years) for month, day in HOLIDAYS]
    found = []
    for number, (who, zone) in enumerate(
        (("clinic", ZONE), ("person", ZONE), ("sitter", "America/New_York"))[:count], 1
    ):
        weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
        found.append(
            Availability(
                who=who,
                time_zone=zone,
                weekly=tuple(WeeklyOpening(weekday=day, opens=time(9), closes=time(17)) for day in weekdays),
                exceptions=tuple(DayOpenings(on=day) for day in closed[::number]),
            )
        )
    return tuple(found)


def a_plan(years, count):
    return plan_visits(
        signed(52 * years),
        WEEKLY,
        start=START,
        at=(time(9), time(11), time(13)),
        time_zone=ZONE,
        availabilities=people(count, years),
    )


@pytest.mark.benchmark(group="a plan of two years")
def test_floor_of_a_plan(benchmark):
    first = datetime(2026, 3, 4, 9)  # noqa: DTZ001  # the rule takes wall times
    assert len(benchmark(lambda: list(rrule.rrule(rrule.WEEKLY, dtstart=first, count=104)))) == 104


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.benchmark(group="a plan of two years")
def test_a_plan(benchmark, count):
    assert len(benchmark(a_plan, 2, count).visits) == 104


@pytest.mark.parametrize("years", [1, 2, 5, 10])
@pytest.mark.benchmark(group="growth with the horizon, three availabilities")
def test_growth(benchmark, years):
    assert len(benchmark(a_plan, years, 3).visits) == 52 * years


@pytest.mark.benchmark(group="a replan")
def test_a_replan(benchmark):
    plan, order = a_plan(1, 3), signed(52)
    now = at_wall(date(2026, 3, 1), time(9), ZONE)
    change = Cancelled(visit=plan.visits[10].id)
    benchmark(replan, plan, change, order=order, protocol=WEEKLY, now=now)


@pytest.mark.slow
def test_ten_thousand_replans_do_not_grow():
    """What is alive after them is what was alive after the first two hundred."""
    order = signed(8)
    plan = plan_visits(order, WEEKLY, start=START, at=time(9), time_zone=ZONE)
    now = at_wall(date(2026, 3, 4), time(10), ZONE)

    def some(count):
        for number in range(count):
            changes = (Given(visit=plan.visits[0].id), Cancelled(visit=plan.visits[1 + number % 7].id))
            replan(plan, *changes, order=order, protocol=WEEKLY, now=now)

    some(200)
    gc.collect()
    before = sys.getallocatedblocks()
    some(9800)
    gc.collect()
    assert sys.getallocatedblocks() - before < 1000
