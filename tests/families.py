"""Rule sets of shapes that authors write every day, of any size."""

from __future__ import annotations

from generated import BOTH, GROUNDS, a_fact
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Decision, Outcome, Review, Rule, RuleSet

__all__ = ["a_rule", "different_outcomes", "door", "ranked", "review_signals", "same_outcome"]


def door(outcomes: list[str], *rules: Rule) -> RuleSet:
    """Make a rule set with one decision, and a fact per rule that has a condition."""
    count = sum(rule.when is not None for rule in rules)
    return RuleSet(
        "made", "1.0.0", BOTH, BOTH, BOTH, ("nl", "en"),
        facts=tuple(a_fact(f"f{number}", BooleanDomain()) for number in range(count)),
        criteria=(),
        decisions=(Decision("door", BOTH, tuple(Outcome(o, BOTH, BOTH) for o in outcomes), rules),),
    )  # fmt: skip


def a_rule(number: int | None, then: str | Review, *outranks: str) -> Rule:
    """Make a rule about the fact of that number; `otherwise` where there is none."""
    when = None if number is None else FactIs(f"f{number}", 2)
    name = "otherwise" if number is None else f"r{number}"
    return Rule(name, when, then, BOTH, BOTH, GROUNDS, outranks)


def same_outcome(count: int) -> RuleSet:
    """Make that many rules that refuse; whoever is not refused is admitted."""
    rules = [a_rule(number, "refuse") for number in range(count)]
    return door(["refuse", "admit"], *rules, a_rule(None, "admit"))


def review_signals(count: int) -> RuleSet:
    """Make that many signals that a person should look at."""
    rules = [a_rule(number, Review(("ok",))) for number in range(count)]
    return door(["ok"], *rules, a_rule(None, "ok"))


def different_outcomes(count: int) -> RuleSet:
    """Make that many rules that each lead elsewhere, none before another."""
    rules = [a_rule(number, f"o{number}") for number in range(count)]
    return door([f"o{number}" for number in range(count)], *rules, a_rule(None, "o0"))


def ranked(count: int) -> RuleSet:
    """Make that many rules that each lead elsewhere, each before all that follow."""
    rules = [
        a_rule(number, f"o{number}", *(f"r{lower}" for lower in range(number + 1, count)))
        for number in range(count)
    ]
    return door([f"o{number}" for number in range(count)], *rules, a_rule(None, "o0"))
