"""
Rules: one engine for every gate of the program.

`load_rulebook` and `read_rulebook` make rulebooks from data, `determine` answers them for one person's facts.
"""

from __future__ import annotations

from ketaprogram.rules.determining import determine, determine_many, determine_status
from ketaprogram.rules.loading import load_rulebook, read_rulebook, rulebook_names

__all__ = ["determine", "determine_many", "determine_status", "load_rulebook", "read_rulebook", "rulebook_names"]
