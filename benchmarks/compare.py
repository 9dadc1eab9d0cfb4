"""Single clients at first sight, beside the peers: the same policy, the same answers, interleaved.

No client is seen twice by the same engine or peer, and each row has an engine of its own.
Runs where the peers are installed (`requirements.lock`); `run.py` starts it. Prints JSON.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers import FACTORIES, LACKS, ours
from people import clients
from timing import Took, interleaved, median, took

from policy import Decide, if_else, possible
from routeengine import Engine, Result, load_ruleset
from routeengine.errors import MissingExtraError
from routeengine.profile_model import profile_model

sys.path.append(str(Path(__file__).parents[1] / "tests/policy"))
import oracle  # the policy once more, by somebody else

SHARES = {
    "known": {},
    "10 %": {"unknown": 0.1},
    "40 %": {"unknown": 0.4},
    "contradictory": {"unknown": 0.1, "clashing": 1.0},
}
"""What is known of the clients of each column."""

ROUNDS, BLOCK, FEW = 11, 1_000, 30
"""Rounds, and clients per round; few of those who are explained."""

AGAIN = 5
"""Times that if/else decides a block: once is too short to be interrupted as the others are."""

JUDGED = 1_000
OURS = "routeengine, classify(dict)"
CHECKS = "pydantic checks the profile, no more"
UNKNOWN_TOO = "JsonLogic in Rust (datalogic-py)"
"""The strongest peer, which takes clients of whom little is known as if it were all."""

Client = dict[str, Any]
Block = Callable[[list[Client]], object]
"""What is timed: it is given clients."""


def each(decide: Callable[[Client], object]) -> Block:
    """Take clients one by one."""
    return lambda some: [decide(one) for one in some]


def everything(result: Result) -> list[object]:
    """Read whatever a result says, but for what is missing."""
    fields = ("outcome", "status", "rule", "rules", "reason", "candidates", "possible", "conflict")
    told = [getattr(v, name) for v in result.verdicts.values() for name in fields]
    return [*told, result.flags, result.flags_possible]


def our_rows() -> dict[str, Block]:
    """Give the rows of the library, by engines that have seen nobody yet."""
    ruleset = load_ruleset("rijswijk-2023")
    whole, asked, many = (Engine(ruleset).classify, Engine(ruleset).classify, Engine(ruleset))
    model = profile_model(ruleset)
    return {
        OURS: each(ours(Engine(ruleset))),
        "routeengine, and every field read": each(lambda p: everything(whole(p))),
        "routeengine, and what to ask": each(
            lambda p: [verdict.missing for verdict in asked(p).verdicts.values()]
        ),
        "routeengine, classify_many": many.classify_many,
        CHECKS: each(model.model_validate),
    }


def beside(
    rows: dict[str, Block], rounds: int, block: int, known: dict[str, float]
) -> dict[str, dict[str, Took]]:
    """Time blocks of new clients, each between two looks at if/else on others, all known."""
    people, others = clients((rounds + 1) * block, **known), clients((rounds + 1) * block, seed=1)

    def floor(number: int) -> Took:
        known = others[number * block : (number + 1) * block]
        return took(lambda: [if_else(one) for _ in range(AGAIN) for one in known]) / AGAIN

    gc.collect()
    gc.freeze()  # those who wait are no burden to whoever makes garbage
    seen: dict[str, list[tuple[Took, Took]]] = {name: [] for name in rows}
    for number in range(rounds + 1):
        here = slice(number * block, (number + 1) * block)
        turned = [*rows, *rows][number % len(rows) :][: len(rows)]
        for name in turned:
            before, this, after = (
                floor(number),
                took(lambda: rows[name](people[here])),
                floor(number),
            )
            least = Took(before.used + after.used, before.elapsed + after.elapsed) / 2
            seen[name].append((this, this / least))
    return {
        name: {
            "us": median(this for this, _ in some[1:]) / (block * 1e-6),
            "ratio": median(ratio for _, ratio in some[1:]),
        }
        for name, some in seen.items()
    }


def few(rounds: int) -> dict[str, Any]:
    """Time what is asked of one client at a time: an explanation, its text, changes."""
    people = clients((rounds + 1) * FEW, 0.1, seed=2)
    engines = [Engine(load_ruleset("rijswijk-2023")) for _ in range(3)]
    explained = [engines[0].explain(one) for one in people]

    def here(some: list[Any], number: int) -> list[Any]:
        return some[number * FEW : (number + 1) * FEW]

    seen = interleaved(
        {
            "explain": lambda n: lambda: [engines[1].explain(p) for p in here(people, n)],
            "its Dutch text": lambda n: lambda: [one.to_text() for one in here(explained, n)],
            "changes to route A, up to three facts": lambda n: (
                lambda: [engines[2].changes_to(p, "route", "A") for p in here(people, n)]
            ),
        },
        rounds,
    )
    sizes = [len(one.model_dump_json().encode()) for one in explained]
    return {
        "ms": {name: median(some) / (FEW * 1e-3) for name, some in seen.items()},
        "json_kb": {"median": statistics.median(sizes) / 1e3, "largest": max(sizes) / 1e3},
    }


def check(deciders: dict[str, Decide], number: int) -> None:
    """Leave where anything says of clients of whom all is known what the policy does not say."""
    some = clients(number, seed=3)
    answers = [oracle.classify(one) for one in some]
    expected = [
        tuple(v.outcome or v.status for v in (one.scope, one.route, one.path)) for one in answers
    ]
    for name, decide in deciders.items():
        wrong = sum(decide(one) != right for one, right in zip(some, expected, strict=True))
        if wrong:
            sys.exit(f"{name} is wrong about {wrong} of {number} clients: nothing is timed")


def judged(deciders: dict[str, Decide], number: int) -> dict[str, dict[str, float]]:
    """Say how each answers where facts are unknown, beside all that these can turn out to be.

    Leaves where the engine does not say just what is still possible.
    """
    some = clients(number, 0.1, seed=4)
    ends = [possible(one) for one in some]
    engine = Engine(load_ruleset("rijswijk-2023"))
    for one, end in zip(some, ends, strict=True):
        told = [set(verdict.possible) for verdict in engine.classify(one).verdicts.values()]
        if told != end:
            sys.exit("the engine is wrong about what is still possible: nothing is timed")
    return {
        name: tally([answer(decide, one) for one in some], ends)
        for name, decide in deciders.items()
    }


def answer(decide: Decide, p: Client) -> tuple[Any, ...]:
    """Ask for an answer; whatever is raised is none."""
    try:
        return decide(p)
    except Exception:  # noqa: BLE001  the peers raise what they like
        return (None, None, None)


def tally(answers: list[tuple[Any, ...]], ends: list[list[set[str]]]) -> dict[str, float]:
    """Count per decision: right, a guess, wrong, or nothing said."""
    counts = dict.fromkeys(("right", "guesses", "wrong", "says nothing"), 0)
    for given, possibles in zip(answers, ends, strict=True):
        for one, some in zip(given, possibles, strict=True):
            if one in (None, ""):
                counts["says nothing"] += 1
            elif one == "insufficient":
                counts["right" if len(some) > 1 else "wrong"] += 1
            elif some == {one}:
                counts["right"] += 1
            else:
                counts["guesses" if one in some else "wrong"] += 1
    return {name: count / sum(counts.values()) for name, count in counts.items()}


def main() -> None:
    """Check, time and print."""
    quick = "--quick" in sys.argv
    rounds, block, number = (1, 100, 100) if quick else (ROUNDS, BLOCK, JUDGED)
    deciders: dict[str, Decide] = {OURS: ours(Engine(load_ruleset("rijswijk-2023")))}
    absent = {}
    for name, factory in FACTORIES.items():
        try:
            deciders[name] = factory()
        except (ImportError, MissingExtraError) as error:
            absent[name] = str(error)
    if absent and not quick:
        sys.exit(f"not installed: {absent}")
    check(deciders, number)
    told = judged(deciders, number)
    rows = {name: each(decide) for name, decide in deciders.items()}
    here = our_rows()
    if UNKNOWN_TOO in rows:
        here[UNKNOWN_TOO] = rows[UNKNOWN_TOO]
    figures = {
        share: beside(here if known else rows | here, rounds, block, known)
        for share, known in SHARES.items()
    }
    json.dump(
        {
            "figures": figures,
            "lacks": LACKS | {CHECKS: "all but the checks"},
            "unknowns": told,
            **few(rounds),
        },
        sys.stdout,
        indent=1,
    )


if __name__ == "__main__":
    main()
