"""``maintenance`` and ``project``: a course in, options for the next order or a picture of the year out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from ketaprogram._time import parse_date
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
from ketaprogram.cli.showing import advice_table, projection_table
from ketaprogram.documents import read
from ketaprogram.errors import InputError
from ketaprogram.events.model import SideEffectLog
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import AbsentFact, BooleanFact, FactSet, QuantityFact
from ketaprogram.maintenance import advise_maintenance, course_facts, project, titration_options
from ketaprogram.maintenance.model import Measure, Policy, Stretch
from ketaprogram.outcomes import change
from ketaprogram.outcomes.model import Score
from ketaprogram.protocol import load_protocol
from ketaprogram.protocol.model import Order
from ketaprogram.schedule.model import Schedule
from ketaprogram.sessions.model import Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from ketaprogram.facts.model import Fact
    from ketaprogram.maintenance.model import Advice, Projection

__all__ = ["maintenance_command", "project_command"]

_File = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("maintenance")
@file_argument("order")
@click.option(
    "--facts", type=_File, help="Facts course.* that somebody answered or measured; all of them without SCHEDULE."
)
@click.option("--schedule", type=_File, help="The order's schedule; the facts are then derived from the documents.")
@click.option("--session", "sessions", type=_File, multiple=True, help="A session's record; once for each.")
@click.option("--log", type=_File, help="The side-effect log.")
@click.option("--log-complete", is_flag=True, help="Somebody just went through the side effects with the person.")
@click.option(
    "--score", "scores", type=_File, multiple=True, help="A score; the earliest of each form is the baseline."
)
@click.option(
    "--judged-by", metavar="ID", help="The questionnaire by which response is judged; all of them by default."
)
@click.option(
    "--step", type=click.IntRange(1), help="Options for the dose of this step of the course, not for the interval."
)
@now_option
@as_json
@answering
def maintenance_command(  # noqa: PLR0913, PLR0917  # the documents of a course
    order: BinaryIO,
    facts: Path | None,
    schedule: Path | None,
    sessions: tuple[Path, ...],
    log: Path | None,
    log_complete: bool,  # noqa: FBT001  # a flag of the command
    scores: tuple[Path, ...],
    judged_by: str | None,
    step: int | None,
    now: datetime,
    as_json: bool,  # noqa: FBT001  # a flag of the command
) -> None:
    """Look back before the next ORDER: options with their reasons. Nothing applies itself."""
    signed = document(Order, order)
    protocol = load_protocol(signed.protocol)
    known = FactSet() if facts is None else read(FactSet, facts.read_bytes())
    if schedule is not None:
        known = course_facts(
            signed,
            protocol,
            read(Schedule, schedule.read_bytes()),
            [read(Session, each.read_bytes()) for each in sessions],
            SideEffectLog() if log is None else read(SideEffectLog, log.read_bytes()),
            _measures([read(Score, each.read_bytes()) for each in scores]),
            now=now,
            answers={},
            others=known.facts,
            log_is_complete=log_complete,
            judged_by=judged_by,
        )
    elif sessions or log is not None or scores:
        message = "sessions, log and scores say nothing without --schedule"
        raise InputError(message)
    advice = (
        advise_maintenance(known, signed, protocol, now)
        if step is None
        else titration_options(known, signed, protocol, now, step=step)
    )
    if as_json:
        write_document(advice)
        return
    out = console()
    out.print("\n".join(_course(known)), markup=False)
    out.print(advice_table(advice))
    out.print("\n".join(_basis(advice)), markup=False)


def _measures(scores: list[Score]) -> list[Measure]:
    """The changes from the earliest score of each questionnaire to every later one."""
    baselines: dict[str, Score] = {}
    measures = []
    for each in sorted(scores, key=lambda score: score.answered_at):
        if each.instrument in baselines:
            measures.append(Measure(at=each.answered_at, change=change(baselines[each.instrument], each)))
        else:
            baselines[each.instrument] = each
    return measures


def _course(facts: FactSet) -> Iterator[str]:
    yield "What is known of the course"
    for each in facts.facts:
        if each.id.startswith("course.") and each.id in catalog():
            yield f"  {catalog()[each.id].label}: {_value(each)}"


def _value(fact: Fact) -> str:
    if isinstance(fact, AbsentFact):
        return f"not known ({fact.reason.value}){'' if fact.note is None else f': {fact.note}'}"
    if isinstance(fact, QuantityFact):
        bound = {"=": "", ">=": "at least ", "<=": "at most "}[fact.comparator]
        unit = "" if fact.unit.startswith(("{", "1")) else fact.unit
        return f"{bound}{fact.value.normalize():f} {unit}".rstrip()
    return ("yes" if fact.value else "no") if isinstance(fact, BooleanFact) else fact.kind


def _basis(advice: Advice) -> Iterator[str]:
    found = advice.determination
    if found.opens_crisis:
        yield "The crisis path comes first."
    asked = dict.fromkeys(
        (*found.requirements, *(each for option in advice.not_offered for each in option.requirements))
    )
    if asked:
        yield "To ask"
        yield from (f"  {each.question}" for each in asked)
    yield f"Rulebook {found.rulebook} {found.rulebook_version}, {found.rulebook_digest[:19]}."
    proposals = {name for each in (found, *advice.considered) for name in each.proposals}
    yield f"{len(proposals)} numbers and rules behind this are proposals that no clinician has approved."
    yield "These are options. Another interval or dose needs a signed new order."


def _stretch(text: str) -> Stretch | None:
    """``14x4`` is four sessions 14 days apart; ``28`` goes on."""
    days, by, sessions = text.partition("x")
    if not days.isdecimal() or (by and not sessions.isdecimal()) or not 1 <= int(days) <= _LONGEST:
        return None
    if by and not 1 <= int(sessions) <= _MOST:
        return None
    return Stretch(interval_days=int(days), sessions=int(sessions) if by else None)


_LONGEST, _MOST = 366, 1000


def _policy(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> Policy:
    stretches = [_stretch(each) for each in texts]
    if None in stretches:
        message = "expected a value such as 14x4 or 28"
        raise click.BadParameter(message)
    return Policy(stretches=tuple(each for each in stretches if each is not None))


@click.command("project")
@file_argument("order")
@click.option(
    "--every",
    "policy",
    multiple=True,
    required=True,
    callback=_policy,
    metavar="DAYS[xSESSIONS]",
    help="An interval, and for how many sessions, such as 14x4; once for each, the last may go on.",
)
@click.option(
    "--start",
    required=True,
    callback=parsed(parse_date, "2026-11-24"),
    metavar="DATE",
    help="Date of the first session of the picture.",
)
@click.option("--days", type=int, default=365, show_default=True, help="How many days it covers.")
@click.option("--before", type=int, default=0, show_default=True, help="Sessions that were given before.")
@as_json
@answering
def project_command(
    order: BinaryIO,
    policy: Policy,
    start: date,
    days: int,
    before: int,
    as_json: bool,  # noqa: FBT001  # a flag of the command
) -> None:
    """Draw what the next year under an ORDER could look like: a picture, no plan."""
    signed = document(Order, order)
    found = project(signed, load_protocol(signed.protocol), policy, start=start, horizon_days=days, before=before)
    if as_json:
        write_document(found)
        return
    out = console()
    out.print(projection_table(found))
    out.print("\n".join(_below(found)), markup=False)


def _below(found: Projection) -> Iterator[str]:
    for each in found.contacts:
        yield f"{each.opens_on:%d %b %Y} to {each.closes_on:%d %b %Y}  {each.title}"
    if found.first_not_ordered is not None:
        yield f"From session {found.first_not_ordered} on, a new order is needed; this ends on {found.order_ends_on}."
    yield found.says
