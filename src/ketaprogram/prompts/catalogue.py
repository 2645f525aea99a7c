"""The library of prompts, from ``knowledge/prompts.toml``. A text that the gate refuses cannot load."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.errors import KnowledgeError
from ketaprogram.issues import Issue, pointer
from ketaprogram.prompts.gate import check_text
from ketaprogram.prompts.model import Prompt

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Library", "library", "load_library"]


@frozen(kw_only=True)
class Library:
    """
    Prompts, and when an action may follow.

    Args:
        prompts: In the order of the file.
        action_kinds: The kinds that wait.
        action_from_day: The day from which they wait no longer.
        reflective_kinds: One of these, offered before, lets them go earlier.
    """

    prompts: tuple[Prompt, ...]
    action_kinds: frozenset[str]
    action_from_day: int
    reflective_kinds: frozenset[str]


@cache
def library() -> Library:
    """The library that ships with the package."""
    return load_library(table("prompts"))


def load_library(content: Mapping[str, Any]) -> Library:
    """
    A library from the content of a TOML file.

    Raises:
        KnowledgeError: A text fails the gate, an id stands twice or a window is empty; `issues` holds every fault.
    """
    issues: list[Issue] = []
    prompts: dict[str, Prompt] = {}
    cite_all(content["rules"]["sources"])  # rules without a known source cannot load
    for index, entry in enumerate(content["prompt"]):
        prompt = _prompt(entry)
        at = pointer("prompt", index, "text")
        issues += [Issue(at, each.code, each.message, each.expected) for each in check_text(prompt.text)]
        if prompt.id in prompts:
            issues.append(Issue(pointer("prompt", index, "id"), "prompt.duplicate", "Another prompt has the same id."))
        if prompt.from_day > prompt.to_day:
            issues.append(Issue(pointer("prompt", index, "to_day"), "range.empty", "The window is empty."))
        prompts[prompt.id] = prompt
    if issues:
        message = "the library of prompts cannot be loaded"
        raise KnowledgeError(message, issues)
    rules = content["rules"]
    return Library(
        prompts=tuple(prompts.values()),
        action_kinds=frozenset(rules["action_kinds"]),
        action_from_day=rules["action_from_day"],
        reflective_kinds=frozenset(rules["reflective_kinds"]),
    )


def _prompt(entry: Mapping[str, Any]) -> Prompt:
    sets = {name: frozenset(entry.get(name, ())) for name in ("themes", "avoid_when")}
    return Prompt(**{**entry, **sets})
