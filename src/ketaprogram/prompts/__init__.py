"""
Integration prompts: a day's choice (`select_prompts`), a coach's agenda (`coach_agenda`), the page (`render_prompts`).

Every text passed the gate of `ketaprogram.wording` before it could load.
"""

from __future__ import annotations

from ketaprogram.prompts.catalogue import Library, check_library_locale, library, load_library
from ketaprogram.prompts.meeting import coach_agenda
from ketaprogram.prompts.rendering import render_prompts
from ketaprogram.prompts.selecting import preparation_prompts, select_prompts
from ketaprogram.prompts.timing import prompt_days

__all__ = [
    "Library",
    "check_library_locale",
    "coach_agenda",
    "library",
    "load_library",
    "preparation_prompts",
    "prompt_days",
    "render_prompts",
    "select_prompts",
]
