"""
One person's scores over time: baseline, best and latest, what followed each session, and whether an improvement holds.

A score without a total stays in the trend as a gap. Nothing is drawn through it, and it never lets an improvement
count as holding.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import attrs

from ketaprogram.errors import InputError
from ketaprogram.outcomes.changing import change, gain_is, headline_rule, improvement_rule
from ketaprogram.outcomes.following import effect_window, whole_hours
from ketaprogram.outcomes.instruments import instrument
from ketaprogram.outcomes.model import Trend, TrendPoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ketaprogram.outcomes.model import Instrument, Score, SessionMark, Standing, Timeline

__all__ = ["trend", "trends"]


def trend(scores: Iterable[Score], sessions: Iterable[SessionMark] = ()) -> Trend:
    """
    The trend of one form's scores.

    Args:
        scores: One person's scores of one form, in any order; at least one.
        sessions: The sessions of the course, in any order.

    Returns:
        Every score as a point that a chart can draw as it stands. The baseline is the last total up to the first
        session, as trials take it, or the first total where there are no sessions. `standing` says:

        - ``holding``: improved, and less than what matters has been lost since the best total;
        - ``fading``: still improved, but as much as matters has been lost since the best;
        - ``relapsed``: was improved and is no longer;
        - ``not-improved``, or ``worse``: never improved, or worsened by as much as an improvement has to be;
        - ``unknown``: the latest score has no total, or an earlier one without a total may have been so much better
          that the improvement is fading;
        - ``no-baseline``, ``no-follow-up``: there is nothing to compare;
        - ``not-defined``: no source says what an improvement is.

        Improved is more than chance or, where no source says that, as much as matters.

    Unknowns:
        Without a baseline nothing is said of a change. A latest score without a total is never passed over in favour
        of an earlier one.

    Raises:
        InputError: There is no score, or they are of several forms.

    Source:
        S57 to S59 of the seed; the instrument's own rules of change. The words of `standing` are this project's.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes.model import Score
        >>> def on(day, value):
        ...     at = datetime(2026, 11, day, 9, tzinfo=timezone.utc)
        ...     return Score(instrument="phq-9", form="standard", answered_at=at, value=value, self_harm="negative")
        >>> found = trend([on(1, 20), on(8, 9), on(15, 12)])
        >>> found.points[found.best].value, found.hours_to_first_response, found.standing
        (9, 168, 'holding')
    """
    given = tuple(scores)
    if len({(each.instrument, each.form) for each in given}) != 1:
        message = "a trend is of at least one score, all of one instrument and form"
        raise InputError(message)
    found = instrument(given[0].instrument, given[0].form)
    ordered = sorted(given, key=lambda each: (each.answered_at, each.value is None, _badness(each, found)))
    marks = tuple(sorted(sessions, key=lambda each: each.at))
    start = _baseline(ordered, marks)
    totals = [] if start is None else [i for i in range(start + 1, len(ordered)) if ordered[i].value is not None]
    last = totals[-1] if totals else None
    best = _best(ordered, totals, found)
    points = tuple(_point(ordered, index, start, found) for index in range(len(ordered)))
    return Trend(
        instrument=found.id,
        form=found.form,
        points=points,
        sessions=marks,
        baseline=start,
        last=last,
        best=best,
        missing=sum(each.value is None for each in ordered),
        change=None if start is None or last is None else change(ordered[start], ordered[last]),
        hours_to_first_response=_hours_to_response(points, start, marks),
        windows=tuple(
            effect_window(found, ordered, each, following.at if following is not None else None)
            for each, following in zip_longest(marks, marks[1:])
        ),
        standing=_standing(found, ordered, points, start, best),
    )


def trends(timeline: Timeline) -> tuple[Trend, ...]:
    """The trend of every form in a timeline that has a total, in the order in which the forms first appear."""
    by_form: dict[tuple[str, str], list[Score]] = {}
    for each in sorted(timeline.scores, key=lambda score: score.answered_at):
        if instrument(each.instrument, each.form).total_from != "nothing":
            by_form.setdefault((each.instrument, each.form), []).append(each)
    return tuple(trend(scores, timeline.sessions) for scores in by_form.values())


def _baseline(scores: Sequence[Score], sessions: Sequence[SessionMark]) -> int | None:
    totals = [index for index, each in enumerate(scores) if each.value is not None]
    if not sessions:
        return totals[0] if totals else None
    before = [index for index in totals if scores[index].answered_at <= sessions[0].at]
    return before[-1] if before else None


def _best(scores: Sequence[Score], totals: Sequence[int], found: Instrument) -> int | None:
    return min(totals, key=lambda index: _badness(scores[index], found), default=None)


def _badness(score: Score, found: Instrument) -> int:
    """More is worse, whichever way the form counts; of two scores at one instant the worse comes last."""
    return (1 if found.direction == "higher-worse" else -1) * (score.value or 0)


def _point(scores: Sequence[Score], index: int, start: int | None, found: Instrument) -> TrendPoint:
    score = scores[index]
    nothing = attrs.evolve(score, value=None)
    base = scores[start] if start is not None and index >= start else nothing
    since = change(base, score)
    rule = improvement_rule(found)
    return TrendPoint(
        at=score.answered_at,
        value=score.value,
        band=score.band,
        points=since.points,
        percent=since.percent,
        response=since.response,
        remission=since.remission,
        improved="not-defined" if rule is None else gain_is(rule, base.value, score.value, found).value,
    )


def _hours_to_response(points: Sequence[TrendPoint], start: int | None, sessions: Sequence[SessionMark]) -> int | None:
    if start is None:
        return None
    begins = sessions[0].at if sessions else points[start].at
    return next((whole_hours(begins, each.at) for each in points[start + 1 :] if each.response == "true"), None)


def _standing(
    found: Instrument, scores: Sequence[Score], points: Sequence[TrendPoint], start: int | None, best: int | None
) -> Standing:
    rule = improvement_rule(found)
    if rule is None:
        return "not-defined"
    if start is None:
        return "no-baseline"
    later = points[start + 1 :]
    if not later:
        return "no-follow-up"
    latest = later[-1].value
    if latest is None or best is None:
        return "unknown"
    if gain_is(rule, latest, points[start].value, found).is_true:
        return "worse"
    if later[-1].improved != "true":
        return "relapsed" if any(each.improved == "true" for each in later) else "not-improved"
    matters = headline_rule(found, "important") or rule
    if gain_is(matters, latest, scores[best].value, found).is_true:
        return "fading"
    # A total that is missing may have been better than the best that is known.
    open_ends = [_could_be(each, found) for each in scores[start + 1 :] if each.value is None]
    return "unknown" if any(gain_is(matters, latest, each, found).is_true for each in open_ends) else "holding"


def _could_be(score: Score, found: Instrument) -> int | None:
    """The best total that a score without one could have had."""
    if found.direction == "higher-worse":
        return found.lowest_total if score.at_least is None else score.at_least
    return found.highest_total if score.at_most is None else score.at_most
