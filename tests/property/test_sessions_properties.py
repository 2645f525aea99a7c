"""The session day: no dose without the gate, none beyond the order, no step that the state does not allow."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.making import LEAVING, READY, On, dosed, order, peer_monitor, prepared, reading, ready, schedule

from ketaprogram import FactSet, LimitError, Quantity, StateError, Status, catalog, determine, load_rulebook
from ketaprogram.documents import digest
from ketaprogram.errors import UnknownFactError
from ketaprogram.facts.model import AbsentFact, BooleanFact, CodeFact, QuantityFact
from ketaprogram.protocol import dose_for, load_protocol
from ketaprogram.schedule import instant_of
from ketaprogram.sessions import (
    allowed_next,
    begin_session,
    checklist,
    discharge,
    escalate,
    make_ready,
    no_driving_until,
    prepare,
    record_administration,
    record_observation,
    session_facts,
    stop,
)
from ketaprogram.sessions.model import Administration, CadssShort
from ketaprogram.sessions.settings import least_minutes
from ketaprogram.testing.conformance import (
    check_basis,
    check_harm_never_helps,
    check_ignorance_never_permits,
    check_order_is_irrelevant,
)
from ketaprogram.testing.strategies import AS_OF, fact_sets, facts

GATES = ("readiness-clinic", "readiness-home", "discharge-clinic", "discharge-home", "observation")
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
    "session.diastolic_rise": 5,
    "session.heart_rate": 70,
    "session.heart_rate_low": 70,
    "session.dissociation_rise": 2,
    "session.adult_minutes": 300,
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


class SessionDay(RuleBasedStateMachine):
    """
    Whatever is called in whatever order, with answers old and new, calm and not.

    No dose without readiness that permits, none above the order, none twice, none long after readiness; no discharge
    before the least time or with nothing observed since the dose.
    """

    answers = Bundle("answers")

    def __init__(self):
        super().__init__()
        visit = schedule().sessions[0]
        self.order, self.now = order(), instant_of(visit)
        self.session = begin_session(self.order, visit)
        self.dose = dose_for(self.order, IV, On(), weight=Quantity(70, "kg"), weighed_on=self.now.date())
        self.doses = 0
        self.by_digest = {}

    def attempt(self, step, *arguments, **options):
        """The next session, or the same one if the step is refused, in words that hold no reading."""
        try:
            self.session = step(self.session, *arguments, **options)
        except (StateError, LimitError) as error:
            assert str(error)
            return False
        return True

    @rule(minutes=st.sampled_from([0, 1, 9, 10, 30, 59, 61, 119, 120, 240]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def preparing(self):
        self.attempt(prepare, done=frozenset(item.id for item in checklist("clinic").items))

    @rule(systolic=st.sampled_from([120, 139, 141, 159, 160, 185]), late=st.sampled_from([0, 0, 0, 5]))
    def reading(self, systolic, late):
        self.attempt(record_observation, reading(self.now - timedelta(minutes=late), systolic=systolic))

    @rule(target=answers, calm=st.booleans(), name=st.sampled_from(["readiness-clinic", "discharge-clinic"]))
    def determining(self, calm, name):
        said = (READY if name.startswith("readiness") else LEAVING) if calm else {}
        facts = session_facts(self.session, self.now, answers=said, protocol=IV)
        answer = determine(facts, load_rulebook(name), self.now)
        self.by_digest[digest(answer)] = answer
        return answer

    @rule(answer=answers)
    def making_ready(self, answer):
        self.attempt(make_ready, answer, load_rulebook("readiness-clinic"))

    @rule(mg=st.sampled_from(["35", "34.9", "35.1", "1"]), late=st.sampled_from([0, 0, 30, 90]))
    def dosing(self, mg, late):
        given_dose = Administration(
            given_at=self.now + timedelta(minutes=late), mg=Decimal(mg), by="C. Nurse", role="nurse"
        )
        self.doses += self.attempt(record_administration, given_dose, order=self.order, dose=self.dose)

    @rule(answer=answers, late=st.sampled_from([0, 0, 5, 40]))
    def discharging(self, answer, late):
        at = self.now + timedelta(minutes=late)
        self.attempt(discharge, answer, load_rulebook("discharge-clinic"), at=at, by="C. Nurse", role="nurse")

    @precondition(lambda self: len(self.by_digest) > 8)
    @rule(step=st.sampled_from([stop, escalate]))
    def ending_early(self, step):
        self.attempt(step, at=self.now, reason="asked to")

    @rule(target=answers, name=st.sampled_from(["readiness-clinic", "discharge-clinic"]))
    def facts_of_another_person(self, name):
        """An answer that permits, on facts that are not of this session: the limits hold whatever was answered."""
        rulebook = load_rulebook(name)
        facts = tuple(attrs.evolve(calm(catalog()[each]), observed_at=self.now) for each in rulebook.asks)
        answer = determine(FactSet(facts=facts), rulebook, self.now)
        assert answer.status.permits
        self.by_digest[digest(answer)] = answer
        return answer

    @rule(
        minutes=st.sampled_from([0, 0, 30, 119, 120]),
        calm=st.sampled_from([True, True, False]),
        systolic=st.sampled_from([120, 120, 185]),
    )
    def a_whole_day(self, minutes, calm, systolic):
        """So that the machine gets far enough to break something."""
        self.preparing()
        self.reading(systolic, 0)
        self.making_ready(self.determining(calm=calm, name="readiness-clinic"))
        self.dosing("35", 0)
        self.now += timedelta(minutes=minutes)
        self.reading(systolic, 0)

    @initialize(is_dosed=st.booleans())
    def beginning(self, is_dosed):
        if is_dosed:
            self.a_whole_day(minutes=0, calm=True, systolic=120)

    @rule(calm=st.sampled_from([True, True, False]))
    def leaving(self, calm):
        self.discharging(self.determining(calm=calm, name="discharge-clinic"), 0)

    @invariant()
    def no_dose_that_should_wait(self):
        given_dose = self.session.administration
        if given_dose is None:
            assert self.doses == 0
            return
        assert self.doses == 1
        assert given_dose.mg <= min(self.dose.mg, self.order.maximum_mg)
        answer = self.by_digest[self.session.readiness_digest]
        assert answer.status.permits
        assert answer.gate == "readiness"
        assert timedelta() <= given_dose.given_at - answer.as_of <= timedelta(minutes=60)

    @invariant()
    def nobody_leaves_too_soon(self):
        if self.session.state != "discharged":
            return
        given_at, ended_at = self.session.administration.given_at, self.session.ended_at
        assert ended_at - given_at >= timedelta(minutes=120)
        assert any(given_at < each.taken_at <= ended_at for each in self.session.observations)
        answer = self.by_digest[self.session.discharge_digest]
        assert answer.status.permits
        assert answer.gate == "discharge"
        assert timedelta() <= ended_at - answer.as_of <= timedelta(minutes=30)

    @invariant()
    def what_is_allowed_next_is_said(self):
        assert (allowed_next(self.session) == ()) == (self.session.state in {"discharged", "escalated"})


TestSessionDay = SessionDay.TestCase


def test_a_session_from_preparation_to_discharge():
    session, _, begins = dosed()
    for minute in (10, 21, 40, 120):
        session = record_observation(session, reading(begins + timedelta(minutes=minute)))
    assert session.state == "recovering"
    rulebook, leaving = load_rulebook("discharge-clinic"), begins + timedelta(minutes=122)
    signed_by = {"by": "C. Nurse", "role": "nurse"}
    at = begins + timedelta(minutes=119)
    early = determine(session_facts(session, at, answers=LEAVING, protocol=IV), rulebook, at)
    assert early.status is Status.DEFERRED
    with pytest.raises(StateError, match="newer than the determination"):
        discharge(session, early, rulebook, at=leaving, **signed_by)
    gate = determine(session_facts(session, leaving, answers=LEAVING, protocol=IV), rulebook, leaving)
    for at, words in (
        (leaving - timedelta(minutes=3), "least time"),
        (leaving - timedelta(minutes=1), "later instant"),
        (leaving + timedelta(minutes=31), "too long ago"),
    ):
        with pytest.raises(StateError, match=words):
            discharge(session, gate, rulebook, at=at, **signed_by)
    ended = discharge(session, gate, rulebook, at=leaving, **signed_by)
    assert (ended.state, ended.ended_at, ended.ended_by) == ("discharged", leaving, "C. Nurse")
    with pytest.raises(StateError, match="takes no readings"):
        record_observation(ended, reading(leaving))
    with pytest.raises(StateError, match="can become nothing"):
        stop(ended, at=leaving, reason="late")
    assert no_driving_until(ended).not_before == date(2026, 12, 2)


def test_a_reading_from_before_the_dose_shows_nothing_of_after_it():
    session, _, begins = dosed()
    before = record_observation(session, reading(begins - timedelta(minutes=1)))
    assert before.state == "dosed"
    assert record_observation(before, reading(begins + timedelta(minutes=1))).state == "recovering"
    now = begins + timedelta(minutes=5)
    assert session_facts(before, now, answers={}).get("session.systolic") is None
    late = record_observation(session, reading(begins + timedelta(minutes=300)))
    at, rulebook = begins + timedelta(minutes=121), load_rulebook("discharge-clinic")
    calm_then = FactSet(facts=tuple(attrs.evolve(calm(catalog()[each]), observed_at=at) for each in rulebook.asks))
    gate = determine(calm_then, rulebook, at)
    with pytest.raises(StateError, match="newer"):
        discharge(late, gate, rulebook, at=at, by="C", role="nurse")
    unseen = attrs.evolve(late, observations=())
    with pytest.raises(StateError, match="nothing was observed"):
        discharge(unseen, gate, rulebook, at=at, by="C", role="nurse")


def test_readiness_holds_for_a_while_and_until_the_next_reading():
    session, signed, begins = ready()
    dose = dose_for(signed, IV, On(), weight=Quantity(70, "kg"), weighed_on=begins.date())
    for late, words in ((-1, "before readiness"), (61, "too long before the dose")):
        given_dose = Administration(given_at=begins + timedelta(minutes=late), mg=dose.mg, by="C", role="nurse")
        with pytest.raises(StateError, match=words):
            record_administration(session, given_dose, order=signed, dose=dose)
    again = record_observation(session, reading(begins))
    assert (again.state, again.readiness_digest, again.ready_until) == ("prepared", None, None)
    unasked = determine(session_facts(again, begins, answers={}), load_rulebook("readiness-clinic"), begins)
    with pytest.raises(StateError, match="readiness gate says needs-info"):
        make_ready(again, unasked, load_rulebook("readiness-clinic"))
    tighter = attrs.evolve(
        load_rulebook("readiness-clinic"),
        id="ours",
        parameters=tuple(
            attrs.evolve(each, value=Decimal(5)) if each.id == "readiness-holds-minutes" else each
            for each in load_rulebook("readiness-clinic").parameters
        ),
    )
    gate = determine(session_facts(again, begins, answers=READY), tighter, begins)
    assert make_ready(again, gate, tighter).ready_until == begins + timedelta(minutes=5)
    with pytest.raises(StateError, match="another rulebook"):
        make_ready(again, gate, load_rulebook("readiness-clinic"))


def test_a_second_dose_is_not_taken():
    session, signed, begins = dosed()
    dose = dose_for(signed, IV, On(), weight=Quantity(70, "kg"), weighed_on=begins.date())
    given_dose = Administration(given_at=begins, mg=dose.mg, by="C", role="nurse")
    for held in (session, record_observation(session, reading(begins + timedelta(minutes=10)))):
        with pytest.raises(StateError, match="cannot become dosed"):
            record_administration(held, given_dose, order=signed, dose=dose)


def test_no_dose_is_taken_on_a_day_without_a_valid_order():
    session, signed, begins = ready()
    dose = dose_for(signed, IV, On(), weight=Quantity(70, "kg"), weighed_on=begins.date())
    given_dose = Administration(given_at=begins, mg=dose.mg, by="C", role="nurse")
    ended = attrs.evolve(signed, valid_until=date(2026, 11, 30))
    with pytest.raises(LimitError, match="not valid on that day"):
        record_administration(session, given_dose, order=ended, dose=dose)


def test_a_session_begins_with_a_planned_visit_of_that_kind():
    visit = schedule().sessions[0]
    for changes in ({"kind": "consult"}, {"status": "missed"}):
        with pytest.raises(StateError, match="planned visit"):
            begin_session(order(), attrs.evolve(visit, **changes))


def test_preparation_names_everything_that_stands_in_its_way():
    session = begin_session(order(), schedule().sessions[0])
    everything = frozenset(item.id for item in checklist("clinic").items)
    with pytest.raises(StateError, match=r"called candles; .*open: .*way-home"):
        prepare(session, done=frozenset({"candles"}))
    for declined, words in (
        ({"no-driving": "I drive well"}, "for safety and cannot be declined: no-driving"),
        ({"music": " "}, "without a reason: music"),
        ({"music": "noise"}, "both done and declined: music"),
    ):
        with pytest.raises(StateError, match=words):
            prepare(session, done=everything, declined=declined)
    chosen = prepare(session, done=everything - {"music"}, declined={"music": "I like it quiet"})
    assert [each.item for each in chosen.declined] == ["music"]
    at_home = begin_session(order("home-ordered"), schedule("home-ordered").sessions[0])
    done = frozenset(item.id for item in checklist("home").items)
    for monitor in (None, peer_monitor(is_adult=False), peer_monitor(is_sober=False)):
        with pytest.raises(StateError, match="sober adult"):
            prepare(at_home, done=done, monitor=monitor)
    with pytest.raises(StateError, match="cannot become ready"):
        make_ready(session, ready_determination(), load_rulebook("readiness-clinic"))


@pytest.mark.parametrize("setting", ["clinic", "home"])
def test_the_checklists_hold_all_that_the_program_prepares(setting):
    """S41 to S45: space, light, music, eye mask, intention, trusted person, phone, driving, food, medicines."""
    items = {item.id: item.kind for item in checklist(setting).items}
    comforts = {"space", "light", "music", "eye-mask", "intention"}
    safety = {"trusted-person", "no-driving", "food-and-drink", "medicines"}
    assert items.keys() >= {*comforts, *safety, "phone"}
    assert {items[each] for each in comforts} == {"comfort"}
    assert {items[each] for each in safety} == {"safety"}


def ready_determination():
    session, _, begins = prepared()
    session = record_observation(session, reading(begins))
    return determine(session_facts(session, begins, answers=READY), load_rulebook("readiness-clinic"), begins)


def test_a_gate_of_another_kind_or_setting_opens_nothing():
    at_home, clinic = load_rulebook("readiness-home"), load_rulebook("readiness-clinic")
    session, signed, begins = prepared("home-ordered")
    with pytest.raises(StateError, match="readiness for the setting home"):
        make_ready(session, ready_determination(), at_home)
    at_clinic, _, _ = prepared()
    with_reading = record_observation(at_clinic, reading(begins))
    common = determine(session_facts(with_reading, begins, answers=READY), load_rulebook("readiness"), begins)
    assert common.status.permits
    with pytest.raises(StateError, match="readiness for the setting clinic"):
        make_ready(with_reading, common, load_rulebook("readiness"))
    wrong = determine(session_facts(at_clinic, begins, answers=LEAVING), load_rulebook("discharge-clinic"), begins)
    with pytest.raises(StateError, match="determination of readiness"):
        make_ready(at_clinic, wrong, clinic)
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
    now = begins + timedelta(hours=1)
    facts = session_facts(session, now, answers={}, last_dose_at=begins - timedelta(days=3))
    assert facts.get("session.hours_since_last_dose").value == 73
    assert facts.get("session.is_first").value is False
    assert facts.get("session.minutes_since_dose").value == 60
    lower = record_observation(session, reading(now, systolic=90, diastolic=99, points=3))
    since = session_facts(lower, now, answers={})
    rises = ("session.systolic_rise", "session.diastolic_rise", "session.dissociation_rise")
    assert [since.get(each).value for each in rises] == [0, 21, 3]
    assert since.get("session.acute_symptoms").value is False
    assert session_facts(lower, now, answers={"session.acute_symptoms": True}).get("session.acute_symptoms").value
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


def test_dissociation_is_compared_on_the_23_item_form_only():
    session, _, begins = dosed()
    now = begins + timedelta(minutes=40)
    short = attrs.evolve(reading(now), dissociation=CadssShort(total=10))
    found = session_facts(record_observation(session, short), now, answers={})
    assert found.get("session.dissociation_rise") is None
    assert found.get("session.dissociation_expected").value is True
    unrated = attrs.evolve(session, observations=())
    assert session_facts(unrated, now, answers={}).get("session.dissociation_expected") is None
    of_label = session_facts(unrated, now, answers={}, protocol=load_protocol("esketamine-label"))
    assert of_label.get("session.dissociation_expected").value is False


@pytest.mark.parametrize(
    ("route", "rulebook", "least"),
    [("iv", "discharge-clinic", 120), ("intranasal", "discharge-clinic", 120), ("oral", "discharge-home", 240)],
)
def test_the_least_time_goes_by_route_and_setting(route, rulebook, least):
    assert least_minutes(load_rulebook(rulebook), route) == least


def test_no_driving_on_the_day_after_the_last_that_the_session_touches():
    session, _, begins = dosed()
    assert (begins.hour, no_driving_until(session).not_before) == (9, date(2026, 12, 2))
    past_midnight = record_observation(session, reading(begins + timedelta(hours=15, minutes=1)))
    rule = no_driving_until(past_midnight)
    assert (rule.not_before, rule.time_zone, rule.after_sleep) == (date(2026, 12, 3), "America/Denver", True)
    with pytest.raises(StateError, match="no dose"):
        no_driving_until(prepared()[0])
