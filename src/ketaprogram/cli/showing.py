"""Tables and panels for the terminal. They hold a person's data, so they are for the screen and not for a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from ketaprogram.schedule import instant_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from ketaprogram.maintenance.model import Advice, Option, Projection
    from ketaprogram.outcomes.model import Change, Score
    from ketaprogram.schedule.model import Schedule
    from ketaprogram.sessions.model import ExpectedObservation

__all__ = ["advice_table", "observation_table", "projection_table", "schedule_table", "score_table"]


def schedule_table(schedule: Schedule) -> Table:
    """The visits as a calendar would show them; the offset shows that the wall time stays where the offset moves."""
    table = _table(f"Visits of {schedule.order}, {schedule.time_zone}", "", "Date", "Time", "UTC", "Window", "Day")
    first = schedule.visits[0].on if schedule.visits else None
    for visit in schedule.visits:
        is_session = visit.kind == "session"
        table.add_row(
            f"{visit.phase} {visit.number}" if is_session else f"  review after {visit.number}",
            f"{visit.on:%a %d %b %Y}",
            f"{visit.at:%H:%M}",
            f"{instant_of(visit):%z}",
            f"{visit.earliest:%d %b} - {visit.latest:%d %b}",
            str((visit.on - first).days) if first is not None else "",
            style=None if is_session else "dim",
        )
    return table


def observation_table(expected: tuple[ExpectedObservation, ...]) -> Table:
    """The readings that the protocol expects, and what became of each."""
    table = _table("Readings expected by the protocol", "Minute", "Due", "Status")
    for each in expected:
        late = f", {each.late_by_minutes} min late" if each.late_by_minutes else ""
        style = "yellow" if late else None
        table.add_row(str(each.minute), f"{each.due_at:%H:%M}", f"{each.status}{late}", style=style)
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


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="italic", header_style="bold", box=box.SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, no_wrap=True)
    return table


_RESPONSES = {"true": "response", "false": "no response yet", "unknown": "not known"}
