"""Ordered multi-valued decision diagrams with any values at their leaves.

A node tests one variable and has one child per cell of it; on every path the
variables come in the same order, each at most once. Equal nodes are one node,
so two functions are equal just when their roots are (R. E. Bryant, "Graph-based
algorithms for Boolean function manipulation", 1986; A. Srinivasan and others,
"Algorithms for discrete function manipulation", 1990, for the multi-valued form).

Nothing here recurses, so the number of variables is not bounded by the stack.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from operator import eq
from typing import Any

from routeengine.bits import highest
from routeengine.errors import BudgetError

Node = int
"""A node by number. INVARIANT: a node's children have smaller numbers."""

FALSE: Node = 0
TRUE: Node = 1

IMPOSSIBLE = None
"""The value of a leaf for what the constraints exclude."""

MAX_TRIPLES = 20
"""Results that `ite` may remember, per node of the budget: past it the work is given up."""

WORTH_KEEPING = 0.9
"""If more than this share of the nodes is kept, `trim` leaves all as it is."""


class Diagram:
    """A store of nodes, over variables with these numbers of cells.

    Raises BudgetError if more than `budget` nodes would be needed.
    """

    def __init__(self, sizes: Sequence[int], budget: int) -> None:
        self.sizes = tuple(sizes)
        self.budget = budget
        self.leaf_level = len(self.sizes)  # the level of leaves: below every variable
        self.level: list[int] = []
        self.children: list[tuple[Node, ...]] = []
        self.values: list[Any] = []
        self._nodes: dict[tuple[int, tuple[Node, ...]], Node] = {}
        self._leaves: dict[tuple[type, Hashable], Node] = {}
        self._memo: dict[Hashable, dict[Any, Node]] = {}
        self.leaf(False)
        self.leaf(True)

    def __len__(self) -> int:
        return len(self.level)

    def leaf(self, value: Hashable) -> Node:
        """Return the leaf with this value; True is not 1, for the type counts."""
        key = (type(value), value)
        if (known := self._leaves.get(key)) is None:
            known = self._leaves[key] = self._add(self.leaf_level, (), value)
        return known

    def node(self, level: int, children: tuple[Node, ...]) -> Node:
        """Return the node that tests a variable; where all children are one, that child."""
        # The two rules of reduction: no node without a difference, and no node twice.
        if children.count(children[0]) == len(children):
            return children[0]
        key = (level, children)
        if (known := self._nodes.get(key)) is None:
            known = self._nodes[key] = self._add(level, children, None)
        return known

    def _add(self, level: int, children: tuple[Node, ...], value: object) -> Node:
        if len(self.level) >= self.budget:
            raise BudgetError(f"more than {self.budget} nodes are needed")
        self.level.append(level)
        self.children.append(children)
        self.values.append(value)
        return len(self.level) - 1

    def rollback(self, size: int) -> None:
        """Forget every node from number `size` on, and whatever was remembered."""
        if size == len(self):
            return
        for node in range(size, len(self)):
            # A leaf is known by its value, every other node by where it leads.
            if self.children[node]:
                del self._nodes[self.level[node], self.children[node]]
            else:
                del self._leaves[type(self.values[node]), self.values[node]]
        del self.level[size:], self.children[size:], self.values[size:]
        self._memo.clear()

    def forget_memo(self) -> None:
        """Forget what was remembered to make nodes faster: for a diagram that is ready."""
        self._memo.clear()

    def trim(self, size: int, roots: Iterable[Node]) -> dict[Node, Node]:
        """Forget the nodes from number `size` on, save those below these roots.

        Return the new number of each node that is renumbered. What was remembered is forgotten too.
        If too few nodes would go, all stays as it is.
        """
        # Children first, so that each child has its new number before its parents are made.
        below = [node for node in reversed(self.reachable(*roots)) if node >= size]
        if len(below) > WORTH_KEEPING * (len(self) - size):
            return {}
        old = [(node, self.level[node], self.children[node], self.values[node]) for node in below]
        self.rollback(size)
        moved: dict[Node, Node] = {}
        for node, level, children, value in old:
            if children:
                # Most nodes with thousands of children have none that is renumbered.
                is_same = max(children) < size
                new = children if is_same else tuple([moved.get(one, one) for one in children])
                moved[node] = self.node(level, new)
            else:
                moved[node] = self.leaf(value)
        return moved

    def cofactors(self, level: int, one: Node, other: Node) -> Iterator[tuple[Node, Node]]:
        """Return, per cell of a variable, where these two lead; one further down stays as it is."""
        left = self.children[one] if self.level[one] == level else (one,) * self.sizes[level]
        right = self.children[other] if self.level[other] == level else (other,) * self.sizes[level]
        return zip(left, right, strict=True)

    def apply(
        self,
        name: Hashable,
        op: Callable[[Any, Any], Hashable],
        first: Node,
        second: Node,
        shortcut: Callable[[Node, Node], Node | None] | None = None,
    ) -> Node:
        """Combine two functions leaf by leaf.

        `name` stands for `op` in the memory of what was combined before.
        `shortcut` may answer for two nodes without going down.
        """
        memo, level = self._memo.setdefault(name, {}), self.level
        todo = [(first, second)]
        while todo:
            # A pair stays on the stack until all pairs below it are known: no call is nested.
            pair = a, b = todo[-1]
            if pair in memo:
                todo.pop()
                continue
            known = None if shortcut is None else shortcut(a, b)
            top = min(level[a], level[b])
            if known is not None:
                memo[pair] = known
            elif top == self.leaf_level:
                memo[pair] = self.leaf(op(self.values[a], self.values[b]))
            else:
                below = list(self.cofactors(top, a, b))
                pending = [one for one in below if one not in memo]
                todo += pending
                if not pending:
                    memo[pair] = self.node(top, tuple([memo[one] for one in below]))
        return memo[first, second]

    def ite(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """Return `then` where the condition holds, and `otherwise` elsewhere.

        The leaves of `condition` are truth values, those of the others are any. With leaves for
        some of the three this is "and", "or" and "not" (K. S. Brace, R. L. Rudell, R. E. Bryant,
        "Efficient implementation of a BDD package", 1990).
        """
        memo = self._memo.setdefault("ite", {})
        level, children, sizes = self.level, self.children, self.sizes
        # The first round has nothing on the stack and looks at the question itself; each further
        # one looks at what is below the last triple there, and either waits for that or makes it.
        wanted = (condition, then, otherwise)
        todo: list[tuple[Node, Node, Node]] = []
        top = self.leaf_level
        while True:
            below: Iterable[tuple[Node, Node, Node]] = (wanted,)
            if todo:
                f, g, h = todo[-1]
                top = min(level[f], level[g], level[h])
                below = zip(
                    children[f] if level[f] == top else (f,) * sizes[top],
                    children[g] if level[g] == top else (g,) * sizes[top],
                    children[h] if level[h] == top else (h,) * sizes[top],
                    strict=True,
                )
            made: list[Node] = []
            waiting: list[tuple[Node, Node, Node]] = []
            for triple in below:
                f, g, h = triple
                # What is plain at once is neither remembered nor counted as a step.
                if f == TRUE or g == h:
                    made.append(g)
                elif f == FALSE:
                    made.append(h)
                elif g == TRUE and h == FALSE:
                    made.append(f)
                elif (known := memo.get(triple)) is not None:
                    made.append(known)
                else:
                    waiting.append(triple)
            if waiting:
                if len(memo) >= MAX_TRIPLES * self.budget:
                    raise BudgetError(f"more than {MAX_TRIPLES * self.budget} steps are needed")
                todo += waiting
            elif todo:
                memo[todo.pop()] = self.node(top, tuple(made))
            else:
                return made[0]

    def conjunction(self, first: Node, second: Node) -> Node:
        """Return "both"; the leaves are truth values."""
        return self.ite(first, second, FALSE)

    def disjunction(self, first: Node, second: Node) -> Node:
        """Return "at least one"; the leaves are truth values."""
        return self.ite(first, TRUE, second)

    def negation(self, root: Node) -> Node:
        """Return "not"; the leaves are truth values."""
        return self.ite(root, FALSE, TRUE)

    def map_leaves(self, name: Hashable, change: Callable[[Any], Hashable], root: Node) -> Node:
        """Replace the value at every leaf; `name` stands for `change` in the memory."""
        memo = self._memo.setdefault(name, {})
        # Most roots that are shared between rule sets were relabelled before.
        return memo[root] if root in memo else self.copy([root], self, change, memo)[root]

    def leaf_is(self, value: Hashable, root: Node) -> Node:
        """Return where a function has this value."""
        return self.map_leaves(("is", value), partial(eq, value), root)

    def copy(
        self,
        roots: Iterable[Node],
        to: Diagram,
        change: Callable[[Any], Hashable] = lambda value: value,
        moved: dict[Node, Node] | None = None,
    ) -> dict[Node, Node]:
        """Return, per node below these roots, the same function in a diagram of the same variables.

        `change` gives the new value of a leaf. `moved` has what was copied so before.
        """
        moved = {} if moved is None else moved
        for node in reversed(self.reachable(*roots)):
            if node in moved:
                continue
            if children := self.children[node]:
                moved[node] = to.node(self.level[node], tuple([moved[child] for child in children]))
            else:
                moved[node] = to.leaf(change(self.values[node]))
        return moved

    def cofactor(self, root: Node, level: int, cell: int) -> Node:
        """Return what is left of a function where one variable is in a certain cell."""
        left: dict[Node, Node] = {}
        for node in reversed(self.reachable(root)):
            at, children = self.level[node], self.children[node]
            if at < level:
                left[node] = self.node(at, tuple([left[child] for child in children]))
            else:
                # Further down the variable cannot come again.
                left[node] = children[cell] if at == level else node
        return left[root]

    def reachable(self, *roots: Node) -> list[Node]:
        """Return every node below the roots and themselves, parents before children."""
        seen = set(roots)
        todo = list(seen)
        while todo:
            new = set(self.children[todo.pop()]) - seen
            seen |= new
            todo += new
        return sorted(seen, reverse=True)

    def leaves(self, root: Node) -> list[Node]:
        """Return the leaves below a root."""
        return [node for node in self.reachable(root) if not self.children[node]]

    def inner(self, *roots: Node) -> list[tuple[Node, int, tuple[Node, ...]]]:
        """Return every node below the roots that is no leaf, children before parents.

        Each comes with its level and its children.
        """
        level, children = self.level, self.children
        nodes = reversed(self.reachable(*roots))
        return [(node, level[node], children[node]) for node in nodes if children[node]]

    def by_level(self, root: Node) -> Iterator[tuple[int, list[Node]]]:
        """Yield the levels below a root from the top down, each with its inner nodes."""
        at: dict[int, list[Node]] = {}
        for node in self.reachable(root):
            at.setdefault(self.level[node], []).append(node)
        at.pop(self.leaf_level, None)
        yield from sorted(at.items())

    def support(self, root: Node) -> set[int]:
        """Return the levels of the variables that the function depends on."""
        return {self.level[node] for node in self.reachable(root)} - {self.leaf_level}

    def reach(
        self, root: Node, may: Sequence[int], seen: set[Node] | None = None
    ) -> Iterator[Node]:
        """Yield the leaves that are reached within the cells that may be, as they are found.

        `may` has, per level, the set of cells as bits. Exact: on a path every variable appears
        once, so each path is a completion. Every node on the way is put into `seen`.
        """
        level, children = self.level, self.children
        seen = set() if seen is None else seen
        seen.add(root)
        todo = [root]
        while todo:
            node = todo.pop()
            if below := children[node]:
                # The lowest bit is the cell of the child at hand: the innermost loop of all.
                cells = may[level[node]]
                for child in below:
                    if cells & 1 and child not in seen:
                        seen.add(child)
                        todo.append(child)
                    cells >>= 1
            else:
                yield node

    def reach_within(self, held: Node, root: Node, may: Sequence[int]) -> set[Node]:
        """Return the leaves of `root` that are reached where `held` is true.

        As `reach` of `ite(held, root, ...)`, but without making a node.
        """
        level, leaf_level = self.level, self.leaf_level
        if held == TRUE:
            return set(self.reach(root, may))
        seen = {(held, root)} if held != FALSE else set()
        todo = list(seen)
        leaves = set()
        while todo:
            a, b = todo.pop()
            at = min(level[a], level[b])
            if at == leaf_level:
                leaves.add(b)
                continue
            cells = may[at]
            for pair in self.cofactors(at, a, b):
                if cells & 1 and pair[0] != FALSE and pair not in seen:
                    seen.add(pair)
                    todo.append(pair)
                cells >>= 1
        return leaves

    def intersects(self, first: Node, second: Node) -> bool:
        """Return whether both hold somewhere; the leaves are truth values.

        Makes no node, and stops at the first place: what is not FALSE holds somewhere.
        """
        level = self.level
        seen = {(first, second)}
        todo = [(first, second)]
        while todo:
            a, b = todo.pop()
            if FALSE in (a, b):
                continue
            # What is not FALSE holds somewhere, and there the other one does too.
            if TRUE in (a, b):
                return True
            pairs = set(self.cofactors(min(level[a], level[b]), a, b)) - seen
            todo += pairs
            seen |= pairs
        return False

    def restrict(self, root: Node, may: Sequence[int], impossible: Node) -> tuple[Diagram, Node]:
        """Return the function on just the cells that may be, as a diagram of its own.

        Variables on which nothing depends any more are gone from it; cells that may not
        be lead to the leaf `impossible`. Leaves keep their values.
        """
        small = Diagram(self.sizes, self.budget)
        nowhere = small.leaf(self.values[impossible])
        moved: dict[Node, Node] = {}
        within = set[Node]()
        leaves = set(self.reach(root, may, within))
        for node in sorted(within):
            level, children = self.level[node], self.children[node]
            if node in leaves:
                moved[node] = small.leaf(self.values[node])
                continue
            cells = may[level]
            if not cells & cells - 1:  # as most often
                moved[node] = moved[children[highest(cells)]]
                continue
            below = [moved[one] if cells >> n & 1 else None for n, one in enumerate(children)]
            there = {child for child in below if child is not None}
            # Where all that is left goes the same way there is nothing to decide.
            if len(there) == 1:
                moved[node] = there.pop()
            else:
                children = tuple([nowhere if one is None else one for one in below])
                moved[node] = small.node(level, children)
        return small, moved[root]
