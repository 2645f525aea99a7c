"""
The tables of a rulebook's source: what is in them, and every fault on the way.

TOML gives plain values of any type; a `Reader` takes out what is due at each place and records what is not.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from attrs import define, field

from ketaprogram.citation import Citation, cite
from ketaprogram.errors import CitationError
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.rules.model import Approval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.model import Parameter

__all__ = ["Path", "Reader"]

Path = tuple[str | int, ...]


@define
class Reader:
    """Collects the faults of one rulebook while its parts are built."""

    known: Catalog
    issues: list[Issue] = field(factory=list)
    parameters: dict[str, Parameter] = field(factory=dict)

    def fault(self, path: Path, code: str, message: str, expected: str = "", hint: str = "") -> None:
        """Record one fault."""
        self.issues.append(Issue(pointer(*path), code, message, expected, hint))

    def members(self, entry: Any, path: Path, needed: tuple[str, ...], allowed: tuple[str, ...] = ()) -> bool:
        """Whether an entry is a table of these members, with texts where texts are due; records each fault."""
        if not isinstance(entry, dict):
            self.fault(path, "value.type", "The value is of another type.", "a table")
            return False
        before = len(self.issues)
        for name in needed:
            if name not in entry:
                self.fault((*path, name), "member.missing", "A required member is missing.")
        for name in _TEXTS & entry.keys():
            if not isinstance(entry[name], str):
                self.fault((*path, name), "value.type", "The value is of another type.", "text")
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
        self.fault((*path, name), "value.type", "The value is of another type.", f"[[{name}]] tables")
        return []

    def citation(self, entry: Any, path: Path) -> Citation | None:
        """The citation, or None and the fault."""
        if not self.members(entry, path, ("id", "locator", "confidence")):
            return None
        try:
            return cite(entry["id"], entry["locator"], entry["confidence"])
        except CitationError as error:
            self.issues += [
                Issue(pointer(*path) + each.pointer, each.code, each.message, each.expected, each.hint)
                for each in error.issues
            ]
            return None

    def approval(self, entry: Mapping[str, Any], path: Path) -> Approval | None:
        """The approval, or None if there is none or it is faulty."""
        if "approved" not in entry or not self.members(entry["approved"], (*path, "approved"), ("by", "role", "on")):
            return None
        return Approval(**entry["approved"])

    def decimal(self, value: Any, path: Path) -> Decimal | None:
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


_TEXTS = frozenset(
    {
        "id",
        "version",
        "title",
        "gate",
        "review",
        "kind",
        "statement",
        "action",
        "fact",
        "op",
        "unit",
        "extends",
        "setting",
    }
    | {"locator", "confidence", "by", "role", "if_unknown", "pathway"}
)
