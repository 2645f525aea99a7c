"""What a coach may bring to a meeting: the themes of the journal, open questions, and small steps to choose from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.prompts.catalogue import library
from ketaprogram.prompts.contacting import contact_card, contact_needed
from ketaprogram.prompts.model import AgendaTheme, CoachAgenda
from ketaprogram.prompts.selecting import candidates, chosen, ranked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ketaprogram.citation import Citation
    from ketaprogram.prompts.catalogue import Library
    from ketaprogram.prompts.model import ChosenPrompt, Prompt, PromptRequest, Theme

__all__ = ["coach_agenda"]


def coach_agenda(
    request: PromptRequest, journal_themes: Sequence[Theme], *, prompts: Library | None = None, each: int = 2
) -> CoachAgenda:
    """
    An agenda for a meeting after a session.

    Args:
        request: What the choice depends on; its own themes count once each. Prompts that were offered come again here:
            the meeting is where they are looked at.
        journal_themes: The themes with which the person, or the coach together with the person, marked the journal, as
            often as they came up. Nobody's journal is read here.
        prompts: The library, if not ours.
        each: How many questions and how many steps for a theme, at most.

    Returns:
        The themes, those that came up most first. No agenda, and `contact`, where a person should get in touch first.

    Source:
        int.seed_tools; int.role_boundary, int.trauma_default, int.cadence_default (proposals).

    Example:
        >>> from ketaprogram.prompts.model import PromptRequest
        >>> request = PromptRequest(session="s-1", day=5, phase="integration", states=frozenset({"steady"}))
        >>> agenda = coach_agenda(request, ["sleep", "worry", "sleep"])
        >>> [(theme.theme, theme.times, bool(theme.questions), bool(theme.steps)) for theme in agenda.themes]
        [('sleep', 2, True, True), ('worry', 1, True, True)]
    """
    found = prompts or library()
    contact = contact_needed(request.risk, request.states, found)
    told = Counter(journal_themes)
    told.update(request.themes - set(told))
    order = sorted(told, key=lambda theme: (-told[theme], theme))
    reminders, citations = _reminders(request, found)
    return CoachAgenda(
        session=request.session,
        day=request.day,
        library=found.name,
        themes=() if contact else tuple(_themes(order, told, attrs.evolve(request, history=()), found, each)),
        reminders=reminders,
        contact=contact,
        card=contact_card(contact, request.crisis_lines) if contact else None,
        citations=citations,
    )


def _themes(
    order: list[Theme], told: Counter[Theme], request: PromptRequest, found: Library, each: int
) -> Iterator[AgendaTheme]:
    used: set[str] = set()
    settings = found.settings
    asking = settings.reflective_kinds - {"journal"}
    for theme in order:
        narrowed = attrs.evolve(request, themes=frozenset({theme}))
        fitting = [prompt for prompt in ranked(narrowed, found, candidates(narrowed, found)) if theme in prompt.themes]
        questions = [prompt for prompt in fitting if prompt.kind in asking and prompt.id not in used][:each]
        steps = [prompt for prompt in fitting if prompt.kind in settings.action_kinds and prompt.id not in used][:each]
        used |= {prompt.id for prompt in (*questions, *steps)}
        yield AgendaTheme(
            theme=theme,
            times=told[theme],
            questions=_told(questions, narrowed, found),
            steps=_told(steps, narrowed, found),
        )


def _told(picked: list[Prompt], request: PromptRequest, found: Library) -> tuple[ChosenPrompt, ...]:
    return tuple(chosen(prompt, request, found) for prompt in picked)


def _reminders(request: PromptRequest, found: Library) -> tuple[tuple[str, ...], tuple[Citation, ...]]:
    """What the coach keeps in mind; the one about trauma unless it is known that it does not matter."""
    known = request.indications
    entries = [
        entry
        for entry in table("coaching")["reminder"]
        if not entry.get("indications") or known is None or not known.isdisjoint(entry["indications"])
    ]
    hours = str(found.settings.contact_within_hours)
    lines = tuple(entry["text"].replace("{hours}", hours) for entry in entries)
    return lines, tuple(dict.fromkeys(cited for entry in entries for cited in cite_all(entry["sources"])))
