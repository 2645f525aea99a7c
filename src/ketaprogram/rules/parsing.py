"""Conditions from a rulebook's source: each test fits its fact, each amount is in the fact's own unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ketaprogram.errors import UnitError
from ketaprogram.issues import nearest, shown
from ketaprogram.quantity import UNITS, Quantity, compatible
from ketaprogram.rules import conditions as tree
from ketaprogram.rules.checking import operand_faults
from ketaprogram.rules.conditions import DEEPEST, OPERATORS, Test

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.facts.catalog import FactDefinition
    from ketaprogram.rules.conditions import Condition, Operand
    from ketaprogram.rules.lines import Path
    from ketaprogram.rules.source import Reader

__all__ = ["condition", "unit_hint"]


def condition(
    reader: Reader, entry: Any, path: Path, used: set[str], *, entry_of: str | None = None, level: int = 1
) -> Condition | None:
    """
    A condition, or None and its faults.

    Args:
        reader: Takes up the faults.
        entry: What stands in the source.
        path: Where it stands.
        used: Takes up the parameters whose numbers stand in it.
        entry_of: The history whose entries the condition is about, inside a ``where``.
        level: How deep it stands; one below `DEEPEST` is refused, and what is in it is not looked at.
    """
    if level > DEEPEST:
        reader.fault(path, "condition.too-deep", "A condition is nested too deeply.", f"at most {DEEPEST} levels")
        return None
    if isinstance(entry, dict) and entry.keys() == {"definition"}:
        return _defined(reader, entry["definition"], path, used, entry_of=entry_of, level=level)
    if isinstance(entry, dict) and len(entry) == 1 and (word := next(iter(entry))) in {"all", "any"}:
        if not isinstance(entry[word], list) or not entry[word]:
            reader.type_fault((*path, word), "a list of conditions")
            return None
        parts = [
            condition(reader, each, (*path, word, index), used, entry_of=entry_of, level=level + 1)
            for index, each in enumerate(entry[word])
        ]
        whole = tuple(each for each in parts if each is not None)
        if len(whole) < len(parts):
            return None
        return tree.All(of=whole) if word == "all" else tree.Any(of=whole)
    if isinstance(entry, dict) and entry.keys() == {"not"}:
        part = condition(reader, entry["not"], (*path, "not"), used, entry_of=entry_of, level=level + 1)
        return None if part is None else tree.Not(of=part)
    if not reader.members(entry, path, ("fact", "op"), tuple(_TEST_MAY)):
        return None
    return _test(reader, entry, path, used, entry_of, level)


def _defined(
    reader: Reader, name: Any, path: Path, used: set[str], *, entry_of: str | None, level: int
) -> Condition | None:
    """The condition that a ``[[definition]]`` gives a name to; it stands here as if it were written out."""
    if not isinstance(name, str) or name not in reader.definitions:
        hint = nearest(str(name), reader.definitions)
        reader.fault((*path, "definition"), "definition.unknown", "No definition has this id.", hint=hint)
        return None
    place, entry = reader.definitions[name]
    faults = len(reader.issues)
    # Below its own name no definition may stand again, so that none contains itself.
    every, reader.definitions = reader.definitions, {k: v for k, v in reader.definitions.items() if k != name}
    found = condition(reader, entry, place, used, entry_of=entry_of, level=level)
    reader.definitions = every
    if name in reader.defined:
        del reader.issues[faults:]  # said where it was used first
    reader.defined.add(name)
    return found


def _test(
    reader: Reader, entry: Mapping[str, Any], path: Path, used: set[str], entry_of: str | None, level: int
) -> Test | None:
    fact_id, op = entry["fact"], entry["op"]
    definition = reader.known.definitions.get(fact_id)
    if definition is None or definition.entry_of != entry_of:
        fitting = [each.id for each in reader.known.definitions.values() if each.entry_of == entry_of]
        message = "No fact has this id." if definition is None else "The fact is not asked here."
        code = "fact.unknown" if definition is None else "fact.misplaced"
        reader.fault((*path, "fact"), code, message, hint=nearest(str(fact_id), fitting))
        return None
    if op not in OPERATORS[definition.kind]:
        expected = "one of " + " ".join(OPERATORS[definition.kind])
        reader.fault((*path, "op"), "operator.unfit", "The operator does not fit the kind of fact.", expected)
        return None
    needed = _NEEDED.get(op, ("value",)) if definition.kind != "entries" or op != "count" else ("at_least", "where")
    for name in sorted(entry.keys() & _TEST_MAY - {*needed, "unit"}):
        reader.fault((*path, name), "member.unknown", "The operator takes no such member.")
    missing = [name for name in needed if name not in entry]
    for name in missing:
        reader.fault((*path, name), "member.missing", "A required member is missing.")
    if missing:
        return None
    if op == "is-known":
        return Test(fact=fact_id, op=op)
    operand = _operand(reader, entry, definition, path, used, level)
    if operand is None:
        return None
    test = Test(fact=fact_id, op=op, operand=operand)
    for code, message, expected, hint in operand_faults(test, definition):
        reader.fault((*path, "value"), code, message, expected, hint)
    return test


def _operand(
    reader: Reader, entry: Mapping[str, Any], definition: FactDefinition, path: Path, used: set[str], level: int
) -> Operand | None:
    here = (*path, "value")
    match definition.kind:
        case "boolean":
            if isinstance(entry["value"], bool):
                return tree.Flag(value=entry["value"])
            reader.type_fault(here, "true or false")
            return None
        case "code":
            words = _words(reader, entry["value"], here, several=entry["op"] == "in")
            return None if words is None else tree.Words(values=words)
        case "codes":
            words = _words(reader, entry["value"], here, several=True)
            if entry["op"] != "count":
                return None if words is None else tree.Words(values=words)
            least = _at_least(reader, entry["at_least"], path, used)
            return None if words is None or least is None else tree.Count(at_least=least, words=words)
        case "date":
            return _period(reader, entry, path, used)
        case "quantity":
            return _amounts(reader, entry, definition, path, used)
        case "entries":
            least = _at_least(reader, entry["at_least"], path, used)
            inside = (*path, "where")
            where = condition(reader, entry["where"], inside, used, entry_of=definition.id, level=level + 1)
            return None if where is None or least is None else tree.Matching(at_least=least, where=where)


def _words(reader: Reader, value: Any, here: Path, *, several: bool) -> tuple[str, ...] | None:
    words = value if isinstance(value, list) and several else [value]
    if not words or not all(isinstance(each, str) for each in words):
        reader.type_fault(here, "words" if several else "one word")
        return None
    return tuple(words)


def _at_least(reader: Reader, value: Any, path: Path, used: set[str]) -> int | None:
    found = _number(reader, value, (*path, "at_least"), used)
    if found is None:
        return None
    number, unit = found
    if number != number.to_integral_value() or not 1 <= number <= 1000 or unit not in {None, "1"}:  # noqa: PLR2004  # Count
        reader.type_fault((*path, "at_least"), "a whole number from 1 to 1000")
        return None
    return int(number)


def _period(reader: Reader, entry: Mapping[str, Any], path: Path, used: set[str]) -> Operand | None:
    found = _number(reader, entry["value"], (*path, "value"), used)
    if found is None:
        return None
    number, unit = found[0], found[1] or entry.get("unit")
    if number == number.to_integral_value() and number > 0 and unit in {"d", "wk", "mo", "a"}:
        return tree.Period(amount=int(number), unit=unit)  # type: ignore[arg-type]  # one of the four
    reader.type_fault((*path, "value"), "whole d, wk, mo or a with the unit beside")
    return None


def _amounts(
    reader: Reader, entry: Mapping[str, Any], definition: FactDefinition, path: Path, used: set[str]
) -> Operand | None:
    values = entry["value"] if isinstance(entry["value"], list) else [entry["value"]]
    if len(values) != (2 if entry["op"] == "between" else 1):
        expected = "two for between, else one"
        reader.fault((*path, "value"), "value.length", "The list is too short or too long.", expected)
        return None
    amounts = [_amount(reader, each, entry.get("unit"), definition, path, used) for each in values]
    found = tuple(each.value for each in amounts if each is not None)
    return tree.Amounts(values=found, unit=definition.unit) if len(found) == len(values) else None


def _amount(
    reader: Reader, value: Any, unit: Any, definition: FactDefinition, path: Path, used: set[str]
) -> Quantity | None:
    found = _number(reader, value, (*path, "value"), used)
    if found is None:
        return None
    number, unit = found[0], found[1] or unit
    if unit not in UNITS:
        message = "The unit is missing or not in the closed list."
        reader.fault((*path, "unit"), "unit.unknown", message, definition.unit, unit_hint(unit))
    elif not compatible(unit, definition.unit):
        reader.fault((*path, "unit"), "unit.mismatch", "The unit does not measure this fact.", definition.unit)
    else:
        try:
            return Quantity(number, unit).to(definition.unit)
        except UnitError:
            reader.fault((*path, "unit"), "unit.inexact", "The amount does not convert exactly.", definition.unit)
    return None


def _number(reader: Reader, value: Any, here: Path, used: set[str]) -> tuple[Any, str | None] | None:
    """A number as it stands, or that of a parameter with its unit."""
    if not isinstance(value, dict):
        number = reader.decimal(value, here)
        return None if number is None else (number, None)
    name = str(value.get("parameter"))
    if name not in reader.parameters or len(value) > 1:
        hint = nearest(name, reader.parameters)
        reader.fault(here, "parameter.unknown", "No parameter has this id.", hint=hint)
        return None
    used.add(name)
    return reader.parameters[name].value, reader.parameters[name].unit


def unit_hint(unit: Any) -> str:
    """The nearest units of the closed list."""
    return nearest(shown(str(unit)), UNITS)


_TEST_MAY = frozenset({"value", "unit", "at_least", "where"})
_NEEDED = {"is-known": (), "count": ("at_least", "value")}
