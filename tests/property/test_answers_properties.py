"""What an answer says beyond its status: what to ask, what would change it, and that it can be derived again."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta
from decimal import Decimal
from functools import cache

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.making import determination
from tests.property.test_candidacy_properties import UNPROBLEMATIC, almost_candidates

from ketaprogram import (
    Determination,
    FactSet,
    StateError,
    Status,
    determine,
    determine_many,
    determine_status,
    explain_cards,
    load_rulebook,
    read,
    replay,
    what_would_change,
    write,
)
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import BooleanFact, CodesFact
from ketaprogram.rules.compiling import compiled
from ketaprogram.rules.conditions import All, Amounts, Any, Flag, Test, single_tests
from ketaprogram.rules.regions import cases, split_by_fact
from ketaprogram.testing.strategies import AS_OF, fact_sets, rulebooks

CANDIDACY = {name: load_rulebook(name) for name in ("candidacy", "candidacy-clinic", "candidacy-home")}
every_rulebook = pytest.mark.parametrize("rulebook", CANDIDACY.values(), ids=CANDIDACY)


@st.composite
def situations(draw):
    rulebook = draw(rulebooks())
    return rulebook, draw(fact_sets(rulebook.asks))


@cache
def examples(fact_id, rulebook_id):
    """One known fact for each case that the rulebook tells apart; of a list one for each word alone."""
    definition = catalog()[fact_id]
    if definition.kind == "codes":
        held = [frozenset[str](), *(frozenset({word}) for word in definition.words)]
        return [CodesFact(id=fact_id, values=each, is_complete=True, observed_at=AS_OF) for each in held]
    tests = split_by_fact(each.when for each in CANDIDACY[rulebook_id].criteria)[fact_id]
    return [each.pieces[0].example for each in cases(definition, tests, catalog(), AS_OF.date())]


def fillings(fact_ids, rulebook):
    return itertools.product(*(examples(each, rulebook.id) for each in fact_ids))


# --- what to ask ------------------------------------------------------------------------------------------------------


@every_rulebook
@given(facts=almost_candidates(), data=st.data())
def test_each_smallest_set_could_bring_the_answer_that_it_says(rulebook, facts, data):
    """Some values for all of its facts make a criterion restrict; for no part of it is that so."""
    forgotten = data.draw(st.lists(st.sampled_from([each.id for each in facts.facts]), max_size=6, unique=True))
    known = facts.without(*forgotten)
    by_id = {each.id: each for each in rulebook.criteria}
    for each in determine(known, rulebook, AS_OF).requirements[:5]:
        assert each.fact in each.smallest_set
        if "trials.history" in each.smallest_set:
            continue  # what an entry is like is not looked into
        answers = [
            determine(known.with_(*filling), rulebook, AS_OF) for filling in fillings(each.smallest_set, rulebook)
        ]
        found = {(one.criterion, one.status) for answer in answers for one in answer.findings}
        brought = {criterion for criterion, status in found if status is each.could_become}
        lifted = {criterion for criterion, status in found if status is Status.CANDIDATE}
        enough = brought if each.could_become > Status.NEEDS_INFO else brought | lifted
        assert set(each.criteria) & enough
        assert set(each.criteria) <= by_id.keys()


@given(situations())
def test_what_could_change_the_status_as_it_stands_is_asked_first(situation):
    rulebook, known = situation
    answer = determine(known, rulebook, AS_OF)
    could = [each.could_become > answer.status for each in answer.requirements]
    assert could == sorted(could, reverse=True)
    at_once = [len(each.smallest_set) for each, now in zip(answer.requirements, could, strict=True) if now]
    assert at_once == sorted(at_once)


@given(situations())
def test_a_question_is_asked_of_every_open_criterion_that_could_still_decide(situation):
    rulebook, known = situation
    answer = determine(known, rulebook, AS_OF)
    if answer.status is Status.NEEDS_INFO:
        open_ones = {each.criterion for each in answer.findings if each.status is Status.NEEDS_INFO}
        assert open_ones <= {criterion for each in answer.requirements for criterion in each.criteria}


# --- what would change ------------------------------------------------------------------------------------------------


@every_rulebook
@given(facts=almost_candidates(), data=st.data())
def test_an_alternative_permits_and_no_part_of_it_does(rulebook, facts, data):
    worse = data.draw(st.lists(st.sampled_from(sorted(CHANGEABLE)), max_size=3, unique=True))
    changed = facts.with_(
        *(data.draw(st.sampled_from(examples(each, rulebook.id))) for each in worse if each in rulebook.asks)
    )
    answer = determine(changed, rulebook, AS_OF)
    for alternative in what_would_change(answer, rulebook):
        needs = {each.fact: each.example for each in alternative.needs}
        assert alternative.audience == "professional"
        if "time" in needs:
            continue
        assert determine(changed.with_(*needs.values()), rulebook, AS_OF).status.permits
        for left_out in needs:
            part = [fact for fact_id, fact in needs.items() if fact_id != left_out]
            assert not determine(changed.with_(*part), rulebook, AS_OF).status.permits
        assert all(catalog()[each].changeable for each in needs)


CHANGEABLE = {
    each.id
    for each in catalog().definitions.values()
    if each.changeable and any(each.id in rulebook.asks for rulebook in CANDIDACY.values())
}


def test_ages_and_past_illnesses_and_medicines_are_never_said_to_change():
    assert not {"person.age", "medication.classes", "condition.pregnancy", "trials.history"} & CHANGEABLE
    assert not [each for each in CHANGEABLE if catalog()[each].lasting and "pressure" not in each and "eye" not in each]


def test_waiting_is_a_change_with_its_first_day():
    answer = determination("deferred-recent-infarction")
    (alternative,) = what_would_change(answer, CANDIDACY["candidacy-clinic"])
    (need,) = alternative.needs
    assert (need.fact, need.not_before) == ("time", answer.recheck_on)


def test_both_pressures_have_to_come_down_and_the_ranges_say_how_far():
    rulebook = CANDIDACY["candidacy-home"]
    (alternative,) = what_would_change(determination("deferred-blood-pressure", "home"), rulebook)
    assert [each.would_be for each in alternative.needs] == ["at most 90 mm[Hg]", "at most 140 mm[Hg]"]


def test_nothing_is_said_of_an_emergency_an_answer_that_permits_or_another_rulebook():
    clinic = CANDIDACY["candidacy-clinic"]
    assert what_would_change(determination("emergency-imminent-risk"), clinic) == ()
    assert what_would_change(determination(), clinic) == ()
    assert what_would_change(determination("refused-aneurysm"), clinic) == ()
    with pytest.raises(StateError, match="not the one"):
        what_would_change(determination(), CANDIDACY["candidacy-home"])


# --- derived again ----------------------------------------------------------------------------------------------------


@given(situations(), st.integers(-3, 400))
def test_a_determination_read_from_its_document_is_derived_again_bit_for_bit(situation, days):
    rulebook, known = situation
    recorded = read(Determination, write(determine(known, rulebook, AS_OF + timedelta(days=days))))
    assert replay(recorded, rulebook).agrees


@given(situations(), st.data())
def test_whatever_is_changed_in_a_record_is_named(situation, data):
    rulebook, known = situation
    answer = determine(known, rulebook, AS_OF)
    place = data.draw(st.integers(0, len(answer.findings) - 1))
    finding = answer.findings[place]
    truth = data.draw(st.sampled_from([each for each in ("true", "false", "unknown") if each != finding.truth]))
    findings = list(answer.findings)
    findings[place] = attrs.evolve(finding, truth=truth)
    found = replay(attrs.evolve(answer, findings=tuple(findings)), rulebook)
    assert found.differing == (f"/findings/{place}/truth",)


def test_a_later_version_of_the_library_may_derive_the_same_answer():
    answer = attrs.evolve(determination(), library_version="0.0.9")
    found = replay(answer, CANDIDACY["candidacy-clinic"])
    assert (found.agrees, found.same_answer, found.differing) == (False, True, ("/library_version",))
    other = replay(answer, CANDIDACY["candidacy-home"])
    assert not other.same_answer
    assert "/findings" in other.differing


# --- many, quick, and at once -----------------------------------------------------------------------------------------


@given(st.lists(almost_candidates(), max_size=4))
def test_many_are_answered_one_at_a_time_and_alike(people):
    rulebook = CANDIDACY["candidacy-home"]
    taken = []

    def told():
        for each in people:
            taken.append(each)
            yield each

    answers = determine_many(told(), rulebook, AS_OF)
    for number, facts in enumerate(people, start=1):
        assert next(answers) == determine(facts, rulebook, AS_OF)
        assert len(taken) == number
    assert next(answers, None) is None


@every_rulebook
@given(facts=almost_candidates())
def test_the_quick_status_is_the_status(rulebook, facts):
    assert determine_status(facts, rulebook, AS_OF) is determine(facts, rulebook, AS_OF).status


@given(situations())
def test_a_fact_that_nobody_asks_changes_nothing(situation):
    rulebook, known = situation
    assume("condition.porphyria" not in rulebook.asks)
    more = known.with_(BooleanFact(id="condition.porphyria", value=True, observed_at=AS_OF))
    assert write(determine(more, rulebook, AS_OF)) == write(determine(known, rulebook, AS_OF))


def test_a_rulebook_is_compiled_once_however_many_threads_ask():
    rulebook = attrs.evolve(CANDIDACY["candidacy"], id="of-many-threads")
    found = []
    barrier = threading.Barrier(8)

    def ask():
        barrier.wait()
        found.append(compiled(rulebook, catalog()))
        found.append(determine_status(UNPROBLEMATIC, rulebook, AS_OF))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({id(each) for each in found if not isinstance(each, Status)}) == 1
    assert {each for each in found if isinstance(each, Status)} == {Status.CANDIDATE}


def test_compiled_forms_do_not_pile_up():
    first = compiled(CANDIDACY["candidacy"], catalog())
    for number in range(300):
        small = attrs.evolve(load_rulebook("discharge"), id=f"number-{number}")
        compiled(small, catalog())
    assert compiled(CANDIDACY["candidacy"], catalog()) is not first


def test_no_constant_of_a_rulebook_stands_in_the_generated_source():
    rulebook = CANDIDACY["candidacy-home"]
    source = compiled(rulebook, catalog()).source
    words = {test.fact for each in rulebook.criteria for test in single_tests(each.when)} | {"mm[Hg]", "opioid"}
    assert not [each for each in words if each in source]


# --- cards ------------------------------------------------------------------------------------------------------------


@every_rulebook
@given(facts=almost_candidates())
def test_every_restricting_finding_has_a_card_and_an_emergency_is_critical(rulebook, facts):
    answer = determine(facts, rulebook, AS_OF)
    cards = explain_cards(answer)
    assert cards[0].summary.startswith(answer.status.value)
    assert (cards[0].indicator == "critical") == (answer.status is Status.EMERGENCY)
    details = " ".join(each.detail for each in cards)
    restricting = [each for each in answer.findings if each.truth != "unknown" and each.status is not Status.CANDIDATE]
    assert all(each.statement in details for each in restricting)
    assert len(cards) == 1 + len(restricting) + bool(answer.requirements)


def test_a_suicide_risk_opens_the_crisis_path_before_anything_else():
    cards = explain_cards(determination("emergency-imminent-risk"))
    assert [each.indicator for each in cards[:2]] == ["critical", "critical"]
    assert cards[1].summary.startswith("Crisis path")


def test_cards_of_a_form_with_nothing_in_it():
    answer, questions = explain_cards(determine(FactSet(), CANDIDACY["candidacy-clinic"], AS_OF))
    assert answer.indicator == "warning"
    assert "to ask, first: C-SSRS" in questions.summary


def inclusion(*conditions):
    """A rulebook that asks for all of these."""
    ours = load_rulebook("discharge")
    criteria = tuple(
        attrs.evolve(
            ours.criteria[0],
            id=f"inclusion.rule-{number}",
            criterion_kind="inclusion",
            changeable=True,
            overridable=True,
            when=condition,
        )
        for number, condition in enumerate(conditions)
    )
    return attrs.evolve(ours, criteria=criteria, parameters=())


def pressure(op, bound):
    return Test(fact="vitals.systolic", op=op, operand=Amounts(values=(Decimal(bound),), unit="mm[Hg]"))


def test_what_cannot_be_at_once_is_no_alternative():
    """Each rule could be met, but not both by one pressure."""
    rulebook = inclusion(pressure("<", 120), pressure(">", 130))
    assert what_would_change(determine(FactSet(), rulebook, AS_OF), rulebook) == ()


def test_facts_that_depend_on_one_another_are_shown_as_one_way():
    """Either pressure may be high, not both: ranges of each alone would promise too much."""
    diastolic = Test(fact="vitals.diastolic", op="<", operand=Amounts(values=(Decimal(90),), unit="mm[Hg]"))
    upper = Test(fact="vitals.systolic", op="is-known")
    lower = Test(fact="vitals.diastolic", op="is-known")
    rulebook = inclusion(Any(of=(pressure("<", 140), diastolic)), upper, lower)
    (found,) = what_would_change(determine(FactSet(), rulebook, AS_OF), rulebook)
    assert len(found.needs) == 2
    permitted = determine(FactSet(facts=tuple(each.example for each in found.needs)), rulebook, AS_OF)
    assert permitted.status.permits


def test_too_many_combinations_are_not_searched():
    names = sorted(each for each in CHANGEABLE if catalog()[each].kind == "boolean")[:16]
    wanted = [Test(fact=each, op="=", operand=Flag(value=True)) for each in names]
    rulebook = inclusion(All(of=tuple(wanted)))
    assert what_would_change(determine(FactSet(), rulebook, AS_OF), rulebook) == ()
