"""
Outcome measures: questionnaires as data (`instrument`), the crisis path (`crisis_alert`), `score` and `change`.

Over time `trend`, `chart_spec` and `timeline_spec`; over many people `cohort_outcomes`.
"""

from __future__ import annotations

from ketaprogram.outcomes.changing import change
from ketaprogram.outcomes.charting import chart_spec, timeline_spec
from ketaprogram.outcomes.crisis import acknowledge, crisis_alert, open_alerts
from ketaprogram.outcomes.instruments import forms_of, instrument
from ketaprogram.outcomes.pooling import cohort_outcomes
from ketaprogram.outcomes.scoring import check_responses, score
from ketaprogram.outcomes.trending import trend, trends

__all__ = [
    "acknowledge",
    "change",
    "chart_spec",
    "check_responses",
    "cohort_outcomes",
    "crisis_alert",
    "forms_of",
    "instrument",
    "open_alerts",
    "score",
    "timeline_spec",
    "trend",
    "trends",
]
