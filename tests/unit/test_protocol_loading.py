"""A clinic's own template in TOML: every fault at once, each at its line, none of it silently left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram.errors import ProtocolError
from ketaprogram.protocol import load_protocol, protocol_names, read_protocol, shared_contacts

WHOLE = """
id = "ours"
version = "1.0.0"
title = "Ours"
agent = "ketamine"
route = "iv"
setting = "clinic"
indications = ["depression"]
observation_minutes = 120
sessions_in_7_days = 2
gap_hours = 48
use = ["consult-after-second"]
effective_from = 2026-01-01
sources = [{ id = "ELEKT", locator = "prot.iv_elektd", confidence = "well_known" }]

[[phase]]
name = "induction"
sessions = 6
spacing = [{ min_days = 2, target_days = 3, max_days = 5 }, { min_hours = 72, target_hours = 96, max_hours = 120 }]
sources = [{ id = "ELEKT", locator = "prot.iv_elektd", confidence = "well_known" }]

[[phase]]
name = "maintenance"
sessions = "open"
first = { min_days = 7, target_days = 7, max_days = 9 }
spacing = [{ min_days = 7, target_days = 7, max_days = 9 }]
sources = [{ id = "ELEKT", locator = "prot.iv_elektd", confidence = "well_known" }]

[[contact]]
id = "ours-too"
what = "check-in"
title = "Call"
by = "nurse"
sessions = [1]
window = { from_minutes = 60, to_minutes = 120 }
sources = [{ id = "ELEKT", locator = "prot.iv_elektd", confidence = "well_known" }]
"""


def faults(text):
    with pytest.raises(ProtocolError) as caught:
        read_protocol(text)
    return [(each.line, each.pointer, each.code, each.hint) for each in caught.value.issues]


def test_a_template_in_toml_is_the_document():
    ours = read_protocol(WHOLE)
    assert [each.kind for each in ours.phases[0].spacing] == ["calendar", "elapsed"]
    assert (ours.phases[1].sessions, ours.phases[1].first.kind) == (None, "calendar")
    assert [each.id for each in ours.contacts] == ["consult-after-second", "ours-too"]
    assert ours.contacts[0] == shared_contacts()["consult-after-second"]
    assert ours.contacts[1].window.kind == "elapsed"
    assert ours.citations[0].locator == "prot.iv_elektd"


def test_a_kind_may_be_said():
    said = WHOLE.replace("window = { from", 'window = { kind = "elapsed", from')
    assert read_protocol(said) == read_protocol(WHOLE)


@pytest.mark.parametrize(
    ("old", "new", "line", "pointer", "code", "hint"),
    [
        ("route", "rout", 6, "/rout", "member.unknown", "Did you mean route?"),
        ('use = ["consult-after-second"]', "use = 3", 12, "/use", "value.type", ""),
        ("after-second", "after-secnd", 12, "/use/0", "contact.unknown", "Did you mean consult-after-second?"),
        ("2026-01-01", "2026-01-01T09:00:00", 13, "/effective_from", "value.pattern", ""),
        ("ELEKT", "ELECT", 14, "/sources/0/id", "citation.unknown-source", "Did you mean ELEKT?"),
        ('id = "ELEKT"', 'source = "ELEKT"', 14, "/sources/0/source", "member.unknown", ""),
        ('locator = "prot.iv_elektd", ', "", 14, "/sources/0/locator", "member.missing", ""),
        (', confidence = "well_known"', "", 14, "/sources/0/confidence", "member.missing", ""),
        ("sessions = 6", 'sessions = "all"', 18, "/phase/0/sessions", "value.type", ""),
        ("sessions = 6", "sessions = 6\nsorces = 1", 19, "/phase/0/sorces", "member.unknown", "Did you mean sources?"),
        ("sessions = 6", "sessions = 6\ncitations = []", 19, "/phase/0/citations", "member.unknown", ""),
        ("target_days = 3", "target_hours = 3", 19, "/phase/0/spacing/0/target_hours", "member.unknown", ""),
        ("min_hours = 72", "min_hours = 0", 19, "/phase/0/spacing/1/min_hours", "value.range", ""),
        ("[[contact]]", "[[contacts]]", 29, "/contacts", "member.unknown", "Did you mean contact?"),
        ("sessions = [1]", "sessions = 1", 34, "/contact/0/sessions", "value.type", ""),
        ("to_minutes", "to_minute", 35, "/contact/0/window/to_minute", "member.unknown", "Did you mean to_minutes?"),
    ],
)  # fmt: skip
def test_each_fault_stands_at_its_place_in_the_text(old, new, line, pointer, code, hint):
    assert (line, pointer, code, hint) in faults(WHOLE.replace(old, new, 1))


def test_every_fault_is_told_at_once():
    text = WHOLE.replace('agent = "ketamine"', 'agent = "kétamine"').replace("gap_hours = 48\n", "")
    text = text.replace("min_days = 2", "min_days = 0").replace("consult-after", "consult-befor", 1)
    assert [each[1] for each in faults(text)] == ["/gap_hours", "/agent", "/use/0", "/phase/0/spacing/0/min_days"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a = ", "document.not-toml"),
        ("x = " + "[" * 100_000, "document.too-deep"),
        ("#" * 8_388_609, "document.too-large"),
    ],
    ids=["not-toml", "too-deep", "too-large"],
)
def test_what_is_no_toml_is_said_to_be_none(text, code):
    assert [(each[1], each[2]) for each in faults(text)] == [("", code)]


OTHER = ["true", "[]", "{}", "[[1], {}]", "nan", "inf", "1979-05-27T07:32:00Z", "07:32:00", '"x"', "0"]


@given(st.data())
def test_a_text_with_a_value_of_another_type_somewhere_is_read_or_refused_with_faults(data):
    lines = WHOLE.strip().splitlines()
    place = data.draw(st.sampled_from([number for number, line in enumerate(lines) if " = " in line]))
    value = data.draw(st.sampled_from(OTHER))
    lines[place] = f"{lines[place].split(' = ')[0]} = {value}"
    try:
        assert read_protocol("\n".join(lines)).id
    except ProtocolError as error:
        assert error.issues
        assert all(
            each.line is None or each.line == place + 1 or each.code == "member.missing" for each in error.issues
        )


@pytest.mark.parametrize("name", protocol_names())
def test_what_ships_takes_every_contact_once(name):
    ids = [each.id for each in load_protocol(name).contacts]
    assert len(ids) == len(set(ids))


def test_every_shared_contact_is_taken_by_a_template():
    taken = {each.id for name in protocol_names() for each in load_protocol(name).contacts}
    assert set(shared_contacts()) <= taken
