"""Conditions from a rulebook's source: each test fits its fact, each amount is in the fact's own unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ketaprogram.errors import UnitError
from ketaprogram.issues import nearest
from ketaprogram.quantity import UNITS, Quantity, compatible
from ketaprogram.rules import model as rules
from ketaprogram.rules.model import Flag, Test

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.facts.catalog import FactDefinition
    from ketaprogram.rules.model import Condition, Operand
    from ketaprogram.rules.source import Path, Reader

__all__ = ["condition", "unit_hint"]


def condition(reader: Reader, entry: Any, path: Path, used: set[str]) -> Condition | None:
    """A condition, or None and its faults; `used` takes up the parameters whose numbers stand in it."""
    if isinstance(entry, dict) and len(entry) == 1 and (word := next(iter(entry))) in {"all", "any"}:
        if not isinstance(entry[word], list) or not entry[word]:
            reader.fault((*path, word), "value.type", "The value is of another type.", "a list of conditions")
            return None
        parts = [condition(reader, each, (*path, word, index), used) for index, each in enumerate(entry[word])]
        whole = tuple(each for each in parts if each is not None)
        if len(whole) < len(parts):
            return None
        return rules.All(of=whole) if word == "all" else rules.Any(of=whole)
    if isinstance(entry, dict) and entry.keys() == {"not"}:
        part = condition(reader, entry["not"], (*path, "not"), used)
        return None if part is None else rules.Not(of=part)
    if not reader.members(entry, path, ("fact", "op", "value"), ("unit",)):
        return None
    return _test(reader, entry, path, used)


def _test(reader: Reader, entry: Mapping[str, Any], path: Path, used: set[str]) -> Test | None:
    fact_id, op = entry["fact"], entry["op"]
    if fact_id not in reader.known:
        hint = nearest(str(fact_id), reader.known.definitions)
        reader.fault((*path, "fact"), "fact.unknown", "No fact has this id.", hint=hint)
        return None
    definition = reader.known[fact_id]
    if op not in _OPERATORS[definition.kind]:
        expected = "one of " + " ".join(_OPERATORS[definition.kind])
        reader.fault((*path, "op"), "operator.unfit", "The operator does not fit the kind of fact.", expected)
        return None
    operand = _operand(reader, entry, definition, path, used)
    return None if operand is None else Test(fact=fact_id, op=op, operand=operand)


def _operand(
    reader: Reader, entry: Mapping[str, Any], definition: FactDefinition, path: Path, used: set[str]
) -> Operand | None:
    value, here = entry["value"], (*path, "value")
    match definition.kind:
        case "boolean":
            if isinstance(value, bool):
                return Flag(value=value)
            reader.fault(here, "value.type", "The value is of another type.", "true or false")
            return None
        case "code" | "codes":
            return _words(reader, entry, definition, here)
        case "date":
            if type(value) is int and value > 0 and entry.get("unit") in {"d", "wk", "mo", "a"}:
                return rules.Period(amount=value, unit=entry["unit"])
            reader.fault(
                here, "value.type", "The value is of another type.", "whole d, wk, mo or a with the unit beside"
            )
            return None
        case "quantity":
            return _amounts(reader, entry, definition, path, used)


def _words(reader: Reader, entry: Mapping[str, Any], definition: FactDefinition, here: Path) -> Operand | None:
    value = entry["value"]
    words = value if isinstance(value, list) else [value]
    several = entry["op"] in {"in", "includes-any"}
    if not words or not all(isinstance(each, str) for each in words) or (len(words) > 1 and not several):
        reader.fault(here, "value.type", "The value is of another type.", "words" if several else "one word")
        return None
    for each in words:
        if each not in definition.words:
            reader.fault(
                here, "value.choice", "A word is not in the fact's list.", hint=nearest(each, definition.words)
            )
    return rules.Words(values=tuple(words))


def _amounts(
    reader: Reader, entry: Mapping[str, Any], definition: FactDefinition, path: Path, used: set[str]
) -> Operand | None:
    values = entry["value"] if isinstance(entry["value"], list) else [entry["value"]]
    if len(values) != (2 if entry["op"] == "between" else 1):
        reader.fault(
            (*path, "value"), "value.length", "The list is too short or too long.", "two for between, else one"
        )
        return None
    amounts = [_amount(reader, each, entry.get("unit"), definition, path, used) for each in values]
    found = tuple(each.value for each in amounts if each is not None)
    if len(found) < len(values):
        return None
    if entry["op"] == "between" and found[0] > found[1]:
        reader.fault((*path, "value"), "range.empty", "The range is empty: its least amount is above its greatest.")
    return rules.Amounts(values=found, unit=definition.unit)


def _amount(
    reader: Reader, value: Any, unit: Any, definition: FactDefinition, path: Path, used: set[str]
) -> Quantity | None:
    if isinstance(value, dict):
        name = str(value.get("parameter"))
        if name not in reader.parameters or len(value) > 1:
            hint = nearest(name, reader.parameters)
            reader.fault((*path, "value"), "parameter.unknown", "No parameter has this id.", hint=hint)
            return None
        used.add(name)
        number, unit = reader.parameters[name].value, reader.parameters[name].unit
    elif (found := reader.decimal(value, (*path, "value"))) is None:
        return None
    else:
        number = found
    if unit not in UNITS:
        reader.fault(
            (*path, "unit"),
            "unit.unknown",
            "The unit is missing or not in the closed list.",
            definition.unit,
            unit_hint(unit),
        )
    elif not compatible(unit, definition.unit):
        reader.fault((*path, "unit"), "unit.mismatch", "The unit does not measure this fact.", definition.unit)
    else:
        try:
            return Quantity(number, unit).to(definition.unit)
        except UnitError:
            reader.fault((*path, "unit"), "unit.inexact", "The amount does not convert exactly.", definition.unit)
    return None


def unit_hint(unit: Any) -> str:
    """The nearest units of the closed list."""
    return nearest(str(unit), UNITS)


_OPERATORS: dict[str, tuple[str, ...]] = {
    "boolean": ("=",),
    "quantity": ("=", "!=", "<", "<=", ">", ">=", "between"),
    "code": ("=", "!=", "in"),
    "codes": ("includes-any",),
    "date": ("within", "older-than"),
}
