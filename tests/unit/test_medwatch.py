"""Form FDA 3500: what a side effect fills, and every field that is still empty."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter

import attrs
import pytest

from ketaprogram import to_medwatch
from ketaprogram._knowledge import table
from ketaprogram.citation import cite_all
from ketaprogram.events import timed
from ketaprogram.events.model import AdverseEvent, MedWatchPatient, MedWatchProduct, MedWatchReporter
from ketaprogram.testing.strategies import AS_OF

ON = date(2026, 11, 25)
EVENT = AdverseEvent(
    id="e", session="s", term="syncope", reported_at=AS_OF, onset_minutes=30, end_minutes=32, grade=3,
    serious=("hospitalization",), outcome="recovered", action_taken="stopped", narrative="Fell in the kitchen.",
)  # fmt: skip
WHOLE = {
    "patient": MedWatchPatient(
        identifier="K-17", age_or_birth_date="41 years", sex="female", gender="woman", weight_kg=Decimal(70),
        ethnicity="not stated", race="not stated", other_history="none",
    ),
    "product": MedWatchProduct(
        name="ketamine 100 mg lozenge", manufacturer="a pharmacy", lot="7", dose="100 mg weekly", route="sublingual",
        dates="since October", diagnosis="anxiety", kind="compounded", expires="2027-01", reappeared=False,
        is_available=True,
    ),
    "reporter": MedWatchReporter(
        name="R. Okafor", contact="by telephone", is_health_professional=True, occupation="physician",
        also_reported_to="nobody", may_be_named=True,
    ),
    "other_products": (),
    "tests": "blood pressure 110/70",
}  # fmt: skip


def fields(report):
    return [each.field for each in report.missing]


def test_a_whole_report_lacks_nothing():
    report = to_medwatch(timed(EVENT, AS_OF), on=ON, **WHOLE)
    assert report.missing == ()
    assert report.event_on == AS_OF.date()
    assert (report.kinds, report.outcomes, report.abated) == (("adverse-event",), ("hospitalization",), "yes")
    lines = report.description.splitlines()
    assert lines[0] == "Syncope (Fainting)."
    assert lines[-1] == "Fell in the kitchen."
    assert "CTCAE grade: 3." in lines


def test_an_empty_report_names_every_field_in_the_order_of_the_form():
    report = to_medwatch(AdverseEvent(id="e", term="nausea", reported_at=AS_OF), on=ON)
    asked = [each for each in table("medwatch")["field"] if "only_if" not in each]
    assert fields(report) == [each["field"] for each in asked]
    assert [each.label for each in report.missing] == [each["label"] for each in asked]
    assert fields(report) == sorted(fields(report))
    assert [each.field for each in report.missing if each.is_essential] == ["A1", "D1", "G1"]
    assert "CTCAE grade: not known." in report.description


def test_death_asks_for_its_date():
    dead = attrs.evolve(EVENT, serious=("death",))
    assert "Date of death" in [each.label for each in to_medwatch(dead, on=ON, **WHOLE).missing]
    dated = to_medwatch(dead, on=ON, death_on=ON - timedelta(days=1), **WHOLE)
    assert "Date of death" not in [each.label for each in dated.missing]


@pytest.mark.parametrize(
    ("action", "outcome", "expected"),
    [
        ("none", "recovered", "does-not-apply"),
        ("observed-longer", "unknown", "does-not-apply"),
        ("unknown", "recovered", None),
        ("stopped", "recovered", "yes"),
        ("dose-reduced", "recovered-with-sequelae", "yes"),
        ("dose-held", "not-recovered", "no"),
        ("stopped", "fatal", "no"),
        ("stopped", "recovering", None),
        ("stopped", "unknown", None),
    ],
)
def test_whether_it_abated_is_said_only_where_it_says_something(action, outcome, expected):
    report = to_medwatch(attrs.evolve(EVENT, action_taken=action, outcome=outcome), on=ON)
    assert report.abated == expected
    assert ("D7" in fields(report)) == (expected is None)


def test_misuse_is_a_product_use_error_too():
    assert to_medwatch(attrs.evolve(EVENT, term="misuse"), on=ON).kinds == ("adverse-event", "product-use-error")


def test_every_field_of_the_table_is_one_of_the_report_and_none_is_forgotten():
    report = to_medwatch(EVENT, on=ON, **WHOLE)
    members = [each["member"] for each in table("medwatch")["field"]]
    for member in members:
        attrgetter(member)(report)
    parts = {"patient": MedWatchPatient, "product": MedWatchProduct, "reporter": MedWatchReporter}
    assert {f"{name}.{field.name}" for name, part in parts.items() for field in attrs.fields(part)} <= set(members)
    assert cite_all(table("medwatch")["sources"])


def test_a_report_shows_no_value_in_its_repr():
    report = to_medwatch(EVENT, on=ON, **WHOLE)
    for each in (report, report.patient, report.product, report.reporter):
        assert "K-17" not in repr(each)
        assert "Okafor" not in repr(each)
        assert "kitchen" not in repr(each)
