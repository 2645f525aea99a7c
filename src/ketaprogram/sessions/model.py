"""A session: one dosing day, from preparation to discharge, as a frozen value at each step."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.protocol.model import SessionNumber
from ketaprogram.record import Digest, Id, Line, NonNegative, Pattern, Record, Route, Setting, Text

__all__ = ["Administration", "ExpectedObservation", "Observation", "PeerMonitor", "Session", "State"]

State = Literal["planned", "prepared", "ready", "dosed", "recovering", "discharged", "stopped", "escalated"]
"""Where a session stands. The last three are its ends."""

ItemId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(40)]


@frozen(kw_only=True, repr=False)
class PeerMonitor(Record):
    """
    The adult who stays with the person at home.

    Args:
        name: Name.
        is_adult: Whether the monitor is of age.
        is_sober: Whether the monitor is sober and stays so.
        phone: Telephone number.
    """

    name: Line
    is_adult: bool
    is_sober: bool
    phone: Line | None = None


@frozen(kw_only=True, repr=False)
class Administration(Record):
    """
    The dose as it was given.

    Args:
        given_at: When it began.
        mg: Milligrams given.
        by: Who gave it; at home, the person.
        role: The role of who gave it.
    """

    given_at: datetime
    mg: NonNegative
    by: Line
    role: Line


@frozen(kw_only=True, repr=False)
class Observation(Record):
    """
    Readings taken together during a session.

    Args:
        taken_at: When.
        systolic_mmhg: Systolic blood pressure.
        diastolic_mmhg: Diastolic blood pressure.
        heart_rate_per_min: Heart rate.
        spo2_percent: Oxygen saturation on air.
        moaas: MOAA/S, 5 responds readily to 0 no response.
    """

    taken_at: datetime
    systolic_mmhg: Annotated[int, Ge(30), Le(320)] | None = None
    diastolic_mmhg: Annotated[int, Ge(0), Le(220)] | None = None
    heart_rate_per_min: Annotated[int, Ge(15), Le(320)] | None = None
    spo2_percent: Annotated[int, Ge(30), Le(100)] | None = None
    moaas: Annotated[int, Ge(0), Le(5)] | None = None


@frozen(kw_only=True, repr=False)
class Session(Record):
    """
    One dosing day.

    Args:
        id: Id of the session.
        visit: Id of its visit.
        order: Id of the order.
        number: Number of the session on the order.
        step: Step of the course, which says its dose.
        route: Route of administration.
        setting: Where it takes place.
        state: Where it stands.
        checklist: Ids of the preparation items that are done.
        intention: The person's own words; kept, never interpreted.
        monitor: The adult who stays, at home.
        readiness_digest: SHA-256 of the determination that let it go on.
        administration: The dose as it was given.
        observations: Readings, in the order in which they were recorded.
        discharge_digest: SHA-256 of the determination that let it end.
        ended_at: When it ended.
        end_reason: Why it was stopped or escalated.
    """

    schema: Literal["urn:ketaprogram:schema:session:1"] = "urn:ketaprogram:schema:session:1"
    id: Id
    visit: Id
    order: Id
    number: SessionNumber
    step: SessionNumber
    route: Route
    setting: Setting
    state: State = "planned"
    checklist: frozenset[ItemId] = frozenset()
    intention: Text | None = None
    monitor: PeerMonitor | None = None
    readiness_digest: Digest | None = None
    administration: Administration | None = None
    observations: Annotated[tuple[Observation, ...], MaxLen(1000)] = ()
    discharge_digest: Digest | None = None
    ended_at: datetime | None = None
    end_reason: Line | None = None


@frozen(kw_only=True, repr=False)
class ExpectedObservation(Record):
    """
    A reading that the protocol expects.

    Args:
        minute: Minutes from the dose.
        due_at: When it is due.
        status: done, due, missing, or later than now.
        late_by_minutes: How late it was taken, or is by now; 0 is in time.
    """

    minute: Annotated[int, Ge(0), Le(1440)]
    due_at: datetime
    status: Literal["done", "due", "missing", "later"]
    late_by_minutes: Annotated[int, Ge(0), Le(5_256_000)] = 0
