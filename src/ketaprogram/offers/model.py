"""What a program consists of and costs, and two of them side by side. Nobody's data is in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram.protocol.model import (
    Agent,
    Citations,
    ContactKind,
    MinutesFromDose,
    ProtocolId,
    SessionNumber,
    StopRule,
    Version,
)
from ketaprogram.record import Days, Line, NonNegative, Pattern, Route, Setting

__all__ = [
    "Comparison",
    "ComparisonRow",
    "ContactPrice",
    "Outline",
    "OutlineItem",
    "OutlineKind",
    "Position",
    "Prices",
    "TradeOff",
]

Currency = Annotated[str, Pattern("[A-Z]{3}")]
"""A currency by its three letters of ISO 4217."""

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
