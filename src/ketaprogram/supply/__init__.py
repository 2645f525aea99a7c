"""Supply of home programs: what became of the units, the gate before each shipment, and who may clear a block."""

from __future__ import annotations

from ketaprogram.supply.clearing import clear_block
from ketaprogram.supply.counting import check_supply, ledger
from ketaprogram.supply.gathering import supply_facts
from ketaprogram.supply.recording import record_count, record_loss, record_return, record_use
from ketaprogram.supply.shipping import can_ship, dispense

__all__ = [
    "can_ship",
    "check_supply",
    "clear_block",
    "dispense",
    "ledger",
    "record_count",
    "record_loss",
    "record_return",
    "record_use",
    "supply_facts",
]
