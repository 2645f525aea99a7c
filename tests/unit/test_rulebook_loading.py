"""A wrong rulebook cannot be loaded quietly: every fault at once, each with its pointer."""

from __future__ import annotations

import pytest

from ketaprogram import RuleError, load_rulebook, read_rulebook

HEAD = """
id = "ours"
version = "1.0.0"
title = "Our clinic"
gate = "candidacy"
effective_from = 2026-01-01
"""

RULE = """
[[criterion]]
id = "exclusion.high"
kind = "exclusion"
statement = "Resting systolic pressure above our limit."
when = {{ fact = "vitals.systolic", op = ">", value = {value}, unit = "mm[Hg]" }}
action = "Treat it first."
sources = [{{ id = "USPI", locator = "cand.bp_pre_dose", confidence = "seen" }}]
"""

GOOD = HEAD + RULE.format(value=150)


def faults(text: str) -> list[str]:
    with pytest.raises(RuleError) as caught:
        read_rulebook(text)
    return [f"{issue.pointer} {issue.code}" for issue in caught.value.issues]


def test_a_clinics_own_rulebook_loads():
    rulebook = read_rulebook(GOOD)
    assert [each.id for each in rulebook.criteria] == ["exclusion.high"]
    assert rulebook.proposals == ("shelf-life.vital-signs",)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"vitals.systolic"', '"vitals.sistolic"', "/criterion/0/when/fact fact.unknown"),
        ('op = ">"', 'op = "=>"', "/criterion/0/when/op operator.unfit"),
        ('unit = "mm[Hg]"', 'unit = "kPa"', "/criterion/0/when/unit unit.unknown"),
        ('unit = "mm[Hg]"', 'unit = "kg"', "/criterion/0/when/unit unit.mismatch"),
        (', unit = "mm[Hg]"', "", "/criterion/0/when/unit unit.unknown"),
        ("value = 150", "value = 150.5", "/criterion/0/when/value value.type"),
        ("value = 150", "value = nan", "/criterion/0/when/value value.type"),
        ("value = 150", "value = inf", "/criterion/0/when/value value.type"),
        ("value = 150", "value = true", "/criterion/0/when/value value.type"),
        ("value = 150", 'value = "high"', "/criterion/0/when/value value.type"),
        ("value = 150", "value = [150, 160]", "/criterion/0/when/value value.length"),
        ("value = 150", 'value = { parameter = "limit" }', "/criterion/0/when/value parameter.unknown"),
        ('id = "USPI"', 'id = "USPL"', "/criterion/0/sources/0/id citation.unknown-source"),
        ('"seen"', '"sure"', "/criterion/0/sources/0/confidence citation.unknown-confidence"),
        ("locator", "location", "/criterion/0/sources/0/locator member.missing"),
        ("action =", "actoin =", "/criterion/0/action member.missing"),
        ('kind = "exclusion"', 'kind = "exclude"', "/criterion/0/kind value.choice"),
        ('version = "1.0.0"', 'version = "1"', "/version value.pattern"),
        (
            "effective_from = 2026-01-01",
            'extends = "candidasy"\neffective_from = 2026-01-01',
            "/extends rulebook.unknown",
        ),
        ('title = "Our clinic"\n', "", "/title member.missing"),
        ("[[criterion]]", "[[criterion]]\napproved = 1", "/criterion/0/approved value.type"),
    ],
)
def test_one_fault(before: str, after: str, fault: str) -> None:
    assert before in GOOD
    assert fault in faults(GOOD.replace(before, after, 1))


def test_a_misspelt_fact_names_the_nearest() -> None:
    with pytest.raises(RuleError, match=r"Did you mean vitals\.systolic"):
        read_rulebook(GOOD.replace("vitals.systolic", "vitals.sistolic"))


def test_five_hundred_faults_are_five_hundred_issues() -> None:
    text = HEAD + "".join(
        RULE.format(value=150).replace("exclusion.high", f"exclusion.high-{number}").replace('systolic"', 'sistolic"')
        for number in range(500)
    )
    assert len(faults(text)) == 500


@pytest.mark.parametrize(
    "when",
    [
        "{ all = [] }",
        "{ any = 3 }",
        "{ not = { all = [] } }",
        "{ all = [{ any = [{ not = 1 }] }] }",
        '{ fact = "condition.pregnancy", op = "=", value = "yes" }',
        '{ fact = "sought.indication", op = "=", value = ["gad", "sad"] }',
        '{ fact = "sought.indication", op = "in", value = ["gad", "sadness"] }',
        '{ fact = "condition.cardiovascular_event_on", op = "within", value = 42 }',
        '{ fact = "condition.cardiovascular_event_on", op = "within", value = 0, unit = "d" }',
        '{ fact = "vitals.systolic", op = "between", value = [150, 140], unit = "mm[Hg]" }',
        '{ fact = "person.age", op = ">", value = 18, unit = "a", comment = "no" }',
        '{ fact = 3, op = ">", value = 18, unit = "a" }',
        "3",
    ],
)
def test_conditions_that_say_nothing_are_refused(when: str) -> None:
    lines = [line if not line.startswith("when") else f"when = {when}" for line in GOOD.splitlines()]
    assert faults("\n".join(lines))


def test_conditions_combine_and_convert() -> None:
    when = (
        '{ any = [{ not = { fact = "condition.pregnancy", op = "=", value = false } },'
        ' { fact = "person.weight", op = ">", value = 300, unit = "[lb_av]" },'
        ' { fact = "person.age", op = "between", value = [1, 17], unit = "a" }] }'
    )
    lines = [line if not line.startswith("when") else f"when = {when}" for line in GOOD.splitlines()]
    rulebook = read_rulebook("\n".join(lines))
    assert rulebook.criteria[0].when.of[1].operand.unit == "kg"


@pytest.mark.parametrize("text", ["", "=", "[", "a = 1\na = 2", "[[criterion]]\n" * 3])
def test_a_text_that_is_no_rulebook(text: str) -> None:
    assert faults(text)


def test_a_condition_nested_ten_thousand_deep_is_a_fault() -> None:
    deep = "{ not = " * 10_000 + "1" + " }" * 10_000
    assert faults(HEAD + f"[[criterion]]\nwhen = {deep}\n") == [" document.too-deep"]


def test_a_condition_nested_deeply_by_dotted_keys_is_a_fault() -> None:
    head, rule = GOOD.split("[[criterion]]")
    lines = [
        line if not line.startswith("when") else "when." + "not." * 5000 + "fact = 1" for line in rule.splitlines()
    ]
    (fault,) = faults(head + "[[criterion]]" + "\n".join(lines))
    assert fault.endswith("/not condition.too-deep")


def test_the_same_id_twice_is_a_fault() -> None:
    assert "/criterion/1/id criterion.duplicate" in faults(GOOD + RULE.format(value=160))


def test_a_parameter_stays_within_its_bounds() -> None:
    text = (
        HEAD.replace("gate", 'extends = "candidacy-clinic"\ngate')
        + """
[[parameter]]
id = "limit"
value = 200
unit = "mm[Hg]"
low = 120
high = 160
source = { id = "DEFAULT", locator = "", confidence = "uncertain" }
"""
        + RULE.format(value='{ parameter = "limit" }')
    )
    assert faults(text) == ["/parameter/0/value value.range"]
    loaded = read_rulebook(text.replace("value = 200", "value = 150"))
    assert "limit" in loaded.proposals
    approved = text.replace(
        "value = 200", 'value = 150\napproved = { by = "A. Clinician", role = "physician", on = 2026-02-01 }'
    )
    assert "limit" not in read_rulebook(approved).proposals


def test_a_rulebook_that_does_not_ship_names_the_nearest() -> None:
    with pytest.raises(RuleError, match="candidacy"):
        load_rulebook("candidacy-clinik")


def test_a_member_of_the_wrong_type_is_a_fault() -> None:
    assert faults(GOOD.replace("[[criterion]]", "[[criterion]]\nchangeable = 3"))
    assert faults(HEAD + "criterion = 3\n")
    assert faults(HEAD.replace('id = "ours"', "id = 3") + RULE.format(value=150))
    assert faults(
        HEAD
        + 'parameter = [{ id = "a", value = "x", unit = "q", low = 1, high = 2, source = 1 }]\n'
        + RULE.format(value=1)
    )
