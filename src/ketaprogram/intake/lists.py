"""The lists behind the mapping: what a diagnosis code or a statement about a substance says, when a trial counts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TrialRule", "in_value_set", "proved_by_substance", "trial_rule"]


@frozen(kw_only=True)
class TrialRule:
    """When a treatment that was tried counts as an adequate trial, and when as a failed one."""

    adequate_weeks: int
    borderline_weeks: int
    failed: frozenset[str]
    not_failed: frozenset[str]


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
def trial_rule() -> TrialRule:
    """The definition of an adequate trial."""
    entry = table("intake")["trial"]
    cite_all(entry["sources"])  # a rule without a known source cannot load
    return TrialRule(
        adequate_weeks=entry["adequate_weeks"],
        borderline_weeks=entry["borderline_weeks"],
        failed=frozenset(entry["failed"]),
        not_failed=frozenset(entry["not_failed"]),
    )


@cache
def _value_sets() -> Mapping[str, tuple[str, ...]]:
    return {entry["id"]: tuple(entry["codes"]) for entry in table("value_sets")["value_set"]}
