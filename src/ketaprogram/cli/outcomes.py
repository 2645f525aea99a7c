"""``score`` and ``chart``: a questionnaire's answers in, what they add up to out; a timeline in, its chart out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from ketaprogram.cli.edges import answering, as_json, document, file_argument, write_document
from ketaprogram.cli.showing import card_lines
from ketaprogram.outcomes import change, crisis_alert, score, timeline_spec, trends
from ketaprogram.outcomes.drawing import draw_png, draw_svg
from ketaprogram.outcomes.model import Responses, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.outcomes.model import Change, Score, Trend

__all__ = ["chart_command", "score_command"]


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
    """
    Score a questionnaire's RESPONSES by its published rule.

    The crisis path comes first, even where the answers have faults; with --json it goes to standard error.
    """
    given = document(Responses, responses)
    alert = crisis_alert(given, country)
    if alert is not None:
        click.echo("\n".join([alert.tier.upper(), *card_lines(alert.card), ""]), err=as_json)
    found = score(given)
    since = None if baseline is None else change(score(document(Responses, baseline)), found)
    if as_json:
        write_document(found)
    else:
        click.echo("\n".join([*_score_lines(found), *_change_lines(since)]))


def _score_lines(found: Score) -> Iterator[str]:
    if found.value is not None:
        yield f"{found.instrument}: {found.value}" + (f" ({found.band})" if found.band else "")
    elif found.at_least is not None:
        yield f"{found.instrument}: no total, because these items have no answer: {', '.join(found.missing)}"
        yield f"  It is at least {found.at_least} and at most {found.at_most}."
    elif found.missing:
        yield f"{found.instrument}: these items have no answer: {', '.join(found.missing)}"
    if found.risk_at_least is not None:
        yield f"{found.instrument}: suicide risk at least {found.risk_at_least}, at most {found.risk_at_most}"
    for scale in found.scales:
        yield f"  {scale.id}: {'not known' if scale.value is None else scale.value}"
    for finding in found.findings:
        yield f"  {finding.id}: {finding.answer}"


def _change_lines(since: Change | None) -> Iterator[str]:
    if since is None:
        return
    yield (
        f"Change: {since.points} points, {since.percent} %; response {since.response}, "
        f"remission {since.remission}, reliable {since.reliable}, worse {since.worse}"
    )
    for each in since.rules:
        index = f" (index {each.index})" if each.index is not None else ""
        mark = "*" if each.headline else " "
        cited = f"{each.citation.source} {each.citation.locator}"
        yield f" {mark} {each.kind}: {each.answer}, by {each.rule}{index}; {cited}"


@click.command("chart")
@file_argument("timeline")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the chart to this file: .svg, .png (both need the extra charts) or .json, a Vega-Lite specification.",
)
@as_json
@answering
def chart_command(timeline: BinaryIO, target: Path | None, as_json: bool) -> None:  # noqa: FBT001  # a flag
    """
    Chart a person's TIMELINE: scores, doses, side effects and vital signs.

    Says where each improvement stands; with --json it answers with the Vega-Lite specification instead.
    """
    given = document(Timeline, timeline)
    spec = timeline_spec(given)
    if target is not None:
        _draw(spec, target)
    if as_json:
        click.echo(json.dumps(spec, indent=2))
    else:
        click.echo("\n".join(line for each in trends(given) for line in _trend_lines(each)))


def _draw(spec: dict[str, object], target: Path) -> None:
    kind = target.suffix.lower()
    if kind not in {".svg", ".png", ".json"}:
        message = "the file ends in .svg, .png or .json"
        raise click.BadParameter(message)
    try:
        picture = (
            draw_png(spec) if kind == ".png" else (draw_svg(spec) if kind == ".svg" else json.dumps(spec, indent=2))
        )
    except ImportError:
        message = "pictures need the extra: pip install 'ketaprogram[charts]'"
        raise click.ClickException(message) from None
    target.write_bytes(picture if isinstance(picture, bytes) else picture.encode())


def _trend_lines(trend: Trend) -> Iterator[str]:
    values = ["no total" if point.value is None else str(point.value) for point in trend.points]
    yield f"{trend.instrument}: {' -> '.join(values)}; {trend.standing}"
    if trend.hours_to_first_response is not None:
        yield f"  first response after {trend.hours_to_first_response} hours"
    for each in trend.windows:
        if each.ended != "unknown":
            until = f", better until hour {each.better_until_hours}" if each.better_until_hours is not None else ""
            yield f"  after session {each.session}: from {each.before} to {each.best}{until}; {each.ended}"
