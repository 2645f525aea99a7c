"""
Red flags in free text: a small, open list of phrases that a professional must see.

This is a list, not a reader of language. It can only raise a tier: a text in which nothing is found says nothing, and
a flag that is denied is still found and marked. How much it misses stands in docs/explanation/red-flag-phrases.md.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

from ketaprogram._knowledge import look_up, table
from ketaprogram.citation import cite_all
from ketaprogram.events.model import RedFlag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ketaprogram.citation import Citation

__all__ = ["FlagKind", "find_red_flags", "flag_kind", "flag_kinds", "normalised"]


@frozen(kw_only=True)
class FlagKind:
    """
    One red flag of the list of phrases.

    Args:
        id: Such as ``chest-pain``.
        label: A plain name.
        phrases: The phrases by language, in the small notation of ``red_flags.toml``.
        citations: Where this comes from.
    """

    id: str
    label: str
    phrases: dict[str, tuple[str, ...]]
    citations: tuple[Citation, ...]


def find_red_flags(text: str) -> tuple[RedFlag, ...]:
    """
    The red flags in a text, in the catalogue's order; phrases of every language are looked for in any text.

    Args:
        text: What a person wrote; it is not kept, and no part of it comes back.

    Returns:
        Each flag at most once, with the language of its phrases. It counts as denied only if every mention is.

    Unknowns:
        An empty answer is no answer: the list misses much of what people write.

    Source:
        ``red_flags.toml``, a proposal of this project.

    Example:
        >>> [(each.flag, each.is_denied) for each in find_red_flags("no chest pain. I CAN'T BREATHE")]
        [('breathing', False), ('chest-pain', True)]
        >>> find_red_flags("felt floaty for an hour")
        ()
    """
    words = _words(text)
    mentions = tuple(_mentions(words))
    # "could not breathe and passed out": the "not" belongs to a phrase, so it denies none.
    taken = {at for each in mentions for at in range(each.begins, each.ends)}
    denials = [at for at in range(len(words)) if at not in taken and _denies(words, at)]
    found: dict[tuple[str, str], bool] = {}
    for each in mentions:
        key = (each.flag, each.language)
        found[key] = found.get(key, True) and _is_denied(words, each.begins, denials)
    flags = []
    for kind in flag_kinds().values():
        languages = {language: denied for (flag, language), denied in found.items() if flag == kind.id}
        if languages:
            denied = all(languages.values())
            # The language of a mention that is not denied, where there is one.
            language = min(languages, key=lambda each: (languages[each], each))
            flags.append(RedFlag(flag=kind.id, language=language, is_denied=denied))
    return tuple(flags)


def flag_kind(flag: str) -> FlagKind:
    """
    What a flag means.

    Raises:
        UnknownItemError: None has this id; the message names the nearest.

    Example:
        >>> flag_kind("seizure").label
        'Seizure'
    """
    return look_up(flag_kinds(), flag, "red flag")


@cache
def flag_kinds() -> Mapping[str, FlagKind]:
    """Every red flag, by id, in the order in which they are shown."""
    content = table("red_flags")
    citations = cite_all(content["sources"])
    return {
        entry["id"]: FlagKind(
            id=entry["id"],
            label=entry["label"],
            phrases={language: tuple(phrases) for language, phrases in entry["phrases"].items()},
            citations=citations,
        )
        for entry in content["flag"]
    }


def normalised(text: str) -> str:
    """
    A text without case, accents and apostrophes.

    Example:
        >>> normalised("Can't BREATHE, mamá")
        'cant breathe, mama'
    """
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return _APOSTROPHES.sub("", plain.casefold())


_APOSTROPHES = re.compile("['`\u2018\u2019\u00b4]")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"[a-z0-9]+|[^a-z0-9\s]+|\n")


# --- phrases ----------------------------------------------------------------------------------------------------------


class _Word(NamedTuple):
    text: str
    clause: int


class _Mention(NamedTuple):
    flag: str
    language: str
    begins: int
    ends: int


class _Phrase(NamedTuple):
    """Places in a row: the words that fit there, or None for a gap."""

    flag: str
    language: str
    places: tuple[frozenset[str] | None, ...]


class _List(NamedTuple):
    begins_with: Mapping[str, tuple[_Phrase, ...]]
    doubt: Mapping[str, tuple[_Phrase, ...]]
    deny: frozenset[str]
    ends_clause: frozenset[str]
    exact: frozenset[str]
    stems: tuple[str, ...]
    slips: Mapping[str, frozenset[str]]
    gap: int
    slip_from: int
    reach: int


@cache
def _list() -> _List:
    content = table("red_flags")
    denial, slip_from = content["denial"], content["slip_from_letters"]
    phrases = [
        _Phrase(entry["id"], language, _places(phrase))
        for entry in content["flag"]
        for language, listed in entry["phrases"].items()
        for phrase in listed
    ]
    doubt = [_Phrase("", "", _places(phrase)) for phrase in denial["doubt"]]
    spelled = {word for phrase in (*phrases, *doubt) for place in phrase.places for word in place or ()}
    exact = {word for word in spelled if not word.endswith("*")}
    slips: dict[str, set[str]] = {}
    for word in exact:
        if len(word) >= slip_from:
            for shorter in _shortened(word):
                slips.setdefault(shorter, set()).add(word)
    return _List(
        begins_with=_by_first_word(phrases),
        doubt=_by_first_word(doubt),
        deny=frozenset(normalised(word) for word in denial["words"]),
        ends_clause=frozenset(normalised(word) for word in denial["ends_clause"]),
        exact=frozenset(exact),
        stems=tuple(sorted(word for word in spelled if word.endswith("*"))),
        slips={shorter: frozenset(words) for shorter, words in slips.items()},
        gap=content["gap_words"],
        slip_from=slip_from,
        reach=denial["reach_words"],
    )


def _places(phrase: str) -> tuple[frozenset[str] | None, ...]:
    return tuple(
        None if place == ".." else frozenset(normalised(word) for word in place.split("|")) for place in phrase.split()
    )


def _by_first_word(phrases: Iterable[_Phrase]) -> Mapping[str, tuple[_Phrase, ...]]:
    found: dict[str, list[_Phrase]] = {}
    for phrase in phrases:
        for word in phrase.places[0] or ():
            found.setdefault(word, []).append(phrase)
    return {word: tuple(each) for word, each in found.items()}


def _words(text: str) -> tuple[_Word, ...]:
    """The words of a text, and the clause that each stands in."""
    found, clause, ends = [], 0, _list().ends_clause
    for token in _TOKEN.findall(normalised(text)):
        if token in ends or not token.isalnum():
            clause += 1
        if token.isalnum():
            found.append(_Word(token, clause))
    return tuple(found)


@lru_cache(maxsize=8192)
def _fits(word: str) -> frozenset[str]:
    """The words of the list that a word of a text stands for: itself, a beginning of it, or one slip away from it."""
    found: set[str] = set()
    for each in {_DRAWN_OUT.sub(r"\1", word), _DRAWN_OUT.sub(r"\1\1", word)}:  # "nooo" is no, "bloood" is blood
        found.update(_fits_as_written(each))
    return frozenset(found)


def _fits_as_written(word: str) -> Iterator[str]:
    listed = _list()
    yield from (stem for stem in listed.stems if word.startswith(stem[:-1]))
    if word in listed.exact:
        yield word
    if len(word) >= listed.slip_from - 1:
        for shorter in _shortened(word):
            yield from listed.slips.get(shorter, ())


def _shortened(word: str) -> set[str]:
    """A word, and what is left of it without one of its letters."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _mentions(words: Sequence[_Word]) -> Iterator[_Mention]:
    for begins, word in enumerate(words):
        for first in _fits(word.text):
            for phrase in _list().begins_with.get(first, ()):
                ends = _ends(phrase.places, 1, words, begins + 1)
                if ends is not None:
                    yield _Mention(phrase.flag, phrase.language, begins, ends)


def _ends(places: Sequence[frozenset[str] | None], place: int, words: Sequence[_Word], at: int) -> int | None:
    """Where the rest of a phrase ends if it stands at a word, else None."""
    if place == len(places):
        return at
    wanted = places[place]
    if wanted is None:
        ends = (_ends(places, place + 1, words, at + skipped) for skipped in range(_list().gap + 1))
        return next((each for each in ends if each is not None), None)
    if at >= len(words) or _fits(words[at].text).isdisjoint(wanted):
        return None
    return _ends(places, place + 1, words, at + 1)


# --- denial -----------------------------------------------------------------------------------------------------------


def _is_denied(words: Sequence[_Word], begins: int, denials: Iterable[int]) -> bool:
    """Whether exactly one word of denial stands shortly before, in the same clause; a denial of a denial is none."""
    clause, first = words[begins].clause, begins - _list().reach
    return sum(first <= at < begins and words[at].clause == clause for at in denials) == 1


def _denies(words: Sequence[_Word], at: int) -> bool:
    listed = _list()
    if words[at].text not in listed.deny:
        return False
    doubts = (phrase for first in _fits(words[at].text) for phrase in listed.doubt.get(first, ()))
    return all(_ends(phrase.places, 1, words, at + 1) is None for phrase in doubts)
