"""
Amounts with a unit of measure.

A `Quantity` is a Decimal or integer number and a UCUM unit from a closed list. Amounts of one dimension convert
exactly and compare across units; anything else raises `UnitError`, so that milligrams are never added to millilitres.
"""

from __future__ import annotations

from decimal import Context, Decimal, DecimalException, Inexact
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import field, frozen

from ketaprogram.errors import UnitError
from ketaprogram.issues import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["UNITS", "Quantity", "compatible"]

# UCUM code -> (dimension, exact size in the dimension's base unit). Months and years are calendar units: no exact
# number of days makes one, so they are a dimension of their own. Celsius has no zero that scales, so it converts to
# nothing.
UNITS: Mapping[str, tuple[str, Fraction]] = {
    "kg": ("mass", Fraction(1000)),
    "g": ("mass", Fraction(1)),
    "mg": ("mass", Fraction(1, 1000)),
    "ug": ("mass", Fraction(1, 1_000_000)),
    "[lb_av]": ("mass", Fraction("453.59237")),
    "mg/kg": ("mass per body mass", Fraction(1)),
    "ug/kg": ("mass per body mass", Fraction(1, 1000)),
    "L": ("volume", Fraction(1000)),
    "mL": ("volume", Fraction(1)),
    "mg/mL": ("concentration", Fraction(1)),
    "mg/d": ("mass per time", Fraction(1)),
    "mg/min": ("mass flow", Fraction(1)),
    "mL/h": ("volume flow", Fraction(1)),
    "mm[Hg]": ("pressure", Fraction(1)),
    "/min": ("rate", Fraction(1)),
    "%": ("fraction", Fraction(1)),
    "Cel": ("temperature", Fraction(1)),
    "m": ("length", Fraction(100)),
    "cm": ("length", Fraction(1)),
    "[in_i]": ("length", Fraction("2.54")),
    "kg/m2": ("body mass index", Fraction(1)),
    "mL/min/{1.73_m2}": ("filtration rate", Fraction(1)),
    "s": ("time", Fraction(1)),
    "min": ("time", Fraction(60)),
    "h": ("time", Fraction(3600)),
    "d": ("time", Fraction(86_400)),
    "wk": ("time", Fraction(604_800)),
    "mo": ("calendar time", Fraction(1)),
    "a": ("calendar time", Fraction(12)),
    "1": ("count", Fraction(1)),
    "{score}": ("score", Fraction(1)),
    "{session}": ("sessions", Fraction(1)),
    "{dose}": ("doses", Fraction(1)),
}

_EXACT = Context(prec=60, traps=[Inexact])


def _plain(value: Decimal | int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        message = "a quantity is a Decimal or an int; binary floats do not hold decimal amounts exactly"
        raise TypeError(message)
    number = Decimal(value)
    if not number.is_finite():
        message = "a quantity is finite"
        raise UnitError(message)
    return number


def _unit_known(_instance: object, _attribute: object, unit: str) -> None:
    if unit not in UNITS:
        message = f"a unit outside the closed list of UCUM units. {nearest(unit, UNITS)}".rstrip()
        raise UnitError(message)


@frozen(order=False, eq=False)
class Quantity:
    """
    An amount: a finite Decimal (an int becomes one) and a UCUM unit of the closed list `UNITS`.

    Amounts of one dimension add, subtract and order; unlike dimensions raise `UnitError` naming both units.
    Two equal amounts in different units are equal and hash alike: 1 g is 1000 mg. Unlike amounts are never equal.

    Raises:
        UnitError: The unit is not in the list, or the number is not finite.
        TypeError: The number is a float or a bool.

    Example:
        >>> Quantity(1, "g") == Quantity(1000, "mg")
        True
        >>> print(Quantity(70, "kg").to("g"))
        70000 g
        >>> Quantity(5, "mg") + Quantity(1, "mL")
        Traceback (most recent call last):
            ...
        ketaprogram.errors.UnitError: mL and mg are unlike units: volume and mass
    """

    value: Decimal = field(converter=_plain)
    unit: str = field(validator=_unit_known)

    @property
    def dimension(self) -> str:
        """What is measured, in words."""
        return UNITS[self.unit][0]

    def to(self, unit: str) -> Quantity:
        """
        The same amount in another unit of the same dimension, exactly.

        Raises:
            UnitError: Unlike units, or the amount has no finite decimal in the other unit (1 d in wk).
        """
        self._same_dimension(unit)
        base = self._base() / UNITS[unit][1]
        try:
            number = _EXACT.divide(Decimal(base.numerator), Decimal(base.denominator))
        except DecimalException:
            message = f"the amount has no finite decimal when {self.unit} is converted to {unit}"
            raise UnitError(message) from None
        whole = number == number.to_integral_value()
        return Quantity(_EXACT.quantize(number, Decimal(1)) if whole else number, unit)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(_EXACT.add(self.value, other.to(self.unit).value), self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(_EXACT.subtract(self.value, other.to(self.unit).value), self.unit)

    def __lt__(self, other: Quantity) -> bool:
        return self._base() < other._in_dimension_of(self)

    def __le__(self, other: Quantity) -> bool:
        return self._base() <= other._in_dimension_of(self)

    def __gt__(self, other: Quantity) -> bool:
        return self._base() > other._in_dimension_of(self)

    def __ge__(self, other: Quantity) -> bool:
        return self._base() >= other._in_dimension_of(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.dimension == other.dimension and self._base() == other._base()

    def __hash__(self) -> int:
        return hash((self.dimension, self._base()))

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}"

    def _base(self) -> Fraction:
        return Fraction(self.value) * UNITS[self.unit][1]

    def _in_dimension_of(self, other: Quantity) -> Fraction:
        other._same_dimension(self.unit)
        return self._base()

    def _same_dimension(self, unit: str) -> None:
        _unit_known(self, None, unit)
        if not compatible(self.unit, unit):
            message = f"{self.unit} and {unit} are unlike units: {self.dimension} and {UNITS[unit][0]}"
            raise UnitError(message)


def compatible(unit: str, other: str) -> bool:
    """
    Whether two units of the closed list measure the same dimension.

    Example:
        >>> compatible("kg", "mg"), compatible("mo", "d")
        (True, False)
    """
    return UNITS[unit][0] == UNITS[other][0]
