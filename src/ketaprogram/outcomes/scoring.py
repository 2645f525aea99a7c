"""From answers to a score, by the published rule: an item without an answer is never counted as zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.errors import DocumentError
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.outcomes.instruments import instruments
from ketaprogram.outcomes.model import Score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.outcomes.model import Instrument, ItemResponse, Responses

__all__ = ["check_responses", "score"]


def check_responses(responses: Responses) -> tuple[Issue, ...]:
    """
    Every fault of meaning in a filled-in questionnaire.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes.model import ItemResponse, Responses
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> given = Responses(instrument="phq-9", answered_at=now, answers=(ItemResponse(item="phq9-1", value=4),))
        >>> print(check_responses(given)[0])
        /answers/0/value: The number is out of range. Expected a whole number from 0 to 3. [value.range]
    """
    found = instruments().get(responses.instrument)
    if found is None:
        hint = nearest(responses.instrument, instruments())
        return (Issue(pointer("instrument"), "instrument.unknown", "No instrument has this id.", hint=hint),)
    if responses.version != found.version:
        message = "The form has another version."
        return (Issue(pointer("version"), "instrument.version", message, f"version {found.version}"),)
    return tuple(
        issue
        for index, answer in enumerate(responses.answers)
        for issue in _faults(answer, found, responses.answers[:index], index)
    )


def score(responses: Responses) -> Score:
    """
    Add up a questionnaire by its published rule.

    Args:
        responses: The answers; 0 is an answer.

    Returns:
        The total and its band, or no total and the items that are missing. What the self-harm item says stands beside
        it either way.

    Unknowns:
        Too many missing items leave ``value`` None; nothing is prorated and nothing counts as 0.

    Raises:
        DocumentError: The answers have faults; `issues` holds them all.

    Source:
        The instrument's own citations.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes.model import ItemResponse, Responses
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> given = Responses(instrument="gad-7", answered_at=now, answers=(ItemResponse(item="gad7-1", value=2),))
        >>> score(given).value, len(score(given).missing)
        (None, 6)
    """
    faults = check_responses(responses)
    if faults:
        message = f"the answers have {len(faults)} fault{'s' if len(faults) > 1 else ''}"
        raise DocumentError(message, faults)
    found = instruments()[responses.instrument]
    values = {each.item: each.value for each in responses.answers if each.value is not None}
    missing = tuple(item.id for item in found.items if item.id not in values)
    total = sum(values.values()) if len(missing) <= found.max_missing else None
    return Score(
        instrument=found.id,
        version=found.version,
        answered_at=responses.answered_at,
        value=total,
        band=None if total is None else _band(found, total),
        missing=missing,
        self_harm=_self_harm(found, values),  # type: ignore[arg-type]  # one of its words
        citations=found.sources,
    )


def _faults(answer: ItemResponse, found: Instrument, earlier: tuple[ItemResponse, ...], index: int) -> Iterator[Issue]:
    known = [item.id for item in found.items]
    path = ("answers", index)
    if answer.item not in known:
        yield Issue(pointer(*path, "item"), "item.unknown", "No item has this id.", hint=nearest(answer.item, known))
    elif any(each.item == answer.item for each in earlier):
        yield Issue(pointer(*path, "item"), "item.duplicate", "The item is answered more than once.")
    if answer.value is not None and not found.lowest <= answer.value <= found.highest:
        expected = f"a whole number from {found.lowest} to {found.highest}"
        yield Issue(pointer(*path, "value"), "value.range", "The number is out of range.", expected)
    if answer.value is not None and answer.absent is not None:
        yield Issue(pointer(*path, "absent"), "item.contradiction", "The item has an answer and a reason for none.")


def _band(found: Instrument, total: int) -> str:
    return next(band.label for band in found.bands if band.low <= total <= band.high)


def _self_harm(found: Instrument, values: dict[str, int]) -> str:
    if found.self_harm_item is None:
        return "not-asked-by-instrument"
    if found.self_harm_item not in values:
        return "unanswered"
    return "positive" if values[found.self_harm_item] > found.lowest else "negative"
