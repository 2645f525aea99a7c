"""
What a medicine's name or code says: which medicine of our list it is, and of which classes.

A name that no list knows says nothing. It never counts as "not a dangerous one".
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram.medications.model import Identity, Medicine

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["classes_of", "identify", "medicine_of"]


def medicine_of(name: str) -> Medicine | None:
    """
    The medicine of our list by its generic or brand name, or None if no list knows it.

    Strength, form and salt after the name are passed over: "Sertraline HCl 50 mg tablet" is sertraline. Any other word
    after it may name a further ingredient, so the whole is not known.

    Example:
        >>> medicine_of("Zoloft 50 mg tablet").name
        'sertraline'
        >>> medicine_of("Tylenol PM") is None
        True
    """
    known = _medicines()
    words = _words(name)
    for end in range(len(words), 0, -1):
        found = known.by_name.get(" ".join(words[:end]))
        if found is not None:
            rest_says_nothing = all(word in known.passed_over or word[0].isdigit() for word in words[end:])
            return found if rest_says_nothing else None
    return None


def identify(name: str, atc: str | None = None) -> Identity:
    """
    What a name and a code say together.

    Args:
        name: Generic or brand name, as it stands on the label.
        atc: ATC code, if there is one. It speaks where the name says nothing, and adds to what the name says.

    Returns:
        The medicines that name and code name, and whether that is all it can be.

    Unknowns:
        A name and a code that no list knows leave it open. So does a code beside a name that holds a known one and goes
        on: "Tylenol PM" coded as plain acetaminophen may still hold a sedative.

    Example:
        >>> identify("Nardil", "N06AB06").classes == {"maoi", "ssri-snri"}
        True
        >>> identify("Altruline", "N06AB06").is_settled, identify("Altruline").is_settled
        (True, False)
    """
    by_name, by_code = medicine_of(name), _medicines().by_atc.get(atc or "")
    return Identity(
        medicines=tuple(dict.fromkeys(each for each in (by_name, by_code) if each is not None)),
        is_settled=by_name is not None or (by_code is not None and not _holds_a_known_name(name)),
    )


def classes_of(name: str, atc: str | None = None) -> frozenset[str] | None:
    """
    All the classes of a medicine by its name and code, or None if it may be of others than the lists know.

    Example:
        >>> sorted(classes_of("Sertraline HCl 50 mg tablet") or ())
        ['ssri-snri']
        >>> classes_of("a blue pill") is None
        True
    """
    found = identify(name, atc)
    return found.classes if found.is_settled else None


def _holds_a_known_name(name: str) -> bool:
    words = _words(name)
    return any(
        " ".join(words[begin:end]) in _medicines().by_name
        for begin in range(len(words))
        for end in range(begin + 1, len(words) + 1)
    )


@frozen(kw_only=True)
class _Medicines:
    by_name: Mapping[str, Medicine]
    by_atc: Mapping[str, Medicine]
    passed_over: frozenset[str]


@cache
def _medicines() -> _Medicines:
    content = table("medications")
    entries = [(_medicine(entry), (entry["name"], *entry.get("brands", ()))) for entry in content["medication"]]
    return _Medicines(
        by_name={" ".join(_words(name)): medicine for medicine, names in entries for name in names},
        by_atc={code: medicine for medicine, _ in entries for code in medicine.atc},
        passed_over=frozenset(content["passed_over"]),
    )


def _medicine(entry: Mapping[str, list[str]]) -> Medicine:
    return Medicine(
        name=str(entry["name"]),
        classes=frozenset(entry["classes"]),
        atc=tuple(entry.get("atc", ())),
        rxnorm=tuple(entry.get("rxnorm", ())),
    )


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold())


_WORD = re.compile(r"[\w./+]+")
