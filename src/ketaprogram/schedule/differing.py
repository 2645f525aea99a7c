"""What became of each visit between two schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.schedule.model import Move

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ketaprogram.schedule.model import Schedule, Visit

__all__ = ["diff"]


def diff(old: Schedule, new: Schedule, *, causes: Mapping[str, str] | None = None) -> tuple[Move, ...]:
    """
    What became of each visit that is not as it was, in order of time.

    Args:
        old: The schedule before.
        new: The schedule after.
        causes: By visit, why it changed, where that is known; else the reason is the visit's own.
    """
    before, after = ({each.id: each for each in one.visits} for one in (old, new))
    moves = [*_changed(before, after, causes or {}, on_hold=new.on_hold)]
    return tuple(sorted(moves, key=lambda each: (each.on or each.was_on, each.at or each.was_at, each.visit)))


def _changed(
    before: Mapping[str, Visit], after: Mapping[str, Visit], causes: Mapping[str, str], *, on_hold: bool
) -> Iterator[Move]:
    for was in before.values():
        if was.id not in after:
            gone = (
                "the course no longer has it" if was.kind == "session" else "its session is elsewhere, or there no more"
            )
            why = causes.get(was.id, "on hold" if on_hold else gone)
            yield Move(visit=was.id, what="removed", was_on=was.on, was_at=was.at, why=why)
    for visit in after.values():
        old = before.get(visit.id)
        if old is None:
            yield Move(visit=visit.id, what="added", on=visit.on, at=visit.at, why=visit.why)
        elif (old.on, old.at, old.time_zone) != (visit.on, visit.at, visit.time_zone):
            yield _move("moved", old, visit, f"{causes[visit.id]}; {visit.why}" if visit.id in causes else visit.why)
        elif (old.status, old.step) != (visit.status, visit.step):
            yield _move("changed", old, visit, causes.get(visit.id, visit.why))


def _move(what: str, old: Visit, new: Visit, why: str) -> Move:
    return Move(
        visit=new.id,
        what=what,  # type: ignore[arg-type]  # one of its words
        was_on=old.on,
        was_at=old.at,
        on=new.on,
        at=new.at,
        why=why[:200],
    )
