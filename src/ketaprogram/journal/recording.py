"""Records documents, corrections and redactions in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.errors import InputError
from ketaprogram.journal.chain import entry_after, redaction_after

if TYPE_CHECKING:
    from datetime import datetime

    from ketaprogram.journal.model import Entry, Store

__all__ = ["record", "redact"]


def record(  # noqa: PLR0913  # an entry says that much
    store: Store,
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
    Record a document, or a correction of one, in a store.

    Args:
        store: Where the journal is kept.
        document: A published document, such as a session or an order.
        recorded_at: The instant of recording, not before the last entry's.
        actor: Who records it.
        role: The actor's role.
        meaning: What the actor's signature means.
        effective_at: When it took effect; the instant of recording if not given.
        corrects: The number of the entry whose document it takes the place of. An adverse event is corrected by a
            version of its own instead, which names the one before.
        salt: See `entry_after`.

    Returns:
        The entry. When this returns, it is kept.

    Raises:
        ConflictError: Somebody else has written, or a clock went backwards.
        DocumentError: The entry could not be read again; see `entry_after`.
        InputError: The document is too large, or the entry that it corrects is not there, of another kind of document,
            or not a first recording.
        StorageError: The store cannot be used; the journal is as it was.
        TypeError: The document is not a published one.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.model import FactSet
        >>> from ketaprogram.journal.memory import Memory
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> store = Memory()
        >>> record(store, FactSet(), recorded_at=now, actor="R. Okafor", role="nurse", meaning="reviewed").sequence
        1
    """
    if corrects is not None and corrects < 1:
        raise _no_such_entry()
    entry = entry_after(
        store.anchor(),
        document,
        recorded_at=recorded_at,
        actor=actor,
        role=role,
        meaning=meaning,
        effective_at=effective_at,
        corrects=corrects,
        salt=salt,
    )
    if corrects is not None:
        target = _entry(store, corrects)
        if target.kind != "record" or target.document != entry.document or entry.document == "adverse-event":
            message = "a correction names the first recording of a document of its kind; an event has versions instead"
            raise InputError(message)
    store.add(entry)
    return entry


def redact(store: Store, number: int, *, recorded_at: datetime, actor: str, role: str, meaning: str) -> Entry:
    """
    Take an entry's payload away for good, and record who did it and why. Its digest stays, so the chain still holds.

    Args:
        store: Where the journal is kept.
        number: The entry.
        recorded_at: The instant of recording, not before the last entry's.
        actor: Who does it.
        role: The actor's role.
        meaning: Why, such as erased on the person's request.

    Raises:
        ConflictError: Somebody else has written, or a clock went backwards.
        DocumentError: The entry could not be read again; see `entry_after`.
        InputError: There is no such entry, or it has no payload.
        StorageError: The store cannot be used; the journal is as it was.
    """
    last, target = store.anchor(), _entry(store, number)
    if last is None or target.payload is None:
        message = "the entry has no payload"
        raise InputError(message)
    entry = redaction_after(last, target, recorded_at=recorded_at, actor=actor, role=role, meaning=meaning)
    store.erase(entry)
    return entry


def _entry(store: Store, number: int) -> Entry:
    found = next(store.entries(number - 1), None) if number > 0 else None
    if found is None:
        raise _no_such_entry()
    return found


def _no_such_entry() -> InputError:
    return InputError("there is no such entry")
