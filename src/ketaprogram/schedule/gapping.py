"""What a template says after missed sessions: the rule for a gap, and the step with which the course goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.protocol.coursing import HOURS_IN_DAY, hours

if TYPE_CHECKING:
    from ketaprogram.protocol.coursing import Step
    from ketaprogram.protocol.model import GapRule, Protocol, Spacing

__all__ = ["rule_for", "step_after", "width_days"]


def rule_for(protocol: Protocol, step: Step, gap_days: int) -> GapRule | None:
    """
    The rule for a gap before a step, in days between two sessions.

    A distance within the step's own window is no gap.
    """
    if step.spacing is None or gap_days * HOURS_IN_DAY <= _whole_days(hours(step.spacing)[2]):
        return None
    return max(
        (each for each in protocol.gap_rules if each.over_days < gap_days),
        key=lambda each: each.over_days,
        default=None,
    )


def step_after(steps: tuple[Step, ...], reached: Step | None, rule: GapRule | None) -> Step | None:
    """The step that follows the one that was reached, under a rule; None where the course ends."""
    if reached is None or (rule is not None and rule.then == "restart"):
        return steps[0]
    if rule is not None and rule.then == "step-back":
        first = reached.number - reached.place
        before = steps[first - 1] if first else steps[0]
        return steps[before.number - before.place]
    return steps[reached.number] if reached.number < len(steps) else None


def width_days(spacing: Spacing) -> int:
    """How many days lie between the ends of a window."""
    least, _, most = hours(spacing)
    return _whole_days(most - least) // HOURS_IN_DAY


def _whole_days(count: int) -> int:
    """Hours rounded up to whole days."""
    return -(-count // HOURS_IN_DAY) * HOURS_IN_DAY
