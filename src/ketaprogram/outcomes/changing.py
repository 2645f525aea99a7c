"""What changed between two scores: response, remission, reliable change, each true, false or unknown."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

from ketaprogram.errors import InputError
from ketaprogram.outcomes.instruments import instrument
from ketaprogram.outcomes.model import Change
from ketaprogram.truth import truth

if TYPE_CHECKING:
    from ketaprogram.outcomes.model import Score, Word

__all__ = ["change"]


def change(baseline: Score, latest: Score) -> Change:
    """
    The change from one score to a later one of the same instrument and version.

    Unknowns:
        Without both totals everything is ``unknown`` but a remission, which only needs the latest; without a baseline
        above 0 there is no percentage and no response.

    Raises:
        InputError: The scores are of different instruments or versions.

    Source:
        The instrument's own citations.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes.model import Score
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> def total(value):
        ...     return Score(instrument="phq-9", version="1", answered_at=now, value=value, self_harm="negative")
        >>> found = change(total(20), total(10))
        >>> found.points, str(found.percent), found.response, found.remission
        (-10, '-50.0', 'true', 'false')
    """
    if (baseline.instrument, baseline.version) != (latest.instrument, latest.version):
        message = "the scores are of different instruments or versions"
        raise InputError(message)
    found = instrument(latest.instrument)
    before, after = baseline.value, latest.value
    points = None if before is None or after is None else after - before
    percent = None if points is None or not before else _EXACT.divide(Decimal(100 * points), Decimal(before))
    gain = None if points is None else points if found.direction == "higher-better" else -points
    return Change(
        instrument=found.id,
        points=points,
        percent=None if percent is None else percent.quantize(Decimal("0.1"), context=_EXACT),
        response=_word(
            None if percent is None or gain is None else 100 * gain >= found.response_percent * (before or 0)
        ),
        remission=_word(None if after is None else after < found.remission_below),
        important=_word(None if gain is None else gain >= found.important_points),
        reliable=_word(None if gain is None else gain >= found.reliable_points),
        worse=_word(None if gain is None else -gain >= found.reliable_points),
    )


def _word(answer: bool | None) -> Word:  # noqa: FBT001  # turned into a word at once
    return truth(answer).value


_EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN)
