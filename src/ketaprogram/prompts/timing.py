"""On which days prompts are offered: densest in the first days after a session, then at a rhythm of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.prompts.catalogue import Library, library

if TYPE_CHECKING:
    from ketaprogram.prompts.model import Phase

__all__ = ["prompt_days", "prompts_on"]


def prompt_days(phase: Phase, first: int, last: int, *, prompts: Library | None = None) -> tuple[int, ...]:
    """
    The days on which a phase offers prompts, both ends included, counted from the session.

    Source:
        int.cadence_default (a proposal): the evening, days 1, 2, 3, 7 and 14; maintenance weekly, as the measures are
        (home.checkin_default, a proposal).

    Example:
        >>> prompt_days("integration", 0, 60)
        (0, 1, 2, 3, 7, 14)
        >>> prompt_days("maintenance", 15, 45)
        (21, 28, 35, 42)
    """
    found = prompts or library()
    return tuple(day for day in range(first, last + 1) if _planned(phase, day, found))


def prompts_on(phase: Phase, day: int, prompts: Library | None = None) -> int:
    """
    How many prompts the rhythm has for a day; 1 on a day between, for somebody who asks for one.

    Example:
        >>> prompts_on("integration", 2), prompts_on("integration", 5)
        (3, 1)
    """
    return _planned(phase, day, prompts or library()) or 1


def _planned(phase: Phase, day: int, found: Library) -> int:
    for rhythm in found.settings.rhythms:
        if rhythm.phase != phase:
            continue
        for each in rhythm.days:
            if each.day == day:
                return each.count
        last = max(rhythm.days, key=lambda each: each.day)
        if rhythm.then_every_days is not None and day > last.day:
            return last.count if (day - last.day) % rhythm.then_every_days == 0 else 0
    return 0
