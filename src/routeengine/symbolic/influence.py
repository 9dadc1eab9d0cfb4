"""What can still change the value of a function: one variable alone, or several at once.

A variable matters alone if two completions that differ in nothing else lead to different leaves.
Example: the verdict is A if x and y, else B. Then x matters alone where y may be true. If a
constraint says that x and y are equal, a change of one of them leads to what is impossible: no
variable matters alone, and the set {x, y} does.

That is asked for one profile (`levels_alone`, `levels_together`), and for many side by side
(`lanes_alone`, and `tied_sets`, which depends on the constraints only).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import reduce
from itertools import chain, combinations
from operator import or_
from typing import Any, TypeAlias, cast

from routeengine.bits import few, numbers
from routeengine.errors import BudgetError
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.symbolic.program import EVERYWHERE, NOWHERE, Circuit, Wire, cells_to

Pair: TypeAlias = tuple[Node, Node]
"""Two nodes, where two completions stand that have gone different ways."""

Way: TypeAlias = tuple[Node, int]
"""A child, and the cells that lead there as bits."""

MAX_JOINT_PAIRS = 200_000
"""Pairs of nodes that `levels_together` looks at: about half a second."""

MAX_JOINT_NODES = 20_000
"""Nodes of the function "may it change", in `levels_together`."""

MAX_LANE_PAIRS = 20_000
"""Pairs of nodes that `lanes_alone` walks; past it there is no program, and profiles go alone."""

MAX_TIED_NODES = 20_000
"""Nodes that are made to see which facts cannot be tied; past it, all may be."""


def levels_alone(diagram: Diagram, root: Node, same: Callable[[Any, Any], bool]) -> set[int]:
    """Return the variables each of which by itself can change the value of a leaf.

    `same` compares the values of two leaves.
    """
    level, found, alike = diagram.level, set[int](), set[Pair]()

    def differ(fork: Pair) -> bool:
        """Return whether two nodes lead to different leaves by the same cells."""
        seen, todo = {fork}, [fork]
        while todo:
            a, b = todo.pop()
            at = min(level[a], level[b])
            if at == diagram.leaf_level:
                if not same(diagram.values[a], diagram.values[b]):
                    return True
                continue
            pairs = {(x, y) for x, y in diagram.cofactors(at, a, b) if x != y} - seen - alike
            seen |= pairs
            todo += pairs
        alike.update(seen)  # none of these pairs ever differs, whichever variable is asked of
        return False

    for at, nodes in diagram.by_level(root):
        ways = [combinations(dict.fromkeys(diagram.children[node]), 2) for node in nodes]
        forks = set(chain(*ways))
        if any(differ(fork) for fork in forks - alike):
            found.add(at)
    return found


def leaves_by_cell(
    diagram: Diagram, root: Node, may: Sequence[int]
) -> dict[int, dict[int, set[Any]]]:
    """Return, per variable of a function and cell that it may be in, the values reached from there.

    One pass up and one down, in place of a walk per cell. A way goes through a node that tests the
    variable, and on by its cell; or it passes the variable by, and then it may be in any cell:

        x --0--> y --0--> A        y = 0 reaches A (through y) and B (by x = 1, past y)
          --1--> B   --1--> C      y = 1 reaches C and B
    """
    level, nodes = diagram.level, diagram.reachable(root)
    leaves = [node for node in nodes if level[node] == diagram.leaf_level]
    # Per node the leaves below it, as bits.
    words = {leaf: 1 << number for number, leaf in enumerate(leaves)}
    ways = {
        node: [(cell, diagram.children[node][cell]) for cell in few(may[level[node]])]
        for node in nodes
        if level[node] < diagram.leaf_level
    }
    for node in reversed(ways):
        words[node] = reduce(or_, [words[child] for _, child in ways[node]])
    found = {at: dict.fromkeys(few(may[at]), 0) for at in diagram.support(root)}
    above = {root: -1}  # per node that is reached, the highest level from which a way leads there
    for node in nodes:
        at = level[node]
        for between in range(above.get(node, at) + 1, at):
            for cell in found.get(between, ()):
                found[between][cell] |= words[node]
        for cell, child in ways.get(node, ()) if node in above else ():
            found[at][cell] |= words[child]
            above[child] = min(above.get(child, at), at)
    return {
        at: {c: {diagram.values[leaves[n]] for n in numbers(word)} for c, word in cells.items()}
        for at, cells in found.items()
    }


def levels_together(
    diagram: Diagram,
    root: Node,
    pool: Collection[int],
    same: Callable[[Any, Any], bool],
    nowhere: Node,
    most_pairs: int = MAX_JOINT_PAIRS,
) -> set[int]:
    """Return the variables of every inclusion-minimal set of these on which a function differs.

    `same` compares the values of two leaves; nothing is compared with the leaf `nowhere`.

    Whoever may change more finds no less: that is a monotone function of "may it change", so the
    variables that it depends on are those of its minimal sets. It is worked out from below for
    pairs of nodes: in the same cell where a variable stays, in any two cells where it may change.

    Raises BudgetError if more than `most_pairs` pairs of nodes would have to be looked at, or too
    many nodes made.
    """
    level, last, start = diagram.level, max(pool, default=-1), (root, root)
    own = Diagram([2] * diagram.leaf_level, MAX_JOINT_NODES)
    differs: dict[Pair, Node] = {}
    todo = [start]
    while todo:
        pair = a, b = todo[-1]
        at = min(level[a], level[b])
        if pair in differs:
            todo.pop()
        elif nowhere in pair or (a == b and at > last):
            differs[pair] = FALSE
        elif at == diagram.leaf_level:
            differs[pair] = FALSE if same(diagram.values[a], diagram.values[b]) else TRUE
        else:
            stays = moves = set(diagram.cofactors(at, a, b))
            if at in pool:
                moves = {(one, other) for one, _ in stays for _, other in stays}
            pending = [one for one in moves if one not in differs]
            todo += pending
            if not pending:
                some = [[differs[one] for one in pairs] for pairs in (stays, moves)]
                differs[pair] = own.node(at, tuple([reduce(own.disjunction, s) for s in some]))
        if len(differs) > most_pairs:
            raise BudgetError(f"more than {most_pairs} pairs of nodes are needed")
    return own.support(differs[start])


def tied_sets(
    compiled: CompiledRuleSet, number: int, most_nodes: int = MAX_TIED_NODES
) -> list[frozenset[str]]:
    """Return pairs of facts of a coupling that may not be able to change one without the other.

    What changes a verdict without any fact that does so alone, changes two of such a pair. They
    are the facts of which two cells are not "one allows all that the other does, and more". No
    other fact is tied. Take two states that differ in it and in more: in one of them it is in
    the cell that allows more, and the other one with that cell is possible too, in between.

    The constraints of the coupling must have fit. Past `most_nodes`, any two may be tied.
    """
    held, whole = cast(Node, compiled.coupled[number]), compiled.whole.diagram
    own = Diagram(whole.sizes, most_nodes)
    try:
        levels = list(own.by_level(whole.copy([held], own)[held]))
        contested = [compiled.order[level] for level, nodes in levels if _crosses(own, nodes)]
    except BudgetError:
        contested = [fact for fact in compiled.couplings[number].facts if fact in compiled.order]
    return [frozenset(pair) for pair in combinations(contested, 2)]


def _crosses(own: Diagram, nodes: Sequence[Node]) -> bool:
    """Return whether two cells of a variable differ both ways, over all nodes that test it."""

    def within(one: int, other: int) -> bool:
        children = [own.children[node] for node in nodes]
        return all(own.ite(some[one], some[other], TRUE) == TRUE for some in children)

    pairs = combinations(range(len(own.children[nodes[0]])), 2)
    return not all(within(one, other) or within(other, one) for one, other in pairs)


def lanes_alone(circuit: Circuit, root: Node, same: Callable[[Any, Any], bool]) -> dict[int, Wire]:
    """Return, per level, the lanes in which its variable alone changes the value of a leaf.

    `same` compares the values of two leaves.

    Raises BudgetError if too many pairs of nodes would have to be walked.
    """
    diagram, at = circuit.diagram, circuit.nodes(root)
    found: dict[int, Wire] = {}
    known: dict[Pair, Wire] = {}
    for level, nodes in diagram.by_level(root):
        # Two ways on from a node, each a child and its cells: the same from many a node.
        forks: dict[tuple[Way, Way], Wire] = {}
        for node in nodes:
            for fork in combinations(sorted(cells_to(diagram.children[node]).items()), 2):
                forks[fork] = circuit.either(forks.get(fork, NOWHERE), at[node])
        for ((one, here), (other, there)), lanes in forks.items():
            may = circuit.both(circuit.may(level, here), circuit.may(level, there))
            part = _parting(circuit, (one, other), same, known)
            differ = circuit.both(circuit.both(may, part), lanes)
            found[level] = circuit.either(found.get(level, NOWHERE), differ)
    return found


def _parting(
    circuit: Circuit, first: Pair, same: Callable[[Any, Any], bool], known: dict[Pair, Wire]
) -> Wire:
    """Return the lanes in which two nodes lead to different leaves by the same cells.

    The one with the smaller number is the first of a pair. `known` has what was found before.
    """
    diagram, todo = circuit.diagram, [first]
    while todo:
        pair = todo[-1]
        if pair not in known:
            level = min(diagram.level[node] for node in pair)
            if level == diagram.leaf_level:
                alike = same(*[diagram.values[leaf] for leaf in pair])
                known[pair] = NOWHERE if alike else EVERYWHERE
            else:
                below = [(a, b) if a < b else (b, a) for a, b in diagram.cofactors(level, *pair)]
                pending = [(a, b) for a, b in below if a != b and (a, b) not in known]
                if pending:
                    todo += pending
                    continue
                words = [NOWHERE if a == b else known[a, b] for a, b in below]
                known[pair] = circuit.any_of(level, words)
            if len(known) > MAX_LANE_PAIRS:
                raise BudgetError(f"more than {MAX_LANE_PAIRS} pairs of nodes are needed")
        todo.pop()
    return known[first]
