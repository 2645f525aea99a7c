"""The facts of the readiness gate: from documents where they say it, from people where only people can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram._time import wall
from ketaprogram.facts.model import BooleanFact, FactSet
from ketaprogram.sessions.checklists import checklist_faults
from ketaprogram.sessions.observing import session_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from decimal import Decimal

    from ketaprogram.protocol.model import Order
    from ketaprogram.rules.model import Rulebook
    from ketaprogram.schedule.model import Schedule, Visit
    from ketaprogram.sessions.model import Session

__all__ = ["last_dose_at", "readiness_facts"]


def readiness_facts(
    session: Session,
    now: datetime,
    *,
    order: Order,
    schedule: Schedule,
    answers: Mapping[str, bool | int | Decimal],
    consults_done: frozenset[str] | None = None,
    open_serious_events: int | None = None,
    rulebook: Rulebook | None = None,
) -> FactSet:
    """
    The facts of the readiness gate.

    The order says whether it is valid for this session today, the schedule when the last dose was and which consults
    come before, the session whether its checklist is complete, and its monitor's last check whether the adult is there.
    An answer to a fact that a document states is left aside: only a document changes it.

    Args:
        session: The session.
        now: The instant of the question.
        order: The signed order.
        schedule: Its schedule, with what became of earlier sessions.
        answers: What people answered just now; see `session_facts`.
        consults_done: Ids of the visits that took place, such as consults; null is not known.
        open_serious_events: How many serious side effects are open without a clinician's decision; null is not known.
        rulebook: The rulebook of readiness, for the time after which a reading is repeated.

    Unknowns:
        While an earlier session is neither given nor missed, nobody knows when the last dose was. Without
        ``consults_done`` a consult that comes before is neither done nor overdue.
    """
    stated = tuple(_stated(session, now, order, schedule, consults_done, open_serious_events))
    is_told, last = last_dose_at(session, schedule, now)
    left = {fact_id: value for fact_id, value in answers.items() if fact_id not in {*_INTERVALS, *_ids(stated)}}
    facts = session_facts(session, now, answers=left, last_dose_at=last, rulebook=rulebook)
    return (facts if is_told else facts.without(*_INTERVALS)).with_(*stated)


_INTERVALS = ("session.is_first", "session.hours_since_last_dose")


def last_dose_at(session: Session, schedule: Schedule, now: datetime) -> tuple[bool, datetime | None]:
    """
    Whether the schedule tells when the last dose before this session began, and when that was; None is never.

    Args:
        session: The session.
        schedule: The schedule of its order.
        now: The instant of the question; doses after it do not count.
    """
    others = [each for each in schedule.visits if each.kind == "session" and each.id != session.visit]
    doses = [*schedule.earlier, *(each.given_at for each in others if each.given_at is not None)]
    today = wall(now, schedule.time_zone)
    # One whose time has come and whose fate nobody recorded, or that was given at a time that nobody recorded.
    open_ones = [
        each
        for each in others
        if (each.status == "planned" and (each.on, each.at) <= today) or (each.status == "given" and not each.given_at)
    ]
    return not open_ones, max((each for each in doses if each <= now), default=None)


def _stated(
    session: Session,
    now: datetime,
    order: Order,
    schedule: Schedule,
    consults_done: frozenset[str] | None,
    open_serious_events: int | None,
) -> Iterator[BooleanFact]:
    declined = {each.item: each.reason for each in session.declined}
    answers = {
        "session.order_is_valid": _is_valid(order, session, now),
        "session.checklist_complete": not checklist_faults(session.setting, session.checklist, declined),
        "session.overdue_review": _is_overdue(session, schedule, consults_done),
        "session.open_serious_event": None if open_serious_events is None else open_serious_events > 0,
    }
    for fact_id, value in answers.items():
        if value is not None:
            yield BooleanFact(id=fact_id, value=value, observed_at=now)


def _ids(facts: tuple[BooleanFact, ...]) -> set[str]:
    return {each.id for each in facts}


def _is_valid(order: Order, session: Session, now: datetime) -> bool:
    """Whether the order is this session's, signed by now, valid today, and authorises so many sessions."""
    return (
        (order.id, order.route, order.setting) == (session.order, session.route, session.setting)
        and order.signed_at <= now
        and order.valid_from <= wall(now, session.time_zone)[0] <= order.valid_until
        and session.number <= order.sessions
    )


def _is_overdue(session: Session, schedule: Schedule, done: frozenset[str] | None) -> bool | None:
    """Whether a consult that the session waits for did not take place."""
    waits_for = {
        each.id
        for each in schedule.visits
        if each.holds and each.status != "given" and _comes_before(each, session, schedule)
    }
    if not waits_for:
        return False
    return None if done is None else not waits_for <= done


def _comes_before(contact: Visit, session: Session, schedule: Schedule) -> bool:
    """Whether a contact goes with an earlier session, or is planned before this one."""
    own = next((each for each in schedule.visits if each.id == session.visit), None)
    is_earlier = own is not None and (contact.on, contact.at) <= (own.on, own.at)
    return contact.number < session.number or is_earlier
