"""The smallest sets of things that could make a condition true, or false, as far as its logic alone tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.rules.conditions import All, Any, Condition, Not, Test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["smallest_sets", "together"]

Sets = list[frozenset[str]]

MOST_SETS = 64


def smallest_sets(condition: Condition, leaf: Callable[[Test, bool], Sets], *, wanted: bool) -> Sets:
    """
    The sets of things, none of which holds another, that could give a condition the wanted truth.

    Args:
        condition: The condition.
        leaf: The sets that could give one test a truth: the empty set if it has it already, none if nothing can.
        wanted: The truth.
    """
    match condition:
        case Test():
            return leaf(condition, wanted)
        case Not(of=part):
            return smallest_sets(part, leaf, wanted=not wanted)
        case All(of=parts) | Any(of=parts):
            of_parts = [smallest_sets(part, leaf, wanted=wanted) for part in parts]
            if isinstance(condition, Any) is wanted:  # one part is enough
                return _smallest(each for sets in of_parts for each in sets)
            return together(of_parts)


def together(of_each: Iterable[Sets]) -> Sets:
    """The smallest sets that hold one of the sets of each; none if one of them has none."""
    joined: Sets = [frozenset()]
    for sets in of_each:
        joined = _smallest(one | other for one in joined for other in sets)
    return joined


def _smallest(sets: Iterable[frozenset[str]]) -> Sets:
    """Those sets that hold no other, the smallest first; of very many the first ones."""
    kept: Sets = []
    for each in sorted(set(sets), key=lambda one: (len(one), sorted(one))):
        if len(kept) < MOST_SETS and not any(one <= each for one in kept):
            kept.append(each)
    return kept
