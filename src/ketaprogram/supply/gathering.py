"""The facts ``supply.*`` of a request: what the record and the order show, and what somebody answers."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from ketaprogram.facts.answering import answered
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import BooleanFact, CodeFact, DateFact, Fact, FactSet, QuantityFact
from ketaprogram.supply.counting import check_supply, happened, ledger, refills_for
from ketaprogram.supply.model import Fill, Loss, Use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.protocol.model import Order
    from ketaprogram.supply.model import Ledger, Prescription, Supply

    Answers = Mapping[str, bool | int | Decimal]

__all__ = ["first_minute", "supply_facts"]


def supply_facts(
    supply: Supply,
    order: Order | None,
    *,
    units: int,
    on: date,
    answers: Answers,
    known: Catalog | None = None,
) -> FactSet:
    """
    The facts ``supply.*`` of a request: what the record and the order show, and what somebody answers.

    Args:
        supply: The record.
        order: The order that the prescription is for; None is not known.
        units: How many units are asked for.
        on: The day of the question.
        answers: By fact id; a fact that the record shows otherwise becomes unknown.
        known: The catalogue of facts, if the clinic extends ours.

    Unknowns:
        A record with faults shows nothing but that. Without the units of a session nothing is known in sessions,
        without a count since the last fill nothing about a difference. A use of more than a session's units is a
        signal of misuse; that none is recorded says nothing.

    Raises:
        UnknownFactError: An answer is to a fact that is not in the catalogue.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.model import Prescription, Supply
        >>> given = Supply(prescription=Prescription(id="p", order="o", units=4, issued_on=date(2026, 12, 1)))
        >>> supply_facts(given, None, units=9, on=date(2026, 12, 2), answers={}).get("supply.units_over_fill").value
        Decimal('5')
    """
    at, definitions = first_minute(on), known or catalog()
    prescription = supply.prescription
    is_sound = not check_supply(supply)
    later = [each.on for each in supply.events if each.on > on]
    found: dict[str, bool | int | None] = {
        "is_issued": prescription.issued_on <= on,
        "record_is_sound": is_sound and not later,
        "units_over_fill": max(0, units - prescription.units),
        **_of_order(prescription, order, on),
    }
    counted: tuple[Fact, ...] = ()
    if is_sound:
        # What is recorded of a later day counts too: it is never a reason to dispense more.
        now = ledger(supply, on=max([on, *later]))
        found |= _of_ledger(supply, now, units, on) | _in_sessions(prescription, now, order, units)
        counted = tuple(_difference(supply, now, at))
    return FactSet(
        facts=(
            *(answered(fact_id, value, at, definitions) for fact_id, value in answers.items()),
            *(_fact(f"supply.{name}", value, at) for name, value in found.items() if value is not None),
            DateFact(id="supply.issued_on", value=prescription.issued_on, observed_at=at),
            *(() if order is None else (CodeFact(id="sought.route", value=order.route, observed_at=at),)),
            *counted,
        )
    )


def _of_order(prescription: Prescription, order: Order | None, on: date) -> dict[str, bool | int | None]:
    if order is None:
        return {}
    is_in_force = order.signed_at.date() <= on <= order.valid_until
    is_for_it = order.id == prescription.order and order.setting == "home"
    per_session, mg = prescription.units_per_session, prescription.mg_per_unit
    within = per_session * mg <= order.maximum_mg if per_session and mg else None
    return {"order_is_in_force": is_in_force and is_for_it, "dose_is_within_order": within}


def _of_ledger(supply: Supply, now: Ledger, units: int, on: date) -> dict[str, bool | int | None]:
    prescription = supply.prescription
    prescribed = prescription.units * (1 + prescription.refills)
    events = [each.event for each in happened(supply)]
    took_more = any(
        isinstance(each, Use)
        and prescription.units_per_session is not None
        and each.units > prescription.units_per_session
        for each in events
    )
    last_fill = max((at for at, each in enumerate(supply.events) if isinstance(each, Fill)), default=0)
    recent = {each.id for each in supply.events[last_fill:]}
    return {
        "units_over_prescribed": max(0, now.dispensed + units - prescribed),
        "refills_needed": refills_for(prescription.units, now.dispensed + units),
        "days_early": 0 if now.lasts_until is None else max(0, (now.lasts_until - on).days),
        "units_lost": sum(each.units for each in events if isinstance(each, Loss) and each.id in recent),
        "misuse_signal": True if took_more else None,
    }


def _in_sessions(
    prescription: Prescription, now: Ledger, order: Order | None, units: int
) -> dict[str, bool | int | None]:
    per_session = prescription.units_per_session
    if per_session is None:
        return {}
    # Whoever was found to have more than expected has more.
    held = now.expected_on_hand + max(0, now.discrepancy or 0) + units
    released = -(-(now.dispensed - now.returned + units) // per_session)
    return {
        "sessions_at_home": -(-held // per_session),
        "sessions_over_order": None if order is None else max(0, released - order.sessions),
    }


def _difference(supply: Supply, now: Ledger, at: datetime) -> Iterator[Fact]:
    """The difference that the last count found, if it was made since the last fill; none before the first."""
    events = [each.event for each in happened(supply)]
    kinds = [each.kind for each in events if each.kind in {"fill", "count"}]
    if "fill" not in kinds:
        yield _fact("supply.count_difference", 0, at)
    elif kinds[-1] == "count" and now.counted_on is not None and now.discrepancy is not None:
        yield _fact("supply.count_difference", abs(now.discrepancy), first_minute(now.counted_on))


def _fact(fact_id: str, value: bool | int, at: datetime) -> Fact:  # noqa: FBT001  # a value, not a flag
    if isinstance(value, bool):
        return BooleanFact(id=fact_id, value=value, observed_at=at)
    return QuantityFact(id=fact_id, value=Decimal(value), unit=catalog()[fact_id].unit, observed_at=at)


def first_minute(on: date) -> datetime:
    """The instant that stands for a day: only the day matters."""
    return datetime.combine(on, time(0), UTC)
