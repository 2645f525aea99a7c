"""
Options for the next order, from what happened, and a picture of what could come.

They are options: another interval or another dose needs a signed new order, and nothing here writes one.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.outcomes.model import Change
from ketaprogram.protocol.model import ContactKind, PhaseName, ProtocolId, SessionNumber, Version
from ketaprogram.record import Days, Id, Line, NonNegative, Pattern, Positive, Record
from ketaprogram.rules.model import DataRequirement, Determination

__all__ = [
    "Advice",
    "Exposure",
    "Measure",
    "NotOffered",
    "Option",
    "OptionName",
    "Policy",
    "ProjectedContact",
    "ProjectedSession",
    "Projection",
    "Stretch",
]

OptionName = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(40)]
"""Such as ``lengthen`` or ``step-down``; ``pause`` and ``review`` are always known."""

Exposure = Literal["more", "same", "less", "none"]
"""What an option would do to the amount given over time."""

Interval = Annotated[int, Ge(1), Le(3650)]


@frozen(kw_only=True, repr=False)
class Measure(Record):
    """
    A change since the start of the program, with the time at which it was measured.

    Args:
        at: When the later questionnaire was filled in.
        change: The change from the baseline to it.
    """

    at: datetime
    change: Change


@frozen(kw_only=True, repr=False)
class Option(Record):
    """
    One option for the next order.

    Args:
        what: lengthen, keep, shorten, taper; hold, step-up, step-down; pause, review; or a clinic's own.
        exposure: What it would do to the amount given over time.
        interval_days: The interval that it would mean, if it means one.
        then_days: For a taper, the intervals after that one; after the last of them the course ends.
        mg: The dose that it would mean, if it is a fixed one.
        mg_per_kg: The dose that it would mean, if it goes by weight.
        needs_order: Whether it needs a signed new order. Only what stays as it is, a pause and a review do not.
        needs_signature: Whether it goes against the default, so that a clinician signs for that as well.
        reasons: Why it is offered.
        to_weigh: What speaks against it, or is not known, without ruling it out, and what may be done about it.
        citations: Where it comes from.
    """

    what: OptionName
    exposure: Exposure
    interval_days: Interval | None = None
    then_days: Annotated[tuple[Interval, ...], MaxLen(20)] = ()
    mg: Positive | None = None
    mg_per_kg: Positive | None = None
    needs_order: bool
    needs_signature: bool = False
    reasons: Annotated[tuple[Line, ...], MinLen(1), MaxLen(500)]
    to_weigh: Annotated[tuple[Line, ...], MaxLen(500)] = ()
    citations: tuple[Citation, ...]


@frozen(kw_only=True, repr=False)
class NotOffered(Record):
    """
    An option that is not offered, and what would have to be otherwise, or known.

    Args:
        what: Which option.
        reasons: What is not as it would have to be.
        requirements: What would have to be known, with the question to ask.
    """

    what: OptionName
    reasons: Annotated[tuple[Line, ...], MaxLen(500)] = ()
    requirements: tuple[DataRequirement, ...] = ()


@frozen(kw_only=True, repr=False)
class Advice(Record):
    """
    The options for the next interval or the next dose, with their whole basis. A clinician decides.

    Args:
        about: What the options are about.
        options: At least one.
        not_offered: The other options, and why they are none.
        determination: What speaks against going on: it decides before any option is looked at.
        considered: What the rulebook of each option found, in the order of the list of options; none where something
            speaks against going on.
    """

    schema: Literal["urn:ketaprogram:schema:maintenance-advice:1"] = "urn:ketaprogram:schema:maintenance-advice:1"
    about: Literal["interval", "dose"]
    options: Annotated[tuple[Option, ...], MinLen(1), MaxLen(50)]
    not_offered: Annotated[tuple[NotOffered, ...], MaxLen(50)] = ()
    determination: Determination
    considered: Annotated[tuple[Determination, ...], MaxLen(50)] = ()


@frozen(kw_only=True)
class Stretch:
    """
    Some sessions at one interval.

    Args:
        interval_days: Days from the session before to each of them, on the calendar.
        sessions: How many sessions, each at that interval; null goes on until the horizon.
    """

    interval_days: Annotated[int, Ge(1), Le(366)]
    sessions: SessionNumber | None = None


@frozen(kw_only=True)
class Policy:
    """
    A way of going on that somebody wants to look at: one interval after another.

    Args:
        stretches: In order; only the last may go on for ever, and after it nothing is given.
    """

    stretches: Annotated[tuple[Stretch, ...], MinLen(1), MaxLen(50)]


@frozen(kw_only=True, repr=False)
class ProjectedSession(Record):
    """
    A session that could be.

    Args:
        number: Number of the session in the course.
        phase: The phase that it would belong to.
        on: Local date.
        interval_days: Days since the session before; null for the first one.
        mg: The dose of the order at that session, at most, if it is a fixed one.
        mg_per_kg: The dose of the order at that session, if it goes by weight.
        total_mg: Milligrams in all so far; null once a dose goes by weight.
        total_mg_per_kg: Milligrams per kilogram in all so far; null once a dose is a fixed one.
        is_ordered: Whether the order covers it: by its days, its sessions, and its interval.
    """

    number: SessionNumber
    phase: PhaseName
    on: date
    interval_days: Interval | None = None
    mg: Positive | None = None
    mg_per_kg: Positive | None = None
    total_mg: NonNegative | None = None
    total_mg_per_kg: NonNegative | None = None
    is_ordered: bool


@frozen(kw_only=True, repr=False)
class ProjectedContact(Record):
    """
    A contact of the template that would come with it.

    Args:
        contact: Id of the template's contact.
        what: What it is for.
        title: What it is.
        session: The session that it would go with; null for one that goes with a day of the course.
        opens_on: First local date.
        closes_on: Last local date.
    """

    contact: ProtocolId
    what: ContactKind
    title: Line
    session: SessionNumber | None = None
    opens_on: date
    closes_on: date


@frozen(kw_only=True, repr=False)
class Projection(Record):
    """
    What a stretch of time could look like under a policy: a picture to look at together, no plan and no order.

    Args:
        order: Id of the order.
        protocol: Id of the template.
        protocol_version: Version of the template.
        policy: The policy.
        start: Local date of the first session of the picture.
        horizon_days: How many days it covers, the first included.
        before: Sessions that were given before it.
        sessions: The sessions, in order of time.
        contacts: The contacts of the template, in order of time.
        order_ends_on: The last day of the order.
        first_not_ordered: The first session that the order does not cover; it would need a new one.
        ends_because: Why the picture ends: ``horizon``, ``template`` if the template has no more sessions, ``policy``.
        says: What it is, for whoever looks at it.
    """

    schema: Literal["urn:ketaprogram:schema:projection:1"] = "urn:ketaprogram:schema:projection:1"
    order: Id
    protocol: ProtocolId
    protocol_version: Version
    policy: Policy
    start: date
    horizon_days: Annotated[int, Ge(1), Le(3660)]
    before: Days = 0
    sessions: Annotated[tuple[ProjectedSession, ...], MaxLen(4000)]
    contacts: Annotated[tuple[ProjectedContact, ...], MaxLen(20_000)] = ()
    order_ends_on: date
    first_not_ordered: SessionNumber | None = None
    ends_because: Literal["horizon", "template", "policy"]
    says: Line
