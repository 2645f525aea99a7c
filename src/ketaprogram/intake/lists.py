"""The lists behind the mapping: what a diagnosis code or a statement about a substance says."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ketaprogram._knowledge import table

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["in_value_set", "proved_by_substance"]


def in_value_set(code: str, value_set: str) -> bool:
    """
    Whether an ICD-10-CM code belongs to a set: it equals one of its prefixes or continues it.

    Example:
        >>> in_value_set("I71.40", "aneurysm"), in_value_set("I10", "aneurysm")
        (True, False)
    """
    return code.startswith(_value_sets()[value_set])


def proved_by_substance(substance: str, status: str) -> frozenset[str]:
    """The conditions that a statement about a substance proves."""
    entries = table("intake")["substance"]
    fitting = (each for each in entries if each["status"] == status and each.get("substance", substance) == substance)
    return frozenset(condition for each in fitting for condition in each["proves"])


@cache
def _value_sets() -> Mapping[str, tuple[str, ...]]:
    return {entry["id"]: tuple(entry["codes"]) for entry in table("value_sets")["value_set"]}
