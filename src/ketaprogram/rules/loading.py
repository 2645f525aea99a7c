"""
Loads rulebooks: ours from ``knowledge/rulebooks``, a clinic's own from TOML.

In source a criterion reads text, logic, consequence, source. Loading resolves parameters and inherited criteria,
converts amounts to the facts' own units, and finds every fault at once; nothing that it does not understand is
skipped.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import define, field

from ketaprogram._knowledge import files_in, table
from ketaprogram.citation import Citation, cite
from ketaprogram.documents import check, to_json
from ketaprogram.errors import CitationError, RuleError, UnitError
from ketaprogram.facts.catalog import FactDefinition, catalog
from ketaprogram.issues import Issue, nearest, pointer, shown
from ketaprogram.quantity import UNITS, Quantity, compatible
from ketaprogram.rules import model as rules
from ketaprogram.rules.model import Approval, Criterion, Flag, Parameter, Rulebook, Test

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.model import Condition, Operand

__all__ = ["load_rulebook", "read_rulebook", "rulebook_names"]


@cache
def load_rulebook(name: str) -> Rulebook:
    """
    A rulebook that ships with the package.

    Raises:
        RuleError: There is none of that name, or it has faults.

    Example:
        >>> load_rulebook("candidacy-home").gate
        'candidacy'
    """
    if name not in rulebook_names():
        message = f"no rulebook is called {shown(name)}. {nearest(name, rulebook_names())}".rstrip()
        raise RuleError(message)
    return _load(table(f"rulebooks/{name}"), catalog())


@cache
def rulebook_names() -> tuple[str, ...]:
    """The names of the rulebooks that ship with the package."""
    return files_in("rulebooks")


def read_rulebook(text: str, *, known: Catalog | None = None) -> Rulebook:
    """
    A clinic's own rulebook from TOML. It may extend one of ours and replace criteria and parameters by id.

    Args:
        text: The TOML.
        known: The catalogue of facts, if the clinic extends ours.

    Raises:
        RuleError: The rulebook has faults; `issues` holds every one with its pointer.

    Example:
        >>> read_rulebook('id = "ours"')
        Traceback (most recent call last):
            ...
        ketaprogram.errors.RuleError: the rulebook cannot be loaded
          /version: A required member is missing. [member.missing]
          /title: A required member is missing. [member.missing]
          /gate: A required member is missing. [member.missing]
          /effective_from: A required member is missing. [member.missing]
    """
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        fault = Issue(pointer="", code="document.not-toml", message="The text is not TOML, or is nested too deeply.")
        raise RuleError(_CANNOT, [fault]) from None
    return _load(content, known or catalog())


_CANNOT = "the rulebook cannot be loaded"


def _load(content: Mapping[str, Any], known: Catalog) -> Rulebook:
    loader = _Loader(known)
    rulebook: Rulebook | None = None
    try:
        rulebook = loader.rulebook(content)
    except RecursionError:
        loader.fault((), "document.too-deep", "A condition is nested too deeply.")
    if loader.issues or rulebook is None:
        raise RuleError(_CANNOT, loader.issues)
    faults = check(Rulebook, to_json(rulebook))
    if faults:
        raise RuleError(_CANNOT, faults)
    return rulebook


@define
class _Loader:
    """Collects the faults of one rulebook while its parts are built."""

    known: Catalog
    issues: list[Issue] = field(factory=list)
    parameters: dict[str, Parameter] = field(factory=dict)

    def fault(self, path: tuple[str | int, ...], code: str, message: str, expected: str = "", hint: str = "") -> None:
        self.issues.append(Issue(pointer(*path), code, message, expected, hint))

    def members(
        self, entry: Any, path: tuple[str | int, ...], needed: tuple[str, ...], allowed: tuple[str, ...]
    ) -> bool:
        """Whether an entry is a table with the needed members and no unknown ones; records each fault."""
        if not isinstance(entry, dict):
            self.fault(path, "value.type", "The value is of another type.", "a table")
            return False
        missing = [name for name in needed if name not in entry]
        for name in missing:
            self.fault((*path, name), "member.missing", "A required member is missing.")
        for name in sorted(entry.keys() - {*needed, *allowed}):
            hint = nearest(name, {*needed, *allowed} - entry.keys())
            self.fault((*path, name), "member.unknown", "No such member is known.", hint=hint)
        return not missing

    def rulebook(self, content: Mapping[str, Any]) -> Rulebook | None:
        whole = self.members(
            content,
            (),
            ("id", "version", "title", "gate", "effective_from"),
            ("extends", "effective_until", "review", "parameter", "criterion"),
        )
        parents = content.get("extends", [])
        inherited: dict[str, Criterion] = {}
        for index, name in enumerate([parents] if isinstance(parents, str) else parents):
            try:
                parent = load_rulebook(name)
            except RuleError:
                self.fault(("extends", index), "rulebook.unknown", "No rulebook that ships has this name.")
                continue
            inherited |= {each.id: each for each in parent.criteria}
            self.parameters |= {each.id: each for each in parent.parameters}
        self._own_parameters(content.get("parameter", []))
        criteria = self._own_criteria(content.get("criterion", []))
        if not whole or self.issues:
            return None
        return Rulebook(
            id=content["id"],
            version=content["version"],
            title=content["title"],
            gate=content["gate"],
            effective_from=content["effective_from"],
            effective_until=content.get("effective_until"),
            review=content.get("review", "unreviewed"),
            parameters=tuple(self.parameters.values()),
            criteria=tuple((inherited | criteria).values()),
        )

    def _own_parameters(self, entries: Any) -> None:
        for index, entry in enumerate(entries):
            path = ("parameter", index)
            if not self.members(entry, path, ("id", "value", "unit", "low", "high", "source"), ("approved",)):
                continue
            value, low, high = (self.decimal(entry[name], (*path, name)) for name in ("value", "low", "high"))
            if entry["unit"] not in UNITS:
                self.fault(
                    (*path, "unit"),
                    "unit.unknown",
                    "The unit is not in the closed list.",
                    hint=_unit_hint(entry["unit"]),
                )
            elif value is not None and low is not None and high is not None and not low <= value <= high:
                self.fault((*path, "value"), "value.range", "The value is out of the parameter's own bounds.")
            citation, approved = self.citation(entry["source"], (*path, "source")), self.approval(entry, path)
            if None not in (value, low, high, citation):
                self.parameters[entry["id"]] = Parameter(
                    id=entry["id"],
                    value=value,  # type: ignore[arg-type]  # none of these is None here
                    unit=entry["unit"],
                    low=low,  # type: ignore[arg-type]
                    high=high,  # type: ignore[arg-type]
                    citation=citation,  # type: ignore[arg-type]
                    approved=approved,
                )

    def _own_criteria(self, entries: Any) -> dict[str, Criterion]:
        criteria: dict[str, Criterion] = {}
        for index, entry in enumerate(entries):
            path = ("criterion", index)
            if not self.members(entry, path, _CRITERION_NEEDS, _CRITERION_MAY):
                continue
            if entry["id"] in criteria:
                self.fault((*path, "id"), "criterion.duplicate", "Another criterion of this file has the same id.")
            used: set[str] = set()
            when = self.condition(entry["when"], (*path, "when"), used)
            places = entry["sources"] if isinstance(entry["sources"], list) else [entry["sources"]]
            citations = [self.citation(each, (*path, "sources", place)) for place, each in enumerate(places)]
            approved = self.approval(entry, path)
            if when is None or None in citations:
                continue
            plain = {name: entry[name] for name in _CRITERION_PLAIN if name in entry}
            criteria[entry["id"]] = Criterion(
                criterion_kind=entry["kind"],
                when=when,
                citations=tuple(each for each in citations if each is not None),
                parameters=tuple(sorted(used)),
                approved=approved,
                **plain,
            )
        return criteria

    def citation(self, entry: Any, path: tuple[str | int, ...]) -> Citation | None:
        if not self.members(entry, path, ("id", "locator", "confidence"), ()):
            return None
        try:
            return cite(entry["id"], entry["locator"], entry["confidence"])
        except CitationError as error:
            self.issues += [
                Issue(pointer(*path) + each.pointer, each.code, each.message, each.expected, each.hint)
                for each in error.issues
            ]
            return None

    def approval(self, entry: Mapping[str, Any], path: tuple[str | int, ...]) -> Approval | None:
        if "approved" not in entry or not self.members(
            entry["approved"], (*path, "approved"), ("by", "role", "on"), ()
        ):
            return None
        return Approval(**entry["approved"])

    def decimal(self, value: Any, path: tuple[str | int, ...]) -> Decimal | None:
        """A number in source is an integer, or a decimal as text: a TOML float is binary and is refused."""
        try:
            if isinstance(value, int | str) and not isinstance(value, bool) and (number := Decimal(value)).is_finite():
                return number
        except InvalidOperation:
            pass
        self.fault(
            path, "value.type", "The value is of another type.", 'a whole number, or a decimal as text such as "0.5"'
        )
        return None

    def condition(self, entry: Any, path: tuple[str | int, ...], used: set[str]) -> Condition | None:
        if isinstance(entry, dict) and len(entry) == 1 and (word := next(iter(entry))) in {"all", "any"}:
            if not isinstance(entry[word], list) or not entry[word]:
                self.fault((*path, word), "value.type", "The value is of another type.", "a list of conditions")
                return None
            parts = [self.condition(each, (*path, word, index), used) for index, each in enumerate(entry[word])]
            whole = tuple(each for each in parts if each is not None)
            if len(whole) < len(parts):
                return None
            return rules.All(of=whole) if word == "all" else rules.Any(of=whole)
        if isinstance(entry, dict) and entry.keys() == {"not"}:
            part = self.condition(entry["not"], (*path, "not"), used)
            return None if part is None else rules.Not(of=part)
        if not self.members(entry, path, ("fact", "op", "value"), ("unit",)):
            return None
        return self.test(entry, path, used)

    def test(self, entry: Mapping[str, Any], path: tuple[str | int, ...], used: set[str]) -> Test | None:
        fact_id, op = entry["fact"], entry["op"]
        if fact_id not in self.known:
            hint = nearest(str(fact_id), self.known.definitions)
            self.fault((*path, "fact"), "fact.unknown", "No fact has this id.", hint=hint)
            return None
        definition = self.known[fact_id]
        if op not in _OPERATORS[definition.kind]:
            expected = "one of " + " ".join(_OPERATORS[definition.kind])
            self.fault((*path, "op"), "operator.unfit", "The operator does not fit the kind of fact.", expected)
            return None
        operand = self.operand(entry, definition, path, used)
        return None if operand is None else Test(fact=fact_id, op=op, operand=operand)

    def operand(
        self, entry: Mapping[str, Any], definition: FactDefinition, path: tuple[str | int, ...], used: set[str]
    ) -> Operand | None:
        value, here = entry["value"], (*path, "value")
        match definition.kind:
            case "boolean":
                if isinstance(value, bool):
                    return Flag(value=value)
                self.fault(here, "value.type", "The value is of another type.", "true or false")
                return None
            case "code" | "codes":
                return self._words(entry, definition, here)
            case "date":
                if type(value) is int and value > 0 and entry.get("unit") in {"d", "wk", "mo", "a"}:
                    return rules.Period(amount=value, unit=entry["unit"])
                self.fault(
                    here, "value.type", "The value is of another type.", "whole d, wk, mo or a with the unit beside"
                )
                return None
            case "quantity":
                return self._amounts(entry, definition, path, used)

    def _words(
        self, entry: Mapping[str, Any], definition: FactDefinition, here: tuple[str | int, ...]
    ) -> Operand | None:
        value = entry["value"]
        words = value if isinstance(value, list) else [value]
        several = entry["op"] in {"in", "includes-any"}
        if not words or not all(isinstance(each, str) for each in words) or (len(words) > 1 and not several):
            self.fault(here, "value.type", "The value is of another type.", "words" if several else "one word")
            return None
        for each in words:
            if each not in definition.words:
                self.fault(
                    here, "value.choice", "A word is not in the fact's list.", hint=nearest(each, definition.words)
                )
        return rules.Words(values=tuple(words))

    def _amounts(
        self, entry: Mapping[str, Any], definition: FactDefinition, path: tuple[str | int, ...], used: set[str]
    ) -> Operand | None:
        values = entry["value"] if isinstance(entry["value"], list) else [entry["value"]]
        if len(values) != (2 if entry["op"] == "between" else 1):
            self.fault(
                (*path, "value"), "value.length", "The list is too short or too long.", "two for between, else one"
            )
            return None
        amounts = [self._amount(each, entry.get("unit"), definition, path, used) for each in values]
        found = tuple(each.value for each in amounts if each is not None)
        if len(found) < len(values):
            return None
        if entry["op"] == "between" and found[0] > found[1]:
            self.fault((*path, "value"), "range.empty", "The range is empty: its least amount is above its greatest.")
        return rules.Amounts(values=found, unit=definition.unit)

    def _amount(
        self, value: Any, unit: Any, definition: FactDefinition, path: tuple[str | int, ...], used: set[str]
    ) -> Quantity | None:
        if isinstance(value, dict):
            name = value.get("parameter")
            if name not in self.parameters or len(value) > 1:
                hint = nearest(str(name), self.parameters)
                self.fault((*path, "value"), "parameter.unknown", "No parameter has this id.", hint=hint)
                return None
            used.add(name)
            number, unit = self.parameters[name].value, self.parameters[name].unit
        elif (found := self.decimal(value, (*path, "value"))) is None:
            return None
        else:
            number = found
        if unit not in UNITS:
            self.fault(
                (*path, "unit"),
                "unit.unknown",
                "The unit is missing or not in the closed list.",
                definition.unit,
                _unit_hint(unit),
            )
        elif not compatible(unit, definition.unit):
            self.fault((*path, "unit"), "unit.mismatch", "The unit does not measure this fact.", definition.unit)
        else:
            try:
                return Quantity(number, unit).to(definition.unit)
            except UnitError:
                self.fault((*path, "unit"), "unit.inexact", "The amount does not convert exactly.", definition.unit)
        return None


def _unit_hint(unit: Any) -> str:
    return nearest(str(unit), UNITS)


_OPERATORS: dict[str, tuple[str, ...]] = {
    "boolean": ("=",),
    "quantity": ("=", "!=", "<", "<=", ">", ">=", "between"),
    "code": ("=", "!=", "in"),
    "codes": ("includes-any",),
    "date": ("within", "older-than"),
}
_CRITERION_PLAIN = ("id", "statement", "action", "changeable", "overridable", "if_unknown", "pathway")
_CRITERION_NEEDS = ("id", "kind", "statement", "when", "action", "sources")
_CRITERION_MAY = ("changeable", "overridable", "if_unknown", "pathway", "approved")
