"""What people are handed: whole commands, each beside `routeengine check`. Prints JSON.

Every file is written anew; in turn, so that what a noisy moment costs falls on all of them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from timing import ROUTEENGINE, Took, median, process

ROUNDS = 5
FIXTURES = Path(__file__).parents[1] / "fixtures"
CASELOAD, EVENTS = FIXTURES / "caseload.csv", FIXTURES / "caseload.events.csv"
RULES = "rijswijk-2023"
CHECK = "check"
COMMANDS: dict[str, tuple[object, ...]] = {
    CHECK: ("check", RULES),
    "the rule book": ("rulebook", RULES),
    "the council's report": ("report", CASELOAD, "--events", EVENTS),
    # Of a version with itself: all of both is compared, and every client is looked at.
    "the page of a change": ("diff", RULES, RULES, "--caseload", CASELOAD),
    "a page for each of 1,113 clients": ("explain", CASELOAD, "--all", "--audience", "client"),
}


def main() -> None:
    """Write each in turn, and print seconds and how many checks they are."""
    rounds = 1 if "--quick" in sys.argv else ROUNDS
    seen: dict[str, list[Took]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        with TemporaryDirectory() as folder:
            for number, (name, command) in enumerate(COMMANDS.items()):
                out = Path(folder) / (str(number) if "--all" in command else f"{number}.html")
                written = () if name == CHECK else ("-o", out)
                seen[name].append(process(ROUTEENGINE, *command, *written).took)
    seconds = {name: median(some) for name, some in seen.items()}
    checks = {name: one / seconds[CHECK] for name, one in seconds.items() if name != CHECK}
    json.dump({"seconds": seconds, "checks": checks}, sys.stdout)


if __name__ == "__main__":
    main()
