"""The command `ketaprogram`: each verb reads JSON documents and answers in words or, with ``--json``, in JSON."""

from __future__ import annotations

import click

from ketaprogram._version import __version__
from ketaprogram.cli.checking import check_command, schema_command
from ketaprogram.cli.events import side_effects_command, triage_command
from ketaprogram.cli.journals import due_command, journal_command
from ketaprogram.cli.maintenance import maintenance_command, project_command
from ketaprogram.cli.medications import interactions_command
from ketaprogram.cli.outcomes import chart_command, score_command
from ketaprogram.cli.prompts import education_command, prompts_command, texts_command
from ketaprogram.cli.protocols import outline_command, protocol_command
from ketaprogram.cli.rulebooks import explain_command, replay_command, rulebook_command, what_would_change_command
from ketaprogram.cli.schedules import plan_command, replan_command, timeline_command
from ketaprogram.cli.screening import screen_command
from ketaprogram.cli.sessions import session_command
from ketaprogram.cli.supply import ship_command
from ketaprogram.cli.walkthrough import walkthrough_command

__all__ = ["app"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ketaprogram")
def app() -> None:
    """
    Program logic for clinician-supervised ketamine therapy.

    For professionals and their software. It offers options with their basis; a clinician signs every decision.

    \b
    Exit codes: 0 fine
                2 bad input, every fault listed
                3 refused by an order, a limit or a state
                4 faulty knowledge data
    """  # noqa: D301  # the escape keeps the lines below it as they are


for command in (
    walkthrough_command,
    screen_command,
    explain_command,
    replay_command,
    what_would_change_command,
    rulebook_command,
    interactions_command,
    protocol_command,
    outline_command,
    plan_command,
    replan_command,
    timeline_command,
    session_command,
    triage_command,
    side_effects_command,
    score_command,
    chart_command,
    prompts_command,
    maintenance_command,
    project_command,
    ship_command,
    education_command,
    texts_command,
    journal_command,
    due_command,
    check_command,
    schema_command,
):
    app.add_command(command)
