"""
Law 6 for supply: no history talks the ledger past the law, by whatever is recorded, cleared, corrected or waited for.

Beside it laws 1 and 2 for the gate, and the ledger against one that is kept by hand.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.making import SHIPPING, order

from ketaprogram import FactSet, LimitError, StateError, catalog, determine, digest, load_rulebook, read, replay, write
from ketaprogram.errors import ConflictError
from ketaprogram.facts.model import BooleanFact, DateFact, QuantityFact
from ketaprogram.rules.model import Status
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
    supply_facts,
)
from ketaprogram.supply.model import Clearing, Count, Fill, Loss, Prescription, Return, Supply, Use
from ketaprogram.testing.conformance import (
    check_basis,
    check_harm_never_helps,
    check_ignorance_never_permits,
    check_order_is_irrelevant,
)
from ketaprogram.testing.strategies import AS_OF, documents, fact_sets, facts

GATE = load_rulebook("shipment")
HARD = {each.id for each in GATE.criteria if not each.overridable}
ORDER = attrs.evolve(order("home-ordered"), sessions=1000, valid_until=date(2099, 12, 31))
ISSUED = date(2026, 12, 1)


# --- laws 1 and 2 -----------------------------------------------------------------------------------------------------


def calm(definition):
    """The value of a fact that holds nothing."""
    if definition.kind == "boolean":
        return BooleanFact(id=definition.id, value=definition.harm == "false", observed_at=AS_OF)
    if definition.kind == "date":
        return DateFact(id=definition.id, value=AS_OF.date(), observed_at=AS_OF)
    return QuantityFact(id=definition.id, value=Decimal(0), unit=definition.unit, observed_at=AS_OF)


@st.composite
def calm_but_for_a_little(draw):
    changed = draw(st.lists(st.sampled_from(GATE.asks), max_size=2, unique=True))
    return FactSet(
        facts=tuple(draw(facts(catalog()[each])) if each in changed else calm(catalog()[each]) for each in GATE.asks)
    )


some_facts = st.one_of(fact_sets(GATE.asks), calm_but_for_a_little())


def test_calm_facts_let_a_shipment_go():
    known = FactSet(facts=tuple(calm(catalog()[each]) for each in GATE.asks))
    assert determine(known, GATE, AS_OF).status is Status.CANDIDATE


@given(some_facts, st.data())
def test_ignorance_never_lets_a_shipment_go(known, data):
    if known.facts:
        removed = data.draw(st.lists(st.sampled_from([each.id for each in known.facts]), min_size=1, unique=True))
        check_ignorance_never_permits(GATE, known, tuple(removed), AS_OF)


@given(some_facts)
def test_harm_never_lets_a_shipment_go(known):
    check_harm_never_helps(GATE, known, AS_OF)


@given(some_facts)
def test_the_gate_shows_its_basis(known):
    check_basis(GATE, known, AS_OF)
    check_order_is_irrelevant(GATE, known, AS_OF)


def given_supply(*events, **changes):
    members = {"id": "p", "order": "order-1", "units": 4, "refills": 2, "issued_on": ISSUED}
    members |= {"units_per_session": 2, "mg_per_unit": Decimal(50)} | changes
    return Supply(prescription=Prescription(**members), events=events)


answer_sets = st.dictionaries(st.sampled_from(sorted(SHIPPING)), st.sampled_from(["calm", "worse", "asked badly"]))


def said(chosen):
    return {
        fact_id: {"calm": SHIPPING[fact_id], "worse": not SHIPPING[fact_id], "asked badly": 7}[how]
        for fact_id, how in chosen.items()
    }


@given(answer_sets, st.sets(st.sampled_from(sorted(SHIPPING))))
def test_less_or_worse_answers_only_add_blocks(chosen, dropped):
    """Laws 1 and 2 from the outside, and every block has its question, its role and its source."""
    request = {"units": 4, "on": ISSUED}
    best = can_ship(given_supply(), ORDER, answers=SHIPPING, **request)
    some = can_ship(given_supply(), ORDER, answers=SHIPPING | said(chosen), **request)
    fewer = {fact_id: value for fact_id, value in (SHIPPING | said(chosen)).items() if fact_id not in dropped}
    less = can_ship(given_supply(), ORDER, answers=fewer, **request)
    assert best.is_allowed
    assert some.is_allowed is all(each == "calm" for each in chosen.values())
    codes = {each.code for each in less.blocks}
    assert {each.code for each in some.blocks} <= codes
    assert len(codes) == len(dropped | {key for key, how in chosen.items() if how != "calm"})
    assert not replay(less.determination, GATE).differing
    for block in less.blocks:
        assert block.citations
        assert block.cleared_by == block.role
        assert (block.state == "not-known") is bool(block.questions)


# --- clearing ---------------------------------------------------------------------------------------------------------

WRONG = {
    "wrong-role": {"role": "coordinator"},
    "unfit-reason": {"reason": "law-looked-up"},
    "not-yet-signed": {"on": ISSUED + timedelta(days=1)},
    "expired": {"expires_on": ISSUED - timedelta(days=1)},
    "other-record": {"supply_digest": digest(given_supply(refills=3))},
    "more-units": {"units": 3},
    "no-such-block": {"criterion": "deferral.early-request"},
    "cannot-be-cleared": {"criterion": "inclusion.order-in-force"},
}


some_wrong = st.sampled_from(sorted(WRONG))


@given(some_wrong.map(lambda one: {one}) | st.sets(some_wrong, min_size=1))
def test_whatever_is_wrong_with_a_clearing_it_clears_nothing_and_says_so(wrong):
    request = {"units": 4, "on": ISSUED, "answers": SHIPPING | {"supply.open_event": True}}
    held = can_ship(given_supply(refills=0), None, **request)
    right = clear_block(
        held,
        "deferral.open-side-effect",
        by="A. Clinician",
        role="clinician",
        reason="reviewed",
        on=ISSUED,
        expires_on=ISSUED,
    )
    assert len(can_ship(given_supply(refills=0), None, clearings=[right], **request).blocks) == len(held.blocks) - 1
    changes = {name: value for each in sorted(wrong) for name, value in WRONG[each].items()}
    found = can_ship(given_supply(refills=0), None, clearings=[attrs.evolve(right, **changes)], **request)
    assert found.blocks == held.blocks
    assert (found.cleared, found.clearings) == ((), ())
    assert found.unfit[0].why in wrong


# --- whatever is called in whatever order -----------------------------------------------------------------------------


def months_after(day, months):
    """The same day of a later month, or the last of a shorter one, counted by hand."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


ISSUES = [date(2026, 12, 1), date(2026, 8, 31), date(2027, 8, 31), date(2027, 7, 15), date(2028, 2, 29)]
some_units = st.integers(-1, 9)


class Shipping(RuleBasedStateMachine):
    """Somebody tries everything to get more than was prescribed, and keeps a ledger of their own."""

    @initialize(
        units=st.integers(1, 8),
        refills=st.integers(0, 9),
        per_session=st.sampled_from([1, 2, 3, 1, None]),
        issued=st.sampled_from(ISSUES),
    )
    def begin(self, units, refills, per_session, issued):
        self.supply = given_supply(units=units, refills=refills, units_per_session=per_session, issued_on=issued)
        self.limit = units * (1 + min(refills, 5))
        self.last_day = months_after(issued, 6)
        self.day = issued
        self.kept: list[dict] = []  # the ledger by hand, in the order of recording
        self.signed: list = []

    def keep(self, kind, units, on, **more):
        self.kept.append({"id": f"{kind}-{len(self.kept)}", "kind": kind, "units": units, "on": on, **more})
        return self.kept[-1]["id"]

    def on_hand_goes_below_nothing(self):
        held = 0
        for each in self.by_hand():
            held += {"fill": 1, "count": 0}.get(each["kind"], -1) * each["units"]
            if held < 0:
                return True
        return False

    def by_hand(self):
        """What happened in its order, by a plain walk over the days."""
        days = sorted({each["on"] for each in self.kept})
        explained = {each["explains"] for each in self.kept if each.get("explains")}
        losses = {key: [each for each in self.kept if each.get("explains") == key] for key in explained}
        told = []
        for day in days:
            for each in self.kept:
                if each["on"] == day and not each.get("explains"):
                    told += [*losses.get(each["id"], []), each] if each["kind"] == "count" else [each]
        return told

    def attempt(self, make, kind, units, on, **more):
        """Record by hand and in the library: both take it or both refuse it."""
        before = [dict(each) for each in self.kept]
        entry_id = self.keep(kind, units, on, **more)
        refused = units < 0 or on < self.supply.prescription.issued_on or self.on_hand_goes_below_nothing()
        if more.get("explains"):
            refused |= next(each for each in self.kept if each["id"] == more["explains"])["on"] < on
        try:
            self.supply = make(entry_id)
        except (LimitError, StateError):
            assert refused
            self.kept = before
        else:
            assert not refused

    @rule(days=st.integers(0, 45))
    def wait(self, days):
        self.day += timedelta(days=days)

    @rule(
        wanted=st.integers(-2, 10),
        days=st.integers(1, 20),
        early=st.sampled_from([0, 0, 0, 1, 30]),
        with_order=st.booleans(),
        bad=st.sampled_from([None, None, *sorted(SHIPPING)]),
        clear=st.booleans(),
        again=st.booleans(),
    )
    def ship(self, wanted, days, early, with_order, bad, clear, again):
        on = self.day - timedelta(days=early)
        request = {"order": ORDER if with_order else None, "answers": SHIPPING | ({bad: 7} if bad else {})}
        fill_id = "fill-0" if again else f"fill-{len(self.kept)}"
        fill = Fill(id=fill_id, prescription="p", units=wanted, on=on, days=days)
        clearings = list(self.signed)
        if wanted > 0:
            held = can_ship(self.supply, units=wanted, on=on, **request)
            self.is_held_where_the_hand_says_so(held, wanted, on)
            if clear:
                clearings += [self.cleared(held, each) for each in held.blocks]
                self.signed = clearings[-40:]
        try:
            self.supply = dispense(self.supply, fill, clearings=clearings, **request)
        except (LimitError, StateError):
            return
        assert wanted > 0
        assert fill_id not in {each["id"] for each in self.kept}
        assert not bad or clear or clearings
        self.keep("fill", wanted, on, days=days)
        sent = self.supply.events[-1]
        assert {each.criterion for each in sent.clearings} & HARD == set()
        assert sent.determination_digest is not None

    @rule(asked=st.lists(st.tuples(st.integers(1, 8), st.integers(0, 30)), min_size=4, max_size=14))
    def ask_for_all_there_is(self, asked):
        """Calm answers, in fills and part fills, with everything cleared that anybody may clear."""
        for wanted, wait in asked:
            self.day += timedelta(days=wait)
            units = min(wanted, self.supply.prescription.units)
            self.ship(wanted=units, days=7, early=0, with_order=True, bad=None, clear=True, again=False)

    def cleared(self, held, block):
        """Signed by the right role; what nobody may clear is forged."""
        reason = {"stands": "reviewed", "not-known": "verified-elsewhere"}.get(block.state, "law-looked-up")
        signed = {"role": block.role, "by": "B", "reason": reason, "on": held.on, "expires_on": date(2099, 1, 1)}
        if block.is_clearable:
            return clear_block(held, block.code, **signed)
        return Clearing(criterion=block.code, supply_digest=held.supply_digest, units=held.units, **signed)

    def is_held_where_the_hand_says_so(self, held, wanted, on):
        fills = [each for each in self.kept if each["kind"] == "fill"]
        total = sum(each["units"] for each in fills) + wanted
        prescription = self.supply.prescription
        codes = {each.code for each in held.blocks}
        assert ("exclusion.more-than-prescribed" in codes) is (total > prescription.units * (1 + prescription.refills))
        assert ("exclusion.refills-used-up" in codes) is (total > prescription.units * 6)
        assert ("exclusion.prescription-expired" in codes) is (on > self.last_day or on < prescription.issued_on)
        assert ("deferral.more-than-one-fill" in codes) is (wanted > prescription.units)
        assert ("inclusion.sound-record" in codes) is any(each["on"] > on for each in self.kept)
        assert {"refills", "months"} & codes == ({"refills", "months"} if on > date(2027, 11, 24) else set())
        until = None
        for each in fills:
            until = max(until or each["on"], each["on"]) + timedelta(days=each["days"])
        assert ("deferral.early-request" in codes) is (until is not None and (until - on).days >= 3)

    @rule(units=some_units, back=st.integers(0, 40))
    def give_back(self, units, back):
        on = self.day - timedelta(days=back)
        self.attempt(lambda key: record_return(self.supply, Return(id=key, units=units, on=on)), "return", units, on)

    @rule(units=some_units, back=st.integers(0, 40))
    def take(self, units, back):
        on = self.day - timedelta(days=back)
        self.attempt(
            lambda key: record_use(self.supply, Use(id=key, session=key, units=units, on=on)), "use", units, on
        )

    @rule(units=some_units, back=st.integers(0, 40), data=st.data())
    def lose(self, units, back, data):
        on = self.day - timedelta(days=back)
        counts = [each["id"] for each in self.kept if each["kind"] == "count"]
        explains = data.draw(st.none() | st.sampled_from(counts)) if counts else None
        loss = Loss(id="", units=units, on=on, reason="lost", explains=explains)
        self.attempt(
            lambda key: record_loss(self.supply, attrs.evolve(loss, id=key)), "loss", units, on, explains=explains
        )

    @rule(units=st.integers(0, 12), back=st.integers(0, 10))
    def count(self, units, back):
        on = self.day - timedelta(days=back)
        self.attempt(
            lambda key: record_count(self.supply, Count(id=key, units=units, on=on, by="C. Nurse")), "count", units, on
        )

    @precondition(lambda self: any(each["kind"] == "use" for each in self.kept))
    @rule(units=some_units, back=st.integers(0, 10), data=st.data())
    def correct_a_use(self, units, back, data):
        """A correction takes the place of its entry; by hand, the entry is simply written over."""
        wrong = data.draw(st.sampled_from([each for each in self.kept if each["kind"] == "use"]))
        before, on = dict(wrong), self.day - timedelta(days=back)
        entry_id = f"again-{len(self.supply.events)}"
        wrong |= {"units": units, "on": on, "now": entry_id}
        refused = units < 0 or on < self.supply.prescription.issued_on or self.on_hand_goes_below_nothing()
        correction = Use(id=entry_id, session=wrong["id"], units=units, on=on, corrects=before.get("now", before["id"]))
        try:
            self.supply = record_use(self.supply, correction)
        except (LimitError, StateError):
            assert refused
            wrong.clear()
            wrong |= before
        else:
            assert not refused

    @rule(kind=st.sampled_from(["fill", "session", "fill corrected"]))
    def cheat(self, kind):
        """The same session or id once more, and a fill that somebody would like to have been smaller."""
        fills = [each for each in self.supply.events if isinstance(each, Fill)]
        uses = [each for each in self.supply.events if isinstance(each, Use)]
        if kind == "fill" and fills:
            with pytest.raises(ConflictError):
                dispense(self.supply, fills[-1], ORDER, answers=SHIPPING)
        if kind == "session" and uses:
            with pytest.raises(ConflictError):
                record_use(self.supply, attrs.evolve(uses[-1], id="twice", corrects=None))
        if kind == "fill corrected" and fills:
            with pytest.raises(StateError):
                record_return(self.supply, Return(id="less", units=0, on=self.day, corrects=fills[-1].id))

    @invariant()
    def nothing_passes_the_law(self):
        if not hasattr(self, "supply"):
            return
        prescription = self.supply.prescription
        fills = [each for each in self.supply.events if isinstance(each, Fill)]
        total = sum(each.units for each in fills)
        assert total <= self.limit <= prescription.units * (1 + prescription.refills)
        assert all(prescription.issued_on <= each.on <= self.last_day for each in fills)
        assert all(1 <= each.units <= prescription.units for each in fills)

    @invariant()
    def the_ledger_is_the_one_kept_by_hand(self):
        if not hasattr(self, "supply"):
            return
        end = max([self.day, *(each["on"] for each in self.kept)])
        found = ledger(self.supply, on=end)
        sums = {
            kind: sum(e["units"] for e in self.kept if e["kind"] == kind) for kind in ("fill", "return", "loss", "use")
        }
        expected = sums["fill"] - sums["return"] - sums["loss"] - sums["use"]
        assert (found.dispensed, found.returned, found.lost, found.used) == tuple(sums.values())
        assert found.expected_on_hand == expected >= 0
        assert found.refills_used <= min(self.supply.prescription.refills, 5)
        assert found.remaining == (self.limit - sums["fill"] if end <= self.last_day else 0)
        told = self.by_hand()
        counts = [place for place, each in enumerate(told) if each["kind"] == "count"]
        if not counts:
            assert (found.discrepancy, found.last_counted, found.counted_on) == (None, None, None)
        else:
            held = sum({"fill": 1, "count": 0}.get(e["kind"], -1) * e["units"] for e in told[: counts[-1]])
            last = told[counts[-1]]
            assert (found.last_counted, found.counted_on) == (last["units"], last["on"])
            assert found.discrepancy == last["units"] - held
        for day in {each["on"] for each in self.kept}:
            assert ledger(self.supply, on=day).expected_on_hand >= 0

    @invariant()
    def the_record_is_sound_and_reads_back(self):
        if hasattr(self, "supply"):
            assert check_supply(self.supply) == ()
            assert read(Supply, write(self.supply)) == self.supply


TestShipping = Shipping.TestCase


@given(documents(Supply), st.integers(1, 1000), st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.booleans())
def test_any_record_whatever_is_answered(supply, units, on, with_order):
    """A record from elsewhere may hold anything: its faults are blocks, never a crash, and never permission."""
    found = can_ship(supply, ORDER if with_order else None, units=units, on=on, answers=SHIPPING)
    if check_supply(supply):
        assert "inclusion.sound-record" in {each.code for each in found.blocks}
        with pytest.raises(StateError):
            ledger(supply, on=on)
    known = supply_facts(supply, ORDER, units=units, on=on, answers={})
    assert known.get("supply.issued_on") is not None
