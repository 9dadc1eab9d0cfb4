"""What a change of rules changes: the profiles on which two versions differ, as regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from routeengine.errors import BudgetError
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Evidence, RuleSet
from routeengine.ruleset.reading import facts_read
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.verification.alignment import Aligned, FactChange, Side, align
from routeengine.verification.cubes import Cube, cover, node_of
from routeengine.verification.difference import SAME, Aspect, Kind, Pair, differs, meaning
from routeengine.verification.space import NOTHING, Amount, Space

__all__ = ["Difference", "Reading", "Region", "Said", "Shift", "diff"]

MOST_REGIONS = 30
"""Regions per way of differing; what is left over is told as a number."""

Said: TypeAlias = FullVerdict | bool
"""What a version says: a verdict, whether a flag is raised, whether a profile is possible."""


@dataclass(frozen=True, slots=True)
class Region:
    """Profiles on which the two versions differ in one way.

    `where` gives, per fact that matters, the values it may have (as bits of the fact's
    common domain); whatever else the facts are makes no difference. `witness` is a most
    ordinary full profile of it, in the common vocabulary. Regions may have profiles in common.
    """

    where: Mapping[str, int]
    witness: Mapping[str, Value]
    covers: Amount


@dataclass(frozen=True, slots=True)
class Shift:
    """One way of differing: what a decision or flag said, and what it says.

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
    try:
        space = Space(sides, budget=budget)
        pair = Pair(space, space.compilers[0], space.compilers[1])
    except BudgetError:
        return replace(found, undetermined=("everything",))
    shifts, undetermined = _compared(pair, aligned, most)
    return replace(found, shifts=shifts, readings=tuple(_readings(pair)), undetermined=undetermined)


def _compared(pair: Pair, aligned: Aligned, most: int) -> tuple[tuple[Shift, ...], tuple[str, ...]]:
    """Give all ways of differing, and the names of what is too large to be compared."""
    shifts: list[Shift] = []
    undetermined: list[str] = []
    for kind, name, compare in pair.aspects():
        aspect = pair.space.attempt(compare)
        found = None if aspect is None else _attempted(pair, aligned, aspect, most)
        if found is None:
            undetermined.append(f"{kind} {name}".strip())
        else:
            shifts += found
    return tuple(shifts), tuple(undetermined)


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
    facts = [fact.id for fact in pair.before.ruleset.facts]
    for decision in pair.before.ruleset.decisions:
        if decision.id in pair.after.ruleset.decision:
            old, new = (
                facts_read(side.ruleset, decision.id) & tied for side in (pair.before, pair.after)
            )
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


def _attempted(pair: Pair, aligned: Aligned, aspect: Aspect, most: int) -> list[Shift] | None:
    """Give the shifts of one aspect, or None where its regions do not fit the budget."""
    return pair.space.attempt(lambda: list(_shifts(pair, aligned, aspect, most)))


def _shifts(pair: Pair, aligned: Aligned, aspect: Aspect, most: int) -> Iterator[Shift]:
    """Give each way of differing; those that mean the same are put together."""
    space, diagram = pair.space, pair.space.diagram

    def ways(value: Any) -> Any:
        return _way(value) if differs(value) else value

    root = diagram.relabel("ways", ways, aspect.root)
    aspect = replace(aspect, root=root)
    leaves = {diagram.values[n] for n in diagram.reachable(root) if not diagram.kids[n]}
    for told in sorted(filter(differs, leaves), key=lambda one: _rank(pair, aspect, one)):
        touched, ties = pair.allowing(aspect, told)
        covers = space.amounts(root, touched, ties).get(told, NOTHING)
        if not covers:
            continue
        cubes, left = cover(diagram, root, told, IMPOSSIBLE, most)
        regions = tuple(_region(pair, aligned, aspect, told, cube) for cube in cubes)
        beyond = _within(pair, aspect, told, left)
        yield Shift(aspect.kind, aspect.name, told[0], told[1], regions, covers, beyond)


def _way(told: tuple[Said, Said]) -> tuple[Said, Said]:
    """Give what was and is said, without the rules that led there."""
    before, after = told
    if isinstance(before, FullVerdict) and isinstance(after, FullVerdict):
        return replace(before, rules=()), replace(after, rules=())
    return told


def _rank(pair: Pair, aspect: Aspect, told: tuple[Said, Said]) -> tuple[object, ...]:
    """Sort by the declared order of outcomes, before and after."""
    ranks: list[object] = []
    for said, side in zip(told, (pair.before, pair.after), strict=True):
        if isinstance(said, FullVerdict):
            keys = side.ruleset.decision[aspect.name].keys
            ranks += [keys.index(said.key), said.reason or "", said.candidates]
        else:
            ranks.append(said)
    return tuple(ranks)


def _within(pair: Pair, aspect: Aspect, told: tuple[Said, Said], inside: Node) -> Amount:
    """Count the profiles of one way of differing within some part."""
    space, diagram = pair.space, pair.space.diagram
    if inside == FALSE:
        return NOTHING
    root = diagram.ite(inside, aspect.root, diagram.leaf(SAME))
    touched, ties = pair.allowing(aspect, told)
    return space.amounts(root, touched, ties).get(told, NOTHING)


def _region(
    pair: Pair, aligned: Aligned, aspect: Aspect, told: tuple[Said, Said], cube: Cube
) -> Region:
    """Make a region of a cube, with a witness that both versions were asked about."""
    space, diagram = pair.space, pair.space.diagram
    root = diagram.ite(node_of(diagram, cube), aspect.root, diagram.leaf(SAME))
    touched, ties = pair.allowing(aspect, told)
    covers = space.amounts(root, touched, ties).get(told, NOTHING)
    path = space.nearest(root, lambda value: value == told, touched, ties)
    if path is None:
        raise AssertionError("a region has no witness: please report it")
    values = space.values(space.full(path))
    for side, said in zip((aligned.before, aligned.after), told, strict=True):
        _replay(side, aspect, values, said)
    where = {
        fact.id: _bits(space.cells.of[fact.id], cube[space.level[fact.id]])
        for fact in space.facts
        if fact.id in space.level
        and cube[space.level[fact.id]] != (1 << len(space.cells.of[fact.id])) - 1
    }
    return Region(where, values, covers)


def _bits(cells: Iterable[int], mask: int) -> int:
    return sum(cell for number, cell in enumerate(cells) if mask >> number & 1)


def _replay(side: Side, aspect: Aspect, values: Mapping[str, Value], said: Said) -> None:
    """Ask the reference evaluator, of the rule set as it was loaded, before anything is told."""
    own = side.own
    indices = {
        fact.id: fact.domain.index(value)
        for fact in own.facts
        for value in (side.translated(values)[fact.id],)
    }
    full = {fact: index for fact, index in indices.items() if index is not None}
    if len(full) < len(indices):
        heard: Said = False  # a value that this version does not know
    else:
        heard = _heard(side, aspect, FullProfile(own, full).decide())
    if isinstance(heard, FullVerdict) and isinstance(said, FullVerdict):
        agreed = meaning(heard) == meaning(said)
    else:
        agreed = heard == said
    if not agreed:
        raise AssertionError("a witness does not show the difference: please report it")


def _heard(side: Side, aspect: Aspect, profile: FullProfile) -> Said:
    """Give what a version as it was loaded says, in the common vocabulary."""
    if aspect.kind == "possible":
        return not any(profile.holds(one.forbids) for one in side.own.constraints)
    if aspect.kind == "flag":
        number = [flag.id for flag in side.common.flags].index(aspect.name)
        when = side.own.flags[number].when
        return when is not None and profile.holds(when)
    number = [one.id for one in side.common.decisions].index(aspect.name)
    own, common = side.own.decisions[number], side.common.decisions[number]
    called = {a.id: b.id for a, b in zip(own.outcomes, common.outcomes, strict=True)}
    verdict = profile.verdicts[own.id]
    return replace(
        verdict,
        outcome=None if verdict.outcome is None else called[verdict.outcome],
        candidates=tuple(called[one] for one in verdict.candidates),
    )
