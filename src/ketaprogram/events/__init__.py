"""Side effects: the catalogue of terms, the log that only grows (`record_event`), and `triage`."""

from __future__ import annotations

from ketaprogram.events.logging import record_event
from ketaprogram.events.terms import is_within_window, term, terms
from ketaprogram.events.triaging import triage

__all__ = ["is_within_window", "record_event", "term", "terms", "triage"]
