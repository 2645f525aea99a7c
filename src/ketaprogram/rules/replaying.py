"""Derives a recorded determination again: the same rulebook, facts and instant must give the same document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from ketaprogram.documents import to_json
from ketaprogram.facts.model import FactSet
from ketaprogram.issues import pointer
from ketaprogram.rules.determining import determine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.model import Determination, Rulebook

__all__ = ["Replay", "differing", "replay"]


@frozen
class Replay:
    """
    What became of deriving a determination again.

    Args:
        differing: JSON Pointers, in the order of the document, to every member that came out otherwise.
    """

    differing: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether it came out the same, bit for bit."""
        return not self.differing

    @property
    def same_answer(self) -> bool:
        """Whether nothing differs but the version of the library that derived it."""
        return set(self.differing) <= {"/library_version"}


def replay(determination: Determination, rulebook: Rulebook, *, known: Catalog | None = None) -> Replay:
    """
    Derive a determination again from what it recorded, and say exactly where the two differ.

    Args:
        determination: The recorded answer; its facts, instant and zone are used.
        rulebook: The rulebook that it names.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        The pointers of the members that differ; no value of the person stands in them.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.rules import determine, load_rulebook
        >>> rulebook = load_rulebook("candidacy-clinic")
        >>> answer = determine(FactSet(), rulebook, datetime(2026, 11, 24, 9, tzinfo=timezone.utc))
        >>> replay(answer, rulebook).agrees
        True
        >>> replay(answer, load_rulebook("candidacy-home")).differing[:2]
        ('/rulebook', '/rulebook_digest')
    """
    facts = FactSet(facts=determination.facts, time_zone=determination.time_zone)
    again = determine(facts, rulebook, determination.as_of, known=known)
    return Replay(differing(determination, again))


def differing(recorded: object, derived: object) -> tuple[str, ...]:
    """
    JSON Pointers to the members in which two documents differ, in the order of the document; no value stands in them.

    Example:
        >>> from ketaprogram.card import Card
        >>> differing(Card(summary="a", indicator="info"), Card(summary="b", indicator="info"))
        ('/summary',)
    """
    return tuple(_differing(to_json(recorded), to_json(derived), ()))


def _differing(recorded: Any, derived: Any, path: tuple[str | int, ...]) -> Iterator[str]:  # noqa: ANN401  # plain JSON
    """The deepest members that are not the same; a list of another length differs as a whole."""
    match recorded, derived:
        case dict(), dict():
            for name in dict.fromkeys([*recorded, *derived]):
                yield from _differing(recorded.get(name), derived.get(name), (*path, name))
        case list(), list() if len(recorded) == len(derived):
            for index, (one, other) in enumerate(zip(recorded, derived, strict=True)):
                yield from _differing(one, other, (*path, index))
        case _ if recorded != derived or type(recorded) is not type(derived):
            yield pointer(*path)
