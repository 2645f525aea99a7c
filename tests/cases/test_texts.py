"""What texts cite, against the clinical reference table; and what is generated beside them, against its sources."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from ketaprogram._knowledge import table
from ketaprogram.citation import sources

ENTRIES = tomllib.loads(Path(__file__).with_name("texts.toml").read_text("utf-8"))
TOOLS = Path(__file__).parents[2] / "tools"
SEED = re.compile(r"S[1-9][0-9]?")  # an item of the list drawn from the article


def cited():
    language = table("language")
    for entry in (*language["rule"], *language["required"], *language["limit"], *table("coaching")["reminder"]):
        yield from ((each["id"], each["locator"], each["confidence"]) for each in entry["sources"])
    for entry in (table("prompts")["settings"], *table("education")["articles"]):
        yield from ((each["source"], each["locator"], each["confidence"]) for each in entry["citations"])


def test_every_citation_of_a_text_stands_so_in_the_reference():
    seen = set()
    for source, locator, confidence in cited():
        assert source in sources()
        for entry in locator.split(", "):
            if SEED.fullmatch(entry):
                assert (source, confidence) == ("SEED", "seen")
            else:
                assert ENTRIES[entry] == [source, confidence], entry
                seen.add(entry)
    assert seen == set(ENTRIES)


def test_every_entry_on_language_and_integration_is_used():
    assert {each for each in ENTRIES if each.startswith("mkt.")} == {
        *("mkt.banned_default", "mkt.crane", "mkt.fda_marketed", "mkt.ftc_rule", "mkt.required_statement"),
        "mkt.seed_claims",
    }
    assert {"int.cadence_default", "int.content_default", "int.role_boundary", "int.trauma_default"} <= set(ENTRIES)


def test_every_blocked_word_of_the_reference_is_refused():
    from ketaprogram.wording import check_text  # noqa: PLC0415  # beside its list

    blocked = [
        *("cure", "guarantee", "miracle", "permanent", "fda-approved", "no side effects", "non-addictive"),
        *("not addictive", "proven to", "risk-free", "100%", "works when nothing else does", "rewire your brain"),
    ]
    for use in ("prompt", "education", "message"):
        assert not [each for each in blocked if not check_text(f"So it is {each} for you.", use)]


@pytest.mark.parametrize("tool", ["translations", "reading_grades"])
def test_nothing_that_is_generated_is_stale(tool):
    assert runpy.run_path(str(TOOLS / f"{tool}.py"))["stale"]() == [], f"run tools/{tool}.py"
