"""One person's program: a `fold` of its journal, what is `due` in it, its `courses`, and `replay_journal`."""

from __future__ import annotations

from ketaprogram.program.coursing import courses
from ketaprogram.program.folding import fold
from ketaprogram.program.listing import due
from ketaprogram.program.replaying import replay_journal

__all__ = ["courses", "due", "fold", "replay_journal"]
