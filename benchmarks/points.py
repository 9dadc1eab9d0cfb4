"""A score of many parts, in three bands; and the same with parts written out. Prints JSON.

Facts that are true or not are worth 1 to 100 points each, drawn the same each time. Only the public
face of the library is used: a file is loaded, its engine built, and a client classified.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

from growth import WHY, Written, decide, file, start, truths
from timing import Took, median, took

from routeengine import Engine, load_ruleset

ROUNDS = 5
MANY, FEW, MOST = 40, 12, 100
BANDS = ("low", "middle", "high")


def written(worths: list[int], *, out: bool) -> Written:
    """Make a rule set on points: as a score, or `out` with each part as often as it is worth."""
    made = start(truths(len(worths)))
    parts = [{"when": f"f{n}", "worth": worth} for n, worth in enumerate(worths)]
    if not out:
        made["scores"] = {"s": {"label": {"en": "s"}, "of": parts, **WHY}}
    else:
        # A condition may not appear twice as it is: each time it is a criterion of its own.
        made["criteria"] = {
            f"c{n}_{time}": {"label": {"en": "c"}, "when": f"f{n}", **WHY}
            for n, worth in enumerate(worths)
            for time in range(worth)
        }
    total = sum(worths)

    def at_least(points: int) -> Any:
        if not out:
            return {"s": {"at_least": points}}
        return {"at_least": {"count": points, "of": list(made["criteria"])}}

    ends = [total * share // 4 for share in (1, 2, 3)]
    rules = [
        ("high", at_least(ends[2]), "high", ["middle", "low"]),
        ("middle", at_least(ends[1]), "middle", ["low"]),
        ("low", at_least(ends[0]), "low"),
        ("rest", None, "none"),
    ]
    return decide(made, "d", [*BANDS, "none"], rules)


def answered(worths: list[int], *, out: bool = False) -> tuple[Took, Took, bool]:
    """Build an engine, and answer for a client of whom half is known, exactly or not."""
    engine: Any = None
    answers: list[Any] = []
    with file(written(worths, out=out)) as path:
        ruleset = load_ruleset(path)

    def build() -> None:
        nonlocal engine
        engine = Engine(ruleset)
        engine.classify({})

    half = dict.fromkeys(list(ruleset.fact)[::2], True)
    built = took(build)
    first = took(lambda: answers.append(engine.classify(half)))
    return built, first, all(v.exact for one in answers for v in one.verdicts.values())


def main() -> None:
    """Print seconds, and how much longer it takes with every part written out."""
    chance = random.Random(1)
    rounds = 1 if "--quick" in sys.argv else ROUNDS
    many = [chance.randint(1, MOST) for _ in range(MANY)]
    few = [chance.randint(1, MOST // 5) for _ in range(FEW)]
    found = [answered(many) for _ in range(rounds)]
    plain, repeated = ([answered(few, out=out) for _ in range(rounds)] for out in (False, True))
    ratio = median([one for one, *_ in repeated]) / median([one for one, *_ in plain])
    json.dump(
        {
            "build": median([one for one, *_ in found]),
            "answer_ms": median([one for _, one, _ in found]) / 1e-3,
            "exact": all(exact for *_, exact in (*found, *plain, *repeated)),
            "ratio": ratio,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
