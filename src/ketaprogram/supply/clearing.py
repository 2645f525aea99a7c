"""
The blocks of a shipment, who can lift each, and what a signed clearing does to them.

A clearing counts for one record as it stood: whatever is recorded afterwards, a shipment too, ends it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ketaprogram._knowledge import table
from ketaprogram.errors import LimitError
from ketaprogram.rules.model import Status
from ketaprogram.supply.model import Block, Clearing, UnfitClearing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.model import Determination, Finding, Rulebook
    from ketaprogram.supply.model import ClearingReason, Shipment, ShipmentRole, Unfit

__all__ = ["Asked", "blocks_of", "clear_block", "settled"]


class Asked(NamedTuple):
    """What a shipment was asked for: a clearing counts for nothing else."""

    supply_digest: str
    units: int
    on: date


def clear_block(
    shipment: Shipment, code: str, *, by: str, role: ShipmentRole, reason: ClearingReason, on: date, expires_on: date
) -> Clearing:
    """
    Sign that a shipment may go although one of its blocks stands.

    Args:
        shipment: The answer that was looked at.
        code: Code of the block.
        by: Who signs.
        role: Role of who signs.
        reason: Coded reason.
        on: The day of the signature.
        expires_on: Last day on which it counts.

    Returns:
        The clearing, for `can_ship` and `dispense`. It counts for the record as it was looked at and no more units.

    Raises:
        LimitError: Nobody may clear the block, or not this role, or not for this reason, or it would not count on the
            day of the shipment.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply import can_ship
        >>> from ketaprogram.supply.model import Prescription, Supply
        >>> given = Supply(prescription=Prescription(id="p", order="o", units=4, issued_on=date(2026, 12, 1)))
        >>> today = date(2026, 12, 2)
        >>> held = can_ship(given, None, units=4, on=today, answers={"supply.storage_is_locked": False})
        >>> seen = {"reason": "reviewed", "on": today, "expires_on": today}
        >>> clear_block(held, "inclusion.locked-storage", by="A. Nurse", role="nurse", **seen)
        Traceback (most recent call last):
            ...
        ketaprogram.errors.LimitError: the block inclusion.locked-storage is not cleared: wrong-role
    """
    clearing = Clearing(
        criterion=code,
        role=role,
        by=by,
        reason=reason,
        on=on,
        expires_on=expires_on,
        supply_digest=shipment.supply_digest,
        units=shipment.units,
    )
    blocks = {each.code: each for each in (*shipment.blocks, *shipment.cleared)}
    unfit = _unfit(clearing, blocks.get(code), Asked(shipment.supply_digest, shipment.units, shipment.on))
    if unfit is not None:
        message = f"the block {code} is not cleared: {unfit}" if code in blocks else f"no block is cleared: {unfit}"
        raise LimitError(message)
    return clearing


def settled(
    blocks: Iterable[Block], clearings: Iterable[Clearing], asked: Asked
) -> tuple[tuple[Block, ...], tuple[Block, ...], tuple[Clearing, ...], tuple[UnfitClearing, ...]]:
    """The blocks that stand, those that are cleared, by which clearings, and the clearings that clear nothing."""
    by_code = {each.code: each for each in blocks}
    fitting: dict[str, Clearing] = {}
    refused: list[UnfitClearing] = []
    for clearing in clearings:
        unfit = _unfit(clearing, by_code.get(clearing.criterion), asked)
        if unfit is None:
            fitting.setdefault(clearing.criterion, clearing)
        else:
            refused.append(UnfitClearing(criterion=clearing.criterion, why=unfit))
    return (
        tuple(each for code, each in by_code.items() if code not in fitting),
        tuple(each for code, each in by_code.items() if code in fitting),
        tuple(fitting[code] for code in by_code if code in fitting),
        tuple(refused),
    )


def _unfit(clearing: Clearing, block: Block | None, asked: Asked) -> Unfit | None:
    """Why a clearing clears nothing, or None."""
    if block is None:
        return "no-such-block"
    checks: tuple[tuple[bool, Unfit], ...] = (
        (not block.is_clearable, "cannot-be-cleared"),
        (clearing.role != block.role, "wrong-role"),
        (clearing.reason not in _table()["reasons"][block.state], "unfit-reason"),
        (clearing.on > asked.on, "not-yet-signed"),
        (clearing.expires_on < asked.on, "expired"),
        (clearing.supply_digest != asked.supply_digest, "other-record"),
        (clearing.units < asked.units, "more-units"),
    )
    return next((why for is_so, why in checks if is_so), None)


def blocks_of(determination: Determination, rulebook: Rulebook, known: Catalog) -> Iterator[Block]:
    """Every finding that restricts, or that nobody knows, and every reservation: each is a block of its own."""
    for finding in determination.findings:
        if finding.status is not Status.CANDIDATE:
            yield _block(finding, known)
    numbers = {each.id: (each.citation,) for each in rulebook.parameters}
    for each in determination.reservations:
        words = _table()["reservations"][each.code]
        yield Block(code=each.about, state="not-to-be-relied-on", citations=numbers.get(each.about, ()), **words)


def _block(finding: Finding, known: Catalog) -> Block:
    who, missing = _table(), [known[each] for each in finding.missing]
    is_known = finding.truth != "unknown"
    open_ = f"Not known: {'; '.join(each.label for each in missing)}."
    so = f"Not so: {finding.statement}" if finding.criterion_kind == "inclusion" else finding.statement
    return Block(
        code=finding.criterion,
        state="stands" if is_known else "not-known",
        why=(so if is_known else open_)[:200],
        action=finding.action,
        questions=tuple(each.question for each in missing),
        role=who["roles"].get(finding.criterion, who["else"]),
        is_clearable=finding.overridable and finding.status is not Status.EMERGENCY,
        citations=finding.citations,
    )


@cache
def _table() -> dict[str, Any]:
    """Who can lift what, from ``knowledge/supply.toml``."""
    return table("supply")
