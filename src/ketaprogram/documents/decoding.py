"""
Turns plain JSON values into models, and finds every fault on the way.

A decoder is a plain function made once per shape. It returns the value, or records issues and returns None; a pointer
is only spelled out when there is a fault. Nothing is coerced: the text ``"1"`` is not the number 1. A JSON number
without a fractional part is a whole number however it is written (``1.0``), as JSON Schema has it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from ketaprogram.documents.shapes import (
    TAG,
    Boolean,
    Choice,
    Constant,
    Integer,
    Lexical,
    Listing,
    Nullable,
    Object,
    Shape,
    String,
    Variants,
    expected,
    shape_of,
)
from ketaprogram.issues import Issue, nearest, pointer, shown

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Duplicated", "decoder"]

Path = tuple[Any, "str | int"] | None
Decode = "Callable[[Any, Path, list[Issue]], Any]"


class Duplicated(dict[str, Any]):
    """An object that names a member more than once; `names` are the repeated ones."""

    names: tuple[str, ...] = ()


@cache
def decoder(model: type) -> Callable[[Any, list[Issue]], Any]:
    """The decoder of a document model: from a plain JSON value to the model, or None and the issues it added."""
    decode = _decode(shape_of(model))
    return lambda value, issues: decode(value, None, issues)


def _decode(shape: Shape) -> Callable[[Any, Path, list[Issue]], Any]:
    match shape:
        case Object():
            return _object(shape.model)
        case Variants():
            return _variants(shape)
        case Listing():
            return _listing(shape)
        case Nullable():
            return _nullable(shape)
        case String():
            return _string(shape)
        case Lexical():
            return _lexical(shape)
        case Integer():
            return _integer(shape)
        case Boolean():
            return _boolean(shape)
        case Choice():
            return _choice(shape)
        case Constant():
            return _constant(shape)


@cache
def _object(model: type) -> Callable[[Any, Path, list[Issue]], Any]:
    shape = shape_of(model)
    members: list[tuple[str, Callable[[Any, Path, list[Issue]], Any], bool, Shape]] = []
    names: set[str] = set()

    def decode(value: Any, path: Path, issues: list[Issue]) -> Any:
        if not isinstance(value, dict):
            return _fault(issues, path, "value.type", "The value is of another type.", shape)
        if not members:  # filled on first use, so that a model may contain itself
            names.update(each.name for each in shape.members)
            members.extend((each.name, _decode(each.shape), each.required, each.shape) for each in shape.members)
        before = len(issues)
        found = {}
        for name, member, required, member_shape in members:
            if name in value:
                found[name] = member(value[name], (path, name), issues)
            elif required:
                _fault(issues, (path, name), "member.missing", "A required member is missing.", member_shape)
        if len(found) != len(value):
            _unknown(value, names, path, issues)
        if type(value) is Duplicated:
            for name in value.names:
                _fault(issues, (path, name), "member.duplicate", "The member stands more than once.")
        return model(**found) if len(issues) == before else None

    return decode


def _unknown(value: dict[Any, Any], names: set[str], path: Path, issues: list[Issue]) -> None:
    for name in sorted((each for each in value if each not in names), key=str):
        text = name if isinstance(name, str) else "?"
        unused = names - value.keys()
        hint = nearest(text, sorted(unused)) if shown(text) == text else ""
        _fault(issues, (path, text), "member.unknown", "No such member is known.", hint=hint)


def _variants(shape: Variants) -> Callable[[Any, Path, list[Issue]], Any]:
    kinds = {kind: _object(variant.model) for kind, variant in shape.kinds.items()}

    def decode(value: Any, path: Path, issues: list[Issue]) -> Any:
        if not isinstance(value, dict):
            return _fault(issues, path, "value.type", "The value is of another type.", shape)
        if TAG not in value:
            return _fault(issues, (path, TAG), "member.missing", "A required member is missing.", Choice(kinds))
        kind = value[TAG]
        if not isinstance(kind, str) or kind not in kinds:
            hint = nearest(kind, kinds) if isinstance(kind, str) else ""
            return _fault(issues, (path, TAG), "value.kind", "No such kind is known.", Choice(kinds), hint)
        return kinds[kind](value, path, issues)

    return decode


def _listing(shape: Listing) -> Callable[[Any, Path, list[Issue]], Any]:
    item, build = _decode(shape.item), shape.build
    shortest, longest = shape.shortest, shape.longest

    def decode(value: Any, path: Path, issues: list[Issue]) -> Any:
        if not isinstance(value, list | tuple):
            return _fault(issues, path, "value.type", "The value is of another type.", shape)
        if len(value) < shortest or (longest is not None and len(value) > longest):
            return _fault(issues, path, "value.length", "The list is too short or too long.", shape)
        return build([item(each, (path, index), issues) for index, each in enumerate(value)])

    return decode


def _nullable(shape: Nullable) -> Callable[[Any, Path, list[Issue]], Any]:
    inner = _decode(shape.inner)
    return lambda value, path, issues: None if value is None else inner(value, path, issues)


def _string(shape: String) -> Callable[[Any, Path, list[Issue]], Any]:
    shortest, longest = shape.shortest, shape.longest
    matches = re.compile(shape.pattern).fullmatch if shape.pattern else None

    def decode(value: Any, path: Path, issues: list[Issue]) -> Any:
        if type(value) is not str:
            return _fault(issues, path, "value.type", "The value is of another type.", shape)
        if len(value) < shortest or (longest is not None and len(value) > longest):
            return _fault(issues, path, "value.length", "The text is too short or too long.", shape)
        if matches is not None and not matches(value):
            return _fault(issues, path, "value.pattern", "The text is not of the expected form.", shape)
        if not value.isascii() and _SURROGATE.search(value):
            return _fault(issues, path, "value.not-unicode", "The text holds half of a surrogate pair.", shape)
        return value

    return decode


def _lexical(shape: Lexical) -> Callable[[Any, Path, list[Issue]], Any]:
    matches, parse = re.compile(shape.pattern).fullmatch, shape.parse

    def decode(value: Any, path: Path, issues: list[Issue]) -> Any:
        if type(value) is not str:
            return _fault(issues, path, "value.type", "The value is of another type.", shape)
        if not matches(value):
            return _fault(issues, path, "value.pattern", "The text is not of the expected form.", shape)
        return parse(value)

    return decode


def _integer(shape: Integer) -> Callable[[Any, Path, list[Issue]], Any]:
    low, high = shape.low, shape.high

    def decode(value: Any, path: Path, issues: list[Issue]) -> Any:
        if type(value) is not int and not _is_whole(value):
            return _fault(issues, path, "value.type", "The value is of another type.", shape)
        if not low <= value <= high:
            return _fault(issues, path, "value.range", "The number is out of range.", shape)
        return int(value)

    return decode


def _is_whole(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and value == value.to_integral_value()
    return isinstance(value, float) and value.is_integer()


def _boolean(shape: Boolean) -> Callable[[Any, Path, list[Issue]], Any]:
    def decode(value: Any, path: Path, issues: list[Issue]) -> Any:
        if type(value) is not bool:
            return _fault(issues, path, "value.type", "The value is of another type.", shape)
        return value

    return decode


def _choice(shape: Choice) -> Callable[[Any, Path, list[Issue]], Any]:
    words = shape.words

    def decode(value: Any, path: Path, issues: list[Issue]) -> Any:
        if type(value) is not str:
            return _fault(issues, path, "value.type", "The value is of another type.", shape)
        if value not in words:
            hint = nearest(value, words)
            return _fault(issues, path, "value.choice", "The word is not in the list.", shape, hint)
        return words[value]

    return decode


def _constant(shape: Constant) -> Callable[[Any, Path, list[Issue]], Any]:
    word = shape.word

    def decode(value: Any, path: Path, issues: list[Issue]) -> Any:
        if value != word:
            return _fault(issues, path, "value.constant", "The value is not the expected one.", shape)
        return word

    return decode


def _fault(  # a fault has that many parts
    issues: list[Issue], path: Path, code: str, message: str, shape: Shape | None = None, hint: str = ""
) -> None:
    members: list[str | int] = []
    while path is not None:
        path, member = path
        members.append(member)
    issues.append(
        Issue(
            pointer=pointer(*reversed(members)),
            code=code,
            message=message,
            expected=expected(shape) if shape is not None else "",
            hint=hint,
        )
    )


_SURROGATE = re.compile("[\ud800-\udfff]")
