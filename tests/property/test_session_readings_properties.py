"""The readings of a day: repeats before the dose, what is expected after it, alerts by tier, who was there."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.making import AS_OF, LEAVING, READY, dosed, order, prepared, reading, schedule

from ketaprogram import Status, determine, load_rulebook
from ketaprogram.errors import StateError
from ketaprogram.protocol import load_protocol, protocol_names
from ketaprogram.sessions import (
    attended_minutes,
    discharge,
    expected_observations,
    next_reading,
    observation_alerts,
    readiness_facts,
    record_check_in,
    record_observation,
    record_presence,
    record_presence_check,
    session_facts,
)
from ketaprogram.sessions.expecting import expected_kinds
from ketaprogram.sessions.model import Attestation, CheckIn, Observation, Presence, PresenceCheck

IV, HOME, LABEL = (load_protocol(each) for each in ("iv-six-infusions", "home-ordered", "esketamine-label"))
READINESS = load_rulebook("readiness-clinic")
TIERS = ("none", "alert", "clinician", "emergency")


def with_readings(session, readings):
    return attrs.evolve(session, observations=tuple(readings))


def raised(parameter, value, rulebook):
    """The rulebook with another number, under another id."""
    parameters = tuple(
        attrs.evolve(each, value=Decimal(value)) if each.id == parameter else each for each in rulebook.parameters
    )
    return attrs.evolve(rulebook, id="ours", parameters=parameters)


# --- before the dose: a high reading and its repeat -------------------------------------------------------------------

SERIES = st.lists(st.tuples(st.integers(-60, 0), st.integers(100, 190), st.integers(60, 120)), min_size=1, max_size=6)


def status_of(series, *, now=0, rulebook=READINESS):
    session, _, begins = prepared()
    taken = [reading(begins + timedelta(minutes=at), systolic=up, diastolic=low) for at, up, low in series]
    facts = session_facts(
        with_readings(session, taken), begins + timedelta(minutes=now), answers=READY, rulebook=rulebook
    )
    return determine(facts, rulebook, begins + timedelta(minutes=now)).status


@given(SERIES)
def test_a_high_reading_is_answered_only_by_a_repeat_at_least_ten_minutes_later(series):
    """The gate opens as plainly as the worst of the last ten minutes, and of no reading before them."""
    last = max(at for at, _, _ in series)
    counting = [(up, low) for at, up, low in series if at > last - 10]
    up, low = max(each for each, _ in counting), max(each for _, each in counting)
    expected = (
        Status.DEFERRED
        if up >= 160 or low >= 100
        else Status.NEEDS_REVIEW
        if up > 140 or low > 90
        else Status.CANDIDATE
    )
    assert status_of(series) is expected


@given(SERIES, st.data())
def test_a_higher_reading_never_opens_the_gate(series, data):
    place = data.draw(st.integers(0, len(series) - 1))
    at, up, low = series[place]
    higher = (at, up + data.draw(st.integers(0, 40)), low + data.draw(st.integers(0, 40)))
    assert status_of([*series[:place], higher, *series[place + 1 :]]) >= status_of(series)


@pytest.mark.parametrize(
    ("series", "status"),
    [
        ([(-10, 150, 80)], Status.NEEDS_REVIEW),
        ([(-10, 150, 80), (0, 130, 80)], Status.CANDIDATE),
        ([(-9, 150, 80), (0, 130, 80)], Status.NEEDS_REVIEW),
        ([(-9, 162, 80), (0, 130, 80)], Status.DEFERRED),
        ([(-12, 150, 80), (-4, 130, 80), (0, 132, 80)], Status.CANDIDATE),
        ([(-12, 150, 80), (-2, 150, 80), (0, 132, 80)], Status.NEEDS_REVIEW),
    ],
)
def test_repeats_at_their_edges(series, status):
    assert status_of(series) is status


def test_a_clinic_may_wait_longer():
    longer = raised("repeat-after-minutes", 20, READINESS)
    assert status_of([(-15, 150, 80), (0, 130, 80)]) is Status.CANDIDATE
    assert status_of([(-15, 150, 80), (0, 130, 80)], rulebook=longer) is Status.NEEDS_REVIEW


def test_the_lowest_and_the_highest_heart_rate_count_until_a_repeat():
    session, _, begins = prepared()
    taken = [reading(begins - timedelta(minutes=5), rate=120), reading(begins, rate=45)]
    facts = session_facts(with_readings(session, taken), begins, answers={})
    assert [facts.get(f"session.heart_rate{each}").value for each in ("", "_low")] == [120, 45]


@given(SERIES)
def test_the_next_reading_is_never_so_soon_that_it_would_not_count(series):
    session, _, begins = prepared()
    taken = [reading(begins + timedelta(minutes=at), systolic=up, diastolic=low) for at, up, low in series]
    now = begins + timedelta(minutes=max(at for at, _, _ in series))
    found = next_reading(with_readings(session, taken), IV, READINESS, now)
    status = determine(session_facts(with_readings(session, taken), now, answers=READY), READINESS, now).status
    assert (found is None) == (status is Status.CANDIDATE)
    if found is not None:
        assert found.why == "repeat"
        again = [*taken, reading(max(found.due_at, now))]
        after = session_facts(with_readings(session, again), max(found.due_at, now), answers=READY)
        assert determine(after, READINESS, max(found.due_at, now)).status is Status.CANDIDATE


def test_the_next_reading_before_during_and_after():
    session, _, begins = prepared()
    assert next_reading(session, IV, READINESS, begins).why == "first"
    calm = record_observation(session, reading(begins))
    assert next_reading(calm, IV, READINESS, begins + timedelta(minutes=60)) is None
    assert next_reading(calm, IV, READINESS, begins + timedelta(minutes=61)).why == "first"
    partial = record_observation(session, attrs.evolve(reading(begins), diastolic_mmhg=None))
    assert next_reading(partial, IV, READINESS, begins).why == "first"
    assert next_reading(attrs.evolve(calm, state="stopped", ended_at=begins), IV, READINESS, begins) is None
    given_dose, _, begins = dosed()
    found = next_reading(given_dose, IV, READINESS, begins + timedelta(minutes=3))
    assert (found.why, found.what, found.due_at) == ("expected", "vital-signs", begins + timedelta(minutes=10))
    assert next_reading(given_dose, IV, READINESS, begins + timedelta(days=1)) is None
    at_home, _, begins = dosed("home-ordered")
    over = attrs.evolve(at_home, state="discharged", ended_at=begins + timedelta(minutes=242))
    assert next_reading(over, HOME, READINESS, begins + timedelta(minutes=300)).what == "check-in"


# --- after the dose: what is expected ---------------------------------------------------------------------------------


@given(st.sampled_from(["iv-six-infusions", "home-ordered", "esketamine-label"]), st.integers(0, 3000), st.data())
def test_everything_expected_is_done_due_missing_or_later(name, minutes, data):
    session, _, begins = dosed(name)
    protocol = load_protocol(name)
    taken = data.draw(st.lists(st.integers(1, 300), max_size=8))
    session = with_readings(session, (*session.observations, *(reading(begins + timedelta(minutes=m)) for m in taken)))
    now = begins + timedelta(minutes=minutes)
    expected = expected_observations(session, protocol, now)
    assert [each.due_at for each in expected] == sorted(each.due_at for each in expected)
    for due in protocol.monitoring:
        found = [each for each in expected if each.what == due.what]
        assert [each.minute for each in found] == sorted(due.at_minutes)
        assert sum(each.status == "due" for each in found) <= 1
        assert [each.until for each in found[:-1]] == [each.due_at for each in found[1:]]
    last = {each.what: each for each in expected}
    for each in expected:
        match each.status:
            case "later":
                assert now < each.due_at
            case "due":
                assert each.due_at <= now < each.until
            case "missing":
                assert now >= each.until
            case "done":
                own = [
                    m
                    for m in taken
                    if each.minute <= m <= minutes
                    and (begins + timedelta(minutes=m) < each.until or each == last[each.what])
                ]
                assert each.minute == 0 or own
                assert each.late_by_minutes == (0 if each.minute == 0 else min(own) - each.minute)
        if each.status in {"due", "missing"}:
            assert each.late_by_minutes == minutes - each.minute


def test_a_reading_counts_only_if_it_is_whole():
    session, _, begins = dosed()
    part = attrs.evolve(reading(begins + timedelta(minutes=10)), heart_rate_per_min=None, dissociation=None)
    session = record_observation(session, part)
    found = expected_observations(session, IV, begins + timedelta(minutes=11))
    assert [each.status for each in found if each.minute == 10] == ["due"]


@pytest.mark.parametrize("name", protocol_names())
def test_every_kind_that_a_template_names_is_expected(name):
    """Ours and a clinic's: sedation and presence stand in no template that ships, so one is made."""
    template = load_protocol(name)
    more = tuple(
        attrs.evolve(template.monitoring[0], what=what, at_minutes=(0, 30)) for what in ("sedation", "presence")
    )
    template = attrs.evolve(template, monitoring=(*template.monitoring, *more))
    session, _, begins = dosed("home-ordered")
    check = PresenceCheck(is_present=True, is_sober=True, attested=said(begins + timedelta(minutes=31)))
    session = record_presence_check(record_observation(session, reading(begins + timedelta(minutes=32))), check)
    found = expected_observations(session, template, begins + timedelta(minutes=40))
    assert {each.what for each in found} >= {each.what for each in template.monitoring}
    late = {
        each.what: each.late_by_minutes for each in found if each.minute == 30 and each.what in {"sedation", "presence"}
    }
    assert late == {"sedation": 2, "presence": 1}


def test_check_ins_after_a_session_at_home():
    session, _, begins = dosed("home-ordered")
    with pytest.raises(StateError, match="after the dose"):
        record_check_in(prepared("home-ordered")[0], CheckIn(contact="check-in-2-hours", at=begins, by="Desk"))

    def status(session, minute):
        found = expected_observations(session, HOME, begins + timedelta(minutes=minute))
        return {each.contact: (each.status, each.late_by_minutes) for each in found if each.what == "check-in"}

    assert status(session, 119)["check-in-2-hours"] == ("later", 0)
    assert status(session, 240)["check-in-2-hours"] == ("due", 120)
    assert status(session, 241)["check-in-2-hours"] == ("missing", 121)
    over = attrs.evolve(session, state="discharged", ended_at=begins + timedelta(minutes=241))
    over = record_check_in(over, CheckIn(contact="check-in-24-hours", at=begins + timedelta(hours=25), by="Desk"))
    assert status(over, 1600)["check-in-24-hours"] == ("done", 60)
    assert {each.by for each in expected_observations(session, HOME, begins) if each.what == "check-in"} == {
        "coordinator"
    }


# --- alerts -----------------------------------------------------------------------------------------------------------

SIGNS = ("systolic_mmhg", "diastolic_mmhg", "heart_rate_per_min", "spo2_percent", "moaas", "acute_symptoms")
WORSE = {"systolic_mmhg": 1, "diastolic_mmhg": 1, "heart_rate_per_min": 1, "spo2_percent": -1, "moaas": -1}
NEAR = {
    "systolic_mmhg": st.sampled_from([120, 164, 165, 166, 179, 180, 181]),
    "diastolic_mmhg": st.sampled_from([78, 99, 100, 101, 109, 110, 111, 119, 120, 121]),
    "heart_rate_per_min": st.sampled_from([70, 109, 110, 111]),
    "spo2_percent": st.sampled_from([98, 93, 92, 91, 90, 89]),
    "moaas": st.sampled_from([5, 2, 1, 0]),
    "acute_symptoms": st.sampled_from([False, False, False, True]),
}


@st.composite
def sets(draw, *, whole=False):
    begins = dosed("esketamine-label")[2]
    minutes = sorted(draw(st.lists(st.integers(1, 200), min_size=1, max_size=5, unique=True)))
    found = []
    for minute in minutes:
        members = {name: draw(values if whole else st.one_of(values, st.none())) for name, values in NEAR.items()}
        found.append(Observation(taken_at=begins + timedelta(minutes=minute), **members))
    return found


def tiers(observations, **options):
    session, _, begins = dosed("esketamine-label")
    session = with_readings(session, (*session.observations, *observations))
    found = observation_alerts(session, LABEL, begins + timedelta(minutes=300), **options)
    assert [each.taken_at for each in found] == [each.taken_at for each in observations]
    return found


def rank(alert):
    return TIERS.index(alert.tier)


def by_hand(each):
    """The ladder of the reference as plain ifs over a whole set."""
    if (
        each.systolic_mmhg > 180
        or each.diastolic_mmhg > 120
        or each.spo2_percent < 90
        or each.moaas <= 1
        or each.acute_symptoms
    ):
        return "emergency"
    if (
        each.systolic_mmhg >= 180
        or each.diastolic_mmhg >= 110
        or each.heart_rate_per_min > 110
        or each.spo2_percent < 92
    ):
        return "clinician"
    return "alert" if each.systolic_mmhg >= 165 or each.diastolic_mmhg >= 100 else "none"


@given(sets(whole=True))
def test_whole_sets_come_out_as_the_ladder_says(observations):
    found = tiers(observations)
    assert [each.tier for each in found] == [by_hand(each) for each in observations]
    assert not any(each.asked or each.held_from for each in found)


@given(sets(), st.data())
def test_law_1_a_missing_reading_never_lowers_a_tier_and_is_asked_for(observations, data):
    """Taking a reading out of a set leaves it no lower than the set before it, nor than what is still known."""
    place = data.draw(st.integers(0, len(observations) - 1))
    name = data.draw(st.sampled_from(SIGNS))
    assume(getattr(observations[place], name) is not None)
    less = attrs.evolve(observations[place], **{name: None})
    before = tiers(observations)
    after = tiers([*observations[:place], less, *observations[place + 1 :]])
    if after[place].asked:
        assert rank(after[place]) >= 1
        assert place == 0 or rank(after[place]) >= rank(after[place - 1])
    elif rank(after[place]) < rank(before[place]):
        # Nothing that was expected is missing: it was read in this window before, or the template does not ask for it.
        session, _, _ = dosed("esketamine-label")
        session = with_readings(session, (*session.observations, *observations[:place], less))
        kind = {"moaas": "sedation", "spo2_percent": "oxygen"}.get(name, "vital-signs")
        assert name != "acute_symptoms"
        assert kind not in expected_kinds(session, LABEL, [less.taken_at])[0]
    emptied = [*observations[:place], Observation(taken_at=less.taken_at), *observations[place + 1 :]]
    assert "session.acute_symptoms" in tiers(emptied)[place].asked


@given(sets())
def test_no_tier_falls_until_what_raised_it_is_read_again(observations):
    found = tiers(observations)
    for earlier, later, readings in zip(found, found[1:], observations[1:], strict=False):
        if rank(later) < rank(earlier):
            assert not later.asked
            assert earlier.held_from or all(
                getattr(readings, SIGNS[index]) is not None
                for index, fact in enumerate(("systolic", "diastolic", "heart_rate", "spo2", "moaas", "acute_symptoms"))
                if f"session.{fact}"
                in {used.id for each in earlier.determination.findings if each.truth == "true" for used in each.used}
            )


@given(sets(), st.data())
def test_law_2_a_worse_reading_never_lowers_a_tier(observations, data):
    place = data.draw(st.integers(0, len(observations) - 1))
    name = data.draw(st.sampled_from(list(WORSE)))
    value = getattr(observations[place], name)
    assume(value is not None)
    bounds = {"moaas": (0, 5), "spo2_percent": (30, 100)}.get(name, (30, 220))
    worse = min(max(value + WORSE[name] * data.draw(st.integers(0, 30)), bounds[0]), bounds[1])
    assume((worse - value) * WORSE[name] >= 0)
    changed = attrs.evolve(observations[place], **{name: worse})
    before, after = tiers(observations), tiers([*observations[:place], changed, *observations[place + 1 :]])
    assert all(rank(b) <= rank(a) for b, a in zip(before, after, strict=True))


def test_what_one_set_raised_stands_until_it_is_read_again():
    begins = dosed("esketamine-label")[2]

    def at(minute, **members):
        return Observation(taken_at=begins + timedelta(minutes=minute), **{"acute_symptoms": False} | members)

    whole = {"systolic_mmhg": 120, "diastolic_mmhg": 78, "heart_rate_per_min": 70, "spo2_percent": 98}
    series = [
        at(40, **whole | {"systolic_mmhg": 185}),
        at(45, spo2_percent=97),
        at(50, systolic_mmhg=150, spo2_percent=97),
        at(55, spo2_percent=91),
        at(60, spo2_percent=97),
        at(121, **whole | {"spo2_percent": None}),
        at(122, spo2_percent=97),
    ]
    found = tiers(series)
    assert [each.tier for each in found] == ["emergency", "emergency", "none", "clinician", "none", "alert", "none"]
    assert [each.held_from is not None for each in found] == [False, True, False, False, False, False, False]
    assert found[5].asked == ("session.spo2",)
    assert "Ask: What is the oxygen saturation on air now?" in found[5].card.detail
    assert "what an earlier one called for stands" in found[1].card.detail
    assert found[0].card.sources


def test_readings_of_one_instant_are_one_set_and_two_that_differ_are_unknown():
    session, _, begins = dosed("esketamine-label")
    at = begins + timedelta(minutes=40)
    one = attrs.evolve(reading(at), spo2_percent=None)
    other = Observation(taken_at=at, spo2_percent=97)
    apart = with_readings(session, (*session.observations, one, other))
    (found,) = observation_alerts(apart, LABEL, at)
    assert (found.tier, found.asked) == ("none", ())
    torn = with_readings(session, (*session.observations, reading(at), other))
    (found,) = observation_alerts(torn, LABEL, at)
    assert (found.tier, found.asked) == ("alert", ("session.spo2",))
    assert observation_alerts(prepared()[0], IV, at) == ()
    assert expected_kinds(prepared()[0], LABEL, [at]) == (frozenset(),)


def test_a_clinic_tightens_the_ladder_and_a_rulebook_past_its_day_is_at_least_an_alert():
    begins = dosed("esketamine-label")[2]
    series = [reading(begins + timedelta(minutes=40), systolic=160)]
    rulebook = load_rulebook("observation")
    criteria = tiers(series, rulebook=attrs.evolve(rulebook, effective_until=date(2026, 11, 30)))
    assert (tiers(series)[0].tier, criteria[0].tier) == ("none", "alert")


# --- who was there ----------------------------------------------------------------------------------------------------


def said(at):
    return Attestation(by="B. Friend", role="peer-monitor", at=at)


def present(begins, start, end, *, sober=True, attested=None):
    begins_at, ends_at = (begins + timedelta(minutes=each) for each in (start, end))
    return Presence(begins_at=begins_at, ends_at=ends_at, is_sober=sober, attested=said(attested or ends_at))


INTERVALS = st.lists(
    st.tuples(st.integers(-60, 300), st.integers(1, 200), st.sampled_from([True, True, True, False])), max_size=6
)
GONE = st.lists(st.integers(-30, 300), max_size=2)


@given(INTERVALS, GONE)
def test_presence_is_counted_minute_by_minute_and_never_over_a_gap(intervals, gone):
    session, _, begins = dosed("home-ordered")
    now = begins + timedelta(minutes=600)
    for start, length, sober in intervals:
        session = record_presence(session, present(begins, start, start + length, sober=sober))
    for minute in gone:
        check = PresenceCheck(is_present=False, is_sober=True, attested=said(begins + timedelta(minutes=minute)))
        session = record_presence_check(session, check)
    found = attended_minutes(session, now)
    if not intervals:
        assert found is None
        return
    covered = 0
    while (
        any(sober and start <= covered < start + length for start, length, sober in intervals)
        and not any(not sober and start <= covered < start + length for start, length, sober in intervals)
        and covered not in gone
    ):
        covered += 1
    assert found == covered


@given(INTERVALS, st.integers(0, 5))
def test_presence_that_is_not_recorded_never_counts(intervals, place):
    session, _, begins = dosed("home-ordered")
    now = begins + timedelta(minutes=600)
    kept = [each for each in intervals if each[2]]
    every = attrs.evolve(session.monitor, presences=tuple(present(begins, s, s + n) for s, n, _ in kept))
    fewer = attrs.evolve(every, presences=every.presences[:place] + every.presences[place + 1 :])
    counts = [attended_minutes(attrs.evolve(session, monitor=each), now) for each in (every, fewer)]
    assert (counts[1] or 0) <= (counts[0] or 0)


def test_presence_is_attested_afterwards_and_known_from_then_on():
    session, _, begins = dosed("home-ordered")
    for start, end, attested in ((0, 60, begins), (60, 0, None)):
        with pytest.raises(StateError, match="attested when it is over"):
            record_presence(session, present(begins, start, end, attested=attested))
    session = record_presence(session, present(begins, -30, 240))
    assert attended_minutes(session, begins + timedelta(minutes=239)) is None
    assert attended_minutes(session, begins + timedelta(minutes=240)) == 240
    at_clinic = attrs.evolve(dosed()[0], monitor=None)
    with pytest.raises(StateError, match="with a monitor"):
        record_presence(at_clinic, present(begins, 0, 60))
    assert attended_minutes(at_clinic, begins) is None
    check = PresenceCheck(is_present=True, is_sober=False, attested=said(begins + timedelta(minutes=5)))
    seen = record_presence_check(session, check)
    facts = session_facts(seen, begins + timedelta(minutes=240), answers={})
    assert facts.get("session.adult_present").value is False
    assert facts.get("session.adult_minutes").value == 5


def test_a_session_at_home_ends_only_with_an_adult_there_throughout():
    session, _, begins = dosed("home-ordered")
    session = record_observation(session, reading(begins + timedelta(minutes=244)))
    now, rulebook = begins + timedelta(minutes=245), load_rulebook("discharge-home")
    hours = {
        "nobody recorded it": ((), Status.NEEDS_INFO),
        "a gap of a minute": (((-30, 100), (101, 240)), Status.DEFERRED),
        "a minute short": (((0, 239),), Status.DEFERRED),
        "two in turn": (((-30, 100), (100, 240)), Status.CANDIDATE),
    }
    for intervals, status in hours.values():
        day = session
        for start, end in intervals:
            day = record_presence(day, present(begins, start, end))
        gate = determine(session_facts(day, now, answers=LEAVING, protocol=HOME), rulebook, now)
        assert gate.status is status
        if status is Status.CANDIDATE:
            ended = discharge(day, gate, rulebook, at=now, by="B. Friend", role="peer-monitor")
            assert ended.state == "discharged"


# --- what documents say of readiness ----------------------------------------------------------------------------------


def facts_at(session, now, plan=None, signed=None, **options):
    found = readiness_facts(
        session,
        now,
        order=signed or order(),
        schedule=plan or schedule(),
        answers=options.pop("answers", READY),
        **options,
    )
    return {each.id.removeprefix("session."): getattr(each, "value", None) for each in found.facts}


def test_the_order_says_whether_it_is_valid():
    session, signed, begins = prepared()
    assert facts_at(session, begins)["order_is_valid"] is True
    for changes in (
        {"valid_until": date(2026, 11, 30)},
        {"valid_from": date(2026, 12, 2)},
        {"id": "order-2"},
        {"route": "im"},
        {"setting": "home"},
        {"signed_at": begins + timedelta(minutes=1)},
    ):
        assert facts_at(session, begins, signed=attrs.evolve(signed, **changes))["order_is_valid"] is False
    later = attrs.evolve(session, number=5)
    assert facts_at(later, begins)["order_is_valid"] is False


def test_the_session_says_whether_its_checklist_is_complete():
    session, _, begins = prepared()
    no = READY | {"session.checklist_complete": False, "session.order_is_valid": False}
    assert facts_at(session, begins, answers=no)["checklist_complete"] is True
    open_item = attrs.evolve(session, checklist=session.checklist - {"way-home"})
    assert facts_at(open_item, begins)["checklist_complete"] is False


def test_the_schedule_says_when_the_last_dose_was_or_that_nobody_knows():
    session, _, begins = prepared()
    plan = schedule()
    assert facts_at(session, begins)["is_first"] is True
    second = plan.sessions[1]
    on_second = attrs.evolve(session, id=second.id, visit=second.id, number=2, step=2)
    now = begins + timedelta(days=(second.on - plan.sessions[0].on).days)
    unrecorded = facts_at(on_second, now)
    assert not {"is_first", "hours_since_last_dose"} & unrecorded.keys()
    visits = tuple(
        attrs.evolve(each, status="given", given_at=begins) if each.id == plan.sessions[0].id else each
        for each in plan.visits
    )
    recorded = facts_at(on_second, now, attrs.evolve(plan, visits=visits))
    assert (recorded["is_first"], recorded["hours_since_last_dose"]) == (False, (now - begins) // timedelta(hours=1))
    undated = tuple(attrs.evolve(each, given_at=None) for each in visits)
    assert "is_first" not in facts_at(on_second, now, attrs.evolve(plan, visits=undated))
    earlier = attrs.evolve(plan, earlier=(begins - timedelta(hours=30),))
    assert facts_at(session, begins, earlier)["hours_since_last_dose"] == 30


def test_the_schedule_says_which_consults_come_before():
    session, _, begins = prepared()
    plan = schedule()
    contact = attrs.evolve(
        plan.sessions[0], id="consult-0", kind="consult", contact="consult-0", holds=True, on=date(2026, 11, 30)
    )
    waiting = attrs.evolve(plan, visits=(contact, *plan.sessions))
    assert "overdue_review" not in facts_at(session, begins, waiting, answers={})
    assert facts_at(session, begins, waiting, consults_done=frozenset())["overdue_review"] is True
    assert facts_at(session, begins, waiting, consults_done=frozenset({"consult-0"}))["overdue_review"] is False
    done = attrs.evolve(plan, visits=(attrs.evolve(contact, status="given"), *plan.sessions))
    assert facts_at(session, begins, done)["overdue_review"] is False
    none = attrs.evolve(plan, visits=plan.sessions)
    assert facts_at(session, begins, none)["overdue_review"] is False
    of_earlier = attrs.evolve(contact, on=date(2027, 1, 30))
    third = attrs.evolve(session, id=plan.sessions[2].id, visit=plan.sessions[2].id, number=3)
    late = attrs.evolve(plan, visits=(*plan.sessions, of_earlier))
    assert facts_at(third, begins, late, consults_done=frozenset())["overdue_review"] is True
    elsewhere = attrs.evolve(session, visit="another", number=1)
    assert facts_at(elsewhere, begins, late, consults_done=frozenset())["overdue_review"] is False


@pytest.mark.parametrize(("count", "expected"), [(0, False), (2, True)])
def test_open_events_are_counted(count, expected):
    session, _, begins = prepared()
    assert facts_at(session, begins, open_serious_events=count)["open_serious_event"] is expected
    assert "open_serious_event" not in facts_at(session, begins, answers={})
    assert begins > AS_OF
