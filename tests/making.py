"""What many tests begin with: a clearance that says proceed, an order, a session that got its dose."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path

from attrs import Factory, field, frozen

from ketaprogram import Intake, Quantity, determine, facts_from, load_rulebook, read
from ketaprogram.protocol import dose_for, load_protocol, sign_order
from ketaprogram.protocol.model import FixedDose, Solution, Units, WeightBasedDose
from ketaprogram.schedule import instant_of, plan_visits
from ketaprogram.screening import clear
from ketaprogram.sessions import (
    begin_session,
    checklist,
    make_ready,
    prepare,
    record_administration,
    record_observation,
    session_facts,
)
from ketaprogram.sessions.model import Administration, Attestation, CadssFull, Observation, PeerMonitor

CASES = Path(__file__).parent / "cases"
AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

READY = {
    "session.order_is_valid": True,
    "session.consent_confirmed": True,
    "session.checklist_complete": True,
    "session.adult_present": True,
    "session.open_serious_event": False,
    "session.overdue_review": False,
    "session.acute_symptoms": False,
    "session.suicidal_intent": False,
    "session.hours_since_food": 10,
    "session.hours_since_fluids": 3,
    "session.intoxicant_recently": False,
    "session.depressant_today": False,
    "session.nasal_product_recently": False,
    "session.adult_briefed": True,
    "session.address_confirmed": True,
}
LEAVING = {
    "session.walks_steadily": True,
    "session.is_oriented": True,
    "session.escort_present": True,
    "session.adult_present": True,
    "session.no_driving_understood": True,
    "session.check_ins_arranged": True,
    "session.vomiting": False,
    "session.acute_symptoms": False,
    "session.suicidal_intent": False,
}
SHIPPING = {
    "supply.overdue_check_in": False,
    "supply.pressure_log_is_complete": True,
    "supply.open_event": False,
    "supply.urinary_symptoms": False,
    "supply.misuse_signal": False,
    "supply.storage_is_locked": True,
}

CANDIDATES = {"clinic": "candidate-clinic-depression", "home": "candidate-home-gad"}


def determination(name: str | None = None, setting: str = "clinic", as_of: datetime = AS_OF):
    form = read(Intake, (CASES / "intakes" / f"{name or CANDIDATES[setting]}.json").read_bytes())
    return determine(facts_from(form, as_of), load_rulebook(f"candidacy-{setting}"), as_of)


def clearance(setting: str = "clinic"):
    return clear(determination(setting=setting), "proceed", by="A. Clinician", role="physician", signed_at=AS_OF)


PRODUCTS = {
    "iv": Solution(mg_per_ml=Decimal(50), step_ml=Decimal("0.02")),
    "sc": Solution(mg_per_ml=Decimal(50), step_ml=Decimal("0.02")),
    "intranasal": Units(unit="device", mg_per_unit=Decimal(28)),
    "sublingual": Units(unit="tablet", mg_per_unit=Decimal(50)),
    "oral": Units(unit="tablet", mg_per_unit=Decimal(30)),
}


@frozen
class On:
    """A session for which a dose is worked out."""

    number: int = 1
    on: date = date(2026, 12, 1)
    step: int = field(default=Factory(lambda self: self.number, takes_self=True))


def order(protocol: str = "iv-six-infusions", **changes):
    template = load_protocol(protocol)
    doses = {
        "iv-six-infusions": (WeightBasedDose(mg_per_kg=Decimal("0.5")),),
        "esketamine-label": (FixedDose(mg=Decimal(56)), FixedDose(from_session=2, mg=Decimal(84))),
        "sc-ascending-weekly": (
            WeightBasedDose(mg_per_kg=Decimal("0.25")),
            WeightBasedDose(from_session=2, mg_per_kg=Decimal("0.5")),
            WeightBasedDose(from_session=3, mg_per_kg=Decimal(1)),
        ),
        "home-ordered": (FixedDose(mg=Decimal(100)),),
    }
    members = {
        "id": "order-1",
        "person": "person-1",
        "doses": doses[protocol],
        "maximum_mg": Decimal(84) if protocol == "esketamine-label" else Decimal(150),
        "product": PRODUCTS[template.route],
        "sessions": 4,
        "valid_from": date(2026, 11, 25),
        "valid_until": date(2027, 11, 24),
        "prescriber": "A. Clinician",
        "role": "physician",
        "signed_at": AS_OF,
    } | changes
    return sign_order(template, members.pop("clearance", None) or clearance(template.setting), **members)


def schedule(protocol: str = "iv-six-infusions", **changes):
    return plan_visits(
        order(protocol, **changes),
        load_protocol(protocol),
        start=date(2026, 12, 1),
        at=time(9, 0),
        time_zone="America/Denver",
    )


def reading(  # one parameter per sign
    at: datetime,
    systolic: int = 120,
    diastolic: int = 78,
    rate: int = 70,
    spo2: int = 98,
    moaas: int = 5,
    points: int | None = 0,
):
    return Observation(
        taken_at=at,
        systolic_mmhg=systolic,
        diastolic_mmhg=diastolic,
        heart_rate_per_min=rate,
        spo2_percent=spo2,
        moaas=moaas,
        dissociation=None if points is None else CadssFull(total=points),
        acute_symptoms=False,
    )


def peer_monitor(**changes):
    attested = Attestation(by="C. Nurse", role="nurse", at=AS_OF)
    return PeerMonitor(**{"name": "B. Friend", "is_adult": True, "is_sober": True, "attested": attested} | changes)


@cache
def prepared(protocol: str = "iv-six-infusions"):
    """A prepared session with a reading, its order, and the instant at which it begins."""
    signed, planned = order(protocol), schedule(protocol)
    session = begin_session(signed, planned.sessions[0])
    done = frozenset(item.id for item in checklist(session.setting).items)
    return prepare(session, done=done, monitor=peer_monitor()), signed, instant_of(planned.sessions[0])


@cache
def ready(protocol: str = "iv-six-infusions"):
    session, signed, begins = prepared(protocol)
    session = record_observation(session, reading(begins))
    rulebook = load_rulebook(f"readiness-{session.setting}")
    gate = determine(session_facts(session, begins, answers=READY), rulebook, begins)
    return make_ready(session, gate, rulebook), signed, begins


@cache
def dosed(protocol: str = "iv-six-infusions"):
    session, signed, begins = ready(protocol)
    template = load_protocol(protocol)
    dose = dose_for(signed, template, On(), weight=Quantity(70, "kg"), weighed_on=date(2026, 11, 24))
    given = Administration(given_at=begins, mg=dose.mg, by="C. Nurse", role="nurse")
    return record_administration(session, given, order=signed, dose=dose), signed, begins
