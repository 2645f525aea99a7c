"""Session days: the steps from preparation to discharge, what is expected, and the facts of the day's gates."""

from __future__ import annotations

from ketaprogram.sessions.checklists import checklist
from ketaprogram.sessions.observing import expected_observations, session_facts
from ketaprogram.sessions.steps import (
    begin_session,
    discharge,
    escalate,
    make_ready,
    prepare,
    record_administration,
    record_observation,
    stop,
)

__all__ = [
    "begin_session",
    "checklist",
    "discharge",
    "escalate",
    "expected_observations",
    "make_ready",
    "prepare",
    "record_administration",
    "record_observation",
    "session_facts",
    "stop",
]
