"""What the bars name and the other scripts do not: first sight, start-up, explanations, changes.

Prints JSON: microseconds per item, and milliseconds of fresh processes.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from people import clients
from rows import interleaved

from policy import if_else
from routeengine import Engine, load_ruleset
from routeengine.profile_model import profile_model

BATCH = 30
"""Clients who are explained per round: never the same again."""

HELP = (
    "import sys\nfrom routeengine.cli import main\nsys.argv = ['routeengine', '--help']\n"
    "try: main()\nexcept SystemExit: pass"
)


def each(works: dict[str, tuple[Callable[[], object], int]], rounds: int) -> dict[str, float]:
    """Run each in turn, and give the median microseconds of processor time per item."""
    took = interleaved({name: work for name, (work, _) in works.items()}, rounds)
    return {name: took[name] / count * 1e6 for name, (_, count) in works.items()}


def started(code: str, rounds: int) -> float:
    """Give the median milliseconds of processor time of a fresh process, less an empty one."""
    used: dict[str, list[float]] = {"pass": [], code: []}
    for _ in range(rounds):
        for command, into in used.items():
            before = os.times()
            subprocess.run([sys.executable, "-c", command], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own interpreter
            after = os.times()
            into.append(after.children_user + after.children_system
                        - before.children_user - before.children_system)  # fmt: skip
    return (statistics.median(used[code]) - statistics.median(used["pass"])) * 1e3


def main() -> None:
    """Measure and print."""
    rounds = 9
    if "--quick" in sys.argv:
        rounds = 2
    ruleset = load_ruleset("rijswijk-2023")
    engine, forgetful = Engine(ruleset), Engine(ruleset)
    some, partial = clients(300), clients(300, unknown=0.1)
    others = clients(300 + BATCH * (rounds + 2), unknown=0.1)[300:]
    validate = profile_model(ruleset).__pydantic_validator__.validate_python
    for one in (*some, *partial):
        engine.classify(one)
        engine.explain(one)

    strangers = iter([engine.classify(one) for one in others])

    def first_sight(questions: bool) -> None:
        for one in partial:
            forgetful._answers.clear()  # noqa: SLF001  so that every profile is a first sight
            verdicts = forgetful.classify(one).verdicts.values()
            _ = [verdict.missing for verdict in verdicts if questions]

    def explained() -> None:
        # Clients of whom nobody was explained before, after six hundred others.
        for _ in range(BATCH):
            engine.explain(next(strangers))

    def changed(profiles: list[dict[str, Any]]) -> None:
        for one in profiles:
            engine.changes_to(one, "route", "A")

    figures = each(
        {
            "plain if/else": (lambda: [if_else(one) for one in some], len(some)),
            "pydantic validates the profile": (lambda: [validate(one) for one in some], len(some)),
            "classify, warm": (lambda: [engine.classify(one) for one in some], len(some)),
            "classify, first sight": (lambda: first_sight(False), len(partial)),
            "classify, first sight, with questions": (lambda: first_sight(True), len(partial)),
            "explain, first sight": (explained, BATCH),
            "changes to route A, up to three facts": (lambda: changed(partial[:30]), 30),
            "load the rule set": (lambda: load_ruleset("rijswijk-2023"), 1),
            "build the engine": (lambda: Engine(ruleset), 1),
        },
        rounds,
    )
    fresh = {
        "import routeengine": started("import routeengine", rounds),
        "routeengine --help": started(HELP, rounds),
    }
    json.dump({"us": figures, "started_ms": fresh}, sys.stdout)


if __name__ == "__main__":
    main()
