"""Tables and lines for the terminal. They hold a person's data, so they are for the screen and not for a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from ketaprogram.schedule import instant_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ketaprogram.card import Card
    from ketaprogram.outcomes.model import Change, Score
    from ketaprogram.schedule.model import Schedule
    from ketaprogram.sessions.model import ExpectedObservation

__all__ = ["card_lines", "observation_table", "schedule_table", "score_table"]


def card_lines(card: Card) -> Iterator[str]:
    """A card as plain lines: how pressing it is, what it says, the options, and where they come from."""
    yield f"[{card.indicator}] {card.summary}"
    for line in card.detail.splitlines():
        yield f"  {line}"
    for suggestion in card.suggestions:
        yield f"  Option: {suggestion}"
    yield f"  Source: {'; '.join(f'{each.source} {each.locator}' for each in card.sources)}"


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


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="italic", header_style="bold", box=box.SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, no_wrap=True)
    return table


_RESPONSES = {"true": "response", "false": "no response yet", "unknown": "not known"}
