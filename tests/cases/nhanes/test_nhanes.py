"""
Real people: 2,761 survey participants, as they answered and with the rest of the form filled in.

The survey (see README.md beside this file) asks a part of what an intake asks. So each row is screened twice: as it is,
and with every question that the survey does not ask answered as unproblematic; then only real answers decide.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import attrs
import pytest
from tests.cases.nhanes.mapping import EXAMINED, YES_NO, intake_of, phq9_answers

from ketaprogram import Status, check_intake, determine, facts_from, load_rulebook, read, to_json
from ketaprogram.facts.model import AbsentFact, AbsentReason, FactSet
from ketaprogram.intake.model import Answer, Intake
from ketaprogram.outcomes import crisis_alert, score
from ketaprogram.outcomes.model import Responses
from ketaprogram.rules.explaining import crisis_cards

HERE = Path(__file__).parent
AS_OF = EXAMINED.replace(hour=12)
GATES = ("candidacy-clinic", "candidacy-home")


@pytest.fixture(scope="module")
def rows():
    with (HERE / "nhanes_2017_2018_screening.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def unproblematic():
    """Facts of a person against whom nothing stands in either setting: one who seeks help for a depression."""
    form = read(Intake, (HERE.parent / "intakes" / "candidate-home-gad.json").read_bytes())
    return facts_from(attrs.evolve(form, sought=attrs.evolve(form.sought, indication="depression")), AS_OF)


def filled_in(surveyed: FactSet, rest: FactSet, asked: set[str]) -> FactSet:
    """What the survey asked stays as it was answered or not; everything else is unproblematic."""
    return FactSet(facts=(*surveyed.facts, *(each for each in rest.facts if each.id not in asked)))


# What the survey asks. The rest of a form it does not.
ASKED = {
    *("person.age", "person.weight", "person.bmi", "vitals.systolic", "vitals.diastolic", "vitals.heart_rate"),
    *("condition.heart_failure", "condition.coronary_disease", "condition.cardiovascular_event"),
    *("condition.cardiovascular_event_on", "condition.pregnancy", "measure.phq9_total", "measure.phq9_item_9"),
}


def test_every_row_is_an_intake_without_faults(rows):
    for row in rows:
        intake = intake_of(row)
        assert read(Intake, to_json(intake)) == intake
        codes = {issue.code for issue in check_intake(intake, AS_OF)}
        # Some real readings have a diastolic pressure of 0: a phase-five sound that never stopped.
        assert codes <= {"value.implausible"}


@pytest.mark.parametrize("gate", GATES)
def test_nobody_is_permitted_while_a_deciding_fact_is_missing(rows, unproblematic, gate):
    rulebook = load_rulebook(gate)
    for row in rows:
        surveyed = facts_from(intake_of(row), AS_OF)
        for facts in (surveyed, filled_in(surveyed, unproblematic, ASKED)):
            answer = determine(facts, rulebook, AS_OF)
            open_questions = [
                each for each in answer.findings if each.truth == "unknown" and each.criterion_kind != "precaution"
            ]
            if open_questions:
                assert not answer.status.permits
            if answer.status is Status.NEEDS_INFO:
                assert answer.requirements
        assert not determine(surveyed, rulebook, AS_OF).status.permits


def test_refused_and_unknown_answers_keep_their_reason(rows):
    reasons = {Answer.ASKED_DECLINED: AbsentReason.ASKED_DECLINED, Answer.ASKED_UNKNOWN: AbsentReason.ASKED_UNKNOWN}
    seen = Counter()
    for row in rows:
        facts = facts_from(intake_of(row), AS_OF)
        for column, fact_id in (("MCQ160B", "condition.heart_failure"), ("MCQ160C", "condition.coronary_disease")):
            answer, fact = YES_NO[row[column]], facts.get(fact_id)
            if answer in reasons:
                assert isinstance(fact, AbsentFact)
                assert fact.reason is reasons[answer]
                seen[fact.reason] += 1
            elif answer is Answer.NOT_ASKED:
                assert fact is None
        if row["DPQ090"] in {"7", "9"}:
            fact = facts.get("measure.phq9_item_9")
            assert isinstance(fact, AbsentFact)
            seen[fact.reason] += 1
    assert seen[AbsentReason.ASKED_UNKNOWN] >= 18
    assert seen[AbsentReason.ASKED_DECLINED] >= 1


def responses_of(row: dict[str, str]) -> Responses:
    answers = [
        {"item": f"phq9-{item}", "value": value} if value is not None else {"item": f"phq9-{item}", "absent": "unknown"}
        for item, value in enumerate(phq9_answers(row), 1)
    ]
    return read(
        Responses,
        {
            "schema": "urn:ketaprogram:schema:responses:1",
            "instrument": "phq-9",
            "answered_at": "2026-11-24T09:00:00Z",
            "answers": answers,
        },
    )


def test_phq9_totals_only_for_complete_answers(rows):
    complete = 0
    for row in rows:
        answers = phq9_answers(row)
        result = score(responses_of(row))
        if None in answers:
            assert result.value is None
            assert len(result.missing) == answers.count(None)
        else:
            assert result.value == sum(answers)
            complete += 1
    assert complete == 2524


def test_a_positive_item_9_always_opens_the_crisis_path(rows, unproblematic):
    positive = 0
    for row in rows:
        if phq9_answers(row)[8] in {1, 2, 3}:
            positive += 1
            alert = crisis_alert(responses_of(row), "US")
            assert alert is not None
            assert alert.card.indicator == "critical"
            for gate in GATES:
                facts = filled_in(facts_from(intake_of(row), AS_OF), unproblematic, ASKED)
                answer = determine(facts, load_rulebook(gate), AS_OF)
                assert answer.opens_crisis
                assert crisis_cards(answer)
    assert positive == 85


def test_the_counts_by_status_are_those_of_the_golden_file(rows, unproblematic):
    counts = {}
    for gate in GATES:
        rulebook = load_rulebook(gate)
        surveyed = [facts_from(intake_of(row), AS_OF) for row in rows]
        for label, facts in (
            ("as surveyed", surveyed),
            ("rest filled in", [filled_in(each, unproblematic, ASKED) for each in surveyed]),
        ):
            statuses = Counter(determine(each, rulebook, AS_OF).status.value for each in facts)
            counts[f"{gate}, {label}"] = dict(sorted(statuses.items()))
    golden = json.loads((HERE / "counts.json").read_text("utf-8"))
    assert counts == golden["counts"]
