"""Rules that can be read, beside others that are nearly so and cannot."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from portable.small_rules import (
    EARLY,
    A,
    B,
    Data,
    bare,
    count,
    criterion,
    decided,
    decision,
    fact,
    no,
    rule,
    rules_of,
    score,
)  # fmt: skip
from routeengine.canonical import sha256_of

__all__ = ["readings", "too_deep"]

DEEPEST = 1_000
"""Conditions within each other that are read."""


def nested(depth: int, before: str, after: str) -> dict[str, str]:
    """Give rules with a flag of which the condition stands in so many others."""
    texts = bare(rules_of(flags=[{"id": "f", "when": "HERE"}]))
    deep = f'{before * depth}{{"is":"All","parts":[]}}{after * depth}'
    rules = texts["rules.json"].replace('"HERE"', deep)
    certificate = {**json.loads(texts["certificate.json"]), "rules_sha256": sha256_of(rules)}
    return {"rules.json": rules, "certificate.json": json.dumps(certificate)}


def chain(length: int, last: Data) -> list[Data]:
    """Give criteria of which each refers to the next."""
    some = [criterion(f"c{n + 1}") for n in range(length - 1)]
    return [{"id": f"c{n}", "when": when} for n, when in enumerate([*some, last])]


def domains() -> Iterator[Data]:
    """Yield domains that can be, and some that cannot."""
    for values in (["one"], [], ["one", "one"], [1]):
        yield {"is": "CategoryDomain", "values": values}
    ends: tuple[tuple[Any, Any], ...] = (
        (0, 0), (1, 0), (0, 2**53 - 2), (-(2**53) + 1, 0), (-(2**53), 0), (True, 2),
    )  # fmt: skip
    for minimum, maximum in ends:
        yield {"is": "IntegerDomain", "minimum": minimum, "maximum": maximum}
    amounts = (
        ("0", "12", 0), ("0.5", "1.2", 1), ("-0.5", "1.2", 1), ("0.50", "1.20", 1), ("0", "1.2", 1),
        ("x", "1.2", 1), ("0.000000", "0.000001", 6), ("0.0000000", "0.0000001", 7), ("0", "1", -1),
        ("1.20", "1.30", 2), ("1.30", "1.20", 2), ("+1", "2", 0),
    )  # fmt: skip
    for low, high, decimals in amounts:
        yield {"is": "DecimalDomain", "minimum": low, "maximum": high, "places": decimals}
    days = ("2024-02-28", "2024-02-30"), ("20240228", "2024-03-01"), ("2024-02-28", "2024-03-01")
    for first, last in days:
        yield {"is": "DateDomain", "minimum": first, "maximum": last}
    yield {"is": "WordDomain", "minimum": "2024-02-28", "maximum": "2024-03-01"}


NOTHING: Data = {"criteria": [], "scores": [], "decisions": []}


def readings() -> Iterator[dict[str, str]]:
    """Yield rules that can be read, and others that cannot."""
    for domain in domains():
        yield bare(rules_of(facts=[{"id": "a", "sensitivity": 0, "domain": domain}], **NOTHING))
    for tier in (3, 4, -1):
        some = {"id": "a", "sensitivity": tier, "domain": {"is": "BooleanDomain"}}
        yield bare(rules_of(facts=[some], **NOTHING))
    for condition in wrong_conditions():
        # A flag is read by nothing else.
        yield bare(rules_of(flags=[{"id": "f", "when": condition}]))
    for worth in (2**53 - 1, 2**53, -(2**53) + 1, -(2**53)):
        yield bare(rules_of(scores=[{"id": "s", "parts": [{"when": A, "worth": worth}]}]))
    # Each criterion takes two steps.
    for length, last in itertools.product((DEEPEST // 2, DEEPEST // 2 + 1), (A, no(A))):
        yield bare(rules_of(criteria=[*rules_of()["criteria"], *chain(length, last)]))
    for less in range(-2, 2):
        yield nested(DEEPEST + less, '{"is":"Not","part":', "}")
        yield nested(DEEPEST + less, '{"is":"All","parts":[', "]}")
    for one in wrong_decisions():
        yield bare(rules_of(decisions=[EARLY, one]))
    circle = [{"id": "s", "parts": [{"when": score(1), "worth": 1}]}]
    yield bare(rules_of(scores=circle))
    yield bare(rules_of(criteria=[{"id": "c", "when": criterion("c")}]))
    for changes in ({"form": "other"}, {"facts": [rules_of()["facts"][0]] * 2}, {"id": "a\nb"}):
        yield bare(rules_of(**changes))


def wrong_conditions() -> Iterator[Data]:
    """Yield conditions, some of which cannot be read."""
    for runs in (
        [[0, 0], [2, 3]], [[0, 0], [1, 1]], [[0, 0], [1, 3]], [[2, 1]], [[0, 4]], [[0, 1, 2]],
        [[3, 3], [0, 0]], [[0]], [[0, 3]],
    ):  # fmt: skip
        yield fact("n", *runs)
    yield fact("other")
    yield criterion("other")
    yield {"is": "Other", "parts": [], "count": 0}
    yield {"is": "Other", "parts": []}
    yield {**score(1), "score": "other"}
    yield {**decided("RuleIs", "e1"), "decision": "other"}
    for low in (2**53 - 1, 2**53, -(2**53) + 1, -(2**53), 1.5):
        yield score(low)  # type: ignore[arg-type]  # one of them is wrong
    for number in (0, 3, -1):
        yield count("AtLeast", A, B, count=number)


def wrong_decisions() -> Iterator[Data]:
    """Yield decisions, some of which cannot be read."""
    for rules in (
        [rule("r", None, "x"), rule("q", None, "y")],
        [rule("r", None, "x"), rule("q", None, "y"), rule("p", None, "x")],
        [rule("r", A, "z")], [rule("r", A, {"candidates": ["x", "z"]})],
        [rule("r", A, {"candidates": ["x"]}), rule("q", A, "z")],
        [rule("r", A, "x", "other")], [rule("r", A, "x", "r")],
        [rule("r", A, "x"), rule("r", B, "y")],
        [rule("r", A, "x", "q"), rule("q", A, "x", "r")],
        [rule("r", A, "x", "q"), rule("q", A, "x", "p"), rule("p", A, "x", "q")],
        [rule("r", criterion("other"), "x")],
        [rule("r", A, "x", "q", "p"), rule("q", A, "x", "p"), rule("p", B, "x")],
    ):  # fmt: skip
        yield decision("d", *rules)
    yield {**decision("d", rule("r", A, "x")), "applies_when": 1.5}


def too_deep() -> dict[str, str]:
    """Give rules that can be read one by one, and of which no condition can be followed."""
    some = [*rules_of()["criteria"], *chain(21_000, A)[::-1]]
    one = decision("d", rule("r", criterion("c0"), "x"))
    claim = {"decision": "d", "known": [None] * 3, "possible": [], "because": [], "tree": 0}
    return bare(rules_of(criteria=some, decisions=[one]), explanations=[claim])
