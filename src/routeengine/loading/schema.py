"""The JSON Schema of rule files, for editors: `python -m routeengine.loading.schema`."""

from __future__ import annotations

import json
import sys
from typing import Any

from routeengine.loading.document import Document


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rule file (2020-12).

    A file of a folder need not hold every section, so that none is required. An
    editor knows only the form; whether names lead anywhere is for the loader.
    """
    definitions: dict[str, Any] = {}
    document = Document.definition(definitions)
    document.pop("required")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "routeengine rule file",
        "$defs": dict(sorted(definitions.items())),
        **document,
    }


def main() -> None:
    """Print the schema."""
    json.dump(json_schema(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
