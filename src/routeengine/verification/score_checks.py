"""Checks of scores that nothing asks, and of bounds on them that never bite."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from routeengine.ruleset.conditions import ScoreIs, walk
from routeengine.ruleset.model import OwnedCondition, Score
from routeengine.verification.analysis import Analysis
from routeengine.verification.findings import Finding, Findings


def idle_scores(rules: Analysis) -> Findings:
    """Find the scores that no condition asks, and bounds that are always kept, or never."""
    expected = [one.when for one in rules.ruleset.expectations if one.when is not None]
    asked = {one.score for one in walk(*expected) if isinstance(one, ScoreIs)}
    for owned in rules.ruleset.owned_conditions():
        for part in dict.fromkeys(walk(owned.condition)):
            if isinstance(part, ScoreIs):
                asked.add(part.score)
                yield from _idle_bounds(rules, owned, part)
    for score in rules.ruleset.scores:
        if score.id not in asked:
            message = f"score `{score.id}` makes no difference: nothing asks it"
            yield Finding("idle_score", "", message, (score.id,), score.place)


def _idle_bounds(rules: Analysis, owned: OwnedCondition, asked: ScoreIs) -> Findings:
    score = rules.ruleset.score[asked.score]
    for words, one in _bounds(asked):
        truths = rules.amounts(rules.condition(one))
        if len(truths) == 1:
            often = "always" if True in truths else "never"
            message = f"`{words}` of score `{score.id}` in {owned.kind} `{owned.owner.id}`"
            least, most = _ends(rules, score)
            message += f" {often} holds: it lies between {least} and {most}"
            yield Finding("idle_score", "", message, (score.id,), owned.owner.place)


def _ends(rules: Analysis, score: Score) -> tuple[int, int]:
    """Return the smallest and the largest sum of all that can be."""
    every = range(score.least, score.most + 1)

    def more(total: int) -> frozenset[object]:
        """Return the truths of "more than this"."""
        return frozenset(rules.amounts(rules.condition(ScoreIs(score.id, total + 1))))

    # What is always more than a sum is not that sum yet, and past the last nothing is more.
    first = bisect_left(every, True, key=lambda total: False in more(total))
    last = bisect_left(every, True, key=lambda total: True not in more(total))
    return every[first], every[last]


def _bounds(asked: ScoreIs) -> Iterator[tuple[str, ScoreIs]]:
    """Yield each bound by itself: of what lies between two, one of them may never bite."""
    if asked.low is not None:
        yield f"at_least: {asked.low}", ScoreIs(asked.score, asked.low)
    if asked.high is not None:
        yield f"at_most: {asked.high}", ScoreIs(asked.score, None, asked.high)
