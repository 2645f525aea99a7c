"""Maintenance: options only, never a shorter interval, never past a sign of harm or an open question."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import advise_maintenance, catalog, load_rulebook
from ketaprogram.facts.model import BooleanFact, FactSet, QuantityFact
from ketaprogram.testing.conformance import check_harm_never_helps, check_ignorance_never_permits
from ketaprogram.testing.strategies import AS_OF, fact_sets

COURSE = [each for each in catalog().definitions if each.startswith("course.")]
RULEBOOK = load_rulebook("maintenance")


def course(**changes):
    answers = {
        "response_holds": True,
        "is_worse": False,
        "urinary_symptoms": False,
        "misuse_signal": False,
        "open_event": False,
        "interval_days": 7,
        "days_since_start": 40,
        "dose_rise_percent": 0,
    } | changes
    return FactSet(
        facts=tuple(
            BooleanFact(id=f"course.{name}", value=value, observed_at=AS_OF)
            if isinstance(value, bool)
            else QuantityFact(
                id=f"course.{name}", value=Decimal(value), unit=catalog()[f"course.{name}"].unit, observed_at=AS_OF
            )
            for name, value in answers.items()
            if value is not None
        )
    )


def options(**changes):
    return [(each.what, each.interval_days) for each in advise_maintenance(course(**changes), AS_OF).options]


@given(fact_sets(COURSE))
def test_no_option_is_shorter_and_each_has_its_reason(facts):
    advice = advise_maintenance(facts, AS_OF)
    interval = facts.get("course.interval_days")
    assert advice.options
    for option in advice.options:
        assert option.reasons
        assert option.citations or option.what == "review"
        if option.interval_days is not None:
            assert option.interval_days >= int(interval.value)
        if option.what in {"lengthen", "keep"}:
            assert advice.determination.status.permits


@given(fact_sets(COURSE), st.data())
def test_ignorance_and_harm_never_lengthen(facts, data):
    check_harm_never_helps(RULEBOOK, facts, AS_OF)
    if facts.facts:
        removed = data.draw(st.lists(st.sampled_from([each.id for each in facts.facts]), min_size=1, unique=True))
        check_ignorance_never_permits(RULEBOOK, facts, tuple(removed), AS_OF)


def test_readable_cases():
    assert options() == [("lengthen", 14), ("keep", 7)]
    assert options(interval_days=14) == [("lengthen", 21), ("keep", 14)]
    assert options(interval_days=28) == [("keep", 28)]
    assert options(response_holds=False) == [("keep", 7)]
    assert options(urinary_symptoms=True) == [("pause", None)]
    assert options(misuse_signal=True) == [("pause", None)]
    assert options(is_worse=True) == [("review", None)]
    assert options(days_since_start=90, interval_days=4) == [("review", None)]
    assert options(urinary_symptoms=None) == [("review", None)]
