"""Published scoring tables and worked examples, reproduced exactly. `published.toml` says where each one stands."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from ketaprogram import change, crisis_alert, score
from ketaprogram.outcomes import instrument
from ketaprogram.outcomes.model import ItemResponse, Responses, Score
from ketaprogram.outcomes.reliability import clinical_cutoffs, reliable_change_index, reliable_change_points
from ketaprogram.testing.strategies import AS_OF

TABLES = tomllib.loads((Path(__file__).parent / "published.toml").read_text("utf-8"))
NO_TOTAL = {"c-ssrs-screen"}


def cases(name):
    return [pytest.param(case, id=f"{case.get('instrument', name)}-{index}") for index, case in enumerate(TABLES[name])]


def filled(case):
    found = instrument(case["instrument"], case.get("form"))
    items = [item.id for item in found.items if item.id != "phq9-difficulty"]
    given = case["answers"]
    answers = tuple(ItemResponse(item=item, value=value) for item, value in zip(items, given, strict=False))
    return Responses(
        instrument=found.id, form=case.get("form"), answered_at=AS_OF, rated_by="clinician", answers=answers
    )


@pytest.mark.parametrize("case", cases("bands"))
def test_severity_bands(case):
    bands = instrument(case["instrument"], case.get("form")).bands
    found = [next(band.label for band in bands if band.low <= total <= band.high) for total in case["totals"]]
    assert found == case["labels"]


@pytest.mark.parametrize("case", cases("total"))
def test_totals(case):
    result = score(filled(case))
    assert (result.value, result.missing) == (case["total"], ())
    assert result.at_least == result.at_most == result.value
    assert "band" not in case or result.band == case["band"]
    assert "scales" not in case or {each.id: each.value for each in result.scales} == case["scales"]
    assert "findings" not in case or {each.id: each.answer for each in result.findings} == case["findings"]


@pytest.mark.parametrize("case", cases("risk"))
def test_the_truth_table_of_suicide_risk(case):
    found = instrument("c-ssrs-screen")
    answers = tuple(ItemResponse(item=item.id, value=int(item.id in case["yes"])) for item in found.items)
    responses = Responses(instrument=found.id, answered_at=AS_OF, answers=answers)
    result = score(responses)
    assert (result.risk_at_least, result.risk_at_most) == (case["risk"], case["risk"])
    assert result.value is None
    tiers = {"none": None, "low": "review", "moderate": "urgent", "high": "emergency"}
    alert = crisis_alert(responses, "NZ")
    assert (alert and alert.tier) == tiers[case["risk"]]


@pytest.mark.parametrize("case", cases("change"))
def test_changes(case):
    found = instrument(case["instrument"], case.get("form"))
    before, after = (
        Score(instrument=found.id, form=found.form, answered_at=AS_OF, value=value, self_harm="negative")
        for value in (case["before"], case["after"])
    )
    result = change(before, after)
    assert {name: getattr(result, name) for name in case["answers"]} == case["answers"]


@pytest.mark.parametrize("case", cases("index"))
def test_the_reliable_change_index(case):
    index = reliable_change_index(
        Decimal(case["before"]),
        Decimal(case["after"]),
        standard_deviation=Decimal(case["standard_deviation"]),
        reliability=Decimal(case["reliability"]),
    )
    assert round(index, 3) == Decimal(case["index"])


@pytest.mark.parametrize("case", cases("points"))
def test_the_points_of_a_reliable_change(case):
    points = reliable_change_points(
        standard_deviation=Decimal(case["standard_deviation"]), reliability=Decimal(case["reliability"])
    )
    assert round(points, 3) == Decimal(case["points"])


@pytest.mark.parametrize("case", cases("clinical_cutoff"))
def test_the_clinical_cutoff_c(case):
    ill, well = (tuple(map(Decimal, case[name])) for name in ("ill", "well"))
    assert round(clinical_cutoffs(ill, well, direction="higher-worse").c, 1) == Decimal(case["c"])


def test_every_instrument_with_bands_has_its_edges_here():
    from ketaprogram.outcomes.instruments import instruments  # noqa: PLC0415  # only here

    with_bands = {name for name, forms in instruments().items() if any(form.bands for form in forms.values())}
    assert with_bands == {case["instrument"] for case in TABLES["bands"]}
