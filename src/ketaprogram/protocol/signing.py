"""
From a clearance and a template to a signed order.

The prescriber says what may be given. The template only says what it must not exceed; it never fills in a dose.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING

from ketaprogram.documents import digest
from ketaprogram.errors import OrderError
from ketaprogram.protocol.model import FixedDose, Order, Units

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from ketaprogram.protocol.model import DoseStep, Product, Protocol, ProtocolDose
    from ketaprogram.screening.model import Clearance, Role

__all__ = ["sign_order"]


def sign_order(  # noqa: PLR0913  # an order says that much
    protocol: Protocol,
    clearance: Clearance,
    *,
    id: str,  # noqa: A002  # the member's own name
    person: str,
    doses: tuple[DoseStep, ...],
    maximum_mg: Decimal,
    product: Product,
    sessions: int,
    interval_days: int | None = None,
    valid_from: date,
    valid_until: date,
    prescriber: str,
    role: Role,
    signed_at: datetime,
) -> Order:
    """
    Sign an order on a protocol template.

    Args:
        protocol: The template; its ceilings, choices and setting bind.
        clearance: The clinician's decision to proceed.
        id: Id of the order.
        person: Id of the person in the caller's system.
        doses: What may be given, from which session on; the first step starts at session 1.
        maximum_mg: Never more than this per administration.
        product: What is dispensed: a solution that is measured, or units that are counted.
        sessions: How many sessions are authorised.
        interval_days: The distance of sessions in the phases that leave the choice, one of those that the template
            gives; None is the template's target.
        valid_from: First day on which a session may be.
        valid_until: Last day on which a session may be.
        prescriber: Name of the prescriber.
        role: The prescriber's role.
        signed_at: When it is signed, not before the clearance.

    Raises:
        OrderError: The clearance or the template does not permit it; the message names every reason.

    Source:
        The template's own citations for its limits.
    """
    refusals = [
        *_clearance_refusals(protocol, clearance, valid_from, valid_until, signed_at),
        *_dose_refusals(protocol, doses, maximum_mg, product),
        *_count_refusals(protocol, sessions, interval_days),
    ]
    if refusals:
        message = "the order cannot be signed: " + "; ".join(refusals)
        raise OrderError(message)
    return Order(
        id=id,
        person=person,
        protocol=protocol.id,
        protocol_version=protocol.version,
        clearance_digest=digest(clearance),
        agent=protocol.agent,
        route=protocol.route,
        setting=protocol.setting,
        doses=doses,
        maximum_mg=maximum_mg,
        product=product,
        sessions=sessions,
        interval_days=interval_days,
        valid_from=valid_from,
        valid_until=valid_until,
        titration="by-order-steps" if len(doses) > 1 else "none",
        prescriber=prescriber,
        role=role,
        signed_at=signed_at,
    )


def _clearance_refusals(
    protocol: Protocol, clearance: Clearance, valid_from: date, valid_until: date, signed_at: datetime
) -> Iterator[str]:
    if clearance.decision != "proceed":
        yield "the clearance does not say proceed"
    if clearance.setting != protocol.setting:
        yield f"the clearance is for {clearance.setting or 'no setting'} and the protocol for {protocol.setting}"
    if clearance.signed_at > signed_at:
        yield "the clearance is signed after the order"
    if protocol.agent == "esketamine" and protocol.setting == "home":
        yield "esketamine is never for home use"
    for override in clearance.overrides:
        if override.expires_on < valid_from:
            yield f"the override of {override.criterion} has expired by the first day"
    if valid_until < valid_from:
        yield "it ends before it begins"
    if valid_from < protocol.effective_from or (protocol.effective_until or valid_from) < valid_from:
        yield "the protocol is not in effect on the first day"


def _dose_refusals(
    protocol: Protocol, doses: tuple[DoseStep, ...], maximum_mg: Decimal, product: Product
) -> Iterator[str]:
    starts = [step.from_session for step in doses]
    if not starts or starts[0] != 1 or starts != sorted(set(starts)):
        yield "the doses do not start at session 1 and go up"
    if protocol.ceiling_mg is not None and maximum_mg > protocol.ceiling_mg:
        yield "the maximum is above the protocol's ceiling"
    smallest = _smallest_mg(product)
    if smallest is None:
        yield "the product has no amount, or one too small to be written down"
    elif maximum_mg < smallest:
        yield "nothing that can be dispensed is within the maximum"
    if protocol.increment_mg is not None and smallest != protocol.increment_mg:
        yield "the product comes in another amount than the protocol says"
    for step in doses:
        yield from _step_refusals(protocol, step, maximum_mg)
        if (
            protocol.setting == "home"
            and isinstance(step, FixedDose)
            and smallest
            and _EXACT.remainder(step.mg, smallest)
        ):
            yield f"the dose from session {step.from_session} cannot be dispensed exactly"


def _smallest_mg(product: Product) -> Decimal | None:
    """The smallest amount that a product can be measured or counted in; None if a document cannot hold it."""
    if isinstance(product, Units):
        amount = product.mg_per_unit
    elif product.mg_per_ml > 0 and product.step_ml > 0:
        amount = _EXACT.multiply(product.mg_per_ml, product.step_ml)
    else:
        return None
    return amount if amount > 0 and amount == amount.quantize(_LAST_DECIMAL, context=_DOWN) else None


def _step_refusals(protocol: Protocol, step: DoseStep, maximum_mg: Decimal) -> Iterator[str]:
    """What speaks against one step: above a limit, or not among the published doses where the template has some."""
    where = f"the dose from session {step.from_session}"
    published = _published(protocol, step.from_session)
    if isinstance(step, FixedDose):
        amount, ceiling = step.mg, protocol.ceiling_mg
        choices = published.mg if published else ()
        if amount > maximum_mg:
            yield f"{where} is above the maximum"
    else:
        amount, ceiling = step.mg_per_kg, protocol.ceiling_mg_per_kg
        choices = published.mg_per_kg if published else ()
        if protocol.setting == "home" or (not choices and (published is not None or ceiling is None)):
            yield f"{where} goes by weight, which this protocol does not"
    if amount <= 0:
        yield f"{where} is nothing"
    if ceiling is not None and amount > ceiling:
        yield f"{where} is above the protocol's ceiling"
    if published is not None and amount not in choices:
        yield f"{where} is not one that the protocol gives at that session"


def _count_refusals(protocol: Protocol, sessions: int, interval_days: int | None) -> Iterator[str]:
    counts = [phase.sessions for phase in protocol.phases]
    total = None if None in counts else sum(each or 0 for each in counts)
    limits = [each for each in (total, protocol.sessions_in_all) if each is not None]
    if limits and sessions > min(limits):
        yield f"the protocol has {min(limits)} sessions and the order more"
    left = [phase.intervals_days for phase in protocol.phases if phase.intervals_days]
    if interval_days is not None and not left:
        yield "the protocol leaves no choice of the distance of sessions"
    elif interval_days is not None and not all(interval_days in each for each in left):
        yield "the distance of sessions is not one that the protocol gives"


def _published(protocol: Protocol, session: int) -> ProtocolDose | None:
    return max(
        (each for each in protocol.doses if each.from_session <= session),
        key=lambda each: each.from_session,
        default=None,
    )


_EXACT = Context(prec=100)
_DOWN = Context(prec=100, rounding=ROUND_FLOOR)
_LAST_DECIMAL = Decimal("0.000000000001")
