"""``journal`` and ``due``: a record that is kept, checked and derived again, and the work list that follows from it."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click
from rich.table import Table

from ketaprogram._time import format_instant, parse_instant
from ketaprogram.cli.checking import named
from ketaprogram.cli.edges import REFUSED, answering, as_json, console, document, now_option, parsed, write_document
from ketaprogram.cli.protocols import opened as opened_protocol
from ketaprogram.cli.rulebooks import opened as opened_rulebook
from ketaprogram.documents import read, to_json
from ketaprogram.errors import InputError
from ketaprogram.journal import Database, File, record, redact, verify
from ketaprogram.journal.model import Anchor
from ketaprogram.program import due, fold, replay_journal
from ketaprogram.published import model_of

if TYPE_CHECKING:
    from datetime import datetime

    from ketaprogram.journal.model import Entry
    from ketaprogram.program.model import DueItem

__all__ = ["due_command", "journal_command"]


def _store(path: Path) -> File | Database:
    """The store that the ending of a name means."""
    return Database(path) if path.suffix in {".sqlite", ".db"} else File(path)


def _existing(path: Path) -> File | Database:
    if not path.is_file():
        message = "there is no such journal"
        raise InputError(message)
    return _store(path)


_journal = click.argument("journal", type=click.Path(path_type=Path))
_who = (
    click.option("--actor", required=True, help="Who records it."),
    click.option("--role", required=True, help="The actor's role."),
    click.option("--meaning", required=True, help="What the actor's signature means, such as reviewed."),
)


@click.group("journal")
def journal_command() -> None:
    """
    Keep a JOURNAL: a file of lines, or a database if its name ends with .sqlite or .db.

    Entries are only added. Each holds the digest of the one before, so that any change is found.
    """


@journal_command.command("append")
@_journal
@click.argument("document", type=click.File("rb"))
@_who[0]
@_who[1]
@_who[2]
@click.option(
    "--effective",
    callback=lambda context, parameter, text: text and _instant(context, parameter, text),
    metavar="INSTANT",
    help="When it took effect; the instant of recording if not given.",
)
@click.option("--corrects", type=int, metavar="NUMBER", help="The entry whose document it takes the place of.")
@now_option
@answering
def append_command(  # one parameter per option
    journal: Path,
    document: BinaryIO,
    actor: str,
    role: str,
    meaning: str,
    effective: datetime | None,
    corrects: int | None,
    now: datetime,
) -> None:
    """
    Add a DOCUMENT to a JOURNAL; it is on the disk when the number and the digest are printed.

    A random salt goes into the digest, so that a payload that is redacted later cannot be guessed from it.
    """
    content = document.read()
    entry = record(
        _store(journal),
        read(model_of(named(content)), content),
        recorded_at=now,
        effective_at=effective,
        actor=actor,
        role=role,
        meaning=meaning,
        corrects=corrects,
        salt=secrets.token_hex(16),
    )
    click.echo(f"{entry.sequence}  {entry.document}  {entry.digest}")


@journal_command.command("redact")
@_journal
@click.argument("number", type=int)
@_who[0]
@_who[1]
@_who[2]
@now_option
@answering
def redact_command(journal: Path, number: int, actor: str, role: str, meaning: str, now: datetime) -> None:
    """Take the payload of entry NUMBER away for good; its digest stays, and who did it and why is recorded."""
    entry = redact(_existing(journal), number, recorded_at=now, actor=actor, role=role, meaning=meaning)
    click.echo(f"{entry.sequence}  redaction of {number}  {entry.digest}")


@journal_command.command("verify")
@_journal
@click.option(
    "--anchor",
    "anchors",
    type=click.File("rb"),
    multiple=True,
    help="An anchor that was kept elsewhere; several times.",
)
@as_json
@answering
def verify_command(journal: Path, anchors: tuple[BinaryIO, ...], as_json: bool) -> None:  # noqa: FBT001  # a flag
    """
    Check a JOURNAL whole: the first bad entry and why; exits with 3 if there is any.

    With --json it answers with an anchor to keep elsewhere: it shows later that nothing is missing at the end.
    """
    store = _existing(journal)
    faults = verify(store.entries(), anchors=[document(Anchor, each) for each in anchors])
    if faults:
        for issue in faults:
            click.echo(f"Entry {int(issue.pointer[1:]) + 1}: {issue.message} [{issue.code}]", err=True)
        raise SystemExit(REFUSED)
    last = store.anchor()
    if last is None:
        click.echo("The journal is empty.")
    elif as_json:
        write_document(last)
    else:
        click.echo(f"Whole: {last.count} entries, the last recorded {format_instant(last.recorded_at)}.")
        click.echo(f"Its digest: {last.digest}")


@journal_command.command("show")
@_journal
@click.option("--entry", "number", type=int, metavar="NUMBER", help="Show this entry's document.")
@as_json
@answering
def show_command(journal: Path, number: int | None, as_json: bool) -> None:  # noqa: FBT001  # a flag
    """List the entries of a JOURNAL, or show one's document. It does not verify."""
    entries = tuple(_existing(journal).entries())
    if number is not None:
        if not 1 <= number <= len(entries):
            message = "there is no such entry"
            raise InputError(message)
        entries = entries[number - 1 : number]
        if not as_json:
            payload = entries[0].payload
            shown = "redacted" if payload is None else json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
            click.echo(shown)
            return
    if as_json:
        click.echo(json.dumps([to_json(each) for each in entries], indent=2, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("", "Recorded", "Document", "By", "Meaning"):
        table.add_column(heading)
    for each in entries:
        by = f"{each.actor} ({each.role})"
        table.add_row(str(each.sequence), _shown(each.recorded_at), _titled(each), by, each.meaning)
    console().print(table)


@journal_command.command("replay")
@_journal
@click.option("--rulebook", "rulebooks", metavar="NAME|FILE", multiple=True, help="A clinic's own; several times.")
@click.option("--protocol", "protocols", metavar="NAME|FILE", multiple=True, help="A clinic's own; several times.")
@as_json
@answering
def replay_command(
    journal: Path,
    rulebooks: tuple[str, ...],
    protocols: tuple[str, ...],
    as_json: bool,  # noqa: FBT001  # a flag
) -> None:
    """Derive every determination, triage and plan of a JOURNAL again; exits with 3 if one is not the same."""
    results = tuple(
        replay_journal(
            _existing(journal).entries(),
            rulebooks=[opened_rulebook(each) for each in rulebooks],
            protocols=[opened_protocol(each) for each in protocols],
        )
    )
    if as_json:
        click.echo(json.dumps([to_json(each) for each in results], indent=2, ensure_ascii=False))
    else:
        for each in results:
            where = f" at {each.pointer}" if each.pointer else ""
            why = each.why or ", ".join(each.differing[:5])
            click.echo(f"{each.entry}  {each.what}{where}: {each.outcome}{f' ({why})' if why else ''}")
    if any(each.outcome != "same" for each in results):
        raise SystemExit(REFUSED)


@click.command("due")
@_journal
@click.option("--protocol", "protocols", metavar="NAME|FILE", multiple=True, help="A clinic's own; several times.")
@now_option
@as_json
@answering
def due_command(journal: Path, protocols: tuple[str, ...], now: datetime, as_json: bool) -> None:  # noqa: FBT001  # a flag
    """List what must happen next in the program of a JOURNAL: what, why, by whom and by when."""
    store = _existing(journal)
    if verify(store.entries()):
        message = "the journal has faults: `ketaprogram journal verify` names them"
        raise InputError(message)
    items = due(fold(store.entries()), now, protocols=[opened_protocol(each) for each in protocols])
    if as_json:
        click.echo(json.dumps([to_json(each) for each in items], indent=2, ensure_ascii=False))
        return
    for each in items:
        click.echo(f"{_shown(each.due_by)}  {each.what}, {each.role}{_late(each)}")
        click.echo(f"    {each.about}: {each.why}")
    if not items:
        click.echo("Nothing is due.")


def _instant(context: click.Context, parameter: click.Parameter, text: str) -> object:
    return parsed(parse_instant, "2026-11-24T09:00:00-05:00")(context, parameter, text)


def _titled(entry: Entry) -> str:
    if entry.kind == "record":
        return entry.document if entry.payload is not None else f"{entry.document}, redacted"
    return f"{entry.document}, {entry.kind} of {entry.corrects}"


def _late(item: DueItem) -> str:
    if not item.is_overdue:
        return ""
    days, minutes = divmod(item.late_by_minutes, 24 * 60)
    return f", late by {f'{days} d' if days else f'{minutes // 60} h {minutes % 60} min'}"


def _shown(instant: datetime) -> str:
    """An instant with its offset, to the minute."""
    return f"{instant:%Y-%m-%d %H:%M} {instant.isoformat()[-6:]}"
