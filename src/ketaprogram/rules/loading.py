"""
Loads rulebooks: ours from ``knowledge/rulebooks``, a clinic's own from TOML.

In source a criterion reads text, logic, consequence, source. Loading resolves definitions, parameters and inherited
criteria, converts amounts to the facts' own units, and finds every fault at once; nothing that it does not understand
is skipped.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from ketaprogram._knowledge import files_in, table
from ketaprogram.citation import PROPOSAL, Citation
from ketaprogram.documents import check, to_json
from ketaprogram.errors import RuleError
from ketaprogram.facts.catalog import catalog
from ketaprogram.issues import Issue, nearest, shown
from ketaprogram.quantity import UNITS
from ketaprogram.rules.conditions import single_tests
from ketaprogram.rules.lines import lines_of
from ketaprogram.rules.model import SHELF_LIFE, Change, Criterion, Parameter, Rulebook
from ketaprogram.rules.parsing import condition, unit_hint
from ketaprogram.rules.source import Reader, tables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.lines import Path

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
    return _load(table(f"rulebooks/{name}"), Reader(catalog()), {})


@cache
def rulebook_names() -> tuple[str, ...]:
    """The names of the rulebooks that ship with the package."""
    return files_in("rulebooks")


def read_rulebook(text: str, *, known: Catalog | None = None, parents: Mapping[str, str] | None = None) -> Rulebook:
    """
    A clinic's own rulebook from TOML. It may extend another, and add, replace, change or remove criteria by id.

    Args:
        text: The TOML, at most 8 MiB.
        known: The catalogue of facts, if the clinic extends ours.
        parents: The TOML of the clinic's other rulebooks by the name that ``extends`` gives them; ours are known.

    Raises:
        RuleError: The rulebook has faults; `issues` holds every one with its pointer and line.

    Example:
        >>> read_rulebook('id = "ours"')
        Traceback (most recent call last):
            ...
        ketaprogram.errors.RuleError: the rulebook cannot be loaded
          /version: A required member is missing. [member.missing]
          /title: A required member is missing. [member.missing]
          /gate: A required member is missing. [member.missing]
          /effective_from: A required member is missing. [member.missing]
          /criterion: A rulebook has at least one criterion. [member.missing]
    """
    content = _parsed(text)
    return _load(content, Reader(known or catalog(), lines_of(text)), parents or {})


_CANNOT = "the rulebook cannot be loaded"


def _parsed(text: str) -> dict[str, Any]:
    found = tables_of(text)
    if isinstance(found, Issue):
        raise RuleError(_CANNOT, [found])
    return found


def _load(content: Mapping[str, Any], reader: Reader, parents: Mapping[str, str]) -> Rulebook:
    rulebook = _rulebook(reader, content, parents)
    if reader.issues or rulebook is None:
        raise RuleError(_CANNOT, sorted(reader.issues, key=lambda each: each.line or 0))
    return rulebook


def _rulebook(reader: Reader, content: Mapping[str, Any], parents: Mapping[str, str]) -> Rulebook | None:
    reader.members(content, (), _RULEBOOK_NEEDS, _RULEBOOK_MAY)
    # Ancestors are read as source, not as loaded rulebooks: their conditions take the numbers that the clinic set.
    line = [*_ancestors(reader, content, parents), ((), content)]
    reader.parameters |= _shelf_lives(reader.known)
    for path, source in line:
        _parameters(reader, source, path)
        _definitions(reader, source, path)
    criteria: dict[str, Criterion] = {}
    changes: tuple[Change, ...] = ()
    for path, source in line:
        criteria |= _criteria(reader, source, path)
        changes = _changes(reader, source, path, criteria)
    for name, (path, _) in reader.definitions.items():
        if path[0] == "definition" and name not in reader.defined:
            reader.fault(path[:-1], "definition.unused", "No condition uses this definition.")
    header = {
        **{name: content[name] for name in _RULEBOOK_PLAIN if name in content},
        "setting": _setting_of(reader, line),
        "routes": reader.words(_nearest_with("routes", line), "routes", ()),
        "indications": reader.words(_nearest_with("indications", line), "indications", ()),
        "reviewed": reader.review(content, ()),
    }
    _header_faults(reader, header)
    if not criteria and not (reader.issues and any(source.get("criterion") for _, source in line)):
        reader.fault(("criterion",), "member.missing", "A rulebook has at least one criterion.")
    if reader.issues:
        return None
    return Rulebook(
        **header, changes=changes, parameters=_in_use(reader, criteria, line), criteria=tuple(criteria.values())
    )


def _ancestors(
    reader: Reader, content: Mapping[str, Any], parents: Mapping[str, str]
) -> list[tuple[Path, Mapping[str, Any]]]:
    """The sources that a rulebook extends, the oldest first."""
    line: list[tuple[Path, Mapping[str, Any]]] = []
    seen = {content.get("id")}
    while (name := content.get("extends")) is not None:
        if name in seen:
            reader.fault(("extends",), "rulebook.circle", "A rulebook extends itself, directly or through others.")
            break
        seen.add(name)
        if isinstance(name, str) and name in parents:
            content = _parsed(parents[name])
        elif name in rulebook_names():
            content = table(f"rulebooks/{name}")
        else:
            hint = nearest(str(name), (*rulebook_names(), *parents))
            reader.fault(("extends",), "rulebook.unknown", "No rulebook has this name.", hint=hint)
            break
        line.insert(0, (("extends", name), content))
    return line


def _nearest_with(name: str, line: list[tuple[Path, Mapping[str, Any]]]) -> Mapping[str, Any]:
    """The source, from the rulebook up through what it extends, that says this."""
    return next((source for _, source in reversed(line) if name in source), {})


def _setting_of(reader: Reader, line: list[tuple[Path, Mapping[str, Any]]]) -> Any:
    """The setting of the rulebook or of what it extends; rules for one setting never become rules for another."""
    stated = [(path, source["setting"]) for path, source in line if "setting" in source]
    for path, setting in stated:
        if setting != stated[0][1]:
            reader.fault((*path, "setting"), "rulebook.setting", "What it extends is for another setting.")
    return stated[0][1] if stated else None


def _header_faults(reader: Reader, header: Mapping[str, Any]) -> None:
    """What the schema of a rulebook says against its own members; criteria and parameters are checked one by one."""
    plain = {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in header.items()
        if name != "reviewed"
    }
    for fault in check(Rulebook, {"schema": "urn:ketaprogram:schema:rulebook:1", **plain, "criteria": []}):
        if fault.pointer != "/criteria" and fault.code not in {
            "member.missing",
            "value.type",
        }:  # these are told already
            reader.fault(_members(fault.pointer), fault.code, fault.message, fault.expected, fault.hint)


def _shelf_lives(known: Catalog) -> dict[str, Parameter]:
    return {
        SHELF_LIFE + each.id: Parameter(
            id=SHELF_LIFE + each.id,
            value=each.value.value,
            unit=each.value.unit,
            low=each.low.value,
            high=each.high.value,
            citation=each.citation,
        )
        for each in known.shelf_lives.values()
    }


def _in_use(
    reader: Reader, criteria: Mapping[str, Criterion], line: list[tuple[Path, Mapping[str, Any]]]
) -> tuple[Parameter, ...]:
    """The parameters of the rulebook, and of the catalogue's shelf lives those that its facts have or it names."""
    asked = {test.fact for each in criteria.values() for test in single_tests(each.when)}
    lives = {SHELF_LIFE + str(reader.known[fact_id].shelf_life) for fact_id in asked}
    named = {entry["id"] for _, source in line for entry in source.get("parameter", ())}
    return tuple(
        each for each in reader.parameters.values() if not each.id.startswith(SHELF_LIFE) or each.id in lives | named
    )


def _parameters(reader: Reader, source: Mapping[str, Any], above: Path) -> None:
    for index, entry in enumerate(reader.entries(source, "parameter", above)):
        path = (*above, "parameter", index)
        inherited = reader.parameters.get(str(entry.get("id"))) if isinstance(entry, dict) else None
        parameter = _parameter(reader, entry, path) if inherited is None else _setting(reader, entry, path, inherited)
        if parameter is not None and _fits(reader, Parameter, parameter, path):
            reader.parameters[parameter.id] = parameter


def _parameter(reader: Reader, entry: Any, path: Path) -> Parameter | None:
    """A parameter of a rulebook's own, with its unit, bounds and source."""
    if not reader.members(entry, path, _PARAMETER_NEEDS, ("approved", "effective_until")):
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
        id=entry["id"],
        value=value,
        unit=entry["unit"],
        low=low,
        high=high,
        citation=citation,
        approved=approved,
        effective_until=entry.get("effective_until"),
    )


def _setting(reader: Reader, entry: dict[str, Any], path: Path, inherited: Parameter) -> Parameter | None:
    """A clinic's value for an inherited parameter: within the inherited bounds, in the inherited unit."""
    if not reader.members(entry, path, ("id", "value"), ("approved", "effective_until")):
        return None
    value = reader.decimal(entry["value"], (*path, "value"))
    if value is None:
        return None
    if not inherited.low <= value <= inherited.high:
        bounds = f"{inherited.low} to {inherited.high} {inherited.unit}"
        reader.fault((*path, "value"), "value.range", "The value is out of the parameter's bounds.", bounds)
    citation = inherited.citation
    if value != inherited.value:
        # The source does not say this number: it is a proposal of the clinic's until somebody approves it.
        locator = f"set by the clinic; inherited: {citation.source}, {citation.locator}"
        citation = Citation(source=PROPOSAL, locator=locator[:200])
    return attrs.evolve(
        inherited,
        value=value,
        citation=citation,
        approved=reader.approval(entry, path),
        effective_until=entry.get("effective_until", inherited.effective_until),
    )


def _definitions(reader: Reader, source: Mapping[str, Any], above: Path) -> None:
    for index, entry in enumerate(reader.entries(source, "definition", above)):
        path = (*above, "definition", index)
        if reader.members(entry, path, ("id", "statement", "when")):
            reader.definitions[entry["id"]] = ((*path, "when"), entry["when"])


def _criteria(reader: Reader, source: Mapping[str, Any], above: Path) -> dict[str, Criterion]:
    criteria: dict[str, Criterion] = {}
    ids: set[str] = set()
    for index, entry in enumerate(reader.entries(source, "criterion", above)):
        path = (*above, "criterion", index)
        criterion_id = entry.get("id") if isinstance(entry, dict) else None
        if criterion_id is not None and str(criterion_id) in ids:
            reader.fault((*path, "id"), "criterion.duplicate", "Another criterion of this file has the same id.")
        ids.add(str(criterion_id))
        whole = reader.members(entry, path, *_CRITERION)
        # What is there is looked at even if something is missing: every fault is told at once.
        criterion = _criterion(reader, entry, path, {}, whole=whole) if isinstance(entry, dict) else None
        if criterion is not None:
            criteria[criterion.id] = criterion
    return criteria


def _changes(
    reader: Reader, source: Mapping[str, Any], above: Path, criteria: dict[str, Criterion]
) -> tuple[Change, ...]:
    """What a rulebook changes of inherited criteria, by id: the members that it names, or the criterion as a whole."""
    changes: list[Change] = []
    for index, entry in enumerate(reader.entries(source, "change", above)):
        path = (*above, "change", index)
        if not reader.members(entry, path, ("id", "reason"), (*_CRITERION[0][1:], *_CRITERION[1], "removed")):
            continue
        if entry["id"] not in criteria:
            hint = nearest(entry["id"], criteria)
            reader.fault((*path, "id"), "criterion.unknown", "No criterion has this id.", hint=hint)
            continue
        change = Change(id=entry["id"], reason=entry["reason"], removed=entry.get("removed", False))
        if _fits(reader, Change, change, path):
            changes.append(change)
        if change.removed:
            del criteria[change.id]
        else:
            inherited = criteria[change.id]
            criteria[change.id] = _criterion(reader, entry, path, attrs.asdict(inherited, recurse=False)) or inherited
    return tuple(changes)


def _criterion(
    reader: Reader, entry: Mapping[str, Any], path: Path, inherited: Mapping[str, Any], *, whole: bool = True
) -> Criterion | None:
    """A criterion from its table; what the table does not say is inherited."""
    members = {**inherited, **{name: entry[name] for name in _CRITERION_PLAIN if name in entry}}
    if "kind" in entry:
        members["criterion_kind"] = entry["kind"]
    if "when" in entry:
        used: set[str] = set()
        members["when"] = condition(reader, entry["when"], (*path, "when"), used)
        members["parameters"] = tuple(sorted(used))
    if "sources" in entry:
        places = entry["sources"] if isinstance(entry["sources"], list) else [entry["sources"]]
        cited = [reader.citation(each, (*path, "sources", place)) for place, each in enumerate(places)]
        members["citations"] = None if None in cited else tuple(cited)
    for name, read in (("approved", reader.approval), ("evidence", reader.evidence), ("reviewed", reader.review)):
        if name in entry or not inherited:
            members[name] = read(entry, path)
    if not whole or members["when"] is None or members["citations"] is None:
        return None
    criterion = Criterion(**members)
    return criterion if _fits(reader, Criterion, criterion, path) else None


def _fits(reader: Reader, model: type, value: object, path: Path) -> bool:
    """Whether a part fits its schema; each fault is told at the place in the source that it came from."""
    faults = check(model, to_json(value))
    for each in faults:
        first, *rest = _members(each.pointer)
        here = (*path, _IN_SOURCE.get(str(first), first), *rest)
        reader.fault(here, each.code, each.message, each.expected, each.hint)
    return not faults


def _members(found: str) -> Path:
    """The member names and positions of a pointer."""
    return tuple(int(name) if name.isdigit() else name for name in found.split("/")[1:])


_RULEBOOK_NEEDS = ("id", "version", "title", "gate", "effective_from")
_RULEBOOK_MAY = (
    "extends", "setting", "routes", "indications", "effective_until", "reviewed", "parameter", "definition",
    "criterion", "change",
)  # fmt: skip
_RULEBOOK_PLAIN = (*_RULEBOOK_NEEDS, "effective_until", "extends")
_PARAMETER_NEEDS = ("id", "value", "unit", "low", "high", "source")
_CRITERION_PLAIN = ("id", "statement", "action", "quote", "changeable", "overridable", "if_unknown", "pathway")
_CRITERION = (
    ("id", "kind", "statement", "when", "action", "sources"),
    ("quote", "evidence", "changeable", "overridable", "if_unknown", "pathway", "approved", "reviewed"),
)
_IN_SOURCE = {"criterion_kind": "kind", "citations": "sources"}
