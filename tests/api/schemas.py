"""Writes the published JSON Schemas of what `to_dict` gives, one per class.

    python tests/api/schemas.py

`tests/test_wire.py` fails if one is out of date.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from routeengine.changes import ChangeSet
from routeengine.departure import Departure
from routeengine.dossier import Dossier
from routeengine.interview import Interview
from routeengine.observation import Observation
from routeengine.progression import Change, History, Progress
from routeengine.result import Result, Verdict
from routeengine.what_if import WhatIf
from routeengine.wire import Wire, json_schema

FOLDER = Path(__file__).resolve().parents[2] / "schemas"

CLASSES: Mapping[str, type[Wire]] = {
    "change-set": ChangeSet,
    "change": Change,
    "departure": Departure,
    "dossier": Dossier,
    "history": History,
    "interview": Interview,
    "observation": Observation,
    "progress": Progress,
    "result": Result,
    "verdict": Verdict,
    "what-if": WhatIf,
}


def path_of(name: str) -> Path:
    """Return the file of a schema."""
    return FOLDER / f"{name}.schema.json"


def text_of(name: str) -> str:
    """Return a schema as it is published."""
    return json.dumps(json_schema(CLASSES[name]), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    for name in CLASSES:
        path_of(name).write_text(text_of(name), encoding="utf-8")
