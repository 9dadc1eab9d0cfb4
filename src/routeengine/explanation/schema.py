"""The JSON Schema of an explanation as `model_dump_json` writes it."""

from __future__ import annotations

from typing import Any

from routeengine.explanation.encode import FORM


def explanation_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) that every explanation as JSON satisfies."""
    schema: dict[str, Any] = tidied(FORM.json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def tidied(node: Any) -> Any:
    """Leave out what differs between versions of pydantic and says nothing: made-up titles."""
    if isinstance(node, list):
        return [tidied(one) for one in node]
    if not isinstance(node, dict):
        return node
    # A title of a schema is text; a field that is called `title` has a schema.
    kept = {
        key: tidied(one) for key, one in node.items() if key != "title" or not isinstance(one, str)
    }
    # Older versions wrap a reference that has a description.
    (wrapped,) = kept.pop("allOf", [{}])
    return kept | wrapped
