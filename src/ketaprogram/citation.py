"""
Where clinical content comes from.

Every number, list and sentence in `knowledge/` cites a `Source` of the catalogue `knowledge/sources.toml` by id, with
the place in it. The source ``DEFAULT`` marks a proposal of this project that no publication supports as a rule.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from annotated_types import MaxLen, MinLen
from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram.errors import CitationError
from ketaprogram.issues import Issue, nearest, pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["PROPOSAL", "Citation", "Confidence", "Source", "cite", "cite_all", "sources"]

PROPOSAL = "DEFAULT"

Confidence = Literal["seen", "well_known", "uncertain"]


@frozen(kw_only=True)
class Source:
    """A publication, label, data set or, for id ``DEFAULT``, a proposal of this project."""

    id: str
    authors: str
    title: str
    venue: str
    year: int | None = None
    identifier: str | None = None

    @property
    def is_proposal(self) -> bool:
        """Whether this is only a proposal, which a clinician must approve before it is used as a clinic's own."""
        return self.id == PROPOSAL

    def __str__(self) -> str:
        year = f" ({self.year})" if self.year else ""
        identifier = f" {self.identifier}" if self.identifier else ""
        return f"{self.authors}{year}. {self.title}. {self.venue}.{identifier}"


@frozen(kw_only=True)
class Citation:
    """
    A place in a source that supports a statement.

    Args:
        source: Id of a `Source` in the catalogue.
        locator: Where in it: the id of the entry in the clinical reference table, a section, a page.
        confidence: ``seen`` the passage was read; ``well_known`` from general knowledge, to be checked before use;
            ``uncertain`` not confirmed, never a hard rule.

    Example:
        >>> print(cite("HULL", "cand.home_support_adult", "seen"))
        Hull TD, Malgaroli M, Gazzaley A, Akiki TJ, Arden K, et al. (2022), cand.home_support_adult
    """

    source: Annotated[str, MinLen(1), MaxLen(40)]
    locator: Annotated[str, MaxLen(200)] = ""
    confidence: Confidence = "uncertain"

    @property
    def is_proposal(self) -> bool:
        """Whether the source is a proposal of this project."""
        return self.source == PROPOSAL

    def __str__(self) -> str:
        found = sources()[self.source]
        year = f" ({found.year})" if found.year else ""
        locator = f", {self.locator}" if self.locator else ""
        return f"{found.authors}{year}{locator}"


def cite(source: str, locator: str = "", confidence: str = "uncertain") -> Citation:
    """
    A citation, checked against the catalogue of sources.

    Raises:
        CitationError: The source is not in the catalogue, or the confidence is not one of the three words.
    """
    known = sources()
    if source not in known:
        fault = Issue(
            pointer=pointer("id"),
            code="citation.unknown-source",
            message="The source is not in the catalogue of sources.",
            hint=nearest(source, known),
        )
        message = "a citation cannot be loaded"
        raise CitationError(message, [fault])
    if confidence not in get_args(Confidence):
        fault = Issue(
            pointer=pointer("confidence"),
            code="citation.unknown-confidence",
            message="The confidence is not one of the known words.",
            expected=", ".join(get_args(Confidence)),
        )
        message = "a citation cannot be loaded"
        raise CitationError(message, [fault])
    return Citation(source=source, locator=locator, confidence=confidence)  # type: ignore[arg-type]  # checked above


def cite_all(entries: Iterable[Mapping[str, str]]) -> tuple[Citation, ...]:
    """
    The citations of a list in a data file, each a table of ``id``, ``locator`` and ``confidence``.

    Raises:
        CitationError: One of the sources is not in the catalogue.

    Example:
        >>> cite_all([{"id": "HULL", "locator": "cand.home_internet", "confidence": "seen"}])[0].source
        'HULL'
    """
    return tuple(cite(each["id"], each["locator"], each["confidence"]) for each in entries)


@cache
def sources() -> Mapping[str, Source]:
    """
    The catalogue of sources, by id.

    Example:
        >>> sources()["DEFAULT"].is_proposal
        True
    """
    return {entry["id"]: _source(entry) for entry in table("sources")["source"]}


def _source(entry: dict[str, Any]) -> Source:
    return Source(**entry)
