"""Every side effect of the catalogue: its grades at each edge, its times, its published incidence as printed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ketaprogram import catalog
from ketaprogram._knowledge import table
from ketaprogram.citation import cite, sources
from ketaprogram.errors import UnknownItemError
from ketaprogram.events import grade, home_cohorts, term, terms
from ketaprogram.events.grading import worst_of
from ketaprogram.sessions.model import Observation
from ketaprogram.testing.strategies import AS_OF

ROUTES = {"iv", "im", "sublingual", "oral", "intranasal"}


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (119, 79, None),
        (120, 79, 1),
        (119, 80, 1),
        (139, 89, 1),
        (140, 89, 2),
        (139, 90, 2),
        (159, 99, 2),
        (160, 99, 3),
        (159, 100, 3),
        (250, 60, 3),
        (100, 130, 3),
    ],
)
def test_blood_pressure_is_graded_by_the_worse_of_the_two(systolic, diastolic, expected):
    found = grade("blood-pressure", {"systolic_mmhg": systolic, "diastolic_mmhg": diastolic})
    assert found.grade == expected
    assert (found.question is None) == (expected is not None)
    assert found.missing == ()


def test_one_of_the_two_alone_says_at_least():
    found = grade("blood-pressure", {"systolic_mmhg": 150})
    assert (found.grade, found.at_least, found.missing) == (None, 2, ("diastolic_mmhg",))
    assert found.decided_by == ("systolic_mmhg",)
    assert found.question.startswith("Which grade is it: 1 SBP 120-139 or DBP 80-89; 2 ")
    assert grade("blood-pressure", {"systolic_mmhg": 110}).at_least is None
    assert grade("blood-pressure").missing == ("systolic_mmhg", "diastolic_mmhg")


@pytest.mark.parametrize(
    ("times", "expected"),
    [("1", None), ("1.01", 1), ("3", 1), ("3.01", 2), ("5", 2), ("5.01", 3), ("20", 3), ("20.01", 4)],
)
def test_liver_values_are_graded_strictly_above_each_multiple(times, expected):
    assert grade("liver", {"alt_times_uln": Decimal(times)}).grade == expected


@pytest.mark.parametrize(("spo2", "expected"), [(88, None), (87, 3), (70, 3)])
def test_oxygen_is_graded_below_88_at_rest(spo2, expected):
    assert grade("breathing", {"spo2_percent": spo2}).grade == expected


@pytest.mark.parametrize("term_id", sorted(terms()))
def test_every_effect_without_numbers_asks_each_grade_in_words(term_id):
    found = grade(term_id)
    assert found.grade is None
    assert found.at_least is None
    for number, words in term(term_id).grades.items():
        assert f"{number} {words}" in found.question
    assert found.citations


def test_only_what_ctcae_has_numbers_for_is_graded_by_numbers():
    assert {each.id for each in terms().values() if each.numeric} == {"blood-pressure", "breathing", "liver"}
    assert grade("nausea", {"systolic_mmhg": 250, "diastolic_mmhg": 130}).grade is None


def test_the_worst_number_of_each_measure_counts():
    taken = [
        Observation(taken_at=AS_OF, systolic_mmhg=120, diastolic_mmhg=90, spo2_percent=97),
        Observation(taken_at=AS_OF, systolic_mmhg=150, diastolic_mmhg=80, spo2_percent=93),
        Observation(taken_at=AS_OF),
    ]
    assert worst_of(taken) == {"systolic_mmhg": 150, "diastolic_mmhg": 90, "spo2_percent": 93}


def test_an_unknown_effect_names_the_nearest():
    with pytest.raises(UnknownItemError, match="nausea"):
        grade("nausia")


# --- the catalogue ----------------------------------------------------------------------------------------------------


def test_there_are_at_least_thirty_effects_from_the_reference():
    from_reference = [
        each for each in terms().values() if any(c.locator.startswith(("se.", "ctcae.")) for c in each.citations)
    ]
    assert (
        len(
            [
                each
                for each in from_reference
                if any("se." in c.locator or c.locator != "ctcae.generic" for c in each.citations)
            ]
        )
        >= 30
    )
    assert len(terms()) == len(table("events")["term"]) == 41


def test_no_name_stands_for_two_effects():
    for names in (
        [each.label for each in terms().values()],
        [each.meddra for each in terms().values()],
        [name for each in terms().values() for name in each.synonyms],
    ):
        assert len(names) == len({name.casefold() for name in names})


@pytest.mark.parametrize("found", terms().values(), ids=terms())
def test_every_effect_is_whole(found):
    assert found.synonyms
    assert found.citations
    assert (found.expected is None) == (found.red_flag is None)
    assert found.is_never_expected == (found.expected == "Never expected")
    assert found.grades
    assert all(1 <= number <= 5 for number in found.grades)
    assert set(found.windows) <= ROUTES
    assert found.groups <= set(catalog()["event.groups"].words)
    for window in found.windows.values():
        assert window.begins <= window.begins_by
        assert window.ends is None or window.begins_by <= window.ends
    if found.limit is not None:
        assert found.limit.words in found.red_flag
        assert found.limit.minutes > 0
    for numeric in found.numeric:
        bounds = [numeric.bounds[number] for number in sorted(numeric.bounds)]
        assert bounds == sorted(bounds)
        assert found.grade_note


def test_the_groups_are_the_words_of_the_facts():
    used = frozenset().union(*(each.groups for each in terms().values()))
    assert used == set(catalog()["event.groups"].words) == set(catalog()["event.beside"].words)


PUBLISHED = [(each.id, one) for each in terms().values() for one in each.published]


@pytest.mark.parametrize(
    ("term_id", "found"), PUBLISHED, ids=[f"{name} {one.study} {one.named}" for name, one in PUBLISHED]
)
def test_published_counts_give_the_printed_percentage(term_id, found):
    """`rep.uspi_pct` and its siblings; the label prints whole percents, 0.5 and under with one place."""
    cite(found.citation.source, found.citation.locator, found.citation.confidence)
    for count, of, percent in (
        (found.count, found.of, found.percent),
        (found.placebo_count, found.placebo_of, found.placebo_percent),
    ):
        if count is not None:
            places = max(0, -percent.as_tuple().exponent)
            assert abs(Decimal(count) * 100 / of - percent) <= Decimal("0.5") * Decimal(10) ** -places + Decimal("0.05")


def test_published_incidence_is_supervised_and_of_no_home_cohort():
    assert {one.citation.source for _, one in PUBLISHED}.isdisjoint({"HULL", "KUHN"})
    assert {one.route for _, one in PUBLISHED} == {"iv", "intranasal"}
    assert {each.citation.source for each in home_cohorts()} == {"HULL", "KUHN"}


def test_no_source_is_cited_that_is_not_in_the_catalogue():
    for name in ("events", "escalation", "medwatch", "red_flags"):
        assert all(each["id"] in sources() for each in table(name).get("sources", []))
