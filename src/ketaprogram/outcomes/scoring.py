"""
From answers to a score, by the published rule: an item without an answer is never counted as zero.

No total is prorated. Beside it stands how far the missing items could still move it, so that a cut-off which is
already reached, or out of reach, is answered all the same.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ketaprogram.errors import DocumentError
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.outcomes.instruments import instruments
from ketaprogram.outcomes.model import ScaleScore, Score, ScoreFinding
from ketaprogram.truth import all_of, truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal

    from ketaprogram.outcomes.model import (
        Cutoff,
        Instrument,
        Item,
        ItemResponse,
        Responses,
        Risk,
        SymptomCount,
    )
    from ketaprogram.truth import Truth

__all__ = ["Counts", "check_responses", "counts_of", "risk_of", "score", "self_harm_of"]


class Counts(NamedTuple):
    """What each item counts with every gap at its least, and with every gap at its greatest; one dict without gaps."""

    least: Mapping[str, int]
    greatest: Mapping[str, int]


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
    found = _form(instruments().get(responses.instrument, {}), responses.form)
    given = {each.item: each.value for each in responses.answers if each.value is not None}
    if found is None or not _is_plainly_faultless(responses, found, given):
        faults = check_responses(responses)
        if faults or found is None:
            message = f"the answers have {len(faults)} fault{'s' if len(faults) > 1 else ''}"
            raise DocumentError(message, faults)
    plan = _plan(found)
    missing = _missing(found, given)
    counts = counts_of(found, given)
    scales = _scales(found, counts.least)
    least = _total(found, counts.least, scales)
    greatest = least
    if missing:
        greatest = _total(found, counts.greatest, _scales(found, counts.greatest))
    value = None if missing else least
    risk = risk_of(found, counts)
    return Score(
        instrument=found.id,
        form=found.form,
        answered_at=responses.answered_at,
        value=value,
        at_least=least,
        at_most=greatest,
        band=None if value is None else plan.bands[value - plan.lowest_total],
        scales=tuple(
            ScaleScore(id=scale.id, value=None if not missing.isdisjoint(scale.items) else scales[scale.id])
            for scale in found.scales
        ),
        findings=tuple(_findings(found, counts, least, greatest)),
        risk_at_least=None if risk is None else risk[0],
        risk_at_most=None if risk is None else risk[1],
        missing=tuple(item for item in plan.required if item in missing) if missing else (),
        self_harm=self_harm_of(found, given),
        citations=found.sources,
    )


def counts_of(found: Instrument, given: Mapping[str, int]) -> Counts:
    """
    What each item counts, reversed where the form says so.

    An item that was not to be asked, or whose alternative was answered, counts its least. An answer counts even where
    the form would not have asked for it.
    """
    plan = _plan(found)
    if not plan.reversed and given.keys() >= plan.needed:
        return Counts(given, given)
    least = {item: given.get(item, found.lowest) for item in plan.ids}
    for item in plan.reversed:
        if item in given:
            least[item] = found.lowest + found.highest - given[item]
    gaps = _missing(found, given)
    return Counts(least, least | dict.fromkeys(gaps, found.highest) if gaps else least)


def self_harm_of(
    found: Instrument, given: Mapping[str, int]
) -> Literal["positive", "negative", "unanswered", "not-asked-by-instrument"]:
    """What the self-harm item, or a screener for suicide risk as a whole, says."""
    if found.self_harm is not None:
        value = given.get(found.self_harm.item)
        if value is None:
            return "unanswered"
        return "positive" if value >= found.self_harm.at_least else "negative"
    if not found.risks:
        return "not-asked-by-instrument"
    least, greatest = _risks(found, counts_of(found, given))
    return "positive" if least != "none" else "negative" if greatest == "none" else "unanswered"


def risk_of(found: Instrument, counts: Counts) -> tuple[Risk, Risk] | None:
    """The least risk that the answers prove and the greatest that they leave open; None if the form does not ask."""
    return _risks(found, counts) if found.risks else None


def _risks(found: Instrument, counts: Counts) -> tuple[Risk, Risk]:
    return _worst(found, counts.least), _worst(found, counts.greatest)


def _worst(found: Instrument, counted: Mapping[str, int]) -> Risk:
    return next((rule.level for rule in found.risks if any(counted[each] > found.lowest for each in rule.any)), "none")


def _form(forms: Mapping[str, Instrument], form: str | None) -> Instrument | None:
    if form is not None:
        return forms.get(form)
    return next((each for each in forms.values() if each.form == each.default_form), None)


def _is_plainly_faultless(responses: Responses, found: Instrument, given: Mapping[str, int]) -> bool:
    """The common case, told at once: every entry has an answer in range, no item comes twice, and anybody may rate."""
    answers = responses.answers
    return (
        "person" in found.raters
        and 0 < len(given) == len(answers)
        and given.keys() <= _plan(found).known
        and found.lowest <= min(given.values())
        and max(given.values()) <= found.highest
        and all([each.absent is None for each in answers])  # noqa: C419  # a list is quicker than a generator
    )


def _faults(responses: Responses, found: Instrument) -> Iterator[Issue]:
    if "person" not in found.raters and responses.rated_by != "clinician":
        message = "Only a clinician may rate this instrument."
        yield Issue(pointer("rated_by"), "instrument.rater", message, "clinician")
    seen: set[str] = set()
    known = _plan(found).known
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


def _misplaced(answer: ItemResponse, known: frozenset[str], index: int) -> Iterator[Issue]:
    at = pointer("answers", index, "item")
    if answer.item in known:
        yield Issue(at, "item.duplicate", "The item is answered more than once.")
    else:
        yield Issue(at, "item.unknown", "No item has this id.", hint=nearest(answer.item, sorted(known)))


def _missing(found: Instrument, given: Mapping[str, int]) -> frozenset[str]:
    plan = _plan(found)
    if given.keys() >= plan.needed:
        return _NOTHING
    return frozenset(item.id for item in found.items if item.id in plan.needed and _is_missing(item, found, given))


def _is_missing(item: Item, found: Instrument, given: Mapping[str, int]) -> bool:
    if item.id in given or (item.asked_if is not None and given.get(item.asked_if) == found.lowest):
        return False
    return not any(item.id in pair and not given.keys().isdisjoint(pair) for pair in found.alternatives)


def _scales(found: Instrument, counted: Mapping[str, int]) -> dict[str, int]:
    return {
        scale.id: (sum if scale.rule == "sum" else max)([counted[each] for each in scale.items])
        for scale in found.scales
    }


def _total(found: Instrument, counted: Mapping[str, int], scales: Mapping[str, int]) -> int | None:
    if found.total_from == "nothing":
        return None
    if found.total_from == "scales":
        return found.multiplier * sum(scales.values())
    return found.multiplier * sum(map(counted.__getitem__, _plan(found).scored))


def _findings(found: Instrument, counts: Counts, least: int | None, greatest: int | None) -> Iterator[ScoreFinding]:
    if least is not None and greatest is not None:
        for cutoff in found.cutoffs:
            yield _finding(cutoff.id, _beyond(cutoff, least, greatest))
    for rule in found.symptom_counts:
        yield _finding(rule.id, _enough(rule, found, counts))


@cache
def _finding(rule: str, answer: Truth) -> ScoreFinding:
    return ScoreFinding(id=rule, answer=answer.value)


def _beyond(cutoff: Cutoff, least: int, greatest: int) -> Truth:
    if cutoff.at_most is not None:
        return truth(True if greatest <= cutoff.at_most else False if least > cutoff.at_most else None)
    limit: int = cutoff.at_least  # type: ignore[assignment]  # a cut-off has one of the two
    below = limit if cutoff.open_from is None else cutoff.open_from
    return truth(True if least >= limit else False if greatest < below else None)


def _enough(rule: SymptomCount, found: Instrument, counts: Counts) -> Truth:
    def symptoms(scale: str, counted: Mapping[str, int]) -> int:
        return sum(counted[each] >= rule.item_at_least for each in items[scale])

    items = {scale.id: scale.items for scale in found.scales}
    return all_of(
        truth(
            True
            if symptoms(scale, counts.least) >= need
            else False
            if symptoms(scale, counts.greatest) < need
            else None
        )
        for scale, need in rule.need.items()
    )


class _Plan(NamedTuple):
    """What scoring asks of an instrument for every questionnaire, worked out once."""

    ids: tuple[str, ...]
    known: frozenset[str]
    required: tuple[str, ...]
    needed: frozenset[str]
    scored: tuple[str, ...]
    reversed: tuple[str, ...]
    lowest_total: int
    bands: tuple[str | None, ...]


@cache
def _plan(found: Instrument) -> _Plan:
    ids = tuple(item.id for item in found.items)
    required = tuple(item.id for item in found.items if item.required)
    totals = range(found.lowest_total or 0, (found.highest_total or 0) + 1)
    return _Plan(
        ids=ids,
        known=frozenset(ids),
        required=required,
        needed=frozenset(required),
        scored=tuple(item.id for item in found.items if item.scored),
        reversed=tuple(each for each in ids if each in found.reversed),
        lowest_total=totals.start,
        bands=tuple(
            next((band.label for band in found.bands if band.low <= total <= band.high), None) for total in totals
        ),
    )


_NOTHING: frozenset[str] = frozenset()
