"""Integration prompts: the library behind a language gate (`check_text`), and a day's choice (`select_prompts`)."""

from __future__ import annotations

from ketaprogram.prompts.catalogue import library, load_library
from ketaprogram.prompts.gate import check_text
from ketaprogram.prompts.selecting import select_prompts

__all__ = ["check_text", "library", "load_library", "select_prompts"]
