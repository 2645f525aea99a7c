"""Small templates and orders for tests of the schedule: what they need and nothing that was published."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

from ketaprogram.citation import Citation
from ketaprogram.protocol.model import CalendarSpacing, FixedDose, Order, Phase, Protocol, Units

CITED = (Citation(source="DEFAULT", locator="made for a test"),)


def days(low: int, target: int, high: int) -> CalendarSpacing:
    return CalendarSpacing(min_days=low, target_days=target, max_days=high)


def phase(*spacing, sessions: int | None = None, name: str = "induction", **members) -> Phase:
    return Phase(name=name, sessions=sessions, spacing=spacing, citations=CITED, **members)


def template(*phases: Phase, **members) -> Protocol:
    return Protocol(
        **{
            "id": "made-up",
            "version": "1.0.0",
            "title": "Made up",
            "agent": "ketamine",
            "route": "sublingual",
            "setting": "home",
            "indications": (),
            "phases": phases,
            "observation_minutes": 120,
            "sessions_in_7_days": 7,
            "gap_hours": 1,
            "citations": CITED,
            "effective_from": date(2020, 1, 1),
        }
        | members
    )


def signed(sessions: int, **members) -> Order:
    return Order(
        **{
            "id": "o",
            "person": "p",
            "protocol": "made-up",
            "protocol_version": "1.0.0",
            "clearance_digest": "sha256:" + "0" * 64,
            "agent": "ketamine",
            "route": "sublingual",
            "setting": "home",
            "doses": (FixedDose(mg=Decimal(100)),),
            "maximum_mg": Decimal(100),
            "product": Units(unit="tablet", mg_per_unit=Decimal(50)),
            "sessions": sessions,
            "valid_from": date(2026, 1, 1),
            "valid_until": date(2045, 12, 31),
            "titration": "none",
            "prescriber": "A. Clinician",
            "role": "physician",
            "signed_at": datetime(2025, 12, 1, 9, tzinfo=UTC),
        }
        | members
    )


NINE = time(9)
