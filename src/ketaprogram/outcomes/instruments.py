"""The catalogue of questionnaires, from ``knowledge/instruments.toml``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ketaprogram._knowledge import look_up, table
from ketaprogram.citation import cite_all
from ketaprogram.errors import KnowledgeError
from ketaprogram.outcomes.model import Band, Instrument, Item

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["instrument", "instruments"]


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every questionnaire, by id."""
    return {entry["id"]: _instrument(entry) for entry in table("instruments")["instrument"]}


def instrument(instrument_id: str) -> Instrument:
    """
    A questionnaire.

    Raises:
        UnknownItemError: None has this id; the message names the nearest.

    Example:
        >>> instrument("phq-9").self_harm_item
        'phq9-9'
    """
    return look_up(instruments(), instrument_id, "instrument")


def _instrument(entry: dict[str, Any]) -> Instrument:
    plain = {name: value for name, value in entry.items() if name not in {"answers", "items", "bands", "sources"}}
    found = Instrument(
        **plain,
        answers=tuple(entry["answers"]),
        items=tuple(Item(**item) for item in entry["items"]),
        bands=tuple(Band(**band) for band in entry["bands"]),
        sources=cite_all(entry["sources"]),
    )
    if not found.ship_item_text and any(item.text for item in found.items):
        message = f"the licence of {found.id} does not allow its wording to be shipped"
        raise KnowledgeError(message)
    return found
