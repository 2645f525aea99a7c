"""The course of an order: for each step its phase and its distance from the step before."""

from __future__ import annotations

from itertools import count, cycle, islice
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from ketaprogram.protocol.model import CalendarSpacing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.protocol.model import Order, Phase, Protocol, Spacing

__all__ = ["Step", "course", "first_step_before", "longest_days", "phase_ends"]


@frozen
class Step:
    """
    A step of the course.

    Args:
        number: From 1.
        phase: Its phase.
        run: Its phase's place among the phases, from 0.
        place: Its place in the phase, from 1.
        spacing: Distance from the step before; None for the first.
    """

    number: int
    phase: Phase
    run: int
    place: int
    spacing: Spacing | None


def course(order: Order, protocol: Protocol) -> tuple[Step, ...]:
    """As many steps as the order authorises sessions, or as the template has."""
    steps = zip(count(1), _steps(protocol, order.interval_days))
    return tuple(
        Step(number, protocol.phases[run], run, place, spacing if number > 1 else None)
        for number, (run, place, spacing) in islice(steps, order.sessions)
    )


def first_step_before(steps: tuple[Step, ...], reached: Step) -> Step:
    """The first step of the phase before the one that was reached; the first of all if there is none."""
    start = reached.number - reached.place
    before = steps[start - 1] if start else steps[0]
    return steps[before.number - before.place]


def longest_days(spacing: Spacing) -> int:
    """The most days that a spacing allows; a part of a day counts as one."""
    return spacing.max_days if isinstance(spacing, CalendarSpacing) else -(-spacing.max_hours // 24)


def phase_ends(step: Step) -> bool:
    """Whether the phase ends with this step."""
    return step.place == step.phase.sessions


def _steps(protocol: Protocol, interval_days: int | None) -> Iterator[tuple[int, int, Spacing | None]]:
    for run, phase in enumerate(protocol.phases):
        places = count(1) if phase.sessions is None else iter(range(1, phase.sessions + 1))
        distances = cycle([_chosen(phase, each, interval_days) for each in phase.spacing] or [None])
        for place in places:
            if place > 1:
                yield run, place, next(distances)
            elif phase.first is not None:
                yield run, place, phase.first
            else:
                yield run, place, _chosen(phase, phase.spacing[0], interval_days) if phase.spacing else None


def _chosen(phase: Phase, spacing: Spacing, interval_days: int | None) -> Spacing:
    """The spacing with the distance that the order chose, if the phase leaves the choice; the window moves along."""
    if interval_days not in phase.intervals_days or not isinstance(spacing, CalendarSpacing):
        return spacing
    shift = interval_days - spacing.target_days
    return attrs.evolve(
        spacing,
        min_days=max(1, spacing.min_days + shift),
        target_days=interval_days,
        max_days=spacing.max_days + shift,
    )
