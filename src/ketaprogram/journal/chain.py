"""The chain: entries are only added, and each holds the digest of the one before, so that any change is found."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import attrs

from ketaprogram.documents import write
from ketaprogram.errors import ConflictError
from ketaprogram.issues import Issue, pointer
from ketaprogram.journal.model import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = ["append", "verify"]

_NO_DIGEST = "sha256:" + "0" * 64


def append(  # an entry says that much
    entries: tuple[Entry, ...],
    document: object,
    *,
    recorded_at: datetime,
    actor: str,
    role: str,
    meaning: str,
    effective_at: datetime | None = None,
) -> tuple[Entry, ...]:
    """
    The journal with one more entry.

    Args:
        entries: The journal so far.
        document: A published document, such as a session or an order.
        recorded_at: The instant of recording, not before the last entry's.
        actor: Who records it.
        role: The actor's role.
        meaning: What the actor's signature means.
        effective_at: When it took effect; the instant of recording if not given.

    Raises:
        ConflictError: The clock went backwards since the last entry.
        TypeError: The document is not a published one.
    """
    urn = getattr(document, "schema", None)
    if not isinstance(urn, str) or not urn.startswith(_URN):
        message = "only published documents are recorded"
        raise TypeError(message)
    if entries and recorded_at < entries[-1].recorded_at:
        message = "the entry would be recorded before the last one: a clock went backwards"
        raise ConflictError(message)
    entry = Entry(
        sequence=len(entries) + 1,
        document=urn.removeprefix(_URN).rpartition(":")[0],
        payload=write(document).decode(),
        recorded_at=recorded_at,
        effective_at=effective_at or recorded_at,
        actor=actor,
        role=role,
        meaning=meaning,
        previous=entries[-1].digest if entries else None,
        digest=_NO_DIGEST,
    )
    return (*entries, attrs.evolve(entry, digest=_digest(entry)))


def verify(entries: tuple[Entry, ...], *, anchor: str | None = None) -> tuple[Issue, ...]:
    """
    What is wrong with a journal, from the first bad entry on; nothing if it is whole.

    Args:
        entries: The journal.
        anchor: The digest of the last entry, kept elsewhere; without one, missing entries at the end are not found.
    """
    faults = list(_faults(entries))
    if anchor is not None and (not entries or entries[-1].digest != anchor):
        faults.append(_fault(len(entries), "journal.truncated", "The last entry is not the one that was anchored."))
    return tuple(faults)


def _faults(entries: tuple[Entry, ...]) -> Iterator[Issue]:
    previous: Entry | None = None
    for index, entry in enumerate(entries):
        if entry.sequence != index + 1:
            yield _fault(index, "journal.sequence", "The entry does not have the next number: one is missing or moved.")
        if entry.previous != (previous.digest if previous else None):
            yield _fault(index, "journal.link", "The entry is not linked to the one before it.")
        if entry.digest != _digest(entry):
            yield _fault(index, "journal.digest", "The entry was changed after it was recorded.")
        if previous is not None and entry.recorded_at < previous.recorded_at:
            yield _fault(index, "journal.clock", "The entry was recorded before the one before it.")
        previous = entry


def _fault(index: int, code: str, message: str) -> Issue:
    return Issue(pointer=pointer(index), code=code, message=message)


def _digest(entry: Entry) -> str:
    """SHA-256 over the entry without its own digest."""
    return "sha256:" + sha256(write(attrs.evolve(entry, digest=_NO_DIGEST))).hexdigest()


_URN = "urn:ketaprogram:schema:"
