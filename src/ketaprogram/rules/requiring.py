"""
What to ask next: the missing facts that could still change the answer, smallest sets first.

A set of missing facts is decisive for a criterion if values for all of them, and for nothing else, could make it
restrict. How often one fact stands in a condition is not weighed: the sets come from the logic alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ketaprogram.facts.model import AbsentReason
from ketaprogram.rules.lattice import restricting, status_of, worst_of
from ketaprogram.rules.model import DataRequirement, Status
from ketaprogram.rules.sets import smallest_sets
from ketaprogram.truth import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.rules.compiling import Answered, Compiled, Node
    from ketaprogram.rules.conditions import Test
    from ketaprogram.rules.evaluation import View
    from ketaprogram.rules.model import Criterion, Finding

__all__ = ["requirements"]


class _Decisive(NamedTuple):
    criterion: Criterion
    facts: tuple[str, ...]
    could_become: Status


def requirements(
    findings: tuple[Finding, ...], form: Compiled, answered: Answered, view: View, status: Status
) -> tuple[DataRequirement, ...]:
    """The missing facts of those unknown criteria that could still rise above what is already known."""
    floor = max((each.status for each in findings if each.truth != "unknown"), key=_rank, default=Status.CANDIDATE)
    asked: dict[str, list[_Decisive]] = {}
    for criterion, finding, root in zip(form.criteria, findings, form.roots, strict=True):
        if finding.truth == "unknown":
            for decisive in _decisive(criterion, root, answered):
                if decisive.could_become > floor:
                    for fact_id in decisive.facts:
                        asked.setdefault(fact_id, []).append(decisive)

    def first(of: list[_Decisive]) -> tuple[bool, int, int, tuple[str, ...]]:
        """What could change the status as it stands comes before what could only once the rest is settled."""
        return min((could <= status, len(facts), -could.rank, facts) for _, facts, could in of)

    ranked = sorted(asked.items(), key=lambda item: (*first(item[1])[:3], -len(item[1]), item[0]))
    return tuple(_requirement(fact_id, of, first(of)[3], view) for fact_id, of in ranked)


def _decisive(criterion: Criterion, root: Node, answered: Answered) -> Iterator[_Decisive]:
    """What could make an unknown criterion restrict, or settle it if it only asks for something to be known."""
    truths = dict(_truths(root, answered))

    def leaf(test: Test, wanted: bool) -> list[frozenset[str]]:  # noqa: FBT001  # a truth, not a flag
        if truths[test] is not None:
            return [frozenset()] if truths[test] is wanted else []
        return [frozenset({test.fact})] if wanted or test.op != "is-known" else []

    restricts = restricting(criterion).is_true
    could = worst_of(criterion)
    sets = smallest_sets(criterion.when, leaf, wanted=restricts)
    if not sets:
        could = status_of(criterion, UNKNOWN)
        sets = smallest_sets(criterion.when, leaf, wanted=not restricts)
    for facts in sets:
        yield _Decisive(criterion, tuple(sorted(facts)), could)


def _truths(node: Node, answered: Answered) -> Iterator[tuple[Test, bool | None]]:
    """What each test of a condition came to."""
    if node.test is not None:
        yield node.test, answered.truths[node.place]
    for part in node.parts:
        yield from _truths(part, answered)


def _rank(status: Status) -> int:
    return status.rank


def _requirement(fact_id: str, of: list[_Decisive], smallest: tuple[str, ...], view: View) -> DataRequirement:
    definition = view.catalog[fact_id]
    reason = view.known(fact_id)
    worst = max(of, key=lambda each: each.could_become.rank)
    return DataRequirement(
        fact=fact_id,
        label=definition.label,
        question=definition.question,
        reason=reason if isinstance(reason, AbsentReason) else AbsentReason.UNKNOWN,  # known, but not enough of it
        criteria=tuple(dict.fromkeys(each.criterion.id for each in of)),
        could_become=worst.could_become,
        smallest_set=smallest,
        citation=worst.criterion.citations[0],
    )
