"""
What a program consists of and what it costs, before anybody signs up for it, and two of them side by side.

Counts go by the targets of the template; a schedule that is replanned may need more. Prices are the caller's: none is
known here, and what has no price is listed, never counted as nothing.
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, get_args

from ketaprogram._knowledge import table
from ketaprogram.documents import read
from ketaprogram.errors import LimitError, OrderError
from ketaprogram.protocol.coursing import HOURS_IN_DAY, course, times
from ketaprogram.protocol.model import (
    Comparison,
    ComparisonRow,
    ContactKind,
    Outline,
    OutlineItem,
    Position,
    TradeOff,
)
from ketaprogram.protocol.source import as_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ketaprogram.citation import Citation
    from ketaprogram.protocol.coursing import Step
    from ketaprogram.protocol.model import Contact, OutlineKind, Prices, Protocol

__all__ = ["compare_outlines", "outline"]

_DAYS_IN_MONTH = 30
_MINUTES_IN_HOUR = 60
_EXACT = Context(prec=100)


def outline(
    protocol: Protocol, prices: Prices, *, sessions: int | None = None, interval_days: int | None = None
) -> Outline:
    """
    What a program consists of: sessions, contacts, tests, time, and the total price.

    Args:
        protocol: The template.
        prices: What the clinic asks for, in one currency.
        sessions: How many sessions to count; None is all of a template that ends, and of one that does not the phases
            before the one without end.
        interval_days: The distance of sessions in the phases that leave the choice; None is the template's target.

    Returns:
        Counts by the template's targets. ``total`` adds up the prices that are stated; ``not_priced`` lists what has
        none, and the program then costs at least the total.

    Raises:
        LimitError: The template has no end and no number of sessions was asked for, or it has fewer than were.
        OrderError: The template leaves no choice of the distance, or not this one.

    Example:
        >>> from ketaprogram.protocol import load_protocol
        >>> from ketaprogram.protocol.model import Prices
        >>> six = outline(load_protocol("iv-six-infusions"), Prices(currency="USD", per_session=Decimal(400)))
        >>> six.sessions, six.days, six.total, six.is_at_least
        (6, 17, Decimal('2400'), True)
    """
    if interval_days is not None and not any(interval_days in phase.intervals_days for phase in protocol.phases):
        message = "the protocol leaves no choice of the distance of sessions, or not this one"
        raise OrderError(message)
    steps = _counted(protocol, sessions, interval_days)
    days = sum(step.target_hours for step in steps) // HOURS_IN_DAY
    items = tuple(_items(protocol, prices, steps, days))
    return Outline(
        protocol=protocol.id,
        protocol_version=protocol.version,
        title=protocol.title,
        agent=protocol.agent,
        route=protocol.route,
        setting=protocol.setting,
        sessions=len(steps),
        goes_on=len(course(protocol)) > len(steps),
        days=days,
        observation_minutes=protocol.observation_minutes,
        readings=sum(len(each.at_minutes) for each in protocol.monitoring),
        companion_minutes=_companion_minutes(protocol),
        minutes=sum(each.times * each.minutes for each in items if each.minutes is not None),
        minutes_not_stated=tuple(
            each.title for each in items if each.minutes is None and each.what not in {"medicine", "month"}
        ),
        items=items,
        currency=prices.currency,
        total=_sum(each.total for each in items),
        not_priced=tuple(each.title for each in items if each.total is None),
        stop_rules=protocol.stop_rules,
        citations=protocol.citations,
    )


def compare_outlines(first: Outline, second: Outline) -> Comparison:
    """
    Two outlines side by side, with what speaks for and against each setting.

    Args:
        first: The one.
        second: The other.

    Returns:
        Rows in words, the difference in price where both totals are whole and of one currency, the trade-offs where the
        settings differ, and what authorities and societies hold about them. Which is better is not said.
    """
    whole = first.currency == second.currency and not first.not_priced and not second.not_priced
    settings = {first.setting, second.setting}
    agents = {first.agent, second.agent}
    pairs = zip(_rows(first), _rows(second), strict=True)
    return Comparison(
        first=first,
        second=second,
        rows=tuple(ComparisonRow(title=title, first=one, second=other) for (title, one), (_, other) in pairs),
        difference=_EXACT.subtract(second.total, first.total) if whole else None,
        trade_offs=_trade_offs() if len(settings) > 1 else (),
        positions=tuple(
            each
            for each in _positions()
            if (each.setting is None or each.setting in settings) and (each.agent is None or each.agent in agents)
        ),
    )


def _counted(protocol: Protocol, sessions: int | None, interval_days: int | None) -> tuple[Step, ...]:
    """The sessions that an outline counts."""
    wanted = sessions
    if sessions is None and protocol.sessions_in_all is None:
        before_open = takewhile(lambda phase: phase.sessions is not None, protocol.phases)
        wanted = sum(phase.sessions or 0 for phase in before_open)
    if wanted == 0:
        message = "the protocol has no end: say how many sessions to count"
        raise LimitError(message)
    steps = course(protocol, interval_days, wanted)
    if sessions is not None and len(steps) != sessions:
        message = f"the protocol has {len(steps)} sessions, and not as many as the outline is to count"
        raise LimitError(message)
    return steps


def _items(protocol: Protocol, prices: Prices, steps: tuple[Step, ...], days: int) -> Iterator[OutlineItem]:
    number, months, cited = len(steps), days // _DAYS_IN_MONTH + 1, protocol.citations
    yield _priced("session", "Sessions", number, prices.per_session, cited, minutes=protocol.observation_minutes)
    yield _priced("medicine", "Medicine of the sessions", number, prices.medicine_per_session, cited)
    yield _priced("month", "Program fee, for each 30 days begun", months, prices.per_month, cited)
    for contact in protocol.contacts:
        number = times(contact, protocol, steps)
        if number:
            yield _priced(
                contact.what,
                contact.title,
                number,
                _price(prices, contact),
                contact.citations,
                minutes=contact.minutes,
                contact=contact,
            )


def _priced(
    what: OutlineKind,
    title: str,
    number: int,
    price: Decimal | None,
    cited: tuple[Citation, ...],
    *,
    minutes: int | None = None,
    contact: Contact | None = None,
) -> OutlineItem:
    return OutlineItem(
        what=what,
        contact=contact.id if contact else None,
        title=title,
        by=contact.by if contact else None,
        times=number,
        minutes=minutes,
        price=price,
        total=None if price is None else _EXACT.multiply(price, Decimal(number)),
        citations=cited,
    )


def _price(prices: Prices, contact: Contact) -> Decimal | None:
    """The price of this contact, else of its kind."""
    found = [each for each in prices.contacts if each.what == contact.what and each.contact in {None, contact.id}]
    return min(found, key=lambda each: each.contact is None).amount if found else None


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    total = Decimal(0)
    for each in amounts:
        total = _EXACT.add(total, each or Decimal(0))
    return total


def _companion_minutes(protocol: Protocol) -> int | None:
    stays = protocol.companion
    return None if stays is None else stays.before_minutes + stays.after_minutes


def _rows(of: Outline) -> Iterator[tuple[str, str]]:
    """An outline in words, one line for each respect."""
    yield "Setting and route", f"{of.setting}, {of.route}"
    yield "Sessions", f"{of.sessions}{', then it goes on' if of.goes_on else ''}"
    yield "From the first to the last", f"{of.days} days"
    yield "Observed in each session", f"at least {of.observation_minutes} min"
    yield "Readings in each session", str(of.readings)
    yield "An adult stays", "-" if of.companion_minutes is None else f"{of.companion_minutes} min in each session"
    for kind in get_args(ContactKind):
        yield _KINDS[kind], str(sum(each.times for each in of.items if each.what == kind))
    hours, minutes = divmod(of.minutes, _MINUTES_IN_HOUR)
    yield "The person's time", f"{'at least ' if of.minutes_not_stated else ''}{hours} h {minutes:02} min"
    yield "Price in all", f"{'at least ' if of.not_priced else ''}{of.total:f} {of.currency}"


@cache
def _trade_offs() -> tuple[TradeOff, ...]:
    entries = as_json(table("offers")["trade_off"], ("trade_off",), [])
    return tuple(read(TradeOff, each) for each in entries)


@cache
def _positions() -> tuple[Position, ...]:
    entries = as_json(table("offers")["position"], ("position",), [])
    return tuple(read(Position, each) for each in entries)


_KINDS: Mapping[ContactKind, str] = {
    "preparation": "Preparation calls",
    "consult": "Consults with a clinician",
    "check-in": "Check-ins",
    "assessment": "Questionnaires and checks",
    "laboratory": "Laboratory tests",
    "integration": "Integration contacts",
    "prompts": "Series of prompts",
}
