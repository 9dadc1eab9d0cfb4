"""What certificates of the shipped rule set take: bytes, boxes, and time.

    python benchmarks/certificates.py

Times are processor time of this machine, and beside it how often one `compile` of the rule set
fits in: that says the same elsewhere.
"""

from __future__ import annotations

import gzip
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from routeengine import Engine, load_ruleset
from routeengine.portable import AdviceCertifier, certify
from routeengine.symbolic.compiled import CompiledRuleSet

CHECKS = Path(__file__).resolve().parents[1] / "portable" / "check"
CLIENTS = 50


def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """Return what is given, and the processor time that it took, also of what it started."""
    before = sum(time_of() for time_of in (time.process_time, children))
    given = run()
    return given, sum(time_of() for time_of in (time.process_time, children)) - before


def children() -> float:
    """Return the processor time of programs that were started and have ended."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def checked(command: Sequence[object]) -> str:
    """Run a checker, and return the last line that it prints."""
    done = subprocess.run(  # noqa: S603  our own programs
        [str(part) for part in command], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


def main() -> None:
    """Print a line for each."""
    ruleset = load_ruleset("rijswijk-2023")
    _, unit = timed(lambda: CompiledRuleSet(ruleset))
    certified, made = timed(lambda: certify(ruleset))
    for name, text in certified.files.items():
        data = text.encode()
        print(f"{name:18} {len(data):>8,} bytes {len(gzip.compress(data, 9)):>8,} compressed")
    print(f"{'making':18} {made:>8.2f} s {made / unit:>8.1f} x compile")
    with TemporaryDirectory() as folder:
        for name, text in certified.files.items():
            Path(folder, name).write_bytes(text.encode())
        commands = [[sys.executable, CHECKS / f"check_{name}.py"] for name in ("rules", "artefact")]
        if node := shutil.which("node"):
            commands.append([node, CHECKS / "check.mjs"])
        for command in commands:
            said, took = timed(lambda: checked([*command, folder]))
            name = Path(str(command[1])).name
            print(f"{name:18} {took:>8.2f} s {took / unit:>8.1f} x compile, {said}")
    engine, draw = Engine(ruleset), random.Random(1)
    certifier, bytes_ = AdviceCertifier(engine), list[int]()
    profiles = [
        {fact.id: fact.domain.value(draw.randrange(fact.domain.size)) for fact in ruleset.facts}
        for _ in range(CLIENTS)
    ]
    some, took = timed(lambda: [certifier.certify(one) for one in profiles])
    bytes_ += sorted(len(json.dumps(one, separators=(",", ":"))) for one in some)
    print(f"{'advice, a client':18} {took / CLIENTS:>8.4f} s, {bytes_[CLIENTS // 2]:,} bytes")


if __name__ == "__main__":
    main()
