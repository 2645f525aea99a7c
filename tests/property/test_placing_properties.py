"""Placements are exact: the same as trying every one, in cost and in which of the equals is taken."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import product

import attrs
from hypothesis import event, given
from hypothesis import strategies as st
from tests.scheduling import days

from ketaprogram.protocol.model import CalendarSpacing, ElapsedSpacing
from ketaprogram.schedule.bounding import NEVER, least_ahead
from ketaprogram.schedule.opening import Slot, slot_at
from ketaprogram.schedule.placing import DeadEnd, place
from ketaprogram.schedule.tasks import Limits, Task

ZONE = "America/New_York"
FIRST = date(2027, 3, 10)  # the clocks go forward on the 14th
DAYS = 16


def clock(slot: Slot) -> int:
    return slot.at.hour * 60 + slot.at.minute


def fits(task: Task, before: Slot | None, slot: Slot, given: list[Slot], limits: Limits) -> bool:
    """Written from the laws, not from the code."""
    if (slot.day, clock(slot)) == task.not_at or task.exactly not in {None, (slot.day, clock(slot))}:
        return False
    if not task.from_day <= slot.day <= task.to_day:
        return False
    if before is not None:
        gap_days, passed = slot.day - before.day, slot.minute - before.minute
        if passed < limits.gap_minutes or passed <= 0:
            return False
        match task.spacing:
            case CalendarSpacing(min_days=low, max_days=high):
                if gap_days < low or (gap_days > high and not task.is_late):
                    return False
            case ElapsedSpacing(min_hours=low, max_hours=high):
                if passed < low * 60 or (passed > high * 60 and not task.is_late):
                    return False
    return sum(slot.day - each.day < 7 for each in given) < limits.in_7_days


def deviation(task: Task, before: Slot | None, slot: Slot) -> tuple[int, int]:
    moved = 0
    if task.wanted is not None:
        moved = abs((slot.day - task.wanted[0]) * 1440 + clock(slot) - task.wanted[1])
    if before is None or task.spacing is None:
        return moved, (slot.day - task.from_day) * 1440
    if isinstance(task.spacing, CalendarSpacing):
        return moved, abs(slot.day - before.day - task.spacing.target_days) * 1440
    return moved, abs(slot.minute - before.minute - task.spacing.target_hours * 60)


def by_trying_all(tasks, slots, limits):
    best = None
    for chosen in product(slots, repeat=len(tasks)):
        total, before, given = (0, 0), None, []
        for task, slot in zip(tasks, chosen, strict=True):
            if not fits(task, before, slot, given, limits):
                break
            moved, off = deviation(task, before, slot)
            total, before = (total[0] + moved, total[1] + off), slot
            given.append(slot)
        else:
            key = (total, [each.minute for each in chosen])
            if best is None or key < best[0]:
                best = (key, chosen)
    return best


def spacings():
    def calendar(low, more, most):
        return days(low, low + more, low + more + most)

    def elapsed(low, more, most):
        return ElapsedSpacing(min_hours=low, target_hours=low + more, max_hours=low + more + most)

    return st.builds(calendar, st.integers(1, 4), st.integers(0, 2), st.integers(0, 2)) | st.builds(
        elapsed, st.integers(20, 72), st.integers(0, 30), st.integers(0, 30)
    )


@st.composite
def problems(draw):
    at = draw(st.sampled_from([(time(9),), (time(8, 30), time(13)), (time(2, 30), time(9))]))
    open_days = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=DAYS, max_size=DAYS))
    slots = [
        slot
        for number, is_open in enumerate(open_days)
        if is_open
        for each in at
        if (slot := slot_at(FIRST + timedelta(days=number), each, ZONE)) is not None
    ][:14]
    first, last = FIRST.toordinal(), (FIRST + timedelta(days=DAYS - 1)).toordinal()
    alike = draw(st.booleans())
    shared = draw(spacings())
    places = st.tuples(st.integers(first, last), st.sampled_from([each.hour * 60 + each.minute for each in at]))
    tasks = [
        Task(
            number=number + 1,
            spacing=None if number == 0 else shared if alike else draw(spacings()),
            run=0 if alike else number // 2,
            from_day=first,
            to_day=min(last, first + draw(st.integers(0, 3))) if number == 0 else last,
            is_late=number == 1 and draw(st.booleans()),
            wanted=draw(st.none() | places),
            not_at=draw(st.none() | places),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    if draw(st.booleans()):
        tasks = [attrs.evolve(each, wanted=None) for each in tasks]
    return tasks, slots, Limits(gap_minutes=draw(st.integers(1, 72)) * 60, in_7_days=draw(st.integers(1, 4)))


def on(slots):
    return lambda day: tuple(each for each in slots if each.on == day)


@given(problems())
def test_a_placement_is_the_best_of_all(problem):
    tasks, slots, limits = problem
    expected, found = by_trying_all(tasks, slots, limits), place(tasks, on(slots), limits, (None, ()))
    event("placed" if expected else "dead end")
    if expected is None:
        assert isinstance(found, DeadEnd)
        assert by_trying_all(tasks[: found.place], slots, limits) is not None
        assert by_trying_all(tasks[: found.place + 1], slots, limits) is None
    else:
        assert [each.minute for each in found] == [each.minute for each in expected[1]]


@given(problems(), st.integers(0, 12))
def test_what_is_foreseen_is_never_more_than_what_comes(problem, most_days):
    tasks, slots, limits = problem
    tasks = [attrs.evolve(each, wanted=None) for each in tasks]
    ahead = least_ahead(tasks, on(slots), most_days)
    best = by_trying_all(tasks, slots, limits)
    if best is None or not ahead or best[0][0][1] > most_days * 1440:
        return
    chosen = best[1]
    for number, (task, slot) in enumerate(zip(tasks, chosen, strict=True)):
        rest = sum(deviation(tasks[n], chosen[n - 1], chosen[n])[1] for n in range(number + 1, len(tasks)))
        foreseen = ahead[task.run].get(slot.day, 0)
        assert foreseen * 1440 <= rest
        assert foreseen < NEVER
