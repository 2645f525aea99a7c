"""Public holidays, from the library of that name. The only importer of the extra ``holidays``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from ketaprogram.errors import UnknownItemError
from ketaprogram.issues import shown
from ketaprogram.schedule.model import DayOpenings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ketaprogram.schedule.model import Availability

__all__ = ["closed_on_holidays"]


def closed_on_holidays(
    availability: Availability, country: str, region: str | None = None, *, years: Iterable[int]
) -> Availability:
    """
    Somebody who is not available on public holidays.

    Args:
        availability: When they are available otherwise. A date that is among its exceptions already stays as it is.
        country: Two letters of ISO 3166-1.
        region: Code of a state or region there, such as CO; without one only the holidays of the whole country count.
        years: The years to look up.

    Raises:
        UnknownItemError: The library knows no such country or region.
        ImportError: The extra ``holidays`` is not installed.

    Example:
        >>> from ketaprogram.schedule import always
        >>> closed = closed_on_holidays(always("clinic", "America/Denver"), "US", "CO", years=[2027])
        >>> closed.exceptions[0].why
        "New Year's Day"
    """
    import holidays  # noqa: PLC0415  # an extra, and slow to import

    try:
        found = holidays.country_holidays(country, subdiv=region, years=sorted(years))
    except NotImplementedError:
        message = f"no public holidays are known for {shown(country)}{f', {shown(region)}' if region else ''}"
        raise UnknownItemError(message) from None
    known = {each.on for each in availability.exceptions}
    closed = [DayOpenings(on=day, why=name[:200]) for day, name in sorted(found.items()) if day not in known]
    return attrs.evolve(availability, exceptions=(*availability.exceptions, *closed))
