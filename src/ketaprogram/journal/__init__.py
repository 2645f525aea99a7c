"""
The journal: entries are only added, chained by their digests, and checked.

`record` and `redact` write to a store (`Memory`, `File`, `Database`); `append` does it on plain values. `verify` says
what is wrong with a journal, `anchor_of` what to keep elsewhere so that a missing end is found.
"""

from __future__ import annotations

from ketaprogram.journal.chain import anchor_of, append, entry_after
from ketaprogram.journal.databases import Database
from ketaprogram.journal.files import File
from ketaprogram.journal.memory import Memory
from ketaprogram.journal.recording import record, redact
from ketaprogram.journal.verifying import verify

__all__ = ["Database", "File", "Memory", "anchor_of", "append", "entry_after", "record", "redact", "verify"]
