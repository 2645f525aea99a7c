"""Laws 6 and 7 over whole histories: whatever happens to a schedule, no limit breaks, and what is past stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import attrs
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.scheduling import CITED, days, phase, signed, template

from ketaprogram._time import elapsed, wall
from ketaprogram.errors import ScheduleError, StateError
from ketaprogram.protocol.model import CalendarWindow, Contact, ElapsedSpacing, GapRule
from ketaprogram.schedule import diff, instant_of, plan_visits, replan
from ketaprogram.schedule.model import (
    Availability,
    AvailabilityChanged,
    Cancelled,
    DayOpenings,
    Given,
    Held,
    Missed,
    Moved,
    Opening,
    OrderReplaced,
    Resumed,
    WeeklyOpening,
    ZoneChanged,
)
from ketaprogram.schedule.settling import begins_at

START = date(2027, 2, 22)
ZONES = ("America/Denver", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIMES = (time(9), time(13, 30))


@st.composite
def templates(draw):
    twice = phase(days(2, 3, 4), days(2, 4, 5), sessions=draw(st.integers(1, 4)))
    elapsed_ = ElapsedSpacing(min_hours=60, target_hours=72, max_hours=120)
    weekly = phase(
        draw(st.sampled_from([days(5, 7, 9), days(6, 7, 8), elapsed_])),
        sessions=draw(st.sampled_from([3, None])),
        name="maintenance",
        intervals_days=(7, 14),
    )
    steps = draw(st.permutations(["continue", "step-back", "re-consult", "restart"]))[: draw(st.integers(0, 3))]
    rules = [GapRule(over_days=7 * (n + 1), then=then, citations=CITED) for n, then in enumerate(steps)]
    contacts = [
        Contact(
            id=f"contact-{number}",
            what=draw(st.sampled_from(["consult", "preparation", "integration", "check-in"])),
            title="Contact",
            by="clinician",
            sessions=tuple(draw(st.lists(st.integers(1, 4), max_size=2, unique=True))),
            every_sessions=draw(st.none() | st.integers(1, 4)),
            every_days=draw(st.none() | st.integers(7, 30)),
            window=draw(st.sampled_from([CalendarWindow(from_day=-3, to_day=0), CalendarWindow(from_day=1, to_day=2)])),
            holds=draw(st.booleans()),
            citations=CITED,
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    return template(
        twice,
        weekly,
        gap_hours=draw(st.sampled_from([24, 48, 49])),
        sessions_in_7_days=draw(st.integers(1, 3)),
        gap_rules=tuple(rules),
        contacts=tuple(contacts),
    )


@st.composite
def availabilities(draw):
    found = []
    for who in draw(st.lists(st.sampled_from(["person", "clinic", "sitter"]), max_size=2, unique=True)):
        open_on = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=4, max_size=7, unique=True))
        closed = draw(st.lists(st.integers(0, 60), max_size=12, unique=True))
        found.append(
            Availability(
                who=who,
                time_zone=draw(st.sampled_from(ZONES[:2])),
                weekly=tuple(WeeklyOpening(weekday=day, opens=time(0)) for day in open_on),
                exceptions=tuple(DayOpenings(on=START + timedelta(days=number)) for number in closed),
            )
        )
    return tuple(found)


class Histories(RuleBasedStateMachine):
    @initialize(data=st.data())
    def begin(self, data):
        while True:
            self.protocol = data.draw(templates())
            self.order = signed(data.draw(st.integers(1, 8)), valid_until=START + timedelta(days=200))
            earlier = tuple(
                datetime(2027, 2, 20, 9, tzinfo=UTC) - timedelta(days=n)
                for n in data.draw(st.sets(st.integers(0, 9), max_size=3))
            )
            try:
                self.schedule = plan_visits(
                    self.order,
                    self.protocol,
                    start=START,
                    start_by=START + timedelta(days=6),
                    at=TIMES,
                    time_zone=data.draw(st.sampled_from(ZONES)),
                    availabilities=data.draw(availabilities()),
                    earlier=earlier,
                )
                break
            except ScheduleError:
                continue
        self.now = datetime(2027, 2, 21, tzinfo=UTC)
        self.asked = set()
        self.changes = 0

    def sessions(self, *, status):
        found = [each for each in self.schedule.visits if each.kind == "session" and each.status == status]
        return sorted(found, key=begins_at)

    def to_come(self):
        return [each for each in self.sessions(status="planned") if begins_at(each) > self.now]

    def try_change(self, *changes, order=None):
        before = self.schedule
        try:
            again = replan(before, *changes, order=self.order, protocol=self.protocol, now=self.now)
        except (ScheduleError, StateError) as error:
            note(f"refused: {error}")
            assert not any(text in str(error) for text in ("2027", "Denver", "London"))
            return
        assert again == replan(before, *changes, order=self.order, protocol=self.protocol, now=self.now)
        self.schedule, self.order = again.schedule, order or self.order
        assert {each.visit for each in again.moves} == {each.visit for each in diff(before, self.schedule)}
        assert all(each.why for each in again.moves)
        kept = {each.id: each for each in self.schedule.visits}
        changed = {each.visit for each in changes if hasattr(each, "visit")}
        for each in before.visits:
            if each.status != "planned" and each.id not in changed:
                assert kept[each.id] == each
        ids = {each.number: each.id for each in before.visits if each.kind == "session" and each.status == "planned"}
        for each in self.schedule.visits:
            if each.kind == "session" and each.status == "planned" and each.number in ids:
                assert each.id == ids[each.number] or ids[each.number] in changed
        self.changes += 1

    @rule(hours=st.integers(1, 24 * 10), is_given=st.booleans(), late=st.integers(0, 90))
    def time_passes(self, hours, is_given, late):
        """Time goes on to the next session at most, and somebody says what became of it."""
        coming = self.to_come()
        then = self.now + timedelta(hours=hours)
        if coming and begins_at(coming[0]) <= then:
            visit = coming[0]
            self.now = begins_at(visit) + timedelta(hours=3)
            given = Given(visit=visit.id, given_at=begins_at(visit) + timedelta(minutes=late))
            self.must_change(given if is_given else Missed(visit=visit.id))
        else:
            self.now = then

    def must_change(self, change):
        """What happened has happened; if nothing can be planned after it, the rest is put on hold."""
        before = self.changes
        self.try_change(change)
        if self.changes == before:
            self.try_change(change, Held())
        assert self.changes > before

    @precondition(lambda self: self.to_come())
    @rule(data=st.data())
    def one_is_cancelled(self, data):
        self.try_change(Cancelled(visit=data.draw(st.sampled_from(self.to_come())).id))

    @precondition(lambda self: self.to_come())
    @rule(data=st.data(), days_=st.integers(-4, 12), at=st.sampled_from([time(8, 15), time(9), time(16)]))
    def one_is_moved(self, data, days_, at):
        visit = data.draw(st.sampled_from(self.to_come()))
        on = visit.on + timedelta(days=days_)
        self.try_change(Moved(visit=visit.id, on=on, at=at))
        self.asked.add((on, at))

    @rule(days_=st.none() | st.integers(0, 45))
    def it_is_held(self, days_):
        today = wall(self.now, self.schedule.time_zone)[0]
        self.try_change(Held(until=None if days_ is None else today + timedelta(days=days_)))

    @precondition(lambda self: self.schedule.on_hold)
    @rule(days_=st.integers(0, 10))
    def it_is_resumed(self, days_):
        self.try_change(Resumed(on=wall(self.now, self.schedule.time_zone)[0] + timedelta(days=days_)))

    @rule(zone=st.sampled_from(ZONES))
    def the_person_moves(self, zone):
        self.try_change(ZoneChanged(time_zone=zone))

    @rule(changed=availabilities())
    def others_are_available(self, changed):
        self.try_change(AvailabilityChanged(availabilities=changed))

    @rule(sessions=st.integers(1, 10), interval=st.sampled_from([None, 7, 14]))
    def the_order_is_replaced(self, sessions, interval):
        order = attrs.evolve(self.order, id=f"o{self.changes}", sessions=sessions, interval_days=interval)
        self.try_change(OrderReplaced(order=order), order=order)

    @invariant()
    def no_limit_breaks(self):
        schedule = self.schedule
        assert schedule.order == self.order.id
        planned, given = self.to_come(), self.sessions(status="given")
        # What was given is a fact; a limit binds every pair and every week in which something is still planned.
        instants = sorted([*schedule.earlier, *map(begins_at, given), *map(instant_of, planned)])
        coming = {instant_of(each) for each in planned}
        for one, two in pairwise(instants):
            if two in coming:
                assert elapsed(one, two) >= timedelta(hours=self.protocol.gap_hours)
        dates = [(wall(each, schedule.time_zone)[0], each in coming) for each in instants]
        for last, is_planned in dates:
            week = [day for day, _ in dates if timedelta() <= last - day < timedelta(days=7)]
            assert not is_planned or len(week) <= self.protocol.sessions_in_7_days
        numbers = [each.number for each in (*given, *planned)]
        assert numbers == sorted(set(numbers))
        assert all(number <= self.order.sessions for number in [each.number for each in planned])
        assert not (schedule.on_hold and planned)
        for each in planned:
            assert self.order.valid_from <= each.on <= self.order.valid_until
            assert each.earliest <= each.on <= each.latest
            assert each.time_zone == schedule.time_zone
            assert each.at in TIMES or (each.on, each.at) in self.asked or each.at in {at for _, at in self.asked}
            if schedule.resume_on:
                assert each.on >= schedule.resume_on

    @invariant()
    def visits_are_in_order_and_ids_are_unique(self):
        visits = self.schedule.visits
        assert len({each.id for each in visits}) == len(visits)
        assert [each.on for each in visits] == sorted(each.on for each in visits)

    @invariant()
    def no_contact_is_at_the_time_of_a_session(self):
        taken = {(each.on, each.at) for each in self.schedule.sessions}
        for each in self.schedule.visits:
            if each.kind != "session" and begins_at(each) > self.now and "has to be arranged" not in each.why:
                assert (each.on, each.at) not in taken

    @invariant()
    def everybody_is_there(self):
        for each in self.schedule.availabilities:
            if each.who == "clinic":
                hours = {day.on: day.openings for day in each.exceptions}
                usual = {opening.weekday for opening in each.weekly}
                for visit in self.to_come():
                    on = wall(instant_of(visit), each.time_zone)[0]
                    assert hours.get(on, (Opening(opens=time(0)),))
                    assert WEEKDAYS[on.weekday()] in usual


Histories.TestCase.settings = settings(stateful_step_count=14)
TestHistories = Histories.TestCase
