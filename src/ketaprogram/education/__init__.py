"""Plain-language pages with their sources (`education_for`), behind the same gate as every text for a person."""

from __future__ import annotations

from ketaprogram.education.choosing import Pages, check_pages_locale, education_for, load_pages, pages

__all__ = ["Pages", "check_pages_locale", "education_for", "load_pages", "pages"]
