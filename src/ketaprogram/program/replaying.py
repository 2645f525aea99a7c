"""
Derives again what a journal holds: every determination, wherever it stands, every triage and every plan.

Nothing but the journal, the rulebooks and the templates is used. What is not at hand is said, never passed over.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ketaprogram.documents import digest, read
from ketaprogram.errors import KetaprogramError
from ketaprogram.events import triage
from ketaprogram.events.model import Triage
from ketaprogram.issues import pointer
from ketaprogram.program.folding import Folding
from ketaprogram.program.model import Program, Replayed
from ketaprogram.protocol import load_protocol
from ketaprogram.protocol.model import Protocol
from ketaprogram.protocol.templates import protocol_names
from ketaprogram.rules.loading import load_rulebook, rulebook_names
from ketaprogram.rules.model import Determination, Rulebook
from ketaprogram.rules.replaying import differing, replay
from ketaprogram.schedule import plan_visits, replan
from ketaprogram.schedule.model import Replan, Schedule, ScheduleChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.journal.model import Entry
    from ketaprogram.schedule.model import Change

__all__ = ["replay_journal"]

_TAG = "urn:ketaprogram:schema:determination:1"
# Which version of the library derived it is recorded, and is no part of the answer.
_VERSION = "/library_version"


def replay_journal(
    entries: Iterable[Entry],
    *,
    rulebooks: Iterable[Rulebook] = (),
    protocols: Iterable[Protocol] = (),
    known: Catalog | None = None,
) -> Iterator[Replayed]:
    """
    Derive again every determination, triage, schedule and replan of a journal, and compare.

    A determination is derived from the facts that it recorded, a triage from the side effects and sessions that the
    journal held before it, a schedule from the order before it. A replan is derived from the schedule before it and the
    schedule changes recorded since; the instant of its question is when its entry took effect.

    Args:
        entries: Entries of a verified journal, from the first.
        rulebooks: A clinic's own; ours are known, and so is each that the journal holds before it is used.
        protocols: A clinic's own templates; likewise.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        One result for each, in the order of the journal. No value of the person stands in it.

    Raises:
        DocumentError: An entry's payload is not the document that it says.
        StateError: As for `fold`.

    Example:
        >>> list(replay_journal(()))
        []
    """
    state = _State(rulebooks, protocols, known)
    for entry in entries:
        if entry.payload is not None:
            yield from state.derived(entry)
        state.take(entry)


class _State:
    """What the journal has said so far."""

    def __init__(self, rulebooks: Iterable[Rulebook], protocols: Iterable[Protocol], known: Catalog | None) -> None:
        self.rulebooks = {digest(each): each for each in rulebooks}
        self.protocols = {(each.id, each.version): each for each in protocols}
        self.known = known
        self.folding = Folding(Program())
        self.changes: list[Change] = []

    def take(self, entry: Entry) -> None:
        self.folding.take(entry)
        if entry.payload is None:
            return
        match entry.document:
            case "rulebook":
                rulebook = read(Rulebook, entry.payload)
                self.rulebooks[digest(rulebook)] = rulebook
            case "protocol":
                template = read(Protocol, entry.payload)
                self.protocols[template.id, template.version] = template
            case "schedule-change":
                self.changes.append(read(ScheduleChange, entry.payload).change)
            case "schedule" | "replan":
                self.changes = []
            case _:
                pass

    def derived(self, entry: Entry) -> Iterator[Replayed]:
        payload = entry.payload or ""
        if _TAG in payload:
            for where, found in _determinations(json.loads(payload), ()):
                yield self._determination(entry.sequence, pointer(*where), read(Determination, found))
        match entry.document:
            case "triage":
                yield self._triage(entry.sequence, read(Triage, payload))
            case "schedule":
                yield self._schedule(entry.sequence, read(Schedule, payload))
            case "replan":
                yield self._replan(entry, read(Replan, payload))
            case _:
                pass

    def _rulebook(self, found: Determination) -> Rulebook | None:
        """The rulebook that an answer names, if it is at hand with the same digest."""
        named = self.rulebooks.get(found.rulebook_digest)
        if named is None and found.rulebook in rulebook_names():
            ours = load_rulebook(found.rulebook)
            named = ours if digest(ours) == found.rulebook_digest else None
        return named

    def _template(self, schedule: Schedule) -> Protocol | None:
        named = (schedule.protocol, schedule.protocol_version)
        if named not in self.protocols and schedule.protocol in protocol_names():
            ours = load_protocol(schedule.protocol)
            self.protocols[ours.id, ours.version] = ours
        return self.protocols.get(named)

    def _determination(self, number: int, where: str, found: Determination) -> Replayed:
        rulebook = self._rulebook(found)
        if rulebook is None:
            why = "the rulebook that it names is not at hand in that version"
            return Replayed(entry=number, what="determination", pointer=where, outcome="not-derivable", why=why)
        again = replay(found, rulebook, known=self.known)
        return Replayed(
            entry=number,
            what="determination",
            pointer=where,
            outcome="same" if again.same_answer else "differs",
            differing=again.differing,
        )

    def _triage(self, number: int, found: Triage) -> Replayed:
        program = self.folding.program()
        events = {each.id: each for each in program.log.events}
        event, rulebook = events.get(found.event), self._rulebook(found.determination)
        if event is None or rulebook is None:
            missing = "the side effect is not in the journal before it" if event is None else "its rulebook is missing"
            return Replayed(entry=number, what="triage", outcome="not-derivable", why=missing)
        sessions = {each.id: each for each in program.sessions}
        session = None if event.session is None else sessions.get(event.session)
        dose = None if session is None else session.administration
        readings = None if session is None else session.observations
        again = triage(
            event,
            history=program.log,
            now=found.determination.as_of,
            route=None if session is None else session.route,
            dosed_at=None if dose is None else dose.given_at,
            readings=() if event.session is None else readings,
            rulebook=rulebook,
        )
        return _compared(number, "triage", found, again)

    def _schedule(self, number: int, found: Schedule) -> Replayed:
        orders = {each.id: each for each in self.folding.program().orders}
        order, template = orders.get(found.order), self._template(found)
        sessions = [each for each in found.visits if each.kind == "session"]
        if order is None or template is None or not sessions:
            missing = "its order" if order is None else "its template" if template is None else "a session"
            why = f"{missing} is not in the journal before it"
            return Replayed(entry=number, what="schedule", outcome="not-derivable", why=why)
        first = min(sessions, key=lambda each: each.number)
        results = []
        # A window that ends with the order is recorded as one of a single day.
        for start_by in dict.fromkeys((first.latest, order.valid_until)):
            try:
                again = plan_visits(
                    order,
                    template,
                    start=first.earliest,
                    start_by=start_by,
                    at=found.at,
                    time_zone=found.time_zone,
                    availabilities=found.availabilities,
                    earlier=found.earlier,
                )
            except KetaprogramError:
                continue
            results.append(_compared(number, "schedule", found, again))
        nothing = Replayed(entry=number, what="schedule", outcome="differs", differing=("/visits",))
        return min(results, key=lambda each: len(each.differing), default=nothing)

    def _replan(self, entry: Entry, found: Replan) -> Replayed:
        program = self.folding.program()
        before = program.schedule
        orders = {each.id: each for each in program.orders}
        order = None if before is None else orders.get(before.order)
        template = None if before is None else self._template(before)
        if before is None or order is None or template is None or not self.changes:
            why = "the schedule, order, template or changes that it follows from are not in the journal before it"
            return Replayed(entry=entry.sequence, what="replan", outcome="not-derivable", why=why)
        try:
            again = replan(before, *self.changes, order=order, protocol=template, now=entry.effective_at)
        except KetaprogramError:
            return Replayed(entry=entry.sequence, what="replan", outcome="differs", differing=("/schedule",))
        return _compared(entry.sequence, "replan", found, again)


def _compared(number: int, what: Any, found: object, again: object) -> Replayed:  # noqa: ANN401  # one of the words
    pointers = differing(found, again)
    is_same = all(each.endswith(_VERSION) for each in pointers)
    return Replayed(entry=number, what=what, outcome="same" if is_same else "differs", differing=pointers)


def _determinations(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:  # noqa: ANN401  # plain JSON
    """Every determination in a document, with its place."""
    if isinstance(value, dict):
        if value.get("schema") == _TAG:
            yield path, value
            return
        for name, member in value.items():
            yield from _determinations(member, (*path, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _determinations(member, (*path, place))
