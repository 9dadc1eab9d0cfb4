"""Holds every executor to the reference, on as many made cases as you like.

    python tests/conformance/differential.py --cases 1000000 --seed 1 [--write FILE]

A case is a made rule set and one state of knowledge of it; no state of a rule set comes twice.
Two in five rule sets are small and odd, two are as authors write them, and one adds up points. Two
processes share the work. Exit status 1 where executors disagree: then the smallest rule set and
state that still show it are printed. `--minutes` stops early, and says so.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from platform import python_version
from random import Random
from typing import Any as Whatever

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conformance.candidates import EXECUTORS, Candidate, frozen
from conformance.made import a_possible_ruleset, a_ruleset, a_state
from conformance.richer import a_closer_state, a_richer_ruleset
from conformance.scored import a_scored_ruleset
from executors.durable_there import absent
from routeengine.codec import form_of
from routeengine.errors import RuleSetError
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known, State
from routeengine.ruleset.conditions import All, Any, AtLeast, Condition, Exactly, Not
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.references import check_references
from routeengine.value_set import single

STATES = 400
"""States drawn per rule set; those that come twice are one case."""

ROUND = 16
"""Rule sets between two looks at the clock; fewer where few cases are asked for."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A rule set and a state on which an executor is not as the reference."""

    executor: str
    ruleset: RuleSet
    state: State

    def __str__(self) -> str:
        """Give all that is needed to see it again."""
        known = {fact: (one.allowed, one.declined, one.conflicting)
                 for fact, one in self.state.items()}  # fmt: skip
        rules = json.dumps(form_of(RuleSet).write(self.ruleset))
        return (
            f"`{self.executor}` differs from `reference`\nrule set: {rules}\n"
            f"known (allowed as bits, declined, conflicting): {known}"
        )


@cache
def those_here() -> list[Candidate]:
    """Give the executors that are held to the reference on this machine."""
    there = absent() is None
    some = [one for one in EXECUTORS.values() if one.name != "reference"]
    return [one for one in some if one.name != "durable" or there]


def disagreements(
    ruleset: RuleSet, states: Sequence[State], several: Sequence[Candidate], counts: Counter[str]
) -> Iterator[Disagreement]:
    """Put states to all executors, and yield where one is not as the reference."""
    reference = ReferenceExecutor(ruleset)
    right = [frozen(reference.evaluate(state)) for state in states]
    counts["reference"] += len(states)
    for candidate in several:
        asked = [n for n, state in enumerate(states) if candidate.claims(ruleset, state)]
        given = candidate.build(ruleset)([states[n] for n in asked]) if asked else []
        counts[candidate.name] += len(asked)
        for number, told in zip(asked, given, strict=True):
            if told != candidate.sees(ruleset, right[number]):
                yield Disagreement(candidate.name, ruleset, states[number])


def shrunk(found: Disagreement) -> Disagreement:
    """Leave out parts of the rule set, and what is known, for as long as they still disagree."""
    candidate = EXECUTORS[found.executor]
    smaller = True
    while smaller:
        smaller = False
        for one in simpler(found):
            if any(check_references(one.ruleset)):
                continue  # what was left out is still referred to
            try:
                again = next(disagreements(one.ruleset, [one.state], [candidate], Counter()), None)
            except RuleSetError:
                continue  # no profile fits any more
            if again is not None:
                found, smaller = again, True
                break
    return found


def simpler(found: Disagreement) -> Iterator[Disagreement]:
    """Yield the same with one part less."""
    ruleset, state = found.ruleset, found.state
    for part in ("flags", "constraints", "decisions", "criteria", "facts"):
        some = getattr(ruleset, part)
        for number, gone in enumerate(some):
            if part == "facts" and len(some) == 1:
                break
            left = {fact: one for fact, one in state.items() if part != "facts" or fact != gone.id}
            rest = replace(ruleset, **{part: some[:number] + some[number + 1 :]})
            yield Disagreement(found.executor, rest, left)
    for part, field in (("flags", "when"), ("constraints", "forbids"), ("criteria", "when")):
        for some in with_one_simpler(getattr(ruleset, part), field):
            changed: dict[str, Whatever] = {part: some}
            yield Disagreement(found.executor, replace(ruleset, **changed), state)
    for at, decision in enumerate(ruleset.decisions):
        kept = [
            tuple(replace(r, outranks=tuple(o for o in r.outranks if o != rule.id))
                  for r in decision.rules if r is not rule)
            for rule in decision.rules
        ]  # fmt: skip
        kept += with_one_simpler(decision.rules, "when")
        fewer = [replace(decision, rules=rules) for rules in kept]
        fewer += [replace(decision, applies_when=None)] if decision.applies_when else []
        for one in fewer:
            decisions = (*ruleset.decisions[:at], one, *ruleset.decisions[at + 1 :])
            yield Disagreement(found.executor, replace(ruleset, decisions=decisions), state)
    for fact, known in state.items():
        if known.allowed.has_several:
            for number in known.allowed.numbers:
                yield Disagreement(found.executor, ruleset, {**state, fact: Known(single(number))})


def with_one_simpler(things: tuple[Whatever, ...], field: str) -> Iterator[tuple[Whatever, ...]]:
    """Yield the same things, with less in the condition of one of them."""
    for number, thing in enumerate(things):
        for less in simpler_than(getattr(thing, field)):
            yield (*things[:number], replace(thing, **{field: less}), *things[number + 1 :])


def simpler_than(condition: Condition | None) -> Iterator[Condition]:
    """Yield conditions with less in them: parts of it, and itself with less in a part."""
    if isinstance(condition, Not):
        yield condition.part
        yield from map(Not, simpler_than(condition.part))
    elif isinstance(condition, All | Any | AtLeast | Exactly):
        yield from condition.parts
        for number, part in enumerate(condition.parts):
            before, after = condition.parts[:number], condition.parts[number + 1 :]
            if isinstance(condition, All | Any) or condition.count < len(condition.parts):
                yield replace(condition, parts=before + after)
            for less in simpler_than(part):
                yield replace(condition, parts=(*before, less, *after))


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of one rule set and its states."""

    counts: Counter[str]
    found: tuple[Disagreement, ...]


def made(seed: str) -> tuple[RuleSet, list[State]]:
    """Make one rule set, and different states of it."""
    random = Random(seed)
    kinds = (
        (partial(a_ruleset, max_facts=5), a_state),
        (a_richer_ruleset, a_closer_state),
        (a_scored_ruleset, a_state),
    )
    make, draw = random.choices(kinds, (2, 2, 1))[0]
    ruleset = a_possible_ruleset(random, make)
    drawn = (draw(random, ruleset) for _ in range(STATES))
    return ruleset, list({tuple(state.values()): state for state in drawn}.values())


def work(seed: str) -> Batch:
    """Make one rule set and different states of it, and compare all executors."""
    counts = Counter[str]()
    ruleset, states = made(seed)
    try:
        found = tuple(disagreements(ruleset, states, those_here(), counts))
    except Exception as error:
        error.add_note(f"with the rule set and a state of `made({seed!r})`")
        raise
    return Batch(counts, found[:1])


def run(
    cases: int, seed: int, minutes: float | None = None, processes: int = 2
) -> tuple[Counter[str], list[Disagreement]]:
    """Compare all executors on at least so many cases, or until the time is up.

    Gives how many cases each had, and what was found. What is done follows from the seed alone.
    """
    counts, found = Counter[str](), list[Disagreement]()
    end = None if minutes is None else time.monotonic() + 60 * minutes
    at_once = max(processes, min(ROUND, cases // STATES))
    with get_context("spawn").Pool(processes) as pool:
        while counts["reference"] < cases and not found:
            if end is not None and time.monotonic() > end:
                break
            first = counts["rule sets"]
            for batch in pool.map(work, [f"{seed}/{first + n}" for n in range(at_once)]):
                counts += batch.counts
                counts["rule sets"] += 1
                found += batch.found
            say(f"{counts['reference']:,} of {cases:,} cases")
    return counts, found


def say(line: str) -> None:
    """Tell how far it is, beside the result."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def page(counts: Counter[str], found: Sequence[Disagreement], cases: int, seed: int) -> str:
    """Write the result as a page."""
    packages = [f"{name} {version(name)}" for name in ("routeengine", "pyarrow", "numpy")]
    rows = [f"| {name} | {counts[name]:,} |" for name in EXECUTORS if name in counts]
    done = counts["reference"]
    asked = "" if done >= cases else f" ({cases:,} were asked for; time ran out)"
    return "\n".join([
        "# The last run of the differential",
        "",
        "All executors were given the same cases and compared with the reference",
        "([how](conformance.md)). This page is written by",
        "`python tests/conformance/differential.py --cases N --seed N --write FILE`.",
        "",
        f"- Finished: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, seed {seed}.",
        f"- With: Python {python_version()}, {', '.join(packages)}.",
        f"- {counts['rule sets']:,} made rule sets: odd ones, ones as authors write them, and",
        f"  ones with points; {done:,} cases{asked}.",
        f"- Disagreements: {len(found)}.",
        "",
        "| executor | cases it answered |",
        "| --- | --- |",
        *rows,
        "",
        "Each executor answered every case that it claims to support: tables, the cases that fit",
        "in a row (no conflicting evidence, no numbers with a gap); durable, those fully known.",
        "",
    ])  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="hold all executors to the reference")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, help="stop after this time")
    parser.add_argument("--write", type=Path, help="write the result to this file")
    args = parser.parse_args(arguments)
    why = absent()
    if why is not None:
        say(f"without durable: {why}")
    counts, found = run(args.cases, args.seed, args.minutes)
    result = page(counts, found, args.cases, args.seed)
    sys.stdout.write(result)
    for one in found[:1]:
        sys.stdout.write(f"{shrunk(one)}\n")
    if args.write is not None:
        args.write.write_text(result, encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
