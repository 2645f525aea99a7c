"""The catalogue of side effects, from ``knowledge/events.toml``: times, red flags, grades, published incidence."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from ketaprogram._knowledge import look_up, table
from ketaprogram.citation import cite, cite_all
from ketaprogram.events.model import HomeCohort, Incidence, Limit, NumericGrade, Term, Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.citation import Citation

__all__ = ["home_cohorts", "term", "terms"]


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
