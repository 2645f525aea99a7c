"""The facts that the gates of the day look at: readings, intervals, and what somebody answered just now."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ketaprogram._time import after, whole_minutes
from ketaprogram.facts.answering import answered
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import BooleanFact, CodeFact, Fact, FactSet, QuantityFact
from ketaprogram.rules import load_rulebook
from ketaprogram.sessions.attending import attended_minutes, latest_check
from ketaprogram.sessions.model import CadssFull
from ketaprogram.sessions.settings import minutes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from ketaprogram.protocol.model import Protocol
    from ketaprogram.rules.model import Rulebook
    from ketaprogram.sessions.model import Observation, Session

__all__ = ["reading_facts", "session_facts", "standing_since"]

_SIGNS: Mapping[str, tuple[str, Callable[..., int]]] = {
    "session.systolic": ("systolic_mmhg", max),
    "session.diastolic": ("diastolic_mmhg", max),
    "session.heart_rate": ("heart_rate_per_min", max),
    "session.heart_rate_low": ("heart_rate_per_min", min),
    "session.spo2": ("spo2_percent", min),
    "session.moaas": ("moaas", min),
}
"""The member that each fact is read from, and which of two readings is the worse."""

_RISES = {"session.systolic_rise": "systolic_mmhg", "session.diastolic_rise": "diastolic_mmhg"}


def session_facts(
    session: Session,
    now: datetime,
    *,
    answers: Mapping[str, bool | int | Decimal],
    last_dose_at: datetime | None = None,
    protocol: Protocol | None = None,
    rulebook: Rulebook | None = None,
) -> FactSet:
    """
    The facts of the day: route and readings from the session, and the answers that somebody gave just now.

    Before the dose a reading is answered by a repeat that is taken at least ``repeat-after-minutes`` later: of all
    readings within less than that before the last one, the worst counts, so a repeat that comes too early replaces
    nothing. After the dose the last reading counts.

    Args:
        session: The session.
        now: The instant of the question; answers count from it, readings from when they were taken.
        answers: By fact id yes or no, such as ``session.adult_present``, or an amount in the fact's own unit, such as
            ``session.hours_since_food``; an id that is not in it was not asked, and an answer of the wrong kind or an
            implausible amount answers nothing.
        last_dose_at: When the last dose of an earlier session began, if there was one.
        protocol: The session's template, which says whether dissociation is rated.
        rulebook: The rulebook of readiness that sets ``repeat-after-minutes``; ours if not given.

    Unknowns:
        Without a template it is not known whether dissociation is rated, unless it was. A presence that nobody recorded
        is unknown.

    Raises:
        UnknownFactError: An answer is to a fact that is not in the catalogue.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.sessions.model import Session
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> planned = Session(
        ...     id="1", visit="1", order="1", number=1, step=1, phase="induction", route="iv", setting="clinic",
        ...     time_zone="America/Denver",
        ... )
        >>> session_facts(planned, now, answers={"session.consent_confirmed": True}).get("session.is_first").value
        True
    """
    said = [answered(fact_id, value, now, catalog()) for fact_id, value in answers.items()]
    route = CodeFact(id="session.route", value=session.route, observed_at=now)
    first = BooleanFact(id="session.is_first", value=session.number == 1 and last_dose_at is None, observed_at=now)
    seen = [*_readings(session, now, rulebook), *_dissociation(session, now, protocol), *_adult(session, now)]
    unasked = [each for each in seen if each.id not in answers]
    return FactSet(facts=(*said, route, first, *unasked, *_intervals(session, now, last_dose_at)))


def reading_facts(observation: Observation) -> tuple[Fact, ...]:
    """The facts of one set of readings alone, as of when they were taken."""
    at = observation.taken_at
    facts = [
        _quantity(fact_id, getattr(observation, member), at)
        for fact_id, (member, _) in _SIGNS.items()
        if getattr(observation, member) is not None
    ]
    return (*facts, *_symptoms(observation))


def standing_since(session: Session, member: str, now: datetime, repeat_after: int) -> tuple[Observation, ...]:
    """
    The readings of a sign that count together, the last one last: before the dose all within the time of a repeat.

    Args:
        session: The session.
        member: Member of the observation, such as ``systolic_mmhg``.
        now: The instant of the question.
        repeat_after: Minutes after which a reading answers one before it.
    """
    found = sorted(_taken(session, member, now), key=lambda each: each.taken_at)
    if session.administration is not None:
        return tuple(each for each in found[-1:] if each.taken_at > session.administration.given_at)
    return tuple(each for each in found if each.taken_at > after(found[-1].taken_at, -repeat_after))


def _readings(session: Session, now: datetime, rulebook: Rulebook | None) -> Iterator[Fact]:
    repeat_after = minutes_of(rulebook or load_rulebook("readiness"), "repeat-after-minutes", "readiness")
    for fact_id, (member, worst) in _SIGNS.items():
        counting = standing_since(session, member, now, repeat_after)
        if counting:
            value = worst(getattr(each, member) for each in counting)
            # Of two equal readings the later one says how fresh it is.
            at = max(each.taken_at for each in counting if getattr(each, member) == value)
            yield _quantity(fact_id, value, at)
    for fact_id, member in _RISES.items():
        baseline, latest = _baseline(session, member), _since_dose(session, member, now)
        if baseline is not None and latest is not None:
            # A pressure below its value before the dose has not risen.
            yield _quantity(fact_id, max(0, getattr(latest, member) - getattr(baseline, member)), latest.taken_at)
    latest = _latest(session, "acute_symptoms", now)
    if latest is not None:
        yield from _symptoms(latest)


def _symptoms(observation: Observation) -> Iterator[Fact]:
    if observation.acute_symptoms is not None:
        yield BooleanFact(
            id="session.acute_symptoms", value=observation.acute_symptoms, observed_at=observation.taken_at
        )


def _dissociation(session: Session, now: datetime, protocol: Protocol | None) -> Iterator[Fact]:
    """The rise is known where both ratings are on the 23-item form, which the limit is for."""
    is_rated = any(each.dissociation is not None for each in session.observations)
    if is_rated or protocol is not None:
        is_expected = protocol is not None and any(each.what == "dissociation" for each in protocol.monitoring)
        yield BooleanFact(id="session.dissociation_expected", value=is_rated or is_expected, observed_at=now)
    baseline, latest = _baseline(session, "dissociation"), _since_dose(session, "dissociation", now)
    before, since = (None if each is None else each.dissociation for each in (baseline, latest))
    if latest is not None and isinstance(before, CadssFull) and isinstance(since, CadssFull):
        yield _quantity("session.dissociation_rise", max(0, since.total - before.total), latest.taken_at)


def _adult(session: Session, now: datetime) -> Iterator[Fact]:
    check = latest_check(session, now)
    if check is not None:
        is_there = check.is_present and check.is_sober
        yield BooleanFact(id="session.adult_present", value=is_there, observed_at=check.attested.at)
    minutes = attended_minutes(session, now)
    if minutes is not None:
        yield _quantity("session.adult_minutes", minutes, now)


def _intervals(session: Session, now: datetime, last_dose_at: datetime | None) -> Iterator[Fact]:
    if last_dose_at is not None:
        yield _quantity("session.hours_since_last_dose", whole_minutes(last_dose_at, now) // 60, now)
    if session.administration is not None:
        yield _quantity("session.minutes_since_dose", whole_minutes(session.administration.given_at, now), now)


def _quantity(fact_id: str, value: int, at: datetime) -> QuantityFact:
    return QuantityFact(id=fact_id, value=Decimal(value), unit=catalog()[fact_id].unit, observed_at=at)


def _taken(session: Session, member: str, now: datetime) -> list[Observation]:
    return [each for each in session.observations if getattr(each, member) is not None and each.taken_at <= now]


def _latest(session: Session, member: str, now: datetime) -> Observation | None:
    return max(_taken(session, member, now), key=lambda each: each.taken_at, default=None)


def _since_dose(session: Session, member: str, now: datetime) -> Observation | None:
    """The last reading after the dose; one from before it says nothing of how the person is now."""
    latest = _latest(session, member, now)
    is_after = (
        session.administration is not None and latest is not None and latest.taken_at > session.administration.given_at
    )
    return latest if is_after else None


def _baseline(session: Session, member: str) -> Observation | None:
    """The last reading before the dose."""
    if session.administration is None:
        return None
    return _latest(session, member, session.administration.given_at)
