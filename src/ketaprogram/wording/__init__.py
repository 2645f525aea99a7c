"""Texts for a person, in any room: the gate that they pass (`check_text`) and the language they stand in (`say`)."""

from __future__ import annotations

from ketaprogram.wording.gate import check_home_text, check_text
from ketaprogram.wording.languages import language_of, languages, limits, load_language
from ketaprogram.wording.saying import check_locale, check_wordings, direction_of, message, messages, say
from ketaprogram.wording.statements import crisis_text, statement

__all__ = [
    "check_home_text",
    "check_locale",
    "check_text",
    "check_wordings",
    "crisis_text",
    "direction_of",
    "language_of",
    "languages",
    "limits",
    "load_language",
    "message",
    "messages",
    "say",
    "statement",
]
