"""``rulebook``, ``explain``, ``replay`` and ``what-would-change``: what is asked of a rulebook and of an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from ketaprogram._time import parse_date
from ketaprogram.cli.edges import REFUSED, answering, as_json, document, file_argument, own_file, parsed, today
from ketaprogram.documents import read, to_json, write
from ketaprogram.rules import load_rulebook, read_rulebook, rulebook_names
from ketaprogram.rules.changing import what_would_change
from ketaprogram.rules.comparing import diff
from ketaprogram.rules.explaining import explain, explain_cards
from ketaprogram.rules.linting import lint
from ketaprogram.rules.model import Determination, Rulebook
from ketaprogram.rules.rendering import render
from ketaprogram.rules.replaying import replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from ketaprogram.rules.changing import Alternative
    from ketaprogram.rules.comparing import Difference

__all__ = ["explain_command", "opened", "replay_command", "rulebook_command", "what_would_change_command"]

NAMES = "NAME|FILE"


def opened(name: str) -> Rulebook:
    """A rulebook by the name of one that ships, or from a file: TOML source, or its JSON document."""
    path = own_file(name, "rulebook", rulebook_names())
    if path is None:
        return load_rulebook(name)
    content = path.read_bytes()
    if path.suffix == ".json":
        return read(Rulebook, content)
    beside = {each.stem: each.read_text("utf-8") for each in path.parent.glob("*.toml") if each != path}
    return read_rulebook(content.decode("utf-8"), parents=beside)


def rulebook_option(command: Callable[..., None]) -> Callable[..., None]:
    """The rulebook that gave an answer; the one that ships under the name in the answer if not given."""
    return click.option("--rulebook", "name", metavar=NAMES, help="The rulebook that gave it, if it does not ship.")(
        command
    )


@click.group("rulebook")
def rulebook_command() -> None:
    """
    Look at rulebooks: those that ship, by name, or a clinic's own, in TOML or JSON.

    A TOML file may extend one that ships, or another file of its folder by its name without .toml.
    """


@rulebook_command.command("list")
def list_command() -> None:
    """List the rulebooks that ship."""
    click.echo("\n".join(f"{name}  {load_rulebook(name).title}" for name in rulebook_names()))


@rulebook_command.command("render")
@click.argument("name", metavar=NAMES)
@click.option("--json", "as_json", is_flag=True, help="Print the rulebook's JSON document instead of a page.")
@answering
def render_command(name: str, as_json: bool) -> None:  # noqa: FBT001  # a flag of the command
    """Print a rulebook as one Markdown page for sign-off."""
    rulebook = opened(name)
    click.echo(json.dumps(to_json(rulebook), indent=2, ensure_ascii=False) if as_json else render(rulebook), nl=False)


@rulebook_command.command("lint")
@click.argument("name", metavar=NAMES)
@click.option("--parent", metavar=NAMES, help="The rulebook that it extends, if that one does not ship.")
@click.option(
    "--cases",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of case files, one per criterion, named by its id.",
)
@click.option(
    "--on",
    default=today,
    callback=parsed(parse_date, "2026-11-24"),
    metavar="DATE",
    help="The day by which reviews are due; today if not given.",
)
@as_json
@answering
def lint_command(name: str, parent: str | None, cases: Path | None, on: date, as_json: bool) -> None:  # noqa: FBT001  # a flag
    """List what to look at before a rulebook is signed off; exits with 3 if there is anything."""
    found = lint(
        opened(name),
        on=on,
        parent=opened(parent) if parent else None,
        with_cases=None if cases is None else {each.stem for each in cases.glob("*.toml")},
    )
    if as_json:
        members = ("pointer", "code", "message", "hint")
        click.echo(json.dumps([{one: getattr(each, one) for one in members if getattr(each, one)} for each in found]))
    else:
        click.echo("\n".join(map(str, found)) if found else "nothing to look at")
    if found:
        raise SystemExit(REFUSED)


@rulebook_command.command("diff")
@click.argument("old", metavar=f"OLD ({NAMES})")
@click.argument("new", metavar=f"NEW ({NAMES})")
@as_json
@answering
def diff_command(old: str, new: str, as_json: bool) -> None:  # noqa: FBT001  # a flag of the command
    """Say what changed from OLD to NEW: added, removed, stricter, looser, reworded, and for whom."""
    found = diff(opened(old), opened(new))
    if as_json:
        click.echo(json.dumps([_plain(each) for each in found], indent=2))
        return
    click.echo("\n".join(line for each in found for line in _lines(each)) if found else "no difference")


def _plain(difference: Difference) -> dict[str, object]:
    return {
        "kind": difference.kind,
        "about": difference.about,
        "detail": difference.detail,
        "moved": [
            {"people": each.people, "before": each.before.value, "after": each.after.value} for each in difference.moved
        ],
    }


def _lines(difference: Difference) -> Iterator[str]:
    detail = f" ({difference.detail})" if difference.detail else ""
    yield f"{difference.kind:9} {difference.about}{detail}"
    for each in difference.moved:
        yield f"          {each.people}: {each.before.value} -> {each.after.value}"


@click.command("explain")
@file_argument("determination")
@click.option("--style", type=click.Choice(["text", "markdown", "cards"]), default="text", help="How; cards are JSON.")
@answering
def explain_command(determination: BinaryIO, style: str) -> None:
    """Explain a DETERMINATION (- for standard input) to a professional."""
    answer = document(Determination, determination)
    if style == "cards":
        click.echo(json.dumps([json.loads(write(card)) for card in explain_cards(answer)], indent=2))
    else:
        click.echo(explain(answer, style="markdown" if style == "markdown" else "text"))


@click.command("replay")
@file_argument("determination")
@rulebook_option
@answering
def replay_command(determination: BinaryIO, name: str | None) -> None:
    """Derive a DETERMINATION again from what it recorded; exits with 3 and the pointers that differ if it does."""
    answer = document(Determination, determination)
    found = replay(answer, opened(name or answer.rulebook))
    if found.agrees:
        click.echo("agrees, bit for bit")
        return
    click.echo("\n".join(["differs at:", *found.differing]))
    raise SystemExit(REFUSED)


@click.command("what-would-change")
@file_argument("determination")
@rulebook_option
@answering
def what_would_change_command(determination: BinaryIO, name: str | None) -> None:
    """Say on which changeable facts a DETERMINATION turns. For professionals; nothing here is advice to the person."""
    answer = document(Determination, determination)
    found = what_would_change(answer, opened(name or answer.rulebook))
    click.echo(
        "\n".join(line for each in found for line in _told(each)) if found else "nothing that can change would do"
    )


def _told(alternative: Alternative) -> Iterator[str]:
    yield "It would permit, all else equal, with"
    for need in alternative.needs:
        yield f"  {need.label}: {need.would_be}"
