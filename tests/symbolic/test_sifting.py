"""Sifting: an order of variables that makes diagrams smaller, and the rules compiled by it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import Known
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic import compiled as compiling
from routeengine.symbolic import sifting
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.diagram import Diagram, Node
from symbolic.test_diagram import ALL, SIZES, from_table

tables = st.lists(st.integers(0, 2), min_size=len(ALL), max_size=len(ALL))


def reordered(diagram: Diagram, table: Sequence[int], order: Sequence[int]) -> Node:
    """Build the function of the table with its variables in another order."""
    place = {level: at for at, level in enumerate(order)}
    values = dict(zip(ALL, table, strict=True))

    def below(at: int, cells: dict[int, int]) -> Node:
        if at == len(order):
            return diagram.leaf(values[tuple([cells[level] for level in range(len(order))])])
        level = order[at]
        kids = [below(at + 1, {**cells, level: cell}) for cell in range(SIZES[level])]
        return diagram.node(place[level], tuple(kids))

    return below(0, {})


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(tables, min_size=1, max_size=3))
def test_the_order_that_comes_out_makes_the_diagrams_as_small_as_was_seen(
    some: list[list[int]],
) -> None:
    """Built anew in the new order, the functions take just the nodes that sifting ended with."""
    diagram = Diagram(SIZES, 10_000)
    roots = [from_table(diagram, list(table)) for table in some]
    sifter = sifting._Sifting(diagram, diagram.reachable(*roots), roots)
    before = sum(map(len, sifter.at))
    for level in range(len(SIZES)):
        sifter.sift(level)
        anew = Diagram([SIZES[one] for one in sifter.order], 10_000)
        tops = [reordered(anew, table, sifter.order) for table in some]
        inner = [node for node in anew.reachable(*tops) if anew.kids[node]]
        assert len(inner) == sum(map(len, sifter.at)) <= before
        before = len(inner)
    assert sorted(sifter.order) == list(range(len(SIZES)))


def test_a_bad_order_is_mended() -> None:
    """Pairs that stand apart come together: of 2 + 4 + 8 + ... nodes few are left."""
    pairs = 6
    diagram = Diagram([2] * 2 * pairs, 10_000)
    root = diagram.leaf(False)
    for first in range(pairs):
        yes, no = diagram.leaf(True), diagram.leaf(False)
        one = diagram.node(first, (no, diagram.node(first + pairs, (no, yes))))
        root = diagram.disjunction(root, one)
    assert len(diagram.reachable(root)) > 2**pairs
    order = sifting.sifted(diagram, [root])
    for first in range(pairs):
        assert abs(order.index(first) - order.index(first + pairs)) == 1


def test_what_is_too_large_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit of nodes nothing is sifted, and past that of work nothing more."""
    diagram = Diagram(SIZES, 10_000)
    root = from_table(diagram, [n % 3 for n in range(len(ALL))])
    monkeypatch.setattr(sifting, "MOST_WORK", 0)
    assert sifting.sifted(diagram, [root]) == [0, 1, 2, 3]
    monkeypatch.setattr(sifting, "MOST_NODES", 1)
    assert sifting.sifted(diagram, [root]) == [0, 1, 2, 3]


def test_sifting_does_no_more_than_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where hardly any variable has a node, nor where each has a hundred cells."""
    exchanged: list[int] = []
    exchange = sifting._Sifting._exchange

    def counted(self: sifting._Sifting, place: int) -> int:
        exchanged.append(place)
        return exchange(self, place)

    monkeypatch.setattr(sifting._Sifting, "_exchange", counted)
    many = 500
    sparse = Diagram([2] * many, 10_000)
    no, yes = sparse.leaf(False), sparse.leaf(True)
    assert sorted(sifting.sifted(sparse, [sparse.node(0, (no, yes))])) == list(range(many))
    assert len(exchanged) < 3 * many
    cells = 100
    wide = Diagram([cells] * 3, 10_000)
    below = range(1, cells)
    last = [wide.node(2, tuple([wide.leaf(c >= n) for c in range(cells)])) for n in below]
    middle = [wide.node(1, tuple([last[n * c % 99] for c in range(cells)])) for n in below]
    root = wide.node(0, tuple([middle[c % 99] for c in range(cells)]))
    exchanged.clear()
    sifting.sifted(wide, [root])
    assert not exchanged


def test_the_policy_is_compiled_in_a_better_order(rijswijk: RuleSet) -> None:
    """Its decisions take fewer nodes than in the order that the structure alone gives."""
    sizes = []
    for sifted in (sifting.sifted, lambda diagram, _: list(range(diagram.bottom))):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(compiling, "sifted", sifted)
            compiled = CompiledRuleSet(rijswijk)
        parts = [part.root for part in compiled.decisions.values() if part is not None]
        sizes.append(len(compiled.whole.diagram.reachable(*parts)))
        assert compiled.exact
    assert sizes[0] < 0.9 * sizes[1]


def test_an_order_in_which_not_all_fits_is_not_taken(
    rijswijk: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the decisions are smaller and something else no longer fits, the old order stands."""
    needed = len(CompiledRuleSet(rijswijk).whole.diagram)
    monkeypatch.setattr(compiling, "sifted", lambda diagram, _: list(range(diagram.bottom))[::-1])
    reversed_ = LanesExecutor(rijswijk)
    tight = LanesExecutor(rijswijk, budget=int(needed * 1.2))
    assert tight.exact
    assert tight.compiled.order != reversed_.compiled.order
    unknown = {fact.id: Known(fact.domain.full) for fact in rijswijk.facts}
    assert tight.evaluate(unknown).verdicts == reversed_.evaluate(unknown).verdicts
