"""
Options for the next dose: hold, step up, step down. Never applies anything, and never works out a dose.

A step leads to the next amount that the template publishes at that point of the course, or, where it publishes none,
that the order has itself. Where neither has one, the option carries no amount: the prescriber names it in a new order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.maintenance.offering import Figures, NoFigures, advise, base_rulebook, listed_options
from ketaprogram.maintenance.tracing import step_of
from ketaprogram.protocol.coursing import check_template
from ketaprogram.protocol.model import WeightBasedDose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.facts.model import FactSet
    from ketaprogram.maintenance.model import Advice
    from ketaprogram.protocol.model import DoseStep, Order, Protocol
    from ketaprogram.rules.model import Rulebook

__all__ = ["titration_options"]


def titration_options(
    facts: FactSet,
    order: Order,
    protocol: Protocol,
    as_of: datetime,
    *,
    step: int,
    rulebook: Rulebook | None = None,
    rulebooks: Mapping[str, Rulebook] | None = None,
    known: Catalog | None = None,
) -> Advice:
    """
    Options for the dose of the next order.

    Args:
        facts: The facts ``course.*``, as `course_facts` makes them.
        order: The order as it stands; its dose at ``step`` is the present one.
        protocol: Its template, for the doses that it publishes and its ceilings.
        as_of: The instant of the question, with its offset.
        step: The step of the course that comes next, 1 or more.
        rulebook: What speaks against going on; the one that ships for the order's setting if not given.
        rulebooks: A clinic's own rulebooks by the name of the option: in place of ours, or as one more option.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        As `advise_maintenance`. A step leads to the next amount among the doses that the template publishes at
        ``step``, or among the order's own where it publishes none; never above the template's ceiling nor the order's
        maximum. A maximum in milligrams does not limit a dose by weight here; it does when the dose is worked out.

    Unknowns:
        While it is not known how the present dose is tolerated, neither a step nor a hold is offered.

    Raises:
        OrderError: The template is another one than the order's.
        TypeError: ``as_of`` has no offset.

    Source:
        prot.spravato_mdsi, mis.seed_pattern, om.early_nonresponse_default; the template's own citations for its doses.
    """
    check_template(order, protocol)
    present = step_of(order, step)
    published = _published(protocol, present, step)
    amounts = published or tuple(_amount(each) for each in order.doses if each.kind == present.kind)
    allowed = [each for each in amounts if _is_within(each, present, order, protocol)]

    def figures(name: str) -> Figures | NoFigures:
        match name:
            case "hold":
                return _figures(_amount(present), present, protocol)
            case "step-up":
                higher = [each for each in allowed if each > _amount(present)]
                return _step(min(higher, default=None), present, protocol, is_published=bool(published))
            case "step-down":
                lower = [each for each in allowed if each < _amount(present)]
                return _step(max(lower, default=None), present, protocol, is_published=bool(published))
            case _:
                return Figures()

    return advise(
        "dose",
        facts,
        as_of,
        base=rulebook or base_rulebook(order),
        options=listed_options("dose", rulebooks),
        figures=figures,
        known=known,
    )


def _published(protocol: Protocol, present: DoseStep, step: int) -> tuple[Decimal, ...]:
    """The doses that the template publishes at a step, of the same kind as the present one."""
    reached = [each for each in protocol.doses if each.from_session <= step]
    if not reached:
        return ()
    found = max(reached, key=lambda each: each.from_session)
    return found.mg_per_kg if isinstance(present, WeightBasedDose) else found.mg


def _amount(step: DoseStep) -> Decimal:
    return step.mg_per_kg if isinstance(step, WeightBasedDose) else step.mg


def _is_within(amount: Decimal, present: DoseStep, order: Order, protocol: Protocol) -> bool:
    if isinstance(present, WeightBasedDose):
        return protocol.ceiling_mg_per_kg is None or amount <= protocol.ceiling_mg_per_kg
    return amount <= order.maximum_mg and (protocol.ceiling_mg is None or amount <= protocol.ceiling_mg)


def _step(amount: Decimal | None, present: DoseStep, protocol: Protocol, *, is_published: bool) -> Figures | NoFigures:
    if amount is not None:
        return _figures(amount, present, protocol)
    if is_published:
        return NoFigures("Within its limits, the template publishes no such dose at this point of the course.")
    reason = "Neither template nor order has such a dose: the prescriber names it."
    return Figures(reasons=(reason,), citations=protocol.citations)


def _figures(amount: Decimal, present: DoseStep, protocol: Protocol) -> Figures:
    if isinstance(present, WeightBasedDose):
        return Figures(mg_per_kg=amount, citations=protocol.citations)
    return Figures(mg=amount, citations=protocol.citations)
