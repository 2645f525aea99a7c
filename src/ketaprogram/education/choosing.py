"""
Pages in plain words, from ``knowledge/education.toml`` or a clinic's own, and the ones that matter to a reader.

Every page passes the same gate as a prompt, in every language, and carries its sources and how strong they are.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram.citation import cite
from ketaprogram.documents import read
from ketaprogram.education.model import ChosenArticle, Education, EducationLibrary
from ketaprogram.errors import CitationError, DocumentError, KnowledgeError
from ketaprogram.issues import Issue, pointer
from ketaprogram.wording import (
    check_locale,
    check_wordings,
    direction_of,
    languages,
    limits,
    message,
    say,
    statement,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ketaprogram.education.model import Article, ReadingPhase
    from ketaprogram.record import Indication, Setting
    from ketaprogram.wording.model import Language

__all__ = ["Pages", "check_pages_locale", "education_for", "load_pages", "pages"]


@frozen(kw_only=True)
class Pages:
    """
    A library of pages that was checked, and the languages that it can be read in.

    Args:
        document: The library as it was written.
        languages: The languages, by tag.
    """

    document: EducationLibrary
    languages: Mapping[str, Language]

    @property
    def name(self) -> str:
        """Its id and version."""
        return f"{self.document.id} {self.document.version}"


def education_for(
    indication: Indication | None,
    setting: Setting | None,
    phase: ReadingPhase,
    *,
    locale: str = "en",
    crisis_lines: str | None = None,
    articles: Pages | None = None,
) -> Education:
    """
    The pages that matter to a reader.

    Args:
        indication: The main problem; None if nobody knows.
        setting: Where sessions would take place; None if nobody knows.
        phase: When they are read.
        locale: BCP 47 tag; what is not translated stands in English and says so.
        crisis_lines: The lines of the person's own country, as ``crisis_lines(country)`` gives them.
        articles: The library, if not ours.

    Returns:
        The pages in the order of the library, and the statement that belongs under them.

    Unknowns:
        A problem or setting that nobody knows leaves no page out: a warning is never hidden for want of an answer.

    Source:
        The citations of each page.

    Example:
        >>> found = education_for("ptsd", "clinic", "deciding")
        >>> [(each.strength, each.guideline) for each in found.articles if each.id == "evidence-ptsd"]
        [('mixed', 'against')]
    """
    found = articles or pages()
    below = statement(setting, locale, crisis_lines, found.languages)
    return Education(
        library=found.name,
        indication=indication,
        setting=setting,
        phase=phase,
        locale=locale,
        direction=direction_of(below.language, found.languages),
        articles=tuple(
            _chosen(each, locale, found) for each in found.document.articles if _fits(each, indication, setting, phase)
        ),
        statement=below.text,
    )


@cache
def pages() -> Pages:
    """The library that ships with the package, in the languages that ship with it."""
    return load_pages(table("education"))


def load_pages(content: Mapping[str, Any], *, known: Mapping[str, Language] | None = None) -> Pages:
    """
    A library of pages from the content of a TOML or JSON file; its schema is published as ``education-library``.

    Args:
        content: The file.
        known: The languages, if a clinic adds some to ours. Each translation passes the gate too.

    Raises:
        KnowledgeError: A member is wrong, a text fails the gate or states too high a reading grade, a source is
            unknown, an id stands twice, or a review has no reviewer; `issues` holds every fault.
    """
    try:
        document = read(EducationLibrary, content)
    except DocumentError as error:
        raise KnowledgeError(_CANNOT, error.issues) from None
    found = languages() if known is None else known
    issues = list(_faults(document, found))
    if issues:
        raise KnowledgeError(_CANNOT, issues)
    return Pages(document=document, languages=found)


def check_pages_locale(locale: str, articles: Pages | None = None) -> tuple[Issue, ...]:
    """
    What a locale lacks of a library of pages.

    Example:
        >>> check_pages_locale("es")
        ()
    """
    found = articles or pages()
    texts = []
    for each in found.document.articles:
        texts += [(f"{each.id}.title", each.title), (each.id, each.text)]
    return check_locale(locale, texts, found.languages)


_CANNOT = "the library of pages cannot be loaded"


def _fits(article: Article, indication: Indication | None, setting: Setting | None, phase: ReadingPhase) -> bool:
    return (
        phase in article.phases
        and (not article.indications or indication is None or indication in article.indications)
        and (not article.settings or setting is None or setting in article.settings)
    )


def _chosen(article: Article, locale: str, found: Pages) -> ChosenArticle:
    title = say(f"{article.id}.title", article.title, locale, found.languages)
    text = say(article.id, article.text, locale, found.languages)
    if title.language != text.language:  # half a translation is none
        title, text = (say(article.id, each, "en", found.languages) for each in (article.title, article.text))
    label = message(f"strength-{article.strength}", locale, found.languages).text
    if article.guideline is not None:
        label = f"{label} {message(f'guideline-{article.guideline}', locale, found.languages).text}"
    return ChosenArticle(
        id=article.id,
        topic=article.topic,
        title=title.text,
        text=text.text,
        language=text.language,
        strength=article.strength,
        strength_label=label,
        guideline=article.guideline,
        citations=article.citations,
        review=article.review,
    )


def _faults(document: EducationLibrary, known: Mapping[str, Language]) -> Iterator[Issue]:
    ids = [each.id for each in document.articles]
    hardest = limits()["education"].reading_grade
    for index, article in enumerate(document.articles):
        at = ("articles", index)
        yield from check_wordings(f"{article.id}.title", article.title, "education", pointer(*at, "title"), known)
        yield from check_wordings(article.id, article.text, "education", pointer(*at, "text"), known)
        if article.reading_grade > hardest:
            expected = f"grade {hardest} or lower"
            message_ = "The text is too hard to read."
            yield Issue(pointer(*at, "reading_grade"), "language.reading-grade", message_, expected)
        if article.id in ids[:index]:
            yield Issue(pointer(*at, "id"), "article.duplicate", "Another page has the same id.")
        if article.review == "reviewed" and (article.reviewer is None or article.reviewed_on is None):
            message_ = "A reviewed page does not say who reviewed it and when."
            yield Issue(pointer(*at, "review"), "article.unsigned", message_, "reviewer and reviewed_on")
        for position, each in enumerate(article.citations):
            try:
                cite(each.source, each.locator, each.confidence)
            except CitationError as error:
                (fault,) = error.issues
                yield Issue(pointer(*at, "citations", position, "source"), fault.code, fault.message, hint=fault.hint)
