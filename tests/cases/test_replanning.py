"""What a coordinator would expect of a plan when life happens: each case a few visits, before and after."""

from __future__ import annotations

from datetime import date, time

import attrs
import pytest
from tests.scheduling import CITED, NINE, days, phase, signed, template

from ketaprogram._time import at_wall
from ketaprogram.errors import OrderError, ScheduleError, StateError, UnknownItemError, UnknownTimeZoneError
from ketaprogram.protocol.model import CalendarWindow, Contact, ElapsedSpacing, GapRule
from ketaprogram.schedule import always, diff, instant_of, plan_visits, replan
from ketaprogram.schedule.model import (
    AvailabilityChanged,
    Cancelled,
    Given,
    Held,
    Missed,
    Moved,
    OrderReplaced,
    Resumed,
    ZoneChanged,
)

ZONE = "America/Denver"
# Four sessions twice a week from Monday 1 March 2027, then every week.
TWICE_THEN_WEEKLY = template(
    phase(days(2, 3, 5), days(3, 4, 5), sessions=4),
    phase(days(5, 7, 9), name="maintenance"),
    gap_hours=48,
    sessions_in_7_days=2,
    gap_rules=(
        GapRule(over_days=10, then="continue", citations=CITED),
        GapRule(over_days=14, then="re-consult", citations=CITED),
        GapRule(over_days=21, then="step-back", citations=CITED),
        GapRule(over_days=42, then="restart", citations=CITED),
    ),
)
ORDER = signed(8)


def planned(protocol=TWICE_THEN_WEEKLY, order=ORDER, **changes):
    arguments = {"start": date(2027, 3, 1), "at": NINE, "time_zone": ZONE} | changes
    return plan_visits(order, protocol, **arguments)


def again(schedule, *changes, now, protocol=TWICE_THEN_WEEKLY, order=ORDER):
    return replan(schedule, *changes, order=order, protocol=protocol, now=at_wall(now, time(12), ZONE))


def after(schedule, count, **arguments):
    """The schedule when so many sessions were given as planned."""
    for visit in sessions(schedule)[:count]:
        schedule = again(schedule, Given(visit=visit.id), now=visit.on, **arguments).schedule
    return schedule


def sessions(schedule, status=None):
    return [each for each in schedule.visits if each.kind == "session" and status in {None, each.status}]


def told(schedule):
    """Day of March 2027 of every planned session, with its step."""
    first = date(2027, 3, 1)
    return [((each.on - first).days + 1, each.step) for each in sessions(schedule, "planned")]


def test_the_plan_that_all_cases_begin_with():
    assert told(planned()) == [(1, 1), (4, 2), (8, 3), (11, 4), (18, 5), (25, 6), (32, 7), (39, 8)]


def test_a_missed_session_comes_soon_and_the_others_stay_if_they_can():
    schedule = after(planned(), 5)
    found = again(schedule, Missed(visit="o/maintenance-6"), now=date(2027, 3, 25))
    # Session 6 on the 26th is eight days after session 5; session 7 can stay on the 32nd, six days after it.
    assert told(found.schedule) == [(26, 6), (32, 7), (39, 8)]
    assert [(each.visit, each.what) for each in found.moves] == [
        ("o/maintenance-6", "changed"),
        ("o/maintenance-6/2", "added"),
    ]
    assert (found.gap_days, found.gap_rule) == (8, None)
    assert "8 days after session 5" in found.moves[1].why
    missed = sessions(found.schedule, "missed")
    assert [(each.id, each.on) for each in missed] == [("o/maintenance-6", date(2027, 3, 25))]


def test_a_session_missed_twice_has_a_third_id():
    schedule = after(planned(), 5)
    schedule = again(schedule, Missed(visit="o/maintenance-6"), now=date(2027, 3, 25)).schedule
    schedule = again(schedule, Missed(visit="o/maintenance-6/2"), now=date(2027, 3, 27)).schedule
    assert [each.id for each in sessions(schedule)][5:9] == [
        "o/maintenance-6",
        "o/maintenance-6/2",
        "o/maintenance-6/3",
        "o/maintenance-7",
    ]


@pytest.mark.parametrize(
    ("resume", "rule", "steps"),
    [
        (date(2027, 3, 27), None, [6, 7, 8]),
        (date(2027, 3, 30), "continue", [6, 7, 8]),
        (date(2027, 4, 3), "re-consult", [6, 7, 8]),
        (date(2027, 4, 10), "step-back", [1, 2, 3]),
        (date(2027, 5, 1), "restart", [1, 2, 3]),
    ],
)
def test_the_rule_for_a_gap_says_how_the_course_goes_on(resume, rule, steps):
    schedule = again(after(planned(), 5), Held(until=resume), now=date(2027, 3, 19)).schedule
    found = again(after(planned(), 5), Held(until=resume), now=date(2027, 3, 19))
    assert found.gap_rule == rule
    assert found.schedule == schedule
    assert [each.step for each in sessions(schedule, "planned")] == steps
    assert sessions(schedule, "planned")[0].on == resume
    consults = [each for each in schedule.visits if each.kind == "consult"]
    assert len(consults) == (rule not in {None, "continue"})
    for each in consults:
        assert each.holds
        assert date(2027, 3, 19) <= each.on < resume
        assert f"{rule}" in each.why
    if rule:
        assert f"without a session: {rule}" in sessions(schedule, "planned")[0].why


def test_a_step_back_in_the_middle_of_a_phase_goes_to_the_start_of_the_one_before():
    three = template(
        phase(days(2, 3, 4), sessions=2),
        phase(days(5, 7, 9), sessions=2, name="maintenance"),
        phase(days(12, 14, 16), name="maintenance"),
        gap_rules=(GapRule(over_days=20, then="step-back", citations=CITED),),
    )
    schedule = after(planned(three), 5, protocol=three)
    found = again(schedule, Held(until=date(2027, 5, 1)), now=date(2027, 4, 5), protocol=three)
    assert [each.step for each in sessions(found.schedule, "planned")] == [3, 4, 5]
    assert [each.phase for each in sessions(found.schedule, "planned")] == ["maintenance"] * 3


def test_what_happens_in_the_time_of_a_hold():
    schedule = after(planned(), 2)
    held = again(schedule, Held(), now=date(2027, 3, 5))
    assert told(held.schedule) == []
    assert {each.why for each in held.moves} == {"on hold"}
    assert held.schedule.on_hold
    still = again(held.schedule, now=date(2027, 3, 7))
    assert still.moves == ()
    resumed = again(held.schedule, Resumed(on=date(2027, 3, 9)), now=date(2027, 3, 7))
    assert told(resumed.schedule)[:3] == [(9, 3), (12, 4), (19, 5)]
    assert [each.id for each in sessions(resumed.schedule)] == [each.id for each in sessions(planned())]


def test_a_cancelled_session_takes_the_nearest_time_that_is_open():
    found = again(planned(at=(NINE, time(11))), Cancelled(visit="o/induction-2"), now=date(2027, 2, 28))
    assert told(found.schedule)[:3] == [(1, 1), (4, 2), (8, 3)]
    assert sessions(found.schedule)[1].at == time(11)
    (move,) = found.moves
    assert move.why.startswith("it cannot be at its time; 3 days after session 1")


def test_a_session_that_is_asked_for_elsewhere_says_so():
    elsewhere = again(planned(), Cancelled(visit="o/induction-2"), now=date(2027, 2, 28))
    assert elsewhere.moves[0].why.endswith("but it cannot be at its time")
    moved = again(planned(), Moved(visit="o/induction-2", on=date(2027, 3, 5), at=NINE), now=date(2027, 2, 28))
    assert moved.moves[0].why.endswith("but it was asked for at this time")


def test_a_moved_session_is_where_it_was_asked_for_and_stays_there():
    found = again(planned(), Moved(visit="o/induction-2", on=date(2027, 3, 5), at=time(15)), now=date(2027, 2, 28))
    # Session 4 cannot stay on the 11th: it would be the third within seven days.
    assert told(found.schedule)[:4] == [(1, 1), (5, 2), (8, 3), (12, 4)]
    assert sessions(found.schedule)[1].at == time(15)
    later = again(found.schedule, Given(visit="o/induction-1"), now=date(2027, 3, 1))
    assert sessions(later.schedule)[1].at == time(15)
    with pytest.raises(ScheduleError, match="session 2 has no place: the time that was asked for is not one"):
        again(planned(), Moved(visit="o/induction-2", on=date(2027, 3, 2), at=NINE), now=date(2027, 2, 28))


def test_a_move_beyond_the_window_is_a_gap_like_any_other():
    found = again(
        after(planned(), 1), Moved(visit="o/induction-2", on=date(2027, 3, 22), at=NINE), now=date(2027, 3, 2)
    )
    assert found.gap_rule == "re-consult"
    assert told(found.schedule)[0] == (22, 2)


def test_a_journey_in_the_middle_of_a_course():
    """Three weeks away: the template's rule for that gap holds from there on, although nothing was missed yet."""
    away = always("person", ZONE, closed=[date(2027, 3, day) for day in range(12, 32)])
    found = again(after(planned(), 1), AvailabilityChanged(availabilities=(away,)), now=date(2027, 3, 2))
    assert told(found.schedule)[2:5] == [(11, 4), (32, 5), (39, 6)]
    (consult,) = [each for each in found.schedule.visits if each.kind == "consult"]
    assert "after more than 14 days without a session: re-consult" in consult.why
    assert found.gap_rule is None  # the next session is not the one after the gap
    wider = always("person", ZONE, closed=[date(2027, 3, day) for day in range(2, 32)])
    found = again(after(planned(), 1), AvailabilityChanged(availabilities=(wider,)), now=date(2027, 3, 1))
    assert told(found.schedule)[0] == (32, 1)  # 31 days: back to the start of the phase, which is the first
    assert found.gap_rule == "step-back"
    # Before anything was given the whole course can wait, and then no window has to give way.
    found = again(planned(), AvailabilityChanged(availabilities=(away,)), now=date(2027, 2, 28))
    assert told(found.schedule)[0] == (32, 1)


def test_another_time_zone_keeps_the_wall_time_and_the_limits():
    schedule = after(planned(), 1)
    found = again(schedule, ZoneChanged(time_zone="Asia/Kathmandu"), now=date(2027, 3, 2))
    assert told(found.schedule)[0] == (4, 2)
    assert {each.at for each in sessions(found.schedule)} == {NINE}
    assert {each.time_zone for each in sessions(found.schedule, "planned")} == {"Asia/Kathmandu"}
    assert sessions(found.schedule, "given")[0].time_zone == ZONE
    assert instant_of(sessions(found.schedule, "given")[0]) == at_wall(date(2027, 3, 1), NINE, ZONE)
    # Three days later on another clock is 59 hours 15 minutes; where 60 are needed it is a day more.
    strict = attrs.evolve(TWICE_THEN_WEEKLY, gap_hours=60)
    found = again(
        after(planned(strict), 1, protocol=strict), ZoneChanged(time_zone="Asia/Kathmandu"),
        now=date(2027, 3, 2), protocol=strict,
    )  # fmt: skip
    assert told(found.schedule)[0] == (5, 2)


def test_a_new_order_with_more_sessions_or_another_distance():
    apart = attrs.evolve(
        TWICE_THEN_WEEKLY,
        phases=(TWICE_THEN_WEEKLY.phases[0], attrs.evolve(TWICE_THEN_WEEKLY.phases[1], intervals_days=(7, 14))),
    )
    schedule = after(planned(apart), 4, protocol=apart)
    longer = attrs.evolve(ORDER, id="o2", sessions=10)
    found = again(schedule, OrderReplaced(order=longer), now=date(2027, 3, 12), protocol=apart)
    assert told(found.schedule) == [(18, 5), (25, 6), (32, 7), (39, 8), (46, 9), (53, 10)]
    assert [each.id for each in sessions(found.schedule)][-3:] == [
        "o/maintenance-8",
        "o2/maintenance-9",
        "o2/maintenance-10",
    ]
    assert found.schedule.order == "o2"
    fortnightly = attrs.evolve(ORDER, id="o3", interval_days=14)
    found = again(schedule, OrderReplaced(order=fortnightly), now=date(2027, 3, 12), protocol=apart)
    assert told(found.schedule) == [(25, 5), (39, 6), (53, 7), (67, 8)]
    fewer = attrs.evolve(ORDER, id="o4", sessions=5)
    found = again(schedule, OrderReplaced(order=fewer), now=date(2027, 3, 12), protocol=apart)
    assert told(found.schedule) == [(18, 5)]
    assert [(each.visit, each.why) for each in found.moves] == [
        (f"o/maintenance-{number}", "the course no longer has it") for number in (6, 7, 8)
    ]
    over = attrs.evolve(ORDER, id="o5", sessions=1)
    found = again(schedule, OrderReplaced(order=over), now=date(2027, 3, 12), protocol=apart)
    assert told(found.schedule) == []  # four were given already
    with pytest.raises(OrderError, match="another person"):
        again(schedule, OrderReplaced(order=attrs.evolve(ORDER, person="q")), now=date(2027, 3, 12), protocol=apart)


def test_contacts_follow_their_sessions():
    def contact(id_, low, high, **members):
        window = CalendarWindow(from_day=low, to_day=high)
        return Contact(id=id_, what="consult", title=id_, by="clinician", window=window, citations=CITED, **members)

    protocol = attrs.evolve(
        TWICE_THEN_WEEKLY,
        contacts=(contact("before", -1, 0, sessions=(1, 3)), contact("after", 1, 2, every_sessions=1, holds=True)),
    )
    schedule = planned(protocol)
    schedule = after(schedule, 2, protocol=protocol)
    missed = again(schedule, Missed(visit="o/induction-3"), now=date(2027, 3, 8), protocol=protocol)
    found = {each.id: each for each in missed.schedule.visits}
    assert found["o/before-3"].on == date(2027, 3, 7)  # held already, and not once more
    assert "o/after-3" not in found
    assert found["o/after-3-2"].on > found["o/induction-3/2"].on
    assert {each.visit for each in missed.moves} == {
        "o/induction-3", "o/induction-3/2", "o/after-3", "o/after-3-2",
    }  # fmt: skip
    late = again(schedule, Missed(visit="o/induction-3"), now=date(2027, 3, 10), protocol=protocol, order=ORDER)
    assert "o/after-3" not in {each.id for each in late.schedule.visits}
    closed = always("clinic", ZONE, closed=[date(2027, 3, 12)])
    moved = again(schedule, AvailabilityChanged(availabilities=(closed,)), now=date(2027, 3, 5), protocol=protocol)
    assert [(each.visit, each.on) for each in moved.moves] == [("o/after-4", date(2027, 3, 13))]


def test_hours_that_pass_are_replanned_in_hours():
    hourly = template(
        phase(ElapsedSpacing(min_hours=60, target_hours=72, max_hours=80)),
        gap_rules=(GapRule(over_days=6, then="restart", citations=CITED),),
    )
    arguments = {"protocol": hourly, "order": signed(4)}
    schedule = planned(hourly, signed(4))
    assert told(schedule) == [(1, 1), (4, 2), (7, 3), (10, 4)]
    schedule = again(schedule, Given(visit="o/induction-1"), now=date(2027, 3, 1), **arguments).schedule
    found = again(schedule, Missed(visit="o/induction-2"), now=date(2027, 3, 6), **arguments)
    assert (found.gap_days, found.gap_rule, told(found.schedule)) == (6, None, [(7, 2), (10, 3), (13, 4)])
    found = again(schedule, Held(until=date(2027, 3, 8)), now=date(2027, 3, 2), **arguments)
    assert (found.gap_days, found.gap_rule, told(found.schedule)) == (7, "restart", [(8, 1), (11, 2), (14, 3)])


def test_what_cannot_be_said_of_a_visit():
    schedule = after(planned(), 2)
    for change, error, message in [
        (Given(visit="o/induction-9"), UnknownItemError, "no session of the schedule"),
        (Given(visit="o/induction-1"), StateError, "session 1 was given: what is past stays"),
        (Given(visit="o/induction-3"), StateError, "session 3 cannot be given before its time"),
        (Missed(visit="o/induction-3"), StateError, "session 3 is still to come"),
        (ZoneChanged(time_zone="America/Denvr"), UnknownTimeZoneError, "not the name of an IANA time zone"),
        (
            AvailabilityChanged(availabilities=(always("person", "Denver"),)),
            UnknownTimeZoneError,
            "not the name of an IANA time zone",
        ),
    ]:
        with pytest.raises(error, match=message):
            again(schedule, change, now=date(2027, 3, 5))
    with pytest.raises(StateError, match="sessions 3, 4 are past: say first whether given or missed"):
        again(schedule, now=date(2027, 3, 14))
    with pytest.raises(StateError, match="the time of session 3 has come"):
        replan(
            schedule, Cancelled(visit="o/induction-3"), order=ORDER, protocol=TWICE_THEN_WEEKLY,
            now=at_wall(date(2027, 3, 8), time(9, 30), ZONE),
        )  # fmt: skip
    both = again(schedule, Given(visit="o/induction-3"), Missed(visit="o/induction-4"), now=date(2027, 3, 12))
    assert [each.status for each in sessions(both.schedule)][:5] == ["given", "given", "given", "missed", "planned"]


def test_a_session_that_is_being_given_counts_and_stays():
    schedule = planned()
    now = at_wall(date(2027, 3, 1), time(9, 30), ZONE)
    found = replan(schedule, order=ORDER, protocol=TWICE_THEN_WEEKLY, now=now)
    assert found.moves == ()
    assert found.gap_days == 3


def test_a_course_that_is_over_stays_over():
    order = signed(2)
    short = attrs.evolve(TWICE_THEN_WEEKLY, phases=(phase(days(2, 3, 5), sessions=2),))
    schedule = after(planned(short, order), 2, protocol=short, order=order)
    found = again(schedule, Held(until=date(2027, 5, 1)), now=date(2027, 3, 5), protocol=short, order=order)
    assert (told(found.schedule), found.gap_days) == ([], None)
    longer = attrs.evolve(order, sessions=5)
    found = again(schedule, OrderReplaced(order=longer), now=date(2027, 3, 5), protocol=short, order=order)
    assert told(found.schedule) == []  # the template has no more


def test_nothing_fits_at_all():
    ends = attrs.evolve(ORDER, valid_until=date(2027, 3, 20))
    schedule = planned(order=attrs.evolve(ORDER, sessions=5, valid_until=date(2027, 3, 20)))
    order = attrs.evolve(ends, sessions=5)
    with pytest.raises(ScheduleError, match="with an order that is valid 2 d longer"):
        again(schedule, Held(until=date(2027, 3, 15)), now=date(2027, 2, 28), order=order)
    with pytest.raises(
        ScheduleError, match="session 1 has no place: its window lies outside the days on which the order"
    ):
        again(schedule, Held(until=date(2027, 3, 25)), now=date(2027, 2, 28), order=order)


def test_what_two_schedules_differ_in():
    one = planned()
    other = again(one, Cancelled(visit="o/maintenance-8"), now=date(2027, 2, 28)).schedule
    (move,) = diff(one, other)
    assert (move.visit, move.what, move.was_on, move.on) == (
        "o/maintenance-8", "moved", date(2027, 4, 8), date(2027, 4, 7),
    )  # fmt: skip
    assert diff(one, one) == ()
