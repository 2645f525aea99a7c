"""An outline counts what the template says, and a price that nobody stated is never taken for nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date, time
from decimal import Decimal
from itertools import accumulate
from typing import get_args

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.making import CASES
from tests.scheduling import signed as made_up

from ketaprogram import LimitError, OrderError, read, write
from ketaprogram._knowledge import table
from ketaprogram.citation import sources
from ketaprogram.protocol import compare_outlines, load_protocol, outline, protocol_names, read_protocol
from ketaprogram.protocol.coursing import course
from ketaprogram.protocol.model import ContactKind, ContactPrice, Outline, Prices
from ketaprogram.schedule import plan_visits
from ketaprogram.schedule.contacting import timeline

NAMES = st.sampled_from(protocol_names())
money = st.decimals(0, 5000, places=2)
contact_prices = st.lists(
    st.builds(ContactPrice, what=st.sampled_from(get_args(ContactKind)), amount=money),
    unique_by=lambda each: each.what,
).map(tuple)
prices = st.builds(
    Prices,
    currency=st.sampled_from(["USD", "NZD"]),
    per_session=st.none() | money,
    medicine_per_session=st.none() | money,
    per_month=st.none() | money,
    contacts=contact_prices,
)
EVERYTHING = Prices(
    currency="USD",
    per_session=Decimal(400),
    medicine_per_session=Decimal("12.50"),
    per_month=Decimal(0),
    contacts=tuple(ContactPrice(what=each, amount=Decimal(10)) for each in get_args(ContactKind)),
)


@given(NAMES, prices)
def test_the_total_is_the_sum_of_what_is_stated_and_the_rest_is_listed(name, asked):
    found = outline(load_protocol(name), asked)
    stated = [each for each in found.items if each.price is not None]
    assert all(each.total == each.price * each.times for each in stated)
    assert found.total == sum((each.total for each in stated), Decimal(0))
    assert list(found.not_priced) == [each.title for each in found.items if each.price is None]
    assert found.is_at_least == (len(stated) < len(found.items))
    assert read(Outline, write(found)) == found


@given(NAMES, prices, st.sampled_from(["per_session", "medicine_per_session", "per_month", "contacts"]))
def test_leaving_a_price_out_never_makes_a_program_cheaper_in_full(name, asked, member):
    """Law 1: the total may fall, but then it says that it is only the least."""
    protocol = load_protocol(name)
    whole = outline(protocol, asked)
    less = outline(protocol, evolve(asked, **{member: () if member == "contacts" else None}))
    assert less.total <= whole.total
    assert set(whole.not_priced) <= set(less.not_priced)
    assert less.is_at_least or less.total == whole.total


@given(NAMES, st.integers(1, 40))
def test_the_sessions_that_are_asked_for_are_counted_or_refused(name, sessions):
    protocol = load_protocol(name)
    counts = [each.sessions for each in protocol.phases]
    most = protocol.sessions_in_all or (sum(counts) if None not in counts else 1000)
    if sessions > most:
        with pytest.raises(LimitError, match="and not as many"):
            outline(protocol, EVERYTHING, sessions=sessions)
        return
    found = outline(protocol, EVERYTHING, sessions=sessions)
    assert (found.sessions, found.items[0].times, found.items[1].times) == (sessions, sessions, sessions)
    assert found.goes_on == (sessions < most)


@given(st.integers(1, 60), st.sampled_from([None, 7, 14, 21, 28]))
def test_contacts_are_counted_on_a_calendar_laid_out_here(sessions, interval):
    """The six infusions: days 0, 3, 7, 10, 14, 17, then every interval."""
    days = [0, 3, 7, 10, 14, 17]
    days = [*days, *(17 + (interval or 7) * number for number in range(1, 60))][:sessions]
    last, maintenance = days[-1], days[6:]

    def on_maintenance(every):
        return sum(max(day for day in days if day <= nth) > 17 for nth in range(every, last + 1, every))

    found = outline(load_protocol("iv-six-infusions"), EVERYTHING, sessions=sessions, interval_days=interval)
    times = {each.contact: each.times for each in found.items if each.contact}
    assert found.days == last
    expected = {
        "consult-before-first": 1,
        "consult-after-second": int(sessions >= 2),
        "consult-at-end": int(sessions >= 6),
        "consult-every-four": sum((7 + number) % 4 == 0 for number in range(len(maintenance))),
        "consult-every-90-days": last // 90,
        "questionnaires-baseline": 1,
        "questionnaires-weekly": last // 7,
        "integration-72-hours": sessions,
        "prompts-14-days": sessions,
        "liver-tests-baseline": 1,
        "liver-tests": on_maintenance(180),
        "urinalysis": on_maintenance(90),
        "cognition": on_maintenance(90),
        "pdmp-at-start": 1,
        "pdmp": last // 90,
    }
    assert times == {name: number for name, number in expected.items() if number}
    assert next(each.times for each in found.items if each.what == "month") == last // 30 + 1


@given(NAMES, st.integers(1, 30))
def test_an_outline_counts_what_a_schedule_plans(name, sessions):
    """Laid out by another room: a session at each target, and every item of its timeline."""
    protocol = load_protocol(name)
    assume(sessions <= len(course(protocol)))
    signed = made_up(sessions, protocol=protocol.id, protocol_version=protocol.version)
    plan = plan_visits(signed, protocol, start=date(2026, 1, 5), at=time(9), time_zone="UTC")
    found = outline(protocol, EVERYTHING, sessions=sessions)
    planned = Counter(each.title for each in timeline(plan, protocol, signed) if each.what != "session")
    assert planned == {each.title: each.times for each in found.items if each.contact}
    days = [each.on for each in plan.visits if each.kind == "session"]
    assert found.days == (days[-1] - days[0]).days


def test_the_label_by_counting():
    """prot.spravato_counts: 8 sessions in weeks 1-4 and 4 in weeks 5-8, so 12 by the end of week 8."""
    label = load_protocol("esketamine-label")
    found = outline(label, EVERYTHING)
    assert (found.sessions, found.days, found.goes_on) == (12, 49, True)
    year = [outline(label, EVERYTHING, sessions=34, interval_days=days).days for days in (14, 7)]
    assert year == [49 + 22 * 14, 49 + 22 * 7]
    assert list(accumulate([8, 4]))[-1] == found.sessions


def own(name):
    return read_protocol((CASES / "protocols" / "own" / f"{name}.toml").read_text("utf-8"))


def contacts_of(protocol, sessions, **options):
    return {each.contact: each.times for each in outline(protocol, EVERYTHING, sessions=sessions, **options).items}


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 12))
def test_a_contact_that_comes_again_is_counted_on_from_its_last_session(sessions, first, every):
    six = load_protocol("iv-six-infusions")
    again = evolve(six.contacts[1], id="again", sessions=(first,), every_sessions=every)
    found = contacts_of(evolve(six, contacts=(again,)), sessions)
    assert found.get("again", 0) == len(range(first, sessions + 1, every))


def test_a_day_of_a_session_belongs_to_that_session():
    """The seventh infusion, the first of maintenance, is on day 24."""
    six = load_protocol("iv-six-infusions")
    on_day_24 = evolve(six.contacts[1], id="on-day-24", sessions=(), every_days=24, phase="maintenance")
    assert contacts_of(evolve(six, contacts=(on_day_24,)), 7)["on-day-24"] == 1


@pytest.mark.parametrize("sessions", [24, 25, 26, 27])
def test_a_contact_after_the_course_comes_once_the_last_phase_is_over(sessions):
    assert contacts_of(own("six-per-consult"), sessions).get("after-the-course", 0) == int(sessions == 27)


@pytest.mark.parametrize("interval", [30, 60])
def test_an_order_never_chooses_the_distance_between_two_phases(interval):
    """Two doses a week apart, six more 4 days apart, 30 days to the first of maintenance, then as the order says."""
    peers = own("peer-monitored")
    days = [outline(peers, EVERYTHING, sessions=number, interval_days=interval).days for number in (8, 9, 10, 11)]
    assert days == [31, 61, 61 + interval, 61 + 2 * interval]


def test_a_price_of_one_contact_goes_before_that_of_its_kind():
    asked = Prices(
        currency="EUR",
        contacts=(
            ContactPrice(what="laboratory", amount=Decimal(50)),
            ContactPrice(what="laboratory", contact="liver-tests-baseline", amount=Decimal("35.50")),
            ContactPrice(what="consult", contact="consult-at-end", amount=Decimal(0)),
            ContactPrice(what="consult", contact="liver-tests-baseline", amount=Decimal(1)),
        ),
    )
    found = {each.contact: each.price for each in outline(load_protocol("iv-six-infusions"), asked).items}
    assert (found["liver-tests-baseline"], found["consult-at-end"]) == (Decimal("35.50"), 0)
    assert found["consult-after-second"] is None
    later = outline(load_protocol("iv-six-infusions"), asked, sessions=60)
    assert {each.contact: each.price for each in later.items}["urinalysis"] == 50


def test_time_and_readings_of_a_program():
    home, single = (outline(load_protocol(name), EVERYTHING) for name in ("home-ordered", "iv-single-social-anxiety"))
    assert (home.observation_minutes, home.companion_minutes, home.readings) == (240, 270, 3)
    assert home.minutes == 4 * 240 + 4 * 30 + 4 * 30
    assert "Text two hours after the dose" in home.minutes_not_stated
    assert {"Sessions", "Medicine of the sessions"}.isdisjoint(home.minutes_not_stated)
    assert (single.sessions, single.days, single.companion_minutes) == (1, 0, None)
    assert {each.contact: each.times for each in single.items}["follow-up-14-days"] == 1


def test_an_open_template_needs_a_number_of_sessions():
    lozenges = evolve(load_protocol("home-weekly-lozenges"), sessions_in_all=None)
    with pytest.raises(LimitError, match="say how many sessions"):
        outline(lozenges, EVERYTHING)
    assert outline(lozenges, EVERYTHING, sessions=3).goes_on
    assert outline(load_protocol("home-weekly-lozenges"), EVERYTHING).sessions == 26
    with pytest.raises(LimitError, match="say how many"):
        outline(lozenges, EVERYTHING, sessions=0)
    with pytest.raises(OrderError, match="no choice"):
        outline(lozenges, EVERYTHING, interval_days=14)


@given(NAMES, NAMES, prices, prices)
def test_a_difference_is_said_only_where_both_prices_are_whole(first, second, one, other):
    both = compare_outlines(outline(load_protocol(first), one), outline(load_protocol(second), other))
    whole = one.currency == other.currency and not both.first.not_priced and not both.second.not_priced
    assert both.difference == (both.second.total - both.first.total if whole else None)
    assert bool(both.trade_offs) == (both.first.setting != both.second.setting)
    assert ("at least" in both.rows[-1].first, "at least" in both.rows[-1].second) == (
        both.first.is_at_least,
        both.second.is_at_least,
    )
    said = " ".join(each.statement for each in both.positions)
    assert ("never for home" in said) == ("esketamine" in {both.first.agent, both.second.agent})
    assert ("compounded" in said) == any(
        each.setting == "home" and each.agent == "ketamine" for each in (both.first, both.second)
    )


def test_a_clinic_beside_the_home():
    """S12 and S13: supervision, privacy, comfort, access and cost, each with who says so."""
    both = compare_outlines(
        *(outline(load_protocol(name), EVERYTHING) for name in ("iv-six-infusions", "home-ordered"))
    )
    rows = {each.title: (each.first, each.second) for each in both.rows}
    assert rows["Setting and route"] == ("clinic, iv", "home, sublingual")
    assert rows["Sessions"] == ("6, then it goes on", "4")
    assert rows["Observed in each session"] == ("at least 120 min", "at least 240 min")
    assert rows["An adult stays"] == ("-", "270 min in each session")
    assert rows["Price in all"] == ("2675.00 USD", "2180.00 USD")
    assert both.difference == Decimal(-495)
    assert {"Supervision", "Privacy", "Comfort", "Access", "Cost"} <= {each.topic for each in both.trade_offs}
    assert all(each.citations for each in (*both.trade_offs, *both.positions))


def test_prices_of_two_currencies_have_no_difference():
    six = load_protocol("iv-six-infusions")
    first, second = outline(six, EVERYTHING), outline(six, evolve(EVERYTHING, currency="EUR"))
    assert compare_outlines(first, second).difference is None
    assert compare_outlines(first, first).difference == 0


def test_what_is_said_of_settings_cites_known_sources():
    offers = table("offers")
    assert {each["id"] for part in offers.values() for entry in part for each in entry["sources"]} <= set(sources())
