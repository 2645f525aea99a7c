"""The intake form: its document (`model`), what it proves (`facts_from`) and its faults of meaning (`check_intake`)."""

from __future__ import annotations

from ketaprogram.intake.checking import check_intake
from ketaprogram.intake.mapping import facts_from

__all__ = ["check_intake", "facts_from"]
