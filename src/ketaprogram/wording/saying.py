"""Our texts in the language of a person, by the fallback chain ``es-MX``, ``es``, English."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ketaprogram._knowledge import look_up, table
from ketaprogram.issues import Issue, pointer
from ketaprogram.wording.gate import check_text
from ketaprogram.wording.languages import SOURCE, language_of, languages
from ketaprogram.wording.model import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ketaprogram.wording.model import Direction, Language, Use

__all__ = ["check_locale", "check_wordings", "direction_of", "message", "messages", "say"]


def say(
    context: str,
    text: str,
    locale: str,
    known: Mapping[str, Language] | None = None,
    *,
    plural: str = "",
    count: int = 1,
) -> Wording:
    """
    A text in the language of a locale, or in English where it is not translated.

    Args:
        context: Id of the text.
        text: The English text; with `plural`, its form for one.
        locale: BCP 47 tag. A tag that narrows a language, such as ``es-MX``, falls back to it.
        known: The languages, if a clinic adds some to ours.
        plural: The English form for any other number.
        count: The number, where there is a plural; the language's own rule chooses the form.

    Example:
        >>> say("no-such-text", "What surprised you?", "es").language
        'en'
    """
    parts = locale.split("-")
    for length in range(len(parts), 0, -1):
        language = (languages() if known is None else known).get("-".join(parts[:length]))
        if language is None:
            continue
        if plural:
            found = language.translations.npgettext(context, text, plural, count)
            missing = found in {text, plural}
        else:
            found = language.translations.pgettext(context, text)
            missing = found == text
        if not missing:
            return Wording(text=found, language=language.tag)
    return Wording(text=text if not plural or count == 1 else plural, language=SOURCE)


def direction_of(language: str, known: Mapping[str, Language] | None = None) -> Direction:
    """The direction of writing of a language; left to right if it is unknown."""
    found = language_of(language, known)
    return "ltr" if found is None else found.direction


def message(
    name: str,
    locale: str,
    known: Mapping[str, Language] | None = None,
    *,
    count: int = 1,
    values: Mapping[str, str] | None = None,
) -> Wording:
    """
    One of our own sentences around the texts.

    Args:
        name: Its id in ``knowledge/messages.toml``.
        locale: BCP 47 tag.
        known: The languages, if a clinic adds some to ours.
        count: The number that it speaks of; ``{count}`` stands for it.
        values: What its other placeholders stand for. A value that looks like a placeholder stays as it is.

    Raises:
        UnknownItemError: No message has this name.

    Example:
        >>> message("days-after", "en", count=2).text, message("days-after", "es-MX", count=1).text
        ('2 days after your session', '1 día después de tu sesión')
    """
    entry = look_up(messages(), name, "message")
    said = say(name, entry["text"], locale, known, plural=entry.get("plural", ""), count=count)
    given = {"count": str(count), **(values or {})}
    text = said.text
    if "{" in text:
        parts = text.replace("}", "{").split("{")
        text = "".join(given.get(part, part) if index % 2 else part for index, part in enumerate(parts))
    return Wording(text=text, language=said.language)


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Our own sentences by id, each with ``text`` and, where it speaks of a number, ``plural``."""
    return {entry["id"]: entry for entry in table("messages")["message"]}


def check_wordings(
    context: str, text: str, use: Use, at: str = "", known: Mapping[str, Language] | None = None
) -> Iterator[Issue]:
    """
    Every fault of a text in every language in which it stands.

    Args:
        context: Id of the text.
        text: The English text.
        use: What it is for.
        at: The pointer of the text, for the issues; their hint names the language.
        known: The languages, if a clinic adds some to ours.
    """
    for tag in languages() if known is None else known:
        said = say(context, text, tag, known)
        if said.language == tag:
            for each in check_text(said.text, use, locale=tag, languages=known):
                yield Issue(at, each.code, each.message, each.expected, f"The text in {tag}.")


def check_locale(
    locale: str, texts: Iterable[tuple[str, str]], known: Mapping[str, Language] | None = None
) -> tuple[Issue, ...]:
    """
    What a locale still lacks: one issue for each text that a person would read in English instead.

    Args:
        locale: BCP 47 tag.
        texts: Id and English text of each, such as `translatable` gives them.
        known: The languages, if a clinic adds some to ours.

    Example:
        >>> print(check_locale("es", [("no-such-text", "What surprised you?")])[0])
        /no-such-text: There is no translation, or it is of an older English text. [locale.missing]
    """
    language = language_of(locale, known)
    if language is None:
        return (Issue("", "locale.unknown", "No language of this tag is loaded."),)
    missing = "There is no translation, or it is of an older English text."
    issues = [
        Issue(pointer(context), "locale.missing", missing)
        for context, text in texts
        if language.tag != SOURCE and say(context, text, locale, known).language == SOURCE
    ]
    for name, entry in messages().items():
        wanted = _placeholders(entry["text"])
        told = (say(name, entry["text"], locale, known, plural=entry.get("plural", ""), count=each) for each in (1, 2))
        if any(_placeholders(each.text) != wanted for each in told):
            message = "The placeholders are not those of the English text."
            issues.append(Issue(pointer(name), "locale.placeholder", message))
    return tuple(issues)


def _placeholders(text: str) -> list[str]:
    return sorted(text.replace("}", "{").split("{")[1::2])
