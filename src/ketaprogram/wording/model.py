"""Texts for a person: what each is for, and the language that it is written in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from gettext import NullTranslations
from typing import Annotated, Literal

from annotated_types import MaxLen
from attrs import frozen

from ketaprogram.record import Pattern

__all__ = ["Direction", "Language", "LanguageTag", "Limit", "Measure", "Use", "WordRule", "Wording"]

Use = Literal["prompt", "education", "message"]
"""What a text is for; the gate asks more of a prompt than of a page to read."""

Direction = Literal["ltr", "rtl"]
"""Left to right, or right to left."""

Measure = Literal["flesch-kincaid", "crawford"]
"""Formulas that give a school grade; each is for one language."""

LanguageTag = Annotated[str, Pattern("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"), MaxLen(35)]
"""A language by its BCP 47 tag, such as ``es`` or ``es-MX``."""


@frozen(kw_only=True)
class WordRule:
    """
    The words by which one language breaks one rule.

    Args:
        id: Id of the rule.
        why: The rule in one sentence, for the author.
        uses: The texts that it is for.
        words: What the text may not hold.
        allowed: Phrases that are not looked at, or None.
        unless: What answers for the words, anywhere in the text, or None.
    """

    id: str
    why: str
    uses: frozenset[Use]
    words: re.Pattern[str]
    allowed: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None


@frozen(kw_only=True)
class Limit:
    """
    How easy a text has to be; every bound is inclusive.

    Args:
        use: The texts that it is for.
        sentence_words: The longest sentence, in words.
        words: The most words.
        questions: The most questions.
        reading_grade: The highest reading grade.
    """

    use: Use
    sentence_words: int
    words: int
    questions: int
    reading_grade: Decimal


@frozen(kw_only=True)
class Language:
    """
    A language: its words for the gate, and its translations of our texts.

    Args:
        tag: BCP 47 tag.
        name: What the language calls itself.
        direction: Its direction of writing.
        rules: What no text in it may say.
        required: The words of which a text that goes home needs one, by what they say.
        measure: The formula of its reading grade; None if there is none.
        translations: Translations by id and English text; none of them for English.
    """

    tag: str
    name: str
    direction: Direction
    rules: tuple[WordRule, ...]
    required: Mapping[str, tuple[str, re.Pattern[str]]]
    measure: Measure | None
    translations: NullTranslations


@frozen(kw_only=True)
class Wording:
    """
    A text as a person gets it.

    Args:
        text: The text.
        language: Tag of the language that it is really in; another than was asked for where a translation is missing.
    """

    text: str
    language: str
