"""
Maintenance: ignorance and harm never add an option, amounts and intervals are those of template and order, and a
picture keeps the template's limits.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import attrs
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.coursing import CALM, START, course, facts, looked, measure, noon, order, session

from ketaprogram import (
    advise_maintenance,
    catalog,
    load_protocol,
    load_rulebook,
    project,
    read,
    titration_options,
    write,
)
from ketaprogram._knowledge import table
from ketaprogram.errors import LimitError
from ketaprogram.events.model import AdverseEvent
from ketaprogram.facts.model import AbsentFact, BooleanFact, QuantityFact
from ketaprogram.maintenance.model import Advice, Policy, Projection, Stretch
from ketaprogram.protocol import protocol_names
from ketaprogram.protocol.model import FixedDose, WeightBasedDose
from ketaprogram.rules import rulebook_names
from ketaprogram.testing.conformance import check_harm_never_helps, check_ignorance_never_permits, harmful_moves
from ketaprogram.testing.strategies import AS_OF, fact_sets

COURSE = [each for each in catalog().definitions if each.startswith("course.")]
BOOKS = [name for name in rulebook_names() if name.startswith(("maintenance", "titration"))]
LADDER = table("maintenance")["ladder"]["days"]
ALWAYS = {"pause", "review"}
TEMPLATES = st.sampled_from(protocol_names())


def near_calm():
    """Facts that a few changes keep from being calm: where options come and go."""
    return st.builds(
        lambda lost, grade, removed, drawn, replaced: facts(
            AS_OF, response_holds=not lost, remission=not lost, worst_grade_at_dose=grade, **removed
        ).with_(*(each for each in drawn.facts if each.id.removeprefix("course.") in replaced)),
        st.booleans(),
        st.integers(0, 3),
        st.dictionaries(st.sampled_from([each for each in sorted(CALM) if each not in SET]), st.none(), max_size=2),
        fact_sets(COURSE),
        st.sets(st.sampled_from(sorted(CALM)), max_size=3),
    )


def calm():
    """A course against which nothing speaks, whether the response holds and how the dose is tolerated aside."""
    return st.builds(
        lambda lost, grade, days: facts(
            AS_OF, response_holds=not lost, remission=not lost, worst_grade_at_dose=grade, interval_days=days
        ),
        st.booleans(),
        st.integers(0, 3),
        st.integers(7, 40),
    )


def one_wrong():
    """A lost response at a dose that is well tolerated, with one thing that may stand against a step up."""
    flags = [name for name, value in CALM.items() if value is False]
    amounts = [("dose_rise_percent", 26), ("worst_open_grade", 2), ("worst_grade_at_dose", 2), ("alt_times_uln", 4)]
    wrong = [*((name, True) for name in flags), *amounts, *((name, None) for name in CALM if name not in SET)]
    return st.sampled_from(wrong).map(lambda one: facts(AS_OF, **LOST | dict([one])))


LOST = {"response_holds": False, "remission": False}
SET = {"response_holds", "remission", "worst_grade_at_dose"}


def advised(found, template, step=2):
    signed, protocol = order(template), load_protocol(template)
    return (
        advise_maintenance(found, signed, protocol, AS_OF),
        titration_options(found, signed, protocol, AS_OF, step=step),
    )


def names(advice):
    return {each.what for each in advice.options}


@settings(max_examples=12)  # each example asks some hundred times
@given(near_calm() | calm(), TEMPLATES, st.data())
def test_ignorance_never_adds_an_option(found, template, data):
    befores = advised(found, template)
    ids = [each.id for each in found.facts]
    some = data.draw(st.lists(st.sampled_from(ids), min_size=2, unique=True))
    for removed in (*((each,) for each in ids), some):
        for before, after in zip(befores, advised(found.without(*removed), template), strict=True):
            assert names(after) - names(before) <= ALWAYS, removed


@settings(max_examples=12)  # each example asks some hundred times
@given(near_calm() | calm(), TEMPLATES)
def test_harm_never_adds_an_option_that_gives_as_much_or_more(found, template):
    befores = advised(found, template)
    for fact in found.facts:
        for worse in harmful_moves(fact, catalog()[fact.id]):
            for before, after in zip(befores, advised(found.with_(worse), template), strict=True):
                added = [each for each in after.options if each.what not in names(before) | ALWAYS]
                assert all(each.exposure == "less" for each in added), (fact.id, [each.what for each in added])
                assert {each.what for each in added} <= {"step-down"}


@settings(max_examples=20)
@given(near_calm(), st.data())
def test_every_rulebook_of_an_option_keeps_the_first_law(found, data):
    assume(found.facts)
    removed = data.draw(st.lists(st.sampled_from([each.id for each in found.facts]), min_size=1, unique=True))
    for name in BOOKS:
        check_ignorance_never_permits(load_rulebook(name), found, tuple(removed), AS_OF)
        if name != "titration-step-down":  # less exposure: a worse side effect speaks for it
            check_harm_never_helps(load_rulebook(name), found, AS_OF)


@given(near_calm() | fact_sets(COURSE), TEMPLATES)
def test_an_advice_says_why_and_what_it_needs_and_is_a_document(found, template):
    for advice in advised(found, template):
        assert advice.options
        assert not names(advice) & {each.what for each in advice.not_offered}
        for option in advice.options:
            assert option.reasons
            assert option.citations
            assert option.needs_order is (option.what not in {"keep", "hold", *ALWAYS})
            assert option.needs_signature is (option.what == "shorten")
            assert advice.determination.status.permits or option.what in ALWAYS
        for other in advice.not_offered:
            assert other.reasons or other.requirements
        assert read(Advice, write(advice)) == advice


@given(near_calm() | calm(), TEMPLATES)
def test_intervals_are_of_the_template_or_the_ladder_and_climb_unless_signed(found, template):
    protocol = load_protocol(template)
    (open_,) = [each for each in protocol.phases if each.sessions is None] or [None]
    choices = (open_.intervals_days if open_ is not None else ()) or LADDER
    present = found.get("course.interval_days")
    for option in advised(found, template)[0].options:
        if option.interval_days is not None and option.what != "keep":
            assert option.interval_days in choices or option.interval_days == int(present.value)
            assert option.interval_days >= int(present.value) or option.needs_signature
            steps = (option.interval_days, *option.then_days)
            assert all(one < other for one, other in pairwise(steps))


@given(
    calm(),
    TEMPLATES,
    st.integers(1, 20),
    st.lists(st.sampled_from(["25", "56", "84", "100", "150", "300"]), min_size=1, max_size=4, unique=True),
    st.sampled_from(["56", "84", "100", "400"]),
    st.booleans(),
)
def test_no_dose_is_offered_that_template_and_order_do_not_have(found, template, step, amounts, maximum, by_weight):
    protocol = load_protocol(template)
    kind = (
        (lambda at, mg: WeightBasedDose(from_session=at, mg_per_kg=Decimal(mg) / 100))
        if by_weight
        else (lambda at, mg: FixedDose(from_session=at, mg=Decimal(mg)))
    )
    doses = tuple(kind(place + 1, mg) for place, mg in enumerate(amounts))
    signed = order(template, doses=doses, maximum_mg=Decimal(maximum))
    advice = titration_options(found, signed, protocol, AS_OF, step=step)
    published = [each for each in protocol.doses if each.from_session <= step]
    for option in advice.options:
        if option.what in {"step-up", "step-down"}:
            amount = option.mg_per_kg if by_weight else option.mg
            chosen = (published[-1].mg_per_kg if by_weight else published[-1].mg) if published else ()
            own = [each.mg_per_kg if by_weight else each.mg for each in doses]
            assert amount is None if not chosen and len(own) == 1 else amount is None or amount in (chosen or own)
            if amount is not None:
                ceiling = protocol.ceiling_mg_per_kg if by_weight else protocol.ceiling_mg
                assert ceiling is None or amount <= ceiling
                assert by_weight or amount <= signed.maximum_mg
                present = max((each for each in doses if each.from_session <= step), key=lambda each: each.from_session)
                now = present.mg_per_kg if by_weight else present.mg
                assert (amount > now) is (option.what == "step-up")


@given(near_calm() | calm() | one_wrong(), TEMPLATES)
def test_a_step_up_needs_a_well_tolerated_dose_and_no_sign_of_tolerance_or_misuse(found, template):
    if "step-up" not in names(advised(found, template)[1]):
        return

    def value(name):
        fact = found.get(f"course.{name}")
        assert isinstance(fact, BooleanFact | QuantityFact)
        return fact.value

    assert value("worst_grade_at_dose") <= 1
    assert value("worst_open_grade") < 2
    assert value("dose_rise_percent") <= 25
    assert found.get("course.worst_grade_at_dose").comparator != ">="
    for name in ("diminished_effect", "use_outside_sessions", "undisclosed_drug", "requests_ahead", "craving"):
        assert value(name) is False
    assert value("response_holds") is False


# --- looking back -----------------------------------------------------------------------------------------------------

GAPS = st.lists(st.integers(2, 40), min_size=0, max_size=8)
AMOUNTS = st.sampled_from([None, Decimal(28), Decimal(56), Decimal(84)])


@st.composite
def courses(draw):
    gaps = draw(GAPS)
    days = [sum(gaps[:place]) for place in range(len(gaps) + 1)] if draw(st.booleans()) or gaps else []
    return course(days=days, amounts=[draw(AMOUNTS) for _ in days])


@given(courses(), st.integers(0, 400), st.data())
def test_a_record_that_is_missing_never_makes_a_derived_fact_look_better(found, day, data):
    """Taking a session's record away leaves an amount as it was, lower and open above, or unknown."""
    assume(found.sessions)
    left = tuple(each for each in found.sessions if data.draw(st.booleans()))
    before, after = looked(found, day=day), looked(attrs.evolve(found, sessions=left), day=day)
    for name in ("cumulative_mg", "dose_rise_percent"):
        whole, part = before.get(f"course.{name}"), after.get(f"course.{name}")
        if isinstance(whole, QuantityFact):
            assert isinstance(part, QuantityFact)
            assert part.value <= whole.value
            assert part.comparator == ">=" or (part.value, part.comparator) == (whole.value, whole.comparator)


@given(courses(), st.integers(0, 400))
def test_every_fact_is_of_the_catalogue_and_no_absent_one_lacks_its_reason(found, day):
    for fact in looked(found, day=day).facts:
        assert fact.id in COURSE
        if isinstance(fact, AbsentFact):
            assert fact.note
        else:
            assert fact.observed_at is not None
            assert fact.observed_at <= noon(day)


@given(courses(), st.integers(0, 300), st.lists(st.integers(0, 300), max_size=4), st.booleans())
def test_a_log_that_nobody_went_through_proves_no_absence(found, day, reported, is_complete):
    log = [
        AdverseEvent(id=f"e{n}", session="session-1", term="nausea", reported_at=noon(at), grade=1)
        for n, at in enumerate(reported)
    ]
    for name in ("worst_open_grade", "worst_grade_at_dose"):
        fact = looked(found, day=day, log=log, log_is_complete=is_complete).get(f"course.{name}")
        if isinstance(fact, QuantityFact):
            assert (fact.comparator == "=") is is_complete


@given(courses(), st.integers(0, 300), st.integers(1, 100))
def test_what_is_later_than_the_question_changes_nothing(found, day, later):
    more = attrs.evolve(found, sessions=(*found.sessions, session("late", "elsewhere", 9, noon(day + later), 84)))
    assert looked(more, day=day, measures=[measure(day + later)]) == looked(found, day=day)


# --- pictures ---------------------------------------------------------------------------------------------------------

POLICIES = st.builds(
    lambda closed, last: Policy(
        stretches=(*(Stretch(interval_days=days, sessions=count) for days, count in closed), last)
    ),
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 5)), max_size=3),
    st.builds(Stretch, interval_days=st.integers(1, 30), sessions=st.none() | st.integers(1, 5)),
)
OFFERED = st.lists(st.sampled_from([7, 14]), min_size=1, max_size=3).map(
    lambda days: Policy(
        stretches=(*(Stretch(interval_days=each, sessions=3) for each in days), Stretch(interval_days=28))
    )
)


@given(TEMPLATES, POLICIES | OFFERED, st.integers(1, 500), st.integers(0, 30))
def test_a_picture_keeps_the_limits_of_its_template_or_is_refused(template, policy, horizon, before):
    protocol, signed = load_protocol(template), order(template)
    try:
        found = project(signed, protocol, policy, start=START, horizon_days=horizon, before=before)
    except LimitError:
        return
    days = [each.on for each in found.sessions]
    for one, other in pairwise(days):
        assert (other - one).days * 24 >= protocol.gap_hours
    for place in range(len(days) - protocol.sessions_in_7_days):
        assert (days[place + protocol.sessions_in_7_days] - days[place]).days >= 7
    assert all(START <= each < START + timedelta(days=horizon) for each in days)
    for each in found.sessions:
        assert each.mg is None or each.mg <= signed.maximum_mg
        if each.is_ordered:
            assert each.number <= signed.sessions
            assert signed.valid_from <= each.on <= signed.valid_until
    assert [each.number for each in found.sessions] == list(range(before + 1, before + 1 + len(days)))
    (open_,) = [each for each in protocol.phases if each.sessions is None or each.intervals_days]
    assert {each.interval_days for each in policy.stretches} <= (
        set(open_.intervals_days) or set(range(open_.spacing[0].min_days, open_.spacing[0].max_days + 1))
    )
    assert read(Projection, write(found)) == found


@given(OFFERED, st.integers(1, 300), st.integers(1, 300), st.integers(0, 30))
@example(Policy(stretches=(Stretch(interval_days=7),)), 1, 1, 0)
def test_a_longer_picture_begins_with_the_shorter_one(policy, horizon, more, before):
    signed, protocol = order("iv-six-infusions"), load_protocol("iv-six-infusions")
    short = project(signed, protocol, policy, start=START, horizon_days=horizon, before=before)
    long = project(signed, protocol, policy, start=START, horizon_days=horizon + more, before=before)
    assert long.sessions[: len(short.sessions)] == short.sessions
    totals = [each.total_mg_per_kg for each in long.sessions]
    assert totals == sorted(totals)
    assert len(totals) == 0 or totals[-1] == sum(each.mg_per_kg for each in long.sessions)
