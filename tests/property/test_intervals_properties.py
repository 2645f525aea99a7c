"""Exact intervals: against tails in exact fractions, against published tables, and never narrower than they say."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram.errors import InputError
from ketaprogram.intervals import proportion

PLACE = Fraction(1, 1_000_000)
LEVELS = st.sampled_from([Decimal("0.8"), Decimal("0.9"), Decimal("0.95"), Decimal("0.99")])
counts = st.integers(0, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def at_least(count, of, share):
    """The exact chance of at least this many."""
    return sum(
        (math.comb(of, each) * share**each * (1 - share) ** (of - each) for each in range(count, of + 1)), Fraction(0)
    )


@given(counts, LEVELS)
def test_the_bounds_are_where_the_exact_tails_are(pair, level):
    """Clopper and Pearson: each bound is the share at which the tail holds half of what the level leaves."""
    count, of = pair
    found, tail = proportion(count, of, level), Fraction((1 - level) / 2)
    low, high = Fraction(found.low), Fraction(found.high)
    if count:
        assert at_least(count, of, low) <= tail < at_least(count, of, low + 2 * PLACE)
    else:
        assert low == 0
    if count < of:
        assert 1 - at_least(count + 1, of, high) <= tail < 1 - at_least(count + 1, of, high - 2 * PLACE)
    else:
        assert high == 1


@given(counts)
def test_an_interval_holds_its_share_and_mirrors(pair):
    count, of = pair
    found, mirrored = proportion(count, of), proportion(of - count, of)
    assert found.low <= (found.share or 0) or of == 0
    assert of == 0 or found.share <= found.high
    assert (1 - mirrored.high, 1 - mirrored.low) == (found.low, found.high)


@given(st.integers(0, 40), st.integers(1, 40))
def test_more_of_the_same_never_lowers_a_bound(count, of):
    if count < of:
        fewer, more = proportion(count, of), proportion(count + 1, of)
        assert fewer.low <= more.low
        assert fewer.high <= more.high


@given(counts)
def test_a_higher_level_is_never_narrower(pair):
    narrow, wide = proportion(*pair, Decimal("0.9")), proportion(*pair, Decimal("0.99"))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # Newcombe 1998 (Stat Med 17:857-872), table I, method 5: the exact interval to four places.
        (81, 263, "0.2527", "0.3676"),
        (15, 148, "0.0578", "0.1617"),
        (0, 20, "0.0000", "0.1684"),
        (1, 29, "0.0009", "0.1776"),
        # In closed form: 1 - 0.025 ** (1 / n) and 0.025 ** (1 / n).
        (0, 10, "0.0000", "0.3085"),
        (10, 10, "0.6915", "1.0000"),
    ],
)
def test_published_intervals(count, of, low, high):
    found = proportion(count, of)
    assert abs(found.low - Decimal(low)) <= Decimal("0.00006")
    assert abs(found.high - Decimal(high)) <= Decimal("0.00006")


@pytest.mark.parametrize("of", [10**4, 10**6, 10**9])
def test_large_numbers_come_near_the_normal_interval(of):
    count = of // 4
    found, half = proportion(count, of), 1.959963984540054 * math.sqrt(0.25 * 0.75 / of)
    assert math.isclose(float(found.low), 0.25 - half, abs_tol=2 / of + 2e-6)
    assert math.isclose(float(found.high), 0.25 + half, abs_tol=2 / of + 2e-6)


def test_nothing_of_nothing_says_nothing():
    found = proportion(0, 0)
    assert (found.low, found.high, found.share) == (0, 1, None)
    assert proportion(1, 4).share == Decimal("0.25")


@pytest.mark.parametrize(
    ("count", "of", "level"),
    [(-1, 4, "0.95"), (5, 4, "0.95"), (0, 10**9 + 1, "0.95"), (1, 4, "0"), (1, 4, "1"), (1, 4, "95")],
)
def test_what_is_no_share_is_refused(count, of, level):
    with pytest.raises(InputError, match="a count from 0"):
        proportion(count, of, Decimal(level))
