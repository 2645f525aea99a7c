"""Laying sessions out: what their placement depends on, and the visits that come of it with windows and reasons."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import attrs

from ketaprogram.errors import ScheduleError
from ketaprogram.protocol.model import CalendarSpacing
from ketaprogram.schedule.contacting import contact_visits
from ketaprogram.schedule.model import Visit
from ketaprogram.schedule.opening import Slot, blocked_by, slot_at, slot_of, slots
from ketaprogram.schedule.placing import is_allowed
from ketaprogram.schedule.relaxing import Surroundings, conflict, in_words
from ketaprogram.schedule.tasks import Limits, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, time

    from ketaprogram.protocol.coursing import Step
    from ketaprogram.protocol.model import Order, Protocol
    from ketaprogram.schedule.model import Availability, Who
    from ketaprogram.schedule.tasks import State

__all__ = [
    "contacts_of",
    "in_order",
    "later_than",
    "no_place",
    "open_for",
    "session_visits",
    "state_after",
    "surroundings",
]


def surroundings(
    order: Order,
    protocol: Protocol,
    at: tuple[time, ...],
    time_zone: str,
    availabilities: tuple[Availability, ...],
) -> Surroundings:
    """What the placement of an order's sessions depends on."""
    stay = protocol.companion
    return Surroundings(
        time_zone=time_zone,
        at=tuple(sorted(set(at))),
        availabilities=availabilities,
        needs={
            "person": (0, protocol.observation_minutes),
            "clinic": (0, protocol.observation_minutes),
            "sitter": (stay.before_minutes, stay.after_minutes) if stay else (0, protocol.observation_minutes),
        },
        limits=Limits(gap_minutes=protocol.gap_hours * 60, in_7_days=protocol.sessions_in_7_days),
        last_day=order.valid_until.toordinal(),
    )


def state_after(given: Sequence[datetime], time_zone: str) -> State:
    """The state that a placement begins in, after sessions that were given at some instants."""
    if not given:
        return None, ()
    *before, last = [slot_of(each, time_zone) for each in sorted(given)]
    return last, tuple(each.day for each in before if each.day > last.day - 7)


def no_place(task: Task, reached: tuple[State, ...], around: Surroundings) -> ScheduleError:
    """The error that says why a task has no place, and what would help."""
    found = conflict(task, reached, around)
    return ScheduleError(in_words(found), found)


def session_visits(
    order: Order,
    tasks: Sequence[Task],
    steps: Sequence[Step],
    placed: Sequence[Slot],
    around: Surroundings,
    before: State,
) -> Iterator[Visit]:
    """The visits of placed sessions, each with its window and the reason for its day."""
    last: Slot | None
    last, recent = before
    for task, step, slot in zip(tasks, steps, placed, strict=True):
        earliest, latest = _window(task, last, around)
        yield Visit(
            id=f"{order.id}/{step.phase.name}-{task.number}",
            kind="session",
            phase=step.phase.name,
            number=task.number,
            step=step.number,
            on=slot.on,
            at=slot.at,
            time_zone=around.time_zone,
            earliest=min(earliest, slot.on),
            latest=max(latest, slot.on),
            why=_why(task, step, slot, (last, recent), around),
        )
        recent = recent if last is None else (*recent, last.day)
        last = slot


def contacts_of(  # what contacts are planned by
    order: Order,
    protocol: Protocol,
    sessions: tuple[Visit, ...],
    steps: Sequence[Step],
    around: Surroundings,
    *,
    after: Slot | None = None,
    wanted: Mapping[str, tuple[date, time]] | None = None,
) -> tuple[Visit, ...]:
    """
    The consults and calls that go with sessions.

    Args:
        order: The order.
        protocol: Its template.
        sessions: The sessions, in order of time.
        steps: The steps of the course.
        around: What the placement depends on.
        after: Nothing is planned at this slot or before it.
        wanted: By the last part of the id, where a visit was.
    """
    return tuple(
        contact_visits(
            sessions,
            protocol,
            {each.number: each for each in steps},
            prefix=order.id,
            slots_of=lambda minutes: open_for(around, minutes, after),
            today=after.on if after else None,
            wanted=wanted,
        )
    )


def open_for(around: Surroundings, minutes: int, after: Slot | None) -> Callable[[date], tuple[Slot, ...]]:
    """The slots of a date at which person and clinic are available for a contact of some minutes."""
    needs: Mapping[Who, tuple[int, int]] = {"person": (0, minutes), "clinic": (0, minutes)}
    slots_on = slots(around.time_zone, around.at, around.availabilities, needs)
    return later_than(slots_on, after) if after else slots_on


def later_than(slots_on: Callable[[date], tuple[Slot, ...]], now: Slot) -> Callable[[date], tuple[Slot, ...]]:
    """The slots of a date that are still to come."""
    return lambda day: tuple(each for each in slots_on(day) if each.minute > now.minute)


def in_order(visits: Sequence[Visit]) -> tuple[Visit, ...]:
    """Visits in order of time; on one day and time a session comes last."""
    return tuple(sorted(visits, key=lambda each: (each.on, each.at, each.kind == "session", each.id)))


def _window(task: Task, before: Slot | None, around: Surroundings) -> tuple[date, date]:
    """The local dates that the window of a session allows."""
    if task.spacing is None or before is None:
        earliest = date.fromordinal(task.from_day)
        return earliest, earliest if task.to_day == around.last_day else date.fromordinal(task.to_day)
    if isinstance(task.spacing, CalendarSpacing):
        first, last = before.day + task.spacing.min_days, before.day + task.spacing.max_days
    else:
        hours = (task.spacing.min_hours, task.spacing.max_hours)
        first, last = (slot_of(before.minute + 60 * each, around.time_zone).day for each in hours)
    return date.fromordinal(max(first, task.from_day)), date.fromordinal(min(last, task.to_day))


def _why(task: Task, step: Step, slot: Slot, state: State, around: Surroundings) -> str:
    before, recent = state
    source = step.phase.citations[0]
    cited = f"({source.source} {source.locator})"
    if task.spacing is None or before is None:
        waited = slot.day - task.from_day
        what = "first session" if before is None else "the course begins again"
        return what if not waited else f"{what}, {waited} days after the first day on which it may"
    if isinstance(task.spacing, CalendarSpacing):
        distance, target, unit = slot.day - before.day, task.spacing.target_days, "days"
        target_day = before.day + target
    else:
        distance, target, unit = (slot.minute - before.minute) // 60, task.spacing.target_hours, "hours"
        target_day = slot_of(before.minute + 60 * target, around.time_zone).day
    told = f"{distance} {unit} after session {task.number - 1}"
    if distance == target:
        return f"{told}, as the template has it {cited}"[:200]
    return f"{told}; the template has {target} {cited}, but {_hindrance(task, target_day, (before, recent), around)}"[
        :200
    ]


def _hindrance(task: Task, target_day: int, state: State, around: Surroundings) -> str:
    """What stands against the target day."""
    if target_day < task.from_day:
        return "that day is past, or before sessions may go on"
    day = date.fromordinal(target_day)
    existing = [each for each in (slot_at(day, clock, around.time_zone) for clock in around.at) if each is not None]
    if not existing:
        return "the wall time does not exist, or exists twice, on that day"
    before, recent = state
    days = (*recent, *([before.day] if before else []))
    if sum(each > target_day - 7 for each in days) >= around.limits.in_7_days:
        return "that would be one session too many within 7 days"
    anywhere = attrs.evolve(task, not_at=None, exactly=None)
    if not any(is_allowed(anywhere, before, each, around.limits) for each in existing):
        return "that is too close to the session before"
    allowed = [each for each in existing if is_allowed(task, before, each, around.limits)]
    if not allowed:
        return "it was asked for at this time" if task.exactly else "it cannot be at its time"
    blocking = sorted((blocked_by(each, around.availabilities, around.needs) for each in allowed), key=len)
    if blocking[0]:
        return f"{' and '.join(blocking[0])} not available on that day"
    return "it stays as near as it can to where it was" if task.wanted else "the sessions around it would have no place"
