"""What must hold of a score, whatever its conditions are."""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.ruleset.conditions import Leaf, walk
from routeengine.ruleset.flaws import Flaw, Path
from routeengine.ruleset.model import Score

MAX_SUM = 10_000
"""What a score can come to at most, above 0 and below it."""


def check_score(path: Path, score: Score) -> Iterator[Flaw]:
    """Yield what is wrong with a score."""
    at = (*path, "of")
    if not score.parts:
        yield Flaw(at, f"`{score.id}` needs a part at least", key=True)
    for number, part in enumerate(score.parts):
        if part.worth == 0:
            message = "a part that is worth 0 counts for nothing"
            yield Flaw((*at, number, "worth"), message, "take the part out")
        if not any(isinstance(one, Leaf) for one in walk(part.when)):
            message = "a part that asks no fact counts for everyone, or for no one"
            yield Flaw((*at, number, "when"), message, "change the bounds on the score instead")
    for total in (score.least, score.most):
        if abs(total) > MAX_SUM:
            hint = f"a score lies between -{MAX_SUM} and {MAX_SUM}: take a coarser unit"
            yield Flaw(at, f"`{score.id}` can come to {total}", hint, key=True)
