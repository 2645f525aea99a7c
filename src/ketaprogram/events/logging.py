"""The side-effect log: it only grows. A correction is a new version that points to the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.errors import ConflictError, StateError
from ketaprogram.events.model import SideEffectLog
from ketaprogram.events.terms import term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ketaprogram.events.model import AdverseEvent

__all__ = ["earlier_versions", "record_event", "record_events"]


def record_event(log: SideEffectLog, event: AdverseEvent) -> SideEffectLog:
    """
    The log with one more version of an event.

    Raises:
        UnknownItemError: No side effect has the event's term.
        ConflictError: The id is taken, or the version that it corrects is already corrected.
        StateError: It corrects a version that is not in the log, or one of another session.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.events.model import AdverseEvent, SideEffectLog
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> log = record_event(SideEffectLog(), AdverseEvent(id="1", session="s", term="nausea", reported_at=now))
        >>> len(log.events), len(log.current)
        (1, 1)
    """
    return record_events(log, (event,))


def record_events(log: SideEffectLog, events: Iterable[AdverseEvent], *, is_whole: bool = True) -> SideEffectLog:
    """
    The log with some versions more, in order.

    Args:
        log: The log.
        events: The versions.
        is_whole: Whether every version that was ever recorded is there; if some were redacted, a version may correct
            one that is not.

    Raises:
        UnknownItemError: As for `record_event`.
        ConflictError: As for `record_event`.
        StateError: As for `record_event`.

    Example:
        >>> from ketaprogram.events.model import SideEffectLog
        >>> record_events(SideEffectLog(), ()).events
        ()
    """
    known = {each.id: each for each in log.events}
    corrected = {each.corrects for each in log.events}
    added = []
    for event in events:
        term(event.term)
        if event.id in known:
            message = "an event of this id is in the log; a correction is a new version with an id of its own"
            raise ConflictError(message)
        if event.corrects is not None:
            if known[event.corrects].session != event.session if event.corrects in known else is_whole:
                message = "the version that is corrected is not in the log of this session"
                raise StateError(message)
            if event.corrects in corrected:
                message = "the version is already corrected: correct the latest one"
                raise ConflictError(message)
            corrected.add(event.corrects)
        known[event.id] = event
        added.append(event)
    return SideEffectLog(events=(*log.events, *added)) if added else log


def earlier_versions(event: AdverseEvent, log: SideEffectLog) -> tuple[AdverseEvent, ...]:
    """
    The versions in the log that an event corrects, directly or through others, the latest first.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.events.model import AdverseEvent, SideEffectLog
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> first = AdverseEvent(id="1", term="nausea", reported_at=now)
        >>> second = AdverseEvent(id="2", term="nausea", reported_at=now, corrects="1")
        >>> [each.id for each in earlier_versions(second, SideEffectLog(events=(first, second)))]
        ['1']
    """
    known = {each.id: each for each in log.events}
    found: list[AdverseEvent] = []
    at = event.corrects
    while at in known and known[at] not in found:  # a log from elsewhere may point in a circle
        found.append(known[at])
        at = known[at].corrects
    return tuple(found)
