"""The command: JSON in, words or JSON out, and the documented exit codes."""

from __future__ import annotations

import builtins
import json
import runpy
import sys
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner
from tests import coursing
from tests.making import AS_OF, CASES, SHIPPING, dosed, order, schedule
from tests.property.test_supply_properties import given_supply

import ketaprogram
from ketaprogram import Determination, Order, Responses, Schedule, cli, read, write
from ketaprogram.cli import prompts as prompts_cli
from ketaprogram.cli.app import app
from ketaprogram.cli.showing import share
from ketaprogram.education.model import Education
from ketaprogram.events.model import AdverseEvent, SideEffectLog, Triage
from ketaprogram.facts.model import AbsentFact, AbsentReason, CodesFact, FactSet
from ketaprogram.intervals import proportion
from ketaprogram.maintenance.model import Advice, Projection
from ketaprogram.medications.model import InteractionReport
from ketaprogram.outcomes import score
from ketaprogram.outcomes.model import ItemResponse, Score, Timeline
from ketaprogram.program.model import Program
from ketaprogram.prompts.model import PromptSet
from ketaprogram.protocol.model import FixedDose, WeightBasedDose
from ketaprogram.sessions import begin_session
from ketaprogram.sessions.model import Session
from ketaprogram.supply import clear_block
from ketaprogram.supply.model import Count, Fill, Shipment, Use

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
    assert len(read(Schedule, run("plan", file, *when, "--json").output).sessions) == 4
    assert run("plan", file, "--start", "2026-11-01", *when[2:]).exit_code == 3
    assert run("plan", file, *when[:4], "--zone", "Denver").exit_code == 2
    assert run("plan", file, "--start", "1 December", *when[2:]).exit_code == 2
    assert run("plan", file, *when[:2], "--at", "nine", *when[4:]).exit_code == 2
    assert read(Order, file.read_bytes()) == order()


def test_triage_says_who_answers_by_when(tmp_path):
    event = AdverseEvent(id="e", session="s", term="nausea", reported_at=AS_OF)
    done = run("triage", "-", "--route", "iv", *NOW, stdin=write(event))
    first, second = done.output.splitlines()[:2]
    assert first == "URGENT  prescriber answers by 2026-11-24T14:00:00+00:00; script urgent-call"
    assert second == "[critical] Nausea: urgent (prescriber)"
    assert "Option:" in done.output
    plain = run("triage", "-", "--route", "iv", "--json", *NOW, stdin=write(event))
    assert read(Triage, plain.output).tier == "urgent"


def test_triage_takes_the_log_and_the_session(tmp_path):
    session, _, begins = dosed()
    event = AdverseEvent(
        id="e", session=session.id, term="nausea", reported_at=begins + timedelta(hours=3), onset_minutes=20,
        end_minutes=60, resolved=True, grade=1, serious=(), red_flag=False,
    )  # fmt: skip
    files = {"log": SideEffectLog(events=(event,)), "session": session}
    for name, found in files.items():
        (tmp_path / name).write_bytes(write(found))
    around = ["--log", tmp_path / "log", "--session", tmp_path / "session"]
    assert run("triage", "-", *around, *NOW, stdin=write(event)).output.startswith("NONE  coordinator")
    assert run("triage", "-", *around[2:], *NOW, stdin=write(event)).output.startswith("URGENT")
    assert run("triage", "-", *around[:2], *NOW, stdin=write(event)).output.startswith("CONTACT-CLINIC")
    other = run("triage", "-", *around, *NOW, stdin=write(attrs.evolve(event, session="other")))
    assert other.exit_code == 2
    assert "another session" in other.output
    waiting = attrs.evolve(session, administration=None)
    (tmp_path / "session").write_bytes(write(waiting))
    assert run("triage", "-", *around, *NOW, stdin=write(event)).output.startswith("NONE")


def test_side_effects_counts_programs(tmp_path):
    session, _, begins = dosed()
    event = AdverseEvent(id="e", session=session.id, term="nausea", reported_at=begins, grade=3, onset_minutes=0)
    program = Program(sessions=(session,), log=SideEffectLog(events=(event,)))
    (tmp_path / "one").write_bytes(write(program))
    (tmp_path / "none").write_bytes(write(Program()))
    done = run("side-effects", tmp_path / "one", tmp_path / "one")
    assert done.exit_code == 0
    assert "clinic, iv: 2 people, 2 sessions with a dose" in done.output
    assert "100.0 % (15.8-100.0)" in done.output
    assert "Nausea: 100.0 % (15.8-100.0), more than 13.3 % of 203 (Toronto center)" in done.output
    assert "To look at, nausea, worse: 2 of 2 graded events severe, 0 serious" in done.output
    assert "To look at, nausea, earlier: 2 of 2 began before the usual time." in done.output
    assert "Bear in mind: What nobody reported is not counted" in done.output
    assert "dissociation" not in done.output.split("To look at")[0]
    plain = json.loads(run("side-effects", tmp_path / "one", "--json").output)
    assert [each["people"] for each in plain] == [1]
    assert "nothing to count" in run("side-effects", tmp_path / "none").output


def test_score_shows_total_change_and_the_crisis_path(tmp_path):
    before, after = CASE / "phq-9-baseline.json", CASE / "phq-9-after-session-6.json"
    done = run("score", after, "--baseline", before)
    total, finding, since, *rules = done.output.splitlines()
    assert total == "phq-9: 4 (none-minimal)"
    assert finding == "  screen-positive: false"
    assert since == "Change: -14 points, -77.8 %; response true, remission true, reliable true, worse false"
    assert " * reliable: true, by a gain of 6 points or more; NHSTT om.nhs_rc" in rules
    assert any("(index 4.50)" in rule for rule in rules)
    assert read(Score, run("score", after, "--json").output).value == 4
    plain = json.loads(after.read_text())
    plain["answers"] = [*plain["answers"][1:-1], {"item": "phq9-9", "value": 2}]
    file = tmp_path / "responses.json"
    file.write_text(json.dumps(plain))
    crisis = run("score", file, "--country", "IE")
    assert crisis.output.startswith("URGENT\n[critical] Crisis path")
    assert "116 123" in crisis.output
    assert "no total, because these items have no answer: phq9-1" in crisis.output
    assert "at least 5 and at most 8" in crisis.output
    plain["answers"][0]["value"] = 9
    faulty = run("score", "-", stdin=json.dumps(plain))
    assert faulty.exit_code == 2
    assert "Crisis path" in faulty.output
    assert "988" not in faulty.output
    as_json = run("score", file, "--json")
    assert read(Score, as_json.stdout).self_harm == "positive"
    assert as_json.stderr.startswith("URGENT")
    assert read(Responses, after.read_bytes())


@pytest.mark.parametrize(
    ("instrument", "answers", "lines"),
    [
        ("c-ssrs-screen", {"cssrs-1": 0, "cssrs-2": 0, "cssrs-6": 0}, ["suicide risk at least none, at most none"]),
        ("c-ssrs-screen", {"cssrs-1": 0, "cssrs-2": 0}, ["no answer: cssrs-6, cssrs-6-recent", "at most high"]),
        ("phq-2", {"phq2-1": 1, "phq2-2": 1}, ["phq-2: 2", "screen-positive: false"]),
        ("lsas", {"lsas-1-fear": 3}, ["at least 3 and at most 144", "avoidance: not known"]),
        ("qids-sr16", {f"qids-{n}": 1 for n in range(1, 17)}, ["qids-sr16: 9 (mild)", "sleep: 1"]),
    ],
)
def test_score_says_what_a_form_without_a_total_has(instrument, answers, lines):
    given = tuple(ItemResponse(item=item, value=value) for item, value in answers.items())
    done = run("score", "-", stdin=write(Responses(instrument=instrument, answered_at=AS_OF, answers=given)))
    assert all(line in done.output for line in lines)


def test_chart_says_where_an_improvement_stands_and_draws_it(tmp_path, monkeypatch):
    done = run("chart", CASE / "timeline.json", "--to", tmp_path / "chart.svg")
    assert done.output.splitlines()[0] == "phq-9: 18 -> 11 -> 4; holding"
    assert "first response after" in done.output
    assert "after session 3: from 18 to 11" in done.output
    assert (tmp_path / "chart.svg").read_text("utf-8").startswith("<svg")
    run("chart", CASE / "timeline.json", "--to", tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    plain = run("chart", CASE / "timeline.json", "--json", "--to", tmp_path / "chart.json")
    assert json.loads(plain.output) == json.loads((tmp_path / "chart.json").read_text("utf-8"))
    assert run("chart", CASE / "timeline.json", "--to", tmp_path / "chart.pdf").exit_code == 2
    assert run("chart", "-", stdin=write(Timeline(time_zone="UTC"))).exit_code == 2
    gap = {"instrument": "gad-7", "form": "standard", "answered_at": "2026-10-15T10:00:00Z"}
    gap |= {"schema": "urn:ketaprogram:schema:score:1", "self_harm": "not-asked-by-instrument"}
    empty = {"schema": "urn:ketaprogram:schema:timeline:1", "time_zone": "UTC", "scores": [gap]}
    assert run("chart", "-", stdin=json.dumps(empty)).output == "gad-7: no total; no-baseline\n"
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    without = run("chart", CASE / "timeline.json", "--to", tmp_path / "other.svg")
    assert without.exit_code == 1
    assert "ketaprogram[charts]" in without.output


def test_the_shipped_documents_answer_as_they_are():
    done = run("prompts", CASE / "session.json", "--day", 2, "--state", "steady", "--theme", "worry", "--count", 2)
    assert done.output.count("day 2 is within") == 2
    assert "phq-9: 18" in run("score", CASE / "phq-9-baseline.json").output
    assert run("chart", CASE / "timeline.json").exit_code == 0


def test_prompts_come_with_their_reasons():
    session = write(attrs.evolve(begin_session(order(), schedule().sessions[0]), intention="To meet my worry."))
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
    session = write(begin_session(order(), schedule().sessions[0]))
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


def shipping(tmp_path, *events, **changes):
    """The arguments of a request, its record and order in files."""
    files = {"supply": given_supply(*events, **changes), "order": order("home-ordered")}
    for name, record in files.items():
        (tmp_path / name).write_bytes(write(record))
    request = ["ship", tmp_path / "supply", "--order", tmp_path / "order", "--units", 4]
    (tmp_path / "answers").write_text(json.dumps(SHIPPING))
    return [*request, "--answers", tmp_path / "answers"]


def test_ship_goes_or_holds_with_a_list_for_the_wall(tmp_path):
    asked = shipping(tmp_path)
    go = run(*asked, "--on", "2026-12-01")
    assert go.exit_code == 0
    assert go.output.startswith(
        "GO  4 units on prescription p, Tue 01 Dec 2026\n\nDispensed 0, refills used 0; left 12"
    )
    assert "Never counted" in go.output
    held = run(*asked, "--on", "2027-06-02", "--answer", "supply.open_event=yes", "--units", 1)
    assert held.exit_code == 3
    assert "HOLD  1 unit on" in held.output
    assert "PRESCRIBER (1 of 2)\n[ ] exclusion.prescription-expired" in held.output
    assert "Nobody may sign this away." in held.output
    assert "CLINICIAN (1 of 2)\n[ ] deferral.open-side-effect" in held.output
    plain = run(*asked, "--on", "2027-06-02", "--json")
    assert plain.exit_code == 3
    assert [each.code for each in read(Shipment, plain.output).blocks] == ["exclusion.prescription-expired"]
    unasked = run(*asked[:2], "--units", 4)
    assert unasked.exit_code == 3
    assert "Is there a signed order" in " ".join(unasked.output.split())


def test_ship_takes_clearings_and_a_clinics_own_rulebook(tmp_path):
    on = date(2026, 12, 8)
    fill = Fill(id="f", prescription="p", units=4, on=date(2026, 12, 1), days=14)
    uses = [Use(id=each, session=each, units=2, on=on) for each in ("a", "b")]
    asked = [*shipping(tmp_path, fill, *uses, Count(id="c", units=0, on=on, by="A")), "--on", on]
    held = read(Shipment, run(*asked, "--json").output)
    signed = {"by": "B", "role": "prescriber", "reason": "explained", "on": on, "expires_on": on}
    clearing = clear_block(held, "deferral.early-request", **signed)
    (tmp_path / "clearing").write_bytes(write(clearing))
    (tmp_path / "other").write_bytes(write(attrs.evolve(clearing, role="nurse")))
    both = ["--clearing", tmp_path / "clearing", "--clearing", tmp_path / "other"]
    go = run(*asked, *both)
    assert go.exit_code == 0
    assert "Cleared: deferral.early-request, by B (prescriber, explained), until 2026-12-08" in go.output
    assert "Clears nothing: deferral.early-request, wrong-role" in go.output
    assert "Counted 0 on 2026-12-08; more or fewer than expected: +0" in go.output
    text = 'id = "ours"\nversion = "1.0.0"\ntitle = "Ours"\ngate = "shipment"\neffective_from = 2026-01-01\n'
    (tmp_path / "ours.toml").write_text(text + 'extends = "shipment"\n[[parameter]]\nid = "months"\nvalue = 1\n')
    assert "until 2027-01-01" in run(*asked, "--rulebook", tmp_path / "ours.toml").output


def test_ship_tells_every_fault_of_record_and_answers(tmp_path):
    fill = Fill(id="f", prescription="p", units=4, on=date(2026, 12, 1), days=14)
    broken = run(*shipping(tmp_path, fill, fill), "--on", "2026-12-20")
    assert broken.exit_code == 3
    assert "The record has faults:\n  /events/1/id" in broken.output
    asked = shipping(tmp_path)
    bad = ["--answer", "supply.open_event=perhaps", "--answer", "supply.days_early=Infinity"]
    faulty = run(*asked, *bad)
    assert faulty.exit_code == 2
    assert "/supply.open_event: Not an answer. Expected yes, no or an amount" in faulty.output
    assert "/supply.days_early" in faulty.output
    assert "Did you mean supply.open_event?" in run(*asked, "--answer", "supply.open_evnt=no").output
    for content in ("[]", "{", '{"supply.open_event": null}'):
        (tmp_path / "answers").write_text(content)
        assert run(*asked).exit_code == 2
    assert run(*asked, "--on", "tomorrow").exit_code == 2


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
    assert len(read(Schedule, story["schedule"]).sessions) == 7
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


def kept(folder, name, document):
    path = folder / f"{name}.json"
    path.write_bytes(write(document))
    return path


def looked_back(folder, found, *options):
    """The command on the documents of a course."""
    dosed = [["--session", kept(folder, each.id, each)] for each in found.sessions]
    planned = ["--schedule", kept(folder, "schedule", found.schedule)]
    flat = [each for pair in dosed for each in pair]
    return run("maintenance", kept(folder, "order", found.order), *planned, *flat, *options)


def test_maintenance_looks_back_on_documents(tmp_path):
    found = coursing.course("iv-six-infusions", days=(0, 3, 7, 10, 14, 17, 24, 31), amounts=[35] * 8)
    now = ["--now", "2026-09-05T15:00:00Z"]
    said = [each for each in coursing.facts(coursing.noon(32)).facts if each.id.removeprefix("course.") in ANSWERED]
    scores = [
        score(read(Responses, (CASE / f"phq-9-{when}.json").read_bytes())) for when in ("baseline", "after-session-6")
    ]
    days = (-2, 32)
    dated = [attrs.evolve(each, answered_at=coursing.noon(day)) for each, day in zip(scores, days, strict=True)]
    known = ["--facts", kept(tmp_path, "facts", FactSet(facts=tuple(said)))]
    measured = [each for place, one in enumerate(dated) for each in ("--score", kept(tmp_path, f"score-{place}", one))]
    log = kept(tmp_path, "log", SideEffectLog())
    done = looked_back(tmp_path, found, *known, *measured, "--log", log, "--log-complete", "--judged-by", "phq-9", *now)
    assert done.exit_code == 0, done.output
    for words in ("Milligrams in all: 280 mg", "Options for the next interval", "lengthen", "14 days", "not shorten"):
        assert words in done.output
    assert "These are options. Another interval or dose needs a signed new order." in done.output
    dose = looked_back(tmp_path, found, *known, *measured, "--log-complete", "--step", "9", "--json", *now)
    advice = read(Advice, dose.output)
    assert (advice.about, advice.options[0].what) == ("dose", "hold")
    shown = looked_back(tmp_path, found, *known, *measured, "--log-complete", "--step", "9", *now).output
    assert "0.5 mg/kg" in shown


def test_maintenance_asks_for_what_the_documents_do_not_say(tmp_path):
    found = coursing.course("iv-six-infusions", days=(0, 3), amounts=[35, None])
    done = looked_back(tmp_path, found, "--now", "2026-08-10T15:00:00Z")
    assert "Milligrams in all: at least 35 mg" in done.output
    assert "Response holds: not known (not-performed): Nothing was measured." in done.output
    assert "review" in done.output
    assert "Is there craving for the medicine?" in done.output


def test_maintenance_takes_facts_alone(tmp_path):
    order_file = kept(tmp_path, "order", coursing.order())
    lost = coursing.facts(AS_OF, response_holds=False, remission=False, interval_days=14, suicidal_intent=False)
    other = CodesFact(id="medication.classes", values=frozenset(), observed_at=AS_OF)
    known = kept(
        tmp_path, "facts", lost.with_(other, AbsentFact(id="course.craving", reason=AbsentReason.ASKED_UNKNOWN))
    )
    done = run("maintenance", order_file, "--facts", known, *NOW)
    assert "Craving: not known (asked-unknown)" in done.output
    assert "Next session ordered: yes" in done.output
    known = kept(tmp_path, "facts", lost)
    assert "signature" in run("maintenance", order_file, "--facts", known, *NOW).output
    assert "84 mg" in run("maintenance", order_file, "--facts", known, "--step", "2", *NOW).output
    crisis = kept(tmp_path, "facts", coursing.facts(AS_OF, suicidal_intent=True))
    assert "The crisis path comes first." in run("maintenance", order_file, "--facts", crisis, *NOW).output
    orphan = run("maintenance", order_file, "--score", known, *NOW)
    assert orphan.exit_code == 2
    assert "say nothing without --schedule" in orphan.output
    assert run("maintenance", order_file, *NOW).exit_code == 0


ANSWERED = {
    "urinary_symptoms",
    "urinalysis_abnormal",
    "cognitive_complaint",
    "use_outside_sessions",
    "undisclosed_drug",
    "requests_ahead",
    "craving",
    "suicidal_intent",
    "pdmp_checked",
    "alt_times_uln",
}


def test_project_draws_a_picture(tmp_path):
    order_file = kept(tmp_path, "order", coursing.order())
    done = run("project", order_file, "--every", "14x2", "--every", "7", "--start", "2026-11-02", "--before", "14")
    assert done.exit_code == 0
    assert "maintenance 16" in done.output
    assert "a new order is needed" in done.output
    assert "A picture to look at together, no plan and no order" in done.output
    assert read(Projection, run("project", order_file, "--every", "7", "--start", "2026-11-02", "--json").output)
    weighed = kept(tmp_path, "weighed", coursing.order("iv-six-infusions", valid_until=date(2027, 12, 31), sessions=99))
    shown = run("project", weighed, "--every", "14", "--start", "2026-11-02", "--days", "30").output
    assert "0.5 mg/kg" in shown
    assert "a new order is needed" not in shown
    mixed = (WeightBasedDose(mg_per_kg=Decimal("0.5")), FixedDose(from_session=2, mg=Decimal(30)))
    both = kept(tmp_path, "mixed", coursing.order("iv-six-infusions", doses=mixed))
    assert "30 mg" in run("project", both, "--every", "14", "--start", "2026-11-02", "--days", "9").output
    refused = run("project", order_file, "--every", "21", "--start", "2026-11-02")
    assert refused.exit_code == 3
    for text in ("x3", "14x", "0", "367", "7x0", "7x1001", "often"):
        assert (
            "expected a value such as 14x4 or 28"
            in run("project", order_file, "--every", text, "--start", "2026-11-02").output
        )


def test_a_share_of_nothing_is_no_share():
    assert (share(proportion(0, 0)), share(proportion(1, 2))) == ("none", "50.0 % (1.3-98.7)")
