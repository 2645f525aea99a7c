"""Documents by name."""

from __future__ import annotations

import json

import pytest

from ketaprogram import published
from ketaprogram.documents import validator
from ketaprogram.errors import UnknownItemError


@pytest.mark.parametrize("name", published.DOCUMENTS)
def test_a_published_document_has_model_schema_and_file(name: str) -> None:
    model = published.model_of(name)
    plain = json.loads(published.schema_path(name).read_text("utf-8"))
    assert plain["title"] == model.__name__
    assert not validator(model).is_valid({"schema": "urn:x"})


def test_an_unknown_document_names_the_nearest() -> None:
    with pytest.raises(UnknownItemError, match="intake"):
        published.model_of("intakes")


def test_a_missing_schema_file_says_how_to_make_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "MAJOR", "0")
    with pytest.raises(FileNotFoundError, match="make schemas"):
        published.schema_path("intake")
