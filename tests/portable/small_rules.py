"""Small rules, to be put together for the checkers, with one condition in them that matters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portable.certified import Files, put_right

__all__ = [
    "BOTH", "CONDITIONS", "EARLY", "A", "B", "Data", "N", "bare", "count", "criterion", "decided",
    "decision", "decisions", "fact", "no", "rule", "rules_of", "score",
]  # fmt: skip

Data = dict[str, Any]


def fact(name: str, *allowed: list[int]) -> Data:
    """Give a condition on a fact: by default that it is true."""
    return {"is": "FactIs", "fact": name, "allowed": list(allowed) or [[1, 1]]}


def count(kind: str, *parts: Data, **more: int) -> Data:
    """Give a condition that combines others."""
    return {"is": kind, "parts": list(parts), **more}


def no(part: Data) -> Data:
    """Give a condition that another does not hold."""
    return {"is": "Not", "part": part}


def criterion(name: str) -> Data:
    """Give a condition that a criterion holds."""
    return {"is": "CriterionIs", "criterion": name}


def score(low: int | None, high: int | None = None) -> Data:
    """Give a condition on the score of all these rules."""
    return {"is": "ScoreIs", "score": "s", "low": low, "high": high}


def decided(kind: str, *names: str) -> Data:
    """Give a condition on the earlier decision of all these rules."""
    words = {"OutcomeIs": "outcomes", "StatusIs": "statuses", "RuleIs": "rules"}
    return {"is": kind, "decision": "early", words[kind]: list(names)}


def rule(name: str, when: Data | None, then: Any, *outranks: str) -> Data:
    """Give a rule."""
    return {"id": name, "when": when, "then": then, "outranks": list(outranks)}


def decision(name: str, *rules: Data, when: Data | None = None, outcomes: str = "xy") -> Data:
    """Give a decision with outcomes of one letter."""
    ids = [{"id": one} for one in outcomes]
    return {"id": name, "outcomes": ids, "applies_when": when, "rules": list(rules)}


A, B, N = fact("a"), fact("b"), fact("n", [1, 2])

BOTH = {"candidates": ["y", "x"]}

EARLY = decision(
    "early",
    *[rule("e1", A, "x", "e2"), rule("e2", B, BOTH), rule("e3", None, "y")],
    when=no(fact("n", [3, 3])),
)


def rules_of(**changes: Any) -> Data:
    """Give rules with a fact or criterion of each kind, some of it changed."""
    whole = {"is": "IntegerDomain", "minimum": 0, "maximum": 3}
    facts = [("a", 1, {"is": "BooleanDomain"}), ("b", 0, {"is": "BooleanDomain"}), ("n", 2, whole)]
    worths = [(A, 2), (B, -1), (fact("n", [2, 3]), 1)]
    return {
        "form": "routeengine/rules/1",
        "id": "small",
        "version": "1",
        "facts": [{"id": name, "sensitivity": tier, "domain": of} for name, tier, of in facts],
        "criteria": [{"id": "c", "when": count("Any", A, N)}],
        "scores": [{"id": "s", "parts": [{"when": one, "worth": worth} for one, worth in worths]}],
        "constraints": [],
        "decisions": [EARLY],
        "flags": [],
        **changes,
    }


def bare(rules: Data, **claimed: Any) -> dict[str, str]:
    """Give files of rules with a certificate of no trees, with what it claims if anything."""
    form = {"form": "routeengine/certificate/1", "rules_sha256": "", "nodes": [], "too_large": []}
    files: Files = {"rules": rules, "certificate": {**form, **claimed}}
    return put_right(files)


CONDITIONS: tuple[Data, ...] = (
    A,
    fact("n", [0, 0], [2, 3]),
    no(A),
    count("All", A, B), count("Any", A, B), count("All"), count("Any"),
    count("AtLeast", A, B, N, count=2), count("Exactly", A, B, N, count=1),
    criterion("c"),
    score(2), score(None, 1), score(0, 1), score(-1), score(4), score(None, -2), score(3, 3),
    decided("OutcomeIs", "x"), decided("StatusIs", "review"), decided("StatusIs", "decided"),
    decided("StatusIs", "not_applicable", "review"),
    decided("RuleIs", "e1"), decided("RuleIs", "e2"), decided("RuleIs", "e1", "e2"),
    decided("RuleIs", "e3"), decided("RuleIs", "nothing"),
)  # fmt: skip
"""Each kind of condition."""


def decisions() -> Iterator[Data]:
    """Yield decisions to claim something of: with rules of each kind, ranked in each way."""
    for when in CONDITIONS:
        yield decision("d", rule("r", when, "x"), rule("o", None, "y"))
    yield decision("d", rule("r", A, "x"))
    yield decision("d", rule("r", N, "x"))
    yield decision("d", rule("r", count("Any"), "x"))
    yield decision("d", rule("r", A, "x"), rule("o", None, "x"))
    yield decision("d", rule("r", A, "x"), rule("q", B, "x"), rule("o", None, "y"))
    yield decision("d", rule("r", A, "x"), rule("q", B, "y"))
    yield decision("d", rule("r", A, "x", "q"), rule("q", B, "y"))
    yield decision("d", rule("r", A, "x", "q"), rule("q", B, "y"), rule("o", None, BOTH))
    chain = (rule("r", A, "x", "q"), rule("q", N, "y", "p"), rule("p", B, BOTH))
    yield decision("d", *chain)
    yield decision("d", *chain, rule("o", None, "x"), when=no(N))
    yield decision("d", rule("r", A, "x"), rule("o", None, "y"), when=B)
    yield decision("d", rule("o", None, BOTH), when=decided("OutcomeIs", "x"))
