"""The gate on texts: bad texts of every kind are refused, good ones are not, and no spelling hides a bad one."""

from __future__ import annotations

import tomllib
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from ketaprogram._knowledge import table
from ketaprogram.errors import KnowledgeError
from ketaprogram.wording import (
    check_home_text,
    check_locale,
    check_text,
    crisis_text,
    direction_of,
    language_of,
    languages,
    limits,
    load_language,
    message,
    messages,
    say,
    statement,
)
from ketaprogram.wording.reading import check_reading, reading_grade

ENGLISH = [
    ("This is a cure.", "cure"),
    ("A small miracle awaits.", "cure"),
    ("Let it rewire your brain.", "cure"),
    ("Relief is guaranteed.", "promise"),
    ("It is 100% effective.", "promise"),
    ("This is proven to help.", "promise"),
    ("You will feel calm.", "promise"),
    ("A permanent change.", "permanence"),
    ("Your worry is gone for good.", "permanence"),
    ("It is a quick fix.", "quick-fix"),
    ("Notice the instant relief.", "quick-fix"),
    ("It is FDA-approved for this.", "approval"),
    ("There are no side effects.", "safety-claim"),
    ("It is non-addictive.", "safety-claim"),
    ("It works when nothing else does.", "superiority"),
    ("It is better than most antidepressants.", "superiority"),
    ("Ketamine can really ease your worry.", "effect"),
    ("After the session you felt better. Why?", "effect"),
    ("Think about your next dose.", "dose"),
    ("Take another lozenge.", "dose-advice"),
    ("What would 25 mg do?", "dose-advice"),
    ("You could stop taking your tablets.", "medicine"),
    ("Could you stop all of your medication?", "medicine"),
    ("Could you taper a little?", "medicine"),
    ("You should have tried earlier.", "blame"),
    ("Why did you let them down?", "blame"),
    ("You must write every day.", "pressure"),
    ("Push through the fear.", "pressure"),
    ("This means that you are healing.", "interpretation"),
    ("What did your subconscious show?", "interpretation"),
    ("You have PTSD. Write about it.", "diagnosis"),
    ("Describe what happened that night.", "trauma-detail"),
    ("Relive the worst moment.", "trauma-detail"),
    ("There is no need to call the clinic.", "help-refused"),
    ("Keep this secret.", "help-refused"),
    ("Go for a drive and think.", "activity"),
    ("Pour a glass of wine and write.", "activity"),
    ("word " * 21 + ".", "long-sentence"),
    ("Write a line. " * 14, "long-text"),
    ("Who? What? Why?", "many-questions"),
    ("   ", "empty"),
    ("See www.example.org for more.", "markup"),
    ("Write <b>now</b>.", "markup"),
    ("Dear {name}, write.", "markup"),
    ("Write now!", "exclamation"),
    ("Write \u202enow.", "hidden"),
]
SPANISH = [
    ("Esto es una cura.", "cure"),
    ("El alivio está garantizado.", "promise"),
    ("Un cambio permanente.", "permanence"),
    ("Es una solución rápida.", "quick-fix"),
    ("Está aprobada por la FDA.", "approval"),
    ("No tiene efectos secundarios.", "safety-claim"),
    ("Es mejor que los antidepresivos.", "superiority"),
    ("La ketamina alivia la ansiedad.", "effect"),
    ("Piensa en tu próxima dosis.", "dose"),
    ("Toma otra pastilla.", "dose-advice"),
    ("Deja de tomar tus medicinas.", "medicine"),
    ("Fue culpa tuya.", "blame"),
    ("Tienes que escribir cada día.", "pressure"),
    ("Esto significa que estás sanando.", "interpretation"),
    ("Tienes TEPT. Escribe.", "diagnosis"),
    ("Describe lo que pasó esa noche.", "trauma-detail"),
    ("No hace falta llamar a la clínica.", "help-refused"),
    ("Sal a conducir un rato.", "activity"),
    ("¡Escribe ahora!", "exclamation"),
]
HIDDEN = [
    "A CURE.",
    "A cu\u00adre.",  # soft hyphen
    "A c\u200bure.",  # zero width
    "A \uff43\uff55\uff52\uff45.",  # full width
    "A cúre.",
    "A **cure**.",
    "The total-cure plan.",
]


@pytest.mark.parametrize(("text", "code"), ENGLISH)
def test_bad_texts_of_every_kind_are_refused(text, code):
    assert f"language.{code}" in {issue.code for issue in check_text(text)}


@pytest.mark.parametrize(("text", "code"), SPANISH)
def test_bad_texts_in_spanish_are_refused(text, code):
    assert f"language.{code}" in {issue.code for issue in check_text(text, locale="es-MX")}


@pytest.mark.parametrize("text", HIDDEN)
def test_no_spelling_hides_a_word(text):
    assert "language.cure" in {issue.code for issue in check_text(text)}


def test_every_rule_of_every_language_was_seen_to_refuse_a_text():
    rules = {rule["id"] for rule in table("language")["rule"]}
    assert rules <= {code for _, code in ENGLISH}
    assert rules <= {code for _, code in SPANISH}


@pytest.mark.parametrize(
    "text",
    [
        "What feels secure, or makes you curious?",
        "It is a catalyst, not a cure. There is no guarantee.",
        "What would you like to keep?",
        "Where would a friend stop? Take three breaths.",
        "Note what you hear at 8 in the morning.",
    ],
)
def test_words_are_matched_whole_and_a_denied_claim_is_none(text):
    assert check_text(text) == ()


def test_a_page_may_say_more_than_a_prompt():
    text = "Your clinician sets each dose. Ketamine can ease anxiety for a while, but not everyone feels it."
    assert check_text(text, "education") == ()
    assert [each.code for each in check_text(text, "prompt")] == ["language.dose"]
    assert "language.effect" in {each.code for each in check_text("Ketamine can ease anxiety.", "education")}


def test_faults_name_no_word_of_the_text():
    for text, _ in ENGLISH:
        for issue in check_text(text):
            assert text.strip() == "" or text.strip() not in str(issue)


def test_a_language_that_nobody_loaded_lets_nothing_pass():
    assert [each.code for each in check_text("Was hat dich überrascht?", locale="de")] == ["language.unknown"]
    assert [each.code for each in check_home_text("Alles gut.", locale="de")] == ["language.unknown"]


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("setting", ["clinic", "home", None])
def test_the_statement_holds_what_a_home_text_needs(locale, setting):
    said = statement(setting, locale, "Crisis line: 112.")
    assert check_home_text(said.text, locale=locale) == ()
    assert check_text(said.text, "message", locale=locale) == ()
    assert said.language == locale
    assert "Crisis line: 112." in said.text


def test_an_unknown_country_shows_no_number():
    for locale in languages():
        assert not any(each.isdigit() for each in crisis_text(None, locale))


@pytest.mark.parametrize("name", messages())
@pytest.mark.parametrize("locale", ["en", "es"])
def test_our_own_sentences_pass_their_gate(name, locale):
    entry = messages()[name]
    for count in (1, 2):
        said = say(name, entry["text"], locale, plural=entry.get("plural", ""), count=count)
        assert said.language == locale
        assert check_text(said.text, "message", locale=locale) == ()
        assert check_reading(said.text, "message", locale=locale) == ()


def test_messages_choose_the_form_of_the_number_and_fill_in_what_was_given():
    assert [message("days-before", "en", count=each).text for each in (1, 2)] == [
        "1 day before your session",
        "2 days before your session",
    ]
    assert message("days-before", "es", count=1).text == "1 día antes de tu sesión"
    told = message("contact-team", "en", values={"crisis": "{count} {crisis}"})
    assert "{count} {crisis}" in told.text


def test_reading_grades_are_the_librarys_and_a_language_without_a_formula_has_none():
    assert reading_grade("Feel your feet on the floor.") == 0
    assert reading_grade("Contemplate uncomfortable psychological manifestations.") > 20
    assert check_reading("Feel your feet on the floor.") == ()
    assert [each.code for each in check_reading("Contemplate uncomfortable psychological manifestations.")] == [
        "language.reading-grade"
    ]
    assert reading_grade("Was hat dich überrascht?", "de") is None
    assert limits()["prompt"].reading_grade == 6
    assert limits()["education"].reading_grade == 8


# A third language as data alone: two files, no code.

ARABIC = """
tag = "ar"
name = "العربية"
direction = "rtl"

[words]
"""
REQUIRED = """
[required]
off-label = ["غير مرخص"]
risks = ["مخاطر"]
clinician = ["يقرر الطبيب"]
crisis = ["رقم الطوارئ"]
"""


def arabic(folder, translations, words="*شفاء*"):
    rules = "".join(f'{rule["id"]} = ["{words}"]\n' for rule in table("language")["rule"])
    (folder / "language.toml").write_text(ARABIC + rules + REQUIRED, "utf-8")
    catalogue = Catalog(locale="ar")
    for context, text, plural, said in translations:
        catalogue.add((text, plural) if plural else text, said, context=context)
    file = BytesIO()
    write_mo(file, catalogue)
    (folder / "ketaprogram.mo").write_bytes(file.getvalue())
    content = tomllib.loads((folder / "language.toml").read_text("utf-8"))
    return load_language(content, (folder / "ketaprogram.mo").read_bytes())


def test_a_third_language_is_data_alone_with_its_own_plurals_and_direction(tmp_path):
    forms = ("صفر", "يوم", "يومان", "{count} أيام", "{count} يوم", "{count} يوم")
    entry = messages()["days-after"]
    language = arabic(tmp_path, [("days-after", entry["text"], entry["plural"], forms)])
    known = {**languages(), "ar": language}
    assert direction_of("ar-EG", known) == "rtl"
    assert [message("days-after", "ar-EG", known, count=each).text for each in (1, 2, 3, 11)] == [
        "يوم",
        "يومان",
        "3 أيام",
        "11 يوم",
    ]
    assert [each.code for each in check_text("هذا الشفاء لك", locale="ar", languages=known)][:1] == ["language.cure"]
    assert check_text("ماذا لاحظت اليوم؟", locale="ar", languages=known) == ()
    assert message("day-of-session", "ar", known).language == "en"
    assert language_of("ar-EG-x-more", known) is language


def test_what_a_locale_lacks_is_listed(tmp_path):
    entry = messages()["contact-team"]
    language = arabic(tmp_path, [("contact-team", entry["text"], "", "شكرا"), ("a", "One.", "", "واحد.")])
    known = {**languages(), "ar": language}
    found = check_locale("ar", [("a", "One."), ("b", "Two.")], known)
    assert {(each.pointer, each.code) for each in found} == {
        ("/b", "locale.missing"),
        ("/contact-team", "locale.placeholder"),
    }
    assert check_locale("en", [("b", "Two.")]) == ()
    assert [each.code for each in check_locale("xx", [])] == ["locale.unknown"]


def test_a_translation_of_an_older_text_is_a_missing_one(tmp_path):
    language = arabic(tmp_path, [("a", "What surprised you?", "", "ما الذي فاجأك؟")])
    known = {**languages(), "ar": language}
    assert say("a", "What surprised you?", "ar", known).language == "ar"
    assert say("a", "What surprised you today?", "ar", known).language == "en"


def test_a_language_that_leaves_the_gate_open_cannot_load():
    with pytest.raises(KnowledgeError) as caught:
        load_language({"tag": "xx", "name": "X", "direction": "ltr", "words": {}, "required": {}}, b"no catalogue")
    codes = [each.code for each in caught.value.issues]
    with pytest.raises(KnowledgeError) as incomplete:
        load_language({"tag": "xx", "name": "X", "direction": "up", "measure": "a guess"})
    assert [(each.pointer, each.code) for each in incomplete.value.issues] == [
        ("/words", "member.missing"),
        ("/required", "member.missing"),
        ("/direction", "value.choice"),
        ("/measure", "value.choice"),
    ]
    rules = len(table("language")["rule"]) + len(table("language")["required"])
    assert codes == [*["locale.no-words"] * rules, "locale.not-a-catalogue"]
