"""
ketaprogram: the program logic of clinician-supervised ketamine therapy.

The front door. Names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from ketaprogram._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ketaprogram.card import Card
    from ketaprogram.citation import Citation, Source, sources
    from ketaprogram.documents import check, digest, read, schema, to_json, write
    from ketaprogram.education import education_for
    from ketaprogram.errors import (
        DocumentError,
        KetaprogramError,
        LimitError,
        OrderError,
        ProtocolError,
        RuleError,
        ScheduleError,
        StateError,
        UnitError,
    )
    from ketaprogram.events import (
        find_red_flags,
        record_event,
        summarize,
        to_medwatch,
        triage,
    )
    from ketaprogram.facts.catalog import catalog
    from ketaprogram.facts.model import AbsentReason, FactSet
    from ketaprogram.intake import check_codes, check_intake, facts_from
    from ketaprogram.intake.model import Intake
    from ketaprogram.issues import Issue
    from ketaprogram.maintenance import advise_maintenance, course_facts, project, titration_options
    from ketaprogram.medications import check_interactions
    from ketaprogram.offers import compare_outlines, outline
    from ketaprogram.outcomes import change, chart_spec, cohort_outcomes, crisis_alert, score, trend
    from ketaprogram.outcomes.model import Responses, Score
    from ketaprogram.program import due, fold, replay_journal
    from ketaprogram.prompts import coach_agenda, render_prompts, select_prompts
    from ketaprogram.prompts.model import PromptRequest
    from ketaprogram.protocol import dose_for, load_protocol, sign_order
    from ketaprogram.protocol.model import Order
    from ketaprogram.quantity import Quantity
    from ketaprogram.rules import (
        check_rulebook,
        determine,
        determine_many,
        determine_status,
        load_rulebook,
        read_rulebook,
    )
    from ketaprogram.rules.changing import what_would_change
    from ketaprogram.rules.comparing import diff
    from ketaprogram.rules.explaining import explain, explain_cards
    from ketaprogram.rules.linting import lint
    from ketaprogram.rules.model import Criterion, Determination, Rulebook, Status
    from ketaprogram.rules.rendering import render
    from ketaprogram.rules.replaying import replay
    from ketaprogram.schedule import plan_visits, replan, timeline
    from ketaprogram.schedule.model import Schedule
    from ketaprogram.screening import clear
    from ketaprogram.supply import can_ship
    from ketaprogram.truth import FALSE, TRUE, UNKNOWN, Truth
    from ketaprogram.wording import check_text

_HOMES = {
    "ketaprogram.card": ("Card",),
    "ketaprogram.citation": ("Citation", "Source", "sources"),
    "ketaprogram.documents": ("check", "digest", "read", "schema", "to_json", "write"),
    "ketaprogram.errors": (
        "DocumentError",
        "KetaprogramError",
        "LimitError",
        "OrderError",
        "ProtocolError",
        "RuleError",
        "ScheduleError",
        "StateError",
        "UnitError",
    ),
    "ketaprogram.events": (
        "find_red_flags",
        "record_event",
        "summarize",
        "to_medwatch",
        "triage",
    ),
    "ketaprogram.education": ("education_for",),
    "ketaprogram.facts.catalog": ("catalog",),
    "ketaprogram.facts.model": ("AbsentReason", "FactSet"),
    "ketaprogram.intake": ("check_codes", "check_intake", "facts_from"),
    "ketaprogram.intake.model": ("Intake",),
    "ketaprogram.issues": ("Issue",),
    "ketaprogram.maintenance": ("advise_maintenance", "course_facts", "project", "titration_options"),
    "ketaprogram.medications": ("check_interactions",),
    "ketaprogram.outcomes": ("change", "chart_spec", "cohort_outcomes", "crisis_alert", "score", "trend"),
    "ketaprogram.outcomes.model": ("Responses", "Score"),
    "ketaprogram.offers": ("compare_outlines", "outline"),
    "ketaprogram.program": ("due", "fold", "replay_journal"),
    "ketaprogram.prompts": ("coach_agenda", "render_prompts", "select_prompts"),
    "ketaprogram.prompts.model": ("PromptRequest",),
    "ketaprogram.protocol": ("dose_for", "load_protocol", "sign_order"),
    "ketaprogram.protocol.model": ("Order",),
    "ketaprogram.quantity": ("Quantity",),
    "ketaprogram.rules": (
        "check_rulebook",
        "determine",
        "determine_many",
        "determine_status",
        "load_rulebook",
        "read_rulebook",
    ),
    "ketaprogram.rules.changing": ("what_would_change",),
    "ketaprogram.rules.comparing": ("diff",),
    "ketaprogram.rules.explaining": ("explain", "explain_cards"),
    "ketaprogram.rules.linting": ("lint",),
    "ketaprogram.rules.model": ("Criterion", "Determination", "Rulebook", "Status"),
    "ketaprogram.rules.rendering": ("render",),
    "ketaprogram.rules.replaying": ("replay",),
    "ketaprogram.schedule": ("plan_visits", "replan", "timeline"),
    "ketaprogram.schedule.model": ("Schedule",),
    "ketaprogram.screening": ("clear",),
    "ketaprogram.supply": ("can_ship",),
    "ketaprogram.truth": ("FALSE", "TRUE", "UNKNOWN", "Truth"),
    "ketaprogram.wording": ("check_text",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "FALSE",
    "TRUE",
    "UNKNOWN",
    "AbsentReason",
    "Card",
    "Citation",
    "Criterion",
    "Determination",
    "DocumentError",
    "FactSet",
    "Intake",
    "Issue",
    "KetaprogramError",
    "LimitError",
    "Order",
    "OrderError",
    "PromptRequest",
    "ProtocolError",
    "Quantity",
    "Responses",
    "RuleError",
    "Rulebook",
    "Schedule",
    "ScheduleError",
    "Score",
    "Source",
    "StateError",
    "Status",
    "Truth",
    "UnitError",
    "__version__",
    "advise_maintenance",
    "can_ship",
    "catalog",
    "change",
    "chart_spec",
    "check",
    "check_codes",
    "check_intake",
    "check_interactions",
    "check_rulebook",
    "check_text",
    "clear",
    "coach_agenda",
    "cohort_outcomes",
    "compare_outlines",
    "course_facts",
    "crisis_alert",
    "determine",
    "determine_many",
    "determine_status",
    "diff",
    "digest",
    "dose_for",
    "due",
    "education_for",
    "explain",
    "explain_cards",
    "facts_from",
    "find_red_flags",
    "fold",
    "lint",
    "load_protocol",
    "load_rulebook",
    "outline",
    "plan_visits",
    "project",
    "read",
    "read_rulebook",
    "record_event",
    "render",
    "render_prompts",
    "replan",
    "replay",
    "replay_journal",
    "schema",
    "score",
    "select_prompts",
    "sign_order",
    "sources",
    "summarize",
    "timeline",
    "titration_options",
    "to_json",
    "to_medwatch",
    "trend",
    "triage",
    "what_would_change",
    "write",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415  # only when a name is asked for

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
