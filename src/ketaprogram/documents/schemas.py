"""
JSON Schemas (2020-12) of the document models, in the subset that every validator and generator handles alike.

Each schema is one self-contained file: references only to its own ``$defs``, closed objects, ``anyOf`` of objects
told apart by a constant ``kind``, a ``type`` beside every constraint, patterns of ASCII classes matched whole.
"""

from __future__ import annotations

import inspect
from typing import Any

from ketaprogram.documents.shapes import (
    Boolean,
    Choice,
    Constant,
    Integer,
    Lexical,
    Listing,
    Member,
    Nullable,
    Object,
    Shape,
    String,
    Variants,
    shape_of,
)

__all__ = ["schema"]


def schema(model: type) -> dict[str, Any]:
    """
    The JSON Schema of a document model.

    A model with a member ``schema`` is a document of its own and its schema carries that URN as ``$id``.

    Example:
        >>> from ketaprogram.card import Card
        >>> schema(Card)["properties"]["indicator"]["enum"]
        ['info', 'warning', 'critical']
    """
    root = shape_of(model)
    definitions: dict[str, Any] = {}
    body = _object(root, definitions)
    identity = {member.name: member.shape for member in root.members}.get("schema")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    if isinstance(identity, Constant):
        head["$id"] = identity.word
    return {**head, **body, **({"$defs": dict(sorted(definitions.items()))} if definitions else {})}


def _object(shape: Object, definitions: dict[str, Any]) -> dict[str, Any]:
    required = [member.name for member in shape.members if member.required]
    return {
        "title": shape.model.__name__,
        "description": _summary(shape.model),
        "type": "object",
        "additionalProperties": False,
        **({"required": required} if required else {}),
        "properties": {member.name: _member(member, definitions) for member in shape.members},
    }


def _member(member: Member, definitions: dict[str, Any]) -> dict[str, Any]:
    text = {"description": member.description} if member.description else {}
    return {**_schema(member.shape, definitions), **text}


def _schema(shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:  # one return per shape
    match shape:
        case Boolean():
            return {"type": "boolean"}
        case Integer(low, high):
            return {"type": "integer", "minimum": low, "maximum": high}
        case String(shortest, longest, pattern):
            return {
                "type": "string",
                **({"minLength": shortest} if shortest else {}),
                **({"maxLength": longest} if longest is not None else {}),
                **({"pattern": _whole(pattern)} if pattern else {}),
            }
        case Lexical():
            form = {"format": shape.json_format} if shape.json_format else {}
            return {"type": "string", **form, "pattern": _whole(shape.pattern)}
        case Choice(words):
            return {"type": "string", "enum": list(words)}
        case Constant(word):
            return {"type": "string", "const": word}
        case Listing(item, _, shortest, longest):
            return {
                "type": "array",
                "items": _schema(item, definitions),
                **({"minItems": shortest} if shortest else {}),
                **({"maxItems": longest} if longest is not None else {}),
            }
        case Nullable(inner):
            return _nullable(_schema(inner, definitions))
        case Object():
            return _reference(shape, definitions)
        case Variants(kinds):
            return {"anyOf": [_reference(variant, definitions) for variant in kinds.values()]}


def _nullable(inner: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in inner:
        return {"anyOf": [*inner["anyOf"], {"type": "null"}]}
    if "$ref" in inner:
        return {"anyOf": [inner, {"type": "null"}]}
    closed = {"enum": [*inner["enum"], None]} if "enum" in inner else {}
    return {**inner, "type": [inner["type"], "null"], **closed}


def _reference(shape: Object, definitions: dict[str, Any]) -> dict[str, Any]:
    name = shape.model.__name__
    if name not in definitions:
        definitions[name] = None  # reserved first, so that a model may contain itself
        definitions[name] = _object(shape, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _whole(pattern: str) -> str:
    return f"^({pattern})$"


def _summary(model: type) -> str:
    return (inspect.getdoc(model) or "").split("\n\n")[0].replace("\n", " ").replace("`", "")
