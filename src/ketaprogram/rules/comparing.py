"""
What changed between two rulebooks, criterion by criterion: stricter, looser, both, or only reworded.

Two criteria are compared case by case (see `regions`), so "stricter" means that no person whose facts are known gets a
more permissive answer from it than before, and the people whose answer moves are named by their facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import evolve, frozen

from ketaprogram.facts.catalog import catalog
from ketaprogram.rules.lattice import status_of, worst_of
from ketaprogram.rules.model import SHELF_LIFE, Status
from ketaprogram.rules.regions import kleene, worlds
from ketaprogram.truth import truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.conditions import Test
    from ketaprogram.rules.model import Criterion, Parameter, Rulebook
    from ketaprogram.rules.regions import Case

__all__ = ["Difference", "Moved", "diff"]


@frozen
class Moved:
    """
    People whose answer from a criterion changes.

    Args:
        people: Their facts, in words.
        before: What the criterion made of them.
        after: What it makes of them now.
    """

    people: str
    before: Status
    after: Status


@frozen
class Difference:
    """
    One difference between two rulebooks.

    Args:
        kind: ``added`` and ``removed`` criteria; ``stricter`` and ``looser``; ``both``, the one for some people and the
            other for others; ``reworded`` if no answer changes; ``unclear`` if there are too many cases to compare.
        about: Id of the criterion or parameter, or of the rulebook itself.
        moved: Whose answer changes, as far as facts decide it.
        detail: What else changed, such as who may override it.
    """

    kind: Literal["added", "removed", "stricter", "looser", "both", "reworded", "unclear"]
    about: str
    moved: tuple[Moved, ...] = ()
    detail: str = ""

    @property
    def may_loosen(self) -> bool:
        """Whether somebody may get a more permissive answer than before."""
        return self.kind in {"removed", "looser", "both", "unclear"}


def diff(old: Rulebook, new: Rulebook, *, known: Catalog | None = None) -> tuple[Difference, ...]:
    """
    What changed from one rulebook to another, at the level of criteria.

    Args:
        old: The earlier one, or the one that was extended.
        new: The later one.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        One difference per criterion, shelf life or scope that changed; none if no answer and no word did.

    Example:
        >>> from ketaprogram.rules import load_rulebook
        >>> found = diff(load_rulebook("candidacy"), load_rulebook("candidacy-clinic"))
        >>> {each.kind for each in found}
        {'added'}
    """
    definitions = known or catalog()
    return (*_headers(old, new), *_shelf_lives(old, new), *_criteria(old, new, definitions))


def _criteria(old: Rulebook, new: Rulebook, known: Catalog) -> Iterator[Difference]:
    before = {each.id: each for each in old.criteria}
    after = {each.id: each for each in new.criteria}
    for criterion_id in dict.fromkeys([*before, *after]):
        one, other = before.get(criterion_id), after.get(criterion_id)
        if one is None and other is not None:
            yield Difference("added", criterion_id, detail=f"{worst_of(other).value}: {other.statement}")
        elif other is None and one is not None:
            reason = next((each.reason for each in new.changes if each.id == criterion_id), "")
            yield Difference("removed", criterion_id, detail=reason or f"{worst_of(one).value}: {one.statement}")
        elif one is not None and other is not None and _rule(one) != _rule(other):
            yield _changed(one, other, new, known)


def _rule(criterion: Criterion) -> Criterion:
    """A criterion without the names of its parameters: their numbers stand in its condition."""
    return evolve(criterion, parameters=())


def _changed(one: Criterion, other: Criterion, new: Rulebook, known: Catalog) -> Difference:
    found = worlds((one.when, other.when), known, new.effective_from)
    if found is None:
        return Difference("unclear", one.id, detail="too many cases to compare")
    moved = tuple(_moved(one, other, found))
    ways = {"stricter" if each.after > each.before else "looser" for each in moved}
    details = list(_members(one, other))
    ways |= {way for way, _ in details}
    kind: Literal["both", "reworded", "stricter", "looser"] = "both" if len(ways) > 1 else "reworded"
    if len(ways) == 1:
        kind = "stricter" if "stricter" in ways else "looser"
    return Difference(kind, one.id, moved, "; ".join(text for _, text in details))


def _moved(
    one: Criterion, other: Criterion, found: Iterator[tuple[tuple[Case, ...], dict[Test, bool]]]
) -> Iterator[Moved]:
    for world, truths in found:
        before, after = (status_of(each, truth(kleene(each.when, truths))) for each in (one, other))
        if before is not after:
            yield Moved(_people(world), before, after)


def _people(world: tuple[Case, ...]) -> str:
    return "; ".join(f"{case.fact} {case.words}" for case in world)


def _members(one: Criterion, other: Criterion) -> Iterator[tuple[Literal["stricter", "looser"], str]]:
    if one.overridable is not other.overridable:
        yield ("looser", "may now be overridden") if other.overridable else ("stricter", "can no longer be overridden")
    if one.if_unknown != other.if_unknown:
        met = other.if_unknown == "met"
        yield ("stricter", "counts as met while unknown") if met else ("looser", "is asked about while unknown")
    if one.pathway != other.pathway:
        crisis = other.pathway == "crisis"
        yield ("stricter", "opens the crisis path") if crisis else ("looser", "no longer opens the crisis path")


def _shelf_lives(old: Rulebook, new: Rulebook) -> Iterator[Difference]:
    before = {each.id: each for each in old.parameters if each.id.startswith(SHELF_LIFE)}
    for each in new.parameters:
        was = before.get(each.id)
        if was is not None and (was.value, was.unit) != (each.value, each.unit):
            longer = new.shelf_lives[_sort(each)] > old.shelf_lives[_sort(each)]
            text = f"{was.value} {was.unit} -> {each.value} {each.unit}"
            yield Difference("looser" if longer else "stricter", each.id, detail=text)


def _sort(parameter: Parameter) -> str:
    return parameter.id.removeprefix(SHELF_LIFE)


def _headers(old: Rulebook, new: Rulebook) -> Iterator[Difference]:
    for name in ("routes", "indications"):
        before, after = set(getattr(old, name)), set(getattr(new, name))
        if before != after:
            # No scope at all is the widest one.
            wider = not after or (bool(before) and after > before)
            narrower = not before or (bool(after) and after < before)
            kind: Literal["looser", "stricter", "both"] = "looser" if wider else "stricter" if narrower else "both"
            yield Difference(kind, new.id, detail=f"{name}: {_list(before)} -> {_list(after)}")
    if old.effective_until != new.effective_until:
        later = new.effective_until is None or (
            old.effective_until is not None and new.effective_until > old.effective_until
        )
        detail = f"effective until: {old.effective_until or 'open'} -> {new.effective_until or 'open'}"
        yield Difference("looser" if later else "stricter", new.id, detail=detail)


def _list(words: set[str]) -> str:
    return ", ".join(sorted(words)) or "any"
