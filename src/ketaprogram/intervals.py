"""
Exact binomial intervals (Clopper and Pearson), without a statistics package.

The bounds are quantiles of beta distributions. They are found by bisection on the regularized incomplete beta
function, which a continued fraction gives in a few dozen steps however many were counted, and rounded outward, so that
an interval is never narrower than the exact one.
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Annotated

from annotated_types import Ge, Le
from attrs import frozen

from ketaprogram.errors import InputError

__all__ = ["LEVEL", "Proportion", "proportion"]

LEVEL = Decimal("0.95")
"""The usual two-sided confidence level."""

Share = Annotated[Decimal, Ge(0), Le(1)]
Number = Annotated[int, Ge(0), Le(1_000_000_000)]


@frozen(kw_only=True)
class Proportion:
    """
    How many of how many, with the exact interval of the share.

    Args:
        count: How many.
        of: Of how many; 0 means that nothing is known of the share.
        low: Lower bound of the interval, rounded down to six places.
        high: Upper bound of the interval, rounded up to six places.
    """

    count: Number
    of: Number
    low: Share
    high: Share

    @property
    def share(self) -> Decimal | None:
        """The share itself, to six places; None of nothing."""
        return None if self.of == 0 else (Decimal(self.count) / self.of).quantize(_PLACES)


_PLACES = Decimal("0.000001")


@lru_cache(maxsize=4096)
def proportion(count: int, of: int, level: Decimal = LEVEL) -> Proportion:
    """
    A share with its exact two-sided interval, for events that are independent of each other.

    Args:
        count: How many, 0 to `of`, both included.
        of: Of how many, 0 to 1,000,000,000.
        level: The confidence level, between 0 and 1, both excluded; half of the rest lies on either side.

    Returns:
        The share and an interval that covers the true share with at least this probability.

    Unknowns:
        Of 0 out of 0 the interval is 0 to 1: nothing was seen, so nothing is known.

    Raises:
        InputError: A number out of its range.

    Source:
        Clopper and Pearson 1934; the tail function is the regularized incomplete beta function.

    Example:
        >>> found = proportion(7, 20)
        >>> found.low, found.high
        (Decimal('0.153909'), Decimal('0.592189'))
    """
    if not (0 <= count <= of <= _MOST and 0 < level < 1):
        message = "a share is a count from 0 to a number of trials, and a level lies between 0 and 1"
        raise InputError(message)
    tail = float((1 - level) / 2)
    low = 0.0 if count == 0 else _quantile(tail, count, of - count + 1)
    high = 1.0 if count == of else _quantile(1 - tail, count + 1, of - count)
    return Proportion(
        count=count,
        of=of,
        low=max(Decimal(0), Decimal(low - _SLACK).quantize(_PLACES, ROUND_FLOOR)),
        high=min(Decimal(1), Decimal(high + _SLACK).quantize(_PLACES, ROUND_CEILING)),
    )


_MOST = 1_000_000_000
_SLACK = 1e-9
"""More than the error of the arithmetic, and a thousandth of the last place that is shown."""


def _quantile(wanted: float, a: int, b: int) -> float:
    """Where the beta distribution has this much below it."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _beta_below(middle, a, b) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


_STEPS = 40
"""Halvings of the unit interval: to a billionth of a thousandth."""


def _beta_below(x: float, a: int, b: int) -> float:
    """The regularized incomplete beta function, for 0 < x < 1."""
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast only below the mean
        return 1 - _beta_below(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) * _fraction(x, a, b) / a


def _fraction(x: float, a: int, b: int) -> float:
    """The continued fraction of the incomplete beta function, by the method of Lentz."""
    upper, lower = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    found = lower
    step = 0
    while True:
        step += 1
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        before = found
        for term in (even, odd):
            upper = _away_from_zero(1 + term / upper)
            lower = 1 / _away_from_zero(1 + term * lower)
            found *= upper * lower
        if math.isclose(found, before, rel_tol=_CLOSE):
            return found


_CLOSE = 1e-13


def _away_from_zero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY


_TINY = 1e-300
