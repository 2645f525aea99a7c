"""
What changed between two scores: response, remission, reliable change and the rest, each with the rule it rests on.

Sources disagree on what counts. Each of their rules is answered; one of each kind is the headline, and says so.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from ketaprogram.errors import InputError
from ketaprogram.outcomes.instruments import instrument
from ketaprogram.outcomes.model import Change, RuleAnswer
from ketaprogram.outcomes.reliability import is_reliable, reliable_change_index
from ketaprogram.truth import Truth, all_of, not_, truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.outcomes.model import ChangeKind, ChangeRule, Instrument, Score, Word

__all__ = ["change", "gain_is", "headline_rule", "improvement_rule"]


def change(baseline: Score, latest: Score) -> Change:
    """
    The change from one score to a later one of the same form.

    Returns:
        Points and percent, and one answer of each kind by its headline rule: ``not-defined`` where the instrument has
        none. `rules` has the answers of all the others, by source. Where no source says what is more than chance, a
        worsening is one by as much as matters.

    Unknowns:
        Without both totals everything is ``unknown`` but a remission that is no recovery, which only needs the latest;
        without a baseline above 0 there is no percentage and no response.

    Raises:
        InputError: The scores are of different instruments or forms.

    Source:
        The citations of the rules; om.response_default for worsening.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes.model import Score
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> def total(value):
        ...     return Score(instrument="phq-9", form="standard", answered_at=now, value=value, self_harm="negative")
        >>> found = change(total(20), total(10))
        >>> found.points, str(found.percent), found.response, found.remission
        (-10, '-50.0', 'true', 'false')
    """
    if (baseline.instrument, baseline.form) != (latest.instrument, latest.form):
        message = "the scores are of different instruments or forms"
        raise InputError(message)
    found = instrument(latest.instrument, latest.form)
    before, after = baseline.value, latest.value
    points = None if before is None or after is None else after - before
    percent = None if points is None or not before else _EXACT.divide(Decimal(100 * points), Decimal(before))
    by_kind = {rule.kind: gain_is(rule, before, after, found) for rule in found.change_rules if rule.headline}
    worse = improvement_rule(found)
    return Change(
        instrument=found.id,
        points=points,
        percent=None if percent is None else percent.quantize(Decimal("0.1"), context=_EXACT),
        response=_word(by_kind.get("response")),
        partial_response=_word(_partial(by_kind)),
        remission=_word(by_kind.get("remission")),
        important=_word(by_kind.get("important")),
        reliable=_word(by_kind.get("reliable")),
        worse=_word(None if worse is None else gain_is(worse, after, before, found)),
        recovery=_word(by_kind.get("recovery")),
        reliable_recovery=_word(
            all_of([by_kind["recovery"], by_kind["reliable"]]) if {"recovery", "reliable"} <= by_kind.keys() else None
        ),
        rules=tuple(_answers(found, before, after)),
    )


def gain_is(rule: ChangeRule, before: int | None, after: int | None, found: Instrument) -> Truth:
    """Whether a rule holds of the way from one total to another; what cannot be told is unknown."""
    return all_of(_conditions(rule, before, after, found))


def headline_rule(found: Instrument, kind: ChangeKind) -> ChangeRule | None:
    """The rule by which an instrument answers a kind of change."""
    return next((rule for rule in found.change_rules if rule.kind == kind and rule.headline), None)


def improvement_rule(found: Instrument) -> ChangeRule | None:
    """The rule by which an improvement, or turned round a worsening, counts: more than chance, or else what matters."""
    return headline_rule(found, "reliable") or headline_rule(found, "important")


def _conditions(rule: ChangeRule, before: int | None, after: int | None, found: Instrument) -> Iterator[Truth]:
    fall = None if before is None or after is None else before - after
    gain = fall if fall is None or found.direction == "higher-worse" else -fall
    if rule.total_at_most is not None:
        yield truth(None if after is None else after <= rule.total_at_most)
    if rule.from_at_least is not None:
        yield truth(None if before is None else before >= rule.from_at_least)
    if rule.gain_points_at_least is not None:
        yield truth(None if gain is None else gain >= rule.gain_points_at_least)
    if rule.standard_deviation is not None and rule.reliability is not None:
        reliable = (
            None
            if gain is None
            else gain > 0
            and is_reliable(gain, standard_deviation=rule.standard_deviation, reliability=rule.reliability)
        )
        yield truth(reliable)
    percent = None if gain is None or not before else Fraction(100 * gain, before)
    if rule.gain_percent_at_least is not None:
        yield truth(None if percent is None else percent >= Fraction(rule.gain_percent_at_least))
    if rule.gain_percent_above is not None:
        yield truth(None if percent is None else percent > Fraction(rule.gain_percent_above))


def _partial(by_kind: dict[ChangeKind, Truth]) -> Truth | None:
    partial, response = by_kind.get("partial-response"), by_kind.get("response")
    if partial is None or response is None:
        return None
    return all_of([partial, not_(response)])


def _answers(found: Instrument, before: int | None, after: int | None) -> Iterator[RuleAnswer]:
    for rule in found.change_rules:
        yield RuleAnswer(
            kind=rule.kind,
            rule=_in_words(rule),
            answer=_word(gain_is(rule, before, after, found)),
            headline=rule.headline,
            index=_index(rule, before, after, found),
            citation=rule.citation,
        )


def _index(rule: ChangeRule, before: int | None, after: int | None, found: Instrument) -> Decimal | None:
    if rule.standard_deviation is None or rule.reliability is None or before is None or after is None:
        return None
    start, end = (after, before) if found.direction == "higher-worse" else (before, after)
    index = reliable_change_index(start, end, standard_deviation=rule.standard_deviation, reliability=rule.reliability)
    return index.quantize(Decimal("0.01"), context=_EXACT)


def _in_words(rule: ChangeRule) -> str:
    parts = [
        (rule.gain_points_at_least, "a gain of {} points or more"),
        (rule.gain_percent_at_least, "a gain of {} % or more of the baseline"),
        (rule.gain_percent_above, "a gain of more than {} % of the baseline"),
        (rule.from_at_least, "from {} or more"),
        (rule.total_at_most, "a total of {} or less"),
        (rule.standard_deviation, "a reliable change index above the critical value, by a standard deviation of {}"),
        (rule.reliability, f"a reliability ({rule.reliability_kind}) of {{}}"),
    ]
    return ", ".join(words.format(value) for value, words in parts if value is not None)


def _word(answer: Truth | None) -> Word:
    return "not-defined" if answer is None else answer.value


_EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN)
