"""Whether the adult was there: what somebody recorded of it, and for how long it runs without a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from ketaprogram._time import whole_minutes
from ketaprogram.errors import StateError

if TYPE_CHECKING:
    from datetime import datetime

    from ketaprogram.sessions.model import PeerMonitor, Presence, PresenceCheck, Session

__all__ = ["attended_minutes", "latest_check", "record_presence", "record_presence_check"]

_ENDED = {"discharged", "stopped", "escalated"}


def record_presence(session: Session, presence: Presence) -> Session:
    """
    Record a time over which the adult was there without a break.

    Raises:
        StateError: The session has ended or has no monitor, the time does not run forward, or it was attested before
            it was over: nobody can say that somebody will have stayed.
    """
    monitor = _monitor(session)
    if not presence.begins_at < presence.ends_at <= presence.attested.at:
        message = "a presence runs forward and is attested when it is over"
        raise StateError(message)
    return attrs.evolve(session, monitor=attrs.evolve(monitor, presences=(*monitor.presences, presence)))


def record_presence_check(session: Session, check: PresenceCheck) -> Session:
    """
    Record a look or a call whether the adult is there.

    Raises:
        StateError: The session has ended or has no monitor.
    """
    monitor = _monitor(session)
    return attrs.evolve(session, monitor=attrs.evolve(monitor, checks=(*monitor.checks, check)))


def attended_minutes(session: Session, now: datetime) -> int | None:
    """
    Whole minutes after the dose over which a sober adult is recorded to have been there without a gap.

    Presences that meet or overlap are one. A check that found nobody, or nobody sober, ends the time at its instant,
    whatever presence was attested over it.

    Args:
        session: The session.
        now: The instant of the question; what is attested later is not known yet.

    Unknowns:
        None if no dose was given or no presence is recorded; 0 if none covers the start of the dose.
    """
    if session.administration is None or session.monitor is None:
        return None
    known = [each for each in session.monitor.presences if each.attested.at <= now]
    if not known:
        return None
    begins = session.administration.given_at
    until = begins
    for each in sorted(known, key=lambda presence: presence.begins_at):
        if each.is_sober and each.begins_at <= until:
            until = max(until, each.ends_at)
    gone = [
        each.attested.at
        for each in session.monitor.checks
        if begins <= each.attested.at <= now and not (each.is_present and each.is_sober)
    ]
    # A time that somebody says the monitor was not sober counts for nobody, whoever else says otherwise.
    gone += [max(each.begins_at, begins) for each in known if not each.is_sober and each.ends_at > begins]
    return whole_minutes(begins, min([until, *gone]))


def latest_check(session: Session, now: datetime) -> PresenceCheck | None:
    """The last look or call whether the adult is there."""
    checks = session.monitor.checks if session.monitor is not None else ()
    return max((each for each in checks if each.attested.at <= now), key=lambda check: check.attested.at, default=None)


def _monitor(session: Session) -> PeerMonitor:
    if session.state in _ENDED or session.monitor is None:
        message = "presence is recorded while a session with a monitor goes on"
        raise StateError(message)
    return session.monitor
