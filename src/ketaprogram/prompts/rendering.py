"""
A set of prompts as a text, Markdown or a piece of HTML for the person.

The person's own words are quoted back with everything escaped that a reader would take for markup, and isolated, so
that their direction of writing does not turn the line around.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Literal

from ketaprogram.wording import direction_of, languages, message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketaprogram.prompts.model import ChosenPrompt, PromptSet
    from ketaprogram.wording.model import Language

__all__ = ["Style", "render_prompts"]

Style = Literal["text", "markdown", "html"]

_ISOLATE, _POP = "\u2068", "\u2069"
_OURS = re.compile(r"([\\`*_\[\]<>#|~&])")
_ANY = re.compile(r"([!-/:-@\[-`{-~])")  # every mark of ASCII may be escaped, so nothing in a person's words is a mark


def render_prompts(found: PromptSet, style: Style = "text", *, known: Mapping[str, Language] | None = None) -> str:
    """
    What the person reads.

    Args:
        found: The set of prompts.
        style: ``text``, ``markdown`` or ``html``; the HTML is one `section`, without styles or scripts.
        known: The languages, if a clinic adds some to ours.

    Example:
        >>> from ketaprogram.prompts import select_prompts
        >>> from ketaprogram.prompts.model import PromptRequest
        >>> request = PromptRequest(session="s-1", day=1, phase="integration", count=1, setting="clinic")
        >>> print(render_prompts(select_prompts(request)).splitlines()[0])
        1 day after your session
    """
    languages_known = languages() if known is None else known
    blocks = [_heading(found, style), *_body(found, style, languages_known), _small(found.statement, style)]
    if style == "html":
        opening = f'<section lang="{html.escape(found.locale)}" dir="{found.direction}">'
        return "\n".join([opening, *blocks, "</section>"])
    return "\n\n".join(blocks)


def _body(found: PromptSet, style: Style, known: Mapping[str, Language]) -> list[str]:
    if found.message is not None:
        return [_paragraph(found.message, style)]
    return [_prompt(each, found, style, known) for each in found.prompts]


def _prompt(prompt: ChosenPrompt, found: PromptSet, style: Style, known: Mapping[str, Language]) -> str:
    label = message("intention", found.locale, known)
    quoted = found.intention if prompt.asks_about_intention else None
    if style == "html":
        direction = direction_of(prompt.language, known)
        quote = "" if quoted is None else f"<p>{html.escape(label.text)} <q><bdi>{_plain_html(quoted)}</bdi></q></p>\n"
        return f'{quote}<p lang="{html.escape(prompt.language)}" dir="{direction}">{html.escape(prompt.text)}</p>'
    if quoted is None:
        return _paragraph(prompt.text, style)
    return (
        f"{_paragraph(label.text, style)} {_ISOLATE}“{_quote(quoted, style)}”{_POP}\n{_paragraph(prompt.text, style)}"
    )


def _heading(found: PromptSet, style: Style) -> str:
    if style == "html":
        return f"<h2>{html.escape(found.heading)}</h2>"
    return f"## {_marked(found.heading)}" if style == "markdown" else found.heading


def _paragraph(text: str, style: Style) -> str:
    if style == "html":
        return f"<p>{html.escape(text)}</p>"
    return _marked(text) if style == "markdown" else text


def _small(text: str, style: Style) -> str:
    return f"<footer><small>{html.escape(text)}</small></footer>" if style == "html" else _paragraph(text, style)


def _quote(words: str, style: Style) -> str:
    return _marked(_one_line(words), _ANY) if style == "markdown" else _one_line(words)


def _plain_html(words: str) -> str:
    return html.escape(_one_line(words))


def _one_line(words: str) -> str:
    """The person's words without line breaks or characters that steer a terminal or the direction of a line."""
    shown = "".join(
        each if each in "\u200c\u200d" or unicodedata.category(each) not in {"Cc", "Cf", "Zl", "Zp"} else " "
        for each in words
    )
    return " ".join(shown.split())


def _marked(text: str, marks: re.Pattern[str] = _OURS) -> str:
    """Text that Markdown shows as it stands."""
    return marks.sub(r"\\\1", text)
