"""
Hypothesis strategies for documents and facts, made from the same shapes as the decoder and the schemas.

Everything they make is valid by default: `documents` always reads, `fact_sets` always fits the catalogue.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from hypothesis import strategies as st

from ketaprogram.citation import Citation
from ketaprogram.documents.shapes import (
    Boolean,
    Choice,
    Constant,
    Integer,
    Lexical,
    Listing,
    Nullable,
    Object,
    Shape,
    String,
    Variants,
    shape_of,
)
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import (
    AbsentFact,
    AbsentReason,
    BooleanFact,
    CodeFact,
    CodesFact,
    DateFact,
    EntriesFact,
    Entry,
    Fact,
    FactSet,
    QuantityFact,
)
from ketaprogram.rules import conditions as tree
from ketaprogram.rules import model as rules
from ketaprogram.rules.model import Criterion, Rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ketaprogram.facts.catalog import Catalog, FactDefinition
    from ketaprogram.rules.conditions import Condition

__all__ = ["AS_OF", "conditions", "documents", "fact_sets", "facts", "instants", "rulebooks"]

Model = TypeVar("Model")

AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The instant to which `fact_sets` are fresh."""


def documents(model: type[Model]) -> st.SearchStrategy[Model]:
    """
    Valid instances of a document model: each reads, and its schema accepts it.

    Lists are short. Texts include the ones that break naive code: quotes, other scripts, emoji.
    """
    return _object(shape_of(model), 0)  # type: ignore[arg-type]  # a class is hashable


def instants() -> st.SearchStrategy[datetime]:
    """Aware instants of the years 1990 to 2090 with any offset of whole minutes."""
    offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    naive = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001  # the offset is added below
    return st.builds(lambda moment, offset: moment.replace(tzinfo=offset), naive, st.one_of(st.just(UTC), offsets))


def facts(definition: FactDefinition, *, fresh: bool = True, known: Catalog | None = None) -> st.SearchStrategy[Fact]:
    """
    Values of one fact of the catalogue that fit its kind, unit, range and words.

    Args:
        definition: The fact.
        fresh: Observed at `AS_OF`; otherwise at any time before it, or at no stated time.
        known: The catalogue, if a clinic extends ours.
    """
    observed = (
        st.just(AS_OF) if fresh else st.none() | st.integers(0, 4000).map(lambda days: AS_OF - timedelta(days=days))
    )
    common: dict[str, Any] = {"id": st.just(definition.id), "observed_at": observed}
    match definition.kind:
        case "boolean":
            return st.builds(BooleanFact, value=st.booleans(), **common)
        case "code":
            return st.builds(CodeFact, value=st.sampled_from(definition.words), **common)
        case "codes":
            values = st.frozensets(st.sampled_from(definition.words), max_size=4)
            return st.builds(CodesFact, values=values, is_complete=st.booleans(), **common)
        case "date":
            days = st.dates(date(1950, 1, 1), AS_OF.date())
            return st.builds(DateFact, value=days, **common)
        case "entries":
            entries = st.lists(_entries(definition, known or catalog()), max_size=3).map(tuple)
            return st.builds(EntriesFact, entries=entries, is_complete=st.booleans(), **common)
        case "quantity":
            low, high = definition.low or Decimal(0), definition.high or Decimal(1000)
            amounts = st.decimals(low, high, places=1, allow_nan=False)
            comparators = st.sampled_from(["=", "=", "=", ">=", "<="])
            return st.builds(
                QuantityFact, value=amounts, unit=st.just(definition.unit), comparator=comparators, **common
            )


def _entries(definition: FactDefinition, known: Catalog) -> st.SearchStrategy[Entry]:
    """Entries of a history: each of its facts known, absent for a reason, or not asked."""
    members = [facts(known[fact_id]) | _absent(fact_id) | st.none() for fact_id in known.members_of(definition.id)]
    told = st.tuples(*members).map(lambda found: tuple(each for each in found if each is not None))
    return st.builds(Entry, label=st.just("An entry"), facts=told)


def _absent(fact_id: str) -> st.SearchStrategy[AbsentFact]:
    return st.builds(AbsentFact, id=st.just(fact_id), reason=st.sampled_from(AbsentReason))


def fact_sets(
    fact_ids: Iterable[str] | None = None, *, complete: bool = False, known: Catalog | None = None
) -> st.SearchStrategy[FactSet]:
    """
    Fact sets over the catalogue, or over some of its facts: known, absent for a reason, or not asked.

    Args:
        fact_ids: The facts that may stand in it; all of the catalogue if not given.
        complete: Every fact known and fresh.
        known: The catalogue, if a clinic extends ours.
    """
    definitions = known or catalog()
    asked = [each.id for each in definitions.definitions.values() if each.entry_of is None]
    chosen = [definitions[fact_id] for fact_id in (asked if fact_ids is None else fact_ids)]

    def one(definition: FactDefinition) -> st.SearchStrategy[Fact | None]:
        fresh = facts(definition, known=known)
        if complete:
            return fresh
        stale = facts(definition, fresh=False, known=known)
        return st.one_of(fresh, fresh, stale, _absent(definition.id), st.none())

    return st.tuples(*(one(definition) for definition in chosen)).map(
        lambda found: FactSet(facts=tuple(each for each in found if each is not None))
    )


def conditions(
    *, known: Catalog | None = None, depth: int = 2, entry_of: str | None = None
) -> st.SearchStrategy[Condition]:
    """
    Conditions over the catalogue that a rulebook may hold: each test fits its fact.

    Args:
        known: The catalogue, if a clinic extends ours.
        depth: How many levels of all, any and not stand above the tests.
        entry_of: The history whose entries the condition is about.
    """
    definitions = known or catalog()
    fitting = [each for each in definitions.definitions.values() if each.entry_of == entry_of]
    leaves = st.sampled_from(fitting).flatmap(lambda each: _test(each, known))
    found: st.SearchStrategy[Condition] = leaves
    for _ in range(depth):
        parts = st.lists(found, min_size=1, max_size=3).map(tuple)
        found = st.one_of(
            leaves,
            parts.map(lambda of: tree.All(of=of)),
            parts.map(lambda of: tree.Any(of=of)),
            found.map(lambda of: tree.Not(of=of)),
        )
    return found


def rulebooks(*, known: Catalog | None = None, harm_never_helps: bool = False) -> st.SearchStrategy[Rulebook]:
    """
    Rulebooks of one to five criteria of any kind over the catalogue.

    Args:
        known: The catalogue, if a clinic extends ours.
        harm_never_helps: Only rulebooks that keep the second law: every test restricts in the harmful direction of its
            fact, as an author would write it.
    """

    def criterion(number: int, kind: str) -> st.SearchStrategy[Criterion]:
        when = _oriented(known, restricts=kind != "inclusion") if harm_never_helps else conditions(known=known)
        return st.builds(
            Criterion,
            id=st.just(f"criterion-{number}"),
            criterion_kind=st.just(kind),
            statement=st.just("A rule."),
            when=when,
            action=st.just("An option."),
            citations=st.just((Citation(source="GENERAL"),)),
            changeable=st.booleans(),
            overridable=st.booleans(),
            if_unknown=st.sampled_from(["ask", "ask", "met"]),
        )

    kinds = st.lists(st.sampled_from(get_args(rules.CriterionKind)), min_size=1, max_size=5)
    return kinds.flatmap(
        lambda chosen: st.builds(
            Rulebook,
            id=st.just("random"),
            version=st.just("1.0.0"),
            title=st.just("A random rulebook"),
            gate=st.just("candidacy"),
            effective_from=st.just(date(2026, 1, 1)),
            criteria=st.tuples(*(criterion(number, kind) for number, kind in enumerate(chosen))),
        )
    )


def _oriented(known: Catalog | None, *, restricts: bool) -> st.SearchStrategy[Condition]:
    """Conditions that get truer as facts get worse, or for inclusions falser."""
    directed = [each for each in (known or catalog()).definitions.values() if each.harm != "none"]
    leaves = st.sampled_from(directed).flatmap(lambda each: _harmful_test(each, rises=restricts))
    parts = st.lists(leaves, min_size=1, max_size=3).map(tuple)
    opposite = st.sampled_from(directed).flatmap(lambda each: _harmful_test(each, rises=not restricts))
    return st.one_of(
        leaves,
        parts.map(lambda of: tree.All(of=of)),
        parts.map(lambda of: tree.Any(of=of)),
        opposite.map(lambda of: tree.Not(of=of)),
    )


def _harmful_test(definition: FactDefinition, *, rises: bool) -> st.SearchStrategy[Condition]:
    """A test that gets truer, or falser, as its fact gets worse."""
    if definition.kind == "boolean":
        wanted = tree.Flag(value=(definition.harm == "true") is rises)
        return st.just(tree.Test(fact=definition.id, op="=", operand=wanted))
    if definition.kind == "codes":
        words = st.lists(st.sampled_from(definition.words), min_size=1, max_size=3, unique=True).map(tuple)
        held = words.map(lambda of: tree.Test(fact=definition.id, op="includes-any", operand=tree.Words(values=of)))
        return held if rises else held.map(lambda test: tree.Not(of=test))
    amounts = st.decimals(definition.low or 0, definition.high or 1000, places=1, allow_nan=False)
    signs = (">", ">=") if (definition.harm == "up") is rises else ("<", "<=")
    return st.builds(
        tree.Test,
        fact=st.just(definition.id),
        op=st.sampled_from(signs),
        operand=amounts.map(lambda bound: tree.Amounts(values=(bound,), unit=definition.unit)),
    )


def _test(definition: FactDefinition, known: Catalog | None) -> st.SearchStrategy[Condition]:
    def test(op: str, operand: st.SearchStrategy[Any]) -> st.SearchStrategy[Condition]:
        return st.builds(tree.Test, fact=st.just(definition.id), op=st.just(op), operand=operand)

    is_known = test("is-known", st.none())
    words = st.lists(st.sampled_from(definition.words or ("none",)), min_size=1, max_size=3, unique=True).map(tuple)
    match definition.kind:
        case "boolean":
            return test("=", st.builds(tree.Flag, value=st.booleans())) | is_known
        case "code":
            one = words.map(lambda found: tree.Words(values=found[:1]))
            return test("=", one) | test("!=", one) | test("in", st.builds(tree.Words, values=words)) | is_known
        case "codes":
            several = st.builds(tree.Words, values=words)
            counted = words.flatmap(
                lambda found: st.builds(tree.Count, at_least=st.integers(1, len(found)), words=st.just(found))
            )
            return test("includes-any", several) | test("includes-all", several) | test("count", counted) | is_known
        case "date":
            period = st.builds(tree.Period, amount=st.integers(1, 400), unit=st.sampled_from(["d", "wk", "mo", "a"]))
            return test("within", period) | test("older-than", period) | is_known
        case "entries":
            where = conditions(known=known, depth=1, entry_of=definition.id)
            return test("count", st.builds(tree.Matching, at_least=st.integers(1, 3), where=where)) | is_known
        case "quantity":
            amounts = st.decimals(definition.low or 0, definition.high or 1000, places=1, allow_nan=False)
            single = amounts.map(lambda bound: tree.Amounts(values=(bound,), unit=definition.unit))
            two = st.tuples(amounts, amounts).map(
                lambda bounds: tree.Amounts(values=tuple(sorted(bounds)), unit=definition.unit)
            )
            compared = st.sampled_from(["=", "!=", "<", "<=", ">", ">="]).flatmap(lambda op: test(op, single))
            return compared | test("between", two) | is_known


@cache
def _object(shape: Object, depth: int) -> st.SearchStrategy[Any]:
    required: dict[Any, st.SearchStrategy[Any]] = {}
    optional: dict[Any, st.SearchStrategy[Any]] = {}
    for member in shape.members:
        # A model that contains itself ends here: its own kind is only drawn a few levels deep.
        target = required if member.required else optional
        target[member.name] = _strategy(member.shape, depth + 1)
    return st.fixed_dictionaries(required, optional=optional).map(lambda found: shape.model(**found))


def _strategy(shape: Shape, depth: int) -> st.SearchStrategy[Any]:  # noqa: C901, PLR0911  # one branch per shape
    match shape:
        case Boolean():
            return st.booleans()
        case Integer(low, high):
            return st.integers(low, high)
        case Constant(word):
            return st.just(word)
        case Choice(words):
            return st.sampled_from(list(words.values()))
        case String(shortest, longest, pattern):
            if pattern is not None:
                texts = st.from_regex(pattern, fullmatch=True)
                return texts.filter(lambda text: shortest <= len(text) <= (longest or len(text)))
            return st.text(st.characters(exclude_categories=["Cs"]), min_size=shortest, max_size=min(longest or 40, 40))
        case Lexical():
            return _LEXICAL[shape.name] if shape.name in _LEXICAL else _decimals(shape)
        case Listing(item, build, shortest, longest):
            if depth > _DEEPEST and not shortest:
                return st.just(build(()))
            most = min(longest or 3, max(shortest, 1 if depth > _DEEPEST else 3))
            return st.lists(_strategy(item, depth), min_size=shortest, max_size=most).map(build)
        case Nullable(inner):
            return st.none() | _strategy(inner, depth)
        case Object():
            return _variant(shape, depth)
        case Variants(kinds):
            shallow = [each for each in kinds.values() if not _nests(each)] if depth > _DEEPEST else []
            return st.one_of([_variant(each, depth) for each in shallow or kinds.values()])


def _variant(shape: Object, depth: int) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: _object(shape, depth))


def _nests(shape: Object) -> bool:
    """Whether the object may hold other variants."""
    inner = [member.shape.item if isinstance(member.shape, Listing) else member.shape for member in shape.members]
    return any(isinstance(each, Variants) and shape in each.kinds.values() for each in inner)


def _decimals(shape: Lexical) -> st.SearchStrategy[Decimal]:
    return st.from_regex(shape.pattern, fullmatch=True).map(shape.parse)


_DEEPEST = 3
_LEXICAL: dict[str, st.SearchStrategy[Any]] = {
    "a date YYYY-MM-DD": st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    "a time of day HH:MM": st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    "an instant YYYY-MM-DDTHH:MM:SS with Z or a numeric offset": instants(),
}
