"""Points: which totals of scores there are on the profiles on which something is so.

A gap of a policy with points is often just a few totals that no rule names. With `need` the sum of
home (own 0, shared 15, none 40) and medical (no 0, yes 30), and rules for at least 60 and for at
most 39,

    what can be    0, 15, 30, 40, 45 and 70
    the gap        home: none, medical: no        40
                   home: shared, medical: yes     45
    40 to 45       the same two: the gap is exactly these totals

To say that is better than to list the combinations of facts that come to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from operator import is_not
from typing import Literal, TypeAlias

from routeengine.profile import Knowledge
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.dependencies import named_by
from routeengine.symbolic.compiler import Compiler
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, Diagram, Node
from routeengine.value_set import ValueSet
from routeengine.verification.space import Cube, ProfileSpace, node_of

Version: TypeAlias = Literal["old", "new"]
"""Which of two versions counts the points, where they count differently."""

Asked: TypeAlias = tuple[Compiler, AbstractSet[str]]
"""The scores that are asked, and what compiles them."""


@dataclass(frozen=True, slots=True)
class ScoreTotals:
    """The totals of one score on some profiles.

    Attributes:
        score: The id of the score.
        totals: Runs from one total to another, both included. Every total in between that is
            possible at all is in them.
        version: Which of two versions counts so, if they count differently.
    """

    score: str
    totals: tuple[tuple[int, int], ...]
    version: Version | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """The totals that scores have where something is so.

    Attributes:
        scores: The totals of each score; one that can come to anything there is left out.
        exact: True if it is so of all possible profiles with these totals, and with the facts of
            `where`.
        where: What facts may be besides, as in a `Region`; empty if the totals say it all, or if it
            is not `exact`.
    """

    scores: tuple[ScoreTotals, ...] = ()
    exact: bool = False
    where: Mapping[str, Knowledge] = field(default_factory=dict)


NO_POINTS = Points()


def points_of(
    profiles: ProfileSpace, root: Node, sides: Sequence[tuple[Compiler, Iterable[Condition]]]
) -> Points:
    """Return the totals of the scores that some conditions ask, where a function is true.

    Its other leaves are False, and IMPOSSIBLE. Two sides are two versions on one diagram. What does
    not fit the budget is left out.
    """
    asked = [(side, named_by(side.ruleset, conditions).scores) for side, conditions in sides]
    if not any(scores for _, scores in asked):
        return NO_POINTS
    return asked[-1][0].scratch(partial(_points, profiles, root, asked)) or NO_POINTS


def _points(profiles: ProfileSpace, root: Node, asked: Sequence[Asked]) -> Points:
    diagram = profiles.diagram
    inside = diagram.leaf_is(True, root)
    possible = together = diagram.map_leaves("possible", partial(is_not, IMPOSSIBLE), root)
    scores = []
    for (score, total), version in _compiled(asked).items():
        here, every = (_totals(diagram, held, total) for held in (inside, possible))
        if here != every:
            scores.append(ScoreTotals(score, _runs(here, every), version))
            among = diagram.map_leaves(("among", here), here.__contains__, total)
            together = diagram.conjunction(together, among)
    if not scores:
        return NO_POINTS
    cube = _needed(diagram, inside, possible, together)
    return Points(tuple(scores), cube is not None, {} if cube is None else profiles.where(cube))


def _needed(diagram: Diagram, inside: Node, possible: Node, together: Node) -> Cube | None:
    """Return what makes of all with these totals just those inside: a cube with as few facts.

    None where none does, and where facts alone do: then the totals are beside the point.
    """
    cube = _around(diagram, inside)

    def leaves(held: Node, cube: Cube) -> bool:
        return diagram.conjunction(held, node_of(diagram, cube)) == inside

    if not leaves(together, cube) or (leaves(possible, cube) and together != inside):
        return None
    for level, size in enumerate(diagram.sizes):
        wider = (*cube[:level], (1 << size) - 1, *cube[level + 1 :])
        if wider != cube and leaves(together, wider):
            cube = wider
    return cube


def _around(diagram: Diagram, inside: Node) -> Cube:
    """Return the smallest cube around a function that is true somewhere."""
    every = [(1 << size) - 1 for size in diagram.sizes]
    may = [0] * len(every)
    # A way to the leaf takes a cell of a level, or passes it by. All that is not FALSE leads there.
    steps = {(-1, diagram.level[inside])}
    for _, level, children in diagram.inner(inside):
        for cell, child in enumerate(children):
            if child != FALSE:
                may[level] |= 1 << cell
                steps.add((level, diagram.level[child]))
    for above, below in steps:
        may[above + 1 : below] = every[above + 1 : below]
    return tuple(may)


def _compiled(asked: Sequence[Asked]) -> dict[tuple[str, Node], Version | None]:
    """Return each score that is asked with its diagram, and the version if just one counts so."""
    versions: tuple[Version | None, ...] = ("old", "new") if len(asked) > 1 else (None,)
    found: dict[tuple[str, Node], Version | None] = {}
    for version, (side, scores) in zip(versions, asked, strict=True):
        for score in filter(scores.__contains__, side.ruleset.score):
            total = score, side.total(score)
            found[total] = None if total in found else version
    return found


def _totals(diagram: Diagram, held: Node, total: Node) -> frozenset[int]:
    """Return the totals where a condition holds."""
    leaves = diagram.leaves(diagram.ite(held, total, FALSE))
    return frozenset([diagram.values[leaf] for leaf in leaves if leaf != FALSE])


def _runs(some: AbstractSet[int], every: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return some of all totals as runs: of 0, 15, 30 and 40 without 15, 0 and 30 to 40."""
    row = sorted(every)
    places = ValueSet.of(place for place, one in enumerate(row) if one in some)
    return tuple([(row[first], row[last]) for first, last in places.runs])
