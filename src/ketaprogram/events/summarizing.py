"""
Side effects of a whole program: counts, shares with exact intervals, and what a professional may want to look at.

Settings and routes are never added up. Shares are compared with published supervised incidence of the same route only;
what home cohorts report voluntarily is compared with nothing. A signal is information; it decides nothing.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from attrs import Factory, define

from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.events.model import Comparison, GradeCount, PhaseRate, Signal, Summary, TermSummary
from ketaprogram.events.terms import term, terms
from ketaprogram.intervals import LEVEL, proportion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from ketaprogram.citation import Citation
    from ketaprogram.events.model import AdverseEvent, Course
    from ketaprogram.events.terms import Incidence, Term
    from ketaprogram.intervals import Proportion
    from ketaprogram.protocol.model import PhaseName
    from ketaprogram.record import Route, Setting

__all__ = ["summarize"]


def summarize(courses: Iterable[Course], *, level: Decimal = LEVEL) -> tuple[Summary, ...]:
    """
    Count the side effects of some courses.

    Args:
        courses: One for each person, setting and route; taken one at a time. An event that belongs to no session counts
            with its person but in no session; one of a session that the course does not list is left out.
        level: The confidence level of the intervals, between 0 and 1, both excluded.

    Returns:
        One summary for each setting and route, in the order in which they first came.

    Unknowns:
        Events whose grade nobody knows are counted as such, and left out of the share of severe ones. An onset counts
        for "early" only if its minutes are known: see `timed`.

    Raises:
        UnknownItemError: A log holds a side effect of an unknown term.
        InputError: The level is not between 0 and 1.

    Source:
        Intervals: Clopper and Pearson 1934. Published incidence: the entries ``ae.*`` in ``events.toml``.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.events.model import AdverseEvent, Course, CourseSession, SideEffectLog
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> log = SideEffectLog(events=(AdverseEvent(id="1", session="s-1", term="nausea", reported_at=now),))
        >>> sessions = (CourseSession(id="s-1"), CourseSession(id="s-2"))
        >>> found, = summarize([Course(setting="clinic", route="iv", sessions=sessions, log=log)])
        >>> nausea = found.terms[0]
        >>> nausea.term, nausea.sessions.count, nausea.sessions.of, nausea.sessions.low, nausea.sessions.high
        ('nausea', 1, 2, Decimal('0.012579'), Decimal('0.987421'))
    """
    groups: dict[tuple[Setting, Route], _Group] = {}
    for course in courses:
        groups.setdefault((course.setting, course.route), _Group()).add(course)
    return tuple(_summary(setting, route, group, level) for (setting, route), group in groups.items())


# --- counting: one pass over every course -----------------------------------------------------------------------------


@define
class _Tally:
    """What was counted of one effect."""

    events: int = 0
    serious: int = 0
    people: int = 0
    early: int = 0
    early_of: int = 0
    worse: int = 0
    worse_of: int = 0
    grades: Counter[int | None] = Factory(Counter)
    phases: Counter[PhaseName | None] = Factory(Counter)


@define
class _Group:
    """What was counted in one setting and by one route."""

    people: int = 0
    phases: Counter[PhaseName | None] = Factory(Counter)
    tallies: dict[str, _Tally] = Factory(dict)

    def add(self, course: Course) -> None:
        """Count one course."""
        phase_of = {each.id: each.phase for each in course.sessions}
        place_of = {each.id: place for place, each in enumerate(course.sessions)}
        self.people += 1
        self.phases.update(phase_of.values())
        grades: dict[str, dict[int, int | None]] = {}
        for event in course.log.current:
            if event.session is not None and event.session not in phase_of:
                continue
            tally = self.tallies.setdefault(event.term, _Tally())
            _count(tally, event, course.route)
            worst = grades.setdefault(event.term, {})
            if event.session is not None:
                place = place_of[event.session]
                known = [each for each in (worst.get(place), event.grade) if each is not None]
                worst[place] = max(known, default=None)
        names = [each.id for each in course.sessions]
        for term_id, worst in grades.items():
            tally = self.tallies[term_id]
            tally.people += 1
            tally.phases.update(phase_of[names[place]] for place in worst)
            said = [each for _, each in sorted(worst.items()) if each is not None]
            if len(said) > 1:
                tally.worse_of += 1
                tally.worse += any(each > max(said[:number]) for number, each in enumerate(said) if number)


def _count(tally: _Tally, event: AdverseEvent, route: Route) -> None:
    tally.events += 1
    tally.serious += bool(event.serious)
    tally.grades[event.grade] += 1
    window = term(event.term).windows.get(route)
    if window is not None and event.onset_minutes is not None:
        tally.early_of += 1
        tally.early += event.onset_minutes < window.begins


# --- what the counts say ----------------------------------------------------------------------------------------------


def _summary(setting: Setting, route: Route, group: _Group, level: Decimal) -> Summary:
    published = {
        each.id: tuple(one for one in each.published if one.route == route) if setting == "clinic" else ()
        for each in terms().values()
    }
    listed = [each for each in terms() if each in group.tallies or published[each]]
    found = [
        _term_summary(term(each), group.tallies.get(each, _Tally()), group, published[each], level) for each in listed
    ]
    found.sort(key=lambda each: (-each.people.count, -each.events))
    words = _words()
    if setting == "home":
        further: tuple[str, ...] = (words.home,)
    else:
        further = () if any(published.values()) else (words.unpublished,)
    return Summary(
        setting=setting,
        route=route,
        people=group.people,
        dosed_sessions=group.phases.total(),
        terms=tuple(found),
        signals=tuple(signal for each in found for signal in _signals(each)),
        limits=(*words.always, *further),
    )


def _term_summary(
    found: Term, tally: _Tally, group: _Group, published: tuple[Incidence, ...], level: Decimal
) -> TermSummary:
    people = proportion(tally.people, group.people, level)
    graded = {number: events for number, events in tally.grades.items() if number is not None}
    severe = sum(events for number, events in graded.items() if number >= _words().severe_from)
    in_order = sorted(tally.grades.items(), key=lambda each: (each[0] is None, each[0] or 0))
    return TermSummary(
        term=found.id,
        label=found.label,
        events=tally.events,
        serious=tally.serious,
        people=people,
        sessions=proportion(tally.phases.total(), group.phases.total(), level),
        severe=proportion(severe, sum(graded.values()), level),
        early=proportion(tally.early, tally.early_of, level),
        worse=proportion(tally.worse, tally.worse_of, level),
        grades=tuple(GradeCount(grade=number, events=events) for number, events in in_order),
        phases=tuple(
            PhaseRate(phase=phase, sessions=proportion(tally.phases[phase], of, level))
            for phase, of in group.phases.items()
        ),
        compared=tuple(_comparison(people, each) for each in published),
    )


def _comparison(people: Proportion, published: Incidence) -> Comparison:
    share = published.percent / 100
    return Comparison(
        study=published.study,
        named=published.named,
        agent=published.agent,
        percent=published.percent,
        of=published.of,
        relation="more" if people.low > share else "fewer" if people.high < share else "alike",
        citation=published.citation,
    )


def _signals(found: TermSummary) -> Iterator[Signal]:
    """More than every published share; severe, serious or worse again; before the usual time."""
    if found.compared and all(each.relation == "more" for each in found.compared):
        most = max(each.percent for each in found.compared)
        yield Signal(
            term=found.term,
            what="more",
            statement=f"{found.people.count} of {found.people.of} people; the most that was published is {most} %.",
            citations=tuple(dict.fromkeys(each.citation for each in found.compared)),
        )
    if found.severe.count or found.serious or found.worse.count:
        yield Signal(
            term=found.term,
            what="worse",
            statement=(
                f"{found.severe.count} of {found.severe.of} graded events severe, {found.serious} serious; "
                f"came back worse in {found.worse.count} of {found.worse.of} people."
            ),
            citations=(*term(found.term).citations, *_words().citations),
        )
    if found.early.count:
        yield Signal(
            term=found.term,
            what="earlier",
            statement=f"{found.early.count} of {found.early.of} began before the usual time.",
            citations=term(found.term).citations,
        )


class _Words(NamedTuple):
    """What a summary says of itself, and from which grade on it calls an effect severe."""

    severe_from: int
    citations: tuple[Citation, ...]
    always: tuple[str, ...]
    home: str
    unpublished: str


@cache
def _words() -> _Words:
    content = table("events")
    signals, limits = content["signals"], content["limits"]
    return _Words(
        severe_from=signals["severe_from_grade"],
        citations=cite_all(signals["sources"]),
        always=tuple(limits["always"]),
        home=limits["home"],
        unpublished=limits["unpublished"],
    )
