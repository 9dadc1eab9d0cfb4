"""The JSON Schema of rule files, for editors: `python -m routeengine.loading.schema`."""

from __future__ import annotations

import json
import sys
from typing import Any

from routeengine.loading.document import Document


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema of a rule file (2020-12).

    A file of a folder need not hold every section, so that none is required. An
    editor knows only the form; whether names lead anywhere is for the loader.
    """
    schema = _tidied(Document.model_json_schema())
    schema.pop("required")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "routeengine rule file",
        **schema,
    }


def _tidied(node: Any) -> Any:
    """Leave out what differs between versions of pydantic and says nothing."""
    if isinstance(node, list):
        return [_tidied(one) for one in node]
    if not isinstance(node, dict):
        return node
    # A title of a schema is text; a key that is called `title` has a schema.
    tidied = {
        key: _tidied(one)
        for key, one in node.items()
        if not (key == "title" and isinstance(one, str))
    }
    if len(tidied.get("allOf", ())) == 1:
        tidied |= tidied.pop("allOf")[0]
    return tidied


def main() -> None:
    """Print the schema."""
    json.dump(json_schema(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
