"""Adds entries to a journal as fast as it can, and says each on standard output once it is kept."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from ketaprogram.events.model import AdverseEvent
from ketaprogram.journal import Database, File, record

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def main(kind: str, path: str) -> None:
    store = {"File": File, "Database": Database}[kind](path)
    number = 0
    while True:
        number += 1
        event = AdverseEvent(id=f"e-{number}", term="nausea", reported_at=NOW, narrative="x" * (number * 997 % 8000))
        entry = record(store, event, recorded_at=NOW, actor="load", role="nurse", meaning="recorded")
        sys.stdout.write(f"{entry.digest}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
