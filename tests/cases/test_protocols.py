"""Published tables come out of the templates exactly; programs of others can be said in a template of their own."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import accumulate, count, cycle, islice
from pathlib import Path

import pytest
from attrs import evolve

from ketaprogram import Quantity, load_protocol, read, write
from ketaprogram._knowledge import table
from ketaprogram.protocol import check_protocol, protocol_names, read_protocol
from ketaprogram.protocol.model import CalendarWindow, FixedDose, Order, Protocol, Units, WeightBasedDose
from ketaprogram.schedule import plan_visits

FOLDER = Path(__file__).parent / "protocols"
TABLES = tomllib.loads((FOLDER / "published.toml").read_text("utf-8"))["table"]
OWN = sorted((FOLDER / "own").glob("*.toml"))


def target_days(protocol):
    """The days of the sessions by their targets, from day 0, as far as the template has an end."""
    distances = []
    for phase in protocol.phases:
        targets = cycle([each.target_days for each in phase.spacing])
        for place in islice(count(), phase.sessions or 0):
            distances.append(phase.first.target_days if place == 0 and phase.first else None)
            if distances[-1] is None:
                distances[-1] = next(targets, 0) if place else (phase.spacing[0].target_days if phase.spacing else 0)
    return list(accumulate([0, *distances[1:]])) if distances else []


def doses_from(protocol, session):
    return max((each for each in protocol.doses if each.from_session <= session), key=lambda each: each.from_session)


published = pytest.mark.parametrize("said", TABLES, ids=[each["template"] for each in TABLES])


@published
def test_the_published_sessions_come_out_exactly(said):
    protocol = load_protocol(said["template"])
    days = target_days(protocol)
    assert len(days) == said["sessions"]
    if "days" in said:
        assert days == said["days"]
    else:
        weeks = [day // 7 for day in days]
        assert [weeks.count(week) for week in range(max(weeks) + 1)] == said["per_week"]
    last = protocol.phases[-1]
    if "then" in said:
        assert last.sessions is None
        assert {last.spacing[0].target_days, *last.intervals_days} == set(said["then"])
        assert last.spacing[0].target_days == said["then"][0]
    else:
        assert all(phase.sessions is not None for phase in protocol.phases)


@published
def test_the_published_doses_come_out_exactly(said):
    protocol = load_protocol(said["template"])
    for member in ("mg", "mg_per_kg"):
        for session, amounts in said.get(f"doses_{member}", {}).items():
            assert getattr(doses_from(protocol, int(session)), member) == tuple(map(Decimal, amounts))
    assert bool(protocol.doses) == any(name.startswith("doses_") for name in said)
    amounts = {"mg_per_unit": protocol.increment_mg, "most_mg": protocol.ceiling_mg}
    assert all(amount == Decimal(said[name]) for name, amount in amounts.items() if name in said)
    minutes = [name for name in ("infusion_minutes", "observation_minutes") if name in said]
    assert all(getattr(protocol, name) == said[name] for name in minutes)


@published
def test_the_published_contacts_come_out_exactly(said):
    contacts = load_protocol(said["template"]).contacts
    for session in said.get("outcomes_after_sessions", ()):
        assert any(each.sessions == (session,) and each.measures for each in contacts if each.what == "assessment")
    if "call_minutes" in said:
        calls = [each for each in contacts if each.minutes == said["call_minutes"] and each.every_sessions == 1]
        assert sorted(each.what for each in calls) == ["integration", "preparation"]
    if "follow_up_days" in said:
        after = [each.window.to_day for each in contacts if each.phase == "follow-up" and each.measures]
        assert after == [said["follow_up_days"]]


def test_every_template_has_its_published_table():
    assert sorted(each["template"] for each in TABLES) == list(protocol_names())


@pytest.mark.parametrize("name", protocol_names())
def test_what_ships_lints_clean_and_is_a_document(name):
    protocol = load_protocol(name)
    assert protocol.id == name
    assert check_protocol(protocol) == ()
    assert read(Protocol, write(protocol)) == protocol


@pytest.mark.parametrize("name", protocol_names())
def test_what_ships_measures_with_instruments_that_are_known(name):
    known = {each["id"] for each in table("instruments")["instrument"]}
    assert {each for contact in load_protocol(name).contacts for each in contact.measures} <= known


@pytest.mark.parametrize("name", protocol_names())
def test_what_no_publication_says_is_marked_as_a_proposal(name):
    """A gap rule and a window of a contact have days that no publication of the reference gives."""
    protocol = load_protocol(name)
    for rule in protocol.gap_rules:
        assert rule.citations[-1].is_proposal
    assert any("days around a target" in each.locator for each in protocol.citations) == any(
        phase.spacing for phase in protocol.phases
    )


@pytest.mark.parametrize("path", OWN, ids=[each.stem for each in OWN])
def test_the_programs_of_others_can_be_said(path):
    protocol = read_protocol(path.read_text("utf-8"))
    assert protocol.id == path.stem
    assert check_protocol(protocol) == ()
    assert read(Protocol, write(protocol)) == protocol


@published
def test_an_order_on_a_shipped_template_is_planned_on_its_published_days(said):
    protocol = load_protocol(said["template"])
    days = target_days(protocol) or [0, 7, 14]
    assert planned_days(protocol, sessions=len(days)) == days


@pytest.mark.parametrize("path", OWN, ids=[each.stem for each in OWN])
def test_an_order_on_a_template_of_others_is_planned(path):
    protocol = read_protocol(path.read_text("utf-8"))
    assert planned_days(protocol, sessions=20) == WRITTEN_DOWN[path.stem]


WRITTEN_DOWN = {
    "daily-troche": list(range(20)),
    "peer-monitored": [0, 7, 11, 15, 19, 23, 27, 31, *range(61, 61 + 12 * 30, 30)],
    "six-per-consult": [0, 3, 7, 10, 14, 17, 21, 24, *range(31, 31 + 12 * 7, 7)],
}
"""By hand: every day; 7, then 4 days apart, then 30; 84 hours apart, as near as sessions at nine come, then 7 days."""


def planned_days(protocol, sessions):
    dose = protocol.doses[0] if protocol.doses else None
    by_weight = dose is not None and dose.mg_per_kg
    ordered = Order(
        id="o", person="p", protocol=protocol.id, protocol_version=protocol.version,
        clearance_digest="sha256:" + "0" * 64, agent=protocol.agent, route=protocol.route, setting=protocol.setting,
        doses=(WeightBasedDose(mg_per_kg=dose.mg_per_kg[0]),) if by_weight else (FixedDose(mg=Decimal(100)),),
        maximum_mg=Decimal(100), product=Units(unit="tablet", mg_per_unit=Decimal(50)), sessions=sessions,
        valid_from=date(2026, 1, 1), valid_until=date(2028, 12, 31), titration="none", prescriber="A",
        role="physician", signed_at=datetime(2025, 12, 1, tzinfo=UTC),
    )  # fmt: skip
    start = date(2026, 1, 5)
    plan = plan_visits(ordered, protocol, start=start, at=time(9), time_zone="UTC")
    return [(each.on - start).days for each in plan.visits if each.kind == "session"]


def test_the_numbers_of_others_are_where_they_belong():
    troche, peers, six = (read_protocol(each.read_text("utf-8")) for each in OWN)
    assert (troche.phases[0].spacing[0].target_hours, troche.ceiling_mg, troche.sessions_in_7_days) == (24, 120, 7)
    assert {each.every_days for each in troche.contacts} >= {7, 30}
    presence = next(each for each in peers.monitoring if each.what == "presence")
    assert set(range(0, 121, 15)) == set(presence.at_minutes)
    assert [phase.sessions for phase in peers.phases] == [2, 6, None]
    assert peers.phases[-1].intervals_days == (30, 60)
    assert [each.over_days for each in (*peers.gap_rules, *six.gap_rules)][-2:] == [84, 84]
    assert next(each for each in six.contacts if each.every_sessions == 6).holds
    assert isinstance(six.contacts[0].window, CalendarWindow)
    assert evolve(six, contacts=()).phases[3].name == "taper"
    assert Quantity(six.phases[0].spacing[0].target_hours, "h") == Quantity(84, "h")
