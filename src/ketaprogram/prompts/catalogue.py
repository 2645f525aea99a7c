"""The library of prompts: ``knowledge/prompts.toml`` or a clinic's own. A text that the gate refuses cannot load."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ketaprogram._knowledge import table
from ketaprogram.citation import cite
from ketaprogram.documents import read
from ketaprogram.errors import CitationError, DocumentError, KnowledgeError
from ketaprogram.issues import Issue, pointer
from ketaprogram.prompts.model import PromptLibrary
from ketaprogram.wording import check_locale, check_wordings, languages, limits, messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ketaprogram.prompts.model import Contact, Prompt, Settings, State
    from ketaprogram.wording.model import Language

__all__ = ["Library", "check_library_locale", "library", "load_library"]


@frozen(kw_only=True)
class Library:
    """
    A library that was checked, and the languages that it can be read in.

    Args:
        document: The library as it was written.
        languages: The languages, by tag.
        by_id: Its prompts by id.
        contact_when: Its settings' states in which a person gets in touch instead, and how urgently.
    """

    document: PromptLibrary
    languages: Mapping[str, Language]
    by_id: Mapping[str, Prompt] = field(init=False)
    contact_when: Mapping[State, Contact] = field(init=False)

    @by_id.default
    def _by_id(self) -> Mapping[str, Prompt]:
        return MappingProxyType({each.id: each for each in self.document.prompts})

    @contact_when.default
    def _contact_when(self) -> Mapping[State, Contact]:
        return MappingProxyType({each.state: each.contact for each in self.document.settings.contact_when})

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """In the order of the file."""
        return self.document.prompts

    @property
    def settings(self) -> Settings:
        """How prompts are chosen."""
        return self.document.settings

    @property
    def name(self) -> str:
        """Its id and version."""
        return f"{self.document.id} {self.document.version}"


@cache
def library() -> Library:
    """The library that ships with the package, in the languages that ship with it."""
    return load_library(table("prompts"))


def load_library(content: Mapping[str, Any], *, known: Mapping[str, Language] | None = None) -> Library:
    """
    A library from the content of a TOML or JSON file; its schema is published as ``prompt-library``.

    Args:
        content: The file.
        known: The languages, if a clinic adds some to ours. Each translation passes the gate too.

    Raises:
        KnowledgeError: A member is wrong, a text fails the gate or states too high a reading grade, an id stands twice,
            a window is empty, a review has no reviewer, or a setting protects less than ours; `issues` holds every
            fault.

    Example:
        >>> load_library({"schema": "urn:ketaprogram:schema:prompt-library:1", "id": "a", "version": "1"})
        Traceback (most recent call last):
            ...
        ketaprogram.errors.KnowledgeError: the library of prompts cannot be loaded
          /settings: A required member is missing. Expected an object. [member.missing]
          /prompts: A required member is missing. Expected a list of 1 to 5000 entries. [member.missing]
    """
    try:
        document = read(PromptLibrary, content)
    except DocumentError as error:
        raise KnowledgeError(_CANNOT, error.issues) from None
    found = languages() if known is None else known
    issues = [*_prompt_faults(document, found), *_settings_faults(document.settings)]
    if issues:
        raise KnowledgeError(_CANNOT, issues)
    return Library(document=document, languages=found)


def check_library_locale(locale: str, prompts: Library | None = None) -> tuple[Issue, ...]:
    """
    What a locale lacks of a library and of our own sentences around it.

    Example:
        >>> check_library_locale("es"), check_library_locale("fr")[0].code
        ((), 'locale.unknown')
    """
    found = prompts or library()
    texts = [(each.id, each.text) for each in found.prompts]
    return check_locale(
        locale, [*texts, *((name, entry["text"]) for name, entry in messages().items())], found.languages
    )


_CANNOT = "the library of prompts cannot be loaded"


def _prompt_faults(document: PromptLibrary, known: Mapping[str, Language]) -> Iterator[Issue]:
    ids = [each.id for each in document.prompts]
    hardest = limits()["prompt"].reading_grade
    for index, prompt in enumerate(document.prompts):
        at = ("prompts", index)
        yield from check_wordings(prompt.id, prompt.text, "prompt", pointer(*at, "text"), known)
        if prompt.reading_grade > hardest:
            message = "The text is too hard to read."
            yield Issue(pointer(*at, "reading_grade"), "language.reading-grade", message, f"grade {hardest} or lower")
        if prompt.id in ids[:index]:
            yield Issue(pointer(*at, "id"), "prompt.duplicate", "Another prompt has the same id.")
        if prompt.from_day > prompt.to_day:
            yield Issue(pointer(*at, "to_day"), "range.empty", "The window is empty.")
        if not set(prompt.follow_ups) <= set(ids):
            yield Issue(pointer(*at, "follow_ups"), "prompt.unknown", "No prompt of the library has this id.")
        if prompt.review == "reviewed" and (prompt.reviewer is None or prompt.reviewed_on is None):
            message = "A reviewed prompt does not say who reviewed it and when."
            yield Issue(pointer(*at, "review"), "prompt.unsigned", message, "reviewer and reviewed_on")


def _settings_faults(settings: Settings) -> Iterator[Issue]:
    for index, each in enumerate(settings.citations):
        try:
            cite(each.source, each.locator, each.confidence)
        except CitationError as error:
            yield Issue(
                pointer("settings", "citations", index, "source"), error.issues[0].code, error.issues[0].message
            )
    ours = _ours()
    for member in ("action_kinds", "gentle_when", "deep_needs_therapist"):
        if not set(ours[member]) <= getattr(settings, member):
            yield _looser(member)
    told = {each.state: each.contact for each in settings.contact_when}
    if any(
        each["state"] not in told or (each["contact"] == "crisis" and told[each["state"]] != "crisis")
        for each in ours["contact_when"]
    ):
        yield _looser("contact_when")


@cache
def _ours() -> Mapping[str, Any]:
    """The settings that ship: no library protects less."""
    found: Mapping[str, Any] = table("prompts")["settings"]
    return found


def _looser(member: str) -> Issue:
    message = "The list protects less than the one that ships."
    return Issue(pointer("settings", member), "prompt.looser", message, hint="Add to it; take nothing from it.")
