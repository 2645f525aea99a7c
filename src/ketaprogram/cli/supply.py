"""``ship``: the record of a supply and a request in, go or hold with every block out, to be pinned to a wall."""

from __future__ import annotations

import json
import textwrap
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from ketaprogram._time import parse_date
from ketaprogram.cli.edges import (
    REFUSED,
    answering,
    as_json,
    document,
    file_argument,
    parsed,
    today,
    write_document,
)
from ketaprogram.cli.rulebooks import NAMES, opened
from ketaprogram.errors import DocumentError, StateError
from ketaprogram.facts.catalog import catalog
from ketaprogram.issues import Issue, pointer
from ketaprogram.protocol.model import Order
from ketaprogram.rules.model import SHELF_LIFE
from ketaprogram.supply import can_ship, check_supply, ledger
from ketaprogram.supply.model import Clearing, Supply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ketaprogram.rules.model import Rulebook
    from ketaprogram.supply.model import Block, Ledger, Shipment

    Answer = bool | int | Decimal

__all__ = ["ship_command"]

_WIDTH = 88


@click.command("ship")
@file_argument("supply")
@click.option("--order", type=click.File("rb", lazy=True), help="The order that the prescription is for.")
@click.option("--units", type=click.IntRange(1, 1000), required=True, help="Units that are asked for.")
@click.option(
    "--on",
    default=today,
    callback=parsed(parse_date, "2026-12-22"),
    metavar="DATE",
    help="The day of dispensing; today in UTC if not given.",
)
@click.option("--answers", type=click.File("rb", lazy=True), help="A JSON object: fact id to true, false or an amount.")
@click.option(
    "--answer", "said", multiple=True, metavar="ID=VALUE", help="yes, no or an amount; may be given several times."
)
@click.option(
    "--clearing", "clearings", type=click.File("rb", lazy=True), multiple=True, help="A signed clearing of one block."
)
@click.option("--rulebook", "name", metavar=NAMES, help="A clinic's own rulebook for shipments.")
@as_json
@answering
def ship_command(  # noqa: PLR0913, PLR0917  # one parameter per option
    supply: BinaryIO,
    order: BinaryIO | None,
    units: int,
    on: date,
    answers: BinaryIO | None,
    said: tuple[str, ...],
    clearings: tuple[BinaryIO, ...],
    name: str | None,
    as_json: bool,  # noqa: FBT001  # a flag of the command
) -> None:
    """Ask whether units of a SUPPLY may be shipped: go, or hold with every block and who lifts it."""
    record = document(Supply, supply)
    rulebook = None if name is None else opened(name)
    found = can_ship(
        record,
        None if order is None else document(Order, order),
        units=units,
        on=on,
        answers=_answers(answers, said),
        clearings=[document(Clearing, each) for each in clearings],
        rulebook=rulebook,
    )
    if as_json:
        write_document(found)
    else:
        _show(found, record, rulebook)
    if not found.is_allowed:
        raise SystemExit(REFUSED)


def _show(found: Shipment, record: Supply, rulebook: Rulebook | None) -> None:
    units = f"{found.units} unit{'' if found.units == 1 else 's'}"
    word = "GO" if found.is_allowed else "HOLD"
    click.echo(f"{word}  {units} on prescription {found.prescription}, {found.on:%a %d %b %Y}\n")
    try:
        click.echo("\n".join(_ledger(ledger(record, on=found.on, rulebook=rulebook))))
    except StateError:
        click.echo("The record has faults:")
        click.echo("\n".join(f"  {issue}" for issue in check_supply(record)))
    for line in _checklist(found.blocks):
        indent = " " * (len(line) - len(line.lstrip()))
        click.echo(textwrap.fill(line, _WIDTH, subsequent_indent=indent, break_on_hyphens=False))
    if found.clearings or found.unfit:
        click.echo("")
    for each in found.clearings:
        click.echo(f"Cleared: {each.criterion}, by {each.by} ({each.role}, {each.reason}), until {each.expires_on}")
    for refused in found.unfit:
        click.echo(f"Clears nothing: {refused.criterion}, {refused.why}")
    basis = found.determination
    click.echo(f"\nRulebook {basis.rulebook} {basis.rulebook_version} ({basis.rulebook_digest[:19]}).")
    proposals = [each for each in basis.proposals if not each.startswith(SHELF_LIFE)]
    click.echo(f"{len(proposals)} of its rules and numbers are proposals that no clinician has approved.")


def _checklist(blocks: tuple[Block, ...]) -> Iterator[str]:
    """What is in the way, role by role: who comes to the wall finds at once what is theirs to lift."""
    for role in dict.fromkeys(each.role for each in blocks):
        theirs = [each for each in blocks if each.role == role]
        yield ""
        yield f"{role.upper()} ({len(theirs)} of {len(blocks)})"
        for each in theirs:
            yield f"[ ] {each.code}"
            yield f"    {each.why}"
            yield f"    {' '.join(each.questions) or each.action}"
            if not each.is_clearable:
                yield "    Nobody may sign this away."
            yield f"    Source: {'; '.join(f'{one.source} {one.locator}' for one in each.citations)}"


def _ledger(found: Ledger) -> Iterator[str]:
    sessions = "" if found.sessions_left is None else f", for whole sessions: {found.sessions_left}"
    until = "" if found.lasts_until is None else f"; to be used up on {found.lasts_until}"
    left = f"left {found.remaining}, until {found.last_day}"
    yield f"Dispensed {found.dispensed}, refills used {found.refills_used}; {left}"
    yield f"Used {found.used}, returned {found.returned}, lost {found.lost}"
    yield f"Expected at home {found.expected_on_hand}{sessions}{until}"
    if found.counted_on is None:
        yield "Never counted"
    else:
        yield f"Counted {found.last_counted} on {found.counted_on}; more or fewer than expected: {found.discrepancy:+d}"


# --- answers ----------------------------------------------------------------------------------------------------------


def _answers(file: BinaryIO | None, said: tuple[str, ...]) -> dict[str, Answer]:
    """The answers of a file and of the command line, which wins; every fault at once."""
    faults: list[Issue] = []
    found: dict[str, Answer] = {}
    for fact_id, value in ({} if file is None else _object(file.read())).items():
        _take(found, faults, fact_id, value)
    for text in said:
        fact_id, _, word = text.partition("=")
        _take(found, faults, fact_id, {"yes": True, "no": False, "true": True, "false": False}.get(word, word))
    if faults:
        message = "the answers cannot be used"
        raise DocumentError(message, faults)
    return found


def _take(found: dict[str, Answer], faults: list[Issue], fact_id: str, value: object) -> None:
    catalog()[fact_id]  # an id that nobody defined is told with the nearest
    amount = value if isinstance(value, bool) else _amount(value)
    if amount is None:
        faults.append(Issue(pointer(fact_id), "value.type", "Not an answer.", "yes, no or an amount"))
    else:
        found[fact_id] = amount


def _amount(value: object) -> Decimal | None:
    try:
        number = Decimal(value) if isinstance(value, str | int | Decimal) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _object(content: bytes) -> dict[str, Any]:
    try:
        plain = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError):
        plain = None
    if isinstance(plain, dict):
        return plain
    message = "the answers cannot be used"
    raise DocumentError(message, [Issue("", "document.not-json", "Not a JSON object.", "fact id to answer")])
