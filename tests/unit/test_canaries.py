"""Law 8 past the documents: no exception of any room repeats what a person said, is called, or takes."""

from __future__ import annotations

import traceback
from datetime import date, time, timedelta
from decimal import Decimal

import attrs
import pytest
from tests.making import AS_OF, On, determination, dosed, order, peer_monitor, ready, schedule

from ketaprogram import (
    KetaprogramError,
    Quantity,
    clear,
    dose_for,
    load_protocol,
    plan_visits,
    record_event,
    score,
    select_prompts,
    to_medwatch,
    triage,
    write,
)
from ketaprogram._knowledge import table
from ketaprogram._time import at_wall
from ketaprogram.events import acknowledge, close, escalate
from ketaprogram.events.model import AdverseEvent, Course, SideEffectLog
from ketaprogram.intake.model import Medication
from ketaprogram.journal import append
from ketaprogram.outcomes.model import ItemResponse, Responses
from ketaprogram.prompts import coach_agenda, load_library
from ketaprogram.prompts.model import PromptRequest
from ketaprogram.protocol.model import Units
from ketaprogram.sessions import begin_session, prepare, record_administration, stop
from ketaprogram.sessions.model import Administration
from ketaprogram.supply import can_ship, clear_block, dispense, record_use
from ketaprogram.supply.model import Count, Fill, Prescription, Supply, Use

CANARY = "Zebulon Q. Canary"
NUMBER = "73.19"
DAY = date(2026, 12, 1)
EVENT = AdverseEvent(id="e", session="s", term="nausea", reported_at=AS_OF, narrative=CANARY)


def clearing():
    clear(determination("refused-aneurysm"), "proceed", by=CANARY, role="physician", signed_at=AS_OF)


def ordering():
    order(person="p", prescriber=CANARY, maximum_mg=Decimal(NUMBER), product=Units(unit=CANARY, mg_per_unit=Decimal(0)))


def dosing():
    weight = Quantity(Decimal(NUMBER), "kg")
    dose_for(order(), load_protocol("iv-six-infusions"), On(), weight=weight, weighed_on=date(2026, 1, 1))


def planning():
    plan_visits(
        order(), load_protocol("iv-six-infusions"), start=date(2026, 1, 19), at=time(7, 19), time_zone="Asia/Tokyo"
    )


def preparing():
    begun = begin_session(order("home-ordered"), schedule("home-ordered").sessions[0])
    prepare(
        begun,
        done=frozenset({CANARY}),
        declined={CANARY: CANARY, "no-driving": CANARY},
        intention=CANARY,
        monitor=peer_monitor(name=CANARY, is_adult=False),
    )


def administering():
    session, signed, begins = ready()
    dose = dose_for(signed, load_protocol("iv-six-infusions"), On(), weight=Quantity(70, "kg"), weighed_on=DAY)
    given = Administration(given_at=begins, mg=Decimal(NUMBER), by=CANARY, role="nurse")
    record_administration(session, given, order=signed, dose=dose)


def stopping():
    session, _, begins = dosed()
    stop(stop(session, at=begins, reason=CANARY), at=begins, reason=CANARY)


def logging():
    record_event(record_event(SideEffectLog(), EVENT), EVENT)


def taking_over():
    call = escalate(triage(EVENT, history=None, now=AS_OF), opened_at=AS_OF)
    acknowledge(call, by=CANARY, role=CANARY, at=AS_OF)


def closing():
    call = escalate(triage(EVENT, history=None, now=AS_OF), opened_at=AS_OF)
    close(call, by=CANARY, role="prescriber", at=AS_OF - timedelta(1))


def scoring():
    answers = (ItemResponse(item="phq9-1", value=73),)
    score(Responses(instrument="phq-9", answered_at=AS_OF, answers=answers))


def journaling():
    entries = append((), EVENT, recorded_at=AS_OF, actor=CANARY, role="nurse", meaning="reported")
    append(entries, EVENT, recorded_at=AS_OF - timedelta(1), actor=CANARY, role="nurse", meaning="reported")


SUPPLY = Supply(prescription=Prescription(id="p", order="o", units=1, issued_on=DAY))


def dispensing():
    dispense(SUPPLY, Fill(id="f", prescription="p", units=73, on=DAY, days=1), None, answers={})


def taking():
    record_use(SUPPLY, Use(id="u", session="s", units=73, on=DAY))


def passing_over():
    held = can_ship(SUPPLY, None, units=73, on=DAY, answers={})
    signed = {"by": CANARY, "role": "nurse", "reason": "reviewed", "on": DAY, "expires_on": DAY}
    clear_block(held, "exclusion.more-than-prescribed", **signed)


def prompting():
    content = table("prompts")
    load_library(content | {"prompts": [content["prompts"][0] | {"text": f"{CANARY}, here is a cure."}]})


def telling_time():
    at_wall(date(2026, 3, 8), time(2, 19), "America/New_York")


@pytest.mark.parametrize(
    "fail",
    [
        *(clearing, ordering, dosing, planning, preparing, administering, stopping, logging, scoring, journaling),
        *(taking, passing_over),
        *(taking_over, closing),
        *(dispensing, prompting, telling_time),
    ],
)
def test_no_failing_path_repeats_a_value(fail):
    with pytest.raises(KetaprogramError) as caught:
        fail()
    shown = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value)
    for secret in (CANARY, "Zebulon", NUMBER, "73", "2026-01", "07:19", "02:19", "2:19"):
        assert secret not in shown


def test_no_card_repeats_what_a_person_wrote():
    told = attrs.evolve(EVENT, narrative=f"{CANARY} can't breathe, no chest pain")
    found = triage(told, history=SideEffectLog(events=(told,)), now=AS_OF)
    assert {each.flag for each in found.flags} == {"breathing", "chest-pain"}
    assert CANARY.encode() not in write(found)
    assert b"can't" not in write(found)


def test_no_record_shows_a_value_in_its_repr():
    session, _, begins = dosed()
    asked = PromptRequest(
        session="s",
        day=2,
        phase="integration",
        intention=CANARY,
        states=frozenset({"steady"}),
        count=9,
        crisis_lines=CANARY,
    )
    assert select_prompts(asked).intention == CANARY
    records = [
        EVENT,
        Count(id="c", units=73, on=DAY, by=CANARY),
        SideEffectLog(events=(EVENT,)),
        Course(setting="home", route="oral", sessions=(), log=SideEffectLog(events=(EVENT,))),
        triage(EVENT, history=SideEffectLog(events=(EVENT,)), now=AS_OF),
        escalate(triage(EVENT, history=None, now=AS_OF), opened_at=AS_OF),
        acknowledge(
            escalate(triage(EVENT, history=None, now=AS_OF), opened_at=AS_OF), by=CANARY, role="prescriber", at=AS_OF
        ).acknowledgements[0],
        to_medwatch(EVENT, on=DAY),
        Medication(name=CANARY),
        attrs.evolve(session, intention=CANARY),
        stop(session, at=begins, reason=CANARY),
        order(prescriber=CANARY),
        asked,
        select_prompts(asked),
        coach_agenda(asked, ["worry"]),
        append((), EVENT, recorded_at=AS_OF, actor=CANARY, role="nurse", meaning="reported")[0],
    ]
    for record in records:
        assert CANARY not in repr(record)
        assert repr(record).startswith(f"<{type(record).__name__}")
