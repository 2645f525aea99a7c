"""Side effects as they were reported, the log of them, and what triage makes of one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.card import Card
from ketaprogram.citation import Citation
from ketaprogram.record import Id, Line, Minutes, Pattern, Record, Route, Text
from ketaprogram.rules.model import Determination

__all__ = ["AdverseEvent", "SideEffectLog", "Term", "Tier", "Triage", "Window"]

Tier = Literal["none", "watch", "contact-clinic", "urgent", "emergency"]
"""How soon somebody must answer, least pressing first."""

Seriousness = Literal[
    "death", "life-threatening", "hospitalization", "disability", "congenital-anomaly", "medically-important"
]
TermId = Annotated[str, Pattern("[a-z][a-z-]*"), MaxLen(40)]


@frozen(kw_only=True)
class Window:
    """The minutes from the start of the dose between which an effect is expected, both included."""

    begins: int
    ends: int


@frozen(kw_only=True)
class Term:
    """
    One kind of side effect.

    Args:
        id: Such as ``nausea``.
        label: A plain name.
        meddra: The MedDRA preferred term, as a label only.
        synonyms: What people call it.
        expected: The usual course, in words.
        red_flag: What is not usual, in words.
        windows: The expected window by route; none where the effect has no usual time.
        is_never_expected: Whether it is never expected.
        is_emergency: Whether it is an emergency by its kind.
        is_suicidal: Whether it is suicidal thought or behavior.
        ctcae: The CTCAE term, if there is one.
        grades: What the CTCAE grades say, paraphrased.
        citations: Where this comes from.
    """

    id: str
    label: str
    meddra: str
    synonyms: tuple[str, ...]
    expected: str
    red_flag: str
    windows: dict[str, Window]
    is_never_expected: bool
    is_emergency: bool
    is_suicidal: bool
    ctcae: str | None
    grades: dict[int, str]
    citations: tuple[Citation, ...]


@frozen(kw_only=True, repr=False)
class AdverseEvent(Record):
    """
    A side effect as it was reported. A correction is a new version that points to the one it corrects.

    Args:
        id: Id of this version.
        session: Id of the session after which it was noticed.
        term: Kind of effect.
        reported_at: When it was reported.
        onset_minutes: When it began, in minutes from the start of the dose.
        duration_minutes: How long it lasted; null while it lasts or if it is not known.
        resolved: Whether it has gone; null if it is not known.
        grade: Severity, as a CTCAE grade 1 (mild) to 5 (death); null if it is not known.
        serious: What it led to (ICH E2A); an empty list says none of these, null that nobody asked.
        red_flag: Whether what is described matches the term's red flag; null if nobody looked.
        causality: Relation to the medicine, in a professional's judgement.
        action_taken: What was done with the medicine.
        outcome: What became of it.
        reporter: Who reported it.
        narrative: What was said, in the reporter's words.
        corrects: Id of the version that this one corrects.
    """

    schema: Literal["urn:ketaprogram:schema:adverse-event:1"] = "urn:ketaprogram:schema:adverse-event:1"
    id: Id
    session: Id
    term: TermId
    reported_at: datetime
    onset_minutes: Minutes | None = None
    duration_minutes: Minutes | None = None
    resolved: bool | None = None
    grade: Annotated[int, Ge(1), Le(5)] | None = None
    serious: Annotated[tuple[Seriousness, ...], MaxLen(6)] | None = None
    red_flag: bool | None = None
    causality: Literal["not-related", "unlikely", "possible", "probable", "definite", "unknown"] = "unknown"
    action_taken: Literal["none", "observed-longer", "dose-reduced", "dose-held", "stopped", "unknown"] = "unknown"
    outcome: Literal["recovered", "recovering", "not-recovered", "recovered-with-sequelae", "fatal", "unknown"] = (
        "unknown"
    )
    reporter: Literal["person", "peer-monitor", "nurse", "coach", "clinician", "other"] = "person"
    narrative: Text = ""
    corrects: Id | None = None


@frozen(kw_only=True, repr=False)
class SideEffectLog(Record):
    """
    The side effects of one person's program. It only grows.

    Args:
        events: Every version of every event, in the order in which they were recorded.
    """

    schema: Literal["urn:ketaprogram:schema:side-effect-log:1"] = "urn:ketaprogram:schema:side-effect-log:1"
    events: Annotated[tuple[AdverseEvent, ...], MaxLen(20_000)] = ()

    @property
    def current(self) -> tuple[AdverseEvent, ...]:
        """The latest version of each event."""
        corrected = {each.corrects for each in self.events}
        return tuple(each for each in self.events if each.id not in corrected)


@frozen(kw_only=True, repr=False)
class Triage(Record):
    """
    What triage makes of a side effect. A person acts on it; it closes nothing by itself.

    Args:
        event: Id of the event's version.
        route: Route of the session's dose.
        tier: How soon somebody must answer.
        respond_by: The instant by which somebody must have answered.
        who: The role that must answer.
        card: What to tell that professional.
        determination: The determination behind it.
    """

    event: Id
    route: Route
    tier: Tier
    respond_by: datetime
    who: Line
    card: Card
    determination: Determination
