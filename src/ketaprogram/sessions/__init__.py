"""Session days: preparation, readiness, dose, timed readings and their alerts, presence, discharge."""

from __future__ import annotations

from ketaprogram.sessions.alerting import observation_alerts
from ketaprogram.sessions.attending import attended_minutes, record_presence, record_presence_check
from ketaprogram.sessions.checklists import checklist, no_driving_until
from ketaprogram.sessions.expecting import expected_observations, next_reading
from ketaprogram.sessions.gating import readiness_facts
from ketaprogram.sessions.observing import session_facts
from ketaprogram.sessions.steps import (
    allowed_next,
    begin_session,
    discharge,
    escalate,
    make_ready,
    prepare,
    record_administration,
    record_check_in,
    record_observation,
    stop,
)

__all__ = [
    "allowed_next",
    "attended_minutes",
    "begin_session",
    "checklist",
    "discharge",
    "escalate",
    "expected_observations",
    "make_ready",
    "next_reading",
    "no_driving_until",
    "observation_alerts",
    "prepare",
    "readiness_facts",
    "record_administration",
    "record_check_in",
    "record_observation",
    "record_presence",
    "record_presence_check",
    "session_facts",
    "stop",
]
