"""
The dose that an order contains for a session, within its limits. Nothing here chooses a dose.

Doses are Decimal and rounded down to what can be dispensed, so rounding never adds anything. No function converts a
dose from one route to another; there is none in this library.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

from ketaprogram._time import add_period
from ketaprogram.errors import LimitError, OrderError
from ketaprogram.facts.catalog import catalog
from ketaprogram.protocol.model import Dose, FixedDose, WeightBasedDose

if TYPE_CHECKING:
    from datetime import date

    from ketaprogram.protocol.model import DoseStep, Order, Protocol
    from ketaprogram.quantity import Quantity

__all__ = ["dose_for"]


def dose_for(
    order: Order,
    protocol: Protocol,
    session: int,
    *,
    on: date,
    weight: Quantity | None = None,
    weighed_on: date | None = None,
) -> Dose:
    """
    The dose of one session of an order.

    Args:
        order: The signed order.
        protocol: Its template, for the ceiling and the infusion time.
        session: Number of the session, from 1 to the number that the order authorises.
        on: The day of the session.
        weight: Body weight, for a dose that goes by weight.
        weighed_on: When the person was weighed; a weight past the shelf life of ``person.weight`` is not used.

    Returns:
        Milligrams rounded down to what can be dispensed, never above the order's maximum and the template's ceiling,
        and how they came about.

    Raises:
        OrderError: The template is another one than the order's.
        LimitError: The session or the day is not authorised, a new weight is needed, or nothing is left to dispense.

    Source:
        rep.iv_dose: 0.5 mg/kg for 70 kg over 40 minutes is 35 mg, 0.875 mg/min.
    """
    if (order.protocol, order.protocol_version) != (protocol.id, protocol.version):
        message = "the order was signed on another protocol, or on another version of it"
        raise OrderError(message)
    if not 1 <= session <= order.sessions:
        message = f"session {session} is not among the {order.sessions} that the order authorises"
        raise LimitError(message)
    if not order.valid_from <= on <= order.valid_until:
        message = f"the order is not valid on the day of session {session}"
        raise LimitError(message)
    step = max((each for each in order.doses if each.from_session <= session), key=lambda each: each.from_session)
    kilograms = _kilograms(step, on, weight, weighed_on)
    ordered = _ordered_mg(step, kilograms)
    limits = {"order-maximum": order.maximum_mg, "protocol-ceiling": _ceiling(protocol, kilograms)}
    reached = {name: limit for name, limit in limits.items() if limit is not None and limit < ordered}
    limited_by = min(reached, key=lambda name: reached[name], default=None)
    mg = _rounded_down(ordered if limited_by is None else reached[limited_by], order.increment_mg)
    if mg <= 0:
        message = "the dose is smaller than what can be dispensed"
        raise LimitError(message)
    minutes = protocol.infusion_minutes
    rate = None if minutes is None else _EXACT.divide(mg, Decimal(minutes)).quantize(_THOUSANDTH, context=_EXACT)
    return Dose(
        session=session,
        mg=mg,
        mg_per_kg=step.mg_per_kg if isinstance(step, WeightBasedDose) else None,
        unrounded_mg=ordered,
        limited_by=limited_by,  # type: ignore[arg-type]  # one of the two names
        infusion_minutes=minutes,
        mg_per_min=rate,
    )


def _kilograms(step: DoseStep, on: date, weight: Quantity | None, weighed_on: date | None) -> Decimal | None:
    if isinstance(step, FixedDose):
        return None
    life = catalog().shelf_life("person.weight")
    if weight is None or weighed_on is None or life is None:
        message = "the dose goes by weight: a body weight with its date is needed"
        raise LimitError(message)
    last_day = add_period(weighed_on, int(life.value), life.unit)  # type: ignore[arg-type]  # a calendar unit
    if not weighed_on <= on <= last_day:
        message = f"the body weight is older than {life}, or of a later day: a new one is needed"
        raise LimitError(message)
    return weight.to("kg").value


def _ordered_mg(step: DoseStep, kilograms: Decimal | None) -> Decimal:
    if isinstance(step, FixedDose) or kilograms is None:
        return step.mg if isinstance(step, FixedDose) else Decimal(0)
    # Rounded down at the twelfth decimal, where a document ends, long before anything can be dispensed.
    return _DOWN.multiply(step.mg_per_kg, kilograms).quantize(_LAST_DECIMAL, context=_DOWN)


def _ceiling(protocol: Protocol, kilograms: Decimal | None) -> Decimal | None:
    limits = [protocol.ceiling_mg] if protocol.ceiling_mg is not None else []
    if protocol.ceiling_mg_per_kg is not None and kilograms is not None:
        limits.append(_DOWN.multiply(protocol.ceiling_mg_per_kg, kilograms))
    return min(limits, default=None)


def _rounded_down(amount: Decimal, increment: Decimal) -> Decimal:
    steps = _DOWN.divide(amount, increment).to_integral_value(ROUND_FLOOR)
    return _DOWN.multiply(steps, increment)


_DOWN = Context(prec=50, rounding=ROUND_FLOOR)
_EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)
_THOUSANDTH = Decimal("0.001")
_LAST_DECIMAL = Decimal("0.000000000001")
