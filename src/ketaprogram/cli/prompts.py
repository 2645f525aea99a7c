"""``prompts``, ``education`` and ``texts``: what a person may read, and what the gate says of a clinic's own texts."""

from __future__ import annotations

import json
import tomllib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, BinaryIO, get_args

import click
from rich.table import Table

from ketaprogram.cli.edges import answering, as_json, console, document, file_argument, write_document
from ketaprogram.education import check_pages_locale, education_for, load_pages
from ketaprogram.education.model import ReadingPhase
from ketaprogram.errors import DocumentError, KnowledgeError
from ketaprogram.issues import Issue, pointer
from ketaprogram.outcomes.crisis import crisis_lines
from ketaprogram.prompts import check_library_locale, load_library, render_prompts, select_prompts
from ketaprogram.prompts.model import Contact, Phase, PromptRequest, State, Theme
from ketaprogram.prompts.rendering import Style
from ketaprogram.record import Indication, Setting
from ketaprogram.sessions.model import Session
from ketaprogram.wording.reading import check_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ketaprogram.prompts.model import PromptSet

__all__ = ["education_command", "prompts_command", "texts_command"]

_locale = click.option("--locale", default="en", show_default=True, metavar="TAG", help="BCP 47 tag, such as es-MX.")
_country = click.option("--country", metavar="XX", help="Two letters of ISO 3166-1, for the crisis lines.")


def _several(name: str, words: object, text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        name, f"{name.removeprefix('--')}s", type=click.Choice(get_args(words)), multiple=True, help=text
    )


@click.command("prompts")
@file_argument("session")
@click.option("--phase", type=click.Choice(get_args(Phase)), default="integration", show_default=True)
@click.option(
    "--day", type=click.IntRange(-365, 3650), required=True, help="Days since the session; below 0 is before."
)
@_several("--theme", Theme, "What the person works on; may be given several times.")
@_several("--indication", Indication, "Main problem and those beside it; leave out if nobody knows.")
@_several("--state", State, "How the person is; leave out if nobody asked.")
@click.option("--risk", type=click.Choice(get_args(Contact)), help="What was found in the person's own words.")
@click.option("--count", type=click.IntRange(1, 20), help="At most so many; the rhythm's number if left out.")
@click.option("--seed", type=click.IntRange(0, 100_000), default=0, show_default=True)
@click.option("--style", type=click.Choice(get_args(Style)), help="The page for the person, instead of the reasons.")
@_locale
@_country
@as_json
@answering
def prompts_command(  # one parameter per option
    session: BinaryIO,
    *,
    phase: Phase,
    day: int,
    themes: tuple[Theme, ...],
    indications: tuple[Indication, ...],
    states: tuple[State, ...],
    risk: Contact | None,
    count: int | None,
    seed: int,
    style: Style | None,
    locale: str,
    country: str | None,
    as_json: bool,
) -> None:
    """Choose integration prompts for a day before or after a SESSION, each with its reasons."""
    held = document(Session, session)
    found = select_prompts(
        PromptRequest(
            session=held.id,
            day=day,
            phase=phase,
            intention=held.intention,
            themes=frozenset(themes),
            indications=frozenset(indications) or None,
            states=frozenset(states),
            risk=risk,
            setting=held.setting,
            crisis_lines=_lines(country),
            locale=locale,
            count=count,
            seed=seed,
        )
    )
    if as_json:
        write_document(found)
    elif style is not None:
        click.echo(render_prompts(found, style))
    else:
        _show(found)


@click.command("education")
@click.option("--indication", type=click.Choice(get_args(Indication)), help="Main problem; leave out if nobody knows.")
@click.option("--setting", type=click.Choice(get_args(Setting)), help="Leave out if nobody knows.")
@click.option("--phase", type=click.Choice(get_args(ReadingPhase)), default="deciding", show_default=True)
@_locale
@_country
@as_json
@answering
def education_command(
    *,
    indication: Indication | None,
    setting: Setting | None,
    phase: ReadingPhase,
    locale: str,
    country: str | None,
    as_json: bool,
) -> None:
    """Pages in plain words for a person, each with its sources and how strong they are."""
    found = education_for(indication, setting, phase, locale=locale, crisis_lines=_lines(country))
    if as_json:
        write_document(found)
        return
    for each in found.articles:
        click.echo(f"{each.title}\n{each.text}\n{each.strength_label}")
        click.echo(f"[{'; '.join(f'{cited.source} {cited.locator}' for cited in each.citations)}]\n")
    click.echo(found.statement)


@click.command("texts")
@file_argument("library")
@click.option("--locale", metavar="TAG", help="Also list what this locale lacks.")
@as_json
@answering
def texts_command(library: BinaryIO, *, locale: str | None, as_json: bool) -> None:
    """Check a LIBRARY of prompts or pages, TOML or JSON: its form, the gate and, with the extra, its reading grades."""
    content = _content(library.read())
    is_pages = str(content.get("schema", "")).endswith(":education-library:1")
    loaded = load_pages(content) if is_pages else load_library(content)
    issues = [*_reading(content, "articles" if is_pages else "prompts")]
    if locale:
        issues += check_pages_locale(locale, loaded) if is_pages else check_library_locale(locale, loaded)  # type: ignore[arg-type]  # the loader says which
    if issues:
        message = "the library loads, but it is not complete"
        raise KnowledgeError(message, issues)
    click.echo(json.dumps({"faults": []}) if as_json else f"{loaded.name}: no faults")


def _lines(country: str | None) -> str | None:
    """The lines of a country that is known; what a professional is told otherwise is no text for a person."""
    found, nobody = crisis_lines(country)[0], crisis_lines(None)[0]
    return None if found == nobody else found


def _show(found: PromptSet) -> None:
    if found.card is not None:
        click.echo(f"[{found.card.indicator}] {found.card.summary}")
        click.echo(f"  {found.card.detail}")
    if found.message is not None:
        click.echo(found.message)
    table = Table(show_header=False, box=None, pad_edge=False)
    for prompt in found.prompts:
        table.add_row(prompt.kind, prompt.text)
        table.add_row("", f"[dim]{'; '.join(prompt.why)}[/dim]")
    if found.prompts:
        console().print(table)
    if found.note:
        click.echo(found.note)


def _content(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text) if text.lstrip()[:1] == b"{" else tomllib.loads(text.decode("utf-8"))
    except ValueError:
        message = "the library cannot be read"
        raise DocumentError(message, [Issue("", "document.not-toml", "The file is neither TOML nor JSON.")]) from None
    return dict(found)


def _reading(content: dict[str, Any], member: str) -> Iterator[Issue]:
    if find_spec("textstat") is None:
        click.echo("Reading grades were not measured: pip install 'ketaprogram[authoring]'", err=True)
        return
    use = "education" if member == "articles" else "prompt"
    for index, each in enumerate(content[member]):
        for fault in check_reading(each["text"], use):  # type: ignore[arg-type]  # one of the uses
            yield Issue(pointer(member, index, "text"), fault.code, fault.message, fault.expected)
