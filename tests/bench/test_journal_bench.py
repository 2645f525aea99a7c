"""
How fast journal and work list are, as ratios to a floor in the same run: `make bench`. Nothing here asserts a time.

The floor of an append is the bare write and fsync of the same bytes; of verifying, SHA-256 over the same payloads.
"""

from __future__ import annotations

import os
import tracemalloc
from datetime import timedelta
from hashlib import sha256

import attrs
import pytest
from tests.journaling import HOME, HOME_STORY, STORY, WHO
from tests.making import AS_OF, dosed, reading

from ketaprogram import due, fold, write
from ketaprogram.journal import Database, File, Memory, anchor_of, entry_after, record, verify
from ketaprogram.program import replay_journal
from ketaprogram.sessions import record_observation

EVENT = STORY[7]


def entries(count):
    """Entries of a session day: the same session, with one reading more or fewer."""
    session, _, begins = dosed()
    states = [session]
    for minute in range(10, 130, 10):
        states.append(record_observation(states[-1], reading(begins + timedelta(minutes=minute))))
    last = None
    for number in range(count):
        state = attrs.evolve(states[number % len(states)], id=f"s-{number // len(states) % 40}")
        entry = entry_after(last, state, recorded_at=AS_OF, **WHO)
        last = anchor_of(entry)
        yield entry


@pytest.mark.benchmark(group="append")
def test_floor_of_an_append(benchmark, tmp_path):
    line = write(entry_after(None, EVENT, recorded_at=AS_OF, **WHO)) + b"\n"
    descriptor = os.open(tmp_path / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def bare():
        os.write(descriptor, line)
        os.fsync(descriptor)

    benchmark(bare)
    os.close(descriptor)


@pytest.mark.parametrize("make", [File, Database, lambda _: Memory()], ids=["file", "database", "memory"])
@pytest.mark.benchmark(group="append")
def test_an_append(benchmark, make, tmp_path):
    store = make(tmp_path / "journal")
    benchmark(lambda: record(store, EVENT, recorded_at=AS_OF, **WHO))


@pytest.mark.parametrize("length", [10, 1000, 20_000])
@pytest.mark.benchmark(group="append to a longer file")
def test_an_append_to_a_longer_file(benchmark, length, tmp_path):
    store = File(tmp_path / "journal")
    store.path.write_bytes(b"".join(write(each) + b"\n" for each in entries(length)))
    benchmark(lambda: record(store, EVENT, recorded_at=AS_OF, **WHO))


@pytest.mark.benchmark(group="verify 1000 entries")
def test_floor_of_verifying(benchmark):
    payloads = [each.payload.encode() for each in entries(1000)]
    benchmark(lambda: [sha256(each).hexdigest() for each in payloads])


@pytest.mark.benchmark(group="verify 1000 entries")
def test_verifying(benchmark):
    found = tuple(entries(1000))
    assert benchmark(verify, found) == ()


@pytest.mark.parametrize(
    "length", [100, 1000, 10_000, *(pytest.param(10**each, marks=pytest.mark.slow) for each in (5, 6))]
)
@pytest.mark.benchmark(group="fold")
def test_folding(benchmark, length):
    """Folded as a service would: in parts, from snapshot to snapshot, so that no journal is held as a whole."""

    few = tuple(entries(520))

    def in_parts():
        program, part = None, []
        for entry in made(length, few):
            part.append(entry)
            if len(part) == 1000:
                program, part = fold(part, program), []
        return fold(part, program)

    assert benchmark.pedantic(in_parts, rounds=1).entries == length


def made(length, few):
    """Entries of any number from a few, so that making them costs next to nothing."""
    return (attrs.evolve(few[number % 520], sequence=number + 1) for number in range(length))


@pytest.mark.slow
def test_folding_from_snapshots_stays_flat():
    peaks, few = [], tuple(entries(520))
    for length in (20_000, 100_000):
        tracemalloc.start()
        program, part = None, []
        for entry in made(length, few):
            part.append(entry)
            if len(part) == 1000:
                program, part = fold(part, program), []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


@pytest.mark.benchmark(group="due")
def test_due(benchmark):
    program = fold(HOME)
    assert benchmark(due, program, AS_OF + timedelta(days=16))


@pytest.mark.parametrize("count", [100, pytest.param(100_000, marks=pytest.mark.slow)])
@pytest.mark.benchmark(group="due for many programs")
def test_due_for_many(benchmark, count):
    program = fold(HOME)
    clinic = fold(record_all(STORY))
    now = AS_OF + timedelta(days=8)

    def all_of_them():
        return sum(len(due(program if number % 2 else clinic, now)) for number in range(count))

    assert benchmark.pedantic(all_of_them, rounds=1)


def record_all(documents):
    store = Memory()
    for document in documents:
        record(store, document, recorded_at=AS_OF, **WHO)
    return store.entries()


@pytest.mark.benchmark(group="replay")
def test_replaying(benchmark):
    assert len(HOME) == len(HOME_STORY)
    assert benchmark(lambda: len(list(replay_journal(HOME)))) == 6
