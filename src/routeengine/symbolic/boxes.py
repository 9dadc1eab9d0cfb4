"""Decisions of many rules, each of which asks one set of values per fact: tables, mostly.

Put over each other one by one, thousands of rules make a hundred times as many nodes on the way as
are left. So the facts are gone through once, for all rules together: a *state* is the boxes that
are still open, with what is settled by now, and ways that lead to one state share what is below.

    r1  age 0-17           -> junior      at age 0-17   open: r1, sure    -> junior
    r2  age 18-, fine none -> full        at age 18-    open: r2, by fine -> full, or a gap
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from routeengine.bits import highest, numbers
from routeengine.ruleset import conditions, resolution
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.resolution import Ranks, target
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.symbolic.layout import Cells

BOXED_FROM = 32
"""Rules that can win, at least, for a decision to be compiled so; fewer are put over each other."""

MAX_BOXES = 16
"""Boxes of one rule: what it asks, as one of so many sets of values per fact."""

MAX_STATES, MAX_STEPS = 100_000, 5_000_000
"""States, and the cells of all of them: past either limit, rules are put over each other."""

STATES_PER_BOX = 50
"""States for each box, as long as they stay below that limit.

A table takes up to 20. A hundred rules on anything are given up after a few thousand, where to go
on to the limit, in vain, made such rules five times as slow to build.
"""

Box: TypeAlias = Mapping[int, frozenset[int]]
"""The cells that each level may be in; a level that is not there may be in any."""

State: TypeAlias = tuple[int, int]
"""The boxes that are open, and what is settled, both as bits."""

Stop: TypeAlias = tuple[int, State]
"""The place of the first level that an open box still asks, and the state there."""

Settle: TypeAlias = Callable[[int, int, int], State]
"""Takes a state and a level; returns it with all that follows where the levels above are known."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What boxes are made of: per fact its cells, its level, and the cells that it may be in."""

    ruleset: RuleSet
    cells: Cells
    level: Mapping[str, int]
    may: Mapping[str, int]

    def boxes(self, condition: Condition, *, denied: bool = False) -> list[Box] | None:
        """Return the boxes in one of which a condition holds, or None if they are too many."""
        match condition:
            case conditions.FactIs():
                return self._of_fact(condition, denied=denied)
            case conditions.CriterionIs(name):
                return self.boxes(self.ruleset.criterion[name].when, denied=denied)
            case conditions.Not(part):
                return self.boxes(part, denied=not denied)
            case conditions.All(parts) | conditions.Any(parts):
                found = [self.boxes(one, denied=denied) for one in parts]
                together = isinstance(condition, conditions.All) is not denied
                return _all_of(found) if together else _any_of(found)
            case _:
                return None

    def _of_fact(self, comparison: conditions.FactIs, *, denied: bool) -> list[Box]:
        fact = comparison.fact
        cells = frozenset(self.cells.touched(fact, comparison.allowed))
        every = range(len(self.cells.of[fact]))
        if denied:
            cells = frozenset(every) - cells
        if (level := self.level.get(fact)) is None:
            return [{}] if highest(self.may[fact]) in cells else []
        if len(cells) == len(every):
            return [{}]
        return [{level: cells}] if cells else []


def _any_of(found: Sequence[list[Box] | None]) -> list[Box] | None:
    boxes: list[Box] = []
    for some in found:
        if some is None or len(boxes) + len(some) > MAX_BOXES:
            return None
        boxes += some
    return boxes


def _all_of(found: Sequence[list[Box] | None]) -> list[Box] | None:
    boxes: list[Box] = [{}]
    for some in found:
        if some is None or len(boxes) * len(some) > MAX_BOXES:
            return None
        both = (_both(one, other) for one in boxes for other in some)
        boxes = [one for one in both if one is not None]
    return boxes


def _both(one: Box, other: Box) -> Box | None:
    """Return where two boxes meet, if they do."""
    box = dict(one)
    for level, cells in other.items():
        box[level] = cells & box[level] if level in box else cells
        if not box[level]:
            return None
    return box


class BoxedRules:
    """The rules of one decision as boxes, in declared order; `otherwise` has none."""

    def __init__(
        self, decision: Decision, diagram: Diagram, ranks: Ranks, boxes: Sequence[Sequence[Box]]
    ) -> None:
        self.diagram, self._decision, self._ranks = diagram, decision, ranks
        self._rule = [number for number, some in enumerate(boxes) for _ in some]
        self._own = [0] * len(boxes)
        self._targets = list(resolution.by_target(decision))
        sizes = diagram.sizes
        # Sets of boxes are bits. Per level `_asks` has the boxes that ask it, `_in_cell` those of
        # them that hold in each cell, and `_ended` those that ask nothing from that level on. Per
        # rule `_own` has its boxes, and `_leads` the place of its target in `_targets`. Per target
        # `_alike` has the boxes of all rules that lead there.
        self._asks = [0] * len(sizes)
        self._in_cell = [[0] * size for size in sizes]
        self._ended = [0] * (len(sizes) + 1)
        self._boxes = [one for some in boxes for one in some]
        self._every = (1 << len(self._boxes)) - 1
        for number, box in enumerate(self._boxes):
            self._own[self._rule[number]] |= 1 << number
            for level, cells in box.items():
                self._asks[level] |= 1 << number
                for cell in cells:
                    self._in_cell[level][cell] |= 1 << number
            self._ended[max(box, default=-1) + 1] |= 1 << number
        for level in range(len(sizes)):
            self._ended[level + 1] |= self._ended[level]
        self._alike = [0] * len(self._targets)
        self._leads = []
        for place, rule in enumerate(decision.rules):
            self._leads.append(self._targets.index(target(rule)))
            self._alike[self._leads[-1]] |= self._own[place]
        self._ranked = any(ranks.above.values())
        self._above = [self._of(ranks.above[rule.id]) for rule in decision.rules]
        self._below = self._all_below() if self._ranked else []

    def applies(self, rule: str) -> Node | None:
        """Return where a rule applies, or None if that is in more than one box."""
        own = self._own[self._ranks.place[rule]]
        if own & own - 1:
            return None
        node = TRUE if own else FALSE
        for level, cells in sorted(self._boxes[highest(own)].items(), reverse=True) if own else ():
            children = [FALSE] * self.diagram.sizes[level]
            for cell in cells:
                children[cell] = node
            node = self.diagram.node(level, tuple(children))
        return node

    def _of(self, rules: int) -> int:
        """Return the boxes of rules, both as bits."""
        boxes = 0
        for rule in numbers(rules):
            boxes |= self._own[rule]
        return boxes

    def _all_below(self) -> list[int]:
        """Return, per rule, the boxes of those that it outranks."""
        below = [0] * len(self._own)
        for loser, rule in enumerate(self._decision.rules):
            for place in numbers(self._ranks.above[rule.id]):
                below[place] |= self._own[loser]
        return below

    def verdict(self) -> Node | None:
        """Return the diagram of what the winners come to, or None if there are too many states."""
        decision, diagram = self._decision, self.diagram
        otherwise = resolution.resolve(decision, (), self._ranks.beaten)
        nothing = diagram.leaf(otherwise.without_rules)
        overlap = diagram.leaf(resolution.OVERLAP)

        def leaf(settled: int) -> Node:
            if not settled:
                return nothing
            if settled & settled - 1:
                return overlap
            where = self._targets[highest(settled)]
            return diagram.leaf(resolution.verdict_to(decision, where))

        return self._walked((self._every, 0), self._settle, leaf)

    def left_over(self) -> Node | None:
        """Return where no rule applies, or None if there are too many states."""
        start = self._every, 0
        return self._walked(start, self._settle, lambda settled: FALSE if settled else TRUE)

    def wins(self, rule: str) -> Node | None:
        """Return where a rule applies and none that outranks it, or None for too many states."""
        place = self._ranks.place[rule]
        own, above = self._own[place], self._above[place]

        def settle(open_: int, settled: int, level: int) -> State:
            sure = open_ & self._ended[level]
            if sure & above or not (settled or open_ & own):
                return 0, 0
            return (open_ & ~own, 1) if sure & own else (open_, settled)

        start = own | above & self._met_by(own)
        return self._walked((start, 0), settle, lambda settled: TRUE if settled else FALSE)

    def _met_by(self, boxes: int) -> int:
        """Return the boxes that have some profiles in common with one of these."""
        found = 0
        for number in numbers(boxes):
            some = self._every
            for level, cells in self._boxes[number].items():
                there = ~self._asks[level]
                for cell in cells:
                    there |= self._in_cell[level][cell]
                some &= there
            found |= some
        return found

    def _settle(self, open_: int, settled: int, level: int) -> State:
        """Return a state with all that follows where the levels above this one are known.

        In the example above, with r1 as box 0, r2 as box 1 and the targets junior and full, at age
        0-17 just box 0 is open, and it asks nothing more: r1 wins. So (0b01, 0b00) becomes
        (0b00, 0b01): nothing is open, and junior is settled.
        """
        sure = open_ & self._ended[level]
        # What is outranked by a rule that is sure to apply is out, whatever else is so.
        for box in numbers(sure) if self._ranked else ():
            open_ &= ~self._below[self._rule[box]]
        for box in numbers(sure & open_):
            rule = self._rule[box]
            if not self._above[rule] & open_:
                # It wins, so that its boxes have done their part.
                open_ &= ~self._own[rule]
                settled |= 1 << self._leads[rule]
                if not self._ranked:
                    open_ &= ~self._alike[self._leads[rule]]
        # Of two that win and lead elsewhere no more has to be known.
        return (0, 0b11) if settled & settled - 1 else (open_, settled)

    def _walked(self, start: State, settle: Settle, leaf: Callable[[int], Node]) -> Node | None:
        """Return the diagram that a state stands for: all ways down first, and then the nodes."""
        sizes, asks = self.diagram.sizes, self._asks
        # Of the levels just those that some box asks: what wins against few others asks few.
        levels = [level for level in range(len(sizes)) if asks[level] & start[0]]
        end = len(levels)
        ends = [*levels, len(sizes)]

        def stop(state: State, place: int) -> Stop:
            open_, settled = settle(*state, ends[place])
            while place < end and not asks[levels[place]] & open_:
                place += 1
            return (end, (0, settled)) if place == end else (place, (open_, settled))

        root = stop(start, 0)
        # Per level the states that stop there, each with where its cells lead.
        waiting: list[dict[State, list[Stop]]] = [{} for _ in ends]
        waiting[root[0]][root[1]] = []
        steps = states = 0
        most = min(MAX_STATES, STATES_PER_BOX * len(self._boxes))
        for place, level in enumerate(levels):
            for (open_, settled), below in waiting[place].items():
                states, steps = states + 1, steps + sizes[level]
                if states > most or steps > MAX_STEPS:
                    return None
                asked, rest = open_ & asks[level], open_ & ~asks[level]
                found: dict[int, Stop] = {}
                for here in self._in_cell[level]:
                    left = asked & here
                    if left not in found:
                        found[left] = at, one = stop((rest | left, settled), place + 1)
                        waiting[at].setdefault(one, [])
                    below.append(found[left])
        nodes = {(end, state): leaf(state[1]) for state in waiting[end]}
        for place in reversed(range(end)):
            for state, below in waiting[place].items():
                children = tuple([nodes[one] for one in below])
                nodes[place, state] = self.diagram.node(levels[place], children)
        return nodes[root]


def boxed(decision: Decision, shape: Shape, diagram: Diagram, ranks: Ranks) -> BoxedRules | None:
    """Return the rules of a decision as boxes, or None if one of them takes too many."""
    boxes: list[Sequence[Box]] = []
    for rule in decision.rules:
        some = [] if rule.when is None else shape.boxes(rule.when)
        if some is None:
            return None
        boxes.append(some)
    return BoxedRules(decision, diagram, ranks, boxes)
