"""
Maintenance: what to consider before the next order, from what happened.

`course_facts` looks back on the documents of a course; `advise_maintenance` gives options for the interval and
`titration_options` for the dose, each with its reasons; `project` draws a picture of what could come.
"""

from __future__ import annotations

from ketaprogram.maintenance.advising import advise_maintenance
from ketaprogram.maintenance.looking import course_facts
from ketaprogram.maintenance.projecting import project
from ketaprogram.maintenance.titrating import titration_options

__all__ = ["advise_maintenance", "course_facts", "project", "titration_options"]
