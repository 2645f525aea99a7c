"""
What a diagnosis code, a medicine's name or a statement about a substance says: the lists behind the mapping.

A name that no list knows says nothing. It never counts as "not a dangerous one".
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ketaprogram._knowledge import table

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["classes_of", "in_value_set", "proved_by_substance"]


def in_value_set(code: str, value_set: str) -> bool:
    """
    Whether an ICD-10-CM code belongs to a set: it equals one of its prefixes or continues it.

    Example:
        >>> in_value_set("I71.40", "aneurysm"), in_value_set("I10", "aneurysm")
        (True, False)
    """
    return code.startswith(_value_sets()[value_set])


def classes_of(name: str) -> frozenset[str] | None:
    """
    The classes of a medicine by its generic or brand name, or None if no list knows it.

    Strength, form and salt after the name are passed over: "Sertraline HCl 50 mg tablet" is sertraline.

    Example:
        >>> sorted(classes_of("Sertraline HCl 50 mg tablet") or ())
        ['ssri-snri']
        >>> classes_of("a blue pill") is None
        True
    """
    names, passed_over = _medicines()
    words = _WORD.findall(name.casefold())
    for end in range(len(words), 0, -1):
        found = names.get(" ".join(words[:end]))
        if found is not None:
            rest_says_nothing = all(word in passed_over or word[0].isdigit() for word in words[end:])
            return found if rest_says_nothing else None
    return None


def proved_by_substance(substance: str, status: str) -> frozenset[str]:
    """The conditions that a statement about a substance proves."""
    entries = table("intake")["substance"]
    fitting = (each for each in entries if each["status"] == status and each.get("substance", substance) == substance)
    return frozenset(condition for each in fitting for condition in each["proves"])


@cache
def _value_sets() -> Mapping[str, tuple[str, ...]]:
    return {entry["id"]: tuple(entry["codes"]) for entry in table("value_sets")["value_set"]}


@cache
def _medicines() -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    content = table("medications")
    names = {
        " ".join(_WORD.findall(name.casefold())): frozenset(entry["classes"])
        for entry in content["medication"]
        for name in (entry["name"], *entry.get("brands", ()))
    }
    return names, frozenset(content["passed_over"])


_WORD = re.compile(r"[\w./+]+")
