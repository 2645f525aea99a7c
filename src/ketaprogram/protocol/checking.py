"""
What is unwise or impossible in a template that is well formed.

Limits that its own targets break, parts that no session ever reaches, what a course needs before it may go on: nothing
here judges whether a program is good for anybody.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING

from ketaprogram.citation import sources
from ketaprogram.issues import Issue, nearest, pointer
from ketaprogram.protocol.coursing import HOURS_IN_DAY, course, goes_with, hours
from ketaprogram.protocol.model import CalendarSpacing, CalendarWindow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from ketaprogram.citation import Citation
    from ketaprogram.protocol.coursing import Step
    from ketaprogram.protocol.model import Contact, GapRule, Monitoring, Phase, Protocol, Spacing, StopRule

__all__ = ["check_protocol"]

_WEEK = 7 * HOURS_IN_DAY


def check_protocol(protocol: Protocol) -> tuple[Issue, ...]:
    """
    Every fault of a template that its form does not show; none means that it can be planned as it stands.

    Args:
        protocol: A template of ours or of a clinic.

    Returns:
        Issues with codes ``protocol.*``, each with the pointer of the member in the JSON form of the template.

    Example:
        >>> from attrs import evolve
        >>> from ketaprogram.protocol import load_protocol
        >>> home = evolve(load_protocol("esketamine-label"), setting="home")
        >>> [issue.code for issue in check_protocol(home)]
        ['protocol.esketamine-home', 'protocol.home-alone']
    """
    return tuple(
        chain(
            _header(protocol),
            _phases(protocol),
            _targets(protocol),
            _doses(protocol),
            _day(protocol),
            _gap_rules(protocol),
            _contacts(protocol),
            _consults(protocol),
            _citations(protocol),
        )
    )


def _issue(path: tuple[str | int, ...], code: str, message: str, hint: str = "") -> Issue:
    return Issue(pointer(*path), f"protocol.{code}", message, hint=hint)


def _header(protocol: Protocol) -> Iterator[Issue]:
    if protocol.effective_until is not None and protocol.effective_until < protocol.effective_from:
        yield _issue(("effective_until",), "effective-dates", "It ends before it begins.")
    if protocol.setting == "home":
        if protocol.agent == "esketamine":
            yield _issue(("setting",), "esketamine-home", "Esketamine is never for home use.")
        if protocol.companion is None:
            yield _issue(("companion",), "home-alone", "Nobody stays with the person at home.")
    if not protocol.stop_rules:
        yield _issue(("stop_rules",), "no-stop-rule", "It never says when to stop, or to judge whether to go on.")


def _phases(protocol: Protocol) -> Iterator[Issue]:
    before: int | None = 0
    for place, phase in enumerate(protocol.phases):
        path = ("phases", place)
        last = protocol.sessions_in_all
        if before is None or (phase.sessions != 0 and last is not None and before >= last):
            message = "No session ever reaches this phase: the one before it has no end, or the total is used up."
            yield _issue(path, "unreachable-phase", message)
        if phase.name == "follow-up" and phase.sessions != 0:
            yield _issue((*path, "sessions"), "follow-up-sessions", "A follow-up has contacts and no sessions.")
        if before == 0 and phase.first is not None:
            yield _issue((*path, "first"), "first-of-all", "The first session of a course has no distance to keep.")
        first_is_missing = before != 0 and phase.sessions != 0 and phase.first is None
        if not phase.spacing and (phase.sessions is None or phase.sessions > 1 or first_is_missing):
            yield _issue((*path, "spacing"), "no-spacing", "It has sessions without a distance between them.")
        if phase.intervals_days and not any(isinstance(each, CalendarSpacing) for each in phase.spacing):
            message = "An order may choose a distance in days, and this phase has none in days."
            yield _issue((*path, "intervals_days"), "no-choice", message)
        for at, spacing in _spacings(phase):
            low, target, high = hours(spacing)
            if not low <= target <= high:
                yield _issue((*path, *at), "window-order", "The target lies outside its own least and most.")
        before = None if before is None or phase.sessions is None else before + phase.sessions
    if before == 0:
        yield _issue(("phases",), "no-sessions", "It has no session.")


def _spacings(phase: Phase) -> Iterator[tuple[tuple[str | int, ...], Spacing]]:
    if phase.first is not None:
        yield ("first",), phase.first
    for place, spacing in enumerate(phase.spacing):
        yield ("spacing", place), spacing


def _targets(protocol: Protocol) -> Iterator[Issue]:
    """Targets, and distances that an order may choose instead, that the template's own limits do not allow."""
    choices = dict.fromkeys((None, *(days for phase in protocol.phases for days in phase.intervals_days)))
    told: set[Issue] = set()
    for choice in choices:
        steps, most = course(protocol, choice), protocol.sessions_in_7_days
        for step in steps[1:]:
            if step.target_hours < protocol.gap_hours:
                told.add(_issue(step.path, "gap-broken", "Two sessions would be closer than the template allows."))
        for last in range(most, len(steps)):
            within = steps[last - most + 1 : last + 1]
            if sum(each.target_hours for each in within) < _WEEK:
                message = "More sessions than the template allows would be within seven days."
                told.add(_issue(within[-1].path, "maximum-broken", message))
    yield from sorted(told)


def _doses(protocol: Protocol) -> Iterator[Issue]:
    total = len(course(protocol))
    starts = [each.from_session for each in protocol.doses]
    if starts and (starts[0] != 1 or any(later <= earlier for earlier, later in pairwise(starts))):
        yield _issue(("doses",), "doses-order", "The doses do not start at session 1 and go up.")
    for place, dose in enumerate(protocol.doses):
        path = ("doses", place)
        if not dose.mg and not dose.mg_per_kg:
            yield _issue(path, "dose-empty", "It gives no dose.")
        if dose.from_session > total:
            yield _issue((*path, "from_session"), "dose-unreachable", "No session is that late.")
        yield from _above((*path, "mg"), dose.mg, protocol.ceiling_mg)
        yield from _above((*path, "mg_per_kg"), dose.mg_per_kg, protocol.ceiling_mg_per_kg)
        if protocol.setting == "home" and dose.mg_per_kg:
            yield _issue((*path, "mg_per_kg"), "home-by-weight", "A home dose is never computed from body weight.")
    if protocol.setting == "home" and protocol.ceiling_mg_per_kg is not None:
        yield _issue(("ceiling_mg_per_kg",), "home-by-weight", "A home dose is never computed from body weight.")


def _above(path: tuple[str | int, ...], amounts: tuple[Decimal, ...], ceiling: Decimal | None) -> Iterator[Issue]:
    for place, amount in enumerate(amounts):
        if ceiling is not None and amount > ceiling:
            yield _issue((*path, place), "ceiling-below-dose", "The ceiling is below this published dose.")


def _day(protocol: Protocol) -> Iterator[Issue]:
    for place, each in enumerate(protocol.monitoring):
        path = ("monitoring", place, "at_minutes")
        if any(later <= earlier for earlier, later in pairwise(each.at_minutes)):
            yield _issue(path, "monitoring-order", "The minutes do not go up.")
        if max(each.at_minutes) > protocol.observation_minutes:
            yield _issue(path, "monitoring-late", "A reading is due when the person is no longer observed.")


def _gap_rules(protocol: Protocol) -> Iterator[Issue]:
    for place, (shorter, longer) in enumerate(pairwise(protocol.gap_rules), 1):
        if longer.over_days <= shorter.over_days:
            yield _issue(("gap_rules", place, "over_days"), "gap-rules-order", "The gaps do not go up.")
        if longer.then == "continue":
            message = "After a longer gap the course goes on without more ado than after a shorter one."
            yield _issue(("gap_rules", place, "then"), "gap-rules-order", message)


def _contacts(protocol: Protocol) -> Iterator[Issue]:
    steps = course(protocol)
    longest = max((days for phase in protocol.phases for days in phase.intervals_days), default=None)
    spans = _spans(course(protocol, longest))
    without_sessions = {phase.name for phase in protocol.phases if phase.sessions == 0}
    seen: set[str] = set()
    for place, contact in enumerate(protocol.contacts):
        path = ("contacts", place)
        if contact.id in seen:
            yield _issue((*path, "id"), "contact-duplicate", "Another contact has the same id.")
        seen.add(contact.id)
        window = contact.window
        opens, closes = (
            (window.from_day, window.to_day)
            if isinstance(window, CalendarWindow)
            else (window.from_minutes, window.to_minutes)
        )
        if opens > closes:
            yield _issue((*path, "window"), "window-reversed", "The window ends before it begins.")
        if contact.phase in without_sessions:
            continue
        of_phase = [step for step in steps if contact.phase in {None, step.phase.name}]
        numbers = {step.number for step in of_phase}
        for at, number in enumerate(contact.sessions):
            if number not in numbers:
                message = "No session of the course, or of the phase, has this number."
                yield _issue((*path, "sessions", at), "contact-unreachable", message)
        if not any(_ways(contact, of_phase, spans)):
            yield _issue(path, "contact-unreachable", "No session and no day of the course has this contact.")


def _ways(contact: Contact, of_phase: list[Step], spans: dict[str | None, int]) -> Iterator[bool]:
    """For each way in which a contact may come, whether it does."""
    yield any(goes_with(contact, step) for step in of_phase) or bool(contact.sessions)  # these are told one by one
    if contact.every_days is not None:
        yield contact.every_days * HOURS_IN_DAY <= spans.get(contact.phase, 0)


def _spans(steps: tuple[Step, ...]) -> dict[str | None, int]:
    """The latest hour after the first session at which each phase, and the course (None), has its last session."""
    spans: dict[str | None, int] = {}
    latest = 0
    for step in steps:
        latest += step.most_hours
        spans[step.phase.name] = spans[None] = latest
    return spans


def _consults(protocol: Protocol) -> Iterator[Issue]:
    for place, phase in enumerate(protocol.phases):
        comes_again = any(
            each.what == "consult"
            and each.holds
            and (each.every_sessions is not None or each.every_days is not None)
            and each.phase in {None, phase.name}
            for each in protocol.contacts
        )
        if phase.sessions is None and not comes_again:
            message = "It goes on without end and without a consult that the next session waits for."
            yield _issue(("phases", place, "sessions"), "open-without-consult", message)


def _citations(protocol: Protocol) -> Iterator[Issue]:
    for path, citation in _cited(protocol):
        if citation.source not in sources():
            hint = nearest(citation.source, sources())
            message = "The source is not in the catalogue of sources."
            yield Issue(pointer(*path, "source"), "citation.unknown-source", message, hint=hint)


def _cited(protocol: Protocol) -> Iterator[tuple[tuple[str | int, ...], Citation]]:
    parts: dict[str, tuple[Phase | Monitoring | GapRule | Contact | StopRule, ...]] = {
        "phases": protocol.phases,
        "monitoring": protocol.monitoring,
        "gap_rules": protocol.gap_rules,
        "contacts": protocol.contacts,
        "stop_rules": protocol.stop_rules,
    }
    for place, citation in enumerate(protocol.citations):
        yield ("citations", place), citation
    for place, citation in enumerate(protocol.companion.citations if protocol.companion else ()):
        yield ("companion", "citations", place), citation
    for name, entries in parts.items():
        for at, entry in enumerate(entries):
            for place, citation in enumerate(entry.citations):
                yield (name, at, "citations", place), citation
