"""The collection of interactions, entry by entry, against the clinical reference table, and the codes of medicines."""

from __future__ import annotations

import re
from collections import Counter
from typing import get_args

import pytest

from ketaprogram._knowledge import table
from ketaprogram.card import Indicator
from ketaprogram.citation import sources
from ketaprogram.facts.catalog import catalog
from ketaprogram.medications.catalogue import catalogue
from ketaprogram.medications.model import Severity
from ketaprogram.record import Route, Setting

# Every interaction of the clinical reference table: severity, source, how surely it was read, routes.
REFERENCE = {
    "ix.cns_depressants": "caution USPI seen intranasal",
    "ix.cns_depressants_racemic": "caution KETPI well_known iv im sublingual oral",
    "ix.benzo_efficacy": "caution VERAART seen iv im sublingual oral intranasal",
    "ix.benzo_timing": "timing GENERAL uncertain iv im sublingual oral intranasal",
    "ix.maoi_label": "caution USPI seen intranasal",
    "ix.maoi_evidence": "caution VERAART seen iv im sublingual oral intranasal",
    "ix.stimulants": "caution USPI seen intranasal",
    "ix.stimulant_timing": "timing GENERAL uncertain iv im sublingual oral intranasal",
    "ix.lamotrigine": "caution VERAART seen iv im sublingual oral intranasal",
    "ix.lithium": "none-known VERAART seen iv im sublingual oral intranasal",
    "ix.clozapine": "monitor VERAART seen iv im sublingual oral intranasal",
    "ix.haloperidol": "monitor VERAART seen iv im sublingual oral intranasal",
    "ix.risperidone": "monitor VERAART seen iv im sublingual oral intranasal",
    "ix.olanzapine": "none-known VERAART seen iv im sublingual oral intranasal",
    "ix.antidepressants": "none-known ANDRADE5 seen iv im sublingual oral intranasal",
    "ix.ssri_bp": "monitor SZARMACH seen iv",
    "ix.cyp_general": "caution ANDRADE5 seen iv im sublingual oral intranasal",
    "ix.clarithromycin": "caution HAGEL10 seen oral",
    "ix.itraconazole": "monitor PELT11 seen oral",
    "ix.ticlopidine": "caution PELT11 seen oral",
    "ix.grapefruit": "caution PELT12G seen oral",
    "ix.st_johns_wort": "caution PELT12S seen oral",
    "ix.rifampicin": "caution PELT12R seen iv oral",
    "ix.inducers_other": "caution GENERAL uncertain oral sublingual",
    "ix.theophylline": "avoid KETPI well_known iv im sublingual oral",
    "ix.sympathomimetics": "caution KETPI well_known iv im sublingual oral",
    "ix.thyroid": "caution KETUK well_known iv im sublingual oral",
    "ix.memantine": "avoid EBIXA well_known iv im sublingual oral",
    "ix.dextromethorphan": "caution GENERAL uncertain iv im sublingual oral",
    "ix.naltrexone": "caution WILLIAMS well_known iv",
    "ix.opioids": "caution KETPI well_known iv im sublingual oral",
    "ix.gabapentinoids": "caution GABAFDA well_known iv im sublingual oral intranasal",
    "ix.alcohol": "avoid GENERAL uncertain iv im sublingual oral intranasal",
    "ix.cannabis": "avoid GENERAL uncertain iv im sublingual oral intranasal",
    "ix.sodium_oxybate": "avoid GENERAL uncertain iv im sublingual oral intranasal",
    "ix.nasal_products": "timing USPI well_known intranasal",
}
# What the reference proposes for sessions at home.
HOME = {
    "ix.cns_depressants": "not at home on the same day",
    "ix.opioids": "not at home",
    "ix.maoi_evidence": "within 14 days",
    "ix.grapefruit": "avoided",
    "ix.sodium_oxybate": "not at home",
}
ENTRIES = {each.id: each for each in catalogue().interactions}
TABLE = {entry["id"]: entry for entry in table("interactions")["interaction"]}
MEDICINES = table("medications")["medication"]
TELLS_TO_END = re.compile(
    r"\b(stop\w*|hold(ing|s)?|held|withh\w+|withdraw\w*|discontinu\w+|quit\w*|cease\w*|skip\w*|taper\w*|must|prescribe)\b",
    re.IGNORECASE,
)


def test_every_interaction_of_the_reference_stands_here_once_as_it_stands_there():
    found = {}
    for entry in ENTRIES.values():
        (cited,) = entry.citations
        assert cited.locator not in found
        found[cited.locator] = f"{entry.severity} {cited.source} {cited.confidence} {' '.join(entry.routes)}"
    assert found == REFERENCE


def test_what_is_proposed_for_home_stands_beside_its_own_source():
    proposed = {}
    for entry in ENTRIES.values():
        assert (entry.home is None) == (not entry.home_citations)
        for cited in entry.home_citations:
            assert cited.is_proposal or cited == entry.citations[0]
            proposed.setdefault(cited.locator.partition(",")[0], []).append(entry.home.casefold())
    assert proposed.keys() == HOME.keys()
    for locator, words in HOME.items():
        assert all(words in text for text in proposed[locator])


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_is_about_known_medicines_or_classes_and_says_what_to_ask(name):
    entry, text = ENTRIES[name], TABLE[name]
    assert text.keys() <= {
        *("id", "classes", "medicines", "severity", "routes", "settings", "meaning", "action", "sources"),
        *("home", "home_sources"),
    }
    assert bool(entry.classes) != bool(entry.medicines)
    assert set(entry.classes) <= set(catalog()["medication.classes"].words) - {"other"}
    assert set(entry.medicines) <= {each["name"] for each in MEDICINES}
    assert set(entry.routes) <= set(get_args(Route))
    assert set(entry.settings) <= set(get_args(Setting))
    assert entry.severity in get_args(Severity)
    assert all(cited.source in sources() for cited in (*entry.citations, *entry.home_citations))
    for sentence in (entry.meaning, entry.action, entry.home or "Nothing."):
        assert sentence.endswith(".")
        assert len(sentence) <= 400
        assert not TELLS_TO_END.search(sentence), sentence
    if entry.severity in {"caution", "timing", "avoid"}:
        assert re.search(r"\b(prescriber|clinician)\b", entry.action)


def test_every_severity_has_its_words_and_no_card_interrupts():
    assert len(ENTRIES) == len(catalogue().interactions)
    assert tuple(catalogue().labels) == tuple(catalogue().indicators) == get_args(Severity)
    pressing = [get_args(Indicator).index(catalogue().indicators[each]) for each in get_args(Severity)]
    assert pressing == sorted(pressing)
    assert "critical" not in catalogue().indicators.values()
    assert "prescriber" in catalogue().unchecked_action


def test_the_collection_says_when_it_ends_and_that_this_is_a_proposal():
    head = table("interactions")["catalogue"]
    assert head.keys() == {"version", "compiled_on", "expires_on", "sources"}
    assert head["expires_on"] > head["compiled_on"]
    assert all(each.is_proposal for each in catalogue().edition.citations)


def test_a_medicine_that_an_entry_names_is_shown_with_its_class_and_not_instead_of_it():
    inhibitors = {each["name"] for each in MEDICINES if "cyp-inhibitor" in each["classes"]}
    named = {name for entry in ENTRIES.values() for name in entry.medicines}
    assert inhibitors <= named, "what inhibits is flagged by its name"
    assert "itraconazole" in named - inhibitors


# --- codes of medicines -----------------------------------------------------------------------------------------------


def test_no_code_stands_on_two_medicines_and_each_has_the_form_of_its_system():
    atc = Counter(code for each in MEDICINES for code in each.get("atc", ()))
    rxnorm = Counter(code for each in MEDICINES for code in each.get("rxnorm", ()))
    assert len(atc) >= 200
    assert {*atc.values(), *rxnorm.values()} == {1}
    assert all(re.fullmatch(r"[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}", code) for code in atc)
    assert all(re.fullmatch(r"[0-9]{1,8}", code) for code in rxnorm)
    assert not [each["name"] for each in MEDICINES if each.get("atc") == [] or each.get("rxnorm") == []]


def test_the_codes_that_the_reference_gives_are_those_of_the_list():
    codes = {each["name"]: each for each in MEDICINES}
    assert codes["ketamine"]["atc"] == ["N01AX03"]
    assert codes["ketamine"]["rxnorm"] == ["6130"]
    assert codes["esketamine"]["atc"] == ["N01AX14", "N06AX27"]


@pytest.mark.parametrize(
    ("group", "word"),
    [
        *(("N06AB", "ssri-snri"), ("N06AA", "other-antidepressant"), ("N06AF", "maoi"), ("N06AG", "maoi")),
        *(("N04BD", "maoi"), ("N05CF", "sedative"), ("N05CJ", "sedative"), ("N02AA", "opioid"), ("N06BA", None)),
        *(("N05AN", "lithium"), ("N02BF", "gabapentinoid"), ("H03AA", "thyroid-hormone"), ("R03DA", "xanthine")),
    ],
)
def test_a_code_of_a_chemical_group_is_of_the_class_that_the_group_names(group, word):
    found = [each for each in MEDICINES if any(code.startswith(group) for code in each.get("atc", ()))]
    assert found
    if word is None:  # atomoxetine is the one that stimulates nothing
        word, found = "psychostimulant", [each for each in found if each["name"] != "atomoxetine"]
    assert {tuple(each["classes"]) for each in found} == {(word,)}
