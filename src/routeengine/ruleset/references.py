"""What refers to what in a rule set: names that lead nowhere, and circles."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.domains import MAX_DOMAIN_SIZE, Domain
from routeengine.ruleset.flaws import Flaw, Path, did_you_mean, shown
from routeengine.ruleset.model import Decision, RuleSet

__all__ = ["check_outcome", "check_references", "circles", "leaves"]

MAX_REFERENCES = 20
"""Criteria, or decisions, that refer to each other in a row."""


Leaf: TypeAlias = FactIs | CriterionIs | OutcomeIs | StatusIs | RuleIs
"""A condition that combines no others."""


def check_references(ruleset: RuleSet) -> Iterator[Flaw]:
    """Yield what conditions and rules name in vain, and what refers to itself."""
    for path, condition in _conditions(ruleset):
        may_ask = path[0] in {"decisions", "flags", "expect"}
        for at, leaf in leaves(path, condition):
            yield from _check_leaf(ruleset, at, leaf, may_ask_decisions=may_ask)
    for decision in ruleset.decisions:
        yield from _check_outranking(ruleset, decision)
    yield from _check_circles(ruleset)


def _conditions(ruleset: RuleSet) -> Iterator[tuple[Path, Condition]]:
    for constraint in ruleset.constraints:
        yield ("constraints", constraint.id, "forbids"), constraint.forbids
    for criterion in ruleset.criteria:
        yield ("criteria", criterion.id, "when"), criterion.when
    for decision in ruleset.decisions:
        yield from _conditions_of(decision)
    for flag in ruleset.flags:
        if flag.when is not None:
            yield ("flags", flag.id, "when"), flag.when
    for expectation in ruleset.expectations:
        if expectation.when is not None:
            yield ("expect", expectation.id, "when"), expectation.when


def _conditions_of(decision: Decision) -> Iterator[tuple[Path, Condition]]:
    path = ("decisions", decision.id)
    if decision.applies_when is not None:
        yield (*path, "applies_when"), decision.applies_when
    for rule in decision.rules:
        if rule.when is not None:
            yield (*path, "rules", rule.id, "when"), rule.when


def leaves(path: Path, condition: Condition) -> Iterator[tuple[Path, Leaf]]:
    """Yield the leaves of a condition, each with its path."""
    match condition:
        case All(parts=parts):
            yield from _leaves_of((*path, "all"), parts)
        case Any(parts=parts):
            yield from _leaves_of((*path, "any"), parts)
        case AtLeast(parts=parts):
            yield from _leaves_of((*path, "at_least", "of"), parts)
        case Exactly(parts=parts):
            yield from _leaves_of((*path, "exactly", "of"), parts)
        case Not(part=part):
            yield from leaves((*path, "not"), part)
        case _:
            yield path, condition


def _leaves_of(path: Path, parts: Sequence[Condition]) -> Iterator[tuple[Path, Leaf]]:
    for number, part in enumerate(parts):
        yield from leaves((*path, number), part)


def _check_leaf(
    ruleset: RuleSet, path: Path, leaf: Leaf, *, may_ask_decisions: bool
) -> Iterator[Flaw]:
    if isinstance(leaf, FactIs):
        if leaf.fact not in ruleset.fact:
            hint = did_you_mean(leaf.fact, ruleset.fact)
            yield Flaw(path, f"{shown(leaf.fact)} is no fact", hint, about=("facts",))
        elif not _fits(leaf.allowed, ruleset.fact[leaf.fact].domain):
            yield Flaw(path, f"`{leaf.fact}` is asked for values that it does not have")
    elif isinstance(leaf, CriterionIs):
        if leaf.criterion not in ruleset.criterion:
            hint = did_you_mean(leaf.criterion, ruleset.criterion)
            message = f"{shown(leaf.criterion)} is no criterion"
            yield Flaw(path, message, hint, about=("criteria",))
    else:
        yield from _check_asked(ruleset, path, leaf, may_ask_decisions)


def _fits(allowed: int, domain: Domain) -> bool:
    """Say whether a set of values is one of this domain; one without sense is told elsewhere."""
    return not 0 < domain.size <= MAX_DOMAIN_SIZE or 0 < allowed <= domain.full


def _check_asked(
    ruleset: RuleSet, path: Path, leaf: OutcomeIs | StatusIs | RuleIs, may_ask_decisions: bool
) -> Iterator[Flaw]:
    """Yield what is wrong where a condition asks what an earlier decision answers."""
    if not may_ask_decisions:
        what = "a constraint" if path[0] == "constraints" else "a criterion"
        yield Flaw(
            (*path, "decision"),
            f"{what} cannot ask what a decision answers",
            "name facts and criteria only",
        )
        return
    decision = ruleset.decision.get(leaf.decision)
    if decision is None:
        hint = did_you_mean(leaf.decision, ruleset.decision)
        message = f"{shown(leaf.decision)} is no decision"
        yield Flaw((*path, "decision"), message, hint, about=("decisions",))
    elif isinstance(leaf, OutcomeIs):
        for number, outcome in enumerate(leaf.outcomes):
            yield from check_outcome((*path, "outcome", number), decision, outcome)
    elif isinstance(leaf, RuleIs):
        for number, rule in enumerate(leaf.rules):
            yield from _check_rule(ruleset, (*path, "rule", number), decision, rule)


def check_outcome(path: Path, decision: Decision, outcome: str) -> Iterator[Flaw]:
    """Yield a flaw where a decision has no such outcome."""
    known = [one.id for one in decision.outcomes]
    if outcome not in known:
        about: Path = ("decisions", decision.id, "outcomes")
        listed = "it has " + ", ".join(f"`{one}`" for one in known[:20]) if known else ""
        hint = did_you_mean(outcome, known, listed)
        yield Flaw(path, f"{shown(outcome)} is no outcome of `{decision.id}`", hint, about=about)


def _check_rule(ruleset: RuleSet, path: Path, decision: Decision, rule: str) -> Iterator[Flaw]:
    known = [one.id for one in decision.rules]
    if rule not in known:
        other = "it is a rule of another decision" if rule in ruleset.rule else ""
        hint = other or did_you_mean(rule, known)
        about: Path = ("decisions", decision.id, "rules")
        yield Flaw(path, f"{shown(rule)} is no rule of `{decision.id}`", hint, about=about)


def _check_outranking(ruleset: RuleSet, decision: Decision) -> Iterator[Flaw]:
    own = {rule.id for rule in decision.rules}
    for rule in decision.rules:
        path = ("decisions", decision.id, "rules", rule.id, "outranks")
        for number, beaten in enumerate(rule.outranks):
            yield from _check_rule(ruleset, (*path, number), decision, beaten)
    beats = {rule.id: [one for one in rule.outranks if one in own] for rule in decision.rules}
    for circle in circles(beats):
        path = ("decisions", decision.id, "rules", circle[0], "outranks")
        yield Flaw(path, _drawn("outrank", circle), key=True)


def _check_circles(ruleset: RuleSet) -> Iterator[Flaw]:
    criteria: dict[str, list[str]] = {}
    for criterion in ruleset.criteria:
        parts = (leaf for _, leaf in leaves((), criterion.when))
        named = [leaf.criterion for leaf in parts if isinstance(leaf, CriterionIs)]
        criteria[criterion.id] = [name for name in named if name in ruleset.criterion]
    for circle in circles(criteria):
        path: Path = ("criteria", circle[0], "when")
        yield Flaw(path, _drawn("refer to", circle), key=True)
    yield from _check_depth("criteria", criteria)
    decisions: dict[str, list[str]] = {}
    for decision in ruleset.decisions:
        every = (leaf for _, whole in _conditions_of(decision) for _, leaf in leaves((), whole))
        asked = [leaf.decision for leaf in every if isinstance(leaf, OutcomeIs | StatusIs | RuleIs)]
        decisions[decision.id] = [name for name in asked if name in ruleset.decision]
    for circle in circles(decisions):
        path = ("decisions", circle[0])
        yield Flaw(path, _drawn("refer to", circle), key=True)
    yield from _check_depth("decisions", decisions)


def _check_depth(section: str, graph: Mapping[str, Sequence[str]]) -> Iterator[Flaw]:
    """Refuse chains of references that nobody could follow, each where it is first too long."""
    on_circles = _trimmed(graph)
    depth: dict[str, int] = dict.fromkeys(on_circles, 0)
    todo = list(graph)
    while todo:
        node = todo[-1]
        waiting = [one for one in graph[node] if one not in depth]
        if node in depth or not waiting:
            todo.pop()
            if node not in depth:
                depth[node] = 1 + max((depth[one] for one in graph[node]), default=0)
                if depth[node] == MAX_REFERENCES + 1:
                    message = f"`{node}` ends a chain of more than {MAX_REFERENCES} references"
                    yield Flaw((section, node), message, "say it in fewer steps", key=True)
        else:
            todo += waiting


def _drawn(verb: str, circle: Sequence[str]) -> str:
    if len(circle) == 1:
        return f"`{circle[0]}` cannot {verb} itself"
    names = ", ".join(f"`{name}`" for name in (*circle, circle[0]))
    return f"these {verb} each other in a circle: {names}"


def circles(graph: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield circles of a graph, so that every node that is on one is on one that is yielded.

    Each is a shortest one through the first of its nodes.
    """
    left = _trimmed(graph)
    told: set[str] = set()
    for start in left:
        circle = [] if start in told else _circle_through(start, left)
        told.update(circle)
        if circle:
            yield circle


def _trimmed(graph: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Leave out, again and again, what leads nowhere: no circle runs through it."""
    waiting = {node: len(set(successors)) for node, successors in graph.items()}
    before: dict[str, list[str]] = {node: [] for node in graph}
    for node, successors in graph.items():
        for successor in set(successors):
            before[successor].append(node)
    ends = [node for node, count in waiting.items() if not count]
    while ends:
        for node in before[ends.pop()]:
            waiting[node] -= 1
            if not waiting[node]:
                ends.append(node)
    return {
        node: [one for one in successors if waiting[one]]
        for node, successors in graph.items()
        if waiting[node]
    }


def _circle_through(start: str, graph: Mapping[str, Sequence[str]]) -> list[str]:
    came_from: dict[str, str] = {}
    todo = deque([start])
    while todo:
        node = todo.popleft()
        for successor in graph[node]:
            if successor == start:
                circle = [node]
                while circle[-1] != start:
                    circle.append(came_from[circle[-1]])
                return circle[::-1]
            if successor not in came_from:
                came_from[successor] = node
                todo.append(successor)
    return []
