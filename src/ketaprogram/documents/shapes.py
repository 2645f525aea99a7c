"""
The shape of a document, read once from the model's annotations.

One attrs class is the only source of a document: its shape gives the decoder (`read`), the encoder (`write`), the
JSON Schema (`schema`) and the test strategy. A type that no shape describes is an error of the model's author, found
on first use.
"""

from __future__ import annotations

import inspect
import re
import types
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram import _time
from ketaprogram.record import Pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "Boolean",
    "Choice",
    "Constant",
    "Integer",
    "Lexical",
    "Listing",
    "Member",
    "Nullable",
    "Object",
    "Shape",
    "String",
    "Variants",
    "expected",
    "shape_of",
]

TAG = "kind"


@frozen
class Boolean:
    """true or false."""


@frozen
class Integer:
    """A whole number, both bounds inclusive."""

    low: int
    high: int


@frozen
class String:
    """Text as it stands."""

    shortest: int = 0
    longest: int | None = None
    pattern: str | None = None


@frozen
class Lexical:
    """A value written as text of a fixed form: a decimal, a date, a wall time, an instant."""

    name: str
    pattern: str
    parse: Callable[[str], Any]
    format: Callable[[Any], str]
    json_format: str | None = None


@frozen
class Choice:
    """One of a closed list of words; `words` maps each to its Python value."""

    words: Mapping[str, Any]


@frozen
class Constant:
    """The one word that marks a kind of document or variant; always written out."""

    word: str


@frozen
class Listing:
    """A list whose entries have one shape; `build` makes the Python value."""

    item: Shape
    build: Callable[[Any], Any]
    shortest: int = 0
    longest: int | None = None


@frozen
class Nullable:
    """The shape, or null, which says the same as leaving the member out."""

    inner: Shape


@frozen
class Member:
    """A named member of an object."""

    name: str
    shape: Shape
    required: bool
    description: str


@frozen(slots=False, eq=False)
class Object:
    """A closed object: the members of one attrs class and no others."""

    model: type

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The members in the order of the class. Lazy, so that a model may contain itself."""
        hints = get_type_hints(self.model, include_extras=True)
        texts = _descriptions(self.model)
        return tuple(
            Member(
                name=field.name,
                shape=(shape := _shape(hints[field.name])),
                required=field.default is attrs.NOTHING or isinstance(shape, Constant),
                description=texts.get(field.name, ""),
            )
            for field in attrs.fields(self.model)
            if field.init  # what a model derives from its members is not in the document
        )


@frozen
class Variants:
    """One of several objects, told apart by their constant member ``kind``."""

    kinds: Mapping[str, Object]


Shape = Boolean | Integer | String | Lexical | Choice | Constant | Listing | Nullable | Object | Variants


@cache
def shape_of(model: type[Any]) -> Object:
    """The shape of a document model. Raises TypeError if the class is not an attrs class."""
    if not attrs.has(model):
        message = f"{model.__name__} is not a document model"
        raise TypeError(message)
    return Object(model)


def expected(shape: Shape) -> str:
    """What a shape accepts, in a few words for a fault report."""
    match shape:
        case Boolean():
            return "true or false"
        case Integer(low, high):
            return f"a whole number from {low} to {high}"
        case String(shortest, longest, pattern):
            length = f" of {shortest} to {longest} characters" if longest is not None else ""
            return f"text{length}" + (f" that matches {pattern}" if pattern else "")
        case Lexical(name):
            return name
        case Choice(words):
            return "one of " + ", ".join(words)
        case Constant(word):
            return f'"{word}"'
        case Listing(_, _, shortest, longest):
            return "a list" + (f" of {shortest} to {longest} entries" if longest is not None else "")
        case Nullable(inner):
            return f"{expected(inner)}, or null"
        case Object():
            return "an object"
        case Variants(kinds):
            return f"an object whose {TAG} is one of {', '.join(kinds)}"


def _shape(hint: Any) -> Shape:
    extras: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        extras = tuple(rest)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return _union(arguments, extras)
    if origin is Literal:
        return Constant(arguments[0]) if len(arguments) == 1 else Choice({word: word for word in arguments})
    if origin is tuple or origin is frozenset:
        return Listing(
            _shape(arguments[0]), origin, _extra(extras, MinLen, "min_length", 0), _extra(extras, MaxLen, "max_length")
        )
    if hint is bool:
        return Boolean()
    if hint is int:
        return Integer(_extra(extras, Ge, "ge"), _extra(extras, Le, "le"))
    if hint is str:
        return String(
            _extra(extras, MinLen, "min_length", 0),
            _extra(extras, MaxLen, "max_length"),
            _extra(extras, Pattern, "regex"),
        )
    if hint in _LEXICAL:
        return _LEXICAL[hint]
    if hint is Decimal:
        return _POSITIVE if _extra(extras, Gt, "gt") == 0 else _UNSIGNED if _extra(extras, Ge, "ge") == 0 else _SIGNED
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Choice({each.value: each for each in hint})
    if isinstance(hint, type) and attrs.has(hint):
        return shape_of(hint)
    message = f"no document shape describes {hint}"
    raise TypeError(message)


def _union(arguments: tuple[Any, ...], extras: tuple[Any, ...]) -> Shape:
    alternatives = [each for each in arguments if each is not types.NoneType]
    if len(alternatives) < len(arguments):
        rest: Any = Union[tuple(alternatives)]  # noqa: UP007  # X | Y cannot be made from a list
        return Nullable(_shape(Annotated[rest, *extras] if extras else rest))
    kinds = {}
    for each in alternatives:
        variant = shape_of(each)
        tag = get_type_hints(each)[TAG]
        kinds[get_args(tag)[0]] = variant
    return Variants(kinds)


def _extra(extras: tuple[Any, ...], kind: type, attribute: str, default: Any = None) -> Any:
    # The last one wins: Annotated[Id, MaxLen(20)] narrows what Id says.
    found = [getattr(each, attribute) for each in extras if isinstance(each, kind)]
    return found[-1] if found else default


def _descriptions(model: type) -> dict[str, str]:
    """The text of each member from the ``Args:`` section of the class's docstring."""
    texts: dict[str, str] = {}
    name = ""
    inside = False
    for line in (inspect.getdoc(model) or "").splitlines():
        if line == "Args:":
            inside = True
        elif inside and line and not line.startswith(" "):
            break
        elif inside and (start := _ARGUMENT.fullmatch(line)):
            name = start[1]
            texts[name] = start[2]
        elif inside and name and line.strip():
            texts[name] += " " + line.strip()
    return {name: text.replace("``", "") for name, text in texts.items()}


_ARGUMENT = re.compile(r" {4}(\w+): (.*)")

_DIGITS = "(0|[1-9][0-9]{0,8})([.][0-9]{1,12})?"
# Between 0 and 1, with its first digit that is not 0 in one of twelve places: a pattern that needs no lookaround.
_BELOW_ONE = "|".join(f"0{{{zeros}}}[1-9][0-9]{{0,{11 - zeros}}}" for zeros in range(12))


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    return number or abs(number)  # "-0" is 0


def _plain(number: Decimal) -> str:
    return f"{number:f}"


_SIGNED = Lexical("a decimal number written as text", f"-?{_DIGITS}", _decimal, _plain)
_UNSIGNED = Lexical("a decimal number, not negative, written as text", _DIGITS, _decimal, _plain)
_POSITIVE = Lexical(
    "a decimal number above 0, written as text",
    f"([1-9][0-9]{{0,8}}([.][0-9]{{1,12}})?|0[.]({_BELOW_ONE}))",
    _decimal,
    _plain,
)
_LEXICAL: dict[Any, Lexical] = {
    date: Lexical("a date YYYY-MM-DD", _time.DATE_PATTERN, date.fromisoformat, _time.format_date, "date"),
    time: Lexical("a time of day HH:MM", _time.TIME_PATTERN, time.fromisoformat, _time.format_time),
    datetime: Lexical(
        "an instant YYYY-MM-DDTHH:MM:SS with Z or a numeric offset",
        _time.INSTANT_PATTERN,
        datetime.fromisoformat,
        _time.format_instant,
        "date-time",
    ),
}
