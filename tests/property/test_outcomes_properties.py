"""Scores: by the published rule or not at all, and the crisis path before anything else."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import DocumentError, change, crisis_card, score
from ketaprogram._knowledge import table
from ketaprogram.errors import InputError, KnowledgeError, UnknownItemError
from ketaprogram.facts.model import AbsentReason
from ketaprogram.outcomes import check_responses, instrument
from ketaprogram.outcomes.crisis import crisis_lines
from ketaprogram.outcomes.instruments import _instrument, instruments
from ketaprogram.outcomes.model import ItemResponse, Responses, Score
from ketaprogram.testing.strategies import AS_OF

names = st.sampled_from(["phq-9", "gad-7"])


@st.composite
def filled(draw, *, complete=False):
    found = instrument(draw(names))
    values = st.integers(0, 3) if complete else st.none() | st.integers(0, 3)
    answers = [
        ItemResponse(item=item.id, value=value)
        if (value := draw(values)) is not None
        else ItemResponse(item=item.id, absent=draw(st.none() | st.sampled_from(AbsentReason)))
        for item in found.items
    ]
    return Responses(instrument=found.id, answered_at=AS_OF, answers=tuple(answers))


@given(filled(), st.randoms(use_true_random=False))
def test_a_total_needs_every_item_and_no_order(responses, random):
    values = [each.value for each in responses.answers]
    result = score(responses)
    assert result.value == (None if None in values else sum(values))
    assert len(result.missing) == values.count(None)
    shuffled = list(responses.answers)
    random.shuffle(shuffled)
    other = score(attrs.evolve(responses, answers=tuple(shuffled)))
    assert other == result


@given(filled(complete=True), st.data())
def test_a_score_rises_with_each_item(responses, data):
    index = data.draw(st.integers(0, len(responses.answers) - 1))
    answers = list(responses.answers)
    value = answers[index].value
    if value < 3:
        answers[index] = attrs.evolve(answers[index], value=value + 1)
        assert score(attrs.evolve(responses, answers=tuple(answers))).value == score(responses).value + 1


@given(filled())
def test_the_crisis_path_opens_on_item_9_alone(responses):
    result = score(responses)
    item_9 = {each.item: each.value for each in responses.answers}.get("phq9-9", "no such item")
    card = crisis_card(result, "US")
    if item_9 in {"no such item", 0}:
        assert card is None
    else:
        assert card.indicator == ("warning" if item_9 is None else "critical")
        assert "988" in card.detail


def total(value, name="phq-9", **changes):
    return Score(instrument=name, version="1", answered_at=AS_OF, value=value, self_harm="negative", **changes)


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


@pytest.mark.parametrize(
    ("name", "scores", "labels"),
    [
        (
            "phq-9",
            [0, 4, 5, 9, 10, 14, 15, 19, 20, 27],
            ["none-minimal"] * 2 + ["mild"] * 2 + ["moderate"] * 2 + ["moderately severe"] * 2 + ["severe"] * 2,
        ),
        ("gad-7", [0, 4, 5, 9, 10, 14, 15, 21], ["minimal"] * 2 + ["mild"] * 2 + ["moderate"] * 2 + ["severe"] * 2),
    ],
)
def test_the_published_bands(name, scores, labels):
    bands = instrument(name).bands
    assert [next(band.label for band in bands if band.low <= each <= band.high) for each in scores] == labels
    assert bands[-1].high == 3 * len(instrument(name).items)


@pytest.mark.parametrize(
    ("before", "after", "response", "remission"),
    [(20, 10, "true", "false"), (20, 11, "false", "false"), (10, 4, "true", "true")],
)
def test_the_published_examples_of_response_and_remission(before, after, response, remission):
    found = change(total(before), total(after))
    assert (found.response, found.remission) == (response, remission)


def answers(*pairs, **changes):
    entries = tuple(ItemResponse(item=item, value=value) for item, value in pairs)
    return attrs.evolve(Responses(instrument="phq-9", answered_at=AS_OF, answers=entries), **changes)


@pytest.mark.parametrize(
    ("responses", "codes"),
    [
        (answers(("phq9-1", 4)), ["value.range"]),
        (answers(("phq9-10", 1)), ["item.unknown"]),
        (answers(("phq9-1", 1), ("phq9-1", 2)), ["item.duplicate"]),
        (answers(instrument="phq9"), ["instrument.unknown"]),
        (answers(version="2"), ["instrument.version"]),
        (
            answers(answers=(ItemResponse(item="phq9-1", value=1, absent=AbsentReason.NOT_ASKED),)),
            ["item.contradiction"],
        ),
    ],
)
def test_faults_of_answers(responses, codes):
    assert [issue.code for issue in check_responses(responses)] == codes
    with pytest.raises(DocumentError):
        score(responses)


def test_an_unknown_country_shows_no_other_countrys_numbers():
    numbers = [entry["line"] for entry in table("crisis_lines")["country"]]
    for country in (None, "ZZ"):
        text, _ = crisis_lines(country)
        assert not any(number in text for number in numbers)
    assert "116 123" in crisis_lines("GB")[0]


def test_scores_of_different_instruments_have_no_change():
    with pytest.raises(InputError, match="different instruments"):
        change(total(3), total(3, "gad-7"))


def test_better_can_be_higher(monkeypatch):
    turned = attrs.evolve(instrument("gad-7"), direction="higher-better", remission_below=0)
    monkeypatch.setitem(instruments(), "gad-7", turned)
    assert change(total(5, "gad-7"), total(10, "gad-7")).reliable == "true"


def test_wording_that_its_licence_forbids_cannot_load():
    entry = table("instruments")["instrument"][0] | {"ship_item_text": False}
    with pytest.raises(KnowledgeError, match="does not allow its wording"):
        _instrument(entry)
    with pytest.raises(UnknownItemError, match="phq-9"):
        instrument("phq9")
