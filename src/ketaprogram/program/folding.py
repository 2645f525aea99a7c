"""
A program is a fold of its journal: each entry changes what is known, none is ever taken back.

Folding in parts gives the same as folding from the start, so a snapshot can be kept and resumed. What was redacted is
in no fold, and nothing older takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from ketaprogram.documents import read
from ketaprogram.errors import StateError
from ketaprogram.events import record_events
from ketaprogram.events.model import AdverseEvent, Escalation
from ketaprogram.outcomes.model import Score
from ketaprogram.program.model import Origin, Program, Prompted, WorkDone
from ketaprogram.prompts.model import PromptSet
from ketaprogram.protocol.model import Order
from ketaprogram.rules.model import Determination
from ketaprogram.schedule.model import Replan, Schedule
from ketaprogram.screening.model import Clearance
from ketaprogram.sessions.model import Session
from ketaprogram.supply.model import Supply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ketaprogram.journal.model import Entry

__all__ = ["Folding", "fold"]


def fold(entries: Iterable[Entry], start: Program | None = None) -> Program:
    """
    The program after some entries.

    Args:
        entries: Entries of a verified journal, in order.
        start: The program before them; an empty one if not given.

    Returns:
        The program. Documents that it does not keep are counted and passed over. A correction takes the place of what
        the entry that it names first recorded, if nothing newer has; an adverse event is corrected by its own version.

    Raises:
        DocumentError: An entry's payload is not the document that it says.
        StateError: A redaction names an entry that ``start`` holds already: that snapshot has to go, fold from the
            start. Or the entries do not go on where ``start`` ends, or an event's version corrects none that is there.

    Example:
        >>> fold(()).entries
        0
    """
    program = start or Program()
    state = Folding(program)
    for entry in entries:
        state.take(entry)
    return state.program()


@frozen
class _Kept:
    """How a kind of document is kept: under which member, by which key, and what of it."""

    model: type
    member: str
    key: Callable[[Any], str] | None = None
    part: Callable[[Any], Any] = lambda found: found
    is_state: bool = False
    """Whether a newer one says all: then a redacted one is never replaced by an older one."""


def _one(_found: object) -> str:
    return ""


_KEPT: Mapping[str, _Kept] = {
    "determination": _Kept(
        Determination, "determination", _one, lambda found: found if found.gate == "candidacy" else None, is_state=True
    ),
    "clearance": _Kept(Clearance, "clearance", _one, is_state=True),
    "order": _Kept(Order, "orders", lambda order: order.id, is_state=True),
    "schedule": _Kept(Schedule, "schedule", _one, is_state=True),
    "replan": _Kept(Replan, "schedule", _one, lambda found: found.schedule, is_state=True),
    "supply": _Kept(Supply, "supplies", lambda supply: supply.prescription.id, is_state=True),
    "session": _Kept(Session, "sessions", lambda session: session.id),
    "adverse-event": _Kept(AdverseEvent, "events"),
    "escalation": _Kept(Escalation, "calls", lambda call: f"{call.event} {call.opened_at.timestamp()}"),
    "score": _Kept(Score, "scores"),
    "prompt-set": _Kept(PromptSet, "prompted", part=lambda chosen: Prompted(session=chosen.session, day=chosen.day)),
    "work-done": _Kept(WorkDone, "work"),
}
_SINGLE = frozenset({"determination", "clearance", "schedule"})
# What is in force is what was recorded last, whatever was recorded first.
_LATEST_LAST = frozenset({"orders", "supplies"})
_DOCUMENT = {kept.member: name for name, kept in reversed(tuple(_KEPT.items()))}


class Folding:
    """A program while it is folded: what each member holds, by key, with the entry that it comes from."""

    def __init__(self, program: Program) -> None:
        self.entries = program.entries
        self.start = program.entries
        self.held: dict[str, dict[str, tuple[int, Any]]] = {member: {} for member in _DOCUMENT}
        self.keys: dict[int, tuple[str, str]] = {}
        self.log = program.log
        found = {member: iter(_members(program, member)) for member in _DOCUMENT}
        for origin in program.origins:
            kept = _KEPT[origin.document]
            value = None if origin.is_redacted else next(found[kept.member])
            self._hold(kept, origin.entry, value)

    def take(self, entry: Entry) -> None:
        """Fold in the next entry."""
        if entry.sequence != self.entries + 1:
            message = "the entries do not go on where the program ends"
            raise StateError(message)
        self.entries = entry.sequence
        kept = _KEPT.get(entry.document)
        if entry.kind == "redaction":
            if (entry.corrects or 0) <= self.start:
                message = "the program to start from holds what was redacted since: fold from the start"
                raise StateError(message)
        elif kept is None:
            return
        elif entry.kind == "correction":
            self._correct(kept, entry)
        elif entry.payload is None:
            if kept.is_state:
                self.held[kept.member].clear()
            self._hold(kept, entry.sequence, None)
        else:
            value = kept.part(read(kept.model, entry.payload))
            if value is not None:
                self._hold(kept, entry.sequence, value)

    def _hold(self, kept: _Kept, number: int, value: Any) -> None:  # noqa: ANN401  # any document
        held, key = self.held[kept.member], _key(kept, number, value)
        before = held.pop(key, None) if kept.member in _LATEST_LAST else held.get(key)
        if before is not None:
            self.keys.pop(before[0], None)
        held[key] = (number, value)
        self.keys[number] = (kept.member, key)

    def _correct(self, kept: _Kept, entry: Entry) -> None:
        """Put a correction in the place of what it corrects; nothing if something newer has that place."""
        number = entry.corrects or 0
        member, key = self.keys.get(number, ("", ""))
        if member != kept.member:
            return
        value = None if entry.payload is None else kept.part(read(kept.model, entry.payload))
        held, anew = self.held[member], _key(kept, number, value)
        del self.keys[number]
        if anew != key and held.get(anew, (0, None))[0] > number:
            del held[key]
            return
        placed = {}
        for other, found in held.items():
            if other == key:
                placed[anew] = (number, value)
            elif other == anew:
                self.keys.pop(found[0], None)
            else:
                placed[other] = found
        self.held[member] = placed
        self.keys[number] = (member, anew)

    def program(self) -> Program:
        """The program as it stands now."""
        values: dict[str, Any] = {
            member: tuple(value for _, value in held.values() if value is not None)
            for member, held in self.held.items()
        }
        events = values.pop("events")
        is_whole = all(value is not None for _, value in self.held["events"].values())
        single: dict[str, Any] = {member: (values.pop(member) or (None,))[-1] for member in _SINGLE}
        return Program(
            entries=self.entries,
            log=record_events(self.log, events[len(self.log.events) :], is_whole=is_whole),
            origins=tuple(
                Origin(document=_DOCUMENT[member], entry=number, is_redacted=value is None)
                for member, held in self.held.items()
                for number, value in held.values()
            ),
            **single,
            **values,
        )


def _key(kept: _Kept, number: int, value: Any) -> str:  # noqa: ANN401  # any document
    """The key of a document; what has none, or was redacted, stands under the number of its entry."""
    return f" {number}" if value is None or kept.key is None else kept.key(value)


def _members(program: Program, member: str) -> tuple[Any, ...]:
    if member == "events":
        return program.log.events
    found = getattr(program, member)
    if member in _SINGLE:
        return () if found is None else (found,)
    return tuple(found)
