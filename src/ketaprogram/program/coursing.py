"""A program's sessions as courses, one for each setting and route, so that side effects of programs can be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.events.model import Course, CourseSession

if TYPE_CHECKING:
    from ketaprogram.program.model import Program

__all__ = ["courses"]


def courses(program: Program) -> tuple[Course, ...]:
    """
    The sessions of a program in which a dose was given, by setting and route, each with the program's log.

    Unknowns:
        The phase of a session whose visit is not in the schedule is not known.

    Example:
        >>> from ketaprogram.program.model import Program
        >>> courses(Program())
        ()
    """
    phase_of = {each.id: each.phase for each in program.schedule.visits} if program.schedule is not None else {}
    dosed = [each for each in program.sessions if each.administration is not None]
    kinds = dict.fromkeys((each.setting, each.route) for each in dosed)
    return tuple(
        Course(
            setting=setting,
            route=route,
            sessions=tuple(
                CourseSession(id=each.id, phase=phase_of.get(each.visit))
                for each in dosed
                if (each.setting, each.route) == (setting, route)
            ),
            log=program.log,
        )
        for setting, route in kinds
    )
