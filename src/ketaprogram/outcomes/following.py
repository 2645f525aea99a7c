"""What followed one session: how soon the scores were better than before it, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ketaprogram._time import elapsed
from ketaprogram.outcomes.changing import gain_is, headline_rule, improvement_rule
from ketaprogram.outcomes.model import EffectWindow
from ketaprogram.truth import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Literal

    from ketaprogram.outcomes.model import Instrument, Score, SessionMark
    from ketaprogram.truth import Truth

__all__ = ["effect_window", "whole_hours"]


def effect_window(
    found: Instrument, scores: Sequence[Score], session: SessionMark, ends: datetime | None
) -> EffectWindow:
    """
    What the scores after a session show, up to the next one.

    Better is a gain of as much as matters or, where no source says that, of more than chance. A form that asks about
    two weeks still looks back past the session for as long.

    Args:
        found: The form.
        scores: Its scores, the earliest first.
        session: The session.
        ends: When the next session began; a score at that instant was filled in before it. None if there is none.

    Unknowns:
        A score without a total neither ends a window nor keeps it open: where it is the latest, ``ended`` is unknown.

    Source:
        S57, S58 of the seed; the instrument's own rules of change.
    """
    before = next(
        (each.value for each in reversed(scores) if each.answered_at <= session.at and each.value is not None), None
    )
    within = [each for each in scores if session.at < each.answered_at and (ends is None or each.answered_at <= ends)]
    rule = headline_rule(found, "important") or improvement_rule(found)
    better = [UNKNOWN if rule is None else gain_is(rule, before, each.value, found) for each in within]
    first = next((index for index, each in enumerate(better) if each.is_true), None)
    faded = next((i for i, each in enumerate(better) if first is not None and i > first and each.is_false), None)
    held = [index for index, each in enumerate(better[:faded]) if each.is_true]
    totals = [each.value for each in within if each.value is not None]
    pick = min if found.direction == "higher-worse" else max
    return EffectWindow(
        session=session.number,
        before=before,
        best=pick(totals, default=None),
        first_better_hours=None if first is None else whole_hours(session.at, within[first].answered_at),
        better_until_hours=whole_hours(session.at, within[held[-1]].answered_at) if held else None,
        ended="faded" if faded is not None else _otherwise(better, is_last=ends is None),
    )


def whole_hours(start: datetime, end: datetime) -> int:
    """Elapsed hours, completed ones only."""
    return elapsed(start, end) // timedelta(hours=1)


def _otherwise(better: Sequence[Truth], *, is_last: bool) -> Literal["next-session", "open", "not-seen", "unknown"]:
    if not better or better[-1].is_unknown or (UNKNOWN in better and not any(each.is_true for each in better)):
        return "unknown"
    if not any(each.is_true for each in better):
        return "not-seen"
    return "open" if is_last else "next-session"
