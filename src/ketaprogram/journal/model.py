"""An entry of the journal: a document, who recorded it and when, chained to the entry before."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.record import Digest, Line, Pattern, Record

__all__ = ["Entry"]


@frozen(kw_only=True, repr=False)
class Entry(Record):
    """
    One entry. A correction is an entry of its own.

    Args:
        sequence: 1 for the first.
        document: Name of the document that is recorded, such as session.
        payload: The document as canonical JSON text.
        recorded_at: When it was recorded.
        effective_at: When it took effect.
        actor: Who recorded it.
        role: The actor's role.
        meaning: What the actor's signature means, such as reviewed or ordered.
        previous: Digest of the entry before; null for the first.
        digest: SHA-256 of everything else in this entry.
    """

    schema: Literal["urn:ketaprogram:schema:journal-entry:1"] = "urn:ketaprogram:schema:journal-entry:1"
    sequence: Annotated[int, Ge(1), Le(10_000_000)]
    document: Annotated[str, Pattern("[a-z][a-z-]*"), MaxLen(40)]
    payload: Annotated[str, MaxLen(8_000_000)]
    recorded_at: datetime
    effective_at: datetime
    actor: Line
    role: Line
    meaning: Line
    previous: Digest | None = None
    digest: Digest
