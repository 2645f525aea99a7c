"""
The gate before each shipment, and the shipment itself.

The gate is the rulebook ``shipment`` over facts of the record, the order and what somebody answers. Everything that
restricts, and everything that nobody knows, holds the shipment at once; a precaution too, since nobody would look at it
afterwards.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

import attrs

from ketaprogram.documents import digest
from ketaprogram.errors import LimitError, RuleError
from ketaprogram.facts.answering import answered
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import BooleanFact, CodeFact, DateFact, Fact, FactSet, QuantityFact
from ketaprogram.rules import determine, load_rulebook
from ketaprogram.rules.comparing import diff
from ketaprogram.supply.clearing import Asked, blocks_of, settled
from ketaprogram.supply.counting import check_supply, happened, ledger, refills_for
from ketaprogram.supply.model import Fill, Loss, Shipment, Use
from ketaprogram.supply.recording import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.protocol.model import Order
    from ketaprogram.rules.model import Rulebook
    from ketaprogram.supply.model import Clearing, Ledger, Prescription, Supply

    Answers = Mapping[str, bool | int | Decimal]

__all__ = ["can_ship", "dispense", "supply_facts"]


def can_ship(
    supply: Supply,
    order: Order | None,
    *,
    units: int,
    on: date,
    answers: Answers,
    clearings: Iterable[Clearing] = (),
    rulebook: Rulebook | None = None,
    known: Catalog | None = None,
) -> Shipment:
    """
    Whether units may be shipped on a day, with every reason against it at once.

    Args:
        supply: The record, all that happened so far.
        order: The order that the prescription is for; None is not known.
        units: How many units are asked for, at least 1.
        on: The day of dispensing.
        answers: By fact id what somebody says on that day: yes or no, or an amount in the fact's own unit. An answer
            that does not agree with the record makes the fact unknown.
        clearings: What was signed against single blocks.
        rulebook: A clinic's own rulebook; it may be stricter than the one that ships, and looser except for what
            nobody may override.
        known: The catalogue of facts, if the clinic extends ours.

    Returns:
        Every block with the role that can lift it, the clearings that count and those that do not, and the
        determination. It is of the first minute of the day in UTC; only the day matters.

    Unknowns:
        What nobody answered, and what the record does not show, is a block of its own with its question.

    Raises:
        LimitError: Less than one unit was asked for.
        RuleError: The rulebook is of another gate, or loosens what nobody may override.
        UnknownFactError: An answer is to a fact that is not in the catalogue.

    Source:
        21 CFR 1306.22 and 1306.23 (schedule III); ``home.supply_default`` and ``mis.signals_default`` are proposals.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.model import Prescription, Supply
        >>> given = Supply(prescription=Prescription(id="p", order="o", units=4, issued_on=date(2026, 12, 1)))
        >>> found = can_ship(given, None, units=9, on=date(2027, 12, 1), answers={})
        >>> [(each.code, each.cleared_by) for each in found.blocks if each.state != "not-known"][:3]
        [('exclusion.more-than-prescribed', None), ('exclusion.prescription-expired', None), \
('deferral.more-than-one-fill', None)]
    """
    if units < 1:
        message = "a shipment holds at least one unit"
        raise LimitError(message)
    rules, definitions = rulebook or load_rulebook("shipment"), known or catalog()
    if rulebook is not None:
        _accept(rulebook, definitions)
    facts = supply_facts(supply, order, units=units, on=on, answers=answers, known=definitions)
    determination = determine(facts, rules, _instant(on), known=definitions)
    asked = Asked(digest(supply), units, on)
    blocks, cleared, counting, unfit = settled(blocks_of(determination, rules, definitions), clearings, asked)
    return Shipment(
        prescription=supply.prescription.id,
        units=units,
        on=on,
        supply_digest=asked.supply_digest,
        blocks=blocks,
        cleared=cleared,
        clearings=counting,
        unfit=unfit,
        determination=determination,
    )


def dispense(
    supply: Supply,
    fill: Fill,
    order: Order | None,
    *,
    answers: Answers,
    clearings: Iterable[Clearing] = (),
    rulebook: Rulebook | None = None,
    known: Catalog | None = None,
) -> Supply:
    """
    The record with one fill more, if the gate allows it.

    Args:
        supply: The record.
        fill: The fill; what let it go is written into it.
        order: The order that the prescription is for.
        answers: As in `can_ship`, on the day of the fill.
        clearings: What was signed against single blocks.
        rulebook: A clinic's own rulebook.
        known: The catalogue of facts, if the clinic extends ours.

    Raises:
        LimitError: The gate does not allow it; the message names every block.
        ConflictError: Another entry has the same id.
        StateError: The fill is of another prescription or before an earlier one, or the record has faults.
        RuleError: The rulebook may not be used.
    """
    recorded(supply, fill)
    shipment = can_ship(
        supply,
        order,
        units=fill.units,
        on=fill.on,
        answers=answers,
        clearings=clearings,
        rulebook=rulebook,
        known=known,
    )
    if not shipment.is_allowed:
        message = "the fill is not allowed: " + ", ".join(each.code for each in shipment.blocks)
        raise LimitError(message)
    sent = attrs.evolve(fill, determination_digest=digest(shipment.determination), clearings=shipment.clearings)
    return recorded(supply, sent)


# --- the facts --------------------------------------------------------------------------------------------------------


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
    at, definitions = _instant(on), known or catalog()
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
        yield _fact("supply.count_difference", abs(now.discrepancy), _instant(now.counted_on))


def _fact(fact_id: str, value: bool | int, at: datetime) -> Fact:  # noqa: FBT001  # a value, not a flag
    if isinstance(value, bool):
        return BooleanFact(id=fact_id, value=value, observed_at=at)
    return QuantityFact(id=fact_id, value=Decimal(value), unit=catalog()[fact_id].unit, observed_at=at)


def _instant(on: date) -> datetime:
    return datetime.combine(on, time(0), UTC)


# --- a clinic's own rulebook ------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _accept(rulebook: Rulebook, known: Catalog) -> None:
    """
    Refuse a rulebook of another gate, or one that loosens what nobody may override.

    Raises:
        RuleError: The message names every criterion that is looser.
    """
    ships = load_rulebook("shipment")
    if rulebook.gate != ships.gate:
        message = f"a shipment is not decided by a rulebook for {rulebook.gate}"
        raise RuleError(message)
    hard = {each.id for each in ships.criteria if not each.overridable}
    looser = [each.about for each in diff(ships, rulebook, known=known) if each.may_loosen and each.about in hard]
    if looser:
        message = f"the rulebook loosens what nobody may override: {', '.join(looser)}"
        raise RuleError(message)
