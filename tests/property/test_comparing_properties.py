"""Conditions compared case by case: every person is one of the cases, so what holds for all cases holds for all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ketaprogram import FactSet, Status, determine, determine_status, diff, lint, load_rulebook
from ketaprogram.facts.catalog import catalog
from ketaprogram.rules import rulebook_names
from ketaprogram.rules.conditions import Amounts, Matching, Not, Test, single_tests
from ketaprogram.rules.evaluation import View, weigh
from ketaprogram.rules.lattice import restricting, status_of
from ketaprogram.rules.model import Review
from ketaprogram.rules.regions import kleene, worlds
from ketaprogram.testing.conformance import check_harm_never_helps
from ketaprogram.testing.strategies import AS_OF, conditions, fact_sets, rulebooks
from ketaprogram.truth import truth

TODAY = AS_OF.date()


def whole(facts):
    """The facts without amounts that are bounded on one side and lists that may be longer."""
    changed = []
    for each in facts.facts:
        if getattr(each, "comparator", "=") != "=":
            changed.append(attrs.evolve(each, comparator="="))
        elif getattr(each, "is_complete", None) is False:
            changed.append(attrs.evolve(each, is_complete=True))
    return facts.with_(*changed)


@given(conditions(), st.data())
def test_every_person_is_one_of_the_cases(condition, data):
    asked = {test.fact for test in single_tests(condition)}
    assume(not any(isinstance(test.operand, Matching) for test in single_tests(condition)))
    view = View(whole(data.draw(fact_sets(sorted(asked), complete=True))), catalog(), AS_OF)
    found = worlds((condition,), catalog(), TODAY)
    assume(found is not None)
    person = {test: weigh(test, view).truth.is_true for test in single_tests(condition)}
    assert any(truths == person for _, truths in found)


@given(conditions(), st.data())
def test_the_logic_of_the_cases_is_that_of_the_reference(condition, data):
    view = View(data.draw(fact_sets(sorted({test.fact for test in single_tests(condition)}))), catalog(), AS_OF)
    truths = {test: weigh(test, view).truth for test in single_tests(condition)}
    plain = {test: None if found.is_unknown else found.is_true for test, found in truths.items()}
    assert truth(kleene(condition, plain)) is weigh(condition, view).truth


@given(rulebooks(), rulebooks())
def test_a_difference_seen_from_the_other_side_is_its_opposite(one, other):
    opposite = {"added": "removed", "stricter": "looser"}
    opposite |= {later: earlier for earlier, later in opposite.items()}
    there = {each.about: each.kind for each in diff(one, other)}
    back = {each.about: opposite.get(each.kind, each.kind) for each in diff(other, one)}
    assert there == back


@given(rulebooks())
def test_a_rulebook_does_not_differ_from_itself(rulebook):
    assert diff(rulebook, rulebook) == ()


@given(rulebooks(), rulebooks(), st.data())
def test_where_nothing_was_loosened_nobody_gets_a_more_permissive_answer(one, other, data):
    """Of criteria that both have; what was removed is named as such."""
    loosened = {each.about for each in diff(one, other) if each.may_loosen}
    facts = whole(data.draw(fact_sets(sorted({*one.asks, *other.asks}), complete=True)))
    view = View(facts, catalog(), AS_OF)
    later = {each.id: each for each in other.criteria}
    for before in one.criteria:
        after = later.get(before.id)
        if after is not None and before.id not in loosened:
            statuses = [status_of(each, weigh(each.when, view).truth) for each in (before, after)]
            assert statuses[1] >= statuses[0]


def with_bound(rulebook, criterion_id, bound):
    """The rulebook with one criterion's first amount set."""

    def moved(condition):
        if isinstance(condition, Test):
            return attrs.evolve(condition, operand=Amounts(values=(bound,), unit=condition.operand.unit))
        return attrs.evolve(condition, of=(moved(condition.of[0]), *condition.of[1:]))

    return attrs.evolve(
        rulebook,
        criteria=tuple(
            attrs.evolve(each, when=moved(each.when)) if each.id == criterion_id else each for each in rulebook.criteria
        ),
    )


@given(st.integers(100, 250))
def test_a_bound_that_moves_is_stricter_or_looser_for_exactly_those_in_between(bound):
    ours = load_rulebook("candidacy")
    found = diff(ours, with_bound(ours, "deferral.blood-pressure", Decimal(bound)))
    kinds = [(each.kind, each.about) for each in found]
    if bound == 160:
        assert found == ()
    else:
        assert kinds == [("stricter" if bound < 160 else "looser", "deferral.blood-pressure")]
        low, high = sorted((bound, 160))
        assert f"at least {low} and below {high} mm[Hg]" in found[0].moved[0].people


# --- the second law, decided for every person at once -----------------------------------------------------------------


@given(rulebooks(harm_never_helps=True), st.data())
def test_random_rulebooks_that_restrict_in_the_harmful_direction_keep_the_second_law(rulebook, data):
    check_harm_never_helps(rulebook, data.draw(fact_sets(rulebook.asks)), AS_OF)
    assert not [each for each in lint(rulebook, on=TODAY) if each.code == "lint.harm-helps"]


@given(rulebooks(), st.data())
def test_a_person_whom_harm_helps_is_found_by_the_linter(rulebook, data):
    """The linter says nothing only where the law holds: a counterexample is never missed."""
    if any(each.code in {"lint.harm-helps", "lint.not-analyzed"} for each in lint(rulebook, on=TODAY)):
        return
    facts = whole(data.draw(fact_sets(rulebook.asks, complete=True)))
    if determine_status(facts, rulebook, AS_OF) is not Status.CANDIDATE:
        check_harm_never_helps(rulebook, facts, AS_OF)


# A lower dose is less exposure: it is the one option that a worse side effect speaks for.
@pytest.mark.parametrize("name", [each for each in rulebook_names() if each != "titration-step-down"])
def test_no_harm_helps_in_what_ships(name):
    assert not [str(each) for each in lint(load_rulebook(name), on=TODAY) if each.code == "lint.harm-helps"]


@pytest.mark.parametrize("name", ["candidacy", "candidacy-clinic", "candidacy-home"])
def test_a_threshold_turned_round_is_a_harm_that_helps(name):
    ours = load_rulebook(name)
    turned = attrs.evolve(
        ours,
        criteria=tuple(
            attrs.evolve(each, when=Not(of=each.when)) if each.id == "deferral.blood-pressure" else each
            for each in ours.criteria
        ),
    )
    assert "lint.harm-helps" in {each.code for each in lint(turned, on=TODAY)}


@given(rulebooks())
def test_a_rulebook_that_nobody_passes_is_found(rulebook):
    """A criterion restricts everyone exactly if the linter says so."""
    said = {each.pointer for each in lint(rulebook, on=TODAY) if each.code == "lint.contradiction"}
    for index, criterion in enumerate(rulebook.criteria):
        found = worlds((criterion.when,), catalog(), rulebook.effective_from)
        if found is not None and all(
            truth(kleene(criterion.when, truths)) is restricting(criterion) for _, truths in found
        ):
            assert f"/criteria/{index}/when" in said


def test_reviews_are_due_by_their_day():
    reviewed = attrs.evolve(
        load_rulebook("discharge"),
        reviewed=_review(date(2026, 11, 24)),
    )
    codes = [{each.code for each in lint(reviewed, on=day)} for day in (date(2026, 11, 24), date(2026, 11, 25))]
    assert ["lint.review-overdue" in each for each in codes] == [False, True]
    assert all("lint.unreviewed" not in each for each in codes)


def _review(due):
    return Review(by="A. Clinician", role="physician", on=date(2026, 1, 1), due=due)


def test_a_determination_names_what_lint_names():
    rulebook = load_rulebook("candidacy-home")
    unapproved = {each.message.split()[0] for each in lint(rulebook, on=TODAY) if each.code == "lint.unapproved"}
    assert set(determine(FactSet(), rulebook, AS_OF).proposals) == unapproved
