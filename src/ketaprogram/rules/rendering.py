"""A rulebook as one page that a clinician can sign off: text, logic in words, consequence, source, last review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketaprogram.citation import sources
from ketaprogram.facts.catalog import catalog
from ketaprogram.rules.describing import in_words
from ketaprogram.rules.lattice import worst_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ketaprogram.citation import Citation
    from ketaprogram.facts.catalog import Catalog
    from ketaprogram.rules.model import Approval, Criterion, Evidence, Parameter, Review, Rulebook

__all__ = ["render"]


def render(rulebook: Rulebook, *, known: Catalog | None = None) -> str:
    """
    A rulebook as Markdown, for the clinician who signs it off.

    Args:
        rulebook: The rulebook.
        known: The catalogue of facts, if a clinic extends ours.

    Returns:
        The page: what it is for, the numbers that a clinic sets, each criterion, and a line to sign. The digest on it
        is that of the rulebook, so a signature belongs to exactly this content.

    Example:
        >>> from ketaprogram.rules import load_rulebook
        >>> print(render(load_rulebook("candidacy-home")).splitlines()[0])
        # Candidacy for sessions at home
    """
    definitions = known or catalog()
    lines = [f"# {rulebook.title}", "", *_head(rulebook)]
    if rulebook.changes:
        lines += ["", f"## Changes to {rulebook.extends}", ""]
        lines += [f"- `{each.id}`{' (removed)' if each.removed else ''}: {each.reason}" for each in rulebook.changes]
    if rulebook.parameters:
        lines += ["", "## Numbers that a clinic sets", "", *_parameters(rulebook.parameters)]
    for kind, title in _TITLES.items():
        found = [each for each in rulebook.criteria if each.criterion_kind == kind]
        if found:
            lines += ["", f"## {title}"]
        for each in found:
            lines += ["", *_criterion(each, definitions)]
    lines += ["", "---", "", "Signed off by (name, role, date): ______________________________"]
    return "\n".join(lines) + "\n"


_TITLES = {
    "emergency": "Emergencies: act on these before anything else",
    "exclusion": "Exclusions: while one is true, the person is not eligible",
    "inclusion": "Inclusions: each has to be true",
    "deferral": "Deferrals: something has to change first, or time has to pass",
    "precaution": "Precautions: a clinician weighs these",
}


def _head(rulebook: Rulebook) -> Iterator[str]:
    until = rulebook.effective_until.isoformat() if rulebook.effective_until else "further notice"
    scope = [
        f"setting {rulebook.setting or 'any'}",
        f"routes {', '.join(rulebook.routes) or 'any'}",
        f"main problems {', '.join(rulebook.indications) or 'any'}",
    ]
    yield f"- Rulebook: `{rulebook.id}` {rulebook.version}, for {rulebook.gate}"
    if rulebook.extends:
        yield f"- Extends: `{rulebook.extends}`"
    yield f"- Scope: {'; '.join(scope)}"
    yield f"- In effect: {rulebook.effective_from.isoformat()} until {until}"
    yield f"- Review: {_review(rulebook.reviewed)}"
    yield f"- Digest: `{rulebook.digest}`"


def _parameters(parameters: tuple[Parameter, ...]) -> Iterator[str]:
    yield "| number | value | bounds | source | approved |"
    yield "|---|---|---|---|---|"
    for each in parameters:
        until = f", until {each.effective_until.isoformat()}" if each.effective_until else ""
        bounds = f"{each.low:f} to {each.high:f}"
        approved = _approval(each.approved, is_proposal=each.citation.is_proposal)
        unit = "" if each.unit == "1" else f" {each.unit}"
        yield f"| `{each.id}` | {each.value:f}{unit}{until} | {bounds} | {_source(each.citation)} | {approved} |"


def _criterion(criterion: Criterion, known: Catalog) -> Iterator[str]:
    holds = "not met" if criterion.criterion_kind == "inclusion" else "met"
    unknown = "is asked about" if criterion.if_unknown == "ask" else "counts as met"
    override = "may be overridden with a coded reason" if criterion.overridable else "cannot be overridden"
    yield f"### `{criterion.id}`"
    yield ""
    yield criterion.statement
    yield ""
    yield f"- Logic: {in_words(criterion.when, known)}"
    yield f"- If {holds}: **{worst_of(criterion).value}**; {override}; while unknown it {unknown}"
    if criterion.pathway:
        yield f"- Opens: the {criterion.pathway} path"
    yield f"- Option: {criterion.action}"
    for each in criterion.citations:
        yield f"- Source: {_source(each)}, {each.locator or 'no place given'} ({each.confidence})"
    if criterion.quote:
        yield f'- Quote: "{criterion.quote}"'
    if criterion.evidence:
        yield f"- Evidence: {_evidence(criterion.evidence)}"
    if criterion.is_open_proposal or criterion.approved:
        yield f"- Approved: {_approval(criterion.approved, is_proposal=True)}"
    if criterion.reviewed:
        yield f"- Review: {_review(criterion.reviewed)}"


def _source(citation: Citation) -> str:
    found = sources()[citation.source]
    return f"{found.authors.split(',')[0]}{f' {found.year}' if found.year else ''} ({citation.source})"


def _evidence(evidence: Evidence) -> str:
    parts = [
        f"recommendation {evidence.strength or 'of unstated strength'}",
        f"{evidence.direction} the treatment" if evidence.direction else "",
        f"quality {evidence.quality}" if evidence.quality else "",
        evidence.grading or "",
    ]
    return ", ".join(part for part in parts if part)


def _approval(approval: Approval | None, *, is_proposal: bool) -> str:
    if approval is not None:
        return f"{approval.by}, {approval.role}, {approval.on.isoformat()}"
    return "**not approved: a proposal**" if is_proposal else "published"


def _review(review: Review | None) -> str:
    if review is None:
        return "unreviewed"
    return f"{review.by}, {review.role}, {review.on.isoformat()}, due again by {review.due.isoformat()}"
