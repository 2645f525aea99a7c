"""
What became of a prescription's units: the record in the order in which things happened, its faults, and the ledger.

A late entry stands on its own day, a correction where the entry stood that it corrects, and a loss that explains a
count stands just before that count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ketaprogram._time import add_days, add_months
from ketaprogram.documents import check, to_json
from ketaprogram.errors import StateError
from ketaprogram.issues import Issue, pointer
from ketaprogram.rules import load_rulebook
from ketaprogram.supply.model import Count, Fill, Ledger, Loss, Supply, Use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ketaprogram.rules.model import Rulebook
    from ketaprogram.supply.model import Event

__all__ = ["check_supply", "codes_of", "happened", "ledger"]


class Placed(NamedTuple):
    """An entry as last corrected, on the day on which it counts."""

    on: date
    event: Event


def ledger(supply: Supply, *, on: date, rulebook: Rulebook | None = None) -> Ledger:
    """
    What became of the units by the end of a day, by all that is recorded now.

    Args:
        supply: The record.
        on: The day, included; entries of later days do not count.
        rulebook: A clinic's own rulebook for shipments, for its limits; the one that ships if not given.

    Unknowns:
        While nobody counted there is no discrepancy. Without the units of a session there are no sessions left.

    Raises:
        StateError: The record has faults; `check_supply` names them.

    Source:
        21 CFR 1306.22 and 1306.23, as the rulebook ``shipment`` states them.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.model import Prescription, Supply
        >>> given = Prescription(id="p", order="o", units=4, refills=2, issued_on=date(2026, 1, 5))
        >>> ledger(Supply(prescription=given), on=date(2026, 1, 5)).remaining
        12
    """
    faults = check_supply(supply)
    if faults:
        message = f"the record of the supply has faults: {codes_of(faults)}"
        raise StateError(message)
    prescription = supply.prescription
    events = [each.event for each in happened(supply) if each.on <= on]
    dispensed, returned, lost, used = (
        sum(each.units for each in events if each.kind == kind) for kind in ("fill", "return", "loss", "use")
    )
    expected, last, discrepancy = _counted(events)
    ships = load_rulebook("shipment")
    limits = {each.id: int(each.value) for each in (*ships.parameters, *(rulebook or ships).parameters)}
    refills = min(prescription.refills, limits["refills"])
    last_day = add_months(prescription.issued_on, limits["months"])
    left = prescription.units * (1 + refills) - dispensed if on <= last_day else 0
    per_session = prescription.units_per_session
    return Ledger(
        dispensed=dispensed,
        remaining=max(0, left),
        refills_used=refills_for(prescription.units, dispensed),
        returned=returned,
        lost=lost,
        used=used,
        expected_on_hand=expected,
        last_counted=None if last is None else last.units,
        counted_on=None if last is None else last.on,
        discrepancy=discrepancy,
        sessions_left=None if per_session is None else expected // per_session,
        lasts_until=_lasts_until(events),
        last_day=last_day,
    )


def refills_for(units: int, dispensed: int) -> int:
    """The refills that so many units take, however they were split: part of one counts as one."""
    return max(0, -(-dispensed // units) - 1)


def _counted(events: list[Event]) -> tuple[int, Count | None, int | None]:
    """The units expected at the end, the last count, and what it found beyond what was expected then."""
    expected, last, discrepancy = 0, None, None
    for event in events:
        if isinstance(event, Count):
            last, discrepancy = event, event.units - expected
        else:
            expected += _change(event)
    return expected, last, discrepancy


def _change(event: Event) -> int:
    """What an entry makes of the units on hand."""
    if isinstance(event, Count):
        return 0
    return event.units if isinstance(event, Fill) else -event.units


def _lasts_until(events: list[Event]) -> date | None:
    until = None
    for event in events:
        if isinstance(event, Fill):
            until = add_days(event.on if until is None else max(until, event.on), event.days)
    return until


def happened(supply: Supply) -> tuple[Placed, ...]:
    """Every entry as last corrected, in the order in which it happened."""
    roots, current = _as_corrected(supply)

    def place(root: int) -> tuple[date, int, bool]:
        event = current[root]
        counted = roots.get(event.explains) if isinstance(event, Loss) and event.explains is not None else None
        if counted is not None and isinstance(current[counted], Count):
            return current[counted].on, counted, False
        return event.on, root, True

    return tuple(Placed(place(root)[0], current[root]) for root in sorted(current, key=place))


def _as_corrected(supply: Supply) -> tuple[dict[str, int], dict[int, Event]]:
    """By id, the place in the record of what an entry corrects in the end, or its own; and what stands there now."""
    roots: dict[str, int] = {}
    current: dict[int, Event] = {}
    for index, event in enumerate(supply.events):
        corrected = None if isinstance(event, Fill) else event.corrects
        root = index if corrected is None else roots.get(corrected, index)
        if type(current.get(root)) is not type(event):
            root = index  # what is not of its kind it does not take the place of
        roots[event.id], current[root] = root, event
    return roots, current


def codes_of(faults: tuple[Issue, ...]) -> str:
    """The codes, each once, for a message."""
    return ", ".join(dict.fromkeys(each.code for each in faults))


# --- faults -----------------------------------------------------------------------------------------------------------


def check_supply(supply: Supply) -> tuple[Issue, ...]:
    """
    The faults of a record: what cannot have happened. No value stands in them.

    Args:
        supply: The record.

    Example:
        >>> from datetime import date
        >>> from ketaprogram.supply.model import Prescription, Supply, Use
        >>> given = Prescription(id="p", order="o", units=4, issued_on=date(2026, 1, 5))
        >>> taken = Use(id="u", session="s-1", units=1, on=date(2026, 1, 12))
        >>> print(check_supply(Supply(prescription=given, events=(taken,)))[0])
        /events/0/units: More units left than were there. [supply.more-than-held]
    """
    return check(Supply, to_json(supply)) or tuple(sorted((*_each_alone(supply), *_references(supply), *_held(supply))))


def _each_alone(supply: Supply) -> Iterator[Issue]:
    prescription, seen, filled_on = supply.prescription, set(), supply.prescription.issued_on
    for index, event in enumerate(supply.events):
        if event.id in seen:
            yield _issue(index, "id", "supply.duplicate", "Another entry has the same id.")
        if event.on < prescription.issued_on:
            yield _issue(index, "on", "supply.before-issue", "The day is before the prescription's.")
        if isinstance(event, Fill):
            if event.prescription != prescription.id:
                yield _issue(index, "prescription", "supply.other-prescription", "The fill is of another prescription.")
            if event.on < filled_on:
                yield _issue(index, "on", "supply.out-of-order", "The fill is recorded after a later one.")
            filled_on = max(filled_on, event.on)
        seen.add(event.id)


def _references(supply: Supply) -> Iterator[Issue]:
    """A correction names the entry that stands, of its own kind; a loss explains a count of its day or a later one."""
    standing: dict[str, Event] = {}
    roots, current = _as_corrected(supply)
    for index, event in enumerate(supply.events):
        if not isinstance(event, Fill) and event.corrects is not None:
            corrected = standing.pop(event.corrects, None)
            if type(corrected) is not type(event):
                message = "No entry of this kind that still stands has this id."
                yield _issue(index, "corrects", "supply.reference", message)
        if isinstance(event, Loss) and event.explains is not None:
            counted = current[roots[event.explains]] if event.explains in roots else None
            if not isinstance(counted, Count) or counted.on < event.on:
                message = "No count of that day or a later one has this id."
                yield _issue(index, "explains", "supply.reference", message)
        standing[event.id] = event


def _held(supply: Supply) -> Iterator[Issue]:
    """No session twice, and never more units gone than were there."""
    places = {each.id: index for index, each in enumerate(supply.events)}
    held, sessions = 0, set()
    for _, event in happened(supply):
        held += _change(event)
        if held < 0:
            yield _issue(places[event.id], "units", "supply.more-than-held", "More units left than were there.")
        if isinstance(event, Use):
            if event.session in sessions:
                message = "Another entry already says what was taken at this session."
                yield _issue(places[event.id], "session", "supply.session-twice", message)
            sessions.add(event.session)


def _issue(index: int, member: str, code: str, message: str) -> Issue:
    return Issue(pointer("events", index, member), code, message)
