"""The verbs of the schedule, as a coordinator types them: a plan, a missed session, everything to come."""

from __future__ import annotations

import json
from datetime import date, time

import pytest
from click.testing import CliRunner
from tests.making import order

from ketaprogram.cli.app import app
from ketaprogram.documents import read, write
from ketaprogram.schedule import always
from ketaprogram.schedule.model import Held, Replan, Schedule, ScheduleChange

WHEN = ["--start", "2026-12-01", "--at", "09:00", "--at", "13:00", "--zone", "America/Denver"]


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def files(tmp_path):
    def named(name, document):
        (tmp_path / name).write_bytes(write(document))
        return tmp_path / name

    return named


@pytest.fixture
def planned(files):
    signed = files("order.json", order())
    plan = read(Schedule, run("plan", signed, *WHEN, "--json").output)
    return signed, files("schedule.json", plan), plan


def test_a_plan_on_the_wall(files):
    done = run("plan", files("order.json", order()), *WHEN)
    assert done.exit_code == 0
    assert "December 2026" in done.output
    assert "induction 4" in done.output
    assert max(map(len, done.output.splitlines())) <= 80


def test_a_plan_with_availabilities_and_holidays(files):
    away = always("person", "America/Denver", closed=[date(2026, 12, 4)])
    signed = files("order.json", order())
    done = run("plan", signed, *WHEN, "--within", 2, "--availability", files("away.json", away), "--holidays", "US-CO")
    assert "person not available on that day" in " ".join(done.output.split())
    clinic = always("clinic", "America/Denver")
    done = run("plan", signed, *WHEN, "--availability", files("clinic.json", clinic), "--holidays", "US", "--json")
    (found,) = read(Schedule, done.output).availabilities
    assert "Christmas Day" in {each.why for each in found.exceptions}
    assert run("plan", signed, *WHEN, "--holidays", "XX").exit_code == 2


def test_a_plan_that_cannot_be_says_what_would_help(files):
    done = run("plan", files("order.json", order()), "--start", "2027-11-20", *WHEN[2:])
    assert done.exit_code == 3
    assert "session 3 has no place" in done.output
    assert "2027" not in done.output


def test_a_missed_session(planned):
    signed, schedule, plan = planned
    given, missed = (each.id for each in plan.sessions[:2])
    arguments = ["replan", schedule, "--order", signed, "--now", "2026-12-04T18:00:00-07:00"]
    done = run(*arguments, "--given", given, "--missed", missed)
    assert done.exit_code == 0
    assert "What changes" in done.output
    assert f"{missed.removeprefix('order-1/')}/2" in done.output
    assert "…" not in done.output
    assert "it was missed" in done.output
    again = read(Replan, run(*arguments, "--given", given, "--missed", missed, "--json").output)
    assert [each.status for each in again.schedule.visits if each.kind == "session"][:2] == ["given", "missed"]
    forgotten = run(*arguments, "--given", given)
    assert forgotten.exit_code == 3
    assert "session 2 is past: say first whether given or missed" in forgotten.output


def test_other_changes_and_a_gap(planned, files):
    signed, schedule, plan = planned
    given = plan.sessions[0].id
    held = files("held.json", ScheduleChange(change=Held(until=date(2026, 12, 28))))
    arguments = ["replan", schedule, "--order", signed, "--now", "2026-12-02T18:00:00-07:00"]
    done = run(*arguments, "--given", given, "--change", held)
    assert "27 days between the last session and the next: the template says re-consult." in done.output
    done = run(*arguments, "--given", given, "--cancelled", plan.sessions[1].id)
    assert "it cannot be at its time" in done.output
    nothing = run("replan", schedule, "--order", signed, "--now", "2026-12-01T06:00:00-07:00")
    assert "Nothing changes." in nothing.output


def test_everything_to_come(planned):
    signed, schedule, plan = planned
    done = run("timeline", schedule, "--order", signed)
    assert done.exit_code == 0
    assert "Session 4" in done.output
    items = json.loads(run("timeline", schedule, "--order", signed, "--json").output)
    assert sum(each["what"] == "session" for each in items) == len(plan.sessions)
    assert plan.sessions[0].at == time(9)
