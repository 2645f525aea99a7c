"""Side effects as they were reported, the log of them, and what is made of one: grade, triage, escalation, report."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Protocol

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram.card import Card
from ketaprogram.citation import Citation
from ketaprogram.intervals import Proportion
from ketaprogram.protocol.model import Agent, PhaseName
from ketaprogram.record import Count, Id, Line, Minutes, Pattern, Record, Route, Setting, Text
from ketaprogram.rules.model import Determination, Finding

__all__ = [
    "Acknowledgement",
    "AdverseEvent",
    "Comparison",
    "Course",
    "CourseSession",
    "Escalation",
    "GradeCount",
    "Grading",
    "Measure",
    "MedWatch",
    "MedWatchPatient",
    "MedWatchProduct",
    "MedWatchReporter",
    "MissingField",
    "PhaseRate",
    "Reading",
    "RedFlag",
    "Rung",
    "Seriousness",
    "SideEffectLog",
    "Signal",
    "Standing",
    "Summary",
    "TermSummary",
    "Tier",
    "Triage",
]

Tier = Literal["none", "watch", "contact-clinic", "urgent", "emergency"]
"""How soon somebody must answer, least pressing first."""

Seriousness = Literal[
    "death", "life-threatening", "hospitalization", "disability", "congenital-anomaly", "medically-important"
]
Measure = Literal["systolic_mmhg", "diastolic_mmhg", "spo2_percent", "alt_times_uln"]
"""What CTCAE grades by number here: blood pressure, oxygen on air, ALT in multiples of its upper limit of normal."""

TermId = Annotated[str, Pattern("[a-z][a-z-]*"), MaxLen(40)]
FlagId = Annotated[str, Pattern("[a-z][a-z-]*"), MaxLen(40)]
Grade = Annotated[int, Ge(1), Le(5)]
Percent = Annotated[Decimal, Ge(0), Le(100)]


class Reading(Protocol):
    """What triage takes of a reading, such as an `Observation` of a session; each may be unknown."""

    @property
    def systolic_mmhg(self) -> int | None:
        """Systolic blood pressure."""

    @property
    def diastolic_mmhg(self) -> int | None:
        """Diastolic blood pressure."""

    @property
    def spo2_percent(self) -> int | None:
        """Oxygen saturation on air."""


# --- the log ----------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class RedFlag:
    """
    A red flag that was found in a text. It holds nothing of what the person wrote.

    Args:
        flag: Id of the flag.
        language: Language of the phrase that was found, ISO 639-1.
        is_denied: Whether every mention of it is denied; a denied flag is still to be seen.
    """

    flag: FlagId
    language: Annotated[str, Pattern("[a-z]{2}")]
    is_denied: bool


@frozen(kw_only=True, repr=False)
class AdverseEvent(Record):
    """
    A side effect as it was reported. A correction is a new version that points to the one it corrects.

    Args:
        id: Id of this version.
        session: Id of the session after which it was noticed; null if it belongs to none.
        term: Kind of effect.
        reported_at: When it was reported.
        onset_minutes: When it began, in minutes from the start of the dose.
        end_minutes: When it ended, in minutes from the start of the dose.
        began_at: When it began, as an instant.
        ended_at: When it ended, as an instant.
        resolved: Whether it has gone; null if it is not known.
        grade: Severity, as a CTCAE grade 1 (mild) to 5 (death); null if it is not known.
        serious: What it led to (ICH E2A); an empty list says none of these, null that nobody asked.
        red_flag: Whether what is described matches the term's red flag; null if nobody looked.
        causality: Relation to the medicine, in a professional's judgement.
        action_taken: What was done with the medicine.
        outcome: What became of it.
        reporter: Who reported it.
        narrative: What was said, in the reporter's words.
        corrects: Id of the version that this one corrects.
    """

    schema: Literal["urn:ketaprogram:schema:adverse-event:1"] = "urn:ketaprogram:schema:adverse-event:1"
    id: Id
    session: Id | None = None
    term: TermId
    reported_at: datetime
    onset_minutes: Minutes | None = None
    end_minutes: Minutes | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    resolved: bool | None = None
    grade: Grade | None = None
    serious: Annotated[tuple[Seriousness, ...], MaxLen(6)] | None = None
    red_flag: bool | None = None
    causality: Literal["not-related", "unlikely", "possible", "probable", "definite", "unknown"] = "unknown"
    action_taken: Literal["none", "observed-longer", "dose-reduced", "dose-held", "stopped", "unknown"] = "unknown"
    outcome: Literal["recovered", "recovering", "not-recovered", "recovered-with-sequelae", "fatal", "unknown"] = (
        "unknown"
    )
    reporter: Literal["person", "peer-monitor", "nurse", "coach", "clinician", "other"] = "person"
    narrative: Text = ""
    corrects: Id | None = None


@frozen(kw_only=True, repr=False)
class SideEffectLog(Record):
    """
    The side effects of one person's program. It only grows.

    Args:
        events: Every version of every event, in the order in which they were recorded.
    """

    schema: Literal["urn:ketaprogram:schema:side-effect-log:1"] = "urn:ketaprogram:schema:side-effect-log:1"
    events: Annotated[tuple[AdverseEvent, ...], MaxLen(20_000)] = ()

    @property
    def current(self) -> tuple[AdverseEvent, ...]:
        """The latest version of each event."""
        corrected = {each.corrects for each in self.events}
        return tuple(each for each in self.events if each.id not in corrected)


# --- what is made of an event -----------------------------------------------------------------------------------------


@frozen(kw_only=True, repr=False)
class Grading(Record):
    """
    The grade that numbers give an effect, or the question for it.

    Args:
        term: Kind of effect.
        grade: The CTCAE grade; null where numbers do not decide it.
        at_least: The grade that the numbers at hand reach already; null if they reach none.
        decided_by: The numbers that reach it.
        missing: The numbers that could still raise it.
        question: What to ask while there is no grade: each grade in words.
        citations: Where the grades come from.
    """

    term: TermId
    grade: Grade | None
    at_least: Grade | None
    decided_by: tuple[Measure, ...] = ()
    missing: tuple[Measure, ...] = ()
    question: Annotated[str, MaxLen(1000)] | None
    citations: tuple[Citation, ...]


@frozen(kw_only=True, repr=False)
class Triage(Record):
    """
    What triage makes of a side effect. A person acts on it; it closes nothing by itself.

    Args:
        event: Id of the event's version.
        route: Route of the session's dose; null if the event belongs to no session.
        tier: How soon somebody must answer.
        respond_by: The instant by which somebody must have answered.
        who: The role that must answer.
        script: Id of the clinic's script for the call.
        flags: Red flags in the narrative.
        card: What to tell that professional.
        determination: The determination behind it.
    """

    schema: Literal["urn:ketaprogram:schema:triage:1"] = "urn:ketaprogram:schema:triage:1"
    event: Id
    route: Route | None
    tier: Tier
    respond_by: datetime
    who: Line
    script: Id
    flags: tuple[RedFlag, ...] = ()
    card: Card
    determination: Determination

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that alone would give this tier, each with its citations."""
        return self.determination.deciding


@frozen(kw_only=True)
class Rung:
    """
    One step of the ladder.

    Args:
        role: Who is called.
        minutes: How long until the next is called.
    """

    role: Line
    minutes: Annotated[int, Ge(1), Le(100_000)]


@frozen(kw_only=True, repr=False)
class Acknowledgement(Record):
    """
    Somebody took the call over.

    Args:
        by: Who.
        role: In which role of the ladder.
        at: When.
    """

    by: Line
    role: Line
    at: datetime


@frozen(kw_only=True, repr=False)
class Escalation(Record):
    """
    A call about a side effect that climbs its ladder until a person closes it.

    Args:
        event: Id of the event's version.
        tier: Its tier.
        script: Id of the clinic's script for the call.
        opened_at: When the call began.
        rungs: Who is called, in order; the last is called until somebody closes it.
        hold_minutes: How long an acknowledgement holds the ladder.
        acknowledgements: Who took it over, in order.
        closed: Who closed it, if somebody did.
    """

    schema: Literal["urn:ketaprogram:schema:escalation:1"] = "urn:ketaprogram:schema:escalation:1"
    event: Id
    tier: Tier
    script: Id
    opened_at: datetime
    rungs: Annotated[tuple[Rung, ...], MinLen(1), MaxLen(20)]
    hold_minutes: Annotated[int, Ge(1), Le(100_000)]
    acknowledgements: Annotated[tuple[Acknowledgement, ...], MaxLen(1000)] = ()
    closed: Acknowledgement | None = None


@frozen(kw_only=True, repr=False)
class Standing(Record):
    """
    Where an escalation stands at an instant.

    Args:
        state: ``calling`` somebody; ``acknowledged`` by somebody who has it; ``closed``.
        rung: The number of the rung, from 0.
        role: Who is called, or who has it.
        since: Since when.
        by: When the next is called; at the last rung, by when it should have been answered. Null once it is closed.
        is_overdue: Whether the last rung's time has passed, too.
    """

    state: Literal["calling", "acknowledged", "closed"]
    rung: Annotated[int, Ge(0), Le(19)]
    role: Line
    since: datetime
    by: datetime | None
    is_overdue: bool


# --- a program's side effects taken together --------------------------------------------------------------------------


@frozen(kw_only=True)
class CourseSession:
    """
    A session in which a dose was given.

    Args:
        id: Id of the session.
        phase: The phase of the program; null if it is not known.
    """

    id: Id
    phase: PhaseName | None = None


@frozen(kw_only=True, repr=False)
class Course(Record):
    """
    One person's dosed sessions in one setting and by one route, with the person's log.

    Args:
        setting: Where the sessions took place.
        route: Route of the dose.
        sessions: The sessions in which a dose was given, in order.
        log: The person's log; what it holds of other sessions is left out.
    """

    setting: Setting
    route: Route
    sessions: tuple[CourseSession, ...]
    log: SideEffectLog


@frozen(kw_only=True)
class GradeCount:
    """
    How many events have a grade.

    Args:
        grade: The grade; null for events whose grade is not known.
        events: How many.
    """

    grade: Grade | None
    events: Count


@frozen(kw_only=True)
class PhaseRate:
    """
    In how many sessions of a phase an effect was reported.

    Args:
        phase: The phase; null for sessions whose phase is not known.
        sessions: How many of how many.
    """

    phase: PhaseName | None
    sessions: Proportion


@frozen(kw_only=True)
class Comparison:
    """
    A share of people beside one published incidence of the same route, both supervised.

    Args:
        study: What was published.
        named: What it was called there.
        agent: The medicine.
        percent: The published percentage.
        of: Of how many people.
        relation: ``more`` if our whole interval lies above it, ``fewer`` if below, else ``alike``.
        citation: Where.
    """

    study: Line
    named: Line
    agent: Agent
    percent: Percent
    of: Count
    relation: Literal["more", "fewer", "alike"]
    citation: Citation


@frozen(kw_only=True)
class TermSummary:
    """
    One kind of effect over some courses.

    Args:
        term: Kind of effect.
        label: Its plain name.
        events: How many events.
        serious: How many of them were serious by ICH E2A.
        people: People who had it, of all people.
        sessions: Sessions in which it was reported, of all sessions.
        severe: Events graded as severe or worse, of those with a grade.
        early: Events that began before the usual time, of those whose beginning is known and has a usual time.
        worse: People in whom it came back with a higher grade than ever before, of those in whom it came back graded.
        grades: Events by grade.
        phases: Sessions by phase.
        compared: The share of people beside what was published; empty where nothing comparable was.
    """

    term: TermId
    label: Line
    events: Count
    serious: Count
    people: Proportion
    sessions: Proportion
    severe: Proportion
    early: Proportion
    worse: Proportion
    grades: tuple[GradeCount, ...]
    phases: tuple[PhaseRate, ...]
    compared: tuple[Comparison, ...]


@frozen(kw_only=True)
class Signal:
    """
    Something in a program that a professional may want to look at. It decides nothing.

    Args:
        term: Kind of effect.
        what: ``more`` people than was published; ``worse``, severe or serious, or coming back worse; ``earlier`` than
            usual.
        statement: What was seen, in one sentence.
        citations: What it is compared with.
    """

    term: TermId
    what: Literal["more", "worse", "earlier"]
    statement: Line
    citations: tuple[Citation, ...]


@frozen(kw_only=True)
class Summary:
    """
    Side effects over all courses of one setting and route.

    Args:
        setting: Where the sessions took place; settings are never added up.
        route: Route of the dose.
        people: How many people.
        dosed_sessions: How many sessions with a dose.
        terms: By kind of effect, those with most people first.
        signals: What a professional may want to look at.
        limits: What these numbers do not say.
    """

    setting: Setting
    route: Route
    people: Count
    dosed_sessions: Count
    terms: tuple[TermSummary, ...]
    signals: tuple[Signal, ...]
    limits: tuple[Line, ...]


# --- the voluntary report ---------------------------------------------------------------------------------------------


@frozen(kw_only=True, repr=False)
class MedWatchPatient(Record):
    """
    Section A of Form FDA 3500. An identifier in confidence is not a name.

    Args:
        identifier: A1, such as initials or the clinic's own number.
        age_or_birth_date: A2.
        sex: A3a, at birth.
        gender: A3b.
        weight_kg: A4.
        ethnicity: A5.
        race: A6.
        other_history: B7, with other conditions.
    """

    identifier: Line | None = None
    age_or_birth_date: Line | None = None
    sex: Literal["female", "male", "undifferentiated", "declined"] | None = None
    gender: Line | None = None
    weight_kg: Annotated[Decimal, Ge(1), Le(500)] | None = None
    ethnicity: Line | None = None
    race: Line | None = None
    other_history: Text | None = None


@frozen(kw_only=True, repr=False)
class MedWatchProduct(Record):
    """
    Sections C and D of Form FDA 3500: the suspect product.

    Args:
        name: D1, with strength.
        manufacturer: D1, or who compounded it.
        lot: D1.
        dose: D2, amount and frequency.
        route: D2.
        dates: D3, dates of treatment.
        diagnosis: D4, what it was used for.
        kind: D5, such as compounded or generic.
        expires: D6.
        reappeared: D8, whether the event reappeared after reintroduction.
        is_available: C1, whether the product is there for evaluation.
    """

    name: Line | None = None
    manufacturer: Line | None = None
    lot: Line | None = None
    dose: Line | None = None
    route: Route | None = None
    dates: Line | None = None
    diagnosis: Line | None = None
    kind: Line | None = None
    expires: Line | None = None
    reappeared: bool | None = None
    is_available: bool | None = None


@frozen(kw_only=True, repr=False)
class MedWatchReporter(Record):
    """
    Section G of Form FDA 3500.

    Args:
        name: G1.
        contact: G1, address, telephone or e-mail.
        is_health_professional: G2.
        occupation: G3.
        also_reported_to: G4.
        may_be_named: G5, whether the manufacturer may learn who reported.
    """

    name: Line | None = None
    contact: Line | None = None
    is_health_professional: bool | None = None
    occupation: Line | None = None
    also_reported_to: Line | None = None
    may_be_named: bool | None = None


@frozen(kw_only=True)
class MissingField:
    """
    A field that is still empty.

    Args:
        field: Its place on the form, such as ``A2``.
        label: What is asked there.
        is_essential: Whether it is one of the four without which nothing can be reported: an identifiable patient, a
            suspect product, an identifiable reporter, an event.
    """

    field: Annotated[str, Pattern("[A-G][0-9]?[a-z]?")]
    label: Line
    is_essential: bool = False


@frozen(kw_only=True, repr=False)
class MedWatch(Record):
    """
    The fields of Form FDA 3500, voluntary reporting, for one side effect. A person checks and sends it.

    Args:
        patient: Section A, and B7.
        kinds: B1, what is reported.
        outcomes: B2, what is attributed to the event; empty if none of these.
        death_on: B2, date of death.
        event_on: B3, date of the event.
        reported_on: B4, date of this report.
        description: B5.
        tests: B6.
        product: Sections C and D.
        abated: D7, whether it abated after use was stopped or the dose reduced.
        other_products: Section F, what else was taken.
        reporter: Section G.
        missing: What is still empty, in the order of the form.
    """

    patient: MedWatchPatient
    kinds: tuple[Literal["adverse-event", "product-use-error"], ...]
    outcomes: tuple[Seriousness, ...] | None
    death_on: date | None
    event_on: date | None
    reported_on: date
    description: Annotated[str, MaxLen(9000)]
    tests: Text | None
    product: MedWatchProduct
    abated: Literal["yes", "no", "does-not-apply"] | None
    other_products: tuple[Line, ...] | None
    reporter: MedWatchReporter
    missing: tuple[MissingField, ...]
