"""Which medicine a name or code says, and what is found of it by route and day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from ketaprogram import check_intake, check_interactions, facts_from, read, write
from ketaprogram.citation import cite
from ketaprogram.intake.model import Intake, Medication, Medications
from ketaprogram.medications import classes_of, identify, interaction_cards, medicine_of
from ketaprogram.medications.catalogue import catalogue
from ketaprogram.medications.model import Interaction, InteractionReport

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ON = NOW.date()
LAST = catalogue().edition.expires_on


def looked_up(*medicines, route="oral", **options):
    return check_interactions(medicines, route=route, on=ON, **options)


def one(medicine, route="oral", **options):
    (found,) = looked_up(medicine, route=route, **options).results
    return found


def ids(interactions):
    return [each.id for each in interactions]


# --- names and codes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Sertraline HCl 50 mg tablet", "sertraline"),
        ("ZOLOFT", "sertraline"),
        ("St. John's wort", "St John's wort"),
        ("Tylenol 3", "acetaminophen codeine"),
        ("Tylenol PM", None),
        ("kale", None),
        ("", None),
        ("???", None),
    ],
)
def test_a_name_says_which_medicine_it_is(name, known):
    found = medicine_of(name)
    assert (found and found.name) == known


@pytest.mark.parametrize(
    ("name", "atc", "medicines", "is_settled"),
    [
        ("Zoloft", None, ["sertraline"], True),
        ("Zoloft", "N06AB06", ["sertraline"], True),
        ("Zoloft", "N06AF03", ["sertraline", "phenelzine"], True),
        ("Zoloft", "Z99ZZ99", ["sertraline"], True),
        ("Altruline", "N06AB06", ["sertraline"], True),
        ("???", "N06AB06", ["sertraline"], True),
        ("Altruline", "Z99ZZ99", [], False),
        ("Altruline", None, [], False),
        ("Tylenol PM", "N02BE01", ["acetaminophen"], False),
        ("Extra strength Tylenol PM", "N02BE01", ["acetaminophen"], False),
    ],
)
def test_a_code_speaks_where_the_name_says_nothing(name, atc, medicines, is_settled):
    found = identify(name, atc)
    assert [each.name for each in found.medicines] == medicines
    assert found.is_settled is is_settled
    assert classes_of(name, atc) == (found.classes if is_settled else None)


def test_codes_of_the_list_come_with_the_medicine():
    ketamine = medicine_of("Ketalar")
    assert ketamine.atc == ("N01AX03",)
    assert ketamine.rxnorm == ("6130",)


def form(*entries, complete=True):
    listed = Medications(entries=entries, list_is_complete=complete, as_of=NOW)
    return Intake(id="a", recorded_at=NOW, time_zone="UTC", medications=listed)


@pytest.mark.parametrize(
    ("entry", "classes", "is_complete", "faults"),
    [
        (Medication(name="Altruline", atc="N06AB06"), {"ssri-snri"}, True, []),
        (Medication(name="Altruline", atc="Z99ZZ99"), set(), False, [("name", "medication.unknown")]),
        (Medication(name="Zoloft", atc="N06AF03"), {"ssri-snri", "maoi"}, True, [("atc", "intake.contradiction")]),
        (Medication(name="Zoloft", atc="N06AB03"), {"ssri-snri"}, True, []),
        (Medication(name="Nardil plus", atc="N06AF03"), {"maoi"}, False, [("name", "medication.unknown")]),
    ],
)
def test_an_intake_takes_classes_from_name_and_code(entry, classes, is_complete, faults):
    intake = form(entry)
    fact = facts_from(intake, NOW).get("medication.classes")
    assert (fact.values, fact.is_complete) == (classes, is_complete)
    found = [(issue.pointer, issue.code) for issue in check_intake(intake, NOW)]
    assert found == [(f"/medications/entries/0/{member}", code) for member, code in faults]
    assert read(Intake, write(intake)) == intake


# --- outcomes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("medicine", "route", "outcome", "reason", "here"),
    [
        ("lithium", "iv", "none-known", None, ["lithium-together"]),
        ("lithium", "sc", "not-checked", "other-route", []),
        ("sertraline", "oral", "none-known", None, ["antidepressant-together"]),
        ("sertraline", "iv", "found", None, ["ssri-pressure", "antidepressant-together"]),
        ("clarithromycin", "oral", "found", None, ["clarithromycin-exposure", "cyp-exposure"]),
        ("itraconazole", "oral", "found", None, ["itraconazole-exposure"]),
        ("itraconazole", "iv", "not-checked", "other-route", []),
        ("naltrexone", "oral", "not-checked", "other-route", []),
        ("amlodipine", "oral", "not-checked", "no-entry", []),
        ("quetiapine", "oral", "not-checked", "no-entry", []),
        ("a blue pill", "oral", "not-checked", "unknown-name", []),
    ],
)
def test_what_becomes_of_one_medicine(medicine, route, outcome, reason, here):
    found = one(medicine, route)
    assert (found.outcome, found.reason, ids(found.interactions)) == (outcome, reason, here)
    assert found.is_open is (reason is not None)


def test_a_combination_is_not_cleared_by_one_of_its_parts():
    assert one("olanzapine").outcome == "none-known"
    assert one("fluoxetine").outcome == "none-known"
    both = one("Symbyax")
    assert (both.outcome, both.reason) == ("not-checked", "no-entry")
    assert ids(both.interactions) == ["antidepressant-together"]


def test_what_matters_for_another_route_is_not_lost():
    assert ids(one("sertraline").elsewhere) == ["ssri-pressure"]
    assert ids(one("Sudafed", "intranasal").elsewhere) == ["sympathomimetic-pressure"]


def test_name_and_code_that_disagree_are_both_looked_up():
    found = one(Medication(name="lithium", atc="N06AF03"))
    assert (found.medicine, found.coded_as, found.outcome) == ("lithium", "phenelzine", "found")
    assert ids(found.interactions) == ["lithium-together", "maoi-reports"]
    assert one(Medication(name="lithium", atc="N06AB06")).outcome == "none-known"
    assert one(Medication(name="lithium", atc="C08CA01")).reason == "no-entry"


def test_a_code_beside_a_name_that_goes_on_shows_what_it_found_and_stays_open():
    found = one(Medication(name="Nardil plus", atc="N06AF03"))
    assert (found.medicine, found.outcome, found.reason) == ("phenelzine", "not-checked", "unknown-name")
    assert ids(found.interactions) == ["maoi-reports"]


def test_a_report_is_clear_only_for_a_complete_list_of_which_all_is_known():
    assert looked_up("lithium", "sertraline", list_is_complete=True).is_clear
    assert looked_up(list_is_complete=True).is_clear
    assert not looked_up("lithium", "sertraline").is_clear
    mixed = looked_up("lithium", "kale", "amlodipine", "Xanax", list_is_complete=True)
    assert not mixed.is_clear
    assert mixed.open_positions == (1, 2)


def test_past_its_last_day_the_collection_still_shows_what_it_holds_but_clears_nothing():
    good = check_interactions(["lithium", "Nardil"], route="oral", on=LAST, list_is_complete=True)
    assert [each.outcome for each in good.results] == ["none-known", "found"]
    late = check_interactions(["lithium", "Nardil"], route="oral", on=LAST + timedelta(days=1), list_is_complete=True)
    assert [(each.outcome, each.reason) for each in late.results] == [("source-expired", "expired")] * 2
    assert [each.interactions for each in late.results] == [each.interactions for each in good.results]


# --- a further database -----------------------------------------------------------------------------------------------


class Formulary:
    """A database of a clinic: what it answers, or what it raises."""

    name = "our formulary"

    def __init__(self, answer, expires_on=LAST):
        self.answer, self.expires_on, self.asked = answer, expires_on, []

    def look_up(self, medicine, route):
        self.asked.append((medicine, route))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def entry(severity, *routes):
    return Interaction(
        id=f"formulary-{severity}",
        severity=severity,
        routes=routes or ("oral",),
        settings=("clinic",),
        meaning="It was looked up.",
        action="Ask the prescriber.",
        citations=(cite("GENERAL"),),
    )


@pytest.mark.parametrize("answer", [None, KeyError("amlodipine"), ConnectionError(), TimeoutError()])
def test_a_database_that_does_not_answer_leaves_it_open_and_hides_nothing(answer):
    for medicine, here in (("amlodipine", []), ("lithium", ["lithium-together"]), ("Nardil", ["maoi-reports"])):
        found = one(medicine, external=Formulary(answer))
        assert (found.outcome, found.reason) == ("not-checked", "did-not-run")
        assert ids(found.interactions) == here


def test_a_fault_of_the_adapter_itself_comes_through():
    with pytest.raises(ZeroDivisionError):
        one("amlodipine", external=Formulary(ZeroDivisionError()))


def test_an_empty_answer_proves_nothing_and_an_entry_that_none_is_known_does():
    assert one("amlodipine", external=Formulary(())).reason == "no-entry"
    assert one("amlodipine", external=Formulary((entry("none-known"),))).outcome == "none-known"
    assert one("amlodipine", external=Formulary((entry("none-known", "iv"),))).reason == "other-route"
    assert one("lithium", external=Formulary((entry("avoid"),))).outcome == "found"


def test_a_database_is_asked_by_our_generic_names_alone_and_named_in_the_report():
    formulary = Formulary(())
    report = looked_up("Zoloft 50 mg", "Zebulon's pills", external=formulary)
    assert formulary.asked == [("sertraline", "oral")]
    assert (report.external.name, report.external.expires_on, report.external.version) == ("our formulary", LAST, None)
    assert looked_up("Zoloft").external is None


def test_a_database_past_its_last_day_clears_nothing():
    old = Formulary((entry("none-known"),), expires_on=date(2026, 11, 25))
    found = one("amlodipine", external=old)
    assert (found.outcome, ids(found.interactions)) == ("source-expired", ["formulary-none-known"])


# --- cards ------------------------------------------------------------------------------------------------------------


def test_there_is_one_card_for_each_interaction_and_one_for_what_is_open():
    report = looked_up("Xanax", "diazepam", "lithium", "kale", "amlodipine", list_is_complete=True)
    cards = interaction_cards(report)
    assert [(each.indicator, each.summary) for each in cards] == [
        ("warning", "2 of the medicines: use with caution (oral ketamine)"),
        ("warning", "2 of the medicines: use with caution (oral ketamine)"),
        ("info", "2 of the medicines: timing around a dose matters (oral ketamine)"),
        ("warning", "Interactions: 2 of 5 entries could not be judged"),
    ]
    assert "alprazolam, diazepam" in cards[0].detail
    assert "At home: Not at home on the same day." in "".join(each.detail for each in cards[:2])
    assert cards[-1].detail.splitlines() == [
        "Entries 4: no list knows the name, or not all of it.",
        "Entries 5: no entry speaks of it, or not of all that it is.",
    ]


def test_a_list_that_is_not_complete_has_a_card_of_its_own():
    assert interaction_cards(looked_up("lithium", list_is_complete=True)) == ()
    (card,) = interaction_cards(looked_up("lithium"))
    assert card.summary == "Interactions: 0 of 1 entries could not be judged"
    assert "not marked complete" in card.detail


def test_a_card_names_the_route_and_both_medicines_where_name_and_code_disagree():
    card, *_ = interaction_cards(looked_up(Medication(name="lithium", atc="N06AF03"), route="intranasal"))
    assert card.summary == "1 of the medicines: use with caution (intranasal esketamine)"
    assert "lithium or phenelzine" in card.detail


def test_a_card_of_a_long_list_says_how_many_it_leaves_out():
    cards = interaction_cards(looked_up(*["kale"] * 150))
    assert cards[-1].detail.startswith("Entries 1, 2, 3")
    assert "100 and 50 more" in cards[-1].detail


def test_a_report_is_a_document():
    report = looked_up("Xanax", "kale", external=Formulary((entry("avoid"),)))
    assert read(InteractionReport, write(report)) == report
    assert attrs.evolve(report, results=()).open_positions == ()
