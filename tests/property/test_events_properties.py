"""Triage: what is not known never lowers a tier, and harm never does; a text only raises; the log only grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ketaprogram import StateError, load_rulebook, record_event, triage
from ketaprogram.errors import ConflictError, UnknownItemError
from ketaprogram.events import find_red_flags, term, terms, timed
from ketaprogram.events.flagging import flag_kinds
from ketaprogram.events.model import AdverseEvent, SideEffectLog, Tier
from ketaprogram.events.timing import Span, began, has_outlasted, is_within_window, lasted
from ketaprogram.events.triaging import TIER_OF
from ketaprogram.rules.model import Status
from ketaprogram.sessions.model import Observation
from ketaprogram.testing.strategies import AS_OF
from ketaprogram.truth import FALSE, TRUE, UNKNOWN

TIERS = get_args(Tier)
URGENT = TIERS.index("urgent")
ROUTES = ("iv", "im", "sc", "sublingual", "oral", "intranasal")
DOSED_AT = AS_OF - timedelta(days=3)
REPORTED_AT = AS_OF - timedelta(hours=2)
LONGEST = int((REPORTED_AT - DOSED_AT) / timedelta(minutes=1))

TEXTS = ("", "felt floaty", "no chest pain", "my chest hurts", "I want to die", "blood in my urine")


@st.composite
def some_events(draw, name="e", sessions=("s", None)):
    """Consistent reports: it began before it ended, and had ended before it was reported if it is gone."""
    begins = draw(st.integers(-10, 500) | st.integers(1300, LONGEST))
    ends = draw(st.integers(begins, min(begins + 1000, LONGEST)) | st.just(begins))
    resolved = draw(st.none() | st.booleans())
    return AdverseEvent(
        id=name,
        session=draw(st.sampled_from(sessions)),
        term=draw(st.sampled_from(sorted(terms()))),
        reported_at=REPORTED_AT,
        onset_minutes=draw(st.none() | st.just(begins)),
        end_minutes=None if resolved is False else draw(st.none() | st.just(ends)),
        resolved=resolved,
        grade=draw(st.none() | st.integers(1, 5)),
        serious=draw(st.sampled_from([None, (), ("hospitalization",)])),
        red_flag=draw(st.none() | st.booleans()),
        outcome=draw(st.sampled_from(["unknown", "unknown", "recovered", "fatal"])),
        narrative=draw(st.sampled_from(TEXTS)),
    )


taken = st.lists(
    st.builds(
        Observation,
        taken_at=st.just(DOSED_AT),
        systolic_mmhg=st.none() | st.integers(100, 190),
        diastolic_mmhg=st.none() | st.integers(60, 120),
        spo2_percent=st.none() | st.integers(85, 100),
    ),
    max_size=3,
).map(tuple)
readings = st.none() | taken

earlier_events = st.lists(some_events(name="other", sessions=("s", "r", None)), max_size=4).map(
    lambda found: SideEffectLog(
        events=tuple(
            attrs.evolve(each, id=f"o-{number}", reported_at=REPORTED_AT - timedelta(days=20 * number))
            for number, each in enumerate(found)
        )
    )
)


@st.composite
def questions(draw):
    return draw(some_events()), {
        "history": draw(earlier_events),
        "now": AS_OF,
        "route": draw(st.sampled_from(ROUTES)),
        "dosed_at": DOSED_AT,
        "readings": draw(readings),
    }


def tier(event, known):
    return TIERS.index(triage(event, **known).tier)


# --- L1: ignorance never permits --------------------------------------------------------------------------------------


@given(questions(), st.sampled_from(["onset_minutes", "end_minutes", "serious", "resolved", "red_flag"]))
def test_an_answer_that_is_left_out_never_lowers_a_tier(question, member):
    event, known = question
    forgotten = {member: None} if member != "resolved" else {"resolved": None, "end_minutes": event.end_minutes}
    assert tier(attrs.evolve(event, **forgotten), known) >= tier(event, known)


@given(
    questions(),
    st.sampled_from(sorted(each.id for each in terms().values() if each.limit is not None)),
    st.sampled_from(["onset_minutes", "end_minutes", "resolved"]),
)
def test_a_time_that_is_left_out_of_an_otherwise_mild_report_never_lowers_a_tier(question, term_id, member):
    """Nothing else is pressing, so the times alone decide."""
    told, known = question
    event = attrs.evolve(
        told, term=term_id, session="s", grade=1, serious=(), red_flag=False, outcome="unknown", narrative=""
    )
    around = known | {"history": SideEffectLog(), "readings": ()}
    assert tier(attrs.evolve(event, **{member: None}), around) >= tier(event, around)


def test_only_what_has_to_be_said_or_measured_is_asked_for_all_else_counts_until_somebody_knows():
    asks = {each.id for each in load_rulebook("triage").criteria if each.if_unknown == "ask"}
    assert asks == {
        "emergency.grade-four",
        "emergency.sedation-low-oxygen",
        "exclusion.headache-with-pressure",
        "exclusion.low-oxygen",
    }


@given(questions())
def test_an_unknown_grade_is_urgent_at_least(question):
    """A grade of 4 or 5 is an emergency only once somebody says so."""
    event, known = question
    assume(event.outcome != "fatal")
    assume(term(event.term).numeric == ())
    assert tier(attrs.evolve(event, grade=None), known) >= URGENT


@given(questions())
def test_a_dose_a_route_a_log_or_readings_that_nobody_knows_of_never_lower_a_tier_below_contact(question):
    event, known = question
    before = tier(event, known)
    for member in ("dosed_at", "route"):
        assert tier(event, known | {member: None}) >= before
    assert tier(event, known | {"readings": None}) >= min(before, TIERS.index("contact-clinic"))
    assert tier(event, known | {"history": None}) >= min(before, URGENT)


@given(
    questions(), st.sets(st.sampled_from(["onset_minutes", "end_minutes", "grade", "serious", "resolved", "red_flag"]))
)
def test_a_correction_that_says_less_takes_nothing_back(question, members):
    """Not even a grade of 4, or what a text said."""
    event, known = question
    log = SideEffectLog(events=(*known["history"].events, event))
    less = attrs.evolve(event, id="less", corrects="e", narrative="", **dict.fromkeys(members))
    assert tier(less, known | {"history": log}) >= tier(event, known)


# --- L2: harm never helps ---------------------------------------------------------------------------------------------


@given(questions())
def test_harm_never_lowers_a_tier(question):
    event, known = question
    now = tier(event, known)
    if event.grade is not None and event.grade < 5:
        assert tier(attrs.evolve(event, grade=event.grade + 1), known) >= now
    assert tier(attrs.evolve(event, serious=("death",)), known) >= now
    assert tier(attrs.evolve(event, red_flag=True), known) >= now
    assert tier(attrs.evolve(event, outcome="fatal"), known) >= now
    assert tier(attrs.evolve(event, resolved=False, end_minutes=None), known) >= now
    if event.end_minutes is not None:
        assert tier(attrs.evolve(event, end_minutes=event.end_minutes + 600), known) >= now
    if event.onset_minutes is not None and event.onset_minutes > 240 and event.end_minutes is None:
        assert tier(attrs.evolve(event, onset_minutes=LONGEST), known) >= min(now, URGENT)


@given(questions(), st.integers(0, 60 * 24 * 400))
def test_time_never_lowers_a_tier_and_never_moves_a_deadline_later(question, minutes):
    event, known = question
    first, later = triage(event, **known), triage(event, **known | {"now": AS_OF + timedelta(minutes=minutes)})
    assert TIERS.index(later.tier) >= TIERS.index(first.tier)
    assert later.respond_by <= first.respond_by


@given(questions(), taken, taken)
def test_a_further_reading_never_lowers_a_tier(question, some, more):
    event, known = question
    if event.grade is None and term(event.term).numeric:
        event = attrs.evolve(event, grade=2)  # numbers may settle a grade that was unknown
    assert tier(event, known | {"readings": (*some, *more)}) >= tier(event, known | {"readings": some})


@given(questions(), some_events(name="one-more", sessions=("s", "r", None)))
def test_a_further_report_in_the_log_never_lowers_a_tier_but_by_a_worse_grade_before(question, other):
    """What was worse before is no rise now; everything else about a further report only raises."""
    event, known = question
    other = attrs.evolve(other, reported_at=REPORTED_AT - timedelta(days=1), grade=None)
    log = SideEffectLog(events=(*known["history"].events, other))
    assert tier(event, known | {"history": log}) >= tier(event, known)


# --- free text --------------------------------------------------------------------------------------------------------


@given(questions(), st.text(max_size=200) | st.sampled_from(TEXTS))
def test_a_text_never_lowers_a_tier(question, text):
    event, known = question
    silent = attrs.evolve(event, narrative="")
    assert tier(attrs.evolve(event, narrative=text), known) >= tier(silent, known)


@given(st.lists(st.sampled_from([*TEXTS, "denies seizures", "can't breathe", "sin dolor de pecho"]), max_size=5))
def test_a_further_sentence_never_hides_a_flag(sentences):
    whole = {each.flag: each.is_denied for each in find_red_flags(". ".join(sentences))}
    for sentence in sentences:
        for each in find_red_flags(sentence):
            assert each.flag in whole
            assert whole[each.flag] <= each.is_denied


@given(st.text(max_size=300))
def test_what_is_found_holds_nothing_of_the_text(text):
    for each in find_red_flags(text + " I can't breathe"):
        assert each.flag in flag_kinds()
        assert each.language in {"en", "es"}


# --- the answer -------------------------------------------------------------------------------------------------------


@given(questions())
def test_a_tier_has_somebody_who_answers_in_time_a_script_and_reasons_with_sources(question):
    event, known = question
    found = triage(event, **known)
    assert found.who
    assert found.script
    assert found.respond_by >= event.reported_at
    assert found.reasons
    assert all(each.citations for each in found.reasons)
    assert found.card.sources
    assert len(found.card.summary) < 140
    assert event.narrative not in found.card.summary + found.card.detail or not event.narrative
    assert found.determination.opens_crisis == (found.script == "crisis")


def test_tiers_rise_with_statuses():
    ranks = [TIERS.index(TIER_OF[status]) for status in Status]
    assert ranks == sorted(ranks)


def test_a_clinics_own_rulebook_answers_in_place_of_ours():
    own = attrs.evolve(load_rulebook("triage"), id="ours", criteria=load_rulebook("triage").criteria[:2])
    assert triage(known(grade=3), **AROUND, rulebook=own).tier == "none"
    assert triage(known(grade=3), **AROUND, rulebook=own).determination.rulebook == "ours"


def known(**changes):
    event = AdverseEvent(
        id="e", session="s", term="nausea", reported_at=AS_OF, onset_minutes=20, end_minutes=80, resolved=True,
        grade=1, serious=(), red_flag=False,
    )  # fmt: skip
    return attrs.evolve(event, **changes)


AROUND = {"history": SideEffectLog(), "now": AS_OF, "route": "iv", "readings": ()}


def reading(**numbers):
    return {"readings": (Observation(taken_at=AS_OF, **numbers),)}


def log_of(*events):
    return {"history": SideEffectLog(events=events)}


BEFORE = known(id="b", session="r", reported_at=AS_OF - timedelta(days=7))
URINARY = {"session": None, "term": "urinary", "onset_minutes": None, "end_minutes": None}


@pytest.mark.parametrize(
    ("changes", "around", "expected"),
    [
        ({}, {}, "none"),
        ({"resolved": False}, {}, "contact-clinic"),
        ({"resolved": None}, {}, "watch"),
        ({"grade": 2}, {}, "contact-clinic"),
        ({"onset_minutes": 300, "end_minutes": 310}, {}, "contact-clinic"),
        ({"onset_minutes": 1440, "end_minutes": 1450}, {}, "urgent"),
        ({"end_minutes": None}, {}, "contact-clinic"),
        # gone by the time it was reported, that is enough; nobody knows whether it is gone, that is not
        ({"end_minutes": None}, {"dosed_at": AS_OF - timedelta(minutes=100)}, "none"),
        ({"end_minutes": None, "resolved": None}, {"dosed_at": AS_OF - timedelta(minutes=100)}, "contact-clinic"),
        ({"end_minutes": None, "resolved": False}, {"dosed_at": AS_OF - timedelta(minutes=100)}, "contact-clinic"),
        ({}, {"readings": None}, "contact-clinic"),
        ({}, {"route": None}, "contact-clinic"),
        ({}, {"history": None}, "urgent"),
        # nobody knows when it began: by its end, or by when it was reported, it may be known not to have been late
        ({"onset_minutes": None}, {}, "contact-clinic"),
        ({"onset_minutes": None, "end_minutes": None}, {}, "urgent"),
        (
            {"onset_minutes": None, "end_minutes": None},
            {"dosed_at": AS_OF - timedelta(minutes=100)},
            "contact-clinic",
        ),
        ({"grade": 3}, {}, "urgent"),
        ({"grade": None}, {}, "urgent"),
        ({"serious": ("hospitalization",)}, {}, "urgent"),
        ({"serious": None}, {}, "urgent"),
        ({"red_flag": True}, {}, "urgent"),
        ({"red_flag": None}, {}, "urgent"),
        ({"term": "syncope"}, {}, "urgent"),
        ({"grade": 4}, {}, "emergency"),
        ({"outcome": "fatal", "grade": None}, {}, "emergency"),
        ({"term": "breathing"}, {}, "emergency"),
        ({"term": "suicidal"}, {}, "emergency"),
        ({"term": "suicide-attempt"}, {}, "emergency"),
        ({"term": "allergy"}, {}, "emergency"),
        # long: dissociation that lasts four hours is its own red flag
        ({"term": "dissociation", "end_minutes": 120}, {}, "none"),
        ({"term": "dissociation", "end_minutes": 259}, {}, "contact-clinic"),
        ({"term": "dissociation", "end_minutes": 260}, {}, "urgent"),
        # again, and worse
        ({}, log_of(BEFORE), "none"),
        ({"grade": 2}, log_of(BEFORE), "urgent"),
        ({"grade": 2}, log_of(attrs.evolve(BEFORE, grade=2)), "contact-clinic"),
        ({}, log_of(attrs.evolve(BEFORE, grade=None)), "urgent"),
        ({"grade": 2}, log_of(attrs.evolve(BEFORE, session="s")), "contact-clinic"),
        ({"grade": 2}, log_of(attrs.evolve(BEFORE, term="headache")), "contact-clinic"),
        # together
        ({"term": "sedation"}, reading(spo2_percent=91), "emergency"),
        ({"term": "sedation"}, reading(spo2_percent=92), "none"),
        ({}, reading(spo2_percent=91), "urgent"),
        ({"term": "vomiting"}, log_of(known(id="d", term="sedation")), "urgent"),
        ({"term": "vomiting"}, log_of(known(id="d", term="sedation", session="r")), "none"),
        ({"term": "headache"}, reading(systolic_mmhg=161, diastolic_mmhg=90), "urgent"),
        ({"term": "headache"}, reading(systolic_mmhg=160, diastolic_mmhg=100), "none"),
        # graded by numbers: the worse of the two, and of what was said
        ({"term": "blood-pressure", "grade": None}, reading(systolic_mmhg=138, diastolic_mmhg=89), "none"),
        ({"term": "blood-pressure", "grade": None}, reading(systolic_mmhg=138, diastolic_mmhg=99), "contact-clinic"),
        ({"term": "blood-pressure", "grade": 1}, reading(systolic_mmhg=160, diastolic_mmhg=99), "urgent"),
        ({"term": "blood-pressure", "grade": None}, reading(systolic_mmhg=138), "urgent"),
        # no session: urinary symptoms over months
        ({**URINARY, "began_at": AS_OF - timedelta(days=1), "ended_at": AS_OF}, {"route": None}, "contact-clinic"),
        ({**URINARY, "began_at": AS_OF - timedelta(days=2), "ended_at": AS_OF}, {"route": None}, "urgent"),
        ({**URINARY, "began_at": AS_OF - timedelta(days=1), "resolved": False}, {"route": None}, "contact-clinic"),
        (
            {**URINARY, "began_at": AS_OF - timedelta(days=1), "ended_at": AS_OF},
            log_of(known(**URINARY | {"id": "b", "reported_at": AS_OF - timedelta(days=90)})),
            "urgent",
        ),
        # text
        ({"narrative": "queasy, then fine"}, {}, "none"),
        ({"narrative": "no chest pain"}, {}, "watch"),
        ({"narrative": "hay sangre en la orina"}, {}, "urgent"),
        ({"narrative": "my toddler ate one of the lozenges"}, {}, "emergency"),
        ({"narrative": "I have a plan and the pills"}, {}, "emergency"),
    ],
)  # fmt: skip
def test_readable_cases(changes, around, expected):
    assert triage(known(**changes), **AROUND | around).tier == expected


def test_the_crisis_script_opens_for_suicide_said_or_written():
    assert triage(known(term="suicidal"), **AROUND).script == "crisis"
    assert triage(known(narrative="kms"), **AROUND).script == "crisis"
    assert triage(known(term="breathing"), **AROUND).script == "emergency-call"


def test_a_correction_does_not_clear_a_flag():
    first = known(narrative="I passed out and could not breathe")
    second = known(id="f", corrects="e", narrative="I am fine now")
    assert triage(second, **AROUND | log_of(first, second)).tier == "emergency"


def test_a_correction_is_not_another_time():
    first = known(session=None)
    second = known(id="f", corrects="e", session=None, grade=2)
    for log in (log_of(first), log_of(first, second)):
        assert triage(second, **AROUND | log).tier == "contact-clinic"


def test_worse_again_means_worse_than_ever_before():
    worst = attrs.evolve(BEFORE, id="w", session="q", grade=3, reported_at=AS_OF - timedelta(days=30))
    assert triage(known(grade=2), **AROUND | log_of(worst, BEFORE)).tier == "contact-clinic"


def test_a_log_that_nobody_has_leaves_it_open_since_when_there_were_urinary_symptoms():
    event = known(**URINARY, began_at=AS_OF - timedelta(days=1))
    for history, expected in ((None, "unknown"), (SideEffectLog(), "false")):
        found = triage(event, **AROUND | {"history": history})
        truths = {each.criterion: each.truth for each in found.determination.findings}
        assert truths["exclusion.urinary-for-months"] == expected


def test_a_card_names_what_a_text_mentions_and_whether_it_denies_it():
    detail = triage(known(narrative="no chest pain. blood in my urine"), **AROUND).card.detail
    assert "The text mentions: Chest pain, which the text denies. Read it." in detail
    assert "The text mentions: Blood in the urine. Read it." in detail


def test_a_card_says_that_a_grade_came_from_readings():
    found = triage(known(term="blood-pressure"), **AROUND | reading(systolic_mmhg=150, diastolic_mmhg=80))
    assert "Graded by readings." in found.card.detail
    assert "Graded by readings." not in triage(known(term="blood-pressure"), **AROUND).card.detail


# --- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term_id", sorted(terms()))
@pytest.mark.parametrize("route", ROUTES)
def test_both_edges_of_every_usual_time(term_id, route):
    def within(**changes):
        return is_within_window(known(term=term_id, **changes), route, None, AS_OF)

    window = term(term_id).windows.get(route)
    if window is None or window.ends is None:
        assert within() is UNKNOWN
        return
    assert within(onset_minutes=window.begins, end_minutes=window.begins) is TRUE
    assert within(onset_minutes=window.begins - 1, end_minutes=window.begins) is FALSE
    assert within(onset_minutes=window.begins, end_minutes=window.ends) is TRUE
    assert within(onset_minutes=window.begins, end_minutes=window.ends + 1) is FALSE
    assert within(onset_minutes=window.ends + 1, end_minutes=None) is FALSE
    assert within(onset_minutes=None, end_minutes=window.ends) is UNKNOWN
    assert within(onset_minutes=window.begins, end_minutes=None) is UNKNOWN


@pytest.mark.parametrize("term_id", sorted(terms()))
def test_both_edges_of_every_limit(term_id):
    def outlasted(minutes):
        return has_outlasted(known(term=term_id, onset_minutes=5, end_minutes=5 + minutes), None, AS_OF)

    limit = term(term_id).limit
    if limit is None:
        assert outlasted(5_000_000) is FALSE
        return
    assert (outlasted(limit.minutes - 1), outlasted(limit.minutes)) == (FALSE, TRUE)


@given(questions(), st.sampled_from(["onset_minutes", "end_minutes", "resolved"]))
def test_what_is_not_said_is_bounded_by_what_is_certain(question, member):
    event, _ = question
    less = attrs.evolve(event, **{member: None})
    for of in (lambda each: began(each, DOSED_AT), lambda each: lasted(each, DOSED_AT, AS_OF)):
        exact, bounded = of(event), of(less)
        assert bounded.low is None or exact.low is None or bounded.low <= exact.low
        assert bounded.high is None or exact.high is None or bounded.high >= exact.high


@given(some_events(), st.integers(0, 10_000))
def test_instants_and_minutes_say_the_same(event, minutes):
    dosed_at = DOSED_AT - timedelta(minutes=minutes)
    full = timed(event, dosed_at)
    assert timed(full, dosed_at) == full
    assert (full.onset_minutes, full.end_minutes) == (event.onset_minutes, event.end_minutes)
    by_instants = attrs.evolve(full, onset_minutes=None, end_minutes=None)
    assert timed(by_instants, dosed_at) == full
    if full.began_at is not None and full.ended_at is not None:
        assert lasted(by_instants, None, AS_OF) == lasted(full, dosed_at, AS_OF)


def test_minutes_and_an_instant_that_contradict_each_other_span_both():
    told = known(began_at=AS_OF + timedelta(minutes=50))
    assert began(told, AS_OF) == Span(20, 50)
    assert triage(told, **AROUND | {"dosed_at": AS_OF}).tier == "urgent"


def test_a_begun_minute_counts_for_an_end_and_not_for_a_beginning():
    at = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
    told = timed(known(onset_minutes=None, end_minutes=None, began_at=at, ended_at=at), AS_OF)
    assert (told.onset_minutes, told.end_minutes) == (0, 1)


# --- the log ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 6), st.none() | st.integers(0, 6)), max_size=8))
def test_the_log_only_grows_and_corrections_never_fork(entries):
    log = SideEffectLog()
    for number, corrects in entries:
        event = known(id=f"e-{number}", corrects=None if corrects is None else f"e-{corrects}")
        try:
            grown = record_event(log, event)
        except (ConflictError, StateError):
            continue
        assert grown.events[:-1] == log.events
        log = grown
    pointed_at = [each.corrects for each in log.events if each.corrects]
    assert len(pointed_at) == len(set(pointed_at))
    assert len(log.current) == len(log.events) - len(pointed_at)
    for event in log.current:
        assert triage(event, **AROUND | {"history": log}).tier == "none"


def test_what_the_log_refuses():
    log = record_event(SideEffectLog(), known())
    with pytest.raises(ConflictError, match="of this id"):
        record_event(log, known())
    with pytest.raises(StateError, match="not in the log"):
        record_event(log, known(id="f", corrects="g"))
    with pytest.raises(StateError, match="not in the log of this session"):
        record_event(log, known(id="f", corrects="e", session="other"))
    with pytest.raises(StateError, match="not in the log of this session"):
        record_event(log, known(id="f", corrects="e", session=None))
    log = record_event(log, known(id="f", corrects="e"))
    with pytest.raises(ConflictError, match="correct the latest"):
        record_event(log, known(id="g", corrects="e"))
    with pytest.raises(UnknownItemError, match="nausea"):
        record_event(log, known(id="g", term="nausia"))


def test_a_log_from_elsewhere_may_point_in_a_circle_or_out_of_itself():
    one, two = known(id="1", corrects="2"), known(id="2", corrects="1")
    assert triage(one, **AROUND | log_of(one, two)).tier == "none"
    lost = known(id="3", corrects="gone")
    assert triage(lost, **AROUND | log_of(lost)).tier == "none"
