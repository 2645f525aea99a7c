"""Maintenance in cases that a clinician can read: looking back, options for interval and dose, pictures of a year."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import attrs
import pytest
from tests.coursing import LABEL, START, Course, course, facts, looked, measure, noon, order, session, visit

from ketaprogram import advise_maintenance, load_protocol, project, read_rulebook, titration_options
from ketaprogram.errors import LimitError, OrderError, UnknownFactError
from ketaprogram.events.model import AdverseEvent
from ketaprogram.facts.model import AbsentFact, AbsentReason, BooleanFact, QuantityFact
from ketaprogram.maintenance.model import Policy, Stretch
from ketaprogram.protocol.model import (
    CalendarSpacing,
    Contact,
    ElapsedSpacing,
    ElapsedWindow,
    FixedDose,
    Phase,
    ProtocolDose,
    WeightBasedDose,
)
from ketaprogram.rules.model import Status
from ketaprogram.supply.model import Ledger
from ketaprogram.testing.strategies import AS_OF


def told(found, name):
    """A fact in short: a flag, an amount with its bound, or why it is absent."""
    match found.get(f"course.{name}"):
        case BooleanFact(value=value):
            return value
        case QuantityFact(value=value, comparator=comparator):
            return f"{comparator}{value.normalize():f}"
        case AbsentFact(reason=reason):
            return reason.value
        case None:
            return None


# --- looking back: when -----------------------------------------------------------------------------------------------


def test_a_course_is_counted_from_its_schedule():
    found = looked(course(), day=90)
    names = ("sessions_given", "sessions_in_90_days", "days_since_start", "days_since_session", "interval_days")
    assert [told(found, name) for name in names] == ["=14", "=13", "=90", "=13", "=14"]
    assert found.time_zone == "America/Denver"


def test_before_the_first_session_what_cannot_be_known_is_absent():
    found = looked(course(days=()), day=0)
    assert told(found, "sessions_given") == "=0"
    assert told(found, "cumulative_mg") == "=0"
    absent = ("days_since_start", "days_since_session", "interval_days", "dose_rise_percent", "worst_grade_at_dose")
    assert {told(found, name) for name in (*absent, "diminished_effect")} == {"not-applicable"}
    assert told(found, "next_session_ordered") is True
    assert told(looked(course(days=(0,)), day=1), "interval_days") == "not-applicable"
    assert told(looked(course(days=(0,)), day=1), "next_session_ordered") == "unknown"


def test_sessions_of_earlier_orders_count_once():
    earlier = (noon(-30), noon(-23))
    one = course(days=(0, 7), earlier=earlier)
    assert told(looked(one, day=8), "sessions_given") == "=4"
    assert told(looked(one, day=8), "days_since_start") == "=38"
    recorded = session("old", "old-order/1", 1, noon(-30) + timedelta(minutes=20), 56)
    known = attrs.evolve(one, sessions=(*one.sessions, recorded))
    assert told(looked(known, day=8), "sessions_given") == "=4"


def test_a_record_of_a_dose_counts_although_the_schedule_does_not_know_yet():
    planned = visit(2, 7, status="planned", given_at=None)
    late = session("s", planned.id, 2, noon(7), 84)
    found = course(visits=[visit(1, 0), planned], amounts=[56, None])
    assert told(looked(found, day=8), "sessions_given") == "=1"
    found = attrs.evolve(found, sessions=(*found.sessions, late))
    assert told(looked(found, day=8), "sessions_given") == "=2"
    nothing = session("s", planned.id, 2, noon(7), 0)
    assert told(looked(attrs.evolve(found, sessions=(nothing,)), day=8), "sessions_given") == "=1"


def test_a_session_given_at_its_planned_time_stands_at_it():
    found = course(visits=[visit(1, 0, given_at=None, at=time(9))], amounts=[None])
    assert told(looked(found, day=3), "days_since_start") == "=3"


@pytest.mark.parametrize(
    ("days", "last", "before"),
    [
        ((0, 7, 14), "=0", "=0"),
        ((0, 28, 49), "=25", "=0"),  # 28 to 21: at the bound, not above it
        ((0, 28, 42, 49), "=50", "=50"),
        ((0, 21, 35, 49), "=0", "=33.4"),  # rounded up
        ((0, 7), "=0", "=0"),
        ((0, 0, 7), "=0", "=0"),
    ],
)
def test_the_interval_may_come_closer(days, last, before):
    found = looked(course(days=days), day=90)
    assert told(found, "interval_shortened_percent") == last
    assert told(found, "interval_shortened_before_percent") == before


# --- looking back: how much -------------------------------------------------------------------------------------------


def test_a_dose_that_nobody_recorded_makes_amounts_this_or_more():
    whole = looked(course(days=(0, 7, 14), amounts=[56, 56, 84]), day=20)
    assert (told(whole, "cumulative_mg"), told(whole, "dose_rise_percent")) == (
        "=196",
        "=0",
    )  # an induction of the template
    part = looked(course(days=(0, 7, 14), amounts=[56, None, 84]), day=20)
    assert told(part, "cumulative_mg") == ">=140"


def home(amounts, days=(0, 7, 14, 21), **changes):
    return course("home-ordered", days=days, amounts=amounts, **changes)


def test_a_rise_of_the_dose_counts_at_home_where_no_template_publishes_it():
    assert told(looked(home([100, 100, 120, 130]), day=22), "dose_rise_percent") == "=30"
    assert told(looked(home([100, 100, 125, 100]), day=22), "dose_rise_percent") == "=25"
    assert told(looked(home([100, None, 100, 100]), day=22), "dose_rise_percent") == ">=0"
    assert told(looked(home([100, 150], days=(0, 31)), day=40), "dose_rise_percent") == "=0"
    assert told(looked(home([100, 150], days=(0, 30)), day=40), "dose_rise_percent") == "=50"


def test_after_an_induction_the_rise_is_counted_from_its_last_dose():
    days = (*range(0, 56, 7), 56, 63)
    doses = [56] * 7 + [84]
    assert told(looked(course(days=days, amounts=[*doses, 84, 84]), day=70), "dose_rise_percent") == "=0"
    assert told(looked(course(days=days, amounts=[*[56] * 8, 84, 84]), day=70), "dose_rise_percent") == "=50"


# --- looking back: tolerability ---------------------------------------------------------------------------------------


def event(name, number, day, grade=1, **changes):
    members = {"id": name, "session": f"session-{number}", "term": "nausea", "reported_at": noon(day), "grade": grade}
    return AdverseEvent(**members | changes)


def test_side_effects_since_the_present_dose_began():
    log = [event("a", 1, 0, grade=3, resolved=True), event("b", 3, 10, grade=2, resolved=True)]
    found = looked(course(), log=log, log_is_complete=True)
    assert told(found, "worst_grade_at_dose") == "=2"  # session 1 was at the lower dose
    assert told(found, "worst_open_grade") == "=0"
    assert told(looked(course(), log=log), "worst_grade_at_dose") == ">=2"
    unknown = looked(course(), log=[event("c", 9, 30, grade=None)], log_is_complete=True)
    assert told(unknown, "worst_open_grade") == ">=1"
    elsewhere = looked(course(), log=[event("d", 99, 30, grade=3, resolved=True)], log_is_complete=True)
    assert told(elsewhere, "worst_grade_at_dose") == "=3"  # nobody knows that it was at another dose
    assert told(looked(course(), log=[event("e", 9, 30, grade=2)], log_is_complete=True), "worst_open_grade") == "=2"


def test_a_body_weight_makes_no_other_dose():
    found = course("iv-six-infusions", days=(0, 3, 7), amounts=[35, 36, 37])
    log = [event("a", 1, 0, grade=2, resolved=True)]
    assert told(looked(found, day=8, log=log, log_is_complete=True), "worst_grade_at_dose") == "=2"
    assert told(looked(found, day=8), "diminished_effect") is False


# --- looking back: how it works ---------------------------------------------------------------------------------------


def test_response_remission_and_how_long():
    measures = [measure(80, "true", remission="false"), measure(20, "false"), measure(40), measure(60)]
    found = looked(course(), measures=measures)
    assert [told(found, name) for name in ("response_holds", "remission", "response_days")] == [True, False, "=40"]
    lost = looked(course(), measures=[*measures, measure(85, "false")])
    assert [told(lost, name) for name in ("response_holds", "response_days")] == [False, "=0"]
    open_ = looked(course(), measures=[measure(85, "unknown", remission="unknown")])
    assert [told(open_, name) for name in ("response_holds", "remission", "response_days")] == ["unknown"] * 3
    assert told(looked(course()), "response_holds") == "not-performed"
    assert told(looked(course(), measures=[measure(95)]), "response_holds") == "not-performed"


def test_one_questionnaire_may_be_what_response_is_judged_by_and_each_may_be_worse():
    measures = [measure(80), measure(81, "false", "gad-7", worse="true")]
    assert told(looked(course(), measures=measures), "response_holds") is False
    judged = looked(course(), measures=measures, judged_by="phq-9")
    assert told(judged, "response_holds") is True
    assert told(judged, "is_worse") is True
    assert told(looked(course(), measures=measures, judged_by="pcl-5"), "response_holds") == "not-performed"
    assert told(looked(course(), measures=measures[:1]), "is_worse") is False
    assert told(looked(course(), measures=[measure(80, worse="unknown")]), "is_worse") == "unknown"
    assert looked(course(), measures=measures).get("course.is_worse").observed_at == noon(80)


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        ([measure(1), measure(60, "false")], True),
        ([measure(1), measure(60, "true")], False),
        ([measure(1, "false"), measure(60, "false")], False),
        ([measure(1, "unknown"), measure(60, "false")], "unknown"),
        ([measure(60, "false")], "unknown"),
        ([measure(1), measure(60, "unknown")], "unknown"),
        ([measure(1)], "not-performed"),
        ([measure(1, instrument="gad-7"), measure(1, "false"), measure(60, "false")], "unknown"),
    ],
)
def test_a_response_that_a_lower_dose_had_and_a_higher_one_has_not_is_tolerance(measures, expected):
    assert told(looked(course(), measures=measures), "diminished_effect") == expected


def test_without_the_doses_nobody_knows_whether_one_was_higher():
    found = home([None, 100, 100, 100])
    unrelated = attrs.evolve(found, order=attrs.evolve(found.order, doses=(FixedDose(mg=Decimal(100)),)))
    assert told(looked(unrelated, day=22), "diminished_effect") is False  # the order says the same dose for each
    bare = attrs.evolve(found, schedule=attrs.evolve(found.schedule, earlier=(noon(-20),)))
    assert told(looked(bare, day=22), "diminished_effect") == "unknown"


# --- looking back: consults, order, supply, answers -------------------------------------------------------------------


def test_consults_are_those_of_the_schedule():
    consult = visit(12, 50, id="c", kind="consult", contact="consult-every-four", given_at=None)
    held = course(visits=[visit(1, 0), consult])
    assert told(looked(held, day=60), "days_since_consult") == "=10"
    assert told(looked(held, day=60), "consult_overdue") is False
    late = course(visits=[visit(1, 0), attrs.evolve(consult, status="planned")])
    assert told(looked(late, day=50), "consult_overdue") is False
    assert told(looked(late, day=51), "consult_overdue") is True
    assert told(looked(late, day=51), "days_since_consult") == "not-performed"


def test_the_end_of_the_order():
    ends = {"valid_until": date(2026, 11, 2)}  # 14 days after the last session
    assert told(looked(course(**ends)), "next_session_ordered") is True
    assert told(looked(course(**ends)), "days_until_order_ends") == "=1"
    assert told(looked(course(interval_days=28, **ends)), "next_session_ordered") is False
    assert told(looked(course(**ends), day=92), "days_until_order_ends") == "=-1"
    assert told(looked(course(**ends), day=92), "next_session_ordered") is False
    assert told(looked(course(sessions=14)), "next_session_ordered") is False


def counted(discrepancy):
    nothing = dict.fromkeys(
        ("dispensed", "remaining", "refills_used", "returned", "lost", "used", "expected_on_hand"), 0
    )
    return Ledger(**nothing, discrepancy=discrepancy, last_day=date(2026, 12, 31))


def test_units_that_a_count_missed():
    assert told(looked(home([100] * 4), day=22), "missing_units") is None
    for discrepancy, expected in ((-2, "=2"), (0, "=0"), (1, "=0"), (None, "not-performed")):
        assert told(looked(home([100] * 4), day=22, supply=counted(discrepancy)), "missing_units") == expected


def test_answers_fill_what_the_documents_do_not_say():
    assert told(looked(course(), answers={"craving": True, "alt_times_uln": 1}), "alt_times_uln") == "=1"
    assert told(looked(course(), answers={"days_since_consult": 30}), "days_since_consult") == "=30"
    contradicted = looked(course(), answers={"sessions_given": 3})
    assert told(contradicted, "sessions_given") == "unknown"
    assert told(looked(course(), answers={"craving": 1}), "craving") == "unknown"
    dated = BooleanFact(id="course.urinalysis_abnormal", value=False, observed_at=noon(20))
    assert looked(course(), others=[dated]).get("course.urinalysis_abnormal") == dated
    for value in (True, 3):
        with pytest.raises(UnknownFactError):
            looked(course(), answers={"cravings": value})


# --- options ----------------------------------------------------------------------------------------------------------


def intervals(template="iv-six-infusions", **changes):
    advice = advise_maintenance(facts(AS_OF, **changes), order(template), load_protocol(template), AS_OF)
    return [(each.what, each.interval_days) for each in advice.options]


def test_options_for_the_interval():
    assert intervals() == [("lengthen", 14), ("keep", 7), ("taper", 14)]
    assert intervals(interval_days=14) == [("lengthen", 21), ("keep", 14), ("taper", 21)]
    assert intervals(interval_days=28) == [("keep", 28), ("taper", 28)]
    assert intervals(remission=False) == [("lengthen", 14), ("keep", 7)]
    assert intervals(days_since_start=60) == [("lengthen", 14), ("keep", 7)]
    assert intervals(response_holds=False, remission=False) == [("keep", 7)]
    assert intervals(response_holds=False, remission=False, interval_days=21) == [("keep", 21), ("shorten", 14)]
    assert intervals(response_holds=False, remission=False, interval_days=21, worst_grade_at_dose=None) == [
        ("keep", 21)
    ]
    assert intervals(interval_days=None) == [("review", None)]
    assert intervals(interval_days=None, days_since_start=30) == [("review", None)]
    assert intervals(interval_days=0, days_since_start=30) == [("lengthen", 7), ("keep", None)]


def test_the_label_offers_its_own_intervals_and_a_template_without_a_choice_says_so():
    assert intervals("esketamine-label") == [("lengthen", 14), ("keep", 7), ("taper", 14)]
    assert intervals("esketamine-label", interval_days=14) == [("keep", 14), ("taper", 14)]
    found = advise_maintenance(facts(AS_OF), order("sc-ascending-weekly"), load_protocol("sc-ascending-weekly"), AS_OF)
    assert (
        "The template leaves no choice of intervals: it would be an order on another template."
        in found.options[0].reasons
    )


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"urinary_symptoms": True}, "pause"),
        ({"use_outside_sessions": True}, "pause"),
        ({"undisclosed_drug": True}, "pause"),
        ({"suicidal_intent": True}, "pause"),
        ({"is_worse": True}, "review"),
        ({"craving": True}, "review"),
        ({"requests_ahead": True}, "review"),
        ({"days_since_start": 90, "interval_days": 4}, "review"),
        ({"dose_rise_percent": 26}, "review"),
        ({"interval_shortened_percent": 30, "interval_shortened_before_percent": 30}, "review"),
        ({"diminished_effect": True}, "review"),
        ({"worst_open_grade": 2}, "review"),
        ({"consult_overdue": True}, "review"),
        ({"days_until_order_ends": -1}, "review"),
        ({"alt_times_uln": 4}, "review"),
        ({"urinary_symptoms": None}, "review"),
        ({"alt_times_uln": None}, "review"),
    ],
)
def test_what_speaks_against_going_on_decides_first(changes, first):
    for advice in (
        advise_maintenance(facts(AS_OF, **changes), order(), load_protocol("esketamine-label"), AS_OF),
        titration_options(facts(AS_OF, **changes), order(), load_protocol("esketamine-label"), AS_OF, step=2),
    ):
        assert [each.what for each in advice.options] == (["pause", "review"] if first == "pause" else ["review"])
        assert not advice.not_offered
        assert not advice.considered


def test_what_is_to_be_weighed_stands_beside_every_option():
    found = advise_maintenance(
        facts(AS_OF, urinalysis_abnormal=None, days_since_consult=91), order(), load_protocol("esketamine-label"), AS_OF
    )
    assert found.determination.status is Status.NEEDS_REVIEW
    assert [each.what for each in found.options] == ["lengthen", "keep", "taper"]
    assert {each.to_weigh for each in found.options} == {
        ("The last consult was longer ago than the program's limit.", "Not known: Abnormal urinalysis.")
    }


def test_at_home_units_that_are_missing_pause():
    protocol = load_protocol("home-ordered")
    for changes in ({"missing_units": 1}, {"early_refill_days": 3}):
        found = advise_maintenance(facts(AS_OF, **changes), order("home-ordered"), protocol, AS_OF)
        assert found.options[0].what == "pause"
        assert found.determination.rulebook == "maintenance-home"
    found = advise_maintenance(facts(AS_OF, missing_units=None), order("home-ordered"), protocol, AS_OF)
    assert [each.what for each in found.options] == ["review"]
    assert intervals(missing_units=None)[0] == ("lengthen", 14)  # nobody asks a clinic for it


def test_a_template_with_a_taper_gives_its_steps():
    protocol = load_protocol("iv-six-infusions")
    cited = protocol.phases[0].citations
    steps = tuple(CalendarSpacing(min_days=days, target_days=days, max_days=days) for days in (10, 20))
    taper = Phase(name="taper", sessions=2, spacing=steps, citations=cited)
    hours = ElapsedSpacing(min_hours=48, target_hours=72, max_hours=96)
    for phase, expected in ((taper, (10, (20,))), (attrs.evolve(taper, spacing=(hours,)), (14, (21, 28)))):
        own = attrs.evolve(protocol, phases=(*protocol.phases, phase))
        found = advise_maintenance(facts(AS_OF), order("iv-six-infusions"), own, AS_OF)
        (option,) = [each for each in found.options if each.what == "taper"]
        assert (option.interval_days, option.then_days) == expected


def doses(template="esketamine-label", step=2, amounts=None, maximum="84", **changes):
    kept = {} if amounts is None else {"doses": amounts}
    signed = order(template, maximum_mg=Decimal(maximum), **kept)
    advice = titration_options(facts(AS_OF, **changes), signed, load_protocol(template), AS_OF, step=step)
    return [(each.what, each.mg or each.mg_per_kg) for each in advice.options]


FIRST = (FixedDose(mg=Decimal(56)),)
LOST = {"response_holds": False, "remission": False}


def test_options_for_the_dose():
    assert doses() == [("hold", 84)]
    assert doses(amounts=FIRST, **LOST) == [("hold", 56), ("step-up", 84)]
    assert doses(amounts=FIRST, step=1, **LOST) == [("hold", 56)]  # the label starts with 56
    assert doses(amounts=FIRST, maximum="56", **LOST) == [("hold", 56)]  # the order's own maximum
    assert doses(worst_grade_at_dose=2) == [("hold", 84), ("step-down", 56)]
    assert doses(worst_grade_at_dose=3) == [("step-down", 56)]
    assert doses(amounts=FIRST, worst_grade_at_dose=3) == [("review", None)]
    assert doses(worst_grade_at_dose=None) == [("review", None)]
    assert doses(amounts=FIRST, **LOST, worst_grade_at_dose=2) == [("hold", 56)]


def test_at_home_the_order_has_the_doses_or_the_prescriber_names_one():
    assert doses("home-ordered", **LOST) == [("hold", 100), ("step-up", None)]
    own = (FixedDose(mg=Decimal(100)), FixedDose(from_session=3, mg=Decimal(75)))
    assert doses("home-ordered", amounts=own, worst_grade_at_dose=2) == [("hold", 100), ("step-down", 75)]
    assert doses("home-ordered", amounts=own, step=3, maximum="200", **LOST) == [("hold", 75), ("step-up", 100)]


def test_a_dose_by_weight_stays_one():
    assert doses("iv-six-infusions", **LOST) == [("hold", Decimal("0.5"))]
    own = attrs.evolve(
        load_protocol("iv-six-infusions"),
        doses=(ProtocolDose(from_session=1, mg_per_kg=(Decimal("0.5"), Decimal("0.75"), Decimal("1.5"))),),
    )
    found = titration_options(facts(AS_OF, **LOST), order("iv-six-infusions"), own, AS_OF, step=7)
    assert [each.mg_per_kg for each in found.options] == [Decimal("0.5"), Decimal("0.75")]
    high = order("iv-six-infusions", doses=(WeightBasedDose(mg_per_kg=Decimal("0.75")),))
    found = titration_options(facts(AS_OF, **LOST), high, own, AS_OF, step=7)
    assert [each.what for each in found.options] == ["hold"]  # 1.5 mg/kg is above the template's ceiling


def test_another_template_than_the_orders_is_refused():
    other = load_protocol("iv-six-infusions")
    with pytest.raises(OrderError, match="another protocol"):
        titration_options(facts(AS_OF), order(), other, AS_OF, step=2)
    with pytest.raises(OrderError, match="another protocol"):
        project(order(), other, EVERY_TWO_WEEKS, start=START, horizon_days=30)


OWN = """
id = "ours-{name}"
version = "1.0.0"
title = "Our own"
gate = "maintenance"
effective_from = {begins}
{more}
"""
CRITERION = """
[[criterion]]
id = "inclusion.ours"
kind = "inclusion"
changeable = true
statement = "Few sessions so far."
when = { fact = "course.sessions_given", op = "<", value = 20, unit = "{session}" }
action = "Think of it."
sources = [{ id = "DEFAULT", locator = "ours", confidence = "uncertain" }]
"""


def own(name, more, begins="2026-01-01"):
    return read_rulebook(OWN.replace("{name}", name).replace("{begins}", begins).replace("{more}", more))


def test_a_clinic_adds_an_option_or_changes_one_with_a_rulebook():
    protocol = load_protocol("iv-six-infusions")
    rulebooks = {
        "lengthen": own("lengthen", 'extends = "maintenance-lengthen"' + CRITERION),
        "second-opinion": own("opinion", CRITERION),
    }

    def names(**changes):
        found = advise_maintenance(
            facts(AS_OF, **changes), order("iv-six-infusions"), protocol, AS_OF, rulebooks=rulebooks
        )
        return {each.what: each for each in found.options}

    assert list(names()) == ["lengthen", "keep", "taper", "second-opinion"]
    assert names()["second-opinion"].exposure == "more"  # until the list says otherwise
    assert names()["second-opinion"].needs_order
    assert list(names(sessions_given=20)) == ["keep", "taper"]
    found = titration_options(
        facts(AS_OF),
        order("iv-six-infusions"),
        protocol,
        AS_OF,
        step=7,
        rulebooks={"pause-a-dose": own("d", CRITERION)},
    )
    assert [each.what for each in found.options] == ["hold", "pause-a-dose"]


def test_a_rulebook_before_its_first_day_is_never_silently_followed():
    protocol = load_protocol("iv-six-infusions")
    late = {"second-opinion": own("opinion", CRITERION, begins="2027-01-01")}
    found = advise_maintenance(facts(AS_OF), order("iv-six-infusions"), protocol, AS_OF, rulebooks=late)
    (option,) = [each for each in found.options if each.what == "second-opinion"]
    assert option.to_weigh == ("ours-opinion may not be relied on: rulebook-not-in-effect.",)


def test_a_clinic_bounds_exposure_with_a_rulebook_of_its_own():
    base = own(
        "base",
        'extends = "maintenance"\n'
        + CRITERION.replace("inclusion", "deferral").replace("changeable = true\n", "").replace('"<"', '">="'),
    )
    protocol = load_protocol("iv-six-infusions")
    for given, expected in ((19, "lengthen"), (20, "review")):
        found = advise_maintenance(
            facts(AS_OF, sessions_given=given), order("iv-six-infusions"), protocol, AS_OF, rulebook=base
        )
        assert found.options[0].what == expected


# --- pictures ---------------------------------------------------------------------------------------------------------

EVERY_TWO_WEEKS = Policy(stretches=(Stretch(interval_days=14),))


def picture(template="esketamine-label", policy=EVERY_TWO_WEEKS, days=365, before=0, **changes):
    signed, protocol = order(template, **changes), load_protocol(template)
    return project(signed, protocol, policy, start=START, horizon_days=days, before=before)


def test_the_label_over_a_year():
    found = picture()
    assert [(each.on - START).days for each in found.sessions[:15]] == [*LABEL, 91]
    assert found.ends_because == "horizon"
    assert [each.interval_days for each in found.sessions[:3]] == [None, 3, 4]
    assert found.sessions[11].total_mg == 56 + 11 * 84  # twelve sessions by the end of week 8
    assert found.sessions[0].total_mg_per_kg is None
    assert found.first_not_ordered == 20  # the order ends on 31 December
    assert [each.is_ordered for each in found.sessions[17:20]] == [True, True, False]
    assert found.order_ends_on == date(2026, 12, 31)
    assert ("consult-at-end", 8) in [(each.contact, each.session) for each in found.contacts]


def test_a_picture_may_begin_in_the_middle():
    found = picture(
        before=13,
        policy=Policy(stretches=(Stretch(interval_days=14, sessions=2), Stretch(interval_days=7, sessions=1))),
    )
    assert [each.number for each in found.sessions] == [14, 15, 16, 17]
    assert [each.interval_days for each in found.sessions] == [None, 14, 14, 7]
    assert found.ends_because == "policy"
    induction = picture(before=3, days=8)
    assert [each.interval_days for each in induction.sessions] == [None, 4, 3]
    assert [each.phase for each in picture(before=8, days=8).sessions] == ["maintenance", "maintenance"]


def test_another_interval_than_the_orders_is_not_ordered():
    assert picture(interval_days=7, days=70).first_not_ordered == 13
    assert picture(interval_days=14, days=70).first_not_ordered is None
    assert picture(sessions=10, days=70).first_not_ordered == 11


def test_a_dose_by_weight_is_added_up_by_weight():
    found = picture("iv-six-infusions", days=30)
    assert found.sessions[-1].total_mg is None
    assert found.sessions[-1].total_mg_per_kg == Decimal("0.5") * len(found.sessions)
    mixed = (FixedDose(mg=Decimal(50)), WeightBasedDose(from_session=2, mg_per_kg=Decimal(2)))
    both = picture("iv-six-infusions", days=5, doses=mixed).sessions
    assert [(each.total_mg, each.total_mg_per_kg) for each in both] == [(Decimal(50), None), (None, None)]
    assert both[1].mg_per_kg == 1  # the template's ceiling


@pytest.mark.parametrize(
    ("template", "stretches", "days", "before", "words"),
    [
        ("esketamine-label", [(21, None)], 30, 0, "stretch 1 has an interval that the template does not offer"),
        ("esketamine-label", [(1, None)], 30, 0, "stretch 1 brings sessions closer than the template lets them be"),
        (
            "esketamine-label",
            [(14, None), (7, 3)],
            30,
            0,
            "stretch 1 goes on for ever, and another one stands after it",
        ),
        ("home-ordered", [(14, None)], 30, 0, "the template leaves no interval to choose"),
        ("esketamine-label", [(14, None)], 0, 0, "the horizon is not within 1 to 3660 days"),
        ("esketamine-label", [(14, None)], 30, -1, "the sessions given before are fewer than none"),
    ],
)
def test_a_picture_that_breaks_a_limit_is_refused(template, stretches, days, before, words):
    policy = Policy(stretches=tuple(Stretch(interval_days=each, sessions=count) for each, count in stretches))
    with pytest.raises(LimitError, match=words):
        picture(template, policy, days, before)


def drawn(protocol, policy=EVERY_TWO_WEEKS, **options):
    signed = attrs.evolve(order("iv-six-infusions"), protocol=protocol.id, protocol_version=protocol.version)
    return project(signed, protocol, policy, start=START, horizon_days=400, **options)


def test_a_template_may_end_itself():
    ours = attrs.evolve(load_protocol("iv-six-infusions"), sessions_in_all=8)
    assert (len(drawn(ours).sessions), drawn(ours).ends_because) == (8, "template")
    assert (drawn(ours, before=8).sessions, drawn(ours, before=8).ends_because) == ((), "template")
    closed = (ours.phases[0], attrs.evolve(ours.phases[1], sessions=3))
    ended = drawn(attrs.evolve(ours, sessions_in_all=None, phases=closed))
    assert (len(ended.sessions), ended.ends_because) == (9, "template")


def test_spacing_without_a_choice_of_intervals_and_spacing_in_hours():
    ours = load_protocol("iv-six-infusions")
    open_ = attrs.evolve(ours.phases[1], intervals_days=())
    assert drawn(attrs.evolve(ours, phases=(open_,)), Policy(stretches=(Stretch(interval_days=10),))).sessions
    with pytest.raises(LimitError, match="does not offer"):
        drawn(attrs.evolve(ours, phases=(open_,)))
    hours = ElapsedSpacing(min_hours=48, target_hours=50, max_hours=96)
    first = attrs.evolve(ours.phases[0], spacing=(hours,), sessions=2)
    alone = attrs.evolve(ours.phases[1], first=CalendarSpacing(min_days=7, target_days=9, max_days=10))
    single = attrs.evolve(first, spacing=(), sessions=1)
    days = [each.interval_days for each in drawn(attrs.evolve(ours, phases=(first, alone))).sessions]
    assert days[:4] == [None, 3, 9, 14]
    days = [each.interval_days for each in drawn(attrs.evolve(ours, phases=(single, ours.phases[1]))).sessions]
    assert days[:3] == [None, 14, 14]


def test_contacts_go_with_sessions_days_and_phases():
    ours = load_protocol("iv-six-infusions")
    cited = ours.citations
    window = ElapsedWindow(from_minutes=-60, to_minutes=1500)

    def contact(name, what="consult", **changes):
        return Contact(id=name, what=what, title=name, by="clinician", window=window, citations=cited, **changes)

    contacts = (
        contact("third", sessions=(3,)),
        contact("then-every-two", sessions=(2,), every_sessions=2, phase="maintenance"),
        contact("monthly", every_days=30, phase="maintenance"),
        contact("at-end", is_at_end=True),
        contact("unseen", what="prompts", sessions=(1,)),
        contact("never", every_days=5, phase="taper"),
    )
    found = drawn(attrs.evolve(ours, contacts=contacts))
    by_name = {}
    for each in found.contacts:
        by_name.setdefault(each.contact, []).append(each.session)
    assert by_name["third"] == [3]
    assert by_name["then-every-two"][:2] == [8, 10]
    assert by_name["at-end"] == [6]
    assert set(by_name["monthly"]) == {None}
    assert by_name.keys() == {"third", "then-every-two", "monthly", "at-end"}
    third = found.sessions[2].on
    (window_of_third,) = [each for each in found.contacts if each.contact == "third"]
    assert (window_of_third.opens_on, window_of_third.closes_on) == (
        third - timedelta(days=1),
        third + timedelta(days=2),
    )


def test_the_helper_of_these_tests_makes_what_it_says():
    assert isinstance(course(), Course)
    assert AbsentReason.NOT_PERFORMED == "not-performed"
