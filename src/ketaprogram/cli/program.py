"""``plan``, ``triage`` and ``score``: one document in, one answer out."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, get_args

import click

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
from ketaprogram.cli.showing import schedule_table
from ketaprogram.events import triage
from ketaprogram.events.model import AdverseEvent
from ketaprogram.outcomes import change, crisis_card, score
from ketaprogram.outcomes.model import Responses, Score
from ketaprogram.protocol import load_protocol
from ketaprogram.protocol.model import Order
from ketaprogram.record import Route
from ketaprogram.schedule import plan_visits

if TYPE_CHECKING:
    from datetime import date, datetime, time

    from ketaprogram.card import Card

__all__ = ["plan_command", "score_command", "triage_command"]


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
    _show_card(found.card)


@click.command("score")
@file_argument("responses")
@click.option("--baseline", type=click.File("rb"), help="The responses before the first session, to show the change.")
@click.option("--country", metavar="XX", help="Two letters of ISO 3166-1, for the crisis lines.")
@as_json
@answering
def score_command(
    responses: BinaryIO,
    baseline: BinaryIO | None,
    country: str | None,
    as_json: bool,  # noqa: FBT001  # a flag
) -> None:
    """Score a questionnaire's RESPONSES by its published rule."""
    found = score(document(Responses, responses))
    card = crisis_card(found, country)
    since = None if baseline is None else change(score(document(Responses, baseline)), found)
    if as_json:
        write_document(found)
        return
    if card is not None:
        _show_card(card)
        click.echo()
    click.echo(_score_line(found))
    if since is not None:
        click.echo(
            f"Change: {since.points} points, {since.percent} %; response {since.response}, "
            f"remission {since.remission}, reliable {since.reliable}, worse {since.worse}"
        )


def _show_card(card: Card) -> None:
    click.echo(f"[{card.indicator}] {card.summary}")
    for line in card.detail.splitlines():
        click.echo(f"  {line}")
    for suggestion in card.suggestions:
        click.echo(f"  Option: {suggestion}")
    click.echo(f"  Source: {'; '.join(f'{each.source} {each.locator}' for each in card.sources)}")


def _score_line(found: Score) -> str:
    if found.value is None:
        return f"{found.instrument}: no total, because these items have no answer: {', '.join(found.missing)}"
    return f"{found.instrument}: {found.value} ({found.band})"
