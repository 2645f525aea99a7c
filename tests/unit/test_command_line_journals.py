"""The verbs ``journal`` and ``due``, as a clinic's software and an auditor type them."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.journaling import HOME, HOME_STORY, STORY, WHO
from tests.making import AS_OF
from tools.write_example_journal import journal

from ketaprogram import cli, due, fold, load_rulebook, read, write
from ketaprogram.cli.app import app
from ketaprogram.journal import Database, File, Memory, record
from ketaprogram.journal.model import Anchor

CASE = Path(cli.__file__).parent / "case" / "journal.ndjson"
BY = ["--actor", "R. Okafor", "--role", "psychiatrist", "--meaning", "signed"]
NOW = ["--now", "2026-10-24T12:00:00-06:00"]


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, [str(each) for each in arguments], input=stdin)


@pytest.fixture
def case(tmp_path):
    return Path(shutil.copy(CASE, tmp_path / "journal.ndjson"))


def test_the_journal_that_ships_is_what_its_script_writes():
    assert CASE.read_bytes() == journal(), "run `make schemas`"


def test_the_journal_that_ships_is_whole_comes_out_the_same_and_has_work():
    done = run("journal", "verify", CASE)
    assert (done.exit_code, done.output.splitlines()[0].partition(",")[0]) == (0, "Whole: 19 entries")
    replayed = run("journal", "replay", CASE)
    assert replayed.exit_code == 0
    assert replayed.output.splitlines() == [
        "2  determination: same",
        "6  schedule: same",
        "10  determination: same",
        "12  determination: same",
        "15  determination at /determination: same",
        "15  triage: same",
        "19  replan: same",
    ]
    work = run("due", CASE, *NOW)
    assert work.exit_code == 0
    assert "2026-10-23 23:59 -06:00  integration, coach, late by 12 h 1 min" in work.output
    assert "2026-10-20 23:59 -06:00  laboratory, nurse, late by 3 d" in work.output
    assert "2026-10-25 23:59 -06:00  session, nurse\n" in work.output
    plain = json.loads(run("due", CASE, *NOW, "--json").output)
    assert [each["what"] for each in plain][:3] == ["assessment", "laboratory", "integration"]


def test_a_journal_is_kept_checked_against_an_anchor_and_shown(tmp_path):
    (tmp_path / "order.json").write_bytes(write(HOME_STORY[2][0]))
    (tmp_path / "event.json").write_bytes(write(HOME_STORY[8][0]))
    for name in ("journal.ndjson", "journal.sqlite"):
        kept = tmp_path / name
        first = run("journal", "append", kept, tmp_path / "order.json", *BY, *NOW)
        assert (first.exit_code, first.output.split()[:2]) == (0, ["1", "order"])
        effective = ["--effective", "2026-10-23T09:00:00-06:00"]
        run("journal", "append", kept, tmp_path / "event.json", *BY, *NOW, *effective)
        anchor = run("journal", "verify", kept, "--json").output
        (tmp_path / "anchor.json").write_text(anchor)
        assert read(Anchor, anchor).count == 2
        corrected = run("journal", "append", kept, tmp_path / "order.json", "--corrects", 1, *BY, *NOW)
        assert corrected.exit_code == 0
        redacted = run("journal", "redact", kept, 1, *BY, *NOW)
        assert redacted.output.startswith("4  redaction of 1")
        assert run("journal", "verify", kept, "--anchor", tmp_path / "anchor.json").exit_code == 0
        shown = run("journal", "show", kept).output
        for title in ("order, redacted", "order, correction of 1", "order, redaction of 1", "R. Okafor"):
            assert title in shown
        assert run("journal", "show", kept, "--entry", 1).output == "redacted\n"
        assert json.loads(run("journal", "show", kept, "--entry", 2).output)["id"] == "h-1"
        one = json.loads(run("journal", "show", kept, "--entry", 2, "--json").output)
        assert [each["effective_at"] for each in one] == ["2026-10-23T09:00:00-06:00"]
        assert len(one[0]["salt"]) == 32
        assert len(json.loads(run("journal", "show", kept, "--json").output)) == 4
        assert run("journal", "show", kept, "--entry", 9).exit_code == 2
    (store,) = [File(tmp_path / "journal.ndjson")]
    assert [each.kind for each in store.entries()] == ["record", "record", "correction", "redaction"]
    assert Database(tmp_path / "journal.sqlite").anchor().count == 4


def test_faults_are_named_with_their_entry(case, tmp_path):
    (tmp_path / "anchor.json").write_text(run("journal", "verify", case, "--json").output)
    lines = case.read_bytes().splitlines(keepends=True)
    case.write_bytes(b"".join(lines[:-1]))
    assert run("journal", "verify", case).exit_code == 0
    short = run("journal", "verify", case, "--anchor", tmp_path / "anchor.json")
    assert (short.exit_code, short.output) == (
        3,
        "Entry 19: Entries that were anchored are missing from here on. [journal.truncated]\n",
    )
    case.write_bytes(b"".join(lines).replace(b'"actor":"R. Okafor"', b'"actor":"S. Okafor"', 1))
    changed = run("journal", "verify", case)
    assert changed.output.startswith("Entry 3: The entry was changed after it was recorded. [journal.digest]")
    assert run("due", case, *NOW).exit_code == 2
    case.write_bytes(b"".join(lines)[:-5])
    assert "[journal.torn]" in run("journal", "verify", case).output
    torn = run("journal", "append", case, tmp_path / "anchor.json", *BY, *NOW)
    assert (torn.exit_code, "torn" in torn.output) == (3, True)


def test_what_is_not_a_journal_or_a_document_is_refused(tmp_path):
    for verb in (["journal", "verify"], ["journal", "show"], ["journal", "replay"], ["due"]):
        missing = run(*verb, tmp_path / "none.ndjson")
        assert (missing.exit_code, "no such journal" in missing.output) == (2, True)
    (tmp_path / "empty.ndjson").touch()
    assert run("journal", "verify", tmp_path / "empty.ndjson").output == "The journal is empty.\n"
    assert run("due", tmp_path / "empty.ndjson", *NOW).output == "Nothing is due.\n"
    assert run("journal", "append", tmp_path / "new.ndjson", "-", *BY, *NOW, stdin="{}").exit_code == 2
    assert not (tmp_path / "new.ndjson").exists()


def test_what_does_not_come_out_the_same_is_shown_with_its_pointers(tmp_path):
    store = File(tmp_path / "journal.ndjson")
    for document in (STORY[1], HOME_STORY[3][0]):
        record(store, document, recorded_at=AS_OF, **WHO)
    done = run("journal", "replay", store.path)
    assert done.exit_code == 3
    assert done.output.splitlines() == [
        "1  determination: differs (/gate)",
        "2  schedule: not-derivable (its order is not in the journal before it)",
    ]
    plain = json.loads(run("journal", "replay", store.path, "--json", "--rulebook", "candidacy-clinic").output)
    assert [each["outcome"] for each in plain] == ["differs", "not-derivable"]
    assert load_rulebook("candidacy-clinic")


def test_the_verb_due_says_what_the_function_says(tmp_path):
    store = File(tmp_path / "journal.ndjson")
    for entry in HOME:
        store.add(entry)
    now = AS_OF + timedelta(days=16)
    plain = json.loads(run("due", store.path, "--now", "2026-12-10T12:00:00Z", "--json").output)
    assert [each["about"] for each in plain] == [each.about for each in due(fold(Memory(HOME).entries()), now)]
    own = run("due", store.path, "--now", "2026-12-10T12:00:00Z", "--protocol", "home-ordered")
    assert own.exit_code == 0
