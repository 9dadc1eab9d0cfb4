"""Made rule sets: shapes that authors write every day, and a thousand rules at random.

    python benchmarks/growth.py family same_outcome 200
    python benchmarks/growth.py check same_outcome 200
    python benchmarks/growth.py made references 1000 300

Families: one decision over facts that are true or not, and `n` rules (or a constraint over `n`
facts). Made: rules over facts that stand near each other (local), by way of criteria and an earlier
decision (references), and over facts from anywhere (unstructured). Only the public face of the
library is used: a file is loaded, classified, explained and checked. Prints JSON.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from timing import Took, median, took

from routeengine import Engine, load_ruleset
from routeengine.cli import main

WHY = {
    "basis": "interpretation",
    "interpretation": {"choice": {"en": "c"}, "because": {"en": "b"}, "alternative": {"en": "a"}},
}
UNKNOWN, PROFILES, COMPLETIONS = 60, 8, 5
Written = dict[str, Any]
"""A rule set, or a part of one, as it stands in a file."""


def start(facts: dict[str, Written]) -> Written:
    """Begin a rule set."""
    words = {"en": "words"}
    head = {"id": "made", "version": "1.0.0", "languages": ["en"],
            "title": words, "purpose": words, "owner": words}  # fmt: skip
    asked = {"question": words, "why_needed": words}
    return {
        "ruleset": head,
        "facts": {name: fact | {"label": {"en": name}} | asked for name, fact in facts.items()},
        "decisions": {},
    }


def decide(made: Written, name: str, outcomes: list[str], rules: list[tuple[Any, ...]]) -> Written:
    """Add a decision; a rule is its id, condition (None: otherwise), target, and what it beats."""
    written = {}
    for rule, when, then, *beats in rules:
        condition = {"otherwise": True} if when is None else {"when": when}
        written[rule] = {
            "label": {"en": rule},
            "reason": {"en": "r"},
            "then": then,
            **condition,
            **WHY,
        }
        if beats and beats[0]:
            written[rule]["outranks"] = beats[0]
    labels = {one: {"label": {"en": one}, "description": {"en": "d"}} for one in outcomes}
    made["decisions"][name] = {"label": {"en": name}, "outcomes": labels, "rules": written}
    return made


# Families


def truths(number: int) -> dict[str, Written]:
    """Make facts that are true or not."""
    return {f"f{n}": {"type": "boolean"} for n in range(number)}


def family(name: str, n: int) -> Written:
    """Make a rule set of one of the families."""
    made, every = start(truths(n)), [f"f{i}" for i in range(n)]
    forbidden: dict[str, Any] = {
        "half_forbidden": {"at_least": {"count": n // 2, "of": every}},
        "four_forbidden": {"at_least": {"count": 4, "of": every}},
        "pairs": {"all": [{"any": every[i : i + 2]} for i in range(0, n, 2)]},
    }
    if name in forbidden:
        made["constraints"] = {"k": {"label": {"en": "k"}, "forbids": forbidden[name], **WHY}}
        return decide(made, "d", ["yes", "no"], [("r", "f0", "yes"), ("rest", None, "no")])
    targets: list[Any] = [f"o{i}" for i in range(n)]
    outcomes, rest = targets, "o0"
    if name in ("same_outcome", "review_signals"):
        outcomes, rest = ["refuse", "admit"], "admit"
        targets = [{"review": ["admit"]} if name == "review_signals" else "refuse"] * n
    ranks = [[f"r{j}" for j in range(i + 1, n)] if name == "ranked" else [] for i in range(n)]
    rules = [(f"r{i}", f"f{i}", targets[i], ranks[i]) for i in range(n)]
    return decide(made, "d", outcomes, [*rules, ("rest", None, rest)])


@contextmanager
def file(written: Written) -> Iterator[Path]:
    """Write a rule set to a file that goes again; JSON is YAML."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yaml"
        path.write_text(json.dumps(written), encoding="utf-8")
        yield path


def answered(name: str, n: int) -> dict[str, Any]:
    """Load, and answer for a client of whom nothing is known; then one of whom all is true."""
    engine: Any = None
    answers = []

    def build() -> None:
        nonlocal engine
        with file(family(name, n)) as path:
            engine = Engine(load_ruleset(path))
        answers.append(engine.classify({}))

    def all_true() -> None:
        answers.append(engine.classify(dict.fromkeys(engine.ruleset.fact, True)))
        engine.explain(answers[-1], "en")

    times = {"answer": took(build), "all_true": took(all_true)}
    return times | {"exact": all(v.exact for one in answers for v in one.verdicts.values())}


def checked(name: str, n: int) -> dict[str, Any]:
    """Check a family by the command, and count what it finds."""
    out = io.StringIO()

    def check() -> None:
        with file(family(name, n)) as path, redirect_stdout(out):
            main(["check", str(path), "--json"])

    taken = took(check)
    kinds = [finding["kind"] for finding in json.loads(out.getvalue())["findings"]]
    return {"check": taken, "findings": len(kinds), "proved": "undetermined" not in kinds}


# Made at random

KINDS: tuple[Written, ...] = (
    {"type": "boolean"}, {"type": "boolean"},
    {"type": "category", "values": {v: {"label": {"en": v}} for v in ("low", "middle", "high")}},
    {"type": "integer", "minimum": 0, "maximum": 9},
)  # fmt: skip
VALUES: tuple[list[Any], ...] = ([False, True],) * 2 + (["low", "middle", "high"], list(range(10)))
"""What the facts can be, in turn."""


def made(kind: str, rules: int, facts: int) -> tuple[Written, list[dict[str, list[Any]]]]:
    """Make a rule set, the same each time, and what its constraints forbid at once."""
    chance = random.Random(f"{kind} {rules} {facts}")
    ruleset = start({f"f{n}": KINDS[n % 4] for n in range(facts)})

    def leaf(fact: int) -> dict[str, Any]:
        some = VALUES[fact % 4]
        chosen = chance.sample(some, chance.randrange(1, len(some)))
        return {f"f{fact}": chosen}

    def drawn(place: int) -> Written:
        first = min(place * facts // rules, facts - 6)
        among = range(facts) if kind == "unstructured" else range(first, first + 6)
        one, two, three = map(leaf, chance.sample(among, 3))
        return {"all": [one, {"any": [two, {"not": three}]}]}

    criteria = {
        f"c{n}": {"label": {"en": f"c{n}"}, "when": drawn(n * 10), **WHY}
        for n in range(rules // 10)
    }
    share, outcomes, last = max(1, rules // 20), [f"o{n}" for n in range(4)], None
    for number in range(0, rules, share):
        some = []
        for place in range(number, min(rules, number + share)):
            when = drawn(place)
            if kind == "references":
                earlier = {"decision": last, "outcome": "o0"}
                parts = [{"any": [when, earlier]} if last else when, f"c{place // 10}"]
                when = {"all": parts}
            beats = [f"r{place + 1}"] if place + 1 < min(rules, number + share) else []
            some.append((f"r{place}", when, chance.choice(outcomes), beats))
        last = f"d{number // share}"
        decide(ruleset, last, outcomes, some)
    forbidden = [leaf(n) | leaf(n + 1) for n in range(0, facts - 1, 20)]
    ruleset["criteria"] = criteria
    ruleset["constraints"] = {
        f"k{n}": {"label": {"en": "k"}, "forbids": {"all": [{f: v} for f, v in one.items()]}, **WHY}
        for n, one in enumerate(forbidden)
    }
    return ruleset, forbidden


def completed(
    given: dict[str, Any], facts: int, forbidden: list[dict[str, list[Any]]], chance: random.Random
) -> dict[str, Any]:
    """Draw what is not given, so that nothing contradicts itself."""
    whole = {f"f{n}": chance.choice(VALUES[n % 4]) for n in range(facts)} | given
    for clash in forbidden:
        while all(whole[fact] in values for fact, values in clash.items()):
            fact = chance.choice([one for one in clash if one not in given])
            whole[fact] = chance.choice(VALUES[int(fact[1:]) % 4])
    return whole


def measured(kind: str, rules: int, facts: int) -> dict[str, Any]:
    """Build one, and classify clients that it has not seen: all known, and with many unknown.

    Leaves where a completion that is tried ends in what was said to be impossible.
    """
    written, forbidden = made(kind, rules, facts)
    chance = random.Random(11)
    engine: Any = None
    loaded: list[Any] = []

    def load() -> None:
        with file(written) as path:
            loaded.append(load_ruleset(path))

    def build() -> None:
        nonlocal engine
        engine = Engine(loaded[0])
        engine.classify({})  # what is made at the first client is part of it

    def classified(some: list[dict[str, Any]]) -> tuple[Took, list[Any]]:
        answers: list[Any] = []
        taken = [took(lambda: answers.append(engine.classify(one))) for one in some]
        return median(taken) / 1e-3, answers

    row: dict[str, Any] = {"load": took(load), "build": took(build)}
    people = [completed({}, facts, forbidden, chance) for _ in range(2 * PROFILES)]
    row["known_ms"], _ = classified(people[:PROFILES])
    partial = []
    for one in people[PROFILES:]:
        hidden = set(chance.sample(sorted(one), min(UNKNOWN, facts // 2)))
        partial.append({fact: value for fact, value in one.items() if fact not in hidden})
    row["unknown_ms"], answers = classified(partial)
    reference = Engine(loaded[0], executor="reference")
    for one, answer in zip(partial, answers, strict=True):
        for _ in range(COMPLETIONS if rules <= 100 else 1):
            whole = reference.classify(completed(one, facts, forbidden, chance))
            for name, verdict in whole.verdicts.items():
                if (verdict.outcome or verdict.status) not in answer.verdicts[name].possible:
                    sys.exit("what is possible was left out: this must never be")
    exact = [verdict.exact for one in answers for verdict in one.verdicts.values()]
    return row | {"exact": sum(exact) / len(exact)}


WORK: dict[str, Callable[..., dict[str, Any]]] = {
    "family": answered, "check": checked, "made": measured
}  # fmt: skip

if __name__ == "__main__":
    json.dump(WORK[sys.argv[1]](sys.argv[2], *map(int, sys.argv[3:])), sys.stdout)
