"""The clinician's signed decision on a determination, and what it overrides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from annotated_types import MaxLen
from attrs import frozen

from ketaprogram.record import Digest, Line, Pattern, Record, Setting
from ketaprogram.rules.model import CriterionId, Status

__all__ = ["Clearance", "Override", "OverrideReason", "Role"]

Role = Literal["physician", "psychiatrist", "nurse-practitioner", "physician-assistant", "other-prescriber"]

OverrideReason = Literal[
    "specialist-cleared",
    "condition-controlled",
    "data-verified-elsewhere",
    "benefit-outweighs-risk",
    "guideline-exception",
]


@frozen(kw_only=True, repr=False)
class Override(Record):
    """
    A clinician's decision against one finding that may be overridden.

    Args:
        criterion: Id of the criterion.
        reason: Coded reason.
        role: Role of who overrides.
        expires_on: Last day on which it counts.
        note: More, in the clinician's own words.
    """

    criterion: CriterionId
    reason: OverrideReason
    role: Role
    expires_on: date
    note: Line | None = None


@frozen(kw_only=True, repr=False)
class Clearance(Record):
    """
    A clinician's signed decision on a determination.

    Args:
        decision: proceed, decline or defer.
        by: Name of the clinician.
        role: The clinician's role.
        signed_at: When it was signed.
        setting: The setting that the rulebook was for; without one no order can be signed on it.
        determination_digest: SHA-256 of the determination's canonical document.
        determination_status: Its status.
        rulebook: Id of its rulebook.
        rulebook_version: Version of its rulebook.
        rulebook_digest: SHA-256 of its rulebook.
        overrides: The findings that were overridden.
    """

    schema: Literal["urn:ketaprogram:schema:clearance:1"] = "urn:ketaprogram:schema:clearance:1"
    decision: Literal["proceed", "decline", "defer"]
    by: Line
    role: Role
    signed_at: datetime
    setting: Setting | None = None
    determination_digest: Digest
    determination_status: Status
    rulebook: CriterionId
    rulebook_version: Annotated[str, Pattern("[0-9]+[.][0-9]+[.][0-9]+")]
    rulebook_digest: Digest
    overrides: Annotated[tuple[Override, ...], MaxLen(100)] = ()
