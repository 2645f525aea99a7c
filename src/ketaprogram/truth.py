"""
Truth with a third value: what is not known is neither met nor unmet.

Conditions over a person's facts combine by Kleene's strong three-valued logic: a known answer decides where it can, and
UNKNOWN stays UNKNOWN until somebody asks. A `Truth` never slips through a plain ``if``.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FALSE", "TRUE", "UNKNOWN", "Truth", "all_of", "any_of", "not_", "truth"]


class Truth(Enum):
    """
    TRUE, FALSE or UNKNOWN.

    Example:
        >>> Truth.UNKNOWN.is_true
        False
        >>> bool(Truth.TRUE)
        Traceback (most recent call last):
            ...
        TypeError: a Truth is not a bool: ask .is_true, .is_false or .is_unknown
    """

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @property
    def is_true(self) -> bool:
        """Whether this is known to be true."""
        return self is TRUE

    @property
    def is_false(self) -> bool:
        """Whether this is known to be false."""
        return self is FALSE

    @property
    def is_unknown(self) -> bool:
        """Whether this is not known."""
        return self is UNKNOWN

    @property
    def is_known(self) -> bool:
        """Whether this is true or false."""
        return self is not UNKNOWN

    def __bool__(self) -> NoReturn:
        message = "a Truth is not a bool: ask .is_true, .is_false or .is_unknown"
        raise TypeError(message)

    @property
    def as_bool(self) -> bool | None:
        """The plain answer, None for UNKNOWN: what `truth` takes."""
        return None if self is Truth.UNKNOWN else self is Truth.TRUE

    def __repr__(self) -> str:
        return self.name

    __str__ = __repr__


TRUE = Truth.TRUE
FALSE = Truth.FALSE
UNKNOWN = Truth.UNKNOWN


def truth(value: bool | None) -> Truth:  # noqa: FBT001  # the one place where a bool becomes a Truth
    """
    The Truth of a plain answer; None is UNKNOWN.

    Example:
        >>> truth(None)
        UNKNOWN
    """
    if value is None:
        return UNKNOWN
    return TRUE if value else FALSE


def all_of(truths: Iterable[Truth]) -> Truth:
    """
    FALSE if any is false, else UNKNOWN if any is unknown, else TRUE (also for none at all).

    Example:
        >>> all_of([TRUE, UNKNOWN]), all_of([FALSE, UNKNOWN])
        (UNKNOWN, FALSE)
    """
    result = TRUE
    for each in truths:
        if each is FALSE:
            return FALSE
        if each is UNKNOWN:
            result = UNKNOWN
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """
    TRUE if any is true, else UNKNOWN if any is unknown, else FALSE (also for none at all).

    Example:
        >>> any_of([FALSE, UNKNOWN]), any_of([TRUE, UNKNOWN])
        (UNKNOWN, TRUE)
    """
    result = FALSE
    for each in truths:
        if each is TRUE:
            return TRUE
        if each is UNKNOWN:
            result = UNKNOWN
    return result


def not_(value: Truth) -> Truth:
    """
    The opposite; UNKNOWN stays UNKNOWN.

    Example:
        >>> not_(UNKNOWN)
        UNKNOWN
    """
    if value is UNKNOWN:
        return UNKNOWN
    return FALSE if value is TRUE else TRUE
