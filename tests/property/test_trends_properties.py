"""Trends, charts and cohorts: what is missing stays visible and never makes an answer better."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import attrs
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import chart_spec, cohort_outcomes, score, trend
from ketaprogram.errors import InputError, UnknownTimeZoneError
from ketaprogram.intervals import proportion
from ketaprogram.outcomes import instrument, timeline_spec, trends
from ketaprogram.outcomes.drawing import draw_png, draw_svg
from ketaprogram.outcomes.instruments import instruments
from ketaprogram.outcomes.model import (
    ItemResponse,
    Reading,
    Responses,
    Score,
    SessionMark,
    SideEffectMark,
    Timeline,
)
from ketaprogram.testing.strategies import AS_OF, documents

WITH_TOTAL = [f for forms in instruments().values() for f in forms.values() if f.total_from != "nothing"]
PHQ9 = instrument("phq-9")
START = datetime(2026, 10, 13, 9, 0, tzinfo=UTC)
days = st.integers(0, 60)


def scored(value, day=0.0, form=PHQ9, *, at_least=None, at_most=None):
    band = next((band.label for band in form.bands if value is not None and band.low <= value <= band.high), None)
    return Score(
        instrument=form.id,
        form=form.form,
        answered_at=START + timedelta(days=day),
        value=value,
        at_least=at_least if value is None else value,
        at_most=at_most if value is None else value,
        band=band,
        self_harm="negative",
    )


def session(number, day, mg="35", route="iv"):
    return SessionMark(number=number, at=START + timedelta(days=day), dose_mg=mg and Decimal(mg), route=route)


@st.composite
def series(draw, form=None, *, complete=False, least=1):
    form = form or draw(st.sampled_from(WITH_TOTAL))
    totals = st.integers(form.lowest_total, form.highest_total)
    values = draw(st.lists(totals if complete else st.none() | totals, min_size=least, max_size=8))
    return form, [scored(value, day, form) for day, value in enumerate(values)]


marks = st.lists(st.integers(-1, 9), max_size=4, unique=True).map(
    lambda on: [session(number, day + 0.5) for number, day in enumerate(sorted(on), 1)]
)


# ----------------------------------------------------------------------------------------------------------- trend


@given(series(), marks, st.randoms(use_true_random=False))
def test_every_score_stays_in_its_trend_whatever_the_order(form_and_scores, sessions, random):
    _, scores = form_and_scores
    found = trend(scores, sessions)
    assert [point.value for point in found.points] == [each.value for each in scores]
    assert found.missing == [each.value for each in scores].count(None)
    random.shuffle(scores)
    random.shuffle(sessions)
    assert trend(scores, sessions) == found


@given(series(), marks)
def test_the_baseline_is_the_last_total_before_the_first_session(form_and_scores, sessions):
    form, scores = form_and_scores
    found = trend(scores, sessions)
    totals = [index for index, each in enumerate(scores) if each.value is not None]
    before = [i for i in totals if not sessions or scores[i].answered_at <= sessions[0].at]
    expected = (before[-1] if sessions else before[0]) if before else None
    assert found.baseline == expected
    if expected is None:
        assert found.change is found.last is found.best is found.hours_to_first_response is None
        assert found.standing in {"no-baseline", "not-defined"}
        return
    later = [index for index in totals if index > expected]
    assert found.last == (later[-1] if later else None)
    better = min if form.direction == "higher-worse" else max
    assert found.best is None or scores[found.best].value == better(scores[index].value for index in later)


BADNESS = ["holding", "fading", "unknown", "not-improved", "relapsed", "worse"]


@given(series(PHQ9, complete=True, least=3), st.data())
def test_a_worse_latest_score_never_gives_a_better_standing(form_and_scores, data):
    _, scores = form_and_scores
    worse = data.draw(st.integers(scores[-1].value, 27))
    before, after = trend(scores), trend([*scores[:-1], scored(worse, len(scores) - 1)])
    ranks = {"holding": 0, "fading": 1, "not-improved": 2, "relapsed": 2, "worse": 3}
    assert ranks[before.standing] <= ranks[after.standing]


@given(series(PHQ9, complete=True, least=2), st.data())
def test_a_score_that_lost_its_total_never_makes_an_improvement_hold(form_and_scores, data):
    _, scores = form_and_scores
    index = data.draw(st.integers(1, len(scores) - 1))
    lost = attrs.evolve(
        scores[index], value=None, band=None, at_least=data.draw(st.integers(0, scores[index].value)), at_most=27
    )
    before, after = trend(scores), trend([*scores[:index], lost, *scores[index + 1 :]])
    assert after.standing != "holding" or before.standing == "holding"
    if index == len(scores) - 1:
        assert after.standing == "unknown"


@pytest.mark.parametrize(
    ("values", "standing"),
    [
        ([18, 4, 5], "holding"),
        ([18, 4, 8], "holding"),
        ([18, 4, 9], "fading"),
        ([18, 4, 13], "relapsed"),
        ([18, 14, 13], "not-improved"),
        ([18, 4, 24], "worse"),
        ([18, 4, None], "unknown"),
        ([18, None, 8], "unknown"),
        ([18], "no-follow-up"),
        ([None], "no-baseline"),
    ],
)
def test_where_an_improvement_stands(values, standing):
    assert trend([scored(value, day) for day, value in enumerate(values)]).standing == standing


def test_more_can_be_better_and_a_gap_is_judged_by_what_it_could_have_been():
    who5 = instrument("who-5")
    rising = [scored(value, day, who5) for day, value in enumerate((28, 60, 56))]
    assert trend(rising).standing == "holding"
    assert trend([*rising, scored(48, 3, who5)]).standing == "fading"
    for at_most, standing in ((64, "holding"), (72, "unknown"), (None, "unknown")):
        gap = scored(None, 1.5, who5, at_least=40, at_most=at_most)
        assert trend([*rising, gap]).standing == standing
    for at_least, standing in ((2, "holding"), (0, "unknown"), (None, "unknown")):
        gap = scored(None, 1.5, at_least=at_least, at_most=27)
        assert trend([scored(18), scored(6, 1), gap, scored(6, 2)]).standing == standing
    assert trend([scored(40, 0, instrument("spin")), scored(10, 1, instrument("spin"))]).standing == "not-defined"


@pytest.mark.parametrize(
    ("scores", "windows"),
    [
        # Better a day after, still better after four days, no longer after nine.
        ([(0, 18), (3, 10), (6, 11), (11, 17)], [(18, 10, 24, 96, "faded")]),
        ([(0, 18), (3, 10)], [(18, 10, 24, 24, "open")]),
        ([(0, 18), (3, 16)], [(18, 16, None, None, "not-seen")]),
        ([(0, 18), (3, None)], [(18, None, None, None, "unknown")]),
        ([(0, 18), (3, 17), (4, None)], [(18, 17, None, None, "unknown")]),
        ([(0, 18), (3, None), (4, 17)], [(18, 17, None, None, "unknown")]),
        ([(0, 18), (3, 10), (4, None)], [(18, 10, 24, 24, "unknown")]),
        ([(0, 18), (3, 10), (4, None), (5, 9)], [(18, 9, 24, 72, "open")]),
        ([(0, 18)], [(18, None, None, None, "unknown")]),
        ([(2, 18)], [(18, None, None, None, "unknown")]),
        # Better once more after it had faded: the window ended where it faded.
        ([(0, 18), (3, 10), (4, 17), (5, 9)], [(18, 9, 24, 24, "faded")]),
        ([(3, 10)], [(None, 10, None, None, "unknown")]),
    ],
)
def test_what_followed_a_session(scores, windows):
    found = trend([scored(value, day) for day, value in scores], [session(1, 2)])
    members = ("before", "best", "first_better_hours", "better_until_hours", "ended")
    assert [tuple(getattr(each, name) for name in members) for each in found.windows] == windows


def test_a_score_on_the_next_session_day_belongs_to_the_window_before():
    scores = [scored(18, 0), scored(11, 5), scored(5, 9)]
    found = trend(scores, [session(1, 1), session(2, 5)])
    assert [(each.session, each.before, each.best, each.ended) for each in found.windows] == [
        (1, 18, 11, "next-session"),
        (2, 11, 5, "open"),
    ]
    assert found.hours_to_first_response == 8 * 24
    assert trend(scores).hours_to_first_response == 9 * 24


def test_a_trend_is_of_one_form():
    with pytest.raises(InputError, match="at least one score"):
        trend([])
    with pytest.raises(InputError, match="one instrument and form"):
        trend([scored(3), scored(3, 1, instrument("gad-7"))])


# ----------------------------------------------------------------------------------------------------------- chart


@cache
def vega_lite():
    """The published schema of Vega-Lite 5, as the test dependency altair ships it."""
    altair = importlib.util.find_spec("altair")
    if altair is None:
        pytest.skip("altair is not installed: it comes with the extra `dev`")
    package = Path(altair.origin).parent
    published = json.loads((package / "vegalite" / "v5" / "schema" / "vega-lite-schema.json").read_text("utf-8"))
    # Its definitions have names that no reference may hold, such as `Array<string>`; numbers stand in for them.
    numbers = {name: str(number) for number, name in enumerate(published["definitions"])}

    def renamed(part):
        if isinstance(part, dict):
            return {
                key: f"#/definitions/{numbers[value.removeprefix('#/definitions/')]}"
                if key == "$ref" and isinstance(value, str)
                else renamed(value)
                for key, value in part.items()
            }
        return [renamed(each) for each in part] if isinstance(part, list) else part

    definitions = {numbers[name]: renamed(part) for name, part in published["definitions"].items()}
    return jsonschema_rs.Draft7Validator({**renamed({"$ref": published["$ref"]}), "definitions": definitions})


@st.composite
def timelines(draw):
    groups = draw(st.lists(series(), max_size=3, unique_by=lambda each: each[0].id))
    scores = [score for _, group in groups for score in group]
    if draw(st.booleans()):
        answers = (ItemResponse(item="cssrs-1", value=0),)
        scores.append(score(Responses(instrument="c-ssrs-screen", answered_at=AS_OF, answers=answers)))
    return Timeline(
        time_zone=draw(st.sampled_from(["America/Denver", "Asia/Kathmandu", "Pacific/Auckland", "UTC"])),
        scores=tuple(scores),
        sessions=tuple(draw(st.lists(documents(SessionMark), max_size=3))),
        side_effects=tuple(draw(st.lists(documents(SideEffectMark), max_size=3))),
        readings=tuple(draw(st.lists(documents(Reading), max_size=3))),
    )


@given(timelines())
def test_every_chart_is_valid_by_the_published_schema(timeline):
    try:
        spec = timeline_spec(timeline)
    except InputError:
        drawn = (trends(timeline), timeline.sessions, timeline.side_effects, timeline.readings)
        assert not any(drawn)
        return
    again = json.loads(json.dumps(spec, allow_nan=False))
    assert again == spec
    assert [error.message for error in vega_lite().iter_errors(again)] == []
    assert spec == timeline_spec(timeline)


def test_the_schema_would_refuse_a_chart_that_is_not_one():
    spec = chart_spec(trend([scored(18)]), time_zone="UTC")
    spec["vconcat"][0]["layer"][0]["mark"] = "no-such-mark"
    assert not vega_lite().is_valid(spec)


def rows_of(spec, kind):
    return [
        row
        for panel in spec["vconcat"]
        for layer in panel["layer"]
        if layer["mark"]["type"] == kind
        for row in layer["data"]["values"]
    ]


@given(series(), marks)
def test_a_chart_draws_every_total_once_and_no_gap_as_a_number(form_and_scores, sessions):
    _, scores = form_and_scores
    spec = chart_spec(trend(scores, sessions), time_zone="UTC")
    points = [row for row in rows_of(spec, "point") if "kind" in row]
    assert sorted(row["value"] for row in points if row["value"] is not None) == sorted(
        each.value for each in scores if each.value is not None
    )
    assert [row["kind"] for row in points if row["value"] is None] == ["no total"] * [
        each.value for each in scores
    ].count(None)
    line = rows_of(spec, "line")
    assert all(row["value"] is not None for row in line)
    gaps = [index for index, each in enumerate(scores) if each.value is None]
    # No line runs across a gap: what lies on either side of it is another run.
    for gap in gaps:
        at = f"{scores[gap].answered_at:%Y-%m-%dT%H:%M:%S}Z"
        before, after = ({row["run"] for row in line if (row["at"] < at) is side} for side in (True, False))
        assert before.isdisjoint(after)


def test_a_chart_shows_the_persons_own_clock():
    spec = chart_spec(trend([scored(18)]), time_zone="Asia/Kathmandu")
    assert rows_of(spec, "point")[0]["at"] == "2026-10-13T14:45:00Z"
    with pytest.raises(UnknownTimeZoneError):
        chart_spec(trend([scored(18)]), time_zone="Europe/Nowhere")


def example():
    return Timeline(
        time_zone="America/Denver",
        scores=tuple(scored(value, day) for day, value in ((-3, 19), (0, 18), (7, None), (14, 8), (21, 4), (28, 12))),
        sessions=(session(1, 1), session(2, 8, None, None), session(3, 15, "120", "sublingual")),
        side_effects=(
            SideEffectMark(label="nausea", at=START + timedelta(days=1, hours=1), grade=1),
            SideEffectMark(label="headache", at=START + timedelta(days=8, hours=1)),
        ),
        readings=tuple(
            Reading(at=START + timedelta(days=1, minutes=m), systolic_mmhg=s, diastolic_mmhg=d, spo2_percent=98)
            for m, s, d in ((-10, 120, 78), (40, 148, 92))
        ),
    )


def test_the_panels_of_a_timeline():
    spec = timeline_spec(example())
    titles = [
        next(
            layer["encoding"]["y"]["axis"]["title"][0]
            for layer in panel["layer"]
            if "axis" in layer["encoding"].get("y", {})
        )
        for panel in spec["vconcat"]
    ]
    assert titles == ["PHQ-9", "Dose", "Side effects", "Blood pressure", "SpO2"]
    kinds = {row["kind"] for row in rows_of(spec, "point") if "kind" in row}
    assert kinds == {"before baseline", "baseline", "no total", "response", "remission", "no response"}
    labels = [row.get("label") for row in rows_of(spec, "text")]
    assert labels.count("?") == 1
    assert {"?", "1"} <= {row.get("grade") for row in rows_of(spec, "text")}


def test_pictures_are_drawn_without_a_browser_or_a_network():
    pytest.importorskip("vl_convert", reason="vl-convert-python is not installed: it comes with the extra `charts`")
    spec = timeline_spec(example())
    svg = draw_svg(spec)
    assert svg.startswith("<svg")
    assert "PHQ-9" in svg
    assert "moderately severe" in svg
    small, large = draw_png(spec, scale=1), draw_png(spec)
    assert small.startswith(b"\x89PNG")
    assert len(small) < len(large)
    for data in ({"url": "https://example.org/a.json"}, {"url": "file:///etc/hosts"}):
        with pytest.raises(InputError, match="by address"):
            draw_svg({**spec, "vconcat": [{"data": data, "mark": "point", "encoding": {}}]})


DRAW = """
import json, sys
from ketaprogram.outcomes.drawing import draw_svg
sys.stdout.write(draw_svg(json.load(sys.stdin)))
"""


@pytest.mark.slow
def test_a_picture_is_the_same_in_every_time_zone_of_the_machine():
    pytest.importorskip("vl_convert", reason="vl-convert-python is not installed: it comes with the extra `charts`")
    spec = json.dumps(timeline_spec(example()))
    first, second = (
        subprocess.run(
            [sys.executable, "-c", DRAW],
            input=spec,
            env={**os.environ, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone in ("Asia/Tokyo", "America/Los_Angeles")
    )
    assert first == second


# ---------------------------------------------------------------------------------------------------------- cohort

people = st.lists(series(PHQ9).map(lambda found: trend(found[1])), min_size=1, max_size=12)
OUTCOMES = ("response", "remission", "reliable", "worse")


@given(people, st.sampled_from(["0.8", "0.95", "0.99"]))
def test_everybody_is_counted_once_with_an_outcome_or_as_missing(cohort, confidence):
    found = cohort_outcomes(cohort, confidence=Decimal(confidence))
    assert found.people == len(cohort)
    for name in OUTCOMES:
        each = getattr(found, name)
        assert each.n + sum(missing.n for missing in each.missing) == found.people
        assert each.successes <= each.n
        assert each.percent_if_none <= each.percent_if_all
        interval = proportion(each.successes, each.n, Decimal(confidence))
        assert each.low_percent <= 100 * interval.low <= each.low_percent + Decimal("0.1")
        assert each.high_percent - Decimal("0.1") <= 100 * interval.high <= each.high_percent
        if each.percent is None:
            assert (each.n, each.low_percent, each.high_percent) == (0, 0, 100)
        else:
            assert each.percent_if_none <= each.percent <= each.percent_if_all
            assert each.low_percent <= each.percent <= each.high_percent


@given(people, st.data())
def test_a_person_who_is_lost_is_never_a_success(cohort, data):
    index = data.draw(st.integers(0, len(cohort) - 1))
    values = [point.value for point in cohort[index].points]
    lost = trend([*(scored(value, day) for day, value in enumerate(values)), scored(None, len(values))])
    before, after = cohort_outcomes(cohort), cohort_outcomes([*cohort[:index], lost, *cohort[index + 1 :]])
    for name in OUTCOMES:
        assert getattr(after, name).successes <= getattr(before, name).successes
        assert getattr(after, name).n <= getattr(before, name).n


def test_the_reasons_why_an_outcome_is_missing():
    cohort = [
        trend([scored(value, day) for day, value in enumerate(values)])
        for values in ([20, 8], [20, 12], [0, 3], [20], [None], [20, 8, None])
    ]
    found = cohort_outcomes(cohort)
    assert (found.response.successes, found.response.n) == (1, 2)
    assert {each.reason: each.n for each in found.response.missing} == {
        "no-baseline": 1,
        "no-follow-up": 1,
        "latest-incomplete": 1,
        "not-decidable": 1,
    }
    spin = instrument("spin")
    undefined = cohort_outcomes([trend([scored(40, 0, spin), scored(10, 1, spin)])])
    assert [(each.reason, each.n) for each in undefined.response.missing] == [("not-defined", 1)]
    with pytest.raises(InputError, match="one instrument and form"):
        cohort_outcomes([*cohort, trend([scored(40, 0, spin)])])
    with pytest.raises(InputError, match="level lies between"):
        cohort_outcomes(cohort, confidence=Decimal(1))


@pytest.mark.parametrize(
    ("successes", "n", "percent"),
    [
        (10, 15, "66.7"),  # rep.feder prints 67
        (6, 18, "33.3"),  # rep.taylor prints 33.33
        (15, 20, "75.0"),  # rep.glue18
        (81, 431, "18.8"),  # rep.kuhn
        (397, 431, "92.1"),  # rep.kuhn
    ],
)
def test_published_shares_from_their_counts(successes, n, percent):
    cohort = [trend([scored(20), scored(8 if person < successes else 19, 1)]) for person in range(n)]
    assert cohort_outcomes(cohort).response.percent == Decimal(percent)
