"""
Where sessions go: of all placements that keep every window and limit, the one with the least total deviation.

The search is exact. It goes session by session and keeps, for every slot that the last session may have, the cheapest
way to it; what lies before the last seven days no longer matters to what follows. It first allows no more deviation
than the calendar makes certain and then ever more, so that it looks at little beside the best plan's own days. Among
equals the placement whose first difference is earlier wins.
"""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from ketaprogram.protocol.model import CalendarSpacing, ElapsedSpacing
from ketaprogram.schedule.bounding import NEVER, least_ahead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ketaprogram.schedule.opening import Slot
    from ketaprogram.schedule.tasks import Limits, State, Task

__all__ = ["DeadEnd", "candidates", "clock_of", "cost", "is_allowed", "place"]

_DAY = 24 * 60
_WEEK = 7
_HOUR = 60
# A minute of moving a visit outweighs any deviation from the target spacing.
_MOVING = 10**9


@frozen
class DeadEnd:
    """
    There is no placement.

    Args:
        place: Which task cannot be placed, from 0.
        reached: The slots at which the session before it could be, each with the dates of the week before it.
    """

    place: int
    reached: tuple[State, ...]


def place(
    tasks: Sequence[Task], slots_on: Callable[[date], tuple[Slot, ...]], limits: Limits, start: State
) -> tuple[Slot, ...] | DeadEnd:
    """
    A slot for every task, in order.

    Args:
        tasks: The sessions to place.
        slots_on: The open slots of a date.
        limits: What no placement breaks.
        start: The last session that stands already, and the ordinals of the sessions in the six dates before it.

    Returns:
        The slots, or where it ends if there is no placement.
    """
    is_move = any(each.wanted for each in tasks)
    if not is_move and all(not isinstance(each.spacing, ElapsedSpacing) for each in tasks):
        tasks = [attrs.evolve(each, is_any_time=True) for each in tasks]
    budget, widen = 0, 1
    while True:
        ahead = {} if is_move else least_ahead(tasks, slots_on, budget)
        certain = (
            min((ahead[tasks[0].run].get(day, NEVER) for day in _days(tasks[0], start[0])), default=0) if ahead else 0
        )
        if budget < certain < NEVER:
            budget = certain
            continue
        layers, is_cut = _forward(tasks, slots_on, limits, start, budget * _DAY * (_MOVING if is_move else 1), ahead)
        if len(layers) > len(tasks):
            return tuple(_earliest(tasks, slots_on, limits, layers))
        if not is_cut:
            return DeadEnd(len(layers) - 1, tuple(layers[-1]))
        budget, widen = budget + widen, widen * 2


def candidates(
    task: Task, slots_on: Callable[[date], tuple[Slot, ...]], limits: Limits, state: State
) -> Iterator[tuple[Slot, tuple[int, ...]]]:
    """The slots that a task may have, earliest first, each with the sessions in the six dates before it."""
    before, recent = state
    for day in _days(task, before):
        week = tuple(each for each in (*recent, *([before.day] if before else [])) if each > day - _WEEK)
        if len(week) >= limits.in_7_days:
            continue
        for slot in slots_on(date.fromordinal(day)):
            if is_allowed(task, before, slot, limits):
                yield slot, week
                if task.is_any_time:
                    break


def is_allowed(task: Task, before: Slot | None, slot: Slot, limits: Limits) -> bool:
    """Whether a slot keeps the distances from the session before, and is not one that the task cannot have."""
    here = (slot.day, clock_of(slot))
    if here == task.not_at or task.exactly not in {None, here}:
        return False
    if before is None:
        return True
    passed = slot.minute - before.minute
    if passed < limits.gap_minutes:
        return False
    if task.spacing is None or isinstance(task.spacing, CalendarSpacing):
        return True
    return task.spacing.min_hours * _HOUR <= passed and (task.is_late or passed <= task.spacing.max_hours * _HOUR)


def cost(task: Task, before: Slot | None, slot: Slot) -> int:
    """How far a slot is from the target spacing, in minutes; and far above that, from where the visit was."""
    if before is None or task.spacing is None:
        deviation = (slot.day - task.from_day) * _DAY
    elif isinstance(task.spacing, CalendarSpacing):
        deviation = abs(slot.day - before.day - task.spacing.target_days) * _DAY
    else:
        deviation = abs(slot.minute - before.minute - task.spacing.target_hours * _HOUR)
    if task.wanted is None:
        return deviation
    day, clock = task.wanted
    return abs((slot.day - day) * _DAY + clock_of(slot) - clock) * _MOVING + deviation


def _forward(
    tasks: Sequence[Task],
    slots_on: Callable[[date], tuple[Slot, ...]],
    limits: Limits,
    start: State,
    budget: int,
    ahead: Mapping[int, Mapping[int, int]],
) -> tuple[list[dict[State, int]], bool]:
    """For each number of placed sessions, the states within the budget with the least cost of reaching them."""
    layers, is_cut = [{start: 0}], False
    for task in tasks:
        reached: dict[State, int] = {}
        to_come = ahead.get(task.run, {})
        last_day = max(to_come, default=0)
        for state, so_far in layers[-1].items():
            for slot, week in candidates(task, slots_on, limits, state):
                total = so_far + cost(task, state[0], slot)
                foreseen = to_come.get(slot.day, NEVER) if slot.day <= last_day else 0
                if total + foreseen * _DAY > budget:
                    is_cut = True
                elif total < reached.get((slot, week), total + 1):
                    reached[slot, week] = total
        if not reached:
            return layers, is_cut
        layers.append(reached)
    return layers, is_cut


def _earliest(
    tasks: Sequence[Task],
    slots_on: Callable[[date], tuple[Slot, ...]],
    limits: Limits,
    layers: list[dict[State, int]],
) -> Iterator[Slot]:
    """The cheapest way through the layers; among equals the one whose first difference is earlier."""
    left: list[Mapping[State, int]] = [dict.fromkeys(layers[-1], 0)]
    for task, layer in zip(reversed(tasks), reversed(layers[:-1]), strict=True):
        after = left[-1]
        onward: dict[State, int] = {}
        for state in layer:
            ways = [
                after[way] + cost(task, state[0], way[0])
                for way in candidates(task, slots_on, limits, state)
                if way in after
            ]
            if ways:
                onward[state] = min(ways)
        left.append(onward)
    left.reverse()
    (state,) = layers[0]
    for task, here, after in zip(tasks, left, islice(left, 1, None), strict=False):
        remaining = here[state]
        state = next(
            way
            for way in candidates(task, slots_on, limits, state)
            if way in after and after[way] + cost(task, state[0], way[0]) == remaining
        )
        assert state[0] is not None  # noqa: S101  # a way always has a slot
        yield state[0]


def _days(task: Task, before: Slot | None) -> range:
    """The ordinals of the dates that the window of a task allows."""
    if before is None or task.spacing is None:
        return range(task.from_day, task.to_day + 1)
    if isinstance(task.spacing, CalendarSpacing):
        first, last = before.day + task.spacing.min_days, before.day + task.spacing.max_days
    else:
        # A day more on either side: hours that pass need not be whole dates.
        first = before.day + task.spacing.min_hours // 24 - 1
        last = before.day + task.spacing.max_hours // 24 + 2
    return range(max(first, task.from_day), (task.to_day if task.is_late else min(last, task.to_day)) + 1)


def clock_of(slot: Slot) -> int:
    """The minute of the day that the wall shows."""
    return slot.at.hour * _HOUR + slot.at.minute
