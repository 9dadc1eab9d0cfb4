"""What refers to what in a rule set: names that lead nowhere, and circles."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
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
from routeengine.ruleset.flaws import Flaw, Path, did_you_mean, shown, unknown
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.parts import parts

MAX_REFERENCES = 20
"""Criteria, or decisions, that refer to each other in a row."""

Leaf: TypeAlias = FactIs | CriterionIs | OutcomeIs | StatusIs | RuleIs
"""A condition that combines no others."""

_KEYS = {All: ("all",), Any: ("any",), AtLeast: ("at_least", "of"), Exactly: ("exactly", "of")}


def check_references(ruleset: RuleSet) -> Iterator[Flaw]:
    """Yield what conditions and rules name in vain, and what refers to itself."""
    graphs: dict[str, dict[str, list[str]]] = {
        "criteria": {name: [] for name in ruleset.criterion},
        "decisions": {name: [] for name in ruleset.decision},
    }
    for path, condition in parts(ruleset):
        for at, leaf in _leaves(path, condition) if isinstance(condition, Condition) else ():
            yield from _check_leaf(ruleset, at, leaf)
            section, name = _named(leaf)
            if section == path[0] and name in graphs[section]:
                graphs[section][str(path[1])].append(name)
    for decision in ruleset.decisions:
        yield from _check_outranking(ruleset, decision)
    for section, graph in graphs.items():
        for circle in circles(graph):
            path = (section, circle[0], *(("when",) if section == "criteria" else ()))
            yield Flaw(path, _drawn("refer to", circle), key=True)
        for node, steps in _steps(graph).items():
            # Told where it is first too long, and not for all that comes after.
            if steps == MAX_REFERENCES + 1:
                message = f"`{node}` ends a chain of more than {MAX_REFERENCES} references"
                yield Flaw((section, node), message, "say it in fewer steps", key=True)


def _leaves(path: Path, condition: Condition) -> Iterator[tuple[Path, Leaf]]:
    """Yield the leaves of a condition, each with its path."""
    if isinstance(condition, Leaf):
        yield path, condition
    elif isinstance(condition, Not):
        yield from _leaves((*path, "not"), condition.part)
    else:
        for number, part in enumerate(condition.parts):
            yield from _leaves((*path, *_KEYS[type(condition)], number), part)


def _named(leaf: Leaf) -> tuple[str, str]:
    """Give the section and the id of what a condition asks."""
    match leaf:
        case FactIs(fact):
            return "facts", fact
        case CriterionIs(criterion):
            return "criteria", criterion
        case _:
            return "decisions", leaf.decision


def _check_leaf(ruleset: RuleSet, path: Path, leaf: Leaf) -> Iterator[Flaw]:
    match leaf:
        case FactIs(fact, allowed):
            yield from unknown(path, fact, ruleset.fact, "fact", ("facts",))
            if fact in ruleset.fact and not _fits(allowed, ruleset.fact[fact].domain):
                yield Flaw(path, f"`{fact}` is asked for values that it does not have")
        case CriterionIs(criterion):
            yield from unknown(path, criterion, ruleset.criterion, "criterion", ("criteria",))
        case _ if path[0] in {"constraints", "criteria"}:
            what = "a constraint" if path[0] == "constraints" else "a criterion"
            message = f"{what} cannot ask what a decision answers"
            yield Flaw((*path, "decision"), message, "name facts and criteria only")
        case _:
            at = (*path, "decision")
            yield from unknown(at, leaf.decision, ruleset.decision, "decision", ("decisions",))
            if leaf.decision in ruleset.decision:
                yield from _check_asked(ruleset, path, leaf, ruleset.decision[leaf.decision])


def _fits(allowed: int, domain: Domain) -> bool:
    """Say whether a set of values is one of this domain; one without sense is told elsewhere."""
    return not 0 < domain.size <= MAX_DOMAIN_SIZE or 0 < allowed <= domain.full


def _check_asked(
    ruleset: RuleSet, path: Path, leaf: OutcomeIs | StatusIs | RuleIs, decision: Decision
) -> Iterator[Flaw]:
    """Yield what is wrong where a condition asks what an earlier decision answers."""
    for number, outcome in enumerate(leaf.outcomes if isinstance(leaf, OutcomeIs) else ()):
        yield from check_outcome((*path, "outcome", number), decision, outcome)
    for number, rule in enumerate(leaf.rules if isinstance(leaf, RuleIs) else ()):
        yield from _check_rule(ruleset, (*path, "rule", number), decision, rule)


def check_outcome(
    path: Path, decision: Decision, outcome: str, *, or_status: bool = False
) -> Iterator[Flaw]:
    """Yield a flaw where a decision has no such outcome, nor such a status where that will do."""
    known = decision.keys if or_status else [one.id for one in decision.outcomes]
    what = f"{'answer' if or_status else 'outcome'} of `{decision.id}`"
    listed = "it has " + ", ".join(f"`{one}`" for one in known[:20]) if known else ""
    yield from unknown(path, outcome, known, what, ("decisions", decision.id, "outcomes"), listed)


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


def _drawn(verb: str, circle: Sequence[str]) -> str:
    if len(circle) == 1:
        return f"`{circle[0]}` cannot {verb} itself"
    names = ", ".join(f"`{name}`" for name in (*circle, circle[0]))
    return f"these {verb} each other in a circle: {names}"


def circles(graph: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield circles of a graph, so that every node that is on one is on one that is yielded.

    Each is a shortest one through the first of its nodes.
    """
    ends = _steps(graph)
    left = {
        node: [one for one in successors if one not in ends]
        for node, successors in graph.items()
        if node not in ends
    }
    told: set[str] = set()
    for start in left:
        circle = [] if start in told else _circle_through(start, left)
        told.update(circle)
        if circle:
            yield circle


def _steps(graph: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Give the length of the longest way on from each node that leads into no circle."""
    sorter = TopologicalSorter(graph)
    with suppress(CycleError):
        sorter.prepare()
    steps: dict[str, int] = {}
    while ready := sorter.get_ready():
        for node in ready:
            steps[node] = 1 + max((steps[one] for one in graph[node]), default=0)
        sorter.done(*ready)
    return steps


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
