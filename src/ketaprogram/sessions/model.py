"""A session: one dosing day, from preparation to discharge, as a frozen value at each step."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.card import Card
from ketaprogram.citation import Citation
from ketaprogram.protocol.model import PhaseName, ProtocolId, SessionNumber
from ketaprogram.record import Digest, FactId, Id, Line, NonNegative, Pattern, Record, Route, Setting, Text, ZoneName
from ketaprogram.rules.model import Determination

__all__ = [
    "Administration",
    "Alert",
    "AlertTier",
    "Attestation",
    "CadssFull",
    "CadssShort",
    "CheckIn",
    "Declined",
    "DrivingRule",
    "ExpectedKind",
    "ExpectedObservation",
    "NextReading",
    "Observation",
    "PeerMonitor",
    "Presence",
    "PresenceCheck",
    "Session",
    "State",
]

State = Literal["planned", "prepared", "ready", "dosed", "recovering", "discharged", "stopped", "escalated"]
"""Where a session stands. The last three are its ends."""

ExpectedKind = Literal["vital-signs", "oxygen", "sedation", "dissociation", "presence", "check-in"]
"""What is expected at a time of the day: the kinds of reading that a template names, and check-ins."""

AlertTier = Literal["none", "alert", "clinician", "emergency"]
"""How pressing a set of readings is, least first: look again, call a clinician, call emergency care."""

ItemId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(40)]


@frozen(kw_only=True, repr=False)
class Attestation(Record):
    """
    Who says so, and when. The person attests nothing: during the effects that may not be possible.

    Args:
        by: Name of who says so.
        role: The role of who says so.
        at: When it was said.
    """

    by: Line
    role: Literal["peer-monitor", "nurse", "clinician", "coordinator", "coach"]
    at: datetime


@frozen(kw_only=True, repr=False)
class Presence(Record):
    """
    A time over which the adult was there without a break, said afterwards.

    Args:
        begins_at: From when.
        ends_at: Until when; never after it was attested.
        is_sober: Whether the adult was sober all the while.
        attested: Who says so, and when.
    """

    begins_at: datetime
    ends_at: datetime
    is_sober: bool
    attested: Attestation


@frozen(kw_only=True, repr=False)
class PresenceCheck(Record):
    """
    Somebody looked, or called: was the adult there at that moment?

    Args:
        is_present: Whether the adult was there.
        is_sober: Whether the adult was sober.
        attested: Who looked, and when.
    """

    is_present: bool
    is_sober: bool
    attested: Attestation


@frozen(kw_only=True, repr=False)
class PeerMonitor(Record):
    """
    The adult who stays with the person at home.

    Args:
        name: Name.
        role: What the monitor is to the person.
        is_adult: Whether the monitor is of age.
        is_sober: Whether the monitor is sober and stays so.
        phone: Telephone number.
        attested: Who says that the monitor is of age and sober, and when.
        presences: When the monitor was there, each time without a break.
        checks: Looks and calls whether the monitor is there.
    """

    name: Line
    role: Literal["partner", "relative", "friend", "professional", "other"] = "other"
    is_adult: bool
    is_sober: bool
    phone: Line | None = None
    attested: Attestation
    presences: Annotated[tuple[Presence, ...], MaxLen(200)] = ()
    checks: Annotated[tuple[PresenceCheck, ...], MaxLen(200)] = ()


@frozen(kw_only=True, repr=False)
class Declined(Record):
    """
    An item of the checklist that the person did without.

    Args:
        item: Id of the item.
        reason: Why, in the person's own words.
    """

    item: ItemId
    reason: Line


@frozen(kw_only=True, repr=False)
class Administration(Record):
    """
    The dose as it was given.

    Args:
        given_at: When it began.
        mg: Milligrams given.
        by: Who gave it; at home, the person.
        role: The role of who gave it.
    """

    given_at: datetime
    mg: NonNegative
    by: Line
    role: Line


@frozen(kw_only=True, repr=False)
class CadssShort(Record):
    """
    Dissociation by the six-item short form of the CADSS: its total, no item.

    Args:
        total: 0 to 24, higher is more.
    """

    kind: Literal["cadss-6"] = "cadss-6"
    total: Annotated[int, Ge(0), Le(24)]


@frozen(kw_only=True, repr=False)
class CadssFull(Record):
    """
    Dissociation by the 23 items of the CADSS that a person answers: their total, no item.

    Args:
        total: 0 to 92, higher is more.
    """

    kind: Literal["cadss-23"] = "cadss-23"
    total: Annotated[int, Ge(0), Le(92)]


@frozen(kw_only=True, repr=False)
class Observation(Record):
    """
    Readings taken together during a session.

    Args:
        taken_at: When.
        systolic_mmhg: Systolic blood pressure.
        diastolic_mmhg: Diastolic blood pressure.
        heart_rate_per_min: Heart rate.
        spo2_percent: Oxygen saturation on air.
        moaas: MOAA/S, 5 responds readily to 0 no response.
        dissociation: Total of a dissociation scale, with the form that it was rated on.
        acute_symptoms: Whether there was chest pain, breathlessness, severe headache or focal neurology.
    """

    taken_at: datetime
    systolic_mmhg: Annotated[int, Ge(30), Le(320)] | None = None
    diastolic_mmhg: Annotated[int, Ge(0), Le(220)] | None = None
    heart_rate_per_min: Annotated[int, Ge(15), Le(320)] | None = None
    spo2_percent: Annotated[int, Ge(30), Le(100)] | None = None
    moaas: Annotated[int, Ge(0), Le(5)] | None = None
    dissociation: CadssShort | CadssFull | None = None
    acute_symptoms: bool | None = None


@frozen(kw_only=True, repr=False)
class CheckIn(Record):
    """
    A contact after the dose that took place.

    Args:
        contact: Id of the template's contact.
        at: When.
        by: Who got in touch.
    """

    contact: ProtocolId
    at: datetime
    by: Line


@frozen(kw_only=True, repr=False)
class Session(Record):
    """
    One dosing day.

    Args:
        id: Id of the session.
        visit: Id of its visit.
        order: Id of the order.
        number: Number of the session on the order.
        step: Step of the course, which says its dose.
        phase: Phase of the course.
        route: Route of administration.
        setting: Where it takes place.
        time_zone: IANA zone of the person's calendar.
        state: Where it stands.
        checklist: Ids of the preparation items that are done.
        declined: Comforts that the person did without.
        intention: The person's own words; kept, never interpreted.
        monitor: The adult who stays, at home.
        readiness_digest: SHA-256 of the determination that let it go on.
        ready_at: The instant of that determination.
        ready_until: The last instant at which a dose may begin on it.
        administration: The dose as it was given.
        observations: Readings, in the order in which they were recorded.
        check_ins: Contacts after the dose that took place.
        discharge_digest: SHA-256 of the determination that let it end.
        ended_at: When it ended.
        ended_by: Who signed the discharge.
        ended_role: The role of who signed it.
        end_reason: Why it was stopped or escalated.
    """

    schema: Literal["urn:ketaprogram:schema:session:1"] = "urn:ketaprogram:schema:session:1"
    id: Id
    visit: Id
    order: Id
    number: SessionNumber
    step: SessionNumber
    phase: PhaseName
    route: Route
    setting: Setting
    time_zone: ZoneName
    state: State = "planned"
    checklist: frozenset[ItemId] = frozenset()
    declined: Annotated[tuple[Declined, ...], MaxLen(40)] = ()
    intention: Text | None = None
    monitor: PeerMonitor | None = None
    readiness_digest: Digest | None = None
    ready_at: datetime | None = None
    ready_until: datetime | None = None
    administration: Administration | None = None
    observations: Annotated[tuple[Observation, ...], MaxLen(1000)] = ()
    check_ins: Annotated[tuple[CheckIn, ...], MaxLen(200)] = ()
    discharge_digest: Digest | None = None
    ended_at: datetime | None = None
    ended_by: Line | None = None
    ended_role: Line | None = None
    end_reason: Line | None = None


@frozen(kw_only=True, repr=False)
class ExpectedObservation(Record):
    """
    A reading or a contact that the protocol expects.

    Args:
        what: What is read, or a check-in.
        contact: Id of the template's contact, for a check-in.
        by: Who reads, or gets in touch.
        minute: Minutes from the dose.
        due_at: When it is due.
        until: The instant from which it is missing.
        status: done, due, missing, or later than now.
        late_by_minutes: How late it was taken, or is by now; 0 is in time.
    """

    what: ExpectedKind
    contact: ProtocolId | None = None
    by: Literal["clinician", "nurse", "coach", "coordinator", "person", "peer-monitor"]
    minute: Annotated[int, Ge(0), Le(525_600)]
    due_at: datetime
    until: datetime
    status: Literal["done", "due", "missing", "later"]
    late_by_minutes: Annotated[int, Ge(0), Le(5_256_000)] = 0


@frozen(kw_only=True, repr=False)
class NextReading(Record):
    """
    When to read again, and why.

    Args:
        due_at: When.
        what: What to read.
        why: ``first`` before the dose; ``repeat`` of a reading that a criterion of readiness names; ``expected`` by
            the template.
    """

    due_at: datetime
    what: ExpectedKind
    why: Literal["first", "repeat", "expected"]


@frozen(kw_only=True, repr=False)
class Alert(Record):
    """
    What one set of readings calls for. It informs; whoever is in charge decides.

    Args:
        taken_at: When the readings were taken.
        tier: none, alert, clinician or emergency.
        asked: Ids of the facts that were expected with this set and are missing.
        held_from: The set whose tier stands because something is missing from this one; null if none does.
        card: Reasons, options and sources for the professional.
        determination: The answer of the rulebook on these readings alone.
    """

    taken_at: datetime
    tier: AlertTier
    asked: Annotated[tuple[FactId, ...], MaxLen(40)] = ()
    held_from: datetime | None = None
    card: Card
    determination: Determination


@frozen(kw_only=True)
class DrivingRule:
    """
    No driving and no machinery before a night's sleep: a date and what has to lie before it, never a time of day.

    Args:
        not_before: First local date on which driving may be thought of, after a restful sleep.
        time_zone: IANA zone of the date.
        after_sleep: Always true: the date alone is not enough.
        citations: Where this comes from.
    """

    not_before: date
    time_zone: ZoneName
    after_sleep: Literal[True] = True
    citations: tuple[Citation, ...]
