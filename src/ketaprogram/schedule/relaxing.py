"""Why a session has no place, and the smallest change of one thing that would give it one. No limit is ever relaxed."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from ketaprogram.protocol.model import CalendarSpacing
from ketaprogram.schedule.model import Conflict, Relaxation
from ketaprogram.schedule.opening import blocked_by, slot_at, slots
from ketaprogram.schedule.placing import candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ketaprogram.schedule.model import Availability, Binding, Who
    from ketaprogram.schedule.opening import Slot
    from ketaprogram.schedule.placing import Limits, State, Task

__all__ = ["Surroundings", "conflict", "in_words"]

_FARTHEST = 366
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

    def fits(one: Task, slots_on: Callable[[date], tuple[Slot, ...]], limits: Limits = around.limits) -> list[Slot]:
        return [slot for state in reached for slot, _ in candidates(one, slots_on, limits, state)]

    def existing(on: date) -> tuple[Slot, ...]:
        return tuple(each for each in (slot_at(on, clock, around.time_zone) for clock in around.at) if each is not None)

    unlimited = attrs.evolve(around.limits, gap_minutes=0, in_7_days=_FARTHEST)
    in_time = attrs.evolve(around.limits, in_7_days=_FARTHEST)
    wanted = fits(task, existing)
    who = tuple(
        dict.fromkeys(each for slot in wanted for each in blocked_by(slot, around.availabilities, around.needs))
    )
    binding: Binding = "availability"
    if not wanted and not fits(attrs.evolve(task, to_day=task.to_day + _FARTHEST), existing, unlimited):
        binding = "time-of-day"
    elif not fits(task, existing, unlimited):
        binding = "order-validity" if task.to_day == around.last_day else "window"
    elif not fits(task, existing, in_time):
        binding = "gap-hours"
    elif not wanted:
        binding = "sessions-in-7-days"
    helpful = [*_opened(wanted, who, around), *_widened(task, fits, around), *_at_another_time(task, fits, around)]
    return Conflict(
        session=task.number, binding=binding, who=who, relaxations=tuple(sorted(helpful, key=lambda each: each.days))
    )


def in_words(found: Conflict) -> str:
    """A conflict as a sentence, without any date."""
    against = _BINDING[found.binding].format(who=" and ".join(found.who))
    helpful = [_HELP[each.what].format(who=each.who, days=each.days) for each in found.relaxations[:1]]
    return f"session {found.session} has no place: {against}; " + (
        f"it would have one {helpful[0]}" if helpful else "no single change would give it one"
    )


def _opened(wanted: list[Slot], blocking: tuple[Who, ...], around: Surroundings) -> Iterator[Relaxation]:
    """The first day on which one more person would have to be available."""
    for who in blocking:
        days = [slot.on for slot in wanted if blocked_by(slot, around.availabilities, around.needs) == (who,)]
        if days:
            yield Relaxation(what="availability", who=who, on=min(days), days=1)


def _widened(task: Task, fits: Callable[..., list[Slot]], around: Surroundings) -> Iterator[Relaxation]:
    """How many days later, or earlier, the window or the order would have to end or begin."""
    slots_on = around.slots()
    for days in range(1, _FARTHEST):
        longer = _longer(task, days)
        if longer.to_day <= around.last_day and fits(longer, slots_on):
            yield Relaxation(what="window-later", days=days)
            break
    for days in range(1, _FARTHEST):
        sooner = _sooner(task, days)
        if sooner is None:
            break
        if fits(sooner, slots_on):
            yield Relaxation(what="window-earlier", days=days)
            break
    for days in range(1, _FARTHEST):
        if task.to_day != around.last_day:
            break
        if fits(attrs.evolve(task, to_day=task.to_day + days), slots_on):
            yield Relaxation(what="order-validity", days=days)
            break


def _at_another_time(task: Task, fits: Callable[..., list[Slot]], around: Surroundings) -> Iterator[Relaxation]:
    """The first half hour of a day at which a visit could begin instead."""
    slots_on = attrs.evolve(around, at=_HALF_HOURS).slots()
    found = fits(attrs.evolve(task, exactly=None), slots_on)
    if found:
        first = min(found, key=lambda each: each.minute)
        yield Relaxation(what="time-of-day", on=first.on, at=first.at, days=0)


def _longer(task: Task, days: int) -> Task:
    if task.spacing is None:
        return attrs.evolve(task, to_day=task.to_day + days)
    if isinstance(task.spacing, CalendarSpacing):
        return attrs.evolve(task, spacing=attrs.evolve(task.spacing, max_days=task.spacing.max_days + days))
    return attrs.evolve(task, spacing=attrs.evolve(task.spacing, max_hours=task.spacing.max_hours + 24 * days))


def _sooner(task: Task, days: int) -> Task | None:
    if isinstance(task.spacing, CalendarSpacing) and task.spacing.min_days > days:
        return attrs.evolve(task, spacing=attrs.evolve(task.spacing, min_days=task.spacing.min_days - days))
    return None


_BINDING: Mapping[Binding, str] = {
    "availability": "{who} not available at any time that its window allows",
    "gap-hours": "every time in its window is closer to the session before than the template allows",
    "sessions-in-7-days": "every time in its window would be one session too many within 7 days",
    "order-validity": "its window lies outside the days on which the order is valid",
    "window": "its window has no day left",
    "time-of-day": "the wall time does not exist, or exists twice, on the days of its window",
}

_HELP = {
    "availability": "with {who} available on one more day",
    "window-later": "with a window that ends {days} d later",
    "window-earlier": "with a window that begins {days} d earlier",
    "order-validity": "with an order that is valid {days} d longer",
    "time-of-day": "at another time of day",
}
