"""
The tables of a template in TOML, turned into the JSON form of the same document.

In TOML ``sources`` are the citations of a part, each table ``[[phase]]``, ``[[dose]]`` or ``[[contact]]`` is an entry
of the list of that name, ``sessions = "open"`` is the null that TOML does not have, and the members of a distance or a
window say by their unit of which kind it is. Faults are told in the words of the source.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import attrs

from ketaprogram.citation import sources
from ketaprogram.issues import Issue, nearest, pointer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.rules.lines import Path

__all__ = ["as_json", "in_source", "members_of"]


def as_json(value: Any, path: Path, faults: list[Issue]) -> Any:
    """The JSON form of a value of the source; what it has under a wrong name is a fault and left out."""
    if isinstance(value, datetime):
        return str(value)  # a datetime is a date to Python and none to us
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [as_json(each, (*path, place), faults) for place, each in enumerate(value)]
    if not isinstance(value, dict):
        # TOML has no null: a phase that goes on for as long as an order says has "open" sessions.
        return None if value == "open" and path[:1] == ("phase",) and path[2:] == ("sessions",) else value
    names = _names(path)
    found = {}
    for name, each in value.items():
        if name in names.values() and name not in names:
            hint = nearest(name, names)
            faults.append(Issue(pointer(*path, name), "member.unknown", "No such member is known.", hint=hint))
        else:
            found[names.get(name, name)] = as_json(each, (*path, name), faults)
    if _is_citation(path):
        _cited(found, path, faults)
    elif _last_name(path) in {"spacing", "first", "window"} and "kind" not in found:
        of_hours = sum("hour" in name or "minute" in name for name in found)
        found["kind"] = "elapsed" if of_hours > len(found) / 2 else "calendar"
    return found


def _cited(citation: Mapping[str, Any], path: Path, faults: list[Issue]) -> None:
    """A source is in the catalogue, with the place in it and how sure that is."""
    faults += [
        Issue(pointer(*path, name), "member.missing", "A required member is missing.")
        for name in ("locator", "confidence")
        if name not in citation
    ]
    source = citation.get("source")
    if isinstance(source, str) and source not in sources():
        message, hint = "The source is not in the catalogue of sources.", nearest(source, sources())
        faults.append(Issue(pointer(*path, "id"), "citation.unknown-source", message, hint=hint))


def in_source(fault: Issue) -> Issue:
    """The fault at the place in the source that the member came from."""
    path: Path = ()
    for member in members_of(fault.pointer):
        back = {json: name for name, json in _names(path).items()}
        path = (*path, back.get(str(member), member) if isinstance(member, str) else member)
    hint = fault.hint
    if fault.code == "member.unknown":
        back = {f"Did you mean {json}?": f"Did you mean {name}?" for name, json in _names(path[:-1]).items()}
        hint = back.get(hint, hint) or nearest(str(path[-1]), _names(path[:-1]))
    return attrs.evolve(fault, pointer=pointer(*path), hint=hint)


def _names(path: Path) -> Mapping[str, str]:
    """What the members at a place of the source are called in the document, where that is not the same."""
    return _AT_THE_TOP if not path else _IN_A_CITATION if _is_citation(path) else _ELSEWHERE


def _is_citation(path: Path) -> bool:
    return path[-2:-1] == ("sources",)


def _last_name(path: Path) -> str:
    return next((each for each in reversed(path) if isinstance(each, str)), "")


def members_of(found: str) -> Path:
    """The member names and positions of a pointer."""
    return tuple(int(name) if name.isdigit() else name for name in found.split("/")[1:])


_ELSEWHERE: Mapping[str, str] = {"sources": "citations"}
_IN_A_CITATION: Mapping[str, str] = {"id": "source"}
_AT_THE_TOP: Mapping[str, str] = {
    **_ELSEWHERE,
    "phase": "phases",
    "dose": "doses",
    "gap_rule": "gap_rules",
    "contact": "contacts",
    "stop_rule": "stop_rules",
}
