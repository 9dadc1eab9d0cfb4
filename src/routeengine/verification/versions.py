"""What a change of rules changes: the profiles on which two versions differ, as regions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import eq

from routeengine.errors import BudgetError
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Evidence, RuleSet
from routeengine.ruleset.reading import facts_read
from routeengine.ruleset.settling import OVERLAP, FullVerdict
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import FALSE, TRUE, Node
from routeengine.verification.alignment import Aligned, FactChange, Side, align
from routeengine.verification.difference import (
    Aspect,
    Kind,
    Pair,
    Said,
    at_leaf,
    compiled,
    compiler_of,
    differs,
    heard,
    meaning,
)
from routeengine.verification.regions import MOST_REGIONS, Region, regions_of
from routeengine.verification.space import NOTHING, Amount, Confined

MOST_WAYS = 30
"""Ways of differing by the candidates of overlaps alone, per two verdicts."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One way of differing: what a decision or flag said, and what it says.

    An overlap without candidates stands for more sets of candidates than can be told.
    `covers` is the exact size of all of it, `left_over` of what no region shows.
    """

    kind: Kind
    name: str
    before: Said
    after: Said
    regions: tuple[Region, ...]
    covers: Amount
    left_over: Amount = NOTHING


@dataclass(frozen=True, slots=True)
class Reading:
    """A decision that reads other facts where facts can contradict each other.

    Where they do, the decision may be under review in the one version only.
    """

    decision: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two versions; empty in all but `facts` where they mean the same.

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
    most: int = MOST_REGIONS,
    budget: int = NODE_BUDGET,
) -> Difference:
    """Compare two versions on every full profile, and say where and how they differ.

    `renames` maps old names of facts, decisions, flags and outcomes (`decision.outcome`) to
    new ones. Two verdicts are the same where outcome, status, reason and candidates are; which
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
        pair = Pair(before, before.beside(sides[1]))
        compiled(pair.sides[1])
    except BudgetError:
        return replace(found, undetermined=("everything",))
    shifts, undetermined = _compared(pair, aligned, most)
    return replace(found, shifts=shifts, readings=tuple(_readings(pair)), undetermined=undetermined)


def _compared(pair: Pair, aligned: Aligned, most: int) -> tuple[tuple[Shift, ...], tuple[str, ...]]:
    """Give all ways of differing, and the names of what is too large to be compared."""
    shifts: list[Shift] = []
    undetermined: list[str] = []
    for kind, name, compare in pair.aspects():
        found = pair.sides[1].scratch(partial(_shifts, pair, aligned, compare, most))
        if found is None:
            undetermined.append(f"{kind} {name}".strip())
        else:
            shifts += found
    return tuple(shifts), tuple(dict.fromkeys(undetermined))


def _only(one: RuleSet, other: RuleSet) -> tuple[tuple[Kind, str], ...]:
    """Give the decisions and flags that the one has and the other has not."""
    raised = {flag.id for flag in other.flags if flag.when is not None}
    decisions: list[tuple[Kind, str]] = [
        ("decision", d.id) for d in one.decisions if d.id not in other.decision
    ]
    flags: list[tuple[Kind, str]] = [
        ("flag", f.id) for f in one.flags if f.when is not None and f.id not in raised
    ]
    return (*decisions, *flags)


def _readings(pair: Pair) -> Iterator[Reading]:
    """Give the decisions that read other facts, of those that can contradict each other."""
    tied = frozenset().union(*(tie.facts for tie in pair.ties))
    before, after = (side.ruleset for side in pair.sides)
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
    """Give what changes how a dossier is weighed, and no texts."""
    if evidence is None:
        return None
    sources = {one.id: (one.rank, dict(one.sets), one.max_age_months) for one in evidence.sources}
    return sources, replace(evidence, sources=())


def _shifts(pair: Pair, aligned: Aligned, compare: Callable[[], Aspect], most: int) -> list[Shift]:
    """Give each way of differing of one aspect. Raises BudgetError where that does not fit."""
    aspect, diagram = compare(), pair.diagram
    root, apart = aspect.confined.root, aspect.confined.apart
    leaves = {diagram.values[node] for node in diagram.reachable(root) if not diagram.kids[node]}
    held = diagram.relabel("held", lambda value: value is not IMPOSSIBLE, root)
    outside = diagram.ite(held, FALSE, diagram.leaf(IMPOSSIBLE))
    shifts = []
    for told in sorted(filter(differs, leaves), key=partial(_rank, pair, aspect)):
        where = diagram.relabel(("is", told), partial(eq, told), root)
        for before, after, part in _by_candidates(pair, aspect.name, told, where):
            way = Confined(diagram.ite(part, TRUE, outside), apart)
            if covers := pair.space.amounts(way).get(True):
                one = Shift(aspect.kind, aspect.name, before, after, (), covers)
                told_by = partial(_replay, pair, aligned, one)
                regions = regions_of(pair.space, way, most, told_by)
                shifts.append(replace(one, regions=regions.some, left_over=regions.left_over))
    return shifts


def _by_candidates(
    pair: Pair, name: str, told: tuple[Said, Said], where: Node
) -> list[tuple[Said, Said, Node]]:
    """Part a way of differing by the candidates of overlaps, which the leaves do not tell.

    Where that makes too many ways they stay together, and their overlaps without candidates.
    """
    ways = [
        (before, after, inner)
        for before, part in _parted(pair, 0, name, told[0], where)
        for after, inner in _parted(pair, 1, name, told[1], part)
    ]
    return ways if len(ways) <= MOST_WAYS else [(*told, where)]


def _parted(pair: Pair, side: int, name: str, said: Said, where: Node) -> list[tuple[Said, Node]]:
    """Part what one version says somewhere by its candidates, where that is an overlap."""
    if said != OVERLAP:
        return [(said, where)]
    diagram = pair.diagram
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
        if len(parts) > MOST_WAYS:
            return [(OVERLAP, where)]
    return [(replace(OVERLAP, candidates=candidates), part) for candidates, part in parts]


def _rank(pair: Pair, aspect: Aspect, told: tuple[Said, Said]) -> tuple[object, ...]:
    """Sort by the declared order of outcomes, before and after."""
    ranks: list[object] = []
    for said, side in zip(told, pair.sides, strict=True):
        if isinstance(said, FullVerdict):
            keys = side.ruleset.decision[aspect.name].keys
            ranks += [keys.index(said.key), said.reason or "", said.candidates]
        else:
            ranks.append(said)
    return tuple(ranks)


def _replay(pair: Pair, aligned: Aligned, shift: Shift, full: Mapping[str, int]) -> None:
    """Ask both versions about a witness."""
    values = pair.space.values(full)
    for side, said in ((aligned.before, shift.before), (aligned.after, shift.after)):
        _ask(side, shift, values, said)


def _ask(side: Side, shift: Shift, values: Mapping[str, Value], said: Said) -> None:
    """Ask the reference evaluator, of the rule set as it was loaded, before anything is told."""
    translated = side.translated(values)
    indices = {fact.id: fact.domain.index(translated[fact.id]) for fact in side.own.facts}
    full = {fact: index for fact, index in indices.items() if index is not None}
    # A value that this version does not know is one that it does not allow.
    told = False if len(full) < len(indices) else _heard(side, shift, full)
    if said == OVERLAP:
        told = at_leaf(told)
    if meaning(told) != meaning(said):
        raise AssertionError("a witness does not show the difference: please report it")


def _heard(side: Side, shift: Shift, full: Mapping[str, int]) -> Said:
    """Give what a version as it was loaded says, in the common vocabulary."""
    own, common = side.own, side.common
    called = {b.id: a.id for a, b in zip(own.flags, common.flags, strict=True)}
    if shift.kind == "decision":
        called = {b.id: a.id for a, b in zip(own.decisions, common.decisions, strict=True)}
    verdict = heard(own, shift.kind, called.get(shift.name, ""), full)
    if not isinstance(verdict, FullVerdict):
        return verdict
    outcomes = zip(
        own.decision[called[shift.name]].outcomes, common.decision[shift.name].outcomes, strict=True
    )
    names = {a.id: b.id for a, b in outcomes}
    return replace(
        verdict,
        outcome=None if verdict.outcome is None else names[verdict.outcome],
        candidates=tuple(names[one] for one in verdict.candidates),
    )
