"""
What would have to change for an answer to permit: the smallest sets of changeable facts, for professionals.

Only what can change is changed: a pressure, a washout that passes, a sitter who is found; never an age or a past
illness. Nothing here advises changing anything: it says on which facts the answer turns.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Literal, NamedTuple

from attrs import evolve, frozen

from ketaprogram._time import add_days, add_period
from ketaprogram.errors import StateError
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import DateFact, FactSet
from ketaprogram.rules.conditions import Period, single_tests
from ketaprogram.rules.evaluation import View, weigh
from ketaprogram.rules.lattice import restricting, status_of
from ketaprogram.rules.model import Status
from ketaprogram.rules.regions import cases, kleene, split_by_fact, values_in_words
from ketaprogram.rules.sets import smallest_sets, together
from ketaprogram.truth import truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.facts.model import Fact
    from ketaprogram.rules.conditions import Test
    from ketaprogram.rules.model import Criterion, Determination, Rulebook
    from ketaprogram.rules.regions import Piece

__all__ = ["Alternative", "Need", "what_would_change"]

TIME = "time"
"""What stands for the passing of time among the things that can change."""

_MOST_COMBINATIONS = 20_000


@frozen
class Need:
    """
    What one fact would have to be.

    Args:
        fact: Id of the fact, or ``time`` for waiting.
        label: Its short name.
        would_be: The values with which the answer permits, in words.
        not_before: The day until which to wait.
        example: One of those values, as a fact.
    """

    fact: str
    label: str
    would_be: str
    not_before: date | None = None
    example: Fact | None = None


@frozen
class Alternative:
    """
    A smallest set of changes with which the answer would permit, all else equal.

    Args:
        needs: What each fact would have to be.
        audience: Always ``professional``; nothing here is meant for the person.
    """

    needs: tuple[Need, ...]
    audience: Literal["professional"] = "professional"


def what_would_change(
    determination: Determination, rulebook: Rulebook, *, known: Catalog | None = None
) -> tuple[Alternative, ...]:
    """
    The smallest sets of changeable facts that would let a clinician go on.

    Args:
        determination: An answer that does not permit.
        rulebook: The rulebook that gave it.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        Alternatives, the smallest first; none if the answer permits already, if it is an emergency, which is acted on
        and not argued with, or if something stands in the way that cannot change, known or not.

    Raises:
        StateError: The rulebook is not the one that gave the answer.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.rules import determine, load_rulebook
        >>> rulebook = load_rulebook("candidacy-clinic")
        >>> answer = determine(FactSet(), rulebook, datetime(2026, 11, 24, 9, tzinfo=timezone.utc))
        >>> what_would_change(answer, rulebook)  # so much is not known that cannot change
        ()
    """
    if determination.rulebook_digest != rulebook.digest:
        message = "the rulebook is not the one that gave this answer"
        raise StateError(message)
    if determination.status.permits or determination.status is Status.EMERGENCY:
        return ()
    facts = FactSet(facts=determination.facts, time_zone=determination.time_zone)
    view = View(facts, known or catalog(), determination.as_of, rulebook.shelf_lives)
    blocked = {each.criterion for each in determination.findings if not each.status.permits}
    question = _question(rulebook, view, blocked)
    ways = [_ways(each, question) for each in rulebook.criteria if each.id in blocked]
    found = [_solved(each, question) for each in together(ways)]
    return tuple(Alternative(needs) for needs in found if needs)


class _Option(NamedTuple):
    """One case of one thing that can change, and for waiting the day."""

    pieces: tuple[Piece, ...]
    truths: Mapping[Test, bool | None]
    day: date | None = None


class _Question(NamedTuple):
    """One person's blocked answer: every test as it stands, and the cases of everything that could change in it."""

    criteria: tuple[Criterion, ...]
    known: Catalog
    now: Mapping[Test, bool | None]
    options: Mapping[str, tuple[_Option, ...]]


def _question(rulebook: Rulebook, view: View, blocked: set[str]) -> _Question:
    by_fact = split_by_fact(each.when for each in rulebook.criteria)
    in_the_way = split_by_fact(each.when for each in rulebook.criteria if each.id in blocked)
    now = {test: weigh(test, view).truth.as_bool for tests in by_fact.values() for test in tests}
    options = {
        fact_id: tuple(_Option(each.pieces, each.truths) for each in found)
        for fact_id, tests in by_fact.items()
        if fact_id in in_the_way and view.catalog[fact_id].changeable
        if (found := cases(view.catalog[fact_id], tests, view.catalog, view.on)) is not None
    }
    dated = tuple(test for test in now if isinstance(test.operand, Period))
    options[TIME] = tuple(_waiting(dated, view))
    return _Question(rulebook.criteria, view.catalog, now, options)


def _waiting(dated: tuple[Test, ...], view: View) -> Iterator[_Option]:
    """The later days on which a test against a date changes its answer, the first one first."""
    days = set()
    for test in dated:
        fact = view.known(test.fact)
        if isinstance(fact, DateFact) and isinstance(test.operand, Period):
            days.add(add_days(add_period(fact.value, test.operand.amount, test.operand.unit), 1))
    for day in sorted(day for day in days if day > view.on):
        later = evolve(view, on=day)
        yield _Option((), {test: weigh(test, later).truth.as_bool for test in dated}, day)


def _permits(criterion: Criterion, truths: Mapping[Test, bool | None]) -> bool:
    return status_of(criterion, truth(kleene(criterion.when, truths))).permits


def _changing(criterion: Criterion, question: _Question) -> tuple[str, ...]:
    """What can change in a criterion: its changeable facts, and time if it looks at a date."""
    tests = tuple(single_tests(criterion.when))
    found = [test.fact for test in tests if test.fact in question.options]
    found += [TIME for test in tests if isinstance(test.operand, Period) and question.options[TIME]]
    return tuple(dict.fromkeys(found))


def _ways(criterion: Criterion, question: _Question) -> list[frozenset[str]]:
    """The smallest sets of things whose change could make one criterion permit."""

    def leaf(test: Test, wanted: bool) -> list[frozenset[str]]:  # noqa: FBT001  # a truth, not a flag
        if question.now[test] is wanted:
            return [frozenset()]
        name = TIME if isinstance(test.operand, Period) else test.fact
        options = question.options.get(name, ())
        return [frozenset({name})] if any(each.truths[test] is wanted for each in options) else []

    return smallest_sets(criterion.when, leaf, wanted=not restricting(criterion).is_true)


def _solutions(
    names: tuple[str, ...], criteria: tuple[Criterion, ...], question: _Question
) -> Iterator[tuple[_Option, ...]]:
    """The combinations of options for some things with which all of some criteria permit."""
    options = [question.options[name] for name in names]
    if prod(map(len, options)) > _MOST_COMBINATIONS:
        return
    for chosen in product(*options):
        truths = {**question.now, **{test: found for option in chosen for test, found in option.truths.items()}}
        if all(_permits(each, truths) for each in criteria):
            yield chosen


def _solved(names: frozenset[str], question: _Question) -> tuple[Need, ...]:
    """What each of these things would have to be for every criterion to permit; nothing if they cannot all at once."""
    needs: list[Need] = []
    for part in _linked(names, question):
        touched = tuple(each for each in question.criteria if set(part) & set(_changing(each, question)))
        found = list(_solutions(part, touched, question))
        if not found:
            return ()
        needs += _needs(part, found, question.known)
    return tuple(sorted(needs, key=lambda each: each.fact))


def _linked(names: frozenset[str], question: _Question) -> list[tuple[str, ...]]:
    """These things in groups that no criterion looks at together, so that each group is solved for itself."""
    groups: list[set[str]] = [{name} for name in names]
    for criterion in question.criteria:
        shared = names & set(_changing(criterion, question))
        touching = [group for group in groups if group & shared]
        if len(touching) > 1:
            groups = [group for group in groups if group not in touching] + [set().union(*touching)]
    return [tuple(sorted(group)) for group in groups]


def _needs(names: tuple[str, ...], found: list[tuple[_Option, ...]], known: Catalog) -> Iterator[Need]:
    if TIME in names:  # the first day is what is asked for
        at = names.index(TIME)
        first = min(day for each in found if (day := each[at].day) is not None)
        found = [each for each in found if each[at].day == first]
    allowed = [set(options) for options in zip(*[[option.pieces for option in each] for each in found], strict=True)]
    # Where the facts depend on one another, the ranges of each alone would promise too much: one way is shown.
    independent = prod(map(len, allowed)) == len({tuple(option.pieces for option in each) for each in found})
    for place, name in enumerate(names):
        option = found[0][place]
        if option.day is not None:
            yield Need(name, "Time", f"from {option.day.isoformat()}", option.day)
        else:
            pieces = [piece for each in allowed[place] for piece in each] if independent else option.pieces
            yield Need(name, known[name].label, values_in_words(pieces), example=option.pieces[0].example)
