"""What is asked of every row of a table, as lane programs: compiled once per rule set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, count, product
from math import comb
from operator import eq
from typing import cast

from routeengine.errors import BudgetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.questions import same_verdict
from routeengine.lazy import cached_property
from routeengine.ruleset import resolution
from routeengine.ruleset.conditions import CriterionIs
from routeengine.ruleset.model import Decision
from routeengine.ruleset.resolution import OVERLAP, CompleteVerdict, in_order, target, verdict_to
from routeengine.symbolic.compiled import Decided
from routeengine.symbolic.conflicts import BUDGET, clash_of
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.symbolic.influence import lanes_alone, tied_sets
from routeengine.symbolic.program import EVERYWHERE, NOWHERE, Circuit, Program, Wire

POSSIBLE, CLASHES, ANSWERS, MISSING, TRACE = range(5)
"""The lane programs, by number, in the order in which they run."""


@dataclass(slots=True)
class DecisionQuery:
    """What is asked for one decision, and how to read what a row's bits say of it.

    `facts` are those that can be missing, in declared order. `single` are those among them for
    which `MISSING` has an output: whether the fact by itself can change the verdict.

    A row's bits say, from the lowest up, which of `verdicts` it reaches, and then, if these come to
    the same, in which of the `groups` of rules some rule can win. That tells all that a verdict
    says of its rules: which one wins if it is just one, and what they name if they are several.
    """

    decision: Decision
    facts: tuple[str, ...]
    verdicts: tuple[CompleteVerdict, ...] = ()
    groups: tuple[frozenset[str], ...] = ()
    single: tuple[str, ...] = ()

    def read(self, bits: int) -> tuple[list[CompleteVerdict], list[str]]:
        """Return the verdicts that a row reaches, and rules to sum them up with: who can win.

        Where several can, there may be more of them than can, which name nothing else.
        """
        seen = [full for n, full in enumerate(self.verdicts) if bits >> n & 1]
        groups = enumerate(self.groups, len(self.verdicts))
        lost = frozenset().union(*[group for n, group in groups if not bits >> n & 1])
        winners = [rule for rule in self.decision.rules if rule.id not in lost]
        if OVERLAP not in seen:
            winners = [r for r in winners if verdict_to(self.decision, target(r)) in seen]
        return seen, [rule.id for rule in winners]


class TablePlan:
    """The lane programs for the rows of a table.

    Each output is a plane, with a bit per row:

    - `POSSIBLE`: per coupling of constraints, whether its facts can be so together. `couplings` has
      those facts, and whether `CLASHES` covers them.
    - `CLASHES`: per fact of `clashing`, whether it is in a minimal conflict. It looks only at facts
      that are known to be in one cell; all others count as unknown. A fact is in a minimal conflict
      just where forgetting it makes a difference to whether the facts clash. Such facts have to be
      forgotten before the next programs run.
    - `ANSWERS`: per decision, one for each of its verdicts, one for "these differ", and one for
      each of its groups; then, per flag, whether it is not raised.
    - `MISSING`: per decision, one for each of its `single` facts, and one for the rows that have to
      be looked at alone to say what is missing.

    `fits` is False if a part of the rule set did not fit its budget: then every row goes alone.
    """

    def __init__(self, executor: LanesExecutor) -> None:
        self.compiled = compiled = executor.compiled
        self.ruleset = compiled.ruleset
        self.sizes = compiled.whole.diagram.sizes
        self.order = compiled.order
        parts = (*compiled.decisions.values(), *compiled.flags.values(), *compiled.coupled)
        self.fits = None not in parts
        self.traced = {f"rule.{rule}": when for rule, when in self.ruleset.rule_conditions.items()}
        self.traced |= {f"criterion.{one.id}": CriterionIs(one.id) for one in self.ruleset.criteria}
        self.queries = [
            DecisionQuery(decision, self._facts(decision)) for decision in self.ruleset.decisions
        ]
        self.clashing: tuple[str, ...] = ()
        self.couplings: list[tuple[tuple[str, ...], bool]] = []
        self.programs: tuple[Program, ...] = ()
        if self.fits:
            self.programs = self._possible(), self._clashes(), self._answers(), self._missing()

    @cached_property
    def trace(self) -> Program | None:
        """The program of where each rule and criterion can be true, and where false.

        None if one of them did not fit its budget: then every row is looked at alone.
        """
        parts = [self.compiled.conditions[when] for when in self.traced.values()]
        whole = [part for part in parts if part is not None]
        if not self.fits or len(whole) < len(parts):
            return None
        circuit, ways = Circuit(self.compiled.whole.diagram), product(whole, (TRUE, FALSE))
        return circuit.program([circuit.leads(one.root, to, one.constraints) for one, to in ways])

    def _possible(self) -> Program:
        circuit = Circuit(self.compiled.whole.diagram)
        held = [cast(Node, root) for root in self.compiled.coupled]
        return circuit.program([circuit.leads(root, TRUE) for root in held])

    def _clashes(self) -> Program:
        diagram, couplings = self.compiled.whole.diagram, self.compiled.couplings
        told = [[1 << cell for cell in range(size)] for size in self.sizes]
        # One child more per fact, the first: of that fact nothing is told.
        joined = Diagram([1 + size for size in self.sizes], (1 + len(couplings)) * BUDGET)
        circuit = Circuit(joined)
        found: dict[str, Wire] = {}
        for coupling, held in zip(couplings, self.compiled.coupled, strict=True):
            # A fact of one cell only says nothing, and clashes with nothing.
            facts = tuple(fact for fact in coupling.facts if fact in self.order)
            fits = True
            try:
                own, clash = clash_of(diagram, cast(Node, held), told)
                root = own.copy([clash], joined)[clash]
                wires = lanes_alone(circuit, root, eq)
                found |= {self.order[level]: wire for level, wire in wires.items()}
            except BudgetError:
                fits = False
            self.couplings.append((facts, fits))
        self.clashing = tuple(found)
        return circuit.program(list(found.values()))

    def _answers(self) -> Program:
        circuit = Circuit(self.compiled.whole.diagram)
        outputs: list[Wire] = []
        for query in self.queries:
            decided = cast(Decided, self.compiled.decisions[query.decision.id])
            leaves = circuit.leaves(decided.root)
            query.verdicts = tuple([full for full, _ in leaves])
            query.groups = tuple(_groups(query.decision, OVERLAP in query.verdicts))
            won = {rule: circuit.leads(win, TRUE) for rule, win in decided.wins.items()}
            outputs += [*[wire for _, wire in leaves], _open(circuit, leaves)]
            outputs += [circuit.union([won[rule] for rule in group]) for group in query.groups]
        flags = [cast(Node, root) for root in self.compiled.flags.values()]
        outputs += [circuit.leads(root, FALSE) for root in flags]
        return circuit.program(outputs)

    def _missing(self) -> Program:
        compiled = self.compiled
        circuit = Circuit(compiled.whole.diagram)
        outputs: list[Wire] = []
        for query in self.queries:
            name = query.decision.id
            root = cast(Decided, compiled.decisions[name]).root
            touched = compiled.touched(compiled.reads[name])
            wires: dict[str, Wire] = {}
            ties = [some for number in touched for some in tied_sets(compiled, number)]
            try:
                found = lanes_alone(circuit, root, same_verdict)
                wires = {self.order[level]: wire for level, wire in found.items()}
            except BudgetError:
                ties.append(frozenset())
            tied = circuit.union([self._unknown(circuit, some) for some in ties])
            query.single = tuple(fact for fact in query.facts if fact in wires)
            outputs += [wires[fact] for fact in query.single]
            outputs.append(circuit.both(tied, _open(circuit, circuit.leaves(root))))
        return circuit.program(outputs)

    def _facts(self, decision: Decision) -> tuple[str, ...]:
        """Return the facts that can be missing for a decision, in declared order."""
        bearing = self.compiled.bearing(self.compiled.reads[decision.id])
        return tuple(f.id for f in self.ruleset.facts if f.id in bearing and f.id in self.order)

    def _unknown(self, circuit: Circuit, facts: frozenset[str]) -> Wire:
        """Return the lanes in which none of these facts is known for certain."""
        word = EVERYWHERE
        for fact in facts:
            level = self.order.index(fact)
            cells = [circuit.may(level, 1 << cell) for cell in range(self.sizes[level])]
            word = circuit.both(word, _two(circuit, cells))
        return word


def _groups(decision: Decision, overlap: bool) -> Iterator[frozenset[str]]:
    """Yield groups of rules that tell who wins, by those of which a rule does.

    Where a target has several rules, each has as many groups, and no two the same ones: so one that
    wins alone is known by its groups, and no two together look like one (E. Sperner, 1928: eight
    groups are enough for seventy rules). Where they can overlap, those that name an outcome are a
    group: so rules all of whose groups have a winner name what the winners name.
    """
    # With r0 to r5 all leading to A, four groups are enough, each rule in two of them:
    #
    #     group 0: r0 r1 r2    group 1: r0 r3 r4    group 2: r1 r3 r5    group 3: r2 r4 r5
    #
    # Where groups 0 and 2 alone have a winner, that is r1; where 0, 1 and 2 do, it may be r0, r1 or
    # r3, two of them at least, and which ones need not be told.
    to = resolution.by_target(decision)
    shared = [[rule.id for rule in some] for some in to.values() if len(some) > 1]
    most = max(map(len, shared), default=0)
    size = next(size for size in count() if comb(size, size // 2) >= most)
    codes = list(combinations(range(size), size // 2))
    pairs = [pair for some in shared for pair in zip(codes, some, strict=False)]
    for group in range(size):
        yield frozenset(rule for its, rule in pairs if group in its)
    for outcome in decision.outcomes if overlap else ():
        named = [some for where, some in to.items() if outcome.id in in_order(decision, [where])]
        yield frozenset(rule.id for rule in chain(*named))


def _open(circuit: Circuit, leaves: Sequence[tuple[CompleteVerdict, Wire]]) -> Wire:
    """Return the lanes in which a decision has more than one verdict, from those of its leaves."""
    keys: dict[str, Wire] = {}
    for full, wire in leaves:
        keys[full.key] = circuit.either(keys.get(full.key, NOWHERE), wire)
    return _two(circuit, list(keys.values()))


def _two(circuit: Circuit, words: list[Wire]) -> Wire:
    """Return the lanes that are in two of these words or more."""
    one = two = NOWHERE
    for word in words:
        two = circuit.either(two, circuit.both(one, word))
        one = circuit.either(one, word)
    return two
