"""Minimal conflicts, facts whose known values cannot be true together: a function, not a list.

A set of facts *clashes* if the constraints do not allow what is known of them, whatever else
is so. Who knows more finds no less: that is a monotone function of "is it known", and its
diagram stays small where its minimal sets are past listing (at least 50 of 100 facts: 10^29
sets, 2,552 nodes). It is worked out from the diagram of the constraints, from below:

    a leaf          clashes where the constraints fail
    node of a fact  unknown: where all its children clash; known: where those that may be do

Example: x and y exclude each other, and both are known to be true. At the node of y (x is
true), "unknown" clashes nowhere and "known" everywhere; at x, "known" leads to that node and
"unknown" to no clash. So the function is "x and y are known", and {x, y} the one conflict.

A monotone function depends on just the variables of its minimal sets, so the facts of all
minimal conflicts take no sets at all. The sets themselves are another function of the same
variables (the minimal solutions of A. Rauzy, "New algorithms for fault trees analysis", 1993),
and what is asked of them takes one pass over its diagram.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from itertools import islice
from operator import or_
from typing import TypeAlias

from routeengine.bits import numbers
from routeengine.errors import BudgetError
from routeengine.lazy import cached_property
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node

BUDGET = 20_000
"""Nodes for what clashes in one coupling, and as many again for its minimal sets."""

CellSet: TypeAlias = frozenset[tuple[int, int]]
"""What is known of some variables: per variable its level, and its cell."""


def clash_of(
    diagram: Diagram, held: Node, ways: Sequence[Sequence[int]], budget: int = BUDGET
) -> tuple[Diagram, Node]:
    """Return "what is known cannot be true together", as a diagram of its own and its root.

    `held` is what must hold; its leaves are truth values. `ways` has, per level, the ways in which
    that variable may be known, each the set of cells (as bits) in which it then may be. The new
    variables have a cell for "it is unknown", and after it one for each of those.

    Raises BudgetError if more than `budget` nodes are needed.
    """
    own = Diagram([1 + len(some) for some in ways], budget)
    clash = {FALSE: TRUE, TRUE: FALSE}
    for node, level, below in diagram.inner(held):
        children = [clash[child] for child in below]
        # Unknown it may be in every cell, known in some: it clashes where all of those do.
        some = [[children[cell] for cell in numbers(way)] for way in ways[level]]
        all_of = [reduce(own.conjunction, one) for one in (children, *some)]
        clash[node] = own.node(level, tuple(all_of))
    return own, clash[held]


def minimal_sets(diagram: Diagram, root: Node) -> Node:
    """Return the minimal sets of a monotone function: true if what is known is one of them.

    The function is one as `clash_of` returns: with cell 0 a variable is unknown, and it is
    true nowhere that another cell is not. Both are in the same diagram. From below:

        a leaf  true: the set without anything; false: no set
        a node  unknown: the sets below "unknown"; known: those that are not enough if it is not

    Example: for "x, or y and z" it goes from "z" (the set {z}) by "y and z" ({y, z}) to x. With
    x known the empty set is enough, and is not without it: so {x} is minimal, and so is {y, z}.

    Raises BudgetError if the diagram has no room for it.
    """
    nothing = [TRUE]  # per level, from the lowest up: all is unknown from there on
    for size in reversed(diagram.sizes):
        none = diagram.node(diagram.leaf_level - len(nothing), (nothing[-1], *[FALSE] * (size - 1)))
        nothing.append(none)

    def below(level: int, child: Node) -> Node:
        """Return the sets of a child; the variables in between are unknown."""
        if child == TRUE:
            return nothing[diagram.leaf_level - level - 1]
        sets = minimal[child]
        for between in reversed(range(level + 1, diagram.level[child])):
            sets = diagram.node(between, (sets, *[FALSE] * (diagram.sizes[between] - 1)))
        return sets

    minimal = {FALSE: FALSE}
    for node, level, (unknown, *known) in diagram.inner(root):
        # A set that is enough without this fact is not minimal with it.
        sets = [diagram.ite(unknown, FALSE, below(level, child)) for child in known]
        minimal[node] = diagram.node(level, (below(level, unknown), *sets))
    return below(-1, root)


def sets_in(diagram: Diagram, root: Node) -> Iterator[CellSet]:
    """Yield each set of a family as `minimal_sets` returns it."""
    todo: list[tuple[Node, tuple[tuple[int, int], ...]]] = [(root, ())]
    while todo:
        node, some = todo.pop()
        if node == TRUE:
            yield frozenset(some)
        for cell, child in enumerate(diagram.children[node]):
            todo.append((child, (*some, (diagram.level[node], cell)) if cell else some))


def smallest_clashes(
    diagram: Diagram, held: Node, limit: int, budget: int = BUDGET
) -> list[CellSet] | None:
    """Return the smallest sets of cells that make `held` false whatever else is so.

    Each has per variable its level and its cell; the smallest come first. None where there are
    more than `limit`, or where finding them takes more than the budget of nodes. `held` has
    truth values at its leaves.
    """
    every = [[1 << cell for cell in range(size)] for size in diagram.sizes]
    try:
        own, clash = clash_of(diagram, held, every, budget)
        own.budget += budget
        sets = list(islice(sets_in(own, minimal_sets(own, clash)), limit + 1))
    except BudgetError:
        return None
    if len(sets) > limit:
        return None
    # The first cell of the new variables is for what is unknown.
    found = [frozenset((level, cell - 1) for level, cell in one) for one in sets]
    return sorted(found, key=lambda clash: (len(clash), sorted(clash)))


class Clash:
    """The minimal conflicts of one coupling of constraints, for what is known of its facts.

    `known` are the facts of which something is known, in declared order, each with the cells
    that it may be in; facts that are not in it are unknown. `held` is what the constraints
    come to in a diagram, or None if that is too large; `order` names its levels.

    Over the budget it says so: not `exact`. If what clashes does not fit (or `held` is
    None, and who calls knows that the facts clash), everything known counts as one conflict.
    If only the minimal sets do not fit, the union is what it is, and one conflict is named.
    """

    def __init__(
        self,
        known: Mapping[str, int],
        diagram: Diagram,
        held: Node | None,
        order: Sequence[str],
        budget: int = BUDGET,
    ) -> None:
        # The first fact has the highest bit, so of as many facts the first ones weigh most.
        self._bits = {fact: 1 << n for n, fact in enumerate(reversed(list(known)))}
        self._order, self._budget = order, budget
        self._function: tuple[Diagram, Node] | None = None
        if held is not None:
            ways = [(known[fact],) if fact in known else () for fact in order]
            with suppress(BudgetError):
                self._function = clash_of(diagram, held, ways, budget)
        self.fits = self._function is not None
        """Whether `union` has no fact too many."""

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
    def _sets(self) -> tuple[Diagram, Node] | None:
        """The minimal sets, and their diagram; None if they do not fit."""
        if self._function is None:
            return None
        diagram, root = self._function
        diagram.budget = len(diagram) + self._budget
        try:
            return diagram, minimal_sets(diagram, root)
        except BudgetError:
            return None

    def touching(self, facts: Collection[str]) -> frozenset[str]:
        """Return the facts of the minimal conflicts that have one of these facts."""
        return self._named(facts, 0, or_)

    def smallest(self, facts: Collection[str]) -> frozenset[str]:
        """Return the smallest minimal conflict that has one of these; of equals the first."""
        return self._named(facts, 1 << len(self._bits), max)

    def _named(
        self, facts: Collection[str], price: int, join: Callable[[int, int], int]
    ) -> frozenset[str]:
        """Return the facts of the sets that have one of these facts, `join`ed to one set of bits.

        A set weighs the sum of its facts' bits, less a `price` for each fact. With the price 0 and
        "or" that is all of them. With a price above every bit, the set that weighs most has the
        fewest facts, and of such sets the first declared: of a, b and c, with the bits 4, 2 and 1
        and the price 8, {a, c} weighs -11 and {b, c} weighs -13, and {b} weighs -6, the low bits of
        which are those of b.
        """
        bearing = self.union.intersection(facts)
        if self._function is None or not bearing:
            return self.union if bearing else frozenset()
        if self._sets is None:
            first = max(bearing, key=self._bits.__getitem__)
            return self._conflict_with(first, *self._function)
        levels = {level for level, fact in enumerate(self._order) if fact in bearing}
        weights = [self._bits.get(fact, price) - price for fact in self._order]
        weight = _joined(*self._sets, levels, weights, join)
        return frozenset(fact for fact, bit in self._bits.items() if weight & bit)

    def _conflict_with(self, fact: str, diagram: Diagram, root: Node) -> frozenset[str]:
        """Return one minimal conflict that has this fact of the union.

        The function depends on it. So what is known of some others is no clash by itself, and
        with this fact it is: whatever can be left out of these then, this fact stays.
        """
        # Room for the function and for what is left of it with the fact unknown, and known.
        own, at = Diagram(diagram.sizes, 4 * len(diagram)), self._order.index(fact)
        top = diagram.copy([root], own)[root]
        apart, known = (own.cofactor(top, at, 0), own.cofactor(top, at, 1)), {at}
        # Down to where they part for good; what is needed on the way is known.
        while apart != (FALSE, TRUE):
            level = min(own.level[node] for node in apart)
            without, with_it = own.cofactors(level, *apart)
            if without[0] == without[1] or (level < at and with_it[0] != with_it[1]):
                apart = with_it
                known.add(level)
            else:
                apart = without
        # The last declared go first, so that of equal conflicts the first ones are named.
        for other in sorted(known, key=lambda level: self._bits[self._order[level]]):
            fewer = known - {other}
            if TRUE in own.reach(top, [1 << (level in fewer) for level in range(own.leaf_level)]):
                known = fewer
        return frozenset(self._order[level] for level in known)


def _joined(
    diagram: Diagram,
    sets: Node,
    bearing: Collection[int],
    weights: Sequence[int],
    join: Callable[[int, int], int],
) -> int:
    """Return the weights of the sets that have one of these variables, joined to one.

    There is such a set. The weight of a set is the sum of its variables', by level. Adding must
    distribute over `join`, as it does over "the larger of the two".
    """
    # Per node the joined weights of all its sets, and of those with one of `bearing`.
    every, hit = {TRUE: 0}, dict[Node, int]()
    for node, level, (unknown, *known) in diagram.inner(sets):
        for into, source in ((hit, every if level in bearing else hit), (every, every)):
            some = [source[child] + weights[level] for child in known if child in source]
            some += [into[unknown]] if unknown in into else []
            if some:
                into[node] = reduce(join, some)
    return hit[sets]


class Conflicts:
    """The minimal conflicts of one profile: of all its couplings, which share no fact.

    True where there is one. `order` are the facts in declared order.
    """

    def __init__(self, order: Sequence[str] = (), clashes: Iterable[Clash] = ()) -> None:
        self._order = order
        self._clashes = [clash for clash in clashes if clash.union]

    def __bool__(self) -> bool:
        return bool(self._clashes)

    @property
    def union(self) -> frozenset[str]:
        """The facts of all minimal conflicts: what counts as unknown."""
        return frozenset().union(*[clash.union for clash in self._clashes])

    def exact(self, facts: Collection[str]) -> bool:
        """Return whether all is said of the conflicts that have one of these facts."""
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
