"""The list of red-flag phrases: measured on phrases it was and was not fitted to, and kept in step with the rules."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ketaprogram import catalog, find_red_flags, load_rulebook
from ketaprogram._knowledge import table
from ketaprogram.errors import UnknownItemError
from ketaprogram.events.flagging import flag_kind, flag_kinds, normalised
from ketaprogram.intervals import proportion
from ketaprogram.rules.conditions import single_tests

ROOT = Path(__file__).parents[2]
SETS = {
    name: tomllib.loads((ROOT / "tests" / "cases" / "red_flags" / f"{name}.toml").read_text("utf-8"))["phrase"]
    for name in ("development", "held-out", "hard")
}
PAGE = (ROOT / "docs" / "explanation" / "red-flag-phrases.md").read_text("utf-8")


def raised(phrase):
    return {each.flag for each in find_red_flags(phrase["text"]) if not each.is_denied}


def denied(phrase):
    return {each.flag for each in find_red_flags(phrase["text"]) if each.is_denied}


def figures(phrases):
    """Of what must be seen, what is raised with every right flag; of what is denied, what is only marked; alarms."""
    risky = [each for each in phrases if "flags" in each]
    refused = [each for each in phrases if "denied" in each]
    harmless = [each for each in phrases if "flags" not in each and "denied" not in each]
    return (
        (sum(set(each["flags"]) <= raised(each) for each in risky), len(risky)),
        (sum(set(each["denied"]) <= denied(each) and not raised(each) for each in refused), len(refused)),
        (sum(bool(raised(each)) for each in harmless), len(harmless)),
    )


def shown(count, of):
    found = proportion(count, of)
    return f"{count} of {of} ({found.low * 100:.0f} to {found.high * 100:.0f} %)" if of else "none"


@pytest.mark.parametrize("name", SETS)
def test_the_figures_on_the_page_are_those_measured(name):
    cells = " | ".join(shown(*each) for each in figures(SETS[name]))
    assert f"| `{name}` | {cells} |" in PAGE


def test_every_miss_and_every_false_alarm_outside_the_hard_set_stands_on_the_page():
    for name in ("development", "held-out"):
        for phrase in SETS[name]:
            is_missed = not set(phrase.get("flags", ())) <= raised(phrase)
            is_false = "flags" not in phrase and bool(raised(phrase))
            assert (f"“{phrase['text']}”" in PAGE) == (is_missed or is_false), phrase["text"]


def test_the_sets_are_large_enough_and_hold_each_phrase_once():
    every = [each for phrases in SETS.values() for each in phrases]
    texts = [each["text"] for each in every]
    assert len(texts) == len(set(texts))
    assert sum(each["kind"] == "users" for each in every) == 11
    assert len(texts) - 11 >= 60
    assert {each["language"] for each in every} == {"en", "es"}
    for name, phrases in SETS.items():
        for each in phrases:
            assert each.keys() <= {"text", "language", "kind", "flags", "denied"}
            assert set(each.get("flags", ())) | set(each.get("denied", ())) <= flag_kinds().keys()
            assert name == "hard" or ("held-out" in name) == _is_held_out(each["text"])


def _is_held_out(text):
    import hashlib  # noqa: PLC0415  # only here

    return bool(hashlib.sha256(text.encode()).digest()[0] % 2)


def test_the_eleven_phrases_that_users_wrote_are_all_raised():
    for phrase in (each for phrases in SETS.values() for each in phrases if each["kind"] == "users"):
        assert set(phrase["flags"]) <= raised(phrase), phrase["text"]


# --- in step with the rules -------------------------------------------------------------------------------------------


def test_every_flag_is_a_word_of_the_facts_and_has_its_rule():
    flags = set(flag_kinds())
    assert set(catalog()["event.text_flags"].words) == set(catalog()["event.text_denied"].words) == flags
    said: dict[str, list[str]] = {}
    for criterion in load_rulebook("triage").criteria:
        for test in single_tests(criterion.when):
            if test.fact.startswith("event.text_"):
                said.setdefault(test.fact, []).extend(test.operand.values)
    assert sorted(said["event.text_flags"]) == sorted(flags)
    assert sorted(said["event.text_denied"]) == sorted(flags)


def test_every_flag_has_phrases_in_both_languages_and_none_twice():
    for kind in flag_kinds().values():
        assert kind.label
        assert kind.citations
        assert kind.phrases.keys() == {"en", "es"}
        for phrases in kind.phrases.values():
            assert len(phrases) == len(set(phrases))


def test_phrases_are_written_as_the_head_of_the_file_says():
    denial = table("red_flags")["denial"]
    phrases = [one for kind in flag_kinds().values() for each in kind.phrases.values() for one in each]
    for phrase in (*phrases, *denial["doubt"], *denial["words"], *denial["ends_clause"]):
        places = phrase.split(" ")
        assert normalised(phrase) == phrase
        assert places[0] != ".."
        assert places[-1] != ".."
        assert all(re.fullmatch(r"[.]{2}|[a-z0-9]+[*]?([|][a-z0-9]+[*]?)*", place) for place in places), phrase


def test_every_phrase_finds_itself():
    """Each word of a phrase, written out and without a gap, raises its flag."""
    for kind in flag_kinds().values():
        for phrases in kind.phrases.values():
            for phrase in phrases:
                words = [place.split("|")[0].rstrip("*") for place in phrase.split() if place != ".."]
                assert kind.id in raised({"text": " ".join(words)}), phrase


# --- how a text is read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "flags", "refused"),
    [
        ("", set(), set()),
        ("CHEST PAIN", {"chest-pain"}, set()),
        ("I can\u2019t breathe", {"breathing"}, set()),
        ("convulsio\u0301n", {"seizure"}, set()),
        ("seiiiiizure", {"seizure"}, set()),
        ("siezure, seizre, seizuure", {"seizure"}, set()),
        ("no chest pain", set(), {"chest-pain"}),
        ("chest pain, no", {"chest-pain"}, set()),
        ("no. chest pain", {"chest-pain"}, set()),
        ("no nausea but chest pain", {"chest-pain"}, set()),
        ("not not chest pain", {"chest-pain"}, set()),
        ("not sure it is chest pain", {"chest-pain"}, set()),
        ("no chest pain. Now chest pain", {"chest-pain"}, set()),
        ("no, no two three four five chest pain", set(), {"chest-pain"}),
        ("no two three four five six chest pain", {"chest-pain"}, set()),
        ("no dolor de pecho, chest pain", {"chest-pain"}, set()),
        ("could not breathe and passed out", {"breathing", "unresponsive"}, set()),
    ],
)
def test_how_a_text_is_read(text, flags, refused):
    assert raised({"text": text}) == flags
    assert denied({"text": text}) == refused


def test_the_language_is_that_of_a_mention_that_counts():
    (one,) = find_red_flags("no chest pain. me duele el pecho")
    assert (one.flag, one.language, one.is_denied) == ("chest-pain", "es", False)


def test_an_unknown_flag_names_the_nearest():
    with pytest.raises(UnknownItemError, match="seizure"):
        flag_kind("siezure")
