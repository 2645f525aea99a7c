"""
The exact interval of a proportion, by Clopper and Pearson.

It covers the true proportion at least as often as it says, for every number of trials, small ones above all.
"""

from __future__ import annotations

from math import exp, lgamma, log
from typing import TYPE_CHECKING

from ketaprogram.errors import InputError

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

__all__ = ["binomial_interval"]


def binomial_interval(successes: int, trials: int, confidence: Fraction | Decimal) -> tuple[float, float]:
    """
    The exact (Clopper-Pearson) interval of a binomial proportion.

    Args:
        successes: How many trials succeeded; 0 to `trials`.
        trials: How many trials there were; 0 gives the whole range.
        confidence: Above 0 and below 1, such as ``Decimal("0.95")``.

    Returns:
        The lower and the upper limit, from 0 to 1, each within 1e-12 of the exact one.

    Raises:
        InputError: A number is out of range.

    Source:
        Clopper CJ, Pearson ES. Biometrika 1934;26:404-413.

    Example:
        >>> from decimal import Decimal
        >>> [round(limit, 4) for limit in binomial_interval(3, 20, Decimal("0.95"))]
        [0.0321, 0.3789]
    """
    if not 0 <= successes <= trials or not 0 < confidence < 1:
        message = "successes lie between 0 and the trials, a confidence between 0 and 1"
        raise InputError(message)
    beyond = float(1 - confidence) / 2
    low = 0.0 if successes == 0 else _where(successes, trials, beyond)
    high = 1.0 if successes == trials else 1.0 - _where(trials - successes, trials, beyond)
    return low, high


def _where(successes: int, trials: int, probability: float) -> float:
    """The proportion at which so many successes, or more, come up with this probability."""
    low, high = 0.0, 1.0
    while high - low > _CLOSE:
        middle = (low + high) / 2
        if _at_least(successes, trials, middle) < probability:
            low = middle
        else:
            high = middle
    return low


def _at_least(successes: int, trials: int, proportion: float) -> float:
    """The probability of so many successes or more: the regularized incomplete beta function."""
    a, b = successes, trials - successes + 1
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(proportion) + b * log(1 - proportion))
    if proportion * (a + b + 2) < a + 1:
        return front * _fraction(a, b, proportion) / a
    return 1.0 - front * _fraction(b, a, 1 - proportion) / b


def _fraction(a: int, b: int, x: float) -> float:
    """The continued fraction of the incomplete beta function, by the method of Lentz; quick below the mean."""
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1))
    found = d
    step, change = 0, 0.0
    while abs(change - 1.0) > _CLOSE:
        step += 1
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        d, c = 1.0 / (1.0 + even * d), 1.0 + even / c
        found *= d * c
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        d, c = 1.0 / (1.0 + odd * d), 1.0 + odd / c
        change = d * c
        found *= change
    return found


_CLOSE = 1e-14
