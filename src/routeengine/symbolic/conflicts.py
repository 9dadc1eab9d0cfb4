"""Minimal conflicts: facts whose known values cannot stand together, as a function, not as a list.

A set of facts *clashes* where the constraints do not allow what is known of them, whatever else
is so. Who knows more finds no less: that is a monotone function of "is it known", and its
diagram stays small where its minimal sets are past listing (at least 50 of 100 facts: 10^29
sets, 2,552 nodes). It is worked out from the diagram of the constraints, from below:

    a leaf          clashes where the constraints fail
    node of a fact  unknown: where all its children clash; known: where those that may be do

Example: x and y exclude each other, and both are known to be true. At the node of y (x is
true), "unknown" clashes nowhere and "known" everywhere; at x, "known" leads to that node and
"unknown" to no clash. So the function is "x and y are known", and {x, y} the one conflict.

Every variable of a monotone function stands in a minimal set, so the facts of all minimal
conflicts are those that the function depends on: that takes no sets at all. The sets themselves
are a zero-suppressed diagram, by the minimal solutions of A. Rauzy, "New algorithms for fault
trees analysis" (1993), and what is asked of them takes one pass over it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, or_

from routeengine.bits import numbers
from routeengine.errors import BudgetError
from routeengine.lazy import cached_property
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node

BUDGET = 20_000
"""Nodes for what clashes in one coupling, and as many again for its minimal sets."""

PAIRS = 20
"""Pairs of nodes that are looked at per node that may be made, in working out minimal sets."""

NONE = 0
"""The family without a set."""

EMPTY = 1
"""The family of just the empty set."""


def clash_of(
    diagram: Diagram, held: Node, told: Sequence[Sequence[int]], budget: int = BUDGET
) -> tuple[Diagram, Node]:
    """Return "what is told cannot stand together", as a diagram of its own and its root.

    `held` is what must hold; its leaves are truth values. `told` has, per level, what there is
    to tell of that variable, each the set of cells (as bits) in which it then may be. The new
    variables have a cell for "nothing is told", and after it one for each of those.

    Raises BudgetError where more than `budget` nodes are needed.
    """
    own = Diagram([1 + len(ways) for ways in told], budget)
    clash = {FALSE: TRUE, TRUE: FALSE}
    for node in reversed(diagram.reachable(held)):
        kids = [clash[kid] for kid in diagram.kids[node]]
        if kids:
            level = diagram.level[node]
            some = [[kids[cell] for cell in numbers(way)] for way in told[level]]
            all_of = [reduce(own.conjunction, one) for one in (kids, *some)]
            clash[node] = own.node(level, tuple(all_of))
    return own, clash[held]


class MinimalSets:
    """The minimal sets of a monotone function: what has to be told, and nothing besides.

    The function is one as `clash_of` gives: cell 0 of a variable tells nothing, and is true
    nowhere that another cell is not. A node of this family has the sets without its variable as
    its first child, and then, per other cell, those with the variable in that cell.

    Raises BudgetError where more than `budget` nodes are needed, or too many steps.
    """

    def __init__(self, diagram: Diagram, root: Node, budget: int = BUDGET) -> None:
        self._diagram = diagram
        self._budget = budget
        self._level = [diagram.bottom, diagram.bottom]
        self._kids: list[tuple[int, ...]] = [(), ()]
        self._nodes: dict[tuple[int, tuple[int, ...]], int] = {}
        self._left: dict[tuple[int, Node], int] = {}
        minimal = {FALSE: NONE, TRUE: EMPTY}
        for node in reversed(diagram.reachable(root)):
            if diagram.kids[node]:
                less, *more = diagram.kids[node]
                kids = [self._outside(minimal[kid], less) for kid in more]
                minimal[node] = self._node(diagram.level[node], (minimal[less], *kids))
        self._root = minimal[root]

    def __len__(self) -> int:
        return len(self._level)

    def __iter__(self) -> Iterator[frozenset[tuple[int, int]]]:
        """Yield each set: per variable its level, and the cell that tells of it."""
        todo: list[tuple[int, tuple[tuple[int, int], ...]]] = [(self._root, ())]
        while todo:
            node, some = todo.pop()
            if node == EMPTY:
                yield frozenset(some)
            for cell, kid in enumerate(self._kids[node]):
                if kid != NONE:
                    todo.append((kid, (*some, (self._level[node], cell)) if cell else some))

    @property
    def count(self) -> int:
        """How many sets there are."""
        return self._fold(1, [0] * self._diagram.bottom, add)[0][self._root] or 0

    def joined(
        self, bearing: Collection[int], weights: Sequence[int], join: Callable[[int, int], int]
    ) -> int | None:
        """Return the weights of the sets that have one of these variables, joined to one.

        The weight of a set is the sum of its variables', by level. None where there is no such
        set. Adding must distribute over `join`, as it does over "the larger of the two".
        """
        return self._fold(0, weights, join, bearing)[1][self._root]

    def _fold(
        self,
        start: int,
        weights: Sequence[int],
        join: Callable[[int, int], int],
        bearing: Collection[int] = (),
    ) -> tuple[list[int | None], list[int | None]]:
        """Join the weights per node: of all its sets, and of those that bear a variable."""

        def joined(values: Iterable[int | None], more: int = 0) -> int | None:
            told = [value + more for value in values if value is not None]
            return reduce(join, told) if told else None

        every: list[int | None] = [None, start]
        hit: list[int | None] = [None, None]
        for level, (less, *more) in zip(self._level[2:], self._kids[2:], strict=True):
            source, heavy = every if level in bearing else hit, weights[level]
            with_it = joined([source[kid] for kid in more], heavy)
            hit.append(joined((hit[less], with_it)))
            every.append(joined((every[less], joined([every[kid] for kid in more], heavy))))
        return every, hit

    def _node(self, level: int, kids: tuple[int, ...]) -> int:
        if not any(kids[1:]):
            return kids[0]
        known = self._nodes.get((level, kids))
        if known is None:
            if len(self) >= self._budget:
                raise BudgetError(f"more than {self._budget} nodes are needed for sets")
            known = self._nodes[level, kids] = len(self)
            self._level.append(level)
            self._kids.append(kids)
        return known

    def _outside(self, family: int, clash: Node) -> int:
        """Give the sets of a family on which a function is false."""
        level, kids = self._diagram.level, self._diagram.kids
        left = self._left

        def down(some: int, node: Node) -> tuple[int, Node]:
            # Of a variable above all those of the family, no set tells anything.
            while level[node] < self._level[some]:
                node = kids[node][0]
            return some, node

        start = down(family, clash)
        todo = [start]
        while todo:
            pair = some, node = todo[-1]
            if pair in left:
                todo.pop()
            elif some == NONE or node in (FALSE, TRUE):
                left[pair] = some if node == FALSE else NONE
            else:
                at, parts = self._level[some], self._kids[some]
                there = kids[node] if level[node] == at else (node,) * len(parts)
                below = list(map(down, parts, there))
                pending = [one for one in below if one not in left]
                todo += pending
                if not pending:
                    left[pair] = self._node(at, tuple([left[one] for one in below]))
            if len(left) > PAIRS * self._budget:
                raise BudgetError(f"more than {PAIRS * self._budget} pairs of nodes are needed")
        return left[start]


@dataclass(frozen=True, slots=True)
class Held:
    """What must hold of some facts: a diagram of truth values; `order` names its levels."""

    diagram: Diagram
    root: Node
    order: Sequence[str]


class Clash:
    """The minimal conflicts of one coupling of constraints, for what is known of its facts.

    `known` are the facts of which something is known, in declared order, each with the cells
    that it may be in; facts that are not in it are unknown. `held` is what the constraints
    come to, or None where that is too large.

    Over the budget it says so: not `exact`. Where what clashes does not fit (or `held` is
    None, and who calls knows that the facts clash), everything known counts as one conflict.
    Where only the minimal sets do not fit, the union is what it is, and one conflict is named.
    """

    def __init__(self, known: Mapping[str, int], held: Held | None, budget: int = BUDGET) -> None:
        # The first fact has the highest bit, so of as many facts the first ones weigh most.
        self._bits = {fact: 1 << n for n, fact in enumerate(reversed(list(known)))}
        self._budget = budget
        self._order: Sequence[str] = ()
        self._function: tuple[Diagram, Node] | None = None
        if held is not None:
            told = [(known[fact],) if fact in known else () for fact in held.order]
            try:
                self._function = clash_of(held.diagram, held.root, told, budget)
                self._order = held.order
            except BudgetError:
                pass

    @property
    def fits(self) -> bool:
        """Whether `union` has no fact too many."""
        return self._function is not None

    @property
    def exact(self) -> bool:
        """Whether all is said of the minimal conflicts that is asked."""
        return self._sets is not None

    @cached_property
    def union(self) -> frozenset[str]:
        """The facts of all minimal conflicts: none where nothing clashes."""
        if self._function is None:
            return frozenset(self._bits)
        diagram, root = self._function
        return frozenset(self._order[level] for level in diagram.support(root))

    @cached_property
    def _sets(self) -> MinimalSets | None:
        try:
            return None if self._function is None else MinimalSets(*self._function, self._budget)
        except BudgetError:
            return None

    @property
    def sets(self) -> MinimalSets:
        """The minimal conflicts, by level. Raises BudgetError where they do not fit."""
        if self._sets is None:
            raise BudgetError("the minimal conflicts of these constraints do not fit")
        return self._sets

    def __iter__(self) -> Iterator[frozenset[str]]:
        """Yield every minimal conflict. Raises BudgetError where they do not fit."""
        for one in self.sets:
            yield frozenset(self._order[level] for level, _ in one)

    def touching(self, facts: Collection[str]) -> frozenset[str]:
        """Return the facts of the minimal conflicts that have one of these facts."""
        return self._named(facts, 0, or_)

    def smallest(self, facts: Collection[str]) -> frozenset[str]:
        """Return the smallest minimal conflict that has one of these; of equals the first."""
        return self._named(facts, 1 << len(self._bits), max)

    def _named(
        self, facts: Collection[str], price: int, join: Callable[[int, int], int]
    ) -> frozenset[str]:
        """Return the facts of the sets that have one of these facts, each at a price."""
        bearing = self.union.intersection(facts)
        if self._function is None or not bearing:
            return self.union if bearing else frozenset()
        if self._sets is None:
            return self._one(max(bearing, key=self._bits.__getitem__), *self._function)
        levels = [level for level, fact in enumerate(self._order) if fact in bearing]
        weights = [self._bits.get(fact, price) - price for fact in self._order]
        weight = self._sets.joined(levels, weights, join) or 0
        return frozenset(fact for fact, bit in self._bits.items() if weight & bit)

    def _one(self, fact: str, diagram: Diagram, root: Node) -> frozenset[str]:
        """Return one minimal conflict that has this fact of the union.

        The function depends on it. So what is known of some others is no clash by itself, and
        with this fact it is: whatever can be left out of these then, this fact stays.
        """
        kids, level, at = diagram.kids, diagram.level, self._order.index(fact)
        leads: set[Node] = set()  # where the function depends on the fact
        for node in reversed(diagram.reachable(root)):
            if level[node] == at or not leads.isdisjoint(kids[node]):
                leads.add(node)
        known, node = {at}, root
        while level[node] < at:
            told = kids[node][1] in leads
            known |= {level[node]} if told else set()
            node = kids[node][told]
        without, with_it = kids[node]
        while (without, with_it) != (FALSE, TRUE):
            top = min(level[without], level[with_it])
            one = kids[without] if level[without] == top else (without, without)
            two = kids[with_it] if level[with_it] == top else (with_it, with_it)
            told = one[1] != two[1]  # else they differ where the next one is unknown
            known |= {top} if told else set()
            without, with_it = one[told], two[told]
        for other in sorted(known, key=lambda level: self._bits[self._order[level]]):
            fewer, node = known - {other}, root
            while kids[node]:
                node = kids[node][level[node] in fewer]
            known = fewer if node == TRUE else known
        return frozenset(self._order[level] for level in known)


class Conflicts:
    """The minimal conflicts of one profile: of all its couplings, which share no fact.

    True where there is one. `order` are the facts in declared order.
    """

    def __init__(self, order: Sequence[str] = (), clashes: Iterable[Clash] = ()) -> None:
        self._order = order
        self._clashes = [clash for clash in clashes if clash.union]

    def __bool__(self) -> bool:
        return bool(self._clashes)

    def __iter__(self) -> Iterator[frozenset[str]]:
        """Yield every minimal conflict. Raises BudgetError where they do not fit."""
        for clash in self._clashes:
            yield from clash

    @property
    def union(self) -> frozenset[str]:
        """The facts of all minimal conflicts: what counts as unknown."""
        return frozenset().union(*[clash.union for clash in self._clashes])

    @property
    def count(self) -> int:
        """How many minimal conflicts there are. Raises BudgetError where they do not fit."""
        return sum([clash.sets.count for clash in self._clashes])

    def exact(self, facts: Collection[str]) -> bool:
        """Say whether all is said of the conflicts that have one of these facts."""
        return all(clash.exact or clash.union.isdisjoint(facts) for clash in self._clashes)

    def touching(self, facts: Collection[str]) -> frozenset[str]:
        """Return the facts of the minimal conflicts that have one of these facts."""
        return frozenset().union(*[clash.touching(facts) for clash in self._clashes])

    def smallest(self, facts: Collection[str]) -> frozenset[str] | None:
        """Return the smallest minimal conflict that has one of these facts, or None.

        Of equals it is the first in declared order.
        """
        found = [one for clash in self._clashes if (one := clash.smallest(facts))]
        return min(
            found, key=lambda one: (len(one), min(map(self._order.index, one))), default=None
        )
