"""Why a question is asked: two full profiles that part ways in what is asked, or is as sensitive.

They agree with all that is known and on every fact that is less sensitive, break no constraint,
and lead to different verdicts. So whatever the other answers to less sensitive questions, they
alone could not settle the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

from routeengine.bits import numbers
from routeengine.executors.lanes import LanesInspection
from routeengine.executors.questions import Placed, same_verdict
from routeengine.symbolic.diagram import IMPOSSIBLE, Diagram, Node

MAX_STEPS = 200_000
"""Pairs of nodes that are looked at for one question; past it none is found."""

Cells: TypeAlias = Mapping[int, int]
"""Per level the cell that was taken there; a level that made no difference has none."""

Nodes: TypeAlias = tuple[Node, ...]
"""Where each of several ways stands, all at once: a node per root."""

Step: TypeAlias = tuple[Nodes, int, tuple[int, ...]]
"""From where a step was taken, the level, and the cell that each of the ways took."""


def question_grounds(
    inspection: LanesInspection, decision: str, question: str
) -> tuple[dict[str, int], dict[str, int]] | None:
    """Return two full profiles, by the numbers of values, or None if there are none.

    They differ in the question alone where that is enough, and else in nothing that is less
    sensitive. There are none where what is known cannot be true together, or where the question
    matters only along with a less sensitive fact, that a constraint ties to it; and none are found
    where the rules are too large.
    """
    facts = inspection.ruleset.fact
    tier = facts[question].tier
    placed = None if inspection.conflicts else inspection.placed(decision)
    rest = None if placed is None else _held_elsewhere(inspection, decision)
    if placed is None or rest is None:
        return None
    where, root, masks = placed
    for apart in ([question], [one for one in where.order if facts[one].tier >= tier]):
        levels = {where.level[one] for one in apart if one in where.level}
        found = find_cells(where.diagram, (root, root), masks, levels, _differ)
        if found is not None:
            first, second = ({where.order[at]: cell for at, cell in one.items()} for one in found)
            return _filled(inspection, {**rest, **first}), _filled(inspection, {**rest, **second})
    return None


def witness(
    inspection: LanesInspection, decision: str, wanted: Callable[[str], bool]
) -> dict[str, int] | None:
    """Return a full profile, by the numbers of values, on which a decision comes to what is wanted.

    It agrees with all that is known and breaks no constraint. `wanted` is asked by the outcome, or
    else the status. None where there is none, or where the rules are too large.
    """
    placed, rest = inspection.placed(decision), _held_elsewhere(inspection, decision)
    if placed is None or rest is None:
        return None
    where, root, masks = placed

    def is_wanted(values: Sequence[Any]) -> bool:
        return values[0] is not IMPOSSIBLE and wanted(values[0].key)

    found = find_cells(where.diagram, (root,), masks, (), is_wanted)
    if found is None:
        return None
    cells = {where.order[at]: cell for at, cell in found[0].items()}
    return _filled(inspection, {**rest, **cells})


def _differ(values: Sequence[Any]) -> bool:
    return not same_verdict(*values)


def _held_elsewhere(inspection: LanesInspection, decision: str) -> dict[str, int] | None:
    """Return cells in which the constraints hold that have no fact in common with a decision."""
    compiled, cells = inspection.compiled, dict[str, int]()
    near = compiled.touched(compiled.reads[decision])
    for number in range(len(compiled.couplings)):
        if number not in near:
            placed = inspection.coupling(number)
            found = None if placed is None else _where_true(placed)
            if found is None:
                return None
            cells |= found
    return cells


def _where_true(placed: Placed) -> dict[str, int] | None:
    """Return cells in which a condition holds, or None."""
    where, root, masks = placed
    found = find_cells(where.diagram, (root,), masks, (), all)
    return None if found is None else {where.order[at]: cell for at, cell in found[0].items()}


def _filled(inspection: LanesInspection, cells: Mapping[str, int]) -> dict[str, int]:
    """Return a full profile in these cells; of what they leave open, the first that is allowed."""
    full = {}
    for fact, known in inspection.state.items():
        here = inspection.compiled.cells.of[fact]
        allowed = known.allowed & here[cells[fact]] if fact in cells else known.allowed
        full[fact] = allowed.lowest
    return full


def find_cells(
    diagram: Diagram,
    roots: Nodes,
    may: Sequence[int],
    apart: Collection[int],
    wanted: Callable[[Sequence[Any]], bool],
) -> tuple[Cells, ...] | None:
    """Return, per root, cells that lead to leaves whose values are `wanted` together, or None.

    All are in one cell at each level, but for the levels `apart`. `may` has the cells that may be,
    per level, as bits. None too where more than 200,000 pairs would be looked at.
    """
    came: dict[Nodes, Step | None] = {roots: None}
    todo = [roots]
    while todo and len(came) <= MAX_STEPS:
        nodes = todo.pop()
        at = min(diagram.level[node] for node in nodes)
        if at == diagram.leaf_level:
            if wanted([diagram.values[node] for node in nodes]):
                steps = list(_steps_to(nodes, came))
                return tuple({at: taken[n] for at, taken in steps} for n in range(len(roots)))
            continue
        cells = numbers(may[at])
        together = [(cell,) * len(roots) for cell in cells]
        for taken in product(cells, repeat=len(roots)) if at in apart else together:
            below = tuple(
                diagram.children[node][cell] if diagram.level[node] == at else node
                for node, cell in zip(nodes, taken, strict=True)
            )
            if below not in came:
                came[below] = nodes, at, taken
                todo.append(below)
    return None


def _steps_to(
    nodes: Nodes, came: Mapping[Nodes, Step | None]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the levels on the way to some leaves, from the last one up, with the cells taken."""
    step = came[nodes]
    while step is not None:
        nodes, at, taken = step
        yield at, taken
        step = came[nodes]
