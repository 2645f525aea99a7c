"""What ships lints clean, and each way to spoil it is caught by the code that is meant for it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import accumulate, count, cycle, islice, pairwise
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram.citation import Citation
from ketaprogram.protocol import check_protocol, load_protocol, protocol_names
from ketaprogram.protocol.model import (
    CalendarSpacing,
    CalendarWindow,
    Contact,
    ElapsedSpacing,
    ElapsedWindow,
    GapRule,
    Monitoring,
    Phase,
    ProtocolDose,
)

CITED = (Citation(source="DEFAULT", locator="made for a test"),)
IV, HOME, LABEL = (load_protocol(name) for name in ("iv-six-infusions", "home-ordered", "esketamine-label"))
SINGLE, ELAPSED = load_protocol("iv-single-social-anxiety"), ElapsedSpacing(min_hours=48, target_hours=60, max_hours=72)


def days(low, target, high):
    return CalendarSpacing(min_days=low, target_days=target, max_days=high)


def phase(*spacing, sessions=None, name="induction", **members):
    return Phase(name=name, sessions=sessions, spacing=spacing, citations=CITED, **members)


def contact(**members):
    return Contact(
        **{
            "id": "ours", "what": "check-in", "title": "Call", "by": "nurse", "sessions": (1,),
            "window": CalendarWindow(from_day=0, to_day=1), "citations": CITED,
        } | members
    )  # fmt: skip


def with_phases(*phases, protocol=IV, **members):
    return evolve(protocol, phases=phases, **members)


def with_contacts(*contacts, protocol=IV):
    return evolve(protocol, contacts=(*protocol.contacts, *contacts))


def gap(over_days, then="re-consult"):
    return GapRule(over_days=over_days, then=then, citations=CITED)


def reading(*minutes):
    return Monitoring(what="presence", at_minutes=minutes, by="nurse", citations=CITED)


SERIES, OPEN = IV.phases
SPOILED = {
    "effective-dates": (evolve(IV, effective_until=date(2025, 12, 31)), "/effective_until"),
    "esketamine-home": (evolve(LABEL, setting="home", companion=HOME.companion), "/setting"),
    "home-alone": (evolve(HOME, companion=None), "/companion"),
    "no-stop-rule": (evolve(IV, stop_rules=()), "/stop_rules"),
    "unreachable-phase": (with_phases(SERIES, OPEN, phase(days(7, 7, 9), sessions=2, name="taper")), "/phases/2"),
    "unreachable-phase, total": (evolve(LABEL, sessions_in_all=8, doses=(), contacts=()), "/phases/1"),
    "follow-up-sessions": (
        with_phases(SERIES, OPEN, phase(days(7, 7, 9), sessions=1, name="follow-up")),
        "/phases/2/sessions",
    ),
    "first-of-all": (with_phases(evolve(SERIES, first=days(1, 2, 3)), OPEN), "/phases/0/first"),
    "no-spacing": (with_phases(phase(sessions=2), OPEN), "/phases/0/spacing"),
    "no-spacing, open": (with_phases(phase(name="maintenance"), contacts=IV.contacts[:1]), "/phases/0/spacing"),
    "no-spacing, next": (with_phases(SERIES, phase(sessions=1), OPEN), "/phases/1/spacing"),
    "no-choice": (
        with_phases(evolve(SERIES, spacing=(ELAPSED,), intervals_days=(7,)), OPEN),
        "/phases/0/intervals_days",
    ),
    "window-order": (with_phases(evolve(SERIES, spacing=(days(5, 4, 6),)), OPEN), "/phases/0/spacing/0"),
    "window-order, max": (with_phases(evolve(SERIES, spacing=(days(4, 4, 3),)), OPEN), "/phases/0/spacing/0"),
    "window-order, first": (with_phases(SERIES, evolve(OPEN, first=days(9, 8, 9))), "/phases/1/first"),
    "no-sessions": (with_phases(phase(sessions=0, name="follow-up"), doses=(), contacts=()), "/phases"),
    "gap-broken": (with_phases(evolve(SERIES, spacing=(days(1, 1, 9), days(9, 9, 9))), OPEN), "/phases/0/spacing/0"),
    "gap-broken, join": (with_phases(SERIES, evolve(OPEN, first=days(1, 1, 9))), "/phases/1/first"),
    "gap-broken, hours": (
        with_phases(evolve(SERIES, spacing=(ElapsedSpacing(min_hours=1, target_hours=47, max_hours=48),)), OPEN),
        "/phases/0/spacing/0",
    ),
    "gap-broken, choice": (with_phases(SERIES, evolve(OPEN, intervals_days=(7, 1))), "/phases/1/intervals_days/1"),
    "maximum-broken": (with_phases(evolve(SERIES, spacing=(days(2, 3, 4),)), OPEN), "/phases/0/spacing/0"),
    "maximum-broken, join": (with_phases(SERIES, evolve(OPEN, first=days(2, 3, 4))), "/phases/1/first"),
    "maximum-broken, choice": (with_phases(SERIES, evolve(OPEN, intervals_days=(3, 7))), "/phases/1/intervals_days/0"),
    "doses-order": (evolve(IV, doses=(ProtocolDose(from_session=2, mg_per_kg=(Decimal("0.5"),)),)), "/doses"),
    "doses-order, twice": (evolve(LABEL, doses=(*LABEL.doses, LABEL.doses[1])), "/doses"),
    "dose-empty": (evolve(IV, doses=(ProtocolDose(from_session=1),)), "/doses/0"),
    "dose-unreachable": (
        with_phases(SERIES, doses=(*IV.doses, ProtocolDose(from_session=7, mg=(Decimal(1),))), contacts=()),
        "/doses/1/from_session",
    ),
    "ceiling-below-dose": (evolve(LABEL, ceiling_mg=Decimal(83)), "/doses/1/mg/1"),
    "ceiling-below-dose, weight": (evolve(IV, ceiling_mg_per_kg=Decimal("0.4")), "/doses/0/mg_per_kg/0"),
    "home-by-weight": (evolve(HOME, ceiling_mg_per_kg=Decimal(5)), "/ceiling_mg_per_kg"),
    "home-by-weight, dose": (evolve(HOME, doses=IV.doses), "/doses/0/mg_per_kg"),
    "monitoring-order": (evolve(IV, monitoring=(reading(0, 20, 10),)), "/monitoring/0/at_minutes"),
    "monitoring-order, twice": (evolve(IV, monitoring=(reading(0, 20, 20),)), "/monitoring/0/at_minutes"),
    "monitoring-late": (evolve(IV, monitoring=(reading(0, 121),)), "/monitoring/0/at_minutes"),
    "gap-rules-order": (evolve(IV, gap_rules=(gap(14), gap(14, "restart"))), "/gap_rules/1/over_days"),
    "gap-rules-order, easier": (evolve(IV, gap_rules=(gap(14), gap(15, "continue"))), "/gap_rules/1/then"),
    "contact-duplicate": (with_contacts(contact(id=IV.contacts[0].id)), f"/contacts/{len(IV.contacts)}/id"),
    "window-reversed": (
        with_contacts(contact(window=CalendarWindow(from_day=1, to_day=0))),
        f"/contacts/{len(IV.contacts)}/window",
    ),
    "window-reversed, minutes": (
        with_contacts(contact(window=ElapsedWindow(from_minutes=1, to_minutes=0))),
        f"/contacts/{len(IV.contacts)}/window",
    ),
    "contact-unreachable": (
        with_contacts(contact(sessions=(1, 2)), protocol=SINGLE),
        f"/contacts/{len(SINGLE.contacts)}/sessions/1",
    ),
    "contact-unreachable, phase": (
        with_contacts(contact(sessions=(7,), phase="induction")),
        f"/contacts/{len(IV.contacts)}/sessions/0",
    ),
    "contact-unreachable, no phase": (
        with_contacts(contact(sessions=(), every_sessions=1, phase="taper")),
        f"/contacts/{len(IV.contacts)}",
    ),
    "contact-unreachable, never": (with_contacts(contact(sessions=())), f"/contacts/{len(IV.contacts)}"),
    "contact-unreachable, no end": (
        with_contacts(contact(sessions=(), is_at_end=True, phase="maintenance")),
        f"/contacts/{len(IV.contacts)}",
    ),
    "contact-unreachable, every": (
        with_contacts(contact(sessions=(), every_sessions=2), protocol=SINGLE),
        f"/contacts/{len(SINGLE.contacts)}",
    ),
    "contact-unreachable, days": (
        with_contacts(contact(sessions=(), every_days=31), protocol=HOME),
        f"/contacts/{len(HOME.contacts)}",
    ),
    "open-without-consult": (
        evolve(IV, contacts=tuple(evolve(each, holds=False) for each in IV.contacts)),
        "/phases/1/sessions",
    ),
    "open-without-consult, phase": (
        evolve(IV, contacts=(contact(what="consult", holds=True, every_sessions=2, phase="induction"),)),
        "/phases/1/sessions",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILED)
def test_each_way_to_spoil_a_template_is_caught_where_it_is(what):
    spoiled, where = SPOILED[what]
    assert (f"protocol.{what.partition(',')[0]}", where) in {
        (each.code, each.pointer) for each in check_protocol(spoiled)
    }


def test_every_code_has_a_template_that_it_catches():
    source = Path(check_protocol.__code__.co_filename).read_text("utf-8")
    codes = set(re.findall(r'_issue\(.*?, "([a-z-]+)", [m"]', source))
    assert codes
    assert codes == {what.partition(",")[0] for what in SPOILED}


def test_a_source_that_nobody_knows_is_caught_wherever_it_is_cited():
    unknown = (Citation(source="ELECT", locator="x"),)
    found = set()
    for spoiled in (
        evolve(IV, citations=unknown),
        evolve(HOME, companion=evolve(HOME.companion, citations=unknown)),
        with_phases(evolve(SERIES, citations=unknown), OPEN),
        evolve(IV, monitoring=(evolve(IV.monitoring[0], citations=unknown),)),
        evolve(IV, gap_rules=(evolve(gap(3), citations=unknown),)),
        evolve(IV, contacts=(evolve(IV.contacts[0], citations=unknown), *IV.contacts[1:])),
        evolve(IV, stop_rules=(evolve(IV.stop_rules[0], citations=unknown),)),
    ):
        (issue,) = check_protocol(spoiled)
        assert (issue.code, issue.hint) == ("citation.unknown-source", "Did you mean ELEKT?")
        found.add(issue.pointer)
    assert found == {
        "/citations/0/source", "/companion/citations/0/source", "/phases/0/citations/0/source",
        "/monitoring/0/citations/0/source", "/gap_rules/0/citations/0/source", "/contacts/0/citations/0/source",
        "/stop_rules/0/citations/0/source",
    }  # fmt: skip


calendars = st.builds(lambda low, more, most: days(low, low + more, low + more + most), *[st.integers(1, 5)] * 3)
courses = st.lists(
    st.builds(
        lambda sessions, spacing, first: (sessions, tuple(spacing), first),
        st.integers(1, 6),
        st.lists(calendars, min_size=1, max_size=3),
        st.none() | calendars,
    ),
    min_size=1,
    max_size=3,
)


@given(courses, st.integers(1, 7), st.integers(1, 120))
def test_the_targets_keep_the_limits_just_when_nothing_is_said_against_them(course, most, gap_hours):
    """Laid out here on a calendar of their own, from day 0."""
    phases = [
        phase(*spacing, sessions=sessions, first=first if place else None)
        for place, (sessions, spacing, first) in enumerate(course)
    ]
    distances = []
    for each in phases:
        targets = cycle(spacing.target_days for spacing in each.spacing)
        onto = each.first or each.spacing[0]
        distances += [onto.target_days, *islice(targets, each.sessions - 1)]
    laid = list(accumulate([0, *distances[1:]]))
    too_close = any((later - earlier) * 24 < gap_hours for earlier, later in pairwise(laid))
    too_many = any(sum(day <= each < day + 7 for each in laid) > most for day in laid)
    codes = {each.code for each in check_protocol(with_phases(*phases, sessions_in_7_days=most, gap_hours=gap_hours))}
    assert ("protocol.gap-broken" in codes, "protocol.maximum-broken" in codes) == (too_close, too_many)


@given(st.sampled_from(protocol_names()), st.integers(1, 400))
def test_a_contact_for_a_session_is_caught_just_when_the_course_is_shorter(name, number):
    protocol = load_protocol(name)
    counts = [each.sessions for each in protocol.phases]
    total = protocol.sessions_in_all or (sum(counts) if None not in counts else None)
    found = check_protocol(with_contacts(contact(sessions=(number,)), protocol=protocol))
    assert bool(found) == (total is not None and number > total)


def test_an_open_phase_is_looked_at_as_far_as_sessions_are_numbered():
    reached = next(islice(count(1000), 1))
    assert check_protocol(with_contacts(contact(sessions=(reached,)))) == ()
