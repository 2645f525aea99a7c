"""The catalogue of side effects, from ``knowledge/events.toml``: expected windows, red flags and grades."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ketaprogram._knowledge import look_up, table
from ketaprogram.citation import cite_all
from ketaprogram.events.model import Term, Window
from ketaprogram.truth import UNKNOWN, Truth, all_of, truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.events.model import AdverseEvent
    from ketaprogram.record import Route

__all__ = ["is_within_window", "term", "terms"]


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
        Window(begins=15, ends=180)
    """
    return look_up(terms(), term_id, "side effect")


def is_within_window(event: AdverseEvent, route: Route) -> Truth:
    """
    Whether an event began and ended within the window that is expected for the route.

    Unknowns:
        UNKNOWN while onset or duration is not known, unless one of them alone lies outside; also where the effect has
        no usual window for the route.
    """
    window = term(event.term).windows.get(route)
    if window is None:
        return UNKNOWN
    onset = event.onset_minutes
    began = truth(None if onset is None else window.begins <= onset <= window.ends)
    if onset is None or event.duration_minutes is None:
        return all_of((began, UNKNOWN))
    return all_of((began, truth(onset + event.duration_minutes <= window.ends)))


def _term(entry: Mapping[str, Any]) -> Term:
    return Term(
        id=entry["id"],
        label=entry["label"],
        meddra=entry["meddra"],
        synonyms=tuple(entry["synonyms"]),
        expected=entry["expected"],
        red_flag=entry["red_flag"],
        windows={route: Window(begins=begins, ends=ends) for route, (begins, ends) in entry.get("window", {}).items()},
        is_never_expected=entry["is_never_expected"],
        is_emergency=entry.get("is_emergency", False),
        is_suicidal=entry.get("is_suicidal", False),
        ctcae=entry.get("ctcae"),
        grades={int(grade): text for grade, text in entry.get("grades", {}).items()},
        citations=cite_all(entry["sources"]),
    )
