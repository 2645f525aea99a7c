"""What was observed, against what the protocol expects, and the facts that the gates of the day look at."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ketaprogram._time import after, elapsed
from ketaprogram.facts.answering import answered
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import BooleanFact, CodeFact, Fact, FactSet, QuantityFact
from ketaprogram.sessions.model import ExpectedObservation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ketaprogram.protocol.model import Protocol
    from ketaprogram.sessions.model import Observation, Session

__all__ = ["expected_observations", "session_facts"]

_SIGNS = {
    "session.systolic": "systolic_mmhg",
    "session.diastolic": "diastolic_mmhg",
    "session.heart_rate": "heart_rate_per_min",
    "session.spo2": "spo2_percent",
    "session.moaas": "moaas",
}


def expected_observations(session: Session, protocol: Protocol, now: datetime) -> tuple[ExpectedObservation, ...]:
    """
    The vital signs that the protocol expects, with what became of each by now.

    Each reading counts for the last expected time that it is not before; a time without one is due until the next time,
    then missing. Before the dose there is nothing to expect but the reading at minute 0.

    Args:
        session: The session.
        protocol: Its template.
        now: The instant of the question.
    """
    minutes = sorted({each for due in protocol.monitoring if due.what == "vital-signs" for each in due.at_minutes})
    if session.administration is None or not minutes:
        return ()
    given_at = session.administration.given_at
    return tuple(
        _expected(session, given_at, minute, following, now)
        for minute, following in zip(minutes, (*minutes[1:], protocol.observation_minutes + 1), strict=True)
    )


def _expected(session: Session, given_at: datetime, minute: int, following: int, now: datetime) -> ExpectedObservation:
    due_at, until = after(given_at, minute), after(given_at, following)
    # The reading at minute 0 is the one before the dose.
    begins = min((each.taken_at for each in session.observations), default=due_at) if minute == 0 else due_at
    taken = [each.taken_at for each in session.observations if min(begins, due_at) <= each.taken_at < until]
    if taken:
        late = max(0, _minutes(due_at, min(taken)))
        return ExpectedObservation(minute=minute, due_at=due_at, status="done", late_by_minutes=late)
    if now < due_at:
        return ExpectedObservation(minute=minute, due_at=due_at, status="later")
    late = _minutes(due_at, now)
    return ExpectedObservation(
        minute=minute, due_at=due_at, status="due" if now < until else "missing", late_by_minutes=late
    )


def session_facts(
    session: Session,
    now: datetime,
    *,
    answers: Mapping[str, bool | int | Decimal],
    last_dose_at: datetime | None = None,
) -> FactSet:
    """
    The facts of the day: route and readings from the session, and the answers that somebody gave just now.

    Args:
        session: The session.
        now: The instant of the question; answers count from it, readings from when they were taken.
        answers: By fact id yes or no, such as ``session.adult_present``, or an amount in the fact's own unit, such as
            ``session.hours_since_food``; an id that is not in it was not asked, and an answer of the wrong kind or an
            implausible amount answers nothing.
        last_dose_at: When the last dose of an earlier session began, if there was one.

    Raises:
        UnknownFactError: An answer is to a fact that is not in the catalogue.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.sessions.model import Session
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> planned = Session(id="1", visit="1", order="1", number=1, step=1, route="iv", setting="clinic")
        >>> session_facts(planned, now, answers={"session.consent_confirmed": True}).get("session.is_first").value
        True
    """
    said = [answered(fact_id, value, now, catalog()) for fact_id, value in answers.items()]
    route = CodeFact(id="session.route", value=session.route, observed_at=now)
    first = BooleanFact(id="session.is_first", value=session.number == 1 and last_dose_at is None, observed_at=now)
    return FactSet(facts=(*said, route, first, *_readings(session, now), *_intervals(session, now, last_dose_at)))


def _readings(session: Session, now: datetime) -> Iterator[Fact]:
    for fact_id, member in _SIGNS.items():
        latest = _latest(session, member, now)
        if latest is not None:
            yield QuantityFact(
                id=fact_id,
                value=Decimal(getattr(latest, member)),
                unit=catalog()[fact_id].unit,
                observed_at=latest.taken_at,
            )
    baseline, latest = _baseline(session), _latest(session, "systolic_mmhg", now)
    if baseline is not None and latest is not None:
        # A pressure below its value before the dose has not risen.
        rise = max(0, (latest.systolic_mmhg or 0) - (baseline.systolic_mmhg or 0))
        unit = catalog()["session.systolic_rise"].unit
        yield QuantityFact(id="session.systolic_rise", value=Decimal(rise), unit=unit, observed_at=latest.taken_at)


def _intervals(session: Session, now: datetime, last_dose_at: datetime | None) -> Iterator[Fact]:
    if last_dose_at is not None:
        hours = Decimal(_minutes(last_dose_at, now) // 60)
        yield QuantityFact(id="session.hours_since_last_dose", value=hours, unit="h", observed_at=now)
    if session.administration is not None:
        minutes = Decimal(_minutes(session.administration.given_at, now))
        yield QuantityFact(id="session.minutes_since_dose", value=minutes, unit="min", observed_at=now)


def _latest(session: Session, member: str, now: datetime) -> Observation | None:
    found = [each for each in session.observations if getattr(each, member) is not None and each.taken_at <= now]
    return max(found, key=lambda each: each.taken_at, default=None)


def _baseline(session: Session) -> Observation | None:
    """The last systolic pressure before the dose."""
    if session.administration is None:
        return None
    return _latest(session, "systolic_mmhg", session.administration.given_at)


def _minutes(start: datetime, end: datetime) -> int:
    """Whole elapsed minutes, rounded down."""
    return int(elapsed(start, end).total_seconds() // 60)
