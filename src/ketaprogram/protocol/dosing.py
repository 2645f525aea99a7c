"""
The dose that an order contains for a session, within its limits. Nothing here chooses a dose.

Doses are Decimal and rounded down to what the product can measure or count, so rounding never adds anything. No
function converts a dose from one route to another; there is none in this library.
"""

from __future__ import annotations

import typing
from decimal import ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING, Literal, cast

from attrs import evolve

from ketaprogram._time import add_period
from ketaprogram.errors import LimitError
from ketaprogram.facts.catalog import catalog
from ketaprogram.protocol.coursing import check_template
from ketaprogram.protocol.model import Dose, FixedDose, Solution, Units, WeightBasedDose

if TYPE_CHECKING:
    from datetime import date

    from ketaprogram.protocol.model import DoseStep, Order, Protocol
    from ketaprogram.quantity import Quantity

__all__ = ["Occasion", "dose_for"]


class Occasion(typing.Protocol):
    """
    A session for which a dose is worked out, such as a planned visit.

    The dose follows ``step``, the step of the course, which falls back where the course does; what the order
    authorises follows ``number``, which never falls back.
    """

    @property
    def number(self) -> int:
        """Number of the session on the order, from 1."""

    @property
    def step(self) -> int:
        """Step of the course, from 1, never above ``number``."""

    @property
    def on(self) -> date:
        """Local date of the session."""


def dose_for(
    order: Order,
    protocol: Protocol,
    visit: Occasion,
    *,
    weight: Quantity | None = None,
    weighed_on: date | None = None,
    own_maximum_mg: Decimal | None = None,
) -> Dose:
    """
    The dose of one session of an order.

    A home dose is the order's own milligrams or none at all: where a limit or the product would change it, a new order
    is asked for.

    Args:
        order: The signed order.
        protocol: Its template, for the ceilings and the infusion time.
        visit: The session: a visit of the schedule, or anything with its ``number``, ``step`` and ``on``.
        weight: Body weight, for a dose or a ceiling that goes by weight.
        weighed_on: When the person was weighed; a weight past the shelf life of ``person.weight`` is not used.
        own_maximum_mg: The most that this person is to get, whatever the order says, in milligrams.

    Returns:
        Milligrams, never above the order's maximum, the template's ceilings and the person's own maximum, with volume
        or units, the rates of an infusion, and in ``working`` how each number came about.

    Unknowns:
        Without a weight that is fresh enough there is no dose where dose or ceiling goes by weight.

    Raises:
        OrderError: The template is another one than the order's.
        LimitError: The session or the day is not authorised, a new weight or a new order is needed, or nothing is left
            to dispense.

    Source:
        rep.iv_dose: 0.5 mg/kg for 70 kg over 40 minutes is 35 mg, 0.875 mg/min.
    """
    check_template(order, protocol)
    step = _step(order, visit)
    kilograms = _kilograms(step, protocol, visit.on, weight, weighed_on)
    ordered, words = _ordered(step, kilograms)
    limited_by, allowed = _within(order, protocol, kilograms, own_maximum_mg, ordered)
    if limited_by is not None:
        words = (*words, f"held to {_text(allowed)} mg by the {_LIMITS[limited_by]}")
    dose = Dose(
        session=visit.number,
        step=visit.step,
        mg=allowed,
        mg_per_kg=step.mg_per_kg if isinstance(step, WeightBasedDose) else None,
        unrounded_mg=ordered,
        limited_by=limited_by,
        working=words,
    )
    dose = _dispensed(dose, order.product)
    if dose.mg <= 0:
        message = "the dose is smaller than what can be dispensed"
        raise LimitError(message)
    if order.setting == "home" and dose.mg != ordered:
        message = "a home dose is never computed: what the order says cannot be given, a new order is needed"
        raise LimitError(message)
    return dose if protocol.infusion_minutes is None else _infused(dose, protocol.infusion_minutes)


_Limit = Literal["order-maximum", "protocol-ceiling", "own-maximum"]
_LIMITS: dict[_Limit, str] = {
    "order-maximum": "order's maximum",
    "protocol-ceiling": "protocol's ceiling",
    "own-maximum": "person's own maximum",
}


def _step(order: Order, visit: Occasion) -> DoseStep:
    """The step of the order's doses that a session has."""
    if not 1 <= visit.number <= order.sessions:
        message = f"session {visit.number} is not among the {order.sessions} that the order authorises"
        raise LimitError(message)
    if not order.valid_from <= visit.on <= order.valid_until:
        message = f"the order is not valid on the day of session {visit.number}"
        raise LimitError(message)
    begun = [each for each in order.doses if each.from_session <= visit.step]
    if visit.step > visit.number or not begun:
        message = f"the order has no dose for step {visit.step} in session {visit.number}"
        raise LimitError(message)
    return max(begun, key=lambda each: each.from_session)


def _kilograms(
    step: DoseStep, protocol: Protocol, on: date, weight: Quantity | None, weighed_on: date | None
) -> Decimal | None:
    """The weight in kilograms where dose or ceiling goes by it."""
    if isinstance(step, FixedDose) and protocol.ceiling_mg_per_kg is None:
        return None
    if weight is None or weighed_on is None:
        message = "the dose goes by weight: a body weight with its date is needed"
        raise LimitError(message)
    definition, life = catalog()["person.weight"], cast("Quantity", catalog().shelf_life("person.weight"))
    last_day = add_period(weighed_on, int(life.value), life.unit)  # type: ignore[arg-type]  # a calendar unit
    if not weighed_on <= on <= last_day:
        message = f"the body weight is older than {life}, or of a later day: a new one is needed"
        raise LimitError(message)
    kilograms = weight.to("kg").value
    if not cast("Decimal", definition.low) <= kilograms <= cast("Decimal", definition.high):
        message = "the body weight is not plausible: a new one is needed"
        raise LimitError(message)
    return kilograms


def _ordered(step: DoseStep, kilograms: Decimal | None) -> tuple[Decimal, tuple[str, ...]]:
    if isinstance(step, FixedDose) or kilograms is None:
        mg = step.mg if isinstance(step, FixedDose) else Decimal(0)
        return mg, (f"{_text(mg)} mg, as the order says from session {step.from_session}",)
    # Rounded down at the twelfth decimal, where a document ends, long before anything can be dispensed.
    mg = _DOWN.multiply(step.mg_per_kg, kilograms).quantize(_LAST_DECIMAL, context=_DOWN)
    return mg, (f"{_text(step.mg_per_kg)} mg/kg x {_text(kilograms)} kg = {_text(mg)} mg",)


def _within(
    order: Order, protocol: Protocol, kilograms: Decimal | None, own_maximum_mg: Decimal | None, ordered: Decimal
) -> tuple[_Limit | None, Decimal]:
    """The limit that holds a dose back, if one does, and what it leaves of it."""
    if own_maximum_mg is not None and not own_maximum_mg.is_finite():
        message = "the person's own maximum is not an amount"
        raise LimitError(message)
    limits: dict[_Limit, Decimal | None] = {
        "order-maximum": order.maximum_mg,
        "protocol-ceiling": _ceiling(protocol, kilograms),
        "own-maximum": own_maximum_mg,
    }
    lower = [(limit, name) for name, limit in limits.items() if limit is not None and limit < ordered]
    if not lower:
        return None, ordered
    limit, name = min(lower, key=lambda each: each[0])
    return name, limit


def _ceiling(protocol: Protocol, kilograms: Decimal | None) -> Decimal | None:
    limits = [protocol.ceiling_mg] if protocol.ceiling_mg is not None else []
    if protocol.ceiling_mg_per_kg is not None and kilograms is not None:
        by_weight = _DOWN.multiply(protocol.ceiling_mg_per_kg, kilograms)
        limits.append(by_weight.quantize(_LAST_DECIMAL, context=_DOWN))
    return min(limits, default=None)


def _dispensed(dose: Dose, product: Solution | Units) -> Dose:
    """The dose rounded down to what the product can measure or count."""
    match product:
        case Solution(mg_per_ml=strength, step_ml=step):
            steps = _DOWN.divide_int(dose.mg, _DOWN.multiply(strength, step))
            volume = _DOWN.multiply(steps, step)
            mg = _DOWN.multiply(volume, strength)
            words = (
                f"{_text(volume)} mL of {_text(strength)} mg/mL = {_text(mg)} mg, in whole steps of {_text(step)} mL"
            )
            return evolve(dose, mg=mg, volume_ml=volume, working=(*dose.working, words))
        case Units(unit=unit, mg_per_unit=each):
            units = _DOWN.divide_int(dose.mg, each)
            mg = _DOWN.multiply(units, each)
            words = f"{units} x {unit[:100]} of {_text(each)} mg = {_text(mg)} mg, whole ones only"
            return evolve(dose, mg=mg, units=int(units), working=(*dose.working, words))


def _infused(dose: Dose, minutes: int) -> Dose:
    """The dose with its rates, rounded down: an infusion may run a little longer, never faster."""
    per_minute = _DOWN.divide(dose.mg, Decimal(minutes)).quantize(_THOUSANDTH, context=_DOWN)
    words = [f"{_text(dose.mg)} mg over {minutes} min = {_text(per_minute)} mg/min, rounded down to 0.001"]
    per_hour = None
    if dose.volume_ml is not None:
        an_hour = _DOWN.multiply(dose.volume_ml, Decimal(_MINUTES_IN_HOUR))
        per_hour = _DOWN.divide(an_hour, Decimal(minutes)).quantize(_THOUSANDTH, context=_DOWN)
        volume = _text(dose.volume_ml)
        words.append(f"{volume} mL over {minutes} min = {_text(per_hour)} mL/h undiluted, rounded down to 0.001")
    return evolve(
        dose,
        infusion_minutes=minutes,
        mg_per_min=per_minute,
        ml_per_hour=per_hour,
        working=(*dose.working, *words),
    )


def _text(amount: Decimal) -> str:
    plain = f"{amount:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


_MINUTES_IN_HOUR = 60
_DOWN = Context(prec=100, rounding=ROUND_FLOOR)
_THOUSANDTH = Decimal("0.001")
_LAST_DECIMAL = Decimal("0.000000000001")
