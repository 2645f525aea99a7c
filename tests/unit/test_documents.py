"""Readable cases of the codec: each kind of fault, and what a model's author can get wrong."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Literal

import pytest
from annotated_types import Ge, Le, MaxLen, MinLen
from attrs import frozen

from ketaprogram import check, read, schema, to_json
from ketaprogram.documents.shapes import expected, shape_of
from ketaprogram.record import Count, NonNegative, Record


@frozen(kw_only=True)
class Cat:
    """A cat."""

    kind: Literal["cat"] = "cat"
    lives: Annotated[int, Ge(1), Le(9)] = 9


@frozen(kw_only=True)
class Dog:
    """A dog."""

    kind: Literal["dog"] = "dog"
    tricks: Annotated[tuple[str, ...], MinLen(1), MaxLen(2)]


@frozen(kw_only=True, repr=False)
class Home(Record):
    """
    A home.

    Args:
        pet: Who
            lives there.
        size: How large.

    Example:
        none
    """

    pet: Cat | Dog | None = None
    size: NonNegative = Decimal(1)
    warm: bool | None = None
    rooms: Count = 1
    twin: Home | None = None


def faults(document):
    return [f"{issue.pointer} {issue.code}" for issue in check(Home, document)]


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"pet": 3}, ["/pet value.type"]),
        ({"pet": {}}, ["/pet/kind member.missing"]),
        ({"pet": {"kind": "cta"}}, ["/pet/kind value.kind"]),
        ({"pet": {"kind": 3}}, ["/pet/kind value.kind"]),
        ({"pet": {"kind": "dog"}}, ["/pet/tricks member.missing"]),
        ({"pet": {"kind": "dog", "tricks": 3}}, ["/pet/tricks value.type"]),
        ({"pet": {"kind": "dog", "tricks": []}}, ["/pet/tricks value.length"]),
        ({"pet": {"kind": "dog", "tricks": ["sit", 3]}}, ["/pet/tricks/1 value.type"]),
        ({"pet": {"kind": "cat", "lives": 10}}, ["/pet/lives value.range"]),
        ({"pet": {"kind": "cat", "lives": "9"}}, ["/pet/lives value.type"]),
        ({"pet": {"kind": "cat", "lives": 1.5}}, ["/pet/lives value.type"]),
        ({"pet": {"kind": "cat", "lives": True}}, ["/pet/lives value.type"]),
        ({"size": 1}, ["/size value.type"]),
        ({"size": "-1"}, ["/size value.pattern"]),
        ({"size": "1e3"}, ["/size value.pattern"]),
        ({"warm": 1}, ["/warm value.type"]),
        ({"twin": {"twin": {"rooms": -1}}}, ["/twin/twin/rooms value.range"]),
        ({"Jane Doe 1961": 1, "rooom": 1}, ["/? member.unknown", "/rooom member.unknown"]),
        ({3: 1}, ["/? member.unknown"]),
        ({"pet": {"kind": "dog", "tricks": ["\ud800"]}}, ["/pet/tricks/0 value.not-unicode"]),
    ],
)
def test_each_kind_of_fault(document, found):
    assert faults(document) == found


def test_whole_numbers_may_be_written_with_a_point():
    assert read(Home, '{"rooms": 2.0}').rooms == 2
    assert read(Home, {"rooms": 2.0}).rooms == 2
    assert read(Home, '{"rooms": 1e1}').rooms == 10
    assert faults('{"rooms": 1e400}') == ["/rooms value.range"]
    assert faults({"rooms": float("inf")}) == ["/rooms value.type"]


def test_a_dict_nested_beyond_reason_is_a_fault():
    document: dict[str, object] = {}
    for _ in range(5000):
        document = {"twin": document}
    assert faults(document) == [" document.too-deep"]


def test_any_mapping_is_read():
    assert read(Home, MappingProxyType({"rooms": 3})).rooms == 3
    assert to_json(Home(rooms=3)) == {"size": "1", "rooms": 3}


def test_a_schema_of_a_model_that_contains_itself():
    found = schema(Home)
    assert "$id" not in found
    assert found["properties"]["pet"]["anyOf"][-1] == {"type": "null"}
    assert found["properties"]["pet"]["description"] == "Who lives there."
    assert found["properties"]["twin"]["anyOf"][0] == {"$ref": "#/$defs/Home"}
    assert found["$defs"]["Home"]["title"] == "Home"


def test_what_is_expected_is_said_in_words():
    words = {member.name: expected(member.shape) for member in shape_of(Home).members}
    assert words["pet"] == "an object whose kind is one of cat, dog, or null"
    assert words["warm"] == "true or false, or null"
    assert words["rooms"] == "a whole number from 0 to 100000"
    assert words["twin"] == "an object, or null"
    assert expected(shape_of(Dog).members[1].shape) == "a list of 1 to 2 entries"
    assert expected(shape_of(Dog).members[0].shape) == '"dog"'


def test_a_type_that_no_shape_describes_is_an_error_of_the_models_author():
    @frozen
    class Odd:
        value: complex

    with pytest.raises(TypeError, match="no document shape describes"):
        schema(Odd)
    with pytest.raises(TypeError, match="is not a document model"):
        schema(int)
