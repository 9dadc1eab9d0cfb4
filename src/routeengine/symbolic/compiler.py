"""From conditions and decisions to diagrams.

A compiler knows which cells each fact may be in. With all cells it compiles the
rule set as it is; with the cells that one profile leaves, it compiles the
*residual*: what is known is put in, and only what is unknown becomes variables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from routeengine.bits import highest
from routeengine.errors import BudgetError
from routeengine.ruleset import conditions, resolution
from routeengine.ruleset.conditions import Condition, FactIs, Joining, Reference
from routeengine.ruleset.model import Decision, Rule, RuleSet
from routeengine.ruleset.resolution import Ranks, target
from routeengine.symbolic import boxes, sums
from routeengine.symbolic.bounds import Bounds
from routeengine.symbolic.boxes import BoxedRules, Shape
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, TRUE, Diagram, Node
from routeengine.symbolic.layout import Cells
from routeengine.symbolic.workspace import Workspace
from routeengine.truth import Truth


class Compiler(Workspace):
    """Compiles parts of one rule set into one shared diagram, each part once.

    `order` names the facts from the top of the diagram down and `may` the cells
    each may be in. Raises BudgetError if the nodes run out: see `Workspace.attempt`.

    What the `bounds` on those cells settle is not compiled.

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
        beside: Compiler | None = None,
    ) -> None:
        self.ruleset = ruleset
        self._ranks = {d.id: Ranks(d) for d in ruleset.decisions} if ranks is None else ranks
        self._bounds = bounds or Bounds(ruleset, self._ranks)
        self.cells = cells
        self.may = may
        self.order = tuple(fact for fact in order if may[fact].bit_count() > 1)
        self.level = {fact: level for level, fact in enumerate(self.order)}
        sizes = [len(cells.of[fact]) for fact in self.order]
        diagram = Diagram(sizes, budget) if beside is None else beside.diagram
        super().__init__(diagram, [] if beside is None else beside.tables)
        self._as_boxes: dict[str, BoxedRules | None] = {}
        self.impossible = self.diagram.leaf(IMPOSSIBLE)
        # What combines others is known by identity: an equal one makes the same node, and hashing
        # it goes all the way down.
        # INVARIANT: such a condition is held here, so that its identity is not used again.
        self._held: list[Condition] = []

    def beside(self, ruleset: RuleSet) -> Compiler:
        """Return a compiler of another rule set over the same facts, on the same diagram.

        What is equal in both is one node. The other one may tell no values apart that the cells
        do not, and takes the place of any that was made before: that may not be used any more.
        """
        del self.tables[1:]
        budget = self.diagram.budget
        return Compiler(ruleset, self.cells, self.order, self.may, budget, beside=self)

    def condition(self, condition: Condition) -> Node:
        """Return the diagram of a condition; its leaves are truth values."""
        if isinstance(condition, FactIs):
            return self._fact(condition)
        # What is said elsewhere is compiled once; to find the rest by what it says takes longer.
        key = condition if isinstance(condition, Reference) else id(condition)
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self._compile(condition)
            self._held.append(condition)
        return known

    def _compile(self, condition: Joining | Reference) -> Node:
        match condition:
            case conditions.All(parts):
                return self._join(parts, TRUE)
            case conditions.Any(parts):
                return self._join(parts, FALSE)
            case conditions.Not(part):
                return self.diagram.negation(self.condition(part))
            case conditions.AtLeast(count, parts):
                return self._counted(parts, count)[count]
            case conditions.Exactly(count, parts):
                at_least = self._counted(parts, count + 1)
                return self.diagram.ite(at_least[count + 1], FALSE, at_least[count])
            case _:
                truth = self._bounds.truth(condition)
                if truth is Truth.OPEN:
                    return self._referred_to(condition)
                return TRUE if truth is Truth.TRUE else FALSE

    def _referred_to(self, condition: Reference) -> Node:
        match condition:
            case conditions.CriterionIs(criterion):
                return self.condition(self.ruleset.criterion[criterion].when)
            case conditions.ScoreIs(score, low, high):
                return sums.bounded(self.diagram, self._worths(score), low, high)
            case conditions.RuleIs(rules=rules):
                return self.any_of(map(self.wins, rules))
            case _:
                decision = self.decision(condition.decision)
                return self.diagram.map_leaves(
                    condition, lambda full: full.meets(condition), decision
                )

    def total(self, score: str) -> Node:
        """Return the diagram of what a score comes to, constraints aside: its leaves are sums."""
        return sums.total(self.diagram, self._worths(score))

    def _worths(self, score: str) -> list[tuple[Node, int]]:
        """Return the diagrams of the parts of a score, each with what it is worth."""
        parts = self.ruleset.score[score].parts
        return [(self.condition(part.when), part.worth) for part in parts]

    def _fact(self, comparison: FactIs) -> Node:
        """Compile a comparison: true in the cells whose values are allowed."""
        fact, allowed = comparison.fact, comparison.allowed
        cells, level = self.cells.of[fact], self.level.get(fact)
        if level is None:  # one cell is left, all of it inside or all of it outside
            return TRUE if cells[highest(self.may[fact])].lowest in allowed else FALSE
        truths = [FALSE] * len(cells)
        for cell in self.cells.touched(fact, allowed):
            truths[cell] = TRUE
        return self.diagram.node(level, tuple(truths))

    def _join(self, parts: Sequence[Condition], neutral: Node) -> Node:
        """Compile "all", for which TRUE is neutral, or "any", until one part decides."""
        roots = []
        for part in parts:
            root = self.condition(part)
            if root in (TRUE, FALSE) and root != neutral:
                return root
            roots.append(root)
        return self._joined(roots, neutral)

    def _joined(self, roots: Iterable[Node], neutral: Node) -> Node:
        joined, ite = neutral, self.diagram.ite
        for root in self._from_the_lowest(roots):
            joined = ite(root, joined, FALSE) if neutral == TRUE else ite(root, TRUE, joined)
        return joined

    def _from_the_lowest(self, roots: Iterable[Node]) -> list[Node]:
        """Sort the roots so that those lowest in the diagram come first: adding on top is cheap."""
        return sorted(roots, key=lambda root: (-self.diagram.level[root], root))

    def _counted(self, parts: Sequence[Condition], most: int) -> list[Node]:
        """Compile "at least n of these parts hold", for each n up to `most`.

        One part is added after the other: "at least n" is then "at least n-1 of the others" if
        it holds, and "at least n of the others" if it does not.
        """
        at_least = [TRUE] + [FALSE] * most
        for root in self._from_the_lowest(map(self.condition, parts)):
            steps = pairwise(at_least)
            at_least[1:] = [self.diagram.ite(root, less, same) for less, same in steps]
        return at_least

    def decision(self, name: str) -> Node:
        """Return the diagram of what a decision comes to, constraints aside.

        Its leaves are CompleteVerdicts without rules: one per target, and gap, overlap and not
        applicable. Which rules lead there is told by `wins`.
        """
        if name in self.over:
            raise BudgetError(f"decision `{name}` did not fit")
        known = self.known.get(("decision", name))
        if known is None:
            decision = self.ruleset.decision[name]
            known = self._verdict(decision)
            if decision.applies_when is not None:
                nowhere = self.diagram.leaf(resolution.NOT_APPLICABLE)
                known = self.diagram.ite(self.condition(decision.applies_when), known, nowhere)
            self.known["decision", name] = known
        return known

    def wins(self, rule: str) -> Node:
        """Return where a rule is among the winners of its decision, constraints aside."""
        decision = self.ruleset.decision_of[rule]
        if decision.id in self.over:
            raise BudgetError(f"decision `{decision.id}` did not fit")
        wins = self._unbeaten(decision, self.ruleset.rule[rule])
        if decision.applies_when is None:
            return wins
        return self.diagram.conjunction(self.condition(decision.applies_when), wins)

    def naming(self, name: str) -> dict[str, Node]:
        """Return, per outcome of a decision, where winners name it, constraints aside."""
        decision = self.ruleset.decision[name]
        named: dict[str, list[Node]] = {outcome.id: [] for outcome in decision.outcomes}
        for rule in decision.rules:
            for outcome in resolution.in_order(decision, [target(rule)]):
                named[outcome].append(self.wins(rule.id))
        return {outcome: self.any_of(some) for outcome, some in named.items()}

    def _verdict(self, decision: Decision) -> Node:
        """Compile what the winners come to, where the decision applies."""
        boxed = self._boxed(decision)
        if boxed is not None and (root := boxed.verdict()) is not None:
            return root
        above, place = self._ranks[decision.id].above, self._ranks[decision.id].place
        # In a row where each outranks the next, whoever is outranked least comes first.
        rules = sorted(self._bounds.winners(decision.id), key=lambda one: above[one].bit_count())
        if all(above[other] >> place[one] & 1 for one, other in pairwise(rules)):
            return self._in_turn(decision, rules)
        return self._side_by_side(decision)

    def _boxed(self, decision: Decision) -> BoxedRules | None:
        """Return the rules of a decision as boxes, if many can win and each takes few boxes."""
        if decision.id not in self._as_boxes:
            shape, found = Shape(self.ruleset, self.cells, self.level, self.may), None
            # Of one client a few rules are left open, and then boxes take longer than they spare.
            if len(self._bounds.winners(decision.id)) >= boxes.BOXED_FROM:
                found = boxes.boxed(decision, shape, self.diagram, self._ranks[decision.id])
            self._as_boxes[decision.id] = found
        return self._as_boxes[decision.id]

    def _in_turn(self, decision: Decision, rules: Sequence[str]) -> Node:
        """Compile rules each of which outranks the next: the first that applies decides."""
        # Side by side comes to the same, but makes more on the way: what a profile leaves open of
        # a hundred such rules takes fifteen times as long, and no longer fits its budget.
        diagram, rule = self.diagram, self.ruleset.rule
        otherwise = resolution.resolve(decision, (), self._ranks[decision.id].beaten)
        verdict = diagram.leaf(otherwise.without_rules)
        for one in reversed(rules):
            there = diagram.leaf(resolution.verdict_to(decision, target(rule[one])))
            verdict = diagram.ite(self._applies(one), there, verdict)
        return verdict

    def _side_by_side(self, decision: Decision) -> Node:
        """Compile rules in any order: targets are put over each other one by one.

        `verdict` is what those so far come to, and `none` where none of them is reached: there
        the next one stands alone, elsewhere it overlaps. With a rule for A and one for B it goes

            gap  ->  A if a else gap  ->  (overlap if a else B) if b else (A if a else gap)

        so there is a leaf per target, however many rules lead there and in whatever combination.
        """
        diagram, above = self.diagram, self._ranks[decision.id].above
        # Deepest first, for adding on top is cheap; of equals the one that is outranked least.
        steps = []
        for place, (where, some) in enumerate(resolution.by_target(decision).items()):
            reached = self.any_of(self._unbeaten(decision, rule) for rule in some)
            height = min(above[rule.id].bit_count() for rule in some)
            steps.append((-diagram.level[reached], height, place, reached, where))
        verdict, overlap = diagram.leaf(resolution.GAP), diagram.leaf(resolution.OVERLAP)
        none = TRUE
        # INVARIANT: `none` is where no target so far is reached, so `verdict` is a gap there.
        for *_, reached, where in sorted(steps):
            alone = diagram.leaf(resolution.verdict_to(decision, where))
            verdict = diagram.ite(reached, diagram.ite(none, alone, overlap), verdict)
            none = diagram.ite(reached, FALSE, none)
        return verdict

    def _applies(self, rule: str) -> Node:
        """Compile where a rule applies; nowhere where it cannot win."""
        decision, when = self.ruleset.decision_of[rule], self.ruleset.rule[rule].when
        truth = self._bounds.winners(decision.id).get(rule)
        if truth is None or when is None:
            return FALSE
        if truth is Truth.TRUE:
            return TRUE
        boxed = self._boxed(decision)
        alone = None if boxed is None else boxed.applies(rule)
        return self.condition(when) if alone is None else alone

    def _unbeaten(self, decision: Decision, rule: Rule) -> Node:
        """Compile where a rule applies and no rule that applies outranks it.

        Whether the decision applies is left aside.
        """
        known = self.known.get(("unbeaten", rule.id))
        if known is None:
            known = self._unbeaten_by_boxes(decision, rule)
            if known is None and rule.when is None:
                others = map(self._applies, self._bounds.winners(decision.id))
                known = self.diagram.negation(self.any_of(others))
            elif known is None:
                known = self.diagram.ite(self.outranking(rule.id), FALSE, self._applies(rule.id))
            self.known["unbeaten", rule.id] = known
        return known

    def _unbeaten_by_boxes(self, decision: Decision, rule: Rule) -> Node | None:
        """Return the same if it depends on other rules, and the rules are boxes."""
        alone = rule.when is not None and not self._ranks[decision.id].above[rule.id]
        boxed = None if alone else self._boxed(decision)
        if boxed is None:
            return None
        return boxed.left_over() if rule.when is None else boxed.wins(rule.id)

    def outranking(self, rule: str) -> Node:
        """Return where a rule applies that outranks this one, constraints aside.

        Those are the ones next above it, and what outranks them. Where several rules have the
        same next above them, it is made once.
        """
        next_above = self._ranks[self.ruleset.decision_of[rule].id].next_above

        def key(one: str) -> tuple[str, ...]:
            return "beaten", *next_above[one]

        known, todo = self.known, [rule]
        known["beaten",] = FALSE
        while todo:
            one = todo[-1]
            waiting = [other for other in next_above[one] if key(other) not in known]
            if waiting:
                todo += waiting
            else:
                todo.pop()
                if key(one) not in known:
                    parts = list(map(self._applies, next_above[one]))
                    parts += [known[key(other)] for other in next_above[one]]
                    known[key(one)] = self.any_of(parts)
        return known[key(rule)]

    def any_of(self, nodes: Iterable[Node]) -> Node:
        """Return where one of these holds at least."""
        return self._joined(set(nodes), FALSE)

    def conjunction(self, holds: Sequence[Condition]) -> Node:
        """Return the diagram of all the conditions together."""
        return self._join(holds, TRUE)
