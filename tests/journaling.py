"""Documents of one made-up program, in the order in which they come to be, and journals of them."""

from __future__ import annotations

from datetime import date, time, timedelta

import attrs

from ketaprogram import score
from ketaprogram._time import at_wall
from ketaprogram.events import close, escalate, record_event, triage
from ketaprogram.events.model import AdverseEvent, SideEffectLog
from ketaprogram.journal import Memory, append, record
from ketaprogram.outcomes.model import ItemResponse, Responses
from ketaprogram.program.model import WorkDone
from ketaprogram.prompts import select_prompts
from ketaprogram.prompts.model import PromptRequest
from ketaprogram.protocol import load_protocol
from ketaprogram.schedule import replan
from ketaprogram.schedule.model import Cancelled, Given, ScheduleChange
from ketaprogram.sessions import record_observation, stop
from ketaprogram.supply import can_ship
from ketaprogram.supply.model import Fill, Prescription, Supply
from tests.making import AS_OF, SHIPPING, clearance, determination, dosed, order, reading, schedule

WHO = {"actor": "A. Clinician", "role": "physician", "meaning": "recorded"}


def story():
    session, _, begins = dosed()
    event = AdverseEvent(id="e-1", session=session.id, term="nausea", reported_at=begins)
    return [
        determination(),
        attrs.evolve(determination(), gate="readiness"),
        clearance(),
        order(),
        schedule(),
        session,
        record_observation(session, reading(begins + timedelta(minutes=40))),
        event,
        attrs.evolve(event, id="e-2", corrects="e-1", resolved=True),
        score(Responses(instrument="gad-7", answered_at=begins, answers=())),
    ]


STORY = story()


def journal(chosen=None):
    entries = ()
    for minute, index in enumerate(range(len(STORY)) if chosen is None else chosen):
        entries = append(entries, STORY[index], recorded_at=AS_OF + timedelta(minutes=minute), **WHO)
    return entries


WHOLE = journal()


# --- a program at home, with everything that a program keeps ----------------------------------------------------------


def home_story():
    """Each document, and where it matters when it took effect."""
    signed = order("home-ordered")
    planned = schedule("home-ordered")
    session, _, begins = dosed("home-ordered")
    prescription = Prescription(
        id="rx-1", order=signed.id, units=8, refills=1, issued_on=date(2026, 11, 25), units_per_session=2
    )
    supply = Supply(prescription=prescription)
    filled = attrs.evolve(
        supply, events=(Fill(id="f-1", prescription="rx-1", units=8, on=date(2026, 11, 27), days=28),)
    )
    event = AdverseEvent(id="h-1", session=session.id, term="nausea", reported_at=begins + timedelta(hours=3))
    log = record_event(SideEffectLog(), event)
    dose = session.administration.given_at
    found = triage(
        event,
        history=log,
        now=event.reported_at,
        route=session.route,
        dosed_at=dose,
        readings=session.observations,
    )
    call = escalate(found, opened_at=event.reported_at)
    cancelled = Cancelled(visit=planned.sessions[1].id)
    at = planned.sessions[1].on
    asked = at_wall(at, time(7, 0), planned.time_zone)
    replanned = replan(
        planned,
        Given(visit=planned.sessions[0].id, given_at=dose),
        cancelled,
        order=signed,
        protocol=load_protocol("home-ordered"),
        now=asked,
    )
    contact = next(each for each in planned.visits if each.kind != "session")
    gate = can_ship(filled, signed, units=8, on=date(2026, 12, 20), answers=SHIPPING)
    return [
        (determination(setting="home"), None),
        (clearance("home"), None),
        (signed, None),
        (planned, None),
        (supply, None),
        (filled, None),
        (session, None),
        (stop(session, at=dose + timedelta(hours=2), reason="done"), None),
        (event, None),
        (found, None),
        (call, None),
        (close(call, by="B", role=call.rungs[0].role, at=event.reported_at), None),
        (score(answered("phq-9", dose + timedelta(days=7))), None),
        (select_prompts(PromptRequest(session=session.id, day=2, phase="integration")), None),
        (WorkDone(what=contact.kind, about=contact.id, at=AS_OF, by="A. Nurse", role="nurse"), None),
        (ScheduleChange(change=Given(visit=planned.sessions[0].id, given_at=dose)), None),
        (ScheduleChange(change=cancelled), None),
        (replanned, asked),
        (gate, None),
        (order("home-ordered", id="order-2"), None),
    ]


def answered(instrument, at):
    items = {"phq-9": "phq9", "gad-7": "gad7"}[instrument]
    count = {"phq-9": 9, "gad-7": 7}[instrument]
    answers = tuple(ItemResponse(item=f"{items}-{number}", value=1) for number in range(1, count + 1))
    return Responses(instrument=instrument, answered_at=at, answers=answers)


HOME_STORY = home_story()


def recorded(documents):
    """A journal in memory of documents, each with when it took effect, a minute apart."""
    store = Memory()
    for minute, (document, effective_at) in enumerate(documents):
        at = AS_OF + timedelta(minutes=minute)
        record(store, document, recorded_at=at, effective_at=effective_at, **WHO)
    return store


HOME = tuple(recorded(HOME_STORY).entries())
