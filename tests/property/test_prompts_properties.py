"""Prompts: one question has one answer, none is outside its window or state, and every text passes the gate."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making import AS_OF

from ketaprogram import PromptRequest, coach_agenda, render_prompts, select_prompts
from ketaprogram._knowledge import table
from ketaprogram.documents import read, to_json, write
from ketaprogram.errors import KnowledgeError
from ketaprogram.prompts import check_library_locale, library, load_library, preparation_prompts, prompt_days
from ketaprogram.prompts.model import Contact, Offered, Phase, PromptLibrary, PromptSet, State, Theme
from ketaprogram.prompts.timing import prompts_on
from ketaprogram.record import Indication
from ketaprogram.wording import check_text, languages, limits, say
from ketaprogram.wording.reading import check_reading, reading_grade

BY_ID = {each.id: each for each in library().prompts}
INSTEAD = {"risk": "crisis", "distress-high": "team", "mania-signs": "team"}
GENTLE = {"unknown", "hard-day", "fresh-trauma"}
LOOKING_BACK = {"journal", "reflection", "coaching-question", "values"}
CANARY = "Xanthippe-4711"
STEADY = frozenset({"steady"})


def words(kind, most):
    return st.frozensets(st.sampled_from(get_args(kind)), max_size=most)


offered = st.builds(Offered, prompt=st.sampled_from([*sorted(BY_ID), "another-library"]), day=st.integers(-60, 60))
DAYS = {"preparation": (-14, 0), "integration": (0, 14), "maintenance": (15, 60)}


@st.composite
def asked(draw):
    """Requests that reach every prompt: mostly on a day of the phase, often for all that fit, seldom at risk."""
    phase = draw(st.sampled_from([*get_args(Phase), "integration", "integration"]))
    return PromptRequest(
        session=draw(st.sampled_from(["s-1", "s-2"])),
        phase=phase,
        day=draw(st.integers(*DAYS[phase]) | st.integers(*DAYS[phase]) | st.integers(-20, 60)),
        intention=draw(st.none() | st.just(" ") | st.text(max_size=30)),
        themes=draw(words(Theme, 3)),
        indications=draw(st.none() | words(Indication, 2)),
        therapist_present=draw(st.booleans()),
        states=draw(st.just(STEADY) | st.just(STEADY) | st.just(frozenset()) | words(State, 2)),
        risk=draw(st.sampled_from([None, None, None, None, *get_args(Contact)])),
        history=tuple(draw(st.lists(offered, max_size=8))),
        locale=draw(st.sampled_from(["en", "es", "es-MX", "de"])),
        count=draw(st.none() | st.integers(0, 8) | st.just(50)),
        seed=draw(st.integers(0, 3)),
    )


requests = asked()


@given(requests)
def test_the_choice_keeps_every_rule(request):
    found = select_prompts(request)
    assert write(found) == write(select_prompts(attrs.evolve(request)))
    called = {INSTEAD[each] for each in request.states if each in INSTEAD} | {request.risk} - {None}
    assert found.contact == ("crisis" if "crisis" in called else "team" if called else None)
    assert (found.card is None) == (found.contact is None)
    assert (found.message is None) == bool(found.prompts)
    if called:
        assert not found.prompts
        assert found.intention is None
    states = request.states or {"unknown"}
    repeated = {each.prompt for each in request.history if request.day - each.day < 14}
    chosen = [BY_ID[each.id] for each in found.prompts]
    assert len(chosen) == len(set(chosen))
    assert len(chosen) <= (prompts_on(request.phase, request.day) if request.count is None else request.count)
    for prompt, told in zip(chosen, found.prompts, strict=True):
        assert prompt.id not in repeated
        assert prompt.phase == request.phase
        assert prompt.from_day <= request.day <= prompt.to_day
        assert not prompt.avoid_when & states
        assert not prompt.needs_intention or request.intention.strip()
        assert not states & GENTLE or prompt.intensity == "gentle"
        assert not prompt.indications or prompt.indications & (request.indications or set())
        if prompt.intensity == "deep" and not request.therapist_present:
            assert request.indications is not None
            assert "ptsd" not in request.indications
        assert told.why
        assert "no clinician has reviewed it" in told.why
    assert (found.intention is not None) == any(each.needs_intention for each in chosen)


@given(requests)
def test_an_act_comes_after_something_that_looks_back(request):
    chosen = [BY_ID[each.id] for each in select_prompts(request).prompts]
    before = {
        BY_ID[each.prompt].kind for each in request.history if each.prompt in BY_ID and 0 <= each.day < request.day
    }
    for index, prompt in enumerate(chosen):
        if prompt.kind == "small-action" and not before & LOOKING_BACK:
            assert request.day >= 7
            assert {each.kind for each in chosen[:index]} & LOOKING_BACK


@given(requests)
def test_what_nobody_knows_never_leads_deeper(request):
    for vague in (attrs.evolve(request, states=frozenset()), attrs.evolve(request, indications=None)):
        for prompt in select_prompts(vague).prompts:
            assert vague.states or prompt.intensity == "gentle"
            assert vague.indications is not None or vague.therapist_present or prompt.intensity != "deep"


@given(requests, st.text(min_size=1, max_size=40))
def test_the_persons_words_stay_where_they_belong(request, words_of_the_person):
    request = attrs.evolve(request, intention=f"{CANARY} {words_of_the_person}")
    found = select_prompts(request)
    assert CANARY not in repr(found) + repr(request) + repr(found.prompts) + repr(found.card)
    assert CANARY not in str(to_json(attrs.evolve(found, intention=None)))
    assert CANARY not in str(to_json(coach_agenda(request, ["worry"])))


@given(st.text(max_size=60))
def test_the_persons_words_are_quoted_as_words(intention):
    request = PromptRequest(
        session="s-1",
        day=1,
        phase="integration",
        states=STEADY,
        intention=f"a{intention}",
        themes=frozenset({"meaning"}),
    )
    found = select_prompts(attrs.evolve(request, count=30))
    assert found.intention is not None
    page = render_prompts(found, "html")
    assert page.count("<bdi>") == page.count("</bdi>") == sum(each.asks_about_intention for each in found.prompts)
    inside = page.partition("<bdi>")[2].partition("</bdi>")[0]
    assert not set(inside) & set("<>\"'\n\u202e")
    marked = render_prompts(found, "markdown").partition("\u2068“")[2].partition("”\u2069")[0]
    assert not any(
        each in "*_[]<>#|`~!&(){}" and marked[index - 1 : index] != "\\" for index, each in enumerate(marked) if index
    )
    plain = render_prompts(found).partition("\u2068“")[2].partition("”\u2069")[0]
    assert "\n" not in plain
    assert "\u202e" not in plain


@pytest.mark.parametrize("style", ["text", "markdown", "html"])
def test_a_page_without_prompts_says_what_happens_instead(style):
    request = PromptRequest(session="s-1", day=2, phase="integration", risk="crisis", crisis_lines="Call <112> *now*.")
    page = render_prompts(select_prompts(request), style)
    assert "You are not alone" in page
    assert ("<112>" in page) == (style == "text")
    quiet = PromptRequest(session="s-1", day=2, phase="integration", count=0)
    assert "no prompt for today" in render_prompts(select_prompts(quiet), style)


def test_the_crisis_lines_are_the_callers_and_of_no_country_otherwise():
    request = PromptRequest(session="s-1", day=2, phase="integration", risk="crisis")
    unknown = select_prompts(request)
    assert unknown.card.indicator == "critical"
    assert not any(each.isdigit() for each in unknown.message + unknown.card.detail)
    known = select_prompts(attrs.evolve(request, crisis_lines="Crisis line: 116 123.", locale="es"))
    assert "116 123" in known.message
    assert "116 123" in known.card.detail
    assert "116 123" in known.statement
    assert known.message.startswith("Gracias")


def test_a_gentle_prompt_may_still_be_wrong_for_a_state():
    request = PromptRequest(session="s-1", day=2, phase="integration", count=50, states=STEADY)
    touching = {"mean-tight", "mean-listen-again"}
    assert touching <= {each.id for each in select_prompts(request).prompts}
    after = select_prompts(attrs.evolve(request, states=frozenset({"fresh-trauma"})))
    assert after.prompts
    assert not touching & {each.id for each in after.prompts}


def test_the_evening_of_the_session_is_for_grounding():
    request = PromptRequest(session="s-1", day=0, phase="integration", count=20, states=STEADY)
    found = select_prompts(request)
    assert {each.kind for each in found.prompts} <= {"mindfulness", "self-kindness", "sharing", "journal"}
    assert {each.intensity for each in found.prompts} == {"gentle"}


def test_before_a_session_an_intention_comes_first_and_then_the_room_and_the_people():
    request = PromptRequest(session="s-1", day=-3, phase="integration", count=3)
    found = preparation_prompts(request)
    assert found.phase == "preparation"
    assert [each.kind for each in found.prompts][:2] == ["intention", "preparation"]
    with_one = preparation_prompts(attrs.evolve(request, intention="To meet my worry.", count=1))
    assert [each.kind for each in with_one.prompts] == ["preparation"]
    assert not preparation_prompts(attrs.evolve(request, day=3)).prompts


@pytest.mark.parametrize("states", [STEADY, frozenset({"hard-day"}), frozenset()])
def test_a_whole_course_never_repeats_a_prompt_and_fills_each_day_of_the_rhythm(states):
    """Two sessions a week for three weeks, prompts on the days of the rhythm until the next session."""
    history = []
    for session in range(6):
        for day in prompt_days("integration", 0, 3):
            today = session * 4 + day
            past = tuple(Offered(prompt=name, day=when - session * 4) for name, when in history)
            request = PromptRequest(
                session=f"s-{session}", day=day, phase="integration", states=states, history=past, intention="To rest."
            )
            found = select_prompts(request)
            recent = {name for name, when in history if today - when < 14}
            assert not recent & {each.id for each in found.prompts}
            assert found.prompts or states != STEADY
            history += [(each.id, today) for each in found.prompts]
    assert len(history) >= (45 if states == STEADY else 30)


def test_prompts_are_densest_in_the_first_days():
    assert prompt_days("integration", 0, 20) == (0, 1, 2, 3, 7, 14)
    meant = Counter()
    for prompt in BY_ID.values():
        if prompt.phase == "integration":
            days = range(prompt.from_day, prompt.to_day + 1)
            meant.update(dict.fromkeys(days, 1 / len(days)))
    assert min(meant[day] for day in range(4)) > max(meant[day] for day in range(4, 15))
    assert set(meant) == set(range(15))


@pytest.mark.parametrize("day", [7, 14])
@pytest.mark.parametrize("states", [STEADY, frozenset()])
def test_late_in_the_window_a_look_back_leads_to_an_act(day, states):
    request = PromptRequest(session="s-1", day=day, phase="integration", states=states, themes=frozenset({"sleep"}))
    kinds = [each.kind for each in select_prompts(request).prompts]
    assert len(kinds) == 2
    assert kinds[0] in LOOKING_BACK
    assert kinds[1] == "small-action"


def test_maintenance_has_a_rhythm_of_its_own():
    assert prompt_days("maintenance", 0, 60) == (21, 28, 35, 42, 49, 56)
    assert prompts_on("maintenance", 3640) == 2
    assert prompt_days("preparation", -30, 0) == (-7, -3, -1, 0)
    request = PromptRequest(session="s-1", day=400, phase="maintenance", states=STEADY)
    assert len(select_prompts(request).prompts) == 1
    assert len(select_prompts(attrs.evolve(request, day=21 + 7 * 50)).prompts) == 2


def test_what_was_offered_calls_for_what_follows_it():
    past = (Offered(prompt="mean-worry-shape", day=2),)
    request = PromptRequest(
        session="s-1", day=5, phase="integration", states=STEADY, history=past, themes=frozenset({"worry"}), count=2
    )
    found = select_prompts(request)
    assert "turn-worry-time" in {each.id for each in found.prompts}
    assert "follows a prompt that was offered before" in " ".join(why for each in found.prompts for why in each.why)


def test_another_seed_session_or_day_gives_another_choice_among_equals():
    request = PromptRequest(session="s-1", day=2, phase="integration", states=STEADY)
    others = [
        request,
        attrs.evolve(request, seed=1),
        attrs.evolve(request, session="s-2"),
        attrs.evolve(request, seed=2),
    ]
    assert len({tuple(prompt.id for prompt in select_prompts(each).prompts) for each in others}) == 4


def test_what_is_not_translated_stands_in_english_and_says_so():
    request = PromptRequest(session="s-1", day=2, phase="integration", locale="de", count=3)
    assert {each.language for each in select_prompts(request).prompts} == {"en"}
    assert {each.language for each in select_prompts(attrs.evolve(request, locale="es-MX")).prompts} == {"es"}


# --- the library


def test_the_library_is_large_varied_and_unreviewed():
    assert len(BY_ID) >= 150
    assert {each.review for each in BY_ID.values()} == {"unreviewed"}
    kinds, themes = Counter(each.kind for each in BY_ID.values()), Counter()
    for each in BY_ID.values():
        themes.update(each.themes)
    assert min(kinds.values()) >= 8
    assert min(themes[each] for each in get_args(Theme)) >= 7
    written_for = {each for prompt in BY_ID.values() for each in prompt.indications}
    assert written_for == {"gad", "sad", "panic", "phobia", "ptsd", "depression"}
    openings = Counter(" ".join(each.text.split()[:2]).casefold() for each in BY_ID.values())
    assert openings.most_common(1)[0][1] <= 8
    assert len({each.text for each in BY_ID.values()}) == len(BY_ID)


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("name", BY_ID)
def test_every_prompt_passes_the_gate_in_every_language_and_is_easy_to_read(name, locale):
    said = say(name, BY_ID[name].text, locale)
    assert said.language == locale
    assert check_text(said.text, locale=locale) == ()
    assert check_reading(said.text, locale=locale) == ()
    assert locale != "en" or reading_grade(said.text) == BY_ID[name].reading_grade


def test_english_and_spanish_are_complete():
    assert check_library_locale("en") == ()
    assert check_library_locale("es") == ()
    assert set(languages()) == {"en", "es"}


def faults(change):
    content = table("prompts")
    with pytest.raises(KnowledgeError) as caught:
        load_library(change(content))
    return {(each.pointer, each.code) for each in caught.value.issues}


def test_a_library_with_faults_cannot_load_and_tells_all_of_them():
    def change(content):
        first = content["prompts"][0]
        bad = first | {"text": "A cure.", "to_day": -100, "follow_ups": ["nowhere"], "reading_grade": "6.1"}
        return content | {"prompts": [bad, bad | {"review": "reviewed", "reviewer": "A. Clinician"}]}

    found = faults(change)
    for index in (0, 1):
        assert {
            (f"/prompts/{index}/text", "language.cure"),
            (f"/prompts/{index}/to_day", "range.empty"),
            (f"/prompts/{index}/follow_ups", "prompt.unknown"),
            (f"/prompts/{index}/reading_grade", "language.reading-grade"),
        } <= found
    assert ("/prompts/1/id", "prompt.duplicate") in found
    assert ("/prompts/1/review", "prompt.unsigned") in found


def test_a_member_that_nobody_knows_is_a_fault():
    assert ("/prompts/0/intensty", "member.unknown") in faults(
        lambda content: content | {"prompts": [content["prompts"][0] | {"intensty": "deep"}]}
    )


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("action_kinds", []),
        ("gentle_when", ["hard-day"]),
        ("deep_needs_therapist", []),
        ("contact_when", [{"state": "risk", "contact": "crisis"}]),
        ("contact_when", [{"state": each, "contact": "team"} for each in INSTEAD]),
    ],
)
def test_a_library_never_protects_less_than_ours(member, value):
    found = faults(lambda content: content | {"settings": content["settings"] | {member: value}})
    assert found == {(f"/settings/{member}", "prompt.looser")}


def test_a_source_that_nobody_knows_is_a_fault():
    cited = [{"source": "NOBODY", "locator": "", "confidence": "seen"}]
    found = faults(lambda content: content | {"settings": content["settings"] | {"citations": cited}})
    assert found == {("/settings/citations/0/source", "citation.unknown-source")}


def test_a_clinics_own_library_records_its_reviewer():
    content = table("prompts")
    own = {
        "id": "clinic-1",
        "text": "Which song fits this week?",
        "kind": "reflection",
        "phase": "integration",
        "from_day": 0,
        "to_day": 14,
        "themes": ["meaning"],
        "intensity": "gentle",
        "reading_grade": str(reading_grade("Which song fits this week?")),
        "review": "reviewed",
        "reviewer": "A. Clinician",
        "reviewed_on": AS_OF.date().isoformat(),
    }
    ours = load_library(content | {"id": "clinic", "version": "1", "prompts": [own]})
    assert read(PromptLibrary, write(ours.document)) == ours.document
    request = PromptRequest(session="s-1", day=2, phase="integration", count=1, locale="es")
    found = select_prompts(request, prompts=ours)
    assert (found.library, found.prompts[0].id, found.prompts[0].language) == ("clinic 1", "clinic-1", "en")
    assert found.prompts[0].why == ("day 2 is within days 0 to 14", "gentle, as the day is unknown")
    assert [each.code for each in check_library_locale("es", ours)] == ["locale.missing"]
    assert read(PromptSet, write(found)) == found
    assert limits()["prompt"].reading_grade >= ours.prompts[0].reading_grade


# --- the coach's agenda


def test_an_agenda_has_the_themes_of_the_journal_the_most_frequent_first():
    request = PromptRequest(
        session="s-1",
        day=5,
        phase="integration",
        states=STEADY,
        indications=frozenset({"gad"}),
        themes=frozenset({"body"}),
        history=(Offered(prompt="turn-worry-time", day=4),),
    )
    found = coach_agenda(request, ["worry", "sleep", "worry", "relationships"])
    assert [(each.theme, each.times) for each in found.themes] == [
        ("worry", 2),
        ("body", 1),
        ("relationships", 1),
        ("sleep", 1),
    ]
    for theme in found.themes:
        assert 1 <= len(theme.questions) + len(theme.steps) <= 4
        assert {each.kind for each in theme.steps} <= {"small-action"}
        assert {each.kind for each in theme.questions} <= LOOKING_BACK - {"journal"}
        assert all(theme.theme in BY_ID[each.id].themes for each in (*theme.questions, *theme.steps))
    ids = [each.id for theme in found.themes for each in (*theme.questions, *theme.steps)]
    assert len(ids) == len(set(ids))
    assert any("72 hours" in each for each in found.reminders)
    assert not any("trauma" in each for each in found.reminders)
    assert found.citations


@pytest.mark.parametrize("theme", get_args(Theme))
@pytest.mark.parametrize("day", range(1, 15))
def test_every_theme_has_a_question_on_every_day_and_a_step_after_the_first_days(theme, day):
    request = PromptRequest(session="s-1", day=day, phase="integration")
    (found,) = coach_agenda(request, [theme]).themes
    assert found.questions
    assert found.steps or day < 4


@pytest.mark.parametrize("indications", [None, frozenset({"ptsd"})])
def test_the_coach_is_reminded_of_trauma_unless_it_is_known_not_to_matter(indications):
    request = PromptRequest(session="s-1", day=5, phase="integration", indications=indications)
    assert any("trauma" in each for each in coach_agenda(request, []).reminders)


@given(requests, st.lists(st.sampled_from(get_args(Theme)), max_size=6))
def test_an_agenda_keeps_the_rules_of_the_choice(request, themes):
    found = coach_agenda(request, themes)
    assert found.contact == select_prompts(request).contact
    assert not (found.contact and found.themes)
    states = request.states or {"unknown"}
    for each in (each for theme in found.themes for each in (*theme.questions, *theme.steps)):
        prompt = BY_ID[each.id]
        assert prompt.from_day <= request.day <= prompt.to_day
        assert not prompt.avoid_when & states
        assert not states & GENTLE or prompt.intensity == "gentle"
