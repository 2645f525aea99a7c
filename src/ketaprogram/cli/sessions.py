"""``session``: where a session day stands, what may come next, and what is due, late, missing or alarming."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

import click
from rich.padding import Padding
from rich.text import Text

from ketaprogram._time import format_instant, wall
from ketaprogram.cli.edges import answering, as_json, console, document, file_argument, now_option
from ketaprogram.cli.protocols import opened
from ketaprogram.cli.rulebooks import opened as opened_rulebook
from ketaprogram.cli.showing import observation_table
from ketaprogram.documents import to_json
from ketaprogram.errors import StateError
from ketaprogram.protocol.model import Order
from ketaprogram.sessions import (
    allowed_next,
    attended_minutes,
    expected_observations,
    next_reading,
    no_driving_until,
    observation_alerts,
)
from ketaprogram.sessions.model import Session

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from ketaprogram.protocol.model import Protocol
    from ketaprogram.rules.model import Rulebook
    from ketaprogram.sessions.model import Alert

__all__ = ["session_command"]


@click.command("session")
@file_argument("session")
@click.option("--order", type=click.File("rb"), required=True, help="JSON document of the session's order.")
@click.option("--protocol", metavar="NAME|FILE", help="The order's template, if it is a clinic's own: TOML or JSON.")
@click.option("--readiness", metavar="NAME|FILE", help="The clinic's own rulebook of readiness, for its repeat time.")
@click.option("--observation", metavar="NAME|FILE", help="The clinic's own rulebook for readings.")
@now_option
@as_json
@answering
def session_command(  # one parameter per option
    session: BinaryIO,
    *,
    order: BinaryIO,
    protocol: str | None,
    readiness: str | None,
    observation: str | None,
    now: datetime,
    as_json: bool,
) -> None:
    """Show where a SESSION stands: what may come next, what is due, late or missing, and what is alarming."""
    day, signed = document(Session, session), document(Order, order)
    if day.order != signed.id:
        message = "the order is another session's"
        raise StateError(message)
    template = opened(protocol or signed.protocol)
    gate = opened_rulebook(readiness or f"readiness-{day.setting}")
    alerts = observation_alerts(day, template, now, rulebook=opened_rulebook(observation or "observation"))
    if as_json:
        click.echo(json.dumps(_plain(day, template, gate, alerts, now), indent=2, ensure_ascii=False))
    else:
        _show(console(), day, template, gate, alerts, now)


def _plain(
    day: Session, template: Protocol, gate: Rulebook, alerts: tuple[Alert, ...], now: datetime
) -> dict[str, object]:
    following = next_reading(day, template, gate, now)
    return {
        "state": day.state,
        "allowed_next": list(allowed_next(day)),
        "ready_until": None if day.ready_until is None else format_instant(day.ready_until),
        "next_reading": None if following is None else to_json(following),
        "expected": [to_json(each) for each in expected_observations(day, template, now)],
        "alerts": [to_json(each) for each in alerts],
        "adult_minutes": attended_minutes(day, now),
        "no_driving_until": None if day.administration is None else to_json(no_driving_until(day)),
    }


def _show(  # what there is to show
    out: Console, day: Session, template: Protocol, gate: Rulebook, alerts: tuple[Alert, ...], now: datetime
) -> None:
    out.print(f"[bold]{day.state}[/bold]; it can become {', '.join(allowed_next(day)) or 'nothing else'}.")
    if day.ready_until is not None and day.administration is None:
        late = ", which has passed: determine readiness again" if day.ready_until < now else ""
        out.print(f"A dose may begin until {_clock(day, day.ready_until)}{late}.")
    following = next_reading(day, template, gate, now)
    if following is not None:
        out.print(f"Next: {following.what} at {_clock(day, following.due_at)} ({following.why}).")
    expected = expected_observations(day, template, now)
    if expected:
        out.print(observation_table(expected, day.time_zone))
    for alert in alerts:
        if alert.tier != "none":
            out.print(Text(alert.card.summary, style="bold"))
            out.print(Padding(Text("\n".join((alert.card.detail, *alert.card.suggestions))), (0, 0, 0, 2)))
    minutes = attended_minutes(day, now)
    if minutes is not None:
        out.print(f"A sober adult is recorded without a gap for {minutes} minutes since the dose.")
    if day.administration is not None:
        rule = no_driving_until(day)
        out.print(f"No driving before {rule.not_before:%A %d %B}, and only after a restful sleep.")


def _clock(day: Session, instant: datetime) -> str:
    """An instant on the person's own clock."""
    return f"{wall(instant, day.time_zone)[1]:%H:%M}"
