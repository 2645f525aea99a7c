"""
How much deviation is certain to come after a session on some day, at least.

The bound forgets how many sessions a phase has and keeps their distances and the open days only, so it is found in one
pass over the calendar. It is never above the truth; `placing` uses it to leave out what cannot be best any more.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from ketaprogram.protocol.model import CalendarSpacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ketaprogram.schedule.opening import Slot
    from ketaprogram.schedule.tasks import Task

__all__ = ["NEVER", "least_ahead"]

NEVER = 10**6
"""More days of deviation than any plan has: from here the end is out of reach."""


def least_ahead(
    tasks: Sequence[Task], slots_on: Callable[[date], tuple[Slot, ...]], most_days: int
) -> Mapping[int, Mapping[int, int]]:
    """
    For each phase, by the ordinal of a session's date, the least deviation in days of all the sessions after it.

    Args:
        tasks: The sessions to place.
        slots_on: The open slots of a date.
        most_days: The bound is for placements that deviate by no more than this in all: none of them ends before the
            day on which the targets end, less these days.

    Returns:
        Nothing where distances are hours or may be longer than their window: the bound is 0 then.
    """
    spacings = [each.spacing for each in tasks[1:]]
    if (
        not spacings
        or any(each.is_late for each in tasks[1:])
        or not all(isinstance(each, CalendarSpacing) for each in spacings)
    ):
        return {}
    calendar = [each for each in spacings if isinstance(each, CalendarSpacing)]
    start = tasks[0].from_day
    end = start + sum(each.target_days for each in calendar) - most_days
    is_open = {day: bool(slots_on(date.fromordinal(day))) for day in range(start, end)}
    ahead: dict[int, dict[int, int]] = {}
    onward: dict[int, int] | None = None
    onto: dict[int, int] = {}
    for run in sorted({each.run for each in tasks}, reverse=True):
        within = _distances(two for one, two in pairwise(tasks) if one.run == two.run == run)
        here: dict[int, int] = {}
        for day in range(end - 1, start - 1, -1):
            if is_open[day]:
                stay = [off + (here.get(day + gap, NEVER) if day + gap < end else 0) for gap, off in within.items()]
                leave = (
                    [off + (onward.get(day + gap, NEVER) if day + gap < end else 0) for gap, off in onto.items()]
                    if onward is not None
                    else []
                )
                here[day] = min([NEVER, *stay, *leave])
        ahead[run], onward = here, here
        onto = _distances(two for one, two in pairwise(tasks) if one.run < two.run == run)
    return ahead


def _distances(tasks: Iterable[Task]) -> dict[int, int]:
    """The distances in days that some sessions allow, each with the least deviation that it costs."""
    found: dict[int, int] = {}
    for each in {each.spacing for each in tasks if isinstance(each.spacing, CalendarSpacing)}:
        for gap in range(each.min_days, each.max_days + 1):
            off = abs(gap - each.target_days)
            found[gap] = min(off, found.get(gap, off))
    return found
