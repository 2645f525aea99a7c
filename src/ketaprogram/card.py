"""
Advice shown to a professional, in the words of CDS Hooks.

A `Card` offers options with their basis. It is never shown to the person as it stands and nothing in it applies itself.
"""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen
from attrs import frozen

from ketaprogram.citation import Citation  # noqa: TC001  # the codec reads the annotations at run time
from ketaprogram.record import Record

__all__ = ["Card", "Indicator"]

Indicator = Literal["info", "warning", "critical"]
"""How pressing a card is, least first."""


@frozen(kw_only=True, repr=False)
class Card(Record):
    """
    One piece of advice to a professional.

    Args:
        summary: One sentence, under 140 characters.
        indicator: ``info``, ``warning`` or ``critical``.
        detail: Plain text; what is known, what is missing and why it matters.
        suggestions: Options in order of fit; the professional chooses or dismisses.
        sources: What the advice rests on.
        audience: Always ``professional``; a text for the person is another type.

    Example:
        >>> Card(summary="Repeat the blood pressure", indicator="warning").audience
        'professional'
    """

    summary: Annotated[str, MinLen(1), MaxLen(139)]
    indicator: Indicator
    detail: Annotated[str, MaxLen(4000)] = ""
    suggestions: tuple[Annotated[str, MaxLen(400)], ...] = ()
    sources: tuple[Citation, ...] = ()
    audience: Literal["professional"] = "professional"
