"""Screening: the clinician's signed decision (`clear`) on a determination of candidacy."""

from __future__ import annotations

from ketaprogram.screening.clearing import clear

__all__ = ["clear"]
