"""
Documents: JSON to models and back.

`read` and `check` take a document in, `write` and `to_json` give one out, `schema` publishes what both accept. This
room knows how to turn any model into JSON and knows no other room by name.
"""

from __future__ import annotations

from ketaprogram.documents.reading import MAX_BYTES, check, read
from ketaprogram.documents.schemas import schema
from ketaprogram.documents.validators import validator
from ketaprogram.documents.writing import digest, to_json, write

__all__ = ["MAX_BYTES", "check", "digest", "read", "schema", "to_json", "validator", "write"]
