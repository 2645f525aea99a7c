"""A template as the sessions that it means: each with its phase and distance, and the contacts that go with it."""

from __future__ import annotations

from itertools import accumulate, count, cycle, islice
from typing import TYPE_CHECKING

from attrs import frozen

from ketaprogram.protocol.model import CalendarSpacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ketaprogram.protocol.model import Contact, Phase, Protocol, Spacing

__all__ = ["HOURS_IN_DAY", "MOST_SESSIONS", "Step", "course", "follows", "goes_with", "hours", "times"]

MOST_SESSIONS = 1000
"""As far as sessions are numbered."""

HOURS_IN_DAY = 24


@frozen
class Step:
    """
    A session of the course by its targets.

    Args:
        number: From 1.
        phase: Its phase.
        is_last: Whether the phase ends with it.
        path: Where the template says its distance.
        target_hours: Distance from the session before; 0 for the first. A day counts 24 hours here.
        most_hours: The longest distance from the session before.
    """

    number: int
    phase: Phase
    is_last: bool
    path: tuple[str | int, ...]
    target_hours: int
    most_hours: int


def course(protocol: Protocol, interval_days: int | None = None, sessions: int | None = None) -> tuple[Step, ...]:
    """
    The sessions of a template, an open phase as far as sessions are numbered.

    Args:
        protocol: The template.
        interval_days: The distance that an order chooses in the phases that leave the choice.
        sessions: No more sessions than these.
    """
    most = min(each for each in (protocol.sessions_in_all, sessions, MOST_SESSIONS) if each is not None)
    return tuple(islice(_steps(protocol, interval_days), most))


def hours(spacing: Spacing) -> tuple[int, int, int]:
    """The least, the target and the most of a distance in hours; a day counts 24."""
    if isinstance(spacing, CalendarSpacing):
        least, target, most = spacing.min_days, spacing.target_days, spacing.max_days
        return least * HOURS_IN_DAY, target * HOURS_IN_DAY, most * HOURS_IN_DAY
    return spacing.min_hours, spacing.target_hours, spacing.max_hours


def goes_with(contact: Contact, step: Step) -> bool:
    """Whether a contact goes with a session of the course."""
    if contact.phase not in {None, step.phase.name}:
        return False
    beyond = step.number - max(contact.sessions, default=0)
    comes_again = contact.every_sessions is not None and beyond > 0 and beyond % contact.every_sessions == 0
    return step.number in contact.sessions or comes_again or (contact.is_at_end and step.is_last)


def follows(contact: Contact, step: Step, protocol: Protocol) -> bool:
    """Whether a contact of a phase without sessions goes with the last session before that phase."""
    place = next(number for number, phase in enumerate(protocol.phases) if phase is step.phase)
    following = protocol.phases[place + 1 : place + 2]
    return step.is_last and any(each.sessions == 0 and each.name == contact.phase for each in following)


def times(contact: Contact, protocol: Protocol, steps: Sequence[Step]) -> int:
    """How often a contact comes in these sessions at their targets."""
    if any(each.sessions == 0 and each.name == contact.phase for each in protocol.phases):
        return sum(follows(contact, step, protocol) for step in steps)
    with_sessions = sum(goes_with(contact, step) for step in steps)
    return with_sessions + sum(contact.phase in {None, each.phase.name} for each in _of_days(contact, steps))


def _of_days(contact: Contact, steps: Sequence[Step]) -> Iterator[Step]:
    """For each day on which a contact comes, the session before it."""
    if contact.every_days is None or not steps:
        return
    every = contact.every_days * HOURS_IN_DAY
    begins = list(accumulate(step.target_hours for step in steps))
    for hour in range(every, begins[-1] + 1, every):
        yield next(step for step, begun in zip(reversed(steps), reversed(begins), strict=True) if begun <= hour)


def _steps(protocol: Protocol, interval_days: int | None) -> Iterator[Step]:
    numbers = count(1)
    for place, phase in enumerate(protocol.phases):
        distances = cycle(enumerate(phase.spacing)) if phase.spacing else None
        for nth in islice(count(1), phase.sessions):
            path: tuple[str | int, ...] = ("phases", place)
            spacing = None
            if nth == 1 and phase.first is not None:
                path, spacing = (*path, "first"), phase.first
            elif nth == 1 and phase.spacing:
                path, spacing = (*path, "spacing", 0), phase.spacing[0]
            elif distances is not None:
                at, spacing = next(distances)
                path = (*path, "spacing", at)
            number = next(numbers)
            _, target, most = (0, 0, 0) if number == 1 or spacing is None else hours(spacing)
            moves = isinstance(spacing, CalendarSpacing) and number > 1 and "first" not in path
            if moves and interval_days is not None and interval_days in phase.intervals_days:
                path = ("phases", place, "intervals_days", phase.intervals_days.index(interval_days))
                target, most = interval_days * HOURS_IN_DAY, most + interval_days * HOURS_IN_DAY - target
            yield Step(number, phase, nth == phase.sessions, path, target, most)
