"""From intake to facts: total, without guesses, without leaks."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import check_intake, determine, facts_from, load_rulebook, read, to_json, write
from ketaprogram.facts.catalog import catalog, check_fact
from ketaprogram.facts.model import AbsentFact, AbsentReason, BooleanFact, CodesFact, FactSet
from ketaprogram.intake.model import (
    Answer,
    ConditionAnswer,
    Diagnoses,
    Diagnosis,
    Intake,
    Length,
    Mass,
    Measure,
    Medication,
    Medications,
    Person,
    Treatment,
    Treatments,
)
from ketaprogram.testing.strategies import AS_OF, documents, instants

CANARY = "Zebulon Q. Canary"


@given(documents(Intake), instants())
def test_any_intake_becomes_facts_that_can_be_written(intake, as_of):
    facts = facts_from(intake, as_of)
    assert read(FactSet, write(facts)) == facts


@given(documents(Intake), instants())
def test_the_facts_of_a_faultless_intake_fit_the_catalogue(intake, as_of):
    if not check_intake(intake, as_of):
        for fact in facts_from(intake, as_of).facts:
            assert not check_fact(fact, catalog()), fact.id


@given(documents(Intake), instants())
def test_nothing_observed_after_the_question_is_used_as_a_reading(intake, as_of):
    for fact in facts_from(attrs.evolve(intake, additional_facts=()), as_of).facts:
        if fact.id.startswith(("vitals.", "measure.")):
            assert fact.observed_at <= as_of


@given(documents(Intake))
def test_no_fault_of_meaning_holds_a_value(intake):
    told = attrs.evolve(
        intake,
        medications=Medications(entries=(Medication(name=CANARY),)),
        additional_facts=(BooleanFact(id="zebulon_canary", value=True),),
    )
    assert CANARY not in "".join(f"{issue} {issue!r}" for issue in check_intake(told, AS_OF))
    assert CANARY not in repr(told)
    assert CANARY not in repr(facts_from(told, AS_OF))


CONDITIONS = [
    each.id.removeprefix("condition.")
    for each in catalog().definitions.values()
    if each.id.startswith("condition.") and each.kind == "boolean" and each.value_set
]


def form(**members):
    return Intake(id="a", recorded_at=AS_OF, time_zone="Europe/London", **members)


@given(st.sampled_from(CONDITIONS), st.sampled_from(Answer))
def test_an_answer_says_what_it_says_and_no_more(condition, answer):
    fact = facts_from(form(conditions=(ConditionAnswer(condition=condition, answer=answer),)), AS_OF).get(
        f"condition.{condition}"
    )
    match answer:
        case Answer.YES | Answer.NO:
            assert isinstance(fact, BooleanFact)
            assert fact.value is (answer is Answer.YES)
        case Answer.NOT_ASKED:
            assert fact is None
        case Answer.NOT_APPLICABLE if condition == "pregnancy":
            assert isinstance(fact, BooleanFact)
            assert fact.value is False
        case _:
            assert isinstance(fact, AbsentFact)
            assert fact.reason is AbsentReason(answer.value)


@given(st.booleans(), st.none() | st.just(AS_OF), st.lists(st.sampled_from(["I10", "F41.1", "Z00.0"]), max_size=3))
def test_only_a_complete_and_dated_list_proves_that_a_condition_is_absent(is_complete, as_of, codes):
    diagnoses = Diagnoses(
        entries=tuple(Diagnosis(code=code) for code in codes), list_is_complete=is_complete, as_of=as_of
    )
    fact = facts_from(form(diagnoses=diagnoses), AS_OF).get("condition.aneurysm")
    assert (isinstance(fact, BooleanFact) and fact.value is False) == (is_complete and as_of is not None)


@pytest.mark.parametrize(
    ("treatment", "adequate", "or_borderline"),
    [
        ({"dose_adequate": Answer.YES, "weeks": 6, "outcome": "no-response"}, "true", "true"),
        ({"dose_adequate": Answer.YES, "weeks": 6, "outcome": "partial-response"}, "true", "true"),
        ({"dose_adequate": Answer.NOT_APPLICABLE, "weeks": 16, "outcome": "no-response"}, "true", "true"),
        ({"dose_adequate": Answer.YES, "weeks": 5, "outcome": "no-response"}, "false", "true"),
        ({"dose_adequate": Answer.YES, "weeks": 3, "outcome": "no-response"}, "false", "false"),
        ({"dose_adequate": Answer.NO, "weeks": 30, "outcome": "no-response"}, "false", "false"),
        ({"dose_adequate": Answer.YES, "weeks": 30, "outcome": "intolerance"}, "false", "false"),
        ({"dose_adequate": Answer.YES, "weeks": 30, "outcome": "unknown"}, "unknown", "unknown"),
        ({"dose_adequate": Answer.ASKED_UNKNOWN, "weeks": 30, "outcome": "no-response"}, "unknown", "unknown"),
        ({"dose_adequate": Answer.YES, "outcome": "no-response"}, "unknown", "unknown"),
    ],
)
def test_what_counts_as_an_adequate_trial_that_failed(treatment, adequate, or_borderline):
    """Two treatments alike in a complete list: borderline ones leave a clinician to decide, and show what was told."""
    tried = tuple(Treatment(name="a medicine", treatment_class="ssri", **treatment) for _ in range(2))
    facts = facts_from(form(treatments=Treatments(entries=tried, list_is_complete=True)), AS_OF)
    findings = {each.criterion: each for each in determine(facts, load_rulebook("candidacy"), AS_OF).findings}
    staged, least = findings["precaution.failed-trials-staged"], findings["inclusion.failed-trial"]
    opposite = {"true": "false", "false": "true", "unknown": "unknown"}
    assert (opposite[staged.truth], least.truth) == (adequate, or_borderline)
    assert [each.label for each in least.used[0].entries] == ["a medicine", "a medicine"]


def test_two_answers_to_one_question_and_an_offset_that_is_not_the_zones():
    twice = tuple(ConditionAnswer(condition="aneurysm", answer=answer) for answer in (Answer.NO, Answer.YES))
    shifted = attrs.evolve(form(conditions=twice), recorded_at=AS_OF.astimezone(timezone(timedelta(hours=-5))))
    issues = [f"{issue.pointer} {issue.code}" for issue in check_intake(shifted, AS_OF)]
    assert issues == ["/recorded_at time.offset", "/conditions/1/answer intake.contradiction"]
    misspelt = form(conditions=(ConditionAnswer(condition="aneurism", answer=Answer.NO),))
    (issue,) = check_intake(misspelt, AS_OF)
    assert "aneurysm" in issue.hint
    late = attrs.evolve(form(), recorded_at=AS_OF + timedelta(days=1))
    assert [issue.code for issue in check_intake(late, AS_OF)] == ["time.future"]
    scored = form(measures=(Measure(measure="phq9-total", value=5, measured_at=AS_OF + timedelta(days=1)),))
    assert [issue.pointer for issue in check_intake(scored, AS_OF)] == ["/measures/0/measured_at"]


def test_a_code_proves_its_condition_even_against_a_no():
    intake = form(
        conditions=(ConditionAnswer(condition="aneurysm", answer=Answer.NO),),
        diagnoses=Diagnoses(entries=(Diagnosis(code="I71.40"),)),
    )
    assert facts_from(intake, AS_OF).get("condition.aneurysm").value is True
    assert [issue.code for issue in check_intake(intake, AS_OF)] == ["intake.contradiction"]


@given(st.lists(st.sampled_from(["sertraline", "a blue pill", "Nardil", "kale"]), max_size=4))
def test_a_medicine_that_no_list_knows_keeps_the_list_open(names):
    medicines = Medications(entries=tuple(Medication(name=name) for name in names), list_is_complete=True, as_of=AS_OF)
    fact = facts_from(form(medications=medicines), AS_OF).get("medication.classes")
    assert isinstance(fact, CodesFact)
    assert fact.is_complete == (not {"a blue pill", "kale"} & set(names))
    assert ("maoi" in fact.values) == ("Nardil" in names)


@given(documents(Intake), st.integers(0, 4000))
def test_facts_only_age_with_time(intake, days):
    """What is asked later is answered with the same observations; only the age and newly past readings change."""
    plain = attrs.evolve(
        intake, vitals=(), measures=(), additional_facts=(), person=attrs.evolve(intake.person, birth_date=None)
    )
    assert to_json(facts_from(plain, AS_OF)) == to_json(facts_from(plain, AS_OF + timedelta(days=days)))


def test_a_height_of_millimetres_makes_no_index_that_a_document_could_not_hold():
    tiny = Person(weight=Mass(value=Decimal(400_000_000), unit="kg"), height=Length(value=Decimal("0.1"), unit="m"))
    facts = facts_from(form(person=tiny), AS_OF)
    assert facts.get("person.bmi") is None
    assert facts.get("person.weight") is not None
