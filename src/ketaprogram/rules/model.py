"""
Rules as data, and their answer.

A criterion is a condition with a consequence and a source; a rulebook is a versioned, dated set of them. A
determination is the answer of a rulebook for one person, with its whole basis.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.documents import digest
from ketaprogram.facts.model import AbsentReason, Fact
from ketaprogram.quantity import Quantity
from ketaprogram.record import (
    Digest,
    FactId,
    Id,
    Indication,
    Line,
    Pattern,
    Record,
    Route,
    Setting,
    ZoneName,
)
from ketaprogram.rules.conditions import Condition, single_tests

__all__ = [
    "Approval",
    "Change",
    "Criterion",
    "CriterionId",
    "CriterionKind",
    "DataRequirement",
    "Determination",
    "Evidence",
    "Finding",
    "Gate",
    "Parameter",
    "Reservation",
    "Review",
    "Rulebook",
    "Status",
]

CriterionId = Annotated[str, Pattern("[a-z][a-z0-9-]*([.][a-z0-9-]+)*"), MaxLen(80)]

Version = Annotated[str, Pattern("[0-9]+[.][0-9]+[.][0-9]+")]

Gate = Literal["candidacy", "readiness", "discharge", "triage", "shipment", "maintenance", "titration", "observation"]

CriterionKind = Literal["emergency", "exclusion", "inclusion", "deferral", "precaution"]

SHELF_LIFE = "shelf-life."
"""What the id of a parameter begins with that says how long facts of one sort stay fresh."""


class Status(StrEnum):
    """
    The answer, least restrictive first. Only the first two let a clinician go on.

    Example:
        >>> Status.CANDIDATE < Status.NEEDS_INFO, Status.DEFERRED.permits
        (True, False)
    """

    CANDIDATE = "candidate"
    NEEDS_REVIEW = "needs-review"
    NEEDS_INFO = "needs-info"
    DEFERRED = "deferred"
    INELIGIBLE = "ineligible"
    EMERGENCY = "emergency"

    @property
    def permits(self) -> bool:
        """Whether a clinician may go on."""
        return self.rank <= Status.NEEDS_REVIEW.rank

    @property
    def rank(self) -> int:
        """0 for candidate to 5 for emergency."""
        return _RANK[self]

    def __lt__(self, other: str) -> bool:
        return self.rank < Status(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Status(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Status(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Status(other).rank


_RANK = {status: rank for rank, status in enumerate(Status)}


@frozen(kw_only=True)
class Approval:
    """
    A clinician's approval of a proposed number or rule.

    Args:
        by: The approving clinician's name.
        role: The clinician's role.
        on: The day of the approval.
    """

    by: Line
    role: Line
    on: date


@frozen(kw_only=True)
class Review:
    """
    A clinician's review of a rulebook, or of one of its criteria, against the sources.

    Args:
        by: The reviewing clinician's name.
        role: The clinician's role.
        on: The day of the review.
        due: The last day on which it counts; after it the review is overdue.
    """

    by: Line
    role: Line
    on: date
    due: date


@frozen(kw_only=True)
class Evidence:
    """
    How strong a recommendation is and how good the evidence behind it, as far as the source says so.

    Args:
        strength: Strength of the recommendation, in the words of GRADE.
        direction: For the treatment or against it.
        quality: Quality of the evidence, in the words of GRADE.
        grading: The source's own words where its grades are not GRADE's.
    """

    strength: Literal["strong", "weak"] | None = None
    direction: Literal["for", "against"] | None = None
    quality: Literal["high", "moderate", "low", "very-low"] | None = None
    grading: Line | None = None


@frozen(kw_only=True)
class Parameter:
    """
    A number of a rulebook that a clinic may set.

    Args:
        id: Name of the parameter within its rulebook; ``shelf-life.`` and the sort of facts for a shelf life.
        value: The number.
        unit: Its UCUM unit.
        low: The least value that a clinic may set, inclusive.
        high: The greatest value that a clinic may set, inclusive.
        citation: Where the number comes from.
        approved: Who approved it, if it is a proposal.
        effective_until: Last day on which the number holds; after it every answer is at least ``needs-review``.
    """

    id: CriterionId
    value: Decimal
    unit: Annotated[str, MinLen(1), MaxLen(24)]
    low: Decimal
    high: Decimal
    citation: Citation
    approved: Approval | None = None
    effective_until: date | None = None

    @property
    def is_open_proposal(self) -> bool:
        """Whether this is a proposal that nobody has approved."""
        return self.citation.is_proposal and self.approved is None


@frozen(kw_only=True)
class Criterion:
    """
    A rule: text, logic, consequence, source.

    Args:
        id: Stable id; its case file has the same name.
        criterion_kind: What it means when the condition is true, or for an inclusion false.
        statement: The rule in one sentence that a clinician can check against the source.
        when: The condition.
        action: What the professional may do about it; an option, never an order.
        citations: Where the rule comes from, the strongest first.
        quote: The passage of the source, word for word, where it may be quoted.
        evidence: Strength and quality, where the source grades them.
        changeable: For an inclusion: whether it can change with time, so that it defers instead of excluding.
        overridable: Whether a clinician may override it with a coded reason.
        if_unknown: ``ask``: an unknown condition is asked about; ``met``: it counts as met until somebody knows.
        pathway: ``crisis`` opens the crisis path whenever the condition is true.
        parameters: The parameters whose numbers stand in the condition.
        approved: Who approved the rule, if its only source is a proposal.
        reviewed: Who reviewed this criterion, if not the rulebook as a whole.
    """

    id: CriterionId
    criterion_kind: CriterionKind
    statement: Line
    when: Condition
    action: Line
    citations: Annotated[tuple[Citation, ...], MinLen(1), MaxLen(20)]
    quote: Annotated[str, MinLen(1), MaxLen(400)] | None = None
    evidence: Evidence | None = None
    changeable: bool = False
    overridable: bool = True
    if_unknown: Literal["ask", "met"] = "ask"
    pathway: Literal["crisis"] | None = None
    parameters: Annotated[tuple[CriterionId, ...], MaxLen(100)] = ()
    approved: Approval | None = None
    reviewed: Review | None = None

    @property
    def is_open_proposal(self) -> bool:
        """Whether no source but a proposal supports the rule, and nobody has approved it."""
        return self.approved is None and all(each.is_proposal for each in self.citations)


@frozen(kw_only=True)
class Change:
    """
    A change that a rulebook makes to a criterion of the one that it extends.

    Args:
        id: Id of the criterion.
        reason: Why, in a sentence for whoever signs the rulebook off.
        removed: Whether the criterion is left out as a whole.
    """

    id: CriterionId
    reason: Line
    removed: bool = False


@frozen(kw_only=True)
class Rulebook:
    """
    A versioned, dated set of criteria.

    Args:
        id: Id of the rulebook.
        version: Its own version.
        title: What it is for.
        gate: What a determination by it decides on.
        setting: The setting that it is for; null is a common part that opens no gate by itself.
        routes: The routes that it is for; empty is any.
        indications: The main problems that it is for; empty is any.
        extends: Id of the rulebook that it was made from.
        effective_from: First day on which it holds.
        effective_until: Last day on which it holds; after it every answer is at least ``needs-review``.
        reviewed: Who reviewed it; null is ``unreviewed``.
        changes: What it changes of the criteria of the rulebook that it extends.
        parameters: The numbers that a clinic may set, the shelf lives of its facts among them.
        criteria: The rules.
    """

    schema: Literal["urn:ketaprogram:schema:rulebook:1"] = "urn:ketaprogram:schema:rulebook:1"
    id: CriterionId
    version: Version
    title: Line
    gate: Gate
    setting: Setting | None = None
    routes: Annotated[tuple[Route, ...], MaxLen(6)] = ()
    indications: Annotated[tuple[Indication, ...], MaxLen(8)] = ()
    extends: CriterionId | None = None
    effective_from: date
    effective_until: date | None = None
    reviewed: Review | None = None
    changes: Annotated[tuple[Change, ...], MaxLen(5000)] = ()
    parameters: Annotated[tuple[Parameter, ...], MaxLen(500)] = ()
    criteria: Annotated[tuple[Criterion, ...], MinLen(1), MaxLen(5000)]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical document."""
        return digest(self)

    @cached_property
    def proposals(self) -> tuple[str, ...]:
        """The ids, sorted, of parameters and criteria that are proposals nobody has approved."""
        open_ones = [each.id for each in self.parameters if each.is_open_proposal]
        return tuple(sorted([*open_ones, *(each.id for each in self.criteria if each.is_open_proposal)]))

    @cached_property
    def asks(self) -> tuple[str, ...]:
        """The ids, sorted, of the facts that its conditions and its scope look at."""
        scope = [fact_id for fact_id, of in (("sought.route", self.routes), (_INDICATION, self.indications)) if of]
        return tuple(sorted({*scope, *(test.fact for each in self.criteria for test in single_tests(each.when))}))

    @cached_property
    def shelf_lives(self) -> Mapping[str, Quantity]:
        """How long facts stay fresh, by the catalogue's id of their sort, where this rulebook says so."""
        return {
            each.id.removeprefix(SHELF_LIFE): Quantity(each.value, each.unit)
            for each in self.parameters
            if each.id.startswith(SHELF_LIFE)
        }

    @cached_property
    def ending_parameters(self) -> tuple[Parameter, ...]:
        """The parameters that have a last day."""
        return tuple(each for each in self.parameters if each.effective_until is not None)

    def in_effect(self, on: date) -> bool:
        """Whether the rulebook holds on a day, its first and last day included."""
        return self.effective_from <= on and (self.effective_until is None or on <= self.effective_until)


_INDICATION = "sought.indication"


@frozen(kw_only=True, repr=False, slots=False)  # made from templates, a hundred at a time: see `determining`
class Finding(Record):
    """
    What one criterion found.

    Args:
        criterion: Id of the criterion.
        criterion_kind: Its kind.
        statement: The rule in one sentence.
        truth: Whether its condition is true, false or unknown.
        status: What this finding alone would make the answer.
        used: The facts that decided it.
        missing: Ids of the facts that would settle it.
        action: What the professional may do about it.
        citations: Where the rule comes from.
        overridable: Whether a clinician may override it.
        pathway: ``crisis`` if it belongs to the crisis path.
    """

    criterion: CriterionId
    criterion_kind: CriterionKind
    statement: Line
    truth: Literal["true", "false", "unknown"]
    status: Status
    used: tuple[Fact, ...] = ()
    missing: tuple[FactId, ...] = ()
    action: Line
    citations: tuple[Citation, ...]
    overridable: bool
    pathway: Literal["crisis"] | None = None


@frozen(kw_only=True, repr=False)
class DataRequirement(Record):
    """
    A fact that is missing and could still change the answer.

    Args:
        fact: Id of the fact.
        label: Its short name.
        question: The question to ask.
        reason: Why the value is absent.
        criteria: Ids of the criteria that it helps to settle.
        could_become: The most restrictive answer that it could still bring, or that stays while it is not known.
        smallest_set: The smallest set of missing facts, this one among them, that alone could bring or lift it.
        citation: The source of the first of those criteria.
    """

    fact: FactId
    label: Line
    question: Line
    reason: AbsentReason
    criteria: tuple[CriterionId, ...]
    could_become: Status
    smallest_set: tuple[FactId, ...]
    citation: Citation


@frozen(kw_only=True)
class Reservation:
    """
    Why a rulebook may not be relied on for a question; while there is one, no answer is plain ``candidate``.

    Args:
        code: ``rulebook-not-in-effect`` before its first day or after its last; ``parameter-not-in-effect`` after a
            number's last day; ``route-out-of-scope`` and ``indication-out-of-scope`` if the rulebook is for others,
            or if nobody knows which is sought.
        about: Id of the rulebook, the parameter or the fact.
    """

    code: Literal["rulebook-not-in-effect", "parameter-not-in-effect", "route-out-of-scope", "indication-out-of-scope"]
    about: Annotated[str, MinLen(1), MaxLen(80)]


@frozen(kw_only=True, repr=False)
class Determination(Record):
    """
    The answer of a rulebook for one person at one instant, with its whole basis. A clinician decides; this informs.

    Args:
        rulebook: Id of the rulebook.
        rulebook_version: Its version.
        rulebook_digest: SHA-256 of its canonical document.
        gate: What was decided on.
        setting: The setting that the rulebook is for; null is a common part that opens no gate by itself.
        as_of: The instant of the question.
        time_zone: The zone of the person's calendar, on which days were counted.
        status: The most restrictive status of any finding; at least ``needs-review`` while there are reservations.
        reservations: Why the rulebook itself may not be relied on for this question.
        findings: One per criterion, in the rulebook's order.
        requirements: The missing facts that could still change the answer, most decisive first.
        recheck_on: The first day on which a date-based deferral clears, all else equal.
        proposals: Proposed numbers and rules in the rulebook that no clinician has approved.
        facts: What was looked at, by fact id: enough, with the rulebook, to derive the answer again.
        library_version: The version of ketaprogram.
    """

    schema: Literal["urn:ketaprogram:schema:determination:1"] = "urn:ketaprogram:schema:determination:1"
    rulebook: CriterionId
    rulebook_version: Version
    rulebook_digest: Digest
    gate: Gate
    setting: Setting | None = None
    as_of: datetime
    time_zone: ZoneName | None = None
    status: Status
    reservations: tuple[Reservation, ...] = ()
    findings: tuple[Finding, ...]
    requirements: tuple[DataRequirement, ...] = ()
    recheck_on: date | None = None
    proposals: tuple[CriterionId, ...] = ()
    facts: Annotated[tuple[Fact, ...], MaxLen(5000)] = ()
    library_version: Id

    @property
    def in_effect(self) -> bool:
        """Whether the rulebook held on that day."""
        return all(each.code != "rulebook-not-in-effect" for each in self.reservations)

    @property
    def deciding(self) -> tuple[Finding, ...]:
        """The findings that alone would give this status."""
        return tuple(each for each in self.findings if each.status is self.status)

    @property
    def opens_crisis(self) -> bool:
        """Whether a finding of the crisis path is true, whatever the status."""
        return any(each.pathway == "crisis" and each.truth == "true" for each in self.findings)
