"""
The gate before each shipment, and the shipment itself.

The gate is the rulebook ``shipment`` over facts of the record, the order and what somebody answers. Everything that
restricts, and everything that nobody knows, holds the shipment at once; a precaution too, since nobody would look at it
afterwards.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import attrs

from ketaprogram.documents import digest
from ketaprogram.errors import LimitError, RuleError
from ketaprogram.facts.catalog import catalog
from ketaprogram.rules import determine, load_rulebook
from ketaprogram.rules.comparing import diff
from ketaprogram.supply.clearing import Asked, blocks_of, settled
from ketaprogram.supply.gathering import first_minute, supply_facts
from ketaprogram.supply.model import Shipment
from ketaprogram.supply.recording import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.protocol.model import Order
    from ketaprogram.rules.model import Rulebook
    from ketaprogram.supply.gathering import Answers
    from ketaprogram.supply.model import Clearing, Fill, Supply

__all__ = ["can_ship", "dispense"]


def can_ship(
    supply: Supply,
    order: Order | None,
    *,
    units: int,
    on: date,
    answers: Answers,
    clearings: Iterable[Clearing] = (),
    rulebook: Rulebook | None = None,
    known: Catalog | None = None,
) -> Shipment:
    """
    Whether units may be shipped on a day, with every reason against it at once.

    Args:
        supply: The record, all that happened so far.
        order: The order that the prescription is for; None is not known.
        units: How many units are asked for, at least 1.
        on: The day of dispensing.
        answers: By fact id what somebody says on that day: yes or no, or an amount in the fact's own unit. An answer
            that does not agree with the record makes the fact unknown.
        clearings: What was signed against single blocks.
        rulebook: A clinic's own rulebook; it may be stricter than the one that ships, and looser except for what
            nobody may override.
        known: The catalogue of facts, if the clinic extends ours.

    Returns:
        Every block with the role that can lift it, the clearings that count and those that do not, and the
        determination. It is of the first minute of the day in UTC; only the day matters.

    Unknowns:
        What nobody answered, and what the record does not show, is a block of its own with its question.

    Raises:
        LimitError: Less than one unit was asked for.
        RuleError: The rulebook is of another gate, or loosens what nobody may override.
        UnknownFactError: An answer is to a fact that is not in the catalogue.

    Source:
        21 CFR 1306.22 and 1306.23 (schedule III); ``home.supply_default`` and ``mis.signals_default`` are proposals.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.model import Prescription, Supply
        >>> given = Supply(prescription=Prescription(id="p", order="o", units=4, issued_on=date(2026, 12, 1)))
        >>> held = can_ship(given, None, units=1, on=date(2027, 7, 1), answers={"supply.open_event": True})
        >>> [(each.code, each.cleared_by) for each in held.blocks if each.state == "stands"]
        [('exclusion.prescription-expired', None), ('deferral.open-side-effect', 'clinician')]
    """
    if units < 1:
        message = "a shipment holds at least one unit"
        raise LimitError(message)
    rules, definitions = rulebook or load_rulebook("shipment"), known or catalog()
    if rulebook is not None:
        _accept(rulebook, definitions)
    facts = supply_facts(supply, order, units=units, on=on, answers=answers, known=definitions)
    determination = determine(facts, rules, first_minute(on), known=definitions)
    asked = Asked(digest(supply), units, on)
    blocks, cleared, counting, unfit = settled(blocks_of(determination, rules, definitions), clearings, asked)
    return Shipment(
        prescription=supply.prescription.id,
        units=units,
        on=on,
        supply_digest=asked.supply_digest,
        blocks=blocks,
        cleared=cleared,
        clearings=counting,
        unfit=unfit,
        determination=determination,
    )


def dispense(
    supply: Supply,
    fill: Fill,
    order: Order | None,
    *,
    answers: Answers,
    clearings: Iterable[Clearing] = (),
    rulebook: Rulebook | None = None,
    known: Catalog | None = None,
) -> Supply:
    """
    The record with one fill more, if the gate allows it.

    Args:
        supply: The record.
        fill: The fill; what let it go is written into it.
        order: The order that the prescription is for.
        answers: As in `can_ship`, on the day of the fill.
        clearings: What was signed against single blocks.
        rulebook: A clinic's own rulebook.
        known: The catalogue of facts, if the clinic extends ours.

    Raises:
        LimitError: The gate does not allow it; the message names every block.
        ConflictError: Another entry has the same id.
        StateError: The fill is of another prescription or before an earlier one, or the record has faults.
        RuleError: The rulebook may not be used.
    """
    recorded(supply, fill)
    shipment = can_ship(
        supply,
        order,
        units=fill.units,
        on=fill.on,
        answers=answers,
        clearings=clearings,
        rulebook=rulebook,
        known=known,
    )
    if not shipment.is_allowed:
        message = "the fill is not allowed: " + ", ".join(each.code for each in shipment.blocks)
        raise LimitError(message)
    sent = attrs.evolve(fill, determination_digest=digest(shipment.determination), clearings=shipment.clearings)
    return recorded(supply, sent)


# --- a clinic's own rulebook ------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _accept(rulebook: Rulebook, known: Catalog) -> None:
    """
    Refuse a rulebook of another gate, or one that loosens what nobody may override.

    Raises:
        RuleError: The message names every criterion that is looser.
    """
    ships = load_rulebook("shipment")
    if rulebook.gate != ships.gate:
        message = f"a shipment is not decided by a rulebook for {rulebook.gate}"
        raise RuleError(message)
    hard = {each.id for each in ships.criteria if not each.overridable}
    looser = [each.about for each in diff(ships, rulebook, known=known) if each.may_loosen and each.about in hard]
    if looser:
        message = f"the rulebook loosens what nobody may override: {', '.join(looser)}"
        raise RuleError(message)
