"""
Rules: one engine for every gate of the program.

`load_rulebook` and `read_rulebook` make rulebooks from data, `determine` answers them for one person's facts. What is
asked of an answer or of a rulebook afterwards stands in modules of its own: `explaining`, `changing`, `replaying`,
`linting`, `comparing`, `rendering`.
"""

from __future__ import annotations

from ketaprogram.rules.checking import check_rulebook
from ketaprogram.rules.determining import determine, determine_many, determine_status
from ketaprogram.rules.loading import load_rulebook, read_rulebook, rulebook_names

__all__ = [
    "check_rulebook",
    "determine",
    "determine_many",
    "determine_status",
    "load_rulebook",
    "read_rulebook",
    "rulebook_names",
]
