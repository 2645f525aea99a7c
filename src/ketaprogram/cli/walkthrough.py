"""
``walkthrough``: one made-up person's way through a program, from a half-filled form to the third prompt.

Everything that is shown was worked out by the library as it runs; only the documents in ``case/`` and what the
clinic's staff says on the day are given.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import attrs
import click
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from ketaprogram.cli.edges import answering, as_json, console, document, now_option
from ketaprogram.cli.showing import observation_table, schedule_table, score_table
from ketaprogram.documents import read, to_json
from ketaprogram.events import record_event, triage
from ketaprogram.events.model import AdverseEvent, SideEffectLog
from ketaprogram.intake import check_intake, facts_from
from ketaprogram.intake.model import Intake
from ketaprogram.outcomes import change, score
from ketaprogram.outcomes.model import Responses
from ketaprogram.prompts import select_prompts
from ketaprogram.prompts.model import PromptRequest, PromptSet
from ketaprogram.protocol import dose_for, load_protocol, sign_order
from ketaprogram.protocol.model import Solution, WeightBasedDose
from ketaprogram.quantity import Quantity
from ketaprogram.rules import determine, load_rulebook
from ketaprogram.rules.explaining import answer_in_words, explain
from ketaprogram.schedule import instant_of, plan_visits
from ketaprogram.screening import clear
from ketaprogram.sessions import (
    begin_session,
    checklist,
    discharge,
    expected_observations,
    make_ready,
    next_reading,
    no_driving_until,
    observation_alerts,
    prepare,
    readiness_facts,
    record_administration,
    record_observation,
    session_facts,
)
from ketaprogram.sessions.model import Administration, CadssFull, Observation

if TYPE_CHECKING:
    from ketaprogram.citation import Citation
    from ketaprogram.events.model import Triage
    from ketaprogram.outcomes.model import Change, Score
    from ketaprogram.protocol.model import Order, Protocol
    from ketaprogram.rules.model import Determination
    from ketaprogram.schedule.model import Schedule
    from ketaprogram.sessions.model import Session

__all__ = ["walkthrough_command"]

Model = TypeVar("Model")

_INTENTION = "To meet my worry with curiosity."


@click.command("walkthrough")
@click.argument("intake", type=click.File("rb"), required=False)
@now_option
@as_json
@answering
def walkthrough_command(intake: BinaryIO | None, now: datetime, as_json: bool) -> None:  # noqa: FBT001  # a flag
    """Follow one made-up person through a program; with an INTAKE file, show how far that person's form leads."""
    out = Console(quiet=True) if as_json else console()
    story = _own(out, document(Intake, intake), now) if intake is not None else _story(out)
    if as_json:
        click.echo(json.dumps({name: to_json(found) for name, found in story.items()}, indent=2, ensure_ascii=False))


def _story(out: Console) -> dict[str, object]:
    """The whole way of the made-up person; the documents that came to be on it, by name."""
    out.print(
        Panel(
            "One made-up person on the way through a program. Every answer below is worked out as this runs.\n"
            "For professionals. A clinician signs every decision; nothing here prescribes or diagnoses.",
            title="ketaprogram walkthrough",
            title_align="left",
        )
    )
    asked_at = datetime.fromisoformat("2026-10-15T14:00:00-06:00")
    first = _first_form(out)
    answer = _completed_form(out, asked_at)
    protocol = load_protocol("iv-six-infusions")
    order, schedule = _signature_and_plan(out, answer, protocol, asked_at)
    session = _session_day(out, order, protocol, schedule)
    reported = _side_effect(out, session)
    latest = _scores(out)
    prompts = _prompts(out, session)
    _end(out, answer)
    return {
        "first-determination": first,
        "determination": answer,
        "order": order,
        "schedule": schedule,
        "session": session,
        "triage": reported,
        "score": latest,
        "prompt-set": prompts,
    }


def _own(out: Console, form: Intake, now: datetime) -> dict[str, object]:
    setting = "home" if form.sought.setting == "home" else "clinic"
    answer = determine(facts_from(form, now), load_rulebook(f"candidacy-{setting}"), now)
    _heading(out, f"1  The form, screened for {setting}")
    _plainly(out, explain(answer))
    for issue in check_intake(form, now):
        _plainly(out, f"Fault in the form: {issue}")
    _heading(out, "2  What comes next")
    if answer.status.permits:
        _plainly(out, "A clinician may now sign a clearance and an order; `ketaprogram plan` lays the order out.")
    else:
        _plainly(out, "Nothing can be planned yet: there is no order without a clearance that says proceed.")
    return {"determination": answer}


def _first_form(out: Console) -> Determination:
    at = datetime.fromisoformat("2026-10-12T16:00:00-06:00")
    answer = determine(facts_from(_case(Intake, "intake-first"), at), load_rulebook("candidacy-clinic"), at)
    _heading(out, "1  The form as it arrived")
    out.print(f"[bold]{answer.status.upper()}[/bold]  {answer_in_words(answer)}")
    out.print("What to ask, most decisive first:")
    for each in answer.requirements:
        _entry(
            out, each.question, f"{each.reason.value}; could become {each.could_become.value}; {_cited(each.citation)}"
        )
    return answer


def _completed_form(out: Console, at: datetime) -> Determination:
    form = _case(Intake, "intake-completed")
    answer = determine(facts_from(form, at), load_rulebook("candidacy-clinic"), at)
    _heading(out, "2  Three days later, the same form completed")
    _plainly(out, explain(answer))
    return answer


def _signature_and_plan(
    out: Console, answer: Determination, protocol: Protocol, at: datetime
) -> tuple[Order, Schedule]:
    clearance = clear(answer, "proceed", by="R. Okafor", role="psychiatrist", signed_at=at)
    order = sign_order(
        protocol,
        clearance,
        id="order-1",
        person="walkthrough-1",
        doses=(WeightBasedDose(mg_per_kg=Decimal("0.5")),),
        maximum_mg=Decimal(40),
        product=Solution(mg_per_ml=Decimal(50), step_ml=Decimal("0.02")),
        sessions=7,
        valid_from=date(2026, 10, 20),
        valid_until=date(2026, 12, 20),
        prescriber="R. Okafor",
        role="psychiatrist",
        signed_at=at,
    )
    _heading(out, "3  The clinician signs")
    out.print(
        f"Clearance: {clearance.decision}, by {clearance.by} ({clearance.role}), {clearance.signed_at:%d %b %Y %H:%M}, "
        f"on determination {clearance.determination_digest[:19]}"
    )
    out.print(
        f"Order {order.id}: {protocol.title}. 0.5 mg/kg, never above {order.maximum_mg} mg, {order.sessions} sessions, "
        f"{order.valid_from:%d %b} to {order.valid_until:%d %b %Y}."
    )
    schedule = plan_visits(order, protocol, start=date(2026, 10, 20), at=time(9, 0), time_zone="America/Denver")
    _heading(out, "4  The schedule: 09:00 stays 09:00 although the clocks go back on 1 November")
    out.print(schedule_table(schedule))
    return order, schedule


def _session_day(out: Console, order: Order, protocol: Protocol, schedule: Schedule) -> Session:
    visit = schedule.sessions[0]
    begins = instant_of(visit)
    dose = dose_for(order, protocol, visit, weight=Quantity(70, "kg"), weighed_on=date(2026, 10, 15))
    session = begin_session(order, visit)
    session = prepare(session, done=frozenset(item.id for item in checklist("clinic").items), intention=_INTENTION)
    _heading(out, f"5  Session 1, {visit.on:%A %d %B}")
    out.print(f"Intention, in the person's own words: “{session.intention}”")
    readiness = load_rulebook("readiness-clinic")
    first_at, again_at = begins - timedelta(minutes=12), begins - timedelta(minutes=1)
    session = record_observation(session, _reading(first_at, 146, 88, 78, 97, dissociation=CadssFull(total=1)))
    _show_gate(out, "Readiness, first reading", _readiness(session, order, schedule, first_at))
    again = next_reading(session, protocol, readiness, first_at)
    out.print(
        f"Read again from {again.due_at:%H:%M} on, not sooner: {again.why}." if again else "No need to read again."
    )
    session = record_observation(session, _reading(again_at, 136, 84, 74, 97))
    gate = _readiness(session, order, schedule, again_at)
    _show_gate(out, "Readiness, after ten minutes of rest", gate)
    session = make_ready(session, gate, readiness)
    given = Administration(given_at=begins, mg=dose.mg, by="L. Chen", role="nurse")
    session = record_administration(session, given, order=order, dose=dose)
    out.print("Dose: " + "; ".join(dose.working))
    for minute, systolic, diastolic, rate, points in _READINGS:
        scale = None if points is None else CadssFull(total=points)
        at = begins + timedelta(minutes=minute)
        session = record_observation(session, _reading(at, systolic, diastolic, rate, 97, moaas=5, dissociation=scale))
    leaving = begins + timedelta(minutes=122)
    out.print(observation_table(expected_observations(session, protocol, leaving), session.time_zone))
    for alert in observation_alerts(session, protocol, leaving):
        if alert.tier != "none":
            _entry(out, alert.card.summary, alert.card.detail)
    answers = dict.fromkeys(_LEAVING, True) | dict.fromkeys(_NOT_LEAVING, False)
    leave = load_rulebook("discharge-clinic")
    gate = determine(session_facts(session, leaving, answers=answers, protocol=protocol), leave, leaving)
    _show_gate(out, "Discharge", gate)
    session = discharge(session, gate, leave, at=leaving, by="L. Chen", role="nurse")
    rule = no_driving_until(session)
    out.print(f"No driving before {rule.not_before:%A %d %B}, and only after a restful sleep.")
    return session


def _readiness(session: Session, order: Order, schedule: Schedule, at: datetime) -> Determination:
    facts = readiness_facts(
        session,
        at,
        order=order,
        schedule=schedule,
        answers={"session.consent_confirmed": True} | dict.fromkeys(_NOT, False) | _HOURS,
        consults_done=frozenset(each.id for each in schedule.visits if each.on < schedule.sessions[0].on),
        open_serious_events=0,
    )
    return determine(facts, load_rulebook("readiness-clinic"), at)


def _side_effect(out: Console, session: Session) -> Triage:
    reported_at = datetime.fromisoformat("2026-10-20T15:30:00-06:00")
    event = AdverseEvent(
        id="event-1",
        session=session.id,
        term="nausea",
        reported_at=reported_at,
        onset_minutes=25,
        grade=1,
        serious=(),
        red_flag=False,
        resolved=False,
        narrative="Queasy since the infusion, drinking normally.",
    )
    corrected = attrs.evolve(
        event,
        id="event-1b",
        corrects="event-1",
        reported_at=reported_at + timedelta(hours=17),
        end_minutes=95,
        resolved=True,
    )
    _heading(out, "6  A side effect is reported: nausea, still there, nobody asked how long")
    log = record_event(SideEffectLog(), event)
    first = _show_triage(out, "As reported", event, log, session)
    log = record_event(log, corrected)
    _show_triage(out, "Corrected next morning: gone after 70 minutes", corrected, log, session)
    return first


def _show_triage(out: Console, label: str, event: AdverseEvent, log: SideEffectLog, session: Session) -> Triage:
    dose = session.administration
    found = triage(
        event,
        history=log,
        now=event.reported_at,
        route=session.route,
        dosed_at=None if dose is None else dose.given_at,
        readings=session.observations,
    )
    out.print(f"{label}: [bold]{found.tier}[/bold]; {found.who} answers by {found.respond_by:%d %b %H:%M}")
    for line in found.card.detail.splitlines():
        _entry(out, line)
    return found


def _scores(out: Console) -> Score:
    rows: list[tuple[str, Score, Change | None]] = []
    for name in ("phq-9", "gad-7"):
        first = score(_case(Responses, f"{name}-baseline"))
        rows.append(("before", first, None))
        for when in ("session-3", "session-6"):
            later = score(_case(Responses, f"{name}-after-{when}"))
            rows.append((when.replace("-", " "), later, change(first, later)))
    _heading(out, "7  Scores over time")
    out.print(score_table(rows))
    return rows[-1][1]


def _prompts(out: Console, session: Session) -> PromptSet:
    found = select_prompts(
        PromptRequest(
            session=session.id,
            day=2,
            phase="integration",
            intention=session.intention,
            themes=frozenset({"worry", "meaning"}),
            indications=frozenset({"gad"}),
            states=frozenset({"steady"}),
            setting=session.setting,
        )
    )
    _heading(out, "8  Two days after the session: three prompts")
    for prompt in found.prompts:
        _entry(out, prompt.text, f"{prompt.kind}: {'; '.join(prompt.why)}")
    out.print(f"  [dim]beside them, in the person's own words:[/dim] “{found.intention}”")
    return found


def _end(out: Console, answer: Determination) -> None:
    _heading(out, "What this rests on")
    out.print(f"Rulebook {answer.rulebook} {answer.rulebook_version}, {answer.rulebook_digest[:19]}.")
    out.print(
        f"{len(answer.proposals)} of its numbers and rules are proposals that no clinician has approved; "
        "`ketaprogram screen` names them, and a clinic's own rulebook approves or replaces them."
    )


def _show_gate(out: Console, label: str, gate: Determination) -> None:
    out.print(f"{label}: [bold]{gate.status.value}[/bold]. {answer_in_words(gate)}")
    for finding in gate.deciding:
        if finding.status.rank > 0:
            _entry(out, finding.statement, f"Option: {finding.action} {_cited(finding.citations[0])}")


def _reading(  # one parameter per sign
    at: datetime,
    systolic: int,
    diastolic: int,
    rate: int,
    spo2: int,
    *,
    moaas: int | None = None,
    dissociation: CadssFull | None = None,
) -> Observation:
    return Observation(
        taken_at=at,
        systolic_mmhg=systolic,
        diastolic_mmhg=diastolic,
        heart_rate_per_min=rate,
        spo2_percent=spo2,
        moaas=moaas,
        dissociation=dissociation,
        acute_symptoms=False,
    )


def _entry(out: Console, text: str, below: str = "") -> None:
    """An indented line, and what stands dimmed below it."""
    out.print(Padding(Text(text), (0, 0, 0, 2)))
    if below:
        out.print(Padding(Text(below, style="dim"), (0, 0, 0, 4)))


def _plainly(out: Console, text: str) -> None:
    """Text that is laid out already."""
    out.print(text, markup=False, soft_wrap=True)


def _cited(citation: Citation) -> str:
    return f"[{citation.source}, {citation.locator}]"


def _heading(out: Console, text: str) -> None:
    out.print(f"\n[bold cyan]{text}[/bold cyan]\n")


def _case(model: type[Model], name: str) -> Model:
    return read(model, resources.files("ketaprogram").joinpath("cli", "case", f"{name}.json").read_bytes())


_NOT = ("session.acute_symptoms", "session.suicidal_intent", "session.intoxicant_recently")
_HOURS: dict[str, bool | int | Decimal] = {"session.hours_since_food": 10, "session.hours_since_fluids": 3}
_LEAVING = ("session.walks_steadily", "session.is_oriented", "session.escort_present")
_NOT_LEAVING = ("session.vomiting", "session.acute_symptoms", "session.suicidal_intent")
# Minute, pressures, heart rate and dissociation after the dose; one reading comes late, one is left out, one is high.
_READINGS: tuple[tuple[int, int, int, int, int | None], ...] = (
    (10, 142, 86, 80, None),
    (20, 150, 92, 84, None),
    (33, 166, 96, 88, None),
    (40, 154, 93, 86, 22),
    (55, 146, 90, 80, None),
    (70, 142, 88, 78, None),
    (100, 138, 86, 74, None),
    (115, 136, 84, 72, None),
    (120, 134, 84, 72, 3),
)
