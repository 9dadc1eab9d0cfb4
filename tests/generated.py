"""Rule sets and states for tests: generated as the library offers them, and built by hand."""

from __future__ import annotations

from typing import Any

from routeengine.ruleset.model import Fact, RuleSet
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
    wide_domains,
)

__all__ = [
    "BOTH",
    "GROUNDS",
    "a_fact",
    "about",
    "build_ruleset",
    "conditions",
    "decisions_over",
    "domains",
    "rulesets",
    "states",
    "unequal",
    "wide_domains",
]


def build_ruleset(name: str, *, facts: tuple[Fact, ...], **parts: Any) -> RuleSet:
    """Return a rule set of these parts, by their names in the model; texts say nothing."""
    texts: dict[str, Any] = {"title": BOTH, "purpose": BOTH, "owner": BOTH}
    none: dict[str, Any] = {"criteria": (), "decisions": ()}
    known = {"version": "1.0.0", "languages": ("nl", "en")} | texts | none
    return RuleSet(id=name, facts=facts, **(known | parts))
