"""
Reliable change and clinical cut-offs, by Jacobson and Truax (1991).

A change is reliable if it is more than the instrument's own error would bring about by chance. The cut-offs say where
a person leaves the range of people who are ill. Everything is worked out exactly; only what is shown is rounded.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import frozen

from ketaprogram.errors import InputError
from ketaprogram.outcomes.instruments import statistics

if TYPE_CHECKING:
    from typing import Literal

__all__ = ["ClinicalCutoffs", "clinical_cutoffs", "is_reliable", "reliable_change_index", "reliable_change_points"]


@frozen(kw_only=True)
class ClinicalCutoffs:
    """
    Where a person leaves the range of people who are ill, in points of the instrument.

    Args:
        a: Two standard deviations from the mean of people who are ill, towards the better.
        b: Two standard deviations from the mean of people who are well, towards the worse; None without their norms.
        c: Where both are equally likely, by their means and standard deviations; None without the norms of the well.
    """

    a: Decimal
    b: Decimal | None
    c: Decimal | None


def reliable_change_index(
    before: int | Decimal, after: int | Decimal, *, standard_deviation: Decimal, reliability: Decimal
) -> Decimal:
    """
    The difference in units of its own standard error: ``(after - before) / (SD x sqrt(1 - r) x sqrt(2))``.

    Args:
        before: The first total.
        after: The later total.
        standard_deviation: Standard deviation at the baseline; above 0.
        reliability: Reliability of the instrument; at least 0 and below 1. Say which one it is: test-retest and alpha
            give different answers.

    Returns:
        The index to 28 digits. It is reliable beyond 1.96 in either direction; `is_reliable` decides that exactly.

    Raises:
        InputError: The standard deviation or the reliability is out of range.

    Source:
        rep.rci_formula; rep.rci_jt is the example.

    Example:
        >>> found = reliable_change_index(
        ...     Decimal("32.5"), Decimal("47.5"), standard_deviation=Decimal("7.5"), reliability=Decimal("0.80")
        ... )
        >>> round(found, 3)
        Decimal('3.162')
    """
    return _EXACT.divide(Decimal(after) - Decimal(before), _error_of_difference(standard_deviation, reliability))


def is_reliable(difference: int | Decimal, *, standard_deviation: Decimal, reliability: Decimal) -> bool:
    """
    Whether a difference, in either direction, is more than chance: the index is beyond 1.96.

    Raises:
        InputError: The standard deviation or the reliability is out of range.

    Source:
        rep.rci_formula.
    """
    _check(standard_deviation, reliability)
    critical = Fraction(statistics().critical)
    variance = 2 * Fraction(standard_deviation) ** 2 * (1 - Fraction(reliability))
    return Fraction(difference) ** 2 > critical**2 * variance


def reliable_change_points(*, standard_deviation: Decimal, reliability: Decimal) -> Decimal:
    """
    The change in points beyond which a change is reliable, to 28 digits.

    Raises:
        InputError: The standard deviation or the reliability is out of range.

    Source:
        rep.rci_formula; rep.rci_phq9 is the example.

    Example:
        >>> round(reliable_change_points(standard_deviation=Decimal("5.5"), reliability=Decimal("0.84")), 3)
        Decimal('6.098')
    """
    return _EXACT.multiply(statistics().critical, _error_of_difference(standard_deviation, reliability))


def clinical_cutoffs(
    ill: tuple[Decimal, Decimal],
    well: tuple[Decimal, Decimal] | None = None,
    *,
    direction: Literal["higher-worse", "higher-better"],
) -> ClinicalCutoffs:
    """
    The cut-offs a, b and c between people who are ill and people who are well.

    Args:
        ill: Mean and standard deviation of people who are ill.
        well: Mean and standard deviation of people who are well, if they are known.
        direction: Whether more is worse.

    Unknowns:
        Without the norms of people who are well there are no b and c; a alone is the least strict of the three where
        the two populations overlap.

    Raises:
        InputError: Both standard deviations are 0.

    Source:
        JT91.

    Example:
        >>> found = clinical_cutoffs(
        ...     (Decimal("35.48"), Decimal("8.16")), (Decimal(8), Decimal(8)), direction="higher-worse"
        ... )
        >>> round(found.c, 1)
        Decimal('21.6')
    """
    spread = statistics().standard_deviations
    better = -1 if direction == "higher-worse" else 1
    mean, deviation = ill
    a = mean + better * spread * deviation
    if well is None:
        return ClinicalCutoffs(a=a, b=None, c=None)
    well_mean, well_deviation = well
    together = deviation + well_deviation
    if together == 0:
        message = "both standard deviations are 0"
        raise InputError(message)
    between = _EXACT.divide(well_deviation * mean + deviation * well_mean, together)
    return ClinicalCutoffs(a=a, b=well_mean - better * spread * well_deviation, c=between)


def _error_of_difference(standard_deviation: Decimal, reliability: Decimal) -> Decimal:
    _check(standard_deviation, reliability)
    return _EXACT.multiply(standard_deviation, _EXACT.sqrt(2 * (1 - reliability)))


def _check(standard_deviation: Decimal, reliability: Decimal) -> None:
    if standard_deviation <= 0 or not 0 <= reliability < 1:
        message = "a standard deviation is above 0, a reliability at least 0 and below 1"
        raise InputError(message)


_EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN)
