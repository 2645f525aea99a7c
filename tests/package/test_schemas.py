"""The published schemas are those of the models, and keep to the portable subset."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ketaprogram.published import DOCUMENTS, schema_path

TOOL = Path(__file__).parents[2] / "tools" / "publish_schemas.py"

ALLOWED = {
    *("$schema", "$id", "$defs", "$ref", "title", "description", "type", "enum", "const", "format"),
    *("properties", "required", "additionalProperties", "items", "minItems", "maxItems", "anyOf"),
    *("minimum", "maximum", "minLength", "maxLength", "pattern"),
}


def schemas(node: Any) -> list[dict[str, Any]]:
    """Every subschema; member names are no keywords."""
    found = [node]
    for keyword in ("properties", "$defs"):
        found += [each for child in node.get(keyword, {}).values() for each in schemas(child)]
    children = [*node.get("anyOf", ()), *([node["items"]] if "items" in node else [])]
    return found + [each for child in children for each in schemas(child)]


def test_no_schema_file_is_stale() -> None:
    assert runpy.run_path(str(TOOL))["stale"]() == [], "run `make schemas`"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_keeps_to_the_portable_subset(name: str) -> None:
    root = json.loads(schema_path(name).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(root)
    assert root["$id"] == f"urn:ketaprogram:schema:{name}:1"
    assert root["type"] == "object"
    titles = []
    for node in schemas(root):
        assert node.keys() <= ALLOWED, node.keys() - ALLOWED
        if "$ref" in node:
            assert re.fullmatch("#/\\$defs/[A-Za-z]+", node["$ref"])
            assert node.keys() <= {"$ref", "description"}
        elif "anyOf" not in node:
            assert "type" in node
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            titles.append(node["title"])
        if "pattern" in node:
            assert node["pattern"].isascii()
            assert not re.search(r"\\|\(\?", node["pattern"]), "no escapes, no lookaround"
    assert len(titles) == len(set(titles))
