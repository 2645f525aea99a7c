"""
The edges of the command line: files in, text or JSON out, faults and refusals as exit codes.

Exit codes: 0 fine; 2 bad input, every fault listed; 3 refused by an order, a limit or a state; 4 faulty knowledge data.
"""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click
from rich.console import Console

from ketaprogram._time import format_instant, parse_instant
from ketaprogram.documents import read, write
from ketaprogram.errors import DocumentError, InputError, KetaprogramError, KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ketaprogram.issues import Issue

__all__ = [
    "REFUSED",
    "answering",
    "as_json",
    "console",
    "document",
    "file_argument",
    "now_option",
    "own_file",
    "parsed",
    "today",
    "write_document",
]

Model = TypeVar("Model")

BAD_INPUT, REFUSED, FAULTY_KNOWLEDGE = 2, 3, 4


def console() -> Console:
    """Where answers are printed; plain text when it is not a terminal, and never wider than 100 columns."""
    found = Console(highlight=False, soft_wrap=False)
    return found if found.width <= 100 else Console(highlight=False, width=100)  # noqa: PLR2004  # readable lines


def file_argument(name: str = "file") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A JSON document: a path, or ``-`` for standard input."""
    return click.argument(name, type=click.File("rb"))


as_json = click.option("--json", "as_json", is_flag=True, help="Answer as a JSON document.")


def parsed(parse: Callable[[str], object], example: str) -> Callable[..., Any]:
    """A callback that parses an option's text, or says what it should look like."""

    def callback(_context: click.Context, _parameter: click.Parameter, text: str) -> object:
        found = parse(text)
        if found is None:
            message = f"expected a value such as {example}"
            raise click.BadParameter(message)
        return found

    return callback


def _now() -> str:
    return format_instant(datetime.now(UTC).replace(microsecond=0))


def today() -> str:
    """Today's date in UTC; the command line is the one place that looks at a clock."""
    return datetime.now(UTC).date().isoformat()


now_option = click.option(
    "--now",
    default=_now,
    callback=parsed(parse_instant, "2026-11-24T09:00:00-05:00"),
    metavar="INSTANT",
    help="The instant of the question, with its offset; the clock's if not given.",
)


def own_file(name: str, what: str, ships: Collection[str]) -> Path | None:
    """The file that a name stands for; None if something ships under the name."""
    if name in ships:
        return None
    path = Path(name)
    if not path.is_file():
        message = f"no {what} ships under this name and there is no such file; these ship: {', '.join(ships)}"
        raise InputError(message)
    return path


def document(model: type[Model], file: BinaryIO) -> Model:
    """The document in a file, read."""
    return read(model, file.read())


def write_document(model: object) -> None:
    """A document to standard output, indented for people and stable for machines."""
    click.echo(json.dumps(json.loads(write(model)), indent=2, ensure_ascii=False))


def answering(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the library's exceptions into messages and exit codes; ``--json`` gives faults as JSON."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:  # noqa: ANN401  # whatever the command takes
        try:
            command(*arguments, **options)
        except (DocumentError, KnowledgeError) as error:
            if options.get("as_json"):
                click.echo(json.dumps({"faults": [_plain(issue) for issue in error.issues]}, indent=2))
            else:
                click.echo(str(error), err=True)
            raise SystemExit(BAD_INPUT if isinstance(error, InputError) else FAULTY_KNOWLEDGE) from None
        except KetaprogramError as error:
            click.echo(str(error), err=True)
            raise SystemExit(BAD_INPUT if isinstance(error, InputError) else REFUSED) from None

    return run


def _plain(issue: Issue) -> dict[str, str]:
    members = ("pointer", "code", "message", "expected", "hint")
    return {member: getattr(issue, member) for member in members if getattr(issue, member)}
