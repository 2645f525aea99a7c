"""Reads documents: bytes, text or plain values in; a model, or every fault at once, out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn, TypeVar, cast

from ketaprogram.documents.decoding import Duplicated, decoder
from ketaprogram.errors import DocumentError
from ketaprogram.issues import Issue

__all__ = ["MAX_BYTES", "check", "read"]

Model = TypeVar("Model")

MAX_BYTES = 8 * 1024 * 1024
"""The longest document that is read; a longer one is refused before it is parsed."""


def read(model: type[Model], document: bytes | str | Mapping[str, Any]) -> Model:
    """
    Read a document.

    Args:
        model: The document's model, such as `Intake`.
        document: UTF-8 bytes or text holding one JSON object of at most 8 MiB, or the parsed object itself.

    Returns:
        The model. Nothing is coerced, guessed or dropped.

    Raises:
        DocumentError: The document has faults; `issues` holds every one, in the order of the model's members, each with
            a stable code and the JSON Pointer of the faulty or missing member. No value stands in it.

    Example:
        >>> from ketaprogram.documents import read
        >>> from ketaprogram.card import Card
        >>> read(Card, '{"summary": "Call", "indicator": "urgent", "details": ""}')
        Traceback (most recent call last):
            ...
        ketaprogram.errors.DocumentError: the document has 3 faults
          /indicator: The word is not in the list. Expected one of info, warning, critical. [value.choice]
          /audience: A required member is missing. Expected "professional". [member.missing]
          /details: No such member is known. Did you mean detail? [member.unknown]
    """
    issues: list[Issue] = []
    value = _plain(document, issues)
    result = None if issues else _decoded(model, value, issues)
    if issues:
        message = f"the document has {len(issues)} fault{'s' if len(issues) > 1 else ''}"
        raise DocumentError(message, issues) from None
    return cast("Model", result)  # a decoder that found no issue has made a model


def check(model: type, document: bytes | str | Mapping[str, Any]) -> tuple[Issue, ...]:
    """
    Every fault of a document; none means that `read` reads it.

    Example:
        >>> from ketaprogram.card import Card
        >>> [issue.pointer for issue in check(Card, {"indicator": "info", "audience": "professional"})]
        ['/summary']
    """
    try:
        read(model, document)
    except DocumentError as error:
        return error.issues
    return ()


def _decoded(model: type, value: Any, issues: list[Issue]) -> Any:
    try:
        return decoder(model)(value, issues)
    except RecursionError:
        issues[:] = [_too_deep()]
        return None


def _plain(document: bytes | str | Mapping[str, Any], issues: list[Issue]) -> Any:
    if isinstance(document, Mapping):
        return document if isinstance(document, dict) else dict(document)
    if len(document) > MAX_BYTES:
        issues.append(_whole("document.too-large", "The document is too large.", f"at most {MAX_BYTES} bytes"))
        return None
    try:
        text = document if isinstance(document, str) else document.decode("utf-8")
    except UnicodeDecodeError:
        issues.append(_whole("document.not-utf-8", "The document is not UTF-8.", "UTF-8 without a byte order mark"))
        return None
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_members)
    except RecursionError:
        issues.append(_too_deep())
    except json.JSONDecodeError as error:
        where = f"The text stops being JSON at line {error.lineno}, column {error.colno}."
        issues.append(_whole("document.not-json", "The document is not JSON.", "one JSON object", where))
    except ValueError:
        issues.append(
            _whole("document.not-json", "A number is not JSON, or is too long to be read.", "one JSON object")
        )
    return None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    names = [name for name, _ in pairs]
    duplicated = Duplicated(members)
    duplicated.names = tuple(sorted({name for name in names if names.count(name) > 1}))
    return duplicated


def _no_constant(_name: str) -> NoReturn:
    raise ValueError


def _too_deep() -> Issue:
    return _whole("document.too-deep", "The document is nested too deeply.", "a document nested as its schema says")


def _whole(code: str, message: str, expected: str, hint: str = "") -> Issue:
    return Issue(pointer="", code=code, message=message, expected=expected, hint=hint)
