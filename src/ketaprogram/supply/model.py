"""
The supply of a home program: a prescription, everything that became of its units, and the answer before a shipment.

A `Supply` is append-only: a correction is a new entry that names the one it takes the place of. What was dispensed is
never corrected; units that come back are a `Return`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.record import Digest, Id, Line, NonNegative, Record
from ketaprogram.rules.model import CriterionId, Determination

__all__ = [
    "Block",
    "Clearing",
    "ClearingReason",
    "Count",
    "Event",
    "Fill",
    "Ledger",
    "Loss",
    "Prescription",
    "Return",
    "Shipment",
    "ShipmentRole",
    "Supply",
    "Unfit",
    "UnfitClearing",
    "Use",
]

SomeUnits = Annotated[int, Ge(1), Le(1000)]
Units = Annotated[int, Ge(0), Le(1000)]
Total = Annotated[int, Ge(0), Le(5_000_000)]

ShipmentRole = Literal["prescriber", "clinician", "pharmacist", "nurse", "coordinator"]
"""Who may be asked to lift a block."""

ClearingReason = Literal["explained", "reviewed", "verified-elsewhere", "law-looked-up"]
"""Why a block may be passed over; which reason fits which block stands in ``knowledge/supply.toml``."""

Unfit = Literal[
    "no-such-block",
    "cannot-be-cleared",
    "wrong-role",
    "unfit-reason",
    "not-yet-signed",
    "expired",
    "other-record",
    "more-units",
]
"""Why a clearing clears nothing."""


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
        units_per_session: Units that make one session's dose; null is not known.
        mg_per_unit: Milligrams in one unit; null is not known.
    """

    schema: Literal["urn:ketaprogram:schema:prescription:1"] = "urn:ketaprogram:schema:prescription:1"
    id: Id
    order: Id
    units: SomeUnits
    refills: Annotated[int, Ge(0), Le(99)] = 0
    issued_on: date
    units_per_session: Annotated[int, Ge(1), Le(100)] | None = None
    mg_per_unit: NonNegative | None = None


@frozen(kw_only=True, repr=False)
class Clearing(Record):
    """
    A signed decision to ship although one block stands: for one record as it stood, and no more units than were asked.

    Args:
        criterion: Code of the block.
        role: Role of who signs.
        by: Who signs.
        reason: Coded reason.
        on: The day of the signature.
        expires_on: Last day on which it counts.
        supply_digest: SHA-256 of the record of the supply that was looked at; whatever is recorded later ends it.
        units: Units that were asked for; it does not count for more.
    """

    schema: Literal["urn:ketaprogram:schema:shipment-clearing:1"] = "urn:ketaprogram:schema:shipment-clearing:1"
    criterion: CriterionId
    role: ShipmentRole
    by: Line
    reason: ClearingReason
    on: date
    expires_on: date
    supply_digest: Digest
    units: SomeUnits


@frozen(kw_only=True, repr=False)
class Fill(Record):
    """
    Units that were dispensed; a partial fill has fewer than the prescription says.

    Args:
        id: Id of the fill.
        prescription: Id of the prescription on the label.
        units: Units dispensed.
        on: The day of dispensing.
        days: The days that these units are meant to last.
        determination_digest: SHA-256 of the determination that let it go.
        clearings: What was signed so that it could.
    """

    kind: Literal["fill"] = "fill"
    id: Id
    prescription: Id
    units: SomeUnits
    on: date
    days: Annotated[int, Ge(1), Le(366)]
    determination_digest: Digest | None = None
    clearings: Annotated[tuple[Clearing, ...], MaxLen(100)] = ()


@frozen(kw_only=True, repr=False)
class Return(Record):
    """
    Units that came back; they are not dispensed again, and no refill comes back with them.

    Args:
        id: Id of the entry.
        units: Units that came back.
        on: The day on which they did.
        corrects: Id of the return that this one takes the place of.
    """

    kind: Literal["return"] = "return"
    id: Id
    units: Units
    on: date
    corrects: Id | None = None


@frozen(kw_only=True, repr=False)
class Loss(Record):
    """
    Units that are gone without having been taken.

    Args:
        id: Id of the entry.
        units: Units that are gone.
        on: The day on which they went, as far as it is known.
        reason: What became of them.
        explains: Id of the count that they were missing from: the loss then came before it, whenever it is recorded.
        corrects: Id of the loss that this one takes the place of; with 0 units, they were found.
    """

    kind: Literal["loss"] = "loss"
    id: Id
    units: Units
    on: date
    reason: Literal["lost", "stolen", "damaged", "disposed"]
    explains: Id | None = None
    corrects: Id | None = None


@frozen(kw_only=True, repr=False)
class Use(Record):
    """
    Units that were taken at a session.

    Args:
        id: Id of the entry.
        session: Id of the session.
        units: Units that were taken.
        on: The day of the session.
        corrects: Id of the use that this one takes the place of; with 0 units, nothing was taken.
    """

    kind: Literal["use"] = "use"
    id: Id
    session: Id
    units: Units
    on: date
    corrects: Id | None = None


@frozen(kw_only=True, repr=False)
class Count(Record):
    """
    Units that somebody counted, such as at a check-in.

    Args:
        id: Id of the entry.
        units: Units that were there.
        on: The day of the count.
        by: Who counted.
        corrects: Id of the count that this one takes the place of.
    """

    kind: Literal["count"] = "count"
    id: Id
    units: Units
    on: date
    by: Line
    corrects: Id | None = None


Event = Fill | Return | Loss | Use | Count


@frozen(kw_only=True, repr=False)
class Supply(Record):
    """
    A prescription and everything that became of its units.

    Args:
        prescription: The prescription.
        events: What happened, in the order in which it was recorded; on one day that is the order in which it happened.
    """

    schema: Literal["urn:ketaprogram:schema:supply:1"] = "urn:ketaprogram:schema:supply:1"
    prescription: Prescription
    events: Annotated[tuple[Event, ...], MaxLen(5000)] = ()


@frozen(kw_only=True, repr=False)
class Ledger(Record):
    """
    What became of a prescription's units by the end of a day.

    Args:
        dispensed: Units dispensed.
        remaining: Units that may still be dispensed in all, by what was prescribed and by law.
        refills_used: Refills begun after the first fill, by units: partial fills add up.
        returned: Units that came back.
        lost: Units lost, stolen, damaged or disposed of.
        used: Units taken at sessions.
        expected_on_hand: Units that should be there now.
        last_counted: Units that were there at the last count; null while nobody counted.
        counted_on: The day of the last count.
        discrepancy: Counted less expected at the last count: below 0 units are missing; null while nobody counted.
        sessions_left: Whole sessions that the expected units are enough for; null if nobody said what a session takes.
        lasts_until: The day on which the units of every fill together should be used up; null before the first.
        last_day: The last day on which anything may be dispensed.
    """

    dispensed: Total
    remaining: Total
    refills_used: Total
    returned: Total
    lost: Total
    used: Total
    expected_on_hand: Total
    last_counted: Units | None = None
    counted_on: date | None = None
    discrepancy: Annotated[int, Ge(-5_000_000), Le(5_000_000)] | None = None
    sessions_left: Total | None = None
    lasts_until: date | None = None
    last_day: date


@frozen(kw_only=True)
class Block:
    """
    One reason why nothing may be shipped, and who can lift it.

    Args:
        code: Id of the criterion, or of the number or rulebook that may not be relied on.
        state: ``stands``: it is so; ``not-known``: nobody said; ``not-to-be-relied-on``: the rulebook itself,
            or one of its numbers, past its last day or out of its scope.
        why: One sentence.
        action: What may be done about it.
        questions: What to ask, where something is not known.
        role: Who can lift it.
        is_clearable: Whether that role may sign a clearing; if not, what is wrong has to be put right.
        citations: Where it comes from.
    """

    code: CriterionId
    state: Literal["stands", "not-known", "not-to-be-relied-on"]
    why: Line
    action: Line
    questions: Annotated[tuple[Line, ...], MaxLen(100)] = ()
    role: ShipmentRole
    is_clearable: bool
    citations: Annotated[tuple[Citation, ...], MaxLen(20)] = ()

    @property
    def cleared_by(self) -> ShipmentRole | None:
        """The role that may sign a clearing; None if nobody may."""
        return self.role if self.is_clearable else None


@frozen(kw_only=True)
class UnfitClearing:
    """
    A clearing that clears nothing.

    Args:
        criterion: The block that it names.
        why: Why it does not count.
    """

    criterion: CriterionId
    why: Unfit


@frozen(kw_only=True, repr=False)
class Shipment(Record):
    """
    Whether units may be shipped, with every reason against it at once.

    Args:
        prescription: Id of the prescription.
        units: Units that were asked for.
        on: The day of the question.
        supply_digest: SHA-256 of the record of the supply.
        blocks: What stands against it; none means that it may.
        cleared: Blocks that a clearing passes over.
        clearings: Those clearings.
        unfit: Clearings that clear nothing, and why.
        determination: The answer that this rests on.
    """

    schema: Literal["urn:ketaprogram:schema:shipment:1"] = "urn:ketaprogram:schema:shipment:1"
    prescription: Id
    units: SomeUnits
    on: date
    supply_digest: Digest
    blocks: Annotated[tuple[Block, ...], MaxLen(5000)] = ()
    cleared: Annotated[tuple[Block, ...], MaxLen(5000)] = ()
    clearings: Annotated[tuple[Clearing, ...], MaxLen(100)] = ()
    unfit: Annotated[tuple[UnfitClearing, ...], MaxLen(5000)] = ()
    determination: Determination

    @property
    def is_allowed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.blocks
