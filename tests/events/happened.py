"""Files of events that tests write."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from routeengine.events import Events, read_events
from routeengine.events.reading import FIELDS
from routeengine.ruleset.model import RuleSet

TODAY = date(2024, 5, 6)

WHOLE: Mapping[str, Mapping[str, str]] = {
    "classification": {},
    "conversation": {"assessor": "consultant 4"},
    "observation": {
        "fact": "finances",
        "value": "serious",
        "source": "conversation",
        "assessor": "consultant 4",
    },
    "activation": {"form": "basic_job"},
    "decided": {"decision": "route", "outcome": "B", "role": "consultant"},
    "departure": {
        "decision": "route",
        "outcome": "A",
        "role": "consultant",
        "reason": "she found a place",
    },
}
"""An event of each kind, without its client and date."""


def event(kind: str, client: str = "c1", day: str = "2024-01-15", **other: Any) -> dict[str, Any]:
    """Give a whole event; a field that is None is left out."""
    given = {"client_id": client, "event": kind, "date": day, **WHOLE[kind], **other}
    return {name: value for name, value in given.items() if value is not None}


def as_csv(path: Path, events: Iterable[Mapping[str, Any]]) -> Path:
    """Write a file of CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(events)
    return path


def as_jsonl(path: Path, events: Iterable[Mapping[str, Any]]) -> Path:
    """Write a file of JSON Lines."""
    path.write_text("".join(f"{json.dumps(one)}\n" for one in events), encoding="utf-8")
    return path


def read(folder: Path, ruleset: RuleSet, *events: Mapping[str, Any]) -> Events:
    """Give the events back, read from CSV; JSON Lines must say the same."""
    found = read_events(as_csv(folder / "events.csv", events), ruleset, TODAY)
    other = read_events(as_jsonl(folder / "events.jsonl", events), ruleset, TODAY)
    assert found.clients.keys() == other.clients.keys()
    assert [(one.field, one.message) for one in found.faults] == [
        (one.field, one.message) for one in other.faults
    ]
    return found
