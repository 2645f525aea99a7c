"""
The laws that every rulebook must keep, as plain checks for anybody's test suite.

Each check takes a rulebook and facts, and raises AssertionError with the criteria that broke the law. Give it facts
from `strategies.fact_sets` and your own rulebook.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from ketaprogram.documents import write
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import BooleanFact, CodesFact, FactSet, QuantityFact
from ketaprogram.rules import determine, determine_status
from ketaprogram.rules.model import Rulebook, Status
from ketaprogram.rules.replaying import replay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ketaprogram.facts.catalog import Catalog, FactDefinition
    from ketaprogram.facts.model import Fact
    from ketaprogram.rules.model import Determination

__all__ = [
    "check_basis",
    "check_harm_never_helps",
    "check_ignorance_never_permits",
    "check_order_is_irrelevant",
    "harmful_moves",
    "permissiveness",
]


def permissiveness(status: Status) -> int:
    """2 for candidate, 1 for needs-review, 0 for every status that does not let a clinician go on."""
    return {Status.CANDIDATE: 2, Status.NEEDS_REVIEW: 1}.get(status, 0)


def check_ignorance_never_permits(
    rulebook: Rulebook, facts: FactSet, removed: tuple[str, ...], as_of: datetime
) -> None:
    """Law 1: removing facts never makes the answer more permissive."""
    before, after = determine(facts, rulebook, as_of), determine(facts.without(*removed), rulebook, as_of)
    _not_more_permissive(before, after, f"after {', '.join(removed)} became unknown")


def check_harm_never_helps(
    rulebook: Rulebook, facts: FactSet, as_of: datetime, *, known: Catalog | None = None
) -> None:
    """Law 2: moving any fact in its harmful direction never makes the answer more permissive."""
    before = determine(facts, rulebook, as_of, known=known)
    definitions = known or catalog()
    for fact in facts.facts:
        for worse in harmful_moves(fact, definitions[fact.id]):
            after = determine(facts.with_(worse), rulebook, as_of, known=known)
            _not_more_permissive(before, after, f"after {fact.id} moved in its harmful direction")


def check_basis(rulebook: Rulebook, facts: FactSet, as_of: datetime) -> None:
    """Laws 3 and 4: every answer shows its basis, and the same question gets the same answer, byte for byte."""
    answer = determine(facts, rulebook, as_of)
    assert write(answer) == write(determine(facts, rulebook, as_of)), "the same question got two answers"
    assert (answer.rulebook, answer.rulebook_digest) == (rulebook.id, rulebook.digest)
    assert determine_status(facts, rulebook, as_of) is answer.status, "the quick answer is another one"
    assert not replay(answer, rulebook).differing, "what was recorded does not give the answer again"
    for finding in answer.findings:
        assert finding.citations, f"{finding.criterion} cites nothing"
        assert finding.truth != "unknown" or finding.missing, f"{finding.criterion} does not say what is missing"
    blocked = [each for each in answer.findings if each.truth == "unknown" and each.status is Status.NEEDS_INFO]
    assert not (blocked and answer.status is Status.NEEDS_INFO) or answer.requirements, "nothing to ask"


def check_order_is_irrelevant(rulebook: Rulebook, facts: FactSet, as_of: datetime) -> None:
    """The order of criteria and of facts changes nothing in the answer."""
    turned = attrs.evolve(rulebook, criteria=tuple(reversed(rulebook.criteria)))
    shuffled = FactSet(facts=tuple(reversed(facts.facts)), time_zone=facts.time_zone)
    straight, other = determine(facts, rulebook, as_of), determine(shuffled, turned, as_of)
    assert straight.status is other.status
    assert {each.criterion: each.truth for each in straight.findings} == {
        each.criterion: each.truth for each in other.findings
    }
    assert {each.fact for each in straight.requirements} == {each.fact for each in other.requirements}


def harmful_moves(fact: Fact, definition: FactDefinition) -> Iterator[Fact]:
    """The fact, moved in the harmful direction of the catalogue: by a small step, a large one, or to the end."""
    match fact:
        case BooleanFact() if definition.harm in {"true", "false"}:
            yield attrs.evolve(fact, value=definition.harm == "true")
        case CodesFact() if definition.harm == "more":
            for word in definition.words:
                yield attrs.evolve(fact, values=fact.values | {word})
        case QuantityFact(comparator="=") if definition.harm in {"up", "down"}:
            end = definition.high if definition.harm == "up" else definition.low
            sign = 1 if definition.harm == "up" else -1
            moved = {fact.value + sign * step for step in (Decimal("0.1"), Decimal(1), Decimal(10))}
            yield from (attrs.evolve(fact, value=value) for value in sorted({*moved, end or fact.value}))
        case _:
            return


def _not_more_permissive(before: Determination, after: Determination, what: str) -> None:
    if permissiveness(after.status) > permissiveness(before.status):
        deciding = ", ".join(each.criterion for each in before.deciding)
        message = f"{before.rulebook} became more permissive {what}: {before.status} -> {after.status}; was {deciding}"
        raise AssertionError(message)
