"""What the bars name and the other scripts do not: first sight, start-up, explanations, changes.

Prints JSON: microseconds per item, and milliseconds of fresh processes.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import single
from people import clients

from policy import if_else
from routeengine import Engine, load_ruleset
from routeengine.profile_model import profile_model

HELP = (
    "import sys\nfrom routeengine.cli import main\nsys.argv = ['routeengine', '--help']\n"
    "try: main()\nexcept SystemExit: pass"
)


def main() -> None:
    """Measure and print."""
    if "--quick" in sys.argv:
        single.ROUNDS = 2
    ruleset = load_ruleset("rijswijk-2023")
    engine, forgetful = Engine(ruleset), Engine(ruleset)
    some, partial = clients(300), clients(300, unknown=0.1)
    validate = profile_model(ruleset).__pydantic_validator__.validate_python
    for one in (*some, *partial):
        engine.classify(one)
        engine.explain(one)

    def first_sight(questions: bool) -> None:
        for one in partial:
            forgetful._answers.clear()  # noqa: SLF001  so that every profile is a first sight
            verdicts = forgetful.classify(one).verdicts.values()
            _ = [verdict.missing for verdict in verdicts if questions]

    def explained(profiles: list[dict[str, Any]]) -> None:
        for one in profiles:
            engine.explain(one)

    def changed(profiles: list[dict[str, Any]]) -> None:
        for one in profiles:
            engine.changes_to(one, "route", "A")

    figures = single.interleaved(
        {
            "plain if/else": (lambda: [if_else(one) for one in some], len(some)),
            "pydantic validates the profile": (lambda: [validate(one) for one in some], len(some)),
            "classify, warm": (lambda: [engine.classify(one) for one in some], len(some)),
            "classify, first sight": (lambda: first_sight(False), len(partial)),
            "classify, first sight, with questions": (lambda: first_sight(True), len(partial)),
            "explain": (lambda: explained(partial[:30]), 30),
            "changes to route A, up to three facts": (lambda: changed(partial[:30]), 30),
            "load the rule set": (lambda: load_ruleset("rijswijk-2023"), 1),
            "build the engine": (lambda: Engine(ruleset), 1),
        }
    )
    started = {
        "import routeengine": single.started("import routeengine"),
        "routeengine --help": single.started(HELP),
    }
    json.dump({"us": figures, "started_ms": started}, sys.stdout)


if __name__ == "__main__":
    main()
