"""What a change of rules changes: the profiles on which two versions differ, as regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias

from routeengine.errors import BudgetError
from routeengine.notebook_table import table
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.dependencies import facts_read
from routeengine.ruleset.digest import reference
from routeengine.ruleset.evidence import Evidence
from routeengine.ruleset.model import Parameter, RuleSet
from routeengine.ruleset.resolution import OVERLAP, CompleteVerdict
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, TRUE, Node
from routeengine.verification import comparison
from routeengine.verification.alignment import Aligned, FactChange, Side, align
from routeengine.verification.comparison import Kind, RuleSetPair, Statement
from routeengine.verification.points import NO_POINTS, Points, points_of
from routeengine.verification.regions import MAX_REGIONS, Region, regions_of
from routeengine.verification.space import NOTHING, Amount, Build

MAX_WAYS = 30
"""Ways of differing by the candidates of overlaps alone, per two verdicts."""

Unraised: TypeAlias = Literal["meaning", "texts"]
"""What changed under a version that was not raised: what decides, or only what decides nothing."""

Statements: TypeAlias = tuple[Statement, Statement]
"""What was said, and what is."""


def _in_short(statement: Statement) -> str:
    """Return what a notebook shows of an answer, or of a flag."""
    if not isinstance(statement, CompleteVerdict):
        return "raised" if statement else "not raised"
    about = ", ".join(filter(None, (statement.reason, *statement.candidates)))
    return f"{statement.key} ({about})" if about else statement.key


@dataclass(frozen=True, slots=True)
class Shift:
    """One way of differing: what a decision or flag said, and what it says.

    Attributes:
        kind: "decision", "flag", or "possible" if it is about which profiles the constraints allow.
        name: The id of the decision or flag; "" otherwise.
        before: What the old version says: a verdict, or whether the flag is raised or the profile
            is possible. An overlap without candidates stands for more sets of candidates than can
            be listed.
        after: What the new version says.
        regions: For which profiles.
        covers: The exact size of all of it.
        left_over: The size of what no region shows.
        points: The totals there of the scores that the decision or flag reads.
    """

    kind: Kind
    name: str
    before: Statement
    after: Statement
    regions: tuple[Region, ...]
    covers: Amount
    left_over: Amount = NOTHING
    points: Points = NO_POINTS


@dataclass(frozen=True, slots=True)
class Reading:
    """A decision that reads other facts where facts can contradict each other.

    `decision` is its id. `before` are the facts that only the old version reads, and `after` those
    that only the new one does. If such a fact contradicts another, the decision may be under review
    in the one version only.
    """

    decision: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two versions; empty in all but `facts` if they mean the same.

    Attributes:
        aligned: The two versions in common names.
        shifts: The ways in which decisions and flags answer otherwise.
        removed: Kind and id of each decision and flag that only the old version has.
        added: Kind and id of each decision and flag that only the new version has.
        readings: Decisions that read other facts, where facts can contradict each other.
        undetermined: The names of what was too large to be compared.
        evidence: True if a dossier is weighed otherwise.
    """

    aligned: Aligned
    shifts: tuple[Shift, ...]
    removed: tuple[tuple[Kind, str], ...]
    added: tuple[tuple[Kind, str], ...]
    readings: tuple[Reading, ...]
    undetermined: tuple[str, ...]
    evidence: bool

    def _repr_html_(self) -> str:
        old, new = self.aligned.before.own, self.aligned.after.own
        caption = f"{old.id} {old.version}, and {new.id} {new.version}: " + (
            "they mean the same" if self.same else f"{len(self.shifts)} shifts"
        )
        heads = ("decision or flag", "was", "is", "combinations")
        rows = [
            (one.name, _in_short(one.before), _in_short(one.after), f"{one.covers.combinations:,}")
            for one in self.shifts
        ]
        return table(caption, heads, rows)

    @property
    def same(self) -> bool:
        """Whether the two mean the same; that is proved, and not supposed."""
        differing = (self.shifts, self.removed, self.added, self.readings, self.undetermined)
        return not any(differing) and not self.evidence

    @property
    def unraised(self) -> Unraised | None:
        """What changed under one id and one version, "meaning" or "texts"; None if nothing did.

        It is told by the digests: see `unraised`.
        """
        old, new = self.aligned.before.own, self.aligned.after.own
        return unraised(old, new) if old.version == new.version else None

    @property
    def parameters(self) -> dict[str, tuple[Parameter | None, Parameter | None]]:
        """The parameters that have another number, are gone or are new: as it was, and as it is.

        None stands for a parameter that one of the versions does not have.
        """
        sides = self.aligned.before.own, self.aligned.after.own
        old, new = ({one.id: one for one in side.parameters} for side in sides)
        both = {name: (old.get(name), new.get(name)) for name in {**old, **new}}
        return {
            name: (was, now)
            for name, (was, now) in both.items()
            if was is None or now is None or was.value != now.value
        }

    @property
    def facts(self) -> tuple[FactChange, ...]:
        """The facts that are new, gone, renamed, or have other values."""
        return self.aligned.facts


def unraised(old: RuleSet, new: RuleSet) -> Unraised | None:
    """Return what changed under a version that was not raised: "meaning", "texts" or None.

    None if nothing changed, if the new version is higher, or if the two are of different ids. None
    as well if they are instances with no day, or no variant, in common, because their numbers
    differ rightly. A lower version is not raised either. Rules that are written otherwise count as
    changed, even if they are proved to mean the same: a record names them by version and digests.
    """
    before, after = reference(old), reference(new)
    one, other = before.instance, after.instance
    apart = one is not None and other is not None and not one.meets(other)
    if before.id != after.id or is_raised(old, new) or apart:
        return None
    if before.meaning_sha256 != after.meaning_sha256:
        return "meaning"
    return "texts" if before.sha256 != after.sha256 else None


def is_raised(old: RuleSet, new: RuleSet) -> bool:
    """Return whether the version is higher than it was."""
    before, after = ([int(part) for part in one.version.split(".")] for one in (old, new))
    return after > before


def diff(
    old: RuleSet,
    new: RuleSet,
    renames: Mapping[str, str] | None = None,
    *,
    most: int = MAX_REGIONS,
    budget: int = NODE_BUDGET,
) -> Difference:
    """Compare two versions on every full profile, and return where and how they differ.

    `renames` maps old names of facts, decisions, flags and outcomes (`decision.outcome`) to new
    ones. Two verdicts are the same if outcome, status, reason and candidates are; which rule it
    was, and texts, do not count. Of each way of differing at most `most` regions are returned, and
    the size of what is left. `budget` is the number of nodes that a comparison may take: what needs
    more is named in `undetermined`.

    Raises UsageError for a name that is not there.

    Examples:
        >>> from dataclasses import replace
        >>> from routeengine import load_ruleset
        >>> from routeengine.verification import diff
        >>> old = load_ruleset("rijswijk-2023")
        >>> diff(old, old).same
        True
        >>> new = replace(old, constraints=old.constraints[1:])
        >>> [(one.kind, one.before, one.after) for one in diff(old, new).shifts]
        [('possible', False, True)]
    """
    aligned = align(old, new, renames)
    sides = aligned.before.common, aligned.after.common
    before, after = map(_named, sides)
    removed = tuple(one for one in before if one not in after)
    added = tuple(one for one in after if one not in before)
    evidence = _weighing(old.evidence) != _weighing(new.evidence)
    compiler = comparison.compiler_of(sides, (), budget)
    try:
        pair = RuleSetPair(compiler, compiler.beside(sides[1]))
    except BudgetError:
        return Difference(aligned, (), removed, added, (), ("everything",), evidence)
    comparison.compiled(pair.sides[1])
    shifts, undetermined = _Shifts(pair, aligned, most).all()
    readings = tuple(_readings(pair))
    return Difference(aligned, shifts, removed, added, readings, undetermined, evidence)


def _named(ruleset: RuleSet) -> list[tuple[Kind, str]]:
    """Return the decisions, and the flags that rules raise."""
    decisions: list[tuple[Kind, str]] = [("decision", one.id) for one in ruleset.decisions]
    flags: list[tuple[Kind, str]] = [("flag", name) for name in ruleset.flag_conditions]
    return decisions + flags


def _readings(pair: RuleSetPair) -> Iterator[Reading]:
    """Yield the decisions that read other facts, of those that can contradict each other."""
    tied = frozenset().union(*(one.facts for one in pair.couplings))
    before, after = pair.rulesets
    facts = [fact.id for fact in before.facts]
    for decision in before.decisions:
        if decision.id in after.decision:
            old, new = (facts_read(side, decision.id) & tied for side in (before, after))
            lost, more = (tuple(f for f in facts if f in some) for some in (old - new, new - old))
            if lost or more:
                yield Reading(decision.id, lost, more)


def _weighing(evidence: Evidence | None) -> object:
    """Return what changes how a dossier is weighed, and no texts."""
    if evidence is None:
        return None
    # Neither the order of sources matters nor what they are called in texts.
    sources = {one.id: (one.rank, dict(one.sets), one.max_age_months) for one in evidence.sources}
    return sources, replace(evidence, sources=())


@dataclass(frozen=True, slots=True)
class _Shifts:
    """The ways in which two versions differ, with at most so many regions of each."""

    pair: RuleSetPair
    aligned: Aligned
    most: int

    def all(self) -> tuple[tuple[Shift, ...], tuple[str, ...]]:
        """Return all ways of differing, and the names of what is too large to be compared."""
        shifts: list[Shift] = []
        undetermined: list[str] = []
        for kind, name, compare in self.pair.compared():
            some = self.pair.sides[1].scratch(partial(self._of, kind, name, compare))
            if some is None:
                undetermined.append(f"{kind} {name}".strip())
            else:
                shifts += some
        return tuple(shifts), tuple(dict.fromkeys(undetermined))

    def _of(self, kind: Kind, name: str, compare: Build) -> list[Shift]:
        """Return each way of differing of one thing. Raises BudgetError if that does not fit."""
        function, diagram = compare(), self.pair.diagram
        leaves = {diagram.values[leaf] for leaf in diagram.leaves(function.root)}
        # What the constraints exclude may lie in a region or not, in each way of differing alike.
        impossible = diagram.leaf_is(IMPOSSIBLE, function.root)
        outside = diagram.ite(impossible, diagram.leaf(IMPOSSIBLE), FALSE)
        shifts = []
        for both in sorted(filter(comparison.differs, leaves), key=partial(self._rank, name)):
            where = diagram.leaf_is(both, function.root)
            for before, after, part in self._by_candidates(name, both, where):
                way = replace(function, root=diagram.ite(part, TRUE, outside))
                if covers := self.pair.amounts(way).get(True):
                    shift = Shift(kind, name, before, after, (), covers)
                    replay = partial(self._replay, shift)
                    regions = regions_of(self.pair, way, self.most, replay)
                    shift = replace(shift, regions=regions.some, left_over=regions.left_over)
                    shifts.append(replace(shift, points=self._points(kind, name, way.root)))
        return shifts

    def _points(self, kind: Kind, name: str, root: Node) -> Points:
        """Return the points there, by each version; none of what is possible."""

        def asking(ruleset: RuleSet) -> Sequence[Condition]:
            if kind == "decision":
                return ruleset.decision[name].conditions
            return [ruleset.flag_conditions[name]] if kind == "flag" else []

        sides = [(side, asking(side.ruleset)) for side in self.pair.sides]
        return points_of(self.pair, root, sides)

    def _by_candidates(
        self, name: str, both: Statements, where: Node
    ) -> list[tuple[Statement, Statement, Node]]:
        """Split a way of differing by the candidates of overlaps, which the leaves do not tell.

        If that makes too many ways they stay together, and their overlaps without candidates.
        """
        ways = [
            (before, after, inner)
            for before, part in self._split(0, name, both[0], where)
            for after, inner in self._split(1, name, both[1], part)
        ]
        return ways if len(ways) <= MAX_WAYS else [(*both, where)]

    def _split(
        self, side: int, name: str, statement: Statement, where: Node
    ) -> list[tuple[Statement, Node]]:
        """Split what one version says somewhere by its candidates, if that is an overlap."""
        if statement != OVERLAP:
            return [(statement, where)]
        # Each outcome halves each part: where some winner names it, and where none does.
        diagram, parts = self.pair.diagram, [(tuple[str, ...](), where)]
        for outcome, named in self.pair.sides[side].naming(name).items():
            # With outcomes A and B: () and (A,) after the first, then (), (B,), (A,) and (A, B).
            # With n outcomes there may be 2 ** n of them, hence the limit.
            halves = []
            for candidates, part in parts:
                halves.append((candidates, diagram.ite(named, FALSE, part)))
                halves.append(((*candidates, outcome), diagram.conjunction(named, part)))
            parts = [(candidates, half) for candidates, half in halves if half != FALSE]
            if len(parts) > MAX_WAYS:
                return [(OVERLAP, where)]
        return [(replace(OVERLAP, candidates=candidates), part) for candidates, part in parts]

    def _rank(self, name: str, both: Statements) -> tuple[object, ...]:
        """Sort by the declared order of outcomes, before and after."""
        ranks: list[object] = []
        for statement, ruleset in zip(both, self.pair.rulesets, strict=True):
            if isinstance(statement, CompleteVerdict):
                key = ruleset.decision[name].keys.index(statement.key)
                ranks += [key, statement.reason or "", statement.candidates]
            else:
                ranks.append(statement)
        return tuple(ranks)

    def _replay(self, shift: Shift, full: Mapping[str, int]) -> None:
        """Ask both versions, as they were loaded, about a witness before it is told."""
        values, sides = self.pair.values(full), (self.aligned.before, self.aligned.after)
        for side, expected in zip(sides, (shift.before, shift.after), strict=True):
            statement = _ask(side, shift, side.translated(values))
            if expected == OVERLAP:
                statement = comparison.at_leaf(statement)
            if comparison.meaning(statement) != comparison.meaning(expected):
                raise AssertionError("a witness does not show the difference: please report it")


def _ask(side: Side, shift: Shift, values: Mapping[str, object]) -> Statement:
    """Ask the reference evaluator what a version says, and put it in the common vocabulary."""
    indices = {fact.id: fact.domain.index(values[fact.id]) for fact in side.own.facts}
    full = {fact: index for fact, index in indices.items() if index is not None}
    if len(full) < len(indices):
        # A value that this version does not know is one that it does not allow.
        return False
    names = side.flags if shift.kind == "flag" else side.decisions
    statement = comparison.ask(side.own, shift.kind, names.get(shift.name, ""), full)
    if not isinstance(statement, CompleteVerdict):
        return statement
    outcomes = side.outcomes(shift.name)
    candidates = tuple(outcomes[one] for one in statement.candidates)
    return replace(statement, outcome=outcomes.get(statement.outcome or ""), candidates=candidates)
