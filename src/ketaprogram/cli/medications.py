"""``interactions``: an intake file in, what is known of its medicines together with ketamine out."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, get_args

import click

from ketaprogram._time import is_zone, wall
from ketaprogram.cli.edges import answering, as_json, document, file_argument, now_option, write_document
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import CodesFact
from ketaprogram.intake import facts_from
from ketaprogram.intake.model import Intake
from ketaprogram.medications import check_interactions
from ketaprogram.medications.advising import WHY_OPEN
from ketaprogram.record import Route
from ketaprogram.rules.evaluation import View

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ketaprogram.medications.model import Interaction, InteractionReport, InteractionResult

__all__ = ["interactions_command"]


@click.command("interactions")
@file_argument("intake")
@click.option("--route", type=click.Choice(get_args(Route)), required=True, help="Route of the ketamine dose.")
@now_option
@as_json
@answering
def interactions_command(intake: BinaryIO, route: Route, now: datetime, as_json: bool) -> None:  # noqa: FBT001  # a flag
    """Look the medicines of an INTAKE file up for interactions with ketamine by a route."""
    form = document(Intake, intake)
    report = check_interactions(
        form.medications.entries,
        route=route,
        on=wall(now, form.time_zone)[0] if is_zone(form.time_zone) else now.date(),
        list_is_complete=_is_reconciled(form, now),
    )
    if as_json:
        write_document(report)
    else:
        click.echo("\n".join(_lines(report)))


def _is_reconciled(form: Intake, now: datetime) -> bool:
    """Whether the list is marked complete, says as of when, and is still fresh."""
    listed = form.medications
    fact = View(facts_from(form, now), catalog(), now).known("medication.classes")
    return listed.list_is_complete and listed.as_of is not None and isinstance(fact, CodesFact)


def _lines(report: InteractionReport) -> Iterator[str]:
    yield "CLEAR, by the sources asked" if report.is_clear else "NOT CLEAR"
    yield f"Looked up for {report.route} on {report.on}, in {report.catalogue.name} {report.catalogue.version}"
    for result in report.results:
        yield ""
        yield _heading(result)
        for each in result.interactions:
            yield from _told(each)
        if result.elsewhere:
            routes = dict.fromkeys(route for each in result.elsewhere for route in each.routes)
            yield f"  For other routes there is more: {', '.join(routes)}"
    if not report.list_is_complete:
        yield ""
        yield "The list is not marked complete, or too long ago: more medicines may be taken than stand in it."


def _heading(result: InteractionResult) -> str:
    names = [each for each in (result.medicine, result.coded_as) if each is not None]
    why = f", because {WHY_OPEN[result.reason]}" if result.reason is not None else ""
    return f"{result.position + 1}. {' or '.join(names) or '(not in our list)'}: {result.outcome}{why}"


def _told(interaction: Interaction) -> Iterator[str]:
    yield f"  [{interaction.severity}] {interaction.meaning}"
    yield f"    Option: {interaction.action}"
    if interaction.home is not None:
        yield f"    At home: {interaction.home}"
    cited = (*interaction.citations, *interaction.home_citations)
    yield f"    Source: {'; '.join(f'{each.source} {each.locator}' for each in cited)}"
