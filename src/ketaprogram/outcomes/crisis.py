"""
The crisis path of a questionnaire: it opens before anything else is said about the score.

The card is for the professional, with the lines of the person's own country. It never tells anybody what the answer
was.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ketaprogram._knowledge import table
from ketaprogram.card import Card
from ketaprogram.citation import Citation, cite, cite_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.outcomes.model import Score

__all__ = ["crisis_card", "crisis_lines"]


def crisis_card(score: Score, country: str | None) -> Card | None:
    """
    The card that a score's self-harm item calls for, whether or not there is a total.

    Args:
        score: The score.
        country: Two letters of ISO 3166-1, or None if it is not known; then no country's numbers are shown.

    Returns:
        A critical card if the item is positive, a warning card if it was left open, else None.

    Source:
        om.phq9_item9 (a proposal) and the instrument; numbers from the operators' public pages.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes.model import Score
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> given = Score(instrument="phq-9", version="1", answered_at=now, self_harm="positive")
        >>> "988" in crisis_card(given, "US").detail, "988" in crisis_card(given, None).detail
        (True, False)
    """
    item_9 = cite("DEFAULT", "om.phq9_item9", "uncertain")
    text, lines = crisis_lines(country)
    if score.self_harm == "positive":
        return Card(
            summary="Crisis path: assess suicide risk with the person now",
            indicator="critical",
            detail=f"The self-harm item of {score.instrument} is positive. {text}",
            suggestions=(
                "Do the C-SSRS screener in this contact.",
                "Stay with the person until a clinician has decided.",
            ),
            sources=(*score.citations, item_9, lines),
        )
    if score.self_harm == "unanswered":
        return Card(
            summary="The self-harm item was not answered: ask it in person",
            indicator="warning",
            detail=f"The self-harm item of {score.instrument} has no answer; that is not a no. {text}",
            suggestions=("Ask the item, or do the C-SSRS screener, in this contact.",),
            sources=(*score.citations, item_9, lines),
        )
    return None


def crisis_lines(country: str | None) -> tuple[str, Citation]:
    """The crisis lines of a country in one sentence, with their source; of no country if it is not known."""
    countries, fallback = _lines()
    return countries.get(country or "", fallback)


@cache
def _lines() -> tuple[Mapping[str, tuple[str, Citation]], tuple[str, Citation]]:
    content = table("crisis_lines")
    countries = {}
    for entry in content["country"]:
        (source,) = cite_all([entry["source"]])
        line = "; ".join([entry["line"], *entry["more"]])
        countries[entry["code"]] = (f"Crisis line: {line}. Emergency: {entry['emergency']}.", source)
    (source,) = cite_all([content["fallback"]["source"]])
    return countries, (content["fallback"]["text"], source)
