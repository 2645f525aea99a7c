"""Writes models as documents: canonical JSON (RFC 8785), so that equal models give equal bytes and one digest."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import rfc8785

from ketaprogram.documents.encoding import encoder

__all__ = ["digest", "to_json", "write"]


def to_json(model: object) -> dict[str, Any]:
    """
    The document of a model as plain dicts, lists and texts.

    Example:
        >>> from ketaprogram.card import Card
        >>> to_json(Card(summary="Call the pharmacy", indicator="info"))["summary"]
        'Call the pharmacy'
    """
    return encoder(type(model))(model)  # type: ignore[arg-type]  # a class is hashable


def write(model: object) -> bytes:
    """
    The document of a model as canonical JSON (RFC 8785), UTF-8.

    Example:
        >>> from ketaprogram.citation import cite
        >>> write(cite("HULL"))
        b'{"confidence":"uncertain","locator":"","source":"HULL"}'
    """
    return rfc8785.dumps(to_json(model))


def digest(model: object) -> str:
    """
    The SHA-256 of a model's canonical document, as ``sha256:`` and 64 hexadecimal digits.

    Example:
        >>> from ketaprogram.citation import cite
        >>> digest(cite("HULL"))[:14]
        'sha256:f9c5e75'
    """
    return "sha256:" + sha256(write(model)).hexdigest()
