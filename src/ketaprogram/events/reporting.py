"""
The voluntary report to the US agency: the fields of Form FDA 3500 for one side effect, and what is still missing.

Nothing is sent. A person reads, completes and sends it; whether something has to be reported is for a person to say.
"""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

import attrs

from ketaprogram._knowledge import table
from ketaprogram.events.model import MedWatch, MedWatchPatient, MedWatchProduct, MedWatchReporter, MissingField
from ketaprogram.events.terms import term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from ketaprogram.events.model import AdverseEvent

__all__ = ["to_medwatch"]


def to_medwatch(  # one parameter per section of the form
    event: AdverseEvent,
    *,
    on: date,
    patient: MedWatchPatient | None = None,
    product: MedWatchProduct | None = None,
    reporter: MedWatchReporter | None = None,
    other_products: tuple[str, ...] | None = None,
    tests: str | None = None,
    death_on: date | None = None,
) -> MedWatch:
    """
    The fields of Form FDA 3500 for a side effect.

    Args:
        event: The latest version of the event; `timed` gives it its date.
        on: B4, the day of the report on the reporter's calendar.
        patient: Section A, and B7.
        product: Sections C and D.
        reporter: Section G.
        other_products: Section F; an empty tuple says that nothing else was taken.
        tests: B6.
        death_on: B2, the date of death.

    Returns:
        Every field, and those that are still empty in the order of the form. Section E is for devices and left out.

    Unknowns:
        What nobody knows stays empty and is listed as missing; nothing is filled in for it.

    Raises:
        UnknownItemError: No side effect has the event's term.

    Source:
        Form FDA 3500 and its instructions; the essentials are the minimum criteria of ICH E2A.

    Example:
        >>> from datetime import date, datetime, timezone
        >>> from ketaprogram.events.model import AdverseEvent
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> event = AdverseEvent(id="1", term="syncope", reported_at=now, serious=("hospitalization",))
        >>> report = to_medwatch(event, on=date(2026, 11, 25))
        >>> [each.field for each in report.missing if each.is_essential]
        ['A1', 'D1', 'G1']
    """
    report = MedWatch(
        patient=patient or MedWatchPatient(),
        kinds=("adverse-event", "product-use-error") if event.term == "misuse" else ("adverse-event",),
        outcomes=event.serious,
        death_on=death_on,
        event_on=None if event.began_at is None else event.began_at.date(),
        reported_on=on,
        description="\n".join(_described(event)),
        tests=tests,
        product=product or MedWatchProduct(),
        abated=_abated(event),
        other_products=other_products,
        reporter=reporter or MedWatchReporter(),
        missing=(),
    )
    return attrs.evolve(report, missing=tuple(_missing(report)))


def _described(event: AdverseEvent) -> Iterator[str]:
    """B5: what is coded, then what was said."""
    found = term(event.term)
    yield f"{found.meddra} ({found.label})."
    for label, said in (
        ("CTCAE grade", event.grade),
        ("Began, in minutes from the dose", event.onset_minutes),
        ("Ended, in minutes from the dose", event.end_minutes),
    ):
        yield f"{label}: {'not known' if said is None else said}."
    yield f"Relation to the medicine: {event.causality}. Action taken: {event.action_taken}. Outcome: {event.outcome}."
    if event.narrative:
        yield event.narrative


def _abated(event: AdverseEvent) -> Literal["yes", "no", "does-not-apply"] | None:
    """D7: only where use was stopped or reduced does it say anything that the event went away."""
    if event.action_taken in {"none", "observed-longer"}:
        return "does-not-apply"
    if event.action_taken == "unknown":
        return None
    if event.outcome in {"recovered", "recovered-with-sequelae"}:
        return "yes"
    return "no" if event.outcome in {"not-recovered", "fatal"} else None


def _missing(report: MedWatch) -> Iterator[MissingField]:
    for entry in _fields():
        only_if = entry.get("only_if")
        is_asked = only_if is None or only_if in (report.outcomes or ())
        if is_asked and attrgetter(entry["member"])(report) is None:
            yield MissingField(
                field=entry["field"], label=entry["label"], is_essential=entry.get("is_essential", False)
            )


@cache
def _fields() -> tuple[Mapping[str, Any], ...]:
    """The fields of the form, in its order."""
    return tuple(table("medwatch")["field"])
