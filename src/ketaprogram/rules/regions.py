"""
The cases that conditions can tell apart, so that two of them can be compared without trying every person.

Between two bounds every amount gives every test the same answer, so one case stands for all of them. The cases of the
facts that two conditions look at, taken together, are all the people there are as far as those conditions go. What an
entry of a history is like is not looked into: each condition on entries is taken to be met by any number of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from ketaprogram._time import earliest_within
from ketaprogram.facts.model import BooleanFact, CodeFact, CodesFact, DateFact, FactSet, QuantityFact
from ketaprogram.rules.conditions import (
    All,
    Amounts,
    Any,
    Condition,
    Count,
    Matching,
    Not,
    Period,
    Test,
    Words,
    single_tests,
)
from ketaprogram.rules.evaluation import View, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from ketaprogram.facts.catalog import Catalog, FactDefinition
    from ketaprogram.facts.model import Fact

__all__ = ["Case", "Piece", "cases", "kleene", "split_by_fact", "values_in_words", "worlds"]

MOST_WORLDS = 20_000
MOST_LISTS = 2_000


@frozen
class Piece:
    """
    Neighboring values of one fact that no test tells apart, in the natural order of the values.

    Args:
        place: Its place in that order.
        words: The values, in words; for an amount its unit alone.
        low: The least amount, or None if there is no bound.
        high: The greatest amount, or None if there is no bound.
        closed: Whether both ends belong to it; it is then one amount.
        example: One of the values, as a fact; None for a history, whose entries are not looked into.
    """

    place: int
    words: str
    low: Decimal | None = None
    high: Decimal | None = None
    closed: bool = False
    example: Fact | None = None


@frozen
class Case:
    """
    Values of one fact that a set of tests cannot tell apart.

    Args:
        fact: Id of the fact.
        pieces: The values.
        truths: What each of the tests says of them.
    """

    fact: str
    pieces: tuple[Piece, ...]
    truths: Mapping[Test, bool]

    @property
    def words(self) -> str:
        """The values, in words."""
        return values_in_words(self.pieces)


def values_in_words(pieces: Iterable[Piece]) -> str:
    """
    Values in words: neighboring amounts as one range, anything else one by one.

    Example:
        >>> ends = Piece(0, "mm[Hg]", None, Decimal(140)), Piece(1, "mm[Hg]", Decimal(140), Decimal(140), True)
        >>> values_in_words(ends)
        'at most 140 mm[Hg]'
    """
    runs: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda each: each.place):
        follows = runs and runs[-1][-1].place + 1 == piece.place and (piece.closed or runs[-1][-1].closed)
        if follows:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return " or ".join(_range(run[0], run[-1]) for run in runs)


def _range(first: Piece, last: Piece) -> str:
    if first.low is None and last.high is None:
        return first.words if first.place == last.place else f"any {first.words}"
    if first.closed and first.place == last.place:
        return f"{first.low:f} {first.words}"
    ends = []
    if first.low is not None:
        ends.append(f"{'at least' if first.closed else 'above'} {first.low:f}")
    if last.high is not None:
        ends.append(f"{'at most' if last.closed else 'below'} {last.high:f}")
    return f"{' and '.join(ends)} {first.words}"


def kleene(condition: Condition, truths: Mapping[Test, bool | None]) -> bool | None:
    """The truth of a condition from the truths of its tests."""
    match condition:
        case Test():
            return truths[condition]
        case Not(of=part):
            found = kleene(part, truths)
            return None if found is None else not found
        case All(of=parts) | Any(of=parts):
            decides = isinstance(condition, Any)
            each = [kleene(part, truths) for part in parts]
            if decides in each:
                return decides
            return None if None in each else not decides


def split_by_fact(conditions: Iterable[Condition]) -> dict[str, tuple[Test, ...]]:
    """The different tests of some conditions, by the id of their fact."""
    found: dict[str, dict[Test, None]] = {}
    for condition in conditions:
        for test in single_tests(condition):
            found.setdefault(test.fact, {})[test] = None
    return {fact_id: tuple(tests) for fact_id, tests in found.items()}


def worlds(
    conditions: Iterable[Condition], known: Catalog, on: date
) -> Iterator[tuple[tuple[Case, ...], dict[Test, bool]]] | None:
    """
    Every combination of cases of the facts that some conditions look at, with what each test says there.

    Returns:
        The combinations, or None if there are more than `MOST_WORLDS`.
    """
    of_each = []
    for fact_id, tests in split_by_fact(conditions).items():
        found = cases(known[fact_id], tests, known, on)
        if found is None:
            return None
        of_each.append(found)
    if prod(map(len, of_each)) > MOST_WORLDS:
        return None
    return (
        (world, {test: found for case in world for test, found in case.truths.items()}) for world in product(*of_each)
    )


def cases(definition: FactDefinition, tests: tuple[Test, ...], known: Catalog, on: date) -> tuple[Case, ...] | None:
    """
    The cases of one fact, known in whole, that some tests can tell apart; cases that all tests take alike are one.

    Args:
        definition: The fact.
        tests: Tests of that fact.
        known: The catalogue.
        on: The day to which periods are counted.

    Returns:
        The cases, or None for a list of which so many words are looked for that there are too many lists to try.
    """
    if definition.kind == "codes" and _number_of_lists(tests) > MOST_LISTS:
        return None
    by_truths: dict[tuple[bool, ...], list[Piece]] = {}
    for piece, found in _told_apart(definition, tests, known, on):
        by_truths.setdefault(found, []).append(piece)
    return tuple(
        Case(definition.id, tuple(pieces), dict(zip(tests, found, strict=True))) for found, pieces in by_truths.items()
    )


def _told_apart(
    definition: FactDefinition, tests: tuple[Test, ...], known: Catalog, on: date
) -> Iterator[tuple[Piece, tuple[bool, ...]]]:
    if definition.kind == "entries":
        yield from _counts(tests)
        return
    as_of = datetime.combine(on, datetime.min.time(), UTC)
    for piece, fact in _values(definition, tests, on, as_of):
        view = View(FactSet(facts=(fact,)), known, as_of, {}, on)
        yield evolve(piece, example=fact), tuple(weigh(test, view).truth.is_true for test in tests)


def _values(
    definition: FactDefinition, tests: tuple[Test, ...], on: date, seen: datetime
) -> Iterator[tuple[Piece, Fact]]:
    """Values of a fact, at least one for each answer that the tests can give together, in their natural order."""
    fact_id = definition.id
    match definition.kind:
        case "boolean":
            yield Piece(0, "no"), BooleanFact(id=fact_id, value=False, observed_at=seen)
            yield Piece(1, "yes"), BooleanFact(id=fact_id, value=True, observed_at=seen)
        case "code":
            for place, word in enumerate(definition.words):
                yield Piece(place, word), CodeFact(id=fact_id, value=word, observed_at=seen)
        case "codes":
            for place, held in enumerate(_lists(tests)):
                words = ("holds " + ", ".join(sorted(held))) if held else "holds none of these"
                yield Piece(place, words), CodesFact(id=fact_id, values=held, is_complete=True, observed_at=seen)
        case "date":
            turning = {
                earliest_within(on, test.operand.amount, test.operand.unit)
                for test in tests
                if isinstance(test.operand, Period)
            }
            days = sorted({on, *turning, *(day - timedelta(days=1) for day in turning)}, reverse=True)
            for place, day in enumerate(days):
                yield Piece(place, f"{(on - day).days} days ago"), DateFact(id=fact_id, value=day, observed_at=seen)
        case _:
            for piece, amount in _amounts(definition, tests):
                yield piece, QuantityFact(id=fact_id, value=amount, unit=definition.unit, observed_at=seen)


def _amounts(definition: FactDefinition, tests: tuple[Test, ...]) -> Iterator[tuple[Piece, Decimal]]:
    """Each bound, and an amount from each gap between two, within what is plausible."""
    every = {value for test in tests if isinstance(test.operand, Amounts) for value in test.operand.values}
    low = definition.low if definition.low is not None else min(every, default=Decimal(0)) - 1
    high = definition.high if definition.high is not None else max(every, default=Decimal(0)) + 1
    bounds = sorted(each for each in every if low <= each <= high)
    unit, place = definition.unit, 0
    for below, above in pairwise([None, *bounds, None]):
        least, greatest = low if below is None else below, high if above is None else above
        if least < greatest or not bounds:
            yield Piece(place, unit, below, above), (least + greatest) / 2
        if above is not None:
            yield Piece(place + 1, unit, above, above, closed=True), above
        place += 2


def _lists(tests: tuple[Test, ...]) -> Iterator[frozenset[str]]:
    """Lists that tests can tell apart: of words that stand in the same tests only the number counts."""
    groups = _alike(tests)
    for taken in product(*(_numbers(words, tests) for words in groups)):
        yield frozenset(word for words, many in zip(groups, taken, strict=True) for word in words[:many])


def _number_of_lists(tests: tuple[Test, ...]) -> int:
    return prod(len(_numbers(words, tests)) for words in _alike(tests))


def _alike(tests: tuple[Test, ...]) -> list[list[str]]:
    """The words that tests look for, those together that stand in the same tests."""
    groups: dict[tuple[bool, ...], list[str]] = {}
    looked_for = [set(test.operand.values) if isinstance(test.operand, Words) else _counted(test) for test in tests]
    for word in sorted(set().union(*looked_for)):
        groups.setdefault(tuple(word in words for words in looked_for), []).append(word)
    return list(groups.values())


def _numbers(words: list[str], tests: tuple[Test, ...]) -> range:
    """How many of some words a list may hold, as far as tests can tell: for includes-any one is as good as all."""
    return range(2 if all(test.op == "includes-any" for test in tests) else len(words) + 1)


def _counted(test: Test) -> set[str]:
    return set(test.operand.words) if isinstance(test.operand, Count) else set()


def _counts(tests: tuple[Test, ...]) -> Iterator[tuple[Piece, tuple[bool, ...]]]:
    """How many entries meet each condition on entries, one independent of the other."""
    most: dict[Condition, int] = {}
    for test in tests:
        if isinstance(test.operand, Matching):
            most[test.operand.where] = max(most.get(test.operand.where, 0), test.operand.at_least)
    for place, many in enumerate(product(*(range(number + 1) for number in most.values()))):
        found = dict(zip(most, many, strict=True))
        words = " and ".join(f"{number} that count" for number in many) or "any"
        yield Piece(place, words), tuple(_counts_enough(test, found) for test in tests)


def _counts_enough(test: Test, found: Mapping[Condition, int]) -> bool:
    if isinstance(test.operand, Matching):
        return found[test.operand.where] >= test.operand.at_least
    return True  # is-known
