"""What a template says after missed sessions: the rule for a gap, and the step with which the course goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.schedule.coursing import first_step_before, longest_days

if TYPE_CHECKING:
    from ketaprogram.protocol.model import GapRule, Protocol
    from ketaprogram.schedule.coursing import Step

__all__ = ["rule_for", "step_after"]


def rule_for(protocol: Protocol, step: Step, gap_days: int) -> GapRule | None:
    """
    The rule for a gap before a step, in days between two sessions.

    A distance within the step's own window is no gap.
    """
    if step.spacing is None or gap_days <= longest_days(step.spacing):
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
        return first_step_before(steps, reached)
    return steps[reached.number] if reached.number < len(steps) else None
