"""
A template as the sessions that it means: each with its phase and distance, and the contacts that go with it.

Whatever counts, plans or projects a course reads it here, so that they all mean the same sessions.
"""

from __future__ import annotations

from itertools import accumulate, count, cycle, islice
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from ketaprogram.errors import OrderError
from ketaprogram.protocol.model import CalendarSpacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ketaprogram.protocol.model import Contact, Order, Phase, Protocol, Spacing

__all__ = [
    "HOURS_IN_DAY",
    "MOST_SESSIONS",
    "Step",
    "check_template",
    "course",
    "follows",
    "goes_with",
    "hours",
    "times",
]

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
        run: Its phase's place among the phases, from 0.
        place: Its place in the phase, from 1.
        spacing: Distance from the session before; None for the first.
        path: Where the template says its distance.
    """

    number: int
    phase: Phase
    run: int
    place: int
    spacing: Spacing | None
    path: tuple[str | int, ...]

    @property
    def is_last(self) -> bool:
        """Whether the phase ends with it."""
        return self.place == self.phase.sessions

    @property
    def target_hours(self) -> int:
        """Distance from the session before; 0 for the first. A day counts 24 hours here."""
        return hours(self.spacing)[1] if self.spacing else 0

    @property
    def most_hours(self) -> int:
        """The longest distance from the session before."""
        return hours(self.spacing)[2] if self.spacing else 0


def check_template(order: Order, protocol: Protocol) -> None:
    """
    Refuse a template that is not the order's.

    Raises:
        OrderError: The order was signed on another template, or on another version of it.
    """
    if (order.protocol, order.protocol_version) != (protocol.id, protocol.version):
        message = "the order was signed on another protocol, or on another version of it"
        raise OrderError(message)


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
    for run, phase in enumerate(protocol.phases):
        distances = cycle(enumerate(phase.spacing)) if phase.spacing else None
        for place in islice(count(1), phase.sessions):
            path: tuple[str | int, ...] = ("phases", run)
            spacing = None
            if place == 1 and phase.first is not None:
                path, spacing = (*path, "first"), phase.first
            elif place == 1 and phase.spacing:
                path, spacing = (*path, "spacing", 0), phase.spacing[0]
            elif distances is not None:
                at, spacing = next(distances)
                path = (*path, "spacing", at)
            number = next(numbers)
            if number == 1:
                spacing = None
            if isinstance(spacing, CalendarSpacing) and "first" not in path and interval_days in phase.intervals_days:
                path = ("phases", run, "intervals_days", phase.intervals_days.index(interval_days))
                spacing = _moved(spacing, interval_days)
            yield Step(number, phase, run, place, spacing, path)


def _moved(spacing: CalendarSpacing, interval_days: int) -> CalendarSpacing:
    """A distance with the target that an order chose; the window moves along."""
    shift = interval_days - spacing.target_days
    return evolve(
        spacing,
        min_days=max(1, spacing.min_days + shift),
        target_days=interval_days,
        max_days=spacing.max_days + shift,
    )
