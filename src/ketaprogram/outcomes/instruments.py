"""
The catalogue of questionnaires, from ``knowledge/instruments.toml``.

Every form is an `Instrument` of its own. What cannot be right is refused on load: wording that the licence forbids, a
total that the items cannot give, bands with holes, a rule over an item that is not there.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ketaprogram._knowledge import look_up, table
from ketaprogram.citation import Citation, cite_all
from ketaprogram.errors import KnowledgeError
from ketaprogram.outcomes.model import (
    Band,
    ChangeRule,
    Cutoff,
    GroupDifference,
    Instrument,
    Item,
    Norm,
    RiskRule,
    Scale,
    SelfHarm,
    SymptomCount,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Statistics", "forms_of", "instrument", "instruments", "statistics"]

STANDARD = "standard"
"""The form of a questionnaire that has only one."""


@frozen(kw_only=True)
class Statistics:
    """
    The numbers of Jacobson and Truax.

    Args:
        critical: The reliable change index from which on, not included, a change is more than chance.
        standard_deviations: How far the cut-offs a and b lie from their mean.
        citations: Where both come from.
    """

    critical: Decimal
    standard_deviations: int
    citations: tuple[Citation, ...]


@cache
def statistics() -> Statistics:
    """The numbers behind reliable change and the clinical cut-offs."""
    content = table("instruments")
    change, cutoffs = content["reliable_change"], content["clinical_cutoffs"]
    return Statistics(
        critical=Decimal(change["critical"]),
        standard_deviations=cutoffs["standard_deviations"],
        citations=cite_all([*change["sources"], *cutoffs["sources"]]),
    )


@cache
def instruments() -> Mapping[str, Mapping[str, Instrument]]:
    """Every questionnaire by id, each with its forms by id."""
    return {entry["id"]: _forms(entry) for entry in table("instruments")["instrument"]}


def forms_of(instrument_id: str) -> Mapping[str, Instrument]:
    """
    Every form of a questionnaire, by id.

    Raises:
        UnknownItemError: None has this id; the message names the nearest.

    Example:
        >>> list(forms_of("dast-10"))
        ['able-to-stop', 'unable-to-stop']
    """
    return look_up(instruments(), instrument_id, "instrument")


def instrument(instrument_id: str, form: str | None = None) -> Instrument:
    """
    One form of a questionnaire.

    Args:
        instrument_id: Such as ``phq-9``.
        form: Which form; the default one if not given.

    Raises:
        UnknownItemError: No questionnaire or form has this id, or the form has to be named; the message says which.

    Example:
        >>> instrument("phq-9").self_harm.item, instrument("cadss").form
        ('phq9-9', '23-item')
    """
    forms = forms_of(instrument_id)
    wanted = form if form is not None else next(iter(forms.values())).default_form
    return look_up(forms, wanted or "?", f"form of {instrument_id} ({', '.join(forms)})")


def _forms(entry: Mapping[str, Any]) -> dict[str, Instrument]:
    forms = entry.get("form", [{"id": STANDARD}])
    names = tuple(each["id"] for each in forms)
    default = entry.get("default_form", names[0] if len(names) == 1 else None)
    shared = {name: value for name, value in entry.items() if name not in {"form", "default_form"}}
    found = {}
    for each in forms:
        own = {name: value for name, value in each.items() if name != "id"}
        found[each["id"]] = _instrument(shared | own, each["id"], names, default)
    return found


_PLAIN = (
    *("id", "title", "stem", "recall_days", "direction", "lowest", "highest", "total_from", "multiplier"),
    *("licence", "ship_item_text", "loinc_panel", "loinc_total"),
)


def _instrument(entry: Mapping[str, Any], form: str, forms: tuple[str, ...], default: str | None) -> Instrument:
    low, high = entry.get("total_range", (None, None))
    bands = entry.get("bands", {"list": []})
    found = Instrument(
        **{name: entry[name] for name in _PLAIN if name in entry},
        form=form,
        forms=forms,
        default_form=default,
        raters=tuple(entry["raters"]),
        answers=tuple(entry.get("answers", ())),
        answers_loinc=tuple(entry.get("answers_loinc", ())),
        items=tuple(_items(entry)),
        reversed=frozenset(entry.get("reversed", ())),
        alternatives=tuple(tuple(pair) for pair in entry.get("alternatives", ())),
        scales=tuple(_scales(entry)),
        lowest_total=low,
        highest_total=high,
        bands=tuple(Band(**band) for band in bands["list"]),
        bands_official=bands.get("official", True),
        bands_citation=_cited(bands)["citation"] if bands["list"] else None,
        cutoffs=tuple(Cutoff(**_cited(each)) for each in entry.get("cutoff", ())),
        symptom_counts=tuple(SymptomCount(**_cited(each)) for each in entry.get("symptom_count", ())),
        risks=tuple(RiskRule(**{**_cited(each), "any": tuple(each["any"])}) for each in entry.get("risk", ())),
        self_harm=SelfHarm(**_cited(entry["self_harm"])) if "self_harm" in entry else None,
        change_rules=tuple(ChangeRule(**_with_decimals(_cited(each))) for each in entry.get("change", ())),
        norms=tuple(Norm(**_with_decimals(_cited(each))) for each in entry.get("norm", ())),
        group_differences=tuple(
            GroupDifference(points=(Decimal(each["points"][0]), Decimal(each["points"][1])), **_only_cited(each))
            for each in entry.get("group_difference", ())
        ),
        sources=cite_all(entry["sources"]),
    )
    faults = list(_faults(found))
    if faults:
        message = f"the instrument {found.id}, form {form}, cannot be loaded: {'; '.join(faults)}"
        raise KnowledgeError(message)
    return found


def _items(entry: Mapping[str, Any]) -> Iterator[Item]:
    for each in entry.get("items", ()):
        scored = each.get("scored", True)
        yield Item(**{"required": scored, **each, "answers": tuple(each.get("answers", ()))})
    if "numbered" in entry:
        numbered = entry["numbered"]
        for number in numbered.get("only") or range(1, numbered["count"] + 1):
            for rating in numbered.get("ratings", ("",)):
                yield Item(id="-".join(part for part in (numbered["prefix"], str(number), rating) if part))


def _scales(entry: Mapping[str, Any]) -> Iterator[Scale]:
    for each in entry.get("scales", ()):
        yield Scale(**{**each, "items": tuple(each["items"])})
    if entry.get("scale_by_rating", False):
        ids = [item.id for item in _items(entry)]
        for rating in entry["numbered"]["ratings"]:
            yield Scale(id=rating, rule="sum", items=tuple(each for each in ids if each.endswith(f"-{rating}")))


def _cited(entry: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in entry.items() if name not in {"source", "list", "official"}}
    return {**rest, **_only_cited(entry)}


def _only_cited(entry: Mapping[str, Any]) -> dict[str, Citation]:
    return {"citation": cite_all([entry["source"]])[0]}


def _with_decimals(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Decimal(value) if name in _DECIMALS else value for name, value in entry.items()}


_DECIMALS = frozenset(
    {
        *("gain_points_at_least", "gain_percent_at_least", "gain_percent_above"),
        *("standard_deviation", "reliability", "mean"),
    }
)


def _faults(found: Instrument) -> Iterator[str]:
    """What cannot be right about an instrument, whoever wrote it."""
    ids = [item.id for item in found.items]
    if len(set(ids)) < len(ids):
        yield "two items share an id"
    worded = found.stem or found.answers or any(item.text or item.answers for item in found.items)
    if worded and not found.ship_item_text:
        yield "its licence does not allow its wording to be shipped"
    named = {
        *found.reversed,
        *(item.asked_if for item in found.items if item.asked_if is not None),
        *(each for pair in found.alternatives for each in pair),
        *(each for scale in found.scales for each in scale.items),
        *(each for rule in found.risks for each in rule.any),
        *((found.self_harm.item,) if found.self_harm is not None else ()),
    }
    if not named <= set(ids):
        yield "a rule names an item that is not there"
    if not {each for rule in found.symptom_counts for each in rule.need} <= {scale.id for scale in found.scales}:
        yield "a rule names a scale that is not there"
    yield from _faults_of_totals(found)
    for kind in dict.fromkeys(rule.kind for rule in found.change_rules):
        if sum(rule.headline for rule in found.change_rules if rule.kind == kind) != 1:
            yield f"{kind} needs one headline rule"


def _faults_of_totals(found: Instrument) -> Iterator[str]:
    parts = len(found.scales) if found.total_from == "scales" else sum(item.scored for item in found.items)
    limits = (found.multiplier * found.lowest * parts, found.multiplier * found.highest * parts)
    has_total = found.total_from != "nothing"
    if (found.lowest_total, found.highest_total) != (limits if has_total else (None, None)):
        yield "the total that it states is not the one that its items give"
    if (found.bands or found.cutoffs) and not has_total:
        yield "it has bands or cut-offs and no total"
    elif found.bands:
        edges = [found.lowest_total, found.highest_total]
        joined = all(before.high + 1 == after.low for before, after in pairwise(found.bands))
        if [found.bands[0].low, found.bands[-1].high] != edges or not joined:
            yield "its bands have a hole, overlap or end elsewhere than the total"
