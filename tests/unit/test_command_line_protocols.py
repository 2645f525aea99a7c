"""The verbs that look at templates and at what a program costs."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.making import CASES

from ketaprogram import load_protocol, read, write
from ketaprogram.cli.app import app
from ketaprogram.protocol import protocol_names
from ketaprogram.protocol.model import Outline, Protocol

OWN = CASES / "protocols" / "own"
PRICES = {
    "schema": "urn:ketaprogram:schema:prices:1",
    "currency": "USD",
    "per_session": "400",
    "medicine_per_session": "12.5",
    "per_month": "0",
    "contacts": [
        {"what": each, "amount": "10"}
        for each in ("preparation", "consult", "check-in", "assessment", "laboratory", "integration", "prompts")
    ],
}


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def prices(tmp_path):
    def saved(name="prices.json", **changes):
        file = tmp_path / name
        file.write_text(json.dumps(PRICES | changes))
        return file

    return saved


def test_list():
    lines = run("protocol", "list").output.splitlines()
    assert [line.split()[0] for line in lines] == list(protocol_names())
    assert lines[0].endswith("label schedule for treatment-resistant depression")


@pytest.mark.parametrize("name", [*protocol_names(), *sorted(OWN.glob("*.toml"))], ids=str)
def test_every_template_has_a_page_for_the_wall(name):
    shown = run("protocol", "show", name)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert max(map(len, shown.output.splitlines())) <= 100
    assert "…" not in shown.output
    for heading in ("Sessions", "Doses", "The day of a session", "Contacts", "When sessions were missed", "Sources"):
        assert f"\n{heading}" in shown.output


def test_the_page_says_what_the_template_says():
    page = " ".join(run("protocol", "show", "esketamine-label").output.split())
    for words in (
        "induction: 8 sessions; apart by 3 days (2 to 5) and 4 days (3 to 5), in turn",
        "maintenance: 4 sessions; the first after 4 days (3 to 8); apart by 7 days (6 to 10)",
        "maintenance: goes on; apart by 14 days (13 to 17); by order 14, 7 days",
        "Never more than 2 in any 7 days, never closer than 48 h.",
        "From session 2: 56 mg or 84 mg",
        "Never above 84 mg.",
        "Vital signs at 0, 40, 120 min, by the nurse",
        "every 4 sessions in day 0 to +2 * Stop and review",
        "More than 17 days since the last one: after a consult, back to the start of the phase before",
        "Judge benefit at the end of induction before going on.",
    ):
        assert words in page
    home = " ".join(run("protocol", "show", "home-ordered").output.split())
    for words in (
        "Every milligram comes from the order. Never above 450 mg.",
        "An adult stays from 30 min before to 240 min after the dose",
        "every session 2 h to 4 h after *",
        "every day same day Text check-in of the day (coach)",
    ):
        assert words in home
    single = " ".join(run("protocol", "show", "iv-single-social-anxiety").output.split())
    for words in (
        "follow-up: contacts only",
        "after the course in day +1 to +14 *",
        "Never more than 1 in all.",
        "says nothing",
    ):
        assert words in single
    peers = " ".join(run("protocol", "show", OWN / "peer-monitored.toml").output.split())
    assert "every session day -1 " in peers
    assert "the last of a series in day 0 to +30" in peers
    six = " ".join(run("protocol", "show", OWN / "six-per-consult.toml").output.split())
    assert "apart by 84 h (48 to 120)" in six


def test_minutes_that_are_no_whole_hours(tmp_path):
    file = tmp_path / "own.toml"
    text = (OWN / "peer-monitored.toml").read_text("utf-8")
    file.write_text(text.replace("from_minutes = 1440", "from_minutes = 90"))
    assert "90 min to 72 h after" in " ".join(run("protocol", "show", file).output.split())


def test_show_as_a_document_and_from_one(tmp_path):
    shown = run("protocol", "show", "iv-six-infusions", "--json").output
    assert read(Protocol, shown) == load_protocol("iv-six-infusions")
    file = tmp_path / "ours.json"
    file.write_bytes(write(load_protocol("iv-six-infusions")))
    assert run("protocol", "check", file).output == "nothing to look at\n"


def test_check(tmp_path):
    assert run("protocol", "check", OWN / "daily-troche.toml").output == "nothing to look at\n"
    file = tmp_path / "own.toml"
    text = (OWN / "daily-troche.toml").read_text("utf-8")
    file.write_text(text.replace("sessions_in_7_days = 7", "sessions_in_7_days = 6"))
    done = run("protocol", "check", file)
    assert done.exit_code == 3
    assert done.output.startswith("/phases/0/spacing/0: More sessions than the template allows")
    done = run("protocol", "check", file, "--json")
    assert (done.exit_code, json.loads(done.output)[0]["code"]) == (3, "protocol.maximum-broken")
    file.write_text(text.replace("gap_hours", "gap_hour"))
    done = run("protocol", "check", file)
    assert (done.exit_code, "/gap_hour: No such member is known." in done.stderr) == (4, True)
    done = run("protocol", "check", "iv-six-infusion")
    assert (done.exit_code, "these ship: esketamine-label" in done.stderr) == (2, True)


def test_outline(prices):
    done = run("outline", "iv-six-infusions", "--prices", prices())
    assert done.exit_code == 0
    assert "In all: 2,675 USD" in done.output
    assert "it goes on after that" in done.output
    assert "not stated" not in done.output
    done = run("outline", "iv-six-infusions", "--prices", prices(per_session=None), "--sessions", 7)
    assert "In all: at least 317.50 USD" in done.output
    assert "Without a stated price: Sessions." in done.output
    found = read(Outline, run("outline", "home-ordered", "--prices", prices(), "--json").output)
    assert (found.sessions, found.total) == (4, 2180)
    done = run("outline", "home-ordered", "--prices", prices(), "--sessions", 5)
    assert (done.exit_code, "has 4 sessions" in done.stderr) == (3, True)
    done = run("outline", "home-ordered", "--prices", prices(currency="dollars"))
    assert (done.exit_code, "/currency" in done.stderr) == (2, True)


def test_outline_of_two_side_by_side(prices):
    both = ("outline", "iv-six-infusions", "home-ordered")
    done = run(*both, "--prices", prices())
    assert "home-ordered costs 495 USD less than iv-six-infusions." in done.output
    assert "FDA2023" in done.output
    assert "dg.home" in done.output
    turned = run("outline", "home-ordered", "iv-six-infusions", "--prices", prices())
    assert "iv-six-infusions costs 495 USD more than home-ordered." in turned.output
    same = run("outline", "home-ordered", "home-ordered", "--prices", prices())
    assert "home-ordered costs as much as home-ordered." in same.output
    assert "In a clinic" not in same.output
    other = run(*both, "--prices", prices(), "--other-prices", prices("other.json", per_session=None))
    assert "Without a stated price in home-ordered: Sessions." in other.output
    assert " less than " not in other.output
    documents = json.loads(run(*both, "--prices", prices(), "--json").output)
    assert [each["protocol"] for each in documents] == ["iv-six-infusions", "home-ordered"]
