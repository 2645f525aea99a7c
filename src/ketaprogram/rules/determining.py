"""
From facts and a rulebook to a determination: every gate of the program asks here.

Each criterion gives one finding, each finding one status, and the answer is the most restrictive of them. So a
refusal never hides an emergency, an open question never hides a refusal, and a missing fact never makes an answer
more permissive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram._time import add_days, add_period
from ketaprogram._version import __version__
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import AbsentReason, DateFact
from ketaprogram.rules.evaluation import View, weigh
from ketaprogram.rules.model import DataRequirement, Determination, Finding, Period, Status, single_tests
from ketaprogram.truth import FALSE, TRUE, UNKNOWN, Truth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.facts.model import FactSet
    from ketaprogram.rules.model import Condition, Criterion, Rulebook

__all__ = ["determine"]


def determine(facts: FactSet, rulebook: Rulebook, as_of: datetime, *, known: Catalog | None = None) -> Determination:
    """
    Answer a rulebook's question for one person at one instant.

    Args:
        facts: What is known. Nothing else is looked at.
        rulebook: The criteria.
        as_of: The instant of the question, with its offset; facts past their shelf life by then are stale.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        The status, one finding per criterion, and the missing facts that could still change the answer.

    Unknowns:
        An unknown emergency, exclusion, inclusion or deferral gives at least ``needs-info``, an unknown precaution at
        least ``needs-review``; a criterion marked ``if_unknown = "met"`` counts as met.

    Raises:
        TypeError: ``as_of`` has no offset.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.model import FactSet
        >>> from ketaprogram.rules import load_rulebook
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> determine(FactSet(), load_rulebook("candidacy-clinic"), now).status.value
        'needs-info'
    """
    if as_of.utcoffset() is None:
        message = "as_of needs an offset: a time without one names no instant"
        raise TypeError(message)
    definitions = known or catalog()
    view = View(facts, definitions, as_of)
    findings = tuple(_finding(criterion, view) for criterion in rulebook.criteria)
    in_effect = rulebook.in_effect(view.on)
    status = max((each.status for each in findings), key=_rank)
    if not in_effect and status is Status.CANDIDATE:
        status = Status.NEEDS_REVIEW
    return Determination(
        rulebook=rulebook.id,
        rulebook_version=rulebook.version,
        rulebook_digest=rulebook.digest,
        gate=rulebook.gate,
        setting=rulebook.setting,
        in_effect=in_effect,
        as_of=as_of,
        status=status,
        findings=findings,
        requirements=_requirements(findings, rulebook, view),
        recheck_on=_recheck_on(rulebook, view) if status is Status.DEFERRED else None,
        proposals=rulebook.proposals,
        library_version=__version__,
    )


def status_of(criterion: Criterion, result: Truth) -> Status:
    """What one criterion alone makes the answer, by the truth of its condition."""
    if criterion.criterion_kind == "inclusion":
        bad, unknown = FALSE, Status.NEEDS_INFO
        restricted = Status.DEFERRED if criterion.changeable else Status.INELIGIBLE
    else:
        bad = TRUE
        restricted = _RESTRICTED[criterion.criterion_kind]
        unknown = Status.NEEDS_REVIEW if criterion.criterion_kind == "precaution" else Status.NEEDS_INFO
    if result is UNKNOWN:
        return restricted if criterion.if_unknown == "met" else unknown
    return restricted if result is bad else Status.CANDIDATE


_RESTRICTED = {
    "emergency": Status.EMERGENCY,
    "exclusion": Status.INELIGIBLE,
    "deferral": Status.DEFERRED,
    "precaution": Status.NEEDS_REVIEW,
}


def _worst(criterion: Criterion) -> Status:
    return max((status_of(criterion, each) for each in (TRUE, FALSE)), key=_rank)


def _rank(status: Status) -> int:
    return status.rank


def _finding(criterion: Criterion, view: View) -> Finding:
    weighed = weigh(criterion.when, view)
    return Finding(
        criterion=criterion.id,
        criterion_kind=criterion.criterion_kind,
        statement=criterion.statement,
        truth=weighed.truth.value,
        status=status_of(criterion, weighed.truth),
        used=weighed.used,
        missing=weighed.missing,
        action=criterion.action,
        citations=criterion.citations,
        overridable=criterion.overridable,
        pathway=criterion.pathway,
    )


def _requirements(findings: tuple[Finding, ...], rulebook: Rulebook, view: View) -> tuple[DataRequirement, ...]:
    """The missing facts of those unknown criteria that could still rise above what is already known."""
    floor = max((each.status for each in findings if each.truth != "unknown"), key=_rank, default=Status.CANDIDATE)
    asked: dict[str, list[Criterion]] = {}
    for criterion, finding in zip(rulebook.criteria, findings, strict=True):
        if finding.truth == "unknown" and _worst(criterion) > floor:
            for fact_id in finding.missing:
                asked.setdefault(fact_id, []).append(criterion)
    requirements = [_requirement(fact_id, criteria, view) for fact_id, criteria in asked.items()]
    return tuple(sorted(requirements, key=lambda each: (-each.could_become.rank, -len(each.criteria), each.fact)))


def _requirement(fact_id: str, criteria: list[Criterion], view: View) -> DataRequirement:
    definition = view.catalog[fact_id]
    reason = view.known(fact_id)
    decisive = max(criteria, key=lambda each: _worst(each).rank)
    return DataRequirement(
        fact=fact_id,
        label=definition.label,
        question=definition.question,
        reason=reason if isinstance(reason, AbsentReason) else AbsentReason.UNKNOWN,  # known, but not enough of it
        criteria=tuple(each.id for each in criteria),
        could_become=_worst(decisive),
        citation=decisive.citations[0],
    )


def _recheck_on(rulebook: Rulebook, view: View) -> date | None:
    """The first later day on which the dates alone would lift the deferral; freshness stays as it is."""
    for day in sorted({day for each in rulebook.criteria for day in _turning_days(each.when, view) if day > view.on}):
        later = View(view.facts, view.catalog, view.as_of, day)
        status = max((status_of(each, weigh(each.when, later).truth) for each in rulebook.criteria), key=_rank)
        if status < Status.DEFERRED:
            return day
    return None


def _turning_days(condition: Condition, view: View) -> Iterator[date]:
    """The days on which a test against a date changes its answer."""
    for test in single_tests(condition):
        fact = view.known(test.fact)
        if isinstance(fact, DateFact) and isinstance(test.operand, Period):
            yield add_days(add_period(fact.value, test.operand.amount, test.operand.unit), 1)
