"""A schedule: visits at local wall times, each with the window around its target day and the reason for it."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.protocol.model import PhaseName
from ketaprogram.record import Id, Line, Record, ZoneName

__all__ = ["Schedule", "Visit"]


@frozen(kw_only=True, repr=False)
class Visit(Record):
    """
    One planned contact on the person's own clock.

    Args:
        id: Stable id: the order's, the phase and the number.
        kind: A dosing session, or a review by the clinician before the next one.
        phase: The phase it belongs to.
        number: Number of the session in the course; for a review, of the session before it.
        on: Local date.
        at: Local wall time.
        time_zone: IANA zone of date and time.
        earliest: First local date that the window allows.
        latest: Last local date that the window allows.
        why: Why it is on that day.
    """

    id: Id
    kind: Literal["session", "review"]
    phase: PhaseName
    number: Annotated[int, Ge(1), Le(1000)]
    on: date
    at: time
    time_zone: ZoneName
    earliest: date
    latest: date
    why: Line


@frozen(kw_only=True, repr=False)
class Schedule(Record):
    """
    The visits of one order.

    Args:
        order: Id of the order.
        protocol: Id of the template.
        time_zone: IANA zone of the person.
        visits: In order of time.
    """

    schema: Literal["urn:ketaprogram:schema:schedule:1"] = "urn:ketaprogram:schema:schedule:1"
    order: Id
    protocol: Id
    time_zone: ZoneName
    visits: Annotated[tuple[Visit, ...], MaxLen(2000)]
