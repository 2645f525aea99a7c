"""
A person instead of a prompt: what the person reads, and the card for the professional who gets in touch.

Nobody's words are read here. Whoever read them (the red flags of the events room, a clinician, the person's own report)
says what was found as `risk`, and how the person is as `states`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.card import Card
from ketaprogram.citation import cite
from ketaprogram.wording import crisis_text, message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.prompts.catalogue import Library
    from ketaprogram.prompts.model import Contact, State
    from ketaprogram.wording.model import Language, Wording

__all__ = ["contact_card", "contact_message", "contact_needed"]


def contact_needed(risk: Contact | None, states: frozenset[State], found: Library) -> Contact | None:
    """The more urgent of what was found in the person's words and what the states call for; None if neither does."""
    called = {found.contact_when[state] for state in states if state in found.contact_when} | {risk}
    return "crisis" if "crisis" in called else "team" if "team" in called else None


def contact_message(contact: Contact, locale: str, crisis_lines: str | None, known: Mapping[str, Language]) -> Wording:
    """What the person reads instead of a prompt."""
    return message(f"contact-{contact}", locale, known, values={"crisis": crisis_text(crisis_lines, locale, known)})


def contact_card(contact: Contact, crisis_lines: str | None) -> Card:
    """
    The card for the professional. It does not repeat what the person wrote.

    Example:
        >>> contact_card("crisis", None).indicator, contact_card("team", None).indicator
        ('critical', 'warning')
    """
    sources = (
        cite("DEFAULT", "int.content_default, int.role_boundary", "uncertain"),
        cite("CRISIS", "crisis.fallback", "uncertain"),
    )
    lines = crisis_lines or "The person's country is not known: look up the local emergency number and crisis line."
    if contact == "crisis":
        return Card(
            summary="Crisis path: speak with the person now",
            indicator="critical",
            detail=f"Words or a state that point to risk; no prompt was shown. {lines}",
            suggestions=(
                "Assess suicide risk with the person in this contact.",
                "Stay with the person until a clinician has decided.",
            ),
            sources=sources,
        )
    return Card(
        summary="Get in touch with the person today: distress instead of a prompt",
        indicator="warning",
        detail=f"Words or a state that call for a person; no prompt was shown. {lines}",
        suggestions=("Ask how the person is, and whether a clinician should see them.",),
        sources=sources,
    )
