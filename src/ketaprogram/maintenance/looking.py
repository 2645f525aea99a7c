"""
Looking back: the facts ``course.*`` from the documents of a course themselves, and from what only somebody can answer.

A fact that cannot be derived is absent and says why; it never has a default. An amount of which a part is missing is
"this or more", so that a bound already passed still counts and one not yet passed stays unknown.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from ketaprogram._knowledge import table
from ketaprogram._time import add_days, wall
from ketaprogram.facts.answering import answered
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import AbsentFact, AbsentReason, BooleanFact, Fact, FactSet, QuantityFact
from ketaprogram.maintenance.tracing import given_sessions, is_higher, percent, since_present_dose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from ketaprogram.events.model import AdverseEvent, SideEffectLog
    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.maintenance.model import Measure
    from ketaprogram.maintenance.tracing import GivenSession
    from ketaprogram.protocol.model import Order, Protocol
    from ketaprogram.schedule.model import Schedule
    from ketaprogram.sessions.model import Session
    from ketaprogram.supply.model import Ledger

__all__ = ["course_facts"]


def course_facts(  # noqa: PLR0913  # a course is that many documents
    order: Order,
    protocol: Protocol,
    schedule: Schedule,
    sessions: Iterable[Session],
    log: SideEffectLog,
    measures: Sequence[Measure],
    *,
    now: datetime,
    answers: Mapping[str, bool | int | Decimal],
    others: Iterable[Fact] = (),
    log_is_complete: bool = False,
    judged_by: str | None = None,
    supply: Ledger | None = None,
    known: Catalog | None = None,
) -> FactSet:
    """
    The facts of a course, as they stand at an instant.

    Args:
        order: The order as it stands.
        protocol: Its template.
        schedule: Its schedule: sessions that were given and when, instants of earlier orders, consults.
        sessions: The sessions' own records, for the doses; of earlier orders too.
        log: The side effects.
        measures: The changes since the start of the program, each with its time, in any order.
        now: The instant of the question; what is later does not count.
        answers: By fact id what somebody answers just now, yes or no or an amount in the fact's own unit, such as
            ``course.urinary_symptoms``; an answer of the wrong kind, or an implausible amount, answers nothing.
        others: Facts with dates of their own, such as laboratory results.
        log_is_complete: Whether somebody just went through the side effects with the person, so that there is known to
            be no other.
        judged_by: The questionnaire by which response and remission are judged; every one that is given if None.
        supply: The ledger of a home supply, for units that are missing.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        The facts on the calendar of the schedule's time zone. Derived facts that are absent say why in their note.

    Unknowns:
        A session whose dose nobody recorded makes amounts "this or more". A side effect without a grade is at least
        mild; one that is not known to have gone is open. A side-effect log that nobody went through proves no absence.
        A fact that is both derived and answered, differently, is unknown.

    Raises:
        UnknownFactError: An answer is to a fact that is not in the catalogue.

    Source:
        mis.signals_default for the windows; the templates and instruments for the rest.
    """
    definitions = known or catalog()
    today = wall(now, schedule.time_zone)[0]
    given = given_sessions(order, protocol, schedule, sessions, now)
    recent = sorted((each for each in measures if each.at <= now), key=lambda each: each.at)
    judged = [each for each in recent if judged_by is None or each.change.instrument == judged_by]
    derived = [
        *_times(given, today),
        *_doses(given, protocol),
        *_events(given, [each for each in log.current if each.reported_at <= now], is_complete=log_is_complete),
        *_responses(judged, recent),
        _diminished(given, judged),
        *_consults(schedule, today),
        *_order(order, given, today),
        *_supply(supply),
    ]
    stated = [*(answered(fact_id, value, now, definitions) for fact_id, value in answers.items()), *others]
    said = {each.id for each in stated}
    kept = [_dated(each, now) for each in derived if not (isinstance(each, AbsentFact) and each.id in said)]
    return FactSet(facts=(*kept, *stated), time_zone=schedule.time_zone)


def _dated(fact: BooleanFact | QuantityFact | AbsentFact, now: datetime) -> Fact:
    if isinstance(fact, AbsentFact) or fact.observed_at is not None:
        return fact
    if isinstance(fact, BooleanFact):
        return BooleanFact(id=fact.id, value=fact.value, observed_at=now)
    return QuantityFact(id=fact.id, value=fact.value, unit=fact.unit, comparator=fact.comparator, observed_at=now)


Derived = BooleanFact | QuantityFact | AbsentFact


def _amount(name: str, value: Decimal | int, *, is_whole: bool = True, at: datetime | None = None) -> QuantityFact:
    fact_id = f"course.{name}"
    return QuantityFact(
        id=fact_id,
        value=Decimal(value),
        unit=catalog()[fact_id].unit,
        comparator="=" if is_whole else ">=",
        observed_at=at,
    )


def _flag(name: str, value: bool, at: datetime | None = None) -> BooleanFact:  # noqa: FBT001  # a value, not a flag
    return BooleanFact(id=f"course.{name}", value=value, observed_at=at)


def _absent(name: str, reason: AbsentReason, note: str) -> AbsentFact:
    return AbsentFact(id=f"course.{name}", reason=reason, note=note)


# --- when -------------------------------------------------------------------------------------------------------------


def _times(given: Sequence[GivenSession], today: date) -> Iterator[Derived]:
    window = table("maintenance")["looking"]["sessions_days"]
    yield _amount("sessions_given", len(given))
    yield _amount("sessions_in_90_days", sum((today - each.on).days < window for each in given))
    if not given:
        for name in ("days_since_start", "days_since_session"):
            yield _absent(name, AbsentReason.NOT_APPLICABLE, "No session was given.")
    else:
        yield _amount("days_since_start", (today - given[0].on).days)
        yield _amount("days_since_session", (today - given[-1].on).days)
    intervals = [(later.on - earlier.on).days for earlier, later in pairwise(given)]
    if not intervals:
        yield _absent("interval_days", AbsentReason.NOT_APPLICABLE, "Fewer than two sessions were given.")
    else:
        yield _amount("interval_days", intervals[-1])
    yield _amount("interval_shortened_percent", _shortened(intervals))
    yield _amount("interval_shortened_before_percent", _shortened(intervals[:-1]))


def _shortened(intervals: list[int]) -> Decimal:
    """By how many percent the last interval is shorter than the one before; 0 if it is not."""
    before, last = (0, 0, *intervals)[-2:]
    return percent(before - last, before) if last < before else Decimal(0)


# --- how much ---------------------------------------------------------------------------------------------------------


def _doses(given: Sequence[GivenSession], protocol: Protocol) -> Iterator[Derived]:
    amounts = [each.mg for each in given if each.mg is not None]
    yield _amount("cumulative_mg", sum(amounts, Decimal(0)), is_whole=len(amounts) == len(given))
    if not given:
        yield _absent("dose_rise_percent", AbsentReason.NOT_APPLICABLE, "No session was given.")
        return
    window = table("maintenance")["looking"]["dose_rise_days"]
    # A rise in an induction whose doses the template publishes is its own titration: only where that ends counts.
    titrated = [each for each in given if each.phase == "induction"] if protocol.doses else []
    counting = given[given.index(titrated[-1]) :] if titrated else given
    doses = [each.mg for each in counting if (given[-1].on - each.on).days <= window]
    rises = [
        percent(later - earlier, earlier)
        for earlier, later in combinations([mg for mg in doses if mg is not None], 2)
        if later > earlier
    ]
    yield _amount("dose_rise_percent", max(rises, default=Decimal(0)), is_whole=None not in doses)


# --- how it was tolerated ---------------------------------------------------------------------------------------------


def _events(given: Sequence[GivenSession], events: list[AdverseEvent], *, is_complete: bool) -> Iterator[Derived]:
    open_ = [each for each in events if each.resolved is not True]
    yield _worst("worst_open_grade", open_, is_complete=is_complete)
    if not given:
        yield _absent("worst_grade_at_dose", AbsentReason.NOT_APPLICABLE, "No session was given.")
        return
    # What is not known to belong to an earlier dose counts.
    at_dose = {id(each) for each in since_present_dose(given)}
    before = {each.session for each in given if id(each) not in at_dose}
    here = [each for each in events if each.session not in before]
    yield _worst("worst_grade_at_dose", here, is_complete=is_complete)


def _worst(name: str, events: list[AdverseEvent], *, is_complete: bool) -> QuantityFact:
    known = [each.grade for each in events if each.grade is not None]
    least = _MILD if len(known) < len(events) else 0
    return _amount(name, max([least, *known]), is_whole=is_complete and len(known) == len(events))


_MILD = 1  # a side effect is at least mild


# --- how it works -----------------------------------------------------------------------------------------------------


def _responses(judged: Sequence[Measure], measures: Sequence[Measure]) -> Iterator[Derived]:
    names = ("response_holds", "remission", "response_days")
    if not judged:
        yield from (_absent(name, AbsentReason.NOT_PERFORMED, "Nothing was measured.") for name in names)
    else:
        latest = _latest(judged)
        at = min(each.at for each in latest)
        yield _all_of("response_holds", [each.change.response for each in latest], at)
        yield _all_of("remission", [each.change.remission for each in latest], at)
        yield _held(judged)
    if not measures:
        yield _absent("is_worse", AbsentReason.NOT_PERFORMED, "Nothing was measured.")
        return
    words = [each.change.worse for each in _latest(measures)]
    at = min(each.at for each in _latest(measures))
    if "true" in words or "unknown" not in words:
        yield _flag("is_worse", "true" in words, at)
    else:
        yield _absent("is_worse", AbsentReason.UNKNOWN, "A total is missing.")


def _latest(measures: Sequence[Measure]) -> list[Measure]:
    """The latest of each questionnaire."""
    return list({each.change.instrument: each for each in measures}.values())


def _all_of(name: str, words: Sequence[str], at: datetime) -> Derived:
    if "false" in words or "unknown" not in words:
        return _flag(name, "false" not in words, at)
    return _absent(name, AbsentReason.UNKNOWN, "A total is missing.")


def _held(judged: Sequence[Measure]) -> Derived:
    """The days from the first score of the last run of responses to its last; a missing total ends what is known."""
    last = judged[-1]
    run = [last]
    for each in reversed(judged[:-1]):
        if each.change.response != "true":
            break
        run.append(each)
    if last.change.response == "unknown":
        return _absent("response_days", AbsentReason.UNKNOWN, "A total is missing.")
    days = (last.at.date() - run[-1].at.date()).days if last.change.response == "true" else 0
    return _amount("response_days", days, at=last.at)


def _diminished(given: Sequence[GivenSession], judged: Sequence[Measure]) -> Derived:
    """Whether a response at a lower dose is lost at the present, higher one."""
    name = "diminished_effect"
    if not given:
        return _absent(name, AbsentReason.NOT_APPLICABLE, "No session was given.")
    present = since_present_dose(given)
    earlier = given[: len(given) - len(present)]
    lower = [each for each in earlier if is_higher(given[-1], each)]
    if not lower:
        unknown = any(is_higher(given[-1], each) is None for each in given[:-1])
        note = "The dose of a session is not recorded."
        return _absent(name, AbsentReason.UNKNOWN, note) if unknown else _flag(name, value=False)
    after = _latest([each for each in judged if each.at >= present[0].at])
    if not after:
        return _absent(name, AbsentReason.NOT_PERFORMED, "Nothing was measured since the dose was raised.")
    at = min(each.at for each in after)
    lost = {each.change.instrument for each in after if each.change.response == "false"}
    if all(each.change.response == "true" for each in after):
        return _flag(name, value=False, at=at)
    before = [each for each in judged if lower[0].at <= each.at < present[0].at]
    if any(each.change.response == "true" and each.change.instrument in lost for each in before):
        return _flag(name, value=True, at=at)
    settled = before and all(each.change.response == "false" for each in before)
    note = "The response at the lower dose, or at the present one, is not known."
    return _flag(name, value=False, at=at) if settled else _absent(name, AbsentReason.UNKNOWN, note)


# --- consults, order, supply ------------------------------------------------------------------------------------------


def _consults(schedule: Schedule, today: date) -> Iterator[Derived]:
    consults = [each for each in schedule.visits if each.kind == "consult"]
    yield _flag("consult_overdue", any(each.status == "planned" and each.latest < today for each in consults))
    held = [each.on for each in consults if each.status == "given" and each.on <= today]
    if held:
        yield _amount("days_since_consult", (today - max(held)).days)
    else:
        yield _absent("days_since_consult", AbsentReason.NOT_PERFORMED, "The schedule holds no consult that was held.")


def _order(order: Order, given: Sequence[GivenSession], today: date) -> Iterator[Derived]:
    yield _amount("days_until_order_ends", (order.valid_until - today).days)
    used = max((each.number for each in given if each.number is not None), default=0)
    if used >= order.sessions or order.valid_until < today:
        yield _flag("next_session_ordered", value=False)
        return
    if not given:
        yield _flag("next_session_ordered", value=True)
        return
    days = order.interval_days or ((given[-1].on - given[-2].on).days if len(given) > 1 else None)
    if days is None:
        yield _absent("next_session_ordered", AbsentReason.UNKNOWN, "The interval is not known yet.")
    else:
        yield _flag("next_session_ordered", add_days(given[-1].on, days) <= order.valid_until)


def _supply(supply: Ledger | None) -> Iterator[Derived]:
    if supply is None:
        return
    if supply.discrepancy is None:
        yield _absent("missing_units", AbsentReason.NOT_PERFORMED, "Nobody counted the units.")
    else:
        yield _amount("missing_units", max(0, -supply.discrepancy))
