"""Offers: what a program consists of and costs (`outline`), and two of them side by side (`compare_outlines`)."""

from __future__ import annotations

from ketaprogram.offers.outlining import compare_outlines, outline

__all__ = ["compare_outlines", "outline"]
