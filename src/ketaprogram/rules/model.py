"""
Rules as data: a criterion is a condition with a consequence and a source; a rulebook is a dated set of them.

The condition is a small tree over facts. It is the same tree in TOML, in JSON and in memory; nothing in it is code.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.documents import digest
from ketaprogram.facts.model import AbsentReason, Fact
from ketaprogram.record import Digest, FactId, Id, Line, Pattern, Record, Setting

__all__ = [
    "All",
    "Amounts",
    "Any",
    "Approval",
    "Condition",
    "Criterion",
    "CriterionKind",
    "DataRequirement",
    "Determination",
    "Finding",
    "Flag",
    "Gate",
    "Not",
    "Operand",
    "Operator",
    "Parameter",
    "Period",
    "Rulebook",
    "Status",
    "Test",
    "Words",
    "single_tests",
]

CriterionId = Annotated[str, Pattern("[a-z][a-z0-9-]*([.][a-z0-9-]+)*"), MaxLen(80)]

Gate = Literal["candidacy", "readiness", "discharge", "triage", "shipment", "maintenance"]

CriterionKind = Literal["emergency", "exclusion", "inclusion", "deferral", "precaution"]

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "between", "in", "includes-any", "within", "older-than"]


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
class Amounts:
    """
    Amounts that a quantity is compared with.

    Args:
        values: One, or for ``between`` the least and the greatest, both included.
        unit: The fact's own unit.
    """

    kind: Literal["amounts"] = "amounts"
    values: Annotated[tuple[Decimal, ...], MinLen(1), MaxLen(2)]
    unit: Annotated[str, MinLen(1), MaxLen(24)]


@frozen(kw_only=True)
class Words:
    """
    Words that a code, or a list of codes, is compared with.

    Args:
        values: One for ``=`` and ``!=``, any number for ``in`` and ``includes-any``.
    """

    kind: Literal["words"] = "words"
    values: Annotated[tuple[Annotated[str, MinLen(1), MaxLen(80)], ...], MinLen(1), MaxLen(1000)]


@frozen(kw_only=True)
class Flag:
    """
    The yes or no that a boolean fact is compared with.

    Args:
        value: True for yes.
    """

    kind: Literal["flag"] = "flag"
    value: bool


@frozen(kw_only=True)
class Period:
    """
    A period before the day of the question, counted on the calendar.

    Args:
        amount: How many.
        unit: d days, wk weeks, mo months, a years.
    """

    kind: Literal["period"] = "period"
    amount: Annotated[int, Ge(1), Le(36_525)]
    unit: Literal["d", "wk", "mo", "a"]


Operand = Amounts | Words | Flag | Period


@frozen(kw_only=True)
class Test:
    """
    One fact against one operand.

    Args:
        fact: Id of the fact.
        op: The operator; ``within`` a period counts its last day, ``older-than`` begins the day after.
        operand: What it is compared with.
    """

    __test__ = False  # not a test case, whatever its name suggests to a collector

    kind: Literal["test"] = "test"
    fact: FactId
    op: Operator
    operand: Operand


@frozen(kw_only=True)
class All:
    """
    True if every part is.

    Args:
        of: The parts.
    """

    kind: Literal["all"] = "all"
    of: Annotated[tuple[Condition, ...], MinLen(1), MaxLen(500)]


@frozen(kw_only=True)
class Any:
    """
    True if at least one part is.

    Args:
        of: The parts.
    """

    kind: Literal["any"] = "any"
    of: Annotated[tuple[Condition, ...], MinLen(1), MaxLen(500)]


@frozen(kw_only=True)
class Not:
    """
    True if the part is false.

    Args:
        of: The part.
    """

    kind: Literal["not"] = "not"
    of: Condition


Condition = All | Any | Not | Test


def single_tests(condition: Condition) -> Iterator[Test]:
    """Every test of a condition, in the order in which they stand."""
    match condition:
        case Test():
            yield condition
        case All(of=parts) | Any(of=parts):
            for part in parts:
                yield from single_tests(part)
        case Not(of=part):
            yield from single_tests(part)


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
class Parameter:
    """
    A number of a rulebook that a clinic may set.

    Args:
        id: Name of the parameter within its rulebook.
        value: The number.
        unit: Its UCUM unit.
        low: The least value that a clinic may set, inclusive.
        high: The greatest value that a clinic may set, inclusive.
        citation: Where the number comes from.
        approved: Who approved it, if it is a proposal.
    """

    id: CriterionId
    value: Decimal
    unit: Annotated[str, MinLen(1), MaxLen(24)]
    low: Decimal
    high: Decimal
    citation: Citation
    approved: Approval | None = None

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
        changeable: For an inclusion: whether it can change with time, so that it defers instead of excluding.
        overridable: Whether a clinician may override it with a coded reason.
        if_unknown: ``ask``: an unknown condition is asked about; ``met``: it counts as met until somebody knows.
        pathway: ``crisis`` opens the crisis path whenever the condition is true.
        parameters: The parameters whose numbers stand in the condition.
        approved: Who approved the rule, if its only source is a proposal.
    """

    id: CriterionId
    criterion_kind: CriterionKind
    statement: Line
    when: Condition
    action: Line
    citations: Annotated[tuple[Citation, ...], MinLen(1), MaxLen(20)]
    changeable: bool = False
    overridable: bool = True
    if_unknown: Literal["ask", "met"] = "ask"
    pathway: Literal["crisis"] | None = None
    parameters: tuple[CriterionId, ...] = ()
    approved: Approval | None = None

    @property
    def is_open_proposal(self) -> bool:
        """Whether no source but a proposal supports the rule, and nobody has approved it."""
        return self.approved is None and all(each.is_proposal for each in self.citations)


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
        effective_from: First day on which it holds.
        effective_until: Last day on which it holds; after it every answer is at least ``needs-review``.
        review: Who reviewed it, or ``unreviewed``.
        parameters: The numbers that a clinic may set.
        criteria: The rules.
    """

    schema: Literal["urn:ketaprogram:schema:rulebook:1"] = "urn:ketaprogram:schema:rulebook:1"
    id: CriterionId
    version: Annotated[str, Pattern("[0-9]+[.][0-9]+[.][0-9]+")]
    title: Line
    gate: Gate
    setting: Setting | None = None
    effective_from: date
    effective_until: date | None = None
    review: Line = "unreviewed"
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
        """The ids, sorted, of the facts that its conditions look at."""
        return tuple(sorted({test.fact for each in self.criteria for test in single_tests(each.when)}))

    def in_effect(self, on: date) -> bool:
        """Whether the rulebook holds on a day, its first and last day included."""
        return self.effective_from <= on and (self.effective_until is None or on <= self.effective_until)


@frozen(kw_only=True, repr=False)
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
        could_become: The most restrictive answer that it could still bring.
        citation: The source of the first of those criteria.
    """

    fact: FactId
    label: Line
    question: Line
    reason: AbsentReason
    criteria: tuple[CriterionId, ...]
    could_become: Status
    citation: Citation


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
        in_effect: Whether the rulebook held on that day.
        as_of: The instant of the question.
        status: The most restrictive status of any finding.
        findings: One per criterion, in the rulebook's order.
        requirements: The missing facts that could still change the answer, most decisive first.
        recheck_on: The first day on which a date-based deferral clears, all else equal.
        proposals: Proposed numbers and rules in the rulebook that no clinician has approved.
        library_version: The version of ketaprogram.
    """

    schema: Literal["urn:ketaprogram:schema:determination:1"] = "urn:ketaprogram:schema:determination:1"
    rulebook: CriterionId
    rulebook_version: Annotated[str, Pattern("[0-9]+[.][0-9]+[.][0-9]+")]
    rulebook_digest: Digest
    gate: Gate
    setting: Setting | None = None
    in_effect: bool
    as_of: datetime
    status: Status
    findings: tuple[Finding, ...]
    requirements: tuple[DataRequirement, ...] = ()
    recheck_on: date | None = None
    proposals: tuple[CriterionId, ...] = ()
    library_version: Id

    @property
    def deciding(self) -> tuple[Finding, ...]:
        """The findings that alone would give this status."""
        return tuple(each for each in self.findings if each.status is self.status)

    @property
    def opens_crisis(self) -> bool:
        """Whether a finding of the crisis path is true, whatever the status."""
        return any(each.pathway == "crisis" and each.truth == "true" for each in self.findings)
