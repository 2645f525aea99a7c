"""
Options for the next interval: lengthen, keep, shorten, taper; or a pause or a review. Never applies anything.

What speaks against going on stands in the rulebook ``maintenance``; when an option is one stands in a rulebook of its
own; the ladder in ``maintenance.toml``, or the template's own choice of intervals, says what longer and shorter mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.facts.model import QuantityFact
from ketaprogram.maintenance.offering import Figures, NoFigures, advise, base_rulebook, listed_options
from ketaprogram.protocol.model import CalendarSpacing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ketaprogram.citation import Citation
    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.facts.model import FactSet
    from ketaprogram.maintenance.model import Advice
    from ketaprogram.protocol.model import Order, Phase, Protocol
    from ketaprogram.rules.model import Rulebook

__all__ = ["advise_maintenance", "is_within_limits", "open_phase"]

_WEEK, _HOURS = 7, 24


def advise_maintenance(
    facts: FactSet,
    order: Order,
    protocol: Protocol,
    as_of: datetime,
    *,
    rulebook: Rulebook | None = None,
    rulebooks: Mapping[str, Rulebook] | None = None,
    known: Catalog | None = None,
) -> Advice:
    """
    Options for the interval of the next order.

    Args:
        facts: The facts ``course.*``, as `course_facts` makes them.
        order: The order as it stands.
        protocol: Its template, for its own choice of intervals and its limits.
        as_of: The instant of the question, with its offset.
        rulebook: What speaks against going on; the one that ships for the order's setting if not given.
        rulebooks: A clinic's own rulebooks by the name of the option: in place of ours, or as one more option.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        A pause and a review if something excludes going on; a review if something has to be settled or is not known;
        else the options, each with its reasons. Longer is the next longer interval of the template's open phase, or of
        the ladder; nothing outside them. Shorter is marked ``needs_signature``.

    Unknowns:
        An unknown sign of harm is never taken for its absence: the only option is then a review. An option whose own
        conditions are not all known to be true is not offered, and the advice says what would have to be known.

    Raises:
        TypeError: ``as_of`` has no offset.

    Source:
        prot.maint_default, prot.maint_apa_limit, prot.spravato_w9, mis.signals_default.
    """
    fact = facts.get("course.interval_days")
    present = int(fact.value) if isinstance(fact, QuantityFact) and fact.comparator == "=" else None
    ladder = _ladder(protocol)

    def figures(name: str) -> Figures | NoFigures:
        if present is None:
            return Figures()
        match name:
            case "lengthen":
                longer = [each for each in ladder.days if each > present]
                return _step(min(longer, default=None), ladder)
            case "keep":
                return Figures(interval_days=present or None)
            case "shorten":
                shorter = [each for each in ladder.days if each < present]
                return _step(max(shorter, default=None), ladder)
            case "taper":
                return _taper(present, ladder, protocol)
            case _:
                return Figures()

    return advise(
        "interval",
        facts,
        as_of,
        base=rulebook or base_rulebook(order),
        options=listed_options("interval", rulebooks),
        figures=figures,
        known=known,
    )


def open_phase(protocol: Protocol) -> Phase | None:
    """The phase that goes on for as long as an order says; else the last of maintenance, if there is one."""
    without_end = [each for each in protocol.phases if each.sessions is None]
    maintenance = [each for each in protocol.phases if each.name == "maintenance"]
    return next(iter((*without_end, *reversed(maintenance))), None)


def is_within_limits(days: int, protocol: Protocol) -> bool:
    """Whether sessions so many days apart keep the template's gap and its most sessions in seven days."""
    return days * _HOURS >= protocol.gap_hours and -(-_WEEK // days) <= protocol.sessions_in_7_days


class _Ladder(NamedTuple):
    days: tuple[int, ...]
    reasons: tuple[str, ...]
    citations: tuple[Citation, ...]


def _ladder(protocol: Protocol) -> _Ladder:
    """The intervals that may be chosen, within the limits of the template, and what there is to say of them."""
    phase = open_phase(protocol)
    if phase is not None and phase.intervals_days:
        found = _Ladder(phase.intervals_days, (), phase.citations)
    else:
        ours = table("maintenance")["ladder"]
        reason = "The template leaves no choice of intervals: it would be an order on another template."
        found = _Ladder(tuple(ours["days"]), (reason,), cite_all(ours["sources"]))
    return found._replace(days=tuple(sorted(each for each in found.days if is_within_limits(each, protocol))))


def _step(days: int | None, ladder: _Ladder) -> Figures | NoFigures:
    if days is None:
        return NoFigures("Within the limits of the template there is no such interval to choose.")
    return Figures(interval_days=days, reasons=ladder.reasons, citations=ladder.citations)


def _taper(present: int, ladder: _Ladder, protocol: Protocol) -> Figures:
    """The template's taper, or the longer intervals one after another; then the course ends."""
    phase = next((each for each in protocol.phases if each.name == "taper"), None)
    spacings = () if phase is None else (phase.first, *phase.spacing)
    published = tuple(each.target_days for each in spacings if isinstance(each, CalendarSpacing))
    if phase is not None and published:
        reason = "The template has a taper; after it the course ends."
        return Figures(published[0], published[1:], reasons=(reason,), citations=phase.citations)
    longer = tuple(each for each in ladder.days if each > present)
    if not longer:
        reason = "There is no longer interval to choose: the next session could be the last."
        return Figures(present or None, reasons=(reason,), citations=ladder.citations)
    reason = "One longer interval after another; after the longest the course ends."
    return Figures(longer[0], longer[1:], reasons=(reason, *ladder.reasons), citations=ladder.citations)
