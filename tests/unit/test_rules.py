"""Readable cases of the engine: what a fact can be, and what it makes of a condition."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest
from tests.making import AS_OF, CASES, determination

from ketaprogram import (
    FactSet,
    Intake,
    RuleError,
    Status,
    catalog,
    determine,
    explain,
    facts_from,
    load_rulebook,
    read,
    read_rulebook,
)
from ketaprogram.facts.model import AbsentFact, AbsentReason, BooleanFact, CodeFact, CodesFact, DateFact, QuantityFact
from ketaprogram.rules.conditions import Amounts, Flag, Period, Test, Words
from ketaprogram.rules.evaluation import View, weigh
from ketaprogram.rules.explaining import crisis_cards
from ketaprogram.truth import FALSE, TRUE, UNKNOWN


def truth_of(op, operand, *facts, on=AS_OF, zone=None):
    view = View(FactSet(facts=facts, time_zone=zone), catalog(), on)
    return weigh(Test(fact=facts[0].id, op=op, operand=operand), view).truth


def systolic(value, comparator="=", unit="mm[Hg]", observed_at=AS_OF):
    return QuantityFact(
        id="vitals.systolic", value=Decimal(value), unit=unit, comparator=comparator, observed_at=observed_at
    )


def mmhg(*bounds):
    return Amounts(values=tuple(Decimal(bound) for bound in bounds), unit="mm[Hg]")


@pytest.mark.parametrize(
    ("op", "bounds", "below", "at", "above"),
    [
        ("<", (140,), TRUE, FALSE, FALSE),
        ("<=", (140,), TRUE, TRUE, FALSE),
        (">", (140,), FALSE, FALSE, TRUE),
        (">=", (140,), FALSE, TRUE, TRUE),
        ("=", (140,), FALSE, TRUE, FALSE),
        ("!=", (140,), TRUE, FALSE, TRUE),
        ("between", (140, 150), FALSE, TRUE, TRUE),
    ],
)
def test_amounts_at_their_bounds(op, bounds, below, at, above):
    assert [truth_of(op, mmhg(*bounds), systolic(value)) for value in (139, 140, 141)] == [below, at, above]


@pytest.mark.parametrize(
    ("op", "comparator", "value", "result"),
    [
        (">=", ">=", 150, TRUE),
        (">=", ">=", 130, UNKNOWN),
        ("<", ">=", 150, FALSE),
        ("<", "<=", 130, TRUE),
        ("<", "<=", 150, UNKNOWN),
        (">", "<=", 130, FALSE),
        ("=", ">=", 150, FALSE),
        ("=", ">=", 130, UNKNOWN),
        ("!=", "<=", 130, TRUE),
    ],
)
def test_an_amount_bounded_on_one_side_decides_only_that_side(op, comparator, value, result):
    assert truth_of(op, mmhg(140), systolic(value, comparator)) is result


def test_amounts_convert_and_unlike_ones_answer_nothing():
    weight = QuantityFact(id="person.weight", value=Decimal(200), unit="[lb_av]", observed_at=AS_OF)
    assert truth_of(">", Amounts(values=(Decimal(90),), unit="kg"), weight) is TRUE
    strange = attrs.evolve(weight, unit="mL")
    assert truth_of(">", Amounts(values=(Decimal(90),), unit="kg"), strange) is UNKNOWN


def test_words_lists_flags_and_facts_of_another_kind():
    sought = CodeFact(id="sought.indication", value="gad", observed_at=AS_OF)
    assert truth_of("!=", Words(values=("sad",)), sought) is TRUE
    assert truth_of("in", Words(values=("sad", "gad")), sought) is TRUE
    taken = CodesFact(id="medication.classes", values=frozenset({"maoi"}), observed_at=AS_OF)
    assert truth_of("includes-any", Words(values=("opioid", "maoi")), taken) is TRUE
    assert truth_of("includes-any", Words(values=("opioid",)), taken) is UNKNOWN
    assert truth_of("includes-any", Words(values=("opioid",)), attrs.evolve(taken, is_complete=True)) is FALSE
    with pytest.raises(RuleError, match="does not fit"):
        truth_of("=", Flag(value=True), sought)
    assert truth_of("=", Flag(value=True), BooleanFact(id="vitals.systolic", value=True)) is UNKNOWN


def test_dates_count_whole_days_on_the_persons_calendar():
    event = DateFact(id="condition.cardiovascular_event_on", value=date(2026, 10, 13), observed_at=AS_OF)
    six_weeks = Period(amount=42, unit="d")
    last = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert truth_of("within", six_weeks, event, on=last) is TRUE
    assert truth_of("within", six_weeks, event, on=last + timedelta(hours=1)) is FALSE
    assert truth_of("older-than", six_weeks, event, on=last + timedelta(hours=1)) is TRUE
    assert truth_of("within", six_weeks, event, on=last, zone="Pacific/Auckland") is FALSE
    assert truth_of("within", six_weeks, attrs.evolve(event, value=date(2027, 1, 1))) is UNKNOWN


def test_freshness_counts_days_on_the_calendar_and_minutes_on_the_clock():
    assert truth_of(">", mmhg(140), systolic(150, observed_at=AS_OF - timedelta(days=30, hours=11))) is TRUE
    assert truth_of(">", mmhg(140), systolic(150, observed_at=AS_OF - timedelta(days=31))) is UNKNOWN
    assert truth_of(">", mmhg(140), systolic(150, observed_at=None)) is UNKNOWN
    assert truth_of(">", mmhg(140), systolic(150, observed_at=AS_OF + timedelta(seconds=1))) is UNKNOWN
    now = attrs.evolve(systolic(150), id="session.systolic")
    minutes = [attrs.evolve(now, observed_at=AS_OF - timedelta(minutes=ago)) for ago in (60, 61)]
    assert [truth_of(">", mmhg(140), each) for each in minutes] == [TRUE, UNKNOWN]
    zoned = systolic(150, observed_at=AS_OF - timedelta(days=30))
    assert truth_of(">", mmhg(140), zoned, zone="Asia/Kathmandu") is TRUE


def test_a_past_illness_stays_past_and_its_absence_grows_stale():
    long_ago = AS_OF - timedelta(days=4000)
    for value, result in ((True, TRUE), (False, UNKNOWN)):
        fact = BooleanFact(id="condition.psychosis_history", value=value, observed_at=long_ago)
        assert truth_of("=", Flag(value=True), fact) is result


def test_a_question_needs_an_instant():
    with pytest.raises(TypeError, match="needs an offset"):
        determine(FactSet(), load_rulebook("candidacy"), datetime(2026, 11, 24))  # noqa: DTZ001  # that is the fault


def test_a_rulebook_past_its_end_never_says_candidate():
    text = """
id = "own"
version = "1.0.0"
title = "Own"
gate = "candidacy"
effective_from = 2026-01-01
effective_until = 2026-11-23
[[criterion]]
id = "exclusion.pregnancy"
kind = "exclusion"
statement = "Pregnancy."
when = { fact = "condition.pregnancy", op = "=", value = true }
action = "Look for another treatment."
sources = [{ id = "USPI", locator = "cand.pregnancy", confidence = "seen" }]
"""
    no = FactSet(facts=(BooleanFact(id="condition.pregnancy", value=False, observed_at=AS_OF),))
    answer = determine(no, read_rulebook(text), AS_OF)
    assert (answer.status, answer.in_effect) == (Status.NEEDS_REVIEW, False)
    assert "not in effect" in explain(answer)
    before = determine(no, read_rulebook(text), AS_OF - timedelta(days=0, hours=13))
    assert before.in_effect


def test_a_deferral_by_date_says_when_to_ask_again():
    answer = determination("deferred-recent-infarction")
    assert answer.recheck_on == date(2026, 12, 17)
    assert "2026-12-17" in explain(answer)
    assert determination("deferred-blood-pressure").recheck_on is None
    form = read(Intake, (CASES / "intakes" / "deferred-recent-infarction.json").read_bytes())
    both = facts_from(form, AS_OF).with_(systolic(170))
    assert determine(both, load_rulebook("candidacy-clinic"), AS_OF).recheck_on is None


def test_statuses_are_ordered_and_findings_print_every_kind_of_fact():
    assert Status.CANDIDATE < Status.NEEDS_REVIEW <= Status.NEEDS_REVIEW < "deferred"
    assert Status.EMERGENCY > Status.INELIGIBLE >= Status.DEFERRED
    infarction = explain(determination("deferred-recent-infarction"))
    assert "2026-11-04" in infarction
    opioids = explain(determination("home-refused-opioids", "home"), style="markdown")
    assert "opioid" in opioids
    incomplete = explain(determination("undated-medication-list"))
    assert "Classes of medicines taken" in incomplete
    assert "sought.indication" not in explain(determination("review-ptsd"))


def test_a_determination_from_elsewhere_may_name_an_absent_fact():
    answer = determination("deferred-blood-pressure")
    absent = AbsentFact(id="clinic.parking", reason=AbsentReason.ASKED_DECLINED)
    findings = tuple(attrs.evolve(each, used=(absent,)) for each in answer.findings)
    assert "clinic.parking: asked-declined" in explain(attrs.evolve(answer, findings=findings))


def test_the_crisis_path_opens_whatever_the_status():
    for name in ("emergency-beside-a-refusal", "item-9-positive-and-not-screened"):
        answer = determination(name)
        assert answer.opens_crisis
        assert {card.indicator for card in crisis_cards(answer)} == {"critical"}
    assert crisis_cards(determination()) == ()
    assert not determination().opens_crisis
