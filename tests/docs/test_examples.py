"""Every fenced Python example in README and docs runs, and prints what its ``#>`` lines say."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = {
    str(page.relative_to(ROOT)): blocks
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if (blocks := BLOCK.findall(page.read_text("utf-8")))
}


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_run_in_order_and_print_what_they_say(page: str) -> None:
    names: dict[str, object] = {"__name__": page}
    for block in PAGES[page]:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block, page, "exec"), names)  # noqa: S102  # our own pages
        expected = [line.strip()[2:].strip() for line in block.splitlines() if line.strip().startswith("#>")]
        assert [line.strip() for line in printed.getvalue().splitlines()] == expected
