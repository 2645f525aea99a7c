"""
Which prompts for this person on this day: pure, so that the same question always gets the same prompts.

Distress and risk never get another prompt; they get a person. After a hard day, and where nobody knows what the day was
like, only gentle prompts are chosen. The person's own intention is never read for meaning: it only stands beside the
prompts that ask about it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import attrs

from ketaprogram.prompts.catalogue import library
from ketaprogram.prompts.contacting import contact_card, contact_message, contact_needed
from ketaprogram.prompts.model import ChosenPrompt, PromptSet
from ketaprogram.prompts.timing import prompts_on
from ketaprogram.wording import direction_of, message, say, statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.prompts.catalogue import Library
    from ketaprogram.prompts.model import Prompt, PromptRequest, State

__all__ = ["candidates", "chosen", "preparation_prompts", "ranked", "select_prompts", "states_of"]


def select_prompts(request: PromptRequest, *, prompts: Library | None = None) -> PromptSet:
    """
    Choose prompts for one day.

    Args:
        request: What the choice depends on.
        prompts: The library, if not ours.

    Returns:
        At most `count` prompts, each with its reasons. None, and `contact`, where a person should get in touch. Before
        a session the first prompt helps to find an intention while there is none; the next is about space and people.

    Unknowns:
        A state or a main problem that nobody knows leaves the gentler prompts only. An unknown country shows no
        country's crisis lines, and an unknown setting the statement for home.

    Source:
        int.cadence_default, int.content_default, int.trauma_default (proposals); int.seed_window, int.seed_tools.

    Example:
        >>> from ketaprogram.prompts.model import PromptRequest
        >>> request = PromptRequest(session="s-1", day=1, phase="integration", themes=frozenset({"worry"}))
        >>> found = select_prompts(request)
        >>> len(found.prompts), found.contact
        (3, None)
        >>> select_prompts(attrs.evolve(request, states=frozenset({"distress-high"}))).contact
        'team'
    """
    found = prompts or library()
    locale, known, day = request.locale, found.languages, request.day
    wanted = prompts_on(request.phase, day, found) if request.count is None else request.count
    contact = contact_needed(request.risk, request.states, found)
    picked = [] if contact else _spread(request, found, wanted)
    heading = message(
        "day-of-session" if day == 0 else "days-after" if day > 0 else "days-before", locale, known, count=abs(day)
    )
    told = contact_message(contact, locale, request.crisis_lines, known) if contact else None
    if not picked and not contact:
        told = message("no-prompt-today", locale, known)
    return PromptSet(
        session=request.session,
        day=day,
        phase=request.phase,
        library=found.name,
        locale=locale,
        direction=direction_of(heading.language, known),
        heading=heading.text,
        prompts=tuple(chosen(each, request, found) for each in picked),
        intention=request.intention if any(each.needs_intention for each in picked) else None,
        contact=contact,
        message=told.text if told else None,
        card=contact_card(contact, request.crisis_lines) if contact else None,
        statement=statement(request.setting, locale, request.crisis_lines, known).text,
        note=None if contact or len(picked) == wanted else "Fewer prompts fit than were asked for.",
    )


def preparation_prompts(request: PromptRequest, *, prompts: Library | None = None) -> PromptSet:
    """
    Choose prompts for the days before a session, whatever phase the request names.

    Returns:
        As `select_prompts` for the phase of preparation; none after the session.

    Source:
        home.seed_space, int.seed_intentions.

    Example:
        >>> from ketaprogram.prompts.model import PromptRequest
        >>> request = PromptRequest(session="s-2", day=-3, phase="integration", count=3)
        >>> [each.kind for each in preparation_prompts(request).prompts][:2]
        ['intention', 'preparation']
    """
    return select_prompts(attrs.evolve(request, phase="preparation"), prompts=prompts)


def states_of(request: PromptRequest) -> frozenset[State]:
    """How the person is; that nobody asked is a state too."""
    return request.states or frozenset({"unknown"})


def candidates(request: PromptRequest, found: Library) -> list[Prompt]:
    """The prompts that may be chosen at all, in the order of the library."""
    settings, states, known = found.settings, states_of(request), request.indications
    gentle = not states.isdisjoint(settings.gentle_when)
    no_deep = not request.therapist_present and (known is None or not known.isdisjoint(settings.deep_needs_therapist))
    since = request.day - settings.no_repeat_days
    repeated = {each.prompt for each in request.history if each.day > since}
    day, phase, has_intention = request.day, request.phase, request.has_intention
    return [
        each
        for each in found.prompts
        if each.from_day <= day <= each.to_day
        and each.phase == phase
        and each.id not in repeated
        and (has_intention or not each.needs_intention)
        and (not gentle or each.intensity == "gentle")
        and not (no_deep and each.intensity == "deep")
        and each.avoid_when.isdisjoint(states)
        and (not each.indications or (known is not None and not each.indications.isdisjoint(known)))
    ]


def ranked(request: PromptRequest, found: Library, among: list[Prompt]) -> list[Prompt]:
    """Those closest to the person first; equals in an order that the seed, the session and the day give."""
    following = _following(request, found)
    return sorted(among, key=lambda each: (-_closeness(each, request, following), _shuffled(each, request)))


def chosen(prompt: Prompt, request: PromptRequest, found: Library) -> ChosenPrompt:
    """A prompt in the person's language with the reasons for it."""
    said = say(prompt.id, prompt.text, request.locale, found.languages)
    return ChosenPrompt(
        id=prompt.id,
        text=said.text,
        language=said.language,
        kind=prompt.kind,
        intensity=prompt.intensity,
        asks_about_intention=prompt.needs_intention,
        why=tuple(_reasons(prompt, request, found)),
    )


def _spread(request: PromptRequest, found: Library, count: int) -> list[Prompt]:
    """
    The best of each kind in turn, so that three prompts are three kinds where they can be.

    An act comes only after something that looks back: offered on an earlier day since the session or, late enough in
    the window, standing before it in the same set.
    """
    acting, reflective = found.settings.action_kinds, found.settings.reflective_kinds
    left = ranked(request, found, candidates(request, found))
    looked_back = any(prompt.kind in reflective for prompt in _since_the_session(request, found))
    late = request.day >= found.settings.action_from_day
    lead = _lead(request, found)
    picked: list[Prompt] = []
    kinds: set[str] = set()
    for turn in range(count):
        may_act = looked_back or (late and any(each.kind in reflective for each in picked))
        fitting = [each for each in left if may_act or each.kind not in acting]
        if not fitting:
            break
        if all(each.kind in kinds for each in fitting):
            kinds.clear()
        fresh = [each for each in fitting if each.kind not in kinds]
        first = lead[turn] if turn < len(lead) else frozenset()
        best = next((each for each in fresh if each.kind in first), fresh[0])
        picked.append(best)
        kinds.add(best.kind)
        left.remove(best)
    return sorted(picked, key=lambda each: each.kind in acting)


def _lead(request: PromptRequest, found: Library) -> tuple[frozenset[str], ...]:
    """The kinds that come first: an intention and the room before a session; late after it, a look back and an act."""
    if request.phase == "preparation":
        room = frozenset({"preparation"})
        return (room,) if request.has_intention else (frozenset({"intention"}), room)
    if request.phase == "integration" and request.day >= found.settings.action_from_day:
        return (found.settings.reflective_kinds, found.settings.action_kinds)
    return ()


def _since_the_session(request: PromptRequest, found: Library) -> Iterator[Prompt]:
    for each in request.history:
        if 0 <= each.day < request.day and each.prompt in found.by_id:
            yield found.by_id[each.prompt]


def _following(request: PromptRequest, found: Library) -> frozenset[str]:
    """The prompts that may follow one that was offered since the session."""
    return frozenset(name for each in _since_the_session(request, found) for name in each.follow_ups)


def _closeness(prompt: Prompt, request: PromptRequest, following: frozenset[str]) -> int:
    """How much a prompt has to do with the person: a theme each, the main problem, the intention, what went before."""
    return (
        len(prompt.themes & request.themes)
        + bool(prompt.indications)
        + prompt.needs_intention
        + (prompt.id in following)
    )


def _shuffled(prompt: Prompt, request: PromptRequest) -> bytes:
    """A stable order among equals that differs from session to session and from day to day."""
    return sha256(f"{request.seed}:{request.session}:{request.day}:{prompt.id}".encode()).digest()


def _reasons(prompt: Prompt, request: PromptRequest, found: Library) -> Iterator[str]:
    settings, states = found.settings, states_of(request)
    yield f"day {request.day} is within days {prompt.from_day} to {prompt.to_day}"
    if shared := sorted(prompt.themes & request.themes):
        yield f"about {', '.join(shared)}"
    if prompt.indications:
        yield f"written for {', '.join(sorted(prompt.indications & (request.indications or frozenset())))}"
    if prompt.needs_intention:
        yield "asks about the person's own intention"
    if prompt.id in _following(request, found):
        yield "follows a prompt that was offered before"
    if prompt.kind in settings.action_kinds:
        yield "an act, after looking back"
    if gentle := sorted(states & settings.gentle_when):
        yield f"gentle, as the day is {', '.join(gentle)}"
    if prompt.review == "unreviewed":
        yield "no clinician has reviewed it"
