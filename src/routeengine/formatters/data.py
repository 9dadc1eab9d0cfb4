"""Regions and rule sets as data, and counts of any length, for all formatters."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from routeengine.difference_words import values_in
from routeengine.profile import encode_knowledge, entries_of
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet
from routeengine.verification import Points, Region


def to_json(data: object) -> str:
    """Return data as JSON for programs that people look over the shoulder of."""
    return json.dumps(data, indent=2, ensure_ascii=False)


@contextmanager
def all_digits() -> Iterator[None]:
    """Let counts be written however long they are: Python stops at 4,300 digits of its own accord.

    Of 900 facts with 100,000 values each there are 4,501. All numbers are ours, and none is read.
    """
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)


def region_data(ruleset: RuleSet, region: Region) -> dict[str, object]:
    """Return a region as data: the values that each fact that matters may have; many as ranges."""
    return {
        "where": _where_data(ruleset, region),
        "witness": dict(region.witness),
        **asdict(region.covers),
    }


def _where_data(ruleset: RuleSet, some: Region | Points) -> dict[str, object]:
    return {
        fact: list(map(encode_knowledge, entries_of(ruleset.fact[fact], values)))
        for fact, values in values_in(ruleset, some).items()
    }


def points_data(ruleset: RuleSet, points: Points) -> dict[str, object]:
    """Return the totals of scores as data under `points`; nothing if none is told."""
    scores = [
        {
            "score": one.score,
            "version": one.version,
            "totals": [a if a == b else {"between": [a, b]} for a, b in one.totals],
        }
        for one in points.scores
    ]
    where = _where_data(ruleset, points)
    return {"points": {"exact": points.exact, "scores": scores, "where": where}} if scores else {}


def ruleset_data(ruleset: RuleSet) -> dict[str, str]:
    """Return which rule set it was as data."""
    named = reference(ruleset)
    return {"id": named.id, "version": named.version, "sha256": named.sha256}
