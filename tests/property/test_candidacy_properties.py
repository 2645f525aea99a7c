"""The laws on the candidacy rulebooks that ship."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketaprogram import Status, determine, load_rulebook, write
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import BooleanFact, CodeFact, CodesFact, EntriesFact, Entry, FactSet, QuantityFact
from ketaprogram.rules.conditions import Amounts
from ketaprogram.testing import strategies
from ketaprogram.testing.conformance import (
    check_basis,
    check_harm_never_helps,
    check_ignorance_never_permits,
    check_order_is_irrelevant,
    permissiveness,
)
from ketaprogram.testing.strategies import AS_OF

RULEBOOKS = {name: load_rulebook(name) for name in ("candidacy", "candidacy-clinic", "candidacy-home")}
every_rulebook = pytest.mark.parametrize("rulebook", RULEBOOKS.values(), ids=RULEBOOKS)
patient = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def conditions_in(condition):
    of = getattr(condition, "of", None)
    if of is None:
        return [condition]
    return [test for part in (of if isinstance(of, tuple) else (of,)) for test in conditions_in(part)]


def bounds():
    """The numbers that criteria compare each fact with: where answers turn."""
    found = {}
    for rulebook in RULEBOOKS.values():
        for criterion in rulebook.criteria:
            for test in conditions_in(criterion.when):
                if isinstance(test.operand, Amounts):
                    found.setdefault(test.fact, set()).update(test.operand.values)
    return {fact_id: sorted(values) for fact_id, values in found.items()}


BOUNDS = bounds()
ASKED = sorted(
    {test.fact for each in RULEBOOKS.values() for rule in each.criteria for test in conditions_in(rule.when)}
)


FAILED = Entry(
    label="a treatment",
    facts=(
        CodeFact(id="trial.treatment_class", value="ssri"),
        BooleanFact(id="trial.dose_adequate", value=True),
        BooleanFact(id="trial.current_episode", value=True),
        QuantityFact(id="trial.weeks", value=Decimal(8), unit="wk"),
        CodeFact(id="trial.outcome", value="no-response"),
    ),
)


def unproblematic():
    """A person against whom nothing stands: one fact set that every rulebook answers with candidate."""
    amounts = {
        "person.age": 42,
        "person.bmi": 24,
        "vitals.systolic": 118,
        "vitals.diastolic": 76,
        "vitals.spo2": 98,
        "vitals.heart_rate": 68,
        "condition.egfr": 92,
        "measure.phq9_item_9": 0,
        "measure.phq9_total": 17,
        "measure.gad7_total": 14,
        "measure.pcl5_total": 20,
        "measure.audit_total": 3,
        "measure.dast10_total": 0,
    }
    codes = {"sought.indication": "depression", "sought.route": "sublingual", "suicide.cssrs_risk": "none"}
    found = []
    for fact_id in ASKED:
        definition = catalog()[fact_id]
        common = {"id": fact_id, "observed_at": AS_OF}
        match definition.kind:
            case "quantity":
                found.append(QuantityFact(value=Decimal(amounts[fact_id]), unit=definition.unit, **common))
            case "code":
                found.append(CodeFact(value=codes.get(fact_id, "none"), **common))
            case "codes":
                found.append(CodesFact(values=frozenset({"ssri-snri", "other"}), is_complete=True, **common))
            case "entries":
                found.append(EntriesFact(entries=(FAILED, FAILED), is_complete=True, **common))
            case "boolean":
                found.append(BooleanFact(value=definition.harm == "false", **common))
    return FactSet(facts=tuple(found))


UNPROBLEMATIC = unproblematic()


def near_a_bound(fact_id):
    """Amounts at a bound and just beside it, where random numbers hardly ever fall."""
    definition = catalog()[fact_id]
    steps = [Decimal(step) for step in ("-1", "-0.1", "0", "0.1", "1")]
    values = [bound + step for bound in BOUNDS[fact_id] for step in steps]
    fitting = [each for each in values if definition.low <= each <= definition.high]
    return st.builds(
        QuantityFact,
        id=st.just(fact_id),
        value=st.sampled_from(fitting),
        unit=st.just(definition.unit),
        comparator=st.sampled_from(["=", "=", ">=", "<="]),
        observed_at=st.just(AS_OF),
    )


@st.composite
def almost_candidates(draw):
    """The unproblematic person with a few facts changed: the neighborhood in which a law can break."""
    changed = draw(st.lists(st.sampled_from(ASKED), max_size=4, unique=True))
    chosen = [
        draw(near_a_bound(each) | strategies.facts(catalog()[each], fresh=False))
        if each in BOUNDS
        else draw(strategies.facts(catalog()[each]) | strategies.facts(catalog()[each], fresh=False))
        for each in changed
    ]
    return UNPROBLEMATIC.with_(*chosen)


def fact_sets():
    """Fact sets over what the rulebooks ask: anybody, half of them close to a candidate."""
    return strategies.fact_sets(ASKED) | almost_candidates() | almost_candidates()


@every_rulebook
def test_somebody_is_a_candidate(rulebook):
    """Otherwise every law below would hold for nothing."""
    assert determine(UNPROBLEMATIC, rulebook, AS_OF).status is Status.CANDIDATE


@every_rulebook
def test_nobody_is_permitted_on_nothing(rulebook):
    answer = determine(FactSet(), rulebook, AS_OF)
    assert answer.status is Status.NEEDS_INFO
    assert answer.requirements


@every_rulebook
@patient
@given(facts=fact_sets(), data=st.data())
def test_ignorance_never_permits(rulebook, facts, data):
    if facts.facts:
        ids = sorted({each.id for each in facts.facts})
        removed = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=8, unique=True))
        check_ignorance_never_permits(rulebook, facts, tuple(removed), AS_OF)


@every_rulebook
def test_no_single_fact_can_be_left_out_of_a_candidate_unnoticed(rulebook):
    """Each fact that a rulebook asks keeps a person from being a plain candidate while it is missing, or could not."""
    for fact in UNPROBLEMATIC.facts:
        known = UNPROBLEMATIC.without(fact.id)
        check_ignorance_never_permits(rulebook, UNPROBLEMATIC, (fact.id,), AS_OF)
        answer = determine(known, rulebook, AS_OF)
        if answer.status is Status.CANDIDATE:
            assert not [each for each in answer.findings if each.truth == "unknown"], fact.id


@every_rulebook
@patient
@given(facts=fact_sets())
def test_harm_never_helps(rulebook, facts):
    check_harm_never_helps(rulebook, facts, AS_OF)


@every_rulebook
def test_no_single_harm_helps_a_candidate(rulebook):
    """The unproblematic person, one fact at a time moved in its harmful direction."""
    check_harm_never_helps(rulebook, UNPROBLEMATIC, AS_OF)


@every_rulebook
@pytest.mark.parametrize("fact_id", [each for each in BOUNDS if catalog()[each].harm in {"up", "down"}])
def test_an_amount_that_only_gets_worse_never_helps(rulebook, fact_id):
    """From its best end to its worst, past every bound and just beside it: no hole between or beyond two bounds."""
    definition = catalog()[fact_id]
    beside = [bound + Decimal(step) for bound in BOUNDS[fact_id] for step in ("-1", "-0.1", "0", "0.1", "1")]
    amounts = {each for each in beside if definition.low <= each <= definition.high} | {definition.low, definition.high}
    answers = [
        determine(
            UNPROBLEMATIC.with_(QuantityFact(id=fact_id, value=each, unit=definition.unit, observed_at=AS_OF)),
            rulebook,
            AS_OF,
        )
        for each in sorted(amounts, reverse=definition.harm == "down")
    ]
    ranks = [permissiveness(each.status) for each in answers]
    assert ranks == sorted(ranks, reverse=True)


@every_rulebook
def test_a_list_that_nobody_marked_complete_never_makes_a_candidate(rulebook):
    listed = CodesFact(id="medication.classes", values=frozenset({"other"}), is_complete=False, observed_at=AS_OF)
    answer = determine(UNPROBLEMATIC.with_(listed), rulebook, AS_OF)
    assert answer.status in {Status.NEEDS_REVIEW, Status.NEEDS_INFO}
    assert "medication.classes" in {each.fact for each in answer.requirements}


@every_rulebook
def test_nobody_is_permitted_on_what_was_known_ten_years_ago(rulebook):
    assert not determine(UNPROBLEMATIC, rulebook, AS_OF + timedelta(days=3650)).status.permits


@every_rulebook
@patient
@given(facts=fact_sets())
def test_every_finding_cites_and_the_same_question_gets_the_same_bytes(rulebook, facts):
    check_basis(rulebook, facts, AS_OF)
    assert write(determine(facts, rulebook, AS_OF)) == write(determine(facts, rulebook, AS_OF))
    assert all(each.citations for each in determine(facts, rulebook, AS_OF).findings)


@every_rulebook
@patient
@given(facts=fact_sets())
def test_order_of_facts_and_criteria_is_irrelevant(rulebook, facts):
    check_order_is_irrelevant(rulebook, facts, AS_OF)


@every_rulebook
@patient
@given(facts=fact_sets(), data=st.data())
def test_nothing_is_asked_only_when_no_answer_could_change_anything(rulebook, facts, data):
    """If nothing is required, whatever fills the gaps gives the same status or one that is no more restrictive."""
    answer = determine(facts, rulebook, AS_OF)
    if answer.requirements:
        return
    missing = {fact_id for each in answer.findings for fact_id in each.missing}
    filled = facts.with_(*(data.draw(strategies.facts(catalog()[each])) for each in sorted(missing)))
    assert determine(filled, rulebook, AS_OF).status <= answer.status


@every_rulebook
@patient
@given(facts=fact_sets())
def test_an_emergency_is_never_hidden(rulebook, facts):
    answer = determine(facts, rulebook, AS_OF)
    alarms = [each for each in answer.findings if each.criterion_kind == "emergency" and each.truth == "true"]
    assert (answer.status is Status.EMERGENCY) == bool(alarms)
    if alarms:
        assert answer.opens_crisis


@patient
@given(facts=fact_sets())
def test_home_never_permits_more_than_the_common_rules(facts):
    common, clinic, home = (determine(facts, each, AS_OF).status for each in RULEBOOKS.values())
    assert permissiveness(clinic) <= permissiveness(common)
    assert permissiveness(home) <= permissiveness(common)
