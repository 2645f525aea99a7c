"""
Protocol templates, and the order that a clinician signs on one.

A template says what a published program looks like. An order says what one person may be given, and nothing beyond it
is ever planned or given.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.record import (
    Days,
    Digest,
    Id,
    Indication,
    Line,
    NonNegative,
    Pattern,
    Positive,
    Record,
    Route,
    Setting,
)
from ketaprogram.screening.model import Role

__all__ = [
    "Agent",
    "CalendarSpacing",
    "CalendarWindow",
    "Companion",
    "Comparison",
    "ComparisonRow",
    "Contact",
    "ContactKind",
    "ContactPrice",
    "Currency",
    "Dose",
    "DoseStep",
    "ElapsedSpacing",
    "ElapsedWindow",
    "FixedDose",
    "GapRule",
    "Monitoring",
    "Order",
    "Outline",
    "OutlineItem",
    "OutlineKind",
    "Phase",
    "PhaseName",
    "Position",
    "Prices",
    "Product",
    "Protocol",
    "ProtocolDose",
    "ProtocolId",
    "SessionNumber",
    "Solution",
    "Spacing",
    "StopRule",
    "TradeOff",
    "Units",
    "Version",
    "WeightBasedDose",
    "Window",
]

ProtocolId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(60)]
Version = Annotated[str, Pattern("[0-9]+[.][0-9]+[.][0-9]+")]
SessionNumber = Annotated[int, Ge(1), Le(1000)]
MinutesFromDose = Annotated[int, Ge(0), Le(1440)]
Citations = Annotated[tuple[Citation, ...], MinLen(1), MaxLen(20)]

Currency = Annotated[str, Pattern("[A-Z]{3}")]
"""A currency by its three letters of ISO 4217."""

Agent = Literal["ketamine", "esketamine"]
PhaseName = Literal["induction", "maintenance", "taper", "follow-up"]
ContactKind = Literal["preparation", "consult", "check-in", "assessment", "laboratory", "integration", "prompts"]
"""What a contact is for. A clinician holds a consult; prompts are a window in which questions may be sent."""

OutlineKind = Literal[
    "session",
    "medicine",
    "month",
    "preparation",
    "consult",
    "check-in",
    "assessment",
    "laboratory",
    "integration",
    "prompts",
]
"""What a line of an outline counts: sessions, their medicine, months, or contacts of a kind."""


@frozen(kw_only=True)
class CalendarSpacing:
    """
    A distance in days on the person's calendar: the wall time stays, whatever the clocks do.

    Args:
        min_days: No fewer days than this after the session before.
        target_days: The published distance.
        max_days: No more days than this.
    """

    kind: Literal["calendar"] = "calendar"
    min_days: Annotated[int, Ge(1), Le(366)]
    target_days: Annotated[int, Ge(1), Le(366)]
    max_days: Annotated[int, Ge(1), Le(366)]


@frozen(kw_only=True)
class ElapsedSpacing:
    """
    A distance in hours that really pass, from the start of one session to the start of the next.

    Args:
        min_hours: No fewer hours than this.
        target_hours: The published distance.
        max_hours: No more hours than this.
    """

    kind: Literal["elapsed"] = "elapsed"
    min_hours: Annotated[int, Ge(1), Le(8784)]
    target_hours: Annotated[int, Ge(1), Le(8784)]
    max_hours: Annotated[int, Ge(1), Le(8784)]


Spacing = CalendarSpacing | ElapsedSpacing


@frozen(kw_only=True)
class Phase:
    """
    A phase of a program.

    Args:
        name: Which phase.
        sessions: How many sessions it has; null goes on for as long as an order says, 0 has contacts only.
        first: Distance of its first session from the last one before it; null is the first of ``spacing``. The first
            session of a course has none.
        spacing: Distance of each further session from the one before, taken in turn and then again from the start.
        intervals_days: Distances that an order may choose instead of the target; the window moves along with it.
        citations: Where this comes from.
    """

    name: PhaseName
    sessions: Annotated[int, Ge(0), Le(1000)] | None
    first: Spacing | None = None
    spacing: Annotated[tuple[Spacing, ...], MaxLen(100)] = ()
    intervals_days: Annotated[tuple[Annotated[int, Ge(1), Le(366)], ...], MaxLen(20)] = ()
    citations: Citations


@frozen(kw_only=True)
class ProtocolDose:
    """
    The doses that a published protocol gives from one session on; an order chooses among them.

    Args:
        from_session: First session that it is for.
        mg: Milligrams, if it is a fixed dose.
        mg_per_kg: Milligrams per kilogram of body weight, if it goes by weight.
    """

    from_session: SessionNumber
    mg: Annotated[tuple[Positive, ...], MaxLen(20)] = ()
    mg_per_kg: Annotated[tuple[Positive, ...], MaxLen(20)] = ()


@frozen(kw_only=True)
class CalendarWindow:
    """Local dates around the day of a session, which is day 0; both ends are included."""

    kind: Literal["calendar"] = "calendar"
    from_day: Annotated[int, Ge(-366), Le(366)]
    to_day: Annotated[int, Ge(-366), Le(366)]


@frozen(kw_only=True)
class ElapsedWindow:
    """Minutes that really pass since the start of a session; both ends are included."""

    kind: Literal["elapsed"] = "elapsed"
    from_minutes: Annotated[int, Ge(-525_600), Le(525_600)]
    to_minutes: Annotated[int, Ge(-525_600), Le(525_600)]


Window = CalendarWindow | ElapsedWindow


@frozen(kw_only=True)
class Contact:
    """
    Something that goes with some of the sessions: a call, a consult, a questionnaire, a laboratory test.

    Args:
        id: Id of the contact within its template.
        what: What it is for.
        title: What it is.
        by: The role that sees to it.
        sessions: Numbers of the sessions that it goes with.
        every_sessions: And with every so many sessions, counted on from the last of ``sessions``, or from the start.
        every_days: And every so many days, counted from the first session until the last one.
        is_at_end: And with the last session of every phase that ends.
        phase: Only with sessions of this phase.
        window: When, around the session or the day that it goes with.
        holds: Whether the next session waits for it.
        minutes: How long it takes.
        measures: Questionnaires that are due with it.
        citations: Where this comes from.
    """

    id: ProtocolId
    what: ContactKind
    title: Line
    by: Literal["clinician", "nurse", "coach", "coordinator", "person", "peer-monitor"]
    sessions: Annotated[tuple[SessionNumber, ...], MaxLen(100)] = ()
    every_sessions: SessionNumber | None = None
    every_days: Annotated[int, Ge(1), Le(3660)] | None = None
    is_at_end: bool = False
    phase: PhaseName | None = None
    window: Window
    holds: bool = False
    minutes: Annotated[int, Ge(1), Le(1440)] | None = None
    measures: Annotated[tuple[Line, ...], MaxLen(20)] = ()
    citations: Citations


@frozen(kw_only=True)
class Monitoring:
    """
    Readings that are due on the day of a session.

    Args:
        what: What is read.
        at_minutes: When, in minutes from the start of the dose; 0 is before it.
        by: Who reads.
        citations: Where this comes from.
    """

    what: Literal["vital-signs", "oxygen", "sedation", "dissociation", "presence"]
    at_minutes: Annotated[tuple[MinutesFromDose, ...], MinLen(1), MaxLen(100)]
    by: Literal["nurse", "clinician", "person", "peer-monitor"]
    citations: Citations


@frozen(kw_only=True)
class Companion:
    """
    The adult who stays with the person at home.

    Args:
        before_minutes: From how long before the dose.
        after_minutes: Until how long after it.
        citations: Where this comes from.
    """

    before_minutes: MinutesFromDose
    after_minutes: MinutesFromDose
    citations: Citations


@frozen(kw_only=True)
class GapRule:
    """
    What a template says when sessions were missed.

    Args:
        over_days: It is for gaps of more than this many days between one session given and the next.
        then: ``continue`` where the course stopped; or, each only after a consult, ``re-consult``: go on where it
            stopped, ``step-back`` to the start of the phase before, or ``restart`` the course.
        citations: Where this comes from.
    """

    over_days: Days
    then: Literal["continue", "step-back", "re-consult", "restart"]
    citations: Citations


@frozen(kw_only=True)
class StopRule:
    """When a template says to stop or to judge whether to go on, in one sentence."""

    statement: Line
    citations: Citations


@frozen(kw_only=True)
class Protocol:
    """
    A template of a program, as it was published. It is not a recommendation.

    Args:
        id: Id of the template.
        version: Version of the template.
        title: What it is.
        agent: ketamine (racemic) or esketamine.
        route: Route of administration.
        setting: Where it may be given.
        indications: What it was published for.
        phases: The phases, in order.
        doses: The published doses; empty where every milligram comes from the order.
        ceiling_mg_per_kg: No order may go above this per administration.
        ceiling_mg: No order may go above this per administration.
        increment_mg: The amount in which the product comes; null where the order says it.
        infusion_minutes: How long an infusion runs.
        observation_minutes: How long the person is observed at least, from the start of the dose.
        monitoring: Readings that are due on the day of a session.
        companion: The adult who stays at home.
        sessions_in_7_days: No more than this in any seven consecutive days.
        sessions_in_all: No more than this on one order; null where the phases say it.
        gap_hours: No two sessions closer than this.
        gap_rules: What happens after missed sessions, by rising ``over_days``.
        contacts: What goes with the sessions.
        stop_rules: When to stop, or to judge whether to go on.
        citations: Where the template comes from.
        effective_from: First day on which it may be ordered.
        effective_until: Last day on which it may be ordered.
    """

    schema: Literal["urn:ketaprogram:schema:protocol:1"] = "urn:ketaprogram:schema:protocol:1"
    id: ProtocolId
    version: Version
    title: Line
    agent: Agent
    route: Route
    setting: Setting
    indications: Annotated[tuple[Indication, ...], MaxLen(8)]
    phases: Annotated[tuple[Phase, ...], MinLen(1), MaxLen(20)]
    doses: Annotated[tuple[ProtocolDose, ...], MaxLen(100)] = ()
    ceiling_mg_per_kg: Positive | None = None
    ceiling_mg: Positive | None = None
    increment_mg: Positive | None = None
    infusion_minutes: Annotated[int, Ge(1), Le(1440)] | None = None
    observation_minutes: MinutesFromDose
    monitoring: Annotated[tuple[Monitoring, ...], MaxLen(20)] = ()
    companion: Companion | None = None
    sessions_in_7_days: Annotated[int, Ge(1), Le(7)]
    sessions_in_all: SessionNumber | None = None
    gap_hours: Annotated[int, Ge(1), Le(8760)]
    gap_rules: Annotated[tuple[GapRule, ...], MaxLen(10)] = ()
    contacts: Annotated[tuple[Contact, ...], MaxLen(50)] = ()
    stop_rules: Annotated[tuple[StopRule, ...], MaxLen(20)] = ()
    citations: Citations
    effective_from: date
    effective_until: date | None = None


@frozen(kw_only=True, repr=False)
class WeightBasedDose(Record):
    """
    A dose by body weight.

    Args:
        from_session: First session that it is for.
        mg_per_kg: Milligrams per kilogram of body weight.
    """

    kind: Literal["weight-based"] = "weight-based"
    from_session: SessionNumber = 1
    mg_per_kg: Positive


@frozen(kw_only=True, repr=False)
class FixedDose(Record):
    """
    A dose in milligrams.

    Args:
        from_session: First session that it is for.
        mg: Milligrams.
    """

    kind: Literal["fixed"] = "fixed"
    from_session: SessionNumber = 1
    mg: Positive


DoseStep = WeightBasedDose | FixedDose


@frozen(kw_only=True, repr=False)
class Solution(Record):
    """
    A product that is measured by volume.

    Args:
        mg_per_ml: Concentration.
        step_ml: The smallest volume that can be measured; doses are rounded down to it.
    """

    kind: Literal["solution"] = "solution"
    mg_per_ml: Positive
    step_ml: Positive


@frozen(kw_only=True, repr=False)
class Units(Record):
    """
    A product that is counted.

    Args:
        unit: What one is called: device, tablet, troche.
        mg_per_unit: Milligrams in one; doses are rounded down to whole ones.
    """

    kind: Literal["units"] = "units"
    unit: Line
    mg_per_unit: Positive


Product = Solution | Units


@frozen(kw_only=True, repr=False)
class Order(Record):
    """
    The clinician's signed instruction.

    Nothing is planned without one, and no dose leaves the library that is not in it.

    Args:
        id: Id of the order.
        person: Id of the person in the caller's system.
        protocol: Id of the template.
        protocol_version: Version of the template.
        clearance_digest: SHA-256 of the clearance that it rests on.
        agent: ketamine (racemic) or esketamine.
        route: Route of administration.
        setting: Where it is given.
        doses: The dose from each session on.
        maximum_mg: Never more than this per administration.
        product: What is dispensed; doses are rounded down to what can be measured or counted.
        sessions: How many sessions are authorised.
        interval_days: The distance of sessions in a phase that leaves the choice; null is the template's target.
        valid_from: First day on which a session may be.
        valid_until: Last day on which a session may be.
        titration: A dose changes only by the steps of this order, or not at all.
        prescriber: Name of the prescriber.
        role: The prescriber's role.
        signed_at: When it was signed.
    """

    schema: Literal["urn:ketaprogram:schema:order:1"] = "urn:ketaprogram:schema:order:1"
    id: Id
    person: Id
    protocol: ProtocolId
    protocol_version: Version
    clearance_digest: Digest
    agent: Agent
    route: Route
    setting: Setting
    doses: Annotated[tuple[DoseStep, ...], MinLen(1), MaxLen(100)]
    maximum_mg: Positive
    product: Product
    sessions: SessionNumber
    interval_days: Annotated[int, Ge(1), Le(366)] | None = None
    valid_from: date
    valid_until: date
    titration: Literal["none", "by-order-steps"]
    prescriber: Line
    role: Role
    signed_at: datetime


@frozen(kw_only=True, repr=False)
class Dose(Record):
    """
    One dose that an order contains, worked out for a session.

    Args:
        session: Number of the session.
        step: The step of the course that it is the dose of.
        mg: Milligrams, rounded down to what can be dispensed.
        mg_per_kg: What was ordered per kilogram, if it goes by weight.
        unrounded_mg: Milligrams before limits and rounding.
        limited_by: The limit that held it back, if one did.
        volume_ml: Volume of a solution.
        units: Whole units of a product that is counted.
        infusion_minutes: How long the infusion runs, if it is one.
        mg_per_min: Rate of the infusion.
        ml_per_hour: Rate of the infusion as a pump is set, before it is diluted further.
        working: How each number came about, in words.
    """

    session: SessionNumber
    step: SessionNumber
    mg: Positive
    mg_per_kg: NonNegative | None = None
    unrounded_mg: Decimal
    limited_by: Literal["order-maximum", "protocol-ceiling", "own-maximum"] | None = None
    volume_ml: Positive | None = None
    units: Annotated[int, Ge(1), Le(100_000)] | None = None
    infusion_minutes: Annotated[int, Ge(1), Le(1440)] | None = None
    mg_per_min: Decimal | None = None
    ml_per_hour: Decimal | None = None
    working: tuple[Line, ...] = ()


@frozen(kw_only=True)
class ContactPrice:
    """
    The price of a contact.

    Args:
        what: The kind of contact that it is for.
        contact: The id of the one contact that it is for, such as ``urinalysis``; null is every other one of the kind.
        amount: Price of one; 0 says that it costs nothing.
    """

    what: ContactKind
    contact: ProtocolId | None = None
    amount: NonNegative


@frozen(kw_only=True)
class Prices:
    """
    What a clinic asks for, in one currency. What it does not state has no price, which is not the same as 0.

    Args:
        currency: ISO 4217 code, such as ``USD``.
        per_session: A session: the room, the people and the monitoring of the day.
        medicine_per_session: The medicine of one session.
        per_month: For each 30 days begun, from the first session to the last.
        contacts: Prices of consults, calls, questionnaires and laboratory tests.
    """

    schema: Literal["urn:ketaprogram:schema:prices:1"] = "urn:ketaprogram:schema:prices:1"
    currency: Currency
    per_session: NonNegative | None = None
    medicine_per_session: NonNegative | None = None
    per_month: NonNegative | None = None
    contacts: Annotated[tuple[ContactPrice, ...], MaxLen(200)] = ()


@frozen(kw_only=True)
class OutlineItem:
    """
    One line of an outline.

    Args:
        what: A session, its medicine, a month, or the kind of a contact.
        contact: Id of the contact, if it is one.
        title: What it is.
        by: The role that sees to it, for a contact.
        times: How often.
        minutes: How long one takes; null is not stated.
        price: Price of one; null is not stated.
        total: Price of all of them; null is not stated.
        citations: Where it comes from.
    """

    what: OutlineKind
    contact: ProtocolId | None = None
    title: Line
    by: Line | None = None
    times: Annotated[int, Ge(1), Le(100_000)]
    minutes: Annotated[int, Ge(0), Le(1440)] | None = None
    price: NonNegative | None = None
    total: NonNegative | None = None
    citations: Citations


@frozen(kw_only=True)
class Outline:
    """
    What a program consists of, by its targets, and what it costs.

    Args:
        protocol: Id of the template.
        protocol_version: Version of the template.
        title: What it is.
        agent: ketamine (racemic) or esketamine.
        route: Route of administration.
        setting: Where it is given.
        sessions: Sessions that are counted here.
        goes_on: Whether the template has more sessions than are counted.
        days: Days from the first session to the last.
        observation_minutes: How long the person is observed in each session at least.
        readings: How many readings are due in each session.
        companion_minutes: How long an adult stays with the person in each session at home.
        minutes: The person's time in all, of what states its time.
        minutes_not_stated: What has no stated time, so that the time is at least that.
        items: What it consists of.
        currency: Currency of the prices.
        total: The sum of the prices that are stated.
        not_priced: What has no stated price, so that the total is at least that.
        stop_rules: When to stop, or to judge whether to go on.
        citations: Where the template comes from.
    """

    schema: Literal["urn:ketaprogram:schema:outline:1"] = "urn:ketaprogram:schema:outline:1"
    protocol: ProtocolId
    protocol_version: Version
    title: Line
    agent: Agent
    route: Route
    setting: Setting
    sessions: SessionNumber
    goes_on: bool
    days: Days
    observation_minutes: MinutesFromDose
    readings: Annotated[int, Ge(0), Le(2000)]
    companion_minutes: Annotated[int, Ge(0), Le(2880)] | None = None
    minutes: Annotated[int, Ge(0), Le(100_000_000)]
    minutes_not_stated: Annotated[tuple[Line, ...], MaxLen(60)] = ()
    items: Annotated[tuple[OutlineItem, ...], MinLen(1), MaxLen(60)]
    currency: Currency
    total: NonNegative
    not_priced: Annotated[tuple[Line, ...], MaxLen(60)] = ()
    stop_rules: Annotated[tuple[StopRule, ...], MaxLen(20)] = ()
    citations: Citations

    @property
    def is_at_least(self) -> bool:
        """Whether something has no price, so that the program costs at least the total."""
        return bool(self.not_priced)


@frozen(kw_only=True)
class ComparisonRow:
    """One line of two outlines side by side, in words."""

    title: Line
    first: Line
    second: Line


@frozen(kw_only=True)
class TradeOff:
    """
    What a session in a clinic and one at home have for and against them, in one respect.

    Args:
        topic: The respect.
        clinic: What is said of the clinic.
        home: What is said of the home.
        citations: Who says so.
    """

    topic: Line
    clinic: Annotated[str, MaxLen(400)]
    home: Annotated[str, MaxLen(400)]
    citations: Citations


@frozen(kw_only=True)
class Position:
    """
    What an authority or a society holds.

    Args:
        statement: What it says.
        setting: The setting that it speaks about; null is both.
        agent: The agent that it speaks about; null is both.
        citations: Where it says so.
    """

    statement: Annotated[str, MaxLen(400)]
    setting: Setting | None = None
    agent: Agent | None = None
    citations: Citations


@frozen(kw_only=True)
class Comparison:
    """
    Two outlines side by side.

    Args:
        first: The one.
        second: The other.
        rows: What they consist of, in words.
        difference: What the second costs more than the first, less if negative; null where the currencies differ or a
            price is not stated, so that nobody can say.
        trade_offs: Where the settings differ, what speaks for and against each.
        positions: What authorities and societies hold about the settings and agents of the two.
    """

    first: Outline
    second: Outline
    rows: tuple[ComparisonRow, ...]
    difference: Decimal | None = None
    trade_offs: tuple[TradeOff, ...] = ()
    positions: tuple[Position, ...] = ()
