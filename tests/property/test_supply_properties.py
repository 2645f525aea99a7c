"""Law 6 for supply: no history that the gate allowed dispenses too much, too often or too late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import LimitError
from ketaprogram._time import add_months
from ketaprogram.supply import can_ship, dispense, ledger
from ketaprogram.supply.model import Fill, Prescription

ISSUED = date(2026, 12, 1)


def fill(number: int, units: int, on: date, days: int = 7) -> Fill:
    return Fill(id=f"f-{number}", prescription="p", units=units, dispensed_on=on, days=days)


@given(
    st.integers(1, 10),
    st.integers(0, 12),
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 30), st.integers(1, 20)), max_size=40),
)
def test_no_allowed_history_passes_a_limit(units, refills, asked):
    prescription = Prescription(id="p", order="o", units=units, refills=refills, issued_on=ISSUED)
    fills: tuple[Fill, ...] = ()
    day = ISSUED
    for number, (wanted, wait, days) in enumerate(asked):
        day += timedelta(days=wait)
        try:
            fills = dispense(prescription, fills, fill(number, wanted, day, days))
        except LimitError as error:
            assert str(error)
    total = sum(each.units for each in fills)
    assert total <= units * (1 + min(refills, 5))
    assert ledger(prescription, fills).refills_used <= min(refills, 5)
    assert ledger(prescription, fills).dispensed + ledger(prescription, fills).remaining == units * (
        1 + min(refills, 5)
    )
    assert all(ISSUED <= each.dispensed_on <= add_months(ISSUED, 6) for each in fills)


def test_every_block_is_named_at_once():
    prescription = Prescription(id="p", order="o", units=4, refills=9, issued_on=ISSUED)
    full = tuple(fill(number, 4, ISSUED + timedelta(days=20 * number), 20) for number in range(6))
    late = can_ship(prescription, full, units=1, on=date(2027, 12, 1))
    assert [each.code for each in late.blocks] == ["units-exhausted", "refills-exhausted", "expired", "law-unchecked"]
    assert [each.cleared_by for each in late.blocks] == [None, None, None, "pharmacist"]
    early = can_ship(prescription, full[:1], units=4, on=ISSUED + timedelta(days=16))
    assert [(each.code, each.cleared_by) for each in early.blocks] == [("early", "prescriber")]
    assert can_ship(prescription, full[:1], units=4, on=ISSUED + timedelta(days=17)).is_allowed
    before = can_ship(prescription, (), units=1, on=ISSUED - timedelta(days=1))
    assert [each.code for each in before.blocks] == ["not-yet-issued"]


def test_partial_fills_add_up_and_other_prescriptions_do_not_count():
    prescription = Prescription(id="p", order="o", units=4, refills=0, issued_on=ISSUED)
    other = Fill(id="x", prescription="q", units=4, dispensed_on=ISSUED, days=90)
    fills = dispense(prescription, (other,), fill(1, 3, ISSUED, days=1))
    assert ledger(prescription, fills).remaining == 1
    with pytest.raises(LimitError, match="units-exhausted, refills-exhausted"):
        dispense(prescription, fills, fill(2, 2, ISSUED + timedelta(days=10)))
    assert ledger(prescription, dispense(prescription, fills, fill(2, 1, ISSUED + timedelta(days=10)))).remaining == 0
