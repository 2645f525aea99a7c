"""The command: JSON in, words or JSON out, and the documented exit codes."""

from __future__ import annotations

import builtins
import json
import runpy
import sys
import tomllib
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner
from tests.making import AS_OF, CASES, order, schedule

import ketaprogram
from ketaprogram import Determination, Order, Responses, Schedule, cli, read, write
from ketaprogram.cli import prompts as prompts_cli
from ketaprogram.cli.app import app
from ketaprogram.education.model import Education
from ketaprogram.events.model import AdverseEvent, Triage
from ketaprogram.medications.model import InteractionReport
from ketaprogram.outcomes.model import Score
from ketaprogram.prompts.model import PromptSet
from ketaprogram.sessions import begin_session
from ketaprogram.sessions.model import Session

CASE = Path(cli.__file__).parent / "case"
FORMS = CASES / "intakes"
NOW = ["--now", "2026-11-24T12:00:00Z"]


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, [str(each) for each in arguments], input=stdin)


def test_screen_answers_in_words_and_as_a_document():
    done = run("screen", FORMS / "half-filled.json", *NOW)
    assert done.exit_code == 0
    assert done.output.startswith("NEEDS-INFO")
    assert "To ask, most decisive first" in done.output
    plain = run("screen", FORMS / "candidate-home-gad.json", "--json", *NOW)
    answer = read(Determination, plain.output)
    assert (answer.rulebook, answer.status.value) == ("candidacy-home", "candidate")
    markdown = run("screen", FORMS / "review-ptsd.json", "--rulebook", "candidacy-clinic", "--markdown", *NOW)
    assert "**NEEDS-REVIEW**" in markdown.output
    assert "### Decided by" in markdown.output


def test_screen_shows_faults_of_meaning_and_dates():
    done = run("screen", FORMS / "contradictory.json", *NOW)
    assert "Faults in the form" in done.output
    assert "[intake.contradiction]" in done.output
    assert "To weigh as well" in run("screen", FORMS / "home-refused-opioids.json", *NOW).output
    dated = run("screen", FORMS / "deferred-recent-infarction.json", *NOW)
    assert "asked again on 2026-12-17" in dated.output


def test_screen_takes_a_clinics_own_rulebook(tmp_path):
    own = tmp_path / "own.toml"
    text = 'id = "own"\nversion = "1.0.0"\ntitle = "Own"\ngate = "candidacy"\neffective_from = 2027-01-01\n'
    text += 'extends = "candidacy-clinic"\n'
    own.write_text(text)
    done = run("screen", FORMS / "candidate-clinic-depression.json", "--rulebook", own, *NOW)
    assert "not in effect" in done.output
    assert done.output.startswith("NEEDS-REVIEW")
    own.write_text(text.replace("gate", "gaet"))
    faulty = run("screen", FORMS / "candidate-clinic-depression.json", "--rulebook", own, *NOW)
    assert faulty.exit_code == 4
    assert "Did you mean gate?" in faulty.output


def test_interactions_are_told_entry_by_entry_and_as_a_document():
    done = run("interactions", FORMS / "review-maoi.json", "--route", "intranasal", *NOW)
    assert done.exit_code == 0
    assert done.output.startswith("NOT CLEAR\nLooked up for intranasal on 2026-11-24")
    for words in ("1. selegiline: found", "[caution]", "Ask the prescriber", "At home: Not at home", "Source: USPI"):
        assert words in done.output
    unknown = run("interactions", FORMS / "unknown-medicine.json", "--route", "iv", *NOW).output
    assert "(not in our list): not-checked, because no list knows the name" in unknown
    other = run("interactions", FORMS / "candidate-clinic-depression.json", "--route", "oral", *NOW).output
    assert "For other routes there is more: iv" in other
    assert "not marked complete" not in other
    plain = run("interactions", FORMS / "two-hundred-medications.json", "--route", "sc", "--json", *NOW)
    assert len(read(InteractionReport, plain.output).results) == 200
    assert run("interactions", "-", *NOW, stdin="{}").exit_code == 2


def test_interactions_of_a_list_that_is_old_undated_or_open_are_not_clear():
    form = json.loads((FORMS / "candidate-clinic-depression.json").read_text())
    form["medications"]["entries"] = [{"name": "lithium", "atc": "N06AF03"}]
    route = ["interactions", "-", "--route", "oral"]
    assert "1. lithium or phenelzine: found" in run(*route, *NOW, stdin=json.dumps(form)).output
    form["medications"]["entries"] = [{"name": "lithium"}]
    assert run(*route, *NOW, stdin=json.dumps(form)).output.startswith("CLEAR, by the sources asked")
    assert run(*route, "--now", "2027-06-24T12:00:00Z", stdin=json.dumps(form)).output.startswith("NOT CLEAR")
    form["time_zone"] = "Nowhere/Land"
    assert run(*route, *NOW, stdin=json.dumps(form)).output.startswith("CLEAR")
    for change in ({"as_of": None}, {"list_is_complete": False}):
        changed = form | {"medications": form["medications"] | change}
        assert "not marked complete" in run(*route, *NOW, stdin=json.dumps(changed)).output


def test_bad_input_is_exit_code_2_with_every_fault():
    done = run("screen", FORMS / "typing-errors.json", *NOW)
    assert done.exit_code == 2
    assert "/medicatons" in done.output
    plain = run("screen", FORMS / "typing-errors.json", "--json", *NOW)
    assert [each["code"] for each in json.loads(plain.output)["faults"]] == [
        "value.pattern",
        "value.choice",
        "member.unknown",
    ]
    assert run("screen", "no-such-file.json").exit_code == 2
    assert run("screen", FORMS / "empty.json", "--now", "yesterday").exit_code == 2


def test_check_finds_the_document_by_its_schema():
    assert run("check", FORMS / "half-filled.json").output == "a valid intake\n"
    assert json.loads(run("check", FORMS / "half-filled.json", "--json").output) == {"document": "intake", "faults": []}
    assert run("check", FORMS / "wrong-unit.json").exit_code == 2
    assert "not a valid intake: 2 faults" in run("check", FORMS / "wrong-unit.json").output
    assert "1 fault\n" in run("check", "-", "--as", "intake", stdin="[]").output
    for stdin in ("[]", "{", '{"schema": "urn:ketaprogram:schema:intak:1"}'):
        done = run("check", "-", stdin=stdin)
        assert done.exit_code == 2
        assert "cannot tell which document" in done.output
    assert run("check", "-", "--as", "intakes", stdin="{}").exit_code == 2


def test_schema_prints_finds_and_lists():
    assert json.loads(run("schema", "order").output)["title"] == "Order"
    assert run("schema", "order", "--path").output.strip().endswith("order.schema.json")
    assert "intake" in run("schema").output.splitlines()
    assert "Did you mean order?" in run("schema", "ordr").output


def test_plan_lays_an_order_out(tmp_path):
    file = tmp_path / "order.json"
    file.write_bytes(write(order()))
    when = ["--start", "2026-12-01", "--at", "09:00", "--zone", "America/Denver"]
    done = run("plan", file, *when)
    assert done.exit_code == 0
    assert "induction 4" in done.output
    assert len(read(Schedule, run("plan", file, *when, "--json").output).visits) == 5
    assert run("plan", file, "--start", "2026-11-01", *when[2:]).exit_code == 3
    assert run("plan", file, *when[:4], "--zone", "Denver").exit_code == 2
    assert run("plan", file, "--start", "1 December", *when[2:]).exit_code == 2
    assert run("plan", file, *when[:2], "--at", "nine", *when[4:]).exit_code == 2
    assert read(Order, file.read_bytes()) == order()


def test_triage_says_who_answers_by_when():
    event = AdverseEvent(id="e", session="s", term="nausea", reported_at=AS_OF)
    done = run("triage", "-", "--route", "iv", *NOW, stdin=write(event))
    assert done.output.startswith("URGENT  prescriber answers by 2026-11-24T14:00:00+00:00")
    assert "Option:" in done.output
    plain = run("triage", "-", "--route", "iv", "--json", *NOW, stdin=write(event))
    assert read(Triage, plain.output).tier == "urgent"


def test_score_shows_total_change_and_the_crisis_path(tmp_path):
    before, after = CASE / "phq-9-baseline.json", CASE / "phq-9-after-session-6.json"
    done = run("score", after, "--baseline", before)
    total, since = done.output.splitlines()
    assert total == "phq-9: 4 (none-minimal)"
    assert since == "Change: -14 points, -77.8 %; response true, remission true, reliable true, worse false"
    assert read(Score, run("score", after, "--json").output).value == 4
    plain = json.loads(after.read_text())
    plain["answers"] = [*plain["answers"][1:-1], {"item": "phq9-9", "value": 2}]
    file = tmp_path / "responses.json"
    file.write_text(json.dumps(plain))
    crisis = run("score", file, "--country", "IE")
    assert crisis.output.startswith("[critical] Crisis path")
    assert "116 123" in crisis.output
    assert "no total, because these items have no answer: phq9-1" in crisis.output
    plain["answers"][0]["value"] = 9
    assert run("score", "-", stdin=json.dumps(plain)).exit_code == 2
    assert read(Responses, after.read_bytes())


def test_prompts_come_with_their_reasons():
    session = write(attrs.evolve(begin_session(order(), schedule().visits[0]), intention="To meet my worry."))
    about = ("prompts", "-", "--day", 2, "--state", "steady", "--theme", "meaning", "--theme", "worry")
    done = run(*about, "--indication", "gad", "--count", 2, stdin=session)
    assert done.output.count("day 2 is within") == 2
    chosen = read(PromptSet, run(*about, "--count", 9, "--json", stdin=session).output)
    assert chosen.intention == "To meet my worry."
    page = run(*about, "--style", "html", "--locale", "es-MX", "--country", "IE", stdin=session)
    assert '<section lang="es-MX" dir="ltr">' in page.output
    assert "116 123" in page.output
    few = run("prompts", "-", "--phase", "preparation", "--day", -14, "--count", 20, stdin=session)
    assert "Fewer prompts fit" in few.output


def test_risk_gets_a_person_and_the_lines_of_a_known_country_only():
    session = write(begin_session(order(), schedule().visits[0]))
    none = run("prompts", "-", "--day", 2, "--state", "distress-high", stdin=session)
    assert "[warning]" in none.output
    assert "A person from your team will get in touch" in none.output
    crisis = run("prompts", "-", "--day", 2, "--risk", "crisis", "--country", "US", stdin=session)
    assert "[critical]" in crisis.output
    assert "988" in crisis.output
    assert "988" not in run("prompts", "-", "--day", 2, "--risk", "crisis", "--country", "XX", stdin=session).output


def test_pages_come_with_their_sources():
    done = run("education", "--indication", "ptsd", "--setting", "home", "--country", "US")
    assert "VAPTSD cand.vadod_ptsd" in done.output
    assert "988" in done.output
    found = read(Education, run("education", "--phase", "integration", "--locale", "es", "--json").output)
    assert {each.language for each in found.articles} == {"es"}


def test_a_clinics_own_texts_are_checked(tmp_path, monkeypatch):
    ours = Path(ketaprogram.__file__).parent / "knowledge"
    for name in ("prompts", "education"):
        assert "no faults" in run("texts", ours / f"{name}.toml", "--locale", "es").output
    assert json.loads(run("texts", ours / "prompts.toml", "--json").output) == {"faults": []}
    content = tomllib.loads((ours / "prompts.toml").read_text("utf-8"))
    entry = content["prompts"][0] | {"text": "Contemplate comfortable considerations."}
    file = tmp_path / "own.json"
    file.write_text(json.dumps(content | {"prompts": [entry]}))
    hard = run("texts", file, "--locale", "es")
    assert hard.exit_code == 4
    assert "language.reading-grade" in hard.output
    assert "locale.missing" in hard.output
    monkeypatch.setattr(prompts_cli, "find_spec", lambda _name: None)
    assert "not measured" in run("texts", file).output
    file.write_text(json.dumps(content | {"prompts": [entry | {"text": "A cure."}]}))
    assert "language.cure" in run("texts", file).output
    file.write_text("no = toml = at all")
    assert run("texts", file).exit_code == 2


def test_the_walkthrough_tells_the_whole_way():
    done = run("walkthrough")
    assert done.exit_code == 0
    for words in ("NEEDS-INFO", "CANDIDATE", "signs", "09:00", "needs-review", "35 mg", "remission", "three prompts"):
        assert words in done.output
    for name in ("candidate-home-gad", "half-filled"):
        own = run("walkthrough", FORMS / f"{name}.json", *NOW)
        assert own.exit_code == 0
        assert "What comes next" in own.output
    assert "Fault in the form" in run("walkthrough", FORMS / "contradictory.json", *NOW).output


def test_the_walkthrough_as_documents():
    story = json.loads(run("walkthrough", "--json").output)
    assert read(Determination, story["first-determination"]).status.value == "needs-info"
    assert read(Session, story["session"]).state == "discharged"
    assert len(read(Schedule, story["schedule"]).visits) == 9
    own = json.loads(run("walkthrough", FORMS / "review-ptsd.json", "--json", *NOW).output)
    assert read(Determination, own["determination"]).status.value == "needs-review"


def test_without_the_extra_the_command_says_what_to_install(monkeypatch, capsys):
    genuine = builtins.__import__

    def missing(name, *arguments, **options):
        if name == "ketaprogram.cli.app":
            raise ModuleNotFoundError(name="click")
        return genuine(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "ketaprogram[cli]" in capsys.readouterr().err

    def other(name, *arguments, **options):
        if name == "ketaprogram.cli.app":
            raise ModuleNotFoundError(name="something.else")
        return genuine(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", other)
    with pytest.raises(ModuleNotFoundError):
        cli.main()


def test_the_module_is_the_command(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["ketaprogram", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("ketaprogram", run_name="__main__")
    assert ended.value.code == 0
