"""Laws 5 and 6: no dose that the order does not contain, none above a limit, and rounding never adds anything."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, localcontext

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import AS_OF, On, clearance, determination, order

from ketaprogram import FactSet, LimitError, OrderError, Quantity, determine, digest, load_rulebook, read, write
from ketaprogram.errors import UnknownItemError
from ketaprogram.protocol import dose_for, load_protocol, protocol_names, sign_order
from ketaprogram.protocol.model import FixedDose, Order, Solution, Units, WeightBasedDose
from ketaprogram.screening import clear
from ketaprogram.screening.model import Override

DAY = date(2026, 12, 1)
SIGNED = {"by": "A", "role": "physician", "signed_at": AS_OF}
IV = load_protocol("iv-six-infusions")
FREE = attrs.evolve(IV, doses=())
"""A template that leaves every dose up to its ceiling to the order."""

weights = st.decimals(30, 250, places=1).map(lambda kilograms: Quantity(kilograms, "kg"))
amounts = st.decimals("0.05", "1", places=2)
solutions = st.builds(
    Solution,
    mg_per_ml=st.decimals("0.5", 100, places=3),
    step_ml=st.sampled_from([Decimal(each) for each in ("0.01", "0.02", "0.1", "0.3", "1")]),
)
units = st.builds(Units, unit=st.just("tablet"), mg_per_unit=st.decimals("0.5", 120, places=3))
products = solutions | units
limits = st.none() | st.decimals("0.001", 300, places=3)


def signed_freely(**changes):
    members = {
        "id": "order-1", "person": "person-1", "doses": (WeightBasedDose(mg_per_kg=Decimal("0.5")),),
        "maximum_mg": Decimal(150), "product": Solution(mg_per_ml=Decimal(50), step_ml=Decimal("0.02")), "sessions": 4,
        "valid_from": date(2026, 11, 25), "valid_until": date(2027, 11, 24), "prescriber": "A", "role": "physician",
        "signed_at": AS_OF,
    } | changes  # fmt: skip
    return sign_order(FREE, clearance(), **members)


@given(weights, amounts, products, st.decimals(120, 300, places=2), limits, limits)
def test_a_dose_is_the_most_that_the_product_gives_within_every_limit(
    weight, mg_per_kg, product, maximum, ceiling, own
):
    signed = signed_freely(doses=(WeightBasedDose(mg_per_kg=mg_per_kg),), maximum_mg=maximum, product=product)
    template = attrs.evolve(FREE, ceiling_mg=ceiling)
    with localcontext(prec=60):
        step = product.mg_per_unit if isinstance(product, Units) else product.mg_per_ml * product.step_ml
        wanted = mg_per_kg * weight.value
        named = {"order-maximum": maximum, "protocol-ceiling": ceiling, "own-maximum": own}
        least = min([wanted, *(each for each in named.values() if each is not None)])
        try:
            dose = dose_for(signed, template, On(), weight=weight, weighed_on=DAY, own_maximum_mg=own)
        except LimitError as error:
            assert "smaller than what can be dispensed" in str(error)
            assert least < step
            return
        assert dose.mg <= least < dose.mg + step
        assert dose.mg % step == 0
        if isinstance(product, Units):
            assert dose.units * product.mg_per_unit == dose.mg
            assert (dose.volume_ml, dose.ml_per_hour) == (None, None)
        else:
            assert dose.volume_ml * product.mg_per_ml == dose.mg
            assert dose.volume_ml % product.step_ml == 0
            assert dose.ml_per_hour * 40 <= dose.volume_ml * 60 < (dose.ml_per_hour + Decimal("0.001")) * 40
        assert dose.mg_per_min * 40 <= dose.mg < (dose.mg_per_min + Decimal("0.001")) * 40
        assert dose.limited_by is None if least == wanted else named[dose.limited_by] == least
        assert len(dose.working) == 3 + (dose.limited_by is not None) + isinstance(product, Solution)


@given(st.integers(0, 400), st.booleans())
def test_a_weight_past_its_shelf_life_gives_no_dose(days, later):
    weighed_on = DAY + timedelta(days=days) if later else DAY - timedelta(days=days)
    arguments = {"weight": Quantity(70, "kg"), "weighed_on": weighed_on}
    if 0 <= (DAY - weighed_on).days <= 90:
        assert dose_for(order(), IV, On(), **arguments).mg == 35
    else:
        with pytest.raises(LimitError, match="a new one is needed"):
            dose_for(order(), IV, On(), **arguments)


@given(st.integers(-3, 20), st.integers(-3, 20), st.integers(-400, 800))
def test_only_authorised_sessions_on_valid_days_have_a_dose(session, step, shift):
    signed, day = order(), DAY + timedelta(days=shift)
    arguments = {"weight": Quantity(70, "kg"), "weighed_on": day}
    if 1 <= step <= session <= signed.sessions and signed.valid_from <= day <= signed.valid_until:
        dose = dose_for(signed, IV, On(session, day, step), **arguments)
        assert (dose.session, dose.step) == (session, step)
    else:
        with pytest.raises(LimitError):
            dose_for(signed, IV, On(session, day, step), **arguments)


@given(st.integers(1, 16), st.integers(0, 15))
def test_the_dose_follows_the_step_of_the_course_and_not_the_number_of_the_session(number, back):
    weekly, step = load_protocol("sc-ascending-weekly"), max(1, number - back)
    dose = dose_for(
        order("sc-ascending-weekly", sessions=16), weekly, On(number, DAY, step), weight=Quantity(80, "kg"),
        weighed_on=DAY,
    )  # fmt: skip
    assert dose.mg == {1: 20, 2: 40}.get(step, 80)


@given(st.integers(1, 9), limits)
def test_a_home_dose_is_the_orders_own_milligrams_or_none(tablets, own):
    home, mg = load_protocol("home-ordered"), Decimal(50 * tablets)
    signed = order("home-ordered", doses=(FixedDose(mg=mg),), maximum_mg=Decimal(450))
    if own is None or own >= mg:
        assert dose_for(signed, home, On(), own_maximum_mg=own).mg == mg
    else:
        with pytest.raises(LimitError, match=r"a new order is needed|smaller than what"):
            dose_for(signed, home, On(), own_maximum_mg=own)


@given(st.decimals("0.5", 300, places=1), units)
def test_no_order_for_home_has_a_dose_that_its_product_cannot_make(mg, product):
    changes = {"doses": (FixedDose(mg=mg),), "maximum_mg": Decimal(300), "product": product}
    if mg % product.mg_per_unit:
        with pytest.raises(OrderError, match="cannot be dispensed exactly"):
            order("home-ordered", **changes)
    else:
        dose = dose_for(order("home-ordered", **changes), load_protocol("home-ordered"), On())
        assert (dose.mg, dose.units * product.mg_per_unit) == (mg, mg)


@given(products, amounts)
def test_a_signed_order_is_a_document_whatever_its_product(product, mg_per_kg):
    signed = signed_freely(product=product, doses=(WeightBasedDose(mg_per_kg=mg_per_kg),))
    assert read(Order, write(signed)) == signed


def test_the_published_example_of_an_infusion():
    """rep.iv_dose: 0.5 mg/kg for 70 kg over 40 min is 35 mg, 0.875 mg/min."""
    dose = dose_for(order(), IV, On(), weight=Quantity(70, "kg"), weighed_on=DAY)
    assert (dose.mg, dose.mg_per_min, dose.infusion_minutes) == (Decimal(35), Decimal("0.875"), 40)
    assert (dose.volume_ml, dose.ml_per_hour) == (Decimal("0.7"), Decimal("1.05"))
    assert dose.working == (
        "0.5 mg/kg x 70 kg = 35 mg",
        "0.7 mL of 50 mg/mL = 35 mg, in whole steps of 0.02 mL",
        "35 mg over 40 min = 0.875 mg/min, rounded down to 0.001",
        "0.7 mL over 40 min = 1.05 mL/h undiluted, rounded down to 0.001",
    )
    pounds = dose_for(order(), IV, On(), weight=Quantity(150, "[lb_av]"), weighed_on=DAY)
    assert pounds.mg == 34
    held = dose_for(order(), IV, On(), weight=Quantity(70, "kg"), weighed_on=DAY, own_maximum_mg=Decimal(30))
    assert (held.mg, held.limited_by) == (30, "own-maximum")
    assert held.working[1] == "held to 30 mg by the person's own maximum"


def test_devices_are_counted():
    signed, label = order("esketamine-label", sessions=12), load_protocol("esketamine-label")
    doses = [dose_for(signed, label, On(number)) for number in (1, 2, 12)]
    assert [(each.mg, each.units) for each in doses] == [(56, 2), (84, 3), (84, 3)]
    assert doses[0].mg_per_min is None
    assert doses[1].working == (
        "84 mg, as the order says from session 2",
        "3 x device of 28 mg = 84 mg, whole ones only",
    )


@pytest.mark.parametrize(
    ("protocol", "changes", "reason"),
    [
        ("iv-six-infusions", {"doses": (WeightBasedDose(mg_per_kg=Decimal("1.01")),)}, "above the protocol's ceiling"),
        ("iv-six-infusions", {"doses": (WeightBasedDose(mg_per_kg=Decimal("0.6")),)}, "not one that the protocol"),
        ("iv-six-infusions", {"doses": (WeightBasedDose(mg_per_kg=Decimal(0)),)}, "is nothing"),
        ("iv-six-infusions", {"doses": (FixedDose(mg=Decimal(35)),)}, "not one that the protocol gives"),
        ("iv-six-infusions", {"doses": ()}, "do not start at session 1"),
        ("iv-six-infusions", {"doses": (WeightBasedDose(from_session=2, mg_per_kg=Decimal(1)),)}, "start at session 1"),
        ("iv-six-infusions", {"product": Units(unit="vial", mg_per_unit=Decimal(0))}, "the product has no amount"),
        (
            "iv-six-infusions",
            {"product": Solution(mg_per_ml=Decimal(50), step_ml=Decimal(0))},
            "the product has no amount",
        ),
        (
            "iv-six-infusions",
            {"product": Solution(mg_per_ml=Decimal("0.0000001"), step_ml=Decimal("0.0000003"))},
            "too small to be written down",
        ),
        ("iv-six-infusions", {"product": Units(unit="vial", mg_per_unit=Decimal(151))}, "nothing that can be dispens"),
        ("iv-six-infusions", {"valid_until": date(2026, 11, 24)}, "ends before it begins"),
        ("iv-six-infusions", {"valid_from": date(2025, 1, 1)}, "not in effect"),
        ("iv-six-infusions", {"signed_at": AS_OF - timedelta(days=1)}, "signed after the order"),
        ("iv-six-infusions", {"interval_days": 10}, "is not one that the protocol gives"),
        ("sc-ascending-weekly", {"interval_days": 7}, "leaves no choice"),
        ("esketamine-label", {"doses": (FixedDose(mg=Decimal(84)),)}, "not one that the protocol gives"),
        ("esketamine-label", {"maximum_mg": Decimal(112)}, "above the protocol's ceiling"),
        ("esketamine-label", {"doses": (FixedDose(mg=Decimal(112)),)}, "above the protocol's ceiling"),
        ("esketamine-label", {"product": Units(unit="device", mg_per_unit=Decimal(14))}, "another amount"),
        ("sc-ascending-weekly", {"doses": (WeightBasedDose(mg_per_kg=Decimal(1)),)}, "not one that the protocol gives"),
        ("sc-ascending-weekly", {"sessions": 17}, "has 16 sessions and the order more"),
        ("home-ordered", {"doses": (FixedDose(mg=Decimal(151)),)}, "above the maximum"),
        ("home-ordered", {"doses": (FixedDose(mg=Decimal(0)),)}, "is nothing"),
        ("home-ordered", {"doses": (WeightBasedDose(mg_per_kg=Decimal(1)),)}, "goes by weight"),
    ],
)
def test_what_an_order_may_not_say(protocol, changes, reason):
    with pytest.raises(OrderError, match=reason):
        order(protocol, **changes)


@pytest.mark.parametrize("days", [None, 7, 14, 21, 28])
def test_an_order_chooses_the_distance_of_sessions_among_those_of_the_template(days):
    assert order(interval_days=days).interval_days == days


def test_a_template_may_have_no_more_sessions_than_it_says_although_it_is_open():
    limited = attrs.evolve(FREE, sessions_in_all=6)
    arguments = attrs.asdict(signed_freely(), recurse=False)
    wanted = {name: arguments[name] for name in ("id", "person", "doses", "maximum_mg", "product", "valid_from")}
    wanted |= {name: arguments[name] for name in ("valid_until", "prescriber", "role", "signed_at")}
    assert sign_order(limited, clearance(), sessions=6, **wanted).sessions == 6
    with pytest.raises(OrderError, match="has 6 sessions and the order more"):
        sign_order(limited, clearance(), sessions=7, **wanted)


def test_a_template_without_doses_or_ceiling_by_weight_takes_no_dose_by_weight():
    bare = attrs.evolve(FREE, ceiling_mg_per_kg=None)
    arguments = attrs.asdict(signed_freely(), recurse=False)
    wanted = {name: value for name, value in arguments.items() if name in _SAID}
    with pytest.raises(OrderError, match="goes by weight, which this protocol does not"):
        sign_order(bare, clearance(), **wanted)


_SAID = {
    "id", "person", "doses", "maximum_mg", "product", "sessions", "valid_from", "valid_until", "prescriber", "role",
    "signed_at",
}  # fmt: skip


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
            product=Units(unit="device", mg_per_unit=Decimal(28)), sessions=1, valid_from=DAY, valid_until=DAY,
            prescriber="A", role="physician", signed_at=AS_OF,
        )  # fmt: skip


def test_a_dose_needs_its_own_template_a_weight_and_amounts_that_are_some():
    weighed = {"weight": Quantity(60, "kg"), "weighed_on": DAY}
    with pytest.raises(OrderError, match="another protocol"):
        dose_for(order(), load_protocol("home-ordered"), On())
    with pytest.raises(LimitError, match="a body weight with its date"):
        dose_for(order(), IV, On())
    with pytest.raises(LimitError, match="a body weight with its date"):
        dose_for(order(), IV, On(), weight=Quantity(60, "kg"))
    with pytest.raises(LimitError, match="not plausible"):
        dose_for(order(), IV, On(), weight=Quantity(700, "kg"), weighed_on=DAY)
    with pytest.raises(LimitError, match="not an amount"):
        dose_for(order(), IV, On(), **weighed, own_maximum_mg=Decimal("NaN"))
    vials = order(product=Units(unit="vial", mg_per_unit=Decimal(50)))
    with pytest.raises(LimitError, match="smaller than what can be dispensed"):
        dose_for(vials, IV, On(), **weighed)
    later = attrs.evolve(order(), doses=(WeightBasedDose(from_session=2, mg_per_kg=Decimal("0.5")),))
    with pytest.raises(LimitError, match="has no dose for step 1"):
        dose_for(later, IV, On(), **weighed)


def test_a_lower_ceiling_of_the_template_holds_an_older_order_back():
    stricter = attrs.evolve(IV, ceiling_mg_per_kg=Decimal("0.4"))
    dose = dose_for(order(), stricter, On(), weight=Quantity(70, "kg"), weighed_on=DAY)
    assert (dose.mg, dose.limited_by) == (28, "protocol-ceiling")
    fixed = attrs.evolve(load_protocol("esketamine-label"), ceiling_mg_per_kg=Decimal("0.5"))
    with pytest.raises(LimitError, match="a body weight with its date"):
        dose_for(order("esketamine-label"), fixed, On(2))
    held = dose_for(order("esketamine-label"), fixed, On(2), weight=Quantity(120, "kg"), weighed_on=DAY)
    assert (held.mg, held.units, held.limited_by) == (56, 2, "protocol-ceiling")


def test_protocols_are_loaded_by_name():
    assert {"esketamine-label", "home-ordered", "iv-six-infusions", "sc-ascending-weekly"} <= set(protocol_names())
    with pytest.raises(UnknownItemError, match="home-ordered"):
        load_protocol("home-order")
