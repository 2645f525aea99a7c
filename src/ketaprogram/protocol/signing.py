"""
From a clearance and a template to a signed order.

The prescriber says what may be given. The template only says what it must not exceed; it never fills in a dose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.documents import digest
from ketaprogram.errors import OrderError
from ketaprogram.protocol.model import FixedDose, Order, WeightBasedDose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from decimal import Decimal

    from ketaprogram.protocol.model import DoseStep, Protocol, ProtocolDose
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
    increment_mg: Decimal,
    sessions: int,
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
        increment_mg: The amount in which the product can be dispensed.
        sessions: How many sessions are authorised.
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
        *_dose_refusals(protocol, doses, maximum_mg, increment_mg),
        *_count_refusals(protocol, sessions),
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
        increment_mg=increment_mg,
        sessions=sessions,
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
    protocol: Protocol, doses: tuple[DoseStep, ...], maximum_mg: Decimal, increment_mg: Decimal
) -> Iterator[str]:
    starts = [step.from_session for step in doses]
    if not starts or starts[0] != 1 or starts != sorted(set(starts)):
        yield "the doses do not start at session 1 and go up"
    if increment_mg <= 0 or maximum_mg < increment_mg:
        yield "nothing that can be dispensed is within the maximum"
    if protocol.increment_mg is not None and increment_mg != protocol.increment_mg:
        yield "the product comes in another amount than the order says"
    if protocol.ceiling_mg is not None and maximum_mg > protocol.ceiling_mg:
        yield "the maximum is above the protocol's ceiling"
    for step in doses:
        yield from _step_refusals(protocol, step, maximum_mg)


def _step_refusals(protocol: Protocol, step: DoseStep, maximum_mg: Decimal) -> Iterator[str]:
    where = f"the dose from session {step.from_session}"
    published = _published(protocol, step.from_session)
    match step:
        case WeightBasedDose(mg_per_kg=amount):
            if protocol.setting == "home" or published is None or published.mg_per_kg is None:
                yield f"{where} goes by weight, which this protocol does not"
            if amount <= 0:
                yield f"{where} is nothing"
            if protocol.ceiling_mg_per_kg is not None and amount > protocol.ceiling_mg_per_kg:
                yield f"{where} is above the protocol's ceiling"
        case FixedDose(mg=amount):
            if amount <= 0:
                yield f"{where} is nothing"
            if amount > maximum_mg or (protocol.ceiling_mg is not None and amount > protocol.ceiling_mg):
                yield f"{where} is above the maximum"
            if published is not None and amount not in published.mg:
                yield f"{where} is not one that the protocol gives at that session"


def _count_refusals(protocol: Protocol, sessions: int) -> Iterator[str]:
    if any(phase.then_every_days for phase in protocol.phases):
        return
    total = sum(len(phase.days) for phase in protocol.phases)
    if sessions > total:
        yield f"the protocol has {total} sessions and the order more"


def _published(protocol: Protocol, session: int) -> ProtocolDose | None:
    return max(
        (each for each in protocol.doses if each.from_session <= session),
        key=lambda each: each.from_session,
        default=None,
    )
