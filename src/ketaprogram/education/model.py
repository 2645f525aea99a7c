"""Pages that a person may read before, during and after a program, each with its sources and how strong they are."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.record import Id, Indication, Line, NonNegative, Pattern, Setting, Text
from ketaprogram.wording.model import Direction, LanguageTag

__all__ = ["Article", "ChosenArticle", "Education", "EducationLibrary", "ReadingPhase", "Strength"]

Strength = Literal["established", "moderate", "limited", "very-limited", "mixed", "hypothesis", "practice"]
"""How strong the evidence is: labels and plain facts; trials, fewest doubts first; an idea; how programs do it."""

ReadingPhase = Literal["deciding", "preparation", "integration", "maintenance"]
"""When a page is of use."""

ArticleId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(60)]


@frozen(kw_only=True)
class Article:
    """
    One page.

    Args:
        id: Stable id.
        topic: What it is about, in one word.
        title: The question that it answers, in English.
        text: The answer, in English.
        phases: When it is of use.
        indications: The main problems that it is about; empty is all of them.
        settings: Where sessions take place for whom it is; empty is both.
        strength: How strong the evidence behind it is.
        guideline: Whether a guideline speaks for or against; null if none does or several disagree.
        citations: What it rests on.
        reading_grade: School grade of its English text, as its author measured it.
        review: Whether a clinician reviewed it.
        reviewer: Who did; needed once it is reviewed.
        reviewed_on: When; needed once it is reviewed.
    """

    id: ArticleId
    topic: Annotated[str, Pattern("[a-z][a-z-]*"), MaxLen(40)]
    title: Line
    text: Annotated[str, MinLen(1), MaxLen(2000)]
    phases: Annotated[frozenset[ReadingPhase], MinLen(1), MaxLen(10)]
    indications: Annotated[frozenset[Indication], MaxLen(10)] = frozenset()
    settings: Annotated[frozenset[Setting], MaxLen(10)] = frozenset()
    strength: Strength
    guideline: Literal["for", "against"] | None = None
    citations: Annotated[tuple[Citation, ...], MinLen(1), MaxLen(20)]
    reading_grade: NonNegative
    review: Literal["unreviewed", "reviewed"] = "unreviewed"
    reviewer: Line | None = None
    reviewed_on: date | None = None


@frozen(kw_only=True)
class EducationLibrary:
    """
    A library of pages, ours or a clinic's.

    Args:
        id: Its id.
        version: Its version.
        articles: The pages, in the order in which they are read.
    """

    schema: Literal["urn:ketaprogram:schema:education-library:1"] = "urn:ketaprogram:schema:education-library:1"
    id: Id
    version: Line
    articles: Annotated[tuple[Article, ...], MinLen(1), MaxLen(1000)]


@frozen(kw_only=True)
class ChosenArticle:
    """
    A page in the language of a reader.

    Args:
        id: Id of the page.
        topic: What it is about.
        title: The question that it answers.
        text: The answer.
        language: The language of title and text; another than was asked for where a translation is missing.
        strength: How strong the evidence behind it is.
        strength_label: The same in words for the reader.
        guideline: Whether a guideline speaks for or against.
        citations: What it rests on.
        review: Whether a clinician reviewed it.
    """

    id: ArticleId
    topic: Line
    title: Line
    text: Annotated[str, MinLen(1), MaxLen(4000)]
    language: LanguageTag
    strength: Strength
    strength_label: Line
    guideline: Literal["for", "against"] | None = None
    citations: Annotated[tuple[Citation, ...], MinLen(1), MaxLen(20)]
    review: Literal["unreviewed", "reviewed"] = "unreviewed"


@frozen(kw_only=True)
class Education:
    """
    The pages for one reader at one point of a program.

    Args:
        library: Id and version of the library that was asked.
        indication: The main problem that was asked about; null if nobody knows.
        setting: The setting that was asked about; null if nobody knows.
        phase: When they are read.
        locale: The language that was asked for.
        direction: Direction of writing of the statement.
        articles: The pages.
        statement: What belongs under every text that a person takes home.
    """

    schema: Literal["urn:ketaprogram:schema:education:1"] = "urn:ketaprogram:schema:education:1"
    library: Line
    indication: Indication | None = None
    setting: Setting | None = None
    phase: ReadingPhase
    locale: LanguageTag
    direction: Direction
    articles: Annotated[tuple[ChosenArticle, ...], MaxLen(1000)] = ()
    statement: Text
