"""
The crisis path of a questionnaire: it opens before anything else is said about the score.

The card is for the professional, with the lines of the person's own country. It never tells anybody what the answer
was. An alert stays open until a human has acknowledged it; no score, and no later answer, closes it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ketaprogram._knowledge import table
from ketaprogram.card import Card
from ketaprogram.citation import Citation, cite_all
from ketaprogram.documents import digest
from ketaprogram.errors import StateError
from ketaprogram.outcomes.instruments import instruments
from ketaprogram.outcomes.model import Acknowledgement, Alert, Responses
from ketaprogram.outcomes.scoring import counts_of, risk_of, self_harm_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ketaprogram.outcomes.model import Action, Reason, Risk, Score

__all__ = ["acknowledge", "crisis_alert", "crisis_lines", "open_alerts"]


def crisis_alert(subject: Score | Responses, country: str | None = None) -> Alert | None:
    """
    The alert that answers about self-harm call for, whether or not there is a total.

    Ask this of the responses before they are scored: an alert never waits for the other answers to be in order. Of an
    item that is answered twice or out of range, the worse reading counts.

    Args:
        subject: The responses as they came in, or their score.
        country: Two letters of ISO 3166-1, or None if it is not known; then no country's numbers are shown.

    Returns:
        An emergency if a screener puts the risk at high; urgent if the self-harm item is positive or unanswered, the
        risk is moderate, or unanswered questions could make it so; a review if it is low; None if every question is
        answered and none is positive, and for a questionnaire that does not ask.

    Unknowns:
        An unanswered item is not a no: the alert opens. An unknown country shows no other country's numbers.

    Source:
        om.cssrs, om.phq9_item9 (a proposal), rep.cssrs_table; numbers from the operators' public pages.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes.model import Score
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> given = Score(instrument="phq-9", form="standard", answered_at=now, self_harm="positive")
        >>> crisis_alert(given, "US").tier
        'urgent'
        >>> "988" in crisis_alert(given, "US").card.detail, "988" in crisis_alert(given, None).card.detail
        (True, False)
    """
    reason = _reason(subject)
    if reason is None:
        return None
    path = _paths()[reason]
    text, lines = crisis_lines(country)
    return Alert(
        instrument=subject.instrument,
        answered_at=subject.answered_at,
        tier=path["tier"],
        reason=reason,
        country=country if country in _lines()[0] else None,
        card=Card(
            summary=path["summary"],
            indicator=path["indicator"],
            detail=f"{subject.instrument}: {path['detail']} {text}",
            suggestions=tuple(path["suggestions"]),
            sources=(*cite_all(path["sources"]), lines),
        ),
    )


def acknowledge(
    alert: Alert, *, by: str, role: str, at: datetime, action: Action, note: str | None = None
) -> Acknowledgement:
    """
    Record that a human took an alert up.

    Args:
        alert: The alert.
        by: Name of who took it up.
        role: Role of who took it up.
        at: When; not before the answers.
        action: What was done.
        note: More, in that person's own words.

    Raises:
        StateError: The acknowledgement is older than the answers.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes.model import Score
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> alert = crisis_alert(Score(instrument="phq-9", form="standard", answered_at=now, self_harm="positive"))
        >>> taken = acknowledge(alert, by="A. Nurse", role="nurse", at=now, action="assessed-in-person")
        >>> open_alerts([alert], []) == (alert,), open_alerts([alert], [taken])
        (True, ())
    """
    if at < alert.answered_at:
        message = "an alert cannot be acknowledged before the answers that opened it"
        raise StateError(message)
    return Acknowledgement(alert=digest(alert), by=by, role=role, at=at, action=action, note=note)


def open_alerts(alerts: Iterable[Alert], acknowledgements: Iterable[Acknowledgement]) -> tuple[Alert, ...]:
    """The alerts that nobody has taken up, in the order given. Not having reached the person leaves an alert open."""
    closed = {each.alert for each in acknowledgements if each.action != "not-reached"}
    return tuple(each for each in alerts if digest(each) not in closed)


def crisis_lines(country: str | None) -> tuple[str, Citation]:
    """The crisis lines of a country in one sentence, with their source; of no country if it is not known."""
    countries, fallback = _lines()
    return countries.get(country or "", fallback)


def _reason(subject: Score | Responses) -> Reason | None:
    if isinstance(subject, Responses):
        self_harm, risk = _asked(subject)
    else:
        self_harm = subject.self_harm
        risk = (
            None
            if subject.risk_at_least is None or subject.risk_at_most is None
            else (subject.risk_at_least, subject.risk_at_most)
        )
    if risk is not None:
        return _by_risk(*risk)
    return _BY_ITEM.get(self_harm)


def _by_risk(least: Risk, greatest: Risk) -> Reason | None:
    """By what the answers prove, and what they leave open: a question that could raise the risk keeps the path open."""
    if least == "high":
        return "risk-high"
    if least == "moderate":
        return "risk-moderate"
    if greatest != least:
        return "risk-open"
    return "risk-low" if least == "low" else None


def _asked(responses: Responses) -> tuple[str, tuple[Risk, Risk] | None]:
    forms = instruments().get(responses.instrument)
    if forms is None:
        return "not-asked-by-instrument", None
    given: dict[str, int] = {}
    for each in responses.answers:
        if each.value is not None:
            given[each.item] = max(each.value, given.get(each.item, each.value))
    found = forms.get(responses.form or "", next(iter(forms.values())))
    return self_harm_of(found, given), risk_of(found, counts_of(found, given))


_BY_ITEM: Mapping[str, Reason] = {"positive": "item-positive", "unanswered": "item-unanswered"}


@cache
def _paths() -> Mapping[str, dict[str, Any]]:
    return {entry["reason"]: entry for entry in table("crisis_lines")["path"]}


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
