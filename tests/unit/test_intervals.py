"""The exact interval of a proportion, against a published table; its laws are properties."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ketaprogram.intervals import proportion


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
    found = proportion(successes, trials, Decimal(confidence))
    assert [round(float(each), 4) for each in (found.low, found.high)] == [low, high]
