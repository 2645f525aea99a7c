"""
The gate on every text for a person, ours and a clinic's: what it may not say, and how plain it has to be.

It looks at words, not at meaning, so it refuses too much rather than too little; an author says it another way. A text
that it refuses cannot load. The reading grade is measured where texts are written (`wording.reading`), not here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ketaprogram.issues import Issue
from ketaprogram.wording.languages import language_of, limits
from ketaprogram.wording.matching import folded, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ketaprogram.wording.model import Language, Limit, Use

__all__ = ["check_home_text", "check_text"]

_MARKUP = re.compile(r"[<>{}\[\]*_#|\\]|://|www\.")
_PLACEHOLDER = re.compile(r"\{[a-z]+\}")
_SHOWN = "\n\u200c\u200d"  # the line break, and the two joiners that some scripts need inside a word


def check_text(
    text: str, use: Use = "prompt", *, locale: str = "en", languages: Mapping[str, Language] | None = None
) -> tuple[Issue, ...]:
    """
    Every fault of a text for a person.

    Args:
        text: The text. It is not repeated in the issues.
        use: What it is for; a prompt may say less than a page to read.
        locale: BCP 47 tag of its language.
        languages: The languages, if a clinic adds some to ours.

    Returns:
        Issues in the order of the rules. A language that nobody loaded has no rules, so nothing in it passes.

    Source:
        The rules in ``knowledge/language.toml`` with their citations, and the words of each language beside them.

    Example:
        >>> [issue.code for issue in check_text("This will permanently cure your worry.")]
        ['language.cure', 'language.permanence']
        >>> check_text("What would you like to keep?")
        ()
        >>> [issue.code for issue in check_text("Esto cura para siempre.", locale="es")]
        ['language.cure', 'language.permanence']
    """
    language = language_of(locale, languages)
    if language is None:
        return (Issue("", "language.unknown", "No language of this tag is loaded, so no text in it can be checked."),)
    plain = folded(text)
    return (*_words(plain, use, language), *_form(text, use), *_length(text, limits()[use]))


def check_home_text(
    text: str, *, locale: str = "en", languages: Mapping[str, Language] | None = None
) -> tuple[Issue, ...]:
    """
    What a whole text that goes home with a person leaves out.

    Args:
        text: The text with everything that stands on the page.
        locale: BCP 47 tag of its language.
        languages: The languages, if a clinic adds some to ours.

    Returns:
        One issue for each missing statement: off-label use, risks, who decides, emergency and crisis numbers.

    Source:
        mkt.required_statement (a proposal).

    Example:
        >>> [issue.code for issue in check_home_text("Rest well. Your doctor decides what comes next.")]
        ['language.missing-off-label', 'language.missing-risks', 'language.missing-crisis']
    """
    language = language_of(locale, languages)
    if language is None:
        return (Issue("", "language.unknown", "No language of this tag is loaded, so no text in it can be checked."),)
    plain = folded(text)
    return tuple(
        Issue("", f"language.missing-{name}", why)
        for name, (why, words) in language.required.items()
        if not words.search(plain)
    )


def _words(plain: str, use: Use, language: Language) -> Iterator[Issue]:
    for rule in language.rules:
        if use not in rule.uses:
            continue
        looked_at = plain if rule.allowed is None else rule.allowed.sub(" . ", plain)
        if rule.words.search(looked_at) and (rule.unless is None or not rule.unless.search(plain)):
            yield Issue("", f"language.{rule.id}", rule.why)


def _form(text: str, use: Use) -> Iterator[Issue]:
    if not text.strip():
        yield Issue("", "language.empty", "There is no text.")
    if any(unicodedata.category(each) in {"Cc", "Cf", "Co", "Cs"} and each not in _SHOWN for each in text):
        yield Issue("", "language.hidden", "The text holds characters that nobody can see.")
    if _MARKUP.search(_PLACEHOLDER.sub("", text) if use == "message" else text):
        yield Issue("", "language.markup", "A text is plain: no markup, no placeholder and no address of a page.")
    if "!" in text or "¡" in text:
        yield Issue("", "language.exclamation", "A text does not shout.")


def _length(text: str, limit: Limit) -> Iterator[Issue]:
    if any(len(sentence.split()) > limit.sentence_words for sentence in sentences(text)):
        expected = f"at most {limit.sentence_words} words"
        yield Issue("", "language.long-sentence", "A sentence is too long to be read with ease.", expected)
    if len(text.split()) > limit.words:
        yield Issue("", "language.long-text", "The text is too long.", f"at most {limit.words} words")
    if text.count("?") + text.count("؟") > limit.questions:
        expected = f"at most {limit.questions}"
        yield Issue("", "language.many-questions", "The text asks too much at once.", expected)
