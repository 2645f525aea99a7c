"""Amounts: exact within a dimension, refused across dimensions."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ketaprogram.errors import UnitError
from ketaprogram.quantity import UNITS, Quantity, compatible

units = st.sampled_from(sorted(UNITS))
numbers = st.decimals(-(10**6), 10**6, places=4, allow_nan=False)


def exact(amount: Quantity) -> Fraction:
    return Fraction(amount.value) * UNITS[amount.unit][1]


@given(numbers, units, units)
def test_conversion_is_exact_or_refused(number: Decimal, unit: str, other: str) -> None:
    amount = Quantity(number, unit)
    converted = None
    with suppress(UnitError):
        converted = amount.to(other)
    if converted is not None:
        assert compatible(unit, other)
        assert exact(converted) == exact(amount)


@given(numbers, units, numbers, units)
def test_unlike_units_never_add_or_compare(number: Decimal, unit: str, more: Decimal, other: str) -> None:
    assume(not compatible(unit, other))
    left, right = Quantity(number, unit), Quantity(more, other)
    for operation in ("__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"):
        with pytest.raises(UnitError) as caught:
            getattr(left, operation)(right)
        assert f"{unit} and {other}" in str(caught.value) or f"{other} and {unit}" in str(caught.value)
    assert left != right


@given(numbers, numbers, st.sampled_from(["kg", "g", "mg", "ug"]), st.sampled_from(["kg", "g", "mg", "ug"]))
def test_order_and_sums_follow_the_exact_amounts(number: Decimal, more: Decimal, unit: str, other: str) -> None:
    left, right = Quantity(number, unit), Quantity(more, other)
    assert (left < right, left <= right) == (exact(left) < exact(right), exact(left) <= exact(right))
    assert (left > right, left >= right) == (exact(left) > exact(right), exact(left) >= exact(right))
    assert (left == right) == (exact(left) == exact(right))
    assert exact(left + right) == exact(left) + exact(right)
    assert exact(left - right) == exact(left) - exact(right)
    if left == right:
        assert hash(left) == hash(right)


@given(numbers, units)
def test_the_ambient_decimal_context_changes_nothing(number: Decimal, unit: str) -> None:
    with localcontext() as context:
        context.prec = 2
        doubled = Quantity(number, unit) + Quantity(number, unit)
    assert doubled == Quantity(number * 2, unit)


@pytest.mark.parametrize("number", [1.5, True, "1", None])
def test_only_decimals_and_integers_are_amounts(number: object) -> None:
    with pytest.raises(TypeError, match="Decimal or an int"):
        Quantity(number, "mg")  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_an_amount_is_finite(number: str) -> None:
    with pytest.raises(UnitError, match="finite"):
        Quantity(Decimal(number), "mg")


def test_an_unknown_unit_names_the_nearest() -> None:
    with pytest.raises(UnitError, match=r"mm\[Hg\]"):
        Quantity(1, "mmHg]")


def test_a_week_of_days_has_no_finite_decimal() -> None:
    with pytest.raises(UnitError, match="no finite decimal"):
        Quantity(5, "d").to("wk")


def test_amounts_print_plainly() -> None:
    assert str(Quantity(Decimal("1E+3"), "mg")) == "1000 mg"
    assert Quantity(1, "mg") != "1 mg"
    assert Quantity(1, "g").dimension == "mass"
