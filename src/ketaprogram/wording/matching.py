"""
Words and phrases of a language's list as one regular expression.

The list is data that a clinic may write, so it is no regular expression itself: ``*`` is any letters at an end of a
word, ``...`` is up to three words, a hyphen is a hyphen, a space or nothing. Text and list are folded alike first, so
that case, accents, kinds of quotation mark and characters that nobody sees hide nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["any_of", "folded", "sentences"]

_APOSTROPHES, _QUOTES, _DASHES = "\u2018\u2019`\u00b4", "\u201c\u201d\u00ab\u00bb", "\u2010\u2011\u2012\u2013\u2014"
_ALIKE = {ord(each): to for group, to in ((_APOSTROPHES, "'"), (_QUOTES, '"'), (_DASHES, "-")) for each in group}
_BETWEEN = r"[^\w%.?!]+"
_GAP = rf"(?:{_BETWEEN}[\w%'-]+){{0,3}}{_BETWEEN}"
_LETTERS = r"[\w'-]*"


def folded(text: str) -> str:
    r"""
    The text without what should not matter: case, accents, invisible characters, kinds of quotes, dashes and spaces.

    Example:
        >>> folded("A  GUARAN\u00adTEE\u2019s  c\u00fare")
        "a guarantee's cure"
    """
    plain = unicodedata.normalize("NFKD", text.translate(_ALIKE)).casefold()
    seen = "".join(each for each in plain if unicodedata.category(each) not in {"Mn", "Cf"})
    return " ".join(seen.split())


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """
    What finds any of the phrases in a folded text.

    Example:
        >>> bool(any_of(["stop ... medicine*"]).search("you could stop all of your medicines now"))
        True
        >>> bool(any_of(["cure*"]).search("curious and secure"))
        False
    """
    told = [folded(each) for each in phrases]
    inside = [_phrase(each) for each in told if each.startswith("*")]
    at_a_word = [_phrase(each) for each in told if not each.startswith("*")]
    # One look at the start of a word for all of them: a list of a hundred phrases is as quick as one of ten.
    return re.compile("|".join([*inside, rf"\b(?:{'|'.join(at_a_word)})"] if at_a_word else inside))


def sentences(text: str) -> list[str]:
    """The sentences of a text, without what ends them."""
    return [each for each in re.split(r"[.?!:;؟。\n]+", text) if each.strip()]


def _phrase(phrase: str) -> str:
    pattern = _GAP.join(
        _BETWEEN.join(_word(word) for word in part.split()) for part in re.split(r"\s*\.\.\.\s*", phrase)
    )
    after = "" if phrase.endswith("*") else r"(?!\w)"
    return f"{pattern}{after}"


def _word(word: str) -> str:
    core = re.escape(word.strip("*")).replace(r"\-", "[- ]?").replace("/", " ?/ ?")
    return f"{_LETTERS if word.startswith('*') else ''}{core}{_LETTERS if word.endswith('*') and word != '*' else ''}"
