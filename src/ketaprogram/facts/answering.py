"""Facts from what somebody answers to the question of a fact: yes or no, or an amount in the fact's own unit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ketaprogram.facts.catalog import check_fact
from ketaprogram.facts.model import AbsentFact, AbsentReason, BooleanFact, QuantityFact

if TYPE_CHECKING:
    from datetime import datetime

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.facts.model import Fact

__all__ = ["answered"]


def answered(fact_id: str, value: bool | int | Decimal, at: datetime, known: Catalog) -> Fact:  # noqa: FBT001  # an answer
    """
    The fact that an answer states.

    Args:
        fact_id: The fact that was asked for.
        value: Yes or no, or an amount in the fact's own unit.
        at: When it was answered.
        known: The catalogue of facts.

    Unknowns:
        An answer of the wrong kind, or an implausible amount, answers nothing: the fact is unknown.

    Raises:
        UnknownFactError: The id is not in the catalogue.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.catalog import catalog
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> answered("supply.days_early", 4, now, catalog()).unit
        'd'
        >>> answered("supply.days_early", True, now, catalog()).reason.value
        'unknown'
    """
    definition = known[fact_id]
    fact: Fact = (
        BooleanFact(id=fact_id, value=value, observed_at=at)
        if isinstance(value, bool)
        else QuantityFact(id=fact_id, value=Decimal(value), unit=definition.unit, observed_at=at)
    )
    return AbsentFact(id=fact_id, reason=AbsentReason.UNKNOWN) if check_fact(fact, known) else fact
