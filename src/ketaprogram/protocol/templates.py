"""
Protocol templates: ours from ``knowledge/protocols``, a clinic's own from TOML.

A template's ``use`` takes contacts that many programs share, from ``knowledge/contacts.toml``, by their ids.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from ketaprogram._knowledge import files_in, look_up, table
from ketaprogram.documents import read
from ketaprogram.errors import DocumentError, ProtocolError
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.protocol.model import Contact, Protocol
from ketaprogram.protocol.source import as_json, in_source, members_of
from ketaprogram.rules.lines import line_of, lines_of
from ketaprogram.rules.source import tables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.rules.lines import Path

__all__ = ["load_protocol", "protocol_names", "read_protocol", "shared_contacts"]


@cache
def protocol_names() -> tuple[str, ...]:
    """The ids of the templates that ship."""
    return files_in("protocols")


@cache
def load_protocol(name: str) -> Protocol:
    """
    A protocol template that ships with the package.

    Raises:
        UnknownItemError: None has this id; the message names the nearest.

    Example:
        >>> [(phase.name, phase.sessions) for phase in load_protocol("esketamine-label").phases]
        [('induction', 8), ('maintenance', 4), ('maintenance', None)]
    """
    known = {each: f"protocols/{each}" for each in protocol_names()}
    return _load(table(look_up(known, name, "protocol")), {})


@cache
def shared_contacts() -> Mapping[str, Contact]:
    """
    The contacts that many programs share, by the id that a template's ``use`` gives them.

    Example:
        >>> shared_contacts()["consult-after-second"].sessions
        (2,)
    """
    entries = (read(Contact, as_json(entry, ("contact", 0), [])) for entry in table("contacts")["contact"])
    return {each.id: each for each in entries}


def read_protocol(text: str) -> Protocol:
    """
    A clinic's own template from TOML.

    Args:
        text: The TOML, at most 8 MiB.

    Raises:
        ProtocolError: The template has faults; `issues` holds every one with its pointer and line. What is well formed
            may still be unwise: `check_protocol` says so.

    Example:
        >>> try:
        ...     read_protocol('use = ["consult-after-secnd"]')
        ... except ProtocolError as error:
        ...     print(error.issues[-1])
        line 1, /use/0: No shared contact has this id. Did you mean consult-after-second? [contact.unknown]
    """
    content = tables_of(text)
    if isinstance(content, Issue):
        raise ProtocolError(_CANNOT, [content])
    return _load(content, lines_of(text))


_CANNOT = "the protocol cannot be loaded"


def _load(content: Mapping[str, Any], lines: Mapping[Path, int]) -> Protocol:
    faults: list[Issue] = []
    used = _used(content.get("use", []), faults)
    plain = as_json({name: value for name, value in content.items() if name != "use"}, (), faults)
    protocol = None
    try:
        protocol = read(Protocol, {"schema": "urn:ketaprogram:schema:protocol:1", **plain})
    except DocumentError as error:
        faults += [in_source(each) for each in error.issues]
    if faults or protocol is None:
        placed = [attrs.evolve(each, line=_line_of(members_of(each.pointer), lines)) for each in faults]
        raise ProtocolError(_CANNOT, sorted(placed, key=lambda each: each.line or 0))
    return attrs.evolve(protocol, contacts=(*used, *protocol.contacts))


def _line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of a member; a list of tables begins with its first one."""
    first = (*path, 0)
    return lines[first] if path not in lines and first in lines else line_of(path, lines)


def _used(names: Any, faults: list[Issue]) -> tuple[Contact, ...]:
    """The shared contacts that a template takes."""
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        faults.append(Issue("/use", "value.type", "The value is of another type.", "a list of texts"))
        return ()
    known = shared_contacts()
    for place, name in enumerate(names):
        if name not in known:
            hint = nearest(name, known)
            message = "No shared contact has this id."
            faults.append(Issue(pointer("use", place), "contact.unknown", message, hint=hint))
    return tuple(known[each] for each in names if each in known)
