"""
What the next year could look like under a policy: dates on the calendar, exposure, consults, and the end of the order.

It is a picture for a person and a clinician to look at together. It plans nothing: a schedule needs a signed order.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import repeat
from typing import TYPE_CHECKING, Literal

from ketaprogram._time import add_days
from ketaprogram.errors import LimitError
from ketaprogram.maintenance.advising import is_within_limits
from ketaprogram.maintenance.model import ProjectedContact, ProjectedSession, Projection
from ketaprogram.maintenance.tracing import step_of
from ketaprogram.protocol.coursing import HOURS_IN_DAY, check_template, course, follows, goes_with
from ketaprogram.protocol.model import CalendarSpacing, CalendarWindow, FixedDose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from ketaprogram.maintenance.model import Policy
    from ketaprogram.protocol.coursing import Step
    from ketaprogram.protocol.model import Contact, Order, Phase, Protocol, Window

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
    check_template(order, protocol)
    refusals = [*_policy_refusals(policy, protocol), *_picture_refusals(horizon_days, before)]
    if refusals:
        message = "this cannot be projected: " + "; ".join(refusals)
        raise LimitError(message)
    last_day = add_days(start, horizon_days - 1)
    intervals = _intervals(policy)
    steps: list[Step] = []
    sessions: list[ProjectedSession] = []
    ends_because: Literal["horizon", "template", "policy"] = "template"
    for step in course(protocol)[before:]:
        days = _days_before(step, intervals) if sessions else 0
        if days is None:
            ends_because = "policy"
            break
        on = add_days(sessions[-1].on, days) if sessions else start
        if on > last_day:
            ends_because = "horizon"
            break
        steps.append(step)
        sessions.append(_session(step, on, sessions[-1] if sessions else None, order, protocol))
    contacts = [each for each in protocol.contacts if each.what in _SHOWN]
    shown = [
        *(
            _contact(each, session.on, session.number)
            for each in contacts
            for step, session in zip(steps, sessions, strict=True)
            if goes_with(each, step) or follows(each, step, protocol)
        ),
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
_DAY_MINUTES = 1440


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


def _intervals(policy: Policy) -> Iterator[int]:
    """The intervals of a policy, one for each session."""
    for each in policy.stretches:
        yield from repeat(each.interval_days) if each.sessions is None else repeat(each.interval_days, each.sessions)


def _days_before(step: Step, intervals: Iterator[int]) -> int | None:
    """Days since the session before: the policy's where the template leaves the choice; None where the policy ends."""
    return next(intervals, None) if _is_chosen(step) else -(-step.target_hours // HOURS_IN_DAY)


def _is_chosen(step: Step) -> bool:
    return _leaves_a_choice(step.phase) and (step.place > 1 or step.phase.first is None)


def _session(
    step: Step, on: date, before: ProjectedSession | None, order: Order, protocol: Protocol
) -> ProjectedSession:
    dose = step_of(order, step.number)
    mg = mg_per_kg = None
    if isinstance(dose, FixedDose):
        mg = min(each for each in (dose.mg, order.maximum_mg, protocol.ceiling_mg) if each is not None)
    else:
        mg_per_kg = min(each for each in (dose.mg_per_kg, protocol.ceiling_mg_per_kg) if each is not None)
    days = None if before is None else (on - before.on).days
    return ProjectedSession(
        number=step.number,
        phase=step.phase.name,
        on=on,
        interval_days=days,
        mg=mg,
        mg_per_kg=mg_per_kg,
        total_mg=_added(Decimal(0) if before is None else before.total_mg, mg),
        total_mg_per_kg=_added(Decimal(0) if before is None else before.total_mg_per_kg, mg_per_kg),
        is_ordered=(
            step.number <= order.sessions
            and order.valid_from <= on <= order.valid_until
            and (days is None or not _is_chosen(step) or days == _ordered_days(order, step))
        ),
    )


def _added(total: Decimal | None, amount: Decimal | None) -> Decimal | None:
    """A total that a dose of the other kind ends."""
    return None if total is None or amount is None else total + amount


def _ordered_days(order: Order, step: Step) -> int:
    return order.interval_days or -(-step.target_hours // HOURS_IN_DAY)


# --- the contacts -----------------------------------------------------------------------------------------------------


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
