"""Verifies a journal: the first bad entry and why, and whether its end is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.errors import ConflictError, DocumentError, StorageError
from ketaprogram.issues import Issue, pointer
from ketaprogram.journal.chain import digest_of, payload_digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ketaprogram.journal.model import Anchor, Entry

__all__ = ["verify"]


def verify(entries: Iterable[Entry], *, anchors: Iterable[Anchor] = ()) -> tuple[Issue, ...]:
    """
    What is wrong with a journal, the first bad entry first; nothing if it is whole.

    Args:
        entries: The journal, or what a store gives; it is read once, and only as far as it can be.
        anchors: What was kept elsewhere. Without one, missing entries at the end are not found.

    Returns:
        One issue per fault; its pointer is the place of the entry, from 0. It never raises because of what it reads.

    Example:
        >>> verify(())
        ()
    """
    kept = {each.count: each.digest for each in anchors}
    chain = _Chain(kept)
    faults: list[tuple[int, str, str]] = []
    place = 0
    stream = iter(entries)
    while True:
        try:
            entry = next(stream, None)
        except DocumentError:
            faults.append((place, "journal.unreadable", "What stands here is not an entry; nothing after it is read."))
            break
        except StorageError:
            faults.append((place, "journal.storage", "The store cannot be read from here on."))
            break
        except ConflictError:
            faults.append((place, "journal.torn", "The entry is torn: it was being written when something stopped."))
            break
        if entry is None:
            break
        faults += chain.faults_of(place, entry)
        place += 1
    faults += chain.faults_at_end(place)
    return tuple(Issue(pointer(at), code, message) for at, code, message in sorted(faults, key=lambda each: each[0]))


class _Chain:
    """What has to be remembered of the entries before: the last one, and which payloads are missing or redacted."""

    def __init__(self, anchors: dict[int, str]) -> None:
        self.anchors = anchors
        self.previous: Entry | None = None
        self.missing: set[int | None] = set()
        self.redacted: set[int | None] = set()

    def faults_of(self, place: int, entry: Entry) -> Iterator[tuple[int, str, str]]:
        previous = self.previous
        if entry.sequence != place + 1:
            yield place, "journal.sequence", "The entry does not have the next number: one is missing or moved."
        if entry.previous != (previous.digest if previous else None):
            yield place, "journal.link", "The entry is not linked to the one before it."
        if entry.digest != digest_of(entry):
            yield place, "journal.digest", "The entry was changed after it was recorded."
        if previous is not None and entry.recorded_at < previous.recorded_at:
            yield place, "journal.clock", "The entry was recorded before the one before it."
        if self.anchors.get(place + 1, entry.digest) != entry.digest:
            yield place, "journal.anchor", "The entry is not the one that was anchored at this place."
        yield from self._payload(place, entry)
        self.previous = entry

    def _payload(self, place: int, entry: Entry) -> Iterator[tuple[int, str, str]]:
        target = entry.corrects
        if (target is not None) != (entry.kind != "record") or (target is not None and target > place):
            yield place, "journal.corrects", "The entry corrects or redacts no earlier one."
        if entry.kind == "redaction":
            if target not in self.missing and target not in self.redacted:
                yield place, "journal.not-redacted", "The payload that this entry redacts is still there."
            else:
                self.missing.discard(target)
                self.redacted.add(target)
        elif entry.payload is None:
            self.missing.add(place + 1)
        elif entry.payload_digest != payload_digest_of(entry.payload, entry.salt):
            yield place, "journal.payload", "The payload is not the one that was recorded."

    def faults_at_end(self, count: int) -> Iterator[tuple[int, str, str]]:
        for number in self.missing:
            yield (number or 1) - 1, "journal.payload-missing", "The payload is gone and no entry redacts it."
        if any(each > count for each in self.anchors):
            yield count, "journal.truncated", "Entries that were anchored are missing from here on."
