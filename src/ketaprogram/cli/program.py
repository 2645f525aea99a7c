"""``plan``, ``triage`` and ``prompts``: one document in, one answer out."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, get_args

import click
from rich.table import Table

from ketaprogram._time import parse_date, parse_time
from ketaprogram.cli.edges import (
    answering,
    as_json,
    console,
    document,
    file_argument,
    now_option,
    parsed,
    write_document,
)
from ketaprogram.cli.showing import card_lines, schedule_table
from ketaprogram.events import triage
from ketaprogram.events.model import AdverseEvent
from ketaprogram.prompts import select_prompts
from ketaprogram.prompts.model import Phase, State, Theme
from ketaprogram.protocol import load_protocol
from ketaprogram.protocol.model import Order
from ketaprogram.record import Route
from ketaprogram.schedule import plan_visits
from ketaprogram.sessions.model import Session

if TYPE_CHECKING:
    from datetime import date, datetime, time

__all__ = ["plan_command", "prompts_command", "triage_command"]


@click.command("plan")
@file_argument("order")
@click.option(
    "--start",
    callback=parsed(parse_date, "2026-11-24"),
    required=True,
    metavar="DATE",
    help="Date of the first session.",
)
@click.option(
    "--at",
    callback=parsed(parse_time, "09:00"),
    required=True,
    metavar="HH:MM",
    help="Time of day of every session.",
)
@click.option("--zone", required=True, metavar="ZONE", help="IANA time zone, such as America/Denver.")
@as_json
@answering
def plan_command(order: BinaryIO, start: date, at: time, zone: str, as_json: bool) -> None:  # noqa: FBT001  # a flag
    """Lay a signed ORDER out as visits on the person's own clock."""
    signed = document(Order, order)
    schedule = plan_visits(signed, load_protocol(signed.protocol), start=start, at=at, time_zone=zone)
    if as_json:
        write_document(schedule)
    else:
        console().print(schedule_table(schedule))


@click.command("triage")
@file_argument("event")
@click.option("--route", type=click.Choice(get_args(Route)), required=True, help="Route of the session's dose.")
@now_option
@as_json
@answering
def triage_command(event: BinaryIO, route: Route, now: datetime, as_json: bool) -> None:  # noqa: FBT001  # a flag
    """Triage a side-effect report EVENT: how soon somebody must answer, who, and why."""
    found = triage(document(AdverseEvent, event), route=route, now=now)
    if as_json:
        write_document(found)
        return
    click.echo(f"{found.tier.upper()}  {found.who} answers by {found.respond_by.isoformat()}")
    click.echo("\n".join(card_lines(found.card)))


@click.command("prompts")
@file_argument("session")
@click.option("--phase", type=click.Choice(get_args(Phase)), default="integration", show_default=True)
@click.option("--day", type=int, required=True, help="Days since the session; below 0 is before it.")
@click.option(
    "--theme", "themes", type=click.Choice(get_args(Theme)), multiple=True, help="May be given several times."
)
@click.option("--state", type=click.Choice(get_args(State)), default="steady", show_default=True)
@click.option("--count", type=click.IntRange(1, 20), default=3, show_default=True)
@as_json
@answering
def prompts_command(  # one parameter per option
    session: BinaryIO,
    phase: Phase,
    day: int,
    themes: tuple[Theme, ...],
    state: State,
    count: int,
    as_json: bool,  # noqa: FBT001  # a flag
) -> None:
    """Choose integration prompts for a day before or after a SESSION, each with its reason."""
    held = document(Session, session)
    found = select_prompts(
        held.id, phase=phase, day=day, intention=held.intention, themes=frozenset(themes), state=state, count=count
    )
    if as_json:
        write_document(found)
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    for prompt in found.prompts:
        table.add_row(prompt.kind, prompt.text)
        table.add_row("", f"[dim]{prompt.why}[/dim]")
    console().print(table)
    if found.note:
        click.echo(found.note)
