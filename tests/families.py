"""Rule sets of seven shapes that authors write every day, each in any size.

Each is written as rule files are, and loaded: `FAMILIES["ranked"](100)` is a rule set, and
`text_of("ranked", 100)` its file. The facts are truth values `f0`, `f1`, …; there is one decision,
`door`. They are for tests and benchmarks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet

__all__ = ["FAMILIES", "text_of"]

Written = dict[str, Any]
"""A part of a rule file."""

WORDS = {"en": "words"}
READING = {
    "basis": "interpretation",
    "interpretation": {"choice": WORDS, "because": WORDS, "alternative": WORDS},
}


def rule(when: Any, then: Any, outranks: list[str] | None = None) -> Written:
    """Write a rule; without `when` it is the one that applies where no other does."""
    asks = {"otherwise": True} if when is None else {"when": when}
    ranks = {"outranks": outranks} if outranks else {}
    return {"label": WORDS, "reason": WORDS, "then": then} | READING | asks | ranks


def rules_for(size: int, rules: Written, forbids: Any = None) -> Written:
    """Write a rule set with so many facts, these rules, and a constraint if there is one."""
    targets = [one["then"] for one in rules.values()]
    named = [
        one for then in targets for one in ([then] if isinstance(then, str) else then["review"])
    ]
    of_fact = {"type": "boolean", "question": WORDS, "why_needed": WORDS}
    decision = {
        "label": WORDS,
        "outcomes": {one: {"label": WORDS, "description": WORDS} for one in dict.fromkeys(named)},
        "rules": rules,
    }
    written: Written = {
        "ruleset": {
            "id": "family", "version": "1.0.0", "languages": ["en"],
            "title": WORDS, "purpose": WORDS, "owner": WORDS,
        },
        "facts": {f"f{n}": of_fact | {"label": {"en": f"fact {n}"}} for n in range(size)},
        "decisions": {"door": decision},
    }  # fmt: skip
    if forbids is not None:
        written["constraints"] = {"never": {"label": WORDS, "forbids": forbids} | READING}
    return written


def same_outcome(size: int) -> Written:
    """Write so many grounds to refuse, each enough, and else to admit."""
    grounds = {f"r{n}": rule(f"f{n}", "refuse") for n in range(size)}
    return rules_for(size, grounds | {"else": rule(None, "admit")})


def different_outcomes(size: int) -> Written:
    """Write so many rules, each for an outcome of its own, in no order."""
    rules = {f"r{n}": rule(f"f{n}", f"o{n}") for n in range(size)}
    return rules_for(size, rules | {"else": rule(None, "o0")})


def review_signals(size: int) -> Written:
    """Write so many signals, each enough for a person to look."""
    signals = {f"r{n}": rule(f"f{n}", {"review": ["ok"]}) for n in range(size)}
    return rules_for(size, signals | {"else": rule(None, "ok")})


def ranked(size: int) -> Written:
    """Write so many rules, each for an outcome of its own; a rule outranks all that come after."""
    names = [f"r{n}" for n in range(size)]
    rules = {name: rule(f"f{n}", f"o{n}", names[n + 1 :]) for n, name in enumerate(names)}
    return rules_for(size, rules | {"else": rule(None, "o0")})


def forbidding(forbids: Callable[[int], Any], size: int) -> Written:
    """Write a rule that reads one fact, and a constraint on all of them."""
    return rules_for(size, {"r": rule("f0", "yes"), "else": rule(None, "no")}, forbids(size))


def at_least(count: int, size: int) -> Written:
    """Write "at least so many of all facts"."""
    return {"at_least": {"count": count, "of": [f"f{n}" for n in range(size)]}}


def either_of_each_pair(size: int) -> Written:
    """Write "of f0 and f1 one at least, and of f2 and f3, and so on"."""
    return {"all": [{"any": [f"f{n}", f"f{n + 1}"]} for n in range(0, size - 1, 2)]}


WRITTEN: Mapping[str, Callable[[int], Written]] = {
    "same_outcome": same_outcome,
    "different_outcomes": different_outcomes,
    "review_signals": review_signals,
    "ranked": ranked,
    "half_forbidden": partial(forbidding, lambda size: at_least(size // 2, size)),
    "four_forbidden": partial(forbidding, lambda size: at_least(4, size)),
    "pairs": partial(forbidding, either_of_each_pair),
}


def text_of(family: str, size: int) -> str:
    """Give a rule set of a family as the text of its file; JSON is YAML."""
    return json.dumps(WRITTEN[family](size))


def ruleset_of(family: str, size: int) -> RuleSet:
    """Load a rule set of a family."""
    return load_ruleset({f"{family}.yaml": text_of(family, size)})


FAMILIES: Mapping[str, Callable[[int], RuleSet]] = {
    family: partial(ruleset_of, family) for family in WRITTEN
}
"""Rule sets by the name of their family, each by its size."""
