"""The chain: entries are only added, and each holds the digest of the one before, so that any change is found."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import attrs

from ketaprogram.documents import MAX_BYTES, check, to_json, write
from ketaprogram.errors import ConflictError, DocumentError, InputError
from ketaprogram.journal.model import Anchor, Entry

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "anchor_of",
    "append",
    "check_follows",
    "digest_of",
    "entry_after",
    "payload_digest_of",
    "redaction_after",
    "without_payload",
]

_URN = "urn:ketaprogram:schema:"
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
    The journal with one more entry, as a plain value; `record` does it in a store.

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
        DocumentError: The entry could not be read again; see `entry_after`.
        InputError: The document is too large for an entry.
        TypeError: The document is not a published one.
    """
    entry = entry_after(
        anchor_of(entries[-1]) if entries else None,
        document,
        recorded_at=recorded_at,
        actor=actor,
        role=role,
        meaning=meaning,
        effective_at=effective_at,
    )
    return (*entries, entry)


def anchor_of(entry: Entry) -> Anchor:
    """How far a journal goes that ends with this entry."""
    return Anchor(count=entry.sequence, digest=entry.digest, recorded_at=entry.recorded_at)


def entry_after(  # noqa: PLR0913  # an entry says that much
    last: Anchor | None,
    document: object,
    *,
    recorded_at: datetime,
    actor: str,
    role: str,
    meaning: str,
    effective_at: datetime | None = None,
    corrects: int | None = None,
    salt: str | None = None,
) -> Entry:
    """
    The entry that follows an anchor and holds a document.

    Args:
        last: How far the journal goes; None if it is empty.
        document: A published document.
        recorded_at: The instant of recording, not before the last entry's.
        actor: Who records it.
        role: The actor's role.
        meaning: What the actor's signature means.
        effective_at: When it took effect; the instant of recording if not given.
        corrects: The entry that it corrects, if it does.
        salt: 32 to 64 hexadecimal digits that nobody can guess; without it, a redacted payload that has few possible
            values could be found again by trying them.

    Raises:
        ConflictError: The clock went backwards since the last entry.
        DocumentError: The entry could not be read again, such as one that nobody signed.
        InputError: The document is too large for an entry, or the entry that it corrects is not an earlier one.
        TypeError: The document is not a published one.
    """
    urn = getattr(document, "schema", None)
    if not isinstance(urn, str) or not urn.startswith(_URN):
        message = "only published documents are recorded"
        raise TypeError(message)
    payload = write(document).decode()
    return _sealed(
        last,
        Entry(
            sequence=1 if last is None else last.count + 1,
            kind="record" if corrects is None else "correction",
            document=urn.removeprefix(_URN).rpartition(":")[0],
            payload=payload,
            salt=salt,
            payload_digest=payload_digest_of(payload, salt),
            corrects=corrects,
            recorded_at=recorded_at,
            effective_at=effective_at or recorded_at,
            actor=actor,
            role=role,
            meaning=meaning,
            digest=_NO_DIGEST,
        ),
    )


def redaction_after(last: Anchor, entry: Entry, *, recorded_at: datetime, actor: str, role: str, meaning: str) -> Entry:
    """
    The entry that says that another one's payload was taken away, by whom and why.

    Raises:
        ConflictError: The clock went backwards since the last entry.
        DocumentError: The entry could not be read again; see `entry_after`.
        InputError: The entry is not an earlier one.
    """
    return _sealed(
        last,
        Entry(
            sequence=last.count + 1,
            kind="redaction",
            document=entry.document,
            corrects=entry.sequence,
            recorded_at=recorded_at,
            effective_at=recorded_at,
            actor=actor,
            role=role,
            meaning=meaning,
            digest=_NO_DIGEST,
        ),
    )


def check_follows(last: Anchor | None, entry: Entry) -> None:
    """
    Refuse an entry that does not follow: compare and append.

    Raises:
        ConflictError: Another entry was kept in the meantime, or the clock went backwards.
    """
    expected = (1, None) if last is None else (last.count + 1, last.digest)
    if (entry.sequence, entry.previous) != expected:
        message = "the entry does not follow the last one: somebody else has written"
        raise ConflictError(message)
    if last is not None and entry.recorded_at < last.recorded_at:
        message = "the entry would be recorded before the last one: a clock went backwards"
        raise ConflictError(message)


def without_payload(entry: Entry) -> Entry:
    """The entry as it stands once its payload is redacted."""
    return attrs.evolve(entry, payload=None, salt=None)


def payload_digest_of(payload: str, salt: str | None) -> str:
    """SHA-256 over salt and payload; without a salt it is the digest of the document itself."""
    return "sha256:" + sha256(((salt or "") + payload).encode()).hexdigest()


def digest_of(entry: Entry) -> str:
    """SHA-256 over the entry without its own digest, payload and salt; the digest of those stands in it."""
    bare = attrs.evolve(entry, payload=None, salt=None, digest=_NO_DIGEST)
    return "sha256:" + sha256(write(bare)).hexdigest()


def _sealed(last: Anchor | None, entry: Entry) -> Entry:
    entry = attrs.evolve(entry, previous=None if last is None else last.digest)
    if entry.corrects is not None and entry.corrects >= entry.sequence:
        message = "an entry corrects or redacts an earlier one"
        raise InputError(message)
    check_follows(last, entry)
    # The entry itself is a document that has to be read again; one that is kept can never be taken back.
    faults = check(Entry, to_json(entry))
    if faults:
        message = "the entry could not be read again"
        raise DocumentError(message, faults)
    if entry.payload is not None and len(entry.payload) > MAX_BYTES // 8 and len(write(entry)) > MAX_BYTES:
        message = "the document is too large for an entry"
        raise InputError(message)
    return attrs.evolve(entry, digest=digest_of(entry))
