"""
Offering options: one mechanism for intervals and doses.

A base rulebook looks for what speaks against going on and decides first. Then each option's own rulebook says whether
it is offered: only if every inclusion is known to be true. A clinic adds or changes an option by giving a rulebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ketaprogram._knowledge import table
from ketaprogram.facts.catalog import catalog
from ketaprogram.maintenance.model import Advice, NotOffered, Option
from ketaprogram.rules import determine, load_rulebook
from ketaprogram.rules.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from decimal import Decimal

    from ketaprogram.citation import Citation
    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.facts.model import FactSet
    from ketaprogram.maintenance.model import Exposure
    from ketaprogram.protocol.model import Order
    from ketaprogram.rules.model import Determination, Finding, Rulebook

__all__ = ["Figures", "Listed", "NoFigures", "advise", "base_rulebook", "listed_options"]


class Listed(NamedTuple):
    """An option of the list: its name, its rulebook, and what it does."""

    name: str
    rulebook: Rulebook
    exposure: Exposure
    needs_signature: bool


class Figures(NamedTuple):
    """The numbers that an option would mean, and why these."""

    interval_days: int | None = None
    then_days: tuple[int, ...] = ()
    mg: Decimal | None = None
    mg_per_kg: Decimal | None = None
    reasons: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


class NoFigures(NamedTuple):
    """Why an option has no number, so that it is none."""

    reason: str


def base_rulebook(order: Order) -> Rulebook:
    """The rulebook that looks for what speaks against going on, for the setting of an order."""
    return load_rulebook("maintenance-home" if order.setting == "home" else "maintenance")


def listed_options(
    about: Literal["interval", "dose"], rulebooks: Mapping[str, Rulebook] | None = None
) -> tuple[Listed, ...]:
    """
    The options in the order of the list, a clinic's rulebooks in place of ours or after them.

    An option that only a clinic knows counts as giving more, until the list says otherwise.
    """
    own = dict(rulebooks or {})
    listed = [
        Listed(
            name=entry["name"],
            rulebook=own.pop(entry["name"]) if entry["name"] in own else load_rulebook(entry["rulebook"]),
            exposure=entry["exposure"],
            needs_signature=entry.get("needs_signature", False),
        )
        for entry in table("maintenance")["option"]
        if entry["about"] == about
    ]
    added = [Listed(name, rulebook, "more", needs_signature=False) for name, rulebook in own.items()]
    return (*listed, *added)


def advise(
    about: Literal["interval", "dose"],
    facts: FactSet,
    as_of: datetime,
    *,
    base: Rulebook,
    options: tuple[Listed, ...],
    figures: Callable[[str], Figures | NoFigures],
    known: Catalog | None,
) -> Advice:
    """
    The options, what is none and why, and the determinations behind both.

    Unknowns:
        What is not known never offers an option: it is asked for.
    """
    determination = determine(facts, base, as_of, known=known)
    if not determination.status.permits:
        return Advice(about=about, options=tuple(_stopping(determination)), determination=determination)
    considered = tuple(determine(facts, each.rulebook, as_of, known=known) for each in options)
    weighed = _to_weigh(determination, known or catalog())
    offered: list[Option] = []
    not_offered: list[NotOffered] = []
    for listed, found in zip(options, considered, strict=True):
        answer = _answered(listed, found, weighed, figures(listed.name), known or catalog())
        (offered if isinstance(answer, Option) else not_offered).append(answer)  # type: ignore[arg-type]  # its own kind
    return Advice(
        about=about,
        options=tuple(offered) or (_nothing(determination, not_offered, weighed),),
        not_offered=tuple(not_offered),
        determination=determination,
        considered=considered,
    )


def _stopping(determination: Determination) -> Iterator[Option]:
    """A pause where something excludes going on, and a review wherever going on is not permitted."""
    restricting = [each for each in determination.findings if _restricts(each)]
    if determination.status >= Status.INELIGIBLE:
        deciding = determination.deciding
        yield Option(
            what="pause",
            exposure="none",
            needs_order=False,
            reasons=_statements(deciding),
            to_weigh=_actions(deciding),
            citations=_citations(deciding),
        )
    yield Option(
        what="review",
        exposure="none",
        needs_order=False,
        reasons=(*_statements(restricting), *_open(determination)),
        to_weigh=_actions(restricting),
        citations=tuple(
            dict.fromkeys((*_citations(restricting), *(each.citation for each in determination.requirements)))
        ),
    )


def _answered(
    listed: Listed, found: Determination, weighed: tuple[str, ...], figures: Figures | NoFigures, known: Catalog
) -> Option | NotOffered:
    if not found.status.permits:
        failed = [each for each in found.findings if not each.status.permits and each.truth != "unknown"]
        return NotOffered(
            what=listed.name,
            reasons=tuple(f"Not so: {each.statement}"[:_LONGEST] for each in failed),
            requirements=found.requirements,
        )
    if isinstance(figures, NoFigures):
        return NotOffered(what=listed.name, reasons=(figures.reason,))
    return Option(
        what=listed.name,
        exposure=listed.exposure,
        interval_days=figures.interval_days,
        then_days=figures.then_days,
        mg=figures.mg,
        mg_per_kg=figures.mg_per_kg,
        needs_order=listed.exposure != "same",
        needs_signature=listed.needs_signature,
        reasons=(*_statements(each for each in found.findings if each.status is Status.CANDIDATE), *figures.reasons),
        to_weigh=tuple(dict.fromkeys((*weighed, *_to_weigh(found, known)))),
        citations=tuple(dict.fromkeys((*_citations(found.findings), *figures.citations))),
    )


def _nothing(determination: Determination, not_offered: list[NotOffered], weighed: tuple[str, ...]) -> Option:
    """Where no option holds, somebody looks at it."""
    labels = dict.fromkeys(each.label for option in not_offered for each in option.requirements)
    return Option(
        what="review",
        exposure="none",
        needs_order=False,
        reasons=("No option holds as things are.", *(f"Not known: {each}." for each in labels)),
        to_weigh=weighed,
        citations=_citations(determination.findings),
    )


def _restricts(finding: Finding) -> bool:
    """Whether it is known and speaks against going on."""
    return finding.truth != "unknown" and finding.status > Status.CANDIDATE


def _to_weigh(determination: Determination, known: Catalog) -> tuple[str, ...]:
    """What does not rule an option out: known precautions, open ones by what they lack, and reservations."""
    missing = [name for each in determination.findings if each.status > Status.CANDIDATE for name in each.missing]
    held = [f"{each.about} may not be relied on: {each.code}." for each in determination.reservations]
    return (
        *held,
        *_statements(each for each in determination.findings if _restricts(each)),
        *dict.fromkeys(f"Not known: {known[name].label}." for name in missing),
    )


def _open(determination: Determination) -> tuple[str, ...]:
    return tuple(f"Not known: {each.label}." for each in determination.requirements)


def _statements(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.statement for each in findings))


def _actions(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.action for each in findings))


def _citations(findings: Iterable[Finding]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(cited for each in findings for cited in each.citations))


_LONGEST = 200  # characters of a line in a document
