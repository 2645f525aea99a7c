"""
Rulebooks as plain Python: each is written out once as one function, which answers at the speed of hand-written ifs.

What a condition means stands in `evaluation`; the source made here must agree with it on every rulebook and every
person, which is a property test. It is made from our own tree alone: names are numbered, and every constant of the
rulebook is bound by name and never becomes source text.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from attrs import define, field, frozen

from ketaprogram._time import earliest_within
from ketaprogram.errors import RuleError
from ketaprogram.facts.model import (
    AbsentReason,
    BooleanFact,
    CodeFact,
    CodesFact,
    DateFact,
    EntriesFact,
    Fact,
    QuantityFact,
)
from ketaprogram.quantity import Quantity
from ketaprogram.rules import conditions as tree
from ketaprogram.rules.checking import check_rulebook
from ketaprogram.rules.conditions import Not, Test, single_tests
from ketaprogram.rules.evaluation import in_unit
from ketaprogram.rules.lattice import status_of
from ketaprogram.rules.model import Status
from ketaprogram.truth import truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from decimal import Decimal

    from ketaprogram.facts.catalog import Catalog, FactDefinition
    from ketaprogram.rules.conditions import Condition, PeriodUnit
    from ketaprogram.rules.evaluation import View
    from ketaprogram.rules.model import Criterion, Rulebook

__all__ = ["Answered", "Compiled", "Node", "compiled"]


class Answered(NamedTuple):
    """What a compiled rulebook says of one person: the rank of the status, each node's truth, each known fact."""

    rank: int
    truths: tuple[bool | None, ...]
    facts: tuple[Fact | None, ...]


@frozen
class Node:
    """A condition in a compiled rulebook: the place of its truth, and for a test the place of its fact."""

    place: int
    parts: tuple[Node, ...] = ()
    negates: bool = False
    test: Test | None = None
    fact: int = -1


@frozen(eq=False)
class Compiled:
    """A rulebook that was compiled for a catalogue."""

    criteria: tuple[Criterion, ...]
    roots: tuple[Node, ...]
    lives: tuple[Quantity, ...]
    periods: tuple[tuple[int, PeriodUnit], ...]
    source: str = field(repr=False)
    function: Callable[..., tuple[int, tuple[bool | None, ...], tuple[Fact | None, ...]]] = field(repr=False)

    def answer(self, view: View) -> Answered:
        """Every truth, for one person at one instant."""

        def odd(fact: Fact) -> tuple[Fact | None, Any, Any]:
            """A fact that is not plain: absent, perhaps stale, in another unit, or an amount with one bound only."""
            known = view.judged(fact)
            if isinstance(known, AbsentReason):
                return (None, *_NOTHING.get(view.catalog[fact.id].kind, _NO_VALUE))
            return _value(known, view)

        sure = _surely_fresh(view.as_of, view.on, self.lives)
        earliest = tuple(earliest_within(view.on, amount, unit) for amount, unit in self.periods)
        return Answered(*self.function(view.facts.get, odd, view.as_of, view.on, sure, earliest))


def compiled(rulebook: Rulebook, known: Catalog) -> Compiled:
    """
    The compiled form of a rulebook, made once for its digest and the catalogue.

    Raises:
        RuleError: The rulebook means nothing for this catalogue; every fault is named.
    """
    key = (rulebook.digest, known)
    found = _MADE.get(key)
    if found is None:
        with _MAKING:
            found = _MADE.get(key) or _compile(rulebook, known)
            if len(_MADE) >= _MOST:
                del _MADE[next(iter(_MADE))]
            _MADE[key] = found
    return found


_MADE: dict[tuple[str, Catalog], Compiled] = {}
_MAKING = Lock()
_MOST = 256


class Bounded:
    """An amount of which only the least or the greatest value is known: it compares to True, False or None."""

    __slots__ = ("high", "low")
    __hash__ = None  # type: ignore[assignment]  # two that compare to None are neither equal nor unequal

    def __init__(self, low: Decimal | None, high: Decimal | None) -> None:
        self.low = low
        self.high = high

    def __lt__(self, bound: Decimal) -> bool | None:
        if self.high is not None and self.high < bound:
            return True
        return False if self.low is not None and self.low >= bound else None

    def __gt__(self, bound: Decimal) -> bool | None:
        if self.low is not None and self.low > bound:
            return True
        return False if self.high is not None and self.high <= bound else None

    def __le__(self, bound: Decimal) -> bool | None:
        above = self > bound
        return None if above is None else not above

    def __ge__(self, bound: Decimal) -> bool | None:
        below = self < bound
        return None if below is None else not below

    def __eq__(self, bound: object) -> bool | None:  # type: ignore[override]  # three-valued, like the others
        return False if self < bound or self > bound else None  # type: ignore[operator]  # only ever a Decimal

    def __ne__(self, bound: object) -> bool | None:  # type: ignore[override]  # three-valued, like the others
        return True if self < bound or self > bound else None  # type: ignore[operator]  # only ever a Decimal


def _value(fact: Fact, view: View) -> tuple[Fact, Any, Any]:
    """The value of a known fact that a compiled test compares, and for a list what stands for "not in it"."""
    match fact:
        case CodesFact(values=words, is_complete=is_complete):
            return fact, words, False if is_complete else None
        case EntriesFact(entries=entries, is_complete=is_complete):
            return fact, entries, is_complete
        case QuantityFact(comparator=comparator):
            number = in_unit(fact, view.catalog[fact.id].unit)
            if comparator == "=":
                return fact, number, None
            return fact, Bounded(None if comparator == "<=" else number, None if comparator == ">=" else number), None
        case _:
            return fact, fact.value, None  # type: ignore[union-attr]  # an absent fact is never known


_NO_VALUE = (None, None)
_NOTHING: dict[str, tuple[Any, Any]] = {"codes": (frozenset(), None), "entries": ((), False)}


@lru_cache(maxsize=64)
def _surely_fresh(as_of: datetime, on: date, lives: tuple[Quantity, ...]) -> tuple[datetime, ...]:
    """
    For each shelf life, an instant from which an observation is fresh whatever the person's zone.

    Older ones may be fresh too, within the day or two on which zones differ: those are judged one by one.
    """
    return tuple(
        as_of.astimezone(UTC) - timedelta(seconds=int(life.to("s").value))
        if life.dimension == "time" and life < Quantity(1, "d")
        else _two_days_after(earliest_within(on, int(life.value), life.unit))
        for life in lives
    )


def _two_days_after(day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(days=2)


def _compile(rulebook: Rulebook, known: Catalog) -> Compiled:
    faults = check_rulebook(rulebook, known)
    if faults:
        message = "the rulebook cannot be used"
        raise RuleError(message, faults)
    writer = _Writer(known, dict(rulebook.shelf_lives))
    body = writer.body(test for each in rulebook.criteria for test in single_tests(each.when))
    roots = tuple(writer.node(body, each.when) for each in rulebook.criteria)
    ladder = _ladder([(root.place, _ranks(each)) for root, each in zip(roots, rulebook.criteria, strict=True)])
    truths = ", ".join(f"t{place}" for place in range(body.nodes))
    facts = ", ".join(f"f{place}" for place in range(len(body.facts)))
    lines = [
        *writer.helpers,
        "def answer(get, odd, now, on, sure, earliest):",
        *body.lines,
        f"    return {ladder}, ({truths},), ({facts},)",
    ]
    source = "\n".join(lines)
    namespace = dict(writer.constants)
    exec(compile(source, "<compiled rulebook>", "exec"), namespace)  # noqa: S102  # our own source: see the module
    return Compiled(rulebook.criteria, roots, tuple(writer.lives), tuple(writer.periods), source, namespace["answer"])


def _ranks(criterion: Criterion) -> dict[bool | None, int]:
    """The rank of the status that each truth of its condition gives."""
    return {plain: status_of(criterion, truth(plain)).rank for plain in (True, False, None)}


def _ladder(ranks: list[tuple[int, dict[bool | None, int]]]) -> str:
    """The rank of the most restrictive finding, as one expression: the worst is looked for first."""
    steps = []
    for rank in range(len(Status) - 1, 0, -1):
        tests = [
            f"t{place}" if truth is True else f"t{place} is {truth}"
            for place, by_truth in ranks
            for truth, own in by_truth.items()
            if own == rank
        ]
        if tests:
            steps.append(f"{rank} if {' or '.join(tests)} else ")
    return "".join(steps) + "0"


@define
class _Body:
    """The lines of one function: of the whole rulebook, or of the condition of a history's entries."""

    facts: dict[str, int]
    lines: list[str] = field(factory=list)
    nodes: int = 0
    counts: dict[tuple[int, Condition], str] = field(factory=dict)

    def write(self, line: str) -> None:
        self.lines.append("    " + line)


@define
class _Writer:
    """Writes source, and binds what must not stand in it."""

    known: Catalog
    own_lives: dict[str, Quantity]
    constants: dict[str, Any] = field(factory=lambda: dict(_FACT_TYPES))
    lives: list[Quantity] = field(factory=list)
    periods: list[tuple[int, PeriodUnit]] = field(factory=list)
    helpers: list[str] = field(factory=list)

    def bound(self, value: object) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def body(self, tests: Iterable[Test]) -> _Body:
        """A function's beginning: every fact that these tests look at, taken out once."""
        body = _Body({fact_id: place for place, fact_id in enumerate(sorted({test.fact for test in tests}))})
        for fact_id in body.facts:
            self.take_out(body, self.known[fact_id])
        return body

    def take_out(self, body: _Body, definition: FactDefinition) -> None:
        """The value of one fact: plain and fresh ones at once, any other by the judgement of the reference."""
        place = body.facts[definition.id]
        fact, value, rest = f"f{place}", f"v{place}", f"w{place}"
        kind = _KINDS[definition.kind]
        plain = [f"{fact}.__class__ is {kind}"]
        if definition.kind == "quantity":
            plain.append(f'{fact}.comparator == "=" and {fact}.unit == {self.bound(definition.unit)}')
        fresh = self._fresh(fact, definition)
        if fresh:
            plain.append(fresh)
        body.write(f"{fact} = get({self.bound(definition.id)})")
        body.write(f"if {' and '.join(plain)}:")
        match definition.kind:
            case "codes":
                body.write(f"    {value} = {fact}.values; {rest} = False if {fact}.is_complete else None")
                nothing = f"{value} = {self.bound(frozenset())}; {rest} = None"
            case "entries":
                body.write(f"    {value} = {fact}.entries; {rest} = {fact}.is_complete")
                nothing = f"{value} = (); {rest} = False"
            case _:
                body.write(f"    {value} = {fact}.value")
                nothing = f"{value} = None"
        body.write(f"elif {fact} is None:")
        body.write(f"    {nothing}")
        body.write("else:")
        body.write(f"    {fact}, {value}, {rest} = odd({fact})")

    def _fresh(self, fact: str, definition: FactDefinition) -> str:
        sort = definition.shelf_life
        if sort is None:
            return ""
        life = self.own_lives.get(sort) or self.known.shelf_lives[sort].value
        if life not in self.lives:
            self.lives.append(life)
        when = f"{fact}.observed_at"
        fresh = f"{when} is not None and sure[{self.lives.index(life)}] <= {when} <= now"
        if definition.lasting and definition.kind == "boolean":
            return f"({fact}.value is {definition.harm == 'true'} or {fresh})"
        return fresh

    def node(self, body: _Body, condition: Condition) -> Node:
        """The lines of one condition, parts first, and the place of its truth."""
        match condition:
            case Test():
                expression = self.test(body, condition)
                node = Node(body.nodes, test=condition, fact=body.facts[condition.fact])
            case Not(of=part):
                inner = self.node(body, part)
                expression = f"None if t{inner.place} is None else not t{inner.place}"
                node = Node(body.nodes, (inner,), negates=True)
            case _:
                parts = tuple(self.node(body, part) for part in condition.of)
                expression = _kleene([f"t{part.place}" for part in parts], condition.kind)
                node = Node(body.nodes, parts)
        body.write(f"t{node.place} = {expression}")
        body.nodes += 1
        return node

    def test(self, body: _Body, test: Test) -> str:
        """One test as an expression that is True, False or None."""
        place = body.facts[test.fact]
        value, rest = f"v{place}", f"w{place}"
        unless_absent = f"None if {value} is None else "
        match test.operand:
            case None:
                return self._is_known(place, self.known[test.fact].kind)
            case tree.Flag(value=wanted):
                return value if wanted else f"{unless_absent}not {value}"
            case tree.Amounts(values=bounds) if test.op == "between":
                body.write(f"a = {unless_absent}{value} >= {self.bound(bounds[0])}")
                body.write(f"b = {unless_absent}{value} <= {self.bound(bounds[1])}")
                return _kleene(["a", "b"], "all")
            case tree.Amounts(values=bounds):
                return f"{unless_absent}{value} {_SIGNS.get(test.op, test.op)} {self.bound(bounds[0])}"
            case tree.Period(amount=amount, unit=unit):
                sign = ">=" if test.op == "within" else "<"
                return f"None if {value} is None or {value} > on else {value} {sign} {self._period(amount, unit)}"
            case tree.Count(at_least=at_least, words=words):
                return f"True if len({self.bound(frozenset(words))} & {value}) >= {at_least} else {rest}"
            case tree.Words(values=words) if test.op == "includes-any":
                return f"{rest} if {self.bound(frozenset(words))}.isdisjoint({value}) else True"
            case tree.Words(values=words) if test.op == "includes-all":
                return f"True if {self.bound(frozenset(words))} <= {value} else {rest}"
            case tree.Words(values=words):
                sign = "not in" if test.op == "!=" else "in"
                return f"{unless_absent}{value} {sign} {self.bound(frozenset(words))}"
            case tree.Matching(at_least=at_least, where=where):
                found = self._count(body, place, where)
                could = f"not {rest} or {found}[0] + {found}[1] >= {at_least}"
                return f"True if {found}[0] >= {at_least} else None if {could} else False"

    def _is_known(self, place: int, kind: str) -> str:
        """Whether the whole of a fact is known; never False."""
        match kind:
            case "quantity":
                return f"None if v{place} is None or v{place}.__class__ is Bounded else True"
            case "codes":
                return f"True if w{place} is False else None"
            case "entries":
                return f"True if w{place} else None"
            case _:
                return f"None if v{place} is None else True"

    def _period(self, amount: int, unit: PeriodUnit) -> str:
        if (amount, unit) not in self.periods:
            self.periods.append((amount, unit))
        return f"earliest[{self.periods.index((amount, unit))}]"

    def _count(self, body: _Body, place: int, where: Condition) -> str:
        """How many entries match and how many could, counted once however many criteria ask."""
        if (place, where) not in body.counts:
            name, found = f"count{len(self.helpers)}", f"m{len(body.counts)}"
            self._helper(name, where)
            body.write(f"{found} = {name}(v{place}, odd, now, on, sure, earliest)")
            body.counts[place, where] = found
        return body.counts[place, where]

    def _helper(self, name: str, where: Condition) -> None:
        inside = self.body(single_tests(where))
        root = self.node(inside, where)
        lines = [
            f"def {name}(entries, odd, now, on, sure, earliest):",
            "    matching = open_ones = 0",
            "    for entry in entries:",
            "        get = entry.by_id.get",
            *("    " + line for line in inside.lines),
            f"        if t{root.place}: matching += 1",
            f"        elif t{root.place} is None: open_ones += 1",
            "    return matching, open_ones",
        ]
        self.helpers.append("\n".join(lines))


def _kleene(parts: list[str], kind: Literal["all", "any"]) -> str:
    decides, otherwise = ("False", "True") if kind == "all" else ("True", "False")
    deciding = " or ".join(f"{part} is {decides}" for part in parts)
    unknown = " or ".join(f"{part} is None" for part in parts)
    return f"{decides} if {deciding} else None if {unknown} else {otherwise}"


_KINDS = {
    "boolean": "BooleanFact",
    "quantity": "QuantityFact",
    "code": "CodeFact",
    "codes": "CodesFact",
    "date": "DateFact",
    "entries": "EntriesFact",
}
_FACT_TYPES: dict[str, Any] = {
    each.__name__: each for each in (BooleanFact, QuantityFact, CodeFact, CodesFact, DateFact, EntriesFact, Bounded)
}
_SIGNS = {"=": "=="}
