"""Regions: where something is so, as a short list of wide cubes, each with a witness."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from routeengine.ruleset.domains import Value
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import FALSE
from routeengine.verification.cubes import Cube, cover, node_of
from routeengine.verification.space import NOTHING, Amount, Confined, Space

MOST_REGIONS = 30
"""Regions of one thing; what is left over is told as a number."""


@dataclass(frozen=True, slots=True)
class Region:
    """Profiles on which something is so: a finding, or one way in which two versions differ.

    `where` gives, per fact that matters, the values it may have (as bits of the fact's domain);
    whatever else the facts are makes no difference. `witness` is a most ordinary full profile of
    it. Regions may have profiles in common.
    """

    where: Mapping[str, int]
    witness: Mapping[str, Value]
    covers: Amount


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of one thing, and the size of what none of them shows."""

    some: tuple[Region, ...] = ()
    left_over: Amount = NOTHING


def regions_of(
    space: Space, confined: Confined, most: int, replay: Callable[[Mapping[str, int]], None]
) -> Regions:
    """Return where a function is true, as prime regions none of which can be done without.

    Its other leaves are False, and IMPOSSIBLE. `replay` is given each witness, by the number of
    a value per fact, before it is told. Makes nodes; raises BudgetError where they run out.
    """
    cubes, left = cover(space.diagram, confined.root, True, IMPOSSIBLE, most)
    some = tuple([_region(space, confined, cube, replay) for cube in cubes])
    beyond = space.amounts(Confined(left, confined.apart)).get(True, NOTHING)
    return Regions(some, beyond)


def _region(
    space: Space, confined: Confined, cube: Cube, replay: Callable[[Mapping[str, int]], None]
) -> Region:
    diagram = space.diagram
    inside = Confined(diagram.ite(node_of(diagram, cube), confined.root, FALSE), confined.apart)
    path = space.nearest(inside)
    if path is None:
        raise AssertionError("a region has no witness: please report it")
    full = space.full(path)
    replay(full)
    where = {
        fact: sum(cell for n, cell in enumerate(space.cells.of[fact]) if mask >> n & 1)
        for fact, mask in zip(space.order, cube, strict=True)
        if mask != space.cells.everything[fact]
    }
    return Region(where, space.values(full), space.amounts(inside)[True])
