"""The JSON Schema of an explanation as `model_dump_json` writes it."""

from __future__ import annotations

from typing import Any

from routeengine.explanation.model import Explanation

__all__ = ["explanation_schema"]


def explanation_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) that every explanation as JSON satisfies."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Explanation.model_json_schema(mode="serialization"),
    }
