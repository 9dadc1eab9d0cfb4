"""What refers to what in a rule set: names that lead nowhere, and circles."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import Literal, TypeAlias

from routeengine.ruleset import conditions, flaws
from routeengine.ruleset.conditions import Condition, Leaf
from routeengine.ruleset.domains import (
    MAX_NUMBER,
    MAX_PLACES,
    BooleanDomain,
    CategoryDomain,
    DecimalDomain,
    Domain,
    decimal_steps,
)
from routeengine.ruleset.flaws import Flaw, Part, Path, check_distinct, check_known, quote
from routeengine.ruleset.model import Decision, Ranking, RuleSet
from routeengine.ruleset.ranking import outranks_by_rank

MAX_NAMED = 4
"""Names that one message lists at most."""

MAX_REFERENCES = 20
"""Criteria and scores, or decisions, that refer to each other in a row."""

Named: TypeAlias = Literal["fact", "criterion", "score", "decision", "citation"]
"""What can be named from elsewhere in a rule set, by its id."""

_Graph: TypeAlias = dict[str, list[str]]
"""By name what it refers to."""

SECTIONS: Mapping[Named, str] = {
    "fact": "facts",
    "criterion": "criteria",
    "score": "scores",
    "decision": "decisions",
    "citation": "citations",
}
"""The section of the rule files that holds it."""


def check_references(ruleset: RuleSet, every: Iterable[Part] | None = None) -> Iterator[Flaw]:
    """Yield what conditions and rules name in vain, and what refers to itself.

    `every` are the parts of the rule set, for whoever has them already.
    """
    # A criterion may name a score, and a score a criterion: both are steps of one way.
    named: _Graph = {name: [] for name in (*ruleset.criterion, *ruleset.score)}
    decided: _Graph = {name: [] for name in ruleset.decision}
    within = {"criteria": named, "scores": named, "decisions": decided}
    for path, condition in flaws.parts(ruleset) if every is None else every:
        for at, leaf in _leaves(path, condition) if isinstance(condition, Condition) else ():
            yield from _check_leaf(ruleset, at, leaf)
            what, name = _asked(leaf)
            graph = within.get(SECTIONS[what])
            if graph is not None and graph is within.get(str(path[0])) and name in graph:
                graph[str(path[1])].append(name)
    for decision in ruleset.decisions:
        yield from _check_outranking(ruleset, decision)
    for graph in (named, decided):
        yield from _check_chains(ruleset, graph)


def _check_chains(ruleset: RuleSet, graph: _Graph) -> Iterator[Flaw]:
    """Yield the circles and the long chains of criteria and scores, or of decisions."""

    def where(name: str) -> Path:
        if name in ruleset.criterion:
            return "criteria", name, "when"
        return ("scores", name, "of") if name in ruleset.score else ("decisions", name)

    for circle in circles(graph):
        yield Flaw(where(circle[0]), _drawn("refer to", circle), key=True)
    for node, steps in _steps(graph).items():
        # Reported where it is first too long, and not for all that comes after.
        if steps == MAX_REFERENCES + 1:
            message = f"`{node}` ends a chain of more than {MAX_REFERENCES} references"
            yield Flaw(where(node)[:2], message, "say it in fewer steps", key=True)


def check_name(
    ruleset: RuleSet, path: Path, what: Named, name: str, *, key: bool = False
) -> Iterator[Flaw]:
    """Yield a flaw if the rule set has nothing of this kind by that name."""
    known: Mapping[str, object] = getattr(ruleset, what)
    yield from check_known(path, name, known, what, (SECTIONS[what],), key=key)


def _leaves(path: Path, condition: Condition) -> Iterator[tuple[Path, Leaf]]:
    """Yield the leaves of a condition, each with its path."""
    if isinstance(condition, Leaf):
        yield path, condition
    elif isinstance(condition, conditions.Not):
        yield from _leaves((*path, *condition.under), condition.part)
    else:
        for number, part in enumerate(condition.parts):
            yield from _leaves((*path, *condition.under, number), part)


def _asked(leaf: Leaf) -> tuple[Named, str]:
    """Return what a condition asks about, and its id."""
    match leaf:
        case conditions.FactIs(fact):
            return "fact", fact
        case conditions.CriterionIs(criterion):
            return "criterion", criterion
        case conditions.ScoreIs(score):
            return "score", score
        case _:
            return "decision", leaf.decision


_ASKERS: Mapping[object, str] = {
    "constraints": "a constraint",
    "criteria": "a criterion",
    "scores": "a score",
}
"""What comes before all decisions, by its section."""


def _check_leaf(ruleset: RuleSet, path: Path, leaf: Leaf) -> Iterator[Flaw]:
    what, name = _asked(leaf)
    at = (*path, "decision") if what == "decision" else path
    if what == "decision" and path[0] in _ASKERS:
        asker = _ASKERS[path[0]]
        message = f"{asker} cannot ask what a decision answers"
        yield Flaw(at, message, "name facts, criteria and scores only")
        return
    yield from check_name(ruleset, at, what, name)
    fact, decision = ruleset.fact.get(name), ruleset.decision.get(name)
    match leaf:
        case conditions.FactIs(allowed=allowed) if fact is not None:
            sensible = fact.domain.size > 0  # reported elsewhere if it is not
            if sensible and not (allowed and allowed <= fact.domain.full):
                yield Flaw(path, f"`{name}` is asked for values that it does not have")
        case conditions.ScoreIs(low=low, high=high):
            if low is None and high is None:
                yield Flaw(path, f"`{name}` is asked for nothing", "give a bound")
            elif low is not None and high is not None and low > high:
                yield Flaw(path, f"no sum of `{name}` is both {low} or more and {high} or less")
        case conditions.OutcomeIs(outcomes=outcomes) if decision is not None:
            for number, outcome in enumerate(outcomes):
                yield from check_outcome((*path, "outcome", number), decision, outcome)
        case conditions.RuleIs(rules=rules) if decision is not None:
            for number, rule in enumerate(rules):
                yield from _check_rule(ruleset, (*path, "rule", number), decision, rule)


def check_bounds(path: Path, domain: Domain) -> Iterator[Flaw]:
    """Yield what is wrong with the bounds of a domain, if it has any."""
    if isinstance(domain, BooleanDomain | CategoryDomain):
        return
    if isinstance(domain, DecimalDomain):
        if not 0 <= domain.places <= MAX_PLACES:
            yield Flaw((*path, "places"), f"`places` must be from 0 to {MAX_PLACES}")
            return
        for key in ("minimum", "maximum"):
            if decimal_steps(getattr(domain, key), domain.places) is None:
                message = f"`{key}` is no number with at most {domain.places} decimal places"
                yield Flaw((*path, key), message)
                return
    lowest, highest = domain.ends
    if lowest > highest:
        yield Flaw((*path, "minimum"), "`minimum` is larger than `maximum`")
    for key, end in (("minimum", lowest), ("maximum", highest)):
        if abs(end) > MAX_NUMBER:
            message = f"`{key}` is further from zero than {MAX_NUMBER} steps"
            yield Flaw((*path, key), message, "larger whole numbers are not safe in JSON")


def check_outcome(
    path: Path, decision: Decision, outcome: str, *, or_status: bool = False
) -> Iterator[Flaw]:
    """Yield a flaw if a decision has no such outcome, nor such a status if that will do."""
    known = decision.keys if or_status else [one.id for one in decision.outcomes]
    what = f"{'answer' if or_status else 'outcome'} of `{decision.id}`"
    listed = "it has " + ", ".join(f"`{one}`" for one in known[:20]) if known else ""
    about: Path = ("decisions", decision.id, "outcomes")
    yield from check_known(path, outcome, known, what, about, listed)


def check_outcomes(
    path: Path, decision: Decision, outcomes: Sequence[str], *, or_status: bool = False
) -> Iterator[Flaw]:
    """Yield what is wrong with a list of outcomes, none of which may appear twice."""
    for number, outcome in enumerate(outcomes):
        yield from check_outcome((*path, number), decision, outcome, or_status=or_status)
    yield from check_distinct(path, outcomes)


def _check_rule(ruleset: RuleSet, path: Path, decision: Decision, rule: str) -> Iterator[Flaw]:
    known = [one.id for one in decision.rules]
    if rule not in known:
        other = "it is a rule of another decision" if rule in ruleset.rule else ""
        hint = other or flaws.did_you_mean(rule, known)
        about: Path = ("decisions", decision.id, "rules")
        yield Flaw(path, f"{quote(rule)} is no rule of `{decision.id}`", hint, about=about)


def _check_outranking(ruleset: RuleSet, decision: Decision) -> Iterator[Flaw]:
    own = {rule.id for rule in decision.rules}
    for rule in decision.rules:
        path = ("decisions", decision.id, "rules", rule.id, "outranks")
        for number, beaten in enumerate(rule.outranks):
            if beaten not in own:
                yield from _check_rule(ruleset, (*path, number), decision, beaten)
    beats = {rule.id: [one for one in rule.outranks if one in own] for rule in decision.rules}
    ranked = "" if decision.ranking is None else f"`{decision.ranking.by}` says who outranks whom"
    for circle in circles(beats):
        path = ("decisions", decision.id, "rules", circle[0], "outranks")
        yield Flaw(path, _drawn("outrank", circle), ranked, key=True)
    if decision.ranking is not None:
        yield from _check_ranking(ruleset, decision, decision.ranking)


def _check_ranking(ruleset: RuleSet, decision: Decision, ranking: Ranking) -> Iterator[Flaw]:
    """Yield what `order` or `priority` names in vain, twice or not at all."""
    path: Path = ("decisions", decision.id, ranking.by)
    own = {rule.id: rule for rule in decision.rules}
    ranked = [rule for rule in decision.rules if rule.when is not None]
    if ranking.by == "order":
        for number, name in enumerate(ranking.names):
            if name not in own:
                yield from _check_rule(ruleset, (*path, number), decision, name)
            elif own[name].when is None:
                message = f"`{name}` is the `otherwise` rule: it applies where no other does"
                yield Flaw((*path, number), message, "take it out")
        needed = [rule.id for rule in ranked]
        hint = "name each rule of the decision but `otherwise`"
    else:
        for number, name in enumerate(ranking.names):
            if name != "review":
                yield from check_outcome((*path, number), decision, name)
        needed = [rule.then if isinstance(rule.then, str) else "review" for rule in ranked]
        hint = "name each outcome that a rule leads to, and `review` if one does"
    yield from check_distinct(path, ranking.names)
    known = set(ranking.names)
    if left_out := [name for name in dict.fromkeys(needed) if name not in known]:
        named = ", ".join(map(quote, left_out[:MAX_NAMED]))
        more = ", …" * (len(left_out) > MAX_NAMED)
        yield Flaw(path, f"`{ranking.by}` leaves out {named}{more}", hint, key=True)
    for rule, below in outranks_by_rank(decision).items():
        said = own[rule].outranks
        if said is not below and (unsaid := set(below).difference(said)):
            message = f"`{rule}` goes before `{min(unsaid)}`, and does not outrank it"
            yield Flaw(path, message, "`outranks` has to say what it means", key=True)
            return


def _drawn(verb: str, circle: Sequence[str]) -> str:
    if len(circle) == 1:
        return f"`{circle[0]}` cannot {verb} itself"
    names = ", ".join(f"`{name}`" for name in (*circle, circle[0]))
    return f"these {verb} each other in a circle: {names}"


# In a -> b -> c -> b, d -> a the nodes b and c are on a circle; a and d only lead to one, so no
# order of `_steps` reaches them either. Of what is left, a finds no way back to itself and yields
# nothing, b yields [b, c], and c has been on a circle by then.


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
    on_circle: set[str] = set()
    for start in left:
        circle = [] if start in on_circle else _circle_through(start, left)
        on_circle.update(circle)
        if circle:
            yield circle


def _steps(graph: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the length of the longest way on from each node that leads into no circle."""
    # graphlib stops at a circle, but still hands out all that leads into none.
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
    """Return a shortest circle through a node, if there is one."""
    came_from: dict[str, str] = {}
    todo = deque([start])
    while todo and start not in came_from:
        node = todo.popleft()
        for successor in graph[node]:
            if successor not in came_from:
                came_from[successor] = node
                todo.append(successor)
    if start not in came_from:
        return []
    # Back from the node that leads to the start: for a -> b -> c -> a that is c, b, a.
    circle = [came_from[start]]
    while circle[-1] != start:
        circle.append(came_from[circle[-1]])
    return circle[::-1]
