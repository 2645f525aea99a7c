"""
Faults of meaning in an intake: what its schema cannot see.

A form can have the right shape and still contradict itself, lie in the future or name a medicine nobody knows. Each
such fault is an issue with a pointer; the facts it touches stay unknown, or keep their harmful side.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from ketaprogram._time import is_zone, wall, zone
from ketaprogram.facts.catalog import catalog, check_fact
from ketaprogram.intake.lists import in_value_set
from ketaprogram.intake.mapping import facts_from
from ketaprogram.intake.model import Answer
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.medications.naming import identify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.intake.model import Intake

__all__ = ["check_intake"]


def check_intake(intake: Intake, as_of: datetime, *, known: Catalog | None = None) -> tuple[Issue, ...]:
    """
    Every fault of meaning in an intake that reads well.

    Args:
        intake: The form.
        as_of: The instant of the question; nothing in the form may be later.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        Issues in the order of the form, without any value of the person.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.intake.model import Intake
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> print(check_intake(Intake(id="a", recorded_at=now, time_zone="Europe/Londn"), now)[0])
        /time_zone: No time zone has this name. Expected an IANA zone name. [time.unknown-zone]
    """
    definitions = known or catalog()
    return (
        *_times(intake, as_of),
        *_person(intake, as_of),
        *_conditions(intake, definitions),
        *_medicines(intake),
        *_stopped_maoi(intake, as_of),
        *_vitals(intake, as_of),
        *_additional(intake, definitions, as_of),
    )


def _times(intake: Intake, as_of: datetime) -> Iterator[Issue]:
    if intake.recorded_at > as_of:
        yield _future("recorded_at")
    if not is_zone(intake.time_zone):
        yield Issue(pointer("time_zone"), "time.unknown-zone", "No time zone has this name.", "an IANA zone name")
    elif intake.recorded_at.utcoffset() not in {
        timedelta(),
        intake.recorded_at.astimezone(zone(intake.time_zone)).utcoffset(),
    }:
        yield Issue(
            pointer("recorded_at"),
            "time.offset",
            "The offset is not the zone's at that instant.",
            "Z, or the offset of time_zone",
        )


def _today(intake: Intake, as_of: datetime) -> date:
    """The day of the question on the person's calendar."""
    return wall(as_of, intake.time_zone)[0] if is_zone(intake.time_zone) else as_of.date()


def _person(intake: Intake, as_of: datetime) -> Iterator[Issue]:
    born = intake.person.birth_date
    if born is not None and born > _today(intake, as_of):
        yield _future("person", "birth_date")
    facts = facts_from(intake, as_of)
    for fact_id, member in (("person.age", "birth_date"), ("person.weight", "weight"), ("person.bmi", "height")):
        fact = facts.get(fact_id)
        if fact is not None and fact not in intake.additional_facts:
            for issue in check_fact(fact, catalog()):
                yield Issue(pointer("person", member), issue.code, issue.message, issue.expected)


def _conditions(intake: Intake, known: Catalog) -> Iterator[Issue]:
    names = [
        each.id.removeprefix("condition.") for each in known.definitions.values() if each.id.startswith("condition.")
    ]
    for index, each in enumerate(intake.conditions):
        path = ("conditions", index)
        if each.condition not in names:
            hint = nearest(each.condition, names)
            yield Issue(pointer(*path, "condition"), "fact.unknown", "No condition has this name.", hint=hint)
            continue
        if any(
            other.condition == each.condition and other.answer is not each.answer for other in intake.conditions[:index]
        ):
            yield _contradiction("An earlier entry answers the same question differently.", *path, "answer")
        value_set = known[f"condition.{each.condition}"].value_set
        coded = value_set is not None and any(in_value_set(entry.code, value_set) for entry in intake.diagnoses.entries)
        if each.answer is Answer.NO and coded:
            yield _contradiction("The answer is no, but a diagnosis proves the condition.", *path, "answer")


def _medicines(intake: Intake) -> Iterator[Issue]:
    for index, each in enumerate(intake.medications.entries):
        path = ("medications", "entries", index)
        found = identify(each.name, each.atc)
        if not found.is_settled:
            yield Issue(
                pointer(*path, "name"),
                "medication.unknown",
                "The name says more than the code beside it, so further classes stay possible."
                if found.medicines
                else "No list knows this medicine, so its classes stay unknown.",
                "a generic or brand name",
                "Check the spelling, or let a pharmacist name its class.",
            )
        if found.disagrees:
            yield _contradiction("Name and code are of medicines of different classes; both count.", *path, "atc")
    for member in ("diagnoses", "medications"):
        listed = getattr(intake, member)
        if listed.list_is_complete and listed.as_of is None:
            yield Issue(
                pointer(member, "as_of"),
                "list.undated",
                "A complete list does not say as of when, so it proves no absence.",
                "an instant",
            )


def _stopped_maoi(intake: Intake, as_of: datetime) -> Iterator[Issue]:
    stopped_on = intake.medications.maoi_stopped_on
    if stopped_on is not None and stopped_on > _today(intake, as_of):
        yield _future("medications", "maoi_stopped_on")
    if stopped_on is not None and intake.medications.maoi_stopped is Answer.NO:
        message = "The answer is no, but there is a day on which one was last taken."
        yield _contradiction(message, "medications", "maoi_stopped")


def _vitals(intake: Intake, as_of: datetime) -> Iterator[Issue]:
    for index, each in enumerate(intake.vitals):
        if each.taken_at > as_of:
            yield _future("vitals", index, "taken_at")
        systolic, diastolic = each.systolic_mmhg, each.diastolic_mmhg
        if systolic is not None and diastolic is not None and diastolic >= systolic:
            yield Issue(
                pointer("vitals", index, "diastolic_mmhg"),
                "value.implausible",
                "The diastolic pressure is not below the systolic.",
                "a diastolic pressure below the systolic",
            )
    for index, measure in enumerate(intake.measures):
        if measure.measured_at > as_of:
            yield _future("measures", index, "measured_at")


def _additional(intake: Intake, known: Catalog, as_of: datetime) -> Iterator[Issue]:
    for index, fact in enumerate(intake.additional_facts):
        yield from check_fact(fact, known, "additional_facts", index)
        alone = facts_from(_without_additional(intake), as_of).get(fact.id)
        if alone is not None and alone != fact and alone.kind != "absent":
            yield _contradiction(
                "Another member of the form states the same fact differently.", "additional_facts", index
            )


def _without_additional(intake: Intake) -> Intake:
    return attrs.evolve(intake, additional_facts=())


def _future(*path: str | int) -> Issue:
    return Issue(
        pointer(*path), "time.future", "The time lies after the instant of the question.", "a time in the past"
    )


def _contradiction(message: str, *path: str | int) -> Issue:
    return Issue(
        pointer(*path), "intake.contradiction", message, hint="Until this is settled it does not count as safe."
    )
