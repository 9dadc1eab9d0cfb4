"""What rule files ask of a score: bounds on what its parts are worth together."""

from __future__ import annotations

from collections.abc import Sequence

from routeengine.errors import listed
from routeengine.loading import shapes
from routeengine.loading.comparisons import HOLE, NUMBERS, fault
from routeengine.loading.keys import Values
from routeengine.loading.shapes import Run
from routeengine.loading.yaml_tree import ScalarNode
from routeengine.ruleset.conditions import Condition, ScoreIs
from routeengine.ruleset.flaws import Path, quote


def read_score(
    score: str, test: Values | Sequence[ScalarNode | None], path: Path, run: Run
) -> Condition:
    """Return what is asked of a score: the values of a comparison by key, or else scalars."""
    told = test if isinstance(test, dict) else {}
    asked = {key: one for key, one in told.items() if one is not None}
    if len(asked) != 1 or not asked.keys() <= {*NUMBERS}:
        message = f"`{score}` is a score, and is asked for with one bound"
        return fault(run, path, message, f"write one of {listed(NUMBERS)}")
    ((key, bound),) = asked.items()
    if key == "between" and len(bound) != 2:
        message = "`between` holds two numbers"
        return fault(run, (*path, key), message, "write `[lowest, highest]`")
    ends = [_number(score, end, run) for end in (bound if key == "between" else [bound])]
    low = None if key == "at_most" else ends[0]
    high = None if key == "at_least" else ends[-1]
    if None in ends:
        return HOLE
    if low is not None and high is not None and low > high:
        message = "the first number of `between` is larger than the second"
        return fault(run, (*path, key), message)
    return ScoreIs(score, low, high)


def _number(score: str, leaf: ScalarNode, run: Run) -> int | None:
    number = shapes.whole_number(leaf)
    if number is None:
        plain = shapes.whole_number(ScalarNode(leaf))
        hint = "write a whole number" if plain is None else "write it without quotes"
        fault(run, leaf.path, f"`{score}` cannot be {quote(leaf)}", hint)
    return number
