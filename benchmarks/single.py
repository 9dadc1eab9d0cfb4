"""Single decisions: what they cost beside what everybody knows the price of.

    python benchmarks/single.py

Prints a table of medians and of ratios within this run; absolute times move from
machine to machine. Every figure is the median of interleaved rounds. The bars
stand beside the figures.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from routeengine import Engine, RuleSet, load_ruleset
from routeengine.caseload import open_caseload
from routeengine.profile_model import profile_model

ROOT = Path(__file__).parent.parent
ROUNDS = 15


def profiles(engine: Engine) -> list[dict[str, Any]]:
    """Read the made caseload as dictionaries of plain values."""
    with open_caseload(ROOT / "fixtures/caseload.csv", engine.ruleset) as caseload:
        return [dict(row.profile) for row in caseload if row.profile is not None]


def timed(work: Callable[[], object], count: int) -> float:
    """Give the microseconds per item."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) / count * 1e6


def interleaved(works: dict[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """Run each in turn, many rounds, and give the median of each."""
    seen: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, (work, count) in works.items():
            seen[name].append(timed(work, count))
    return {name: statistics.median(values) for name, values in seen.items()}


def slowest(work: Callable[..., object], arguments: tuple[Any, ...]) -> float:
    """Give the microseconds of one call, the best of three: the machine does other things too."""
    return min(timed(lambda: work(*arguments), 1) for _ in range(3))


def started(code: str) -> float:
    """Give the median milliseconds of a fresh process, less that of an empty one."""
    empty, full = [], []
    for _ in range(ROUNDS):
        for command, into in (("pass", empty), (code, full)):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", command], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own interpreter
            into.append((time.perf_counter() - start) * 1e3)
    return statistics.median(full) - statistics.median(empty)


def explained_anew(engine: Engine, profiles: list[dict[str, Any]]) -> None:
    """Explain as if nothing had been asked before, but for the words of the rule set."""
    for profile in profiles:
        for kept in (
            engine._answers,  # noqa: SLF001  so that every profile is a first sight
            engine._explainer._bodies,  # noqa: SLF001  as above
            engine._changes._near,  # noqa: SLF001  as above
        ):
            kept.clear()
        engine.explain(profile)


def questions_of(
    ruleset: RuleSet, profiles: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], str, str]]:
    """Give each profile with each decision and each way in which it can end."""
    return [
        (profile, decision.id, outcome)
        for profile in profiles
        for decision in ruleset.decisions
        for outcome in [*(one.id for one in decision.outcomes), "review", "not_applicable"]
    ]


def main() -> None:
    """Measure and print."""
    ruleset = load_ruleset("rijswijk-2023")
    engine, forgetful = Engine(ruleset), Engine(ruleset)
    some = profiles(engine)
    random.Random(1).shuffle(some)
    some = some[:500]
    model = profile_model(ruleset)
    validate = model.__pydantic_validator__.validate_python
    for profile in some:
        validate(profile)
        engine.classify(profile)

    def cold() -> None:
        for profile in some:
            forgetful._answers.clear()  # noqa: SLF001  so that every profile is a first sight
            forgetful.classify(profile)

    def every_question() -> None:
        for profile in some:
            forgetful._answers.clear()  # noqa: SLF001  as above
            for verdict in forgetful.classify(profile).verdicts.values():
                _ = verdict.missing

    asked = questions_of(ruleset, some[:20])

    def build() -> None:
        Engine(ruleset)

    figures = interleaved(
        {
            "pydantic's validation of the profile": (
                lambda: [validate(p) for p in some],
                len(some),
            ),
            "classify, warm": (lambda: [engine.classify(p) for p in some], len(some)),
            "classify, first sight": (cold, len(some)),
            "classify, first sight, with questions": (every_question, len(some)),
            "explain as data": (lambda: [engine.explain(p) for p in some[:50]], 50),
            "explain as data, first sight": (lambda: explained_anew(forgetful, some[:50]), 50),
            "changes_to, all sets up to three facts": (
                lambda: [engine.changes_to(*one) for one in asked],
                len(asked),
            ),
            "build the engine": (build, 1),
            "load the rule set": (lambda: load_ruleset("rijswijk-2023"), 1),
        }
    )
    base = figures["pydantic's validation of the profile"]
    bars = {
        "classify, warm": "≤ 1.3 × validation",
        "classify, first sight": "≤ 100 µs",
        "explain as data": "≤ 1,000 µs",
        "changes_to, all sets up to three facts": "≤ 10,000 µs",
    }
    print(f"{'':40} {'µs':>12} {'÷ validation':>14}  bar")
    for name, value in figures.items():
        print(f"{name:40} {value:12,.1f} {value / base:14.2f}  {bars.get(name, '')}")
    worst = max(slowest(engine.changes_to, one) for one in asked)
    print(
        f"{'changes_to, the slowest of these':40} {worst:12,.1f} {worst / base:14.2f}  ≤ 10,000 µs"
    )
    print()
    build_code = "from routeengine import *; Engine(load_ruleset('rijswijk-2023'))"
    help_code = (
        "import sys\nfrom routeengine.cli import main\nsys.argv = ['routeengine', '--help']\n"
        "try: main()\nexcept SystemExit: pass"
    )
    for name, code, bar in (
        ("import routeengine", "import routeengine", "≤ 150 ms"),
        ("import, load and build", build_code, ""),
        ("routeengine --help", help_code, "≤ 300 ms"),
    ):
        print(f"{name:40} {started(code):12,.1f} ms, less an empty process  {bar}")


if __name__ == "__main__":
    main()
