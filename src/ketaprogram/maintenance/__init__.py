"""Maintenance: options for the next interval, with their reasons (`advise_maintenance`)."""

from __future__ import annotations

from ketaprogram.maintenance.advising import advise_maintenance

__all__ = ["advise_maintenance"]
