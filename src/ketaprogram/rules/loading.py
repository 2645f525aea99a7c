"""
Loads rulebooks: ours from ``knowledge/rulebooks``, a clinic's own from TOML.

In source a criterion reads text, logic, consequence, source. Loading resolves parameters and inherited criteria,
converts amounts to the facts' own units, and finds every fault at once; nothing that it does not understand is
skipped.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from ketaprogram._knowledge import files_in, table
from ketaprogram.documents import check, to_json
from ketaprogram.errors import RuleError
from ketaprogram.facts.catalog import catalog
from ketaprogram.issues import Issue, nearest, shown
from ketaprogram.quantity import UNITS
from ketaprogram.rules.conditions import condition, unit_hint
from ketaprogram.rules.model import Criterion, Parameter, Rulebook
from ketaprogram.rules.source import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.source import Path

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
    reader = Reader(known)
    rulebook: Rulebook | None = None
    try:
        rulebook = _rulebook(reader, content)
    except RecursionError:
        reader.fault((), "document.too-deep", "A condition is nested too deeply.")
    if reader.issues or rulebook is None:
        raise RuleError(_CANNOT, reader.issues)
    faults = check(Rulebook, to_json(rulebook))
    if faults:
        raise RuleError(_CANNOT, faults)
    return rulebook


def _rulebook(reader: Reader, content: Mapping[str, Any]) -> Rulebook | None:
    whole = reader.members(content, (), _RULEBOOK_NEEDS, _RULEBOOK_MAY)
    # Ancestors are read as source, not as loaded rulebooks: their conditions take the numbers that the clinic set.
    line = [*_ancestors(reader, content), ((), content)]
    for path, source in line:
        _parameters(reader, source, path)
    criteria: dict[str, Criterion] = {}
    for path, source in line:
        criteria |= _criteria(reader, source, path)
    setting = _setting_of(reader, line)
    if not whole or reader.issues:
        return None
    return Rulebook(
        **{name: content[name] for name in (*_RULEBOOK_NEEDS, "effective_until", "review") if name in content},
        setting=setting,
        parameters=tuple(reader.parameters.values()),
        criteria=tuple(criteria.values()),
    )


def _setting_of(reader: Reader, line: list[tuple[Path, Mapping[str, Any]]]) -> Any:
    """The setting of the rulebook or of what it extends; rules for one setting never become rules for another."""
    stated = [(path, source["setting"]) for path, source in line if "setting" in source]
    for path, setting in stated:
        if setting != stated[0][1]:
            reader.fault((*path, "setting"), "rulebook.setting", "What it extends is for another setting.")
    return stated[0][1] if stated else None


def _ancestors(reader: Reader, content: Mapping[str, Any]) -> list[tuple[Path, Mapping[str, Any]]]:
    """The sources that a rulebook extends, the oldest first. Only ours can be extended, and ours have no circles."""
    name = content.get("extends")
    if name is None:
        return []
    if name not in rulebook_names():
        hint = nearest(str(name), rulebook_names())
        reader.fault(("extends",), "rulebook.unknown", "No rulebook that ships has this name.", hint=hint)
        return []
    parent = table(f"rulebooks/{name}")
    return [*_ancestors(reader, parent), (("extends", name), parent)]


def _parameters(reader: Reader, source: Mapping[str, Any], above: Path) -> None:
    for index, entry in enumerate(reader.entries(source, "parameter", above)):
        path = (*above, "parameter", index)
        inherited = reader.parameters.get(str(entry.get("id"))) if isinstance(entry, dict) else None
        parameter = _parameter(reader, entry, path) if inherited is None else _setting(reader, entry, path, inherited)
        if parameter is not None:
            reader.parameters[parameter.id] = parameter


def _parameter(reader: Reader, entry: Any, path: Path) -> Parameter | None:
    """A parameter of a rulebook's own, with its unit, bounds and source."""
    if not reader.members(entry, path, _PARAMETER_NEEDS, ("approved",)):
        return None
    value, low, high = (reader.decimal(entry[name], (*path, name)) for name in ("value", "low", "high"))
    if entry["unit"] not in UNITS:
        hint = unit_hint(entry["unit"])
        reader.fault((*path, "unit"), "unit.unknown", "The unit is not in the closed list.", hint=hint)
    citation, approved = reader.citation(entry["source"], (*path, "source")), reader.approval(entry, path)
    if value is None or low is None or high is None or citation is None:
        return None
    if not low <= value <= high:
        reader.fault((*path, "value"), "value.range", "The value is out of the parameter's own bounds.")
    return Parameter(
        id=entry["id"], value=value, unit=entry["unit"], low=low, high=high, citation=citation, approved=approved
    )


def _setting(reader: Reader, entry: dict[str, Any], path: Path, inherited: Parameter) -> Parameter | None:
    """A clinic's value for an inherited parameter: within the inherited bounds, in the inherited unit."""
    if not reader.members(entry, path, ("id", "value"), ("approved",)):
        return None
    value = reader.decimal(entry["value"], (*path, "value"))
    if value is None:
        return None
    if not inherited.low <= value <= inherited.high:
        bounds = f"{inherited.low} to {inherited.high} {inherited.unit}"
        reader.fault((*path, "value"), "value.range", "The value is out of the parameter's bounds.", bounds)
    return attrs.evolve(inherited, value=value, approved=reader.approval(entry, path))


def _criteria(reader: Reader, source: Mapping[str, Any], above: Path) -> dict[str, Criterion]:
    criteria: dict[str, Criterion] = {}
    for index, entry in enumerate(reader.entries(source, "criterion", above)):
        path = (*above, "criterion", index)
        criterion = _criterion(reader, entry, path)
        if criterion is None:
            continue
        if criterion.id in criteria:
            reader.fault((*path, "id"), "criterion.duplicate", "Another criterion of this file has the same id.")
        criteria[criterion.id] = criterion
    return criteria


def _criterion(reader: Reader, entry: Any, path: Path) -> Criterion | None:
    if not reader.members(entry, path, _CRITERION_NEEDS, _CRITERION_MAY):
        return None
    used: set[str] = set()
    when = condition(reader, entry["when"], (*path, "when"), used)
    places = entry["sources"] if isinstance(entry["sources"], list) else [entry["sources"]]
    citations = [reader.citation(each, (*path, "sources", place)) for place, each in enumerate(places)]
    approved = reader.approval(entry, path)
    if when is None or None in citations:
        return None
    return Criterion(
        **{name: entry[name] for name in _CRITERION_PLAIN if name in entry},
        criterion_kind=entry["kind"],
        when=when,
        citations=tuple(each for each in citations if each is not None),
        parameters=tuple(sorted(used)),
        approved=approved,
    )


_RULEBOOK_NEEDS = ("id", "version", "title", "gate", "effective_from")
_RULEBOOK_MAY = ("extends", "setting", "effective_until", "review", "parameter", "criterion")
_PARAMETER_NEEDS = ("id", "value", "unit", "low", "high", "source")
_CRITERION_PLAIN = ("id", "statement", "action", "changeable", "overridable", "if_unknown", "pathway")
_CRITERION_NEEDS = ("id", "kind", "statement", "when", "action", "sources")
_CRITERION_MAY = ("changeable", "overridable", "if_unknown", "pathway", "approved")
