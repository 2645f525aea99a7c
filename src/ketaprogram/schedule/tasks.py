"""A session that needs a place, and what no placement breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from ketaprogram.protocol.model import Spacing
    from ketaprogram.schedule.opening import Slot

__all__ = ["Limits", "State", "Task"]

State = tuple["Slot | None", tuple[int, ...]]
"""The slot of the last session (None before the first) and the ordinals of the sessions in the six dates before it."""


@frozen
class Task:
    """
    A session that needs a place.

    Args:
        number: Number of the session.
        spacing: Distance from the session before; None for the first of a course, which is ``from_day`` to ``to_day``.
        run: Sessions with the same number belong to one phase.
        from_day: Ordinal of the first date that is allowed.
        to_day: Ordinal of the last date that is allowed.
        is_late: The distance from the session before is already longer than its window, or may have to be.
        wanted: Where it was, as ordinal and minute of the day; moving it away costs more than any deviation.
        not_at: A place that it cannot have, in the same form.
        exactly: The only place that it can have, in the same form.
        is_any_time: Of the open times of a day only the earliest matters, as distances are in days.
    """

    number: int
    spacing: Spacing | None
    run: int
    from_day: int
    to_day: int
    is_late: bool = False
    wanted: tuple[int, int] | None = None
    not_at: tuple[int, int] | None = None
    exactly: tuple[int, int] | None = None
    is_any_time: bool = False


@frozen
class Limits:
    """
    What no placement breaks.

    Args:
        gap_minutes: No two sessions closer than this, in minutes that really pass.
        in_7_days: No more sessions than this in any seven consecutive dates.
    """

    gap_minutes: int
    in_7_days: int
