"""One person's program, folded from its journal, and what is due next in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.events.model import Escalation, SideEffectLog
from ketaprogram.outcomes.model import Score
from ketaprogram.protocol.model import Order
from ketaprogram.record import Id, Line, Pattern, Record
from ketaprogram.rules.model import Determination
from ketaprogram.schedule.model import Schedule
from ketaprogram.screening.model import Clearance
from ketaprogram.sessions.model import Session
from ketaprogram.supply.model import Supply

__all__ = ["DueItem", "Origin", "Program", "Prompted", "Replayed", "Work", "WorkDone"]

EntryCount = Annotated[int, Ge(0), Le(10_000_000)]
DocumentName = Annotated[str, Pattern("[a-z][a-z-]*"), MaxLen(40)]

Work = Literal[
    "preparation",
    "consult",
    "integration",
    "check-in",
    "assessment",
    "laboratory",
    "prompts",
    "order-expiring",
    "shipment",
]
"""Work of which somebody says that it is done. A session ends by its own record, a side effect by its call."""


@frozen(kw_only=True, repr=False)
class WorkDone(Record):
    """
    Somebody did a piece of work of the work list, or called it off.

    Args:
        what: The kind of work.
        about: What the work list says that it is about: the id of a contact, an order or a fill.
        outcome: ``done``, or ``called-off``: nobody has to do it any more.
        at: When.
        by: Who says so.
        role: The role of who says so.
        note: More, such as why it was called off.
    """

    schema: Literal["urn:ketaprogram:schema:work-done:1"] = "urn:ketaprogram:schema:work-done:1"
    what: Work
    about: Id
    outcome: Literal["done", "called-off"] = "done"
    at: datetime
    by: Line
    role: Line
    note: Line | None = None


@frozen(kw_only=True, repr=False)
class Prompted(Record):
    """
    Prompts were chosen for a day of a session.

    Args:
        session: Id of the session.
        day: Days since the session; below 0 is before it.
    """

    session: Id
    day: Annotated[int, Ge(-365), Le(3650)]


@frozen(kw_only=True)
class Origin:
    """
    Which entry of the journal something in a program comes from.

    Args:
        document: The kind of document.
        entry: Number of the entry that first recorded it.
        is_redacted: It was redacted; only a correction of that entry can stand in its place.
    """

    document: DocumentName
    entry: EntryCount
    is_redacted: bool = False


@frozen(kw_only=True, repr=False)
class Program(Record):
    """
    Where one person's program stands: the latest of each document, and everything that happened.

    Args:
        entries: How many entries of the journal are folded in.
        determination: The latest determination of candidacy.
        clearance: The latest clearance.
        orders: Every order in its latest state; the one recorded last is in force.
        schedule: The latest schedule.
        sessions: The latest state of each session, in the order in which they began.
        log: The side effects.
        calls: The latest state of each call about a side effect, in the order in which they were opened.
        scores: The scores, in the order in which they were recorded.
        supplies: The latest record of each prescription; the one recorded last stands last.
        prompted: For which days prompts were chosen.
        work: What somebody said was done or called off.
        origins: Where each of these comes from; for each kind of document in the same order.
    """

    schema: Literal["urn:ketaprogram:schema:program:1"] = "urn:ketaprogram:schema:program:1"
    entries: EntryCount = 0
    determination: Determination | None = None
    clearance: Clearance | None = None
    orders: tuple[Order, ...] = ()
    schedule: Schedule | None = None
    sessions: tuple[Session, ...] = ()
    log: SideEffectLog = SideEffectLog()
    calls: tuple[Escalation, ...] = ()
    scores: tuple[Score, ...] = ()
    supplies: tuple[Supply, ...] = ()
    prompted: tuple[Prompted, ...] = ()
    work: tuple[WorkDone, ...] = ()
    origins: tuple[Origin, ...] = ()

    @property
    def order(self) -> Order | None:
        """The order in force: the one recorded last."""
        return self.orders[-1] if self.orders else None


@frozen(kw_only=True, repr=False)
class DueItem(Record):
    """
    Something that somebody has to do.

    Args:
        what: The kind of work.
        about: Id of the visit, contact, session, event, order or fill that it is about.
        why: Why it is due.
        role: Who does it.
        opens_at: From when it can be done.
        due_by: By when it has to be done.
        is_overdue: Whether that has passed.
        late_by_minutes: For how long; 0 if it has not.
    """

    what: Literal[
        Work,
        "session",
        "vital-signs",
        "oxygen",
        "sedation",
        "dissociation",
        "presence",
        "side-effect",
        "template-missing",
    ]
    about: Id
    why: Line
    role: Line
    opens_at: datetime
    due_by: datetime
    is_overdue: bool
    late_by_minutes: Annotated[int, Ge(0), Le(52_560_000)] = 0


@frozen(kw_only=True)
class Replayed:
    """
    What became of deriving again something that a journal holds.

    Args:
        entry: Number of the entry.
        what: What was derived: a determination, a triage, a schedule or a replan.
        pointer: Where it stands in the entry's document; "" is the whole document.
        outcome: ``same``, ``differs``, or ``not-derivable``: what it was derived from is not at hand.
        differing: JSON Pointers to the members that came out otherwise.
        why: Why it cannot be derived; "" if it can.
    """

    entry: EntryCount
    what: Literal["determination", "triage", "schedule", "replan"]
    pointer: str = ""
    outcome: Literal["same", "differs", "not-derivable"]
    differing: tuple[str, ...] = ()
    why: str = ""
