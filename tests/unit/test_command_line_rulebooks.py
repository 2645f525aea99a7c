"""The verbs that look at rulebooks and at answers."""

from __future__ import annotations

import json

import attrs
import pytest
from click.testing import CliRunner
from tests.making import CASES, determination

from ketaprogram import Determination, Rulebook, load_rulebook, read, write
from ketaprogram.cli.app import app
from ketaprogram.rules import rulebook_names

FORMS = CASES / "intakes"
OWN = """
id = "own"
version = "1.0.0"
title = "Our clinic"
gate = "candidacy"
effective_from = 2026-01-01
extends = "candidacy-clinic"

[[change]]
id = "precaution.maoi"
kind = "exclusion"
reason = "Our pharmacist asks for it."

[[change]]
id = "precaution.porphyria"
removed = true
reason = "We send everyone to the porphyria center first."
"""


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, [str(each) for each in arguments], input=stdin)


@pytest.fixture
def own(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(OWN)
    return file


def saved(tmp_path, answer, name="answer.json"):
    file = tmp_path / name
    file.write_bytes(write(answer))
    return file


def test_list_and_render(own):
    assert [line.split()[0] for line in run("rulebook", "list").output.splitlines()] == list(rulebook_names())
    assert run("rulebook", "render", "candidacy-home").output.startswith("# Candidacy for sessions at home")
    page = run("rulebook", "render", own)
    assert "Our pharmacist asks for it." in page.output
    document = run("rulebook", "render", own, "--json").output
    assert read(Rulebook, document).id == "own"


def test_a_rulebook_is_read_from_its_document_and_from_the_files_beside_it(tmp_path, own):
    document = tmp_path / "own.json"
    document.write_text(run("rulebook", "render", own, "--json").output)
    assert run("rulebook", "diff", own, document).output == "no difference\n"
    child = tmp_path / "child.toml"
    head = OWN.split("[[change]]", maxsplit=1)[0]
    child.write_text(head.replace('"own"', '"child"').replace("candidacy-clinic", "own"))
    assert run("rulebook", "diff", own, child).output == "no difference\n"


def test_lint_names_every_loosening_and_exits_with_3(own, tmp_path):
    done = run("rulebook", "lint", own, "--on", "2026-11-24")
    assert done.exit_code == 3
    assert "precaution.porphyria of candidacy-clinic is left out. We send everyone" in done.output
    found = json.loads(run("rulebook", "lint", own, "--json", "--cases", CASES / "criteria").output)
    assert {"lint.looser", "lint.unapproved", "lint.unreviewed"} <= {each["code"] for each in found}
    assert "lint.no-case" not in {each["code"] for each in found}
    empty = run("rulebook", "lint", own, "--cases", tmp_path, "--parent", "candidacy")
    assert "has no case file" in empty.output
    assert "candidacy is left out" in empty.output


def test_lint_of_a_clean_rulebook_exits_with_0(tmp_path):
    clean = tmp_path / "clean.toml"
    clean.write_text(
        OWN.split("extends", maxsplit=1)[0]
        + """
reviewed = { by = "A. Clinician", role = "physician", on = 2026-01-01, due = 2100-01-01 }
[[criterion]]
id = "precaution.age"
kind = "precaution"
statement = "Above our oldest."
when = { fact = "person.age", op = ">", value = 90, unit = "a" }
action = "Think about it."
sources = [{ id = "GENERAL", locator = "our handbook", confidence = "well_known" }]
"""
    )
    done = run("rulebook", "lint", clean)
    assert (done.exit_code, done.output) == (0, "nothing to look at\n")
    assert run("rulebook", "lint", clean, "--json").output == "[]\n"


def test_diff_says_for_whom(own):
    done = run("rulebook", "diff", "candidacy-clinic", own)
    assert "stricter  precaution.maoi" in done.output
    assert "medication.classes holds maoi: needs-review -> ineligible" in done.output
    assert "removed   precaution.porphyria (We send everyone" in done.output
    found = json.loads(run("rulebook", "diff", "candidacy-clinic", own, "--json").output)
    assert sorted((each["kind"], each["about"]) for each in found) == [
        ("removed", "precaution.porphyria"),
        ("stricter", "precaution.maoi"),
    ]


def test_a_rulebook_that_is_nowhere():
    done = run("rulebook", "render", "candidacy-hom")
    assert done.exit_code == 2
    assert "these ship: candidacy, candidacy-clinic" in done.output


def test_explain_in_three_styles(tmp_path):
    file = saved(tmp_path, determination("deferred-blood-pressure"))
    assert run("explain", file).output.startswith("DEFERRED")
    assert run("explain", file, "--style", "markdown").output.startswith("**DEFERRED**")
    cards = json.loads(run("explain", file, "--style", "cards").output)
    assert cards[0]["indicator"] == "warning"
    assert {each["audience"] for each in cards} == {"professional"}


def test_replay_agrees_or_says_where(tmp_path, own):
    answer = determination()
    assert run("replay", saved(tmp_path, answer)).output == "agrees, bit for bit\n"
    done = run("replay", saved(tmp_path, attrs.evolve(answer, library_version="0.0.1")))
    assert (done.exit_code, done.output) == (3, "differs at:\n/library_version\n")
    other = run("replay", saved(tmp_path, answer), "--rulebook", own)
    assert "/rulebook_digest" in other.output


def test_what_would_change(tmp_path):
    done = run("what-would-change", saved(tmp_path, determination("deferred-blood-pressure", "home")))
    assert "Systolic blood pressure: at most 140 mm[Hg]" in done.output
    nothing = run("what-would-change", saved(tmp_path, determination("refused-aneurysm")))
    assert nothing.output == "nothing that can change would do\n"


def test_screen_answers_with_a_rulebook_of_the_clinics(own):
    done = run("screen", FORMS / "review-maoi.json", "--rulebook", own, "--json", "--now", "2026-11-24T12:00:00Z")
    answer = read(Determination, done.output)
    assert (answer.rulebook, answer.status.value) == ("own", "ineligible")
    assert answer.rulebook_digest != load_rulebook("candidacy-clinic").digest
