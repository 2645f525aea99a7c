"""One person's program, folded from its journal, and what is due next in it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from attrs import frozen

from ketaprogram.events.model import Escalation, SideEffectLog
from ketaprogram.outcomes.model import Score
from ketaprogram.protocol.model import Order
from ketaprogram.record import Count, Id, Line, Record
from ketaprogram.rules.model import Determination
from ketaprogram.schedule.model import Schedule
from ketaprogram.screening.model import Clearance
from ketaprogram.sessions.model import Session

__all__ = ["DueItem", "Program"]


@frozen(kw_only=True, repr=False)
class Program(Record):
    """
    Where one person's program stands: the latest of each document, and everything that happened.

    Args:
        entries: How many entries of the journal are folded in.
        determination: The latest determination of candidacy.
        clearance: The latest clearance.
        order: The latest order.
        schedule: The latest schedule.
        sessions: The latest state of each session, in the order in which they began.
        log: The side effects.
        calls: The latest state of each call about a side effect, in the order in which they were opened.
        scores: The scores, in the order in which they were recorded.
    """

    schema: Literal["urn:ketaprogram:schema:program:1"] = "urn:ketaprogram:schema:program:1"
    entries: Count = 0
    determination: Determination | None = None
    clearance: Clearance | None = None
    order: Order | None = None
    schedule: Schedule | None = None
    sessions: tuple[Session, ...] = ()
    log: SideEffectLog = SideEffectLog()
    calls: tuple[Escalation, ...] = ()
    scores: tuple[Score, ...] = ()


@frozen(kw_only=True, repr=False)
class DueItem(Record):
    """
    Something that somebody has to do.

    Args:
        what: The kind of work.
        about: Id of the visit, event or order that it is about.
        why: Why it is due.
        role: Who does it.
        opens_at: From when it can be done.
        due_by: By when it has to be done.
        is_overdue: Whether that has passed.
    """

    what: Literal["session", "preparation", "consult", "integration", "side-effect", "order-expiring"]
    about: Id
    why: Line
    role: Line
    opens_at: datetime
    due_by: datetime
    is_overdue: bool
