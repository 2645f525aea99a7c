"""What happened to the units, one entry at a time: each takes a record and returns the longer one, or refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from ketaprogram.errors import ConflictError, LimitError, StateError
from ketaprogram.supply.counting import check_supply, codes_of

if TYPE_CHECKING:
    from ketaprogram.supply.model import Count, Event, Loss, Return, Supply, Use

__all__ = ["record_count", "record_loss", "record_return", "record_use", "recorded"]


def record_return(supply: Supply, entry: Return) -> Supply:
    """
    The record with units that came back. They are not dispensed again, and no refill comes back with them.

    Raises:
        LimitError: More came back than were there on that day.
        ConflictError: Another entry has the same id.
        StateError: It is before the prescription's day, corrects nothing that stands, or the record has faults.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.model import Prescription, Return, Supply
        >>> given = Prescription(id="p", order="o", units=4, issued_on=date(2026, 1, 5))
        >>> record_return(Supply(prescription=given), Return(id="r", units=1, on=date(2026, 1, 9)))
        Traceback (most recent call last):
            ...
        ketaprogram.errors.LimitError: the entry is refused: supply.more-than-held
    """
    return recorded(supply, entry)


def record_loss(supply: Supply, entry: Loss) -> Supply:
    """
    The record with units that are gone. A loss that `explains` a count stands before it; any loss is a block itself.

    Raises:
        LimitError: More is gone than was there.
        ConflictError: Another entry has the same id.
        StateError: It is before the prescription's day, explains or corrects nothing that stands, or the record has
            faults.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.model import Fill, Loss, Prescription, Supply
        >>> given = Prescription(id="p", order="o", units=4, issued_on=date(2026, 1, 5))
        >>> fill = Fill(id="f", prescription="p", units=4, on=date(2026, 1, 6), days=14)
        >>> gone = Loss(id="l", units=1, on=date(2026, 1, 9), reason="damaged")
        >>> record_loss(Supply(prescription=given, events=(fill,)), gone).events[-1].reason
        'damaged'
    """
    return recorded(supply, entry)


def record_use(supply: Supply, entry: Use) -> Supply:
    """
    The record with what was taken at a session, even if it was more than the prescription says for one.

    Raises:
        LimitError: More was taken than was there.
        ConflictError: Another entry has the same id, or is of the same session and not corrected by this one.
        StateError: It is before the prescription's day, corrects nothing that stands, or the record has faults.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.model import Fill, Prescription, Supply, Use
        >>> given = Prescription(id="p", order="o", units=4, issued_on=date(2026, 1, 5))
        >>> fill = Fill(id="f", prescription="p", units=4, on=date(2026, 1, 6), days=14)
        >>> taken = Use(id="u", session="s-1", units=2, on=date(2026, 1, 7))
        >>> len(record_use(Supply(prescription=given, events=(fill,)), taken).events)
        2
    """
    return recorded(supply, entry)


def record_count(supply: Supply, entry: Count) -> Supply:
    """
    The record with what somebody counted, whatever was expected: the ledger shows the difference.

    Raises:
        ConflictError: Another entry has the same id.
        StateError: It is before the prescription's day, corrects nothing that stands, or the record has faults.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.counting import ledger
        >>> from ketaprogram.supply.model import Count, Fill, Prescription, Supply
        >>> given = Prescription(id="p", order="o", units=4, issued_on=date(2026, 1, 5))
        >>> fill = Fill(id="f", prescription="p", units=4, on=date(2026, 1, 6), days=14)
        >>> three = Count(id="c", units=3, on=date(2026, 1, 13), by="A. Nurse")
        >>> counted = record_count(Supply(prescription=given, events=(fill,)), three)
        >>> ledger(counted, on=date(2026, 1, 13)).discrepancy
        -1
    """
    return recorded(supply, entry)


def recorded(supply: Supply, entry: Event) -> Supply:
    """The record with one entry more, if it can have happened; the message of a refusal names every code."""
    before = check_supply(supply)
    if before:
        message = f"the record of the supply has faults: {codes_of(before)}"
        raise StateError(message)
    longer = attrs.evolve(supply, events=(*supply.events, entry))
    faults = check_supply(longer)
    if faults:
        codes = {each.code for each in faults}
        error = next((known for known, of in _ERRORS.items() if codes & of), StateError)
        message = f"the entry is refused: {codes_of(faults)}"
        raise error(message)
    return longer


_ERRORS: dict[type[StateError | LimitError], set[str]] = {
    ConflictError: {"supply.duplicate", "supply.session-twice"},
    LimitError: {"supply.more-than-held"},
}
