"""
Which prompts for this person on this day: pure, so that the same question always gets the same prompts.

Distress and risk never get another prompt; they get a person. After a hard day only gentle prompts are chosen. The
person's own intention is never read for meaning: it only stands beside the prompts that ask about it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ketaprogram.prompts.catalogue import Library, library
from ketaprogram.prompts.model import ChosenPrompt, PromptSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.prompts.model import Phase, Prompt, State, Theme

__all__ = ["select_prompts"]

_A_PERSON_INSTEAD = frozenset({"distress-high", "risk", "mania-signs"})
_GENTLE_ONLY = frozenset({"hard-day", "fresh-trauma"})


def select_prompts(  # noqa: PLR0913  # what the choice depends on
    session: str,
    *,
    phase: Phase,
    day: int,
    intention: str | None = None,
    themes: frozenset[Theme] = frozenset(),
    state: State = "steady",
    already: frozenset[str] = frozenset(),
    count: int = 3,
    seed: int = 0,
    prompts: Library | None = None,
) -> PromptSet:
    """
    Choose prompts.

    Args:
        session: Id of the session that the day is counted from.
        phase: The phase of the program.
        day: Days since the session; below 0 is before it.
        intention: The person's own words; they stand beside a prompt that asks about them, and are never read.
        themes: What the person works on; prompts about these come first.
        state: How the person is, as somebody who knows judged it.
        already: Ids of the prompts that were offered within the period in which none repeats.
        count: How many, at most.
        seed: Another number gives another choice among equals.
        prompts: The library, if not ours.

    Returns:
        At most `count` prompts, each with its reason. None, and `contact`, where a person should get in touch.

    Source:
        int.cadence_default, int.content_default (proposals); int.seed_window, int.seed_tools.

    Example:
        >>> chosen = select_prompts("s-1", phase="integration", day=1, themes=frozenset({"worry"}))
        >>> len(chosen.prompts), chosen.contact
        (3, False)
        >>> select_prompts("s-1", phase="integration", day=1, state="distress-high").contact
        True
    """
    if state in _A_PERSON_INSTEAD:
        return PromptSet(session=session, day=day, contact=True, note="No prompt: a person should get in touch.")
    found = prompts or library()
    usable = [each for each in found.prompts if intention is not None or not each.needs_intention]
    fitting = [each for each in usable if _fits(each, found, phase, day, state, already)]
    ranked = sorted(fitting, key=lambda each: (-_closeness(each, themes), _shuffled(each, session, day, seed)))
    chosen = tuple(_spread(ranked, count))
    note = None if len(chosen) == count else "Fewer prompts fit than were asked for."
    return PromptSet(
        session=session,
        day=day,
        prompts=tuple(_chosen(each, day, themes, state) for each in chosen),
        intention=intention if any(each.needs_intention for each in chosen) else None,
        note=note,
    )


def _fits(  # what the choice depends on
    prompt: Prompt, found: Library, phase: Phase, day: int, state: State, already: frozenset[str]
) -> bool:
    if prompt.phase != phase or not prompt.from_day <= day <= prompt.to_day:
        return False
    if prompt.id in already or state in prompt.avoid_when:
        return False
    if state in _GENTLE_ONLY and prompt.intensity != "gentle":
        return False
    if prompt.kind in found.action_kinds and phase == "integration" and day < found.action_from_day:
        return any(each.id in already and each.kind in found.reflective_kinds for each in found.prompts)
    return True


def _closeness(prompt: Prompt, themes: frozenset[Theme]) -> int:
    """How much a prompt has to do with what the person works on; the person's own intention counts as a theme."""
    return len(prompt.themes & themes) + prompt.needs_intention


def _spread(ranked: list[Prompt], count: int) -> Iterator[Prompt]:
    """The best of each kind in turn, so that three prompts are three kinds where they can be."""
    left = list(ranked)
    while left and count > 0:
        kinds: set[str] = set()
        for each in tuple(left):
            if each.kind not in kinds and count > 0:
                kinds.add(each.kind)
                left.remove(each)
                count -= 1
                yield each


def _shuffled(prompt: Prompt, session: str, day: int, seed: int) -> str:
    """A stable order among equals that differs from session to session and from day to day."""
    return sha256(f"{seed}:{session}:{day}:{prompt.id}".encode()).hexdigest()


def _chosen(prompt: Prompt, day: int, themes: frozenset[Theme], state: State) -> ChosenPrompt:
    shared = sorted(prompt.themes & themes)
    reasons = [f"day {day} is within days {prompt.from_day} to {prompt.to_day}"]
    if shared:
        reasons.append(f"about {', '.join(shared)}")
    if state in _GENTLE_ONLY:
        reasons.append("gentle, after a hard day")
    return ChosenPrompt(id=prompt.id, text=prompt.text, kind=prompt.kind, why="; ".join(reasons))
