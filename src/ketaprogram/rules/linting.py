"""
What a rulebook says that its author may not have meant.

Two rules that are one, a rule that nobody can meet, a number that nobody approved, a loosening that nobody named. A
rulebook that lints clean is not thereby right; one that does not should not be signed off unread.
"""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING

from ketaprogram.facts.catalog import catalog
from ketaprogram.issues import Issue, pointer
from ketaprogram.rules.comparing import diff
from ketaprogram.rules.conditions import single_tests
from ketaprogram.rules.lattice import status_of
from ketaprogram.rules.loading import load_rulebook, rulebook_names
from ketaprogram.rules.model import Status
from ketaprogram.rules.regions import cases, kleene, split_by_fact, worlds
from ketaprogram.truth import truth

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from ketaprogram.facts.catalog import Catalog, FactDefinition
    from ketaprogram.rules.conditions import Test
    from ketaprogram.rules.model import Criterion, Parameter, Review, Rulebook
    from ketaprogram.rules.regions import Case

__all__ = ["lint"]


def lint(
    rulebook: Rulebook,
    *,
    on: date,
    parent: Rulebook | None = None,
    with_cases: Collection[str] | None = None,
    known: Catalog | None = None,
) -> tuple[Issue, ...]:
    """
    What to look at in a rulebook before it is signed off.

    Args:
        rulebook: The rulebook.
        on: The day of the question: reviews are due by a day.
        parent: The rulebook that it extends; found by itself if that one ships.
        with_cases: Ids of the criteria that have a case file; not asked about if not given.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        Issues with pointers into the rulebook's document; the message names criteria by id.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.rules import load_rulebook
        >>> sorted({each.code for each in lint(load_rulebook("candidacy"), on=date(2026, 11, 24))})
        ['lint.unapproved', 'lint.unreviewed']
    """
    definitions = known or catalog()
    if parent is None and rulebook.extends in rulebook_names():
        parent = load_rulebook(rulebook.extends)
    return (
        *_each_alone(rulebook, definitions),
        *_pairs(rulebook, definitions),
        *_harm(rulebook, definitions),
        *_sources(rulebook, with_cases),
        *_proposals(rulebook),
        *_reviews(rulebook, on),
        *(_looser(rulebook, parent, definitions) if parent is not None else ()),
    )


def _issue(code: str, message: str, *path: str | int, hint: str = "") -> Issue:
    return Issue(pointer(*path), f"lint.{code}", message, hint=hint)


def _status(criterion: Criterion, truths: dict[Test, bool]) -> Status:
    return status_of(criterion, truth(kleene(criterion.when, truths)))


# --- logic ------------------------------------------------------------------------------------------------------------


def _each_alone(rulebook: Rulebook, known: Catalog) -> Iterator[Issue]:
    for index, criterion in enumerate(rulebook.criteria):
        found = worlds((criterion.when,), known, rulebook.effective_from)
        if found is None:
            yield _issue("not-analyzed", f"{criterion.id} has too many cases to be analyzed.", "criteria", index)
            continue
        statuses = {_status(criterion, truths) for _, truths in found}
        if statuses == {Status.CANDIDATE} and not _asks(criterion):
            message = f"{criterion.id} can never restrict: no plausible person meets it."
            yield _issue("unreachable", message, "criteria", index, "when", hint="Look for a range that is empty.")
        elif Status.CANDIDATE not in statuses:
            message = f"{criterion.id} restricts every person: nobody can ever be a candidate."
            yield _issue("contradiction", message, "criteria", index, "when")


def _asks(criterion: Criterion) -> bool:
    """Whether it wants something to be known: it then restricts those of whom it is not, whom no case stands for."""
    return any(test.op == "is-known" for test in single_tests(criterion.when))


def _pairs(rulebook: Rulebook, known: Catalog) -> Iterator[Issue]:
    asked = [{test.fact for test in single_tests(each.when)} for each in rulebook.criteria]
    for (one_at, one), (other_at, other) in combinations(enumerate(rulebook.criteria), 2):
        if not asked[one_at] & asked[other_at]:
            continue
        found = worlds((one.when, other.when), known, rulebook.effective_from)
        if found is None:
            continue
        ranks = {(_status(one, truths).rank, _status(other, truths).rank) for _, truths in found}
        if not any(0 in pair for pair in ranks) or len(ranks) == 1:
            continue  # each is alone unreachable, or alone contradictory, and was named
        yield from _pair(one, other, ranks, other_at)


def _pair(one: Criterion, other: Criterion, ranks: set[tuple[int, int]], at: int) -> Iterator[Issue]:
    if (0, 0) not in ranks:
        message = f"{one.id} and {other.id} together leave nobody: whoever passes one is restricted by the other."
        yield _issue("contradiction", message, "criteria", at, "when")
    elif all(mine == theirs for mine, theirs in ranks):
        message = f"{one.id} and {other.id} are the same rule: each restricts exactly as the other does."
        yield _issue("duplicate", message, "criteria", at)
    elif all(mine >= theirs for mine, theirs in ranks):
        yield from _subsumed(other, one, at)
    elif all(mine <= theirs for mine, theirs in ranks):
        yield from _subsumed(one, other, at)


def _subsumed(idle: Criterion, decisive: Criterion, at: int) -> Iterator[Issue]:
    if _asks(idle):
        return
    if idle.criterion_kind == decisive.criterion_kind == "precaution":
        return  # one more thing to weigh, with advice of its own
    if decisive.overridable and not idle.overridable:
        return  # it decides once the other was overridden
    message = f"{idle.id} never decides: wherever it restricts, {decisive.id} restricts at least as much."
    yield _issue("subsumed", message, "criteria", at)


def _harm(rulebook: Rulebook, known: Catalog) -> Iterator[Issue]:
    """Law 2, exactly: with all else the same, a fact moved in its harmful direction never gives less restriction."""
    for index, criterion in enumerate(rulebook.criteria):
        by_fact = split_by_fact((criterion.when,))
        for fact_id, tests in by_fact.items():
            others = {each: own for each, own in by_fact.items() if each != fact_id}
            found = cases(known[fact_id], tests, known, rulebook.effective_from)
            steps = _harmful_order(known[fact_id], found or ())
            if any(
                _status(criterion, {**rest, **worse.truths}) < _status(criterion, {**rest, **better.truths})
                for rest in _rests(others, known, rulebook.effective_from)
                for better, worse in steps
            ):
                message = f"{criterion.id} gets more permissive as {fact_id} gets worse."
                hint = "Give the rule as a bound on one side, or the fact no harmful direction."
                yield _issue("harm-helps", message, "criteria", index, "when", hint=hint)


def _rests(others: dict[str, tuple[Test, ...]], known: Catalog, on: date) -> Iterator[dict[Test, bool]]:
    found = worlds([test for tests in others.values() for test in tests], known, on)
    yield from (truths for _, truths in found or ())


def _harmful_order(definition: FactDefinition, found: tuple[Case, ...]) -> list[tuple[Case, Case]]:
    """
    Pairs of cases, the better one first, as far as the catalogue says which is worse.

    A case may lie on both sides of another, as all amounts but one do: then each is worse than the other somewhere.
    """
    rising = [
        (one, other)
        for one, other in permutations(found, 2)
        if min(each.place for each in one.pieces) < max(each.place for each in other.pieces)
    ]
    match definition.harm:
        case "up" | "true":
            return rising
        case "down" | "false":
            return [(better, worse) for worse, better in rising]
        case "more":
            return [(found[0], worse) for worse in found[1:]]
        case "none":
            return []


# --- sources, approvals, reviews --------------------------------------------------------------------------------------


def _sources(rulebook: Rulebook, with_cases: Collection[str] | None) -> Iterator[Issue]:
    for index, criterion in enumerate(rulebook.criteria):
        if criterion.quote is None and not all(each.locator for each in criterion.citations):
            message = f"{criterion.id} gives neither a quote nor the place in its source."
            yield _issue("no-locator", message, "criteria", index, "citations")
        uncertain = all(each.confidence == "uncertain" for each in criterion.citations)
        if uncertain and criterion.criterion_kind in {"exclusion", "emergency"} and rulebook.gate == "candidacy":
            message = f"{criterion.id} refuses people, and no source that anybody confirmed supports it."
            yield _issue("uncertain", message, "criteria", index, "citations", hint="Make it a precaution.")
        if with_cases is not None and criterion.id not in with_cases:
            yield _issue("no-case", f"{criterion.id} has no case file.", "criteria", index)


def _proposals(rulebook: Rulebook) -> Iterator[Issue]:
    places: list[tuple[str, int, Parameter | Criterion]] = [
        *(("parameters", at, each) for at, each in enumerate(rulebook.parameters)),
        *(("criteria", at, each) for at, each in enumerate(rulebook.criteria)),
    ]
    for name, at, each in places:
        if each.is_open_proposal:
            message = f"{each.id} is a proposal that no clinician has approved."
            yield _issue("unapproved", message, name, at, "approved")


def _reviews(rulebook: Rulebook, on: date) -> Iterator[Issue]:
    if rulebook.reviewed is None and any(each.reviewed is None for each in rulebook.criteria):
        yield _issue("unreviewed", f"Nobody has reviewed {rulebook.id} against its sources.", "reviewed")
    reviews: list[tuple[str, Review | None, tuple[str | int, ...]]] = [(rulebook.id, rulebook.reviewed, ("reviewed",))]
    reviews += [(each.id, each.reviewed, ("criteria", at, "reviewed")) for at, each in enumerate(rulebook.criteria)]
    for about, review, path in reviews:
        if review is not None and review.due < on:
            yield _issue("review-overdue", f"The review of {about} was due by {review.due.isoformat()}.", *path)


def _looser(rulebook: Rulebook, parent: Rulebook, known: Catalog) -> Iterator[Issue]:
    places = {each.id: ("criteria", at) for at, each in enumerate(rulebook.criteria)}
    places |= {each.id: ("parameters", at) for at, each in enumerate(rulebook.parameters)}
    for each in diff(parent, rulebook, known=known):
        if each.may_loosen:
            people = "; ".join(f"{one.people}: {one.before.value} -> {one.after.value}" for one in each.moved[:3])
            why = " ".join(part for part in (each.detail, people) if part)
            removed = f"{each.about} of {parent.id} is left out."
            message = removed if each.kind == "removed" else f"{each.about} is looser than in {parent.id}."
            yield _issue("looser", message, *places.get(each.about, ()), hint=why)
