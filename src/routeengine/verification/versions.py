"""What a change of rules changes: the profiles on which two versions differ, as regions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import eq

from routeengine.errors import BudgetError
from routeengine.ruleset.model import Evidence, RuleSet
from routeengine.ruleset.reading import facts_read
from routeengine.ruleset.settling import OVERLAP, FullVerdict
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import FALSE, TRUE, Node
from routeengine.verification.alignment import Aligned, FactChange, Side, align
from routeengine.verification.comparison import (
    Kind,
    RuleSetPair,
    Statement,
    ask,
    at_leaf,
    compiled,
    compiler_of,
    differs,
    meaning,
)
from routeengine.verification.regions import MAX_REGIONS, Region, regions_of
from routeengine.verification.space import NOTHING, Amount, Constrained

MAX_WAYS = 30
"""Ways of differing by the candidates of overlaps alone, per two verdicts."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One way of differing: what a decision or flag said, and what it says.

    An overlap without candidates stands for more sets of candidates than can be told.
    `covers` is the exact size of all of it, `left_over` of what no region shows.
    """

    kind: Kind
    name: str
    before: Statement
    after: Statement
    regions: tuple[Region, ...]
    covers: Amount
    left_over: Amount = NOTHING


@dataclass(frozen=True, slots=True)
class Reading:
    """A decision that reads other facts where facts can contradict each other.

    If they do, the decision may be under review in the one version only.
    """

    decision: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two versions; empty in all but `facts` if they mean the same.

    `removed` and `added` name decisions and flags that just one version has. `undetermined`
    names what was too large to be compared. `evidence` says that a dossier is weighed otherwise.
    """

    aligned: Aligned
    shifts: tuple[Shift, ...]
    removed: tuple[tuple[Kind, str], ...]
    added: tuple[tuple[Kind, str], ...]
    readings: tuple[Reading, ...]
    undetermined: tuple[str, ...]
    evidence: bool

    @property
    def same(self) -> bool:
        """Whether the two mean the same; proved, not supposed."""
        found = (self.shifts, self.removed, self.added, self.readings, self.undetermined)
        return not any(found) and not self.evidence

    @property
    def facts(self) -> tuple[FactChange, ...]:
        """The facts that are new, gone, renamed, or have other values."""
        return self.aligned.facts


def diff(
    old: RuleSet,
    new: RuleSet,
    renames: Mapping[str, str] | None = None,
    *,
    most: int = MAX_REGIONS,
    budget: int = NODE_BUDGET,
) -> Difference:
    """Compare two versions on every full profile, and say where and how they differ.

    `renames` maps old names of facts, decisions, flags and outcomes (`decision.outcome`) to
    new ones. Two verdicts are the same if outcome, status, reason and candidates are; which
    rule it was, and texts, do not count. Of each way of differing `most` regions are given at
    most, and the size of the rest. Raises UsageError for a name that is not there.
    """
    aligned = align(old, new, renames)
    sides = aligned.before.common, aligned.after.common
    found = Difference(
        aligned,
        shifts=(),
        removed=_only(sides[0], sides[1]),
        added=_only(sides[1], sides[0]),
        readings=(),
        undetermined=(),
        evidence=_weighing(old.evidence) != _weighing(new.evidence),
    )
    before = compiler_of(sides, budget=budget)
    try:
        pair = RuleSetPair(before, before.beside(sides[1]))
        compiled(pair.sides[1])
    except BudgetError:
        return replace(found, undetermined=("everything",))
    shifts, undetermined = _compared(pair, aligned, most)
    return replace(found, shifts=shifts, readings=tuple(_readings(pair)), undetermined=undetermined)


def _compared(
    pair: RuleSetPair, aligned: Aligned, most: int
) -> tuple[tuple[Shift, ...], tuple[str, ...]]:
    """Return all ways of differing, and the names of what is too large to be compared."""
    shifts: list[Shift] = []
    undetermined: list[str] = []
    for kind, name, compare in pair.compared():
        replay = partial(_replay, pair, aligned)
        some = pair.sides[1].scratch(partial(_shifts, pair, kind, name, compare, replay, most))
        if some is None:
            undetermined.append(f"{kind} {name}".strip())
        else:
            shifts += some
    return tuple(shifts), tuple(dict.fromkeys(undetermined))


def _only(one: RuleSet, other: RuleSet) -> tuple[tuple[Kind, str], ...]:
    """Return the decisions and flags that the one has and the other has not."""
    raised = {flag.id for flag in other.flags if flag.when is not None}
    decisions: list[tuple[Kind, str]] = [
        ("decision", d.id) for d in one.decisions if d.id not in other.decision
    ]
    flags: list[tuple[Kind, str]] = [
        ("flag", f.id) for f in one.flags if f.when is not None and f.id not in raised
    ]
    return (*decisions, *flags)


def _readings(pair: RuleSetPair) -> Iterator[Reading]:
    """Yield the decisions that read other facts, of those that can contradict each other."""
    tied = frozenset().union(*(one.facts for one in pair.couplings))
    before, after = pair.rulesets
    facts = [fact.id for fact in before.facts]
    for decision in before.decisions:
        if decision.id in after.decision:
            old, new = (facts_read(side, decision.id) & tied for side in (before, after))
            if old != new:
                yield Reading(
                    decision.id,
                    tuple(fact for fact in facts if fact in old - new),
                    tuple(fact for fact in facts if fact in new - old),
                )


def _weighing(evidence: Evidence | None) -> object:
    """Return what changes how a dossier is weighed, and no texts."""
    if evidence is None:
        return None
    sources = {one.id: (one.rank, dict(one.sets), one.max_age_months) for one in evidence.sources}
    return sources, replace(evidence, sources=())


def _shifts(
    pair: RuleSetPair,
    kind: Kind,
    name: str,
    compare: Callable[[], Constrained],
    replay: Callable[[Shift, Mapping[str, int]], None],
    most: int,
) -> list[Shift]:
    """Return each way of differing of one thing. Raises BudgetError if that does not fit."""
    function, diagram = compare(), pair.diagram
    nodes = diagram.reachable(function.root)
    leaves = {diagram.values[node] for node in nodes if not diagram.kids[node]}
    held = diagram.relabel("held", lambda value: value is not IMPOSSIBLE, function.root)
    outside = diagram.ite(held, FALSE, diagram.leaf(IMPOSSIBLE))
    shifts = []
    for both in sorted(filter(differs, leaves), key=partial(_rank, pair, name)):
        where = diagram.relabel(("is", both), partial(eq, both), function.root)
        for before, after, part in _by_candidates(pair, name, both, where):
            way = replace(function, root=diagram.ite(part, TRUE, outside))
            if covers := pair.amounts(way).get(True):
                shift = Shift(kind, name, before, after, (), covers)
                regions = regions_of(pair, way, most, partial(replay, shift))
                shifts.append(replace(shift, regions=regions.some, left_over=regions.left_over))
    return shifts


def _by_candidates(
    pair: RuleSetPair, name: str, both: tuple[Statement, Statement], where: Node
) -> list[tuple[Statement, Statement, Node]]:
    """Split a way of differing by the candidates of overlaps, which the leaves do not tell.

    If that makes too many ways they stay together, and their overlaps without candidates.
    """
    ways = [
        (before, after, inner)
        for before, part in _split(pair, 0, name, both[0], where)
        for after, inner in _split(pair, 1, name, both[1], part)
    ]
    return ways if len(ways) <= MAX_WAYS else [(*both, where)]


def _split(
    pair: RuleSetPair, side: int, name: str, statement: Statement, where: Node
) -> list[tuple[Statement, Node]]:
    """Split what one version says somewhere by its candidates, if that is an overlap."""
    if statement != OVERLAP:
        return [(statement, where)]
    diagram = pair.diagram
    # Each outcome halves each part: where some winner names it, and where none does.
    parts: list[tuple[tuple[str, ...], Node]] = [((), where)]
    for outcome, named in pair.sides[side].naming(name).items():
        halves = [
            half
            for candidates, part in parts
            for half in (
                (candidates, diagram.ite(named, FALSE, part)),
                ((*candidates, outcome), diagram.conjunction(named, part)),
            )
        ]
        parts = [(candidates, part) for candidates, part in halves if part != FALSE]
        if len(parts) > MAX_WAYS:
            return [(OVERLAP, where)]
    return [(replace(OVERLAP, candidates=candidates), part) for candidates, part in parts]


def _rank(pair: RuleSetPair, name: str, both: tuple[Statement, Statement]) -> tuple[object, ...]:
    """Sort by the declared order of outcomes, before and after."""
    ranks: list[object] = []
    for statement, ruleset in zip(both, pair.rulesets, strict=True):
        if isinstance(statement, FullVerdict):
            key = ruleset.decision[name].keys.index(statement.key)
            ranks += [key, statement.reason or "", statement.candidates]
        else:
            ranks.append(statement)
    return tuple(ranks)


def _replay(pair: RuleSetPair, aligned: Aligned, shift: Shift, full: Mapping[str, int]) -> None:
    """Ask both versions, as they were loaded, about a witness before it is told."""
    values = pair.values(full)
    for side, expected in ((aligned.before, shift.before), (aligned.after, shift.after)):
        statement = _ask(side, shift, side.translated(values))
        if expected == OVERLAP:
            statement = at_leaf(statement)
        if meaning(statement) != meaning(expected):
            raise AssertionError("a witness does not show the difference: please report it")


def _ask(side: Side, shift: Shift, values: Mapping[str, object]) -> Statement:
    """Ask the reference evaluator what a version says, and put it in the common vocabulary."""
    indices = {fact.id: fact.domain.index(values[fact.id]) for fact in side.own.facts}
    full = {fact: index for fact, index in indices.items() if index is not None}
    if len(full) < len(indices):
        # A value that this version does not know is one that it does not allow.
        return False
    names = side.flags if shift.kind == "flag" else side.decisions
    statement = ask(side.own, shift.kind, names.get(shift.name, ""), full)
    if not isinstance(statement, FullVerdict):
        return statement
    outcomes = side.outcomes(shift.name)
    return replace(
        statement,
        outcome=outcomes.get(statement.outcome or ""),
        candidates=tuple(outcomes[one] for one in statement.candidates),
    )
