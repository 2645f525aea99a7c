"""
What the next year could look like under a policy: dates on the calendar, exposure, consults, and the end of the order.

It is a picture for a person and a clinician to look at together. It plans nothing: a schedule needs a signed order.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import count, cycle, islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from ketaprogram._time import add_days
from ketaprogram.errors import LimitError, OrderError
from ketaprogram.maintenance.advising import is_within_limits
from ketaprogram.maintenance.model import ProjectedContact, ProjectedSession, Projection
from ketaprogram.maintenance.tracing import step_of
from ketaprogram.protocol.model import CalendarSpacing, CalendarWindow, FixedDose

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from ketaprogram.maintenance.model import Policy
    from ketaprogram.protocol.model import Contact, Order, Phase, Protocol, Spacing, Window

__all__ = ["project"]

_SAYS = "A picture to look at together, no plan and no order: every session in it needs a clinician's signature first."


def project(
    order: Order, protocol: Protocol, policy: Policy, *, start: date, horizon_days: int, before: int = 0
) -> Projection:
    """
    What the days from a first session on could look like.

    Args:
        order: The order as it stands: its doses, and how long it lasts.
        protocol: Its template.
        policy: The intervals of the phase that goes on for as long as an order says. What is left of the phases before
            it keeps the template's own spacing.
        start: Local date of the first session of the picture.
        horizon_days: How many days it covers, ``start`` included, 1 to 3660.
        before: Sessions that were given before it.

    Returns:
        Sessions with dates, intervals and exposure in all, the template's consults and laboratory tests, and where the
        order would run out: what goes beyond it is marked, not cut. Doses are at most those of the order, whose last
        one goes on where it ends; rounding to what can be dispensed may make them smaller. Only dates are worked out:
        nobody's availability, and no clock change, stands in it.

    Raises:
        OrderError: The template is another one than the order's.
        LimitError: The horizon is out of range, or an interval of the policy breaks the template's gap, its most
            sessions in seven days, or its own choice of intervals; every reason is named.

    Source:
        The template's own citations.
    """
    if (order.protocol, order.protocol_version) != (protocol.id, protocol.version):
        message = "the order was signed on another protocol, or on another version of it"
        raise OrderError(message)
    refusals = [*_policy_refusals(policy, protocol), *_picture_refusals(horizon_days, before)]
    if refusals:
        message = "this cannot be projected: " + "; ".join(refusals)
        raise LimitError(message)
    last_day = add_days(start, horizon_days - 1)
    sessions: list[ProjectedSession] = []
    at_ends: set[int] = set()
    ends_because: Literal["horizon", "template", "policy"] = "template"
    for planned in _planned(protocol, policy, before):
        if planned is None:
            ends_because = "policy"
            break
        on = add_days(sessions[-1].on, planned.days) if sessions else start
        if on > last_day:
            ends_because = "horizon"
            break
        sessions.append(_session(planned, on, sessions[-1] if sessions else None, order, protocol))
        if planned.ends_phase:
            at_ends.add(planned.number)
    contacts = [each for each in protocol.contacts if each.what in _SHOWN]
    shown = [
        *(found for each in contacts for found in _with_sessions(each, sessions, at_ends)),
        *(found for each in contacts for found in _with_days(each, sessions)),
    ]
    return Projection(
        order=order.id,
        protocol=protocol.id,
        protocol_version=protocol.version,
        policy=policy,
        start=start,
        horizon_days=horizon_days,
        before=before,
        sessions=tuple(sessions),
        contacts=tuple(sorted(shown, key=lambda each: (each.opens_on, each.closes_on, each.contact))),
        order_ends_on=order.valid_until,
        first_not_ordered=next((each.number for each in sessions if not each.is_ordered), None),
        ends_because=ends_because,
        says=_SAYS,
    )


_SHOWN = ("consult", "laboratory")
_LONGEST = 3660  # ten years: the longest picture that a document holds
_DAY_MINUTES, _DAY_HOURS = 1440, 24


# --- what is refused --------------------------------------------------------------------------------------------------


def _policy_refusals(policy: Policy, protocol: Protocol) -> Iterator[str]:
    phase = next((each for each in protocol.phases if _leaves_a_choice(each)), None)
    if phase is None:
        yield "the template leaves no interval to choose"
        return
    for place, each in enumerate(policy.stretches):
        where = f"stretch {place + 1}"
        if not is_within_limits(each.interval_days, protocol):
            yield f"{where} brings sessions closer than the template lets them be"
        if not _is_of(each.interval_days, phase):
            yield f"{where} has an interval that the template does not offer"
        if each.sessions is None and place + 1 < len(policy.stretches):
            yield f"{where} goes on for ever, and another one stands after it"


def _leaves_a_choice(phase: Phase) -> bool:
    return phase.sessions is None or bool(phase.intervals_days)


def _is_of(days: int, phase: Phase) -> bool:
    if phase.intervals_days:
        return days in phase.intervals_days
    return any(each.min_days <= days <= each.max_days for each in phase.spacing if isinstance(each, CalendarSpacing))


def _picture_refusals(horizon_days: int, before: int) -> Iterator[str]:
    if not 1 <= horizon_days <= _LONGEST:
        yield f"the horizon is not within 1 to {_LONGEST} days"
    if before < 0:
        yield "the sessions given before are fewer than none"


# --- the sessions -----------------------------------------------------------------------------------------------------


class _Planned(NamedTuple):
    number: int
    phase: Phase
    days: int  # since the session before
    is_chosen: bool  # by the policy
    ends_phase: bool


def _planned(protocol: Protocol, policy: Policy, before: int) -> Iterator[_Planned | None]:
    """The sessions to come, one after the other; None where the policy ends them."""
    number = 0
    for phase in protocol.phases:
        started = number
        ends_at = None if phase.sessions is None else number + phase.sessions
        number = max(number, before if ends_at is None else min(before, ends_at))
        given = number - started
        days = (
            _chosen(phase, policy, begins=number == before)
            if _leaves_a_choice(phase)
            else islice(_published(phase), given, None)
        )
        while ends_at is None or number < ends_at:
            found = next(days, None)
            if found is None:
                break
            number += 1
            if protocol.sessions_in_all is not None and number > protocol.sessions_in_all:
                return
            yield _Planned(number, phase, *found, ends_phase=number == ends_at)
    if policy.stretches[-1].sessions is not None:
        yield None


def _chosen(phase: Phase, policy: Policy, *, begins: bool) -> Iterator[tuple[int, bool]]:
    """The intervals of a policy. Where a picture begins there is none yet; a phase may begin at the template's own."""
    if begins or phase.first is not None:
        yield 0 if phase.first is None else _target_days(phase.first), False
    for stretch in policy.stretches:
        for _ in count() if stretch.sessions is None else range(stretch.sessions):
            yield stretch.interval_days, True


def _published(phase: Phase) -> Iterator[tuple[int, bool]]:
    first = phase.first or next(iter(phase.spacing), None)
    yield 0 if first is None else _target_days(first), False
    yield from ((_target_days(each), False) for each in cycle(phase.spacing))


def _target_days(spacing: Spacing) -> int:
    """The published distance in days; hours are rounded up to whole days."""
    return spacing.target_days if isinstance(spacing, CalendarSpacing) else -(-spacing.target_hours // _DAY_HOURS)


def _session(
    planned: _Planned, on: date, before: ProjectedSession | None, order: Order, protocol: Protocol
) -> ProjectedSession:
    step = step_of(order, planned.number)
    mg = mg_per_kg = None
    if isinstance(step, FixedDose):
        mg = min(each for each in (step.mg, order.maximum_mg, protocol.ceiling_mg) if each is not None)
    else:
        mg_per_kg = min(each for each in (step.mg_per_kg, protocol.ceiling_mg_per_kg) if each is not None)
    return ProjectedSession(
        number=planned.number,
        phase=planned.phase.name,
        on=on,
        interval_days=None if before is None else (on - before.on).days,
        mg=mg,
        mg_per_kg=mg_per_kg,
        total_mg=_added(Decimal(0) if before is None else before.total_mg, mg),
        total_mg_per_kg=_added(Decimal(0) if before is None else before.total_mg_per_kg, mg_per_kg),
        is_ordered=(
            planned.number <= order.sessions
            and order.valid_from <= on <= order.valid_until
            and (before is None or not planned.is_chosen or planned.days == _ordered_days(order, planned.phase))
        ),
    )


def _added(total: Decimal | None, amount: Decimal | None) -> Decimal | None:
    """A total that a dose of the other kind ends."""
    return None if total is None or amount is None else total + amount


def _ordered_days(order: Order, phase: Phase) -> int:
    return order.interval_days or _target_days(phase.spacing[0])


# --- the contacts -----------------------------------------------------------------------------------------------------


def _with_sessions(
    contact: Contact, sessions: Sequence[ProjectedSession], at_ends: Collection[int]
) -> Iterator[ProjectedContact]:
    base = max(contact.sessions, default=0)
    for each in sessions:
        every = contact.every_sessions
        is_due = (
            each.number in contact.sessions
            or (every is not None and each.number > base and (each.number - base) % every == 0)
            or (contact.is_at_end and each.number in at_ends)
        )
        if is_due and contact.phase in {None, each.phase}:
            yield _contact(contact, each.on, each.number)


def _with_days(contact: Contact, sessions: Sequence[ProjectedSession]) -> Iterator[ProjectedContact]:
    if contact.every_days is None or not sessions:
        return
    within = [each.on for each in sessions if contact.phase in {None, each.phase}]
    for days in range(contact.every_days, (sessions[-1].on - sessions[0].on).days + 1, contact.every_days):
        on = add_days(sessions[0].on, days)
        if within and within[0] <= on <= within[-1]:
            yield _contact(contact, on, None)


def _contact(contact: Contact, on: date, session: int | None) -> ProjectedContact:
    from_day, to_day = _days_of(contact.window)
    return ProjectedContact(
        contact=contact.id,
        what=contact.what,
        title=contact.title,
        session=session,
        opens_on=add_days(on, from_day),
        closes_on=add_days(on, to_day),
    )


def _days_of(window: Window) -> tuple[int, int]:
    """The window in days around the day that it goes with; minutes are rounded outwards to whole days."""
    if isinstance(window, CalendarWindow):
        return window.from_day, window.to_day
    return window.from_minutes // _DAY_MINUTES, -(-window.to_minutes // _DAY_MINUTES)
