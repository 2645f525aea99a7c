"""A journal in a file: one canonical JSON entry a line, on the disk before an append returns."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ketaprogram.documents import read, write
from ketaprogram.errors import ConflictError, DocumentError
from ketaprogram.journal.model import Entry

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["append_entry", "read_entries"]


def append_entry(path: Path, entry: Entry) -> None:
    """
    Add an entry to the end of a journal file and wait until it is on the disk.

    Raises:
        ConflictError: The file's last line is torn, or the entry does not follow its last entry.
    """
    entries = read_entries(path) if path.exists() else ()
    expected = entries[-1].digest if entries else None
    if entry.previous != expected or entry.sequence != len(entries) + 1:
        message = "the entry does not follow the file's last one: somebody else has written"
        raise ConflictError(message)
    with path.open("ab") as file:
        file.write(write(entry) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_entries(path: Path) -> tuple[Entry, ...]:
    """
    The entries of a journal file.

    Raises:
        ConflictError: The last line is torn: it was being written when something stopped. Nothing of it is read.
        DocumentError: A line is not an entry; the message names the line.
    """
    lines = path.read_bytes().split(b"\n")
    if lines.pop():
        message = f"line {len(lines) + 1} is torn: it was being written when something stopped"
        raise ConflictError(message)
    return tuple(_entry(line, number) for number, line in enumerate(lines, 1))


def _entry(line: bytes, number: int) -> Entry:
    try:
        return read(Entry, line)
    except DocumentError as error:
        message = f"line {number} is not an entry"
        raise DocumentError(message, error.issues) from None
