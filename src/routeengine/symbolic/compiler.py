"""From conditions and decisions to diagrams.

A compiler knows which cells each fact may be in. With all cells it compiles the
rule set as it is; with the cells that one profile leaves, it compiles the
*residual*: what is known is put in, and only what is unknown becomes variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias, TypeVar

from routeengine.errors import BudgetError
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
from routeengine.ruleset.model import Decision, Rule, RuleSet
from routeengine.ruleset.settling import (
    GAP,
    NOT_APPLICABLE,
    OVERLAP,
    Ranks,
    Target,
    in_order,
    settle,
    target,
    verdict_to,
)
from routeengine.symbolic.bounds import Bounds
from routeengine.symbolic.cells import Cells
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.truth import Truth

T = TypeVar("T")

IMPOSSIBLE = None
"""The value of the leaf for what the constraints exclude."""

Composed: TypeAlias = (
    All | Any | Not | AtLeast | Exactly | CriterionIs | OutcomeIs | StatusIs | RuleIs
)
"""A condition that does not compare a fact."""

_COMBINING = frozenset({All, Any, Not, AtLeast, Exactly})

FEWEST_NODES = 256
"""Nodes that every attempt may use, however many failed before it."""

WORTH_TRIMMING = 4_096
"""Nodes of one attempt from which on it is looked which of them are kept."""


class Compiler:
    """Compiles parts of one rule set into one shared diagram, each part once.

    `order` names the facts from the top of the diagram down and `may` the cells
    each may be in. Raises BudgetError where the nodes run out; then whatever was
    begun is forgotten, and what was compiled before stays.

    With the `bounds` on those cells, what they settle is not compiled.

    Two rule sets over the same facts may share one diagram: see `beside`.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        cells: Cells,
        order: Sequence[str],
        may: Mapping[str, int],
        budget: int,
        ranks: Mapping[str, Ranks] | None = None,
        bounds: Bounds | None = None,
        sharing: tuple[Diagram, list[Compiler]] | None = None,
    ) -> None:
        self.ruleset = ruleset
        self._ranks = {d.id: Ranks(d) for d in ruleset.decisions} if ranks is None else ranks
        self._bounds = bounds
        self.cells = cells
        self.may = may
        self.order = tuple(fact for fact in order if may[fact].bit_count() > 1)
        self.level = {fact: level for level, fact in enumerate(self.order)}
        sizes = [len(cells.of[fact]) for fact in self.order]
        self.diagram, self._sharing = sharing or (Diagram(sizes, budget), [])
        self.impossible = self.diagram.leaf(IMPOSSIBLE)
        self._sharing.append(self)
        # What combines others goes by identity: an equal one makes the same node, and hashing it
        # goes all the way down.
        # INVARIANT: the condition stands beside its node, so that its identity is not used again.
        self._conditions: dict[int | Condition, tuple[Condition, Node]] = {}
        # Decisions, and what is known of their rules, by what it is.
        self._kept: dict[tuple[str, ...], Node] = {}
        self._can_win: dict[str, Mapping[str, Truth]] = {}
        self._over: set[str] = set()  # decisions that did not fit: what refers to one does not
        self._failed = 0

    def beside(self, ruleset: RuleSet) -> Compiler:
        """Return a compiler of another rule set over the same facts, on the same diagram.

        What is equal in both is one node. The other one may tell no values apart that the cells
        do not, and takes the place of any that was made before: that may not be used any more.
        """
        del self._sharing[1:]
        sharing, budget = (self.diagram, self._sharing), self.diagram.budget
        return Compiler(ruleset, self.cells, self.order, self.may, budget, sharing=sharing)

    def masks(self, may: Mapping[str, int]) -> list[int]:
        """Give the cells that may be, per level of the diagram."""
        return [may[fact] for fact in self.order]

    def condition(self, condition: Condition) -> Node:
        """Give the diagram of a condition; its leaves are truth values."""
        if isinstance(condition, FactIs):
            return self._fact(condition.fact, condition.allowed)
        key = id(condition) if type(condition) in _COMBINING else condition
        known = self._conditions.get(key)
        if known is None:
            known = self._conditions[key] = condition, self._compile(condition)
        return known[1]

    def _compile(self, condition: Composed) -> Node:
        match condition:
            case All(parts=parts):
                return self._join(parts, TRUE)
            case Any(parts=parts):
                return self._join(parts, FALSE)
            case Not(part=FactIs(fact=fact, allowed=allowed)):
                return self._fact(fact, allowed, FALSE)
            case Not(part=part):
                return self.diagram.negation(self.condition(part))
            case AtLeast(count=count, parts=parts):
                counted = self._count(parts, count)
                return self.diagram.relabel(("at least", count), lambda n: n >= count, counted)
            case Exactly(count=count, parts=parts):
                counted = self._count(parts, count + 1)
                return self.diagram.relabel(("exactly", count), lambda n: n == count, counted)
            case _:
                truth = Truth.OPEN if self._bounds is None else self._bounds.truth(condition)
                if truth is Truth.OPEN:
                    return self._referred_to(condition)
                return TRUE if truth is Truth.TRUE else FALSE

    def _referred_to(self, condition: CriterionIs | OutcomeIs | StatusIs | RuleIs) -> Node:
        match condition:
            case CriterionIs(criterion=criterion):
                return self.condition(self.ruleset.criterion[criterion].when)
            case OutcomeIs(decision=name, outcomes=outcomes):
                return self.diagram.relabel(
                    condition, lambda full: full.outcome in outcomes, self.decision(name)
                )
            case StatusIs(decision=name, statuses=statuses):
                return self.diagram.relabel(
                    condition, lambda full: full.status in statuses, self.decision(name)
                )
            case _:  # RuleIs
                return self.any_of(map(self.wins, condition.rules))

    def _fact(self, fact: str, allowed: int, inside: Node = TRUE) -> Node:
        """Compile a comparison: `inside` where the value is allowed, and the opposite elsewhere."""
        outside = TRUE if inside == FALSE else FALSE
        cells = self.cells.of[fact]
        level = self.level.get(fact)
        if level is None:
            return inside if cells[self.may[fact].bit_length() - 1] & allowed else outside
        kids = [inside if cell & allowed else outside for cell in cells]
        return self.diagram.node(level, tuple(kids))

    def _join(self, parts: Sequence[Condition], neutral: Node) -> Node:
        """Join the parts, those lowest in the diagram first: adding on top is cheap."""
        join, settles = self.diagram.conjunction, FALSE
        if neutral == FALSE:
            join, settles = self.diagram.disjunction, TRUE
        roots = []
        for part in parts:
            root = self.condition(part)
            if root == settles:
                return settles
            if root != neutral:
                roots.append((-self.diagram.level[root], root))
        if not roots:
            return neutral
        roots.sort()
        joined = roots[0][1]
        for _, root in roots[1:]:
            joined = join(root, joined)
        return joined

    def _count(self, parts: Sequence[Condition], limit: int) -> Node:
        """Count how many parts hold, up to `limit`; the leaves are numbers."""
        counted = self.diagram.leaf(0)
        roots = map(self.condition, parts)
        for root in sorted(roots, key=lambda root: (-self.diagram.level[root], root)):
            counted = self.diagram.combine(
                ("count", limit),
                lambda holds, n: min(n + holds, limit),
                root,
                counted,
                lambda a, b: b if a == FALSE else None,
            )
        return counted

    def decision(self, name: str) -> Node:
        """Return the diagram of what a decision comes to, constraints aside.

        Its leaves are FullVerdicts without rules: one per target, and gap, overlap and not
        applicable. Which rules lead there is told by `wins`.
        """
        if name in self._over:
            raise BudgetError(f"decision `{name}` did not fit")
        known = self._kept.get(("decision", name))
        if known is None:
            decision = self.ruleset.decision[name]
            known = self._verdict(decision)
            if decision.applies_when is not None:
                nowhere = self.diagram.leaf(NOT_APPLICABLE)
                known = self.diagram.ite(self.condition(decision.applies_when), known, nowhere)
            self._kept["decision", name] = known
        return known

    def wins(self, rule: str) -> Node:
        """Return where a rule is among the winners of its decision, constraints aside."""
        decision = self.ruleset.decision_of[rule]
        if decision.id in self._over:
            raise BudgetError(f"decision `{decision.id}` did not fit")
        wins = self._unbeaten(decision, self.ruleset.rule[rule])
        if decision.applies_when is None:
            return wins
        return self.diagram.conjunction(self.condition(decision.applies_when), wins)

    def outranking(self, rule: str) -> Node:
        """Return where a rule applies that outranks this one, constraints aside."""
        return self._beaten(self.ruleset.decision_of[rule], rule)

    def naming(self, name: str) -> dict[str, Node]:
        """Return, per outcome of a decision, where winners name it, constraints aside."""
        decision = self.ruleset.decision[name]
        named: dict[str, list[Node]] = {outcome.id: [] for outcome in decision.outcomes}
        for rule in decision.rules:
            for outcome in in_order(decision, [target(rule)]):
                named[outcome].append(self.wins(rule.id))
        return {outcome: self.any_of(some) for outcome, some in named.items()}

    def _verdict(self, decision: Decision) -> Node:
        """Compile what the winners come to, where the decision applies."""
        beaten = self._ranks[decision.id].beaten
        able = sorted(self._able(decision), key=lambda one: len(beaten[one]))
        if all(one in beaten[other] for one, other in pairwise(able)):
            return self._in_turn(decision, able)
        return self._side_by_side(decision)

    def _in_turn(self, decision: Decision, rules: Sequence[str]) -> Node:
        """Compile rules each of which outranks the next: the first that applies decides."""
        diagram, rule = self.diagram, self.ruleset.rule
        otherwise = settle(decision, (), self._ranks[decision.id].beaten)
        verdict = diagram.leaf(otherwise.without_rules)
        for one in reversed(rules):
            there = diagram.leaf(verdict_to(decision, target(rule[one])))
            verdict = diagram.ite(self._applies(decision, one), there, verdict)
        return verdict

    def _side_by_side(self, decision: Decision) -> Node:
        """Compile rules in any order: targets are put over each other one by one.

        `verdict` is what those so far come to, and `none` where none of them is reached: there
        the next one stands alone, elsewhere it overlaps. With a rule for A and one for B it goes

            gap  ->  A if a else gap  ->  (overlap if a else B) if b else (A if a else gap)

        so there is a leaf per target, however many rules lead there and in whatever combination.
        """
        diagram, beaten = self.diagram, self._ranks[decision.id].beaten
        rules: dict[Target, list[Rule]] = {}
        for rule in decision.rules:
            rules.setdefault(target(rule), []).append(rule)
        # Deepest first, for adding on top is cheap; of equals the one that is outranked least.
        steps = []
        for place, (where, some) in enumerate(rules.items()):
            reached = self.any_of(self._unbeaten(decision, rule) for rule in some)
            height = min(len(beaten[rule.id]) for rule in some)
            steps.append((-diagram.level[reached], height, place, reached, where))
        verdict, none, overlap = diagram.leaf(GAP), TRUE, diagram.leaf(OVERLAP)
        for *_, reached, where in sorted(steps):
            alone = diagram.leaf(verdict_to(decision, where))
            verdict = diagram.ite(reached, diagram.ite(none, alone, overlap), verdict)
            none = diagram.ite(reached, FALSE, none)
        return verdict

    def _able(self, decision: Decision) -> Mapping[str, Truth]:
        """Give the rules that can win as far as bounds tell, and whether each is sure to apply.

        `otherwise` is not among them.
        """
        known = self._can_win.get(decision.id)
        if known is None:
            rules = [rule.id for rule in decision.rules if rule.when is not None]
            every = dict.fromkeys(rules, Truth.OPEN)
            known = every if self._bounds is None else self._bounds.winners(decision.id)
            self._can_win[decision.id] = known
        return known

    def _applies(self, decision: Decision, rule: str) -> Node:
        """Compile where a rule applies; nowhere where it cannot win."""
        truth, when = self._able(decision).get(rule), self.ruleset.rule[rule].when
        if truth is None or when is None:
            return FALSE
        return TRUE if truth is Truth.TRUE else self.condition(when)

    def _unbeaten(self, decision: Decision, rule: Rule) -> Node:
        """Compile where a rule applies and no rule that applies outranks it.

        Whether the decision applies is left aside.
        """
        known = self._kept.get(("unbeaten", rule.id))
        if known is None:
            if rule.when is None:
                others = [self._applies(decision, one) for one in self._able(decision)]
                known = self.diagram.negation(self.any_of(others))
            else:
                beaten = self._beaten(decision, rule.id)
                known = self.diagram.ite(beaten, FALSE, self._applies(decision, rule.id))
            self._kept["unbeaten", rule.id] = known
        return known

    def _beaten(self, decision: Decision, rule: str) -> Node:
        """Compile where a rule applies that outranks this one.

        Those are the ones next above it, and what outranks them. Where several rules have the
        same next above them, it is made once.
        """
        next_above = self._ranks[decision.id].next_above

        def key(one: str) -> tuple[str, ...]:
            return "beaten", *next_above[one]

        kept, todo = self._kept, [rule]
        kept["beaten",] = FALSE
        while todo:
            one = todo[-1]
            waiting = [other for other in next_above[one] if key(other) not in kept]
            if waiting:
                todo += waiting
            else:
                todo.pop()
                if key(one) not in kept:
                    parts = [self._applies(decision, other) for other in next_above[one]]
                    parts += [kept[key(other)] for other in next_above[one]]
                    kept[key(one)] = self.any_of(parts)
        return kept[key(rule)]

    def any_of(self, nodes: Iterable[Node]) -> Node:
        """Return where one of these holds at least, joined from the lowest up."""
        joined = FALSE
        for node in sorted(set(nodes), key=lambda node: (-self.diagram.level[node], node)):
            joined = self.diagram.disjunction(node, joined)
        return joined

    def conjunction(self, holds: Sequence[Condition]) -> Node:
        """Give the diagram of all the conditions together."""
        return self._join(holds, TRUE)

    def attempt(
        self, build: Callable[[], tuple[Node, ...]], decision: str | None = None
    ) -> tuple[Node, ...] | None:
        """Build something, or give None where the budget does not allow it.

        `decision` names the one that is built: where it does not fit, whatever refers to it does
        not either.
        """
        size = len(self.diagram)
        built = self.within_budget(build)
        if built is not None:
            return self._without_scraps(size, built)
        if decision is not None:
            self._over.add(decision)
        return None

    def within_budget(self, work: Callable[[], T]) -> T | None:
        """Return what some work comes to, or None where the budget does not allow it.

        What was begun is then forgotten; what was compiled before stays. Each attempt that
        runs out halves what the next may use, so all that is thrown away is at most twice the
        budget.
        """
        size, budget = len(self.diagram), self.diagram.budget
        allowed = min(budget, size + max(budget >> self._failed, FEWEST_NODES))
        self.diagram.budget = allowed
        try:
            return work()
        except BudgetError:
            self._failed += len(self.diagram) == allowed
            self._rollback(size)
            return None
        finally:
            self.diagram.budget = budget

    def scratch(self, work: Callable[[], T]) -> T | None:
        """Return what some work comes to, as `within_budget`, and forget all nodes that it made."""
        size = len(self.diagram)
        found = self.within_budget(work)
        self._rollback(size)
        return found

    def _without_scraps(self, size: int, built: tuple[Node, ...]) -> tuple[Node, ...]:
        """Leave no nodes that were made on the way: what counts is what is kept.

        Of a hundred rules that outrank each other in a row, say, five nodes in six are such scraps.
        """
        if len(self.diagram) - size < WORTH_TRIMMING:
            return built
        kept = [*built, *(node for one in self._sharing for node in one.nodes())]
        moved = self.diagram.trim(size, kept)

        def now(node: Node) -> Node:
            return moved.get(node, node)

        for one in self._sharing:
            one.renumber(now)
        return tuple(map(now, built))

    def nodes(self) -> Iterator[Node]:
        """Yield every node of what was compiled."""
        yield from (node for _, node in self._conditions.values())
        yield from self._kept.values()

    def renumber(self, now: Callable[[Node], Node]) -> None:
        """Put the number that a node has now in the place of its old one."""
        self._conditions = {at: (one, now(node)) for at, (one, node) in self._conditions.items()}
        self._kept = {name: now(node) for name, node in self._kept.items()}

    def forget(self, size: int) -> None:
        """Forget every node from number `size` on, which the diagram no longer has."""
        self._conditions = {at: one for at, one in self._conditions.items() if one[1] < size}
        self._kept = {name: node for name, node in self._kept.items() if node < size}

    def _rollback(self, size: int) -> None:
        self.diagram.rollback(size)
        for one in self._sharing:
            one.forget(size)

    def adopt(self, other: Compiler, decisions: Iterable[str]) -> None:
        """Take over decisions that mean the same in another rule set on the same diagram."""
        self._kept |= {("decision", name): other.decision(name) for name in decisions}
