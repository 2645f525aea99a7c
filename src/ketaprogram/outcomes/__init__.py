"""Outcome measures: questionnaires as data (`instrument`), `score`, `change`, and the crisis path (`crisis_card`)."""

from __future__ import annotations

from ketaprogram.outcomes.changing import change
from ketaprogram.outcomes.crisis import crisis_card
from ketaprogram.outcomes.instruments import instrument
from ketaprogram.outcomes.scoring import check_responses, score

__all__ = ["change", "check_responses", "crisis_card", "instrument", "score"]
