"""Turns models into plain JSON values; the exact reverse of `decode`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ketaprogram.documents.shapes import Lexical, Listing, Nullable, Object, Shape, Variants, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["encoder"]


@cache
def encoder(model: type) -> Callable[[Any], dict[str, Any]]:
    """
    The encoder of a document model: from the model to plain dicts, lists and texts.

    Members that are None are left out, unless the document has to name them; everything else is written, so equal
    models give equal documents.
    """
    shape = shape_of(model)
    members: list[tuple[str, Callable[[Any], Any] | None, bool]] = []

    def encode(value: Any) -> dict[str, Any]:
        if not members:  # filled on first use, so that a model may contain itself
            members.extend((each.name, _encode(each.shape), each.required) for each in shape.members)
        written = {}
        for name, convert, required in members:
            content = getattr(value, name)
            if content is not None or required:
                written[name] = content if convert is None or content is None else convert(content)
        return written

    return encode


def _encode(shape: Shape) -> Callable[[Any], Any] | None:
    """The conversion of one value, or None where the Python value is the JSON value."""
    match shape:
        case Object():
            return encoder(shape.model)
        case Variants():
            return lambda value: encoder(type(value))(value)  # type: ignore[arg-type]  # a class is hashable
        case Lexical():
            return shape.format
        case Nullable():
            return _encode(shape.inner)
        case Listing():
            item = _encode(shape.item)
            order = sorted if shape.build is frozenset else list
            return order if item is None else lambda value: order(item(each) for each in value)
        case _:
            return _word


def _word(value: Any) -> Any:
    return getattr(value, "value", value)  # an Enum's word; bool, int and text are themselves
