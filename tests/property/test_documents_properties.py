"""
One model, one document: decoder, encoder and schema agree, every fault is found, and no value ever leaks.

The independent judge of the schemas is jsonschema-rs.
"""

from __future__ import annotations

import copy
import json
import traceback
from decimal import Decimal
from typing import Any

import attrs
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram import documents as docs
from ketaprogram.errors import DocumentError
from ketaprogram.published import DOCUMENTS, model_of
from ketaprogram.record import Record
from ketaprogram.testing.strategies import documents

CANARY = "Zebulon Q. Canary"
validators: dict[type, Any] = {}


def accepted_by_schema(model: type, plain: Any) -> bool:
    if model not in validators:
        validators[model] = jsonschema_rs.Draft202012Validator(docs.schema(model), validate_formats=True)
    return bool(validators[model].is_valid(plain))


models = pytest.mark.parametrize("model", [model_of(name) for name in DOCUMENTS], ids=DOCUMENTS)


@models
@given(data=st.data())
def test_what_is_written_is_read_back_and_the_schema_accepts_it(model: type, data: st.DataObject) -> None:
    document = data.draw(documents(model))
    written = docs.write(document)
    assert docs.read(model, written) == document
    assert docs.write(docs.read(model, written)) == written
    assert accepted_by_schema(model, json.loads(written))


def places(plain: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    children = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    return [path, *(deeper for key, child in children for deeper in places(child, (*path, key)))]


def mutated(plain: Any, path: tuple[Any, ...], change: Any) -> Any:
    if not path:
        return None if change in (DELETE, ADD) else change
    changed = copy.deepcopy(plain)
    target = changed
    for key in path[:-1]:
        target = target[key]
    if change is DELETE and isinstance(target, dict):
        del target[path[-1]]
    elif change is ADD and isinstance(target, dict):
        target["unheard_of"] = 1
    else:
        target[path[-1]] = None if change in (DELETE, ADD) else change
    return changed


DELETE, ADD = object(), object()
changes = st.sampled_from(
    [
        *(None, True, 0, 1, -1, 1.0, 1.5, 10**30, [], {}, [[]], {"kind": "no"}, DELETE, ADD),
        *("", "1", "-0", "x" * 300, "2023-02-29", "2024-02-29", "24:00", "09:00", "urn:x", "true", "\u00e9", "\u0663"),
        *("2026-01-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z"),
    ]
)


@models
@given(data=st.data())
def test_code_and_schema_accept_the_same_documents(model: type, data: st.DataObject) -> None:
    plain = docs.to_json(data.draw(documents(model)))
    for _ in range(data.draw(st.integers(1, 3))):
        plain = mutated(plain, data.draw(st.sampled_from(places(plain))), data.draw(changes))
    assert (not docs.check(model, plain) if isinstance(plain, dict) else False) == accepted_by_schema(model, plain)


@models
@given(data=st.data())
def test_no_fault_report_holds_a_value(model: type, data: st.DataObject) -> None:
    """A canary in every place of the document, one at a time, and as a member name."""
    plain = docs.to_json(data.draw(documents(model)))
    path = data.draw(st.sampled_from(places(plain)))
    changed = mutated(plain, path, data.draw(st.sampled_from([CANARY, {CANARY: CANARY}, [CANARY]])))
    try:
        document = docs.read(model, changed if isinstance(changed, dict) else json.dumps(changed))
    except DocumentError as error:
        text = "".join(traceback.format_exception(error)) + str(error) + repr(error) + repr(error.issues)
        assert CANARY not in text
        assert "Zebulon" not in text
    else:
        if isinstance(document, Record):  # a rulebook is nobody's data and prints itself
            assert CANARY not in repr(document)


@models
def test_a_model_has_a_shape_all_the_way_down(model: type) -> None:
    assert attrs.has(model)
    text = json.dumps(docs.schema(model))
    assert "Annotated" not in text


@given(st.integers(0, 40), st.sampled_from(["[", '{"a":', '{"of":[']))
def test_deep_nesting_is_a_fault_not_a_crash(power: int, opening: str) -> None:
    depth = min(2**power, 200_000)
    (issue,) = docs.check(model_of("rulebook"), opening * depth)
    assert issue.code in {"document.not-json", "document.too-deep"}


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    assert docs.check(model_of("intake"), data)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "document.not-json"),
        (b"\xff\xfe", "document.not-utf-8"),
        ("\ufeff{}", "document.not-json"),
        ("NaN", "document.not-json"),
        ("1" * 5000, "document.not-json"),
        ("[1]", "value.type"),
        ("{" + " " * docs.MAX_BYTES + "}", "document.too-large"),
        ('{"id": "a", "id": "b"}', "member.duplicate"),
        ({"id": Decimal("NaN")}, "value.type"),
        ({"id": "a\ud800"}, "value.pattern"),
    ],
)
def test_documents_that_are_not_documents(document: Any, code: str) -> None:
    assert code in {issue.code for issue in docs.check(model_of("intake"), document)}
