"""The verb `session`, as a nurse's screen asks it: before the dose, during the effects, at home."""

from __future__ import annotations

import json
from datetime import timedelta

import attrs
import pytest
from click.testing import CliRunner
from tests.making import dosed, prepared, reading, ready

from ketaprogram.cli.app import app
from ketaprogram.documents import write
from ketaprogram.sessions import record_observation, record_presence
from ketaprogram.sessions.model import Attestation, Presence


@pytest.fixture
def run(tmp_path):
    def running(session, order, now, *options):
        for name, value in (("session.json", session), ("order.json", order)):
            (tmp_path / name).write_bytes(write(value))
        arguments = ["session", tmp_path / "session.json", "--order", tmp_path / "order.json"]
        return CliRunner().invoke(app, [str(each) for each in (*arguments, "--now", now.isoformat(), *options)])

    return running


def test_before_the_dose(run):
    session, order, begins = prepared()
    shown = run(session, order, begins)
    assert shown.exit_code == 0
    assert "prepared; it can become ready, stopped, escalated." in shown.output
    assert "Next: vital-signs at 09:00 (first)." in shown.output
    high = record_observation(session, reading(begins, systolic=150))
    assert "Next: vital-signs at 09:10 (repeat)." in run(high, order, begins).output
    able, order, begins = ready()
    assert "A dose may begin until 10:00." in run(able, order, begins).output
    assert "determine readiness again" in run(able, order, begins + timedelta(minutes=61)).output


def test_during_the_effects(run):
    session, order, begins = dosed()
    session = record_observation(session, reading(begins + timedelta(minutes=12), systolic=185))
    now = begins + timedelta(minutes=35)
    shown = run(session, order, now)
    assert "Readings at minute 12: emergency" in shown.output
    assert "Blood pressure above 180/120" in shown.output
    assert "No driving before Wednesday 02 December" in shown.output
    assert "185" not in shown.output
    found = json.loads(run(session, order, now, "--json").output)
    assert (found["state"], found["allowed_next"]) == (
        "recovering",
        ["recovering", "discharged", "stopped", "escalated"],
    )
    assert [each["status"] for each in found["expected"] if each["what"] == "vital-signs"][:5] == [
        "done",
        "done",
        "missing",
        "due",
        "later",
    ]
    assert [each["tier"] for each in found["alerts"]] == ["emergency"]
    assert found["no_driving_until"]["not_before"] == "2026-12-02"
    assert (found["next_reading"]["what"], found["adult_minutes"]) == ("vital-signs", None)


def test_at_home_and_calm(run):
    session, order, begins = dosed("home-ordered")
    now = begins + timedelta(minutes=60)
    attested = Attestation(by="B. Friend", role="peer-monitor", at=now)
    session = record_presence(session, Presence(begins_at=begins, ends_at=now, is_sober=True, attested=attested))
    session = record_observation(session, reading(now))
    shown = run(session, order, now)
    assert "without a gap for 60 minutes" in shown.output
    assert "check-in-2-hours" in shown.output
    assert "Readings at" not in shown.output


def test_an_order_of_another_session_is_refused(run):
    session, order, begins = prepared()
    refused = run(session, attrs.evolve(order, id="order-2"), begins)
    assert refused.exit_code == 3
    assert "another session's" in refused.output


def test_an_ended_session_waits_for_nothing(run):
    session, order, begins = dosed()
    ended = attrs.evolve(session, state="escalated", ended_at=begins + timedelta(minutes=5))
    found = json.loads(run(ended, order, begins + timedelta(minutes=30), "--json").output)
    assert (found["next_reading"], found["allowed_next"]) == (None, [])
