"""
The ledger of a prescription and the gate before each shipment.

Partial fills add up: no history of fills that the gate allowed dispenses more than was prescribed, refills more often
than the law or the prescriber allows, or goes past the prescription's end.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram._time import add_days, add_months
from ketaprogram.citation import Citation, cite_all
from ketaprogram.errors import LimitError
from ketaprogram.supply.model import Block, Ledger, Shipment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ketaprogram.supply.model import Fill, Prescription

__all__ = ["can_ship", "dispense", "ledger"]


def ledger(prescription: Prescription, fills: tuple[Fill, ...]) -> Ledger:
    """
    What became of a prescription.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.model import Prescription
        >>> given = Prescription(id="p", order="o", units=4, refills=2, issued_on=date(2026, 1, 5))
        >>> ledger(given, ()).remaining
        12
    """
    dispensed = sum(each.units for each in fills if each.prescription == prescription.id)
    allowed = _refills(prescription)
    used = max(0, -(-dispensed // prescription.units) - 1)
    remaining = max(0, prescription.units * (1 + allowed) - dispensed)
    return Ledger(dispensed=dispensed, remaining=remaining, refills_used=used)


def can_ship(prescription: Prescription, fills: tuple[Fill, ...], *, units: int, on: date) -> Shipment:
    """
    Whether units may be shipped on a day, with every reason against it at once.

    Args:
        prescription: The prescription.
        fills: Everything dispensed on it so far.
        units: How many units are asked for.
        on: The day of dispensing.

    Source:
        21 CFR 1306.22 and 1306.23 (schedule III); the early signal is a proposal.
    """
    return Shipment(blocks=tuple(_blocks(prescription, fills, units, on)))


def dispense(prescription: Prescription, fills: tuple[Fill, ...], fill: Fill) -> tuple[Fill, ...]:
    """
    The fills with one more, if the gate allows it.

    Raises:
        LimitError: The gate does not allow it; the message names every block's code.
    """
    shipment = can_ship(prescription, fills, units=fill.units, on=fill.dispensed_on)
    if not shipment.is_allowed:
        message = "the fill is not allowed: " + ", ".join(each.code for each in shipment.blocks)
        raise LimitError(message)
    return (*fills, fill)


def _blocks(prescription: Prescription, fills: tuple[Fill, ...], units: int, on: date) -> Iterator[Block]:
    law, own = _law(), [each for each in fills if each.prescription == prescription.id]
    so_far = ledger(prescription, fills)
    if units > so_far.remaining:
        yield Block(
            code="units-exhausted",
            why="More units than the prescription leaves.",
            cleared_by=None,
            citation=law.citation,
        )
    if -(-(so_far.dispensed + units) // prescription.units) - 1 > _refills(prescription):
        yield Block(code="refills-exhausted", why="No refill is left.", cleared_by=None, citation=law.citation)
    if on > add_months(prescription.issued_on, law.months):
        why = f"The prescription is older than {law.months} months."
        yield Block(code="expired", why=why, cleared_by=None, citation=law.citation)
    if on < prescription.issued_on:
        why = "The prescription is of a later day."
        yield Block(code="not-yet-issued", why=why, cleared_by=None, citation=law.citation)
    if on > law.valid_until:
        why = "The law has not been looked up for this day."
        yield Block(code="law-unchecked", why=why, cleared_by="pharmacist", citation=law.citation)
    lasts_until = max((add_days(each.dispensed_on, each.days - law.early_days) for each in own), default=on)
    if on < lasts_until:
        why = f"Asked for {law.early_days} days or more before the last fill is used up."
        yield Block(code="early", why=why, cleared_by="prescriber", citation=law.early_citation)


def _refills(prescription: Prescription) -> int:
    """The prescriber's refills, never more than the law's."""
    return min(prescription.refills, _law().refills)


@frozen(kw_only=True)
class _Law:
    refills: int
    months: int
    valid_until: date
    citation: Citation
    early_days: int
    early_citation: Citation


@cache
def _law() -> _Law:
    content = table("supply")
    law, early = content["schedule_iii"], content["early"]
    (citation,), (early_citation,) = cite_all(law["sources"]), cite_all(early["sources"])
    return _Law(
        refills=law["refills"],
        months=law["months"],
        valid_until=law["valid_until"],
        citation=citation,
        early_days=early["days"],
        early_citation=early_citation,
    )
