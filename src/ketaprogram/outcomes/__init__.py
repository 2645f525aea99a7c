"""Outcome measures: questionnaires as data (`instrument`), the crisis path (`crisis_alert`), `score` and `change`."""

from __future__ import annotations

from ketaprogram.outcomes.changing import change
from ketaprogram.outcomes.crisis import acknowledge, crisis_alert, open_alerts
from ketaprogram.outcomes.instruments import forms_of, instrument
from ketaprogram.outcomes.scoring import check_responses, score

__all__ = [
    "acknowledge",
    "change",
    "check_responses",
    "crisis_alert",
    "forms_of",
    "instrument",
    "open_alerts",
    "score",
]
