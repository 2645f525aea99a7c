"""Every fenced Python example in README and docs runs and prints what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_examples import CodeExample, EvalExample, find_examples

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def pages() -> list[list[CodeExample]]:
    """The examples of each page that has any, in order: they share one namespace."""
    found = [[each for each in find_examples(page) if each.prefix.startswith("python")] for page in PAGES]
    return [each for each in found if each]


@pytest.mark.parametrize("examples", pages(), ids=lambda examples: str(examples[0].path.relative_to(ROOT)))
def test_the_examples_of_a_page(examples: list[CodeExample], eval_example: EvalExample) -> None:
    names: dict[str, object] = {}
    for example in examples:
        names |= eval_example.run_print_check(example, module_globals=dict(names))
