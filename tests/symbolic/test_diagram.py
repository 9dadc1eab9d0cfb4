"""Decision diagrams: what they compute, and how large they stay."""

from __future__ import annotations

from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeengine.errors import BudgetError
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.symbolic.program import Circuit, Program
from routeengine.verification.space import count_leaves

SIZES = (2, 3, 2, 4)
ALL = list(product(*map(range, SIZES)))


def from_table(diagram: Diagram, table: list[object]) -> Node:
    """Build the function whose values stand in the table, in the order of ALL."""
    nodes = [diagram.leaf(value) for value in table]
    for level in reversed(range(len(SIZES))):
        size = SIZES[level]
        nodes = [
            diagram.node(level, tuple(nodes[at : at + size])) for at in range(0, len(nodes), size)
        ]
    return nodes[0]


def value(diagram: Diagram, root: Node, cells: tuple[int, ...]) -> object:
    """Look the value up for one assignment."""
    (leaf,) = diagram.reach(root, [1 << cell for cell in cells])
    return diagram.values[leaf]


tables = st.lists(st.booleans(), min_size=len(ALL), max_size=len(ALL))
numbers = st.lists(st.integers(0, 2), min_size=len(ALL), max_size=len(ALL))


@given(tables, tables)
def test_operations_work_value_by_value(one: list[bool], two: list[bool]) -> None:
    """And, or and not are those of the truth values at every assignment."""
    diagram = Diagram(SIZES, 10_000)
    a, b = from_table(diagram, list(one)), from_table(diagram, list(two))
    both, either, no = diagram.conjunction(a, b), diagram.disjunction(a, b), diagram.negation(a)
    for cells, x, y in zip(ALL, one, two, strict=True):
        assert value(diagram, both, cells) == (x and y)
        assert value(diagram, either, cells) == (x or y)
        assert value(diagram, no, cells) == (not x)


@given(tables)
def test_equal_functions_are_one_node(table: list[bool]) -> None:
    """Two roots are the same number just when the functions are the same."""
    diagram = Diagram(SIZES, 10_000)
    root = from_table(diagram, list(table))
    assert diagram.negation(diagram.negation(root)) == root
    assert diagram.disjunction(root, diagram.negation(root)) == TRUE
    assert diagram.conjunction(root, diagram.negation(root)) == FALSE


@given(numbers)
def test_counts_are_exact(table: list[int]) -> None:
    """The count of each value is how often it stands in the table."""
    diagram = Diagram(SIZES, 10_000)
    counts = count_leaves(
        diagram, from_table(diagram, list(table)), [(1,) * n for n in diagram.sizes]
    )
    assert counts == {number: table.count(number) for number in set(table)}


@given(numbers)
def test_weights_count_for_what_a_cell_holds(table: list[int]) -> None:
    """A cell that stands for five values counts five times, in every assignment that has it."""
    diagram = Diagram(SIZES, 10_000)
    weights = [tuple(2 * level + cell + 1 for cell in range(n)) for level, n in enumerate(SIZES)]
    counted = count_leaves(diagram, from_table(diagram, list(table)), weights)
    expected: dict[int, int] = {}
    for cells, number in zip(ALL, table, strict=True):
        weight = prod(weights[level][cell] for level, cell in enumerate(cells))
        expected[number] = expected.get(number, 0) + weight
    assert counted == expected


@given(numbers, st.integers(0, len(SIZES) - 1))
def test_what_is_fixed_is_looked_up_no_more(table: list[int], level: int) -> None:
    """With one variable in a cell the function is what it was there, whatever that variable is."""
    diagram = Diagram(SIZES, 10_000)
    root = from_table(diagram, list(table))
    for cell in range(SIZES[level]):
        left = diagram.cofactor(root, level, cell)
        assert level not in diagram.support(left)
        for cells in ALL:
            there = (*cells[:level], cell, *cells[level + 1 :])
            assert value(diagram, left, cells) == value(diagram, root, there)


masks = st.tuples(*(st.integers(1, (1 << size) - 1) for size in SIZES))


def run(program: Program, may: list[list[int]], lanes: int) -> list[int]:
    """Run a program over whole numbers; `may` has the lanes that may be in each cell."""
    at = [0, lanes, *(may[level][cell] for level, cell in program.inputs)]
    at += [0] * (program.slots - len(at))
    for both, left, right, into in program.steps:
        at[into] = at[left] & at[right] if both else at[left] | at[right]
    return [at[slot] for slot in program.outputs]


@given(numbers, st.lists(masks, min_size=1, max_size=70))
def test_lanes_reach_what_each_profile_reaches_alone(
    table: list[int], profiles: list[tuple[int, ...]]
) -> None:
    """One pass over many lanes gives, per lane, what a walk of that profile alone gives."""
    diagram = Diagram(SIZES, 10_000)
    root = from_table(diagram, list(table))
    circuit = Circuit(diagram)
    leaves = circuit.leaves(root)
    first = circuit.leads(root, diagram.leaf(table[0]))
    program = circuit.program([*(wire for _, wire in leaves), first])
    may = [
        [
            sum(1 << lane for lane, mask in enumerate(profiles) if mask[level] >> cell & 1)
            for cell in range(size)
        ]
        for level, size in enumerate(SIZES)
    ]
    *words, leads_to_first = run(program, may, (1 << len(profiles)) - 1)
    for lane, mask in enumerate(profiles):
        alone = {diagram.values[leaf] for leaf in diagram.reach(root, mask)}
        reached = zip(leaves, words, strict=True)
        assert {number for (number, _), lanes in reached if lanes >> lane & 1} == alone
        assert leads_to_first >> lane & 1 == (table[0] in alone)


@given(numbers, masks)
def test_restricting_keeps_what_is_reached(table: list[int], mask: tuple[int, ...]) -> None:
    """The restricted diagram has the same values within the mask, and tests nothing settled."""
    diagram = Diagram(SIZES, 10_000)
    root = from_table(diagram, list(table))
    small, top = diagram.restrict(root, mask, diagram.leaf(None))
    for cells in ALL:
        if all(m >> c & 1 for m, c in zip(mask, cells, strict=True)):
            assert value(small, top, cells) == value(diagram, root, cells)
    assert all(mask[level].bit_count() > 1 for level in small.support(top))


def test_the_budget_is_kept_and_rolled_back() -> None:
    """Past the budget there is an error, and rolling back leaves the store as it was."""
    diagram = Diagram(SIZES, 6)
    first = diagram.node(0, (FALSE, TRUE))
    size = len(diagram)
    with pytest.raises(BudgetError, match="more than 6 nodes"):
        from_table(diagram, list(range(len(ALL))))
    diagram.rollback(size)
    assert len(diagram) == size
    assert diagram.node(0, (FALSE, TRUE)) == first


def test_where_nothing_was_made_nothing_is_forgotten() -> None:
    """What was worked out is remembered, and takes no step the next time."""
    diagram = Diagram(SIZES, 100)
    one, other = diagram.node(0, (FALSE, TRUE)), diagram.node(1, (FALSE, TRUE, FALSE))
    both = diagram.conjunction(one, other)
    diagram.rollback(len(diagram))
    diagram.budget = 0
    assert diagram.conjunction(one, other) == both


def test_what_is_kept_of_new_nodes_has_new_numbers() -> None:
    """With its leaves, some of which are new too; all else that is new is gone."""
    diagram = Diagram(SIZES, 10_000)
    old = diagram.node(3, (FALSE, TRUE, TRUE, FALSE))
    size = len(diagram)
    from_table(diagram, list(range(len(ALL))))
    table = [cells[0] * 10 + cells[2] for cells in ALL]
    kept = from_table(diagram, [f"new {one}" for one in table])
    moved = diagram.trim(size, [kept, old])
    assert moved[kept] != kept
    assert old not in moved
    assert len(diagram) == size + 7, "four leaves, and three nodes of two facts"
    assert [value(diagram, moved[kept], one) for one in ALL] == [f"new {one}" for one in table]


def test_steps_are_bounded_too() -> None:
    """What takes many steps and few nodes ends as well."""
    diagram = Diagram(SIZES, 100)
    one, other = diagram.node(0, (FALSE, TRUE)), diagram.node(1, (FALSE, TRUE, FALSE))
    diagram.conjunction(one, other)
    diagram.forget_memo()
    diagram.budget = 0  # every node is there already, so only the steps are too many
    with pytest.raises(BudgetError, match="more than 0 steps"):
        diagram.conjunction(one, other)


def test_slots_are_used_again() -> None:
    """A chain of many nodes runs in a handful of slots."""
    sizes = (2,) * 300
    diagram = Diagram(sizes, 10_000)
    root = FALSE
    for level in reversed(range(300)):
        root = (
            diagram.conjunction(diagram.node(level, (FALSE, TRUE)), root)
            if root
            else (diagram.node(level, (FALSE, TRUE)))
        )
    assert len(diagram.reachable(root)) == 302
    circuit = Circuit(diagram)
    program = circuit.program([wire for _, wire in circuit.leaves(root)])
    # Beside the words of 600 cells, none and all.
    assert program.slots - len(program.inputs) - 2 <= 4
