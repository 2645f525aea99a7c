"""The engine's laws on random rulebooks; the shipped ones have their own tests."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import determine, read, write
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import AbsentReason
from ketaprogram.rules import determine_status
from ketaprogram.rules.conditions import single_tests
from ketaprogram.rules.evaluation import View, weigh
from ketaprogram.rules.lattice import status_of
from ketaprogram.rules.model import Determination, Rulebook
from ketaprogram.testing.conformance import check_basis, check_ignorance_never_permits, check_order_is_irrelevant
from ketaprogram.testing.strategies import AS_OF, conditions, fact_sets, facts, rulebooks
from ketaprogram.truth import UNKNOWN


@st.composite
def situations(draw):
    """A random rulebook, and facts about what it asks."""
    rulebook = draw(rulebooks())
    return rulebook, draw(fact_sets(rulebook.asks))


def asked_by(condition):
    return {test.fact for test in single_tests(condition)}


@given(situations(), st.data())
def test_ignorance_never_permits(situation, data):
    rulebook, known = situation
    if known.facts:
        removed = data.draw(st.lists(st.sampled_from([each.id for each in known.facts]), min_size=1, unique=True))
        check_ignorance_never_permits(rulebook, known, tuple(removed), AS_OF)


@given(situations())
def test_every_answer_shows_its_basis_and_is_the_same_each_time(situation):
    check_basis(*situation, AS_OF)


@given(situations())
def test_order_does_not_matter(situation):
    check_order_is_irrelevant(*situation, AS_OF)


@given(situations())
def test_rulebooks_and_determinations_are_documents(situation):
    rulebook, known = situation
    assert read(Rulebook, write(rulebook)) == rulebook
    answer = determine(known, rulebook, AS_OF)
    assert read(Determination, write(answer)) == answer


@given(conditions(), st.data())
def test_more_information_never_flips_a_known_truth(condition, data):
    """Fill in what is missing in any way: what was true or false stays."""
    asked = sorted(asked_by(condition))
    known = data.draw(fact_sets(asked))
    view = View(known, catalog(), AS_OF)
    before = weigh(condition, view)
    missing = [each for each in asked if isinstance(view.known(each), AbsentReason)]
    filled = known.with_(*(data.draw(facts(catalog()[each])) for each in missing))
    after = weigh(condition, View(filled, catalog(), AS_OF))
    assert before.truth in {UNKNOWN, after.truth}


@given(situations(), st.integers(-3, 400))
def test_the_compiled_rulebook_says_what_the_reference_says(situation, days):
    """Truth, facts used, facts missing and status, for every criterion, on any day."""
    rulebook, known = situation
    view = View(known, catalog(), AS_OF + timedelta(days=days), rulebook.shelf_lives)
    answer = determine(known, rulebook, view.as_of)
    for criterion, finding in zip(rulebook.criteria, answer.findings, strict=True):
        weighed = weigh(criterion.when, view)
        assert (finding.truth, finding.used, finding.missing) == (weighed.truth.value, weighed.used, weighed.missing)
        assert finding.status is status_of(criterion, weighed.truth)
    assert answer.status is max((each.status for each in answer.findings), key=lambda each: each.rank)
    assert determine_status(known, rulebook, view.as_of) is answer.status


@given(conditions(), st.data())
def test_only_what_is_missing_is_asked_for(condition, data):
    known = data.draw(fact_sets(sorted(asked_by(condition))))
    weighed = weigh(condition, View(known, catalog(), AS_OF))
    assert (weighed.truth is UNKNOWN) == bool(weighed.missing)
    assert set(weighed.missing) <= asked_by(condition)


@given(situations(), st.integers(0, 5000))
def test_facts_that_grow_stale_never_permit(situation, days):
    """Later, with the same observations, nothing that rests on freshness becomes more permissive by itself."""
    rulebook, known = situation
    undated = known.without(*(each.id for each in known.facts if each.kind == "date"))
    now, later = (determine(undated, rulebook, AS_OF + timedelta(days=ahead)) for ahead in (0, days))
    if later.status.permits:
        assert now.status.permits
