"""``check`` and ``schema``: what integrators ask of documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

import click

from ketaprogram.cli.edges import answering, as_json, file_argument
from ketaprogram.documents import check
from ketaprogram.errors import DocumentError
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.published import DOCUMENTS, model_of, schema_path

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_command", "named", "schema_command"]


@click.command("check")
@file_argument()
@click.option("--as", "name", help="Name of the document; found from its member schema if not given.")
@as_json
@answering
def check_command(file: BinaryIO, name: str | None, as_json: bool) -> None:  # noqa: FBT001  # a flag of the command
    """Check a document FILE (- for standard input) against its schema and list every fault."""
    content = file.read()
    name = name or named(content)
    faults = check(model_of(name), content)
    if faults:
        message = f"not a valid {name}: {len(faults)} fault{'s' if len(faults) > 1 else ''}"
        raise DocumentError(message, faults)
    click.echo(json.dumps({"document": name, "faults": []}) if as_json else f"a valid {name}")


@click.command("schema")
@click.argument("name", required=False)
@click.option("--path", is_flag=True, help="Print where the schema file is instead of its content.")
@answering
def schema_command(name: str | None, path: bool) -> None:  # noqa: FBT001  # a flag of the command
    """Print the JSON Schema of the document NAME, or list the names."""
    if name is None:
        click.echo("\n".join(DOCUMENTS))
        return
    file = schema_path(name)
    click.echo(str(file) if path else file.read_text("utf-8").rstrip())


def named(content: bytes) -> str:
    """The name in a document's ``schema`` member."""
    try:
        plain = json.loads(content)
    except (ValueError, RecursionError):
        plain = None
    urn = str(plain.get("schema")) if isinstance(plain, dict) else ""
    names: Mapping[str, str] = {f"urn:ketaprogram:schema:{name}:1": name for name in DOCUMENTS}
    if urn in names:
        return names[urn]
    fault = Issue(
        pointer("schema"),
        "document.unnamed",
        "The document does not say which it is.",
        "a JSON object whose member schema is a URN such as urn:ketaprogram:schema:intake:1",
        nearest(urn, names) or "Or name it: --as intake.",
    )
    message = "cannot tell which document this is"
    raise DocumentError(message, [fault])
