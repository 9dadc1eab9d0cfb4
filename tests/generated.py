"""Generated rule sets and states: those that the library offers to whoever tests rules."""

from __future__ import annotations

from routeengine.testing.generated import (
    BOTH,
    GROUNDS,
    a_fact,
    about,
    conditions,
    decisions_over,
    domains,
    rulesets,
    states,
    unequal,
)

__all__ = [
    "BOTH",
    "GROUNDS",
    "a_fact",
    "about",
    "conditions",
    "decisions_over",
    "domains",
    "rulesets",
    "states",
    "unequal",
]
