"""A clinic sets parameters of ours within their bounds, and the inherited conditions take its numbers."""

from __future__ import annotations

import pytest

from ketaprogram import RuleError, load_rulebook, read_rulebook

HEAD = """
id = "our-clinic"
version = "1.0.0"
title = "Our clinic"
gate = "readiness"
setting = "clinic"
effective_from = 2026-01-01
extends = "readiness-clinic"
"""


def setting(value, more=""):
    return f'{HEAD}[[parameter]]\nid = "gap-hours"\nvalue = {value}\n{more}'


def test_an_inherited_condition_takes_the_clinics_number():
    ours = read_rulebook(setting(72, 'approved = { by = "A. Clinician", role = "physician", on = 2026-05-01 }'))
    (gap,) = [each for each in ours.criteria if each.id == "deferral.gap"]
    assert gap.when.of.of[1].operand.values == (72,)
    assert "gap-hours" not in ours.proposals
    assert "gap-hours" in load_rulebook("readiness-clinic").proposals
    assert len(ours.criteria) == len(load_rulebook("readiness-clinic").criteria)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (setting(2), "/parameter/0/value value.range"),
        (setting('"many"'), "/parameter/0/value value.type"),
        (setting(72, 'unit = "min"'), "/parameter/0/unit member.unknown"),
        (f'{HEAD}[[parameter]]\nid = "gap-hours"', "/parameter/0/value member.missing"),
        (f"{HEAD}parameter = [3]", "/parameter/0 value.type"),
    ],
)
def test_what_a_clinic_may_not_set(text, fault):
    with pytest.raises(RuleError) as caught:
        read_rulebook(text)
    assert fault in [f"{issue.pointer} {issue.code}" for issue in caught.value.issues]


def test_the_setting_is_inherited_and_cannot_be_changed():
    assert read_rulebook(HEAD.replace('setting = "clinic"\n', "")).setting == "clinic"
    with pytest.raises(RuleError, match=r"/setting: .*rulebook\.setting"):
        read_rulebook(HEAD.replace('setting = "clinic"', 'setting = "home"'))


def test_an_amount_that_does_not_convert_exactly_cannot_load():
    rule = """
[[criterion]]
id = "deferral.days"
kind = "deferral"
statement = "Sooner than a number of seconds that is no number of hours."
when = { fact = "session.hours_since_last_dose", op = "<", value = 1, unit = "s" }
action = "Wait."
sources = [{ id = "DEFAULT", locator = "prot.max_freq_default", confidence = "uncertain" }]
"""
    with pytest.raises(RuleError, match=r"unit\.inexact"):
        read_rulebook(HEAD + rule)
