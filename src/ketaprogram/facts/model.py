"""
What is known about a person, and why the rest is not.

A `FactSet` is the only thing a rulebook looks at. A fact that is not in it was not asked; a fact that is in it may
still say why its value is absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from annotated_types import MaxLen, MinLen
from attrs import Factory, field, frozen

from ketaprogram.record import FactId, Line, Record, ZoneName

__all__ = [
    "AbsentFact",
    "AbsentReason",
    "BooleanFact",
    "CodeFact",
    "CodesFact",
    "DateFact",
    "EntriesFact",
    "Entry",
    "Fact",
    "FactSet",
    "QuantityFact",
]

Word = Annotated[str, MinLen(1), MaxLen(80)]


class AbsentReason(StrEnum):
    """Why a value is absent, in the codes of FHIR's data-absent-reason where it has one."""

    UNKNOWN = "unknown"
    ASKED_UNKNOWN = "asked-unknown"
    ASKED_DECLINED = "asked-declined"
    NOT_ASKED = "not-asked"
    NOT_APPLICABLE = "not-applicable"
    NOT_PERFORMED = "not-performed"
    STALE = "stale"


@frozen(kw_only=True, repr=False)
class BooleanFact(Record):
    """
    A yes or a no.

    Args:
        id: Fact id of the catalogue.
        value: True for yes.
        observed_at: When this was observed or said.
    """

    kind: Literal["boolean"] = "boolean"
    id: FactId
    value: bool
    observed_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class QuantityFact(Record):
    """
    An amount with its unit.

    Args:
        id: Fact id of the catalogue.
        value: The number, as decimal text.
        unit: UCUM unit; it must convert exactly to the fact's own.
        comparator: "=" as it stands; ">=" the value or more, as in a top-coded age; "<=" the value or less.
        observed_at: When this was measured.
    """

    kind: Literal["quantity"] = "quantity"
    id: FactId
    value: Decimal
    unit: Annotated[str, MinLen(1), MaxLen(24)]
    comparator: Literal["=", ">=", "<="] = "="
    observed_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class CodeFact(Record):
    """
    One word of the fact's closed list.

    Args:
        id: Fact id of the catalogue.
        value: The word.
        observed_at: When this was observed or said.
    """

    kind: Literal["code"] = "code"
    id: FactId
    value: Word
    observed_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class CodesFact(Record):
    """
    A list of words that may be longer than what is known of it.

    Args:
        id: Fact id of the catalogue.
        values: The words that are known to be in the list.
        is_complete: True if somebody marked the list complete; only then is a word that is not in it known to be
            absent.
        observed_at: When the list was last gone through with the person.
    """

    kind: Literal["codes"] = "codes"
    id: FactId
    values: frozenset[Word] = frozenset()
    is_complete: bool = False
    observed_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class DateFact(Record):
    """
    A calendar date on the person's own calendar.

    Args:
        id: Fact id of the catalogue.
        value: The date.
        observed_at: When this was observed or said.
    """

    kind: Literal["date"] = "date"
    id: FactId
    value: date
    observed_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class AbsentFact(Record):
    """
    A fact whose value is absent for a reason that somebody stated.

    Args:
        id: Fact id of the catalogue.
        reason: Why.
        note: What was asked, or what stands in the way; shown to professionals.
    """

    kind: Literal["absent"] = "absent"
    id: FactId
    reason: AbsentReason
    note: Line | None = None


@frozen(kw_only=True, repr=False)
class Entry(Record):
    """
    One entry of a history, such as one treatment that was tried: what is known about it, fact by fact.

    Args:
        label: What it was, for the professional who reads the finding.
        facts: Its own facts, each of an id that the catalogue gives to entries of this history.
    """

    label: Line
    facts: Annotated[tuple[BooleanFact | QuantityFact | CodeFact | DateFact | AbsentFact, ...], MaxLen(40)] = ()

    @property
    def by_id(self) -> dict[str, Fact]:
        """Its facts by id; one that is stated twice, differently, is not known."""
        return _index(self.facts)


@frozen(kw_only=True, repr=False)
class EntriesFact(Record):
    """
    A history: a list of entries that may be longer than what is known of it.

    Args:
        id: Fact id of the catalogue.
        entries: The entries that are known.
        is_complete: True if somebody went through the whole history; only then is there known to be no other entry.
        observed_at: When the history was last gone through with the person.
    """

    kind: Literal["entries"] = "entries"
    id: FactId
    entries: Annotated[tuple[Entry, ...], MaxLen(500)] = ()
    is_complete: bool = False
    observed_at: datetime | None = None


Fact = BooleanFact | QuantityFact | CodeFact | CodesFact | DateFact | EntriesFact | AbsentFact


def _index(facts: Iterable[Fact]) -> dict[str, Fact]:
    index: dict[str, Fact] = {}
    for each in facts:
        # A fact that is stated twice, differently, is not known: nobody may pick the convenient one.
        known = index.setdefault(each.id, each)
        if known is not each and known != each:
            index[each.id] = AbsentFact(id=each.id, reason=AbsentReason.UNKNOWN)
    return index


def _index_of(facts: FactSet) -> dict[str, Fact]:
    return _index(facts.facts)


@frozen(kw_only=True, repr=False)
class FactSet(Record):
    """
    The facts that a rulebook is evaluated on.

    Args:
        facts: At most one per id; two that differ make the fact unknown.
        time_zone: IANA zone of the person's calendar; without it the date of ``as_of`` in its own offset counts.

    Example:
        >>> facts = FactSet(facts=(BooleanFact(id="pregnancy.possible", value=False),))
        >>> facts.get("vitals.systolic") is None
        True
        >>> facts.without("pregnancy.possible").facts
        ()
    """

    schema: Literal["urn:ketaprogram:schema:facts:1"] = "urn:ketaprogram:schema:facts:1"
    facts: Annotated[tuple[Fact, ...], MaxLen(5000)] = ()
    time_zone: ZoneName | None = None
    _by_id: dict[str, Fact] = field(init=False, eq=False, default=Factory(_index_of, takes_self=True))

    def get(self, fact_id: str) -> Fact | None:
        """The fact of that id, or None if nobody asked."""
        return self._by_id.get(fact_id)

    def without(self, *fact_ids: str) -> FactSet:
        """The same facts but for those ids."""
        return FactSet(facts=tuple(each for each in self.facts if each.id not in fact_ids), time_zone=self.time_zone)

    def with_(self, *facts: Fact) -> FactSet:
        """The same facts with these in place of those of the same ids."""
        return FactSet(
            facts=(*self.without(*(each.id for each in facts)).facts, *facts),
            time_zone=self.time_zone,
        )
