"""Why a session has no place, and the smallest change of one thing that would give it one. No limit is ever relaxed."""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import TYPE_CHECKING, get_args

import attrs
from attrs import frozen

from ketaprogram.protocol.model import CalendarSpacing, ElapsedSpacing
from ketaprogram.schedule.model import Conflict, Relaxation, RelaxationKind
from ketaprogram.schedule.opening import blocked_by, slot_at, slots
from ketaprogram.schedule.placing import candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ketaprogram.schedule.model import Availability, Binding, Who
    from ketaprogram.schedule.opening import Slot
    from ketaprogram.schedule.tasks import Limits, State, Task

__all__ = ["Surroundings", "conflict", "in_words"]

_FARTHEST = 120
_DAY = 24 * 60
_HALF_HOURS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 30))


@frozen
class Surroundings:
    """
    What a placement depends on besides its tasks.

    Args:
        time_zone: IANA zone of dates and wall times.
        at: Wall times at which a visit may begin.
        availabilities: Who has to be available.
        needs: From how many minutes before a visit begins, and until how many after, each of them is needed.
        limits: What no placement breaks.
        last_day: Ordinal of the last date on which the order allows a session.
    """

    time_zone: str
    at: tuple[time, ...]
    availabilities: tuple[Availability, ...]
    needs: Mapping[Who, tuple[int, int]]
    limits: Limits
    last_day: int

    def slots(self, *, besides: Mapping[date, tuple[time, ...]] | None = None) -> Callable[[date], tuple[Slot, ...]]:
        """The open slots of a date."""
        return slots(self.time_zone, self.at, self.availabilities, self.needs, besides=besides)


def conflict(task: Task, reached: tuple[State, ...], around: Surroundings) -> Conflict:
    """
    What stands against a task, and what would help it, the smallest change first.

    Args:
        task: The session that has no place.
        reached: Where the session before it could be.
        around: What the placement depends on.
    """
    existing, half_hours = (_existing(around.time_zone, at) for at in (around.at, _HALF_HOURS))
    unlimited = attrs.evolve(around.limits, gap_minutes=0, in_7_days=_FARTHEST)
    in_time = attrs.evolve(around.limits, in_7_days=_FARTHEST)
    wanted = sorted(
        {slot for state in reached for slot, _ in candidates(task, existing, around.limits, state)},
        key=lambda each: each.minute,
    )
    blocking = [blocked_by(slot, around.availabilities, around.needs) for slot in wanted]
    fewest = min(blocking, key=len) if blocking else ()
    binding: Binding = "availability"
    if task.exactly is not None:
        binding = "asked-time"
    elif not _first(task, reached, half_hours, unlimited):
        binding = "order-validity" if task.to_day == around.last_day else "window"
    elif not _first(task, reached, existing, unlimited):
        binding = "time-of-day"
    elif not _first(task, reached, existing, in_time):
        binding = "gap-hours"
    elif not wanted:
        binding = "sessions-in-7-days"
    helpful = [
        *_opened(wanted, blocking),
        *_widened(task, reached, around),
        *_at_another_time(task, reached, around),
    ]
    return Conflict(
        session=task.number,
        binding=binding,
        who=fewest,
        relaxations=tuple(sorted(helpful, key=lambda each: (each.days, _EASIEST_FIRST.index(each.what)))),
    )


def in_words(found: Conflict) -> str:
    """A conflict as a sentence, without any date."""
    against = _BINDING[found.binding].format(who=" and ".join(found.who))
    helpful = [_HELP[each.what].format(who=each.who, days=each.days) for each in found.relaxations[:1]]
    return f"session {found.session} has no place: {against}; " + (
        f"it would have one {helpful[0]}" if helpful else "no single change would give it one"
    )


def _existing(time_zone: str, at: tuple[time, ...]) -> Callable[[date], tuple[Slot, ...]]:
    """The slots of a date whoever is available."""

    @cache
    def on_day(on: date) -> tuple[Slot, ...]:
        return tuple(each for each in (slot_at(on, clock, time_zone) for clock in at) if each is not None)

    return on_day


def _opened(wanted: Sequence[Slot], blocking: Sequence[tuple[Who, ...]]) -> Iterator[Relaxation]:
    """The first day on which one more person would have to be available."""
    alone: dict[Who, date] = {}
    for slot, who in zip(wanted, blocking, strict=True):
        if len(who) == 1:
            alone.setdefault(who[0], slot.on)
    for one, on in alone.items():
        yield Relaxation(what="availability", who=one, on=on, days=1)


def _widened(task: Task, reached: tuple[State, ...], around: Surroundings) -> Iterator[Relaxation]:
    """How many days later, or earlier, the window or the order would have to end or begin."""
    slots_on = around.slots()

    def least(wider: Task, days: Callable[[Slot | None, Slot], int]) -> int | None:
        found = [
            days(state[0], slot) for state in reached for slot, _ in candidates(wider, slots_on, around.limits, state)
        ]
        return min((each for each in found if each > 0), default=None)

    needed: Mapping[RelaxationKind, int | None] = {
        "window-later": least(_longer(task, around.last_day), lambda before, slot: _beyond(task, before, slot)),
        "window-earlier": least(_sooner(task), lambda before, slot: _ahead(task, before or slot, slot)),
        "order-validity": None
        if task.to_day < around.last_day
        else least(attrs.evolve(task, to_day=task.to_day + _FARTHEST), lambda _, slot: slot.day - task.to_day),
    }
    for what, days in needed.items():
        if days is not None:
            yield Relaxation(what=what, days=days)


def _at_another_time(task: Task, reached: tuple[State, ...], around: Surroundings) -> Iterator[Relaxation]:
    """The first half hour at which a visit could begin instead."""
    slots_on = attrs.evolve(around, at=_HALF_HOURS).slots()
    found = _first(task, reached, slots_on, around.limits)
    if found is not None:
        yield Relaxation(what="time-of-day", on=found.on, at=found.at, days=0)


def _first(
    task: Task, reached: tuple[State, ...], slots_on: Callable[[date], tuple[Slot, ...]], limits: Limits
) -> Slot | None:
    """The earliest slot that a task could have."""
    found = (next(candidates(task, slots_on, limits, state), None) for state in reached)
    return min((each[0] for each in found if each is not None), key=lambda each: each.minute, default=None)


def _longer(task: Task, last_day: int) -> Task:
    spacing = task.spacing
    if spacing is None:
        return attrs.evolve(task, to_day=min(last_day, task.to_day + _FARTHEST))
    if isinstance(spacing, CalendarSpacing):
        return attrs.evolve(task, spacing=attrs.evolve(spacing, max_days=spacing.max_days + _FARTHEST))
    return attrs.evolve(task, spacing=attrs.evolve(spacing, max_hours=spacing.max_hours + 24 * _FARTHEST))


def _sooner(task: Task) -> Task:
    spacing = task.spacing
    if spacing is None:
        return task
    if isinstance(spacing, CalendarSpacing):
        return attrs.evolve(task, spacing=attrs.evolve(spacing, min_days=1))
    return attrs.evolve(task, spacing=attrs.evolve(spacing, min_hours=1))


def _beyond(task: Task, before: Slot | None, slot: Slot) -> int:
    """Days by which a slot lies after the window."""
    if task.spacing is None or before is None:
        return slot.day - task.to_day
    if isinstance(task.spacing, CalendarSpacing):
        return slot.day - before.day - task.spacing.max_days
    return -((before.minute + task.spacing.max_hours * 60 - slot.minute) // _DAY)


def _ahead(task: Task, before: Slot, slot: Slot) -> int:
    """Days by which a slot lies before the window; the first of all sessions has none before it."""
    if isinstance(task.spacing, ElapsedSpacing):
        return -((slot.minute - before.minute - task.spacing.min_hours * 60) // _DAY)
    return before.day + task.spacing.min_days - slot.day if task.spacing else 0


_BINDING: Mapping[Binding, str] = {
    "availability": "{who} not available at any time that its window allows",
    "gap-hours": "every time in its window is closer to the session before than the template allows",
    "sessions-in-7-days": "every time in its window would be one session too many within 7 days",
    "order-validity": "its window lies outside the days on which the order is valid",
    "window": "its window has no day left",
    "asked-time": "the time that was asked for is not one that its window, the limits and everybody's hours allow",
    "time-of-day": "the wall time does not exist, or exists twice, on the days of its window",
}

_EASIEST_FIRST = get_args(RelaxationKind)
_HELP = {
    "availability": "with {who} available on one more day",
    "window-later": "with a window that ends {days} d later",
    "window-earlier": "with a window that begins {days} d earlier",
    "order-validity": "with an order that is valid {days} d longer",
    "time-of-day": "at another time of day",
}
