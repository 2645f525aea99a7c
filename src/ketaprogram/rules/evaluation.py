"""
What a condition means: the reference, kept readable.

`weigh` evaluates a condition by Kleene logic and says which facts decided it, or which missing ones would. A fact
that is absent, stale or bounded only on one side is UNKNOWN exactly where it could be either.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import field, frozen

from ketaprogram._time import add_period, wall
from ketaprogram.errors import RuleError, UnitError
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
from ketaprogram.quantity import Quantity
from ketaprogram.rules.conditions import All, Amounts, Any, Condition, Count, Flag, Matching, Not, Period, Test, Words
from ketaprogram.truth import FALSE, TRUE, UNKNOWN, Truth, all_of, any_of, not_, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from ketaprogram.facts.catalog import Catalog, FactDefinition

    KnownFact = BooleanFact | QuantityFact | CodeFact | CodesFact | DateFact | EntriesFact

__all__ = ["View", "Weighed", "in_unit", "weigh"]


@frozen
class Weighed:
    """The truth of a condition, the facts that decided it and the ids of those that are missing."""

    truth: Truth
    used: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()


@frozen
class View:
    """
    A person's facts as they stand at one instant.

    Args:
        facts: The facts.
        catalog: Their definitions.
        as_of: The instant at which observations are fresh or stale.
        shelf_lives: How long facts stay fresh where the rulebook says so, by the catalogue's id of their sort.
        on: The day of the question on the person's calendar, to which periods are counted.
    """

    facts: FactSet
    catalog: Catalog
    as_of: datetime
    shelf_lives: Mapping[str, Quantity] = field(factory=dict)
    on: date = field()

    @on.default
    def _on_that_day(self) -> date:
        zone = self.facts.time_zone
        return wall(self.as_of, zone)[0] if zone is not None else self.as_of.date()

    def known(self, fact_id: str) -> Fact | AbsentReason:
        """The fact if it has a fresh value of its own kind, else why not."""
        fact = self.facts.get(fact_id)
        return AbsentReason.NOT_ASKED if fact is None else self.judged(fact)

    def judged(self, fact: Fact) -> Fact | AbsentReason:
        """A fact if its value counts, else why not: it is absent, stale, or not what the catalogue says it is."""
        if isinstance(fact, AbsentFact):
            return fact.reason
        definition = self.catalog[fact.id]
        if fact.kind != definition.kind or (isinstance(fact, QuantityFact) and in_unit(fact, definition.unit) is None):
            return AbsentReason.UNKNOWN
        return fact if self._is_fresh(fact, definition) else AbsentReason.STALE

    def life_of(self, definition: FactDefinition) -> Quantity | None:
        """How long a fact stays fresh; None is for ever."""
        sort = definition.shelf_life
        if sort is None:
            return None
        return self.shelf_lives.get(sort) or self.catalog.shelf_lives[sort].value

    def of_entry(self, entry: Entry) -> View:
        """The facts of one entry of a history, on the same day."""
        inside = FactSet(facts=entry.facts, time_zone=self.facts.time_zone)
        return View(inside, self.catalog, self.as_of, self.shelf_lives, self.on)

    def _is_fresh(self, fact: KnownFact, definition: FactDefinition) -> bool:
        life = self.life_of(definition)
        if life is None:
            return True
        if definition.lasting and isinstance(fact, BooleanFact) and fact.value is (definition.harm == "true"):
            return True
        if fact.observed_at is None or fact.observed_at > self.as_of:
            return False
        if life.dimension == "time" and life < Quantity(1, "d"):
            return self.as_of - fact.observed_at <= timedelta(seconds=int(life.to("s").value))
        zone = self.facts.time_zone
        observed_on = wall(fact.observed_at, zone)[0] if zone is not None else fact.observed_at.date()
        return self.on <= add_period(observed_on, int(life.value), life.unit)  # type: ignore[arg-type]  # d wk mo a


def weigh(condition: Condition, view: View) -> Weighed:
    """
    Evaluate a condition.

    Unknowns:
        A missing, stale or one-sided fact makes its test UNKNOWN unless every value that it could have gives one
        answer.
    """
    match condition:
        case Test():
            return _test(condition, view)
        case All(of=parts):
            return _combined(all_of, parts, view)
        case Any(of=parts):
            return _combined(any_of, parts, view)
        case Not(of=part):
            weighed = weigh(part, view)
            return Weighed(not_(weighed.truth), weighed.used, weighed.missing)


def _combined(combine: Callable[[Iterable[Truth]], Truth], parts: tuple[Condition, ...], view: View) -> Weighed:
    weighed = [weigh(part, view) for part in parts]
    result = combine(each.truth for each in weighed)
    deciding = [each for each in weighed if each.truth is result]
    used = {fact.id: fact for each in deciding for fact in each.used}
    missing = dict.fromkeys(fact_id for each in deciding for fact_id in each.missing)
    return Weighed(result, tuple(used.values()), tuple(missing))


def _test(test: Test, view: View) -> Weighed:
    fact = view.known(test.fact)
    if isinstance(fact, AbsentReason):
        return Weighed(UNKNOWN, missing=(test.fact,))
    result = _compared(test, fact, view)
    return Weighed(result, (fact,), (test.fact,) if result is UNKNOWN else ())


def _compared(test: Test, fact: Fact, view: View) -> Truth:
    match fact, test.operand:
        case _, None:
            return TRUE if _is_whole(fact) else UNKNOWN
        case BooleanFact(value=value), Flag(value=wanted):
            return truth(value is wanted)
        case QuantityFact(), Amounts():
            return _amount(test.op, fact, test.operand)
        case CodeFact(value=word), Words(values=words):
            return not_(truth(word in words)) if test.op == "!=" else truth(word in words)
        case CodesFact(), Words(values=words):
            held = fact.values.issuperset(words) if test.op == "includes-all" else fact.values.intersection(words)
            return TRUE if held else _open(fact)
        case CodesFact(), Count(at_least=at_least, words=words):
            return TRUE if len(fact.values.intersection(words)) >= at_least else _open(fact)
        case EntriesFact(), Matching():
            return _counted(test.operand, fact, view)
        case DateFact(value=day), Period(amount=amount, unit=unit):
            if day > view.on:
                return UNKNOWN  # nothing that has happened: somebody mistyped it
            within = truth(view.on <= add_period(day, amount, unit))
            return within if test.op == "within" else not_(within)
        case _:
            message = f"{test.op} does not fit {test.fact}: check_rulebook finds such faults"
            raise RuleError(message)


def _is_whole(fact: Fact) -> bool:
    """Whether nothing of the fact is open: no amount bounded on one side only, no list that may be longer."""
    match fact:
        case QuantityFact(comparator=comparator):
            return comparator == "="
        case CodesFact(is_complete=is_complete) | EntriesFact(is_complete=is_complete):
            return is_complete
        case _:
            return True


def _open(fact: CodesFact) -> Truth:
    """What a list says that does not hold what was looked for: nothing, unless somebody marked it complete."""
    return FALSE if fact.is_complete else UNKNOWN


def _counted(operand: Matching, fact: EntriesFact, view: View) -> Truth:
    """Entries that match are counted, and so is what could still match: an open entry, or one that nobody told."""
    matches = [weigh(operand.where, view.of_entry(entry)).truth for entry in fact.entries]
    if matches.count(TRUE) >= operand.at_least:
        return TRUE
    could = not fact.is_complete or len(matches) - matches.count(FALSE) >= operand.at_least
    return UNKNOWN if could else FALSE


def _amount(op: str, fact: QuantityFact, operand: Amounts) -> Truth:
    number = in_unit(fact, operand.unit)
    low = None if fact.comparator == "<=" else number
    high = None if fact.comparator == ">=" else number
    bound = operand.values[0]
    if op == "between":
        return all_of((not_(_below(low, high, bound)), not_(_above(low, high, operand.values[1]))))
    return _COMPARISONS[op](low, high, bound)


def in_unit(fact: QuantityFact, unit: str) -> Decimal | None:
    """The number in a unit, exactly; None if the fact's own unit does not convert to it."""
    if fact.unit == unit:
        return fact.value
    try:
        return Quantity(fact.value, fact.unit).to(unit).value
    except UnitError:
        return None


def _below(low: Decimal | None, high: Decimal | None, bound: Decimal) -> Truth:
    if high is not None and high < bound:
        return TRUE
    return FALSE if low is not None and low >= bound else UNKNOWN


def _above(low: Decimal | None, high: Decimal | None, bound: Decimal) -> Truth:
    if low is not None and low > bound:
        return TRUE
    return FALSE if high is not None and high <= bound else UNKNOWN


def _equal(low: Decimal | None, high: Decimal | None, bound: Decimal) -> Truth:
    if low is not None and low == high:
        return truth(low == bound)
    apart = any_of((_below(low, high, bound), _above(low, high, bound)))
    return FALSE if apart is TRUE else UNKNOWN


_COMPARISONS: dict[str, Callable[[Decimal | None, Decimal | None, Decimal], Truth]] = {
    "<": _below,
    ">": _above,
    "<=": lambda low, high, bound: not_(_above(low, high, bound)),
    ">=": lambda low, high, bound: not_(_below(low, high, bound)),
    "=": _equal,
    "!=": lambda low, high, bound: not_(_equal(low, high, bound)),
}
