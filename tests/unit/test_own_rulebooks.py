"""A clinic's own rulebook: what it may say of the one that it extends, and what it may not."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import AS_OF, determination
from tests.property.test_candidacy_properties import UNPROBLEMATIC

from ketaprogram import (
    Rulebook,
    RuleError,
    Status,
    check_rulebook,
    determine,
    diff,
    explain,
    lint,
    load_rulebook,
    read,
    read_rulebook,
    render,
    write,
)
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import CodeFact, CodesFact, FactSet
from ketaprogram.rules.conditions import All, Amounts, Count, Flag, Matching, Not, Period, Test, Words
from ketaprogram.rules.lines import line_of, lines_of
from ketaprogram.rules.model import Review

HEAD = """
id = "ours"
version = "1.0.0"
title = "Our clinic"
gate = "candidacy"
effective_from = 2026-01-01
"""
EXTENDS = HEAD + 'extends = "candidacy-clinic"\n'

RULE = """
[[criterion]]
id = "precaution.ours"
kind = "precaution"
statement = "A rule of ours."
when = {when}
action = "Think about it."
sources = [{{ id = "GENERAL", locator = "our handbook", confidence = "well_known" }}]
"""
TRUE_FACT = '{ fact = "condition.pregnancy", op = "=", value = true }'
APPROVED = 'approved = { by = "A. Clinician", role = "physician", on = 2026-02-01 }'


def faults(text, **options):
    with pytest.raises(RuleError) as caught:
        read_rulebook(text, **options)
    return [f"{issue.pointer} {issue.code}" for issue in caught.value.issues]


def lines(text):
    with pytest.raises(RuleError) as caught:
        read_rulebook(text)
    return [issue.line for issue in caught.value.issues]


def criterion_of(rulebook, criterion_id):
    (found,) = [each for each in rulebook.criteria if each.id == criterion_id]
    return found


# --- changes by id ----------------------------------------------------------------------------------------------------


def test_a_change_replaces_what_it_names_and_keeps_the_rest():
    ours = read_rulebook(
        EXTENDS
        + f'[[change]]\nid = "precaution.maoi"\nkind = "exclusion"\nreason = "Our pharmacist asks for it."\n{APPROVED}'
    )
    before, after = (criterion_of(each, "precaution.maoi") for each in (load_rulebook("candidacy-clinic"), ours))
    assert (before.criterion_kind, after.criterion_kind) == ("precaution", "exclusion")
    assert (after.when, after.statement, after.citations) == (before.when, before.statement, before.citations)
    assert [each.id for each in ours.criteria] == [each.id for each in load_rulebook("candidacy-clinic").criteria]
    assert ours.changes[0].reason == "Our pharmacist asks for it."
    (difference,) = diff(load_rulebook("candidacy-clinic"), ours)
    assert (difference.kind, difference.about) == ("stricter", "precaution.maoi")


def test_what_is_removed_is_named_as_a_loosening_with_its_reason():
    ours = read_rulebook(
        EXTENDS + '[[change]]\nid = "precaution.lithium"\nremoved = true\nreason = "x"'.replace("lithium", "porphyria")
    )
    assert not [each for each in ours.criteria if each.id == "precaution.porphyria"]
    found = [each for each in lint(ours, on=date(2026, 11, 24)) if each.code == "lint.looser"]
    assert [each.message for each in found] == ["precaution.porphyria of candidacy-clinic is left out."]
    assert found[0].hint == "x"
    assert "`precaution.porphyria` (removed): x" in render(ours)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ('id = "precaution.moai"\nreason = "x"', "/change/0/id criterion.unknown"),
        ('id = "precaution.maoi"', "/change/0/reason member.missing"),
        ('id = "precaution.maoi"\nreason = "x"\nkind = "exclude"', "/change/0/kind value.choice"),
        ('id = "precaution.maoi"\nreason = "x"\nremoved = 1', "/change/0/removed value.type"),
        ('id = "precaution.maoi"\nreason = ""', "/change/0/reason value.length"),
        ('id = "precaution.maoi"\nreason = "x"\nwhen = { all = [] }', "/change/0/when/all value.type"),
    ],
)
def test_faults_of_a_change(change, fault):
    assert fault in faults(EXTENDS + "[[change]]\n" + change)


def test_a_rulebook_from_which_everything_was_removed_is_a_fault():
    only = HEAD.replace('"ours"', '"base"') + RULE.format(when=TRUE_FACT)
    text = HEAD + 'extends = "base"\n[[change]]\nid = "precaution.ours"\nremoved = true\nreason = "x"'
    assert faults(text, parents={"base": only}) == ["/criterion member.missing"]


# --- parameters and shelf lives ---------------------------------------------------------------------------------------


def test_a_number_of_the_clinics_own_is_a_proposal_until_it_is_approved():
    text = EXTENDS + '[[parameter]]\nid = "review-systolic"\nvalue = 145\n'
    assert "review-systolic" not in load_rulebook("candidacy-clinic").proposals  # the label's number
    assert "review-systolic" in read_rulebook(text).proposals  # no source says 145
    assert "review-systolic" not in read_rulebook(text + APPROVED).proposals
    (found,) = [each for each in diff(load_rulebook("candidacy-clinic"), read_rulebook(text)) if each.moved]
    assert (found.kind, found.about) == ("looser", "precaution.blood-pressure")
    assert all("above 140 and at most 145 mm[Hg]" in each.people for each in found.moved)


def test_a_clinic_sets_how_long_facts_stay_fresh_within_bounds():
    text = EXTENDS + '[[parameter]]\nid = "shelf-life.vital-signs"\nvalue = 7\n' + APPROVED
    ours, eight_days = read_rulebook(text), AS_OF + timedelta(days=8)
    assert determine(UNPROBLEMATIC, load_rulebook("candidacy-clinic"), eight_days).status is not Status.DEFERRED
    stale = {each.fact for each in determine(UNPROBLEMATIC, ours, eight_days).requirements}
    assert "vitals.systolic" in stale
    assert [(each.kind, each.about) for each in diff(load_rulebook("candidacy-clinic"), ours)] == [
        ("stricter", "shelf-life.vital-signs")
    ]
    assert "shelf-life.vital-signs" not in ours.proposals
    assert faults(text.replace("value = 7", "value = 90")) == ["/parameter/0/value value.range"]


def test_a_parameter_past_its_last_day_is_a_reservation():
    text = EXTENDS + f'[[parameter]]\nid = "no-start-systolic"\nvalue = 160\neffective_until = 2026-11-23\n{APPROVED}'
    answer = determine(UNPROBLEMATIC, read_rulebook(text), AS_OF)
    assert answer.status is Status.NEEDS_REVIEW
    assert [(each.code, each.about) for each in answer.reservations] == [
        ("parameter-not-in-effect", "no-start-systolic")
    ]
    assert "past its last day: no-start-systolic" in explain(answer)
    day_before = determine(UNPROBLEMATIC, read_rulebook(text), AS_OF - timedelta(days=1))
    assert day_before.reservations == ()


def test_a_rulebook_for_other_routes_or_problems_is_a_reservation():
    scoped = read_rulebook(EXTENDS + 'routes = ["iv"]\nindications = ["depression"]\n')
    by_iv = UNPROBLEMATIC.with_(CodeFact(id="sought.route", value="iv", observed_at=AS_OF))
    assert determine(by_iv, scoped, AS_OF).reservations == ()
    unknown = determine(UNPROBLEMATIC, scoped, AS_OF)
    assert [each.code for each in unknown.reservations] == ["route-out-of-scope"]
    assert unknown.status >= Status.NEEDS_REVIEW
    elsewhere = by_iv.with_(CodeFact(id="sought.indication", value="ocd", observed_at=AS_OF))
    assert [each.code for each in determine(elsewhere, scoped, AS_OF).reservations] == ["indication-out-of-scope"]
    assert {"sought.route", "sought.indication"} <= set(scoped.asks)
    wider = read_rulebook(EXTENDS + 'routes = ["iv", "im"]\n')
    assert [each.kind for each in diff(scoped, wider)] == ["looser", "looser"]
    assert [each.kind for each in diff(wider, scoped)] == ["stricter", "stricter"]
    other = read_rulebook(EXTENDS + 'routes = ["im"]\nindications = ["depression"]\n')
    assert [each.kind for each in diff(scoped, other)] == ["both"]


def test_the_last_day_of_a_rulebook_moves_it():
    short, long = (attrs.evolve(load_rulebook("discharge"), effective_until=day) for day in (date(2026, 1, 1), None))
    assert [each.kind for each in diff(short, long)] == ["looser"]
    assert [each.kind for each in diff(long, short)] == ["stricter"]


# --- definitions ------------------------------------------------------------------------------------------------------

USED = '{ definition = "expecting" }'
DEFINITION = '[[definition]]\nid = "expecting"\nstatement = "With child."\nwhen = {when}\n'


def test_a_definition_stands_wherever_a_condition_may():
    text = HEAD + DEFINITION.format(when=TRUE_FACT) + RULE.format(when='{ not = { definition = "expecting" } }')
    assert read_rulebook(text).criteria[0].when == Not(
        of=Test(fact="condition.pregnancy", op="=", operand=Flag(value=True))
    )


def test_a_definition_of_the_clinics_own_takes_the_place_of_ours():
    """What counts as a failed trial is the rulebook's to say, and the criteria that we ship follow."""
    text = (
        EXTENDS
        + '[[definition]]\nid = "failed-trial"\nstatement = "Ours."\n'
        + 'when = { fact = "trial.weeks", op = ">=", value = 8, unit = "wk" }\n'
    )
    ours = criterion_of(read_rulebook(text + RULE.format(when=TRUE_FACT)), "precaution.failed-trials-staged")
    assert ours.when != criterion_of(load_rulebook("candidacy-clinic"), "precaution.failed-trials-staged").when


@pytest.mark.parametrize(
    ("when", "use", "fault"),
    [
        (TRUE_FACT, '{ definition = "expectign" }', "/criterion/0/when/definition definition.unknown"),
        (TRUE_FACT, "{ definition = 3 }", "/criterion/0/when/definition definition.unknown"),
        (TRUE_FACT, TRUE_FACT, "/definition/0 definition.unused"),
        (
            '{ definition = "expecting" }',
            '{ definition = "expecting" }',
            "/definition/0/when/definition definition.unknown",
        ),
        ("{ all = [] }", '{ definition = "expecting" }', "/definition/0/when/all value.type"),
    ],
)
def test_faults_of_a_definition(when, use, fault):
    assert fault in faults(HEAD + DEFINITION.format(when=when) + RULE.format(when=use))


def test_a_fault_of_a_definition_is_told_once_however_often_it_is_used():
    used = RULE.format(when='{ any = [{ definition = "expecting" }, { definition = "expecting" }] }')
    assert faults(HEAD + DEFINITION.format(when="{ all = [] }") + used) == ["/definition/0/when/all value.type"]


# --- operators --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "when",
    [
        '{ fact = "vitals.systolic", op = "is-known", value = 1 }',
        '{ fact = "vitals.systolic", op = ">", unit = "mm[Hg]" }',
        '{ fact = "vitals.systolic", op = ">", value = 1, unit = "mm[Hg]", at_least = 1 }',
        '{ fact = "vitals.systolic", op = "count", at_least = 1, value = ["a"] }',
        '{ fact = "medication.classes", op = "count", at_least = 3, value = ["maoi", "opioid"] }',
        '{ fact = "medication.classes", op = "count", at_least = 0, value = ["maoi"] }',
        '{ fact = "medication.classes", op = "count", at_least = "1.5", value = ["maoi"] }',
        '{ fact = "medication.classes", op = "count", at_least = { parameter = "limit" }, value = ["maoi"] }',
        '{ fact = "medication.classes", op = "count", at_least = { parameter = "limti" }, value = ["maoi"] }',
        '{ fact = "condition.cardiovascular_event_on", op = "within", value = { parameter = "limti" } }',
        '{ fact = "medication.classes", op = "includes-all", value = ["moai"] }',
        '{ fact = "trials.history", op = "count", at_least = 1, where = { fact = "vitals.spo2", op = "is-known" } }',
        '{ fact = "trials.history", op = "count", where = { fact = "trial.weeks", op = "is-known" } }',
        '{ fact = "trial.weeks", op = "is-known" }',
        '{ fact = "condition.cardiovascular_event_on", op = "within", value = { parameter = "limit" } }',
        '{ fact = "condition.cardiovascular_event_on", op = "within", value = "1.5", unit = "d" }',
        '{ fact = "vitals.systolic", op = ">", value = "1e9", unit = "mm[Hg]" }',
        '{ fact = "vitals.systolic", op = ">", value = 99999999999999999999, unit = "mm[Hg]" }',
        '{ fact = "vitals.systolic", op = ">", value = 2026-01-01T00:00:00Z, unit = "mm[Hg]" }',
    ],
)
def test_tests_that_say_nothing_are_refused(when):
    limit = '[[parameter]]\nid = "limit"\nvalue = 150\nunit = "mm[Hg]"\nlow = 1\nhigh = 200\n'
    limit += 'source = { id = "GENERAL", locator = "x", confidence = "uncertain" }\n'
    assert faults(HEAD + limit + RULE.format(when=when))


def test_a_number_of_a_parameter_may_stand_for_a_count_and_a_period():
    text = HEAD + "".join(
        f'[[parameter]]\nid = "{name}"\nvalue = 2\nunit = "{unit}"\nlow = 1\nhigh = 9\n'
        'source = { id = "GENERAL", locator = "x", confidence = "uncertain" }\n'
        for name, unit in (("many", "1"), ("wait", "mo"))
    )
    when = (
        '{ any = [{ fact = "medication.classes", op = "count", at_least = { parameter = "many" },'
        ' value = ["maoi", "opioid"] }, { fact = "condition.cardiovascular_event_on", op = "within",'
        ' value = { parameter = "wait" } }] }'
    )
    rulebook = read_rulebook(text + RULE.format(when=when))
    count, period = (each.operand for each in rulebook.criteria[0].when.of)
    assert (count, period) == (Count(at_least=2, words=("maoi", "opioid")), Period(amount=2, unit="mo"))
    assert rulebook.criteria[0].parameters == ("many", "wait")
    taken = CodesFact(id="medication.classes", values=frozenset({"maoi"}), is_complete=True, observed_at=AS_OF)
    assert determine(FactSet(facts=(taken,)), rulebook, AS_OF).findings[0].truth == "unknown"


# --- who extends whom -------------------------------------------------------------------------------------------------


def test_a_clinic_extends_its_own_rulebooks():
    base = EXTENDS.replace('"ours"', '"base"') + RULE.format(when=TRUE_FACT)
    ours = read_rulebook(HEAD + 'extends = "base"\n', parents={"base": base})
    assert ours.setting == "clinic"
    assert criterion_of(ours, "precaution.ours")
    assert lint(ours, on=date(2026, 11, 24), parent=read_rulebook(base))


@pytest.mark.parametrize("name", ["ours", "other"])
def test_rulebooks_that_extend_one_another_in_a_circle_are_refused(name):
    parents = {"ours": HEAD, "other": HEAD.replace('"ours"', '"other"') + 'extends = "ours"\n'}
    assert "/extends rulebook.circle" in faults(HEAD + f'extends = "{name}"\n', parents=parents)


def test_a_parent_that_is_no_toml_is_refused():
    assert faults(HEAD + 'extends = "base"\n', parents={"base": "="}) == [" document.not-toml"]


def test_a_setting_cannot_be_changed_by_extending():
    assert "/setting rulebook.setting" in faults(EXTENDS + 'setting = "home"\n')


# --- every fault, by line ---------------------------------------------------------------------------------------------


def test_five_hundred_faults_are_named_by_their_lines():
    rule = RULE.format(when='{ fact = "vitals.sistolic", op = ">", value = 150, unit = "mm[Hg]" }')
    text = HEAD + "".join(rule.replace("precaution.ours", f"precaution.ours-{number}") for number in range(500))
    found = lines(text)
    assert len(found) == 500
    where = [number for number, line in enumerate(text.splitlines(), start=1) if line.startswith("when")]
    assert found == where


def test_faults_of_every_kind_are_told_together():
    text = HEAD.replace('"1.0.0"', '"one"') + RULE.format(when="{ all = [] }").replace('"Think about it."', '""')
    assert faults(text) == ["/version value.pattern", "/criterion/0/when/all value.type"]
    bare = '[[criterion]]\nid = 3\nkind = "exclude"\nwhen = { all = [] }\nsources = [1]\n'
    assert faults(HEAD + bare) == [
        "/criterion/0/statement member.missing",
        "/criterion/0/action member.missing",
        "/criterion/0/id value.type",
        "/criterion/0/when/all value.type",
        "/criterion/0/sources/0 value.type",
    ]
    both = HEAD + RULE.format(when=TRUE_FACT).replace('"Think about it."', '""') + RULE.format(when="3")
    assert [each.split()[1] for each in faults(both)] == ["value.length", "criterion.duplicate", "value.type"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * (8 * 1024 * 1024 + 1), " document.too-large"),
        ("a = " + "9" * 5000, " document.not-toml"),
        ('a = "' + "lol" * 1000, " document.not-toml"),
        ("a = " + "[" * 20000, " document.too-deep"),
    ],
)
def test_a_text_that_is_meant_to_hurt_is_a_fault_and_no_crash(text, code):
    assert faults(text) == [code]


def test_tables_that_grow_out_of_each_other_stay_small():
    """TOML has no references to expand; the widest thing that it can say is what it says."""
    laughs = "".join(f"a{number} = [{', '.join(['1'] * 1000)}]\n" for number in range(100))
    assert len(faults(laughs + HEAD)) == 101


def test_the_place_where_the_text_stops_being_toml_is_told_and_nothing_of_it():
    with pytest.raises(RuleError) as caught:
        read_rulebook('id = "ours"\nsecret value')
    assert "line 2" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_lines_of_everything_that_toml_can_say():
    text = '''# a comment with [[brackets]]
top = """
[[not.a.table]]
"""
"quoted.key" = 'a # b'
[table.sub]
a.b = [ # c
  1, { x = "}", y = [
    2 ] },
]
[[list]]
k = 1
[[list]]
[list.inner]
k = 2
[[list.deep]]
k = 3
'''
    found = lines_of(text)
    expected = {
        ("top",): 2,
        ("quoted.key",): 5,
        ("table", "sub"): 6,
        ("table", "sub", "a", "b"): 7,
        ("table", "sub", "a", "b", 0): 8,
        ("table", "sub", "a", "b", 1, "x"): 8,
        ("table", "sub", "a", "b", 1, "y", 0): 9,
        ("list", 0, "k"): 12,
        ("list", 1): 13,
        ("list", 1, "inner", "k"): 15,
        ("list", 1, "deep", 0, "k"): 17,
    }
    assert {path: found[path] for path in expected} == expected
    assert line_of(("list", 0, "nothing", "here"), found) == 11
    assert line_of(("nowhere",), found) is None
    assert lines_of("") == {}


# --- rulebooks as documents and as code -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["candidacy-clinic", "candidacy-home", "readiness-home", "triage"])
def test_the_document_of_a_rulebook_reads_back_and_answers_alike(name):
    ours = load_rulebook(name)
    again = read(Rulebook, write(ours))
    assert (again, again.digest) == (ours, ours.digest)
    assert check_rulebook(again) == ()


def amounts(*values, unit="mm[Hg]"):
    return Amounts(values=tuple(Decimal(each) for each in values), unit=unit)


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (Test(fact="vitals.sistolic", op=">", operand=amounts(1)), "/criteria/0/when/fact fact.unknown"),
        (Test(fact="vitals.systolic", op="within", operand=amounts(1)), "/criteria/0/when/op operator.unfit"),
        (Test(fact="vitals.systolic", op=">", operand=Flag(value=True)), "/criteria/0/when/operand value.type"),
        (Test(fact="vitals.systolic", op=">"), "/criteria/0/when/operand value.type"),
        (Test(fact="vitals.systolic", op="is-known", operand=amounts(1)), "/criteria/0/when/operand value.type"),
        (Test(fact="vitals.systolic", op=">", operand=amounts(1, 2)), "/criteria/0/when/operand value.length"),
        (Test(fact="vitals.systolic", op="between", operand=amounts(2, 1)), "/criteria/0/when/operand range.empty"),
        (Test(fact="vitals.systolic", op=">", operand=amounts(1, unit="kg")), "/criteria/0/when/operand unit.mismatch"),
        (
            Test(fact="sought.indication", op="=", operand=Words(values=("gad", "sad"))),
            "/criteria/0/when/operand value.length",
        ),
        (
            Test(fact="sought.indication", op="in", operand=Words(values=("gads",))),
            "/criteria/0/when/operand value.choice",
        ),
        (
            Test(fact="medication.classes", op="count", operand=Count(at_least=2, words=("maoi",))),
            "/criteria/0/when/operand range.empty",
        ),
        (Test(fact="trial.weeks", op="is-known"), "/criteria/0/when/fact fact.misplaced"),
        (
            Test(
                fact="trials.history",
                op="count",
                operand=Matching(at_least=1, where=Test(fact="vitals.spo2", op="is-known")),
            ),
            "/criteria/0/when/operand/where/fact fact.misplaced",
        ),
        (
            All(of=(Not(of=Test(fact="vitals.sistolic", op=">", operand=amounts(1))),)),
            "/criteria/0/when/of/0/of/fact fact.unknown",
        ),
    ],
)
def test_a_rulebook_built_in_code_or_read_from_json_is_checked_before_it_answers(condition, fault):
    ours = load_rulebook("discharge")
    wrong = attrs.evolve(ours, criteria=(attrs.evolve(ours.criteria[0], when=condition),))
    assert [f"{each.pointer} {each.code}" for each in check_rulebook(wrong)] == [fault]
    with pytest.raises(RuleError, match="cannot be used"):
        determine(FactSet(), wrong, AS_OF)


def test_conditions_deeper_than_anybody_signs_off_are_refused_however_they_were_made():
    condition = Test(fact="condition.pregnancy", op="=", operand=Flag(value=True))
    for _ in range(10_000):
        condition = Not(of=condition)
    ours = load_rulebook("discharge")
    wrong = attrs.evolve(ours, criteria=(attrs.evolve(ours.criteria[0], when=condition),))
    assert [each.code for each in check_rulebook(wrong)] == ["condition.too-deep"]


def test_numbers_and_ids_of_a_rulebook_made_in_code_are_checked_too():
    ours = load_rulebook("discharge")
    twice = attrs.evolve(ours, criteria=(ours.criteria[0], ours.criteria[0]))
    assert [each.code for each in check_rulebook(twice)] == ["criterion.duplicate"]
    first, *rest = ours.parameters
    for change, code in (
        ({"id": "shelf-life.vital-sings"}, "parameter.unknown"),
        ({"unit": "h"}, "unit.mismatch"),
        ({"value": Decimal(5000)}, "value.range"),
    ):
        assert first.id.startswith("shelf-life.")
        wrong = attrs.evolve(ours, parameters=(attrs.evolve(first, **change), *rest))
        assert [each.code for each in check_rulebook(wrong)] == [code]


# --- what lint finds --------------------------------------------------------------------------------------------------


def linted(*rules, **options):
    text = HEAD + "".join(
        RULE.format(when=when).replace("precaution.ours", f"{kind}.rule-{number}").replace('"precaution"', f'"{kind}"')
        for number, (kind, when) in enumerate(rules)
    )
    found = lint(read_rulebook(text), on=date(2026, 11, 24), **options)
    return {each.code.removeprefix("lint."): each for each in found if each.code not in BESIDE}


BESIDE = {"lint.unapproved", "lint.unreviewed"}


def pressure(op, value):
    return f'{{ fact = "vitals.systolic", op = "{op}", value = {value}, unit = "mm[Hg]" }}'


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([("deferral", pressure(">", 160)), ("deferral", f"{{ not = {pressure('<=', 160)} }}")], "duplicate"),
        ([("deferral", pressure(">", 160)), ("exclusion", pressure(">", 150))], "subsumed"),
        ([("exclusion", pressure(">", 150)), ("deferral", pressure(">", 160))], "subsumed"),
        ([("inclusion", pressure("<", 140)), ("exclusion", pressure("<=", 150))], "contradiction"),
        ([("deferral", f"{{ any = [{pressure('>', 150)}, {pressure('<=', 160)}] }}")], "contradiction"),
        ([("deferral", f"{{ all = [{pressure('>', 160)}, {pressure('<=', 150)}] }}")], "unreachable"),
        ([("deferral", pressure(">", 320))], "unreachable"),
        ([("deferral", pressure("<", 100))], "harm-helps"),
    ],
)
def test_what_lint_finds_in_the_logic(rules, code):
    assert code in linted(*rules)


def test_two_precautions_are_two_things_to_weigh_and_asking_is_no_fault():
    assert linted(("precaution", pressure(">", 150)), ("precaution", pressure(">", 160))) == {}
    known = '{ fact = "vitals.systolic", op = "is-known" }'
    assert linted(("inclusion", known), ("precaution", pressure(">", 160))) == {}


def test_a_rule_that_cannot_be_overridden_decides_beside_one_that_can():
    text = HEAD + RULE.format(when=pressure(">", 160)).replace("precaution", "deferral") + "overridable = false\n"
    text += (
        RULE.format(when=pressure(">", 150))
        .replace("precaution.ours", "exclusion.ours")
        .replace('"precaution"', '"exclusion"')
    )
    assert "lint.subsumed" not in {each.code for each in lint(read_rulebook(text), on=date(2026, 11, 24))}


def test_what_lint_finds_in_the_sources():
    text = HEAD + RULE.format(when=pressure(">", 160)).replace("precaution", "exclusion").replace("our handbook", "")
    text = text.replace("well_known", "uncertain")
    found = {each.code for each in lint(read_rulebook(text), on=date(2026, 11, 24), with_cases=())}
    assert {"lint.no-locator", "lint.no-case", "lint.uncertain", "lint.unreviewed"} <= found
    quoted = read_rulebook(text + 'quote = "Not above 160."\nevidence = { strength = "weak", quality = "low" }\n')
    assert "lint.no-locator" not in {each.code for each in lint(quoted, on=date(2026, 11, 24))}
    page = render(quoted)
    assert 'Quote: "Not above 160."' in page
    assert "Evidence: recommendation weak, quality low" in page


def test_too_many_cases_are_said_not_to_be_analyzed():
    words = catalog()["medication.classes"].words[:18]
    parts = ", ".join(f'{{ fact = "medication.classes", op = "includes-any", value = ["{word}"] }}' for word in words)
    found = linted(("precaution", f"{{ any = [{parts}] }}"), ("precaution", pressure(">", 150)))
    assert "not-analyzed" in found
    text = HEAD + RULE.format(when=f"{{ any = [{parts}] }}")
    other = read_rulebook(text.replace('value = ["alcohol"]', 'value = ["other"]'))
    assert [each.kind for each in diff(read_rulebook(text), other)] == ["unclear"]


@pytest.mark.parametrize(
    ("change", "kind", "detail"),
    [
        ({"overridable": False}, "stricter", "can no longer be overridden"),
        ({"if_unknown": "met"}, "stricter", "counts as met while unknown"),
        ({"pathway": "crisis"}, "stricter", "opens the crisis path"),
        ({"statement": "Other words."}, "reworded", ""),
    ],
)
def test_differences_beside_the_condition(change, kind, detail):
    ours = read_rulebook(HEAD + RULE.format(when=pressure(">", 160)))
    other = attrs.evolve(ours, criteria=(attrs.evolve(ours.criteria[0], **change),))
    assert [(each.kind, each.detail) for each in diff(ours, other)] == [(kind, detail)]
    opposite = "looser" if kind == "stricter" else kind
    assert [each.kind for each in diff(other, ours)] == [opposite]


def test_stricter_for_some_and_looser_for_others_is_both():
    one, other = (read_rulebook(HEAD + RULE.format(when=pressure(op, 160))) for op in (">", "<="))
    (found,) = diff(one, other)
    assert (found.kind, found.may_loosen) == ("both", True)
    assert {each.people for each in found.moved} == {
        "vitals.systolic at most 160 mm[Hg]",
        "vitals.systolic above 160 mm[Hg]",
    }


# --- the page for sign-off --------------------------------------------------------------------------------------------


def test_the_page_shows_all_that_is_signed():
    ours = load_rulebook("candidacy-home")
    page = render(ours)
    assert ours.digest in page
    for each in ours.criteria:
        assert f"### `{each.id}`" in page
        assert each.statement in page
        assert each.action in page
    for parameter in ours.parameters:
        assert f"| `{parameter.id}` | {parameter.value:f}" in page
    assert page.count("\n### ") == len(ours.criteria)
    assert "Logic: Systolic blood pressure >= 160 mm[Hg] or Diastolic blood pressure >= 100 mm[Hg]" in page
    assert "Review: unreviewed" in page


def test_the_page_names_who_reviewed_and_approved():
    review = Review(by="A. Clinician", role="physician", on=date(2026, 1, 1), due=date(2027, 1, 1))
    reviewed = '{ by = "B. Other", role = "pharmacist", on = 2026-02-02, due = 2027-02-02 }'
    text = EXTENDS + f"effective_until = 2027-01-01\nreviewed = {reviewed}\n"
    text += f'[[parameter]]\nid = "no-start-systolic"\nvalue = 150\neffective_until = 2026-12-31\n{APPROVED}'
    ours = read_rulebook(text)
    first = attrs.evolve(ours.criteria[0], reviewed=review)
    page = render(attrs.evolve(ours, criteria=(first, *ours.criteria[1:])))
    assert "Review: B. Other, pharmacist, 2026-02-02, due again by 2027-02-02" in page
    assert "Review: A. Clinician, physician, 2026-01-01, due again by 2027-01-01" in page
    assert "until 2026-12-31" in page
    assert "A. Clinician, physician, 2026-02-01" in page


@given(st.sampled_from(["candidate-clinic-depression", "one-failed-trial"]))
def test_a_finding_shows_each_trial_that_it_counted(name):
    answer = determination(name)
    (found,) = [each for each in answer.findings if each.criterion == "inclusion.failed-trial"]
    assert found.used[0].entries
    assert all(each.label for each in found.used[0].entries)


# --- what stays rare --------------------------------------------------------------------------------------------------


def test_lists_of_the_head_are_lists_of_words():
    assert "/routes value.type" in faults(EXTENDS + "routes = [1]\n")
    assert "/indications value.type" in faults(EXTENDS + 'indications = "gad"\n')
    assert "/definition/0/when member.missing" in faults(EXTENDS + '[[definition]]\nid = "a"\nstatement = "A."\n')
    assert "/routes/0 value.choice" in faults(EXTENDS + 'routes = ["spray"]\n')


def test_a_page_without_numbers_has_no_table_of_numbers():
    page = render(read_rulebook(HEAD + RULE.format(when='{ fact = "person.age", op = ">", value = 90, unit = "a" }')))
    assert "Numbers that a clinic sets" not in page


def test_rules_that_no_person_can_be_tried_on_are_left_to_the_reader():
    """Each alone has few cases; together they have too many to compare."""
    names = [each.id for each in catalog().definitions.values() if each.kind == "boolean" and not each.entry_of][:16]
    tests = [f'{{ fact = "{each}", op = "=", value = true }}' for each in names]
    rules = [("precaution", f"{{ any = [{', '.join(part)}] }}") for part in (tests[:8] + tests[8:9], tests[8:])]
    assert "not-analyzed" not in linted(*rules)
    ours = read_rulebook(HEAD + RULE.format(when=f"{{ any = [{', '.join(tests)}] }}"))
    (found,) = [each for each in lint(ours, on=date(2026, 11, 24)) if each.code == "lint.not-analyzed"]
    assert "precaution.ours" in found.message


def test_a_condition_on_a_history_that_is_known_is_compared_with_one_that_counts():
    known = '{ fact = "trials.history", op = "is-known" }'
    six_weeks = '{ fact = "trial.weeks", op = ">=", value = 6, unit = "wk" }'
    counted = f'{{ fact = "trials.history", op = "count", at_least = 1, where = {six_weeks} }}'
    old, new = (read_rulebook(HEAD + RULE.format(when=when)) for when in (known, f"{{ all = [{known}, {counted}] }}"))
    (found,) = diff(old, new)
    assert found.about == "precaution.ours"
    assert diff(new, new) == ()


@pytest.mark.parametrize(
    "when",
    [
        '{ fact = "vitals.diastolic", op = "=", value = 95, unit = "mm[Hg]" }',
        '{ fact = "vitals.diastolic", op = "between", value = [80, 95], unit = "mm[Hg]" }',
        '{ fact = "vitals.spo2", op = "=", value = 90, unit = "%" }',
    ],
)
def test_a_rule_that_worse_amounts_escape_is_found(when):
    """At 95 it restricts, at 96 no longer: all other amounts are one case, which lies on both sides of it."""
    text = HEAD + RULE.replace("precaution", "exclusion").format(when=when)
    assert "lint.harm-helps" in {each.code for each in lint(read_rulebook(text), on=date(2026, 11, 24))}
