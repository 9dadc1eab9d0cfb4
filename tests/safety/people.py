"""Clients of the shipped policy of whom part is unknown, for tests under load."""

from __future__ import annotations

from random import Random
from typing import Any

from policy.clients import random_client
from routeengine import DECLINED, Engine

__all__ = ["everything_said", "people"]


def people(number: int, seed: int = 5) -> list[dict[str, Any]]:
    """Make clients of whom about a quarter of the facts is unknown; the same for a seed."""
    random = Random(seed)
    return [
        {
            fact: value
            if (chance := random.random()) > 0.25
            else DECLINED
            if chance < 0.05
            else None
            for fact, value in random_client(random).items()
        }
        for _ in range(number)
    ]


def everything_said(engine: Engine, profile: dict[str, Any]) -> tuple[object, ...]:
    """Ask an engine all it can say of one client."""
    result = engine.classify(profile)
    return (
        result.answer,
        engine.classify_many([profile])[0].answer,
        {name: verdict.missing for name, verdict in result.verdicts.items()},
        engine.explain(profile, lang="en").to_text(),
        engine.changes_to(profile, "route", "A", max_changes=1),
    )
