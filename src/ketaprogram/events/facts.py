"""The facts of a side effect that the triage rulebook looks at: from the event, its history, the readings, its text."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

from ketaprogram._time import elapsed
from ketaprogram.events.flagging import find_red_flags
from ketaprogram.events.grading import grade, worst_of
from ketaprogram.events.logging import earlier_versions
from ketaprogram.events.terms import term
from ketaprogram.events.timing import began, has_outlasted, is_within_window
from ketaprogram.facts.model import BooleanFact, CodesFact, Fact, FactSet, QuantityFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ketaprogram.events.model import AdverseEvent, Reading, RedFlag, SideEffectLog
    from ketaprogram.record import Route

__all__ = ["Circumstances", "event_facts", "flags_of"]


@frozen(kw_only=True)
class Circumstances:
    """
    What is known of the session beside the event.

    Args:
        route: Route of the dose.
        dosed_at: When it began.
        readings: What was measured; empty says nothing was, None that nobody knows.
    """

    route: Route | None
    dosed_at: datetime | None
    readings: tuple[Reading, ...] | None


def event_facts(
    event: AdverseEvent, history: SideEffectLog | None, known: Circumstances, flags: tuple[RedFlag, ...], now: datetime
) -> FactSet:
    """The facts of an event; what is not known is not among them."""
    return FactSet(
        facts=(
            *_of_the_event(event, known, now),
            *_of_the_history(event, history, known, now),
            *_of_the_readings(known.readings, now),
            _codes("event.text_flags", (each.flag for each in flags if not each.is_denied), now),
            _codes("event.text_denied", (each.flag for each in flags if each.is_denied), now),
        )
    )


def flags_of(event: AdverseEvent, history: SideEffectLog | None) -> tuple[RedFlag, ...]:
    """The red flags in the event's text and in that of the versions it corrects: a correction clears none."""
    return find_red_flags("\n".join(each.narrative for each in (event, *_earlier(event, history))))


def _earlier(event: AdverseEvent, history: SideEffectLog | None) -> tuple[AdverseEvent, ...]:
    return () if history is None else earlier_versions(event, history)


# --- the event --------------------------------------------------------------------------------------------------------


def _of_the_event(event: AdverseEvent, known: Circumstances, now: datetime) -> Iterator[Fact]:
    found = term(event.term)
    is_fatal = event.outcome == "fatal"
    answers = {
        "event.is_emergency_term": found.is_emergency,
        "event.is_suicidal": found.is_suicidal,
        "event.is_never_expected": found.is_never_expected,
        "event.follows_session": event.session is not None,
        "event.in_window": is_within_window(event, known.route, known.dosed_at, now).as_bool,
        "event.outlasted": has_outlasted(event, known.dosed_at, now).as_bool,
        "event.is_serious": True if is_fatal else None if event.serious is None else bool(event.serious),
        "event.red_flag": event.red_flag,
        "event.is_resolved": event.resolved,
    }
    yield from (
        BooleanFact(id=name, value=value, observed_at=now) for name, value in answers.items() if value is not None
    )
    yield _codes("event.groups", found.groups, now)
    begins = began(event, known.dosed_at)
    if begins.high is not None and begins.low in {None, begins.high}:
        yield _amount("event.onset_minutes", begins.high, "min", now, at_most=begins.low is None)


# --- the history ------------------------------------------------------------------------------------------------------


def _of_the_history(
    event: AdverseEvent, history: SideEffectLog | None, known: Circumstances, now: datetime
) -> Iterator[Fact]:
    here = _grade(event, history, known)
    if here.grade is not None:
        yield _amount("event.grade", here.grade, "{score}", now, at_least=not here.is_known)
    others = () if history is None else tuple(_others(event, history))
    before = [each for each in others if each.reported_at <= event.reported_at]
    first = min(each.began_at or each.reported_at for each in (event, *_alike(event, before)))
    days = max(elapsed(first, event.reported_at) // timedelta(days=1), 0)
    yield _amount("event.days_since_first", days, "d", now, at_least=history is None)
    if history is None:
        return
    beside = (each for each in others if event.session is not None and each.session == event.session)
    yield _codes("event.beside", (group for each in beside for group in term(each.term).groups), now)
    again = [each for each in before if each.term == event.term and _is_another_time(each, event)]
    yield _amount("event.times_before", len(again), "1", now)
    graded = [each.grade for each in again if each.grade is not None]
    if here.grade is not None and graded:
        yield _amount("event.grade_rise", here.grade - max(graded), "{score}", now, at_least=not here.is_known)


def _alike(event: AdverseEvent, others: Iterable[AdverseEvent]) -> Iterator[AdverseEvent]:
    groups = term(event.term).groups
    return (each for each in others if term(each.term).groups & groups)


def _is_another_time(other: AdverseEvent, event: AdverseEvent) -> bool:
    """Not the same session; what belongs to none is another time."""
    return event.session is None or other.session != event.session


class _Graded(NamedTuple):
    grade: int | None
    is_known: bool
    """Whether that is the grade; otherwise it is at least this."""


def _grade(event: AdverseEvent, history: SideEffectLog | None, known: Circumstances) -> _Graded:
    """The worse of what was said and what was measured; what an earlier version said is at least so."""
    if event.outcome == "fatal":
        return _Graded(5, is_known=True)
    measured = grade(event.term, worst_of(known.readings or ()))
    said = [each for each in (event.grade, measured.grade) if each is not None]
    if said:
        return _Graded(max(*said, measured.at_least or 0), is_known=True)
    earlier = [each.grade for each in _earlier(event, history) if each.grade is not None]
    at_least = [*earlier, *([] if measured.at_least is None else [measured.at_least])]
    return _Graded(max(at_least, default=None), is_known=False)


def _others(event: AdverseEvent, history: SideEffectLog) -> Iterator[AdverseEvent]:
    """The latest versions of the other events."""
    roots: dict[str, str] = {}
    for each in history.events:
        roots[each.id] = each.id if each.corrects is None else roots.get(each.corrects, each.corrects)
    own = roots.get(event.id) or (event.id if event.corrects is None else roots.get(event.corrects, event.corrects))
    return (each for each in history.current if roots[each.id] != own)


# --- readings ---------------------------------------------------------------------------------------------------------


def _of_the_readings(readings: tuple[Reading, ...] | None, now: datetime) -> Iterator[Fact]:
    if readings is None:
        return
    worst = worst_of(readings)
    pressures = [name for name in ("systolic_mmhg", "diastolic_mmhg") if name in worst]
    yield BooleanFact(id="event.oxygen_measured", value="spo2_percent" in worst, observed_at=now)
    yield BooleanFact(id="event.pressure_measured", value=bool(pressures), observed_at=now)
    if "spo2_percent" in worst:
        yield _amount("event.lowest_spo2", worst["spo2_percent"], "%", now)
    if "systolic_mmhg" in worst:
        yield _amount("event.highest_systolic", worst["systolic_mmhg"], "mm[Hg]", now)
    if "diastolic_mmhg" in worst:
        yield _amount("event.highest_diastolic", worst["diastolic_mmhg"], "mm[Hg]", now)


# --- facts ------------------------------------------------------------------------------------------------------------


def _codes(fact_id: str, values: Iterable[str], now: datetime) -> CodesFact:
    return CodesFact(id=fact_id, values=frozenset(values), is_complete=True, observed_at=now)


def _amount(
    fact_id: str, value: int, unit: str, now: datetime, *, at_least: bool = False, at_most: bool = False
) -> QuantityFact:
    return QuantityFact(
        id=fact_id,
        value=Decimal(value),
        unit=unit,
        comparator=">=" if at_least else "<=" if at_most else "=",
        observed_at=now,
    )
