"""``screen``: an intake file in, a determination out."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import click

from ketaprogram.cli.edges import answering, as_json, document, file_argument, now_option, write_document
from ketaprogram.cli.rulebooks import opened
from ketaprogram.intake import check_intake, facts_from
from ketaprogram.intake.model import Intake
from ketaprogram.rules import determine
from ketaprogram.rules.explaining import explain

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["screen_command"]


@click.command("screen")
@file_argument("intake")
@click.option(
    "--rulebook",
    "name",
    metavar="NAME|FILE",
    help="One that ships, or a clinic's own in TOML or JSON. Default: the one of the setting that is sought.",
)
@click.option("--markdown", is_flag=True, help="Answer in Markdown.")
@now_option
@as_json
@answering
def screen_command(
    intake: BinaryIO,
    name: str | None,
    markdown: bool,  # noqa: FBT001  # a flag of the command
    now: datetime,
    as_json: bool,  # noqa: FBT001  # a flag of the command
) -> None:
    """Screen an INTAKE file (- for standard input): status, basis, and what to ask next."""
    form = document(Intake, intake)
    setting = "home" if form.sought.setting == "home" else "clinic"
    rulebook = opened(name or f"candidacy-{setting}")
    answer = determine(facts_from(form, now), rulebook, now)
    if as_json:
        write_document(answer)
        return
    click.echo(explain(answer, style="markdown" if markdown else "text"))
    faults = check_intake(form, now)
    if faults:
        click.echo("\nFaults in the form; what they touch counts as unknown or keeps its harmful side:")
        click.echo("\n".join(f"  {issue}" for issue in faults))
