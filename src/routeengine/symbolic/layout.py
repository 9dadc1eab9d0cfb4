"""What is known of a rule set before it is compiled: its cells, and an order of its facts.

*Cells* are, per fact, the values that no condition tells apart. A rule set speaks of few
distinctions, so its facts have few cells (a prognosis of 0 to 240 months: 0-12, 13-18, 19-23,
24-240). All reasoning is over cells.

The *order* of the facts is that of the variables of its diagrams, whose size depends on it: facts
that are used together come together. It is taken from the structure of the rules, never from the
order of the file, by the FORCE heuristic (F. Aloul, I. Markov, K. Sakallah, "FORCE: a fast and
easy-to-implement variable-ordering heuristic", 2003): each group of facts pulls its members to its
centre. Example: of the groups {a, c}, {b, c} and {b, d}, in the order a b c d, b is pulled to the
mean of the centres of its groups, (1.5 + 2) / 2, and c to (1 + 1.5) / 2: they change places, and
no group spans more than its two facts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from routeengine.bits import lowest
from routeengine.profile import Known, State
from routeengine.ruleset.conditions import Condition, FactIs, walk
from routeengine.ruleset.dependencies import couplings, facts_of, facts_read
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.ruleset.resolution import Ranks
from routeengine.value_set import ValueSet, union

CELLS_CACHE_SIZE = 1024
"""Sets of values per fact whose cells are remembered."""

MAX_ROUNDS, FEWEST_ROUNDS = 40, 8

MAX_PULLS = 400_000
"""Pulls of a group at a member, over all rounds: about a tenth of a second."""


class Cells:
    """Per fact its cells: disjoint sets of values, by their lowest value."""

    def __init__(self, of: Mapping[str, tuple[ValueSet, ...]]) -> None:
        self.of = of
        self.coarse = tuple(
            [fact for fact, cells in of.items() if any(cell.has_several for cell in cells)]
        )
        """The facts of which some cell has several values."""
        self.everything = {fact: (1 << len(cells)) - 1 for fact, cells in of.items()}
        """Every cell of each fact, as bits."""
        # The same few sets of values come again and again: every single value, and all.
        self.covering = lru_cache(CELLS_CACHE_SIZE * len(of))(self._covering)

        # Per fact where each run of neighbours in one cell begins, and in which cell it lies.
        self._runs: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def touched(self, fact: str, allowed: ValueSet) -> list[int]:
        """Return the numbers of the cells that a set of values touches; one may appear twice."""
        if fact not in self._runs:
            cells = enumerate(self.of[fact])
            runs = sorted((first, cell) for cell, some in cells for first, _ in some.runs)
            starts, numbers = zip(*runs, strict=True)
            self._runs[fact] = starts, numbers
        starts, numbers = self._runs[fact]
        found: list[int] = []
        for first, last in allowed.runs:
            found += numbers[max(0, bisect_right(starts, first) - 1) : bisect_right(starts, last)]
        return found

    def _covering(self, fact: str, allowed: ValueSet) -> int:
        """Return the cells that a set of values touches, as bits."""
        return sum(1 << cell for cell in set(self.touched(fact, allowed)))

    def values(self, fact: str, cells: int) -> ValueSet:
        """Return the values that lie in these cells, which are given as bits."""
        return union(cell for n, cell in enumerate(self.of[fact]) if cells >> n & 1)

    def may(self, state: State) -> dict[str, int]:
        """Return, per fact, the cells it may be in, as bits."""
        covering = self.covering
        return {fact: covering(fact, known.allowed) for fact, known in state.items()}

    def by_cells(self, state: State) -> State:
        """Return a state no closer than to the cell where just one is left of a fact."""
        found = dict(state)
        for fact in self.coarse:
            known, here = state[fact], self.covering(fact, state[fact].allowed)
            if not here & here - 1:
                found[fact] = Known(self.of[fact][lowest(here)], known.declined, known.conflicting)
        return found


def cells_told_apart(facts: Iterable[Fact], conditions: Iterable[Condition]) -> Cells:
    """Work out the cells of these facts, where just these conditions tell values apart."""
    asked: dict[str, set[ValueSet]] = {fact.id: set() for fact in facts}
    for leaf in walk(*conditions):
        if isinstance(leaf, FactIs):
            asked[leaf.fact].add(leaf.allowed)
    return Cells({fact.id: _parted(fact.domain.size, asked[fact.id]) for fact in facts})


def _parted(size: int, sets: Iterable[ValueSet]) -> tuple[ValueSet, ...]:
    """Return the cells of the numbers below `size` that these sets tell apart."""
    # From one boundary of a set to the next one of any, nothing changes. With {2, 3} and {3, 4, 5},
    # of the numbers 0 to 7, 0-1 are in neither, 2 is in the first, 3 in both, 4-5 in the second and
    # 6-7 in neither. Runs in the same sets are one cell, so there are four.
    changes: dict[int, int] = {}
    for number, one in enumerate(sets):
        for boundary in one.boundaries:
            changes[boundary] = changes.get(boundary, 0) ^ 1 << number
    cells: dict[int, list[tuple[int, int]]] = {}
    inside = at = 0
    for boundary in (*sorted(changes), size):
        if at < boundary <= size:
            cells.setdefault(inside, []).append((at, boundary - 1))
            at = boundary
        inside ^= changes.get(boundary, 0)
    return tuple([ValueSet.of_runs(runs) for runs in cells.values()])


def laid_out(
    rulesets: Sequence[RuleSet], asked: Iterable[Condition] = (), order: Sequence[str] = ()
) -> tuple[Cells, tuple[str, ...]]:
    """Return the cells that rule sets over the same facts tell apart, and an order of the facts.

    The cells tell `asked`, further conditions, apart too; the order is of the facts that have
    several. `order` is one to keep to, where it was worked out before.
    """
    every = [condition for ruleset in rulesets for condition in ruleset.conditions]
    cells = cells_told_apart(rulesets[0].facts, [*every, *asked])
    several = [fact for fact, some in cells.of.items() if len(some) > 1]
    if not order:
        order = order_by_structure(several, [group for one in rulesets for group in groups_of(one)])
    first = [fact for fact in order if fact in several]
    return cells, tuple(dict.fromkeys([*first, *several]))


class Layout:
    """What is known of a rule set before anything of it is compiled.

    `asked` are further conditions that its cells have to tell apart.
    """

    def __init__(self, ruleset: RuleSet, asked: Iterable[Condition] = ()) -> None:
        self.ruleset = ruleset
        self.ranks = {one.id: Ranks(one) for one in ruleset.decisions}
        self.cells, self.order = laid_out([ruleset], asked)
        self.couplings = couplings(ruleset)
        self.coupling_of = {
            fact: number for number, one in enumerate(self.couplings) for fact in one.facts
        }
        self.reads = {one.id: facts_read(ruleset, one.id) for one in ruleset.decisions}

    def touched(self, facts: Collection[str]) -> list[int]:
        """Return the couplings, by number, that have a fact in common with these."""
        some = frozenset(facts)
        return [n for n, one in enumerate(self.couplings) if not some.isdisjoint(one.facts)]

    def bearing(self, facts: frozenset[str]) -> frozenset[str]:
        """Return these facts, and those that a constraint ties to one of them."""
        return facts.union(*[self.couplings[number].facts for number in self.touched(facts)])


def groups_of(ruleset: RuleSet) -> list[tuple[str, ...]]:
    """Return the sets of facts that some condition, or part of one, uses together."""
    groups = {tuple(sorted(facts_of(ruleset, part))) for part in walk(*ruleset.conditions)}
    return sorted(group for group in groups if len(group) > 1)


def order_by_structure(
    facts: Sequence[str], groups: Sequence[tuple[str, ...]], most_rounds: int = MAX_ROUNDS
) -> list[str]:
    """Order the facts so that small groups span little; the same whatever the input's order.

    A group may name others besides: those that have one cell are in no order.
    """
    names = sorted(facts)
    number = {fact: place for place, fact in enumerate(names)}
    inside = ([number[fact] for fact in group if fact in number] for group in groups)
    members = [group for group in inside if len(group) > 1]
    best = current = list(range(len(names)))
    narrowest = float("inf")
    # Huge rule sets get fewer rounds.
    rounds = max(FEWEST_ROUNDS, MAX_PULLS // max(1, sum(map(len, members))))
    for _ in range(min(most_rounds, rounds)):
        span, pulled = _pulled(current, members)
        if span < narrowest:
            best, narrowest = current, span
        if pulled == current:  # so every further round would come to the same
            break
        current = pulled
    return [names[fact] for fact in best]


def _pulled(order: Sequence[int], groups: Sequence[Sequence[int]]) -> tuple[float, list[int]]:
    """Return how far the groups span in this order, and the order that they pull to."""
    place = [0] * len(order)
    for number, fact in enumerate(order):
        place[fact] = number
    totals, weights = [0.0] * len(order), [0.0] * len(order)
    span = 0.0
    for group in groups:
        places = [place[fact] for fact in group]
        span += (max(places) - min(places)) / (len(group) - 1)
        # A small group pulls harder: its members have fewer others to be near to.
        weight = 1 / (len(group) - 1)
        pull = weight * (sum(places) / len(group))
        for fact in group:
            totals[fact] += pull
            weights[fact] += weight
    drawn = zip(totals, weights, place, strict=True)
    wanted = [total / weight if weight else at for total, weight, at in drawn]
    return span, sorted(order, key=lambda fact: (wanted[fact], place[fact]))
