"""The session day: no dose without the gate, none beyond the order, no step that the state does not allow."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import LEAVING, READY, On, dosed, order, prepared, reading, ready, schedule

from ketaprogram import FactSet, LimitError, Quantity, StateError, Status, catalog, determine, load_rulebook
from ketaprogram.errors import UnknownFactError
from ketaprogram.facts.model import AbsentFact, BooleanFact, CodeFact, QuantityFact
from ketaprogram.protocol import dose_for, load_protocol
from ketaprogram.sessions import (
    begin_session,
    checklist,
    discharge,
    escalate,
    expected_observations,
    make_ready,
    prepare,
    record_administration,
    record_observation,
    session_facts,
    stop,
)
from ketaprogram.sessions.model import Administration, PeerMonitor
from ketaprogram.testing.conformance import (
    check_basis,
    check_harm_never_helps,
    check_ignorance_never_permits,
    check_order_is_irrelevant,
)
from ketaprogram.testing.strategies import AS_OF, fact_sets, facts

GATES = ("readiness-clinic", "readiness-home", "discharge-clinic", "discharge-home")
IV = load_protocol("iv-six-infusions")


@st.composite
def gates(draw):
    rulebook = load_rulebook(draw(st.sampled_from(GATES)))
    return rulebook, draw(fact_sets(rulebook.asks))


@given(st.deferred(lambda: st.one_of(gates(), calm_but_for_a_little())), st.data())
def test_ignorance_never_opens_a_gate_of_the_day(gate, data):
    rulebook, known = gate
    if known.facts:
        removed = data.draw(st.lists(st.sampled_from([each.id for each in known.facts]), min_size=1, unique=True))
        check_ignorance_never_permits(rulebook, known, tuple(removed), AS_OF)


CALM = {
    "session.systolic": 120,
    "session.diastolic": 78,
    "session.systolic_rise": 5,
    "session.heart_rate": 70,
    "session.spo2": 98,
    "session.moaas": 5,
    "session.minutes_since_dose": 300,
    "session.hours_since_last_dose": 200,
    "session.hours_since_food": 10,
    "session.hours_since_fluids": 3,
}


@st.composite
def calm_but_for_a_little(draw):
    """Facts that open the gate, with at most two of them drawn at random."""
    rulebook = load_rulebook(draw(st.sampled_from(GATES)))
    changed = draw(st.lists(st.sampled_from(rulebook.asks), max_size=2, unique=True))
    known = [calm(catalog()[each]) if each not in changed else draw(facts(catalog()[each])) for each in rulebook.asks]
    return rulebook, FactSet(facts=tuple(known))


def calm(definition):
    if definition.kind == "boolean":
        return BooleanFact(id=definition.id, value=definition.harm == "false", observed_at=AS_OF)
    if definition.kind == "code":
        return CodeFact(id=definition.id, value="sublingual", observed_at=AS_OF)
    value = Decimal(CALM[definition.id])
    return QuantityFact(id=definition.id, value=value, unit=definition.unit, observed_at=AS_OF)


@pytest.mark.parametrize("name", GATES)
def test_calm_facts_open_every_gate_of_the_day(name):
    rulebook = load_rulebook(name)
    known = FactSet(facts=tuple(calm(catalog()[each]) for each in rulebook.asks))
    assert determine(known, rulebook, AS_OF).status is Status.CANDIDATE


@given(st.one_of(gates(), calm_but_for_a_little()))
def test_harm_never_opens_a_gate_of_the_day(gate):
    check_harm_never_helps(*gate, AS_OF)


@given(gates())
def test_every_gate_of_the_day_shows_its_basis(gate):
    check_basis(*gate, AS_OF)
    check_order_is_irrelevant(*gate, AS_OF)


@given(st.decimals("0.1", "60", places=1))
def test_no_more_than_the_order_contains_is_taken_as_a_dose(mg):
    session, signed, begins = ready()
    dose = dose_for(signed, IV, On(), weight=Quantity(70, "kg"), weighed_on=begins.date())
    given_dose = Administration(given_at=begins, mg=mg, by="C. Nurse", role="nurse")
    if mg <= dose.mg:
        assert record_administration(session, given_dose, order=signed, dose=dose).state == "dosed"
    else:
        with pytest.raises(LimitError, match="escalate the session"):
            record_administration(session, given_dose, order=signed, dose=dose)


steps = st.lists(st.sampled_from(["prepare", "ready", "dose", "observe", "discharge", "stop", "escalate"]), max_size=9)


@given(steps)
def test_no_path_of_steps_reaches_a_dose_without_readiness(path):
    """Law 6: whatever is called in whatever order, a dose has a readiness determination before it."""
    signed, planned = order(), schedule()
    session = begin_session(signed, planned.sessions[0])
    _, _, begins = prepared()
    dose = dose_for(signed, IV, On(), weight=Quantity(70, "kg"), weighed_on=begins.date())
    opened = determine(
        session_facts(attrs.evolve(session, observations=(reading(begins),)), begins, answers=READY),
        load_rulebook("readiness-clinic"),
        begins,
    )
    moves = {
        "prepare": lambda now: prepare(now, done=frozenset(item.id for item in checklist("clinic").items)),
        "ready": lambda now: make_ready(now, opened),
        "dose": lambda now: record_administration(
            now, Administration(given_at=begins, mg=dose.mg, by="C", role="nurse"), order=signed, dose=dose
        ),
        "observe": lambda now: record_observation(now, reading(begins + timedelta(minutes=10))),
        "discharge": lambda now: discharge(now, opened, at=begins),
        "stop": lambda now: stop(now, at=begins, reason="asked to"),
        "escalate": lambda now: escalate(now, at=begins, reason="unwell"),
    }
    for step in path:
        try:
            session = moves[step](session)
        except StateError as error:
            assert str(error)
        assert (session.administration is None) or session.readiness_digest is not None
        assert session.state != "discharged"  # the readiness determination never opens the other gate


@given(st.integers(0, 200))
def test_expected_readings_are_each_done_due_missing_or_later(minutes):
    session, _, begins = dosed()
    expected = expected_observations(session, IV, begins + timedelta(minutes=minutes))
    assert [each.minute for each in expected] == list(IV.monitoring[0].at_minutes)
    for each in expected:
        if each.status == "later":
            assert each.minute > minutes
        if each.status in {"due", "missing"}:
            assert each.late_by_minutes == minutes - each.minute
    assert sum(each.status == "due" for each in expected) <= 1


def test_a_session_from_preparation_to_discharge():
    session, _, begins = dosed()
    for minute in (10, 21, 40, 120):
        session = record_observation(session, reading(begins + timedelta(minutes=minute)))
    assert session.state == "recovering"
    leaving = begins + timedelta(minutes=122)
    statuses = {
        each.minute: (each.status, each.late_by_minutes) for each in expected_observations(session, IV, leaving)
    }
    assert statuses[0] == ("done", 0)
    assert statuses[20] == ("done", 1)
    assert statuses[30] == ("missing", 92)
    early = determine(
        session_facts(session, begins + timedelta(minutes=119), answers=LEAVING),
        load_rulebook("discharge-clinic"),
        begins + timedelta(minutes=119),
    )
    assert early.status is Status.DEFERRED
    with pytest.raises(StateError, match="discharge gate says deferred"):
        discharge(session, early, at=leaving)
    gate = determine(session_facts(session, leaving, answers=LEAVING), load_rulebook("discharge-clinic"), leaving)
    ended = discharge(session, gate, at=leaving)
    assert (ended.state, ended.ended_at) == ("discharged", leaving)
    with pytest.raises(StateError, match="takes no readings"):
        record_observation(ended, reading(leaving))
    with pytest.raises(StateError, match="can become nothing"):
        stop(ended, at=leaving, reason="late")


def test_preparation_names_what_is_open():
    session = begin_session(order(), schedule().sessions[0])
    with pytest.raises(StateError, match=r"open: .*way-home"):
        prepare(session, done=frozenset({"space"}))
    with pytest.raises(StateError, match="no checklist item is called candles"):
        prepare(session, done=frozenset({"candles"}))
    at_home = begin_session(order("home-ordered"), schedule("home-ordered").sessions[0])
    done = frozenset(item.id for item in checklist("home").items)
    for monitor in (None, PeerMonitor(name="B", is_adult=False, is_sober=True)):
        with pytest.raises(StateError, match="sober adult"):
            prepare(at_home, done=done, monitor=monitor)
    with pytest.raises(StateError, match="cannot become ready"):
        make_ready(session, ready_determination())


def ready_determination():
    session, _, begins = prepared()
    session = record_observation(session, reading(begins))
    return determine(session_facts(session, begins, answers=READY), load_rulebook("readiness-clinic"), begins)


def test_a_gate_of_another_kind_or_setting_opens_nothing():
    session, signed, begins = prepared("home-ordered")
    with pytest.raises(StateError, match="readiness for the setting home"):
        make_ready(session, ready_determination())
    at_clinic, _, _ = prepared()
    with_reading = record_observation(at_clinic, reading(begins))
    common = determine(session_facts(with_reading, begins, answers=READY), load_rulebook("readiness"), begins)
    assert common.status.permits
    with pytest.raises(StateError, match="readiness for the setting clinic"):
        make_ready(with_reading, common)
    wrong = determine(session_facts(at_clinic, begins, answers=LEAVING), load_rulebook("discharge-clinic"), begins)
    with pytest.raises(StateError, match="determination of readiness"):
        make_ready(at_clinic, wrong)
    ready_session, _, _ = ready()
    dose = dose_for(signed, load_protocol("home-ordered"), On(2))
    given_dose = Administration(given_at=begins, mg=Decimal(1), by="C", role="nurse")
    with pytest.raises(StateError, match="another session's"):
        record_administration(ready_session, given_dose, order=signed, dose=dose)


def test_a_session_at_home_is_ready_with_an_adult_and_a_calm_reading():
    session, _, _ = ready("home-ordered")
    assert session.state == "ready"


def test_facts_of_the_day():
    session, _, begins = dosed()
    assert expected_observations(prepared()[0], IV, begins) == ()
    now = begins + timedelta(hours=1)
    facts = session_facts(session, now, answers={}, last_dose_at=begins - timedelta(days=3))
    assert facts.get("session.hours_since_last_dose").value == 73
    assert facts.get("session.is_first").value is False
    assert facts.get("session.minutes_since_dose").value == 60
    lower = record_observation(session, reading(now, systolic=90))
    assert session_facts(lower, now, answers={}).get("session.systolic_rise").value == 0
    assert facts.get("session.route").value == "iv"
    said = {"session.hours_since_food": Decimal("2.5"), "session.hours_since_fluids": 3, "session.vomiting": False}
    answered = session_facts(session, now, answers=said)
    assert [answered.get(each).value for each in said] == list(said.values())
    odd = {"session.hours_since_food": True, "session.hours_since_fluids": 1000, "session.vomiting": 0}
    assert all(isinstance(session_facts(session, now, answers=odd).get(each), AbsentFact) for each in odd)
    with pytest.raises(UnknownFactError, match=r"session\.adult_present"):
        session_facts(session, now, answers={"session.adult_presnt": True})


def test_a_session_begins_with_a_planned_session_and_nothing_else():
    consult = next(each for each in schedule().visits if each.kind == "consult")
    given = attrs.evolve(schedule().sessions[0], status="given")
    for visit in (consult, given):
        with pytest.raises(StateError, match="a planned visit of that kind"):
            begin_session(order(), visit)
