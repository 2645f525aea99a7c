"""
When an effect began and ended, in minutes from the dose and as instants, and what follows while only part is known.

What nobody said is bounded by what is certain: an effect began before it ended and before it was reported, one that
has gone ended before it was reported, one that has not gone has lasted until now. Only what these bounds leave open is
unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from ketaprogram._time import after, whole_minutes
from ketaprogram.events.terms import term
from ketaprogram.truth import FALSE, TRUE, UNKNOWN, Truth, all_of, not_

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ketaprogram.events.model import AdverseEvent
    from ketaprogram.record import Route

__all__ = ["Span", "began", "has_outlasted", "is_within_window", "lasted", "timed"]


@frozen
class Span:
    """
    What is known of a number of minutes.

    Args:
        low: It is at least this; None if it may be less than any.
        high: It is at most this; None if it may be more than any.
    """

    low: int | None = None
    high: int | None = None

    def reaches(self, bound: int) -> Truth:
        """Whether it is at least a bound."""
        if self.low is not None and self.low >= bound:
            return TRUE
        return FALSE if self.high is not None and self.high < bound else UNKNOWN


def timed(event: AdverseEvent, dosed_at: datetime) -> AdverseEvent:
    """
    An event with both its minutes from the dose and its instants, as far as one of each is known.

    Args:
        event: The event; what it says is kept.
        dosed_at: When the dose began.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.events.model import AdverseEvent
        >>> dosed = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> told = AdverseEvent(id="1", session="s", term="nausea", reported_at=dosed, onset_minutes=20)
        >>> timed(told, dosed).began_at.isoformat()
        '2026-11-24T09:20:00+00:00'
    """
    return attrs.evolve(
        event,
        onset_minutes=_first(event.onset_minutes, _begun_minutes(dosed_at, event.began_at)),
        end_minutes=_first(event.end_minutes, _minutes(dosed_at, event.ended_at)),
        began_at=event.began_at or _instant(dosed_at, event.onset_minutes),
        ended_at=event.ended_at or _instant(dosed_at, event.end_minutes),
    )


def began(event: AdverseEvent, dosed_at: datetime | None) -> Span:
    """
    When an event began, in minutes from the dose.

    Unknowns:
        Nobody said it: at most when it ended or was reported. Said twice, differently: anything between the two.
    """
    said = _span(event.onset_minutes, _begun_minutes(dosed_at, event.began_at))
    if said.high is not None:
        return said
    ended = _span(event.end_minutes, _minutes(dosed_at, event.ended_at)).high
    return Span(None, _least(ended, _minutes(dosed_at, event.reported_at)))


def lasted(event: AdverseEvent, dosed_at: datetime | None, now: datetime) -> Span:
    """
    How long an event has lasted by now, in minutes.

    Args:
        event: The event.
        dosed_at: When the dose began; None if there was none or it is not known.
        now: The instant of the question; an effect that has not gone has lasted until then, and none any longer.
    """
    if dosed_at is None and event.onset_minutes is None and event.end_minutes is None:
        dosed_at = event.reported_at  # instants need no dose: any point to count from will do
    begins, ends = began(event, dosed_at), _ended(event, dosed_at, now)
    by_now = _least(ends.high, _minutes(dosed_at, now))
    low = None if ends.low is None or begins.high is None else max(ends.low - begins.high, 0)
    high = None if by_now is None or begins.low is None else max(by_now - begins.low, low or 0)
    return Span(low, high)


def is_within_window(event: AdverseEvent, route: Route | None, dosed_at: datetime | None, now: datetime) -> Truth:
    """
    Whether an event began and ended within the time that is usual for the route.

    Unknowns:
        UNKNOWN while beginning or end is not known, unless what is known lies outside: of an effect that has not gone,
        that it may still end in time is not enough. Also where the effect has no usual time for the route.
    """
    window = None if route is None else term(event.term).windows.get(route)
    if window is None or window.ends is None:
        return UNKNOWN
    begins, ends = began(event, dosed_at), _ended(event, dosed_at, now)
    return all_of((begins.reaches(window.begins), not_(ends.reaches(window.ends + 1))))


def has_outlasted(event: AdverseEvent, dosed_at: datetime | None, now: datetime) -> Truth:
    """
    Whether an event lasted so long that the duration is its red flag; false where the effect has no such limit.

    Unknowns:
        UNKNOWN while the duration is not known and the bounds do not settle it; no effect has lasted past now.
    """
    limit = term(event.term).limit
    return FALSE if limit is None else lasted(event, dosed_at, now).reaches(limit.minutes)


def _ended(event: AdverseEvent, dosed_at: datetime | None, now: datetime) -> Span:
    said = _span(event.end_minutes, _minutes(dosed_at, event.ended_at))
    begins = began(event, dosed_at)
    if event.resolved is False:  # whatever end was said, it goes on
        return Span(_most(said.low, begins.low, _minutes(dosed_at, now)), None)
    if said.high is not None:
        return Span(_most(said.low, begins.low), _most(said.high, begins.low))
    return Span(begins.low, _minutes(dosed_at, event.reported_at) if event.resolved is True else None)


# --- arithmetic with what may not be known ----------------------------------------------------------------------------


def _span(*said: int | None) -> Span:
    return Span(_least(*said), _most(*said))


def _known(numbers: Iterable[int | None]) -> list[int]:
    return [each for each in numbers if each is not None]


def _least(*numbers: int | None) -> int | None:
    return min(_known(numbers), default=None)


def _most(*numbers: int | None) -> int | None:
    return max(_known(numbers), default=None)


def _first(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def _instant(dosed_at: datetime, minutes: int | None) -> datetime | None:
    return None if minutes is None else after(dosed_at, minutes)


def _begun_minutes(start: datetime | None, end: datetime | None) -> int | None:
    """Minutes from one instant to another, a begun one not counted: for a beginning."""
    return None if start is None or end is None else whole_minutes(start, end)


def _minutes(start: datetime | None, end: datetime | None) -> int | None:
    """Minutes from one instant to another, a begun one counted: for an end."""
    return None if start is None or end is None else -whole_minutes(end, start)
