"""Choosing prompts, as a ratio to a hand-written floor: `make bench`. Nothing here asserts a time."""

from __future__ import annotations

import random

import pytest

from ketaprogram import PromptRequest, check_text, education_for, select_prompts
from ketaprogram._knowledge import table
from ketaprogram.prompts import library, load_library
from ketaprogram.prompts.model import Offered

REQUEST = PromptRequest(
    session="s-1",
    day=2,
    phase="integration",
    intention="To meet my worry with curiosity.",
    themes=frozenset({"worry", "sleep"}),
    indications=frozenset({"gad"}),
    states=frozenset({"steady"}),
    history=tuple(Offered(prompt=each.id, day=1) for each in library().prompts[50:60]),
)
PLAIN = [
    (each.id, each.phase, each.from_day, each.to_day, each.themes, each.needs_intention, each.text)
    for each in library().prompts
]


def by_hand(phase: str, day: int, themes: frozenset[str], seen: set[str], count: int) -> list[str]:
    """What anyone would write: window, theme, not seen, a seeded shuffle; no states, kinds, reasons or languages."""
    open_now = [each for each in PLAIN if each[1] == phase and each[2] <= day <= each[3]]
    fitting = [(text, about) for name, _, _, _, about, _, text in open_now if name not in seen]
    random.Random(0).shuffle(fitting)  # noqa: S311  # the floor's own shuffle
    fitting.sort(key=lambda each: -len(each[1] & themes))
    return [text for text, _ in fitting[:count]]


@pytest.mark.benchmark(group="select prompts of a day")
def test_0_floor_a_hand_written_filter(benchmark):
    seen = {each.prompt for each in REQUEST.history}
    assert len(benchmark(by_hand, "integration", 2, REQUEST.themes, seen, 3)) == 3


@pytest.mark.benchmark(group="select prompts of a day")
def test_1_select_prompts_with_reasons(benchmark):
    assert len(benchmark(select_prompts, REQUEST).prompts) == 3


@pytest.mark.benchmark(group="check one text")
def test_0_floor_a_few_forbidden_words(benchmark):
    forbidden = ("cure", "guarantee", "miracle", "permanent", "risk-free")
    assert benchmark(lambda text: [each for each in forbidden if each in text.casefold()], PLAIN[0][-1]) == []


@pytest.mark.benchmark(group="check one text")
def test_1_check_text(benchmark):
    assert benchmark(check_text, PLAIN[0][-1]) == ()


@pytest.mark.benchmark(group="load the library of prompts, both languages")
def test_load_library(benchmark):
    assert benchmark(load_library, table("prompts")).prompts


@pytest.mark.benchmark(group="pages for a reader")
def test_education_for(benchmark):
    assert benchmark(education_for, "gad", "home", "deciding").articles
