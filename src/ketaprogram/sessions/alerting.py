"""
What each set of readings during a session calls for, by the rulebook ``observation``.

A set that lacks something never clears what a set before it raised: its tier stands until everything is read again.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from attrs import frozen

from ketaprogram._time import whole_minutes
from ketaprogram.card import Card
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import AbsentFact, FactSet
from ketaprogram.rules import determine, load_rulebook
from ketaprogram.rules.model import Status
from ketaprogram.sessions.expecting import expected_kinds
from ketaprogram.sessions.model import Alert
from ketaprogram.sessions.observing import reading_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ketaprogram.card import Indicator
    from ketaprogram.protocol.model import Protocol
    from ketaprogram.rules.model import Determination, Finding, Rulebook
    from ketaprogram.sessions.model import AlertTier, Observation, Session

__all__ = ["ALERT_TIER_OF", "observation_alerts"]

ALERT_TIER_OF: Mapping[Status, AlertTier] = {
    Status.CANDIDATE: "none",
    Status.NEEDS_REVIEW: "alert",
    Status.NEEDS_INFO: "alert",
    Status.DEFERRED: "clinician",
    Status.INELIGIBLE: "clinician",
    Status.EMERGENCY: "emergency",
}
"""The tier of each status of the observation rulebook; a more restrictive status never has a lower tier."""

_TIERS: tuple[AlertTier, ...] = ("none", "alert", "clinician", "emergency")

_INDICATORS: Mapping[AlertTier, Indicator] = {
    "none": "info",
    "alert": "warning",
    "clinician": "critical",
    "emergency": "critical",
}

_ASKED: Mapping[str, frozenset[str]] = {
    "vital-signs": frozenset({"session.systolic", "session.diastolic", "session.heart_rate"}),
    "oxygen": frozenset({"session.spo2"}),
    "sedation": frozenset({"session.moaas"}),
}
"""The facts that a set of readings of a kind holds."""

_ALWAYS = frozenset({"session.acute_symptoms"})
"""Asked with every set: no reading tells of a pain."""


def observation_alerts(
    session: Session, protocol: Protocol, now: datetime, *, rulebook: Rulebook | None = None
) -> tuple[Alert, ...]:
    """
    What each set of readings since the dose calls for, in the order in which they were taken.

    Args:
        session: The session; observations of one instant are one set.
        protocol: Its template, which says what is expected with a set.
        now: The instant of the question.
        rulebook: A clinic's own rulebook of the gate ``observation``; ours if not given.

    Unknowns:
        A reading that is expected with a set and missing from it makes the tier at least ``alert`` and is asked for, as
        are acute symptoms with every set. While a set lacks anything that is expected, or that the set behind the
        standing tier held, that tier stands.

    Source:
        The rulebook ``observation``, whose numbers are proposals (mon.stop_default) that a clinic may tighten.
    """
    if session.administration is None:
        return ()
    given_at = session.administration.given_at
    sets = sorted(
        (each for each in session.observations if given_at < each.taken_at <= now), key=lambda each: each.taken_at
    )
    found: list[Alert] = []
    standing: _Standing | None = None
    together = {at: tuple(each) for at, each in groupby(sets, key=lambda each: each.taken_at)}
    for (taken_at, readings), kinds in zip(
        together.items(), expected_kinds(session, protocol, tuple(together)), strict=True
    ):
        facts = _facts(readings)
        determination = determine(facts, rulebook or load_rulebook("observation"), taken_at)
        minute = whole_minutes(given_at, taken_at)
        alert, standing = _alert(determination, facts, _wanted(kinds), minute, standing)
        found.append(alert)
    return tuple(found)


@frozen
class _Standing:
    """A tier that stands, the set that raised it, and the facts that have to be read again before it falls."""

    tier: AlertTier
    taken_at: datetime
    to_read_again: frozenset[str]


def _wanted(kinds: frozenset[str]) -> frozenset[str]:
    return _ALWAYS.union(*(_ASKED.get(kind, frozenset()) for kind in kinds))


def _facts(together: Iterable[Observation]) -> FactSet:
    return FactSet(facts=tuple(fact for each in together for fact in reading_facts(each)))


def _alert(
    determination: Determination, facts: FactSet, wanted: frozenset[str], minute: int, before: _Standing | None
) -> tuple[Alert, _Standing]:
    asked = tuple(sorted({each for finding in determination.findings for each in finding.missing} & wanted))
    reasons = tuple(each for each in determination.findings if _speaks(each, wanted))
    tier = _highest(*(ALERT_TIER_OF[each.status] for each in reasons))
    if determination.reservations:
        tier = _highest(tier, "alert")
    known = {each.id for each in facts.facts if not isinstance(facts.get(each.id), AbsentFact)}
    again = frozenset(fact.id for each in reasons if each.truth == "true" for fact in each.used) | set(asked)
    standing = _Standing(tier, determination.as_of, again)
    held_from = None
    if before is not None and (asked or before.to_read_again - known):
        still = (before.to_read_again - known) | again
        if _TIERS.index(before.tier) > _TIERS.index(tier):
            tier, held_from = before.tier, before.taken_at
        standing = _Standing(tier, held_from or determination.as_of, still)
    alert = Alert(
        taken_at=determination.as_of,
        tier=tier,
        asked=asked,
        held_from=held_from,
        card=_card(tier, minute, reasons, asked, is_held=held_from is not None),
        determination=determination,
    )
    return alert, standing


def _highest(*tiers: AlertTier) -> AlertTier:
    return max(("none", *tiers), key=_TIERS.index)


def _speaks(finding: Finding, wanted: frozenset[str]) -> bool:
    """Whether a finding raises the tier: it is true, or what it lacks was expected with this set."""
    return finding.truth == "true" or (finding.truth == "unknown" and bool(wanted.intersection(finding.missing)))


def _card(tier: AlertTier, minute: int, reasons: Sequence[Finding], asked: Sequence[str], *, is_held: bool) -> Card:
    true = [each for each in reasons if each.truth == "true"]
    lines = [each.statement for each in true]
    if is_held:
        lines.append("Something is missing from this set, so what an earlier one called for stands.")
    lines += [f"Ask: {catalog()[each].question}" for each in asked]
    return Card(
        summary=f"Readings at minute {minute}: {tier}",
        indicator=_INDICATORS[tier],
        detail="\n".join(lines),
        suggestions=tuple(dict.fromkeys(each.action for each in true)),
        sources=tuple(dict.fromkeys(cited for each in reasons for cited in each.citations)),
    )
