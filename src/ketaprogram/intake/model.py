"""
The intake document: what a person and the clinic's staff filled in before the first decision.

Every question can be left open and every answer can say why it is absent, so a half-filled form is still a valid
intake; what is missing becomes a question later, never a guess.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram.facts.model import Fact
from ketaprogram.record import Country, Id, Indication, Line, NonNegative, Pattern, Record, Route, ZoneName

__all__ = [
    "Answer",
    "ConditionAnswer",
    "Consent",
    "Diagnoses",
    "Diagnosis",
    "Intake",
    "Length",
    "Mass",
    "Measure",
    "Medication",
    "Medications",
    "Person",
    "Pregnancy",
    "Sought",
    "SubstanceUse",
    "SuicideScreen",
    "Support",
    "Treatment",
    "Treatments",
    "VitalSigns",
]


class Answer(StrEnum):
    """The answer to a yes-or-no question, or why there is none (FHIR data-absent-reason)."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    ASKED_UNKNOWN = "asked-unknown"
    ASKED_DECLINED = "asked-declined"
    NOT_ASKED = "not-asked"
    NOT_APPLICABLE = "not-applicable"
    NOT_PERFORMED = "not-performed"


@frozen(kw_only=True, repr=False)
class Mass(Record):
    """
    A body weight as it was measured.

    Args:
        value: The number.
        unit: kg, g or pounds ([lb_av]).
        measured_at: When.
    """

    value: NonNegative
    unit: Literal["kg", "g", "[lb_av]"]
    measured_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class Length(Record):
    """
    A body height as it was measured.

    Args:
        value: The number.
        unit: m, cm or inches ([in_i]).
    """

    value: NonNegative
    unit: Literal["m", "cm", "[in_i]"]


@frozen(kw_only=True, repr=False)
class Person(Record):
    """
    Who the program is for.

    Args:
        birth_date: Date of birth.
        sex: Sex recorded at birth, where it matters for a score's cut-off.
        country: Where the person is, for crisis lines.
        weight: Body weight.
        height: Body height.
    """

    birth_date: date | None = None
    sex: Literal["female", "male", "other", "unknown"] = "unknown"
    country: Country | None = None
    weight: Mass | None = None
    height: Length | None = None


@frozen(kw_only=True, repr=False)
class Sought(Record):
    """
    What the person seeks help for, and where.

    Args:
        indication: The main problem.
        route: How the medicine would be given.
        setting: Where sessions should take place.
    """

    indication: Indication | None = None
    route: Route | None = None
    setting: Literal["clinic", "home", "undecided"] = "undecided"


@frozen(kw_only=True, repr=False)
class Diagnosis(Record):
    """
    A coded diagnosis, present or past.

    Args:
        code: ICD-10-CM code with its point, such as F41.1.
        recorded_on: When it was recorded.
    """

    code: Annotated[str, Pattern("[A-Z][0-9][0-9A-Z]([.][0-9A-Z]{1,4})?")]
    recorded_on: date | None = None


@frozen(kw_only=True, repr=False)
class Diagnoses(Record):
    """
    The list of diagnoses.

    Args:
        entries: The diagnoses.
        list_is_complete: True if a professional went through the whole history; only then is absence known.
        as_of: When the list was last gone through.
    """

    entries: Annotated[tuple[Diagnosis, ...], MaxLen(500)] = ()
    list_is_complete: bool = False
    as_of: datetime | None = None


@frozen(kw_only=True, repr=False)
class ConditionAnswer(Record):
    """
    The answer to one screening question about a condition.

    Args:
        condition: Name of the condition: the part after "condition." of a fact id of the catalogue.
        answer: The answer.
        last_on: The date of the latest event or episode, for conditions that happen.
        observed_at: When it was asked.
    """

    condition: Annotated[str, Pattern("[a-z][a-z0-9_]*"), MaxLen(60)]
    answer: Answer
    last_on: date | None = None
    observed_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class Treatment(Record):
    """
    A treatment that was tried.

    Args:
        name: What it was.
        treatment_class: Its class.
        dose_adequate: Whether an adequate dose was reached; not-applicable for psychotherapy.
        weeks: Whole weeks at that dose, or of therapy.
        outcome: What came of it.
        current_episode: Whether it was tried in the current episode.
    """

    name: Line
    treatment_class: Literal[
        "ssri", "snri", "tricyclic", "maoi", "other-antidepressant", "augmentation", "anxiolytic", "psychotherapy",
        "neuromodulation", "other",
    ]  # fmt: skip
    dose_adequate: Answer = Answer.NOT_ASKED
    weeks: Annotated[int, Ge(0), Le(5200)] | None = None
    outcome: Literal["no-response", "partial-response", "response", "intolerance", "unknown"] = "unknown"
    current_episode: Answer = Answer.NOT_ASKED


@frozen(kw_only=True, repr=False)
class Treatments(Record):
    """
    The list of treatments tried.

    Args:
        entries: The treatments.
        list_is_complete: True if a professional went through the whole history; only then is the count final.
        as_of: When it was last gone through.
    """

    entries: Annotated[tuple[Treatment, ...], MaxLen(500)] = ()
    list_is_complete: bool = False
    as_of: datetime | None = None


@frozen(kw_only=True, repr=False)
class Medication(Record):
    """
    A medicine or supplement that the person takes.

    Args:
        name: Generic or brand name, as it stands on the label.
        atc: ATC code of the substance, for a name that no list knows.
    """

    name: Annotated[str, MinLen(1), MaxLen(120)]
    atc: Annotated[str, Pattern("[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}")] | None = None


@frozen(kw_only=True, repr=False)
class Medications(Record):
    """
    The list of medicines and supplements.

    Args:
        entries: The medicines.
        list_is_complete: True if it was reconciled; only then is a medicine that is not in it known not to be taken.
        as_of: When it was reconciled.
        maoi_stopped: Whether an MAO inhibitor was ever taken and stopped.
        maoi_stopped_on: The day of its last dose; a day proves that one was taken.
    """

    entries: Annotated[tuple[Medication, ...], MaxLen(1000)] = ()
    list_is_complete: bool = False
    as_of: datetime | None = None
    maoi_stopped: Answer = Answer.NOT_ASKED
    maoi_stopped_on: date | None = None


@frozen(kw_only=True, repr=False)
class VitalSigns(Record):
    """
    Readings taken together.

    Args:
        taken_at: When.
        position: The person's position.
        systolic_mmhg: Systolic blood pressure.
        diastolic_mmhg: Diastolic blood pressure.
        heart_rate_per_min: Heart rate.
        spo2_percent: Oxygen saturation on air.
    """

    taken_at: datetime
    position: Literal["sitting", "lying", "standing", "unknown"] = "unknown"
    systolic_mmhg: Annotated[int, Ge(30), Le(320)] | None = None
    diastolic_mmhg: Annotated[int, Ge(0), Le(220)] | None = None
    heart_rate_per_min: Annotated[int, Ge(15), Le(320)] | None = None
    spo2_percent: Annotated[int, Ge(30), Le(100)] | None = None


@frozen(kw_only=True, repr=False)
class SubstanceUse(Record):
    """
    Use of one substance, now or in the past.

    Args:
        substance: Which.
        status: Where the person stands with it.
        last_used_on: When it was last used.
    """

    substance: Literal[
        "alcohol", "cannabis", "opioids", "cocaine", "stimulants", "sedatives", "ketamine", "hallucinogens", "other"
    ]
    status: Literal["never", "past-use", "current-use", "dependence", "dependence-in-remission", "unknown", "declined"]
    last_used_on: date | None = None


@frozen(kw_only=True, repr=False)
class Pregnancy(Record):
    """
    Pregnancy and breast-feeding.

    Args:
        pregnant: Whether the person is pregnant; not-applicable where it cannot be.
        breastfeeding: Whether the person is breast-feeding.
        observed_at: When it was asked or tested.
    """

    pregnant: Answer = Answer.NOT_ASKED
    breastfeeding: Answer = Answer.NOT_ASKED
    observed_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class Measure(Record):
    """
    The result of a questionnaire.

    Args:
        measure: Which number of which questionnaire.
        value: The number.
        measured_at: When it was filled in.
    """

    measure: Literal["phq9-total", "phq9-item-9", "gad7-total", "pcl5-total", "audit-total", "dast10-total"]
    value: Annotated[int, Ge(0), Le(200)]
    measured_at: datetime


@frozen(kw_only=True, repr=False)
class SuicideScreen(Record):
    """
    The result of the C-SSRS screener and of the clinician's own judgement.

    Args:
        cssrs_risk: Risk by the screener's triage table.
        imminent_risk: Whether a clinician judges the risk to be imminent.
        screened_at: When.
    """

    cssrs_risk: Literal["none", "low", "moderate", "high"] | None = None
    imminent_risk: Answer = Answer.NOT_ASKED
    screened_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class Support(Record):
    """
    Who and what supports the person.

    Args:
        trusted_people: Whether there are friends or family to talk to.
        therapist: Whether a therapist or coach is part of the team.
        adult_present: Whether an adult will be physically present at every home session.
        internet: Whether a reliable video connection is available at home.
        willing_to_integrate: Whether the person is willing to do integration work.
        face_to_face_visits: Whether visits in person are planned between the doses at home.
        validated_cuff: Whether a validated upper-arm blood pressure cuff is at home.
    """

    trusted_people: Answer = Answer.NOT_ASKED
    therapist: Answer = Answer.NOT_ASKED
    adult_present: Answer = Answer.NOT_ASKED
    internet: Answer = Answer.NOT_ASKED
    willing_to_integrate: Answer = Answer.NOT_ASKED
    face_to_face_visits: Answer = Answer.NOT_ASKED
    validated_cuff: Answer = Answer.NOT_ASKED


@frozen(kw_only=True, repr=False)
class Consent(Record):
    """
    Capacity, understanding and consent.

    Args:
        has_capacity: Whether a clinician finds the person able to consent.
        understands_program: Whether the person understands structure, commitment, risks and off-label use.
        treatment: Whether written consent to treatment was given.
        signed_at: When it was signed.
    """

    has_capacity: Answer = Answer.NOT_ASKED
    understands_program: Answer = Answer.NOT_ASKED
    treatment: Answer = Answer.NOT_ASKED
    signed_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class Intake(Record):
    """
    One intake form. Everything but its id, its time and the person's zone may be open.

    Args:
        id: The form's id in the caller's system.
        recorded_at: When it was last changed.
        time_zone: IANA zone of the person's calendar.
        person: Who it is about.
        sought: What is sought.
        diagnoses: Coded diagnoses.
        conditions: Answers to the screening questions.
        treatments: Treatments tried.
        medications: Medicines taken.
        vitals: Readings, in any order.
        substance_use: Substances, each at most once.
        pregnancy: Pregnancy and breast-feeding.
        measures: Questionnaire results, in any order.
        suicide_screen: The suicide risk screen.
        support: Support and willingness.
        consent: Capacity and consent.
        additional_facts: Answers to a clinic's own questions, and facts that have no member of their own.
    """

    schema: Literal["urn:ketaprogram:schema:intake:1"] = "urn:ketaprogram:schema:intake:1"
    id: Id
    recorded_at: datetime
    time_zone: ZoneName
    person: Person = Person()
    sought: Sought = Sought()
    diagnoses: Diagnoses = Diagnoses()
    conditions: Annotated[tuple[ConditionAnswer, ...], MaxLen(200)] = ()
    treatments: Treatments = Treatments()
    medications: Medications = Medications()
    vitals: Annotated[tuple[VitalSigns, ...], MaxLen(1000)] = ()
    substance_use: Annotated[tuple[SubstanceUse, ...], MaxLen(50)] = ()
    pregnancy: Pregnancy = Pregnancy()
    measures: Annotated[tuple[Measure, ...], MaxLen(1000)] = ()
    suicide_screen: SuicideScreen = SuicideScreen()
    support: Support = Support()
    consent: Consent = Consent()
    additional_facts: Annotated[tuple[Fact, ...], MaxLen(500)] = ()
