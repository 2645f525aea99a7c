"""Courses that were given, made up for tests: an order, its schedule and its sessions' records, day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from attrs import frozen

from ketaprogram import catalog, course_facts, load_protocol
from ketaprogram.events.model import SideEffectLog
from ketaprogram.facts.model import BooleanFact, FactSet, QuantityFact
from ketaprogram.maintenance.model import Measure
from ketaprogram.outcomes.model import Change
from ketaprogram.protocol.model import FixedDose, Order, Protocol, Units, WeightBasedDose
from ketaprogram.schedule.model import Schedule, Visit
from ketaprogram.sessions.model import Administration, Session

ZONE = "America/Denver"
START = date(2026, 8, 3)
NINE = time(9)
SIGNED = datetime(2026, 8, 1, 15, tzinfo=UTC)

# The label's days, then two sessions two weeks apart.
LABEL = (0, 3, 7, 10, 14, 17, 21, 24, 28, 35, 42, 49, 63, 77)

CALM = {
    "urinary_symptoms": False,
    "urinalysis_abnormal": False,
    "cognitive_complaint": False,
    "use_outside_sessions": False,
    "undisclosed_drug": False,
    "requests_ahead": False,
    "craving": False,
    "suicidal_intent": False,
    "pdmp_checked": True,
    "alt_times_uln": Decimal("0.8"),
    "early_refill_days": 0,
    "missing_units": 0,
    "consult_overdue": False,
    "days_since_consult": 20,
    "days_until_order_ends": 60,
    "next_session_ordered": True,
    "response_holds": True,
    "remission": True,
    "response_days": 40,
    "is_worse": False,
    "interval_days": 7,
    "interval_shortened_percent": 0,
    "interval_shortened_before_percent": 0,
    "days_since_start": 80,
    "days_since_session": 5,
    "sessions_given": 12,
    "sessions_in_90_days": 12,
    "cumulative_mg": 900,
    "dose_rise_percent": 0,
    "diminished_effect": False,
    "worst_grade_at_dose": 0,
    "worst_open_grade": 0,
}
"""A course against which nothing speaks, as facts."""


@frozen
class Course:
    order: Order
    protocol: Protocol
    schedule: Schedule
    sessions: tuple[Session, ...]


def published(template):
    """The highest dose that a template publishes at each step; 100 mg where it publishes none."""
    return tuple(
        FixedDose(from_session=each.from_session, mg=max(each.mg))
        if each.mg
        else WeightBasedDose(from_session=each.from_session, mg_per_kg=max(each.mg_per_kg))
        for each in template.doses
    ) or (FixedDose(mg=Decimal(100)),)


def order(protocol="esketamine-label", **changes):
    template = load_protocol(protocol)
    members = {
        "id": "order-1",
        "person": "person-1",
        "protocol": template.id,
        "protocol_version": template.version,
        "clearance_digest": "sha256:" + "0" * 64,
        "agent": template.agent,
        "route": template.route,
        "setting": template.setting,
        "doses": published(template),
        "maximum_mg": template.ceiling_mg or Decimal(200),
        "product": Units(unit="unit", mg_per_unit=template.increment_mg or Decimal(1)),
        "sessions": 20,
        "valid_from": START,
        "valid_until": date(2026, 12, 31),
        "titration": "by-order-steps",
        "prescriber": "A. Clinician",
        "role": "physician",
        "signed_at": SIGNED,
    }
    return Order(**members | changes)


def noon(day):
    """The instant of a session or score on a day of the course: 09:00 in summer."""
    return datetime.combine(START + timedelta(days=day), time(15), UTC)


def visit(number, day, *, phase=None, **changes):
    on = START + timedelta(days=day)
    members = {
        "id": f"order-1/{number}",
        "kind": "session",
        "phase": phase or ("induction" if number <= 8 else "maintenance"),
        "number": number,
        "step": number,
        "on": on,
        "at": NINE,
        "time_zone": ZONE,
        "earliest": on,
        "latest": on,
        "status": "given",
        "given_at": noon(day),
        "why": "made up",
    }
    return Visit(**members | changes)


def course(protocol="esketamine-label", days=LABEL, amounts=None, *, visits=None, earlier=(), **changes):
    """A course with a session on each day; ``amounts`` in milligrams, None where nobody recorded one."""
    signed = order(protocol, **changes)
    given = [visit(place + 1, day) for place, day in enumerate(days)] if visits is None else visits
    amounts = [Decimal(56), *[Decimal(84)] * (len(given) - 1)] if amounts is None else amounts
    schedule = Schedule(
        order=signed.id,
        protocol=signed.protocol,
        protocol_version=signed.protocol_version,
        time_zone=ZONE,
        at=(NINE,),
        earlier=tuple(earlier),
        visits=tuple(given),
    )
    sessions = tuple(
        session(f"session-{each.number}", each.id, each.number, each.given_at, mg)
        for each, mg in zip(given, amounts, strict=False)
        if mg is not None and each.kind == "session"
    )
    return Course(signed, load_protocol(protocol), schedule, sessions)


def session(name, visit_id, number, at, mg):
    given = Administration(given_at=at, mg=Decimal(mg), by="C. Nurse", role="nurse")
    return Session(
        id=name,
        visit=visit_id,
        order="order-1",
        number=number,
        step=number,
        phase="induction",
        time_zone="America/Denver",
        route="intranasal",
        setting="clinic",
        state="discharged",
        administration=given,
    )


def measure(day, response="true", instrument="phq-9", **changes):
    members = {
        "instrument": instrument,
        "points": -12,
        "percent": Decimal("-60.0"),
        "response": response,
        "remission": response,
        "important": response,
        "reliable": response,
        "worse": "false",
        "partial_response": "false",
        "recovery": "true",
        "reliable_recovery": "true",
    }
    return Measure(at=noon(day), change=Change(**members | changes))


def looked(found, *, day=90, measures=(), log=(), answers=None, **options):
    """The facts of a course on a day of it."""
    return course_facts(
        found.order,
        found.protocol,
        found.schedule,
        found.sessions,
        SideEffectLog(events=tuple(log)),
        measures,
        now=noon(day),
        answers={f"course.{name}": value for name, value in (answers or {}).items()},
        **options,
    )


def facts(at, **changes):
    """Facts ``course.*``, calm but for what is changed; None leaves one out."""
    return FactSet(
        facts=tuple(
            BooleanFact(id=f"course.{name}", value=value, observed_at=at)
            if isinstance(value, bool)
            else QuantityFact(
                id=f"course.{name}", value=Decimal(value), unit=catalog()[f"course.{name}"].unit, observed_at=at
            )
            for name, value in (CALM | changes).items()
            if value is not None
        )
    )
