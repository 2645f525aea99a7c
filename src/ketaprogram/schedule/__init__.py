"""Schedules: `plan_visits` lays an order out on the person's own clock, `instant_of` says when a visit begins."""

from __future__ import annotations

from ketaprogram.schedule.planning import instant_of, plan_visits

__all__ = ["instant_of", "plan_visits"]
