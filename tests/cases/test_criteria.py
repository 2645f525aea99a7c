"""Every criterion of every rulebook against the case file of its own name, and the lists behind them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ketaprogram import catalog, lint, load_rulebook
from ketaprogram._knowledge import table
from ketaprogram.citation import cite, sources
from ketaprogram.facts.catalog import check_fact
from ketaprogram.facts.model import (
    AbsentFact,
    AbsentReason,
    BooleanFact,
    CodeFact,
    CodesFact,
    DateFact,
    EntriesFact,
    Entry,
    FactSet,
    QuantityFact,
)
from ketaprogram.rules import rulebook_names
from ketaprogram.rules.conditions import Amounts, single_tests
from ketaprogram.rules.evaluation import View, weigh

HERE = Path(__file__).parent / "criteria"
COVERAGE = Path(__file__).parents[2] / "docs" / "reference" / "candidacy-coverage.md"
AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RULEBOOKS = {name: load_rulebook(name) for name in rulebook_names()}
CRITERIA = {(name, each.id): each for name, rulebook in RULEBOOKS.items() for each in rulebook.criteria}
IDS = sorted({criterion_id for _, criterion_id in CRITERIA})
FILES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("*.toml"))}
CASES = [(stem, case) for stem, file in FILES.items() for case in file["case"]]


def fact_of(fact_id, value, observed_at):
    """The fact that a case file states, of the kind that the catalogue gives it."""
    definition = catalog()[fact_id]
    common = {"id": fact_id, "observed_at": observed_at}
    match definition.kind:
        case "boolean":
            return BooleanFact(value=value, **common)
        case "code":
            return CodeFact(value=value, **common)
        case "codes":
            return CodesFact(values=frozenset(value["values"]), is_complete=value["complete"], **common)
        case "date":
            assert type(value) is date
            return DateFact(value=value, **common)
        case "entries":
            entries = tuple(
                Entry(label=f"trial {place}", facts=tuple(fact_of(key, one, None) for key, one in each.items()))
                for place, each in enumerate(value["entries"])
            )
            return EntriesFact(entries=entries, is_complete=value["complete"], **common)
        case "quantity":
            assert isinstance(value, int | str)
            return QuantityFact(value=Decimal(value), unit=definition.unit, **common)


def facts_of(case):
    """The facts of a case: stated ones observed as long ago as it says, and absent ones with their reason."""
    observed_at = AS_OF - timedelta(days=case.get("observed_days_ago", 0), minutes=case.get("observed_minutes_ago", 0))
    stated = [fact_of(fact_id, value, observed_at) for fact_id, value in case.get("facts", {}).items()]
    absent = [AbsentFact(id=fact_id, reason=AbsentReason(reason)) for fact_id, reason in case.get("absent", {}).items()]
    return FactSet(facts=(*stated, *absent))


@pytest.mark.parametrize(("criterion_id", "case"), CASES, ids=[f"{stem}: {case['name']}" for stem, case in CASES])
def test_a_case_comes_out_as_its_file_says(criterion_id, case):
    criterion = CRITERIA[FILES[criterion_id]["rulebook"], criterion_id]
    facts = facts_of(case)
    assert not [issue for each in facts.facts for issue in check_fact(each, catalog())]
    assert {each.id for each in facts.facts} <= {each.fact for each in single_tests(criterion.when)}
    assert weigh(criterion.when, View(facts, catalog(), AS_OF)).truth.value == case["expect"]


@pytest.mark.parametrize("criterion_id", IDS)
def test_every_criterion_has_a_met_a_not_met_and_an_unknown_case(criterion_id):
    criterion = CRITERIA[FILES[criterion_id]["rulebook"], criterion_id]
    only_asks = {each.op for each in single_tests(criterion.when)} == {"is-known"}  # what is not known is not false
    truths = {"true", "unknown"} if only_asks else {"true", "false", "unknown"}
    assert {case["expect"] for case in FILES[criterion_id]["case"]} == truths


def test_no_case_file_lacks_its_criterion_and_no_case_has_a_member_that_nobody_reads():
    assert {(file["rulebook"], stem) for stem, file in FILES.items()} <= CRITERIA.keys()
    for file in FILES.values():
        assert file.keys() == {"rulebook", "case"}
        assert len({case["name"] for case in file["case"]}) == len(file["case"])
        for case in file["case"]:
            assert {"name", "expect"} <= case.keys()
            assert case.keys() <= {"name", "expect", "facts", "absent", "observed_days_ago", "observed_minutes_ago"}


@pytest.mark.parametrize("criterion_id", IDS)
def test_a_criterion_means_the_same_in_every_rulebook_that_holds_it(criterion_id):
    """One case file speaks for all: a rulebook that extends another adds criteria, it does not change them silently."""
    assert len({each.when for (_, held), each in CRITERIA.items() if held == criterion_id}) == 1


@pytest.mark.parametrize("criterion_id", IDS)
def test_both_edges_of_every_amount_are_covered(criterion_id):
    criterion = CRITERIA[FILES[criterion_id]["rulebook"], criterion_id]
    for test in (each for each in single_tests(criterion.when) if isinstance(each.operand, Amounts)):
        stated = {
            Decimal(case["facts"][test.fact])
            for case in FILES[criterion_id]["case"]
            if test.fact in case.get("facts", {})
        }
        for bound in test.operand.values:
            below = {each for each in stated if bound - 1 <= each < bound}
            above = {each for each in stated if bound < each <= bound + 1}
            assert bound in stated
            assert below if test.op in {"<", ">="} else above


@pytest.mark.parametrize(("name", "criterion_id"), CRITERIA)
def test_every_criterion_cites_the_catalogue(name, criterion_id):
    criterion = CRITERIA[name, criterion_id]
    assert criterion.citations
    for citation in criterion.citations:
        assert citation.source in sources()
        assert citation.locator
    # In candidacy a proposal never refuses anybody; at the gates of the day it may hold a dose back.
    if name.startswith("candidacy") and criterion.criterion_kind in {"exclusion", "emergency"}:
        assert {each.confidence for each in criterion.citations} != {"uncertain"}
        assert not criterion.is_open_proposal


def test_graded_guidelines_bring_their_grade_along():
    graded = {
        each.id: each.evidence
        for each in CRITERIA.values()
        if {citation.source for citation in each.citations} & {"VAPTSD", "VAMDD", "CANMAT"}
    }
    found = {name: (each.strength, each.direction) for name, each in graded.items() if each is not None}
    assert found == {
        "precaution.ptsd": ("weak", "against"),
        "precaution.depression-two-antidepressants": ("weak", "for"),
    }
    assert len(graded) == len(found)


def test_the_candidacy_rulebooks_hold_at_least_seventy_rules():
    assert len({each for name, each in CRITERIA if name.startswith("candidacy")}) >= 70


def test_the_id_of_a_criterion_begins_with_its_kind():
    """So a criterion cannot become weaker or stronger without losing its case file and its place in the table."""
    assert not [each.id for each in CRITERIA.values() if each.id.split(".")[0] != each.criterion_kind]


def test_only_capacity_is_an_inclusion_that_time_and_help_may_not_change():
    inclusions = {each for each in CRITERIA.values() if each.criterion_kind == "inclusion"}
    assert {each.id for each in inclusions if not each.changeable} == {"inclusion.capacity"}
    # Only triage takes what is not known for met, so that a missing answer never lowers a tier.
    assert {name for (name, _), each in CRITERIA.items() if each.if_unknown != "ask"} == {"triage"}


@pytest.mark.parametrize("name", RULEBOOKS)
def test_suicide_risk_is_never_a_refusal(name):
    for criterion in RULEBOOKS[name].criteria:
        # A question whether it is known at all refuses nobody: it is never false.
        asked = {each.fact for each in single_tests(criterion.when) if each.op != "is-known"}
        if any("suicid" in each or each == "measure.phq9_item_9" for each in asked):
            assert criterion.criterion_kind in {"emergency", "precaution"}
            assert criterion.pathway == "crisis"
        if criterion.criterion_kind == "emergency":
            assert not criterion.overridable
            assert criterion.pathway == "crisis" or not name.startswith("candidacy")


@pytest.mark.parametrize("name", RULEBOOKS)
def test_what_labels_rule_out_cannot_be_overridden(name):
    overridable = {each.id for each in RULEBOOKS[name].criteria if each.overridable}
    labels = (
        "aneurysm",
        "arteriovenous-malformation",
        "intracerebral-hemorrhage",
        "ketamine-allergy",
        "pressure-hazard",
    )
    others = ("raised-intracranial-pressure", "pregnancy", "breastfeeding", "age-under-18", "severe-hepatic-impairment")
    assert not overridable & {f"exclusion.{each}" for each in (*labels, *others)}


def test_home_is_never_looser_than_the_clinic_on_the_same_question():
    weight = {"precaution": 0, "deferral": 1, "inclusion": 1, "exclusion": 2, "emergency": 3}
    at_home: dict[object, int] = {}
    for criterion in RULEBOOKS["candidacy-home"].criteria:
        at_home[criterion.when] = max(at_home.get(criterion.when, 0), weight[criterion.criterion_kind])
    compared = [each for each in RULEBOOKS["candidacy-clinic"].criteria if each.when in at_home]
    assert compared
    assert not [each.id for each in compared if at_home[each.when] < weight[each.criterion_kind]]


def test_what_ships_lints_clean_but_for_what_home_decides_earlier():
    """Common rules that home's stricter ones decide before them stay, so that home shows them too."""
    beside = {"lint.unapproved", "lint.unreviewed"}
    found = [
        issue
        for rulebook in RULEBOOKS.values()
        for issue in lint(rulebook, on=AS_OF.date(), with_cases=FILES)
        if issue.code not in beside
    ]
    # A lower dose is less exposure: the one option that a worse side effect speaks for.
    helped = [issue for issue in found if issue.code == "lint.harm-helps"]
    assert [issue.message.split()[0] for issue in helped] == ["inclusion.poorly-tolerated"]
    assert {issue.code for issue in found} == {"lint.subsumed", "lint.harm-helps"}
    assert {issue.message.split()[0] for issue in found if issue.code == "lint.subsumed"} == {
        "deferral.blood-pressure",
        "deferral.pressure-no-start",
        "precaution.bipolar-disorder",
        "precaution.interstitial-cystitis",
        "precaution.ketamine-use-disorder",
        "precaution.maoi",
        "precaution.sodium-oxybate",
    }


def test_statements_and_actions_inform_and_do_not_order():
    forbidden = re.compile(r"\b(must stop|stop taking|discontinue|cure|guarantee|prescribe)\b", re.IGNORECASE)
    for criterion in CRITERIA.values():
        assert not forbidden.search(f"{criterion.statement} {criterion.action}"), criterion.id


def test_the_coverage_table_names_only_criteria_that_exist():
    rows = re.findall(r"^\| (S\d+) .*$", COVERAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == [*(f"S{number}" for number in range(1, 12)), "S14", "S15", "S18"]
    named = set(
        re.findall(
            r"`((?:emergency|exclusion|deferral|inclusion|precaution)\.[a-z0-9-]+)`", COVERAGE.read_text("utf-8")
        )
    )
    assert named
    assert named <= set(IDS)


ENTRY = r"(?:cand|trial|ix|prep|home|dg)\.[a-z0-9_]+"


def citing():
    """Which criteria cite which entry of the clinical reference, themselves or through a number of theirs."""
    found: dict[str, set[str]] = {}
    for (name, criterion_id), criterion in CRITERIA.items():
        numbers = {each.id: each.citation for each in RULEBOOKS[name].parameters}
        for citation in (*criterion.citations, *(numbers[each] for each in criterion.parameters)):
            for entry in re.findall(rf"\b{ENTRY}", citation.locator or ""):
                found.setdefault(entry, set()).add(criterion_id)
    return found


def test_every_entry_of_the_clinical_reference_is_a_rule_or_says_why_not():
    rows = re.findall(rf"^\| `({ENTRY})` \| (.+) \|$", COVERAGE.read_text("utf-8"), re.MULTILINE)
    entries = Counter(entry for entry, _ in rows)
    assert set(entries.values()) == {1}
    kinds = Counter(entry.split(".")[0] for entry in entries)
    assert kinds == {"cand": 66, "trial": 10, "ix": 36, "prep": 3, "home": 9, "dg": 13}
    criteria = {entry: set(re.findall(r"`([^`]+)`", said)) for entry, said in rows if not said.startswith("context: ")}
    assert criteria == citing()
    assert set().union(*criteria.values()) <= set(IDS)


# --- the lists that turn codes and names into facts -------------------------------------------------------------------


def value_sets():
    return {entry["id"]: entry for entry in table("value_sets")["value_set"]}


def test_every_value_set_that_a_fact_names_exists_and_none_is_idle():
    assert len(value_sets()) == len(table("value_sets")["value_set"])
    assert value_sets().keys() == {each.value_set for each in catalog().definitions.values() if each.value_set}


def test_value_sets_hold_codes_and_a_citation():
    for entry in value_sets().values():
        assert entry.keys() == {"id", "label", "system", "codes", "source"}
        assert all(re.fullmatch(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", code) for code in entry["codes"])
        assert len(set(entry["codes"])) == len(entry["codes"]) > 0
        cite(entry["source"]["id"], entry["source"]["locator"], entry["source"]["confidence"])


@pytest.mark.filterwarnings("ignore")
def test_every_code_stands_in_the_tabular_list():
    icd10cm = pytest.importorskip("simple_icd_10_cm")
    codes = [code for entry in value_sets().values() for code in entry["codes"]]
    assert not [code for code in codes if not icd10cm.is_valid_item(code)]


@pytest.mark.filterwarnings("ignore")
def test_no_current_dependence_is_proved_by_a_code_in_remission():
    icd10cm = pytest.importorskip("simple_icd_10_cm")
    current = {"substance-dependence", "dissociative-use-disorder", "active-mania"}
    prefixes = tuple(code for name in current for code in value_sets()[name]["codes"])
    proving = [code for code in icd10cm.get_all_codes(with_dots=True) if code.startswith(prefixes)]
    assert proving
    assert not [code for code in proving if "remission" in icd10cm.get_description(code)]


def normalised(name):
    return " ".join(re.findall(r"[\w./+]+", name.casefold()))


def test_medicine_names_are_unique_across_generics_and_brands():
    entries = table("medications")["medication"]
    names = Counter(normalised(name) for entry in entries for name in (entry["name"], *entry.get("brands", ())))
    assert len(entries) >= 150
    assert not [name for name, times in names.items() if times > 1]
    assert "" not in names


def test_medicine_classes_are_words_of_the_fact_and_each_word_has_a_medicine():
    words = set(catalog()["medication.classes"].words)
    entries = table("medications")["medication"]
    assert {word for entry in entries for word in entry["classes"]} == words
    for entry in entries:
        assert entry.keys() <= {"name", "brands", "atc", "rxnorm", "classes", "source"}
        assert entry["classes"]
        assert "other" not in entry["classes"] or entry["classes"] == ["other"]
        cite(entry["source"]["id"], entry["source"]["locator"], entry["source"]["confidence"])


def test_no_word_that_is_passed_over_names_a_medicine_or_a_further_ingredient():
    content = table("medications")
    names = {normalised(name) for each in content["medication"] for name in (each["name"], *each.get("brands", ()))}
    passed_over = set(content["passed_over"])
    assert not passed_over & names
    assert not passed_over & {"pm", "night", "d", "dm", "pe", "plus", "with", "and", "codeine", "caffeine"}
