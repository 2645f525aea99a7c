"""``plan``, ``replan`` and ``timeline``: an order laid out as visits, and laid out again after something happened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

import click

from ketaprogram._time import add_days, parse_date, parse_time
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
from ketaprogram.cli.protocols import opened
from ketaprogram.cli.showing import moves_table, schedule_table, timeline_table
from ketaprogram.documents import to_json
from ketaprogram.protocol.model import Order
from ketaprogram.schedule import always, plan_visits, replan, timeline
from ketaprogram.schedule.holidays import closed_on_holidays
from ketaprogram.schedule.model import Availability, Cancelled, Given, Missed, Schedule, ScheduleChange

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime, time
    from typing import Any

    from ketaprogram.protocol.model import Protocol
    from ketaprogram.schedule.model import Change, Replan

__all__ = ["plan_command", "replan_command", "timeline_command"]

_protocol = click.option(
    "--protocol", metavar="NAME|FILE", help="The order's template, if it is a clinic's own: TOML or JSON."
)


def _dates(parse: Callable[[str], object], example: str) -> Callable[..., Any]:
    """A callback for an option that may be given several times."""
    one = parsed(parse, example)
    return lambda context, parameter, texts: tuple(one(context, parameter, each) for each in texts)


@click.command("plan")
@file_argument("order")
@click.option(
    "--start",
    callback=parsed(parse_date, "2026-11-24"),
    required=True,
    metavar="DATE",
    help="Date from which the first session may be.",
)
@click.option(
    "--within", type=click.IntRange(0, 60), default=0, show_default=True, help="Days after it on which it may be too."
)
@click.option(
    "--at",
    callback=_dates(parse_time, "09:00"),
    multiple=True,
    required=True,
    metavar="HH:MM",
    help="Time of day at which a session may begin. May be given several times.",
)
@click.option("--zone", required=True, metavar="ZONE", help="IANA time zone, such as America/Denver.")
@click.option(
    "--availability",
    "availabilities",
    type=click.File("rb"),
    multiple=True,
    help="JSON document of when somebody is available. May be given several times.",
)
@click.option(
    "--holidays",
    metavar="COUNTRY[-REGION]",
    help="The clinic is closed on public holidays there, such as US-CO; needs the extra `holidays`.",
)
@_protocol
@as_json
@answering
def plan_command(  # noqa: PLR0913  # one parameter per option
    order: BinaryIO,
    *,
    start: date,
    within: int,
    at: tuple[time, ...],
    zone: str,
    availabilities: tuple[BinaryIO, ...],
    holidays: str | None,
    protocol: str | None,
    as_json: bool,
) -> None:
    """Lay a signed ORDER out as visits on the person's own clock."""
    signed = document(Order, order)
    plan = plan_visits(
        signed,
        _template(signed, protocol),
        start=start,
        start_by=add_days(start, within),
        at=at,
        time_zone=zone,
        availabilities=_available(availabilities, holidays, signed, zone),
    )
    if as_json:
        write_document(plan)
    else:
        console().print(schedule_table(plan))


@click.command("replan")
@file_argument("schedule")
@click.option("--order", type=click.File("rb"), required=True, help="JSON document of the schedule's order.")
@click.option("--given", multiple=True, metavar="VISIT", help="A session that was given as planned.")
@click.option("--missed", multiple=True, metavar="VISIT", help="A session that did not take place.")
@click.option("--cancelled", multiple=True, metavar="VISIT", help="A session to come that needs another time.")
@click.option(
    "--change", "changes", type=click.File("rb"), multiple=True, help="JSON document of any other change; in order."
)
@now_option
@_protocol
@as_json
@answering
def replan_command(  # noqa: PLR0913  # one parameter per option
    schedule: BinaryIO,
    *,
    order: BinaryIO,
    given: tuple[str, ...],
    missed: tuple[str, ...],
    cancelled: tuple[str, ...],
    changes: tuple[BinaryIO, ...],
    now: datetime,
    protocol: str | None,
    as_json: bool,
) -> None:
    """Plan a SCHEDULE again after something happened: what is past stays, the rest moves as little as it can."""
    signed = document(Order, order)
    happened: tuple[Change, ...] = (
        *(Given(visit=each) for each in given),
        *(Missed(visit=each) for each in missed),
        *(Cancelled(visit=each) for each in cancelled),
        *(document(ScheduleChange, each).change for each in changes),
    )
    again = replan(document(Schedule, schedule), *happened, order=signed, protocol=_template(signed, protocol), now=now)
    if as_json:
        write_document(again)
    else:
        _show(again)


@click.command("timeline")
@file_argument("schedule")
@click.option("--order", type=click.File("rb"), required=True, help="JSON document of the schedule's order.")
@_protocol
@as_json
@answering
def timeline_command(schedule: BinaryIO, *, order: BinaryIO, protocol: str | None, as_json: bool) -> None:
    """List everything to come in a SCHEDULE: visits, check-ins, questionnaires, tests and prompts."""
    signed = document(Order, order)
    items = timeline(document(Schedule, schedule), _template(signed, protocol), signed)
    if as_json:
        click.echo(json.dumps([to_json(each) for each in items], indent=2, ensure_ascii=False))
    else:
        console().print(timeline_table(items))


def _template(order: Order, name: str | None) -> Protocol:
    return opened(name or order.protocol)


def _available(
    files: tuple[BinaryIO, ...], holidays: str | None, order: Order, time_zone: str
) -> tuple[Availability, ...]:
    """The availabilities that were given, with the clinic closed on public holidays if that is asked for."""
    found = [document(Availability, each) for each in files]
    if holidays is None:
        return tuple(found)
    country, _, region = holidays.partition("-")
    years = range(order.valid_from.year, order.valid_until.year + 1)
    clinics = [each for each in found if each.who == "clinic"] or [always("clinic", time_zone)]
    closed = [closed_on_holidays(each, country, region or None, years=years) for each in clinics]
    return (*(each for each in found if each.who != "clinic"), *closed)


def _show(again: Replan) -> None:
    out = console()
    if again.gap_rule is not None:
        out.print(f"{again.gap_days} days between the last session and the next: the template says {again.gap_rule}.\n")
    out.print(moves_table(again.moves, again.schedule) if again.moves else "Nothing changes.")
    out.print(schedule_table(again.schedule))
