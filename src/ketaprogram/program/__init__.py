"""One person's program: a `fold` of its journal, and the work list of what is `due`."""

from __future__ import annotations

from ketaprogram.program.folding import fold
from ketaprogram.program.listing import due

__all__ = ["due", "fold"]
