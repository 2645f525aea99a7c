"""Writes the made-up journal that ships with the command line: the person of `ketaprogram walkthrough`."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from ketaprogram.documents import read, write
from ketaprogram.events import record_event, triage
from ketaprogram.events.model import AdverseEvent, SideEffectLog
from ketaprogram.intake import facts_from
from ketaprogram.intake.model import Intake
from ketaprogram.journal import Memory, record
from ketaprogram.outcomes import score
from ketaprogram.outcomes.model import Responses
from ketaprogram.program.model import WorkDone
from ketaprogram.protocol import dose_for, load_protocol, sign_order
from ketaprogram.protocol.model import Solution, WeightBasedDose
from ketaprogram.quantity import Quantity
from ketaprogram.rules import determine, load_rulebook
from ketaprogram.schedule import instant_of, plan_visits, replan
from ketaprogram.schedule.model import Cancelled, Given, ScheduleChange
from ketaprogram.screening import clear
from ketaprogram.sessions import (
    begin_session,
    checklist,
    discharge,
    make_ready,
    prepare,
    record_administration,
    record_observation,
    session_facts,
)
from ketaprogram.sessions.model import Administration, CadssFull, Observation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.protocol.model import Order, Protocol
    from ketaprogram.schedule.model import Schedule

    Step = tuple[datetime, object, tuple[str, str], str]

CASE = Path(__file__).parents[1] / "src" / "ketaprogram" / "cli" / "case"
ASKED_AT = datetime.fromisoformat("2026-10-15T14:00:00-06:00")
CLINICIAN = ("R. Okafor", "psychiatrist")
NURSE = ("L. Chen", "nurse")
SYSTEM = ("screening service", "system")


def main() -> None:
    """Write the journal."""
    target = CASE / "journal.ndjson"
    content = journal()
    if not target.exists() or target.read_bytes() != content:
        target.write_bytes(content)
        sys.stdout.write(f"written: {target.name}\n")


def journal() -> bytes:
    """The lines of the journal."""
    store = Memory()
    for at, document, (actor, role), meaning in story():
        record(store, document, recorded_at=at, actor=actor, role=role, meaning=meaning)
    return b"".join(write(each) + b"\n" for each in store.entries())


def story() -> Iterator[Step]:
    """When, what, by whom, and what the signature means."""
    form = read(Intake, (CASE / "intake-completed.json").read_bytes())
    rulebook = load_rulebook("candidacy-clinic")
    answer = determine(facts_from(form, ASKED_AT), rulebook, ASKED_AT)
    # The journal holds the rulebook, so that the answer can be derived again when ours has moved on.
    yield ASKED_AT, rulebook, SYSTEM, "in use"
    yield ASKED_AT, answer, SYSTEM, "determined"
    signed_at = ASKED_AT + timedelta(minutes=20)
    clearance = clear(answer, "proceed", by=CLINICIAN[0], role=CLINICIAN[1], signed_at=signed_at)
    yield signed_at, clearance, CLINICIAN, "signed"
    template = load_protocol("iv-six-infusions")
    yield signed_at, template, SYSTEM, "in use"
    order = sign_order(
        template,
        clearance,
        id="order-1",
        person="walkthrough-1",
        doses=(WeightBasedDose(mg_per_kg=Decimal("0.5")),),
        maximum_mg=Decimal(40),
        product=Solution(mg_per_ml=Decimal(50), step_ml=Decimal("0.02")),
        sessions=7,
        valid_from=date(2026, 10, 20),
        valid_until=date(2026, 12, 20),
        prescriber=CLINICIAN[0],
        role=CLINICIAN[1],
        signed_at=signed_at,
    )
    yield signed_at, order, CLINICIAN, "ordered"
    schedule = plan_visits(order, template, start=date(2026, 10, 20), at=time(9, 0), time_zone="America/Denver")
    yield signed_at + timedelta(minutes=5), schedule, ("J. Ruiz", "coordinator"), "planned"
    for name in ("phq-9", "gad-7"):
        found = score(read(Responses, (CASE / f"{name}-baseline.json").read_bytes()))
        yield max(found.answered_at, signed_at + timedelta(minutes=5)), found, SYSTEM, "scored"
    consult = next(each for each in schedule.visits if each.contact == "consult-before-first")
    done_at = signed_at + timedelta(days=2)
    done = WorkDone(what="consult", about=consult.id, at=done_at, by=CLINICIAN[0], role=CLINICIAN[1])
    yield done_at, done, CLINICIAN, "done"
    yield from session_day(order, template, schedule)


def session_day(order: Order, template: Protocol, schedule: Schedule) -> Iterator[Step]:
    """The first session, a side effect, and the second session at another time."""
    visit = schedule.sessions[0]
    begins = instant_of(visit)
    session = prepare(
        begin_session(order, visit),
        done=frozenset(item.id for item in checklist("clinic").items),
        intention="To meet my worry with curiosity.",
    )
    session = record_observation(session, reading(begins - timedelta(minutes=5), 136, 84, 74, points=1))
    readiness = load_rulebook("readiness-clinic")
    gate = determine(session_facts(session, begins, answers=READY), readiness, begins)
    yield begins, gate, NURSE, "checked"
    session = make_ready(session, gate, readiness)
    dose = dose_for(order, template, visit, weight=Quantity(70, "kg"), weighed_on=date(2026, 10, 15))
    given = Administration(given_at=begins, mg=dose.mg, by=NURSE[0], role=NURSE[1])
    session = record_administration(session, given, order=order, dose=dose)
    yield begins, session, NURSE, "given"
    for minute, systolic in ((10, 142), (20, 150), (30, 156), (40, 154), (60, 146), (90, 138), (120, 134)):
        at = begins + timedelta(minutes=minute)
        points = {40: 22, 120: 3}.get(minute)
        session = record_observation(session, reading(at, systolic, 84, 76, moaas=5, points=points))
    leaving = begins + timedelta(minutes=122)
    leave = load_rulebook("discharge-clinic")
    gate = determine(session_facts(session, leaving, answers=LEAVING, protocol=template), leave, leaving)
    yield leaving, gate, NURSE, "checked"
    session = discharge(session, gate, leave, at=leaving, by=NURSE[0], role=NURSE[1])
    yield leaving, session, NURSE, "discharged"
    event = AdverseEvent(
        id="event-1",
        session=session.id,
        term="nausea",
        reported_at=leaving + timedelta(hours=4),
        onset_minutes=25,
        grade=1,
        serious=(),
        red_flag=False,
        resolved=False,
        narrative="Queasy since the infusion, drinking normally.",
    )
    yield event.reported_at, event, NURSE, "reported"
    found = triage(
        event,
        history=record_event(SideEffectLog(), event),
        now=event.reported_at,
        route=session.route,
        dosed_at=begins,
        readings=session.observations,
    )
    yield event.reported_at, found, SYSTEM, "triaged"
    better = attrs.evolve(
        event,
        id="event-2",
        corrects="event-1",
        reported_at=event.reported_at + timedelta(hours=17),
        end_minutes=95,
        resolved=True,
    )
    yield better.reported_at, better, NURSE, "corrected"
    changes = Given(visit=visit.id, given_at=begins), Cancelled(visit=schedule.sessions[1].id)
    asked = better.reported_at + timedelta(hours=1)
    for change in changes:
        yield asked, ScheduleChange(change=change), ("J. Ruiz", "coordinator"), "noted"
    again = replan(schedule, *changes, order=order, protocol=template, now=asked)
    yield asked, again, ("J. Ruiz", "coordinator"), "planned"


def reading(
    at: datetime, systolic: int, diastolic: int, rate: int, moaas: int | None = None, points: int | None = None
) -> Observation:
    """Readings taken together."""
    return Observation(
        taken_at=at,
        systolic_mmhg=systolic,
        diastolic_mmhg=diastolic,
        heart_rate_per_min=rate,
        spo2_percent=97,
        moaas=moaas,
        dissociation=None if points is None else CadssFull(total=points),
    )


READY = {
    "session.order_is_valid": True,
    "session.consent_confirmed": True,
    "session.checklist_complete": True,
    "session.open_serious_event": False,
    "session.overdue_review": False,
    "session.acute_symptoms": False,
    "session.suicidal_intent": False,
    "session.intoxicant_recently": False,
    "session.hours_since_food": 10,
    "session.hours_since_fluids": 3,
}
LEAVING = {
    "session.walks_steadily": True,
    "session.is_oriented": True,
    "session.escort_present": True,
    "session.vomiting": False,
    "session.acute_symptoms": False,
    "session.suicidal_intent": False,
}

if __name__ == "__main__":
    main()
