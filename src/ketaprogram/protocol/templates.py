"""The protocol templates that ship, from ``knowledge/protocols``; a clinic's own is the same document in JSON."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from ketaprogram._knowledge import files_in, look_up, table
from ketaprogram.citation import cite_all
from ketaprogram.protocol.model import Phase, Protocol, ProtocolDose

__all__ = ["load_protocol", "protocol_names"]


@cache
def protocol_names() -> tuple[str, ...]:
    """The ids of the templates that ship."""
    return files_in("protocols")


@cache
def load_protocol(name: str) -> Protocol:
    """
    A protocol template that ships with the package.

    Raises:
        UnknownItemError: None has this id; the message names the nearest.

    Example:
        >>> load_protocol("esketamine-label").phases[0].days
        (0, 3, 7, 10, 14, 17, 21, 24)
    """
    known = {each: f"protocols/{each}" for each in protocol_names()}
    content = table(look_up(known, name, "protocol"))
    plain = {key: value for key, value in content.items() if key not in {"phase", "dose", "sources"}}
    for key in ("ceiling_mg_per_kg", "ceiling_mg", "increment_mg"):
        if key in plain:
            plain[key] = Decimal(plain[key])
    for key in ("indications", "vitals_at_minutes", "review_after_sessions", "measures"):
        plain[key] = tuple(plain.get(key, ()))
    return Protocol(
        **plain,
        phases=tuple(_phase(entry) for entry in content["phase"]),
        doses=tuple(_dose(entry) for entry in content.get("dose", ())),
        citations=cite_all(content["sources"]),
    )


def _phase(entry: dict[str, Any]) -> Phase:
    plain = {key: value for key, value in entry.items() if key not in {"days", "sources"}}
    return Phase(**plain, days=tuple(entry["days"]), citations=cite_all(entry["sources"]))


def _dose(entry: dict[str, Any]) -> ProtocolDose:
    return ProtocolDose(
        from_session=entry["from_session"],
        mg_per_kg=Decimal(entry["mg_per_kg"]) if "mg_per_kg" in entry else None,
        mg=tuple(Decimal(each) for each in entry.get("mg", ())),
    )
