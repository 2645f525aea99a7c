"""One row of the survey as an intake: what was answered, what was refused, what was not asked. Nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from ketaprogram.facts.model import AbsentFact, AbsentReason, QuantityFact
from ketaprogram.intake.model import (
    Answer,
    ConditionAnswer,
    Intake,
    Length,
    Mass,
    Measure,
    Person,
    Pregnancy,
    SubstanceUse,
    VitalSigns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# The survey gives no dates: every row is read as if it had been examined on the morning of the question.
EXAMINED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TOP_CODED_AGE = 80

YES_NO = {"1": Answer.YES, "2": Answer.NO, "7": Answer.ASKED_DECLINED, "9": Answer.ASKED_UNKNOWN, "": Answer.NOT_ASKED}


def intake_of(row: dict[str, str]) -> Intake:
    """The intake that one row fills in."""
    return Intake(
        id=row["SEQN"],
        recorded_at=EXAMINED,
        time_zone="America/New_York",
        person=_person(row),
        conditions=tuple(_conditions(row)),
        vitals=tuple(_vitals(row)),
        pregnancy=Pregnancy(pregnant=_pregnant(row), observed_at=EXAMINED),
        substance_use=tuple(_substances(row)),
        measures=tuple(_measures(row)),
        additional_facts=(_age(row), *_absent_item_9(row)),
    )


def phq9_answers(row: dict[str, str]) -> list[int | None]:
    """The nine items; refused, don't know and blank are None. DPQ100 is not an item."""
    return [int(row[f"DPQ0{item}0"]) if row[f"DPQ0{item}0"] in {"0", "1", "2", "3"} else None for item in range(1, 10)]


def _person(row: dict[str, str]) -> Person:
    return Person(
        sex={"1": "male", "2": "female"}.get(row["RIAGENDR"], "unknown"),  # type: ignore[arg-type]
        country="US",
        weight=Mass(value=Decimal(row["BMXWT"]), unit="kg", measured_at=EXAMINED) if row["BMXWT"] else None,
        height=Length(value=Decimal(row["BMXHT"]), unit="cm") if row["BMXHT"] else None,
    )


def _age(row: dict[str, str]) -> QuantityFact:
    years = int(row["RIDAGEYR"])
    return QuantityFact(
        id="person.age",
        value=Decimal(years),
        unit="a",
        comparator=">=" if years >= TOP_CODED_AGE else "=",
        observed_at=EXAMINED,
    )


def _conditions(row: dict[str, str]) -> Iterator[ConditionAnswer]:
    heart_attack, stroke = YES_NO[row["MCQ160E"]], YES_NO[row["MCQ160F"]]
    both = {heart_attack, stroke}
    event = next((each for each in (Answer.YES, *sorted(both - {Answer.NO})) if each in both), Answer.NO)
    answers = {
        "heart_failure": YES_NO[row["MCQ160B"]],
        "coronary_disease": YES_NO[row["MCQ160C"]],
        "cardiovascular_event": event,
    }
    for condition, answer in answers.items():
        yield ConditionAnswer(condition=condition, answer=answer, observed_at=EXAMINED)


def _vitals(row: dict[str, str]) -> Iterator[VitalSigns]:
    for reading in range(1, 5):
        systolic, diastolic = row[f"BPXSY{reading}"], row[f"BPXDI{reading}"]
        if systolic or diastolic:
            yield VitalSigns(
                taken_at=EXAMINED + timedelta(minutes=reading),
                position="sitting",
                systolic_mmhg=int(systolic) if systolic else None,
                diastolic_mmhg=int(diastolic) if diastolic else None,
                heart_rate_per_min=int(row["BPXPLS"]) if row["BPXPLS"] else None,
            )


def _pregnant(row: dict[str, str]) -> Answer:
    if row["RIAGENDR"] == "1":
        return Answer.NOT_APPLICABLE
    return {"1": Answer.YES, "2": Answer.NO, "3": Answer.ASKED_UNKNOWN}.get(row["RIDEXPRG"], Answer.NOT_ASKED)


def _substances(row: dict[str, str]) -> Iterator[SubstanceUse]:
    status = {"1": "past-use", "2": "never", "7": "declined", "9": "unknown"}
    for column, substance in {"DUQ250": "cocaine", "DUQ290": "opioids", "DUQ330": "stimulants"}.items():
        if row[column]:
            yield SubstanceUse(substance=substance, status=status[row[column]])  # type: ignore[arg-type]


def _measures(row: dict[str, str]) -> Iterator[Measure]:
    answers = phq9_answers(row)
    if answers[8] is not None:
        yield Measure(measure="phq9-item-9", value=answers[8], measured_at=EXAMINED)
    if None not in answers:
        yield Measure(measure="phq9-total", value=sum(each or 0 for each in answers), measured_at=EXAMINED)


def _absent_item_9(row: dict[str, str]) -> Iterator[AbsentFact]:
    reasons = {"7": AbsentReason.ASKED_DECLINED, "9": AbsentReason.ASKED_UNKNOWN}
    if row["DPQ090"] in reasons:
        yield AbsentFact(id="measure.phq9_item_9", reason=reasons[row["DPQ090"]])
