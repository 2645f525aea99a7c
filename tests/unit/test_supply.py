"""A home program's supply in readable cases: what is recorded, what holds a shipment, who lifts it, where law ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest
from tests.making import SHIPPING, order
from tests.property.test_supply_properties import GATE, HARD, ISSUED, ORDER, given_supply

from ketaprogram import LimitError, RuleError, StateError, digest, read_rulebook
from ketaprogram._knowledge import table
from ketaprogram.errors import ConflictError, UnknownFactError
from ketaprogram.facts.catalog import catalog, load_catalog
from ketaprogram.supply import (
    can_ship,
    check_supply,
    clear_block,
    dispense,
    ledger,
    record_count,
    record_loss,
    record_return,
    record_use,
)
from ketaprogram.supply.model import Count, Fill, Loss, Return, Use

EXTENDS = """
id = "our-state"
version = "1.0.0"
title = "Shipments in our state"
gate = "shipment"
effective_from = 2026-01-01
extends = "shipment"
"""


def day(number):
    return ISSUED + timedelta(days=number)


def fill(number=1, units=4, on=ISSUED, days=14, **changes):
    return Fill(id=f"f-{number}", prescription="p", units=units, on=on, days=days, **changes)


def taken(number, on, units=2, **changes):
    return Use(id=f"u-{number}", session=f"s-{number}", units=units, on=on, **changes)


def counted(number, units, on, **changes):
    return Count(id=f"c-{number}", units=units, on=on, by="A. Nurse", **changes)


def codes(supply, units=4, on=ISSUED, of=ORDER, answers=SHIPPING, **options):
    return [each.code for each in can_ship(supply, of, units=units, on=on, answers=answers, **options).blocks]


# --- the record -------------------------------------------------------------------------------------------------------


def test_a_first_shipment_a_session_a_count_and_a_refill():
    supply = dispense(given_supply(), fill(), ORDER, answers=SHIPPING)
    supply = record_use(supply, taken(1, day(3)))
    supply = record_use(supply, taken(2, day(10)))
    supply = record_count(supply, counted(1, 0, day(12)))
    supply = dispense(supply, fill(2, on=day(12)), ORDER, answers=SHIPPING)
    found = ledger(supply, on=day(12))
    assert (found.dispensed, found.remaining, found.refills_used, found.used) == (8, 4, 1, 4)
    assert (found.expected_on_hand, found.sessions_left, found.lasts_until) == (4, 2, day(28))
    assert (found.last_counted, found.counted_on, found.discrepancy) == (0, day(12), 0)
    assert found.last_day == date(2027, 6, 1)
    assert ledger(supply, on=day(5)).expected_on_hand == 2
    assert ledger(supply, on=date(2027, 6, 2)).remaining == 0


def test_without_the_units_of_a_session_there_are_no_sessions():
    supply = given_supply(fill(), units_per_session=None)
    assert ledger(supply, on=ISSUED).sessions_left is None
    assert ledger(given_supply(), on=ISSUED).lasts_until is None


def test_a_count_finds_units_missing_and_a_loss_explains_it_whenever_it_is_recorded():
    supply = record_count(given_supply(fill()), counted(1, 3, day(5)))
    assert ledger(supply, on=day(5)).discrepancy == -1
    lost = Loss(id="l-1", units=1, on=day(2), reason="lost")
    assert ledger(record_loss(supply, lost), on=day(9)).discrepancy == 0
    at_the_count = attrs.evolve(lost, on=day(5))
    assert ledger(record_loss(supply, at_the_count), on=day(9)).discrepancy == -1  # gone after it, so one more
    assert ledger(record_loss(supply, attrs.evolve(at_the_count, explains="c-1")), on=day(9)).discrepancy == 0
    more = record_count(supply, counted(2, 9, day(6)))
    assert ledger(more, on=day(6)).discrepancy == 5


def test_a_correction_takes_the_place_of_its_entry_on_its_own_day():
    supply = record_count(record_use(given_supply(fill()), taken(1, day(3))), counted(1, 3, day(5)))
    supply = record_use(supply, attrs.evolve(taken(1, day(3), units=1), id="u-2", corrects="u-1"))
    assert (ledger(supply, on=day(5)).used, ledger(supply, on=day(5)).discrepancy) == (1, 0)
    again = record_count(supply, attrs.evolve(counted(1, 2, day(5)), id="c-2", corrects="c-1"))
    assert ledger(again, on=day(5)).discrepancy == -1
    explained = record_loss(again, Loss(id="l", units=1, on=day(5), reason="damaged", explains="c-1"))
    assert ledger(explained, on=day(5)).discrepancy == 0
    with pytest.raises(StateError, match=r"supply\.reference"):
        record_use(supply, attrs.evolve(taken(1, day(3)), id="u-3", corrects="u-1"))  # no longer the one that stands


def test_what_cannot_have_happened_is_refused():
    supply = given_supply(fill())
    with pytest.raises(LimitError, match=r"refused: supply\.more-than-held"):
        record_return(supply, Return(id="r", units=5, on=day(1)))
    with pytest.raises(LimitError, match=r"supply\.more-than-held"):
        record_use(given_supply(fill(on=day(4))), taken(1, day(3)))  # before the fill
    with pytest.raises(ConflictError, match=r"supply\.duplicate"):
        record_count(supply, attrs.evolve(counted(1, 4, day(1)), id="f-1"))
    with pytest.raises(ConflictError, match=r"supply\.session-twice"):
        record_use(record_use(supply, taken(1, day(1))), attrs.evolve(taken(1, day(2), units=1), id="u-9"))
    with pytest.raises(StateError, match=r"supply\.before-issue"):
        record_count(supply, counted(1, 4, day(-1)))
    for explains in ("f-1", "c-9"):
        with pytest.raises(StateError, match=r"supply\.reference"):
            record_loss(supply, Loss(id="l", units=1, on=day(1), reason="stolen", explains=explains))
    with pytest.raises(StateError, match=r"value\.range"):
        record_return(supply, Return(id="r", units=-1, on=day(1)))
    broken = given_supply(fill(), fill())
    assert [issue.code for issue in check_supply(broken)] == ["supply.duplicate"]
    with pytest.raises(StateError, match=r"has faults: supply\.duplicate"):
        record_count(broken, counted(1, 4, day(1)))
    with pytest.raises(StateError, match=r"has faults: supply\.duplicate"):
        ledger(broken, on=day(1))


def test_fills_are_of_the_prescription_and_in_order():
    supply = given_supply(fill(on=day(20)))
    with pytest.raises(StateError, match=r"supply\.other-prescription"):
        dispense(supply, attrs.evolve(fill(2, on=day(40)), prescription="q"), ORDER, answers=SHIPPING)
    with pytest.raises(StateError, match=r"supply\.out-of-order"):
        dispense(supply, fill(2, on=day(10)), ORDER, answers=SHIPPING)
    with pytest.raises(ConflictError, match=r"supply\.duplicate"):
        dispense(supply, fill(1, on=day(40)), ORDER, answers=SHIPPING)
    later = record_count(supply, counted(1, 4, day(30)))
    assert "inclusion.sound-record" in codes(later, on=day(25))


# --- the gate ---------------------------------------------------------------------------------------------------------


def test_nothing_known_is_a_hold_with_every_question():
    found = can_ship(given_supply(units_per_session=None), None, units=4, on=ISSUED, answers={})
    assert not found.is_allowed
    assert {each.state for each in found.blocks} == {"not-known"}
    assert {each.code for each in found.blocks} == {
        *("inclusion.order-in-force", "inclusion.dose-within-order", "deferral.beyond-order-sessions"),
        *("deferral.too-much-at-home", "deferral.possible-misuse", "inclusion.locked-storage"),
        *("deferral.overdue-check-in", "inclusion.pressure-log", "deferral.open-side-effect"),
        "deferral.urinary-symptoms-at-home",
    }
    assert all(each.questions for each in found.blocks)


def test_every_block_at_once_and_who_lifts_each():
    worse = {fact_id: not value for fact_id, value in SHIPPING.items()}
    supply = given_supply(fill(), taken(1, day(1)), counted(1, 1, day(2)), refills=0)
    supply = record_loss(supply, Loss(id="l", units=1, on=day(3), reason="damaged"))
    ended = attrs.evolve(ORDER, valid_until=day(3), maximum_mg=Decimal(99), sessions=2)
    found = can_ship(supply, ended, units=5, on=day(4), answers=worse)
    assert {each.code: each.cleared_by for each in found.blocks} == {
        "exclusion.more-than-prescribed": None,
        "inclusion.order-in-force": None,
        "inclusion.dose-within-order": None,
        "deferral.beyond-order-sessions": None,
        "deferral.more-than-one-fill": None,
        "deferral.too-much-at-home": "prescriber",
        "deferral.early-request": "prescriber",
        "deferral.unexplained-count": "prescriber",
        "deferral.units-lost": "prescriber",
        "deferral.possible-misuse": "prescriber",
        "inclusion.locked-storage": "coordinator",
        "deferral.overdue-check-in": "clinician",
        "inclusion.pressure-log": "nurse",
        "deferral.open-side-effect": "clinician",
        "deferral.urinary-symptoms-at-home": "prescriber",
    }
    assert {each.state for each in found.blocks} == {"stands"}
    locked = next(each for each in found.blocks if each.code == "inclusion.locked-storage")
    assert locked.why == "Not so: The units are kept locked."


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        (date(2026, 12, 1), date(2027, 6, 1)),
        (date(2026, 8, 31), date(2027, 2, 28)),  # the last day of a shorter month
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 8, 29)),
        (date(2026, 12, 31), date(2027, 6, 30)),
    ],
)
def test_six_months_end_with_their_last_day(issued, last):
    supply = given_supply(issued_on=issued)
    of = attrs.evolve(ORDER, signed_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert "exclusion.prescription-expired" not in codes(supply, on=last, of=of)
    assert "exclusion.prescription-expired" in codes(supply, on=last + timedelta(days=1), of=of)
    assert ledger(supply, on=issued).last_day == last
    assert {"deferral.not-yet-issued"} < set(codes(supply, on=issued - timedelta(days=1), of=of))


def test_partial_fills_add_up_to_five_refills_and_no_more():
    supply, on = given_supply(refills=9, units_per_session=1), ISSUED
    for number in range(6):
        on = day(14 * number)
        supply = given_supply(*supply.events, fill(number, on=on), refills=9, units_per_session=4)
    assert ledger(supply, on=on).refills_used == 5
    assert ledger(supply, on=on).remaining == 0
    one = codes(supply, units=1, on=on)
    assert "exclusion.refills-used-up" in one
    assert "exclusion.more-than-prescribed" not in one  # the prescriber wrote nine
    back = record_return(supply, Return(id="r", units=4, on=on))
    assert "exclusion.refills-used-up" in codes(back, units=1, on=on)  # what came back is not dispensed again


def test_the_order_has_to_be_the_prescriptions_at_home_and_in_force():
    last = ORDER.signed_at.date()
    assert codes(given_supply(), of=attrs.evolve(ORDER, valid_until=ISSUED)) == []
    for other in (
        attrs.evolve(ORDER, id="order-2"),
        attrs.evolve(ORDER, setting="clinic"),
        attrs.evolve(ORDER, valid_until=ISSUED - timedelta(days=1)),
    ):
        assert codes(given_supply(), of=other) == ["inclusion.order-in-force"]
    early = given_supply(issued_on=last - timedelta(days=9))
    assert codes(early, on=last - timedelta(days=1)) == ["inclusion.order-in-force"]
    assert codes(given_supply(mg_per_unit=Decimal(75))) == []
    assert codes(given_supply(mg_per_unit=Decimal("75.01"))) == ["inclusion.dose-within-order"]
    four = order("home-ordered")
    two_fills = [fill(number, on=day(7 * number), days=7) for number in range(2)]
    assert "deferral.beyond-order-sessions" not in codes(given_supply(*two_fills[:1]), of=four, on=day(7))
    assert "deferral.beyond-order-sessions" in codes(given_supply(*two_fills), of=four, on=day(14), units=1)


def test_what_was_lost_was_released_and_what_came_back_was_not():
    two, gone = attrs.evolve(ORDER, sessions=2), {"units": 4, "on": day(1)}
    lost = record_loss(given_supply(fill(days=1)), Loss(id="l", reason="stolen", **gone))
    assert "deferral.beyond-order-sessions" in codes(lost, of=two, on=day(1), units=1)
    back = record_return(given_supply(fill(days=1)), Return(id="r", **gone))
    assert "deferral.beyond-order-sessions" not in codes(back, of=two, on=day(1), units=1)


def test_a_loss_holds_until_the_next_fill_and_found_again_it_holds_no_more():
    supply = record_loss(given_supply(fill(days=1)), Loss(id="l", units=1, on=day(1), reason="lost"))
    assert "deferral.units-lost" in codes(supply, on=day(2), units=1)
    found = record_loss(supply, Loss(id="m", units=0, on=day(2), reason="lost", corrects="l"))
    assert "deferral.units-lost" not in codes(found, on=day(2), units=1)
    sent = attrs.evolve(supply, events=(*supply.events, fill(2, units=1, on=day(2), days=1)))
    assert "deferral.units-lost" not in codes(sent, on=day(3), units=1)


def test_units_at_home_count_before_more_are_released():
    supply = given_supply(fill(days=3), taken(1, day(1)), counted(1, 2, day(2)))
    assert codes(supply, units=2, on=day(3)) == []
    assert codes(supply, units=3, on=day(3)) == ["deferral.too-much-at-home"]
    found_more = given_supply(fill(days=3), taken(1, day(1)), counted(1, 3, day(2)))
    assert codes(found_more, units=2, on=day(3)) == ["deferral.too-much-at-home", "deferral.unexplained-count"]


def test_three_days_early_is_early_and_fills_add_up():
    supply = given_supply(fill(days=20), taken(1, day(1)), taken(2, day(2)), counted(1, 0, day(17)))
    assert codes(supply, on=day(17)) == ["deferral.early-request"]
    assert codes(supply, on=day(18)) == []
    twice = given_supply(fill(units=2, days=7), fill(2, units=2, days=7), taken(1, day(1)), taken(2, day(2)))
    twice = record_count(twice, counted(1, 0, day(11)))
    assert codes(twice, on=day(11)) == ["deferral.early-request"]
    assert codes(twice, on=day(12)) == []


def test_a_count_has_to_be_fresh_and_of_what_was_last_sent():
    sent = given_supply(fill(days=3), taken(1, day(1)), taken(2, day(2)))
    assert codes(sent, on=day(9)) == ["deferral.unexplained-count"]
    fresh = record_count(sent, counted(1, 0, day(2)))
    assert codes(fresh, on=day(9)) == []
    assert codes(fresh, on=day(10)) == ["deferral.unexplained-count"]
    before = given_supply(fill(days=1), counted(1, 4, ISSUED), fill(2, units=1, on=day(1), days=1), refills=9)
    assert "deferral.unexplained-count" in codes(before, units=1, on=day(2))


def test_more_than_a_sessions_units_is_a_signal_whatever_is_answered():
    supply = given_supply(fill(days=3), taken(1, day(1), units=4), counted(1, 0, day(2)))
    assert codes(supply, on=day(3)) == ["deferral.possible-misuse"]
    assert codes(supply, on=day(3), answers=SHIPPING | {"supply.misuse_signal": True}) == ["deferral.possible-misuse"]


def test_an_answer_against_the_record_makes_the_fact_unknown():
    supply = given_supply(fill())
    said = SHIPPING | {"supply.days_early": 0, "supply.refills_needed": 0}
    blocks = can_ship(supply, ORDER, units=4, on=day(1), answers=said).blocks
    states = {each.code: each.state for each in blocks}
    assert states["deferral.early-request"] == states["exclusion.refills-used-up"] == "not-known"
    with pytest.raises(UnknownFactError, match=r"supply\.open_event"):
        codes(supply, answers={"supply.open_evnt": False})
    with pytest.raises(LimitError, match="at least one unit"):
        codes(supply, units=0)


# --- clearing ---------------------------------------------------------------------------------------------------------


def test_a_cleared_shipment_goes_once_and_keeps_what_was_signed():
    supply = given_supply(fill(), taken(1, day(1)), taken(2, day(2)), counted(1, 0, day(8)))
    held = can_ship(supply, ORDER, units=4, on=day(9), answers=SHIPPING)
    assert [each.code for each in held.blocks] == ["deferral.early-request"]
    signed = clear_block(
        held,
        "deferral.early-request",
        by="A. Prescriber",
        role="prescriber",
        reason="explained",
        on=day(9),
        expires_on=day(30),
    )
    found = can_ship(supply, ORDER, units=4, on=day(9), answers=SHIPPING, clearings=[signed, signed])
    assert (found.is_allowed, found.clearings, [each.code for each in found.cleared]) == (
        True,
        (signed,),
        ["deferral.early-request"],
    )
    with pytest.raises(LimitError, match=r"not allowed: deferral\.early-request$"):
        dispense(supply, fill(2, on=day(9)), ORDER, answers=SHIPPING)
    sent = dispense(supply, fill(2, on=day(9)), ORDER, answers=SHIPPING, clearings=[signed])
    assert sent.events[-1].clearings == (signed,)
    assert sent.events[-1].determination_digest == digest(found.determination)
    sent = record_use(record_use(sent, taken(3, day(10))), taken(4, day(11)))
    again = can_ship(sent, ORDER, units=4, on=day(12), answers=SHIPPING, clearings=[signed])
    assert [(each.criterion, each.why) for each in again.unfit] == [("deferral.early-request", "other-record")]


def test_nobody_signs_the_law_away():
    held = can_ship(given_supply(refills=0), None, units=5, on=ISSUED, answers={})
    signed = {"by": "A", "role": "prescriber", "reason": "reviewed", "on": ISSUED, "expires_on": ISSUED}
    with pytest.raises(LimitError, match=r"exclusion\.more-than-prescribed is not cleared: cannot-be-cleared"):
        clear_block(held, "exclusion.more-than-prescribed", **signed)
    with pytest.raises(LimitError, match="no block is cleared: no-such-block"):
        clear_block(held, "exclusion.prescription-expired", **signed)
    open_question = "deferral.possible-misuse"
    with pytest.raises(LimitError, match="unfit-reason"):
        clear_block(held, open_question, **signed)
    assert clear_block(held, open_question, **signed | {"reason": "verified-elsewhere"}).criterion == open_question


def test_every_criterion_has_its_role_and_every_role_its_criterion():
    assert set(table("supply")["roles"]) == {each.id for each in GATE.criteria}
    assert {
        *("exclusion.more-than-prescribed", "exclusion.refills-used-up", "exclusion.prescription-expired"),
        *("deferral.not-yet-issued", "inclusion.sound-record", "inclusion.order-in-force"),
        *("inclusion.dose-within-order", "deferral.beyond-order-sessions", "deferral.more-than-one-fill"),
    } == HARD


# --- where the law ends, and other law --------------------------------------------------------------------------------


def test_past_its_last_day_the_law_is_looked_up_before_anything_is_shipped():
    supply, last = given_supply(issued_on=date(2027, 11, 1)), date(2027, 11, 24)
    assert codes(supply, on=last) == []
    held = can_ship(supply, ORDER, units=4, on=last + timedelta(days=1), answers=SHIPPING)
    assert [(each.code, each.state, each.cleared_by) for each in held.blocks] == [
        ("refills", "not-to-be-relied-on", "pharmacist"),
        ("months", "not-to-be-relied-on", "pharmacist"),
    ]
    assert held.blocks[0].citations[0].source == "CFR1306"
    signed = [
        clear_block(held, each, by="P", role="pharmacist", reason="law-looked-up", on=held.on, expires_on=held.on)
        for each in ("refills", "months")
    ]
    assert codes(supply, on=held.on, clearings=signed) == []


def test_a_clinic_adds_its_states_law_and_questions_of_its_own():
    known = load_catalog(
        {
            "fact": [
                {
                    "id": "clinic.monitoring_checked",
                    "kind": "boolean",
                    "harm": "false",
                    "label": "Prescription monitoring looked up",
                    "question": "Has the prescriber looked the person up in the state's monitoring program?",
                }
            ]
        },
        extends=catalog(),
    )
    ours = read_rulebook(
        EXTENDS
        + """
[[parameter]]
id = "months"
value = 3
effective_until = 2028-06-30
approved = { by = "A. Clinician", role = "physician", on = 2026-11-20 }

[[criterion]]
id = "precaution.monitoring"
kind = "precaution"
statement = "Our state's monitoring program is looked up before each shipment."
when = { fact = "clinic.monitoring_checked", op = "=", value = false }
action = "Look the person up first."
sources = [{ id = "GENERAL", locator = "our state's rule", confidence = "well_known" }]
""",
        known=known,
    )
    options = {"rulebook": ours, "known": known, "on": date(2027, 3, 2)}
    assert codes(given_supply(), **options) == ["exclusion.prescription-expired", "precaution.monitoring"]
    said = SHIPPING | {"clinic.monitoring_checked": True}
    options["on"] = date(2027, 3, 1)
    assert codes(given_supply(), answers=said, **options) == []
    assert ledger(given_supply(), on=ISSUED, rulebook=ours).last_day == date(2027, 3, 1)
    held = can_ship(given_supply(), ORDER, units=4, answers=SHIPPING, **options)
    assert [each.cleared_by for each in held.blocks] == ["prescriber"]


def test_a_rulebook_of_a_clinic_takes_nothing_from_the_law():
    removed = '[[change]]\nid = "exclusion.refills-used-up"\nremoved = true\nreason = "We know better."\n'
    waived = '[[change]]\nid = "exclusion.more-than-prescribed"\noverridable = true\nreason = "We know better."\n'
    with pytest.raises(RuleError, match=r"loosens .*: exclusion\.more-than-prescribed, exclusion\.refills-used-up$"):
        codes(given_supply(), rulebook=read_rulebook(EXTENDS + removed + waived))
    looser = '[[change]]\nid = "deferral.early-request"\nremoved = true\nreason = "Our clinic is far away."\n'
    assert codes(given_supply(fill()), on=day(1), rulebook=read_rulebook(EXTENDS + looser)) == [
        "deferral.too-much-at-home",
        "deferral.unexplained-count",
    ]
    with pytest.raises(RuleError, match="not decided by a rulebook for discharge"):
        codes(given_supply(), rulebook=read_rulebook(EXTENDS.replace('"shipment"', '"discharge"')))
    wide = read_rulebook(EXTENDS + 'routes = ["oral"]\n')
    found = can_ship(given_supply(), ORDER, units=4, on=ISSUED, answers=SHIPPING, rulebook=wide)
    assert [(each.code, each.cleared_by) for each in found.blocks] == [("sought.route", None)]
    ended = read_rulebook(EXTENDS + "effective_until = 2026-11-30\n")
    found = can_ship(given_supply(), ORDER, units=4, on=ISSUED, answers=SHIPPING, rulebook=ended)
    assert [(each.code, each.cleared_by) for each in found.blocks] == [("our-state", "pharmacist")]
