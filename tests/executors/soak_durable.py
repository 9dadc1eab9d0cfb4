"""Very many profiles through durable_rules in one process: is memory flat, is a thread left?

    PYTHONPATH=tests python -m executors.soak_durable --profiles 200000

Every profile is fully known and free of contradictions, drawn by a seed, and answered by the
lanes executor too. Prints what it saw; exit status 1 where an answer differs, memory grows past
2 % or a thread is left.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import threading
from pathlib import Path

from routeengine import load_ruleset
from routeengine.executors.durable import DurableExecutor
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import FullProfile
from routeengine.profile import Known, State
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import set_of_bits

__all__ = ["soak"]

BATCH = 1_000


def resident() -> int:
    """Give the memory of this process now, in kB."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(
        int(line.split()[1]) for line in status.read_text().splitlines() if line[:6] == "VmRSS:"
    )


def drawn(ruleset: RuleSet, source: random.Random) -> State:
    """Draw a full profile that breaks no constraint."""
    while True:
        facts = {fact.id: source.randrange(fact.domain.size) for fact in ruleset.facts}
        full = FullProfile(ruleset, facts)
        if not any(full.holds(constraint.forbids) for constraint in ruleset.constraints):
            return {fact: Known(set_of_bits(1 << value)) for fact, value in facts.items()}


def soak(profiles: int, seed: int) -> tuple[int, int, int]:
    """Answer the profiles; give how many differ, and memory after the first tenth and at the end.

    Memory is in kB.
    """
    ruleset = load_ruleset("rijswijk-2023")
    durable, lanes = DurableExecutor(ruleset), LanesExecutor(ruleset)
    source = random.Random(seed)
    differ = warm = 0
    for start in range(0, profiles, BATCH):
        clear = [drawn(ruleset, source) for _ in range(min(BATCH, profiles - start))]
        answers = ((durable.evaluate(one), lanes.evaluate(one)) for one in clear)
        differ += sum(ours != theirs for ours, theirs in answers)
        if not warm and start >= profiles // 10:
            warm = resident()
    return differ, warm or resident(), resident()


def main() -> int:
    """Run it and say what was seen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--profiles", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    differ, warm, end = soak(arguments.profiles, arguments.seed)
    threads = threading.active_count() - 1
    sys.stdout.write(
        f"{arguments.profiles:,} profiles, {differ} answered otherwise than by the lanes\n"
        f"memory: {warm:,} kB after a tenth, {end:,} kB at the end; threads left: {threads}\n"
    )
    return int(bool(differ or threads or end > warm * 1.02))


if __name__ == "__main__":
    sys.exit(main())
