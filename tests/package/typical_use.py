"""What users write, held to strict types. It is checked, not run."""

from __future__ import annotations

from datetime import UTC, date, datetime

import ketaprogram as kp
from ketaprogram.medications.model import Interaction
from ketaprogram.prompts.model import State
from ketaprogram.record import Route


def screen(form: bytes, *, at_home: bool) -> list[str]:
    """Read an intake, screen it, and say what to ask next."""
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    intake = kp.read(kp.Intake, form)
    faults = kp.check_intake(intake, now)
    rulebook = kp.load_rulebook("candidacy-home" if at_home else "candidacy-clinic")
    answer = kp.determine(kp.facts_from(intake, now), rulebook, now)
    if answer.status.permits and not faults:
        return []
    return [each.question for each in answer.requirements]


def faults_of(form: bytes) -> list[tuple[str, str]]:
    """Every fault of a document as pointer and code."""
    return [(issue.pointer, issue.code) for issue in kp.check(kp.Intake, form)]


def safe_to_log(error: kp.DocumentError) -> str:
    """An error's text holds no value of the person."""
    return str(error)


def double(amount: kp.Quantity) -> kp.Quantity:
    """Amounts add within a dimension."""
    return amount + amount


def is_settled(answer: kp.Truth) -> bool:
    """A Truth is asked, never cast."""
    return answer.is_known


class Formulary:
    """A database of interactions that a clinic plugs in."""

    name = "our formulary"
    expires_on = date(2027, 1, 31)

    def look_up(self, medicine: str, route: Route) -> tuple[Interaction, ...] | None:
        """Nothing is known yet."""
        return () if medicine and route else None


def open_medicines(intake: kp.Intake) -> list[int]:
    """The entries of an intake's list that somebody has to look up; names alone do as well."""
    listed = intake.medications
    report = kp.check_interactions(
        listed.entries,
        route="oral",
        on=date(2026, 11, 26),
        list_is_complete=listed.list_is_complete,
        external=Formulary(),
    )
    by_name = kp.check_interactions(["Zoloft"], route="iv", on=date(2026, 11, 26))
    return [] if report.is_clear and by_name.is_clear else list(report.open_positions)


def follow(before: bytes, after: bytes, country: str | None) -> list[str]:
    """The crisis path before anything else, then what changed."""
    first, latest = (kp.read(kp.Responses, form) for form in (before, after))
    alert = kp.crisis_alert(latest, country)
    if alert is not None:
        return [alert.tier, alert.card.summary, *alert.card.suggestions]
    course = kp.trend([kp.score(first), kp.score(latest)])
    since = course.change
    return [course.standing] if since is None else [course.standing, since.response, since.reliable]


def picture(course: list[kp.Score]) -> dict[str, object]:
    """A chart is a plain dict for whatever draws it."""
    return kp.chart_spec(kp.trend(course), time_zone="Europe/London")


def prompts_for(session: str, day: int, *, was_hard: bool | None, locale: str) -> str:
    """The page for a person some days after a session; a day that nobody asked about is treated as a hard one."""
    states: frozenset[State] = frozenset() if was_hard is None else frozenset({"hard-day" if was_hard else "steady"})
    asked = kp.PromptRequest(session=session, day=day, phase="integration", states=states, locale=locale)
    found = kp.select_prompts(asked)
    return kp.render_prompts(found, "html") if found.contact is None else found.message or ""
