"""Integration prompts, the library that holds them, and what is chosen for one person on one day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram.card import Card
from ketaprogram.citation import Citation
from ketaprogram.record import Count, Days, Id, Indication, Line, NonNegative, Pattern, Record, Setting, Text
from ketaprogram.wording.model import Direction, LanguageTag

__all__ = [
    "AgendaTheme",
    "ChosenPrompt",
    "CoachAgenda",
    "Contact",
    "ContactWhen",
    "Intensity",
    "Kind",
    "Offered",
    "Phase",
    "Prompt",
    "PromptLibrary",
    "PromptRequest",
    "PromptSet",
    "PromptsOfDay",
    "Rhythm",
    "Settings",
    "State",
    "Theme",
]

Kind = Literal[
    "journal",
    "reflection",
    "mindfulness",
    "coaching-question",
    "small-action",
    "values",
    "self-kindness",
    "sharing",
    "preparation",
    "intention",
]
"""What a prompt asks the person to do."""

Phase = Literal["preparation", "integration", "maintenance"]

Theme = Literal[
    "worry",
    "fear",
    "social",
    "mood",
    "trauma-sensitive",
    "body",
    "sleep",
    "relationships",
    "meaning",
    "habits",
    "coping",
    "self-worth",
]
"""What a prompt is about. A prompt that is ``trauma-sensitive`` steadies; none asks what happened."""

Intensity = Literal["gentle", "steady", "deep"]
"""How deep a prompt goes, least first."""

State = Literal["unknown", "steady", "hard-day", "fresh-trauma", "distress-high", "mania-signs", "risk"]
"""How the person is, as somebody who knows judged it. ``unknown`` is nobody asked."""

Contact = Literal["crisis", "team"]
"""Who speaks with the person instead: somebody at once, or the team soon."""

PromptId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(60)]
Day = Annotated[int, Ge(-365), Le(3650)]


@frozen(kw_only=True)
class Prompt:
    """
    One prompt of a library.

    Args:
        id: Stable id.
        text: What the person reads, in English.
        kind: What it asks the person to do.
        phase: The phase that it is for.
        from_day: First day, counted from the session, on which it may be chosen.
        to_day: Last day on which it may be chosen.
        themes: What it is about.
        indications: The main problems that it is for; empty fits everybody.
        intensity: How deep it goes.
        avoid_when: The states in which it is never chosen.
        follow_ups: Ids of the prompts that may follow it.
        needs_intention: Whether it asks about the person's intention, so that it needs one.
        reading_grade: School grade of its English text, as its author measured it.
        review: Whether a clinician reviewed it.
        reviewer: Who did; needed once it is reviewed.
        reviewed_on: When; needed once it is reviewed.
    """

    id: PromptId
    text: Annotated[str, MinLen(1), MaxLen(400)]
    kind: Kind
    phase: Phase
    from_day: Day
    to_day: Day
    themes: Annotated[frozenset[Theme], MinLen(1), MaxLen(12)]
    indications: Annotated[frozenset[Indication], MaxLen(10)] = frozenset()
    intensity: Intensity
    avoid_when: Annotated[frozenset[State], MaxLen(10)] = frozenset()
    follow_ups: Annotated[tuple[PromptId, ...], MaxLen(10)] = ()
    needs_intention: bool = False
    reading_grade: NonNegative
    review: Literal["unreviewed", "reviewed"] = "unreviewed"
    reviewer: Line | None = None
    reviewed_on: date | None = None


@frozen(kw_only=True)
class PromptsOfDay:
    """
    A day of a rhythm.

    Args:
        day: Days since the session; below 0 is before it.
        count: How many prompts.
    """

    day: Day
    count: Annotated[int, Ge(1), Le(20)]


@frozen(kw_only=True)
class Rhythm:
    """
    On which days a phase offers prompts.

    Args:
        phase: The phase.
        days: Its days.
        then_every_days: After the last of them, every so many days with as many prompts; null if it ends there.
    """

    phase: Phase
    days: Annotated[tuple[PromptsOfDay, ...], MinLen(1), MaxLen(50)]
    then_every_days: Annotated[int, Ge(1), Le(366)] | None = None


@frozen(kw_only=True)
class ContactWhen:
    """
    A state in which a person gets in touch instead.

    Args:
        state: The state.
        contact: How urgently.
    """

    state: State
    contact: Contact


@frozen(kw_only=True)
class Settings:
    """
    How prompts are chosen. A library may add to the lists that protect, never take from them.

    Args:
        action_kinds: The kinds that ask for an act.
        reflective_kinds: The kinds that look back; an act follows one of them.
        action_from_day: From this day on, both may stand in one set.
        no_repeat_days: For so many days no prompt comes again.
        contact_when: The states in which a person gets in touch instead.
        contact_within_hours: How soon the team speaks with a person after a session.
        gentle_when: The states in which only gentle prompts are chosen.
        deep_needs_therapist: The main problems for which a deep prompt needs a therapist present.
        rhythms: On which days prompts are offered.
        citations: What the settings rest on.
    """

    action_kinds: Annotated[frozenset[Kind], MaxLen(10)]
    reflective_kinds: Annotated[frozenset[Kind], MinLen(1), MaxLen(10)]
    action_from_day: Days
    no_repeat_days: Days
    contact_when: Annotated[tuple[ContactWhen, ...], MaxLen(10)]
    contact_within_hours: Annotated[int, Ge(1), Le(720)]
    gentle_when: Annotated[frozenset[State], MaxLen(10)]
    deep_needs_therapist: Annotated[frozenset[Indication], MaxLen(10)]
    rhythms: Annotated[tuple[Rhythm, ...], MinLen(1), MaxLen(3)]
    citations: Annotated[tuple[Citation, ...], MinLen(1), MaxLen(20)]


@frozen(kw_only=True)
class PromptLibrary:
    """
    A library of prompts, ours or a clinic's.

    Args:
        id: Its id.
        version: Its version.
        settings: How prompts are chosen.
        prompts: The prompts.
    """

    schema: Literal["urn:ketaprogram:schema:prompt-library:1"] = "urn:ketaprogram:schema:prompt-library:1"
    id: Id
    version: Line
    settings: Settings
    prompts: Annotated[tuple[Prompt, ...], MinLen(1), MaxLen(5000)]


@frozen(kw_only=True)
class Offered:
    """
    A prompt that was offered before.

    Args:
        prompt: Its id.
        day: The day, counted from the session of the question; below 0 is before it.
    """

    prompt: PromptId
    day: Annotated[int, Ge(-36_525), Le(36_525)]


@frozen(kw_only=True, repr=False)
class PromptRequest(Record):
    """
    What a choice of prompts depends on.

    Args:
        session: Id of the session that the day is counted from.
        day: Days since the session on the person's own calendar; below 0 is before it.
        phase: The phase of the program.
        intention: The person's own words; they stand beside a prompt that asks about them, and are never read.
        themes: What the person works on; prompts about these come first.
        indications: The person's main problem and those beside it; null if nobody knows.
        therapist_present: Whether a therapist is with the person as the prompts are read.
        states: How the person is, as somebody who knows judged it; none is nobody asked.
        risk: What was found in the person's own words: crisis, team or nothing.
        history: The prompts that were offered before, those of earlier sessions too.
        setting: Where sessions take place, for the statement below the prompts; null if nobody knows.
        crisis_lines: The lines of the person's own country, in one sentence; null if the country is not known.
        locale: BCP 47 tag; what is not translated stands in English and says so.
        count: How many prompts, at most; null is as many as the rhythm says for that day.
        seed: Another number gives another choice among equals.
    """

    schema: Literal["urn:ketaprogram:schema:prompt-request:1"] = "urn:ketaprogram:schema:prompt-request:1"
    session: Id
    day: Day
    phase: Phase
    intention: Text | None = None
    themes: Annotated[frozenset[Theme], MaxLen(12)] = frozenset()
    indications: Annotated[frozenset[Indication], MaxLen(10)] | None = None
    therapist_present: bool = False
    states: Annotated[frozenset[State], MaxLen(10)] = frozenset()
    risk: Contact | None = None
    history: Annotated[tuple[Offered, ...], MaxLen(10_000)] = ()
    setting: Setting | None = None
    crisis_lines: Annotated[str, MinLen(1), MaxLen(1000)] | None = None
    locale: LanguageTag = "en"
    count: Annotated[int, Ge(0), Le(50)] | None = None
    seed: Count = 0

    @property
    def has_intention(self) -> bool:
        """Whether there are words to stand beside a prompt."""
        return bool(self.intention and self.intention.strip())


@frozen(kw_only=True, repr=False)
class ChosenPrompt(Record):
    """
    A prompt and why it was chosen.

    Args:
        id: Id of the prompt.
        text: What the person reads.
        language: The language that the text is in; another than was asked for where a translation is missing.
        kind: What it asks the person to do.
        intensity: How deep it goes.
        asks_about_intention: Whether the person's own words belong beside it.
        why: Why this one, for the professional.
    """

    id: PromptId
    text: Annotated[str, MinLen(1), MaxLen(800)]
    language: LanguageTag
    kind: Kind
    intensity: Intensity
    asks_about_intention: bool = False
    why: Annotated[tuple[Line, ...], MinLen(1), MaxLen(20)]


@frozen(kw_only=True, repr=False)
class PromptSet(Record):
    """
    The prompts for one day, or the word that a person will get in touch.

    Args:
        session: Id of the session that the day is counted from.
        day: Days since the session; below 0 is before it.
        phase: The phase of the program.
        library: Id and version of the library that was asked.
        locale: The language that was asked for.
        direction: Direction of writing of the language of `heading`.
        heading: Which day it is, for the person.
        prompts: In the order in which they should be offered.
        intention: The person's own words, to stand beside a prompt that asks about them; never interpreted.
        contact: Who speaks with the person instead; then there is no prompt.
        message: What the person reads where there is no prompt.
        card: For the professional who gets in touch.
        statement: What belongs under every text that a person takes home.
        note: What the professional should know about this choice.
    """

    schema: Literal["urn:ketaprogram:schema:prompt-set:1"] = "urn:ketaprogram:schema:prompt-set:1"
    session: Id
    day: Day
    phase: Phase
    library: Line
    locale: LanguageTag
    direction: Direction
    heading: Line
    prompts: Annotated[tuple[ChosenPrompt, ...], MaxLen(50)] = ()
    intention: Text | None = None
    contact: Contact | None = None
    message: Text | None = None
    card: Card | None = None
    statement: Text
    note: Line | None = None


@frozen(kw_only=True, repr=False)
class AgendaTheme(Record):
    """
    A theme for a meeting with the coach.

    Args:
        theme: The theme.
        times: How often it came up in the journal.
        questions: Open questions that the coach may ask.
        steps: Small steps that the person may choose from.
    """

    theme: Theme
    times: Count
    questions: Annotated[tuple[ChosenPrompt, ...], MaxLen(10)] = ()
    steps: Annotated[tuple[ChosenPrompt, ...], MaxLen(10)] = ()


@frozen(kw_only=True, repr=False)
class CoachAgenda(Record):
    """
    What a coach may bring to a meeting after a session. Options only: the person leads.

    Args:
        session: Id of the session.
        day: Days since the session.
        library: Id and version of the library that was asked.
        themes: The themes, those that came up most first.
        reminders: What the coach keeps in mind.
        contact: Who speaks with the person first; then there is no agenda.
        card: For the professional who gets in touch.
        citations: What the reminders rest on.
    """

    schema: Literal["urn:ketaprogram:schema:coach-agenda:1"] = "urn:ketaprogram:schema:coach-agenda:1"
    session: Id
    day: Day
    library: Line
    themes: Annotated[tuple[AgendaTheme, ...], MaxLen(12)] = ()
    reminders: Annotated[tuple[Line, ...], MaxLen(20)] = ()
    contact: Contact | None = None
    card: Card | None = None
    citations: Annotated[tuple[Citation, ...], MaxLen(20)] = ()
