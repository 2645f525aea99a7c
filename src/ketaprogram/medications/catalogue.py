"""The collection of interactions that ships with the package, from ``knowledge/interactions.toml``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.medications.model import Edition, Interaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.card import Indicator
    from ketaprogram.medications.model import Severity

__all__ = ["Catalogue", "catalogue"]


@frozen(kw_only=True)
class Catalogue:
    """
    Interactions, and how they are shown.

    Args:
        edition: Its version and its last day.
        interactions: In the order of the file.
        labels: What each severity says in words, least first.
        indicators: How pressing a card of each severity is.
        unchecked_action: Whom to ask about what could not be looked up.
    """

    edition: Edition
    interactions: tuple[Interaction, ...]
    labels: Mapping[Severity, str]
    indicators: Mapping[Severity, Indicator]
    unchecked_action: str


@cache
def catalogue() -> Catalogue:
    """
    The collection.

    Example:
        >>> catalogue().edition.name, len(catalogue().interactions)
        ('ketaprogram', 36)
    """
    content = table("interactions")
    head = content["catalogue"]
    return Catalogue(
        edition=Edition(
            name="ketaprogram",
            version=head["version"],
            expires_on=head["expires_on"],
            citations=cite_all(head["sources"]),
        ),
        interactions=tuple(_interaction(entry) for entry in content["interaction"]),
        labels={entry["id"]: entry["label"] for entry in content["severity"]},
        indicators={entry["id"]: entry["indicator"] for entry in content["severity"]},
        unchecked_action=content["unchecked"]["action"],
    )


def _interaction(entry: Mapping[str, Any]) -> Interaction:
    return Interaction(
        id=entry["id"],
        severity=entry["severity"],
        routes=tuple(entry["routes"]),
        settings=tuple(entry["settings"]),
        meaning=entry["meaning"],
        action=entry["action"],
        citations=cite_all(entry["sources"]),
        home=entry.get("home"),
        home_citations=cite_all(entry.get("home_sources", ())),
        medicines=tuple(entry.get("medicines", ())),
        classes=tuple(entry.get("classes", ())),
    )
