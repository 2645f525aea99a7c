"""
Planning again after something happened: what is past stays, ids stay, and visits to come move as little as possible.

Limits hold across what was given and what is planned. Where more time has passed than the window of a step allows, the
template's rule for such a gap says how the course goes on.
"""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from ketaprogram.protocol.coursing import check_template, course
from ketaprogram.schedule.contacting import follows_its_session
from ketaprogram.schedule.differing import diff
from ketaprogram.schedule.gapping import rule_for, step_after, width_days
from ketaprogram.schedule.laying import (
    contacts_of,
    in_order,
    later_than,
    no_place,
    open_for,
    session_visits,
    state_after,
    surroundings,
)
from ketaprogram.schedule.model import Replan, Visit
from ketaprogram.schedule.opening import slot_of
from ketaprogram.schedule.placing import DeadEnd, candidates, place
from ketaprogram.schedule.settling import begins_at, settle
from ketaprogram.schedule.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, time

    from ketaprogram.protocol.coursing import Step
    from ketaprogram.protocol.model import GapRule, Order, Protocol
    from ketaprogram.schedule.model import Change, Schedule
    from ketaprogram.schedule.opening import Slot
    from ketaprogram.schedule.relaxing import Surroundings
    from ketaprogram.schedule.settling import Settled
    from ketaprogram.schedule.tasks import State

__all__ = ["replan"]

NO_DAY = date.max.toordinal()


def replan(schedule: Schedule, *changes: Change, order: Order, protocol: Protocol, now: datetime) -> Replan:
    """
    The schedule after something happened.

    Args:
        schedule: The schedule.
        changes: What happened, in order.
        order: Its signed order.
        protocol: Its template.
        now: The instant of the question; nothing is planned before it, and nothing before it moves.

    Returns:
        The new schedule, what became of each visit that is not as it was and why, and what the template says about
        the time since the last session.

    Unknowns:
        A session that is past and neither given nor missed is not guessed at: it is a `StateError`.

    Raises:
        OrderError: The template is another one than the order's, or a new order is for somebody or something else.
        StateError: A visit is not in a state for its change.
        UnknownItemError: No session has the id.
        UnknownTimeZoneError: No such zone.
        ScheduleError: There is no placement; see `plan_visits`.

    Source:
        The template's own citations for its gap rules.
    """
    check_template(order, protocol)
    held = settle(schedule, changes, order, protocol, now)
    check_template(held.order, protocol)
    standing = _standing(held, protocol, now)
    way = _Way((), (), (), {}) if held.schedule.on_hold else _found(held, protocol, standing)
    visits = _visits(held, protocol, standing, way)
    new = attrs.evolve(held.schedule, visits=in_order(visits))
    rule = way.rules.get(0)
    return Replan(
        schedule=new,
        moves=diff(schedule, new, causes=held.causes),
        gap_days=way.placed[0].day - standing.before[0].day if way.placed and standing.before[0] else None,
        gap_rule=rule.then if rule else None,
    )


@frozen
class _Standing:
    """What stands: the sessions that were given, those to come by number, and what a placement begins with."""

    kept: tuple[Visit, ...]
    reached: Step | None
    ahead: Mapping[int, Visit]
    steps: tuple[Step, ...]
    around: Surroundings
    before: State
    now: Slot


@frozen
class _Way:
    """How the course goes on: steps, tasks and slots side by side, and the gap rules by place."""

    steps: tuple[Step, ...]
    tasks: tuple[Task, ...]
    placed: tuple[Slot, ...]
    rules: Mapping[int, GapRule]


def _standing(held: Settled, protocol: Protocol, now: datetime) -> _Standing:
    schedule = held.schedule
    sessions = sorted((each for each in schedule.visits if each.kind == "session"), key=begins_at)
    kept = tuple(
        each for each in sessions if each.status == "given" or (each.status == "planned" and begins_at(each) <= now)
    )
    given = [*schedule.earlier, *map(begins_at, kept)]
    # A new order may authorise fewer sessions than were given: what was reached is part of the course.
    steps = course(protocol, held.order.interval_days, max([held.order.sessions, *(each.step for each in kept)]))
    return _Standing(
        kept=kept,
        reached=steps[kept[-1].step - 1] if kept else None,
        ahead={each.number: each for each in sessions if each.status == "planned" and begins_at(each) > now},
        steps=steps,
        around=surroundings(held.order, protocol, schedule.at, schedule.time_zone, schedule.availabilities),
        before=state_after(given, schedule.time_zone),
        now=slot_of(now, schedule.time_zone),
    )


def _found(held: Settled, protocol: Protocol, standing: _Standing) -> _Way:
    """
    A place for every session to come.

    It begins inside all windows. A session that has no place there may be later than its window, and then the
    template's rule for the gap decides on the steps from there on, which go at the template's pace. Rules only ever
    get stricter, so this ends.
    """
    places = _besides(held, standing)
    slots_on = later_than(standing.around.slots(besides=places), standing.now)
    late: dict[int, int] = {}
    rules: dict[int, GapRule] = {}
    while True:
        way = _way(held, standing, late, rules)
        placed = place(way.tasks, slots_on, standing.around.limits, standing.before)
        if isinstance(placed, DeadEnd):
            where, task = placed.place, way.tasks[placed.place]
            until = _late_until(attrs.evolve(task, is_late=True), placed.reached, slots_on, standing)
            if until is None or until <= late.get(where, 0):
                raise no_place(task, placed.reached, standing.around)
            late[where] = until
            continue
        stricter = _stricter(protocol, standing, way, placed)
        if stricter is None:
            return attrs.evolve(way, placed=placed)
        where, rule = stricter
        rules = {number: each for number, each in rules.items() if number < where} | {where: rule}
        late = {number: until for number, until in late.items() if number <= where}


def _way(held: Settled, standing: _Standing, late: Mapping[int, int], rules: Mapping[int, GapRule]) -> _Way:
    """The steps and tasks of the sessions to come, under some gap rules."""
    tasks: list[Task] = []
    steps: list[Step] = []
    reached = standing.reached
    first = max((each.number for each in standing.kept), default=0) + 1
    anew = held.anew
    for place_, number in enumerate(range(first, held.order.sessions + 1)):
        rule = rules.get(place_)
        step = step_after(standing.steps, reached, rule)
        if step is None:
            break
        anew = anew or rule is not None
        steps.append(step)
        tasks.append(_task(held, standing, step, number, late_until=late.get(place_), anew=anew))
        reached = step
    if tasks:
        tasks[0] = attrs.evolve(tasks[0], from_day=max(tasks[0].from_day, _first_day(held, standing, rules.get(0))))
    return _Way(tuple(steps), tuple(_up_to_the_next(tasks)), (), dict(rules))


def _up_to_the_next(tasks: Sequence[Task]) -> Iterator[Task]:
    """No session after the last day of the one that follows it; this only spares the search what cannot be."""
    last_days = accumulate((each.to_day for each in reversed(tasks)), min)
    for task, last_day in zip(tasks, reversed(list(last_days)), strict=True):
        yield attrs.evolve(task, to_day=last_day)


def _task(held: Settled, standing: _Standing, step: Step, number: int, *, late_until: int | None, anew: bool) -> Task:
    visit = standing.ahead.get(number)
    here = None if visit is None else (visit.on.toordinal(), visit.at.hour * 60 + visit.at.minute)
    on, at = held.moved.get(visit.id, (None, None)) if visit is not None else (None, None)
    is_cancelled = visit is not None and visit.id in held.cancelled
    return Task(
        number=number,
        spacing=step.spacing,
        run=step.run,
        from_day=max(held.order.valid_from.toordinal(), standing.now.day),
        to_day=min(standing.around.last_day, on.toordinal() if on else NO_DAY, late_until or NO_DAY),
        is_late=late_until is not None,
        wanted=None if anew else here,
        not_at=here if is_cancelled else None,
        exactly=None if on is None or at is None else (on.toordinal(), at.hour * 60 + at.minute),
    )


def _late_until(
    task: Task, reached: tuple[State, ...], slots_on: Callable[[date], tuple[Slot, ...]], standing: _Standing
) -> int | None:
    """The last date for a session that has to be late: as wide a window as ever, from the first date that is open."""
    if task.spacing is None:
        return None
    within = attrs.evolve(task, to_day=standing.around.last_day)
    found = (next(candidates(within, slots_on, standing.around.limits, state), None) for state in reached)
    first = min((each[0].day for each in found if each is not None), default=None)
    return None if first is None else first + width_days(task.spacing)


def _first_day(held: Settled, standing: _Standing, rule: GapRule | None) -> int:
    """The first date for the next session: not while a hold lasts, and with a day for a consult if a rule asks."""
    resume = held.schedule.resume_on
    consult = rule is not None and rule.then != "continue"
    is_late_in_the_day = standing.now.at >= max(standing.around.at)
    return max(standing.now.day + (consult or is_late_in_the_day), resume.toordinal() if resume else 0)


def _stricter(protocol: Protocol, standing: _Standing, way: _Way, placed: Sequence[Slot]) -> tuple[int, GapRule] | None:
    """The first gap for which the template has a rule that is stricter than the one that was applied."""
    reached = standing.reached
    if reached is None:
        return None
    for number, (slot, before, step) in enumerate(zip(placed, (standing.before[0], *placed), way.steps, strict=False)):
        usual = step_after(standing.steps, reached, None)
        rule = rule_for(protocol, usual, slot.day - before.day) if before is not None and usual is not None else None
        if rule is not None and rule.over_days > getattr(way.rules.get(number), "over_days", -1):
            return number, rule
        reached = step
    return None


def _visits(held: Settled, protocol: Protocol, standing: _Standing, way: _Way) -> tuple[Visit, ...]:
    """Everything that stands and everything to come."""
    order, schedule, now = held.order, held.schedule, standing.now
    planned = session_visits(order, way.tasks, way.steps, way.placed, standing.around, standing.before)
    coming = tuple(_named(each, standing.ahead.get(each.number), schedule) for each in planned)
    coming = tuple(_told(each, way.rules.get(number)) for number, each in enumerate(coming))
    sessions = (*standing.kept, *coming)
    missed = [each for each in schedule.visits if each.kind == "session" and each.status == "missed"]
    old = {_name(each): each for each in schedule.visits if each.kind != "session"}
    never = _never_held(protocol, standing, schedule)
    past = {
        name: each
        for name, each in old.items()
        if slot_of(begins_at(each), schedule.time_zone).minute <= now.minute and each.id not in never
    }
    wanted = {name: (each.on, each.at) for name, each in old.items()}
    contacts = contacts_of(order, protocol, sessions, standing.steps, standing.around, after=now, wanted=wanted)
    kept = [
        attrs.evolve(each, id=old[_name(each)].id) if _name(each) in old else each
        for each in (*contacts, *_consults(order, way, coming, standing))
        if _name(each) not in past and (each.latest >= now.on or _name(each) in old)
    ]
    return (*sessions, *missed, *past.values(), *kept)


def _never_held(protocol: Protocol, standing: _Standing, schedule: Schedule) -> frozenset[str]:
    """Contacts that were to follow a session which was missed: there was nothing that they could follow."""
    given = {each.number for each in standing.kept}
    follows = {each.id for each in protocol.contacts if follows_its_session(each)}
    return frozenset(each.id for each in schedule.visits if each.contact in follows and each.number not in given)


def _consults(order: Order, way: _Way, coming: Sequence[Visit], standing: _Standing) -> Iterator[Visit]:
    """The consults that gap rules ask for, each between two sessions."""
    slots_on = open_for(standing.around, 0, standing.now)
    before = standing.before[0]
    for number, visit in enumerate(coming):
        rule = way.rules.get(number)
        if rule is not None and rule.then != "continue":
            first = max(standing.now.day, (before.day if before else 0) + 1)
            days = [date.fromordinal(day) for day in range(first, visit.on.toordinal())]
            found = next((slot for day in days for slot in slots_on(day)), None)
            on = found.on if found else (days[0] if days else visit.on)
            yield Visit(
                id=f"{order.id}/consult-after-gap-{visit.number}",
                kind="consult",
                phase=visit.phase,
                number=visit.number,
                step=visit.step,
                on=on,
                at=found.at if found else visit.at,
                time_zone=visit.time_zone,
                earliest=min(on, date.fromordinal(first)),
                latest=max(on, visit.on),
                holds=True,
                why=f"consult before the course goes on: {_said(rule)}"[:200],
            )
        before = slot_of(begins_at(visit), visit.time_zone)


def _told(visit: Visit, rule: GapRule | None) -> Visit:
    return visit if rule is None else attrs.evolve(visit, why=f"{_said(rule)}; {visit.why}"[:200])


def _said(rule: GapRule) -> str:
    cited = f"{rule.citations[0].source} {rule.citations[0].locator}"
    return f"after more than {rule.over_days} days without a session: {rule.then} ({cited})"


def _named(visit: Visit, was: Visit | None, schedule: Schedule) -> Visit:
    """A session keeps its id; one that takes the place of a session that was missed has a further one."""
    if was is not None:
        return attrs.evolve(visit, id=was.id)
    missed = sum(each.kind == "session" and each.number == visit.number for each in schedule.visits)
    return attrs.evolve(visit, id=f"{visit.id}/{missed + 1}") if missed else visit


def _name(visit: Visit) -> str:
    return visit.id.rsplit("/", 1)[-1]


def _besides(held: Settled, standing: _Standing) -> dict[date, tuple[time, ...]]:
    """The wall times at which visits are or are asked for, beside the usual ones."""
    found: dict[date, tuple[time, ...]] = {}
    for on, at in (*((each.on, each.at) for each in standing.ahead.values()), *held.moved.values()):
        found[on] = (*found.get(on, ()), at)
    return found
