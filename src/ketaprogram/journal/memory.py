"""A journal in memory, for tests and for programs that keep it elsewhere themselves."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ketaprogram.journal.chain import anchor_of, check_follows, without_payload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ketaprogram.journal.model import Anchor, Entry

__all__ = ["Memory"]


class Memory:
    """
    A store that ends with the process.

    Example:
        >>> list(Memory().entries())
        []
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = list(entries)

    def anchor(self) -> Anchor | None:
        """How far the journal goes."""
        return anchor_of(self._entries[-1]) if self._entries else None

    def add(self, entry: Entry) -> None:
        """Keep one more entry."""
        check_follows(self.anchor(), entry)
        self._entries.append(entry)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """The entries in order."""
        return islice(tuple(self._entries), after, None)

    def erase(self, redaction: Entry) -> None:
        """Keep a redaction and take the payload that it names away."""
        self.add(redaction)
        place = (redaction.corrects or 0) - 1
        self._entries[place] = without_payload(self._entries[place])
