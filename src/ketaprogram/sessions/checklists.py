"""The preparation checklists, from ``knowledge/checklists.toml``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram.citation import Citation, cite_all

if TYPE_CHECKING:
    from ketaprogram.record import Setting

__all__ = ["Checklist", "ChecklistItem", "checklist"]


@frozen(kw_only=True)
class ChecklistItem:
    """One thing to prepare."""

    id: str
    text: str


@frozen(kw_only=True)
class Checklist:
    """What is prepared before a session in one setting."""

    items: tuple[ChecklistItem, ...]
    citations: tuple[Citation, ...]


@cache
def checklist(setting: Setting) -> Checklist:
    """
    The checklist of a setting.

    Example:
        >>> [item.id for item in checklist("home").items][:3]
        ['space', 'light', 'music']
    """
    entry = next(each for each in table("checklists")["checklist"] if each["setting"] == setting)
    return Checklist(
        items=tuple(ChecklistItem(**item) for item in entry["items"]),
        citations=cite_all(entry["sources"]),
    )
