"""Law 9: what is recorded stays, in every store, and any change anywhere is found."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.journaling import STORY, WHO, WHOLE
from tests.making import AS_OF

from ketaprogram.card import Card
from ketaprogram.documents import digest
from ketaprogram.errors import ConflictError, InputError
from ketaprogram.events.model import SideEffectLog
from ketaprogram.journal import Database, File, Memory, anchor_of, append, entry_after, record, redact, verify
from ketaprogram.journal.chain import without_payload
from ketaprogram.testing.strategies import documents

STORES = {
    "memory": lambda _: Memory(),
    "file": lambda folder: File(Path(folder, "journal.ndjson")),
    "database": lambda folder: Database(Path(folder, "journal.sqlite")),
}


@pytest.fixture(params=STORES)
def store(request, tmp_path):
    return STORES[request.param](tmp_path)


def kept(store):
    return tuple(store.entries())


def codes(entries, **options):
    return [(issue.pointer, issue.code) for issue in verify(entries, **options)]


@given(st.data())
def test_any_changed_member_of_any_entry_is_found(data):
    index = data.draw(st.integers(0, len(WHOLE) - 1))
    other = data.draw(documents(type(WHOLE[0])))
    member = data.draw(st.sampled_from([each.name for each in attrs.fields(type(other)) if each.name != "schema"]))
    forged = attrs.evolve(WHOLE[index], **{member: getattr(other, member)})
    entries = (*WHOLE[:index], forged, *WHOLE[index + 1 :])
    if forged != WHOLE[index]:
        assert verify(entries)
        assert verify(entries)[0].pointer == f"/{index}"


@given(st.permutations(range(len(WHOLE))), st.integers(1, len(WHOLE)))
def test_moved_dropped_and_doubled_entries_are_found(places, size):
    entries = tuple(WHOLE[place] for place in places[:size])
    if entries != WHOLE[:size]:
        assert verify(entries)
    assert verify((*WHOLE[:size], WHOLE[size - 1]))
    assert bool(verify(WHOLE[:size], anchors=[anchor_of(WHOLE[-1])])) == (size < len(WHOLE))
    assert verify((), anchors=[anchor_of(WHOLE[-1])])[0].code == "journal.truncated"


@given(st.integers(0, len(WHOLE) - 2))
def test_an_entry_that_was_recorded_anew_does_not_fit_the_ones_after_it(index):
    """Its own digest and number are right; only the link of the entry behind it tells."""
    who = WHO | {"actor": "Somebody else"}
    anew = append(WHOLE[:index], STORY[index], recorded_at=WHOLE[index].recorded_at, **who)
    assert codes((*anew, *WHOLE[index + 1 :])) == [(f"/{index + 1}", "journal.link")]


def test_a_journal_that_was_written_anew_as_a_whole_is_found_by_an_anchor():
    anew = ()
    for entry, document in zip(WHOLE, STORY, strict=True):
        anew = append(anew, document, recorded_at=entry.recorded_at, **WHO | {"actor": "Somebody else"})
    assert codes(anew) == []
    assert codes(anew, anchors=[anchor_of(WHOLE[3])]) == [("/3", "journal.anchor")]
    assert codes(WHOLE, anchors=map(anchor_of, WHOLE)) == []


def test_clocks_do_not_go_back_and_only_documents_are_recorded():
    with pytest.raises(ConflictError, match="clock"):
        append(WHOLE, STORY[0], recorded_at=AS_OF - timedelta(days=1), **WHO)
    with pytest.raises(TypeError, match="published"):
        append((), Card(summary="a", indicator="info"), recorded_at=AS_OF, **WHO)
    back = attrs.evolve(WHOLE[1], recorded_at=AS_OF - timedelta(days=1))
    assert ("/1", "journal.clock") in codes((WHOLE[0], back))


def test_a_payload_is_the_document_and_its_digest_is_that_of_the_document_unless_it_is_salted():
    entry = entry_after(None, STORY[0], recorded_at=AS_OF, **WHO)
    assert entry.payload_digest == digest(STORY[0])
    salted = entry_after(None, STORY[0], recorded_at=AS_OF, salt="0f" * 16, **WHO)
    assert salted.payload_digest != digest(STORY[0])
    assert codes((salted,)) == []
    assert codes((attrs.evolve(salted, salt="0e" * 16),)) == [("/0", "journal.payload")]


def test_a_document_that_could_not_be_read_again_is_refused():
    event = attrs.evolve(STORY[7], narrative="\\" * 8000)
    log = attrs.evolve(SideEffectLog(), events=(event,) * 300)
    with pytest.raises(InputError, match="too large"):
        append((), log, recorded_at=AS_OF, **WHO)
    assert append((), attrs.evolve(log, events=(event,) * 70), recorded_at=AS_OF, **WHO)


@given(
    st.fixed_dictionaries({name: st.text(max_size=3) | st.text("a \n", min_size=199, max_size=202) for name in WHO}),
    st.none() | st.text("0fg", max_size=66),
    st.booleans(),
)
def test_what_is_recorded_is_read_again_and_anything_else_leaves_the_journal_as_it_was(who, salt, is_redaction):
    with tempfile.TemporaryDirectory() as folder:
        store = File(Path(folder, "journal.ndjson"))
        first = record(store, STORY[0], recorded_at=AS_OF, **WHO)
        try:
            if is_redaction:
                redact(store, 1, recorded_at=AS_OF, **who)
            else:
                record(store, STORY[1], recorded_at=AS_OF, salt=salt, **who)
        except InputError as error:
            assert not any(each.strip() and each in str(error) for each in who.values() if len(each) > 20)
            assert kept(store) == (first,)
        assert codes(kept(store)) == []


@pytest.mark.parametrize("member", WHO)
def test_a_signature_without_a_word_is_refused_and_named(member):
    with pytest.raises(InputError, match=f"/{member}: .* 1 to 200 characters"):
        append((), STORY[0], recorded_at=AS_OF, **WHO | {member: ""})


def test_a_redaction_takes_the_payload_and_the_chain_still_holds(store):
    for entry in WHOLE:
        store.add(entry)
    done = redact(store, 8, recorded_at=WHOLE[-1].recorded_at, **WHO)
    assert (done.kind, done.document, done.corrects, done.payload) == ("redaction", "adverse-event", 8, None)
    entries = kept(store)
    assert entries[7] == without_payload(WHOLE[7])
    assert entries[7].payload_digest == WHOLE[7].payload_digest
    assert codes(entries, anchors=[anchor_of(WHOLE[-1])]) == []
    with pytest.raises(InputError, match="no payload"):
        redact(store, 8, recorded_at=WHOLE[-1].recorded_at, **WHO)
    with pytest.raises(InputError, match="no such entry"):
        redact(store, 99, recorded_at=WHOLE[-1].recorded_at, **WHO)
    assert codes(entries[:-1]) == [("/7", "journal.payload-missing")]
    assert codes((*WHOLE, entries[-1])) == [("/10", "journal.not-redacted")]
    assert kept(store) == entries


def test_a_redacted_payload_is_nowhere_in_the_files(tmp_path):
    event = attrs.evolve(STORY[7], narrative="Zebulon")
    for name, make in STORES.items():
        if name == "memory":
            continue
        store = make(tmp_path)
        record(store, event, recorded_at=AS_OF, **WHO)
        assert any(b"Zebulon" in each.read_bytes() for each in tmp_path.iterdir())
        redact(store, 1, recorded_at=AS_OF, **WHO)
    assert not any(b"Zebulon" in each.read_bytes() for each in tmp_path.iterdir())


def test_a_correction_names_a_first_recording_of_its_kind(store):
    for entry in WHOLE:
        store.add(entry)
    at = WHOLE[-1].recorded_at
    done = record(store, STORY[9], recorded_at=at, corrects=10, **WHO)
    assert (done.kind, done.corrects) == ("correction", 10)
    assert codes(store.entries()) == []
    for number, document in ((11, STORY[9]), (3, STORY[9]), (8, STORY[8])):
        with pytest.raises(InputError, match="correction names"):
            record(store, document, recorded_at=at, corrects=number, **WHO)
    with pytest.raises(InputError, match="no such entry"):
        record(store, STORY[9], recorded_at=at, corrects=0, **WHO)
    with pytest.raises(InputError, match="earlier one"):
        record(store, STORY[9], recorded_at=at, corrects=12, **WHO)


@pytest.mark.parametrize(
    "change",
    [{"corrects": 1}, {"kind": "correction"}, {"kind": "correction", "corrects": 2}],
    ids=["a record that corrects", "a correction of nothing", "a correction of itself"],
)
def test_what_a_correction_names_is_checked(change):
    assert ("/1", "journal.corrects") in codes((WHOLE[0], attrs.evolve(WHOLE[1], **change)))


class Journals(RuleBasedStateMachine):
    """
    Three stores and two writers each: whatever is done, what was acknowledged stays, and the stores agree.

    A writer makes its entry from what it saw last, so it is refused as soon as the other one has written.
    """

    @initialize()
    def begin(self):
        self.folder = tempfile.mkdtemp()
        self.writers = {name: (make(self.folder), make(self.folder)) for name, make in STORES.items()}
        memory = self.writers["memory"][0]
        self.writers["memory"] = (memory, memory)
        self.acknowledged = []
        self.erased = set()
        self.seen = [None, None]
        self.at = AS_OF

    def teardown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(minutes=st.integers(0, 10_000))
    def time_passes(self, minutes):
        self.at += timedelta(minutes=minutes)

    @rule(writer=st.integers(0, 1))
    def look(self, writer):
        self.seen[writer] = self.acknowledged[-1] if self.acknowledged else None

    @rule(writer=st.integers(0, 1), index=st.integers(0, len(STORY) - 1), salt=st.none() | st.just("ab" * 16))
    def write(self, writer, index, salt):
        last = self.seen[writer]
        anchor = None if last is None else anchor_of(last)
        entry = entry_after(anchor, STORY[index], recorded_at=self.at, salt=salt, **WHO)
        is_next = last is (self.acknowledged[-1] if self.acknowledged else None)
        for stores in self.writers.values():
            if is_next:
                stores[writer].add(entry)
            else:
                with pytest.raises(ConflictError, match="somebody else has written"):
                    stores[writer].add(entry)
        if is_next:
            self.acknowledged.append(entry)
            self.seen[writer] = entry

    @rule(writer=st.integers(0, 1), index=st.integers(0, len(STORY) - 1))
    def write_with_a_clock_that_went_back(self, writer, index):
        self.look(writer)
        if self.seen[writer] is not None:
            before = self.seen[writer].recorded_at - timedelta(microseconds=1)
            for stores in self.writers.values():
                with pytest.raises(ConflictError, match="clock"):
                    record(stores[writer], STORY[index], recorded_at=before, **WHO)

    @precondition(lambda self: len(self.erased) < len(self.acknowledged))
    @rule(writer=st.integers(0, 1), data=st.data())
    def erase(self, writer, data):
        having = [each.sequence for each in self.acknowledged if each.payload is not None]
        left = [number for number in having if number not in self.erased]
        if not left:
            return
        number = data.draw(st.sampled_from(left))
        done = {redact(stores[writer], number, recorded_at=self.at, **WHO) for stores in self.writers.values()}
        assert len(done) == 1
        self.erased.add(number)
        self.acknowledged.append(done.pop())

    @rule(cut=st.integers(0, 30))
    def resume(self, cut):
        for one, _ in self.writers.values():
            assert tuple(one.entries(cut)) == kept(one)[cut:]

    @invariant()
    def everything_acknowledged_is_there(self):
        if not hasattr(self, "acknowledged"):
            return
        whole = tuple(without_payload(each) if each.sequence in self.erased else each for each in self.acknowledged)
        last = [anchor_of(self.acknowledged[-1])] if self.acknowledged else []
        for one, other in self.writers.values():
            assert kept(one) == kept(other) == whole
            assert verify(whole, anchors=last) == ()
            assert one.anchor() == (last[0] if last else None)


Journals.TestCase.settings = settings(max_examples=10, stateful_step_count=15, deadline=None)
TestJournals = Journals.TestCase
