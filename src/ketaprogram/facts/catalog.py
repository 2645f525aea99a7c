"""
The catalogue of facts.

It says what may be known, in which unit and range, how long it stays fresh, and the question that asks it. It is loaded
from ``knowledge/facts.toml``. A fact that is not in the catalogue cannot stand in a rulebook or an intake.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

from ketaprogram._knowledge import table
from ketaprogram.errors import KnowledgeError, UnknownFactError
from ketaprogram.facts.model import AbsentFact, BooleanFact, CodeFact, CodesFact, DateFact, QuantityFact
from ketaprogram.issues import Issue, nearest, pointer, shown
from ketaprogram.quantity import UNITS, Quantity, compatible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ketaprogram.facts.model import Fact

__all__ = ["Catalog", "FactDefinition", "FactKind", "Harm", "catalog", "check_fact", "load_catalog"]

FactKind = Literal["boolean", "quantity", "code", "codes", "date"]

Harm = Literal["none", "up", "down", "true", "false", "more"]
"""The direction in which a fact is harmful: more of it, less of it, yes, no, or more words in the list."""

_FACT_TYPES = {"boolean": BooleanFact, "quantity": QuantityFact, "code": CodeFact, "codes": CodesFact, "date": DateFact}


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
        shelf_life: How long an observation stays fresh, the last day or minute included; None is for ever.
        lasting: Whether its harmful value, once known, never goes stale: a past illness stays past.
        changeable: Whether it can change (a blood pressure), or not (an age, a past illness).
        value_set: The set of diagnosis codes that proves a condition.
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
    shelf_life: Quantity | None = None
    lasting: bool = False
    changeable: bool = False
    value_set: str | None = None


@frozen
class Catalog:
    """
    Facts by id. A clinic's own catalogue extends ours with `extended`.

    Example:
        >>> catalog()["vitals.systolic"].unit
        'mm[Hg]'
        >>> "vitals.sistolic" in catalog()
        False
    """

    definitions: Mapping[str, FactDefinition] = field(repr=lambda found: f"{len(found)} facts")

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

    def extended(self, more: Iterable[FactDefinition]) -> Catalog:
        """
        This catalogue and more facts.

        Raises:
            KnowledgeError: A new fact has an id that is already taken.
        """
        added = {each.id: each for each in more}
        taken = sorted(added.keys() & self.definitions.keys())
        if taken:
            message = f"these fact ids are taken: {', '.join(taken)}"
            raise KnowledgeError(message)
        return Catalog({**self.definitions, **added})


@cache
def catalog() -> Catalog:
    """The catalogue that ships with the package."""
    return load_catalog(table("facts"))


def load_catalog(content: Mapping[str, Any]) -> Catalog:
    """
    A catalogue from the content of a TOML file with one ``[[fact]]`` table per fact.

    Raises:
        KnowledgeError: Faults, all of them, each with the pointer of the faulty entry.
    """
    issues: list[Issue] = []
    definitions: dict[str, FactDefinition] = {}
    for index, entry in enumerate(content.get("fact", ())):
        definition = _definition(entry, index, issues)
        if definition is None:
            continue
        if definition.id in definitions:
            issues.append(_issue(index, "id", "fact.duplicate", "Another fact has the same id."))
        definitions[definition.id] = definition
    if issues:
        message = "the catalogue of facts cannot be loaded"
        raise KnowledgeError(message, issues)
    return Catalog(definitions)


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


def _definition(entry: Mapping[str, Any], index: int, issues: list[Issue]) -> FactDefinition | None:
    before = len(issues)
    unknown = sorted(entry.keys() - _MEMBERS)
    issues += [
        _issue(index, name, "member.unknown", "No such member is known.", nearest(name, _MEMBERS)) for name in unknown
    ]
    for name in ("id", "kind", "label", "question"):
        if not isinstance(entry.get(name), str):
            issues.append(_issue(index, name, "member.missing", "A required text is missing."))
    if entry.get("kind") == "quantity" and entry.get("unit") not in UNITS:
        issues.append(_issue(index, "unit", "unit.unknown", "A quantity needs a UCUM unit of the closed list."))
    if entry.get("kind") in {"code", "codes"} and not entry.get("words"):
        issues.append(_issue(index, "words", "member.missing", "A code needs its closed list of words."))
    if len(issues) > before:
        return None
    try:
        life = entry.get("shelf_life")
        return FactDefinition(
            **{name: entry[name] for name in _AS_THEY_ARE if name in entry},
            words=tuple(entry.get("words", ())),
            low=Decimal(entry["low"]) if "low" in entry else None,
            high=Decimal(entry["high"]) if "high" in entry else None,
            shelf_life=Quantity(int(life.split()[0]), life.split()[1]) if life else None,
        )
    except (InvalidOperation, ValueError, IndexError):
        issues.append(_issue(index, "shelf_life", "value.pattern", "A bound or the shelf life is not an amount."))
        return None


def _issue(index: int, member: str, code: str, message: str, hint: str = "") -> Issue:
    return Issue(pointer=pointer("fact", index, member), code=code, message=message, hint=hint)


_AS_THEY_ARE = ("id", "kind", "label", "question", "harm", "unit", "lasting", "changeable", "value_set")
_MEMBERS = {*_AS_THEY_ARE, "words", "low", "high", "shelf_life"}
