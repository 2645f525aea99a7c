"""
The documents that cross the edge, by the name under which their schema is published.

Every one has a model, a JSON form and a schema of the same major version. `model_of` finds the model, `schema_path`
the file.
"""

from __future__ import annotations

from importlib import import_module, resources
from pathlib import Path
from typing import TYPE_CHECKING

from ketaprogram._knowledge import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DOCUMENTS", "model_of", "schema_path"]

DOCUMENTS: Mapping[str, str] = {
    "intake": "ketaprogram.intake.model:Intake",
    "facts": "ketaprogram.facts.model:FactSet",
    "interaction-report": "ketaprogram.medications.model:InteractionReport",
    "rulebook": "ketaprogram.rules.model:Rulebook",
    "determination": "ketaprogram.rules.model:Determination",
    "clearance": "ketaprogram.screening.model:Clearance",
    "protocol": "ketaprogram.protocol.model:Protocol",
    "prices": "ketaprogram.offers.model:Prices",
    "outline": "ketaprogram.offers.model:Outline",
    "order": "ketaprogram.protocol.model:Order",
    "availability": "ketaprogram.schedule.model:Availability",
    "schedule": "ketaprogram.schedule.model:Schedule",
    "replan": "ketaprogram.schedule.model:Replan",
    "schedule-change": "ketaprogram.schedule.model:ScheduleChange",
    "session": "ketaprogram.sessions.model:Session",
    "adverse-event": "ketaprogram.events.model:AdverseEvent",
    "side-effect-log": "ketaprogram.events.model:SideEffectLog",
    "triage": "ketaprogram.events.model:Triage",
    "escalation": "ketaprogram.events.model:Escalation",
    "responses": "ketaprogram.outcomes.model:Responses",
    "score": "ketaprogram.outcomes.model:Score",
    "maintenance-advice": "ketaprogram.maintenance.model:Advice",
    "projection": "ketaprogram.maintenance.model:Projection",
    "crisis-alert": "ketaprogram.outcomes.model:Alert",
    "crisis-acknowledgement": "ketaprogram.outcomes.model:Acknowledgement",
    "timeline": "ketaprogram.outcomes.model:Timeline",
    "trend": "ketaprogram.outcomes.model:Trend",
    "cohort-outcomes": "ketaprogram.outcomes.model:CohortOutcomes",
    "prompt-library": "ketaprogram.prompts.model:PromptLibrary",
    "prompt-request": "ketaprogram.prompts.model:PromptRequest",
    "prompt-set": "ketaprogram.prompts.model:PromptSet",
    "coach-agenda": "ketaprogram.prompts.model:CoachAgenda",
    "education-library": "ketaprogram.education.model:EducationLibrary",
    "education": "ketaprogram.education.model:Education",
    "prescription": "ketaprogram.supply.model:Prescription",
    "supply": "ketaprogram.supply.model:Supply",
    "shipment": "ketaprogram.supply.model:Shipment",
    "shipment-clearing": "ketaprogram.supply.model:Clearing",
    "journal-entry": "ketaprogram.journal.model:Entry",
    "journal-anchor": "ketaprogram.journal.model:Anchor",
    "work-done": "ketaprogram.program.model:WorkDone",
    "program": "ketaprogram.program.model:Program",
}
"""Name of the document -> where its model is."""

MAJOR = "1"


def model_of(name: str) -> type:
    """
    The model of a published document.

    Raises:
        UnknownItemError: No document has this name; the message names the nearest.

    Example:
        >>> model_of("intake").__name__
        'Intake'
    """
    module, _, attribute = look_up(DOCUMENTS, name, "document").partition(":")
    model: type = getattr(import_module(module), attribute)
    return model


def schema_path(name: str) -> Path:
    """
    The file of a published schema: in the installed package, or in the checkout of an editable install.

    Raises:
        UnknownItemError: No document has this name.
        FileNotFoundError: The schemas were not generated yet.

    Example:
        >>> schema_path("intake").name
        'intake.schema.json'
    """
    model_of(name)
    within = Path(name, MAJOR, f"{name}.schema.json")
    package = Path(str(resources.files("ketaprogram")))
    for root in (package / "schemas", package.parents[1] / "schemas"):
        if (root / within).is_file():
            return root / within
    message = f"no schema file for {name}: run `make schemas` in the checkout"
    raise FileNotFoundError(message)
