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
from ketaprogram.record import Days, Digest, Id, Line, NonNegative, Pattern, Record, Route, Setting
from ketaprogram.screening.model import Role

__all__ = [
    "Agent",
    "Dose",
    "DoseStep",
    "FixedDose",
    "Order",
    "Phase",
    "PhaseName",
    "Protocol",
    "ProtocolDose",
    "WeightBasedDose",
]

ProtocolId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(60)]
SessionNumber = Annotated[int, Ge(1), Le(1000)]
MinutesFromDose = Annotated[int, Ge(0), Le(1440)]

Agent = Literal["ketamine", "esketamine"]
PhaseName = Literal["induction", "maintenance", "taper", "follow-up"]


@frozen(kw_only=True)
class Phase:
    """
    A phase of a program.

    Args:
        name: Which phase. days: The target day of each session, counted from the first session of the course, which
        is day 0. earlier_days: How many days before its target a session may be. later_days: How many days after its
        target a session may be. then_every_days: After the last of these days, the distance of further sessions; null
        where the phase ends there. citations: Where this comes from.
    """

    name: PhaseName
    days: Annotated[tuple[Days, ...], MinLen(1), MaxLen(500)]
    earlier_days: Annotated[int, Ge(0), Le(60)]
    later_days: Annotated[int, Ge(0), Le(60)]
    then_every_days: Annotated[int, Ge(1), Le(366)] | None = None
    citations: Annotated[tuple[Citation, ...], MinLen(1), MaxLen(20)]


@frozen(kw_only=True)
class ProtocolDose:
    """
    The dose that a published protocol gives from one session on.

    Args:
        from_session: First session that it is for.
        mg_per_kg: Milligrams per kilogram of body weight, if it goes by weight.
        mg: The milligrams that an order may choose from, if it does not.
    """

    from_session: SessionNumber
    mg_per_kg: NonNegative | None = None
    mg: Annotated[tuple[NonNegative, ...], MaxLen(20)] = ()


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
        vitals_at_minutes: When vital signs are due, from the start of the dose.
        sessions_in_7_days: No more than this in any seven consecutive days.
        gap_hours: No two sessions closer than this.
        review_after_sessions: Sessions after which a clinician reviews before going on.
        measures: Questionnaires that are due.
        citations: Where the template comes from.
        effective_from: First day on which it may be ordered.
        effective_until: Last day on which it may be ordered.
    """

    schema: Literal["urn:ketaprogram:schema:protocol:1"] = "urn:ketaprogram:schema:protocol:1"
    id: ProtocolId
    version: Annotated[str, Pattern("[0-9]+[.][0-9]+[.][0-9]+")]
    title: Line
    agent: Agent
    route: Route
    setting: Setting
    indications: Annotated[tuple[Line, ...], MaxLen(20)]
    phases: Annotated[tuple[Phase, ...], MinLen(1), MaxLen(20)]
    doses: Annotated[tuple[ProtocolDose, ...], MaxLen(100)] = ()
    ceiling_mg_per_kg: NonNegative | None = None
    ceiling_mg: NonNegative | None = None
    increment_mg: NonNegative | None = None
    infusion_minutes: Annotated[int, Ge(1), Le(1440)] | None = None
    observation_minutes: MinutesFromDose
    vitals_at_minutes: Annotated[tuple[MinutesFromDose, ...], MaxLen(100)] = ()
    sessions_in_7_days: Annotated[int, Ge(1), Le(7)]
    gap_hours: Annotated[int, Ge(1), Le(8760)]
    review_after_sessions: Annotated[tuple[SessionNumber, ...], MaxLen(100)] = ()
    measures: Annotated[tuple[Line, ...], MaxLen(20)] = ()
    citations: Annotated[tuple[Citation, ...], MinLen(1), MaxLen(20)]
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
    mg_per_kg: NonNegative


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
    mg: NonNegative


DoseStep = WeightBasedDose | FixedDose


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
        increment_mg: The amount in which the product can be dispensed; doses are rounded down to it.
        sessions: How many sessions are authorised.
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
    protocol_version: Annotated[str, Pattern("[0-9]+[.][0-9]+[.][0-9]+")]
    clearance_digest: Digest
    agent: Agent
    route: Route
    setting: Setting
    doses: Annotated[tuple[DoseStep, ...], MinLen(1), MaxLen(100)]
    maximum_mg: NonNegative
    increment_mg: NonNegative
    sessions: SessionNumber
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
        mg: Milligrams, rounded down to what can be dispensed.
        mg_per_kg: What was ordered per kilogram, if it goes by weight.
        unrounded_mg: Milligrams before limits and rounding.
        limited_by: The limit that held it back, if one did.
        infusion_minutes: How long the infusion runs, if it is one.
        mg_per_min: Rate of the infusion.
    """

    session: SessionNumber
    mg: NonNegative
    mg_per_kg: NonNegative | None = None
    unrounded_mg: Decimal
    limited_by: Literal["order-maximum", "protocol-ceiling"] | None = None
    infusion_minutes: Annotated[int, Ge(1), Le(1440)] | None = None
    mg_per_min: Decimal | None = None
