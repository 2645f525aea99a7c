"""
What a program shows over many people: how many responded and remitted, with exact intervals.

People without an outcome are counted and named by reason. They are never averaged away: beside the share of those whose
outcome is known stands what the others could make of it.
"""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, get_args

from ketaprogram.errors import InputError
from ketaprogram.intervals import proportion
from ketaprogram.outcomes.model import CohortOutcomes, Missing, MissingReason, Proportion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ketaprogram.outcomes.model import Trend

__all__ = ["cohort_outcomes"]


def cohort_outcomes(trends: Iterable[Trend], *, confidence: Decimal = Decimal("0.95")) -> CohortOutcomes:
    """
    Outcomes at the latest score of each person's trend.

    Args:
        trends: One trend per person, all of one form; at least one.
        confidence: Confidence of the intervals, above 0 and below 1.

    Returns:
        For each outcome how many people have it of those for whom that is known, the exact (Clopper-Pearson) interval
        with its limits rounded outwards, who is missing and why, and the share of all people if none or all of the
        missing had it.

    Unknowns:
        A person without a baseline, without a later score, or whose latest score has no total, is missing. An earlier
        total never stands in for a later one.

    Raises:
        InputError: There is no trend, they are of several forms, or the confidence is out of range.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes import trend
        >>> from ketaprogram.outcomes.model import Score
        >>> def person(*totals):
        ...     days = [datetime(2026, 11, day, tzinfo=timezone.utc) for day in range(1, 9)]
        ...     return trend(
        ...         Score(instrument="phq-9", form="standard", answered_at=day, value=value, self_harm="negative")
        ...         for day, value in zip(days, totals)
        ...     )
        >>> found = cohort_outcomes([person(20, 8), person(20, 15), person(20), person(20, None)]).response
        >>> found.successes, found.n, [(each.reason, each.n) for each in found.missing]
        (1, 2, [('no-follow-up', 1), ('latest-incomplete', 1)])
        >>> str(found.percent), str(found.percent_if_none), str(found.percent_if_all)
        ('50.0', '25.0', '75.0')
    """
    people = tuple(trends)
    forms = {(each.instrument, each.form) for each in people}
    if len(forms) != 1:
        message = "a cohort is of at least one trend, all of one instrument and form"
        raise InputError(message)
    ((instrument, form),) = forms
    return CohortOutcomes(
        instrument=instrument,
        form=form,
        people=len(people),
        confidence=confidence,
        response=_proportion([_outcome(each, "response") for each in people], confidence),
        remission=_proportion([_outcome(each, "remission") for each in people], confidence),
        reliable=_proportion([_outcome(each, "reliable") for each in people], confidence),
        worse=_proportion([_outcome(each, "worse") for each in people], confidence),
    )


def _outcome(trend: Trend, name: str) -> bool | MissingReason:
    if trend.baseline is None:
        return "no-baseline"
    later = trend.points[trend.baseline + 1 :]
    if not later:
        return "no-follow-up"
    if later[-1].value is None or trend.change is None:
        return "latest-incomplete"
    answer = getattr(trend.change, name)
    if answer == "not-defined":
        return "not-defined"
    return "not-decidable" if answer == "unknown" else answer == "true"


def _proportion(outcomes: Sequence[bool | MissingReason], confidence: Decimal) -> Proportion:
    known = [each for each in outcomes if isinstance(each, bool)]
    missing = Counter(each for each in outcomes if not isinstance(each, bool))
    successes = sum(known)
    interval = proportion(successes, len(known), confidence)
    return Proportion(
        n=len(known),
        successes=successes,
        percent=_percent(successes, len(known)),
        low_percent=(100 * interval.low).quantize(_TENTH, rounding=ROUND_FLOOR),
        high_percent=(100 * interval.high).quantize(_TENTH, rounding=ROUND_CEILING),
        missing=tuple(Missing(reason=each, n=missing[each]) for each in get_args(MissingReason) if missing[each]),
        percent_if_none=_percent(successes, len(outcomes)),
        percent_if_all=_percent(successes + missing.total(), len(outcomes)),
    )


def _percent(part: int, whole: int) -> Decimal | None:
    if whole == 0:
        return None
    return (Decimal(100 * part) / whole).quantize(_TENTH, rounding=ROUND_HALF_EVEN)


_TENTH = Decimal("0.1")
