"""
Diagnosis codes, looked up in the tabular list of ICD-10-CM. The only importer of the extra ``codes``.

The mapping to facts goes by prefix and needs no list: a code that proves a condition proves it, valid or not.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from ketaprogram.issues import Issue, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.intake.model import Diagnoses, Intake

__all__ = ["check_codes"]


def check_codes(intake: Intake) -> tuple[Issue, ...]:
    """
    Every diagnosis code of an intake that is not what the tabular list calls a billable code.

    Args:
        intake: The form.

    Returns:
        ``diagnosis.unknown-code`` for a code that the list does not hold: a slip of the pen, or a code of another
        year's list. ``diagnosis.not-billable`` for a category with finer codes below it: for information, it counts
        as it stands.

    Unknowns:
        Facts do not depend on this check. An unknown code leaves open what was meant, so until it is settled a list
        that is marked complete may hide a condition behind it.

    Raises:
        ImportError: The extra ``codes`` is not installed.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.intake.model import Diagnoses, Diagnosis, Intake
        >>> form = Intake(
        ...     id="a", recorded_at=datetime(2026, 11, 24, tzinfo=timezone.utc), time_zone="Europe/London",
        ...     diagnoses=Diagnoses(entries=(Diagnosis(code="F41.1"), Diagnosis(code="F41.77"))),
        ... )
        >>> [(issue.pointer, issue.code) for issue in check_codes(form)]
        [('/diagnoses/entries/1/code', 'diagnosis.unknown-code')]
    """
    return tuple(_faults(intake.diagnoses, _tabular_list()))


def _faults(diagnoses: Diagnoses, known: _TabularList) -> Iterator[Issue]:
    for index, each in enumerate(diagnoses.entries):
        at = pointer("diagnoses", "entries", index, "code")
        if not known.is_valid_item(each.code):
            yield Issue(
                at,
                "diagnosis.unknown-code",
                "The tabular list of ICD-10-CM does not hold this code.",
                "a code of ICD-10-CM with its point, such as F41.1",
                "The list is marked complete: until this is settled it may hide a condition."
                if diagnoses.list_is_complete
                else "Check the spelling, and of which year's list it is.",
            )
        elif not known.is_leaf(each.code):
            yield Issue(
                at,
                "diagnosis.not-billable",
                "The code is a category with finer codes below it; it counts as it stands.",
                "a code without finer ones below it",
            )


class _TabularList(Protocol):
    """What is used of the package, which has no types of its own."""

    def is_valid_item(self, code: str) -> bool: ...
    def is_leaf(self, code: str) -> bool: ...


@cache
def _tabular_list() -> _TabularList:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # it opens its data in a way that Python deprecated
            import simple_icd_10_cm  # type: ignore[import-untyped]  # noqa: PLC0415  # the extra may be missing
    except ModuleNotFoundError as error:
        if error.name != "simple_icd_10_cm":
            raise
        message = "checking diagnosis codes needs the extra codes: pip install 'ketaprogram[codes]'"
        raise ImportError(message, name=error.name) from None
    return cast("_TabularList", simple_icd_10_cm)
