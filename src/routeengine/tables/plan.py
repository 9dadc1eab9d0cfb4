"""What is asked of every row of a table, as lane programs: compiled once per rule set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from routeengine.errors import BudgetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.questions import same_verdict
from routeengine.ruleset.conditions import Condition, CriterionIs
from routeengine.ruleset.model import Decision
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.diagram import FALSE, TRUE, Node
from routeengine.symbolic.differences import Differences
from routeengine.symbolic.program import EVERYWHERE, NOWHERE, Circuit, Program, Wire
from routeengine.symbolic.ties import tied_sets

__all__ = ["Asked", "TablePlan", "Traced"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for one decision.

    `fulls` are the verdicts whose planes the first program gives; `facts` those that can
    be missing, in declared order, and `single` those among them that a change alone of which
    is in the second program, in the order of its outputs.
    """

    decision: Decision
    fulls: tuple[FullVerdict, ...]
    facts: tuple[str, ...]
    single: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Traced:
    """A rule or criterion whose truth is traced."""

    kind: Literal["rule", "criterion"]
    id: str
    when: Condition


class TablePlan:
    """The lane programs for the rows of a table.

    The outputs of `answers` are, per decision, the planes of its verdicts; then per flag
    where it is not raised; then where the facts can stand together. Those of `missing`
    are, per decision, the planes of its `single` facts, and last the rows that have to be
    looked at alone to say what is missing.

    `whole` is False where a part of the rule set did not fit its budget: then every row
    goes alone.
    """

    def __init__(self, executor: LanesExecutor) -> None:
        self.compiled = compiled = executor.compiled
        self.ruleset = compiled.ruleset
        self.sizes = compiled.whole.diagram.sizes
        self.order = compiled.order
        roots = {name: part.root for name, part in compiled.decisions.items() if part is not None}
        flags = [root for root in compiled.flags.values() if root is not None]
        coupled = [held for held in compiled.coupled if held is not None]
        self.whole = (
            len(roots) == len(compiled.decisions)
            and len(flags) == len(compiled.flags)
            and len(coupled) == len(compiled.coupled)
        )
        self.flags = tuple(compiled.flags)
        rules = [rule for decision in self.ruleset.decisions for rule in decision.rules]
        self.traced = tuple(
            Traced("rule", r.id, compiled.otherwise[r.id] if r.when is None else r.when)
            for r in rules
        ) + tuple(Traced("criterion", c.id, CriterionIs(c.id)) for c in self.ruleset.criteria)
        self.asked: list[Asked] = []
        self.programs: tuple[Program, ...] = ()
        if self.whole:
            self.programs = self._answers(roots, flags, coupled), self._missing(roots)
        else:
            self.asked = [Asked(d, (), self._facts(d), ()) for d in self.ruleset.decisions]

    @cached_property
    def trace(self) -> Program | None:
        """The program of where each rule and criterion can be true, and where false.

        None where one of them did not fit its budget: then every row is looked at alone.
        """
        if not self.whole:
            return None
        circuit = Circuit(self.compiled.whole.diagram)
        outputs: list[Wire] = []
        true: dict[tuple[Node, Node], Wire] = {}
        false: dict[tuple[Node, Node], Wire] = {}
        for one in self.traced:
            part = self.compiled.conditions[one.when]
            if part is None:
                return None
            outputs.append(circuit.leads_within(part.held, part.root, TRUE, true))
            outputs.append(circuit.leads_within(part.held, part.root, FALSE, false))
        return circuit.program(outputs)

    def _answers(self, roots: dict[str, Node], flags: list[Node], coupled: list[Node]) -> Program:
        circuit = Circuit(self.compiled.whole.diagram)
        outputs: list[Wire] = []
        self._fulls: dict[str, tuple[FullVerdict, ...]] = {}
        for decision in self.ruleset.decisions:
            leaves = circuit.leaves(roots[decision.id])
            self._fulls[decision.id] = tuple(full for full, _ in leaves)
            outputs += [wire for _, wire in leaves]
        false: dict[Node, Wire] = {}
        outputs += [circuit.leads(root, lambda value: value is False, false) for root in flags]
        true: dict[Node, Wire] = {}
        possible = EVERYWHERE
        for held in coupled:
            possible = circuit.both(possible, circuit.leads(held, lambda v: v is True, true))
        return circuit.program([*outputs, possible])

    def _missing(self, roots: dict[str, Node]) -> Program:
        compiled = self.compiled
        circuit = Circuit(compiled.whole.diagram)
        outputs: list[Wire] = []
        alone = NOWHERE
        for decision in self.ruleset.decisions:
            touched = compiled.touched(compiled.reads[decision.id])
            wires: dict[str, Wire] = {}
            ties = [some for number in touched for some in tied_sets(compiled, number)]
            try:
                found = Differences(circuit, compiled.whole.diagram, same_verdict).of(
                    roots[decision.id]
                )
                wires = {self.order[level]: wire for level, wire in found.items()}
            except BudgetError:
                ties.append(frozenset())
            if ties:
                tied = NOWHERE
                for some in ties:
                    tied = circuit.either(tied, self._unknown(circuit, some))
                undecided = self._open(circuit, roots[decision.id])
                alone = circuit.either(alone, circuit.both(undecided, tied))
            facts = self._facts(decision)
            single = tuple(fact for fact in facts if fact in wires)
            outputs += [wires[fact] for fact in single]
            self.asked.append(Asked(decision, self._fulls[decision.id], facts, single))
        return circuit.program([*outputs, alone])

    def _facts(self, decision: Decision) -> tuple[str, ...]:
        """Give the facts that can be missing for a decision, in declared order."""
        bearing = set(self.compiled.reads[decision.id])
        for number in self.compiled.touched(frozenset(bearing)):
            bearing.update(self.compiled.couplings[number].facts)
        return tuple(f.id for f in self.ruleset.facts if f.id in bearing and f.id in self.order)

    def _unknown(self, circuit: Circuit, facts: frozenset[str]) -> Wire:
        """Give the lanes in which none of these facts is known for certain."""
        word = EVERYWHERE
        for fact in facts:
            level = self.order.index(fact)
            cells = [circuit.may(level, 1 << cell) for cell in range(self.sizes[level])]
            word = circuit.both(word, _two(circuit, cells))
        return word

    def _open(self, circuit: Circuit, root: Node) -> Wire:
        """Give the lanes in which a decision has more than one verdict."""
        keys: dict[str, Wire] = {}
        for full, wire in circuit.leaves(root):
            keys[full.key] = circuit.either(keys.get(full.key, NOWHERE), wire)
        return _two(circuit, list(keys.values()))


def _two(circuit: Circuit, words: list[Wire]) -> Wire:
    """Give the lanes that are in two of these words or more."""
    one = two = NOWHERE
    for word in words:
        two = circuit.either(two, circuit.both(one, word))
        one = circuit.either(one, word)
    return two
