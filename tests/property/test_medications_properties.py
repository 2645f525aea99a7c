"""Interactions: ignorance never clears anything, and nothing repeats what the list calls a medicine."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

from hypothesis import assume, given
from hypothesis import strategies as st

from ketaprogram import check_intake, check_interactions, facts_from, read, write
from ketaprogram._knowledge import table
from ketaprogram.intake.model import Intake, Medication, Medications
from ketaprogram.medications import identify, interaction_cards, medicine_of
from ketaprogram.medications.catalogue import catalogue
from ketaprogram.medications.model import Interaction, InteractionReport
from ketaprogram.record import Route
from ketaprogram.testing.strategies import AS_OF, documents

CANARY = "Zebulon Q. Canary"
LAST = catalogue().edition.expires_on
MEDICINES = table("medications")["medication"]
KNOWN = [name for each in MEDICINES for name in (each["name"], *each.get("brands", ()))]
CODES = [code for each in MEDICINES for code in each.get("atc", ())]

routes = st.sampled_from(get_args(Route))
days = st.dates(date(2026, 1, 1), LAST)
codes = st.none() | st.sampled_from(CODES) | st.just("Z99ZZ99")
known_names = st.sampled_from(KNOWN)
unknown_names = st.one_of(
    st.text(min_size=1, max_size=40), known_names.map(lambda name: f"{name} plus"), st.just(CANARY)
).filter(lambda name: medicine_of(name) is None)
names = st.one_of(known_names, unknown_names)
entries = st.one_of(names, st.builds(Medication, name=names.map(lambda name: name[:120]), atc=codes))
lists = st.lists(entries, max_size=5)


class Database:
    """A further database with an answer of any kind."""

    name = "database"

    def __init__(self, answer, expires_on):
        self.answer, self.expires_on = answer, expires_on

    def look_up(self, _medicine, _route):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


answers = st.one_of(
    st.none(),
    st.just(LookupError()),
    st.just(TimeoutError()),
    st.lists(documents(Interaction), max_size=2).map(tuple),
)
databases = st.none() | st.builds(Database, answers, st.dates(date(2026, 1, 1), date(2028, 1, 1)))


@given(lists, routes, days, st.booleans(), databases)
def test_a_report_has_one_result_per_entry_in_order_and_can_be_written(medicines, route, on, complete, external):
    report = check_interactions(medicines, route=route, on=on, list_is_complete=complete, external=external)
    assert [each.position for each in report.results] == list(range(len(medicines)))
    assert read(InteractionReport, write(report)) == report
    for entry, result in zip(medicines, report.results, strict=True):
        name, atc = (entry, None) if isinstance(entry, str) else (entry.name, entry.atc)
        assert [each for each in (result.medicine, result.coded_as) if each] == [
            each.name for each in identify(name, atc).medicines
        ]
        assert (result.outcome in {"found", "none-known"}) == (result.reason is None)
        assert all(route in each.routes for each in result.interactions)
        assert all(route not in each.routes for each in result.elsewhere)


@given(unknown_names, routes, days, databases)
def test_a_name_that_no_list_knows_is_never_cleared(name, route, on, external):
    (result,) = check_interactions([name], route=route, on=on, external=external).results
    assert result.outcome in {"not-checked", "source-expired"}
    assert result.medicine is None


@given(known_names, st.sampled_from(["plus", "and kale", "PM", "/ Canary"]), codes, routes, days)
def test_no_code_settles_a_name_that_goes_on_after_a_known_one(name, more, atc, route, on):
    assume(medicine_of(f"{name} {more}") is None)
    (result,) = check_interactions([Medication(name=f"{name} {more}", atc=atc)], route=route, on=on).results
    assert (result.outcome, result.reason) == ("not-checked", "unknown-name")


@given(lists, unknown_names, st.integers(0, 5), routes, days, databases)
def test_an_unknown_medicine_more_never_makes_a_report_clear(medicines, name, place, route, on, external):
    more = [*medicines[:place], name, *medicines[place:]]
    assert not check_interactions(more, route=route, on=on, list_is_complete=True, external=external).is_clear


@given(lists, routes, days, databases)
def test_a_list_that_nobody_reconciled_is_never_clear(medicines, route, on, external):
    assert not check_interactions(medicines, route=route, on=on, external=external).is_clear


@given(lists, entries, routes, days, databases)
def test_a_medicine_more_never_changes_the_answer_on_another(medicines, more, route, on, external):
    before = check_interactions(medicines, route=route, on=on, external=external).results
    after = check_interactions([*medicines, more], route=route, on=on, external=external).results
    assert after[:-1] == before


@given(st.lists(entries, min_size=1, max_size=5), routes, st.integers(1, 4000), databases)
def test_past_the_last_day_nothing_is_cleared_and_nothing_is_hidden(medicines, route, days_later, external):
    on = LAST + timedelta(days=days_later)
    late = check_interactions(medicines, route=route, on=on, list_is_complete=True, external=external)
    in_time = check_interactions(medicines, route=route, on=LAST, list_is_complete=True, external=external)
    assert {each.outcome for each in late.results} == {"source-expired"}
    assert not late.is_clear
    for before, after in zip(in_time.results, late.results, strict=True):
        assert after.interactions == before.interactions
        assert after.elsewhere == before.elsewhere


@given(known_names, routes, days, st.one_of(st.none(), st.just(LookupError()), st.just(OSError())))
def test_a_database_that_did_not_run_clears_nothing_and_takes_nothing_away(name, route, on, answer):
    (alone,) = check_interactions([name], route=route, on=on).results
    (asked,) = check_interactions([name], route=route, on=on, external=Database(answer, LAST)).results
    assert (asked.outcome, asked.reason) == ("not-checked", "did-not-run")
    assert (asked.interactions, asked.elsewhere) == (alone.interactions, alone.elsewhere)


@given(known_names, routes, days)
def test_only_an_entry_clears_a_medicine(name, route, on):
    (result,) = check_interactions([name], route=route, on=on).results
    if result.outcome == "none-known":
        assert result.interactions
        assert {each.severity for each in result.interactions} == {"none-known"}
        medicine = medicine_of(name)
        covered = {word for each in result.interactions for word in each.classes}
        named = any(medicine.name in each.medicines for each in result.interactions)
        assert named or medicine.classes <= covered


@given(names.filter(lambda name: name.strip()), codes)
def test_a_code_only_ever_adds_classes_and_its_lack_never_settles_a_name(name, atc):
    alone, coded = identify(name), identify(name, atc)
    assert alone.classes <= coded.classes
    assert alone.is_settled <= coded.is_settled


@given(names.map(lambda name: name[:120]).filter(bool), codes)
def test_the_facts_and_the_faults_of_an_intake_agree_on_what_is_open(name, atc):
    listed = Medications(entries=(Medication(name=name, atc=atc),), list_is_complete=True, as_of=AS_OF)
    intake = Intake(id="a", recorded_at=AS_OF, time_zone="UTC", medications=listed)
    fact = facts_from(intake, AS_OF).get("medication.classes")
    codes_found = {issue.code for issue in check_intake(intake, AS_OF)}
    assert fact.is_complete == ("medication.unknown" not in codes_found)
    assert ("intake.contradiction" in codes_found) == identify(name, atc).disagrees


@given(st.lists(entries, max_size=4), st.integers(0, 4), codes, routes, databases)
def test_neither_report_nor_cards_repeat_what_the_list_calls_a_medicine(medicines, place, atc, route, external):
    said = [*medicines[:place], Medication(name=CANARY, atc=atc), *medicines[place:]]
    report = check_interactions(said, route=route, on=LAST, external=external)
    shown = write(report).decode() + repr(report) + "".join(repr(each) for each in report.results)
    cards = interaction_cards(report)
    shown += "".join(write(card).decode() + repr(card) for card in cards)
    for secret in (CANARY, "Zebulon", "Canary"):
        assert secret not in shown


@given(lists, routes, days, st.booleans())
def test_the_cards_of_a_report_are_cards(medicines, route, on, complete):
    report = check_interactions(medicines, route=route, on=on, list_is_complete=complete)
    cards = interaction_cards(report)
    for card in cards:
        assert read(type(card), write(card)) == card
        assert card.suggestions
    shown = {each for result in report.results for each in result.interactions if each.severity != "none-known"}
    is_open = bool(report.open_positions) or not complete
    assert len(cards) == len(shown) + is_open
