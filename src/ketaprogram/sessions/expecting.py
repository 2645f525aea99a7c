"""What the protocol expects on the day, when each reading is due, and what became of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import attrs

from ketaprogram._time import after, whole_minutes
from ketaprogram.facts.model import FactSet
from ketaprogram.protocol.model import ElapsedWindow
from ketaprogram.rules import determine
from ketaprogram.sessions.model import ExpectedObservation, NextReading
from ketaprogram.sessions.observing import reading_facts, standing_since
from ketaprogram.sessions.settings import minutes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from ketaprogram.protocol.model import Contact, Monitoring, Protocol
    from ketaprogram.rules.model import Rulebook
    from ketaprogram.sessions.model import Observation, Session

__all__ = ["expected_kinds", "expected_observations", "next_reading"]

_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "vital-signs": ("systolic_mmhg", "diastolic_mmhg", "heart_rate_per_min"),
    "oxygen": ("spo2_percent",),
    "sedation": ("moaas",),
    "dissociation": ("dissociation",),
}
"""What an observation has to hold to count as a reading of a kind: all of it."""


def expected_observations(session: Session, protocol: Protocol, now: datetime) -> tuple[ExpectedObservation, ...]:
    """
    Everything that the protocol expects around a dose, by the time at which it is due, with what became of it by now.

    A reading counts for the last expected time of its kind that it is not before, and only if it is whole: vital signs
    are both pressures and the heart rate. A time without one is due until the next time of its kind, then missing; the
    last of a kind is missing once the template's observation is over, and a late reading still counts for it. A
    check-in is due from the start of its window until after its end. Before the dose nothing is expected but the
    reading at minute 0, which `next_reading` asks for.

    Args:
        session: The session.
        protocol: Its template.
        now: The instant of the question.
    """
    if session.administration is None:
        return ()
    given_at = session.administration.given_at
    found = [
        *(each for due in protocol.monitoring for each in _readings(session, protocol, due, given_at, now)),
        *_check_ins(session, protocol, given_at, now),
    ]
    return tuple(sorted(found, key=lambda each: each.due_at))


def expected_kinds(session: Session, protocol: Protocol, instants: Sequence[datetime]) -> tuple[frozenset[str], ...]:
    """
    The kinds of reading that are still to be read at each instant: due by then after the dose, and not read before it.

    Args:
        session: The session.
        protocol: Its template.
        instants: Such as those of sets of readings, whose own readings do not count.
    """
    if session.administration is None:
        return tuple(frozenset() for _ in instants)
    given_at = session.administration.given_at
    minutes: dict[str, set[int]] = {}
    for each in protocol.monitoring:
        minutes.setdefault(each.what, set()).update(each.at_minutes)
    due = {what: [after(given_at, minute) for minute in sorted(found)] for what, found in minutes.items()}
    taken = {what: sorted(_taken(session, what)) for what in due}
    return tuple(frozenset(what for what in due if _is_open(due[what], taken[what], at)) for at in instants)


def _is_open(due: list[datetime], taken: list[datetime], at: datetime) -> bool:
    """Whether the last time that was due by an instant has no reading before the instant."""
    place = bisect_right(due, at)
    return place > 0 and bisect_left(taken, due[place - 1]) == bisect_left(taken, at)


def next_reading(session: Session, protocol: Protocol, rulebook: Rulebook, now: datetime) -> NextReading | None:
    """
    When to read again.

    Before the dose: at once if there are no whole vital signs that are still fresh; if a reading that counts makes a
    criterion of readiness true, the set minutes after the last one that does; else there is no need. After the dose:
    the next time that the protocol expects and that nobody has read yet.

    Args:
        session: The session.
        protocol: Its template.
        rulebook: The rulebook of readiness, which says which readings are high and after how long one is repeated.
        now: The instant of the question.
    """
    if session.administration is None:
        return _before(session, rulebook, now)
    waiting = [each for each in expected_observations(session, protocol, now) if each.status in {"due", "later"}]
    if session.ended_at is not None:
        waiting = [each for each in waiting if each.what == "check-in"]
    if not waiting:
        return None
    return NextReading(due_at=waiting[0].due_at, what=waiting[0].what, why="expected")


def _before(session: Session, rulebook: Rulebook, now: datetime) -> NextReading | None:
    if session.ended_at is not None:
        return None
    repeat_after = minutes_of(rulebook, "repeat-after-minutes", "readiness")
    fresh = minutes_of(rulebook, "shelf-life.session-reading", "readiness")
    counting = {
        each
        for member in (*_MEMBERS["vital-signs"], *_MEMBERS["oxygen"])
        for each in standing_since(session, member, now, repeat_after)
    }
    again = [each.taken_at for each in counting if _is_to_repeat(each, rulebook)]
    if again:
        return NextReading(due_at=after(max(again), repeat_after), what="vital-signs", why="repeat")
    for member in _MEMBERS["vital-signs"]:
        standing = standing_since(session, member, now, repeat_after)
        if not standing or after(standing[-1].taken_at, fresh) < now:
            return NextReading(due_at=now, what="vital-signs", why="first")
    return None


def _is_to_repeat(observation: Observation, rulebook: Rulebook) -> bool:
    """Whether these readings alone make a criterion true."""
    facts = FactSet(facts=reading_facts(observation))
    answer = determine(facts, rulebook, observation.taken_at)
    return any(each.truth == "true" and each.criterion_kind != "inclusion" for each in answer.findings)


def _readings(
    session: Session, protocol: Protocol, due: Monitoring, given_at: datetime, now: datetime
) -> Iterator[ExpectedObservation]:
    minutes = sorted(set(due.at_minutes))
    last = max(protocol.observation_minutes, minutes[-1]) + 1
    taken = [each for each in _taken(session, due.what) if each <= now]
    for minute, following in zip(minutes, (*minutes[1:], last), strict=True):
        begins, until = after(given_at, minute), after(given_at, following)
        # The reading at minute 0 is the one before the dose; for the last one of the day, late is better than never.
        is_last = minute == minutes[-1]
        found = [each for each in taken if (is_last or each < until) and (minute == 0 or each >= begins)]
        planned = ExpectedObservation(
            what=due.what, by=due.by, minute=minute, due_at=begins, until=until, status="later"
        )
        yield _became(planned, found, now)


def _taken(session: Session, what: str) -> list[datetime]:
    if what == "presence":
        checks = session.monitor.checks if session.monitor is not None else ()
        return [each.attested.at for each in checks]
    members = _MEMBERS[what]
    return [
        each.taken_at for each in session.observations if all(getattr(each, member) is not None for member in members)
    ]


def _check_ins(
    session: Session, protocol: Protocol, given_at: datetime, now: datetime
) -> Iterator[ExpectedObservation]:
    for contact in protocol.contacts:
        window = contact.window
        if contact.what != "check-in" or not isinstance(window, ElapsedWindow) or not _goes_with(contact, session):
            continue
        planned = ExpectedObservation(
            what="check-in",
            contact=contact.id,
            by=contact.by,
            minute=window.from_minutes,
            due_at=after(given_at, window.from_minutes),
            until=after(given_at, window.to_minutes + 1),
            status="later",
        )
        found = [each.at for each in session.check_ins if each.contact == contact.id and each.at <= now]
        yield _became(planned, found, now)


def _goes_with(contact: Contact, session: Session) -> bool:
    """Whether a contact goes with the session by its step; what goes with days or ends of phases, the schedule says."""
    beyond = session.step - max(contact.sessions, default=0)
    comes_again = contact.every_sessions is not None and beyond > 0 and beyond % contact.every_sessions == 0
    return contact.phase in {None, session.phase} and (session.step in contact.sessions or comes_again)


def _became(planned: ExpectedObservation, found: list[datetime], now: datetime) -> ExpectedObservation:
    if not found and now < planned.due_at:
        return planned
    late = max(0, whole_minutes(planned.due_at, min(found, default=now)))
    if found:
        return attrs.evolve(planned, status="done", late_by_minutes=late)
    return attrs.evolve(planned, status="due" if now < planned.until else "missing", late_by_minutes=late)
