"""
The tables of a rulebook's source: what is in them, and every fault on the way.

TOML gives plain values of any type; a `Reader` takes out what is due at each place and records what is not.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from attrs import define, field

from ketaprogram.citation import Citation, cite
from ketaprogram.documents import MAX_BYTES
from ketaprogram.errors import CitationError
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.rules.lines import line_of
from ketaprogram.rules.model import Approval, Evidence, Review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.lines import Path
    from ketaprogram.rules.model import Parameter

__all__ = ["Reader", "tables_of"]


def tables_of(text: str) -> dict[str, Any] | Issue:
    """
    The tables of a TOML text, or the one fault that keeps it from being TOML; its parser stops at the first.

    Example:
        >>> print(tables_of("a = "))
        (document): The text is not TOML. The text stops being TOML at end of document. [document.not-toml]
    """
    if len(text) > MAX_BYTES:
        return Issue("", "document.too-large", "The text is too large.", f"at most {MAX_BYTES} characters")
    try:
        return tomllib.loads(text)
    except RecursionError:
        return Issue("", "document.too-deep", "The text is nested too deeply.")
    except ValueError as error:
        # The parser quotes what it met; only the place is passed on.
        place = str(error).rpartition("(at ")[2].rstrip(")") if "(at " in str(error) else ""
        hint = f"The text stops being TOML at {place}." if place else ""
        return Issue("", "document.not-toml", "The text is not TOML.", hint=hint)


@define
class Reader:
    """Collects the faults of one rulebook while its parts are built."""

    known: Catalog
    lines: Mapping[Path, int] = field(factory=dict)
    issues: list[Issue] = field(factory=list)
    parameters: dict[str, Parameter] = field(factory=dict)
    definitions: dict[str, tuple[Path, Any]] = field(factory=dict)
    defined: set[str] = field(factory=set)

    def fault(self, path: Path, code: str, message: str, expected: str = "", hint: str = "") -> None:
        """Record one fault."""
        self.issues.append(Issue(pointer(*path), code, message, expected, hint, line_of(path, self.lines)))

    def type_fault(self, path: Path, expected: str) -> None:
        """Record that a value is of another type."""
        self.fault(path, "value.type", "The value is of another type.", expected)

    def members(self, entry: Any, path: Path, needed: tuple[str, ...], allowed: tuple[str, ...] = ()) -> bool:
        """Whether an entry is a table of these members, each of the type that is due; records each fault."""
        if not isinstance(entry, dict):
            self.type_fault(path, "a table")
            return False
        before = len(self.issues)
        for name in needed:
            if name not in entry:
                self.fault((*path, name), "member.missing", "A required member is missing.")
        for name, (kind, words) in _KINDS.items():
            # A datetime is a date to Python and none to us.
            if name in entry and (not isinstance(entry[name], kind) or isinstance(entry[name], datetime)):
                self.type_fault((*path, name), words)
        usable = len(self.issues) == before
        for name in sorted(entry.keys() - {*needed, *allowed}):
            hint = nearest(name, {*needed, *allowed} - entry.keys())
            self.fault((*path, name), "member.unknown", "No such member is known.", hint=hint)
        return usable

    def entries(self, content: Mapping[str, Any], name: str, path: Path) -> list[Any]:
        """The tables of one name; anything but a list of them is a fault."""
        found = content.get(name, [])
        if isinstance(found, list):
            return found
        self.type_fault((*path, name), f"[[{name}]] tables")
        return []

    def words(self, content: Mapping[str, Any], name: str, path: Path) -> tuple[Any, ...]:
        """A list of texts."""
        found = content.get(name, [])
        if isinstance(found, list) and all(isinstance(each, str) for each in found):
            return tuple(found)
        self.type_fault((*path, name), "a list of texts")
        return ()

    def citation(self, entry: Any, path: Path) -> Citation | None:
        """The citation, or None and the fault."""
        if not self.members(entry, path, ("id", "locator", "confidence")):
            return None
        try:
            return cite(entry["id"], entry["locator"], entry["confidence"])
        except CitationError as error:
            for each in error.issues:
                self.fault((*path, *each.pointer.split("/")[1:]), each.code, each.message, each.expected, each.hint)
            return None

    def approval(self, entry: Mapping[str, Any], path: Path) -> Approval | None:
        """The approval, or None if there is none or it is faulty."""
        if "approved" not in entry or not self.members(entry["approved"], (*path, "approved"), ("by", "role", "on")):
            return None
        return Approval(**entry["approved"])

    def review(self, entry: Mapping[str, Any], path: Path) -> Review | None:
        """The review, or None if there is none or it is faulty."""
        needed = ("by", "role", "on", "due")
        if "reviewed" not in entry or not self.members(entry["reviewed"], (*path, "reviewed"), needed):
            return None
        return Review(**entry["reviewed"])

    def evidence(self, entry: Mapping[str, Any], path: Path) -> Evidence | None:
        """The grades of the evidence, or None if there are none or they are faulty."""
        allowed = ("strength", "direction", "quality", "grading")
        if "evidence" not in entry or not self.members(entry["evidence"], (*path, "evidence"), (), allowed):
            return None
        return Evidence(**entry["evidence"])

    def decimal(self, value: Any, path: Path) -> Decimal | None:
        """A number in source is an integer, or a decimal as text: a TOML float is binary and is refused."""
        text = str(value) if type(value) is int and abs(value) < _TOO_LARGE else value
        if isinstance(text, str) and _NUMBER.fullmatch(text):
            return Decimal(text)
        self.type_fault(path, 'a whole number of at most nine digits, or a decimal as text such as "0.5"')
        return None


_TOO_LARGE = 10**9
_NUMBER = re.compile("-?(0|[1-9][0-9]{0,8})([.][0-9]{1,12})?")

_TEXTS = (
    "id", "version", "title", "gate", "kind", "statement", "action", "quote", "fact", "op", "unit", "extends",
    "setting", "reason", "locator", "confidence", "by", "role", "if_unknown", "pathway", "strength", "direction",
    "quality", "grading",
)  # fmt: skip
_KINDS: Mapping[str, tuple[type, str]] = {
    **dict.fromkeys(_TEXTS, (str, "text")),
    **dict.fromkeys(("on", "due", "effective_from", "effective_until"), (date, "a date such as 2026-11-24")),
    **dict.fromkeys(("changeable", "overridable", "removed"), (bool, "true or false")),
}
