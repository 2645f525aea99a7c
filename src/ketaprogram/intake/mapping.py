"""
From an intake to facts: what each answer proves, and what it leaves open.

The mapping is total: it never raises and never guesses. A contradiction keeps the harmful side, an answer without its
own time counts from the form's, a list proves absence only when it is complete and says as of when.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Context, Decimal
from typing import TYPE_CHECKING

from ketaprogram._time import age_years, is_zone, wall
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import (
    AbsentFact,
    AbsentReason,
    BooleanFact,
    CodeFact,
    CodesFact,
    DateFact,
    EntriesFact,
    Entry,
    Fact,
    FactSet,
    QuantityFact,
)
from ketaprogram.intake.lists import in_value_set, proved_by_substance
from ketaprogram.intake.model import Answer
from ketaprogram.medications.naming import identify
from ketaprogram.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from ketaprogram.facts.catalog import FactDefinition
    from ketaprogram.intake.model import Intake, Treatment

    EntryFact = BooleanFact | QuantityFact | CodeFact | AbsentFact

__all__ = ["facts_from"]


def facts_from(intake: Intake, as_of: datetime) -> FactSet:
    """
    The facts that an intake states.

    Args:
        intake: The form.
        as_of: The instant of the question; readings after it are not used, and the age is counted to its day.

    Returns:
        Facts with the time of their observation. What the form leaves open is not in it, or is there with the reason.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.intake.model import Intake
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> facts_from(Intake(id="a", recorded_at=now, time_zone="Europe/London"), now).get("person.age") is None
        True
    """
    zone = intake.time_zone if is_zone(intake.time_zone) else None
    today = wall(as_of, zone)[0] if zone else as_of.date()
    stated = (
        *_person(intake, today),
        *_sought(intake),
        *_vitals(intake, as_of),
        *_conditions(intake),
        *_suicide(intake),
        *_measures(intake, as_of),
        *_trials(intake),
        *_medicines(intake),
        *_stopped_maoi(intake),
        *_answers(intake),
    )
    open_ids = {each.id for each in stated if isinstance(each, AbsentFact)}
    added = {each.id for each in intake.additional_facts}
    return FactSet(
        facts=(*(each for each in stated if each.id not in open_ids & added), *intake.additional_facts),
        time_zone=zone,
    )


def _person(intake: Intake, today: date) -> Iterator[Fact]:
    person = intake.person
    if person.birth_date is not None and person.birth_date <= today:
        years = Decimal(age_years(person.birth_date, today))
        yield QuantityFact(id="person.age", value=years, unit="a", observed_at=intake.recorded_at)
    if person.weight is None:
        return
    measured_at = person.weight.measured_at or intake.recorded_at
    yield QuantityFact(id="person.weight", value=person.weight.value, unit=person.weight.unit, observed_at=measured_at)
    if person.height is not None and person.height.value > 0:
        kilograms = Quantity(person.weight.value, person.weight.unit).to("kg").value
        metres = Quantity(person.height.value, person.height.unit).to("m").value
        # Rounded up: the rounded index is never below the true one, so no limit is passed by rounding.
        index = _UP.divide(kilograms, _UP.multiply(metres, metres)).quantize(Decimal("0.1"), context=_UP)
        if index < _TOO_LARGE:  # a height of millimetres makes a number that no document can hold
            yield QuantityFact(id="person.bmi", value=index, unit="kg/m2", observed_at=measured_at)


def _sought(intake: Intake) -> Iterator[Fact]:
    if intake.sought.indication is not None:
        yield CodeFact(id="sought.indication", value=intake.sought.indication, observed_at=intake.recorded_at)
    if intake.sought.route is not None:
        yield CodeFact(id="sought.route", value=intake.sought.route, observed_at=intake.recorded_at)
    yield CodeFact(id="sought.setting", value=intake.sought.setting, observed_at=intake.recorded_at)


def _vitals(intake: Intake, as_of: datetime) -> Iterator[Fact]:
    """Each sign from its latest reading; of two at one instant the more harmful."""
    readings = [each for each in intake.vitals if each.taken_at <= as_of]
    for fact_id, member in _SIGNS.items():
        found = [(each.taken_at, getattr(each, member)) for each in readings if getattr(each, member) is not None]
        if not found:
            continue
        latest = max(taken_at for taken_at, _ in found)
        worst = min if catalog()[fact_id].harm == "down" else max
        value = worst(number for taken_at, number in found if taken_at == latest)
        yield QuantityFact(id=fact_id, value=Decimal(value), unit=catalog()[fact_id].unit, observed_at=latest)


def _conditions(intake: Intake) -> Iterator[Fact]:
    proved = {condition for use in intake.substance_use for condition in proved_by_substance(use.substance, use.status)}
    for definition in catalog().definitions.values():
        name = definition.id.removeprefix("condition.")
        if name != definition.id and definition.kind == "boolean":
            fact = _condition(intake, name, definition, by_substance=name in proved)
            if fact is not None:
                yield fact
    for each in intake.conditions:
        fact_id = f"condition.{each.condition}_on"
        if each.last_on is not None and fact_id in catalog():
            yield DateFact(id=fact_id, value=each.last_on, observed_at=each.observed_at or intake.recorded_at)


def _condition(intake: Intake, name: str, definition: FactDefinition, *, by_substance: bool) -> Fact | None:
    answers = {
        each.answer: each.observed_at or intake.recorded_at for each in intake.conditions if each.condition == name
    }
    own = _OWN_MEMBERS.get(name)
    if own is not None:
        answers.setdefault(getattr(intake.pregnancy, own), intake.pregnancy.observed_at or intake.recorded_at)
    value_set = definition.value_set
    coded = value_set is not None and any(in_value_set(each.code, value_set) for each in intake.diagnoses.entries)
    if Answer.YES in answers or coded or by_substance:
        return BooleanFact(id=definition.id, value=True, observed_at=answers.get(Answer.YES, intake.recorded_at))
    no = Answer.NOT_APPLICABLE if own is not None and Answer.NOT_APPLICABLE in answers else Answer.NO
    if no in answers:
        return BooleanFact(id=definition.id, value=False, observed_at=answers[no])
    if (
        value_set is not None
        and own is None
        and intake.diagnoses.list_is_complete
        and intake.diagnoses.as_of is not None
    ):
        return BooleanFact(id=definition.id, value=False, observed_at=intake.diagnoses.as_of)
    return _absent(definition.id, next(iter(answers), Answer.NOT_ASKED))


def _suicide(intake: Intake) -> Iterator[Fact]:
    screen = intake.suicide_screen
    screened_at = screen.screened_at or intake.recorded_at
    if screen.cssrs_risk is not None:
        yield CodeFact(id="suicide.cssrs_risk", value=screen.cssrs_risk, observed_at=screened_at)
    yield from _answer("suicide.imminent_risk", screen.imminent_risk, screened_at)


def _measures(intake: Intake, as_of: datetime) -> Iterator[Fact]:
    """The latest of each; of two at one instant the more harmful."""
    for word in sorted({each.measure for each in intake.measures}):
        found = [each for each in intake.measures if each.measure == word and each.measured_at <= as_of]
        if found:
            latest = max(found, key=lambda each: (each.measured_at, each.value))
            fact_id = "measure." + word.replace("-", "_")
            yield QuantityFact(id=fact_id, value=Decimal(latest.value), unit="{score}", observed_at=latest.measured_at)


def _trials(intake: Intake) -> Iterator[Fact]:
    """The history of treatments as it stands; what counts as a failed trial is the rulebook's to say."""
    tried = intake.treatments
    if tried.entries or tried.list_is_complete:
        yield EntriesFact(
            id="trials.history",
            entries=tuple(Entry(label=each.name, facts=tuple(_trial(each))) for each in tried.entries),
            is_complete=tried.list_is_complete,
            observed_at=tried.as_of or intake.recorded_at,
        )


def _trial(treatment: Treatment) -> Iterator[EntryFact]:
    yield CodeFact(id="trial.treatment_class", value=treatment.treatment_class)
    for fact_id, answer in (
        ("trial.dose_adequate", treatment.dose_adequate),
        ("trial.current_episode", treatment.current_episode),
    ):
        # Where there is no dose to speak of, as in therapy, none was too low.
        if answer in {Answer.YES, Answer.NO, Answer.NOT_APPLICABLE}:
            yield BooleanFact(id=fact_id, value=answer is not Answer.NO)
        elif answer is not Answer.NOT_ASKED:
            yield AbsentFact(id=fact_id, reason=AbsentReason(answer.value))
    if treatment.weeks is not None:
        yield QuantityFact(id="trial.weeks", value=Decimal(treatment.weeks), unit="wk")
    if treatment.outcome != "unknown":
        yield CodeFact(id="trial.outcome", value=treatment.outcome)


def _medicines(intake: Intake) -> Iterator[Fact]:
    medicines = intake.medications
    if not medicines.entries and not medicines.list_is_complete:
        return
    found = [identify(each.name, each.atc) for each in medicines.entries]
    yield CodesFact(
        id="medication.classes",
        values=frozenset(word for each in found for word in each.classes),
        is_complete=medicines.list_is_complete
        and medicines.as_of is not None
        and all(each.is_settled for each in found),
        observed_at=medicines.as_of or intake.recorded_at,
    )


def _stopped_maoi(intake: Intake) -> Iterator[Fact]:
    """Never taken, or taken until a day; a day proves that one was taken, whatever the answer says."""
    medicines = intake.medications
    observed_at = medicines.as_of or intake.recorded_at
    if medicines.maoi_stopped_on is None:
        yield from _answer("medication.maoi_stopped", medicines.maoi_stopped, observed_at)
    else:
        yield BooleanFact(id="medication.maoi_stopped", value=True, observed_at=observed_at)
        yield DateFact(id="medication.maoi_stopped_on", value=medicines.maoi_stopped_on, observed_at=observed_at)


def _answers(intake: Intake) -> Iterator[Fact]:
    for member in ("trusted_people", "therapist", "adult_present", "internet", "willing_to_integrate"):
        yield from _answer(f"support.{member}", getattr(intake.support, member), intake.recorded_at)
    for member in ("face_to_face_visits", "validated_cuff"):
        yield from _answer(f"home.{member}", getattr(intake.support, member), intake.recorded_at)
    signed_at = intake.consent.signed_at or intake.recorded_at
    for member in ("has_capacity", "understands_program", "treatment"):
        yield from _answer(f"consent.{member}", getattr(intake.consent, member), signed_at)


def _answer(fact_id: str, answer: Answer, observed_at: datetime) -> Iterator[Fact]:
    if answer in {Answer.YES, Answer.NO}:
        yield BooleanFact(id=fact_id, value=answer is Answer.YES, observed_at=observed_at)
    elif (absent := _absent(fact_id, answer)) is not None:
        yield absent


def _absent(fact_id: str, answer: Answer) -> Fact | None:
    if answer is Answer.NOT_ASKED:
        return None
    return AbsentFact(id=fact_id, reason=AbsentReason(answer.value))


_TOO_LARGE = 10**9
_UP = Context(prec=40, rounding=ROUND_CEILING)
_SIGNS = {
    "vitals.systolic": "systolic_mmhg",
    "vitals.diastolic": "diastolic_mmhg",
    "vitals.heart_rate": "heart_rate_per_min",
    "vitals.spo2": "spo2_percent",
}
_OWN_MEMBERS = {"pregnancy": "pregnant", "breastfeeding": "breastfeeding"}
