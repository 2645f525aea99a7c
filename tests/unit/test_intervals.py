"""The exact interval of a proportion, against its definition in exact fractions and against published tables."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram.errors import InputError
from ketaprogram.intervals import binomial_interval


def at_least(successes, trials, proportion):
    return sum(
        comb(trials, each) * proportion**each * (1 - proportion) ** (trials - each)
        for each in range(successes, trials + 1)
    )


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["0.8", "0.9", "0.95", "0.99", "0.999"]))
def test_each_limit_is_where_the_definition_puts_it(successes, failures, confidence):
    trials = successes + failures
    low, high = binomial_interval(successes, trials, Decimal(confidence))
    beyond, near = (1 - Fraction(confidence)) / 2, Fraction(1, 10**12)
    if successes:
        assert (
            at_least(successes, trials, Fraction(low) - near)
            < beyond
            < at_least(successes, trials, Fraction(low) + near)
        )
    else:
        assert low == 0
    if failures:
        upper = Fraction(high)
        assert 1 - at_least(successes + 1, trials, upper + near) < beyond
        assert 1 - at_least(successes + 1, trials, upper - near) > beyond
    else:
        assert high == 1


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_it_holds_the_proportion_and_turns_round_with_it(successes, failures):
    trials = successes + failures
    low, high = binomial_interval(successes, trials, Fraction(19, 20))
    assert 0 <= low <= high <= 1
    assert trials == 0 or low <= successes / trials <= high
    other_low, other_high = binomial_interval(failures, trials, Fraction(19, 20))
    assert (low, high) == pytest.approx((1 - other_high, 1 - other_low), abs=1e-12)


@given(st.integers(0, 300), st.integers(0, 300))
def test_one_success_more_never_lowers_a_limit(successes, failures):
    trials = successes + failures + 1
    less, more = (binomial_interval(each, trials, Decimal("0.95")) for each in (successes, successes + 1))
    assert less[0] <= more[0]
    assert less[1] <= more[1]


@pytest.mark.parametrize(
    ("successes", "trials", "confidence", "low", "high"),
    [
        # seen: codingace.net/statistics/clopper_pearson_interval.html, example data table
        (3, 20, "0.95", 0.0321, 0.3789),
        (12, 30, "0.90", 0.2495, 0.5661),
        (42, 100, "0.95", 0.3220, 0.5229),
        (85, 120, "0.99", 0.5904, 0.8092),
    ],
)
def test_published_intervals(successes, trials, confidence, low, high):
    found = binomial_interval(successes, trials, Decimal(confidence))
    assert [round(each, 4) for each in found] == [low, high]


def test_no_trials_say_nothing_and_impossible_numbers_are_refused():
    assert binomial_interval(0, 0, Decimal("0.95")) == (0, 1)
    for successes, trials, confidence in ((-1, 3, "0.95"), (4, 3, "0.95"), (1, 3, "0"), (1, 3, "1")):
        with pytest.raises(InputError):
            binomial_interval(successes, trials, Decimal(confidence))
