"""``triage`` and ``side-effects``: one report in, who answers by when out; some programs in, their side effects out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO, get_args

import click

from ketaprogram.cli.edges import answering, as_json, console, document, file_argument, now_option, write_document
from ketaprogram.cli.showing import card_lines, share, summary_table
from ketaprogram.documents import to_json
from ketaprogram.errors import InputError
from ketaprogram.events import summarize, triage
from ketaprogram.events.model import AdverseEvent, SideEffectLog
from ketaprogram.program import courses
from ketaprogram.program.model import Program
from ketaprogram.record import Route
from ketaprogram.sessions.model import Session

if TYPE_CHECKING:
    from datetime import datetime

    from ketaprogram.events.model import Summary

__all__ = ["side_effects_command", "triage_command"]


@click.command("triage")
@file_argument("event")
@click.option("--log", type=click.File("rb"), help="The person's log; without it nobody knows of earlier ones.")
@click.option("--session", type=click.File("rb"), help="The session that the event belongs to.")
@click.option("--route", type=click.Choice(get_args(Route)), help="Route of the dose, where there is no session file.")
@now_option
@as_json
@answering
def triage_command(  # one parameter per option
    event: BinaryIO,
    log: BinaryIO | None,
    session: BinaryIO | None,
    route: Route | None,
    now: datetime,
    as_json: bool,  # noqa: FBT001  # a flag
) -> None:
    """Triage a side-effect report EVENT: how soon somebody must answer, who, and why."""
    reported = document(AdverseEvent, event)
    held = None if session is None else document(Session, session)
    if held is not None and held.id != reported.session:
        message = "the event belongs to another session than the one in the session file"
        raise InputError(message)
    dose = None if held is None else held.administration
    found = triage(
        reported,
        history=None if log is None else document(SideEffectLog, log),
        now=now,
        route=route if held is None else held.route,
        dosed_at=None if dose is None else dose.given_at,
        readings=None if held is None else held.observations,
    )
    if as_json:
        write_document(found)
        return
    click.echo(f"{found.tier.upper()}  {found.who} answers by {found.respond_by.isoformat()}; script {found.script}")
    click.echo("\n".join(card_lines(found.card)))


@click.command("side-effects")
@click.argument("programs", type=click.File("rb"), nargs=-1, required=True)
@as_json
@answering
def side_effects_command(programs: tuple[BinaryIO, ...], as_json: bool) -> None:  # noqa: FBT001  # a flag
    """Count the side effects of some PROGRAMS, with exact intervals, beside what was published; for professionals."""
    found = summarize(course for each in programs for course in courses(document(Program, each)))
    if as_json:
        click.echo(json.dumps([to_json(each) for each in found], indent=2, ensure_ascii=False))
        return
    for each in found:
        _show(each)
    if not found:
        click.echo("No dose was given in these programs, so there is nothing to count.")


def _show(summary: Summary) -> None:
    console().print(summary_table(summary))
    for each in summary.terms:
        for one in each.compared:
            if each.people.count and one.relation != "alike":
                ours = share(each.people)
                click.echo(f"{each.label}: {ours}, {one.relation} than {one.percent} % of {one.of} ({one.study})")
    for signal in summary.signals:
        click.echo(f"To look at, {signal.term}, {signal.what}: {signal.statement}")
    for limit in summary.limits:
        click.echo(f"Bear in mind: {limit}")
    click.echo()
