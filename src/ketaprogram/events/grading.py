"""
Grades from numbers, where CTCAE has numbers; otherwise the question that a person answers.

Numbers only ever raise a grade: the worst of them counts, and what they do not decide stays open.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ketaprogram.events.model import Grading
from ketaprogram.events.terms import term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ketaprogram.events.model import Measure, Reading
    from ketaprogram.events.terms import NumericGrade, Term

__all__ = ["grade", "worst_of"]


def grade(term_id: str, measures: Mapping[Measure, int | Decimal] | None = None) -> Grading:
    """
    The CTCAE v5.0 grade of an effect by the numbers that were measured.

    Args:
        term_id: Kind of effect.
        measures: The worst number of each measure: mmHg, percent, or multiples of the upper limit of normal.

    Returns:
        The grade, or how high it is at least and what to ask. Blood pressure is graded by the worse of systolic and
        diastolic. Numbers never give grade 4 of blood pressure or grade 5 of anything: those are what it did to a life.

    Unknowns:
        A missing number leaves the grade open; what the others reach it is at least.

    Raises:
        UnknownItemError: No side effect has this id.

    Source:
        CTCAE v5.0: hypertension, hypoxia, alanine aminotransferase increased.

    Example:
        >>> grade("blood-pressure", {"systolic_mmhg": 138, "diastolic_mmhg": 101}).grade
        3
        >>> grade("blood-pressure", {"systolic_mmhg": 142}).at_least, grade("nausea").grade
        (2, None)
    """
    found = term(term_id)
    measured = {name: Decimal(value) for name, value in (measures or {}).items()}
    reached = {each.measure: _reached(each, measured.get(each.measure)) for each in found.numeric}
    at_least = max((each for each in reached.values() if each), default=None)
    missing = tuple(name for name, each in reached.items() if each is None)
    is_settled = at_least is not None and not missing
    return Grading(
        term=found.id,
        grade=at_least if is_settled else None,
        at_least=at_least,
        decided_by=tuple(name for name, each in reached.items() if each and each == at_least),
        missing=missing,
        question=None if is_settled else _question(found),
        citations=found.citations,
    )


def worst_of(readings: Iterable[Reading]) -> dict[Measure, int]:
    """
    The worst number of each measure: the highest pressures, the lowest oxygen.

    Example:
        >>> worst_of(())
        {}
    """
    taken = tuple(readings)
    highest: dict[Measure, list[int]] = {
        "systolic_mmhg": [each.systolic_mmhg for each in taken if each.systolic_mmhg is not None],
        "diastolic_mmhg": [each.diastolic_mmhg for each in taken if each.diastolic_mmhg is not None],
    }
    oxygen = [each.spo2_percent for each in taken if each.spo2_percent is not None]
    found: dict[Measure, int] = {name: max(values) for name, values in highest.items() if values}
    return found | ({"spo2_percent": min(oxygen)} if oxygen else {})


def _reached(numeric: NumericGrade, value: Decimal | None) -> int | None:
    """The highest grade that a number reaches, 0 for none; None if it was not measured."""
    if value is None:
        return None
    return max((number for number, bound in numeric.bounds.items() if _is_past(numeric, value, bound)), default=0)


def _is_past(numeric: NumericGrade, value: Decimal, bound: Decimal) -> bool:
    match numeric.reach:
        case "from":
            return value >= bound
        case "above":
            return value > bound
        case "below":
            return value < bound


def _question(found: Term) -> str:
    said = "; ".join(f"{number} {text}" for number, text in sorted(found.grades.items()))
    return f"Which grade is it: {said}?"
