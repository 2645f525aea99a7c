"""Conditions in words, for whoever signs a rulebook off: every label, operator, amount and unit that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.rules.conditions import All, Amounts, Any, Count, Flag, Matching, Not, Period, Test, Words

if TYPE_CHECKING:
    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.conditions import Condition

__all__ = ["in_words"]


def in_words(condition: Condition, known: Catalog) -> str:
    """
    A condition in words.

    Example:
        >>> from ketaprogram.facts.catalog import catalog
        >>> from ketaprogram.rules import load_rulebook
        >>> found = {each.id: each for each in load_rulebook("candidacy").criteria}
        >>> in_words(found["deferral.blood-pressure"].when, catalog())
        'Systolic blood pressure >= 160 mm[Hg] or Diastolic blood pressure >= 100 mm[Hg]'
    """
    match condition:
        case All(of=parts):
            return " and ".join(_bracketed(part, known, Any) for part in parts)
        case Any(of=parts):
            return " or ".join(_bracketed(part, known, All) for part in parts)
        case Not(of=part):
            return f"not ({in_words(part, known)})"
        case Test():
            return _test(condition, known)


def _bracketed(part: Condition, known: Catalog, kind: type) -> str:
    words = in_words(part, known)
    return f"({words})" if isinstance(part, kind) else words


def _test(test: Test, known: Catalog) -> str:
    label = known[test.fact].label
    match test.operand:
        case None:
            return f"{label} is known"
        case Flag(value=value):
            return f"{label}: {'yes' if value else 'no'}"
        case Amounts(values=values, unit=unit) if test.op == "between":
            return f"{label} from {values[0]:f} to {values[1]:f} {unit}"
        case Amounts(values=values, unit=unit):
            return f"{label} {test.op} {values[0]:f} {unit}"
        case Words(values=words):
            return f"{label} {_RELATIONS[test.op]} {', '.join(words)}"
        case Period(amount=amount, unit=unit):
            when = "within the last" if test.op == "within" else "longer ago than"
            return f"{label} {when} {amount} {_UNITS[unit]}"
        case Count(at_least=at_least, words=words):
            return f"{label} hold at least {at_least} of {', '.join(words)}"
        case Matching(at_least=at_least, where=where):
            return f"{label}: at least {at_least} with ({in_words(where, known)})"


_RELATIONS = {
    "=": "is",
    "!=": "is not",
    "in": "is one of",
    "includes-any": "hold any of",
    "includes-all": "hold all of",
}
_UNITS = {"d": "days", "wk": "weeks", "mo": "months", "a": "years"}
