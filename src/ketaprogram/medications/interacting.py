"""
Interactions of a list of medicines with ketamine, by the route of the dose.

That nothing was found is no answer. A name that no list knows, a medicine without an entry, a database that did not
answer and a collection past its end are outcomes of their own, and none of them says that nothing stands against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from attrs import frozen

from ketaprogram.medications.catalogue import catalogue
from ketaprogram.medications.model import Edition, InteractionReport, InteractionResult, Severity
from ketaprogram.medications.naming import identify

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ketaprogram.medications.model import (
        Identity,
        Interaction,
        InteractionSource,
        LookUpOutcome,
        Medicine,
        NamedMedicine,
        OpenReason,
    )
    from ketaprogram.record import Route

__all__ = ["check_interactions"]


def check_interactions(
    medications: Iterable[str | NamedMedicine],
    *,
    route: Route,
    on: date,
    list_is_complete: bool = False,
    external: InteractionSource | None = None,
) -> InteractionReport:
    """
    Look a list of medicines up for interactions with ketamine.

    Args:
        medications: Names as they stand on the labels, or whatever has a ``name`` and an ``atc`` code, such as the
            entries of an intake's list.
        route: Route of the ketamine dose; intranasal means esketamine spray.
        on: The day of the question on the person's calendar; a source past its last day no longer counts.
        list_is_complete: Whether somebody reconciled the list, and not too long ago.
        external: A further database. It is asked by our generic names and never sees what the list calls a medicine.

    Returns:
        One result per entry, in order. What matters for other routes only is kept beside what matters for this one.

    Unknowns:
        ``not-checked`` if no list knows the name, no entry speaks of the medicine or of this route, or the database did
        not answer. ``none-known`` only where an entry says that none is known, of the medicine or of all its classes.

    Source:
        The entries ``ix.*`` of the clinical reference, in ``interactions.toml``.

    Example:
        >>> from datetime import date
        >>> report = check_interactions(["Xanax 1 mg", "lithium", "kale"], route="oral", on=date(2026, 11, 26))
        >>> [(each.medicine, each.outcome) for each in report.results]
        [('alprazolam', 'found'), ('lithium', 'none-known'), (None, 'not-checked')]
    """
    ours = catalogue().edition
    theirs = None if external is None else Edition(name=external.name, expires_on=external.expires_on)
    is_expired = any(each.expires_on < on for each in (ours, theirs) if each is not None)
    return InteractionReport(
        catalogue=ours,
        external=theirs,
        route=route,
        on=on,
        list_is_complete=list_is_complete,
        results=tuple(
            _result(position, _identity(each), route, external, is_expired=is_expired)
            for position, each in enumerate(medications)
        ),
    )


@frozen(kw_only=True)
class _Answer:
    """What the sources say about one medicine; `ran` is False if one of them could not be asked."""

    medicine: Medicine
    named: tuple[Interaction, ...]
    by_class: tuple[Interaction, ...]
    ran: bool = True

    @property
    def entries(self) -> tuple[Interaction, ...]:
        """All of them, those that name the medicine first."""
        return (*self.named, *self.by_class)

    def says_none_known(self, route: Route) -> bool:
        """Whether an entry for the route says so of the medicine itself, or of every class that it belongs to."""
        if any(_is_none_known(each, route) for each in self.named):
            return True
        classes = {word for each in self.by_class if _is_none_known(each, route) for word in each.classes}
        return self.medicine.classes <= classes


def _result(
    position: int, identity: Identity, route: Route, external: InteractionSource | None, *, is_expired: bool
) -> InteractionResult:
    answers = [_ask(medicine, route, external) for medicine in identity.medicines]
    entries = dict.fromkeys(entry for answer in answers for entry in answer.entries)
    here = tuple(each for each in entries if route in each.routes)
    elsewhere = tuple(each for each in entries if route not in each.routes)
    outcome, reason = _judged(identity, answers, here, elsewhere, route)
    names = [each.name for each in identity.medicines]
    return InteractionResult(
        position=position,
        medicine=names[0] if names else None,
        coded_as=names[1] if len(names) > 1 else None,
        outcome="source-expired" if is_expired else outcome,
        reason="expired" if is_expired else reason,
        interactions=here,
        elsewhere=elsewhere,
    )


def _judged(
    identity: Identity,
    answers: list[_Answer],
    here: tuple[Interaction, ...],
    elsewhere: tuple[Interaction, ...],
    route: Route,
) -> tuple[LookUpOutcome, OpenReason | None]:
    """The outcome while every source still counts. What stays open goes before what was found: more may be there."""
    if not identity.is_settled:
        return "not-checked", "unknown-name"
    if not all(each.ran for each in answers):
        return "not-checked", "did-not-run"
    if any(each.severity != "none-known" for each in here):
        return "found", None
    if all(each.says_none_known(route) for each in answers):
        return "none-known", None
    return "not-checked", "other-route" if elsewhere and not here else "no-entry"


def _ask(medicine: Medicine, route: Route, external: InteractionSource | None) -> _Answer:
    ours = sorted(catalogue().interactions, key=lambda each: -_RANK.index(each.severity))
    theirs = () if external is None else _look_up(medicine, route, external)
    return _Answer(
        medicine=medicine,
        named=(*(each for each in ours if medicine.name in each.medicines), *(theirs or ())),
        by_class=tuple(
            each
            for each in ours
            if medicine.name not in each.medicines and not medicine.classes.isdisjoint(each.classes)
        ),
        ran=theirs is not None,
    )


def _look_up(medicine: Medicine, route: Route, external: InteractionSource) -> tuple[Interaction, ...] | None:
    try:
        return external.look_up(medicine.name, route)
    except (LookupError, OSError):  # not to be reached, or it does not know the name; any other fault is its author's
        return None


def _is_none_known(entry: Interaction, route: Route) -> bool:
    return entry.severity == "none-known" and route in entry.routes


def _identity(entry: str | NamedMedicine) -> Identity:
    return identify(entry) if isinstance(entry, str) else identify(entry.name, entry.atc)


_RANK = get_args(Severity)
