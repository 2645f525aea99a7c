"""The preparation checklists and the rule on driving, from ``knowledge/checklists.toml``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram._time import add_days, wall
from ketaprogram.citation import Citation, cite_all
from ketaprogram.errors import StateError
from ketaprogram.issues import shown
from ketaprogram.sessions.model import DrivingRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.record import Setting
    from ketaprogram.sessions.model import Session

__all__ = ["Checklist", "ChecklistItem", "checklist", "checklist_faults", "no_driving_until"]


@frozen(kw_only=True)
class ChecklistItem:
    """
    One thing to prepare.

    Args:
        id: Id of the item.
        text: What is true when it is done.
        kind: ``safety`` has to be done; a ``comfort`` may be declined with a reason.
    """

    id: str
    text: str
    kind: Literal["comfort", "safety"]


@frozen(kw_only=True)
class Checklist:
    """What is prepared before a session in one setting."""

    items: tuple[ChecklistItem, ...]
    citations: tuple[Citation, ...]


@cache
def checklist(setting: Setting) -> Checklist:
    """
    The checklist of a setting.

    Example:
        >>> [item.id for item in checklist("home").items if item.kind == "safety"][:2]
        ['trusted-person', 'phone']
    """
    entry = next(each for each in table("checklists")["checklist"] if each["setting"] == setting)
    return Checklist(
        items=tuple(ChecklistItem(**item) for item in entry["items"]),
        citations=cite_all(entry["sources"]),
    )


def checklist_faults(setting: Setting, done: frozenset[str], declined: Mapping[str, str]) -> tuple[str, ...]:
    """
    What stands in the way of a complete checklist, in words, with ids of items and nothing else.

    Args:
        setting: Where the session takes place.
        done: Ids of the items that are done.
        declined: Reasons by the ids of the items that the person does without.

    Example:
        >>> checklist_faults("clinic", frozenset(), {"no-driving": "I drive well"})[0]
        'these items are for safety and cannot be declined: no-driving'
    """
    items = {item.id: item.kind for item in checklist(setting).items}
    found = {
        "no checklist item is called": (done | declined.keys()) - items.keys(),
        "these items are for safety and cannot be declined:": {
            each for each in declined if items.get(each) == "safety"
        },
        "these items are declined without a reason:": {each for each, reason in declined.items() if not reason.strip()},
        "these items are both done and declined:": done & declined.keys(),
        "these checklist items are open:": items.keys() - done - declined.keys(),
    }
    # What is no item may be anything that somebody typed.
    return tuple(f"{words} {', '.join(sorted(map(shown, ids)))}" for words, ids in found.items() if ids)


def no_driving_until(session: Session) -> DrivingRule:
    """
    From when driving may be thought of: the day after care ended, and after a restful sleep.

    Of the calendar days that a session touches the last one counts, so a session that runs past midnight gives the
    later day. While nobody has ended the session, the date can still move later.

    Args:
        session: A session in which a dose was given.

    Raises:
        StateError: No dose was given, so there is nothing to say.

    Source:
        mon.driving, home.no_driving.
    """
    if session.administration is None:
        message = "no dose was given in this session"
        raise StateError(message)
    touched = [session.administration.given_at, *(each.taken_at for each in session.observations)]
    last = max(touched if session.ended_at is None else [*touched, session.ended_at])
    content = table("checklists")["driving"]
    return DrivingRule(
        not_before=add_days(wall(last, session.time_zone)[0], content["nights"]),
        time_zone=session.time_zone,
        citations=cite_all(content["sources"]),
    )
