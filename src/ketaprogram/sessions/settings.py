"""Times that a rulebook of the day sets for the steps of a session, which no answer of it can shorten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.quantity import Quantity
from ketaprogram.rules import load_rulebook

if TYPE_CHECKING:
    from ketaprogram.record import Route
    from ketaprogram.rules.model import Rulebook

__all__ = ["least_minutes", "minutes_of"]


def minutes_of(rulebook: Rulebook, parameter: str, otherwise: str) -> int:
    """
    A time that a rulebook sets, in minutes; a part of a minute is left off.

    Args:
        rulebook: The rulebook, which may be a clinic's own.
        parameter: Id of the parameter.
        otherwise: Name of our rulebook whose number counts where this one has none.

    Example:
        >>> from ketaprogram.rules import load_rulebook
        >>> minutes_of(load_rulebook("candidacy-home"), "repeat-after-minutes", "readiness")
        10
    """
    found = {each.id: each for each in (*load_rulebook(otherwise).parameters, *rulebook.parameters)}[parameter]
    return int(Quantity(found.value, found.unit).to("min").value)


def least_minutes(rulebook: Rulebook, route: Route) -> int:
    """
    The least time between dose and discharge in minutes; that of the esketamine label where the route is its spray.

    Example:
        >>> from ketaprogram.rules import load_rulebook
        >>> least_minutes(load_rulebook("discharge-home"), "sublingual")
        240
    """
    if route == "intranasal":
        return minutes_of(rulebook, "esketamine-minimum-minutes", "discharge-clinic")
    return minutes_of(rulebook, "minimum-minutes", f"discharge-{rulebook.setting or 'clinic'}")
