"""The catalogue of side effects, from ``knowledge/events.toml``: times, red flags, grades, published incidence."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from attrs import frozen

from ketaprogram._knowledge import look_up, table
from ketaprogram.citation import cite, cite_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.citation import Citation
    from ketaprogram.events.model import Measure
    from ketaprogram.protocol.model import Agent
    from ketaprogram.record import Route

__all__ = ["HomeCohort", "Incidence", "Limit", "NumericGrade", "Term", "Window", "home_cohorts", "term", "terms"]


@frozen(kw_only=True)
class Window:
    """
    When an effect usually begins and is over, in minutes from the start of the dose.

    Args:
        begins: From when on it usually begins, included.
        begins_by: By when it has usually begun, included.
        ends: By when it is usually over, included; null where it has no usual end.
    """

    begins: int
    begins_by: int
    ends: int | None


@frozen(kw_only=True)
class Limit:
    """
    How long an effect may last before the duration itself is its red flag.

    Args:
        minutes: From how many minutes on, included.
        words: The words of the red flag that say so.
    """

    minutes: int
    words: str


@frozen(kw_only=True)
class NumericGrade:
    """
    What one number makes of a grade in CTCAE.

    Args:
        measure: What is measured.
        reach: ``from`` the bound on, it included; ``above`` it; ``below`` it.
        bounds: The bound of each grade that a number decides.
    """

    measure: Measure
    reach: Literal["from", "above", "below"]
    bounds: dict[int, Decimal]


@frozen(kw_only=True)
class Incidence:
    """
    How often a supervised trial or center published an effect.

    Args:
        study: What was published.
        named: What it was called there.
        agent: The medicine.
        route: Its route.
        count: How many people had it; null where only the percentage is known.
        of: Of how many.
        percent: The percentage as it was published.
        placebo_count: How many on placebo.
        placebo_of: Of how many on placebo; null where nobody was.
        placebo_percent: The percentage on placebo as it was published.
        citation: Where.
    """

    study: str
    named: str
    agent: Agent
    route: Route
    count: int | None
    of: int
    percent: Decimal
    placebo_count: int | None
    placebo_of: int | None
    placebo_percent: Decimal | None
    citation: Citation


@frozen(kw_only=True)
class HomeCohort:
    """What a home cohort reported. It was told voluntarily and is no incidence; nothing is compared with it."""

    statement: str
    citation: Citation


@frozen(kw_only=True)
class Term:
    """
    One kind of side effect.

    Args:
        id: Such as ``nausea``.
        label: A plain name.
        meddra: The MedDRA preferred term, as a label only.
        meddra_also: Further preferred terms that it stands for.
        synonyms: What people call it.
        expected: The usual course, in words; null where the reference does not say.
        red_flag: What is not usual, in words; null where the reference does not say.
        windows: The usual time by route; none where the effect has no usual time.
        limit: From when on the duration itself is the red flag.
        groups: What combinations of effects look at.
        is_never_expected: Whether it is never expected.
        is_emergency: Whether it is an emergency by its kind.
        is_suicidal: Whether it is suicidal thought or behavior.
        ctcae: The CTCAE term, if there is one.
        grades: What the grades say, paraphrased; the general meaning where CTCAE has no term.
        numeric: The grades that numbers decide; the worst counts.
        grade_note: What to bear in mind with a grade from numbers.
        published: How often it was published, supervised only.
        citations: Where this comes from.
    """

    id: str
    label: str
    meddra: str
    meddra_also: tuple[str, ...]
    synonyms: tuple[str, ...]
    expected: str | None
    red_flag: str | None
    windows: dict[str, Window]
    limit: Limit | None
    groups: frozenset[str]
    is_never_expected: bool
    is_emergency: bool
    is_suicidal: bool
    ctcae: str | None
    grades: dict[int, str]
    numeric: tuple[NumericGrade, ...]
    grade_note: str | None
    published: tuple[Incidence, ...]
    citations: tuple[Citation, ...]


@cache
def terms() -> Mapping[str, Term]:
    """Every kind of side effect, by id."""
    return {entry["id"]: _term(entry) for entry in table("events")["term"]}


def term(term_id: str) -> Term:
    """
    One kind of side effect.

    Raises:
        UnknownItemError: None has this id; the message names the nearest.

    Example:
        >>> term("nausea").windows["sublingual"]
        Window(begins=15, begins_by=30, ends=180)
    """
    return look_up(terms(), term_id, "side effect")


@cache
def home_cohorts() -> tuple[HomeCohort, ...]:
    """
    What home cohorts reported, as context. None of it is an incidence.

    Source:
        dg.sedation_rate: supervised rates for expectations, home rates never as incidence.

    Example:
        >>> [each.citation.source for each in home_cohorts()]
        ['HULL', 'KUHN']
    """
    return tuple(
        HomeCohort(statement=each["statement"], citation=_cited(each["source"]))
        for each in table("events")["home_cohort"]
    )


def _term(entry: Mapping[str, Any]) -> Term:
    return Term(
        id=entry["id"],
        label=entry["label"],
        meddra=entry["meddra"],
        meddra_also=tuple(entry.get("meddra_also", ())),
        synonyms=tuple(entry["synonyms"]),
        expected=entry.get("expected"),
        red_flag=entry.get("red_flag"),
        windows={
            route: Window(begins=begins, begins_by=begins_by, ends=entry.get("usual_end", {}).get(route))
            for route, (begins, begins_by) in entry.get("onset", {}).items()
        },
        limit=Limit(**entry["red_flag_after"]) if "red_flag_after" in entry else None,
        groups=frozenset(entry.get("groups", ())),
        is_never_expected=entry["is_never_expected"],
        is_emergency=entry.get("is_emergency", False),
        is_suicidal=entry.get("is_suicidal", False),
        ctcae=entry.get("ctcae"),
        grades={int(grade): text for grade, text in entry["grades"].items()},
        numeric=tuple(_numeric(each) for each in entry.get("numeric", ())),
        grade_note=entry.get("grade_note"),
        published=tuple(_incidence(each) for each in entry.get("published", ())),
        citations=cite_all(entry["sources"]),
    )


def _numeric(entry: Mapping[str, Any]) -> NumericGrade:
    reach = next(each for each in entry if each != "measure")
    bounds = {int(grade): Decimal(bound) for grade, bound in entry[reach].items()}
    return NumericGrade(measure=entry["measure"], reach=reach, bounds=bounds)  # type: ignore[arg-type]  # our own file


def _incidence(entry: Mapping[str, Any]) -> Incidence:
    on_placebo = entry.get("placebo_percent")
    return Incidence(
        study=entry["study"],
        named=entry["named"],
        agent=entry["agent"],
        route=entry["route"],
        count=entry.get("n"),
        of=entry["of"],
        percent=Decimal(entry["percent"]),
        placebo_count=entry.get("placebo_n"),
        placebo_of=entry.get("placebo_of"),
        placebo_percent=None if on_placebo is None else Decimal(on_placebo),
        citation=_cited(entry["source"]),
    )


def _cited(entry: Mapping[str, str]) -> Citation:
    return cite(entry["id"], entry["locator"], entry["confidence"])
