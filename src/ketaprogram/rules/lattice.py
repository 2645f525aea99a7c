"""What one criterion makes of the answer: the lattice of statuses, applied to the truth of its condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.rules.model import Status
from ketaprogram.truth import FALSE, TRUE, UNKNOWN, Truth

if TYPE_CHECKING:
    from ketaprogram.rules.model import Criterion

__all__ = ["restricting", "status_of", "worst_of"]


def restricting(criterion: Criterion) -> Truth:
    """The truth of its condition that restricts: FALSE for an inclusion, TRUE for every other kind."""
    return FALSE if criterion.criterion_kind == "inclusion" else TRUE


def worst_of(criterion: Criterion) -> Status:
    """What the criterion makes the answer when it restricts."""
    if criterion.criterion_kind == "inclusion":
        return Status.DEFERRED if criterion.changeable else Status.INELIGIBLE
    return _RESTRICTED[criterion.criterion_kind]


def status_of(criterion: Criterion, found: Truth) -> Status:
    """What the criterion alone makes the answer, by the truth of its condition."""
    if found is UNKNOWN and criterion.if_unknown == "ask":
        return Status.NEEDS_REVIEW if criterion.criterion_kind == "precaution" else Status.NEEDS_INFO
    return worst_of(criterion) if found in {UNKNOWN, restricting(criterion)} else Status.CANDIDATE


_RESTRICTED = {
    "emergency": Status.EMERGENCY,
    "exclusion": Status.INELIGIBLE,
    "deferral": Status.DEFERRED,
    "precaution": Status.NEEDS_REVIEW,
}
