"""
Questionnaires as data, the answers to them, and what they add up to.

An `Instrument` is knowledge: one form of a questionnaire with everything that scoring needs. `Responses`, `Score`,
`Change`, `Trend` and the values of the crisis path are about a person.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from attrs import frozen

from ketaprogram.card import Card
from ketaprogram.citation import Citation
from ketaprogram.facts.model import AbsentReason
from ketaprogram.record import Count, Country, Digest, Line, NonNegative, Pattern, Record, Route, ZoneName

__all__ = [
    "Acknowledgement",
    "Alert",
    "Band",
    "Change",
    "ChangeRule",
    "CohortOutcomes",
    "Cutoff",
    "EffectWindow",
    "GroupDifference",
    "Instrument",
    "Item",
    "ItemResponse",
    "Missing",
    "Norm",
    "Proportion",
    "Reading",
    "Responses",
    "RiskRule",
    "RuleAnswer",
    "Scale",
    "ScaleScore",
    "Score",
    "ScoreFinding",
    "SelfHarm",
    "SessionMark",
    "SideEffectMark",
    "SymptomCount",
    "Timeline",
    "Trend",
    "TrendPoint",
]

InstrumentId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(40)]
FormId = Annotated[str, Pattern("[a-z0-9][a-z0-9-]*"), MaxLen(40)]
ItemId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(40)]
RuleId = Annotated[str, Pattern("[a-z][a-z0-9-]*"), MaxLen(40)]
Points = Annotated[int, Ge(-1000), Le(1000)]
Hours = Annotated[int, Ge(0), Le(876_600)]

Rater = Literal["person", "clinician"]
"""Who rates the answers: the person, or a clinician who interviews."""

Word = Literal["true", "false", "unknown", "not-defined"]
"""An answer by a rule; ``not-defined`` where the instrument has no such rule."""

Risk = Literal["none", "low", "moderate", "high"]
"""Suicide risk by a screener, least first."""

ChangeKind = Literal["response", "partial-response", "remission", "important", "reliable", "recovery"]

Tier = Literal["review", "urgent", "emergency"]
"""How soon a professional must act, least pressing first."""

Reason = Literal["risk-low", "item-unanswered", "risk-open", "risk-moderate", "item-positive", "risk-high"]
"""What opened the crisis path."""

Action = Literal["assessed-in-person", "assessed-by-phone", "emergency-services-called", "handed-over", "not-reached"]
"""What a human did about an alert."""

Standing = Literal[
    "not-defined", "no-baseline", "no-follow-up", "unknown", "holding", "fading", "not-improved", "relapsed", "worse"
]
"""Where an improvement stands; see `ketaprogram.outcomes.trending.trend`."""


MissingReason = Literal["no-baseline", "no-follow-up", "latest-incomplete", "not-decidable", "not-defined"]
"""Why a person has no outcome."""


# ----------------------------------------------------------------------------------------------------- knowledge


@frozen(kw_only=True)
class Item:
    """
    One item of a questionnaire.

    Args:
        id: Such as ``phq9-1``.
        text: Its wording, where the licence allows it.
        answers: The words of its answers, where they differ from the instrument's.
        loinc: Its LOINC code, where that is certain.
        scored: Whether it counts towards the total.
        required: Whether there is no total without it.
        asked_if: The item that must be answered above its least for this one to be asked.
    """

    id: str
    text: str | None = None
    answers: tuple[str, ...] = ()
    loinc: str | None = None
    scored: bool = True
    required: bool = True
    asked_if: str | None = None


@frozen(kw_only=True)
class Scale:
    """A subscale, cluster or domain: the sum of its items, or the highest of them."""

    id: str
    rule: Literal["sum", "highest"]
    items: tuple[str, ...]


@frozen(kw_only=True)
class Band:
    """A band of severity, both ends included."""

    label: str
    low: int
    high: int


@frozen(kw_only=True)
class Cutoff:
    """
    A limit on the total.

    Args:
        id: Such as ``screen-positive``.
        meaning: What it says, in words.
        at_least: True from this total.
        open_from: From this total up to below `at_least` the sources leave it open.
        at_most: True up to this total, where less is worse.
        citation: Where it comes from.
    """

    id: str
    meaning: str
    at_least: int | None = None
    open_from: int | None = None
    at_most: int | None = None
    citation: Citation


@frozen(kw_only=True)
class SymptomCount:
    """Enough items of each scale answered at least so high."""

    id: str
    meaning: str
    item_at_least: int
    need: dict[str, int]
    citation: Citation


@frozen(kw_only=True)
class RiskRule:
    """A level of risk, reached by a yes to any of the items."""

    level: Risk
    any: tuple[str, ...]
    citation: Citation


@frozen(kw_only=True)
class SelfHarm:
    """The item that opens the crisis path from this answer on."""

    item: str
    at_least: int
    citation: Citation


@frozen(kw_only=True)
class ChangeRule:
    """
    What counts as a change of one kind by one source. Gains are towards the better, whichever way that is.

    Args:
        kind: Kind of change.
        headline: Whether this is the rule by which the kind is answered; the others stand beside it.
        gain_points_at_least: The gain in points, included.
        gain_percent_at_least: The gain in percent of the baseline, included.
        gain_percent_above: The gain in percent of the baseline, not included.
        total_at_most: The latest total is at most so high.
        from_at_least: The baseline was at least so high.
        standard_deviation: Standard deviation at the baseline, for the reliable change index.
        reliability: Reliability of the instrument, for the same.
        reliability_kind: Which reliability that is.
        citation: Where it comes from.
    """

    kind: ChangeKind
    headline: bool = False
    gain_points_at_least: Decimal | None = None
    gain_percent_at_least: Decimal | None = None
    gain_percent_above: Decimal | None = None
    total_at_most: int | None = None
    from_at_least: int | None = None
    standard_deviation: Decimal | None = None
    reliability: Decimal | None = None
    reliability_kind: Literal["test-retest", "alpha"] | None = None
    citation: Citation


@frozen(kw_only=True)
class Norm:
    """Mean and standard deviation of a population."""

    population: Literal["clinical", "functional"]
    mean: Decimal
    standard_deviation: Decimal
    citation: Citation


@frozen(kw_only=True)
class GroupDifference:
    """A difference that matters between groups, least and greatest; never used on one person."""

    points: tuple[Decimal, Decimal]
    citation: Citation


@frozen(kw_only=True, eq=False)
class Instrument:
    """
    One form of a questionnaire, with its published scoring. The catalogue holds each one once; it equals itself alone.

    Args:
        id: Such as ``phq-9``.
        form: Which form of it.
        forms: Every form, this one among them.
        default_form: The form that is meant where none is named; None where it must be named.
        title: Its name.
        stem: The question above the items, where the licence allows it.
        recall_days: The days that it asks about, if the form says.
        raters: Who may rate it.
        direction: Whether more is worse.
        lowest: The least answer to an item.
        highest: The greatest answer to an item.
        answers: The words of the answers, the least first, where the licence allows it.
        answers_loinc: LOINC codes of the answers.
        items: The items, in the order of the form.
        reversed: Items that count the other way round.
        alternatives: Pairs of which the form asks for one.
        scales: Subscales, clusters or domains.
        total_from: What the total adds up: items, scales, or nothing where there is no total.
        multiplier: The sum is multiplied by this.
        lowest_total: The least total.
        highest_total: The greatest total.
        bands: Bands of severity, the mildest first.
        bands_official: Whether the bands are the author's.
        cutoffs: Limits on the total.
        symptom_counts: Rules over how many symptoms of each scale there are.
        risks: Levels of suicide risk, the most severe first.
        self_harm: The item that opens the crisis path.
        change_rules: What counts as a change, by source.
        norms: Means and standard deviations of populations.
        group_differences: Differences that matter between groups only.
        licence: Terms of use.
        ship_item_text: Whether wording may be shipped.
        sources: Where the scoring comes from.
        bands_citation: Where the bands come from.
        loinc_panel: LOINC code of the form.
        loinc_total: LOINC code of the total.
    """

    id: str
    form: str
    forms: tuple[str, ...]
    default_form: str | None
    title: str
    stem: str | None = None
    recall_days: int | None = None
    raters: tuple[Rater, ...]
    direction: Literal["higher-worse", "higher-better"]
    lowest: int
    highest: int
    answers: tuple[str, ...] = ()
    answers_loinc: tuple[str, ...] = ()
    items: tuple[Item, ...]
    reversed: frozenset[str] = frozenset()
    alternatives: tuple[tuple[str, str], ...] = ()
    scales: tuple[Scale, ...] = ()
    total_from: Literal["items", "scales", "nothing"] = "items"
    multiplier: int = 1
    lowest_total: int | None = None
    highest_total: int | None = None
    bands: tuple[Band, ...] = ()
    bands_official: bool = True
    cutoffs: tuple[Cutoff, ...] = ()
    symptom_counts: tuple[SymptomCount, ...] = ()
    risks: tuple[RiskRule, ...] = ()
    self_harm: SelfHarm | None = None
    change_rules: tuple[ChangeRule, ...] = ()
    norms: tuple[Norm, ...] = ()
    group_differences: tuple[GroupDifference, ...] = ()
    licence: str
    ship_item_text: bool
    sources: tuple[Citation, ...]
    bands_citation: Citation | None = None
    loinc_panel: str | None = None
    loinc_total: str | None = None


# ------------------------------------------------------------------------------------------------- answers, score


@frozen(kw_only=True, repr=False)
class ItemResponse(Record):
    """
    The answer to one item, or why there is none.

    Args:
        item: Id of the item.
        value: The number of the answer as it stands on the form; 0 is an answer.
        absent: Why there is no answer.
    """

    item: ItemId
    value: Annotated[int, Ge(0), Le(100)] | None = None
    absent: AbsentReason | None = None


@frozen(kw_only=True, repr=False)
class Responses(Record):
    """
    A questionnaire as it was filled in.

    Args:
        instrument: Id of the questionnaire.
        form: Which form of it; needed where the questionnaire has several and none is the default.
        answered_at: When.
        rated_by: Who rated the answers; needed where only a clinician may.
        answers: One entry per item that was asked.
    """

    schema: Literal["urn:ketaprogram:schema:responses:1"] = "urn:ketaprogram:schema:responses:1"
    instrument: InstrumentId
    form: FormId | None = None
    answered_at: datetime
    rated_by: Rater | None = None
    answers: Annotated[tuple[ItemResponse, ...], MaxLen(200)]


@frozen(kw_only=True, repr=False)
class ScaleScore(Record):
    """
    What a subscale, cluster or domain adds up to.

    Args:
        id: Id of the scale.
        value: Its score; null while an item of it is missing.
    """

    id: RuleId
    value: Count | None = None


@frozen(kw_only=True, repr=False)
class ScoreFinding(Record):
    """
    What a cut-off or a rule over symptoms says.

    Args:
        id: Id of the cut-off or rule.
        answer: true, false, or unknown where missing items could decide it or the sources leave it open.
    """

    id: RuleId
    answer: Word


@frozen(kw_only=True, repr=False)
class Score(Record):
    """
    What a questionnaire adds up to.

    Args:
        instrument: Id of the questionnaire.
        form: Which form of it.
        answered_at: When it was filled in.
        value: The total; null while an item is missing, and where the questionnaire has no total.
        at_least: The least that the total can be, whatever the missing items say.
        at_most: The greatest that it can be.
        band: The band of the total.
        scales: Subscales, clusters or domains.
        findings: What the cut-offs say.
        risk_at_least: The least suicide risk that the answers prove; null where the questionnaire does not ask.
        risk_at_most: The greatest risk that they leave open; the same once every question is answered.
        missing: Ids of the items without an answer.
        self_harm: What the self-harm item says.
        citations: Where the scoring comes from.
    """

    schema: Literal["urn:ketaprogram:schema:score:1"] = "urn:ketaprogram:schema:score:1"
    instrument: InstrumentId
    form: FormId
    answered_at: datetime
    value: Count | None = None
    at_least: Count | None = None
    at_most: Count | None = None
    band: Line | None = None
    scales: Annotated[tuple[ScaleScore, ...], MaxLen(50)] = ()
    findings: Annotated[tuple[ScoreFinding, ...], MaxLen(50)] = ()
    risk_at_least: Risk | None = None
    risk_at_most: Risk | None = None
    missing: Annotated[tuple[ItemId, ...], MaxLen(200)] = ()
    self_harm: Literal["positive", "negative", "unanswered", "not-asked-by-instrument"]
    citations: tuple[Citation, ...] = ()


# ---------------------------------------------------------------------------------------------------- crisis path


@frozen(kw_only=True, repr=False)
class Alert(Record):
    """
    The crisis path, opened. It stays open until a human has acknowledged it.

    Args:
        instrument: Id of the questionnaire that opened it.
        answered_at: When that was filled in.
        tier: How soon a professional must act.
        reason: What opened it.
        country: Whose crisis lines the card shows; null if it is not known.
        card: What to tell the professional.
    """

    schema: Literal["urn:ketaprogram:schema:crisis-alert:1"] = "urn:ketaprogram:schema:crisis-alert:1"
    instrument: InstrumentId
    answered_at: datetime
    tier: Tier
    reason: Reason
    country: Country | None = None
    card: Card


@frozen(kw_only=True, repr=False)
class Acknowledgement(Record):
    """
    A human took an alert up.

    Args:
        alert: SHA-256 of the alert's canonical document.
        by: Name of who took it up.
        role: Role of who took it up.
        at: When.
        action: What was done; ``not-reached`` leaves the alert open.
        note: More, in that person's own words.
    """

    schema: Literal["urn:ketaprogram:schema:crisis-acknowledgement:1"] = (
        "urn:ketaprogram:schema:crisis-acknowledgement:1"
    )
    alert: Digest
    by: Line
    role: Line
    at: datetime
    action: Action
    note: Line | None = None


# --------------------------------------------------------------------------------------------------------- change


@frozen(kw_only=True, repr=False)
class RuleAnswer(Record):
    """
    What one rule of one source says about a change.

    Args:
        kind: Kind of change.
        rule: The rule in words.
        answer: true, false or unknown.
        headline: Whether the kind is answered by this rule.
        index: The reliable change index, to two decimals; above zero is a gain.
        citation: Where the rule comes from.
    """

    kind: ChangeKind
    rule: Line
    answer: Word
    headline: bool
    index: Decimal | None = None
    citation: Citation


@frozen(kw_only=True, repr=False)
class Change(Record):
    """
    What changed between two scores of one form. Points are latest minus baseline.

    Args:
        instrument: Id of the questionnaire.
        points: The change in points; None while a total is missing.
        percent: The change in percent of the baseline, to one decimal; None without a baseline above zero.
        response: Whether it is a response.
        partial_response: Whether it is a partial response, short of a response.
        remission: Whether the latest total is a remission.
        important: Whether it improved by at least the smallest change that matters.
        reliable: Whether it improved by more than chance.
        worse: Whether it worsened by as much as an improvement has to be.
        recovery: Whether it moved out of the range of people who are ill.
        reliable_recovery: Whether it did, by more than chance: a clinically significant change.
        rules: What each rule of each source says.
    """

    instrument: InstrumentId
    points: Points | None = None
    percent: Decimal | None = None
    response: Word
    partial_response: Word
    remission: Word
    important: Word
    reliable: Word
    worse: Word
    recovery: Word
    reliable_recovery: Word
    rules: Annotated[tuple[RuleAnswer, ...], MaxLen(50)] = ()


# ---------------------------------------------------------------------------------------------------------- trend


@frozen(kw_only=True, repr=False)
class SessionMark(Record):
    """
    A session on the timeline.

    Args:
        number: Number of the session in the course.
        at: When the dose began.
        dose_mg: Milligrams given; null if it is not known.
        route: Route of administration; null if it is not known.
    """

    number: Annotated[int, Ge(1), Le(10_000)]
    at: datetime
    dose_mg: NonNegative | None = None
    route: Route | None = None


@frozen(kw_only=True, repr=False)
class SideEffectMark(Record):
    """
    A side effect on the timeline.

    Args:
        label: Kind of effect.
        at: When it began.
        grade: CTCAE grade; null if it is not known.
    """

    label: Line
    at: datetime
    grade: Annotated[int, Ge(1), Le(5)] | None = None


@frozen(kw_only=True, repr=False)
class Reading(Record):
    """
    Vital signs on the timeline; what was not taken is null.

    Args:
        at: When they were taken.
        systolic_mmhg: Systolic blood pressure.
        diastolic_mmhg: Diastolic blood pressure.
        heart_rate_per_min: Heart rate.
        spo2_percent: Oxygen saturation.
    """

    at: datetime
    systolic_mmhg: Annotated[int, Ge(30), Le(320)] | None = None
    diastolic_mmhg: Annotated[int, Ge(0), Le(220)] | None = None
    heart_rate_per_min: Annotated[int, Ge(15), Le(320)] | None = None
    spo2_percent: Annotated[int, Ge(30), Le(100)] | None = None


@frozen(kw_only=True, repr=False)
class Timeline(Record):
    """
    What one person's chart is drawn from.

    Args:
        time_zone: The person's IANA time zone; the chart shows local times.
        scores: Scores of any questionnaires, in any order.
        sessions: The sessions.
        side_effects: The side effects.
        readings: The vital signs.
    """

    schema: Literal["urn:ketaprogram:schema:timeline:1"] = "urn:ketaprogram:schema:timeline:1"
    time_zone: ZoneName
    scores: Annotated[tuple[Score, ...], MaxLen(5000)] = ()
    sessions: Annotated[tuple[SessionMark, ...], MaxLen(2000)] = ()
    side_effects: Annotated[tuple[SideEffectMark, ...], MaxLen(20_000)] = ()
    readings: Annotated[tuple[Reading, ...], MaxLen(20_000)] = ()


@frozen(kw_only=True, repr=False)
class TrendPoint(Record):
    """
    One score of a trend.

    Args:
        at: When it was filled in.
        value: The total; null where there is none, and then it stays a gap.
        band: The band of the total.
        points: Change from the baseline in points.
        percent: Change from the baseline in percent, to one decimal.
        response: Whether it is a response.
        remission: Whether it is a remission.
        improved: Whether it is an improvement by more than chance or, where no rule says, by what matters.
    """

    at: datetime
    value: Count | None = None
    band: Line | None = None
    points: Points | None = None
    percent: Decimal | None = None
    response: Word
    remission: Word
    improved: Word


@frozen(kw_only=True, repr=False)
class EffectWindow(Record):
    """
    What the scores after one session show, up to the next one.

    Args:
        session: Number of the session.
        before: The last total up to the session; null if there is none.
        best: The best total after it; null if there is none.
        first_better_hours: Whole hours from the session to the first total that is better than before.
        better_until_hours: Whole hours to the last total before it was no longer better.
        ended: faded: a later total was no longer better; next-session: it was still better then; open: it is still
            better; not-seen: no total was better; unknown: nothing to compare.
    """

    session: Annotated[int, Ge(1), Le(10_000)]
    before: Count | None = None
    best: Count | None = None
    first_better_hours: Hours | None = None
    better_until_hours: Hours | None = None
    ended: Literal["faded", "next-session", "open", "not-seen", "unknown"]


@frozen(kw_only=True, repr=False)
class Trend(Record):
    """
    One person's scores of one form over time.

    Args:
        instrument: Id of the questionnaire.
        form: Which form of it.
        points: Every score, the earliest first; those without a total stay in.
        sessions: The sessions, the earliest first.
        baseline: Position of the baseline in `points`; null if there is none.
        last: Position of the latest total after the baseline.
        best: Position of the best total after the baseline; the earliest of several.
        missing: How many scores have no total.
        change: The change from baseline to the latest total; null without both.
        hours_to_first_response: Whole hours from the first session, or the baseline without one, to the first response.
        windows: What followed each session.
        standing: Where the improvement stands.
    """

    schema: Literal["urn:ketaprogram:schema:trend:1"] = "urn:ketaprogram:schema:trend:1"
    instrument: InstrumentId
    form: FormId
    points: Annotated[tuple[TrendPoint, ...], MaxLen(5000)]
    sessions: Annotated[tuple[SessionMark, ...], MaxLen(2000)] = ()
    baseline: Count | None = None
    last: Count | None = None
    best: Count | None = None
    missing: Count
    change: Change | None = None
    hours_to_first_response: Hours | None = None
    windows: Annotated[tuple[EffectWindow, ...], MaxLen(2000)]
    standing: Standing


# --------------------------------------------------------------------------------------------------------- cohort


@frozen(kw_only=True)
class Missing:
    """
    How many people have no outcome, and why.

    Args:
        reason: Why.
        n: How many.
    """

    reason: MissingReason
    n: Count


@frozen(kw_only=True)
class Proportion:
    """
    How many of those whose outcome is known, with an exact interval, and what the others could make of it.

    Args:
        n: People whose outcome is known.
        successes: How many of them have it.
        percent: Of those, in percent, to one decimal; null for none.
        low_percent: Lower limit of the exact interval.
        high_percent: Upper limit of the exact interval.
        missing: People whose outcome is not known, by reason.
        percent_if_none: Of all people, if none of the missing had it.
        percent_if_all: Of all people, if all of the missing had it.
    """

    n: Count
    successes: Count
    percent: Decimal | None = None
    low_percent: Decimal
    high_percent: Decimal
    missing: tuple[Missing, ...]
    percent_if_none: Decimal | None = None
    percent_if_all: Decimal | None = None


@frozen(kw_only=True)
class CohortOutcomes:
    """
    What a program shows for one form, over many people.

    Args:
        instrument: Id of the questionnaire.
        form: Which form of it.
        people: How many people there are.
        confidence: Confidence of the intervals, between 0 and 1.
        response: Those with a response at the latest score.
        remission: Those with a remission at the latest score.
        reliable: Those who improved by more than chance.
        worse: Those who worsened.
    """

    schema: Literal["urn:ketaprogram:schema:cohort-outcomes:1"] = "urn:ketaprogram:schema:cohort-outcomes:1"
    instrument: InstrumentId
    form: FormId
    people: Count
    confidence: Decimal
    response: Proportion
    remission: Proportion
    reliable: Proportion
    worse: Proportion
