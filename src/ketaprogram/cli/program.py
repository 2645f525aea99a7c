"""``score`` and ``prompts``: one document in, one answer out."""

from __future__ import annotations

from typing import BinaryIO, get_args

import click
from rich.table import Table

from ketaprogram.cli.edges import (
    answering,
    as_json,
    console,
    document,
    file_argument,
    write_document,
)
from ketaprogram.cli.showing import show_card
from ketaprogram.outcomes import change, crisis_card, score
from ketaprogram.outcomes.model import Responses, Score
from ketaprogram.prompts import select_prompts
from ketaprogram.prompts.model import Phase, State, Theme
from ketaprogram.sessions.model import Session

__all__ = ["prompts_command", "score_command"]


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
        show_card(card)
        click.echo()
    click.echo(_score_line(found))
    if since is not None:
        click.echo(
            f"Change: {since.points} points, {since.percent} %; response {since.response}, "
            f"remission {since.remission}, reliable {since.reliable}, worse {since.worse}"
        )


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


def _score_line(found: Score) -> str:
    if found.value is None:
        return f"{found.instrument}: no total, because these items have no answer: {', '.join(found.missing)}"
    return f"{found.instrument}: {found.value} ({found.band})"
