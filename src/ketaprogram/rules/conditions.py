"""
Conditions as data: a small tree of tests over facts, the same in TOML, in JSON and in memory; nothing in it is code.

Which operators fit a kind of fact stands in `OPERATORS`; what they mean stands in `evaluation`, the reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram.facts.catalog import FactKind
from ketaprogram.record import FactId

__all__ = [
    "DEEPEST",
    "OPERATORS",
    "All",
    "Amounts",
    "Any",
    "Condition",
    "Count",
    "Flag",
    "Matching",
    "Not",
    "Operand",
    "Operator",
    "Period",
    "PeriodUnit",
    "Test",
    "Words",
    "depth_of",
    "single_tests",
]

Operator = Literal[
    "=", "!=", "<", "<=", ">", ">=", "between", "in", "includes-any", "includes-all", "is-known",
    "within", "older-than", "count",
]  # fmt: skip

OPERATORS: Mapping[FactKind, tuple[Operator, ...]] = {
    "boolean": ("=", "is-known"),
    "quantity": ("=", "!=", "<", "<=", ">", ">=", "between", "is-known"),
    "code": ("=", "!=", "in", "is-known"),
    "codes": ("includes-any", "includes-all", "count", "is-known"),
    "date": ("within", "older-than", "is-known"),
    "entries": ("count", "is-known"),
}
"""The closed list of operators, by the kind of fact that they fit."""

PeriodUnit = Literal["d", "wk", "mo", "a"]

DEEPEST = 30
"""How many levels of all, any, not and where a condition may have; nobody signs off a deeper one."""

AtLeast = Annotated[int, Ge(1), Le(1000)]


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
        values: One for ``=`` and ``!=``, any number for ``in``, ``includes-any`` and ``includes-all``.
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
    unit: PeriodUnit


@frozen(kw_only=True)
class Count:
    """
    How many of some words a list of codes must hold.

    Args:
        at_least: The least number, included.
        words: The words that are counted.
    """

    kind: Literal["count"] = "count"
    at_least: AtLeast
    words: Annotated[tuple[Annotated[str, MinLen(1), MaxLen(80)], ...], MinLen(1), MaxLen(1000)]


@frozen(kw_only=True)
class Matching:
    """
    How many entries of a history must meet a condition of their own.

    Args:
        at_least: The least number, included.
        where: The condition, over the facts of one entry.
    """

    kind: Literal["matching"] = "matching"
    at_least: AtLeast
    where: Condition


Operand = Amounts | Words | Flag | Period | Count | Matching


@frozen(kw_only=True)
class Test:
    """
    One fact against one operand.

    Args:
        fact: Id of the fact.
        op: The operator; ``within`` a period counts its last day, ``older-than`` begins the day after. ``is-known`` is
            true or unknown, never false: what nobody knows is a question, not an answer.
        operand: What it is compared with; none for ``is-known``.
    """

    __test__ = False  # not a test case, whatever its name suggests to a collector

    kind: Literal["test"] = "test"
    fact: FactId
    op: Operator
    operand: Operand | None = None


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


def depth_of(condition: Condition) -> int:
    """The levels of a condition, 1 for a single test; never more than one above `DEEPEST` is counted."""
    level, depth = [condition], 0
    while level and depth <= DEEPEST:
        depth += 1
        level = [part for each in level for part in _parts(each)]
    return depth


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case All(of=parts) | Any(of=parts):
            return parts
        case Not(of=part):
            return (part,)
        case Test(operand=Matching(where=where)):
            return (where,)
        case Test():
            return ()
