"""The kit that ships for other people's tests."""

from __future__ import annotations

import subprocess
import sys

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import determination

from ketaprogram import FactSet, catalog, load_rulebook
from ketaprogram.facts.model import BooleanFact, CodesFact
from ketaprogram.rules.conditions import Not
from ketaprogram.testing.conformance import check_harm_never_helps, check_ignorance_never_permits, harmful_moves
from ketaprogram.testing.strategies import AS_OF


@given(st.from_type(FactSet))
def test_hypothesis_knows_our_facts_by_their_type(facts):
    assert isinstance(facts, FactSet)


@pytest.mark.parametrize("first", ["hypothesis", "ketaprogram.testing.strategies"])
def test_either_may_be_imported_first(first):
    subprocess.run([sys.executable, "-W", "error", "-c", f"import {first}; import hypothesis"], check=True)


def test_a_list_is_moved_by_each_word_it_might_hold():
    taken = CodesFact(id="medication.classes", values=frozenset(), is_complete=True, observed_at=AS_OF)
    moved = list(harmful_moves(taken, catalog()["medication.classes"]))
    assert len(moved) == len(catalog()["medication.classes"].words)


def test_a_rulebook_that_breaks_a_law_is_named():
    """A hole where a law is turned round: no adult present permits, and so does not knowing."""
    home = load_rulebook("readiness-home")
    (consent,) = [each for each in home.criteria if each.id == "inclusion.consent-confirmed"]
    turned = attrs.evolve(home, criteria=(attrs.evolve(consent, when=Not(of=consent.when)),))
    absent = FactSet(facts=(BooleanFact(id="session.consent_confirmed", value=True, observed_at=AS_OF),))
    with pytest.raises(AssertionError, match=r"more permissive after session\.consent_confirmed moved"):
        check_harm_never_helps(turned, absent, AS_OF)
    check_ignorance_never_permits(turned, absent, ("session.consent_confirmed",), AS_OF)
    assert determination().status.permits
