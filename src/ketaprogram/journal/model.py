"""An entry of the journal: a document, who recorded it and when, chained to the entry before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal, Protocol

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.record import Digest, Line, Pattern, Record

__all__ = ["Anchor", "Entry", "EntryNumber", "Store"]

EntryNumber = Annotated[int, Ge(1), Le(10_000_000)]
"""The place of an entry in its journal; the first is 1."""


@frozen(kw_only=True, repr=False)
class Entry(Record):
    """
    One entry. It is never changed; only a redaction takes its payload away, and the digest of that stays.

    Args:
        sequence: 1 for the first.
        kind: ``record``; ``correction``, whose payload takes the place of another entry's; ``redaction``, which takes
            another entry's payload away and has none itself.
        document: Name of the document that is recorded, corrected or redacted, such as session.
        payload: The document as canonical JSON text; null once it is redacted.
        salt: What was mixed into the payload's digest, so that a short payload cannot be guessed from it; it goes with
            the payload.
        payload_digest: SHA-256 of salt and payload; null for a redaction.
        corrects: The entry that is corrected or redacted.
        recorded_at: When it was recorded.
        effective_at: When it took effect.
        actor: Who recorded it.
        role: The actor's role.
        meaning: What the actor's signature means, such as reviewed or ordered.
        previous: Digest of the entry before; null for the first.
        digest: SHA-256 of everything else in this entry but payload and salt, for which their digest stands.
    """

    schema: Literal["urn:ketaprogram:schema:journal-entry:1"] = "urn:ketaprogram:schema:journal-entry:1"
    sequence: EntryNumber
    kind: Literal["record", "correction", "redaction"] = "record"
    document: Annotated[str, Pattern("[a-z][a-z-]*"), MaxLen(40)]
    payload: Annotated[str, MaxLen(8_000_000)] | None = None
    salt: Annotated[str, Pattern("[0-9a-f]{32,64}")] | None = None
    payload_digest: Digest | None = None
    corrects: EntryNumber | None = None
    recorded_at: datetime
    effective_at: datetime
    actor: Line
    role: Line
    meaning: Line
    previous: Digest | None = None
    digest: Digest


@frozen(kw_only=True)
class Anchor:
    """
    How far a journal went: kept elsewhere, it shows later that no entry is missing at the end.

    Args:
        count: How many entries there were.
        digest: Digest of the last of them.
        recorded_at: When the last of them was recorded.
    """

    schema: Literal["urn:ketaprogram:schema:journal-anchor:1"] = "urn:ketaprogram:schema:journal-anchor:1"
    count: EntryNumber
    digest: Digest
    recorded_at: datetime


class Store(Protocol):
    """
    Where a journal is kept. It refuses an entry that does not follow its last one, so two writers never interleave.

    `Memory`, `File` and `Database` are stores; an application may bring its own.
    """

    def anchor(self) -> Anchor | None:
        """How far the journal goes now; None if it is empty."""

    def add(self, entry: Entry) -> None:
        """
        Keep one more entry; when this returns, it is kept.

        Raises:
            ConflictError: It does not follow the last entry, or somebody else is writing.
            StorageError: It could not be kept; the journal is as it was.
        """

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """
        The entries in order, without the first so many.

        Raises:
            ConflictError: The last entry is torn; nothing of it is read.
            DocumentError: What stands there is not an entry.
            StorageError: The store cannot be read.
        """

    def erase(self, redaction: Entry) -> None:
        """
        Keep a redaction and take the payload that it names away, both or neither.

        Raises:
            ConflictError: As for ``add``.
            StorageError: As for ``add``.
        """
