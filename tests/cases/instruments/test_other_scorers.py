"""
PHQ-9, GAD-7 and AUDIT-C against an independent scorer, on every way a survey participant answered and on random ones.

`clincalc` is for these tests alone: its Python bindings are under AGPL-3.0-or-later and LGPL-3.0-or-later, and nothing
of it ships.
"""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import score
from ketaprogram.outcomes import instrument
from ketaprogram.outcomes.model import ItemResponse, Responses
from ketaprogram.testing.strategies import AS_OF

clincalc = pytest.importorskip("clincalc", reason="clincalc is not installed: it comes with the extra `dev`")
HERE = Path(__file__).parent
THEIRS = {"phq-9": "phq9", "gad-7": "gad7", "audit-c": "auditc"}


def ours(name, values):
    items = [item.id for item in instrument(name).items if item.scored]
    answers = tuple(ItemResponse(item=item, value=value) for item, value in zip(items, values, strict=True))
    return score(Responses(instrument=name, answered_at=AS_OF, answers=answers))


def agree(name, values, **more):
    mine, theirs = ours(name, values), clincalc.calculate(THEIRS[name], {"responses": list(values), **more})
    assert mine.value == theirs["result"]
    return mine, theirs["working"]


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_phq9(values):
    mine, theirs = agree("phq-9", values)
    assert (mine.self_harm == "positive") == theirs["self_harm_item_flag"]
    assert mine.band.replace(" ", "-").removeprefix("none-") == theirs["severity"].removeprefix("none-")


@given(st.lists(st.integers(0, 3), min_size=7, max_size=7))
def test_gad7(values):
    mine, theirs = agree("gad-7", values)
    assert mine.band == theirs["severity"]
    assert (mine.findings[0].answer == "true") == theirs["above_case_threshold"]


def test_every_way_to_answer_auditc():
    for values in itertools.product(range(5), repeat=3):
        for sex, finding in (("male", "screen-positive-men"), ("female", "screen-positive-women")):
            mine, theirs = agree("audit-c", values, sex=sex)
            found = {each.id: each.answer for each in mine.findings}
            assert (found[finding] == "true") == theirs["screen_positive"]


def test_phq9_on_every_participant_of_the_survey():
    with (HERE.parent / "nhanes" / "nhanes_2017_2018_screening.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2761
    compared = 0
    for row in rows:
        codes = [row[f"DPQ0{item}0"] for item in range(1, 10)]
        # 7 is refused and 9 don't know: absent answers, never seven or nine points.
        values = [int(code) if code in {"0", "1", "2", "3"} else None for code in codes]
        function = int(row["DPQ100"]) if row["DPQ100"] in {"0", "1", "2", "3"} else None
        answers = [ItemResponse(item=f"phq9-{n}", value=value) for n, value in enumerate(values, 1)]
        answers.append(ItemResponse(item="phq9-difficulty", value=function))
        mine = score(Responses(instrument="phq-9", answered_at=AS_OF, answers=tuple(answers)))
        assert mine.missing == tuple(f"phq9-{n}" for n, value in enumerate(values, 1) if value is None)
        if None in values:
            assert mine.value is None
        else:
            assert mine.value == agree("phq-9", values)[0].value
            compared += 1
    assert compared == 2524
