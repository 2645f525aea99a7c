"""Tables and lines for the terminal. They hold a person's data, so they are for the screen and not for a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from ketaprogram._time import wall
from ketaprogram.schedule import begins_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from ketaprogram.card import Card
    from ketaprogram.events.model import Summary
    from ketaprogram.intervals import Proportion
    from ketaprogram.maintenance.model import Advice, Option, Projection
    from ketaprogram.outcomes.model import Change, Score
    from ketaprogram.schedule.model import Move, Schedule, TimelineItem
    from ketaprogram.sessions.model import ExpectedObservation

__all__ = [
    "advice_table",
    "card_lines",
    "moves_table",
    "observation_table",
    "projection_table",
    "schedule_table",
    "score_table",
    "share",
    "summary_table",
    "timeline_table",
]

_DIFFERS = ", but "
_STYLES = {"given": "green", "missed": "strike"}


def card_lines(card: Card) -> Iterator[str]:
    """A card as plain lines: how pressing it is, what it says, the options, and where they come from."""
    yield f"[{card.indicator}] {card.summary}"
    for line in card.detail.splitlines():
        yield f"  {line}"
    for suggestion in card.suggestions:
        yield f"  Option: {suggestion}"
    yield f"  Source: {'; '.join(f'{each.source} {each.locator}' for each in card.sources)}"


def schedule_table(schedule: Schedule) -> Table:
    """
    The visits as a calendar on the wall would show them.

    Sessions stand out, contacts are dim, and a day that is not the template's has its reason below the table. The
    offset shows that the wall time stays where the offset moves.
    """
    table = _table(f"Visits of {schedule.order}, {schedule.time_zone}", "", "Date", "Time", "UTC", "Window", "Day")
    first = schedule.sessions[0].on if schedule.sessions else None
    month = ""
    for visit in schedule.visits:
        if month != f"{visit.on:%B %Y}":
            month = f"{visit.on:%B %Y}"
            table.add_row(f"[bold]{month}[/bold]")
        is_session = visit.kind == "session"
        name = f"{visit.phase} {visit.number}" if is_session else f"  {visit.kind} {visit.number}"
        status = "" if visit.status == "planned" else f", {visit.status}"
        table.add_row(
            f"{name}{status}",
            f"{visit.on:%a %d %b}",
            f"{visit.at:%H:%M}",
            f"{begins_at(visit):%z}",
            f"{visit.earliest:%d %b} - {visit.latest:%d %b}",
            str((visit.on - first).days) if first is not None else "",
            style=_STYLES.get(visit.status) if is_session else "dim",
        )
    for visit in schedule.sessions:
        if _DIFFERS in visit.why:
            table.caption = f"{table.caption or ''}{visit.phase} {visit.number}: {visit.why}\n"
    return table


def moves_table(moves: Sequence[Move], schedule: Schedule) -> Table:
    """What became of each visit, with the reason; the order's id is left off."""
    table = _table("What changes", "Visit", "Before", "After")
    for move in moves:
        visit = move.visit.removeprefix(f"{schedule.order}/")
        was = f"{move.was_on:%a %d %b} {move.was_at:%H:%M}" if move.was_on else move.what
        now = f"{move.on:%a %d %b} {move.at:%H:%M}" if move.on and move.what != "changed" else move.what
        table.add_row(visit, was, now)
        table.caption = f"{table.caption or ''}{visit}: {move.why}\n"
    return table


def timeline_table(items: Sequence[TimelineItem]) -> Table:
    """What is to come, by the day on which it opens."""
    table = _table("Timeline", "Opens", "Until", "What", "Who")
    for each in items:
        opens, closes = (f" {one:%H:%M}" if one else "" for one in (each.opens_at, each.closes_at))
        measures = f" ({', '.join(each.measures)})" if each.measures else ""
        table.add_row(
            f"{each.opens_on:%a %d %b %Y}{opens}",
            f"{each.closes_on:%a %d %b}{closes}",
            f"{each.title}{measures}",
            each.by,
            style=None if each.what == "session" else "dim",
        )
    return table


def observation_table(expected: tuple[ExpectedObservation, ...], time_zone: str) -> Table:
    """The readings and check-ins that the protocol expects, on the person's own clock, and what became of each."""
    table = _table("Expected by the protocol", "Minute", "Due", "What", "By", "Status")
    for each in expected:
        late = f", {each.late_by_minutes} min late" if each.late_by_minutes else ""
        style = "yellow" if late else None
        table.add_row(
            str(each.minute),
            f"{wall(each.due_at, time_zone)[1]:%H:%M}",
            each.contact or each.what,
            each.by,
            f"{each.status}{late}",
            style=style,
        )
    return table


def score_table(scores: Sequence[tuple[str, Score, Change | None]]) -> Table:
    """Scores over time with the change from the first."""
    table = _table("Scores, with the change from before the course", "", "", "Total", "Band", "Points", "%", "")
    for when, score, change in scores:
        total = "none" if score.value is None else str(score.value)
        moved = ("", "", "")
        if change is not None:
            response = "remission" if change.remission == "true" else _RESPONSES[change.response]
            moved = (str(change.points), str(change.percent), response)
        table.add_row(score.instrument.upper(), when, total, score.band or "", *moved)
    return table


def advice_table(advice: Advice) -> Table:
    """The options as a clinician would weigh them, and below them what is no option and why."""
    about = {"interval": "Options for the next interval", "dose": "Options for the next dose"}[advice.about]
    table = Table(title=about, title_justify="left", title_style="italic", header_style="bold", box=box.SIMPLE_HEAD)
    for name in ("Option", "", "Why", "To weigh", "Needs"):
        table.add_column(name, no_wrap=name in {"Option", ""})
    for each in advice.options:
        needs = "a new order" if each.needs_order else ""
        if each.needs_signature:
            needs = "a new order and a signature"
        table.add_row(each.what, _figures(each), "\n".join(each.reasons), "\n".join(each.to_weigh), needs)
    for other in advice.not_offered:
        open_ = [f"Not known: {each.label}." for each in other.requirements]
        table.add_row(f"not {other.what}", "", "\n".join((*other.reasons, *open_)), "", "", style="dim")
    return table


def projection_table(projection: Projection) -> Table:
    """The sessions of a picture, with the exposure in all."""
    table = _table("A picture, no plan", "", "Date", "Days", "Dose", "In all", "Order")
    for each in projection.sessions:
        dose, total = (
            (f"{each.mg} mg", _plain(each.total_mg, "mg"))
            if each.mg is not None
            else (f"{each.mg_per_kg} mg/kg", _plain(each.total_mg_per_kg, "mg/kg"))
        )
        table.add_row(
            f"{each.phase} {each.number}",
            f"{each.on:%a %d %b %Y}",
            "" if each.interval_days is None else str(each.interval_days),
            dose,
            total,
            "covered" if each.is_ordered else "not covered",
            style=None if each.is_ordered else "dim",
        )
    return table


def _plain(total: Decimal | None, unit: str) -> str:
    return "" if total is None else f"{total} {unit}"


def _figures(option: Option) -> str:
    days = [str(each) for each in (option.interval_days, *option.then_days) if each is not None]
    if days:
        return f"{', '.join(days)} days"
    if option.mg is not None:
        return f"{option.mg} mg"
    return "" if option.mg_per_kg is None else f"{option.mg_per_kg} mg/kg"


def summary_table(summary: Summary) -> Table:
    """Side effects by kind: people and sessions with the exact intervals, and how severe."""
    title = (
        f"{summary.setting}, {summary.route}: {summary.people} people, {summary.dosed_sessions} sessions with a dose"
    )
    table = _table(title, "", "Events", "Of people", "Of sessions", "Severe", "Serious")
    for each in summary.terms:
        if each.events:
            severe = f"{each.severe.count}/{each.severe.of}"
            table.add_row(
                each.term, str(each.events), share(each.people), share(each.sessions), severe, str(each.serious)
            )
    return table


def share(found: Proportion) -> str:
    """A share in percent with its interval: ``50.0 % (1.3-98.7)``."""
    if found.share is None:
        return "none"
    return f"{found.share * 100:.1f} % ({found.low * 100:.1f}-{found.high * 100:.1f})"


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="italic",
        header_style="bold",
        caption_justify="left",
        caption_style="dim",
        box=box.SIMPLE_HEAD,
    )
    for name in columns:
        table.add_column(name, no_wrap=True)
    return table


_RESPONSES = {"true": "response", "false": "no response yet", "unknown": "not known"}
