"""
The steps of a session. Each takes a session and returns the next one; a step that its state does not allow is refused.

No dose is recorded without a readiness determination that permits, and none above what the order contains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from ketaprogram.documents import digest
from ketaprogram.errors import LimitError, StateError
from ketaprogram.sessions.checklists import checklist
from ketaprogram.sessions.model import Session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ketaprogram.protocol.model import Dose, Order
    from ketaprogram.rules.model import Determination, Gate
    from ketaprogram.schedule.model import Visit
    from ketaprogram.sessions.model import Administration, Observation, PeerMonitor, State

__all__ = [
    "begin_session",
    "discharge",
    "escalate",
    "make_ready",
    "prepare",
    "record_administration",
    "record_observation",
    "stop",
]

_ALLOWED: Mapping[State, tuple[State, ...]] = {
    "planned": ("prepared", "stopped", "escalated"),
    "prepared": ("ready", "stopped", "escalated"),
    "ready": ("dosed", "stopped", "escalated"),
    "dosed": ("recovering", "stopped", "escalated"),
    "recovering": ("recovering", "discharged", "stopped", "escalated"),
    "stopped": ("escalated",),
    "discharged": (),
    "escalated": (),
}


def begin_session(order: Order, visit: Visit) -> Session:
    """
    A planned session for a visit of an order.

    Raises:
        StateError: The visit is not a session, or not one to come.
    """
    if visit.kind != "session" or visit.status != "planned":
        message = "a session begins with a planned visit of that kind"
        raise StateError(message)
    return Session(
        id=visit.id,
        visit=visit.id,
        order=order.id,
        number=visit.number,
        step=visit.step,
        route=order.route,
        setting=order.setting,
    )


def prepare(
    session: Session, *, done: frozenset[str], intention: str | None = None, monitor: PeerMonitor | None = None
) -> Session:
    """
    Record the preparation.

    Args:
        session: A planned session.
        done: Ids of the checklist's items that are done; all of them are needed.
        intention: The person's own words; kept, never interpreted.
        monitor: The adult who stays; needed at home.

    Raises:
        StateError: The session is not planned, an item is open or unknown, or the adult is missing, not of age or not
            sober. The message names the items.
    """
    wanted = {item.id for item in checklist(session.setting).items}
    if done - wanted:
        message = f"no checklist item is called {', '.join(sorted(done - wanted))}"
        raise StateError(message)
    if wanted - done:
        message = f"these checklist items are open: {', '.join(sorted(wanted - done))}"
        raise StateError(message)
    if session.setting == "home" and (monitor is None or not (monitor.is_adult and monitor.is_sober)):
        message = "a session at home needs a sober adult who stays"
        raise StateError(message)
    return _step(session, "prepared", checklist=done, intention=intention, monitor=monitor)


def make_ready(session: Session, determination: Determination) -> Session:
    """
    Let a prepared session go on.

    Raises:
        StateError: The session is not prepared, or the determination is not of readiness for its setting, or does not
            permit.
    """
    _check_gate(session, determination, "readiness")
    return _step(session, "ready", readiness_digest=digest(determination))


def record_administration(session: Session, given: Administration, *, order: Order, dose: Dose) -> Session:
    """
    Record the dose as it was given.

    Args:
        session: A session that is ready.
        given: The dose as it was given.
        order: The session's order.
        dose: The dose that the order contains for this session.

    Raises:
        StateError: The session is not ready, or order or dose are of another session.
        LimitError: More was given than the order contains. The session does not take it as a dose: escalate it, and
            record what happened as an event.
    """
    if (order.id, dose.session, dose.step) != (session.order, session.number, session.step):
        message = "the order or the dose is another session's"
        raise StateError(message)
    if given.mg > min(dose.mg, order.maximum_mg):
        message = "more was given than the order contains for this session: escalate the session and record an event"
        raise LimitError(message)
    return _step(session, "dosed", administration=given)


def record_observation(session: Session, observation: Observation) -> Session:
    """
    Record readings. Before the dose they leave the state as it is; after it the session is recovering.

    Raises:
        StateError: The session has ended.
    """
    if session.state in {"discharged", "stopped", "escalated"}:
        message = f"a session that is {session.state} takes no readings"
        raise StateError(message)
    observations = (*session.observations, observation)
    if session.state in {"dosed", "recovering"}:
        return _step(session, "recovering", observations=observations)
    return attrs.evolve(session, observations=observations)


def discharge(session: Session, determination: Determination, *, at: datetime) -> Session:
    """
    End a session whose discharge gate permits.

    Raises:
        StateError: Nothing was observed since the dose, or the determination is not of discharge for its setting, or
        does
            not permit.
    """
    _check_gate(session, determination, "discharge")
    return _step(session, "discharged", discharge_digest=digest(determination), ended_at=at)


def stop(session: Session, *, at: datetime, reason: str) -> Session:
    """End a session early. What was recorded stays."""
    return _step(session, "stopped", ended_at=at, end_reason=reason)


def escalate(session: Session, *, at: datetime, reason: str) -> Session:
    """Hand a session over to emergency care or a physician."""
    return _step(session, "escalated", ended_at=at, end_reason=reason)


def _check_gate(session: Session, determination: Determination, gate: Gate) -> None:
    if determination.gate != gate or determination.setting != session.setting:
        message = f"this needs a determination of {gate} for the setting {session.setting}"
        raise StateError(message)
    if not determination.status.permits:
        message = f"the {gate} gate says {determination.status.value}"
        raise StateError(message)


def _step(session: Session, state: State, **changes: object) -> Session:
    if state not in _ALLOWED[session.state]:
        allowed = ", ".join(_ALLOWED[session.state]) or "nothing"
        message = f"a session that is {session.state} cannot become {state}; it can become {allowed}"
        raise StateError(message)
    return attrs.evolve(session, state=state, **changes)  # type: ignore[arg-type]  # members of Session
