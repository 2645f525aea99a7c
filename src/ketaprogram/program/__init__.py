"""One person's program: a `fold` of its journal, what is `due` in it, and its `courses`."""

from __future__ import annotations

from ketaprogram.program.coursing import courses
from ketaprogram.program.folding import fold
from ketaprogram.program.listing import due

__all__ = ["courses", "due", "fold"]
