"""
Scoring a questionnaire, as ratios to a floor in the same run: `make bench`. Nothing here asserts a time.

The first floor adds nine numbers and looks the band up; the second builds the same `Score` besides.
"""

from __future__ import annotations

import pytest

from ketaprogram import change, crisis_alert, score, trend
from ketaprogram.outcomes import instrument
from ketaprogram.outcomes.model import ItemResponse, Responses, Score, ScoreFinding
from ketaprogram.testing.strategies import AS_OF

BANDS = (("none-minimal", 4), ("mild", 9), ("moderate", 14), ("moderately severe", 19), ("severe", 27))
VALUES = (1, 2, 0, 3, 1, 1, 2, 0, 0)
PHQ9 = Responses(
    instrument="phq-9",
    answered_at=AS_OF,
    answers=tuple(ItemResponse(item=f"phq9-{number}", value=value) for number, value in enumerate(VALUES, 1)),
)


def by_hand(responses: Responses) -> tuple[int | None, str | None]:
    """As anyone would write it: nothing is checked, and there is no word of why."""
    total = 0
    for each in responses.answers:
        if each.value is None:
            return None, None
        total += each.value
    return total, next(label for label, high in BANDS if total <= high)


def by_hand_as_a_score(responses: Responses) -> Score:
    total, band = by_hand(responses)
    return Score(
        instrument="phq-9",
        form="standard",
        answered_at=responses.answered_at,
        value=total,
        at_least=total,
        at_most=total,
        band=band,
        findings=(ScoreFinding(id="screen-positive", answer="true" if total and total >= 10 else "false"),),
        self_harm="positive" if responses.answers[8].value else "negative",
    )


@pytest.mark.benchmark(group="score a PHQ-9")
def test_0_floor_add_and_look_up(benchmark):
    assert benchmark(by_hand, PHQ9) == (10, "moderate")


@pytest.mark.benchmark(group="score a PHQ-9")
def test_1_floor_add_look_up_and_build(benchmark):
    assert benchmark(by_hand_as_a_score, PHQ9).value == 10


@pytest.mark.benchmark(group="score a PHQ-9")
def test_2_score(benchmark):
    assert benchmark(score, PHQ9).value == 10


@pytest.mark.benchmark(group="score a PHQ-9")
def test_3_crisis_alert_that_is_not_one(benchmark):
    assert benchmark(crisis_alert, PHQ9) is None


def a_million(function) -> int:
    return sum(function(PHQ9).value for _ in range(1_000_000))


@pytest.mark.slow
@pytest.mark.benchmark(group="score a million PHQ-9")
@pytest.mark.parametrize("function", [by_hand_as_a_score, score], ids=["0 floor", "1 score"])
def test_a_million(benchmark, function):
    assert benchmark.pedantic(a_million, args=(function,), rounds=1) == 10_000_000


@pytest.mark.benchmark(group="score other forms")
@pytest.mark.parametrize("name", ["gad-7", "qids-sr16", "lsas", "c-ssrs-screen"])
def test_other_forms(benchmark, name):
    answers = tuple(ItemResponse(item=item.id, value=1) for item in instrument(name).items)
    assert not benchmark(score, Responses(instrument=name, answered_at=AS_OF, answers=answers)).missing


@pytest.mark.benchmark(group="change and trend")
def test_change(benchmark):
    before, after = score(PHQ9), score(PHQ9)
    assert benchmark(change, before, after).points == 0


@pytest.mark.benchmark(group="change and trend")
def test_a_trend_of_ten_scores(benchmark):
    scores = [score(PHQ9)] * 10
    assert benchmark(trend, scores).baseline == 0
