"""
Triage of a reported side effect: how soon somebody must answer, who, and why.

It is a rulebook like every other gate. What is not known never lowers a tier: those criteria count as met until
somebody knows, and a correction that says less takes nothing back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ketaprogram._time import after
from ketaprogram.card import Card
from ketaprogram.events.escalating import crisis_script, ladders
from ketaprogram.events.facts import Circumstances, event_facts, flags_of
from ketaprogram.events.flagging import flag_kind
from ketaprogram.events.grading import grade, worst_of
from ketaprogram.events.model import Triage
from ketaprogram.events.terms import term
from ketaprogram.rules import determine, load_rulebook
from ketaprogram.rules.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from ketaprogram.events.model import AdverseEvent, Reading, RedFlag, SideEffectLog, Tier
    from ketaprogram.record import Route
    from ketaprogram.rules.model import Determination, Rulebook

__all__ = ["TIER_OF", "triage"]

TIER_OF: Mapping[Status, Tier] = {
    Status.CANDIDATE: "none",
    Status.NEEDS_REVIEW: "watch",
    Status.NEEDS_INFO: "contact-clinic",
    Status.DEFERRED: "contact-clinic",
    Status.INELIGIBLE: "urgent",
    Status.EMERGENCY: "emergency",
}
"""The tier of each status of the triage rulebook; a more restrictive status never has a lower tier."""


def triage(  # one parameter per thing that is known beside the event
    event: AdverseEvent,
    *,
    history: SideEffectLog | None,
    now: datetime,
    route: Route | None = None,
    dosed_at: datetime | None = None,
    readings: Iterable[Reading] | None = None,
    rulebook: Rulebook | None = None,
) -> Triage:
    """
    Triage a side effect.

    Args:
        event: The version of the event in question.
        history: The person's log, with or without the event; an empty one says that nothing was reported before, None
            that nobody knows.
        now: The instant of the question; an effect that has not gone has lasted until then.
        route: Route of the session's dose; None if the event belongs to no session, or if it is not known.
        dosed_at: When that dose began; None likewise.
        readings: What was measured in the session; an empty list says that nothing was, None that nobody knows.
        rulebook: A clinic's own, made from ours; ours if not given.

    Returns:
        Tier, who must answer by when (counted from the report), the clinic's script for it, and a card for that
        professional with reasons and sources.

    Unknowns:
        An unknown onset, duration, end, seriousness, red flag or grade counts as the worse. Only a grade of 4 or 5 has
        to be said, now or in an earlier version: not knowing the grade is urgent, not an emergency. Readings
        that nobody knows of are asked for. A text in which no red flag is found says nothing.

    Raises:
        TypeError: ``now`` has no offset.
        UnknownItemError: No side effect has the event's term.

    Source:
        The rulebook ``triage``, ``events.toml``, ``red_flags.toml`` and ``escalation.toml``; most of it is a proposal.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.events.model import AdverseEvent, SideEffectLog
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> mild = AdverseEvent(
        ...     id="1", session="s", term="nausea", reported_at=now, onset_minutes=20, end_minutes=50, resolved=True,
        ...     grade=1, serious=(), red_flag=False,
        ... )
        >>> triage(mild, history=SideEffectLog(), now=now, route="iv", readings=()).tier
        'none'
    """
    known = Circumstances(route=route, dosed_at=dosed_at, readings=None if readings is None else tuple(readings))
    flags = flags_of(event, history)
    facts = event_facts(event, history, known, flags, now)
    determination = determine(facts, load_rulebook("triage") if rulebook is None else rulebook, now)
    tier = TIER_OF[determination.status]
    ladder = ladders()[tier]
    who = ladder.rungs[0].role
    return Triage(
        event=event.id,
        route=route,
        tier=tier,
        respond_by=after(min(event.reported_at, now), ladder.minutes),
        who=who,
        script=crisis_script() if determination.opens_crisis else ladder.script,
        flags=flags,
        card=_card(event, tier, who, determination, tuple(_notes(event, known, flags))),
        determination=determination,
    )


def _card(event: AdverseEvent, tier: Tier, who: str, determination: Determination, notes: tuple[str, ...]) -> Card:
    found = term(event.term)
    reasons = () if tier == "none" else determination.deciding
    detail = [
        *notes,
        *(each.statement if each.truth == "true" else f"Not known, so it counts: {each.statement}" for each in reasons),
        *(f"Ask: {each.question}" for each in determination.requirements if tier != "none"),
    ]
    return Card(
        summary=f"{found.label}: {tier} ({who})",
        indicator=_INDICATORS[tier],
        detail="\n".join(detail),
        suggestions=tuple(dict.fromkeys(each.action for each in reasons)),
        sources=tuple(dict.fromkeys((*found.citations, *(cited for each in reasons for cited in each.citations)))),
    )


def _notes(event: AdverseEvent, known: Circumstances, flags: tuple[RedFlag, ...]) -> Iterator[str]:
    found = term(event.term)
    if found.expected is not None:
        yield f"Expected: {found.expected}. Red flag: {found.red_flag}."
    for each in flags:
        denied = ", which the text denies" if each.is_denied else ""
        yield f"The text mentions: {flag_kind(each.flag).label}{denied}. Read it."
    if found.grade_note is not None and grade(event.term, worst_of(known.readings or ())).at_least is not None:
        yield f"Graded by readings. {found.grade_note}"


_INDICATORS: Mapping[Tier, Any] = {
    "none": "info",
    "watch": "info",
    "contact-clinic": "warning",
    "urgent": "critical",
    "emergency": "critical",
}
