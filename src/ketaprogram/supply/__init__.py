"""Supply of home programs: the `ledger` of a prescription, and the gate before each shipment (`can_ship`)."""

from __future__ import annotations

from ketaprogram.supply.shipping import can_ship, dispense, ledger

__all__ = ["can_ship", "dispense", "ledger"]
