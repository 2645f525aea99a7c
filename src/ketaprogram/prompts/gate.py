"""The gate on every text for a person, ours and a clinic's: what it may not say, and how long its sentences may be."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_text"]


def check_text(text: str) -> tuple[Issue, ...]:
    """
    Every fault of a text for a person.

    Args:
        text: The text. It is not repeated in the issues.

    Source:
        The rules in ``knowledge/language.toml`` with their citations.

    Example:
        >>> [issue.code for issue in check_text("This will permanently cure your worry.")]
        ['language.cure', 'language.permanence']
        >>> check_text("What would you like to keep?")
        ()
    """
    faults = [
        Issue(pointer="", code=f"language.{rule}", message=why)
        for rule, (pattern, why) in _rules().items()
        if pattern.search(text)
    ]
    most = table("language")["limits"]["sentence_words"]
    if any(len(sentence.split()) > most for sentence in re.split(r"[.?!]", text)):
        faults.append(
            Issue("", "language.long-sentence", "A sentence is too long to be read with ease.", f"at most {most} words")
        )
    if not text.strip():
        faults.append(Issue("", "language.empty", "There is no text."))
    return tuple(faults)


@cache
def _rules() -> Mapping[str, tuple[re.Pattern[str], str]]:
    found = {}
    for rule in table("language")["rule"]:
        cite_all(rule["sources"])  # a rule without a known source cannot load
        words = "|".join(re.escape(word) for word in rule["words"])
        found[rule["id"]] = (re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), rule["why"])
    return found
