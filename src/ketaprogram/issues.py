"""
Faults found in somebody's data, as values.

An `Issue` says what is wrong, where, and what to do, and never repeats the value that was found: applications translate
by `code`, people read `message`, and neither leaks a person's data into a log.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Issue", "nearest", "pointer"]


@frozen(order=True)
class Issue:
    """
    One fault in a document or in knowledge data.

    Args:
        pointer: JSON Pointer (RFC 6901) to the faulty or missing member itself; "" is the whole document.
        code: Stable code of the kind of fault, such as ``member.missing``.
        message: One plain sentence. Never holds the value that was found.
        expected: What would be accepted, such as ``integer 20 to 300``.
        hint: What to do about it, such as the nearest known name; "" when there is none.
        line: The line of the text that it stands on, from 1, where somebody wrote the text by hand.

    Example:
        >>> print(Issue(pointer="/person", code="member.missing", message="A required member is missing."))
        /person: A required member is missing. [member.missing]
    """

    pointer: str
    code: str
    message: str
    expected: str = ""
    hint: str = ""
    line: int | None = field(default=None, order=False)

    def __str__(self) -> str:
        line = f"line {self.line}, " if self.line is not None else ""
        expected = f" Expected {self.expected}." if self.expected else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{line}{self.pointer or '(document)'}: {self.message}{expected}{hint} [{self.code}]"


def pointer(*members: str | int) -> str:
    """
    The JSON Pointer of a path of member names and list positions.

    A name that does not look like a member name (it may be a person's data used as a key) is written as ``?``.

    Example:
        >>> pointer("medications", 0, "name")
        '/medications/0/name'
        >>> pointer("Jane Doe 1961")
        '/?'
    """
    return "".join(f"/{member if isinstance(member, int) else shown(member)}" for member in members)


def shown(name: str) -> str:
    """The name if it looks like one that a person would give to a member, else ``?``."""
    return name if _NAME.fullmatch(name) else "?"


def nearest(name: str, known: Iterable[str]) -> str:
    """
    A hint that names the nearest known name, or "" when none is near.

    Example:
        >>> nearest("systolic_mmgh", ["systolic_mmhg", "diastolic_mmhg"])
        'Did you mean systolic_mmhg?'
    """
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"Did you mean {close[0]}?" if close else ""


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
