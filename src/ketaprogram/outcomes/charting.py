"""
One person's timeline as a Vega-Lite 5 specification: scores, doses, side effects and vital signs over time.

The specification is a plain dict that holds its data, so that any renderer draws it without asking for more. It holds
a person's values: treat it as the record that it is. Colors are those of Okabe and Ito, and nothing is told by color
alone: shapes, dashes and numbers say the same in black and white.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ketaprogram._time import wall
from ketaprogram.errors import InputError
from ketaprogram.outcomes.instruments import instrument
from ketaprogram.outcomes.trending import trends

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ketaprogram.outcomes.model import (
        Instrument,
        Reading,
        SessionMark,
        SideEffectMark,
        Timeline,
        Trend,
        TrendPoint,
    )

__all__ = ["chart_spec", "timeline_spec"]

Spec = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
BLUE, VERMILLION, GREEN, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9"
INK, GREY, PALE = "#222222", "#767676", "#F2F2F2"
WIDTH, BESIDE = 560, 112  # of a panel, and of the room beside it for the names of the bands


def chart_spec(trend: Trend, *, time_zone: str) -> Spec:
    """
    The chart of one trend: its scores over time with bands of severity and session marks.

    Args:
        trend: What to draw.
        time_zone: The person's IANA time zone. Times are drawn on that clock by every renderer, wherever it runs.

    Returns:
        A Vega-Lite 5 specification as a plain dict. A score without a total is a cross at the top and a gap in the
        line, never a point.

    Raises:
        UnknownTimeZoneError: No IANA zone has this name.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.outcomes import score, trend
        >>> from ketaprogram.outcomes.model import Score
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> found = trend([Score(instrument="phq-9", form="standard", answered_at=now, value=18, self_harm="negative")])
        >>> chart_spec(found, time_zone="America/Denver")["vconcat"][0]["layer"][-2]["data"]["values"][0]["at"]
        '2026-11-24T02:00:00Z'
    """
    return _spec([trend], trend.sessions, (), (), time_zone)


def timeline_spec(timeline: Timeline) -> Spec:
    """
    The chart of everything in a timeline: a panel for each questionnaire, then doses, side effects and vital signs.

    Returns:
        A Vega-Lite 5 specification as a plain dict. There is a panel only for what the timeline holds.

    Raises:
        InputError: The timeline holds nothing that can be drawn.
        UnknownTimeZoneError: No IANA zone has its name.
    """
    return _spec(trends(timeline), timeline.sessions, timeline.side_effects, timeline.readings, timeline.time_zone)


def _spec(
    drawn: Sequence[Trend],
    sessions: Sequence[SessionMark],
    side_effects: Sequence[SideEffectMark],
    readings: Sequence[Reading],
    zone: str,
) -> Spec:
    instants = [
        *(point.at for each in drawn for point in each.points),
        *(each.at for group in (sessions, side_effects, readings) for each in group),
    ]
    if not instants:
        message = "there is nothing to draw"
        raise InputError(message)
    axis = _time_axis([_local(each, zone) for each in instants])
    marks = [{"at": _text(each.at, zone), "number": str(each.number)} for each in sessions]
    rules = _session_rules(marks, axis)
    panels = [
        *(_scores(each, axis, rules, zone) for each in drawn),
        *([_doses(sessions, axis, zone)] if sessions else []),
        *([_side_effects(side_effects, axis, rules, zone)] if side_effects else []),
        *_vital_signs(readings, axis, rules, zone),
    ]
    if marks:
        panels[0]["layer"] += [_session_numbers(marks, axis), _session_word()]
    return {
        "$schema": SCHEMA,
        "description": "Scores, doses, side effects and vital signs of one person over time, in local time",
        "background": "white",
        "config": {
            "font": "sans-serif",
            "axis": {
                "labelColor": INK,
                "titleColor": INK,
                "gridColor": "#DDDDDD",
                "labelFontSize": 11,
                "titleFontSize": 10,
                "titlePadding": 8,
            },
            "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 11, "symbolSize": 110, "offset": BESIDE},
            "view": {"stroke": None},
        },
        "spacing": 14,
        "resolve": {"scale": {"color": "independent", "shape": "independent"}},
        "vconcat": panels,
    }


# ---------------------------------------------------------------------------------------------------------- panels


def _scores(trend: Trend, axis: Spec, rules: Spec, zone: str) -> Spec:
    found = instrument(trend.instrument, trend.form)
    better = "less is better" if found.direction == "higher-worse" else "more is better"
    low, high = found.lowest_total, found.highest_total
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False},
        "axis": {"title": [found.id.upper(), f"{low} to {high}, {better}"], "grid": False, "tickCount": 6},
    }
    points = list(_points(trend, zone))
    kinds = [each for each in _KINDS if any(point["kind"] == each for point in points)]
    return {
        "width": WIDTH,
        "height": 170,
        "layer": [
            *_bands(found, y),
            rules,
            {
                "data": {"values": [each for each in points if each["value"] is not None]},
                "mark": {"type": "line", "color": BLUE, "strokeWidth": 2},
                "encoding": {"x": axis, "y": y, "detail": {"field": "run", "type": "nominal"}},
            },
            {
                "data": {"values": [each for each in points if each["value"] is not None]},
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 110},
                "encoding": {"x": axis, "y": y, **_by_kind(kinds), "tooltip": _tooltip("at", "value", "band", "kind")},
            },
            {
                "data": {"values": [each for each in points if each["value"] is None]},
                "mark": {"type": "point", "size": 90, "strokeWidth": 2},
                "encoding": {"x": axis, "y": {"value": 10}, **_by_kind(kinds), "tooltip": _tooltip("at", "kind")},
            },
        ],
    }


def _points(trend: Trend, zone: str) -> Iterator[Spec]:
    run = 0
    for index, each in enumerate(trend.points):
        run += each.value is None
        yield {
            "at": _text(each.at, zone),
            "value": each.value,
            "band": each.band or "",
            "kind": _kind(each, is_baseline=index == trend.baseline),
            "run": run,
        }


def _kind(point: TrendPoint, *, is_baseline: bool) -> str:
    if point.value is None:
        return "no total"
    if is_baseline:
        return "baseline"
    if point.points is None:
        return "before baseline"
    if "true" in {point.remission, point.response}:
        return "remission" if point.remission == "true" else "response"
    return "no response" if point.response == "false" else "score"


_KINDS = {
    "before baseline": ("triangle-down", GREY),
    "baseline": ("diamond", INK),
    "score": ("circle", BLUE),
    "no response": ("circle", BLUE),
    "response": ("square", ORANGE),
    "remission": ("triangle-up", GREEN),
    "no total": ("cross", VERMILLION),
}


def _by_kind(kinds: Sequence[str]) -> Spec:
    return {
        "shape": {
            "field": "kind",
            "type": "nominal",
            "scale": {"domain": list(kinds), "range": [_KINDS[each][0] for each in kinds]},
            "legend": {"title": "Score"},
        },
        "color": {
            "field": "kind",
            "type": "nominal",
            "scale": {"domain": list(kinds), "range": [_KINDS[each][1] for each in kinds]},
            "legend": {"title": "Score"},
        },
    }


def _bands(found: Instrument, y: Spec) -> Iterator[Spec]:
    if not found.bands:
        return
    rows = [
        {
            "label": band.label,
            "low": band.low,
            "high": band.high,
            "middle": (band.low + band.high) / 2,
            "odd": index % 2,
        }
        for index, band in enumerate(found.bands)
    ]
    yield {
        "data": {"values": [each for each in rows if each["odd"]]},
        "mark": {"type": "rect", "color": PALE},
        "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
    }
    yield {
        "data": {"values": rows},
        "mark": {"type": "text", "align": "left", "dx": 6, "color": INK, "fontSize": 10},
        "encoding": {
            "y": {**y, "field": "middle"},
            "x": {"value": WIDTH},
            "text": {"field": "label", "type": "nominal"},
        },
    }


def _doses(sessions: Sequence[SessionMark], axis: Spec, zone: str) -> Spec:
    doses = [0.0 if each.dose_mg is None else float(each.dose_mg) for each in sessions]
    rows = [
        {
            "at": _text(each.at, zone),
            "mg": dose,
            "label": "?" if each.dose_mg is None else f"{each.dose_mg.normalize():f}",
            "route": each.route or "not known",
        }
        for each, dose in zip(sessions, doses, strict=True)
    ]
    routes = sorted({each.route or "not known" for each in sessions})
    y = {
        "field": "mg",
        "type": "quantitative",
        "scale": {"domainMin": 0, "domainMax": 1.4 * max(doses) or 1},
        "axis": {"title": ["Dose", "mg"], "grid": False, "tickCount": 3},
    }
    shapes = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke"]
    return {
        "width": WIDTH,
        "height": 80,
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "rule", "color": INK, "strokeWidth": 2},
                "encoding": {"x": axis, "y": y, "y2": {"datum": 0}},
            },
            {
                "data": {"values": [each for each in rows if each["label"] != "?"]},
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 80, "color": INK},
                "encoding": {
                    "x": axis,
                    "y": y,
                    "shape": {
                        "field": "route",
                        "type": "nominal",
                        "scale": {"domain": routes, "range": shapes[: len(routes)]},
                        "legend": {"title": "Route"},
                    },
                    "tooltip": _tooltip("at", "label", "route"),
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "text", "dy": -11, "color": INK, "fontSize": 10},
                "encoding": {"x": axis, "y": y, "text": {"field": "label", "type": "nominal"}},
            },
        ],
    }


def _side_effects(marks: Sequence[SideEffectMark], axis: Spec, rules: Spec, zone: str) -> Spec:
    rows = [
        {
            "at": _text(each.at, zone),
            "effect": each.label,
            "grade": "?" if each.grade is None else str(each.grade),
            "fill": _GRADES[each.grade][0],
            "ink": _GRADES[each.grade][1],
        }
        for each in marks
    ]
    labels = sorted({each.label for each in marks})
    y = {
        "field": "effect",
        "type": "nominal",
        "scale": {"domain": labels},
        "axis": {"title": ["Side effects", "CTCAE grade"], "grid": True, "domain": False, "ticks": False},
    }
    return {
        "width": WIDTH,
        "height": 24 * len(labels),
        "layer": [
            rules,
            {
                "data": {"values": rows},
                "mark": {"type": "point", "shape": "circle", "filled": True, "opacity": 1, "size": 240, "stroke": INK},
                "encoding": {
                    "x": axis,
                    "y": y,
                    "fill": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
                    "tooltip": _tooltip("at", "effect", "grade"),
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "text", "fontSize": 11, "fontWeight": "bold"},
                "encoding": {
                    "x": axis,
                    "y": y,
                    "text": {"field": "grade", "type": "nominal"},
                    "color": {"field": "ink", "type": "nominal", "scale": None, "legend": None},
                },
            },
        ],
    }


_GRADES: dict[int | None, tuple[str, str]] = {
    None: ("white", INK),
    1: ("#E5E5E5", INK),
    2: (SKY, INK),
    3: (ORANGE, INK),
    4: (VERMILLION, "white"),
    5: (INK, "white"),
}


def _vital_signs(readings: Sequence[Reading], axis: Spec, rules: Spec, zone: str) -> Iterator[Spec]:
    for title, unit, series in _VITAL_SIGNS:
        rows = [
            {"at": _text(each.at, zone), "day": _text(each.at, zone)[:10], "value": value, "series": name}
            for each in readings
            for name, member, _, _, _ in series
            if (value := getattr(each, member)) is not None
        ]
        if rows:
            yield _vital_sign(rows, title, unit, series, axis, rules)


Series = tuple[str, str, str, str, list[int]]

_VITAL_SIGNS: tuple[tuple[str, str, tuple[Series, ...]], ...] = (
    (
        "Blood pressure",
        "mmHg",
        (
            ("systolic", "systolic_mmhg", "triangle-up", VERMILLION, [1, 0]),
            ("diastolic", "diastolic_mmhg", "triangle-down", BLUE, [4, 2]),
        ),
    ),
    ("Heart rate", "per min", (("heart rate", "heart_rate_per_min", "circle", INK, [1, 0]),)),
    ("SpO2", "%", (("SpO2", "spo2_percent", "diamond", INK, [1, 0]),)),
)


def _vital_sign(rows: Sequence[Spec], title: str, unit: str, series: Sequence[Series], axis: Spec, rules: Spec) -> Spec:
    values = [each["value"] for each in rows]
    margin = max(2, (max(values) - min(values)) // 8)
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [min(values) - margin, max(values) + margin], "nice": False},
        "axis": {"title": [title, unit], "tickCount": 4, "tickMinStep": 1, "format": "d"},
    }
    lines = [
        {
            "data": {"values": [row for row in rows if row["series"] == name]},
            "mark": {"type": "line", "strokeWidth": 1, "color": color, "strokeDash": dash},
            "encoding": {"x": axis, "y": y, "detail": {"field": "day", "type": "nominal"}},
        }
        for name, _, _, color, dash in series
    ]

    def by_series(values: list[str]) -> Spec:
        scale = {"domain": [each[0] for each in series], "range": values}
        return {
            "field": "series",
            "type": "nominal",
            "scale": scale,
            "legend": {"title": title} if len(series) > 1 else None,
        }

    points = {
        "data": {"values": list(rows)},
        "mark": {"type": "point", "filled": True, "opacity": 1, "size": 45},
        "encoding": {
            "x": axis,
            "y": y,
            "color": by_series([each[3] for each in series]),
            "shape": by_series([each[2] for each in series]),
            "tooltip": _tooltip("at", "series", "value"),
        },
    }
    return {"width": WIDTH, "height": 90, "layer": [rules, *lines, points]}


# ------------------------------------------------------------------------------------------------------ time, marks


def _time_axis(local: Sequence[datetime]) -> Spec:
    first, last = min(local), max(local)
    margin = max((last - first) / 40, timedelta(hours=1))
    is_short = last - first < timedelta(days=3)
    return {
        "field": "at",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [_milliseconds(first - margin), _milliseconds(last + margin)]},
        "axis": {
            "title": None,
            "format": "%-d %b %H:%M" if is_short else "%-d %b",
            "grid": False,
            "tickCount": 5 if is_short else 8,
            "labelOverlap": "greedy",
        },
    }


def _session_rules(marks: list[Spec], axis: Spec) -> Spec:
    return {
        "data": {"values": marks},
        "mark": {"type": "rule", "color": GREY, "strokeDash": [2, 3]},
        "encoding": {"x": axis},
    }


def _session_numbers(marks: list[Spec], axis: Spec) -> Spec:
    return {
        "data": {"values": marks},
        "mark": {"type": "text", "dy": -7, "color": INK, "fontSize": 10},
        "encoding": {"x": axis, "y": {"value": 0}, "text": {"field": "number", "type": "nominal"}},
    }


def _session_word() -> Spec:
    return {
        "data": {"values": [{"word": "session"}]},
        "mark": {"type": "text", "dy": -7, "align": "left", "color": INK, "fontSize": 10},
        "encoding": {"x": {"value": 0}, "y": {"value": 0}, "text": {"field": "word", "type": "nominal"}},
    }


def _tooltip(*fields: str) -> list[Spec]:
    kinds = {"at": {"type": "temporal", "format": "%-d %b %Y %H:%M", "formatType": "utc"}}
    return [{"field": each, **kinds.get(each, {"type": "nominal"})} for each in fields]


def _local(instant: datetime, zone: str) -> datetime:
    return datetime.combine(*wall(instant, zone))


def _text(instant: datetime, zone: str) -> str:
    """The person's own date and time, written as UTC, so that a renderer in any zone draws the same."""
    return f"{_local(instant, zone).isoformat(timespec='seconds')}Z"


def _milliseconds(local: datetime) -> int:
    return (local - datetime(1970, 1, 1)) // timedelta(milliseconds=1)  # noqa: DTZ001  # a wall time on both sides
