"""What can go wrong with a journal on a disk: each has a name, and nothing that was acknowledged is lost."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from tests.journaling import STORY, WHO, WHOLE
from tests.making import AS_OF

from ketaprogram import write
from ketaprogram.errors import ConflictError, DocumentError, StorageError
from ketaprogram.events.model import SideEffectLog
from ketaprogram.journal import Database, File, anchor_of, entry_after, record, redact, verify

ADDING = Path(__file__).with_name("adding_until_killed.py")


@pytest.fixture
def file(tmp_path):
    store = File(tmp_path / "journal.ndjson")
    for entry in WHOLE[:4]:
        store.add(entry)
    return store


@pytest.fixture
def database(tmp_path):
    store = Database(tmp_path / "journal.sqlite")
    for entry in WHOLE[:4]:
        store.add(entry)
    return store


def kept(store):
    return tuple(store.entries())


def codes(entries, **options):
    return [(issue.pointer, issue.code) for issue in verify(entries, **options)]


def test_a_store_that_is_not_there_is_empty(tmp_path):
    store = File(tmp_path / "none.ndjson")
    assert (store.anchor(), kept(store)) == (None, ())
    assert not store.path.exists()


def test_a_torn_line_is_reported_never_read_and_kept_beside_the_file(file):
    whole = file.path.read_bytes()
    for cut in (1, 10, len(write(WHOLE[3])) - 1):
        file.path.write_bytes(whole[:-cut])
        again = File(file.path)
        with pytest.raises(ConflictError, match="torn"):
            kept(again)
        with pytest.raises(ConflictError, match="torn"):
            again.anchor()
        with pytest.raises(ConflictError, match="torn"):
            again.add(WHOLE[4])
        assert codes(again.entries()) == [("/3", "journal.torn")]
        torn = len(write(WHOLE[3])) + 1 - cut
        assert again.mend() == torn
        assert again.mend() == 0
        assert kept(again) == WHOLE[:3]
        beside = file.path.with_name(f"{file.path.name}.torn-{len(whole) - torn - cut}-{torn}")
        assert beside.read_bytes() == whole[len(whole) - torn - cut : -cut]
        again.add(WHOLE[3])
        assert file.path.read_bytes() == whole
    empty = File(file.path.with_name("empty.ndjson"))
    empty.path.touch()
    assert (empty.mend(), empty.anchor()) == (0, None)


def test_a_file_without_its_end_is_found_by_an_anchor_and_by_the_writer_who_knew_it(file):
    lines = file.path.read_bytes().splitlines(keepends=True)
    file.path.write_bytes(b"".join(lines[:2]))
    assert codes(file.entries()) == []
    assert codes(file.entries(), anchors=[anchor_of(WHOLE[3])]) == [("/2", "journal.truncated")]
    with pytest.raises(ConflictError, match="missing"):
        file.add(WHOLE[4])
    file.path.write_bytes(b"")
    with pytest.raises(ConflictError, match="missing"):
        file.anchor()


def test_every_corrupted_byte_is_found(tmp_path):
    """Each byte of a line in the middle, changed: either it is no entry any more, or the chain says so."""
    store = File(tmp_path / "journal.ndjson")
    lines = [write(record(store, STORY[7], recorded_at=AS_OF, **WHO)) for _ in range(3)]
    whole = store.path.read_bytes()
    start = len(lines[0]) + 1
    for place in range(start, start + len(lines[1]) + 1):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        store.path.write_bytes(changed)
        found = verify(store.entries())
        assert found, place
        assert found[0].pointer == "/1", place


def test_swapped_and_foreign_lines_are_found(file):
    one, two, three, four = file.path.read_bytes().splitlines(keepends=True)
    file.path.write_bytes(one + three + two + four)
    assert codes(File(file.path).entries())[0] == ("/1", "journal.sequence")
    file.path.write_bytes(one + b"{}\n" + two)
    with pytest.raises(DocumentError, match="line 2 is not an entry"):
        kept(file)
    assert codes(file.entries()) == [("/1", "journal.unreadable")]
    file.path.write_bytes(one + b"{}\n")
    with pytest.raises(DocumentError, match="the last line is not an entry"):
        File(file.path).add(WHOLE[1])


def test_lines_longer_than_what_is_read_at_once_are_one_line(tmp_path):
    store = File(tmp_path / "journal.ndjson")
    log = attrs.evolve(STORY[7], narrative="x" * 8000)
    last = None
    for number in range(1, 30):
        entry = entry_after(last, SideEffectLog(events=(log,) * number), recorded_at=AS_OF, **WHO)
        File(store.path).add(entry)
        last = anchor_of(entry)
    assert store.anchor() == last
    assert codes(store.entries(), anchors=[last]) == []


@pytest.mark.parametrize("make", [File, Database])
def test_a_second_writer_is_told(make, tmp_path):
    one, other = make(tmp_path / "journal"), make(tmp_path / "journal")
    one.add(WHOLE[0])
    mine = entry_after(one.anchor(), STORY[1], recorded_at=AS_OF, **WHO)
    theirs = entry_after(other.anchor(), STORY[2], recorded_at=AS_OF, **WHO)
    one.add(mine)
    with pytest.raises(ConflictError, match="somebody else has written"):
        other.add(theirs)
    assert kept(other) == (WHOLE[0], mine)


def test_a_writer_who_holds_the_lock_keeps_others_out(file, database):
    with file._locked(), pytest.raises(ConflictError, match="is writing"):
        File(file.path).add(WHOLE[4])
    with file._locked(), pytest.raises(ConflictError, match="is writing"):
        File(file.path).anchor()
    with database._writing(), pytest.raises(ConflictError, match="is writing"):
        Database(database.path).add(WHOLE[4])
    assert kept(database) == kept(file) == WHOLE[:4]


def test_a_file_that_is_put_in_place_of_another_is_not_written_to(file, monkeypatch):
    """The other writer replaced the file between opening and locking."""
    monkeypatch.setattr("ketaprogram.journal.files._is_at", lambda *_: False)
    with pytest.raises(ConflictError, match="another file"):
        file.add(WHOLE[4])


def _race(make, path, start, results, who):
    store = make(path)
    start.wait()
    added, refused = [], 0
    while len(added) < 25:
        try:
            entry = record(store, STORY[7], recorded_at=AS_OF, actor=who, role="nurse", meaning="recorded")
        except ConflictError:
            refused += 1
            time.sleep(random.random() / 500)  # noqa: S311  # so that they do not keep step
            continue
        added.append(entry.digest)
    results.put((who, added, refused))


@pytest.mark.parametrize("make", [File, Database])
def test_writers_at_once_never_interleave(make, tmp_path):
    context = multiprocessing.get_context("fork")
    start, results = context.Event(), context.Queue()
    path = tmp_path / "journal"
    record(make(path), STORY[0], recorded_at=AS_OF, **WHO)
    writers = [context.Process(target=_race, args=(make, path, start, results, f"w{n}")) for n in range(3)]
    for each in writers:
        each.start()
    start.set()
    told = [results.get(timeout=60) for _ in writers]
    for each in writers:
        each.join(60)
    entries = kept(make(path))
    assert verify(entries) == ()
    assert len(entries) == 1 + 25 * len(writers)
    for who, added, _ in told:
        assert [each.digest for each in entries if each.actor == who] == added


def _too_large(make, path, limit, results):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    added = 0
    try:
        while added < 500:
            record(make(path), STORY[7], recorded_at=AS_OF, **WHO)
            added += 1
    except StorageError as error:
        results.put((added, str(error)))
    else:
        results.put((added, "no limit"))


@pytest.mark.parametrize("make", [File, Database])
def test_a_full_disk_has_a_name_and_nothing_is_half_kept(make, tmp_path):
    """The system writes as much of the line as fits and then refuses, as a full disk does."""
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    path = tmp_path / "journal"
    writer = context.Process(target=_too_large, args=(make, path, 100_000, results))
    writer.start()
    added, why = results.get(timeout=60)
    writer.join(60)
    assert "cannot be used" in why
    assert added > 10
    entries = kept(make(path))
    assert len(entries) == added
    assert verify(entries) == ()
    record(make(path), STORY[7], recorded_at=AS_OF, **WHO)


def test_a_write_that_fails_and_cannot_be_taken_back_leaves_a_torn_line(file, monkeypatch):
    def half(descriptor, line):
        os.write(descriptor, bytes(line)[:40])
        raise OSError(28, "No space left on device")

    def refuse(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("ketaprogram.journal.files._write", half)
    with monkeypatch.context() as also:
        also.setattr(os, "ftruncate", refuse)
        with pytest.raises(StorageError, match="No space left"):
            file.add(WHOLE[4])
    assert codes(File(file.path).entries()) == [("/4", "journal.torn")]
    assert File(file.path).mend() == 40
    with pytest.raises(StorageError, match="No space left"):
        File(file.path).add(WHOLE[4])
    assert kept(file) == WHOLE[:4]


def test_an_erasing_that_fails_leaves_the_journal_as_it_was(file, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ketaprogram.journal.files._write_anew", refuse)
    with pytest.raises(StorageError, match="No space"):
        redact(file, 1, recorded_at=WHOLE[3].recorded_at, **WHO)
    assert kept(file) == WHOLE[:4]
    assert list(file.path.parent.iterdir()) == [file.path]


@pytest.mark.parametrize("make", [File, Database])
def test_what_cannot_be_opened_has_a_name(make, tmp_path):
    for path in (tmp_path, tmp_path / "no such folder" / "journal"):
        with pytest.raises(StorageError, match="cannot be used") as caught:
            make(path).add(WHOLE[0])
        assert str(tmp_path) not in str(caught.value)
    with pytest.raises(StorageError, match="cannot be used"):
        kept(make(tmp_path))
    assert codes(make(tmp_path).entries()) == [("/0", "journal.storage")]


def test_a_read_only_file_has_a_name(file, monkeypatch):
    opened = os.open

    def read_only(path, flags, *rest):
        if flags & os.O_RDWR:
            raise OSError(30, "Read-only file system")
        return opened(path, flags, *rest)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(StorageError, match="Read-only file system"):
        file.add(WHOLE[4])
    assert kept(file) == WHOLE[:4]
    assert file.anchor() == anchor_of(WHOLE[3])


def test_a_damaged_database_has_a_name(database):
    with closing(sqlite3.connect(database.path)) as connection, connection:
        connection.execute("UPDATE entry SET document = x'7b7d' WHERE number = 2")
    with pytest.raises(DocumentError, match="row 2 is not an entry"):
        kept(database)
    with closing(sqlite3.connect(database.path)) as connection:
        for forbidden in ("DELETE FROM entry", "UPDATE entry SET number = 9 WHERE number = 1"):
            with pytest.raises(sqlite3.IntegrityError, match="entries stay"):
                connection.execute(forbidden)
    content = bytearray(Path(database.path).read_bytes())
    content[:100] = bytes(100)
    Path(database.path).write_bytes(content)
    for suffix in ("-wal", "-shm"):
        Path(f"{database.path}{suffix}").unlink(missing_ok=True)
    with pytest.raises(StorageError, match="SQLITE_NOTADB"):
        database.add(WHOLE[4])


def test_a_reader_waits_for_a_line_that_is_being_written(file):
    """The line has no end yet; while the writer holds the lock it is not torn but on its way."""
    line = write(WHOLE[4]) + b"\n"
    script = (
        "import fcntl, sys, time\n"
        "file = open(sys.argv[1], 'ab', buffering=0)\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "line = sys.stdin.buffer.readline()\n"
        "file.write(line[:50])\n"
        "print('half', flush=True)\n"
        "time.sleep(0.5)\n"
        "file.write(line[50:])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(file.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        writer.stdin.write(line)
        writer.stdin.flush()
        writer.stdout.readline()
        assert kept(file) == WHOLE[:5]


def killed(make, path, rounds, seed):
    """Appends until killed, over and over; how many were acknowledged, and how many lines were torn."""
    chance = random.Random(seed)  # noqa: S311  # when to kill
    acknowledged, torn = [], 0
    for _ in range(rounds):
        with subprocess.Popen(
            [sys.executable, str(ADDING), make.__name__, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            acknowledged.append(writer.stdout.readline().strip())
            time.sleep(chance.random() * 0.15)
            writer.send_signal(signal.SIGKILL)
            # A line without its end was not acknowledged: the writer was killed while it told.
            acknowledged += [each.strip() for each in writer.stdout if each.endswith("\n")]
        if make is File:
            torn += File(path).mend() > 0
    return [each for each in acknowledged if each], torn


@pytest.mark.parametrize(
    ("make", "rounds"),
    [
        (File, 6),
        (Database, 4),
        pytest.param(File, 200, marks=pytest.mark.slow),
        pytest.param(Database, 200, marks=pytest.mark.slow),
    ],
)
def test_everything_acknowledged_survives_a_kill(make, rounds, tmp_path, capsys):
    acknowledged, torn = killed(make, tmp_path / "journal", rounds, rounds)
    entries = kept(make(tmp_path / "journal"))
    with capsys.disabled():
        print(f"\n{make.__name__}: {rounds} kills, {len(acknowledged)} acknowledged, {len(entries)} kept, {torn} torn")  # noqa: T201
    assert len(acknowledged) >= rounds
    assert verify(entries) == ()
    assert set(acknowledged) <= {each.digest for each in entries}
    # At most one entry per kill was kept but not acknowledged any more.
    assert len(entries) - len(acknowledged) <= rounds


def test_later_clocks_go_on(file):
    entry = record(file, STORY[4], recorded_at=WHOLE[3].recorded_at + timedelta(days=400), **WHO)
    assert file.anchor() == anchor_of(entry)
