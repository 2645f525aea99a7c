"""
The languages of the texts, each from data alone: a word list for the gate and a catalogue of translations.

The catalogue is a gettext file: every translation editor writes it, and the standard library reads it. Its context is
the id of the text and its key the English text, so a translation of an English text that has since changed is a missing
translation, never a wrong one.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO
from struct import error as StructError  # noqa: N812  # it is an exception
from typing import TYPE_CHECKING, Any, get_args

from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.errors import KnowledgeError
from ketaprogram.issues import Issue, pointer
from ketaprogram.wording.matching import any_of
from ketaprogram.wording.model import Direction, Language, Limit, Measure, WordRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.wording.model import Use

__all__ = ["SOURCE", "language_of", "languages", "limits", "load_language"]

SOURCE = "en"
"""The language in which our texts are written."""

_SHIPPED = (SOURCE, "es")


@cache
def languages() -> Mapping[str, Language]:
    """
    The languages that ship with the package, by tag.

    Example:
        >>> [(each.tag, each.direction) for each in languages().values()]
        [('en', 'ltr'), ('es', 'ltr')]
    """
    return {tag: load_language(table(f"locales/{tag}/language"), _catalogue(tag)) for tag in _SHIPPED}


def language_of(tag: str, known: Mapping[str, Language] | None = None) -> Language | None:
    """
    The language of a tag, or of the nearest tag that it narrows; None if there is none.

    Example:
        >>> language_of("es-MX").tag, language_of("xx")
        ('es', None)
    """
    found = languages() if known is None else known
    parts = tag.split("-")
    for length in range(len(parts), 0, -1):
        if (language := found.get("-".join(parts[:length]))) is not None:
            return language
    return None


def load_language(content: Mapping[str, Any], catalogue: bytes | None = None) -> Language:
    """
    A language from the content of its ``language.toml`` and its compiled gettext catalogue.

    Args:
        content: ``tag``, ``name``, ``direction``, ``measure`` where a formula exists, and the words of every rule.
        catalogue: The bytes of an ``.mo`` file; None if nothing is translated.

    Raises:
        KnowledgeError: A rule has no words, a member is missing, or the catalogue is no catalogue. The gate would be
            open for a language that does not say what its words are.

    Example:
        >>> load_language({"tag": "fr", "name": "français", "direction": "ltr"}).tag
        Traceback (most recent call last):
            ...
        ketaprogram.errors.KnowledgeError: a language cannot be loaded
          /words: A required member is missing. [member.missing]
          /required: A required member is missing. [member.missing]
    """
    members = ("tag", "name", "direction", "words", "required")
    issues = [
        Issue(pointer(each), "member.missing", "A required member is missing.")
        for each in members
        if each not in content
    ]
    issues += [
        Issue(pointer(member), "value.choice", "The word is not in the list.", f"one of {', '.join(words)}")
        for member, words in (("direction", get_args(Direction)), ("measure", get_args(Measure)))
        if content.get(member) is not None and content[member] not in words
    ]
    issues += [] if issues else _missing_words(content)
    translations = _translations(catalogue, issues)
    if issues:
        message = "a language cannot be loaded"
        raise KnowledgeError(message, issues)
    said = {name: content.get(name, {}) for name in ("words", "allowed", "unless")}
    return Language(
        tag=content["tag"],
        name=content["name"],
        direction=content["direction"],
        rules=tuple(
            WordRule(
                id=rule["id"],
                why=rule["why"],
                uses=frozenset(rule["uses"]),
                words=any_of(said["words"][rule["id"]]),
                allowed=any_of(said["allowed"][rule["id"]]) if rule["id"] in said["allowed"] else None,
                unless=any_of(said["unless"][rule["id"]]) if rule["id"] in said["unless"] else None,
            )
            for rule in _rules()["rule"]
        ),
        required={each["id"]: (each["why"], any_of(content["required"][each["id"]])) for each in _rules()["required"]},
        measure=content.get("measure"),
        translations=translations,
    )


@cache
def limits() -> Mapping[Use, Limit]:
    """How easy a text of each use has to be."""
    return {
        each["use"]: Limit(
            use=each["use"],
            sentence_words=each["sentence_words"],
            words=each["words"],
            questions=each["questions"],
            reading_grade=Decimal(each["reading_grade"]),
        )
        for each in _rules()["limit"]
    }


@cache
def _rules() -> Mapping[str, Any]:
    found = table("language")
    for entry in (*found["rule"], *found["required"], *found["limit"]):
        cite_all(entry["sources"])  # a rule without a known source cannot load
    return found


def _missing_words(content: Mapping[str, Any]) -> list[Issue]:
    return [
        Issue(pointer(member, each["id"]), "locale.no-words", "The language has no words for this rule.")
        for member, entries in (("words", _rules()["rule"]), ("required", _rules()["required"]))
        for each in entries
        if not content[member].get(each["id"])
    ]


def _catalogue(tag: str) -> bytes | None:
    if tag == SOURCE:
        return None
    folder = resources.files("ketaprogram").joinpath("knowledge", "locales", tag, "LC_MESSAGES")
    return folder.joinpath("ketaprogram.mo").read_bytes()


def _translations(catalogue: bytes | None, issues: list[Issue]) -> NullTranslations:
    if catalogue is None:
        return NullTranslations()
    try:
        return GNUTranslations(BytesIO(catalogue))
    except (OSError, StructError, ValueError, UnicodeError):
        issues.append(
            Issue("", "locale.not-a-catalogue", "The bytes are no compiled gettext catalogue.", "an .mo file")
        )
        return NullTranslations()
