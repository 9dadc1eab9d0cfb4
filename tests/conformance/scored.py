"""Made rule sets with scores: those of `made`, with points in what their rules ask."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from conformance.made import GROUNDS, WORDS, a_condition, a_ruleset
from routeengine.ruleset.conditions import All, Any, Condition, Not, ScoreIs
from routeengine.ruleset.model import Criterion, Decision, Flag, RuleSet, Score, ScorePart

__all__ = ["a_scored_ruleset"]


def a_score(random: Random, name: str, ruleset: RuleSet) -> Score:
    """Make a score: one part in three takes away."""
    parts = tuple(
        ScorePart(
            a_condition(random, ruleset.facts, ruleset.criteria, depth=1),
            random.randint(1, 5) if random.random() < 0.7 else -random.randint(1, 4),
        )
        for _ in range(random.randint(2, 4))
    )
    return Score(name, WORDS, parts, GROUNDS)


def bounds(random: Random, score: Score) -> ScoreIs:
    """Make bounds on a score that it can reach, or just not."""
    low, high = sorted(random.randint(score.least - 1, score.most + 1) for _ in range(2))
    kind = random.choice(("at_least", "at_least", "at_most", "between"))
    return ScoreIs(
        score.id, None if kind == "at_most" else low, None if kind == "at_least" else high
    )


def a_scored_ruleset(random: Random) -> RuleSet:
    """Make a rule set with a score or two; its constraints may exclude everything."""
    ruleset = a_ruleset(random)
    scores: tuple[Score, ...] = ()
    criteria = ruleset.criteria
    for number in range(random.randint(1, 2)):
        # The second one may have a part that asks the first, by way of a criterion.
        scores += (a_score(random, f"s{number}", replace(ruleset, criteria=criteria)),)
        asked = Criterion(f"p{number}", bounds(random, scores[-1]), WORDS, GROUNDS)
        criteria += (asked,)

    def mixed(when: Condition) -> Condition:
        asked = bounds(random, random.choice(scores))
        kind = random.randrange(4)
        if kind == 0:
            return asked
        return (All((asked, when)), Any((asked, when)), All((Not(asked), when)))[kind - 1]

    def with_points(decision: Decision) -> Decision:
        rules = tuple(
            one if one.when is None else replace(one, when=mixed(one.when))
            for one in decision.rules
        )
        return replace(decision, rules=rules)

    raised = Flag("points", WORDS, bounds(random, scores[0]), GROUNDS)
    return replace(
        ruleset,
        criteria=criteria,
        decisions=tuple(map(with_points, ruleset.decisions)),
        flags=(*ruleset.flags, raised),
        scores=scores,
    )
