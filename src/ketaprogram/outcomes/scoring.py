"""
From answers to a score, by the published rule: an item without an answer is never counted as zero.

No total is prorated. Beside it stands how far the missing items could still move it, so that a cut-off which is
already reached, or out of reach, is answered all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ketaprogram.errors import DocumentError
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.outcomes.instruments import instruments
from ketaprogram.outcomes.model import ScaleScore, Score, ScoreFinding
from ketaprogram.truth import all_of, truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Literal

    from ketaprogram.outcomes.model import Cutoff, Instrument, Item, ItemResponse, Responses, Risk, SymptomCount
    from ketaprogram.truth import Truth

__all__ = ["Span", "check_responses", "risk_of", "score", "self_harm_of", "spans_of"]


class Span(NamedTuple):
    """The least and the greatest number that something can come to, whatever the missing items say."""

    least: int
    greatest: int


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
    forms = instruments().get(responses.instrument)
    if forms is None:
        hint = nearest(responses.instrument, instruments())
        return (Issue(pointer("instrument"), "instrument.unknown", "No instrument has this id.", hint=hint),)
    found = _form(forms, responses.form)
    if found is None:
        message = "The form is not one of the instrument's, or has to be named."
        return (Issue(pointer("form"), "instrument.form", message, f"one of {', '.join(forms)}"),)
    return tuple(_faults(responses, found))


def score(responses: Responses) -> Score:
    """
    Add up a questionnaire by its published rule.

    Args:
        responses: The answers as they stand on the form; 0 is an answer.

    Returns:
        The total and its band, or no total and the items that are missing. What the self-harm item says stands beside
        it either way; `crisis_alert` turns that into what a professional has to do, and comes first.

    Unknowns:
        Any missing item leaves ``value`` None; nothing is prorated and nothing counts as 0. `at_least` and `at_most`
        say how far the missing items could move it. An item that the form says not to ask is not missing.

    Raises:
        DocumentError: The answers have faults; `issues` holds them all.

    Source:
        The instrument's own citations.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes.model import ItemResponse, Responses
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> given = Responses(instrument="gad-7", answered_at=now, answers=(ItemResponse(item="gad7-1", value=2),))
        >>> found = score(given)
        >>> found.value, len(found.missing), found.at_least, found.at_most
        (None, 6, 2, 20)
    """
    faults = check_responses(responses)
    if faults:
        message = f"the answers have {len(faults)} fault{'s' if len(faults) > 1 else ''}"
        raise DocumentError(message, faults)
    forms = instruments()[responses.instrument]
    found: Instrument = _form(forms, responses.form)  # type: ignore[assignment]  # checked above
    given = {each.item: each.value for each in responses.answers if each.value is not None}
    spans = spans_of(found, given)
    missing = tuple(item.id for item in found.items if item.required and _is_missing(item, found, given))
    scales = {scale.id: _scale(scale.rule, [spans[each] for each in scale.items]) for scale in found.scales}
    total = _total(found, spans, scales)
    value = total.least if total is not None and not missing else None
    risk = risk_of(found, spans)
    return Score(
        instrument=found.id,
        form=found.form,
        answered_at=responses.answered_at,
        value=value,
        at_least=None if total is None else total.least,
        at_most=None if total is None else total.greatest,
        band=None if value is None else _band(found, value),
        scales=tuple(
            ScaleScore(id=scale.id, value=None if set(scale.items) & set(missing) else scales[scale.id].least)
            for scale in found.scales
        ),
        findings=tuple(_findings(found, spans, total)),
        risk_at_least=None if risk is None else risk[0],
        risk_at_most=None if risk is None else risk[1],
        missing=missing,
        self_harm=self_harm_of(found, given),
        citations=found.sources,
    )


def spans_of(found: Instrument, given: Mapping[str, int]) -> dict[str, Span]:
    """
    What each item counts, from the least to the greatest that it can be.

    An item that was not to be asked, or whose alternative was answered, counts its least. An answer counts even where
    the form would not have asked for it.
    """
    ends = found.lowest + found.highest
    spans = {}
    for item in found.items:
        value = given.get(item.id)
        if value is not None:
            counted = ends - value if item.id in found.reversed else value
            spans[item.id] = Span(counted, counted)
        elif _is_missing(item, found, given):
            spans[item.id] = Span(found.lowest, found.highest)
        else:
            spans[item.id] = Span(found.lowest, found.lowest)
    return spans


def self_harm_of(
    found: Instrument, given: Mapping[str, int]
) -> Literal["positive", "negative", "unanswered", "not-asked-by-instrument"]:
    """What the self-harm item, or a screener for suicide risk as a whole, says."""
    if found.self_harm is not None:
        value = given.get(found.self_harm.item)
        if value is None:
            return "unanswered"
        return "positive" if value >= found.self_harm.at_least else "negative"
    risk = risk_of(found, spans_of(found, given))
    if risk is None:
        return "not-asked-by-instrument"
    least, greatest = risk
    return "positive" if least != "none" else "negative" if greatest == "none" else "unanswered"


def risk_of(found: Instrument, spans: Mapping[str, Span]) -> tuple[Risk, Risk] | None:
    """The least risk that the answers prove and the greatest that they leave open; None if the form does not ask."""
    if not found.risks:
        return None
    least = _worst(found, {item for item, span in spans.items() if span.least > found.lowest})
    greatest = _worst(found, {item for item, span in spans.items() if span.greatest > found.lowest})
    return least, greatest


def _worst(found: Instrument, yes: set[str]) -> Risk:
    return next((rule.level for rule in found.risks if not yes.isdisjoint(rule.any)), "none")


def _form(forms: Mapping[str, Instrument], form: str | None) -> Instrument | None:
    return forms.get(form if form is not None else next(iter(forms.values())).default_form or "")


def _faults(responses: Responses, found: Instrument) -> Iterator[Issue]:
    if "person" not in found.raters and responses.rated_by != "clinician":
        message = "Only a clinician may rate this instrument."
        yield Issue(pointer("rated_by"), "instrument.rater", message, "clinician")
    seen: set[str] = set()
    known = {item.id for item in found.items}
    for index, answer in enumerate(responses.answers):
        if answer.item not in known or answer.item in seen:
            yield from _misplaced(answer, known, index)
        seen.add(answer.item)
        if answer.value is not None:
            if not found.lowest <= answer.value <= found.highest:
                expected = f"a whole number from {found.lowest} to {found.highest}"
                message = "The number is out of range."
                yield Issue(pointer("answers", index, "value"), "value.range", message, expected)
            if answer.absent is not None:
                message = "The item has an answer and a reason for none."
                yield Issue(pointer("answers", index, "absent"), "item.contradiction", message)


def _misplaced(answer: ItemResponse, known: set[str], index: int) -> Iterator[Issue]:
    at = pointer("answers", index, "item")
    if answer.item in known:
        yield Issue(at, "item.duplicate", "The item is answered more than once.")
    else:
        yield Issue(at, "item.unknown", "No item has this id.", hint=nearest(answer.item, sorted(known)))


def _is_missing(item: Item, found: Instrument, given: Mapping[str, int]) -> bool:
    if item.id in given or (item.asked_if is not None and given.get(item.asked_if) == found.lowest):
        return False
    return not any(item.id in pair and not given.keys().isdisjoint(pair) for pair in found.alternatives)


def _scale(rule: Literal["sum", "highest"], spans: Sequence[Span]) -> Span:
    combine = sum if rule == "sum" else max
    return Span(combine(each.least for each in spans), combine(each.greatest for each in spans))


def _total(found: Instrument, spans: Mapping[str, Span], scales: Mapping[str, Span]) -> Span | None:
    if found.total_from == "nothing":
        return None
    parts = (
        list(scales.values())
        if found.total_from == "scales"
        else [spans[item.id] for item in found.items if item.scored]
    )
    least, greatest = _scale("sum", parts)
    return Span(found.multiplier * least, found.multiplier * greatest)


def _band(found: Instrument, total: int) -> str | None:
    return next((band.label for band in found.bands if band.low <= total <= band.high), None)


def _findings(found: Instrument, spans: Mapping[str, Span], total: Span | None) -> Iterator[ScoreFinding]:
    for cutoff in found.cutoffs:
        if total is not None:
            yield ScoreFinding(id=cutoff.id, answer=_beyond(cutoff, total).value)
    for rule in found.symptom_counts:
        yield ScoreFinding(id=rule.id, answer=_enough(rule, found, spans).value)


def _beyond(cutoff: Cutoff, total: Span) -> Truth:
    if cutoff.at_most is not None:
        return truth(True if total.greatest <= cutoff.at_most else False if total.least > cutoff.at_most else None)
    limit: int = cutoff.at_least  # type: ignore[assignment]  # a cut-off has one of the two
    below = limit if cutoff.open_from is None else cutoff.open_from
    return truth(True if total.least >= limit else False if total.greatest < below else None)


def _enough(rule: SymptomCount, found: Instrument, spans: Mapping[str, Span]) -> Truth:
    items = {scale.id: scale.items for scale in found.scales}
    return all_of(
        truth(
            True
            if sum(spans[each].least >= rule.item_at_least for each in items[scale]) >= count
            else False
            if sum(spans[each].greatest >= rule.item_at_least for each in items[scale]) < count
            else None
        )
        for scale, count in rule.need.items()
    )
