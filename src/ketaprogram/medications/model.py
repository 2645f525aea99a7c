"""
Medicines that the lists know, and what was found when they were looked up for interactions.

No value here holds what a person or a form called a medicine: a result names the medicine of our own list, or none.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Protocol

from annotated_types import MaxLen, MinLen
from attrs import frozen

from ketaprogram.citation import Citation
from ketaprogram.record import Count, Id, Line, Record, Route, Setting

__all__ = [
    "Edition",
    "Identity",
    "Interaction",
    "InteractionReport",
    "InteractionResult",
    "InteractionSource",
    "LookUpOutcome",
    "Medicine",
    "NamedMedicine",
    "OpenReason",
    "Severity",
]

Severity = Literal["none-known", "monitor", "timing", "caution", "avoid"]
"""What an entry asks for, least first. ``none-known`` says that somebody looked; it is more than having no entry."""

LookUpOutcome = Literal["found", "none-known", "not-checked", "source-expired"]
"""What became of one medicine. Only ``none-known`` says that nothing stands against it, by the sources asked."""

OpenReason = Literal["unknown-name", "no-entry", "other-route", "did-not-run", "expired"]
"""Why a medicine could not be judged."""

Sentence = Annotated[str, MinLen(1), MaxLen(400)]


class NamedMedicine(Protocol):
    """A medicine as a list holds it, such as an intake's ``Medication``: a name, and a code if there is one."""

    @property
    def name(self) -> str:
        """Generic or brand name, as it stands on the label."""

    @property
    def atc(self) -> str | None:
        """The ATC code, if somebody gave one."""


@frozen(kw_only=True)
class Medicine:
    """
    A medicine of our list.

    Args:
        name: Its generic name.
        classes: Words of the fact ``medication.classes``.
        atc: Its ATC codes, where they are certain.
        rxnorm: Its RxNorm concept identifiers, where they are certain.
    """

    name: str
    classes: frozenset[str]
    atc: tuple[str, ...] = ()
    rxnorm: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class Identity(Record):
    """
    What a name and a code say together.

    Args:
        medicines: The medicines they name: none, one, or two if they do not agree, the name's first.
        is_settled: Whether these are all that it can be. A name that no list knows may be anything, and one that goes
            on after a known name may hold a further ingredient, whatever the code beside it says.
    """

    medicines: tuple[Medicine, ...] = ()
    is_settled: bool = False

    @property
    def classes(self) -> frozenset[str]:
        """Every class that name or code proves; there may be more unless it is settled."""
        return frozenset(word for each in self.medicines for word in each.classes)

    @property
    def disagrees(self) -> bool:
        """Whether name and code are of medicines of different classes."""
        return len({each.classes for each in self.medicines}) > 1


@frozen(kw_only=True, repr=False)
class Interaction(Record):
    """
    What one source says about a medicine, or a class, together with ketamine or esketamine.

    Args:
        id: Id of the entry.
        severity: What it asks for.
        routes: The routes of the ketamine dose for which it matters.
        settings: Where it matters.
        meaning: What it means, in one sentence.
        action: An option for the professional. It asks the prescriber, and tells nobody to end a medicine.
        citations: Where it comes from.
        home: What is proposed for sessions at home, if anything is.
        home_citations: Where that comes from; DEFAULT is a proposal.
        medicines: The medicines that it names, by generic name.
        classes: The classes that it is about.
    """

    id: Id
    severity: Severity
    routes: Annotated[tuple[Route, ...], MinLen(1), MaxLen(10)]
    settings: Annotated[tuple[Setting, ...], MinLen(1), MaxLen(10)]
    meaning: Sentence
    action: Sentence
    citations: Annotated[tuple[Citation, ...], MinLen(1), MaxLen(20)]
    home: Sentence | None = None
    home_citations: Annotated[tuple[Citation, ...], MaxLen(20)] = ()
    medicines: Annotated[tuple[Line, ...], MaxLen(200)] = ()
    classes: Annotated[tuple[Line, ...], MaxLen(50)] = ()


class InteractionSource(Protocol):
    """
    A database of interactions that a clinic uses beside ours: its name, its last day, and one method.

    Example:
        >>> class Formulary:
        ...     name = "our formulary"
        ...     expires_on = date(2027, 1, 31)
        ...     def look_up(self, medicine: str, route: Route) -> tuple[Interaction, ...] | None:
        ...         return None
    """

    @property
    def name(self) -> str:
        """What the report calls it."""

    @property
    def expires_on(self) -> date:
        """The last day on which its answers count."""

    def look_up(self, medicine: str, route: Route) -> tuple[Interaction, ...] | None:
        """
        Its entries on a medicine, by our generic name.

        Returns:
            What it knows, each with its routes. An empty answer is no entry and proves nothing: a database that looked
            and knows of none says so by an entry of severity ``none-known``. None if it did not answer.

        Raises:
            LookupError, OSError: It could not be asked; a timeout is an OSError. The check counts as not run.
        """


@frozen(kw_only=True, repr=False)
class Edition(Record):
    """
    A collection of interactions that was asked.

    Args:
        name: Its name.
        version: Its version; null if it has none.
        expires_on: The last day on which its answers count.
        citations: Where that day comes from; DEFAULT is a proposal.
    """

    name: Line
    version: Line | None = None
    expires_on: date
    citations: Annotated[tuple[Citation, ...], MaxLen(20)] = ()


@frozen(kw_only=True, repr=False)
class InteractionResult(Record):
    """
    What was found for one entry of the list.

    Args:
        position: Where the entry stands in the list, from 0.
        medicine: Generic name of the medicine of our list; null if no list knows the entry.
        coded_as: Generic name of the medicine that the entry's code names, if it is another; it was looked up too.
        outcome: What became of it.
        reason: Why it could not be judged; null if it could.
        interactions: What matters for the route, entries that name the medicine first. Shown whatever the outcome is.
        elsewhere: What matters for other routes only.
    """

    position: Count
    medicine: Line | None = None
    coded_as: Line | None = None
    outcome: LookUpOutcome
    reason: OpenReason | None = None
    interactions: Annotated[tuple[Interaction, ...], MaxLen(200)] = ()
    elsewhere: Annotated[tuple[Interaction, ...], MaxLen(200)] = ()

    @property
    def is_open(self) -> bool:
        """Whether the entry could not be judged, so that somebody has to look it up."""
        return self.reason is not None


@frozen(kw_only=True, repr=False)
class InteractionReport(Record):
    """
    A list of medicines, looked up for one route of ketamine on one day.

    Args:
        catalogue: Our collection of interactions.
        external: The database that was asked beside it; null if none was.
        route: Route of the ketamine dose.
        on: The day for which it was looked up.
        list_is_complete: Whether the list was reconciled; otherwise more medicines may be taken than stand in it.
        results: One per entry, in the order of the list.
    """

    schema: Literal["urn:ketaprogram:schema:interaction-report:1"] = "urn:ketaprogram:schema:interaction-report:1"
    catalogue: Edition
    external: Edition | None = None
    route: Route
    on: date
    list_is_complete: bool = False
    results: Annotated[tuple[InteractionResult, ...], MaxLen(1000)] = ()

    @property
    def is_clear(self) -> bool:
        """Whether the list is complete and a source that still counts knows of nothing for every entry."""
        return self.list_is_complete and all(each.outcome == "none-known" for each in self.results)

    @property
    def open_positions(self) -> tuple[int, ...]:
        """The positions of the entries that could not be judged."""
        return tuple(each.position for each in self.results if each.is_open)
