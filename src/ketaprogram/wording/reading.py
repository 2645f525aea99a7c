"""
How hard a text is to read, as a school grade. For authors: it needs the extra ``authoring``; nothing at run time does.

The formulas are those of textstat: Flesch-Kincaid for English, Crawford for Spanish. On a text of two short sentences a
grade is coarse, so it is a bound, not a measure of quality.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ketaprogram.issues import Issue
from ketaprogram.wording.languages import language_of, limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.wording.model import Language, Use

__all__ = ["check_reading", "reading_grade"]


def reading_grade(text: str, locale: str = "en", languages: Mapping[str, Language] | None = None) -> Decimal | None:
    """
    The school grade of a text, to one place and not below 0.

    Args:
        text: The text.
        locale: BCP 47 tag of its language.
        languages: The languages, if a clinic adds some to ours.

    Returns:
        The grade, or None for a language that has no formula.

    Raises:
        ModuleNotFoundError: The extra ``authoring`` is not installed.

    Example:
        >>> reading_grade("What surprised you, if anything did?")
        Decimal('4.5')
        >>> reading_grade("¿Qué te sorprendió, si algo lo hizo?", "es")
        Decimal('1.4')
    """
    language = language_of(locale, languages)
    if language is None or language.measure is None:
        return None
    from textstat.textstat import (  # type: ignore[import-untyped]  # it ships no types  # noqa: PLC0415  # authors only
        textstatistics,
    )

    measured = textstatistics()  # one of our own: the library's shared one has a switch for the language
    measured.set_lang(language.tag)
    grade = measured.flesch_kincaid_grade(text) if language.measure == "flesch-kincaid" else measured.crawford(text)
    return max(Decimal(0), Decimal(str(grade)).quantize(Decimal("0.1")))


def check_reading(
    text: str, use: Use = "prompt", *, locale: str = "en", languages: Mapping[str, Language] | None = None
) -> tuple[Issue, ...]:
    """
    Whether a text is as easy to read as its use asks.

    Returns:
        An issue if its grade is above the limit; a language without a formula has none, which is no proof of ease.

    Example:
        >>> [each.code for each in check_reading("Contemplate uncomfortable psychological manifestations.")]
        ['language.reading-grade']
    """
    grade = reading_grade(text, locale, languages)
    limit = limits()[use].reading_grade
    if grade is None or grade <= limit:
        return ()
    return (Issue("", "language.reading-grade", "The text is too hard to read.", f"grade {limit} or lower"),)
