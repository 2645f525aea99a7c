"""``prompts``: one document in, one answer out."""

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
from ketaprogram.prompts import select_prompts
from ketaprogram.prompts.model import Phase, State, Theme
from ketaprogram.sessions.model import Session

__all__ = ["prompts_command"]


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
