"""
Options for the next interval: lengthen, keep, review or pause. Never shorten; never apply anything.

The rulebook ``maintenance`` looks for what speaks against going on; the ladder in ``maintenance.toml`` says what
longer means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.facts.model import QuantityFact
from ketaprogram.maintenance.model import Advice, Option
from ketaprogram.rules import determine, load_rulebook
from ketaprogram.rules.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ketaprogram.facts.model import FactSet
    from ketaprogram.rules.model import Determination

__all__ = ["advise_maintenance"]


def advise_maintenance(facts: FactSet, as_of: datetime) -> Advice:
    """
    Options for the next interval of a maintenance phase.

    Args:
        facts: The facts ``course.*`` of the catalogue.
        as_of: The instant of the question.

    Returns:
        Pause if something excludes going on, review if something has to be settled or is not known, else keep, and
        lengthen while the response holds. Each with its reasons and sources.

    Unknowns:
        An unknown sign of harm is never taken for its absence: the only option is then review.

    Source:
        prot.maint_default, prot.maint_apa_limit, mis.signals_default.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.model import FactSet
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> [option.what for option in advise_maintenance(FactSet(), now).options]
        ['review']
    """
    determination = determine(facts, load_rulebook("maintenance"), as_of)
    return Advice(options=tuple(_options(determination, facts)), determination=determination)


def _options(determination: Determination, facts: FactSet) -> Iterator[Option]:
    against = [each for each in determination.findings if each.status is determination.status]
    reasons = tuple(each.statement for each in against)
    citations = tuple(dict.fromkeys(cited for each in against for cited in each.citations))
    if determination.status >= Status.INELIGIBLE:
        yield Option(what="pause", reasons=reasons, citations=citations)
    elif not determination.status.permits:
        open_ = tuple(f"Not known: {each.label}." for each in determination.requirements)
        yield Option(what="review", reasons=open_ or reasons, citations=citations)
    else:
        yield from _going_on(determination.status, reasons, facts)


def _going_on(status: Status, reasons: tuple[str, ...], facts: FactSet) -> Iterator[Option]:
    ladder = table("maintenance")["ladder"]
    citations = cite_all(ladder["sources"])
    interval = facts.get("course.interval_days")
    days = int(interval.value) if isinstance(interval, QuantityFact) else None
    longer = next((step for step in ladder["days"] if days is not None and step > days), None)
    if status is Status.CANDIDATE and longer is not None:
        yield Option(what="lengthen", interval_days=longer, reasons=("The response holds.",), citations=citations)
    held = "Nothing speaks against the present interval." if status is Status.CANDIDATE else None
    yield Option(what="keep", interval_days=days or None, reasons=(held,) if held else reasons, citations=citations)
