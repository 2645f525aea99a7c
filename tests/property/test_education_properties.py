"""Pages in plain words: every one has its sources and passes the gate, and no answer that is missing hides one."""

from __future__ import annotations

import re
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import education_for
from ketaprogram._knowledge import table
from ketaprogram.citation import sources
from ketaprogram.documents import read, write
from ketaprogram.education import check_pages_locale, load_pages, pages
from ketaprogram.education.model import Education, ReadingPhase
from ketaprogram.errors import KnowledgeError
from ketaprogram.record import Indication, Setting
from ketaprogram.wording import check_home_text, check_text, languages, load_language, say
from ketaprogram.wording.reading import check_reading, reading_grade

BY_ID = {each.id: each for each in pages().document.articles}
TOPICS = {
    "mechanism", "timeline", "pattern", "evidence", "dependence", "recreational", "permanence", "session", "questions",
    "naltrexone", "words", "myths", "history", "expectations",
}  # fmt: skip
asked = st.tuples(
    st.none() | st.sampled_from(get_args(Indication)),
    st.none() | st.sampled_from(get_args(Setting)),
    st.sampled_from(get_args(ReadingPhase)),
)


@given(asked, st.sampled_from(["en", "es", "es-MX", "de"]))
def test_the_pages_fit_the_question_and_nothing_unknown_hides_one(question, locale):
    indication, setting, phase = question
    found = education_for(indication, setting, phase, locale=locale)
    assert write(found) == write(education_for(indication, setting, phase, locale=locale))
    assert read(Education, write(found)) == found
    ids = [each.id for each in found.articles]
    assert ids == [each.id for each in BY_ID.values() if each.id in ids]
    for name in ids:
        assert phase in BY_ID[name].phases
        assert indication is None or not BY_ID[name].indications or indication in BY_ID[name].indications
        assert setting is None or not BY_ID[name].settings or setting in BY_ID[name].settings
    for vague in ((None, setting), (indication, None), (None, None)):
        assert set(ids) <= {each.id for each in education_for(*vague, phase).articles}
    assert check_home_text(found.statement, locale="en" if locale == "de" else locale) == ()
    assert {each.language for each in found.articles} <= {"en" if locale == "de" else locale[:2]}


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("name", BY_ID)
def test_every_page_passes_the_gate_in_every_language_and_is_easy_to_read(name, locale):
    article = BY_ID[name]
    title, text = say(f"{name}.title", article.title, locale), say(name, article.text, locale)
    assert title.language == text.language == locale
    assert check_text(title.text, "education", locale=locale) == ()
    assert check_text(text.text, "education", locale=locale) == ()
    assert check_reading(text.text, "education", locale=locale) == ()
    assert locale != "en" or reading_grade(text.text) == article.reading_grade


def test_every_page_cites_sources_of_the_catalogue_and_says_how_strong_they_are():
    for article in BY_ID.values():
        assert article.citations
        assert article.review == "unreviewed"
        for cited in article.citations:
            assert cited.source in sources()
            assert re.fullmatch(r"[a-z]+[.][a-z0-9_.]+|S[0-9]+", cited.locator.split(",")[0]), cited.locator
    assert {each.topic for each in BY_ID.values()} >= TOPICS


def test_the_page_on_ptsd_is_balanced():
    (found,) = (each for each in education_for("ptsd", "clinic", "deciding").articles if each.id == "evidence-ptsd")
    assert (found.strength, found.guideline) == ("mixed", "against")
    assert found.strength_label == "How sure: studies do not agree. A guideline speaks against it."
    assert {each.source for each in found.citations} == {"FEDER", "ABDALLAH", "WHITTAKER", "VAPTSD"}


def test_english_and_spanish_are_complete():
    assert check_pages_locale("en") == check_pages_locale("es") == ()
    assert [each.code for each in check_pages_locale("fr")] == ["locale.unknown"]


def test_a_page_with_faults_cannot_load_and_tells_all_of_them():
    content = table("education")
    bad = content["articles"][0] | {
        "text": "Ketamine will cure you.",
        "title": "A miracle?",
        "reading_grade": "9",
        "review": "reviewed",
        "citations": [{"source": "NOBODY", "locator": "p. 1", "confidence": "seen"}],
    }
    with pytest.raises(KnowledgeError) as caught:
        load_pages(content | {"articles": [bad, bad]})
    found = {(each.pointer, each.code) for each in caught.value.issues}
    assert {
        ("/articles/0/text", "language.cure"),
        ("/articles/0/title", "language.cure"),
        ("/articles/0/reading_grade", "language.reading-grade"),
        ("/articles/0/review", "article.unsigned"),
        ("/articles/0/citations/0/source", "citation.unknown-source"),
        ("/articles/1/id", "article.duplicate"),
    } <= found
    with pytest.raises(KnowledgeError, match="member"):
        load_pages({"articles": []})


def test_half_a_translation_is_none():
    content = table("education")
    changed = content["articles"][0] | {"title": "How may it act?"}
    own = load_pages(content | {"id": "clinic", "articles": [changed]})
    (found,) = education_for(None, None, "deciding", locale="es", articles=own).articles
    assert found.language == "en"
    assert found.title == "How may it act?"
    assert found.text == changed["text"]


def test_a_translation_passes_the_gate_too():
    lax = {**table("locales/es/language"), "words": {**table("locales/es/language")["words"], "cure": ["glutamato"]}}
    es = attrs.evolve(load_language(lax), translations=languages()["es"].translations)
    with pytest.raises(KnowledgeError) as caught:
        load_pages(table("education"), known={**languages(), "es": es})
    assert {(each.code, each.hint) for each in caught.value.issues} == {("language.cure", "The text in es.")}
