"""The catalogue of facts, and a clinic's own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ketaprogram import catalog
from ketaprogram.errors import KnowledgeError, UnknownFactError
from ketaprogram.facts.catalog import check_fact, load_catalog
from ketaprogram.facts.model import (
    AbsentFact,
    AbsentReason,
    BooleanFact,
    CodeFact,
    CodesFact,
    EntriesFact,
    Entry,
    FactSet,
    QuantityFact,
)

OURS = {"id": "clinic.parking", "kind": "boolean", "label": "Parking", "question": "Does the person need parking?"}


def test_an_unknown_fact_names_the_nearest() -> None:
    with pytest.raises(UnknownFactError, match=r"vitals\.systolic"):
        catalog()["vitals.sistolic"]


def test_a_clinic_extends_the_catalogue_without_a_fork() -> None:
    extended = load_catalog({"fact": [OURS]}, extends=catalog())
    assert "clinic.parking" in extended
    assert "vitals.systolic" in extended
    assert "clinic.parking" not in catalog()


def test_an_id_that_is_taken_cannot_be_added() -> None:
    with pytest.raises(KnowledgeError, match=r"/fact/0/id.*fact\.duplicate"):
        load_catalog({"fact": [OURS | {"id": "person.age"}]}, extends=catalog())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"questoin": "?"}, "member.unknown"),
        ({"label": 3}, "member.missing"),
        ({"kind": "quantity", "unit": "furlong"}, "unit.unknown"),
        ({"kind": "code"}, "member.missing"),
        ({"shelf_life": "soon"}, "fact.unknown"),
        ({"entry_of": "trials.histroy"}, "fact.unknown"),
        ({"kind": "quantity", "unit": "kg", "low": "little"}, "value.pattern"),
    ],
)
def test_faults_of_an_entry(change, code) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load_catalog({"fact": [OURS | change]})
    assert code in {issue.code for issue in caught.value.issues}


def test_the_same_id_twice_is_a_fault() -> None:
    with pytest.raises(KnowledgeError, match=r"/fact/1/id.*fact\.duplicate"):
        load_catalog({"fact": [OURS, OURS]})


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (BooleanFact(id="vitals.systolic", value=True), "fact.kind"),
        (QuantityFact(id="vitals.systolic", value=Decimal(16), unit="kPa"), "unit.mismatch"),
        (QuantityFact(id="vitals.systolic", value=Decimal(16), unit="kg"), "unit.mismatch"),
        (QuantityFact(id="vitals.systolic", value=Decimal(1), unit="mm[Hg]"), "value.implausible"),
        (QuantityFact(id="vitals.systolic", value=Decimal(999), unit="mm[Hg]"), "value.implausible"),
        (CodeFact(id="sought.indication", value="grief"), "value.choice"),
        (CodesFact(id="medication.classes", values=frozenset({"tea"})), "value.choice"),
    ],
)
def test_faults_of_a_fact(fact, code) -> None:
    assert [issue.code for issue in check_fact(fact, catalog())] == [code]


def test_facts_without_fault() -> None:
    assert not check_fact(AbsentFact(id="vitals.systolic", reason=AbsentReason.ASKED_DECLINED), catalog())
    assert not check_fact(CodeFact(id="sought.indication", value="gad"), catalog())
    assert not check_fact(QuantityFact(id="person.weight", value=Decimal(150), unit="[lb_av]"), catalog())


def test_a_fact_stated_twice_differently_is_unknown() -> None:
    yes, no = (BooleanFact(id="condition.pregnancy", value=value) for value in (True, False))
    assert FactSet(facts=(yes, yes)).get("condition.pregnancy") == yes
    found = FactSet(facts=(yes, no)).get("condition.pregnancy")
    assert isinstance(found, AbsentFact)
    assert found.reason is AbsentReason.UNKNOWN


def test_every_question_is_a_question_and_every_id_has_its_label() -> None:
    for definition in catalog().definitions.values():
        assert definition.label
        assert definition.question.endswith(("?", ".")), definition.id
        assert definition.kind != "quantity" or definition.low is not None, definition.id
    assert "facts" in repr(catalog())


LIFE = {
    "id": "parking",
    "value": 5,
    "unit": "d",
    "low": 1,
    "high": 9,
    "source": {"id": "DEFAULT", "locator": "x", "confidence": "uncertain"},
}


def test_a_clinic_says_how_long_its_own_facts_stay_fresh() -> None:
    extended = load_catalog({"shelf_life": [LIFE], "fact": [OURS | {"shelf_life": "parking"}]}, extends=catalog())
    assert str(extended.shelf_life("clinic.parking")) == "5 d"
    assert extended.shelf_life("person.age") is None


@pytest.mark.parametrize(
    ("lives", "code"),
    [
        ([LIFE, LIFE], "fact.duplicate"),
        ([{"id": "parking"}], "member.missing"),
        ([LIFE | {"unit": "fortnight"}], "value.pattern"),
        ([LIFE | {"value": "soon"}], "value.pattern"),
        ([LIFE | {"source": {"id": "NOBODY", "locator": "", "confidence": "seen"}}], "value.pattern"),
    ],
)
def test_faults_of_a_shelf_life(lives, code) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load_catalog({"shelf_life": lives})
    assert code in {issue.code for issue in caught.value.issues}


def test_the_facts_of_an_entry_are_checked_each_in_its_place() -> None:
    entry = Entry(
        label="a treatment",
        facts=(
            CodeFact(id="trial.outcome", value="no-response"),
            CodeFact(id="trial.outcome", value="cured"),
            BooleanFact(id="condition.pregnancy", value=True),
            BooleanFact(id="trial.dose", value=True),
        ),
    )
    found = check_fact(EntriesFact(id="trials.history", entries=(entry,)), catalog(), "additional_facts", 0)
    assert [f"{issue.pointer} {issue.code}" for issue in found] == [
        "/additional_facts/0/entries/0/facts/1/value value.choice",
        "/additional_facts/0/entries/0/facts/2/fact fact.misplaced",
        "/additional_facts/0/entries/0/facts/3/fact fact.unknown",
    ]


def test_an_entry_that_says_one_thing_twice_differently_does_not_say_it() -> None:
    entry = Entry(
        label="a treatment",
        facts=(CodeFact(id="trial.outcome", value="no-response"), CodeFact(id="trial.outcome", value="response")),
    )
    assert isinstance(entry.by_id["trial.outcome"], AbsentFact)
