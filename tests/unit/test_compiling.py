"""The compiled form against the reference, at the edges that random people hardly ever meet."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from tests.making import AS_OF, determination

from ketaprogram import FactSet, catalog, determine, explain, load_rulebook
from ketaprogram.facts.model import (
    AbsentFact,
    AbsentReason,
    BooleanFact,
    CodeFact,
    CodesFact,
    DateFact,
    EntriesFact,
    Entry,
    QuantityFact,
)
from ketaprogram.rules.conditions import All, Amounts, Count, Flag, Matching, Not, Period, Test, Words
from ketaprogram.rules.describing import in_words
from ketaprogram.rules.evaluation import View, weigh

TRIAL = Entry(
    label="sertraline",
    facts=(
        QuantityFact(id="trial.weeks", value=Decimal(70), unit="d"),
        CodeFact(id="trial.outcome", value="no-response"),
        AbsentFact(id="trial.dose_adequate", reason=AbsentReason.ASKED_UNKNOWN),
    ),
)
EIGHT_WEEKS = Test(fact="trial.weeks", op=">=", operand=Amounts(values=(Decimal(8),), unit="wk"))

SITUATIONS = [
    (
        Test(fact="vitals.systolic", op=">=", operand=Amounts(values=(Decimal(160),), unit="mm[Hg]")),
        QuantityFact(id="vitals.systolic", value=Decimal(165), unit="mm[Hg]"),
    ),
    (
        Test(fact="person.weight", op="between", operand=Amounts(values=(Decimal(90), Decimal(91)), unit="kg")),
        QuantityFact(id="person.weight", value=Decimal(200), unit="[lb_av]"),
    ),
    (
        Test(fact="vitals.systolic", op="is-known"),
        QuantityFact(id="vitals.systolic", value=Decimal(165), unit="mm[Hg]", comparator=">="),
    ),
    (
        Test(fact="medication.classes", op="count", operand=Count(at_least=2, words=("maoi", "opioid", "lithium"))),
        CodesFact(id="medication.classes", values=frozenset({"maoi", "lithium"})),
    ),
    (
        Test(fact="medication.classes", op="includes-all", operand=Words(values=("maoi", "opioid"))),
        CodesFact(id="medication.classes", values=frozenset({"maoi"}), is_complete=True),
    ),
    (Test(fact="medication.classes", op="is-known"), CodesFact(id="medication.classes", is_complete=True)),
    (
        Test(fact="trials.history", op="count", operand=Matching(at_least=1, where=EIGHT_WEEKS)),
        EntriesFact(id="trials.history", entries=(TRIAL,), is_complete=True),
    ),
    (
        Test(
            fact="trials.history",
            op="count",
            operand=Matching(at_least=1, where=All(of=(EIGHT_WEEKS, Test(fact="trial.dose_adequate", op="is-known")))),
        ),
        EntriesFact(id="trials.history", entries=(TRIAL,), is_complete=True),
    ),
    (Test(fact="trials.history", op="is-known"), EntriesFact(id="trials.history", entries=(TRIAL,))),
    (
        Test(fact="condition.cardiovascular_event_on", op="older-than", operand=Period(amount=6, unit="mo")),
        DateFact(id="condition.cardiovascular_event_on", value=date(2026, 5, 24)),
    ),
    (
        Not(of=Test(fact="condition.psychosis_history", op="=", operand=Flag(value=False))),
        BooleanFact(id="condition.psychosis_history", value=True),
    ),
    (
        Test(fact="suicide.cssrs_risk", op="!=", operand=Words(values=("none",))),
        CodeFact(id="suicide.cssrs_risk", value="low"),
    ),
]


@pytest.mark.parametrize(("condition", "fact"), SITUATIONS, ids=range(len(SITUATIONS)))
@pytest.mark.parametrize("zone", [None, "Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_fact_at_the_very_end_of_its_shelf_life_is_judged_as_the_reference_judges_it(condition, fact, zone):
    """Around the last day, and on both sides of it, hour by hour: zones differ by more than a day."""
    ours = load_rulebook("discharge")
    rulebook = attrs.evolve(ours, criteria=(attrs.evolve(ours.criteria[0], when=condition),), parameters=())
    life = catalog().shelf_life(fact.id)
    days = int(life.value)
    for hours in (*range((days - 3) * 24, (days + 3) * 24, 7), -1):
        known = FactSet(facts=(attrs.evolve(fact, observed_at=AS_OF - timedelta(hours=hours)),), time_zone=zone)
        (finding,) = determine(known, rulebook, AS_OF).findings
        weighed = weigh(condition, View(known, catalog(), AS_OF))
        assert (finding.truth, finding.used, finding.missing) == (weighed.truth.value, weighed.used, weighed.missing)


def test_conditions_in_words_leave_nothing_out():
    words = [in_words(condition, catalog()) for condition, _ in SITUATIONS]
    assert words[:8] == [
        "Systolic blood pressure >= 160 mm[Hg]",
        "Body weight from 90 to 91 kg",
        "Systolic blood pressure is known",
        "Classes of medicines taken hold at least 2 of maoi, opioid, lithium",
        "Classes of medicines taken hold all of maoi, opioid",
        "Classes of medicines taken is known",
        "Treatments tried: at least 1 with (Weeks at that dose >= 8 wk)",
        "Treatments tried: at least 1 with (Weeks at that dose >= 8 wk and Adequate dose is known)",
    ]
    assert words[9:] == [
        f"{catalog()['condition.cardiovascular_event_on'].label} longer ago than 6 months",
        f"not ({catalog()['condition.psychosis_history'].label}: no)",
        f"{catalog()['suicide.cssrs_risk'].label} is not none",
    ]


def test_an_explanation_shows_each_trial_and_what_nobody_knows_of_it():
    ours = load_rulebook("discharge")
    condition = SITUATIONS[6][0]
    rulebook = attrs.evolve(
        ours, criteria=(attrs.evolve(ours.criteria[0], criterion_kind="deferral", when=condition),), parameters=()
    )
    history = attrs.evolve(SITUATIONS[6][1], observed_at=AS_OF, is_complete=False)
    told = explain(determine(FactSet(facts=(history,)), rulebook, AS_OF), style="markdown")
    assert "Treatments tried: sertraline (70 d, no-response, asked-unknown) (list not complete)" in told
    assert "Proposed and not approved" not in told


def test_an_explanation_without_shelf_lives_names_the_other_proposals():
    answer = attrs.evolve(determination(), proposals=("no-start-systolic",))
    assert "Proposed and not approved by any clinician: no-start-systolic." in explain(answer, style="markdown")
