"""Prompts: one question has one answer, none is outside its window or state, and every text passes the gate."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import select_prompts
from ketaprogram._knowledge import table
from ketaprogram.errors import KnowledgeError
from ketaprogram.prompts import check_text, library, load_library
from ketaprogram.prompts.model import Phase, State, Theme

BY_ID = {each.id: each for each in library().prompts}
questions = st.fixed_dictionaries(
    {
        "phase": st.sampled_from(get_args(Phase)),
        "day": st.integers(-14, 60),
        "themes": st.frozensets(st.sampled_from(get_args(Theme)), max_size=3),
        "state": st.sampled_from(get_args(State)),
        "already": st.frozensets(st.sampled_from(sorted(BY_ID)), max_size=20),
        "count": st.integers(1, 6),
        "seed": st.integers(0, 3),
        "intention": st.none() | st.text(max_size=30),
    }
)


@given(questions)
def test_the_choice_keeps_every_rule(question):
    found = select_prompts("s-1", **question)
    assert found == select_prompts("s-1", **question)
    chosen = [BY_ID[each.id] for each in found.prompts]
    assert len(chosen) == len(set(chosen)) <= question["count"]
    assert not {each.id for each in chosen} & question["already"]
    for prompt in chosen:
        assert prompt.phase == question["phase"]
        assert prompt.from_day <= question["day"] <= prompt.to_day
        assert question["state"] not in prompt.avoid_when
        assert not prompt.needs_intention or question["intention"] is not None
        if question["state"] in {"hard-day", "fresh-trauma"}:
            assert prompt.intensity == "gentle"
        if prompt.kind == "small-action" and prompt.phase == "integration" and question["day"] < 7:
            assert any(BY_ID[each].kind in {"journal", "reflection"} for each in question["already"])
    if question["state"] in {"risk", "distress-high", "mania-signs"}:
        assert found.contact
        assert not chosen
    assert all(each.why for each in found.prompts)
    assert (found.intention is not None) == any(each.needs_intention for each in chosen)


@given(st.integers(0, 14), st.text(max_size=20).filter(lambda text: len(text) > 5))
def test_the_intention_stands_beside_and_is_never_shown_in_a_repr(day, intention):
    found = select_prompts("s-1", phase="integration", day=day, intention=intention, count=6)
    assert intention not in repr(found) or intention.isalpha() is False or intention in "PromptSet schema session day"


def test_the_evening_of_the_session_is_for_grounding():
    found = select_prompts("s-1", phase="integration", day=0, count=20)
    assert {each.kind for each in found.prompts} <= {"mindfulness", "self-kindness", "sharing", "journal"}
    assert all(BY_ID[each.id].intensity == "gentle" for each in found.prompts)


def test_three_prompts_are_three_kinds_and_a_person_sees_others_the_next_time():
    first = select_prompts("s-1", phase="integration", day=2)
    assert len({each.kind for each in first.prompts}) == 3
    again = select_prompts("s-1", phase="integration", day=2, already=frozenset(each.id for each in first.prompts))
    assert not {each.id for each in first.prompts} & {each.id for each in again.prompts}
    assert select_prompts("s-1", phase="maintenance", day=400).note


def test_every_shipped_text_passes_the_gate_and_covers_each_day():
    assert len(BY_ID) >= 60
    assert all(check_text(each.text) == () for each in BY_ID.values())
    assert all(each.review == "unreviewed" for each in BY_ID.values())
    for day in range(15):
        assert len(select_prompts("s-1", phase="integration", day=day).prompts) == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("This is a cure.", "cure"),
        ("A small miracle awaits.", "cure"),
        ("It works when nothing else does.", "cure"),
        ("Let it rewire your brain.", "cure"),
        ("Relief is guaranteed.", "promise"),
        ("It is 100% effective.", "promise"),
        ("This is proven to help.", "promise"),
        ("You will feel calm.", "promise"),
        ("A permanent change.", "permanence"),
        ("Your worry is gone for good.", "permanence"),
        ("It is FDA-approved for this.", "approval"),
        ("There are no side effects.", "safety-claim"),
        ("It is non-addictive.", "safety-claim"),
        ("Think about your next dose.", "dose"),
        ("Take another lozenge.", "dose"),
        ("You could stop taking your tablets.", "medicine"),
        ("You should have tried earlier.", "blame"),
        ("This means that you are healing.", "interpretation"),
        ("Describe what happened that night.", "trauma-detail"),
        ("word " * 26 + ".", "long-sentence"),
        ("   ", "empty"),
    ],
)
def test_bad_texts_of_every_kind_are_refused(text, code):
    assert f"language.{code}" in {issue.code for issue in check_text(text)}


def test_words_are_matched_whole():
    assert check_text("What feels secure? Whose overdose of work was it? Curious?") == ()


def test_a_library_with_a_fault_cannot_load():
    content = table("prompts")
    bad = content["prompt"][0] | {"text": "A cure.", "to_day": -100}
    with pytest.raises(KnowledgeError) as caught:
        load_library(content | {"prompt": [bad, bad]})
    codes = [issue.code for issue in caught.value.issues]
    assert codes.count("language.cure") == 2
    assert {"prompt.duplicate", "range.empty"} <= set(codes)
