"""
Faults of a rulebook that its schema cannot see: a test that does not fit its fact.

A rulebook that was read from JSON or built in code passes here before it answers anything, as one from TOML does on
the way in; so a rulebook that means nothing is never used quietly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.facts.catalog import catalog
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.rules.conditions import (
    DEEPEST,
    OPERATORS,
    All,
    Amounts,
    Any,
    Condition,
    Count,
    Flag,
    Matching,
    Not,
    Period,
    Test,
    Words,
    depth_of,
)
from ketaprogram.rules.model import SHELF_LIFE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.facts.catalog import Catalog, FactDefinition
    from ketaprogram.rules.model import Rulebook

__all__ = ["check_rulebook", "operand_faults"]


def check_rulebook(rulebook: Rulebook, known: Catalog | None = None) -> tuple[Issue, ...]:
    """
    Every fault of meaning in a rulebook, however it was made.

    Args:
        rulebook: The rulebook.
        known: The catalogue of facts, if a clinic extends ours.

    Example:
        >>> from ketaprogram.rules import load_rulebook
        >>> check_rulebook(load_rulebook("candidacy-home"))
        ()
    """
    return tuple(_faults(rulebook, known or catalog()))


def operand_faults(test: Test, definition: FactDefinition) -> Iterator[tuple[str, str, str, str]]:
    """The faults of a test against its fact, whose operator fits: code, message, expectation, hint of each."""
    match test.operand:
        case Amounts(values=values, unit=unit):
            if len(values) != (2 if test.op == "between" else 1):
                yield "value.length", "The list is too short or too long.", "two for between, else one", ""
            elif values[0] > values[-1]:
                yield "range.empty", "The range is empty: its least amount is above its greatest.", "", ""
            if unit != definition.unit:
                yield "unit.mismatch", "The unit is not the fact's own.", definition.unit, ""
        case Words(values=words) | Count(words=words):
            if len(words) > 1 and test.op in {"=", "!="}:
                yield "value.length", "The list is too short or too long.", "one word", ""
            for word in words:
                if word not in definition.words:
                    yield "value.choice", "A word is not in the fact's list.", "", nearest(word, definition.words)
            if isinstance(test.operand, Count) and test.operand.at_least > len(set(words)):
                yield "range.empty", "No list holds that many of these words.", f"at most {len(set(words))}", ""
        case _:
            return


_OPERANDS = {
    "boolean": Flag,
    "quantity": Amounts,
    "code": Words,
    "codes": Words,
    "date": Period,
    "entries": Matching,
}


def _faults(rulebook: Rulebook, known: Catalog) -> Iterator[Issue]:
    ids: set[str] = set()
    for index, criterion in enumerate(rulebook.criteria):
        if criterion.id in ids:
            message = "Another criterion of this rulebook has the same id."
            yield Issue(pointer("criteria", index, "id"), "criterion.duplicate", message)
        ids.add(criterion.id)
        here = ("criteria", index, "when")
        if depth_of(criterion.when) > DEEPEST:
            message, expected = "A condition is nested too deeply.", f"at most {DEEPEST} levels"
            yield Issue(pointer(*here), "condition.too-deep", message, expected)
        else:
            yield from _condition(criterion.when, known, here, None)
    for index, parameter in enumerate(rulebook.parameters):
        name = parameter.id.removeprefix(SHELF_LIFE)
        if name != parameter.id and name not in known.shelf_lives:
            message = "No facts share a shelf life of this name."
            hint = nearest(name, known.shelf_lives)
            yield Issue(pointer("parameters", index, "id"), "parameter.unknown", message, hint=hint)
        elif name != parameter.id and parameter.unit != known.shelf_lives[name].value.unit:
            expected = known.shelf_lives[name].value.unit
            message = "The unit is not the shelf life's own."
            yield Issue(pointer("parameters", index, "unit"), "unit.mismatch", message, expected)
        if not parameter.low <= parameter.value <= parameter.high:
            message = "The value is out of the parameter's bounds."
            yield Issue(pointer("parameters", index, "value"), "value.range", message)


def _condition(
    condition: Condition, known: Catalog, path: tuple[str | int, ...], entry_of: str | None
) -> Iterator[Issue]:
    match condition:
        case All(of=parts) | Any(of=parts):
            for index, part in enumerate(parts):
                yield from _condition(part, known, (*path, "of", index), entry_of)
        case Not(of=part):
            yield from _condition(part, known, (*path, "of"), entry_of)
        case Test():
            yield from _test(condition, known, path, entry_of)


def _test(test: Test, known: Catalog, path: tuple[str | int, ...], entry_of: str | None) -> Iterator[Issue]:
    definition = known.definitions.get(test.fact)
    if definition is None:
        hint = nearest(test.fact, known.definitions)
        yield Issue(pointer(*path, "fact"), "fact.unknown", "No fact has this id.", hint=hint)
        return
    if definition.entry_of != entry_of:
        yield Issue(pointer(*path, "fact"), "fact.misplaced", "The fact is not asked here.")
    if test.op not in OPERATORS[definition.kind]:
        expected = "one of " + " ".join(OPERATORS[definition.kind])
        yield Issue(pointer(*path, "op"), "operator.unfit", "The operator does not fit the kind of fact.", expected)
        return
    wanted = _operand_of(test.op, definition)
    if not isinstance(test.operand, wanted):
        expected = "none" if wanted is type(None) else wanted.__name__.lower()
        yield Issue(pointer(*path, "operand"), "value.type", "The value is of another type.", expected)
        return
    for code, message, expected, hint in operand_faults(test, definition):
        yield Issue(pointer(*path, "operand"), code, message, expected, hint)
    if isinstance(test.operand, Matching):
        yield from _condition(test.operand.where, known, (*path, "operand", "where"), definition.id)


def _operand_of(op: str, definition: FactDefinition) -> type:
    if op == "is-known":
        return type(None)
    if op == "count" and definition.kind == "codes":
        return Count
    return _OPERANDS[definition.kind]
