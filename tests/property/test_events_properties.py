"""Triage: what is not known never lowers a tier, and harm never does; the log only grows."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import StateError, record_event, triage
from ketaprogram.errors import ConflictError, UnknownItemError
from ketaprogram.events import is_within_window, term, terms
from ketaprogram.events.model import AdverseEvent, SideEffectLog, Tier
from ketaprogram.events.triaging import TIER_OF
from ketaprogram.rules.model import Status
from ketaprogram.testing.strategies import AS_OF
from ketaprogram.truth import FALSE, TRUE, UNKNOWN

TIERS = get_args(Tier)
ROUTES = ("iv", "im", "sc", "sublingual", "oral", "intranasal")
UNSURE = ("onset_minutes", "duration_minutes", "grade", "serious", "resolved")

events = st.builds(
    AdverseEvent,
    id=st.just("e"),
    session=st.just("s"),
    term=st.sampled_from(sorted(terms())),
    reported_at=st.just(AS_OF),
    onset_minutes=st.none() | st.integers(-10, 500),
    duration_minutes=st.none() | st.integers(0, 1000),
    resolved=st.none() | st.booleans(),
    grade=st.none() | st.integers(1, 5),
    serious=st.sampled_from([None, (), ("hospitalization",)]),
    red_flag=st.none() | st.booleans(),
)


def tier(event, route="iv"):
    return TIERS.index(triage(event, route=route, now=AS_OF).tier)


@given(events, st.sampled_from(ROUTES), st.sampled_from(UNSURE))
def test_an_unknown_answer_never_lowers_a_tier(event, route, member):
    assert tier(attrs.evolve(event, **{member: None}), route) >= tier(event, route) or member == "grade"


@given(events, st.sampled_from(ROUTES))
def test_an_unknown_grade_is_never_below_a_severe_one(event, route):
    """A grade of 4 or 5 is an emergency only once somebody says so; not knowing is urgent at least."""
    unknown = tier(attrs.evolve(event, grade=None), route)
    assert unknown >= min(tier(event, route), TIERS.index("urgent"))


@given(events, st.sampled_from(ROUTES))
def test_harm_never_lowers_a_tier(event, route):
    now = tier(event, route)
    if event.grade is not None and event.grade < 5:
        assert tier(attrs.evolve(event, grade=event.grade + 1), route) >= now
    assert tier(attrs.evolve(event, serious=("death",)), route) >= now
    assert tier(attrs.evolve(event, red_flag=True), route) >= now
    assert tier(attrs.evolve(event, resolved=False), route) >= now
    if event.duration_minutes is not None:
        assert tier(attrs.evolve(event, duration_minutes=event.duration_minutes + 600), route) >= now


@given(events)
def test_a_tier_has_somebody_who_answers_in_time(event):
    found = triage(event, route="iv", now=AS_OF)
    assert found.who
    assert found.respond_by >= AS_OF
    assert found.card.sources
    assert len(found.card.summary) < 140


def test_tiers_rise_with_statuses():
    ranks = [TIERS.index(TIER_OF[status]) for status in Status]
    assert ranks == sorted(ranks)


def known(**changes):
    event = AdverseEvent(
        id="e", session="s", term="nausea", reported_at=AS_OF, onset_minutes=20, duration_minutes=60, resolved=True,
        grade=1, serious=(), red_flag=False,
    )  # fmt: skip
    return attrs.evolve(event, **changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "none"),
        ({"resolved": False}, "watch"),
        ({"resolved": None}, "watch"),
        ({"grade": 2}, "contact-clinic"),
        ({"onset_minutes": 300}, "contact-clinic"),
        ({"duration_minutes": None}, "contact-clinic"),
        ({"grade": 3}, "urgent"),
        ({"grade": None}, "urgent"),
        ({"serious": ("hospitalization",)}, "urgent"),
        ({"serious": None}, "urgent"),
        ({"red_flag": True}, "urgent"),
        ({"term": "syncope"}, "urgent"),
        ({"grade": 4}, "emergency"),
        ({"term": "breathing"}, "emergency"),
        ({"term": "suicidal"}, "emergency"),
        ({"term": "allergy"}, "emergency"),
    ],
)
def test_readable_cases(changes, expected):
    assert triage(known(**changes), route="iv", now=AS_OF).tier == expected


@pytest.mark.parametrize("term_id", sorted(terms()))
@pytest.mark.parametrize("route", ROUTES)
def test_both_edges_of_every_expected_window(term_id, route):
    window = term(term_id).windows.get(route)
    if window is None:
        assert is_within_window(known(term=term_id), route) is UNKNOWN
        return
    assert is_within_window(known(term=term_id, onset_minutes=window.begins, duration_minutes=0), route) is TRUE
    assert is_within_window(known(term=term_id, onset_minutes=window.begins - 1), route) is FALSE
    length = window.ends - window.begins
    assert is_within_window(known(term=term_id, onset_minutes=window.begins, duration_minutes=length), route) is TRUE
    later = known(term=term_id, onset_minutes=window.begins, duration_minutes=length + 1)
    assert is_within_window(later, route) is FALSE
    assert is_within_window(known(term=term_id, onset_minutes=None), route) is UNKNOWN
    assert is_within_window(known(term=term_id, onset_minutes=window.begins, duration_minutes=None), route) is UNKNOWN


@given(st.lists(st.tuples(st.integers(0, 6), st.none() | st.integers(0, 6)), max_size=8))
def test_the_log_only_grows_and_corrections_never_fork(entries):
    log = SideEffectLog()
    for number, corrects in entries:
        event = known(id=f"e-{number}", corrects=None if corrects is None else f"e-{corrects}")
        try:
            grown = record_event(log, event)
        except (ConflictError, StateError):
            continue
        assert grown.events[:-1] == log.events
        log = grown
    pointed_at = [each.corrects for each in log.events if each.corrects]
    assert len(pointed_at) == len(set(pointed_at))
    assert len(log.current) == len(log.events) - len(pointed_at)


def test_what_the_log_refuses():
    log = record_event(SideEffectLog(), known())
    with pytest.raises(ConflictError, match="of this id"):
        record_event(log, known())
    with pytest.raises(StateError, match="not in the log"):
        record_event(log, known(id="f", corrects="g"))
    with pytest.raises(StateError, match="not in the log of this session"):
        record_event(log, known(id="f", corrects="e", session="other"))
    log = record_event(log, known(id="f", corrects="e"))
    with pytest.raises(ConflictError, match="correct the latest"):
        record_event(log, known(id="g", corrects="e"))
    with pytest.raises(UnknownItemError, match="nausea"):
        record_event(log, known(id="g", term="nausia"))


def test_the_catalogue_of_side_effects():
    assert len(terms()) == 25
    for found in terms().values():
        assert found.label
        assert found.citations
        assert found.is_never_expected == (found.expected == "Never expected")
        assert all(1 <= grade <= 5 for grade in found.grades)
    assert triage(known(reported_at=AS_OF - timedelta(days=1)), route="iv", now=AS_OF).respond_by > AS_OF
