"""A determination in words, for the professional who decides: answer, basis, what is missing and what to ask."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Literal

from ketaprogram._knowledge import table
from ketaprogram.card import Card
from ketaprogram.citation import Citation, sources
from ketaprogram.facts.catalog import catalog
from ketaprogram.facts.model import (
    AbsentFact,
    BooleanFact,
    CodeFact,
    CodesFact,
    DateFact,
    EntriesFact,
    Fact,
    QuantityFact,
)
from ketaprogram.rules.model import SHELF_LIFE, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.card import Indicator
    from ketaprogram.rules.model import DataRequirement, Determination, Finding

_WIDTH = 88
_MOST_SUMMARY = 139
_MOST_DETAIL = 4000

__all__ = ["answer_in_words", "crisis_cards", "explain", "explain_cards"]


def explain(determination: Determination, *, style: Literal["text", "markdown"] = "text") -> str:
    """
    A determination in words, for a professional audience.

    Args:
        determination: The answer to explain.
        style: Plain text, or Markdown.

    Returns:
        Status, deciding findings with their facts and sources, open questions, and the rulebook it rests on. It holds
        the person's values, so it belongs on the professional's screen and not in a log.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.model import FactSet
        >>> from ketaprogram.rules import determine, load_rulebook
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> print(explain(determine(FactSet(), load_rulebook("candidacy-clinic"), now)).splitlines()[0])
        NEEDS-INFO  Cannot be answered yet: something decisive is not known.
    """
    strong, head = ("**", "### ") if style == "markdown" else ("", "")
    lines = [f"{strong}{determination.status.upper()}{strong}  {answer_in_words(determination)}"]
    lines += _section(head, "Decided by", (_finding(each) for each in _shown(determination)))
    lines += _section(head, "To ask, most decisive first", (_question(each) for each in determination.requirements))
    lines += _section(head, "To weigh as well", (_finding(each) for each in _beside(determination)))
    if determination.recheck_on is not None:
        lines += ["", f"By dates alone this can be asked again on {determination.recheck_on.isoformat()}."]
    lines += ["", *_basis(determination)]
    return "\n".join(lines if style == "markdown" else map(_wrapped, lines))


def answer_in_words(determination: Determination) -> str:
    """What the status says at its gate, in one sentence for a professional."""
    sentence: str = table("answers")[determination.gate][determination.status.value]
    return sentence


def crisis_cards(determination: Determination) -> tuple[Card, ...]:
    """One critical card per finding of the crisis path that is true, whatever the status."""
    return tuple(
        Card(
            summary="Crisis path: assess suicide risk with the person now",
            indicator="critical",
            detail=each.statement,
            suggestions=(each.action,),
            sources=each.citations,
        )
        for each in determination.findings
        if _opens_crisis(each)
    )


def _opens_crisis(finding: Finding) -> bool:
    return finding.pathway == "crisis" and finding.truth == "true"


def explain_cards(determination: Determination) -> tuple[Card, ...]:
    """
    A determination as cards for a professional: the answer, the crisis path, what restricts, and what to ask.

    Example:
        >>> from datetime import datetime, timezone
        >>> from ketaprogram.facts.model import FactSet
        >>> from ketaprogram.rules import determine, load_rulebook
        >>> now = datetime(2026, 11, 24, 9, tzinfo=timezone.utc)
        >>> [each.indicator for each in explain_cards(determine(FactSet(), load_rulebook("candidacy-clinic"), now))]
        ['warning', 'info']
    """
    answer = Card(
        summary=_short(f"{determination.status.value}: {answer_in_words(determination)}"),
        indicator=_INDICATORS[determination.status],
        detail="\n".join(_basis(determination)),
    )
    found = [each for each in (*_shown(determination), *_beside(determination)) if not _opens_crisis(each)]
    findings = [
        Card(
            summary=_short(each.statement),
            indicator=_INDICATORS[each.status],
            detail="; ".join([each.statement, *(_fact(fact) for fact in each.used)]),
            suggestions=(each.action,),
            sources=each.citations,
        )
        for each in found
    ]
    return (answer, *crisis_cards(determination), *findings, *_questions_card(determination.requirements))


def _questions_card(requirements: tuple[DataRequirement, ...]) -> Iterator[Card]:
    if requirements:
        yield Card(
            summary=_short(f"{len(requirements)} to ask, first: {requirements[0].label}"),
            indicator="info",
            detail="\n".join(each.question for each in requirements)[:_MOST_DETAIL],
            suggestions=tuple(each.question for each in requirements),
            sources=tuple(dict.fromkeys(each.citation for each in requirements)),
        )


def _short(text: str) -> str:
    return textwrap.shorten(text, _MOST_SUMMARY, placeholder=" ...")


def _shown(determination: Determination) -> Iterator[Finding]:
    """The deciding findings whose condition is known; open ones stand among the questions."""
    if determination.status is Status.CANDIDATE:
        return
    yield from (each for each in determination.deciding if each.truth != "unknown")


def _beside(determination: Determination) -> Iterator[Finding]:
    """What else is known to restrict: a refusal never hides an emergency, nor a question a refusal."""
    for each in determination.findings:
        if each.truth != "unknown" and each.status is not Status.CANDIDATE and each.status is not determination.status:
            yield each


def _section(head: str, title: str, entries: Iterator[list[str]]) -> list[str]:
    found = [line for entry in entries for line in entry]
    return ["", f"{head}{title}", *found] if found else []


def _finding(finding: Finding) -> list[str]:
    known = "; ".join(_fact(each) for each in finding.used)
    basis = f" [{known}]" if known else ""
    return [
        f"- {finding.statement}{basis}",
        f"  Option: {finding.action}",
        f"  Source: {_sources(finding.citations)}",
    ]


def _question(requirement: DataRequirement) -> list[str]:
    source = _sources((requirement.citation,))
    return [
        f"- {requirement.label} ({requirement.reason.value}): {requirement.question}",
        f"  Could become: {requirement.could_become.value}. Source: {source}",
    ]


def _wrapped(line: str) -> str:
    """One line of text, broken to be read on a terminal; what hangs is indented further."""
    indent = " " * (len(line) - len(line.lstrip()) + (2 if line.startswith("-") else 0))
    return textwrap.fill(line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _sources(citations: tuple[Citation, ...]) -> str:
    return "; ".join(
        f"{sources()[each.source].authors.split(',')[0]}, {each.locator} ({each.source})" for each in citations
    )


def _fact(fact: Fact) -> str:
    label = catalog()[fact.id].label if fact.id in catalog() else fact.id
    when = f", {fact.observed_at:%Y-%m-%d}" if not isinstance(fact, AbsentFact) and fact.observed_at else ""
    return f"{label}: {_value(fact)}{when}"


def _value(fact: Fact) -> str:
    match fact:
        case BooleanFact(value=value):
            return "yes" if value else "no"
        case QuantityFact(value=number, unit=unit, comparator=comparator):
            sign = "" if comparator == "=" else f"{comparator} "
            return f"{sign}{number:f} {unit}"
        case CodeFact(value=word):
            return word
        case CodesFact(values=words, is_complete=is_complete):
            return (", ".join(sorted(words)) or "none") + ("" if is_complete else " (list not complete)")
        case DateFact(value=day):
            return day.isoformat()
        case EntriesFact(entries=entries, is_complete=is_complete):
            told = [f"{each.label} ({', '.join(_value(known) for known in each.facts)})" for each in entries]
            return ("; ".join(told) or "none") + ("" if is_complete else " (list not complete)")
        case AbsentFact(reason=reason):
            return reason.value


def _basis(determination: Determination) -> list[str]:
    rulebook = f"{determination.rulebook} {determination.rulebook_version} ({determination.rulebook_digest[:19]})"
    as_of = determination.as_of.isoformat()
    lines = [f"Rulebook {rulebook}, as of {as_of}, ketaprogram {determination.library_version}."]
    lines += [
        f"{_RESERVED[each.code]}: {each.about}. The answer is at least needs-review."
        for each in determination.reservations
    ]
    if determination.proposals:
        named = [each for each in determination.proposals if not each.startswith(SHELF_LIFE)]
        lives = [each.removeprefix(SHELF_LIFE) for each in determination.proposals if each.startswith(SHELF_LIFE)]
        if lives:
            named.append(f"how long these stay fresh: {', '.join(lives)}")
        lines.append(f"Proposed and not approved by any clinician: {', '.join(named)}.")
    return [*lines, "For professionals. A clinician decides; this neither prescribes nor diagnoses."]


_INDICATORS: dict[Status, Indicator] = {
    Status.CANDIDATE: "info",
    Status.NEEDS_REVIEW: "info",
    Status.NEEDS_INFO: "warning",
    Status.DEFERRED: "warning",
    Status.INELIGIBLE: "warning",
    Status.EMERGENCY: "critical",
}
_RESERVED = {
    "rulebook-not-in-effect": "The rulebook is not in effect on that day",
    "parameter-not-in-effect": "A number of the rulebook is past its last day",
    "route-out-of-scope": "The rulebook is for other routes, or nobody knows which is sought",
    "indication-out-of-scope": "The rulebook is for other problems, or nobody knows which is the main one",
}
