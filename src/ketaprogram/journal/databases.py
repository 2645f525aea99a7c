"""A journal in an SQLite database: one row per entry, committed to the disk before `add` returns."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from ketaprogram.documents import read, write
from ketaprogram.errors import ConflictError, DocumentError, StorageError
from ketaprogram.journal.chain import anchor_of, check_follows, without_payload
from ketaprogram.journal.model import Anchor, Entry

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

__all__ = ["Database"]

# Rows are only added; the one change that is allowed takes a payload away and leaves the number.
_TABLE = """
CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, document BLOB NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS entry_stays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries stay'); END;
CREATE TRIGGER IF NOT EXISTS entry_number BEFORE UPDATE OF number ON entry BEGIN SELECT RAISE(ABORT, 'entries stay');
END;
"""


class Database:
    """
    A store in an SQLite file: write-ahead log, and every commit waits for the disk.

    Each call opens the file for itself, so a store may be used by several threads and processes. It keeps no promise
    on network file systems.

    Args:
        path: The file; it is made by the first `add`.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path

    def anchor(self) -> Anchor | None:
        """How far the journal goes."""
        with self._connected() as connection:
            return _anchor(connection)

    def add(self, entry: Entry) -> None:
        """Commit one more row."""
        with self._writing() as connection:
            check_follows(_anchor(connection), entry)
            connection.execute("INSERT INTO entry VALUES (?, ?)", (entry.sequence, write(entry)))

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """The entries in order; those that are skipped are not read."""
        with self._connected() as connection:
            rows = connection.execute("SELECT number, document FROM entry WHERE number > ? ORDER BY number", (after,))
            for number, document in rows:
                yield _entry(document, number)

    def erase(self, redaction: Entry) -> None:
        """
        Overwrite a payload and commit the redaction with it; the log that held it is emptied.

        Copies that were made of the file still hold the payload.
        """
        with self._writing() as connection:
            check_follows(_anchor(connection), redaction)
            (document,) = connection.execute(
                "SELECT document FROM entry WHERE number = ?", (redaction.corrects,)
            ).fetchone()
            bare = write(without_payload(_entry(document, redaction.corrects)))
            connection.execute("UPDATE entry SET document = ? WHERE number = ?", (bare, redaction.corrects))
            connection.execute("INSERT INTO entry VALUES (?, ?)", (redaction.sequence, write(redaction)))
        with self._connected() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            # A second writer is told at once; nobody waits for a lock.
            with closing(sqlite3.connect(self.path, timeout=0, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
                if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'entry_number'").fetchone():
                    connection.execute("PRAGMA journal_mode = WAL")
                    connection.executescript(_TABLE)
                yield connection
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                message = "somebody else is writing to the journal"
                raise ConflictError(message) from None
            raise _storage(error) from None
        except sqlite3.Error as error:
            raise _storage(error) from None


def _anchor(connection: sqlite3.Connection) -> Anchor | None:
    row = connection.execute("SELECT number, document FROM entry ORDER BY number DESC LIMIT 1").fetchone()
    return None if row is None else anchor_of(_entry(row[1], row[0]))


def _entry(document: bytes, number: int | None) -> Entry:
    try:
        return read(Entry, document)
    except DocumentError as error:
        message = f"row {number} is not an entry"
        raise DocumentError(message, error.issues) from None


def _storage(error: sqlite3.Error) -> StorageError:
    """The code of what SQLite says; its text may name tables and files."""
    return StorageError(f"the journal's database cannot be used: {getattr(error, 'sqlite_errorname', 'unknown')}")
