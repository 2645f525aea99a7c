"""Sources and citations."""

from __future__ import annotations

import pytest

from ketaprogram import sources
from ketaprogram.citation import PROPOSAL, cite
from ketaprogram.errors import CitationError, KnowledgeError


def test_a_citation_to_an_unknown_source_cannot_load() -> None:
    with pytest.raises(CitationError, match=r"unknown-source") as caught:
        cite("HULLL")
    assert "HULL" in caught.value.issues[0].hint
    assert isinstance(caught.value, KnowledgeError)


def test_a_citation_of_unknown_confidence_cannot_load() -> None:
    with pytest.raises(CitationError, match=r"seen, well_known, uncertain"):
        cite("HULL", "cand.home_internet", "certain")


def test_a_proposal_says_that_it_is_one() -> None:
    assert cite(PROPOSAL).is_proposal
    assert sources()[PROPOSAL].is_proposal
    assert not cite("USPI").is_proposal


def test_sources_and_citations_print_as_references() -> None:
    assert "(2022)" in str(sources()["HULL"])
    assert "10.1016/j.jad.2022.07.004" in str(sources()["HULL"])
    assert str(cite("GENERAL")) == sources()["GENERAL"].authors
    assert all(str(each) for each in sources().values())
