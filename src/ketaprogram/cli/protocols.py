"""``protocol`` and ``outline``: templates on a page for the wall, and what a program consists of and costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

import click
from rich import box
from rich.padding import Padding
from rich.table import Table

from ketaprogram.cli.edges import REFUSED, answering, as_json, console, document, own_file, write_document
from ketaprogram.documents import read, to_json
from ketaprogram.offers import compare_outlines, outline
from ketaprogram.offers.model import Prices
from ketaprogram.protocol import (
    check_protocol,
    load_protocol,
    protocol_names,
    read_protocol,
)
from ketaprogram.protocol.model import CalendarSpacing, CalendarWindow, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from rich.console import Console

    from ketaprogram.offers.model import Comparison, Outline
    from ketaprogram.protocol.model import Contact, Phase, Spacing

__all__ = ["outline_command", "protocol_command"]

NAMES = "NAME|FILE"
_HOUR = 60


def opened(name: str) -> Protocol:
    """A template by the name of one that ships, or from a file: TOML source, or its JSON document."""
    path = own_file(name, "protocol", protocol_names())
    if path is None:
        return load_protocol(name)
    content = path.read_bytes()
    return read(Protocol, content) if path.suffix == ".json" else read_protocol(content.decode("utf-8"))


@click.group("protocol")
def protocol_command() -> None:
    """Look at protocol templates: those that ship, by name, or a clinic's own, in TOML or JSON."""


@protocol_command.command("list")
def list_command() -> None:
    """List the templates that ship."""
    width = max(map(len, protocol_names()))
    click.echo("\n".join(f"{name:{width}}  {load_protocol(name).title}" for name in protocol_names()))


@protocol_command.command("check")
@click.argument("name", metavar=NAMES)
@as_json
@answering
def check_command(name: str, as_json: bool) -> None:  # noqa: FBT001  # a flag of the command
    """List what a template cannot keep; exits with 3 if there is anything."""
    found = check_protocol(opened(name))
    if as_json:
        members = ("pointer", "code", "message", "hint")
        click.echo(json.dumps([{one: getattr(each, one) for one in members if getattr(each, one)} for each in found]))
    else:
        click.echo("\n".join(map(str, found)) if found else "nothing to look at")
    if found:
        raise SystemExit(REFUSED)


@protocol_command.command("show")
@click.argument("name", metavar=NAMES)
@as_json
@answering
def show_command(name: str, as_json: bool) -> None:  # noqa: FBT001  # a flag of the command
    """Print a template as a page for the wall; ``--json`` prints its document."""
    protocol = opened(name)
    if as_json:
        write_document(protocol)
    else:
        _page(console(), protocol)


@click.command("outline")
@click.argument("name", metavar="PROTOCOL")
@click.argument("other", metavar="[OTHER]", required=False)
@click.option("--prices", type=click.File("rb"), required=True, help="JSON document of the clinic's prices.")
@click.option("--other-prices", type=click.File("rb"), help="Prices of the other program, if they differ.")
@click.option("--sessions", type=click.IntRange(min=1), help="How many sessions to count.")
@as_json
@answering
def outline_command(  # one argument for each option
    name: str,
    other: str | None,
    *,
    prices: BinaryIO,
    other_prices: BinaryIO | None,
    sessions: int | None,
    as_json: bool,
) -> None:
    """
    Say what a program consists of and what it costs; two of them side by side.

    PROTOCOL and OTHER are names of templates that ship, or files. A price that is not stated is listed as missing.
    """
    asked = document(Prices, prices)
    first = outline(opened(name), asked, sessions=sessions)
    if other is None:
        write_document(first) if as_json else _offer(console(), first)
        return
    elsewhere = document(Prices, other_prices) if other_prices else asked
    second = outline(opened(other), elsewhere, sessions=sessions)
    if as_json:
        click.echo(json.dumps([to_json(first), to_json(second)], indent=2, ensure_ascii=False))
    else:
        _side_by_side(console(), compare_outlines(first, second))


def _page(out: Console, protocol: Protocol) -> None:
    out.print(f"[bold]{protocol.title}[/bold]")
    out.print(f"{protocol.id} {protocol.version}: {protocol.agent}, {protocol.route}, {protocol.setting}")
    out.print(f"Published for: {', '.join(protocol.indications) or 'not stated'}. Not a recommendation.")
    for heading, lines in (
        ("Sessions", _sessions(protocol)),
        ("Doses, by order only", _doses(protocol)),
        ("The day of a session", _day(protocol)),
    ):
        out.print(f"\n[bold]{heading}[/bold]")
        for line in lines:
            out.print(Padding(line, (0, 0, 0, 2)))
    out.print("\n[bold]Contacts[/bold]")
    contacts = _table("Goes with", "When", "What and who")
    contacts.columns[1].no_wrap = True
    for each in protocol.contacts:
        mark = " *" if any(citation.is_proposal for citation in each.citations) else ""
        said = [each.by, *([f"{each.minutes} min"] if each.minutes else []), *(["holds"] if each.holds else [])]
        contacts.add_row(_occasion(each), f"{_window(each)}{mark}", f"{each.title} ({', '.join(said)})")
    out.print(contacts)
    out.print("holds: the next session waits for it.")
    out.print("* rests on a proposal of this project, for the clinic to approve or to change.\n")
    out.print("[bold]When sessions were missed[/bold]")
    for rule in protocol.gap_rules:
        out.print(f"  More than {rule.over_days} days since the last one: {_THEN[rule.then]}")
    if not protocol.gap_rules:
        out.print("  The template says nothing.")
    out.print("\n[bold]When to stop, or to judge whether to go on[/bold]")
    for stop in protocol.stop_rules:
        out.print(Padding(f"- {stop.statement}", (0, 0, 0, 2)))
    out.print("\n[bold]Sources[/bold]")
    for source in dict.fromkeys(str(each) for each in protocol.citations if not each.is_proposal):
        out.print(Padding(source, (0, 0, 0, 2)))


def _sessions(protocol: Protocol) -> Iterator[str]:
    for phase in protocol.phases:
        yield f"{phase.name}: {_count(phase)}{_distances(phase)}"
    yield f"Never more than {protocol.sessions_in_7_days} in any 7 days, never closer than {protocol.gap_hours} h."
    if protocol.sessions_in_all is not None:
        yield f"Never more than {protocol.sessions_in_all} in all."


def _count(phase: Phase) -> str:
    if phase.sessions == 0:
        return "contacts only"
    return "goes on" if phase.sessions is None else f"{phase.sessions} session{'s' if phase.sessions > 1 else ''}"


def _distances(phase: Phase) -> str:
    first = f"; the first after {_distance(phase.first)}" if phase.first else ""
    apart = " and ".join(map(_distance, phase.spacing))
    turns = ", in turn" if len(phase.spacing) > 1 else ""
    choice = f"; by order {', '.join(map(str, phase.intervals_days))} days" if phase.intervals_days else ""
    return f"{first}{f'; apart by {apart}{turns}' if apart else ''}{choice}"


def _distance(spacing: Spacing) -> str:
    if isinstance(spacing, CalendarSpacing):
        return f"{spacing.target_days} days ({spacing.min_days} to {spacing.max_days})"
    return f"{spacing.target_hours} h ({spacing.min_hours} to {spacing.max_hours})"


def _doses(protocol: Protocol) -> Iterator[str]:
    for dose in protocol.doses:
        amounts = [*(f"{_text(each)} mg" for each in dose.mg), *(f"{_text(each)} mg/kg" for each in dose.mg_per_kg)]
        yield f"From session {dose.from_session}: {' or '.join(amounts)}"
    if not protocol.doses:
        yield "Every milligram comes from the order."
    ceilings = [(protocol.ceiling_mg, "mg"), (protocol.ceiling_mg_per_kg, "mg/kg")]
    said = [f"{_text(amount)} {unit}" for amount, unit in ceilings if amount is not None]
    if said:
        yield f"Never above {' or '.join(said)}."


def _day(protocol: Protocol) -> Iterator[str]:
    if protocol.infusion_minutes is not None:
        yield f"Infusion over {protocol.infusion_minutes} min"
    yield f"Observed for at least {protocol.observation_minutes} min from the start of the dose"
    for each in protocol.monitoring:
        minutes = ", ".join(map(str, each.at_minutes))
        yield f"{each.what.capitalize().replace('-', ' ')} at {minutes} min, by the {each.by}"
    if protocol.companion is not None:
        stays = protocol.companion
        yield f"An adult stays from {stays.before_minutes} min before to {stays.after_minutes} min after the dose"


def _occasion(contact: Contact) -> str:
    """With which sessions a contact goes, in words."""
    words = []
    if contact.sessions:
        words.append(f"session {', '.join(map(str, contact.sessions))}")
    if contact.every_sessions is not None:
        words.append("every session" if contact.every_sessions == 1 else f"every {contact.every_sessions} sessions")
    if contact.every_days is not None:
        words.append("every day" if contact.every_days == 1 else f"every {contact.every_days} days")
    if contact.is_at_end:
        words.append("the last of a series")
    phase = f" in {contact.phase}" if contact.phase is not None else ""
    return f"{' and '.join(words) or 'after the course'}{phase}"


def _window(contact: Contact) -> str:
    window = contact.window
    if isinstance(window, CalendarWindow):
        if window.from_day == window.to_day:
            return "same day" if window.to_day == 0 else f"day {_signed(window.to_day)}"
        return f"day {_signed(window.from_day)} to {_signed(window.to_day)}"
    return f"{_hours(window.from_minutes)} to {_hours(window.to_minutes)} after"


def _signed(day: int) -> str:
    return f"{day:+d}" if day else "0"


def _hours(minutes: int) -> str:
    return f"{minutes // _HOUR} h" if minutes % _HOUR == 0 else f"{minutes} min"


def _offer(out: Console, offer: Outline) -> None:
    out.print(f"[bold]{offer.title}[/bold]")
    goes_on = "; it goes on after that" if offer.goes_on else ""
    out.print(f"{offer.sessions} sessions over {offer.days} days, {offer.setting}, {offer.route}{goes_on}")
    items = _table("", "Times", "Each", offer.currency)
    for each in offer.items:
        price, total = (_money(amount) if amount is not None else "not stated" for amount in (each.price, each.total))
        items.add_row(each.title, str(each.times), price, total)
    out.print(items)
    at_least = "at least " if offer.is_at_least else ""
    out.print(f"[bold]In all: {at_least}{_money(offer.total)} {offer.currency}[/bold]")
    if offer.not_priced:
        out.print(f"Without a stated price: {'; '.join(offer.not_priced)}.")
    for stop in offer.stop_rules:
        out.print(f"- {stop.statement}")


def _side_by_side(out: Console, both: Comparison) -> None:
    rows = _table("", both.first.protocol, both.second.protocol)
    for row in both.rows:
        rows.add_row(row.title, row.first, row.second)
    out.print(rows)
    for one in (both.first, both.second):
        if one.not_priced:
            out.print(f"Without a stated price in {one.protocol}: {'; '.join(one.not_priced)}.\n")
    if both.difference is not None:
        word = "more" if both.difference > 0 else "less"
        by = f"{_money(abs(both.difference))} {both.first.currency}"
        costs = f"costs {by} {word} than" if both.difference else "costs as much as"
        out.print(f"{both.second.protocol} {costs} {both.first.protocol}.\n")
    if both.trade_offs:
        trade_offs = _table("", "In a clinic", "At home", "Source")
        for each in both.trade_offs:
            cited = ", ".join(dict.fromkeys(citation.source for citation in each.citations))
            trade_offs.add_row(each.topic, each.clinic, each.home, cited)
        out.print(trade_offs)
    for position in both.positions:
        cited = ", ".join(f"{each.source} {each.locator}" for each in position.citations)
        out.print(f"- {position.statement} ({cited})")


def _text(amount: Decimal) -> str:
    plain = f"{amount:,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _money(amount: Decimal) -> str:
    whole, point, part = _text(amount).partition(".")
    return f"{whole}{point}{part:0<2}" if point else whole


def _table(*columns: str) -> Table:
    table = Table(header_style="bold", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name)
    return table


_THEN = {
    "continue": "go on where it stopped",
    "re-consult": "go on only after a consult",
    "step-back": "after a consult, back to the start of the phase before",
    "restart": "after a consult, from the start",
}
