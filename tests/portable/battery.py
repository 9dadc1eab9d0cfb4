"""Folders for the checkers, right and wrong, each small: what a faulty checker stumbles over.

They claim something of rules with one condition in them, so that each kind of condition is looked
at where it is known and where it is open; or one thing in them is spoiled. Whether a claim is so is
not said here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

from conformance.made import a_possible_ruleset, a_ruleset, a_ruleset_of_amounts
from conformance.scored import a_scored_ruleset
from loading.small import small
from money import MONEY
from portable.certified import Files, files_of, load, put_right
from portable.readings import readings, too_deep
from portable.small_rules import (
    CONDITIONS,
    EARLY,
    A,
    B,
    Data,
    N,
    bare,
    count,
    decision,
    decisions,
    fact,
    no,
    rule,
    rules_of,
)  # fmt: skip
from portable.spoiled import places, spoil
from routeengine import load_ruleset
from routeengine.portable import certify

__all__ = ["battery"]

ROOT = Path(__file__).parents[2]


Every = Mapping[tuple[int, ...], tuple[set[str], bool]]
"""Per full profile what it comes to, and whether it breaks no constraint."""


def claims() -> Iterator[dict[str, str]]:
    """Yield folders that claim something of advice: all that is so, too much, and too little."""
    forbidden = [{"id": "k", "forbids": count("All", A, B)}]
    for number, one in enumerate(decisions()):
        yield from claims_on(rules_of(decisions=[EARLY, one]))
        if number >= len(CONDITIONS):
            yield from claims_on(rules_of(decisions=[EARLY, one], constraints=forbidden))
    yield from wrong_claims()


KNOWN = [None] * 3, [[0], None, None], [[1], None, None], [None, [1], None], [None, [1], [0]]
"""What may be known: nothing, one fact, or two."""


def claims_on(rules: Data) -> Iterator[dict[str, str]]:
    """Yield what is claimed where nothing is known, one fact, or two."""
    nodes, every = split(rules), every_profile(rules)
    for known in KNOWN:
        shown = {
            min(keys): list(profile)
            for profile, (keys, holds) in every.items()
            if holds and agrees(profile, known)
        }
        because = ["abn"[number] for number, some in enumerate(known) if some is not None]
        for possible in dict.fromkeys((tuple(shown), tuple(shown)[1:], (*shown, "more"))):
            claim = {
                "decision": "d", "known": known, "possible": list(possible), "because": because,
                "tree": len(nodes), "witnesses": {**shown, "more": [0, 0, 0]},
                "minimal": minimal(every, known, possible, True),
            }  # fmt: skip
            changes: list[Data] = [{}, {"tree": 0}]
            if because and possible == tuple(shown):
                broken = minimal(every, known, possible, False)
                changes += [{"because": because[1:]}, {"minimal": broken}]
            for change in changes:
                yield bare(rules, explanations=[{**claim, **change}], nodes=nodes)


def every_profile(rules: Data) -> Every:
    """Work out what each full profile comes to."""
    read = load().rules.Rules(rules)
    profiles = itertools.product(*[range(len(one.cells)) for one in read.facts])
    outcomes_on = load().rules.outcomes_on
    return {one: outcomes_on(read, "d", [1 << cell for cell in one]) for one in profiles}


def agrees(profile: Sequence[int], known: Sequence[Any]) -> bool:
    """Say whether a profile is one of those that are known to be possible."""
    return all(some is None or cell in some for cell, some in zip(profile, known, strict=True))


def minimal(every: Every, known: Sequence[Any], possible: Sequence[str], fits: bool) -> Data:
    """Give for each fact that is known a profile that comes to something else without it.

    It fits the constraints, or breaks one.
    """
    found = {name: [0, 0, 0] for name in "abn"}
    for left_out, name in enumerate(found):
        rest = [None if number == left_out else some for number, some in enumerate(known)]
        for profile, (keys, holds) in every.items():
            if holds is fits and not keys & set(possible) and agrees(profile, rest):
                found[name] = list(profile)
    return found


def wrong_claims() -> Iterator[dict[str, str]]:
    """Yield what is claimed of facts, profiles and decisions that cannot be."""
    rules = rules_of(decisions=[decision("d", rule("r", None, "x"))])
    claim: Data = {
        "decision": "d", "known": [None] * 3, "possible": ["x"], "because": [], "tree": 0,
        "witnesses": {"x": [0, 0, 0]}, "minimal": {},
    }  # fmt: skip
    profiles: list[Any] = [[0, 0], [0, 0, 0, 0], "000", {"0": 0, "1": 0, "2": 0}]
    changes: list[Data] = [{"witnesses": {"x": one}} for one in profiles]
    knowns: list[Any] = [[None] * 2, [None] * 4, [[0], [], [0]], {"0": [0], "1": [0], "2": [0]}]
    changes += [{"known": one} for one in (*knowns, "000")]
    for change in ({}, *changes, {"because": ["other"]}, {"decision": "other"}):
        yield bare(rules, explanations=[{**claim, **change}])
    yield bare(rules, explanations=[claim], too_large=["advice on e"])


def questions() -> Iterator[dict[str, str]]:
    """Yield folders that claim that a question was needed, by any two profiles."""
    some = decision("d", rule("r", count("All", A, N), "x"), rule("o", None, "y"))
    forbidden = [{"id": "k", "forbids": count("All", B, N)}]
    rules = rules_of(decisions=[EARLY, some], constraints=forbidden)
    cells = [len(one.cells) for one in load().rules.Rules(rules).facts]
    profiles = [list(one) for one in itertools.product(*map(range, cells))]
    for question, known in (("a", [None] * 3), ("n", [None, None, [0, 1]]), ("b", [None] * 3)):
        for first, second in list(itertools.combinations(profiles, 2))[::2]:
            claim = {"decision": "d", "question": question, "known": known}
            yield bare(rules, questions=[{**claim, "first": first, "second": second}])


def findings() -> Iterator[dict[str, str]]:
    """Yield folders that claim what a decision comes to, by trees that split much or nothing."""
    for one in decisions():
        for forbids in (count("Any"), B, count("All", A, no(N))):
            forbidden = [{"id": "k", "forbids": forbids}, {"id": "l", "forbids": fact("n", [3, 3])}]
            rules = rules_of(decisions=[EARLY, one], constraints=forbidden)
            nodes = split(rules)
            whole = len(nodes)
            nodes.append(cut(nodes[-1]))
            for tree in (0, whole, whole + 1):
                for of in [{"d": tree, "early": whole}, *[{"d": tree}] * (tree == whole)]:
                    trees = {"couplings": [], "decisions": of, "wins": {}, "flags": {}}
                    yield bare(rules, trees=trees, nodes=nodes, artefact_sha256=None)


def split(rules: Data) -> list[Any]:
    """Give nodes of which the last splits the box of all profiles into the profiles themselves."""
    nodes = list[Any]()
    for number, one in enumerate(load().rules.Rules(rules).facts):
        nodes.append([number])
        for cell in range(len(one.cells)):
            nodes[-1] += [[cell], number]
    return nodes


def cut(node: list[Any]) -> list[Any]:
    """Give a split by one fact, below which nothing is split."""
    return [0 if number and number % 2 == 0 else one for number, one in enumerate(node)]


def certified() -> Iterator[dict[str, str]]:
    """Yield certificates of whole rule sets, as they are and spoiled."""
    draw = Random(3)
    rulesets = [small(), MONEY, load_ruleset(ROOT / "fixtures" / "library-card")]
    for make in (a_ruleset, a_ruleset_of_amounts, a_scored_ruleset):
        rulesets += [a_possible_ruleset(draw, make) for _ in range(6)]
    for ruleset in rulesets:
        good = files_of(certify(ruleset))
        yield from (put_right(one) for one in (good, *less_certified(good)))
        yield from (put_right(spoil(draw, good)) for _ in range(12))


def less_certified(files: Files) -> Iterator[Files]:
    """Yield files without one of the trees."""
    trees = files["certificate"]["trees"]
    for key, some in trees.items():
        if some:
            fewer = [None] if isinstance(some, list) else dict(list(some.items())[1:])
            for less in (fewer, type(some)()):
                certificate = {**files["certificate"], "trees": {**trees, key: less}}
                yield {**files, "certificate": certificate}


def artefacts() -> Iterator[dict[str, str]]:
    """Yield an artefact of which each number, list and name that is looked at is made another."""
    good = files_of(certify(small()))
    artefact = {key: one for key, one in good["artefact"].items() if key in LOOKED_AT}
    for number, (container, key) in enumerate(places(artefact)):
        if isinstance(container, dict) and key not in LOOKED_AT:
            continue
        for other in others(container[key]):
            spoiled = deepcopy(artefact)
            where, at = list(places(spoiled))[number]
            where[at] = other
            yield put_right({**good, "artefact": spoiled})


LOOKED_AT = (
    "form", "facts", "ruleset", "order", "leaves", "nodes", "decisions", "flags", "couplings", "id",
    "cells", "kind", "size", "values", "first", "places", "outcomes", "rules", "then", "reads",
    "root", "wins", "version",
)  # fmt: skip
"""What a checker reads of an artefact."""


def others(value: Any) -> list[Any]:
    """Give what could stand in the place of a value, and is not so."""
    if isinstance(value, list):
        return [value[1:], [*value, *value[-1:]], value[::-1], [], None]
    if isinstance(value, bool) or value is None:
        return [1, True, False, []]
    return [value + 1, value - 1, 0, 1_000] if isinstance(value, int) else ["other", None]


def endless() -> Iterator[dict[str, str]]:
    """Yield a tree of splits that split nothing, too long to be walked."""
    nodes: list[Any] = [[0, [0, 1], below] for below in range(1_000)]
    nodes.append([0, *([[0, 1], len(nodes)] * 260)])
    every = ["x", "y", "review", "not_applicable"]
    claim: Data = {"decision": "early", "known": [None] * 3, "possible": every, "because": []}
    claim |= {"tree": len(nodes), "witnesses": {}, "minimal": {}}
    yield bare(rules_of(), nodes=nodes, explanations=[claim])


def apart() -> Iterator[dict[str, str]]:
    """Yield files that are not there, and others that do not belong together."""
    good = put_right(files_of(certify(small())))
    for name, text in good.items():
        yield {other: rest for other, rest in good.items() if other != name}
        yield {**good, name: text + " "}
        yield {**good, name: text + "\n"}
        yield {**good, name: text[:-1]}


def battery() -> Iterator[dict[str, str]]:
    """Yield all of these folders."""
    for make in (readings, apart, certified, artefacts, findings, claims, questions, endless):
        yield from make()
    yield too_deep()
