"""Regions: where something is so, as a short list of cubes, each as wide as it can be.

A *cube* says per fact which cells it may be in, and nothing of other facts. It is *prime* if
no cell can be added without leaving the function. A list of cubes is *irredundant*
if each holds something that no other does (W. V. Quine, "The problem of simplifying
truth functions", 1952; multi-valued as in R. Rudell, "Multiple-valued logic minimization
for PLA synthesis", 1986). What the constraints exclude may lie in a cube or not: that makes
cubes wider, and words fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from routeengine.profile import Knowledge
from routeengine.ruleset.domains import Value
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, Diagram, Node
from routeengine.verification import space
from routeengine.verification.points import NO_POINTS, Points
from routeengine.verification.space import (
    NOTHING,
    Amount,
    Constrained,
    Cube,
    Path,
    ProfileSpace,
    WidenedCube,
    node_of,
)

MAX_REGIONS = 30
"""Regions of one thing; what is left over is told as a number."""

Replay: TypeAlias = Callable[[Mapping[str, int]], object]
"""Looks at a witness, the number of a value per fact, before it is reported."""


@dataclass(frozen=True, slots=True)
class Region:
    """Profiles on which something is so: a finding, or one way in which two versions differ.

    Regions of one thing may have profiles in common.

    Attributes:
        where: Per fact that matters, what it may be, in the form of a profile (a value, `OneOf` or
            `Between`). Whatever the other facts are makes no difference.
        witness: A most ordinary full profile of the region.
        covers: How many `combinations` of cells and full `profiles` the region holds of what it is
            about.
    """

    where: Mapping[str, Knowledge]
    witness: Mapping[str, Value]
    covers: Amount


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of one thing, the size of what none of them shows, and all of it in points."""

    some: tuple[Region, ...] = ()
    left_over: Amount = NOTHING
    points: Points = NO_POINTS


def regions_of(profiles: ProfileSpace, function: Constrained, most: int, replay: Replay) -> Regions:
    """Return where a function is true, as prime regions none of which can be done without.

    Its other leaves are False, and IMPOSSIBLE. `replay` is given each witness, by the number of
    a value per fact, before it is reported. Makes nodes; raises BudgetError if they run out.
    """
    cubes, left = cover(profiles.diagram, function.root, most)
    some = tuple([_region(profiles, function, cube, replay) for cube in cubes])
    return Regions(some, profiles.amounts(Constrained(left, function.apart)).get(True, NOTHING))


def _region(profiles: ProfileSpace, function: Constrained, cube: Cube, replay: Replay) -> Region:
    diagram = profiles.diagram
    inside = Constrained(diagram.ite(node_of(diagram, cube), function.root, FALSE), function.apart)
    path = profiles.nearest(inside)
    if path is None:
        raise AssertionError("a region has no witness: please report it")
    full = profiles.full(path)
    replay(full)
    return Region(profiles.where(cube), profiles.values(full), profiles.amounts(inside)[True])


def cover(diagram: Diagram, root: Node, limit: int) -> tuple[list[Cube], Node]:
    """Cover the leaf True by prime cubes, none of which can be done without.

    No cube holds a leaf that is neither True nor IMPOSSIBLE. Return the cubes, and what is left
    over after `limit` of them (FALSE if nothing is). With facts a and b, and "a or b" to cover,
    it goes

        most ordinary point  a: no, b: yes   ->  a may be anything  ->  cube (b: yes)
        left                 a: yes, b: no   ->  b may be anything  ->  cube (a: yes)
        left                 nothing

    and both cubes stay, for each holds a point that the other does not.
    """
    whole = diagram.leaf_is(True, root)
    # A cube may run over what constraints exclude, but what has to be covered may not: else a
    # region could lie wholly where there is nobody.
    bound = diagram.map_leaves("may", lambda value: value in (True, IMPOSSIBLE), root)
    left, cubes = whole, list[Cube]()
    while len(cubes) < limit and (path := space.nearest(diagram, left, bool)) is not None:
        cubes.append(_widest(diagram, bound, path))
        left = diagram.ite(node_of(diagram, cubes[-1]), FALSE, left)
    return _irredundant(diagram, whole, cubes), left


def _widest(diagram: Diagram, bound: Node, path: Path) -> Cube:
    """Widen one point in a few orders; return the cube with the fewest facts that says most."""
    levels = WidenedCube(diagram, bound, path, bool).levels
    usual = [level for level in levels if level not in path.cells]
    unusual = [level for level in levels if level in path.cells]
    # What is let go first decides what is left, and to try every order would take too long. The
    # fewest facts are best, as that is what a reader has to take in; of equals the widest.
    cubes: list[tuple[int, int, int, Cube]] = []
    for order in ([*usual, *unusual], [*usual[::-1], *unusual], levels, levels[::-1]):
        wide = WidenedCube(diagram, bound, path, bool)
        facts = _widened(wide, order)
        cube = tuple(wide.may)
        cubes.append((facts, -sum(mask.bit_count() for mask in cube), len(cubes), cube))
    return min(cubes)[-1]


def _widened(wide: WidenedCube, order: Sequence[int]) -> int:
    """Let facts be anything, in this order, and then add cells; return how many facts are left."""
    left = wide.loosen(order)
    for level in left:
        for cell in range(wide.every[level].bit_count()):
            wider = wide.may[level] | 1 << cell
            # What did not fit as a whole does not fit now that other facts may be more.
            if wider not in (wide.may[level], wide.every[level]):
                wide.widen(level, wider)
    return len(left)


def _irredundant(diagram: Diagram, whole: Node, cubes: list[Cube]) -> list[Cube]:
    """Leave out, from the first on, each cube that the others cover with what they hold."""
    # `behind` has, from the last cube on, what all later ones hold together.
    nodes = [node_of(diagram, cube) for cube in cubes]
    behind = [FALSE]
    for node in reversed(nodes[1:]):
        behind.append(diagram.disjunction(node, behind[-1]))
    needed, before = [], FALSE
    for cube, node, after in zip(cubes, nodes, reversed(behind), strict=False):
        others = diagram.disjunction(before, after)
        own = diagram.conjunction(whole, node)
        if diagram.ite(others, FALSE, own) != FALSE:
            needed.append(cube)
            before = diagram.disjunction(before, node)
    return needed
