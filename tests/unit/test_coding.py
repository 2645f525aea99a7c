"""Diagnosis codes against the tabular list."""

from __future__ import annotations

import builtins
from datetime import UTC, datetime

import pytest

from ketaprogram import check_codes
from ketaprogram.intake import coding
from ketaprogram.intake.model import Diagnoses, Diagnosis, Intake

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def faults(*codes, complete=False):
    listed = Diagnoses(entries=tuple(Diagnosis(code=code) for code in codes), list_is_complete=complete)
    return check_codes(Intake(id="a", recorded_at=NOW, time_zone="UTC", diagnoses=listed))


@pytest.mark.parametrize("code", ["F41.1", "F42.2", "I71.40", "T41.295A", "Z99.89"])
def test_a_billable_code_is_faultless(code):
    assert faults(code) == ()


@pytest.mark.parametrize("code", ["F42", "I71", "F17.20", "T41.295"])
def test_a_category_is_told_for_information(code):
    (issue,) = faults(code)
    assert issue.code == "diagnosis.not-billable"
    assert "counts as it stands" in issue.message


@pytest.mark.parametrize("code", ["F41.77", "I71.99", "Z99.ZZZZ", "A00.B99"])
def test_a_code_that_the_list_does_not_hold_is_told_without_it(code):
    (issue,) = faults(code)
    assert issue.code == "diagnosis.unknown-code"
    assert code not in f"{issue} {issue!r}"


def test_every_fault_comes_at_once_with_its_place():
    found = faults("F41.1", "F42", "F41.77", "I71.99")
    assert [(issue.pointer, issue.code) for issue in found] == [
        ("/diagnoses/entries/1/code", "diagnosis.not-billable"),
        ("/diagnoses/entries/2/code", "diagnosis.unknown-code"),
        ("/diagnoses/entries/3/code", "diagnosis.unknown-code"),
    ]


def test_in_a_complete_list_an_unknown_code_may_hide_a_condition():
    assert "may hide a condition" in faults("F41.77", complete=True)[0].hint
    assert "may hide a condition" not in faults("F41.77")[0].hint


@pytest.mark.parametrize(("missing", "told"), [("simple_icd_10_cm", "ketaprogram[codes]"), ("something", "something")])
def test_without_the_extra_it_says_what_to_install(monkeypatch, missing, told):
    genuine = builtins.__import__

    def without(name, *arguments, **options):
        if name == "simple_icd_10_cm":
            message = f"No module named {missing!r}"
            raise ModuleNotFoundError(message, name=missing)
        return genuine(name, *arguments, **options)

    coding._tabular_list.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=told.replace("[", r"\[")):
        faults("F41.1")
