"""
From a determination to a clearance: the clinician decides, within what may be decided.

A determination that does not permit can be overridden finding by finding, each with a coded reason, a role and an
expiry. An emergency, and a finding marked as not overridable, cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.documents import digest
from ketaprogram.errors import OrderError, StateError
from ketaprogram.rules.model import Status
from ketaprogram.screening.model import Clearance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Literal

    from ketaprogram.rules.model import Determination, Finding
    from ketaprogram.screening.model import Override, Role

__all__ = ["clear"]

# An open question is answered by looking elsewhere, not by weighing benefit against it.
_ANSWERS_A_QUESTION = frozenset({"data-verified-elsewhere", "specialist-cleared"})


def clear(
    determination: Determination,
    decision: Literal["proceed", "decline", "defer"],
    *,
    by: str,
    role: Role,
    signed_at: datetime,
    overrides: tuple[Override, ...] = (),
) -> Clearance:
    """
    Sign a decision on a determination.

    Args:
        determination: The answer that the clinician looked at.
        decision: proceed, decline or defer.
        by: Name of the clinician.
        role: The clinician's role.
        signed_at: The instant of the signature, not before the determination's.
        overrides: One per restricting finding, if the determination does not permit.

    Raises:
        OrderError: The decision is to proceed, but a finding restricts and is not overridden, or an override is of a
            finding that cannot be overridden, does not exist, has expired or has an unfit reason. Every reason is
            named.
        StateError: The signature is older than the determination, or that is of another gate.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.model import FactSet
        >>> from ketaprogram.rules import determine, load_rulebook
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> answer = determine(FactSet(), load_rulebook("candidacy-clinic"), now)
        >>> clear(answer, "defer", by="A. Clinician", role="physician", signed_at=now).decision
        'defer'
    """
    if determination.gate != "candidacy":
        message = f"a clearance is signed on a determination of candidacy, not of {determination.gate}"
        raise StateError(message)
    if signed_at < determination.as_of:
        message = "a clearance cannot be signed before its determination was made"
        raise StateError(message)
    refusals = list(_refusals(determination, overrides, signed_at, proceed=decision == "proceed"))
    if refusals:
        message = "the clearance cannot be signed: " + "; ".join(refusals)
        raise OrderError(message)
    return Clearance(
        decision=decision,
        by=by,
        role=role,
        signed_at=signed_at,
        setting=determination.setting,
        determination_digest=digest(determination),
        determination_status=determination.status,
        rulebook=determination.rulebook,
        rulebook_version=determination.rulebook_version,
        rulebook_digest=determination.rulebook_digest,
        overrides=overrides,
    )


def _refusals(
    determination: Determination, overrides: tuple[Override, ...], signed_at: datetime, *, proceed: bool
) -> Iterator[str]:
    findings = {each.criterion: each for each in determination.findings}
    for override in overrides:
        if override.criterion not in findings:
            yield f"no finding is called {override.criterion}"
        else:
            yield from _unfit(override, findings[override.criterion], signed_at)
    covered = {each.criterion for each in overrides}
    for finding in findings.values():
        if proceed and not finding.status.permits and finding.criterion not in covered:
            yield f"{finding.criterion} gives {finding.status.value}"


def _unfit(override: Override, finding: Finding, signed_at: datetime) -> Iterator[str]:
    if not finding.overridable or finding.status is Status.EMERGENCY:
        yield f"{finding.criterion} cannot be overridden"
    if override.expires_on < signed_at.date():
        yield f"the override of {finding.criterion} has expired"
    if finding.truth == "unknown" and override.reason not in _ANSWERS_A_QUESTION:
        yield f"{finding.criterion} is an open question: {override.reason} does not answer it"
