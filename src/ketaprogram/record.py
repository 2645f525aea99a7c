"""
The base of every model that may hold a person's data, and the kinds of member that models share.

A record's `repr` names the members that are filled and how many entries the lists have, never a value, so that a
record in a log line, a debugger's hover text or a traceback tells the developer enough and a stranger nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import attrs
from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from attrs import frozen

__all__ = [
    "Count",
    "Country",
    "Days",
    "Digest",
    "FactId",
    "Id",
    "Indication",
    "Line",
    "Minutes",
    "NonNegative",
    "Pattern",
    "Positive",
    "Record",
    "Route",
    "Setting",
    "Text",
    "ZoneName",
]


@frozen
class Pattern:
    """A regular expression that a text matches as a whole: ASCII classes only, no anchors, no lookaround."""

    regex: str


Id = Annotated[str, Pattern("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,119}")]
"""An identifier that another system gave: letters, digits and ``. _ : / @ -``, at most 120."""

FactId = Annotated[str, Pattern("[a-z][a-z0-9_]*([.][a-z0-9_]+)*"), MaxLen(80)]
"""The id of a fact, such as ``vitals.systolic``."""

Line = Annotated[str, MinLen(1), MaxLen(200)]
"""A line of text."""

Text = Annotated[str, MaxLen(8000)]
"""Text of any length up to 8,000 characters; may be empty."""

Count = Annotated[int, Ge(0), Le(100_000)]
"""A number of things."""

Days = Annotated[int, Ge(0), Le(36_525)]
"""Whole days, at most a hundred years."""

Minutes = Annotated[int, Ge(-525_600), Le(5_256_000)]
"""Whole minutes; negative is before."""

NonNegative = Annotated[Decimal, Ge(0)]
"""A decimal amount that is not negative: at most nine digits before the point and twelve after it."""

Positive = Annotated[Decimal, Gt(0)]
"""A decimal amount above 0: at most nine digits before the point and twelve after it."""

Digest = Annotated[str, Pattern("sha256:[0-9a-f]{64}")]
"""A SHA-256 digest."""

ZoneName = Annotated[str, Pattern("[A-Za-z][A-Za-z0-9_+/-]{0,63}")]
"""The name of an IANA time zone, such as ``America/St_Johns``."""

Country = Annotated[str, Pattern("[A-Z]{2}")]
"""A country by its two letters of ISO 3166-1."""

Setting = Literal["clinic", "home"]
"""Where sessions take place."""

Route = Literal["iv", "im", "sc", "sublingual", "oral", "intranasal"]
"""How the medicine is given. No dose is ever converted from one to another."""

Indication = Literal["gad", "sad", "panic", "phobia", "ptsd", "depression", "ocd", "other"]
"""The main problem for which help is sought."""


class Record:
    """
    A frozen value about a person; declare it with ``@frozen(kw_only=True, repr=False)``.

    Example:
        >>> @frozen(kw_only=True, repr=False)
        ... class Note(Record):
        ...     text: str
        ...     tags: tuple[str, ...] = ()
        >>> Note(text="private", tags=("a", "b"))
        <Note text tags[2]>
    """

    __slots__ = ()

    def __repr__(self) -> str:
        filled = []
        for field in attrs.fields(type(self)):  # type: ignore[arg-type]  # every subclass is an attrs class
            value = getattr(self, field.name)
            if isinstance(value, tuple | frozenset):
                filled += [f"{field.name}[{len(value)}]"] if value else []
            elif value is not None:
                filled.append(field.name)
        return f"<{' '.join([type(self).__name__, *filled])}>"
