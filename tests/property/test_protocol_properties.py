"""Laws 5 and 6: no dose that the order does not contain, none above a limit; published tables come out exactly."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import AS_OF, clearance, determination, order

from ketaprogram import FactSet, LimitError, OrderError, Quantity, determine, digest, load_rulebook
from ketaprogram.errors import UnknownItemError
from ketaprogram.protocol import dose_for, load_protocol, protocol_names, sign_order
from ketaprogram.protocol.model import FixedDose, WeightBasedDose
from ketaprogram.screening import clear
from ketaprogram.screening.model import Override

DAY = date(2026, 12, 1)
SIGNED = {"by": "A", "role": "physician", "signed_at": AS_OF}
IV = load_protocol("iv-six-infusions")
weights = st.decimals(30, 250, places=1).map(lambda kilograms: Quantity(kilograms, "kg"))
amounts = st.decimals("0.05", "2", places=2)


@given(weights, amounts, st.integers(1, 200), st.sampled_from(["0.1", "0.5", "1", "2.5", "10"]))
def test_a_dose_never_passes_order_ceiling_or_rounding(weight, mg_per_kg, maximum, increment):
    changes = {"doses": (WeightBasedDose(mg_per_kg=mg_per_kg),), "maximum_mg": Decimal(maximum)}
    if mg_per_kg > IV.ceiling_mg_per_kg or Decimal(increment) > maximum:
        with pytest.raises(OrderError):
            order(increment_mg=Decimal(increment), **changes)
        return
    signed = order(increment_mg=Decimal(increment), **changes)
    exact = mg_per_kg * weight.value
    try:
        dose = dose_for(signed, IV, 1, on=DAY, weight=weight, weighed_on=DAY)
    except LimitError:
        assert exact < Decimal(increment)
        return
    limit = min(exact, Decimal(maximum), IV.ceiling_mg_per_kg * weight.value)
    assert dose.mg <= limit
    assert limit - dose.mg < Decimal(increment)
    assert dose.mg % Decimal(increment) == 0
    assert (dose.limited_by == "order-maximum") == (Decimal(maximum) < exact)


@given(st.integers(0, 400), st.booleans())
def test_a_weight_past_its_shelf_life_gives_no_dose(days, later):
    weighed_on = DAY + timedelta(days=days) if later else DAY - timedelta(days=days)
    arguments = {"on": DAY, "weight": Quantity(70, "kg"), "weighed_on": weighed_on}
    if 0 <= (DAY - weighed_on).days <= 90:
        assert dose_for(order(), IV, 1, **arguments).mg == 35
    else:
        with pytest.raises(LimitError, match="a new one is needed"):
            dose_for(order(), IV, 1, **arguments)


@given(st.integers(-3, 20), st.integers(-400, 800))
def test_only_authorised_sessions_on_valid_days_have_a_dose(session, shift):
    signed, day = order(), DAY + timedelta(days=shift)
    arguments = {"on": day, "weight": Quantity(70, "kg"), "weighed_on": day}
    if 1 <= session <= signed.sessions and signed.valid_from <= day <= signed.valid_until:
        assert dose_for(signed, IV, session, **arguments).session == session
    else:
        with pytest.raises(LimitError):
            dose_for(signed, IV, session, **arguments)


@given(st.integers(1, 84))
def test_home_doses_are_the_orders_own_milligrams(session_mg):
    home = load_protocol("home-ordered")
    signed = order("home-ordered", doses=(FixedDose(mg=Decimal(session_mg)),))
    assert dose_for(signed, home, 1, on=DAY).mg == session_mg
    with pytest.raises(OrderError, match="goes by weight"):
        order("home-ordered", doses=(WeightBasedDose(mg_per_kg=Decimal(1)),))


def test_the_published_example_of_an_infusion():
    dose = dose_for(order(), IV, 1, on=DAY, weight=Quantity(70, "kg"), weighed_on=DAY)
    assert (dose.mg, dose.mg_per_min, dose.infusion_minutes) == (Decimal(35), Decimal("0.875"), 40)
    pounds = dose_for(order(), IV, 1, on=DAY, weight=Quantity(150, "[lb_av]"), weighed_on=DAY)
    assert pounds.mg == 34


def test_the_labels_table_of_esketamine():
    label = load_protocol("esketamine-label")
    induction, maintenance = label.phases
    assert len(induction.days) == 8
    assert len(maintenance.days) == 4
    assert all(sum(day // 7 == week for day in induction.days) == 2 for week in range(4))
    assert [day // 7 for day in maintenance.days] == [4, 5, 6, 7]
    signed = order("esketamine-label", sessions=12)
    assert [dose_for(signed, label, number, on=DAY).mg for number in (1, 2, 12)] == [56, 84, 84]
    assert dose_for(signed, label, 1, on=DAY).mg_per_min is None


def test_the_ascending_weekly_table():
    weekly = load_protocol("sc-ascending-weekly")
    signed = order("sc-ascending-weekly", sessions=16)
    arguments = {"on": DAY, "weight": Quantity(80, "kg"), "weighed_on": DAY}
    assert [dose_for(signed, weekly, number, **arguments).mg for number in (1, 2, 3, 16)] == [20, 40, 80, 80]
    assert signed.titration == "by-order-steps"
    assert len(weekly.phases[1].days) == 13


@pytest.mark.parametrize(
    ("protocol", "changes", "reason"),
    [
        ("iv-six-infusions", {"doses": (WeightBasedDose(mg_per_kg=Decimal("1.01")),)}, "above the protocol's ceiling"),
        ("iv-six-infusions", {"doses": (WeightBasedDose(mg_per_kg=Decimal(0)),)}, "is nothing"),
        ("iv-six-infusions", {"doses": (FixedDose(mg=Decimal(35)),)}, "not one that the protocol gives"),
        ("iv-six-infusions", {"doses": ()}, "do not start at session 1"),
        ("iv-six-infusions", {"doses": (WeightBasedDose(from_session=2, mg_per_kg=Decimal(1)),)}, "start at session 1"),
        ("iv-six-infusions", {"increment_mg": Decimal(0)}, "nothing that can be dispensed"),
        ("iv-six-infusions", {"valid_until": date(2026, 11, 24)}, "ends before it begins"),
        ("iv-six-infusions", {"valid_from": date(2025, 1, 1)}, "not in effect"),
        ("iv-six-infusions", {"signed_at": AS_OF - timedelta(days=1)}, "signed after the order"),
        ("esketamine-label", {"doses": (FixedDose(mg=Decimal(84)),)}, "not one that the protocol gives"),
        ("esketamine-label", {"maximum_mg": Decimal(112)}, "above the protocol's ceiling"),
        ("esketamine-label", {"increment_mg": Decimal(14)}, "another amount"),
        ("sc-ascending-weekly", {"sessions": 17}, "has 16 sessions and the order more"),
        ("home-ordered", {"doses": (FixedDose(mg=Decimal(151)),)}, "above the maximum"),
        ("home-ordered", {"doses": (FixedDose(mg=Decimal(0)),)}, "is nothing"),
    ],
)
def test_what_an_order_may_not_say(protocol, changes, reason):
    with pytest.raises(OrderError, match=reason):
        order(protocol, **changes)


def test_an_order_needs_a_clearance_that_says_proceed_for_its_setting():
    answer = determination("refused-aneurysm")
    declined = clear(answer, "decline", by="A", role="physician", signed_at=AS_OF)
    with pytest.raises(OrderError, match="does not say proceed"):
        order(clearance=declined)
    with pytest.raises(OrderError, match="for home and the protocol for clinic"):
        order(clearance=clearance("home"))
    common = determine(FactSet(), load_rulebook("candidacy"), AS_OF)
    of_no_setting = attrs.evolve(clearance(), setting=clear(common, "defer", **SIGNED).setting)
    with pytest.raises(OrderError, match="for no setting and the protocol for clinic"):
        order(clearance=of_no_setting)
    assert order().clearance_digest == digest(clearance())


def test_an_override_must_hold_on_the_first_day():
    expiring = Override(
        criterion="deferral.blood-pressure", reason="specialist-cleared", role="physician", expires_on=AS_OF.date()
    )
    answer = determination("deferred-blood-pressure")
    signed = clear(answer, "proceed", by="A", role="physician", signed_at=AS_OF, overrides=(expiring,))
    with pytest.raises(OrderError, match="has expired by the first day"):
        order(clearance=signed)
    lasting = attrs.evolve(signed, overrides=(attrs.evolve(expiring, expires_on=DAY),))
    assert order(clearance=lasting).sessions == 4


def test_esketamine_is_never_ordered_for_home():
    at_home = attrs.evolve(load_protocol("esketamine-label"), setting="home")
    with pytest.raises(OrderError, match="never for home"):
        sign_order(
            at_home, clearance("home"), id="o", person="p", doses=(FixedDose(mg=Decimal(56)),), maximum_mg=Decimal(84),
            increment_mg=Decimal(28), sessions=1, valid_from=DAY, valid_until=DAY, prescriber="A", role="physician",
            signed_at=AS_OF,
        )  # fmt: skip


def test_a_dose_needs_its_own_template_and_a_weight():
    with pytest.raises(OrderError, match="another protocol"):
        dose_for(order(), load_protocol("home-ordered"), 1, on=DAY)
    with pytest.raises(LimitError, match="a body weight with its date"):
        dose_for(order(), IV, 1, on=DAY)
    with pytest.raises(LimitError, match="smaller than what can be dispensed"):
        dose_for(order(increment_mg=Decimal(50)), IV, 1, on=DAY, weight=Quantity(60, "kg"), weighed_on=DAY)


def test_a_lower_ceiling_of_the_template_holds_an_older_order_back():
    stricter = attrs.evolve(IV, ceiling_mg_per_kg=Decimal("0.4"))
    dose = dose_for(order(), stricter, 1, on=DAY, weight=Quantity(70, "kg"), weighed_on=DAY)
    assert (dose.mg, dose.limited_by) == (28, "protocol-ceiling")


def test_protocols_are_loaded_by_name():
    assert len(protocol_names()) == 4
    with pytest.raises(UnknownItemError, match="home-ordered"):
        load_protocol("home-order")
