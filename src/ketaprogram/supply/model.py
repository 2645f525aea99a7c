"""Prescriptions of a home program, what was dispensed on them, and whether more may be."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.record import Count, Id, Line, Record

__all__ = ["Block", "Fill", "Ledger", "Prescription", "Shipment"]


@frozen(kw_only=True, repr=False)
class Prescription(Record):
    """
    A prescription of a schedule III medicine.

    Args:
        id: Id of the prescription.
        order: Id of the order that it is for.
        units: Units (tablets, lozenges) per fill.
        refills: Refills that the prescriber allows after the first fill.
        issued_on: The day of issue.
    """

    schema: Literal["urn:ketaprogram:schema:prescription:1"] = "urn:ketaprogram:schema:prescription:1"
    id: Id
    order: Id
    units: Annotated[int, Ge(1), Le(1000)]
    refills: Annotated[int, Ge(0), Le(99)] = 0
    issued_on: date


@frozen(kw_only=True, repr=False)
class Fill(Record):
    """
    Units that were dispensed on a prescription; a partial fill has fewer than the prescription says.

    Args:
        id: Id of the fill.
        prescription: Id of the prescription.
        units: Units dispensed.
        dispensed_on: The day of dispensing.
        days: The days that these units are meant to last.
    """

    schema: Literal["urn:ketaprogram:schema:fill:1"] = "urn:ketaprogram:schema:fill:1"
    id: Id
    prescription: Id
    units: Annotated[int, Ge(1), Le(1000)]
    dispensed_on: date
    days: Annotated[int, Ge(1), Le(366)]


@frozen(kw_only=True, repr=False)
class Ledger(Record):
    """
    What became of a prescription.

    Args:
        dispensed: Units dispensed so far.
        remaining: Units that may still be dispensed in all.
        refills_used: Refills begun after the first fill.
    """

    dispensed: Count
    remaining: Count
    refills_used: Count


@frozen(kw_only=True)
class Block:
    """
    One reason why nothing may be shipped, and who may clear it.

    Args:
        code: Stable code.
        why: One sentence.
        cleared_by: The role that may clear it; null if nobody may.
        citation: Where it comes from.
    """

    code: Literal["units-exhausted", "refills-exhausted", "expired", "not-yet-issued", "early", "law-unchecked"]
    why: Line
    cleared_by: Literal["prescriber", "pharmacist"] | None
    citation: Citation


@frozen(kw_only=True)
class Shipment:
    """
    Whether units may be shipped, with every reason against it at once.

    Args:
        blocks: The reasons; none means that it may.
    """

    blocks: Annotated[tuple[Block, ...], MaxLen(20)] = ()

    @property
    def is_allowed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.blocks
