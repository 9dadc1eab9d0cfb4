"""A program of somebody who embeds the library: what type checkers know of it, and what they catch.

`test_built.py` has mypy and pyright read it beside the installed wheel. Each line of `mistakes` has
an error that both have to find: a comment that suppresses nothing is an error itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

from routeengine import (
    DECLINED,
    Between,
    Engine,
    Explanation,
    OneOf,
    Record,
    Result,
    RouteEngineError,
    RuleSet,
    Verdict,
    load_ruleset,
)


def advice(client: Mapping[str, object], lang: str) -> tuple[str, str]:
    """Return an outcome, and the explanation of it."""
    ruleset = load_ruleset("rijswijk-2023")
    assert_type(ruleset, RuleSet)
    engine = Engine(ruleset)
    try:
        result = engine.classify({**client, "rung": OneOf([1, 2]), "willing": DECLINED})
    except RouteEngineError as error:
        return str(error), ""
    assert_type(result, Result)
    verdict = result.verdicts["route"]
    assert_type(verdict, Verdict)
    assert_type(verdict.outcome, str | None)
    assert_type(verdict.missing, tuple[str, ...])
    explanation = engine.explain(result, lang=lang)
    assert_type(explanation, Explanation)
    return verdict.outcome or "review", explanation.to_text()


def mistakes(engine: Engine, result: Result, record: Record) -> None:
    """Do what is no use, a line each.

    Each ignore is a claim that this line is refused: one that is not needed is an error of its own.
    """
    # A name is no rule set: it has to be loaded.
    Engine("rijswijk-2023")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    # A number is no profile.
    engine.classify(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    # There may be no outcome.
    result.verdicts["route"].outcome.upper()  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    # There is a verdict for each decision, and none of the whole; that it does nothing is meant.
    result.verdict  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]
    # A verdict does not change.
    result.verdicts["route"].status = "decided"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    # A range has two ends.
    Between("1", "2", "3")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    # A record does not change either, and least of all its digest.
    record.sha256 = ""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    # Which rules, is not guessed.
    load_ruleset()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
