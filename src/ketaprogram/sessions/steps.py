"""
The steps of a session. Each takes a session and returns the next one; a step that its state does not allow is refused.

No dose is recorded without a readiness determination that permits and is fresh, none above what the order contains and
none twice; nobody is discharged before the least time, or with nothing observed since the dose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from ketaprogram._time import after, wall
from ketaprogram.documents import digest
from ketaprogram.errors import LimitError, StateError
from ketaprogram.sessions.checklists import checklist_faults
from ketaprogram.sessions.model import Declined, Session
from ketaprogram.sessions.settings import least_minutes, minutes_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ketaprogram.protocol.model import Dose, Order
    from ketaprogram.rules.model import Determination, Gate, Rulebook
    from ketaprogram.schedule.model import Visit
    from ketaprogram.sessions.model import Administration, CheckIn, Observation, PeerMonitor, State

__all__ = [
    "allowed_next",
    "begin_session",
    "discharge",
    "escalate",
    "make_ready",
    "prepare",
    "record_administration",
    "record_check_in",
    "record_observation",
    "stop",
]

_ALLOWED: Mapping[State, tuple[State, ...]] = {
    "planned": ("prepared", "stopped", "escalated"),
    "prepared": ("ready", "stopped", "escalated"),
    "ready": ("prepared", "ready", "dosed", "stopped", "escalated"),
    "dosed": ("recovering", "stopped", "escalated"),
    "recovering": ("recovering", "discharged", "stopped", "escalated"),
    "stopped": ("escalated",),
    "discharged": (),
    "escalated": (),
}


def allowed_next(session: Session) -> tuple[State, ...]:
    """
    The states that a session can come to from where it stands.

    Example:
        >>> planned = Session(
        ...     id="1", visit="1", order="1", number=1, step=1, phase="induction", route="iv", setting="clinic",
        ...     time_zone="America/Denver",
        ... )
        >>> allowed_next(planned)
        ('prepared', 'stopped', 'escalated')
    """
    return _ALLOWED[session.state]


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
        phase=visit.phase,
        route=order.route,
        setting=order.setting,
        time_zone=visit.time_zone,
    )


def prepare(
    session: Session,
    *,
    done: frozenset[str],
    declined: Mapping[str, str] | None = None,
    intention: str | None = None,
    monitor: PeerMonitor | None = None,
) -> Session:
    """
    Record the preparation.

    Args:
        session: A planned session.
        done: Ids of the checklist's items that are done.
        declined: The person's reason by id of each comfort that the person does without; what is for safety cannot be
            declined.
        intention: The person's own words; kept, never interpreted.
        monitor: The adult who stays; needed at home.

    Raises:
        StateError: The session is not planned, an item is open, unknown or declined without right, or the adult is
            missing, not of age or not sober. The message names all faulty items.
    """
    reasons = declined or {}
    faults = list(checklist_faults(session.setting, done, reasons))
    if session.setting == "home" and (monitor is None or not (monitor.is_adult and monitor.is_sober)):
        faults.append("a session at home needs a sober adult who stays")
    if faults:
        raise StateError("; ".join(faults))
    return _step(
        session,
        "prepared",
        checklist=done,
        declined=tuple(Declined(item=item, reason=reasons[item]) for item in sorted(reasons)),
        intention=intention,
        monitor=monitor,
    )


def make_ready(session: Session, determination: Determination, rulebook: Rulebook) -> Session:
    """
    Let a prepared session go on, for as long as the rulebook says that readiness holds.

    Args:
        session: A session that is prepared, or ready and asked again.
        determination: The answer of the rulebook on the facts of now.
        rulebook: The rulebook that answered; its parameter ``readiness-holds-minutes`` says how old the answer may be
            when the dose begins, or that of ``readiness`` where it has none.

    Raises:
        StateError: The session is not prepared, or the determination is not of readiness for its setting, by another
            rulebook, older than the last reading, or does not permit.
    """
    _check_gate(session, determination, "readiness", rulebook)
    return _step(
        session,
        "ready",
        readiness_digest=digest(determination),
        ready_at=determination.as_of,
        ready_until=after(determination.as_of, minutes_of(rulebook, "readiness-holds-minutes", "readiness")),
    )


def record_administration(session: Session, given: Administration, *, order: Order, dose: Dose) -> Session:
    """
    Record the dose as it was given.

    Args:
        session: A session that is ready.
        given: The dose as it was given.
        order: The session's order.
        dose: The dose that the order contains for this session.

    Raises:
        StateError: The session is not ready, order or dose are of another session, or the dose began before readiness
            was determined or so long after it that it has to be determined again.
        LimitError: More was given than the order contains, or on a day on which the order is not valid. The session
            does not take it as a dose: escalate it, and record what happened as an event.
    """
    if (order.id, dose.session, dose.step) != (session.order, session.number, session.step):
        message = "the order or the dose is another session's"
        raise StateError(message)
    if given.mg > min(dose.mg, order.maximum_mg):
        message = "more was given than the order contains for this session: escalate the session and record an event"
        raise LimitError(message)
    if not order.valid_from <= wall(given.given_at, session.time_zone)[0] <= order.valid_until:
        message = "the order is not valid on that day: escalate the session and record an event"
        raise LimitError(message)
    dosed = _step(session, "dosed", administration=given)
    # A session is ready from one instant until another; both are there.
    if session.ready_at is None or session.ready_until is None or given.given_at < session.ready_at:
        message = "the dose began before readiness was determined"
        raise StateError(message)
    if given.given_at > session.ready_until:
        message = "readiness was determined too long before the dose: determine it again"
        raise StateError(message)
    return dosed


def record_observation(session: Session, observation: Observation) -> Session:
    """
    Record readings.

    Before the dose they leave a session as it is, but for one that is ready: readiness has to be determined again with
    them. After the dose, readings of a later instant make the session recovering.

    Raises:
        StateError: The session has ended.
    """
    if session.state in {"discharged", "stopped", "escalated"}:
        message = f"a session that is {session.state} takes no readings"
        raise StateError(message)
    observations = (*session.observations, observation)
    if session.state == "ready":
        return _step(
            session, "prepared", observations=observations, readiness_digest=None, ready_at=None, ready_until=None
        )
    if session.administration is not None and observation.taken_at > session.administration.given_at:
        return _step(session, "recovering", observations=observations)
    return attrs.evolve(session, observations=observations)


def record_check_in(session: Session, check_in: CheckIn) -> Session:
    """
    Record a contact after the dose; it is taken after the session has ended too.

    Raises:
        StateError: No dose was given yet, or the contact is of before it.
    """
    if session.administration is None or check_in.at < session.administration.given_at:
        message = "a check-in comes after the dose"
        raise StateError(message)
    return attrs.evolve(session, check_ins=(*session.check_ins, check_in))


def discharge(
    session: Session, determination: Determination, rulebook: Rulebook, *, at: datetime, by: str, role: str
) -> Session:
    """
    End a session whose discharge gate permits.

    Args:
        session: A session that is recovering.
        determination: The answer of the rulebook on the facts of now.
        rulebook: The rulebook that answered; its least time after the dose holds here too, whatever was answered.
        at: When care ends; not before the determination, and no longer after it than ``discharge-holds-minutes``.
        by: Who signs.
        role: The role of who signs.

    Raises:
        StateError: Nothing was observed between the dose and now, the least time has not passed, the determination is
            not of discharge for its setting, by another rulebook, older than the last reading or too old by ``at``, or
            does not permit.
    """
    _check_gate(session, determination, "discharge", rulebook)
    ended = _step(
        session,
        "discharged",
        discharge_digest=digest(determination),
        ended_at=at,
        ended_by=by,
        ended_role=role,
    )
    given = session.administration
    # A session that is recovering has its dose and a reading after it; the reading may still be of a later instant.
    if given is None or not any(given.given_at < each.taken_at <= at for each in session.observations):
        message = "nothing was observed between the dose and the discharge"
        raise StateError(message)
    if at < after(given.given_at, least_minutes(rulebook, session.route)):
        message = "the least time after the dose has not passed"
        raise StateError(message)
    if at < determination.as_of:
        message = "the determination is of a later instant"
        raise StateError(message)
    if at > after(determination.as_of, minutes_of(rulebook, "discharge-holds-minutes", "discharge")):
        message = "the discharge was determined too long ago: determine it again"
        raise StateError(message)
    return ended


def stop(session: Session, *, at: datetime, reason: str) -> Session:
    """End a session early. What was recorded stays."""
    return _step(session, "stopped", ended_at=at, end_reason=reason)


def escalate(session: Session, *, at: datetime, reason: str) -> Session:
    """Hand a session over to emergency care or a physician."""
    return _step(session, "escalated", ended_at=at, end_reason=reason)


def _check_gate(session: Session, determination: Determination, gate: Gate, rulebook: Rulebook) -> None:
    if determination.gate != gate or determination.setting != session.setting:
        message = f"this needs a determination of {gate} for the setting {session.setting}"
        raise StateError(message)
    if determination.rulebook_digest != rulebook.digest:
        message = "the determination was made by another rulebook, or another version of it"
        raise StateError(message)
    if any(each.taken_at > determination.as_of for each in session.observations):
        message = f"a reading is newer than the determination of {gate}: determine it again"
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
