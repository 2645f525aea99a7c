"""
From facts and a rulebook to a determination: every gate of the program asks here.

Each criterion gives one finding, each finding one status, and the answer is the most restrictive of them. So a
refusal never hides an emergency, an open question never hides a refusal, and a missing fact never makes an answer
more permissive.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from ketaprogram._time import add_days, add_period
from ketaprogram._version import __version__
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import CodeFact, DateFact
from ketaprogram.rules.compiling import compiled
from ketaprogram.rules.conditions import Period, single_tests
from ketaprogram.rules.evaluation import View
from ketaprogram.rules.lattice import status_of
from ketaprogram.rules.model import Determination, Finding, Reservation, Status
from ketaprogram.rules.requiring import requirements
from ketaprogram.truth import Truth, truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.facts.model import Fact, FactSet
    from ketaprogram.rules.compiling import Answered, Compiled, Node
    from ketaprogram.rules.model import Criterion, Rulebook

__all__ = ["determine", "determine_many", "determine_status"]


def determine(facts: FactSet, rulebook: Rulebook, as_of: datetime, *, known: Catalog | None = None) -> Determination:
    """
    Answer a rulebook's question for one person at one instant.

    Args:
        facts: What is known. Nothing else is looked at.
        rulebook: The criteria.
        as_of: The instant of the question, with its offset; facts past their shelf life by then are stale.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        The status, one finding per criterion, and the missing facts that could still change the answer.

    Unknowns:
        An unknown emergency, exclusion, inclusion or deferral gives at least ``needs-info``, an unknown precaution at
        least ``needs-review``; a criterion marked ``if_unknown = "met"`` counts as met.

    Raises:
        TypeError: ``as_of`` has no offset.
        RuleError: The rulebook means nothing for the catalogue; every fault is named.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.model import FactSet
        >>> from ketaprogram.rules import load_rulebook
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> determine(FactSet(), load_rulebook("candidacy-clinic"), now).status.value
        'needs-info'
    """
    asked = _asked(facts, rulebook, as_of, known)
    answered = asked.form.answer(asked.view)
    reservations = _reservations(rulebook, asked.view)
    status = _with(reservations, answered)
    findings = _findings(asked.form, answered)
    return Determination(
        rulebook=rulebook.id,
        rulebook_version=rulebook.version,
        rulebook_digest=rulebook.digest,
        gate=rulebook.gate,
        setting=rulebook.setting,
        as_of=as_of,
        time_zone=facts.time_zone,
        status=status,
        reservations=reservations,
        findings=findings,
        requirements=requirements(findings, asked.form, answered, asked.view, status),
        recheck_on=_recheck_on(rulebook, asked) if status is Status.DEFERRED else None,
        proposals=rulebook.proposals,
        facts=tuple(fact for fact_id in rulebook.asks if (fact := facts.get(fact_id)) is not None),
        library_version=__version__,
    )


def determine_many(
    people: Iterable[FactSet], rulebook: Rulebook, as_of: datetime, *, known: Catalog | None = None
) -> Iterator[Determination]:
    """
    Answer a rulebook's question for one person after the other, in constant memory.

    Args:
        people: The facts of each person; taken one at a time, as the answers are.
        rulebook: The criteria.
        as_of: The instant of the question.
        known: The catalogue of facts, if a clinic extends ours.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.model import FactSet
        >>> from ketaprogram.rules import load_rulebook
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> answers = determine_many([FactSet(), FactSet()], load_rulebook("candidacy-home"), now)
        >>> [each.status.value for each in answers]
        ['needs-info', 'needs-info']
    """
    for facts in people:
        yield determine(facts, rulebook, as_of, known=known)


def determine_status(facts: FactSet, rulebook: Rulebook, as_of: datetime, *, known: Catalog | None = None) -> Status:
    """
    The status alone, faster: to count a cohort, never to decide on a person, who is owed the basis.

    Takes and raises what `determine` does, and always gives the status that it gives.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.model import FactSet
        >>> from ketaprogram.rules import load_rulebook
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> determine_status(FactSet(), load_rulebook("candidacy-clinic"), now).value
        'needs-info'
    """
    asked = _asked(facts, rulebook, as_of, known)
    return _with(_reservations(rulebook, asked.view), asked.form.answer(asked.view))


class _Asked(NamedTuple):
    form: Compiled
    view: View


def _asked(facts: FactSet, rulebook: Rulebook, as_of: datetime, known: Catalog | None) -> _Asked:
    if as_of.utcoffset() is None:
        message = "as_of needs an offset: a time without one names no instant"
        raise TypeError(message)
    definitions = known or catalog()
    return _Asked(compiled(rulebook, definitions), View(facts, definitions, as_of, rulebook.shelf_lives))


_STATUSES = tuple(Status)


def _with(reservations: tuple[Reservation, ...], answered: Answered) -> Status:
    """The status: never plain candidate while the rulebook itself may not be relied on."""
    return _STATUSES[max(answered.rank, Status.NEEDS_REVIEW.rank if reservations else 0)]


def _reservations(rulebook: Rulebook, view: View) -> tuple[Reservation, ...]:
    found = []
    if not rulebook.in_effect(view.on):
        found.append(Reservation(code="rulebook-not-in-effect", about=rulebook.id))
    found += [
        Reservation(code="parameter-not-in-effect", about=each.id)
        for each in rulebook.ending_parameters
        if each.effective_until is not None and each.effective_until < view.on
    ]
    if rulebook.routes and not _sought(view, "sought.route", rulebook.routes):
        found.append(Reservation(code="route-out-of-scope", about="sought.route"))
    if rulebook.indications and not _sought(view, "sought.indication", rulebook.indications):
        found.append(Reservation(code="indication-out-of-scope", about="sought.indication"))
    return tuple(found)


def _sought(view: View, fact_id: str, scope: tuple[str, ...]) -> bool:
    fact = view.known(fact_id)
    return isinstance(fact, CodeFact) and fact.value in scope


# --- findings ---------------------------------------------------------------------------------------------------------


def _findings(form: Compiled, answered: Answered) -> tuple[Finding, ...]:
    return tuple(
        _finding(by_truth[answered.truths[root.place]], root, answered)
        for by_truth, root in zip(_templates(form), form.roots, strict=True)
    )


def _finding(template: dict[str, Any], root: Node, answered: Answered) -> Finding:
    """
    A finding from its template: all that the truth alone decides is there, the facts are added.

    Filling the dict of an instance is what `attrs.evolve` does in ten times as long, and every answer makes a hundred.
    """
    members = template.copy()
    if root.test is not None:
        fact = answered.facts[root.fact]
        members["used"] = () if fact is None else (fact,)
        members["missing"] = (root.test.fact,) if answered.truths[root.place] is None else ()
    else:
        used: dict[str, Fact] = {}
        missing: dict[str, None] = {}
        _basis(root, answered, used, missing)
        members["used"], members["missing"] = tuple(used.values()), tuple(missing)
    finding = Finding.__new__(Finding)
    object.__setattr__(finding, "__dict__", members)
    return finding


def _basis(node: Node, answered: Answered, used: dict[str, Fact], missing: dict[str, None]) -> None:
    """The facts of those parts of a condition that made it what it is."""
    found = answered.truths[node.place]
    if node.test is not None:
        fact = answered.facts[node.fact]
        if fact is not None:
            used[fact.id] = fact
        if found is None:
            missing[node.test.fact] = None
    for part in node.parts:
        if node.negates or answered.truths[part.place] is found:
            _basis(part, answered, used, missing)


@lru_cache(maxsize=256)
def _templates(form: Compiled) -> tuple[dict[bool | None, dict[str, Any]], ...]:
    """What each finding says, by the truth of its condition, but for the facts."""
    return tuple({plain: _template(each, truth(plain)) for plain in (True, False, None)} for each in form.criteria)


def _template(criterion: Criterion, found: Truth) -> dict[str, Any]:
    finding = Finding(
        criterion=criterion.id,
        criterion_kind=criterion.criterion_kind,
        statement=criterion.statement,
        truth=found.value,
        status=status_of(criterion, found),
        action=criterion.action,
        citations=criterion.citations,
        overridable=criterion.overridable,
        pathway=criterion.pathway,
    )
    return attrs.asdict(finding, recurse=False)


# --- dates ------------------------------------------------------------------------------------------------------------


def _recheck_on(rulebook: Rulebook, asked: _Asked) -> date | None:
    """The first later day on which the dates alone would lift the deferral; freshness stays as it is."""
    view = asked.view
    days = {day for each in rulebook.criteria for day in _turning_days(each, view)}
    for day in sorted(day for day in days if day > view.on):
        if asked.form.answer(attrs.evolve(view, on=day)).rank < Status.DEFERRED.rank:
            return day
    return None


def _turning_days(criterion: Criterion, view: View) -> Iterator[date]:
    """The days on which a test against a date changes its answer."""
    for test in single_tests(criterion.when):
        fact = view.known(test.fact)
        if isinstance(fact, DateFact) and isinstance(test.operand, Period):
            yield add_days(add_period(fact.value, test.operand.amount, test.operand.unit), 1)
