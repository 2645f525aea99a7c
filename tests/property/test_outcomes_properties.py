"""Scores: by the published rule or not at all, and the crisis path before anything else."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ketaprogram import DocumentError, change, crisis_alert, read, score, to_json
from ketaprogram._knowledge import table
from ketaprogram.documents import validator
from ketaprogram.errors import InputError, KnowledgeError, StateError, UnknownItemError
from ketaprogram.facts.model import AbsentReason
from ketaprogram.outcomes import acknowledge, check_responses, forms_of, instrument, open_alerts
from ketaprogram.outcomes.changing import gain_is
from ketaprogram.outcomes.crisis import crisis_lines
from ketaprogram.outcomes.instruments import _instrument, instruments
from ketaprogram.outcomes.model import ItemResponse, Responses, Score
from ketaprogram.outcomes.reliability import (
    clinical_cutoffs,
    is_reliable,
    reliable_change_index,
    reliable_change_points,
)
from ketaprogram.testing.strategies import AS_OF

PHQ9 = instrument("phq-9")
FORMS = [form for forms in instruments().values() for form in forms.values()]
WITH_TOTAL = [form for form in FORMS if form.total_from != "nothing"]
LEVELS = ["none", "low", "moderate", "high"]
TIERS = (None, "review", "urgent", "emergency")
forms = st.sampled_from(FORMS)


def values_of(form):
    return st.integers(form.lowest, form.highest)


def responses_from(form, given_values):
    """Responses with an entry for each item; None is no answer."""
    answers = tuple(ItemResponse(item=item, value=value) for item, value in given_values.items())
    rated_by = None if "person" in form.raters else "clinician"
    return Responses(instrument=form.id, form=form.form, answered_at=AS_OF, rated_by=rated_by, answers=answers)


@st.composite
def filled(draw, among=forms, *, complete=False):
    """A form and its answers by item."""
    form = draw(among)
    value = values_of(form) if complete else st.none() | values_of(form)
    return form, {item.id: draw(value) for item in form.items}


def by_hand(form, given_values):
    """The total of complete answers, as the manuals describe it and not as the code does it."""
    items = [item.id for item in form.items if item.scored]
    if form.id == "qids-sr16":
        groups = [[1, 2, 3, 4], [5], [6, 7, 8, 9], [10], [11], [12], [13], [14], [15, 16]]
        return sum(max(given_values[f"qids-{item}"] for item in group) for group in groups)
    turned = {"pss-10": [4, 5, 7, 8], "dast-10": [3] if form.form == "able-to-stop" else []}.get(form.id, [])
    total = sum(given_values[item] for item in items)
    for item in turned:
        total += form.highest - 2 * given_values[items[item - 1]]
    return 4 * total if form.id == "who-5" else total


@given(filled(st.sampled_from(WITH_TOTAL), complete=True), st.randoms(use_true_random=False))
def test_a_total_by_the_manual_in_any_order(form_and_values, random):
    form, given_values = form_and_values
    responses = responses_from(form, given_values)
    result = score(responses)
    assert result.value == result.at_least == result.at_most == by_hand(form, given_values)
    assert form.lowest_total <= result.value <= form.highest_total
    assert [band.label for band in form.bands if band.low <= result.value <= band.high] == [
        each for each in [result.band] if each is not None
    ]
    shuffled = list(responses.answers)
    random.shuffle(shuffled)
    assert score(attrs.evolve(responses, answers=tuple(shuffled))) == result


@given(filled())
def test_nothing_missing_is_ever_counted(form_and_values):
    form, given_values = form_and_values
    result = score(responses_from(form, given_values))
    present = {item for item, value in given_values.items() if value is not None}
    assert present.isdisjoint(result.missing)
    assert result.value is None or not result.missing
    assert result.band is None or result.value is not None
    if not any(item.asked_if for item in form.items) and not form.alternatives:
        assert set(result.missing) == {item.id for item in form.items if item.required} - present


@given(filled(), st.data())
def test_an_answer_more_only_settles_what_was_open(form_and_values, data):
    """Whatever is filled in later: bounds only close in, and no decided finding turns round."""
    form, given_values = form_and_values
    assume(None in given_values.values())
    # An answer to a question that the form said not to ask is new evidence against the skip, not a filled gap.
    before = score(responses_from(form, given_values))
    assume(before.missing)
    item = data.draw(st.sampled_from(before.missing))
    after = score(responses_from(form, given_values | {item: data.draw(values_of(form))}))
    if before.at_least is not None:
        assert before.at_least <= after.at_least <= after.at_most <= before.at_most
    for old, new in zip(before.findings, after.findings, strict=True):
        assert old.answer in {"unknown", new.answer}
    if before.risk_at_least is not None:
        low, high = LEVELS.index(before.risk_at_least), LEVELS.index(before.risk_at_most)
        assert low <= LEVELS.index(after.risk_at_least) <= LEVELS.index(after.risk_at_most) <= high


@given(filled(st.sampled_from([form for form in WITH_TOTAL if len(form.items) < 12])), st.data())
def test_the_bounds_are_the_least_and_greatest_of_every_way_to_fill_the_gaps(form_and_values, data):
    form, given_values = form_and_values
    result = score(responses_from(form, given_values))
    gaps = result.missing[:3]
    rest = {item: data.draw(values_of(form)) for item in result.missing[3:]}
    partly = score(responses_from(form, given_values | rest))
    ends = {form.lowest, form.highest}
    totals = [
        score(responses_from(form, given_values | rest | dict(zip(gaps, chosen, strict=True)))).value
        for chosen in itertools.product(ends, repeat=len(gaps))
    ]
    assert (min(totals), max(totals)) == (partly.at_least, partly.at_most)


@given(filled(st.sampled_from(WITH_TOTAL), complete=True), st.data())
def test_a_total_is_monotone_in_each_item(form_and_values, data):
    form, given_values = form_and_values
    item = data.draw(st.sampled_from([each.id for each in form.items if each.scored]))
    assume(given_values[item] < form.highest)
    before = score(responses_from(form, given_values)).value
    after = score(responses_from(form, given_values | {item: given_values[item] + 1})).value
    step = (-1 if item in form.reversed else 1) * form.multiplier
    assert after - before in ({0, step} if form.total_from == "scales" else {step})


# ----------------------------------------------------------------------------------------------------- crisis path


def tier(alert):
    return TIERS.index(alert and alert.tier)


@given(filled())
def test_the_crisis_path_opens_on_answers_about_self_harm_alone(form_and_values):
    form, given_values = form_and_values
    responses = responses_from(form, given_values)
    alert = crisis_alert(responses, "US")
    assert alert == crisis_alert(score(responses), "US")
    asks = {"phq-9": "phq9-9", "madrs": "madrs-10", "qids-sr16": "qids-12"}
    if form.id in asks:
        value = given_values[asks[form.id]]
        assert (alert and alert.reason) == {None: "item-unanswered", 0: None}.get(value, "item-positive")
    elif form.id != "c-ssrs-screen":
        assert alert is None
    if alert is not None:
        assert "988" in alert.card.detail
        assert alert.card.indicator == ("critical" if alert.reason != "item-unanswered" else "warning") or (
            alert.reason in {"risk-open", "risk-low"}
        )


SUICIDE = st.sampled_from([form for form in FORMS if form.risks or form.self_harm])


@given(filled(SUICIDE), st.data())
def test_a_missing_answer_never_closes_the_crisis_path(form_and_values, data):
    form, given_values = form_and_values
    alert = crisis_alert(responses_from(form, given_values))
    item = data.draw(st.sampled_from(sorted(given_values)))
    without = crisis_alert(responses_from(form, given_values | {item: None}))
    assert alert is None or without is not None


@given(filled(SUICIDE), st.data())
def test_a_worse_answer_never_lowers_the_tier(form_and_values, data):
    form, given_values = form_and_values
    item = data.draw(st.sampled_from([item for item, value in given_values.items() if value is not None] or [""]))
    assume(item)
    worse = given_values | {item: data.draw(st.integers(given_values[item], form.highest))}
    before, after = (crisis_alert(responses_from(form, each)) for each in (given_values, worse))
    assert tier(before) <= tier(after)


@given(filled(SUICIDE), st.data())
def test_an_alert_does_not_wait_for_the_other_answers_to_be_in_order(form_and_values, data):
    form, given_values = form_and_values
    responses = responses_from(form, given_values)
    twice = data.draw(st.sampled_from(responses.answers))
    for faulty in (
        attrs.evolve(responses, answers=(*responses.answers, ItemResponse(item="no-such-item", value=1))),
        attrs.evolve(responses, form="no-such-form"),
        attrs.evolve(responses, answers=(*responses.answers, attrs.evolve(twice, value=100))),
        attrs.evolve(responses, answers=(*responses.answers, attrs.evolve(twice, value=0))),
    ):
        with pytest.raises(DocumentError):
            score(faulty)
        assert tier(crisis_alert(faulty)) >= tier(crisis_alert(responses)) or twice.value is None


def risk_by_hand(yes):
    """The truth table of the screener, as its triage guidance has it."""
    if yes & {"cssrs-4", "cssrs-5", "cssrs-6-recent"}:
        return "high"
    return "moderate" if yes & {"cssrs-3", "cssrs-6"} else "low" if yes & {"cssrs-1", "cssrs-2"} else "none"


def test_every_way_to_answer_the_suicide_risk_screener():
    form = instrument("c-ssrs-screen")
    items = [item.id for item in form.items]
    for chosen in itertools.product((None, 0, 1), repeat=len(items)):
        given_values = dict(zip(items, chosen, strict=True))
        skipped = {"cssrs-3", "cssrs-4", "cssrs-5"} if given_values["cssrs-2"] == 0 else set()
        skipped |= {"cssrs-6-recent"} if given_values["cssrs-6"] == 0 else set()
        yes = {item for item, value in given_values.items() if value == 1}
        gaps = {item for item, value in given_values.items() if value is None} - skipped
        least, most = risk_by_hand(yes), risk_by_hand(yes | gaps)
        responses = responses_from(form, given_values)
        result = score(responses)
        assert (result.risk_at_least, result.risk_at_most) == (least, most)
        assert set(result.missing) == gaps
        expected = "negative" if most == "none" else "positive" if least != "none" else "unanswered"
        assert result.self_harm == expected
        alert = crisis_alert(responses)
        assert (alert is None) == (most == "none")
        if least in {"moderate", "high"} or least == most:
            assert (alert and alert.reason) == (None if least == "none" else f"risk-{least}")
        else:
            assert alert.reason == "risk-open"


def test_an_alert_stays_open_until_a_human_has_acknowledged_it():
    form = instrument("phq-9")
    alert = crisis_alert(responses_from(form, {"phq9-9": 2}), "IE")
    other = crisis_alert(responses_from(form, {"phq9-9": 2}), "NZ")
    missed, taken = (
        acknowledge(alert, by="A. Nurse", role="nurse", at=AS_OF, action=action)
        for action in ("not-reached", "assessed-by-phone")
    )
    assert open_alerts([alert, other], []) == (alert, other)
    assert open_alerts([alert, other], [missed]) == (alert, other)
    assert open_alerts([alert, other], [missed, taken]) == (other,)
    with pytest.raises(StateError, match="before the answers"):
        acknowledge(alert, by="A. Nurse", role="nurse", at=AS_OF.replace(year=2025), action="handed-over")


def test_an_unknown_country_shows_no_other_countrys_numbers():
    numbers = [entry["line"] for entry in table("crisis_lines")["country"]]
    for country in (None, "ZZ"):
        text, _ = crisis_lines(country)
        assert not any(number in text for number in numbers)
    assert "116 123" in crisis_lines("GB")[0]
    assert crisis_alert(responses_from(instrument("phq-9"), {"phq9-9": 1}), "ZZ").country is None
    assert crisis_alert(Responses(instrument="no-such", answered_at=AS_OF, answers=())) is None


# ---------------------------------------------------------------------------------------------------------- change


def total(value, form=None, **changes):
    form = form or instrument("phq-9")
    return Score(instrument=form.id, form=form.form, answered_at=AS_OF, value=value, self_harm="negative", **changes)


@given(st.none() | st.integers(0, 27), st.none() | st.integers(0, 27))
def test_change_is_worked_out_exactly_or_not_at_all(before, after):
    found = change(total(before), total(after))
    if before is None or after is None:
        assert (found.points, found.percent, found.response, found.worse) == (None, None, "unknown", "unknown")
    else:
        assert found.points == after - before
        assert found.reliable == str(before - after >= 6).lower()
        assert found.important == str(before - after >= 5).lower()
        assert found.worse == str(after - before >= 6).lower()
        assert found.response == ("unknown" if before == 0 else str(2 * (before - after) >= before).lower())
        assert (
            found.percent is None
            if before == 0
            else abs(found.percent - Decimal(100 * (after - before)) / before) <= Decimal("0.05")
        )
    assert found.remission == ("unknown" if after is None else str(after < 5).lower())


WORDS = ("response", "remission", "important", "reliable", "recovery", "reliable_recovery")


@given(st.sampled_from(WITH_TOTAL), st.data())
def test_a_worse_total_is_never_a_better_change(form, data):
    totals = st.integers(form.lowest_total, form.highest_total)
    before, after, worse = (data.draw(totals) for _ in range(3))
    good, bad = sorted((after, worse), reverse=form.direction == "higher-better")
    first, second = (change(total(before, form), total(each, form)) for each in (good, bad))
    for word in WORDS:
        assert (getattr(first, word), getattr(second, word)) != ("false", "true")
    assert (first.worse, second.worse) != ("true", "false")
    for rule in form.change_rules:
        assert not (gain_is(rule, before, good, form).is_false and gain_is(rule, before, bad, form).is_true)


@given(st.sampled_from(WITH_TOTAL), st.data())
def test_an_unknown_total_makes_no_change_true(form, data):
    known = data.draw(st.integers(form.lowest_total, form.highest_total))
    for before, after in ((known, None), (None, known), (None, None)):
        found = change(total(before, form), total(after, form))
        assert "true" not in {getattr(found, word) for word in (*WORDS, "worse", "partial_response")} - (
            {found.remission} if after is not None else set()
        )


@given(
    st.integers(-100, 100),
    st.decimals("0.1", "30", places=1),
    st.decimals("0", "0.99", places=2),
)
def test_reliable_by_the_exact_and_by_the_rounded_way(difference, deviation, reliability):
    norms = {"standard_deviation": deviation, "reliability": reliability}
    index = reliable_change_index(0, difference, **norms)
    exact = is_reliable(difference, **norms)
    limit = reliable_change_points(**norms)
    assert exact == (
        Fraction(difference) ** 2 > Fraction("1.96") ** 2 * 2 * Fraction(deviation) ** 2 * (1 - Fraction(reliability))
    )
    if abs(abs(index) - Decimal("1.96")) > Decimal("1e-20"):
        assert exact == (abs(index) > Decimal("1.96")) == (abs(difference) > limit)


@given(*(st.decimals("0", "50", places=1) for _ in range(2)), *(st.decimals("0.1", "20", places=1) for _ in range(2)))
def test_the_cutoff_c_lies_between_the_means(ill, well, ill_deviation, well_deviation):
    for direction in ("higher-worse", "higher-better"):
        found = clinical_cutoffs((ill, ill_deviation), (well, well_deviation), direction=direction)
        assert min(ill, well) - Decimal("1e-20") <= found.c <= max(ill, well) + Decimal("1e-20")
        better = -1 if direction == "higher-worse" else 1
        assert (found.a - ill) * better > 0 > (found.b - well) * better
    assert clinical_cutoffs((ill, ill_deviation), direction="higher-worse").b is None


def test_a_change_exactly_at_the_limit_is_not_beyond_it():
    norms = {"standard_deviation": Decimal(50), "reliability": Decimal("0.875")}
    assert reliable_change_points(**norms) == 49
    assert [is_reliable(difference, **norms) for difference in (-50, -49, 49, 50)] == [True, False, False, True]


def test_statistics_that_cannot_be():
    for deviation, reliability in ((0, 0), (1, 1), (1, -1)):
        with pytest.raises(InputError):
            is_reliable(1, standard_deviation=Decimal(deviation), reliability=Decimal(reliability))
    with pytest.raises(InputError, match="both standard deviations"):
        clinical_cutoffs((Decimal(1), Decimal(0)), (Decimal(2), Decimal(0)), direction="higher-worse")


def test_scores_of_different_forms_have_no_change():
    with pytest.raises(InputError, match="different instruments"):
        change(total(3), total(3, instrument("gad-7")))
    with pytest.raises(InputError, match="different instruments"):
        change(total(3, instrument("pcl-5", "past-week")), total(3, instrument("pcl-5", "past-month")))


# ---------------------------------------------------------------------------------------------- faults, knowledge


def answers(*pairs, **changes):
    entries = tuple(ItemResponse(item=item, value=value) for item, value in pairs)
    return attrs.evolve(Responses(instrument="phq-9", answered_at=AS_OF, answers=entries), **changes)


@pytest.mark.parametrize(
    ("responses", "codes"),
    [
        (answers(("phq9-1", 4)), ["value.range"]),
        (answers(("phq9-10", 1)), ["item.unknown"]),
        (answers(("phq9-1", 1), ("phq9-1", 2)), ["item.duplicate"]),
        (answers(("no-such", 9), ("no-such", 9)), ["item.unknown", "value.range", "item.unknown", "value.range"]),
        (answers(instrument="phq9"), ["instrument.unknown"]),
        (answers(form="ten-item"), ["instrument.form"]),
        (answers(instrument="dast-10"), ["instrument.form"]),
        (answers(instrument="caps-5"), ["instrument.rater"]),
        (answers(instrument="caps-5", rated_by="person"), ["instrument.rater"]),
        (answers(instrument="caps-5", rated_by="clinician"), []),
        (answers(*((f"caps5-{number}", 1) for number in range(1, 21)), instrument="caps-5"), ["instrument.rater"]),
        (
            answers(answers=(ItemResponse(item="phq9-1", value=1, absent=AbsentReason.NOT_ASKED),)),
            ["item.contradiction"],
        ),
    ],
)
def test_faults_of_answers(responses, codes):
    assert [issue.code for issue in check_responses(responses)] == codes
    if codes:
        with pytest.raises(DocumentError):
            score(responses)


@pytest.mark.parametrize("value", ["2", True, 1.5, -1, 101, [2], "", {}])
def test_only_a_whole_number_is_an_answer_for_code_and_schema_alike(value):
    given_values = to_json(responses_from(PHQ9, {"phq9-1": 2}))
    accepts = validator(Responses).is_valid
    assert accepts(given_values)
    assert read(Responses, given_values).answers[0].value == 2
    given_values["answers"][0]["value"] = value
    assert not accepts(given_values)
    with pytest.raises(DocumentError) as refused:
        read(Responses, given_values)
    assert [issue.pointer for issue in refused.value.issues] == ["/answers/0/value"]


def entry(name, **changes):
    (found,) = (each for each in table("instruments")["instrument"] if each["id"] == name)
    return found | changes


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (entry("phq-9", ship_item_text=False), "does not allow its wording"),
        (entry("madrs", stem="How sad?"), "does not allow its wording"),
        (entry("madrs", answers=["no", "yes"]), "does not allow its wording"),
        (entry("madrs", total_range=[0, 54]), "not the one that its items give"),
        (entry("madrs", reversed=["madrs-11"]), "an item that is not there"),
        (entry("phq-2", items=[{"id": "a"}, {"id": "a"}]), "share an id"),
        (entry("isi", bands={**entry("isi")["bands"], "list": entry("isi")["bands"]["list"][1:]}), "have a hole"),
        (entry("isi", bands={**entry("isi")["bands"], "list": entry("isi")["bands"]["list"][::2]}), "have a hole"),
        (entry("isi", total_from="nothing"), "no total"),
        (entry("pcl-5", scales=entry("pcl-5")["scales"][1:]), "a scale that is not there"),
        (entry("isi", change=[{**entry("isi")["change"][0], "headline": False}]), "needs one headline"),
    ],
)
def test_an_instrument_that_cannot_be_right_does_not_load(changed, message):
    with pytest.raises(KnowledgeError, match=message):
        _instrument(changed, "standard", ("standard",), "standard")


def test_wording_stands_only_where_its_licence_allows_it():
    for form in FORMS:
        texts = [form.stem, *form.answers, *(each for item in form.items for each in (item.text, *item.answers))]
        assert form.ship_item_text or not any(texts)


def test_an_instrument_or_form_that_nobody_knows_names_the_nearest():
    with pytest.raises(UnknownItemError, match="phq-9"):
        instrument("phq9")
    with pytest.raises(UnknownItemError, match="able-to-stop, unable-to-stop"):
        instrument("dast-10")
    with pytest.raises(UnknownItemError, match="23-item, 27-item, 6-item"):
        instrument("cadss", "28-item")
    assert list(forms_of("cadss")) == ["23-item", "27-item", "6-item"]
