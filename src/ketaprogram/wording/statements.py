"""What belongs under every text that a person takes home, and whom to call where nobody knows the country."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.wording.saying import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.record import Setting
    from ketaprogram.wording.model import Language, Wording

__all__ = ["crisis_text", "statement"]


def crisis_text(crisis_lines: str | None, locale: str, known: Mapping[str, Language] | None = None) -> str:
    """
    The crisis lines of the person's own country as the caller gives them; of no country if they are not known.

    Source:
        crisis.fallback.

    Example:
        >>> crisis_text("Crisis line: 112.", "en"), "988" in crisis_text(None, "en")
        ('Crisis line: 112.', False)
    """
    return crisis_lines or message("crisis-unknown", locale, known).text


def statement(
    setting: Setting | None, locale: str, crisis_lines: str | None, known: Mapping[str, Language] | None = None
) -> Wording:
    """
    Off-label use, risks, who decides, and whom to call.

    Args:
        setting: Where sessions take place. Unless it is a clinic, the statement says that the risk is higher at home.
        locale: BCP 47 tag.
        crisis_lines: The lines of the person's own country; None if the country is not known.
        known: The languages, if a clinic adds some to ours.

    Source:
        mkt.required_statement (a proposal), cand.fda_unapproved, cand.fda_home_risk, cand.fda_risk_list.

    Example:
        >>> "off-label" in statement(None, "en", None).text
        True
    """
    name = "statement-clinic" if setting == "clinic" else "statement-home"
    return message(name, locale, known, values={"crisis": crisis_text(crisis_lines, locale, known)})
