"""
Side effects: the catalogue of terms, the log that only grows, and what is made of a report.

`record_event` logs, `grade` grades by numbers, `find_red_flags` looks for phrases, `triage` says how soon somebody must
answer, `escalate` calls until somebody does, `summarize` counts a program, `to_medwatch` fills the voluntary report.
"""

from __future__ import annotations

from ketaprogram.events.escalating import acknowledge, close, escalate, standing
from ketaprogram.events.flagging import find_red_flags
from ketaprogram.events.grading import grade
from ketaprogram.events.logging import record_event, record_events
from ketaprogram.events.reporting import to_medwatch
from ketaprogram.events.summarizing import summarize
from ketaprogram.events.terms import home_cohorts, term, terms
from ketaprogram.events.timing import timed
from ketaprogram.events.triaging import triage

__all__ = [
    "acknowledge",
    "close",
    "escalate",
    "find_red_flags",
    "grade",
    "home_cohorts",
    "record_event",
    "record_events",
    "standing",
    "summarize",
    "term",
    "terms",
    "timed",
    "to_medwatch",
    "triage",
]
