"""The journal: entries are only added (`append`), chained by their digests, and checked (`verify`)."""

from __future__ import annotations

from ketaprogram.journal.chain import append, verify
from ketaprogram.journal.filing import append_entry, read_entries

__all__ = ["append", "append_entry", "read_entries", "verify"]
