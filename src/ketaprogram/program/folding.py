"""
A program is a fold of its journal: each entry changes what is known, none is ever taken back.

Folding in parts gives the same as folding from the start, so a snapshot can be kept and resumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ketaprogram.documents import read
from ketaprogram.events import record_event
from ketaprogram.events.model import AdverseEvent, Escalation
from ketaprogram.outcomes.model import Score
from ketaprogram.program.model import Program
from ketaprogram.protocol.model import Order
from ketaprogram.rules.model import Determination
from ketaprogram.schedule.model import Schedule
from ketaprogram.screening.model import Clearance
from ketaprogram.sessions.model import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ketaprogram.journal.model import Entry

__all__ = ["fold"]


def fold(entries: Iterable[Entry], start: Program | None = None) -> Program:
    """
    The program after some entries.

    Args:
        entries: Entries of a verified journal, in order.
        start: The program before them; an empty one if not given.

    Returns:
        The program. Documents that it does not keep are counted and passed over.

    Raises:
        DocumentError: An entry's payload is not the document that it says.

    Example:
        >>> fold(()).entries
        0
    """
    program = start or Program()
    for entry in entries:
        model, change = _CHANGES.get(entry.document, (None, None))
        if model is not None and change is not None and entry.payload is not None:
            program = change(program, read(model, entry.payload))
        program = attrs.evolve(program, entries=program.entries + 1)
    return program


def _determination(program: Program, found: Determination) -> Program:
    return attrs.evolve(program, determination=found) if found.gate == "candidacy" else program


def _session(program: Program, session: Session) -> Program:
    """The latest state of a session, in the place where it began."""
    if any(each.id == session.id for each in program.sessions):
        sessions = tuple(session if each.id == session.id else each for each in program.sessions)
    else:
        sessions = (*program.sessions, session)
    return attrs.evolve(program, sessions=sessions)


def _call(program: Program, call: Escalation) -> Program:
    """The latest state of a call, in the place where it was opened."""
    known = {(each.event, each.opened_at): each for each in program.calls}
    return attrs.evolve(program, calls=tuple((known | {(call.event, call.opened_at): call}).values()))


_CHANGES: Mapping[str, tuple[type, Callable[[Program, Any], Program]]] = {
    "determination": (Determination, _determination),
    "clearance": (Clearance, lambda program, found: attrs.evolve(program, clearance=found)),
    "order": (Order, lambda program, found: attrs.evolve(program, order=found)),
    "schedule": (Schedule, lambda program, found: attrs.evolve(program, schedule=found)),
    "session": (Session, _session),
    "adverse-event": (AdverseEvent, lambda program, found: attrs.evolve(program, log=record_event(program.log, found))),
    "escalation": (Escalation, _call),
    "score": (Score, lambda program, found: attrs.evolve(program, scores=(*program.scores, found))),
}
