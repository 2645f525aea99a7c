"""Cards for the professional: what was found, and what could not be looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.card import Card
from ketaprogram.medications.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ketaprogram.medications.model import Interaction, InteractionReport, OpenReason
    from ketaprogram.record import Route

__all__ = ["WHY_OPEN", "interaction_cards"]

WHY_OPEN: dict[OpenReason, str] = {
    "unknown-name": "no list knows the name, or not all of it",
    "no-entry": "no entry speaks of it, or not of all that it is",
    "other-route": "the sources speak of other routes only",
    "did-not-run": "the further database did not answer",
    "expired": "the source is past its last day",
}
"""In words, why a medicine could not be judged."""


def interaction_cards(report: InteractionReport) -> tuple[Card, ...]:
    """
    The cards of a report, for a professional and never for the person.

    Returns:
        One card for each interaction that matters for the route, with the medicines it is about by generic name, and
        one for all entries that could not be judged, by their place in the list, counted from 1.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.medications import check_interactions
        >>> report = check_interactions(["theophylline", "kale"], route="oral", on=date(2026, 11, 26))
        >>> for card in interaction_cards(report):
        ...     print(card.indicator, "-", card.summary)
        warning - theophylline: a source advises against the combination (oral ketamine)
        warning - Interactions: 1 of 2 entries could not be judged
    """
    return (*_found(report), *_open(report))


def _found(report: InteractionReport) -> Iterator[Card]:
    concerned: dict[Interaction, dict[str, None]] = {}
    for result in report.results:
        names = [each for each in (result.medicine, result.coded_as) if each is not None]
        for interaction in result.interactions:
            if interaction.severity != "none-known":
                concerned.setdefault(interaction, {})[" or ".join(names)] = None
    for interaction, named in concerned.items():
        yield _card(interaction, list(named), report.route)


def _card(interaction: Interaction, named: Sequence[str], route: Route) -> Card:
    subject = named[0] if len(named) == 1 and " or " not in named[0] else f"{len(named)} of the medicines"
    drug = "esketamine" if route == "intranasal" else "ketamine"
    home = () if interaction.home is None else (f"At home: {interaction.home}",)
    return Card(
        summary=f"{subject}: {catalogue().labels[interaction.severity]} ({route} {drug})",
        indicator=catalogue().indicators[interaction.severity],
        detail="\n".join(
            (
                interaction.meaning,
                f"It is about: {_listed(named)}.",
                f"It matters for: {', '.join(interaction.routes)}.",
                *home,
            )
        ),
        suggestions=(interaction.action,),
        sources=(*interaction.citations, *interaction.home_citations),
    )


def _open(report: InteractionReport) -> Iterator[Card]:
    places: dict[str, list[str]] = {}
    for each in report.results:
        if each.reason is not None:
            places.setdefault(WHY_OPEN[each.reason], []).append(str(each.position + 1))
    if not places and report.list_is_complete:
        return
    lines = [f"Entries {_listed(at)}: {why}." for why, at in places.items()]
    if not report.list_is_complete:
        lines.append("The list is not marked complete: more medicines may be taken than stand in it.")
    yield Card(
        summary=f"Interactions: {len(report.open_positions)} of {len(report.results)} entries could not be judged",
        indicator="warning",
        detail="\n".join(lines),
        suggestions=(catalogue().unchecked_action,),
        sources=report.catalogue.citations,
    )


def _listed(texts: Sequence[str]) -> str:
    """The texts in a row, cut where a card would overflow: the report holds them all."""
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more


_SHOWN = 100
