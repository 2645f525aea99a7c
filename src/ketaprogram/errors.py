"""
The exceptions of ketaprogram.

Expected outcomes are values, not exceptions: a criterion that is met, a missing fact, a serious event, a late visit.
An exception means that the caller, the author of a rulebook or a limit stopped the work::

    KetaprogramError
    ├── InputError                     the caller's data
    │   ├── DocumentError              a document that cannot be read; carries every fault in `.issues`
    │   ├── UnitError(ValueError)      unlike or unknown units of measure
    │   ├── UnknownFactError(LookupError)
    │   ├── UnknownItemError(LookupError)        an instrument, item, event term, prompt or protocol nobody defined
    │   ├── UnknownTimeZoneError(LookupError)
    │   └── LocalTimeError(ValueError)           a wall time that does not exist or exists twice
    ├── KnowledgeError                 the author's data, found on load; carries every fault in `.issues`
    │   ├── CitationError              a citation to a source that is not in the catalogue
    │   ├── RuleError                  a rulebook that cannot be used
    │   └── ProtocolError              a protocol template that cannot be used
    ├── LimitError                     a step that would break an order, a ceiling, an interval or a refill limit
    │   ├── OrderError                 an order that the determination or the template does not permit
    │   └── ScheduleError              no visit fits
    ├── StateError                     a step that the present state does not allow
    │   └── ConflictError              a second writer, or a broken chain
    └── StorageError                   a journal's store cannot be written or read; what was kept is as it was

No message, `repr` or traceback text of these holds a person's value: messages name members, units and codes only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ketaprogram.issues import Issue

__all__ = [
    "CitationError",
    "ConflictError",
    "DocumentError",
    "InputError",
    "KetaprogramError",
    "KnowledgeError",
    "LimitError",
    "LocalTimeError",
    "OrderError",
    "ProtocolError",
    "RuleError",
    "ScheduleError",
    "StateError",
    "StorageError",
    "UnitError",
    "UnknownFactError",
    "UnknownItemError",
    "UnknownTimeZoneError",
]


class KetaprogramError(Exception):
    """The base of every exception that ketaprogram raises on purpose."""


class _ManyFaultsError(KetaprogramError):
    """An error that carries all the faults found, not only the first."""

    def __init__(self, message: str, issues: Iterable[Issue] = ()) -> None:
        self.message = message
        self.issues: tuple[Issue, ...] = tuple(issues)
        super().__init__(message, self.issues)

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  {issue}" for issue in self.issues)])


class InputError(KetaprogramError):
    """The caller's data cannot be used as it is."""


class DocumentError(_ManyFaultsError, InputError):
    """A document cannot be read. `issues` holds every fault, each with a code and a JSON Pointer."""


class UnitError(InputError, ValueError):
    """Two amounts of unlike units, or a unit outside the closed list."""


class UnknownFactError(InputError, LookupError):
    """A fact id that is not in the catalogue."""


class UnknownItemError(InputError, LookupError):
    """An instrument, item, event term, prompt or protocol id that nobody defined."""


class UnknownTimeZoneError(InputError, LookupError):
    """A name that is not an IANA time zone."""


class LocalTimeError(InputError, ValueError):
    """A wall time that does not exist in its zone, or exists twice, and nobody said which is meant."""


class KnowledgeError(_ManyFaultsError):
    """Clinical data that cannot be loaded. `issues` holds every fault."""


class CitationError(KnowledgeError):
    """A citation to a source that is not in the catalogue of sources."""


class RuleError(KnowledgeError):
    """A rulebook that cannot be used."""


class ProtocolError(KnowledgeError):
    """A protocol template that cannot be used."""


class LimitError(KetaprogramError):
    """A step that would break a limit: an order, a ceiling, an interval, a total or a refill count."""


class OrderError(LimitError):
    """An order that the determination or the protocol template does not permit."""


class ScheduleError(LimitError):
    """No visit fits the windows and limits. `conflict`, if there is one, says what stands against it and what helps."""

    def __init__(self, message: str, conflict: object = None) -> None:
        self.conflict = conflict
        super().__init__(message)


class StateError(KetaprogramError):
    """A step that the present state does not allow."""


class ConflictError(StateError):
    """A second writer changed the record, or its chain is broken."""


class StorageError(KetaprogramError):
    """A journal's store is full, read-only, damaged or not there. Nothing is half kept, and what was kept stays."""
