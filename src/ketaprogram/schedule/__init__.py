"""Schedules: `plan_visits` lays an order out on the person's own clock, `replan` does it again."""

from __future__ import annotations

from ketaprogram.schedule.contacting import timeline
from ketaprogram.schedule.differing import diff
from ketaprogram.schedule.opening import always
from ketaprogram.schedule.planning import instant_of, plan_visits
from ketaprogram.schedule.replanning import replan
from ketaprogram.schedule.settling import begins_at

__all__ = ["always", "begins_at", "diff", "instant_of", "plan_visits", "replan", "timeline"]
