"""
Triage of a reported side effect: how soon somebody must answer, who, and why.

It is a rulebook like every other gate. What is not known never lowers a tier: those criteria count as met until
somebody knows.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from ketaprogram._knowledge import table
from ketaprogram._time import after
from ketaprogram.card import Card
from ketaprogram.events.model import Triage
from ketaprogram.events.terms import is_within_window, term
from ketaprogram.facts.model import BooleanFact, Fact, FactSet, QuantityFact
from ketaprogram.rules import determine, load_rulebook
from ketaprogram.rules.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ketaprogram.events.model import AdverseEvent, Tier
    from ketaprogram.record import Route
    from ketaprogram.rules.model import Determination

__all__ = ["TIER_OF", "event_facts", "triage"]

TIER_OF: Mapping[Status, Tier] = {
    Status.CANDIDATE: "none",
    Status.NEEDS_REVIEW: "watch",
    Status.NEEDS_INFO: "contact-clinic",
    Status.DEFERRED: "contact-clinic",
    Status.INELIGIBLE: "urgent",
    Status.EMERGENCY: "emergency",
}
"""The tier of each status of the triage rulebook; a more restrictive status never has a lower tier."""


def triage(event: AdverseEvent, *, route: Route, now: datetime) -> Triage:
    """
    Triage a side effect.

    Args:
        event: The latest version of the event.
        route: Route of the session's dose, for the expected window.
        now: The instant of the question, from which the time to answer is counted.

    Returns:
        Tier, who must answer by when, and a card for that professional with reasons and sources.

    Unknowns:
        An unknown onset, duration, grade, end or seriousness counts as the worse; it never lowers the tier.

    Raises:
        UnknownItemError: No side effect has the event's term.

    Source:
        The rulebook ``triage`` and the tiers in ``events.toml``, which are proposals.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.events.model import AdverseEvent
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> mild = AdverseEvent(
        ...     id="1", session="s", term="nausea", reported_at=now, onset_minutes=20, duration_minutes=30,
        ...     resolved=True, grade=1, serious=(), red_flag=False,
        ... )
        >>> triage(mild, route="iv", now=now).tier
        'none'
    """
    determination = determine(event_facts(event, route, now), load_rulebook("triage"), now)
    tier = TIER_OF[determination.status]
    minutes, who = _tiers()[tier]
    return Triage(
        event=event.id,
        route=route,
        tier=tier,
        respond_by=after(now, minutes),
        who=who,
        card=_card(event, tier, who, determination),
        determination=determination,
    )


def event_facts(event: AdverseEvent, route: Route, now: datetime) -> FactSet:
    """The facts of an event that the triage rulebook looks at."""
    return FactSet(facts=tuple(_facts(event, route, now)))


def _facts(event: AdverseEvent, route: Route, now: datetime) -> Iterator[Fact]:
    found = term(event.term)
    in_window = is_within_window(event, route)
    answers = {
        "event.is_emergency_term": found.is_emergency,
        "event.is_suicidal": found.is_suicidal,
        "event.is_never_expected": found.is_never_expected,
        "event.is_expected_term": not found.is_never_expected,
        "event.in_window": in_window.is_true if in_window.is_known else None,
        "event.is_serious": None if event.serious is None else bool(event.serious),
        "event.red_flag": event.red_flag,
        "event.is_resolved": event.resolved,
    }
    for fact_id, value in answers.items():
        if value is not None:
            yield BooleanFact(id=fact_id, value=value, observed_at=now)
    if event.grade is not None:
        yield QuantityFact(id="event.grade", value=Decimal(event.grade), unit="{score}", observed_at=now)


def _card(event: AdverseEvent, tier: Tier, who: str, determination: Determination) -> Card:
    found = term(event.term)
    reasons = [each for each in determination.findings if each.status is determination.status]
    asked = [each.question for each in determination.requirements]
    detail = [
        f"Expected: {found.expected}. Red flag: {found.red_flag}.",
        *(each.statement if each.truth == "true" else f"Not known, so it counts: {each.statement}" for each in reasons),
        *(f"Ask: {question}" for question in asked),
    ]
    return Card(
        summary=f"{found.label}: {tier} ({who})",
        indicator=_INDICATORS[tier],
        detail="\n".join(detail) if tier != "none" else detail[0],
        suggestions=tuple(dict.fromkeys(each.action for each in reasons)) if tier != "none" else (),
        sources=tuple(dict.fromkeys((*found.citations, *(cited for each in reasons for cited in each.citations)))),
    )


_INDICATORS: Mapping[Tier, Any] = {
    "none": "info",
    "watch": "info",
    "contact-clinic": "warning",
    "urgent": "critical",
    "emergency": "critical",
}


@cache
def _tiers() -> Mapping[str, tuple[int, str]]:
    content = table("events")["tiers"]
    return {name: (content[name]["minutes"], content[name]["who"]) for name in TIER_OF.values()}
