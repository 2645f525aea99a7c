"""
The intake form: its document (`model`) and what it proves (`facts_from`).

`check_intake` finds its faults of meaning, `check_codes` those of its diagnosis codes.
"""

from __future__ import annotations

from ketaprogram.intake.checking import check_intake
from ketaprogram.intake.coding import check_codes
from ketaprogram.intake.mapping import facts_from

__all__ = ["check_codes", "check_intake", "facts_from"]
