"""On which single fact a decision hangs, for whom, and through which rule: exact, from diagrams.

A decision *hangs on* a fact if two full profiles that differ in nothing else, and that the
constraints allow, come to another verdict. Two verdicts are the same if status, outcome, reason and
candidates are.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, Unpack

from routeengine.caseload import ReadingOptions, open_caseload
from routeengine.errors import BudgetError, UsageError, shown
from routeengine.executors.first_sight import FirstSight
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import FullProfile
from routeengine.profile import read_profile
from routeengine.result import Verdict
from routeengine.ruleset.dependencies import facts_of, facts_read, named_by
from routeengine.ruleset.domains import Value
from routeengine.ruleset.flaws import did_you_mean
from routeengine.ruleset.model import Decision, Rule, RuleSet
from routeengine.ruleset.resolution import OVERLAP, CompleteVerdict
from routeengine.suppress import SMALL, Counted, Figure, group_of
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, Node
from routeengine.symbolic.layout import Layout
from routeengine.verification.analysis import Analysis, needed
from routeengine.verification.comparison import meaning
from routeengine.verification.regions import MAX_REGIONS, Region, regions_of
from routeengine.verification.space import NOTHING, Amount, Constrained

Through: TypeAlias = Literal["condition", "decision", "applies", "others"]
"""How a rule hangs on a fact: its own condition asks it, by criteria and scores too; its condition
asks an earlier decision that reads it; whether the decision applies does; or only other rules."""

PARTED: Final = "parted"
"""The leaf where cells of the fact lead to different values."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A full `profile`, and the `verdict` of the decision on it, with the rules that win."""

    profile: Mapping[str, Value]
    verdict: CompleteVerdict


@dataclass(frozen=True, slots=True)
class HangingRule:
    """A rule that wins or not as the fact is, where the verdict hangs on the fact.

    `rule` is its id, and `covers` on how much. `through` says how it depends on the fact: its own
    "condition" asks it; its condition asks an earlier "decision" that reads it; whether the
    decision "applies" depends on it; or only the "others" do, the rules beside it.
    """

    rule: str
    through: Through
    covers: Amount


@dataclass(frozen=True, slots=True)
class Hanging:
    """Whether a decision hangs on a fact: whether the verdict is another for some value of it.

    If nothing is covered that is proved, unless it is `undetermined`.

    Attributes:
        fact: The id of the fact.
        decision: The id of the decision.
        read: Whether any rule of the decision reads the fact, itself or through an earlier
            decision.
        covers: On how much of the whole the verdict hangs on the fact.
        whole: All that is possible.
        pair: Two profiles that differ in the fact alone and are answered differently.
        rules: The rules that win or not as the fact is.
        regions: For whom the verdict hangs on the fact.
        left_over: The size of what no region shows.
        undetermined: True if it was too large to be looked through.
    """

    fact: str
    decision: str
    read: bool
    covers: Amount = NOTHING
    whole: Amount = NOTHING
    pair: tuple[Seen, Seen] | None = None
    rules: tuple[HangingRule, ...] = ()
    regions: tuple[Region, ...] = ()
    left_over: Amount = NOTHING
    undetermined: bool = False

    @property
    def hangs(self) -> bool:
        """Whether the verdict hangs on the fact for anybody."""
        return bool(self.covers)


def hangs_on(
    ruleset: RuleSet,
    facts: Collection[str] | None = None,
    decisions: Collection[str] | None = None,
    *,
    budget: int = NODE_BUDGET,
) -> tuple[Hanging, ...]:
    """Return, per fact and decision, whether the verdict hangs on the fact, and for whom.

    `facts` are ids of facts; if it is None, those that may stand in for origin (`possible_proxy`).
    `decisions` are ids of decisions, all of them if it is None.

    Raises UsageError for a name that is not there, and BudgetError if the constraints are too large
    to be looked at.

    Examples:
        >>> from routeengine import load_ruleset
        >>> from routeengine.verification import hangs_on
        >>> ruleset = load_ruleset("rijswijk-2023")
        >>> [one] = hangs_on(ruleset, facts=["willing"], decisions=["route"])
        >>> one.hangs, one.rules[0].rule, one.rules[0].through
        (True, 'route_b', 'condition')
    """
    flagged = [fact.id for fact in ruleset.facts if fact.possible_proxy]
    asked = _known(flagged if facts is None else facts, ruleset.fact, "fact")
    of = _known(ruleset.decision if decisions is None else decisions, ruleset.decision, "decision")
    if not asked:
        return ()
    analysis = Analysis(ruleset, budget)
    return tuple(
        _Search(analysis, fact, ruleset.decision[one]).found() for fact in asked for one in of
    )


def _known(names: Collection[str], known: Collection[str], what: str) -> list[str]:
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UsageError(f"`{name}` is no {what}{f' ({hint})' if hint else ''}")
    return list(dict.fromkeys(names))


class _Search:
    """Looks for whether one decision hangs on one fact."""

    def __init__(self, analysis: Analysis, fact: str, decision: Decision) -> None:
        self._analysis = analysis
        self._ruleset = analysis.ruleset
        self._diagram = analysis.diagram
        self._fact = fact
        self._decision = decision
        self._read = fact in facts_read(self._ruleset, decision.id)

    def found(self) -> Hanging:
        """Return what is found; nodes that it made are forgotten."""
        nothing = Hanging(self._fact, self._decision.id, self._read)
        if not self._read:
            return nothing
        try:
            return self._analysis.scratch(partial(self._looked_through, nothing))
        except BudgetError:
            return replace(nothing, undetermined=True)

    def _looked_through(self, nothing: Hanging) -> Hanging:
        analysis, diagram = self._analysis, self._diagram
        function = needed(analysis.decisions[self._decision.id])
        held = diagram.map_leaves("held", lambda value: value is not IMPOSSIBLE, function.root)
        parted = self._parted(self._meanings(function.root))
        hanging = Constrained(self._where(held, parted), function.apart)
        amounts, path = analysis.amounts(hanging), analysis.nearest(hanging)
        found = replace(nothing, whole=sum(amounts.values(), NOTHING))
        if path is None:
            return found
        regions = regions_of(analysis, hanging, MAX_REGIONS, self._pair)
        return replace(
            found,
            covers=amounts[True],
            pair=self._pair(analysis.full(path)),
            rules=tuple(self._rules(held, parted, function.apart)),
            regions=regions.some,
            left_over=regions.left_over,
        )

    def _where(self, held: Node, root: Node) -> Node:
        """Return a function where the constraints hold, and IMPOSSIBLE elsewhere."""
        return self._diagram.ite(held, root, self._diagram.leaf(IMPOSSIBLE))

    def _meanings(self, root: Node) -> Node:
        """Return what is meant at each leaf; of an overlap with the outcomes that winners name."""
        diagram = self._diagram
        if diagram.leaf_is(OVERLAP, root) != FALSE:
            for outcome, where in self._analysis.compiler.naming(self._decision.id).items():
                root = diagram.apply(("named", outcome), partial(_naming, outcome), root, where)
        return diagram.map_leaves("meant", _meant, root)

    def _parted(self, root: Node) -> Node:
        """Return where two cells of the fact lead to different values; the fact itself is gone.

        With verdicts A and B, and the cells of the fact one after the other, it goes

            cell 1   A there, B here, impossible elsewhere
            cell 2   B there, B here, B elsewhere           parted there, B here and elsewhere
        """
        diagram, level = self._diagram, self._analysis.level.get(self._fact)
        if level is None or level not in diagram.support(root):
            return FALSE
        found = diagram.leaf(IMPOSSIBLE)
        for cell in range(diagram.sizes[level]):
            found = diagram.apply("parting", _parting, found, diagram.cofactor(root, level, cell))
        return diagram.map_leaves("parted", lambda value: value == PARTED, found)

    def _rules(self, held: Node, parted: Node, apart: tuple[Node, ...]) -> Iterator[HangingRule]:
        """Yield the rules that win or not as the fact is, where the verdict is another by it too.

        Where both are so, two profiles show both at once. Of three values of the fact, the rule
        wins on the first and not on the second, and the verdict is another on the third: whether
        the rule wins there or not, the third shows both beside one of the other two.
        """
        diagram, analysis = self._diagram, self._analysis
        for rule in self._decision.rules:
            wins = self._where(held, analysis.wins(self._decision)[rule.id])
            both = diagram.conjunction(parted, self._parted(wins))
            covers = analysis.amounts(Constrained(self._where(held, both), apart)).get(True)
            if covers is not None:
                yield HangingRule(rule.id, self._through(rule), covers)

    def _through(self, rule: Rule) -> Through:
        ruleset, fact, applies = self._ruleset, self._fact, self._decision.applies_when
        if rule.when is not None and fact in named_by(ruleset, [rule.when]).facts:
            return "condition"
        if rule.when is not None and fact in facts_of(ruleset, rule.when):
            return "decision"
        if applies is not None and fact in facts_of(ruleset, applies):
            return "applies"
        return "others"

    def _pair(self, full: Mapping[str, int]) -> tuple[Seen, Seen]:
        """Return a profile, and the nearest one that differs in the fact alone and is answered so.

        Both are decided by the reference evaluator.
        """
        own = full[self._fact]
        before = self._seen(full)
        values = [cell.lowest for cell in self._analysis.cells.of[self._fact]]
        for value in sorted(values, key=lambda one: abs(one - own)):
            after = self._seen({**full, self._fact: value})
            if before and after and meaning(before.verdict) != meaning(after.verdict):
                return (before, after) if own < value else (after, before)
        raise AssertionError("a witness does not show that it hangs on the fact: please report it")

    def _seen(self, full: Mapping[str, int]) -> Seen | None:
        """Return what a profile comes to; None where the constraints do not allow it."""
        profile = FullProfile(self._ruleset, full).decide()
        if any(profile.holds(one.forbids) for one in self._ruleset.constraints):
            return None
        return Seen(self._analysis.values(full), profile.verdicts[self._decision.id])


def _naming(outcome: str, value: object, named_there: bool) -> Hashable:
    """Return a leaf, with one more outcome where winners that overlap name it."""
    if not named_there or not isinstance(value, CompleteVerdict) or value.reason != "overlap":
        return value
    return replace(value, candidates=(*value.candidates, outcome))


def _meant(value: Any) -> Hashable:
    return value if value is IMPOSSIBLE else meaning(value)


def _parting(one: object, other: object) -> Hashable:
    """Return what two cells lead to: the same, or different things; what cannot be is neither."""
    if IMPOSSIBLE in (one, other):
        return other if one is IMPOSSIBLE else one
    return one if one == other else PARTED


@dataclass(frozen=True, slots=True)
class HangingClients:
    """For how many clients of a caseload the verdict hangs on a fact, as it may be shown.

    No client is named. A count has a `number`: None if it is hidden because it is small, or would
    tell a small one. It is rounded to tens if `rounded` is True.

    Attributes:
        limit: Counts below this are hidden.
        clients: How many clients there are.
        counts: For how many the verdict hangs on the fact, in the order of what was asked.
        faults: Rows that could not be read and count nowhere.
        notes: What was read otherwise than it is written.
    """

    limit: int
    clients: Figure
    counts: tuple[Figure, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()


def hanging_clients(
    ruleset: RuleSet,
    found: Sequence[Hanging],
    caseload: str | Path,
    **reading: Unpack[ReadingOptions],
) -> HangingClients:
    """Count the clients who would be told another verdict if just that fact were otherwise.

    `found` is what `hangs_on` returned, and `caseload` the path of a file; the other arguments are
    as for `open_caseload`, and so are the errors. All else stays as it is known of a client. A
    client whose fact is not known counts if two of its values lead to different verdicts. Values
    that contradict what is known do not count.
    """
    limit = ruleset.publication.small_counts_below if ruleset.publication else None
    asked = {place: one for place, one in enumerate(found) if one.hangs}
    otherwise = _Otherwise(ruleset, [one.fact for one in asked.values()])
    places: dict[int, list[int]] = {place: [] for place in asked}
    faults, clients = list[str](), 0
    with open_caseload(caseload, ruleset, **reading) as rows:
        for row in rows:
            faults += [f"{shown(rows.path)}:{fault}" for fault in row.faults]
            if row.profile is not None:
                for place in otherwise.hanging(row.profile, asked):
                    places[place].append(clients)
                clients += 1
    counted = Counted(clients, SMALL if limit is None else limit)
    groups = [group_of(places.get(place, ())) for place, _ in enumerate(found)]
    counted.show(counted.everybody, *groups)
    counted.settle()
    figures = tuple(map(counted.figure, groups))
    everybody = counted.figure(counted.everybody)
    return HangingClients(counted.limit, everybody, figures, tuple(faults), rows.notes)


class _Otherwise:
    """What a client would be told by each value of a fact, all else as it is known."""

    def __init__(self, ruleset: RuleSet, facts: Iterable[str]) -> None:
        self._ruleset = ruleset
        executor = LanesExecutor(ruleset)
        self._evaluate = (FirstSight(executor) if executor.exact else executor).evaluate
        # Of values that no condition tells apart one speaks for all.
        cells = Layout(ruleset).cells.of
        self._values = {
            name: [ruleset.fact[name].domain.value(cell.lowest) for cell in cells[name]]
            for name in facts
        }

    def hanging(self, profile: Mapping[str, object], asked: Mapping[int, Hanging]) -> Iterator[int]:
        """Yield the places of what is asked where the client's verdict hangs on the fact."""
        answers = {
            name: [
                self._evaluate(read_profile(self._ruleset, {**profile, name: value})).verdicts
                for value in values
            ]
            for name, values in self._values.items()
        }
        for place, one in asked.items():
            if len({*_told(answers[one.fact], one.decision)}) > 1:
                yield place


def _told(answers: Iterable[Mapping[str, Verdict]], decision: str) -> Iterator[Hashable]:
    """Yield what a decision is told to be, where what is known does not contradict itself."""
    for verdicts in answers:
        one = verdicts[decision]
        if one.reason != "contradiction":
            yield one.status, one.outcome, one.candidates, one.possible
