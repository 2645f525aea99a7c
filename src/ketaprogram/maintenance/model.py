"""Options for the next order, from what happened. They are options: a changed interval or dose needs a signed order."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.record import Line, Record
from ketaprogram.rules.model import Determination

__all__ = ["Advice", "Option"]


@frozen(kw_only=True, repr=False)
class Option(Record):
    """
    One option for the next interval.

    Args:
        what: lengthen, keep, review or pause.
        interval_days: The interval that it would mean, if it means one.
        reasons: Why it is offered.
        citations: Where it comes from.
    """

    what: Literal["lengthen", "keep", "review", "pause"]
    interval_days: Annotated[int, Ge(1), Le(3650)] | None = None
    reasons: Annotated[tuple[Line, ...], MaxLen(50)]
    citations: tuple[Citation, ...]


@frozen(kw_only=True, repr=False)
class Advice(Record):
    """
    The options, best supported first, and the determination behind them.

    Args:
        options: At least one.
        determination: What the maintenance rulebook found.
    """

    options: tuple[Option, ...]
    determination: Determination
