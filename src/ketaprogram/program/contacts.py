"""The contacts of a program that are still open: those that are visits, and the windows of everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from ketaprogram._time import wall
from ketaprogram.protocol import load_protocol
from ketaprogram.protocol.templates import protocol_names
from ketaprogram.schedule import timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from ketaprogram.program.model import Program
    from ketaprogram.protocol.model import Protocol
    from ketaprogram.schedule.model import Schedule, TimelineItem

__all__ = ["contacts_of", "template_of"]

# Who sees to a visit if its template is not at hand.
_ROLES = {"preparation": "coordinator", "consult": "clinician", "integration": "coach"}


@frozen(kw_only=True)
class OpenContact:
    """A contact and its window."""

    id: str
    what: Any
    why: str
    role: str
    opens_on: date
    closes_on: date
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def template_of(program: Program, protocols: Iterable[Protocol] = ()) -> Protocol | None:
    """The template of a program's schedule in the version that it was planned with; None if it is not at hand."""
    schedule = program.schedule
    if schedule is None:
        return None
    ours = (load_protocol(schedule.protocol),) if schedule.protocol in protocol_names() else ()
    named = (schedule.protocol, schedule.protocol_version)
    return next((each for each in (*protocols, *ours) if (each.id, each.version) == named), None)


def contacts_of(program: Program, schedule: Schedule, template: Protocol | None) -> Iterator[OpenContact]:
    """
    The contacts of a program's schedule that nothing in it answers.

    Prompts are answered by a set that was chosen for a day of their window, questionnaires by scores of every one of
    them since it opened. What somebody recorded as done is still among them.
    """
    order = next((each for each in program.orders if each.id == schedule.order), None)
    items = () if template is None or order is None else timeline(_as_given(program, schedule), template, order)
    by = {each.id: each.by for each in items}
    for visit in schedule.visits:
        if visit.kind != "session":
            yield OpenContact(
                id=visit.id,
                what=visit.kind,
                why=visit.why,
                role=by.get(visit.id, _ROLES[visit.kind]),
                opens_on=visit.earliest,
                closes_on=visit.latest,
            )
    yield from _windows(program, schedule, items)


def _windows(program: Program, schedule: Schedule, items: Sequence[TimelineItem]) -> Iterator[OpenContact]:
    visits = {each.id for each in schedule.visits}
    for item in items:
        if item.id in visits:
            continue
        missing = _unanswered(program, schedule, items, item)
        if (item.what == "assessment" and item.measures and not missing) or _is_prompted(program, schedule, item):
            continue
        measures = f": {', '.join(missing)}" if missing else ""
        yield OpenContact(
            id=item.id,
            what=item.what,
            why=f"{item.title}{measures} ({item.why})"[:200],
            role=item.by,
            opens_on=item.opens_on,
            closes_on=item.closes_on,
            opens_at=item.opens_at,
            closes_at=item.closes_at,
        )


def _as_given(program: Program, schedule: Schedule) -> Schedule:
    """The schedule with the instants at which doses really began, which hours are counted from."""
    given = {each.visit: each.administration.given_at for each in program.sessions if each.administration is not None}
    visits = (attrs.evolve(each, given_at=given[each.id]) if each.id in given else each for each in schedule.visits)
    return attrs.evolve(schedule, visits=tuple(visits))


def _unanswered(
    program: Program, schedule: Schedule, items: Sequence[TimelineItem], item: TimelineItem
) -> tuple[str, ...]:
    """The questionnaires of an item that have no total since it opened and before it came again."""
    if not item.measures:
        return ()
    following = [each.opens_on for each in items if each.opens_on > item.opens_on and each.title == item.title]
    until = min(following, default=None)
    answered = {
        each.instrument
        for each in program.scores
        if each.value is not None and _is_within(wall(each.answered_at, schedule.time_zone)[0], item.opens_on, until)
    }
    return tuple(each for each in item.measures if each not in answered)


def _is_within(day: date, first: date, until: date | None) -> bool:
    return first <= day and (until is None or day < until)


def _is_prompted(program: Program, schedule: Schedule, item: TimelineItem) -> bool:
    session = next((each for each in schedule.visits if each.id == item.visit), None)
    if item.what != "prompts" or session is None:
        return False
    first, last = (item.opens_on - session.on).days, (item.closes_on - session.on).days
    return any(each.session == session.id and first <= each.day <= last for each in program.prompted)
