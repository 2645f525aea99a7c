"""
The catalogue of facts.

It says what may be known, in which unit and range, how long it stays fresh, and the question that asks it. It is loaded
from ``knowledge/facts.toml``. A fact that is not in the catalogue cannot stand in a rulebook or an intake. How long a
fact stays fresh is a proposal of its own kind, shared by facts of one sort: each rulebook takes it up as a parameter,
which a clinic sets and approves like any other.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

from ketaprogram._knowledge import table
from ketaprogram.citation import Citation, cite
from ketaprogram.errors import CitationError, KnowledgeError, UnknownFactError
from ketaprogram.facts.model import (
    AbsentFact,
    BooleanFact,
    CodeFact,
    CodesFact,
    DateFact,
    EntriesFact,
    QuantityFact,
)
from ketaprogram.issues import Issue, nearest, pointer, shown
from ketaprogram.quantity import UNITS, Quantity, compatible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ketaprogram.facts.model import Fact

__all__ = ["Catalog", "FactDefinition", "FactKind", "Harm", "ShelfLife", "catalog", "check_fact", "load_catalog"]

FactKind = Literal["boolean", "quantity", "code", "codes", "date", "entries"]

Harm = Literal["none", "up", "down", "true", "false", "more"]
"""The direction in which a fact is harmful: more of it, less of it, yes, no, or more words in the list."""

_FACT_TYPES = {
    "boolean": BooleanFact,
    "quantity": QuantityFact,
    "code": CodeFact,
    "codes": CodesFact,
    "date": DateFact,
    "entries": EntriesFact,
}


@frozen(kw_only=True)
class ShelfLife:
    """
    How long facts of one sort stay fresh.

    Args:
        id: Such as ``vital-signs``.
        value: The time, the last day or minute included.
        low: The shortest time that a clinic may set, inclusive.
        high: The longest time that a clinic may set, inclusive.
        citation: Where it comes from.
    """

    id: str
    value: Quantity
    low: Quantity
    high: Quantity
    citation: Citation


@frozen(kw_only=True)
class FactDefinition:
    """
    One fact of the catalogue.

    Args:
        id: Such as ``vitals.systolic``.
        kind: What its value is.
        label: A short name for people.
        question: The question that asks it, for a professional to ask.
        harm: The direction in which it never makes an answer more permissive.
        unit: UCUM unit of a quantity.
        low: Least plausible amount, inclusive; a smaller one is a fault of the document.
        high: Greatest plausible amount, inclusive.
        words: The closed list of a code, or of a list of codes.
        shelf_life: Id of how long an observation stays fresh; None is for ever.
        lasting: Whether its harmful value, once known, never goes stale: a past illness stays past.
        changeable: Whether it can change (a blood pressure), or not (an age, a past illness).
        value_set: The set of diagnosis codes that proves a condition.
        entry_of: The history whose entries this is a fact of; such a fact is asked nowhere else.
    """

    id: str
    kind: FactKind
    label: str
    question: str
    harm: Harm = "none"
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    words: tuple[str, ...] = ()
    shelf_life: str | None = None
    lasting: bool = False
    changeable: bool = False
    value_set: str | None = None
    entry_of: str | None = None


@frozen(eq=False)
class Catalog:
    """
    Facts by id. A clinic's own catalogue extends ours: `load_catalog`.

    Two catalogues are equal only if they are one: what is compiled for one is never taken for another.

    Example:
        >>> catalog()["vitals.systolic"].unit
        'mm[Hg]'
        >>> "vitals.sistolic" in catalog()
        False
        >>> print(catalog().shelf_life("vitals.systolic"))
        30 d
    """

    definitions: Mapping[str, FactDefinition] = field(repr=lambda found: f"{len(found)} facts")
    shelf_lives: Mapping[str, ShelfLife] = field(factory=dict, repr=False)

    def __getitem__(self, fact_id: str) -> FactDefinition:
        """
        The definition of a fact.

        Raises:
            UnknownFactError: The id is not in the catalogue; the message names the nearest ids.
        """
        try:
            return self.definitions[fact_id]
        except KeyError:
            message = f"no fact has the id {shown(fact_id)}. {nearest(fact_id, self.definitions)}".rstrip()
            raise UnknownFactError(message) from None

    def __contains__(self, fact_id: object) -> bool:
        return fact_id in self.definitions

    def shelf_life(self, fact_id: str) -> Quantity | None:
        """How long a fact stays fresh where no rulebook says otherwise; None is for ever."""
        life = self[fact_id].shelf_life
        return None if life is None else self.shelf_lives[life].value

    def members_of(self, fact_id: str) -> tuple[str, ...]:
        """The ids of the facts that an entry of this history may have."""
        return tuple(each.id for each in self.definitions.values() if each.entry_of == fact_id)


@cache
def catalog() -> Catalog:
    """The catalogue that ships with the package."""
    return load_catalog(table("facts"))


def load_catalog(content: Mapping[str, Any], *, extends: Catalog | None = None) -> Catalog:
    """
    A catalogue from the content of a TOML file: a ``[[fact]]`` table per fact, a ``[[shelf_life]]`` table per sort.

    Args:
        content: The tables.
        extends: The catalogue that this one adds to; its facts and shelf lives are there too.

    Raises:
        KnowledgeError: Faults, all of them, each with the pointer of the faulty entry.
    """
    issues: list[Issue] = []
    base = extends or Catalog({})
    lives = dict(base.shelf_lives)
    for index, entry in enumerate(content.get("shelf_life", ())):
        life = _shelf_life(entry, index, issues)
        if life is not None:
            if life.id in lives:
                issues.append(
                    _issue("shelf_life", index, "id", "fact.duplicate", "Another shelf life has the same id.")
                )
            lives[life.id] = life
    definitions = dict(base.definitions)
    places: dict[str, int] = {}
    for index, entry in enumerate(content.get("fact", ())):
        definition = _definition(entry, index, issues)
        if definition is None:
            continue
        if definition.id in definitions:
            issues.append(_issue("fact", index, "id", "fact.duplicate", "Another fact has the same id."))
        definitions[definition.id] = definition
        places[definition.id] = index
    issues += [
        _issue("fact", index, member, "fact.unknown", f"Nothing has this id: {member}.", nearest(name, known))
        for fact_id, index in places.items()
        for member, name, known in _references(definitions[fact_id], definitions, lives)
        if name not in known
    ]
    if issues:
        message = "the catalogue of facts cannot be loaded"
        raise KnowledgeError(message, issues)
    return Catalog(definitions, lives)


def check_fact(fact: Fact, known: Catalog, *path: str | int) -> tuple[Issue, ...]:
    """
    The faults of one fact against the catalogue: id, kind, unit, range, words. No value stands in them.

    Args:
        fact: The fact.
        known: The catalogue that it should fit.
        path: Member names and positions of the fact in its document, for the pointers.

    Example:
        >>> [issue.code for issue in check_fact(BooleanFact(id="vitals.sistolic", value=True), catalog())]
        ['fact.unknown']
    """
    if fact.id not in known:
        hint = nearest(fact.id, known.definitions)
        return (Issue(pointer(*path, "fact"), "fact.unknown", "No fact has this id.", hint=hint),)
    definition = known[fact.id]
    if isinstance(fact, AbsentFact):
        return ()
    if not isinstance(fact, _FACT_TYPES[definition.kind]):
        return (Issue(pointer(*path, "kind"), "fact.kind", "The fact is of another kind.", definition.kind),)
    if isinstance(fact, QuantityFact):
        return _quantity_faults(fact, definition, path)
    if isinstance(fact, EntriesFact):
        return tuple(_entry_faults(fact, known, path))
    words = {fact.value} if isinstance(fact, CodeFact) else fact.values if isinstance(fact, CodesFact) else set()
    if words - set(definition.words):
        expected = "words of the list: " + ", ".join(definition.words)
        return (Issue(pointer(*path, "value"), "value.choice", "The word is not in the fact's list.", expected),)
    return ()


def _quantity_faults(fact: QuantityFact, definition: FactDefinition, path: tuple[str | int, ...]) -> tuple[Issue, ...]:
    if fact.unit not in UNITS or not compatible(fact.unit, definition.unit):
        return (
            Issue(
                pointer(*path, "unit"),
                "unit.mismatch",
                "The unit does not measure this fact.",
                definition.unit,
                "Convert before sending.",
            ),
        )
    amount = Quantity(fact.value, fact.unit)
    if (definition.low is not None and amount < Quantity(definition.low, definition.unit)) or (
        definition.high is not None and amount > Quantity(definition.high, definition.unit)
    ):
        expected = f"{definition.low} to {definition.high} {definition.unit}"
        return (Issue(pointer(*path, "value"), "value.implausible", "The amount is not plausible.", expected),)
    return ()


def _entry_faults(fact: EntriesFact, known: Catalog, path: tuple[str | int, ...]) -> Iterator[Issue]:
    members = known.members_of(fact.id)
    for place, entry in enumerate(fact.entries):
        for index, each in enumerate(entry.facts):
            here = (*path, "entries", place, "facts", index)
            if each.id in known and each.id not in members:
                expected = "one of " + ", ".join(members)
                yield Issue(pointer(*here, "fact"), "fact.misplaced", "The fact is none of this history's.", expected)
            else:
                yield from check_fact(each, known, *here)


def _shelf_life(entry: Mapping[str, Any], index: int, issues: list[Issue]) -> ShelfLife | None:
    missing = sorted(_LIFE_MEMBERS - entry.keys())
    issues += [_issue("shelf_life", index, name, "member.missing", "A required member is missing.") for name in missing]
    if missing:
        return None
    try:
        amounts = {name: Quantity(entry[name], entry["unit"]) for name in ("value", "low", "high")}
        source = entry["source"]
        return ShelfLife(
            id=entry["id"], citation=cite(source["id"], source["locator"], source["confidence"]), **amounts
        )
    except (TypeError, KeyError, ValueError, CitationError):
        message = "The amounts, the unit or the source cannot be used."
        issues.append(_issue("shelf_life", index, "value", "value.pattern", message))
        return None


def _references(
    definition: FactDefinition, definitions: Mapping[str, FactDefinition], lives: Mapping[str, ShelfLife]
) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    if definition.shelf_life is not None:
        yield "shelf_life", definition.shelf_life, lives
    if definition.entry_of is not None:
        yield "entry_of", definition.entry_of, definitions


def _definition(entry: Mapping[str, Any], index: int, issues: list[Issue]) -> FactDefinition | None:
    before = len(issues)
    unknown = sorted(entry.keys() - _MEMBERS)
    issues += [
        _issue("fact", index, name, "member.unknown", "No such member is known.", nearest(name, _MEMBERS))
        for name in unknown
    ]
    for name in ("id", "kind", "label", "question"):
        if not isinstance(entry.get(name), str):
            issues.append(_issue("fact", index, name, "member.missing", "A required text is missing."))
    if entry.get("kind") == "quantity" and entry.get("unit") not in UNITS:
        issues.append(_issue("fact", index, "unit", "unit.unknown", "A quantity needs a UCUM unit of the closed list."))
    if entry.get("kind") in {"code", "codes"} and not entry.get("words"):
        issues.append(_issue("fact", index, "words", "member.missing", "A code needs its closed list of words."))
    if len(issues) > before:
        return None
    try:
        return FactDefinition(
            **{name: entry[name] for name in _AS_THEY_ARE if name in entry},
            words=tuple(entry.get("words", ())),
            low=Decimal(entry["low"]) if "low" in entry else None,
            high=Decimal(entry["high"]) if "high" in entry else None,
        )
    except (InvalidOperation, ValueError):
        issues.append(_issue("fact", index, "low", "value.pattern", "A bound is not an amount."))
        return None


def _issue(table_name: str, index: int, member: str, code: str, message: str, hint: str = "") -> Issue:
    return Issue(pointer=pointer(table_name, index, member), code=code, message=message, hint=hint)


_AS_THEY_ARE = (
    "id",
    "kind",
    "label",
    "question",
    "harm",
    "unit",
    "shelf_life",
    "lasting",
    "changeable",
    "value_set",
    "entry_of",
)
_MEMBERS = {*_AS_THEY_ARE, "words", "low", "high"}
_LIFE_MEMBERS = {"id", "value", "unit", "low", "high", "source"}
