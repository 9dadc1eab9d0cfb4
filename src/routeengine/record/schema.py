"""The JSON Schema of a record, from the same typed data that reads and writes it."""

from __future__ import annotations

import json
from typing import Any

from routeengine.record.body import BODY
from routeengine.record.document import envelope_schema


def record_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of a record."""
    definitions: dict[str, Any] = {}
    whole = envelope_schema(BODY.schema(definitions), definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A record of one classification",
        "description": "The bytes of a record are its canonical form by RFC 8785.",
        **whole,
        "$defs": definitions,
    }


def record_schema_text() -> str:
    """Give the JSON Schema as it stands in `schemas/record.schema.json`."""
    return json.dumps(record_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
