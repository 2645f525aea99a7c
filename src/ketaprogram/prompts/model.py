"""Integration prompts, and the set that is chosen for one person on one day."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.record import Id, Line, Pattern, Record, Text

__all__ = ["ChosenPrompt", "Intensity", "Kind", "Phase", "Prompt", "PromptSet", "State", "Theme"]

Kind = Literal[
    "journal",
    "reflection",
    "mindfulness",
    "coaching-question",
    "small-action",
    "values",
    "self-kindness",
    "sharing",
    "preparation",
    "intention",
]
Phase = Literal["preparation", "integration", "maintenance"]
Theme = Literal["worry", "social", "mood", "trauma-sensitive", "body", "sleep", "relationships", "meaning", "habits"]
Intensity = Literal["gentle", "steady", "deep"]
State = Literal["steady", "hard-day", "fresh-trauma", "distress-high", "mania-signs", "risk"]
PromptId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(60)]
Day = Annotated[int, Ge(-365), Le(3650)]


@frozen(kw_only=True)
class Prompt:
    """
    One prompt of the library.

    Args:
        id: Stable id.
        text: What the person reads.
        kind: What it asks the person to do.
        phase: The phase it is for.
        from_day: First day, counted from the session, on which it may be chosen.
        to_day: Last day on which it may be chosen.
        themes: What it is about.
        intensity: How deep it goes.
        avoid_when: The states in which it is never chosen.
        needs_intention: Whether it asks about the person's intention, so that it needs one.
        review: Who reviewed it, or ``unreviewed``.
    """

    id: str
    text: str
    kind: Kind
    phase: Phase
    from_day: int
    to_day: int
    themes: frozenset[Theme]
    intensity: Intensity
    avoid_when: frozenset[State] = frozenset()
    needs_intention: bool = False
    review: str = "unreviewed"


@frozen(kw_only=True, repr=False)
class ChosenPrompt(Record):
    """
    A prompt and why it was chosen.

    Args:
        id: Id of the prompt.
        text: What the person reads.
        kind: What it asks the person to do.
        why: Why this one.
    """

    id: PromptId
    text: Annotated[str, MaxLen(400)]
    kind: Kind
    why: Line


@frozen(kw_only=True, repr=False)
class PromptSet(Record):
    """
    The prompts for one day.

    Args:
        session: Id of the session that the day is counted from.
        day: Days since the session; below 0 is before it.
        prompts: In the order in which they should be offered.
        intention: The person's own words, to stand beside a prompt that asks about them; never interpreted.
        contact: True if a person should get in touch instead: then there is no prompt.
        note: What the coach should know about this choice.
    """

    schema: Literal["urn:ketaprogram:schema:prompt-set:1"] = "urn:ketaprogram:schema:prompt-set:1"
    session: Id
    day: Day
    prompts: Annotated[tuple[ChosenPrompt, ...], MaxLen(50)] = ()
    intention: Text | None = None
    contact: bool = False
    note: Line | None = None
