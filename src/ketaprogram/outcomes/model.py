"""
Questionnaires as data, the answers to them, and what they add up to.

An `Instrument` is knowledge; `Responses`, `Score` and `Change` are about a person.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.facts.model import AbsentReason
from ketaprogram.record import Count, Line, Pattern, Record

__all__ = ["Band", "Change", "Instrument", "Item", "ItemResponse", "Responses", "Score"]

InstrumentId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(40)]
ItemId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(40)]
Word = Literal["true", "false", "unknown"]


@frozen(kw_only=True)
class Item:
    """One item of a questionnaire; its text is there only where the licence allows it."""

    id: str
    text: str | None = None
    loinc: str | None = None


@frozen(kw_only=True)
class Band:
    """A band of severity, both ends included."""

    label: str
    low: int
    high: int


@frozen(kw_only=True)
class Instrument:
    """
    A questionnaire with its published scoring.

    Args:
        id: Such as ``phq-9``.
        version: Version of the form; answers to another one are not scored.
        title: Its name.
        stem: The question above the items.
        recall_days: The days that it asks about.
        direction: Whether more is worse.
        lowest: The least answer to an item.
        highest: The greatest answer to an item.
        answers: The words of the answers, the least first.
        items: The items, in the order of the form.
        bands: Bands of severity, the mildest first.
        max_missing: How many items may be missing before there is no total.
        self_harm_item: The item that opens the crisis path when its answer is above the least.
        response_percent: The fall, in percent of the baseline, from which it is a response.
        remission_below: The total below which it is a remission.
        important_points: The smallest change that matters to people.
        reliable_points: The smallest change that is more than chance.
        licence: Terms of use.
        ship_item_text: Whether the wording of the items may be shipped.
        sources: Where all this comes from.
        loinc_panel: LOINC code of the form.
        loinc_total: LOINC code of the total.
    """

    id: str
    version: str
    title: str
    stem: str
    recall_days: int
    direction: Literal["higher-worse", "higher-better"]
    lowest: int
    highest: int
    answers: tuple[str, ...]
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    max_missing: int
    response_percent: int
    remission_below: int
    important_points: int
    reliable_points: int
    licence: str
    ship_item_text: bool
    sources: tuple[Citation, ...]
    self_harm_item: str | None = None
    loinc_panel: str | None = None
    loinc_total: str | None = None


@frozen(kw_only=True, repr=False)
class ItemResponse(Record):
    """
    The answer to one item, or why there is none.

    Args:
        item: Id of the item.
        value: The number of the answer; 0 is an answer.
        absent: Why there is no answer.
    """

    item: ItemId
    value: Annotated[int, Ge(0), Le(100)] | None = None
    absent: AbsentReason | None = None


@frozen(kw_only=True, repr=False)
class Responses(Record):
    """
    A questionnaire as it was filled in.

    Args:
        instrument: Id of the questionnaire.
        version: Version of the form.
        answered_at: When.
        answers: One entry per item that was asked.
    """

    schema: Literal["urn:ketaprogram:schema:responses:1"] = "urn:ketaprogram:schema:responses:1"
    instrument: InstrumentId
    version: Annotated[str, MinLen(1), MaxLen(20)] = "1"
    answered_at: datetime
    answers: Annotated[tuple[ItemResponse, ...], MaxLen(200)]


@frozen(kw_only=True, repr=False)
class Score(Record):
    """
    What a questionnaire adds up to.

    Args:
        instrument: Id of the questionnaire.
        version: Version of the form.
        answered_at: When it was filled in.
        value: The total; null while an item is missing.
        band: The band of the total.
        missing: Ids of the items without an answer.
        self_harm: What the self-harm item says.
        citations: Where the scoring comes from.
    """

    schema: Literal["urn:ketaprogram:schema:score:1"] = "urn:ketaprogram:schema:score:1"
    instrument: InstrumentId
    version: Annotated[str, MinLen(1), MaxLen(20)]
    answered_at: datetime
    value: Count | None = None
    band: Line | None = None
    missing: Annotated[tuple[ItemId, ...], MaxLen(200)] = ()
    self_harm: Literal["positive", "negative", "unanswered", "not-asked-by-instrument"]
    citations: tuple[Citation, ...] = ()


@frozen(kw_only=True, repr=False)
class Change(Record):
    """
    What changed between two scores of one instrument. Points are latest minus baseline: below zero is a fall.

    Args:
        instrument: Id of the questionnaire.
        points: The change in points; None while a total is missing.
        percent: The change in percent of the baseline, to one decimal; None without a baseline above zero.
        response: Whether it is a response.
        remission: Whether the latest total is a remission.
        important: Whether it improved by at least the smallest change that matters.
        reliable: Whether it improved by at least the smallest change that is more than chance.
        worse: Whether it worsened by at least that.
    """

    instrument: InstrumentId
    points: Annotated[int, Ge(-1000), Le(1000)] | None
    percent: Decimal | None
    response: Word
    remission: Word
    important: Word
    reliable: Word
    worse: Word
