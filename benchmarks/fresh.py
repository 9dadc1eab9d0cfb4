"""Fresh processes: what the first client costs, and the commands. Prints JSON.

Whole processes from their start to their end, nothing subtracted; beside them stands a Python
that does nothing. What comes first in a process is timed within it.
"""

from __future__ import annotations

import json
import sys

from people import clients
from timing import ROUTEENGINE, Took, median, process

ROUNDS = 11
LOAD = (
    "from routeengine import Engine, load_ruleset; engine = Engine(load_ruleset('rijswijk-2023'))"
)
WHOLE = {
    "python, nothing": (sys.executable, "-c", "pass"),
    "import routeengine": (sys.executable, "-c", "import routeengine"),
    "load and engine": (sys.executable, "-c", LOAD),
    "routeengine --help": (ROUTEENGINE, "--help"),
    "routeengine check": (ROUTEENGINE, "check", "rijswijk-2023"),
}
FIRST = """
import json, sys
from time import perf_counter, process_time
client = json.loads(sys.argv[1])
def took(work):
    used, elapsed = process_time(), perf_counter()
    given = work()
    told.append((process_time() - used, perf_counter() - elapsed))
    return given
told = []
took(lambda: exec(sys.argv[2], globals()))
took(lambda: [v.outcome for v in engine.classify(client).verdicts.values()])
explanation = took(lambda: engine.explain(client))
took(explanation.to_text)
print(json.dumps(told))
"""
WITHIN = ("import, load, engine", "first classification", "first explanation", "its Dutch text")


def main() -> None:
    """Start, time and print."""
    rounds = 1 if "--quick" in sys.argv else ROUNDS
    seen: dict[str, list[Took]] = {name: [] for name in (*WHOLE, *WITHIN)}
    for client in clients(rounds + 1, 0.1, seed=5):
        for name, command in WHOLE.items():
            seen[name].append(process(*command).took)
        told = json.loads(process(sys.executable, "-c", FIRST, json.dumps(client), LOAD).out)
        for name, took in zip(WITHIN, told, strict=True):
            seen[name].append(Took(*took))
    json.dump({"ms": {name: median(some[1:]) / 1e-3 for name, some in seen.items()}}, sys.stdout)


if __name__ == "__main__":
    main()
