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
)
from ketaprogram._knowledge import table
from ketaprogram._time import at_wall
from ketaprogram.events.model import AdverseEvent, SideEffectLog
from ketaprogram.intake.model import Medication
from ketaprogram.journal import append
from ketaprogram.outcomes.model import ItemResponse, Responses
from ketaprogram.prompts import load_library
from ketaprogram.protocol.model import Units
from ketaprogram.sessions import begin_session, prepare, record_administration, stop
from ketaprogram.sessions.model import Administration
from ketaprogram.supply import dispense
from ketaprogram.supply.model import Fill, Prescription

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


def scoring():
    answers = (ItemResponse(item="phq9-1", value=73),)
    score(Responses(instrument="phq-9", answered_at=AS_OF, answers=answers))


def journaling():
    entries = append((), EVENT, recorded_at=AS_OF, actor=CANARY, role="nurse", meaning="reported")
    append(entries, EVENT, recorded_at=AS_OF - timedelta(1), actor=CANARY, role="nurse", meaning="reported")


def dispensing():
    prescription = Prescription(id="p", order="o", units=1, issued_on=DAY)
    dispense(prescription, (), Fill(id="f", prescription="p", units=73, dispensed_on=DAY, days=1))


def prompting():
    content = table("prompts")
    load_library(content | {"prompt": [content["prompt"][0] | {"text": f"{CANARY}, here is a cure."}]})


def telling_time():
    at_wall(date(2026, 3, 8), time(2, 19), "America/New_York")


@pytest.mark.parametrize(
    "fail",
    [
        *(clearing, ordering, dosing, planning, preparing, administering, stopping, logging, scoring, journaling),
        *(dispensing, prompting, telling_time),
    ],
)
def test_no_failing_path_repeats_a_value(fail):
    with pytest.raises(KetaprogramError) as caught:
        fail()
    shown = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value)
    for secret in (CANARY, "Zebulon", NUMBER, "73", "2026-01", "07:19", "02:19", "2:19"):
        assert secret not in shown


def test_no_record_shows_a_value_in_its_repr():
    session, _, begins = dosed()
    records = [
        EVENT,
        Medication(name=CANARY),
        attrs.evolve(session, intention=CANARY),
        stop(session, at=begins, reason=CANARY),
        order(prescriber=CANARY),
        select_prompts("s", phase="integration", day=2, intention=CANARY, count=9),
        append((), EVENT, recorded_at=AS_OF, actor=CANARY, role="nurse", meaning="reported")[0],
    ]
    for record in records:
        assert CANARY not in repr(record)
        assert repr(record).startswith(f"<{type(record).__name__}")
