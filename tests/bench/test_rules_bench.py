"""
How fast rules answer, beside the same rules as plain ifs and as rules of other engines: `make bench`.

Each peer gets the criteria that it can express, written in its own language from ours, and must agree with us on one
complete person before it is measured. None of them says what is missing, when it was observed, or why.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from ketaprogram import FactSet, Intake, catalog, determine, determine_status, facts_from, load_rulebook, read
from ketaprogram.rules.compiling import _compile, compiled
from ketaprogram.rules.conditions import All, Amounts, Any, Flag, Not, Test, Words
from ketaprogram.rules.evaluation import View, weigh

AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FORM = (Path(__file__).parents[1] / "cases" / "intakes" / "candidate-home-gad.json").read_bytes()
HOME = load_rulebook("candidacy-home")
FACTS = facts_from(read(Intake, FORM), AS_OF)
VIEW = View(FACTS, catalog(), AS_OF, HOME.shelf_lives)
RANKS = {"emergency": 5, "exclusion": 4, "deferral": 3, "inclusion": 3, "precaution": 1}


def plain(fact_id):
    """A person's fact as other engines take it; what the form leaves open is filled in, for they need it all."""
    fact = FACTS.get(fact_id)
    match catalog()[fact_id].kind:
        case "quantity":
            return float(fact.value) if fact else 0.0
        case "codes":
            return sorted(fact.values) if fact else []
        case "code":
            return fact.value if fact else "none"
        case _:
            return bool(getattr(fact, "value", False))


def name(fact_id):
    return fact_id.replace(".", "_")


def written(condition, words):
    """A condition in another language, or None if the language has no words for a part of it."""
    match condition:
        case All(of=parts) | Any(of=parts):
            each = [written(part, words) for part in parts]
            return None if None in each else words["all" if isinstance(condition, All) else "any"](each)
        case Not(of=part):
            inner = written(part, words)
            return None if inner is None else words["not"](inner)
        case Test(operand=Flag(value=value)):
            return words["flag"](name(condition.fact), value)
        case Test(operand=Amounts(values=(bound,))):
            return words["amount"](name(condition.fact), condition.op, float(bound))
        case Test(operand=Words(values=values)) if condition.op in {"=", "in", "includes-any"}:
            return words[condition.op](name(condition.fact), values)
        case _:
            return None


PYTHON = {
    "all": lambda each: f"({' and '.join(each)})",
    "any": lambda each: f"({' or '.join(each)})",
    "not": lambda inner: f"(not {inner})",
    "flag": lambda fact, value: f"{fact} is {value}",
    "amount": lambda fact, op, bound: f"{fact} {'==' if op == '=' else op} {bound}",
    "=": lambda fact, values: f"{fact} == {values[0]!r}",
    "in": lambda fact, values: f"{fact} in {values!r}",
    "includes-any": lambda fact, values: f"({' or '.join(f'{value!r} in {fact}' for value in values)})",
}
RULE_ENGINE = PYTHON | {
    "flag": lambda fact, value: f"{fact} == {str(value).lower()}",
    "in": lambda fact, values: f"({' or '.join(f'{fact} == {value!r}' for value in values)})",
}
ZEN = RULE_ENGINE | {"not": lambda inner: f"not({inner})"}
JSON_LOGIC = {
    "all": lambda each: {"and": each},
    "any": lambda each: {"or": each},
    "not": lambda inner: {"!": [inner]},
    "flag": lambda fact, value: {"===": [{"var": fact}, value]},
    "amount": lambda fact, op, bound: {"==" if op == "=" else op: [{"var": fact}, bound]},
    "=": lambda fact, values: {"===": [{"var": fact}, values[0]]},
    "in": lambda fact, values: {"in": [{"var": fact}, list(values)]},
    "includes-any": lambda fact, values: {"or": [{"in": [value, {"var": fact}]} for value in values]},
}


def expressed(words):
    """The criteria that a language has words for, and the person's facts that they look at."""
    found = [(each, written(each.when, words)) for each in HOME.criteria]
    return [(each, text) for each, text in found if text is not None]


RULES = expressed(PYTHON)
PERSON = {name(fact_id): plain(fact_id) for fact_id in HOME.asks if catalog()[fact_id].kind not in {"date", "entries"}}
EXPECTED = [weigh(each.when, VIEW).truth for each, _ in RULES]


def agrees(answers):
    """Wherever we know an answer, the peer has the same one."""
    pairs = [(mine.is_true, bool(theirs)) for mine, theirs in zip(EXPECTED, answers, strict=True) if mine.is_known]
    return len(pairs) > 50 and all(mine == theirs for mine, theirs in pairs)


def ifs(*, guard):
    """The rules as a function of ifs over facts in a dict, with a check for each missing fact or without."""
    taken = [f"    {fact} = facts.get({fact!r})" for fact in sorted(PERSON)]
    lines = ["def answer(facts):", "    rank = 0", *taken]
    for criterion, text in RULES:
        asked = sorted(fact for fact in PERSON if fact in text)
        bad = f"not ({text})" if criterion.criterion_kind == "inclusion" else text
        missing = " or ".join(f"{fact} is None" for fact in asked)
        if guard:
            lines += [f"    if {missing}:", "        rank = max(rank, 2)", f"    elif {bad}:"]
        else:
            lines += [f"    if {bad}:"]
        lines += [f"        rank = max(rank, {RANKS[criterion.criterion_kind]})"]
    namespace = {}
    exec("\n".join([*lines, "    return rank"]), namespace)  # noqa: S102  # the floor, written out from our own rules
    return namespace["answer"]


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_0_floor_hand_written_ifs(benchmark):
    assert benchmark(ifs(guard=False), PERSON) is not None


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_1_ifs_that_check_for_missing_facts(benchmark):
    assert benchmark(ifs(guard=True), PERSON) is not None


def ifs_over_facts():
    """The same function over the same facts: each is looked up, present, and observed not too long ago."""
    rules = ifs(guard=True)
    asked = [
        (fact_id, name(fact_id), AS_OF - timedelta(days=int(life.value)) if life else None)
        for fact_id in HOME.asks
        if name(fact_id) in PERSON
        for life in [catalog().shelf_life(fact_id)]
    ]

    def answer(facts, now):
        values = {}
        for fact_id, short, oldest in asked:
            fact = facts.get(fact_id)
            if fact is not None and fact.kind != "absent":
                observed = fact.observed_at
                if oldest is None or (observed is not None and oldest <= observed <= now):
                    values[short] = fact.values if fact.kind == "codes" else fact.value
        return rules(values)

    return answer


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_2_ifs_that_check_presence_and_age_of_the_same_facts(benchmark):
    assert benchmark(ifs_over_facts(), FACTS, AS_OF) is not None


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_2_determine_status(benchmark):
    assert benchmark(determine_status, FACTS, HOME, AS_OF) is not None


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_3_determine_with_findings(benchmark):
    assert benchmark(determine, FACTS, HOME, AS_OF).findings


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_4_determine_nothing_known(benchmark):
    assert benchmark(determine, FactSet(), HOME, AS_OF).requirements


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_5_reference_interpreter(benchmark):
    assert benchmark(lambda: [weigh(each.when, VIEW) for each in HOME.criteria])


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_6_zen_engine(benchmark):
    zen = pytest.importorskip("zen")
    rules = [zen.compile_expression(text) for _, text in expressed(ZEN)]
    assert agrees(benchmark(lambda: [rule.evaluate(PERSON) for rule in rules]))


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_7_rule_engine(benchmark):
    rule_engine = pytest.importorskip("rule_engine")
    rules = [rule_engine.Rule(text) for _, text in expressed(RULE_ENGINE)]
    assert agrees(benchmark(lambda: [rule.matches(PERSON) for rule in rules]))


@pytest.mark.benchmark(group="rules of the home rulebook, complete facts")
def test_8_json_logic(benchmark):
    json_logic = pytest.importorskip("json_logic")
    rules = [logic for _, logic in expressed(JSON_LOGIC)]
    assert agrees(benchmark(lambda: [json_logic.jsonLogic(rule, PERSON) for rule in rules]))


@pytest.mark.benchmark(group="compile a rulebook")
def test_0_compile_the_home_rulebook(benchmark):
    assert benchmark(_compile, HOME, catalog()).roots


@pytest.mark.benchmark(group="compile a rulebook")
def test_1_compile_a_thousand_criteria(benchmark):
    criteria = tuple(
        attrs.evolve(HOME.criteria[number % len(HOME.criteria)], id=f"precaution.rule-{number}")
        for number in range(1000)
    )
    large = attrs.evolve(HOME, criteria=criteria)
    assert len(benchmark.pedantic(_compile, args=(large, catalog()), rounds=5).roots) == 1000


@pytest.mark.benchmark(group="compile a rulebook")
def test_2_find_a_compiled_rulebook(benchmark):
    compiled(HOME, catalog())
    assert benchmark(compiled, HOME, catalog())
