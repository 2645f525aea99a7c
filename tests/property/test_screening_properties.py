"""Law 5: a clinician decides, within what may be decided. Nothing proceeds past what cannot be overridden."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import determination

from ketaprogram import FactSet, OrderError, Status, determine, digest, load_rulebook
from ketaprogram.errors import StateError
from ketaprogram.rules.model import Finding
from ketaprogram.screening import clear
from ketaprogram.screening.model import Override
from ketaprogram.testing.strategies import AS_OF, fact_sets

SIGNED = {"by": "A. Clinician", "role": "physician", "signed_at": AS_OF}
reasons = st.sampled_from(["specialist-cleared", "benefit-outweighs-risk", "data-verified-elsewhere"])


def override(finding: Finding, reason: str = "specialist-cleared", days: int = 30) -> Override:
    return Override(
        criterion=finding.criterion, reason=reason, role="physician", expires_on=AS_OF.date() + timedelta(days=days)
    )


@given(fact_sets(complete=True), st.sampled_from(["candidacy-clinic", "candidacy-home"]), st.data())
def test_nobody_proceeds_past_a_finding_that_restricts_and_is_not_overridden(facts, name, data):
    answer = determine(facts, load_rulebook(name), AS_OF)
    restricting = [each for each in answer.findings if not each.status.permits]
    chosen = data.draw(st.lists(st.sampled_from(restricting), unique=True) if restricting else st.just([]))
    overrides = tuple(override(each, data.draw(reasons)) for each in chosen)
    allowed = all(
        each in chosen and each.overridable and each.status is not Status.EMERGENCY for each in restricting
    ) and all(
        each.truth != "unknown" or over.reason != "benefit-outweighs-risk"
        for each, over in zip(chosen, overrides, strict=True)
    )
    if allowed:
        signed = clear(answer, "proceed", overrides=overrides, **SIGNED)
        assert signed.determination_digest == digest(answer)
    else:
        with pytest.raises(OrderError):
            clear(answer, "proceed", overrides=overrides, **SIGNED)


@given(fact_sets())
def test_declining_and_deferring_are_always_possible(facts):
    answer = determine(facts, load_rulebook("candidacy-home"), AS_OF)
    assert clear(answer, "decline", **SIGNED).setting == "home"
    assert clear(answer, "defer", **SIGNED).determination_status is answer.status


def test_an_override_that_does_not_fit_is_refused_with_its_reason():
    answer = determination("deferred-blood-pressure")
    (pressure,) = [each for each in answer.findings if each.criterion == "deferral.blood-pressure"]
    assert clear(answer, "proceed", overrides=(override(pressure),), **SIGNED).overrides
    with pytest.raises(OrderError, match="has expired"):
        clear(answer, "proceed", overrides=(override(pressure, days=-1),), **SIGNED)
    with pytest.raises(OrderError, match=r"deferral\.blood-pressure gives deferred"):
        clear(answer, "proceed", **SIGNED)
    stray = Override(
        criterion="deferral.nothing", reason="specialist-cleared", role="physician", expires_on=AS_OF.date()
    )
    with pytest.raises(OrderError, match=r"no finding is called deferral\.nothing"):
        clear(answer, "decline", overrides=(stray,), **SIGNED)
    with pytest.raises(StateError, match="before its determination"):
        clear(answer, "decline", by="A", role="physician", signed_at=answer.as_of - timedelta(seconds=1))


def test_a_clearance_is_signed_on_candidacy_alone():
    other = determine(FactSet(), load_rulebook("readiness-clinic"), AS_OF)
    with pytest.raises(StateError, match="candidacy, not of readiness"):
        clear(other, "decline", **SIGNED)


def test_a_labels_contraindication_and_an_emergency_cannot_be_overridden():
    for name, criterion in (
        ("refused-aneurysm", "exclusion.aneurysm"),
        ("emergency-imminent-risk", "emergency.suicide-risk"),
    ):
        answer = determination(name)
        (found,) = [each for each in answer.findings if each.criterion == criterion]
        with pytest.raises(OrderError, match="cannot be overridden"):
            clear(answer, "proceed", overrides=(override(found),), **SIGNED)
