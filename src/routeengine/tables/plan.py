"""What is asked of every row of a table, as lane programs: compiled once per rule set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from routeengine.errors import BudgetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.questions import same_verdict
from routeengine.ruleset.conditions import Condition, CriterionIs
from routeengine.ruleset.model import Decision
from routeengine.ruleset.settling import (
    OVERLAP,
    FullVerdict,
    Target,
    in_order,
    target,
    verdict_to,
)
from routeengine.symbolic.clashes import smallest_clashes
from routeengine.symbolic.compiled import Decided
from routeengine.symbolic.diagram import FALSE, TRUE, Node
from routeengine.symbolic.differences import Differences
from routeengine.symbolic.program import EVERYWHERE, NOWHERE, Circuit, Program, Wire
from routeengine.symbolic.ties import tied_sets

__all__ = ["ANSWERS", "CLASHES", "MISSING", "TRACE", "Asked", "TablePlan", "Traced"]

CLASHES, ANSWERS, MISSING, TRACE = range(4)
"""The lane programs, by number, in the order in which they run."""


@dataclass(slots=True)
class Asked:
    """What is asked for one decision, and how to read what a row's bits say of it.

    `facts` are those that can be missing, in declared order, and `single` those among them that a
    change alone of which is in the program of what is missing, in the order of its outputs.

    A row's bits are, the first lowest: the verdicts `fulls` that it reaches; where it reaches just
    one of them, `numbers` bits that say which rule of that target can win, the first of them that
    several can; and where it can come to an overlap and to nothing but review, the outcomes `named`
    that the rules which can win name.
    """

    decision: Decision
    facts: tuple[str, ...]
    fulls: tuple[FullVerdict, ...] = ()
    numbers: int = 0
    named: tuple[str, ...] = ()
    single: tuple[str, ...] = ()

    @property
    def planes(self) -> int:
        """How many bits a row has."""
        return len(self.fulls) + self.numbers + len(self.named)

    def read(self, bits: int) -> tuple[list[FullVerdict], list[str]]:
        """Return the verdicts that a row reaches, and rules to sum them up with.

        Where those that can win count for a verdict, it is the same with the rules given.
        """
        decision, rest = self.decision, bits >> len(self.fulls)
        seen = [full for n, full in enumerate(self.fulls) if bits >> n & 1]
        if OVERLAP in seen:
            # All who win name these outcomes only, and together all of them.
            outcomes = {one for n, one in enumerate(self.named, self.numbers) if rest >> n & 1}
            return seen, [
                rule.id
                for rule in decision.rules
                if outcomes.issuperset(in_order(decision, [target(rule)]))
            ]
        rules = [r.id for r in decision.rules if verdict_to(decision, target(r)) in seen]
        number = rest & ((1 << self.numbers) - 1)
        if len(seen) > 1 or number & 1:
            return seen, rules
        return seen, rules[number >> 1 : (number >> 1) + 1]


@dataclass(frozen=True, slots=True)
class Coupled:
    """The facts of a coupling of constraints.

    `listed` says that what clashes is told by the program wherever no fact is known in part.
    """

    facts: tuple[str, ...]
    listed: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """A rule or criterion whose truth is traced."""

    kind: Literal["rule", "criterion"]
    id: str
    when: Condition


class TablePlan:
    """The lane programs for the rows of a table.

    The outputs of `CLASHES` are, per fact of `clashing`, the rows where it is in none of the
    smallest clashes, as far as these are listed; then, per coupling of `coupled`, where its facts
    can stand together. What clashes has to be unknown before the next one runs.

    Those of `ANSWERS` are, per decision, the planes of its verdicts; then, where there are any, a
    plane of the rows where the numbers do not count and those planes, and the same for the
    outcomes that are named; last, per flag, where it is not raised.

    Those of `MISSING` are, per decision, the planes of its `single` facts, and the rows that
    have to be looked at alone to say what is missing.

    `whole` is False where a part of the rule set did not fit its budget: then every row
    goes alone.
    """

    def __init__(self, executor: LanesExecutor) -> None:
        self.compiled = compiled = executor.compiled
        self.ruleset = compiled.ruleset
        self.sizes = compiled.whole.diagram.sizes
        self.order = compiled.order
        decided = {name: one for name, one in compiled.decisions.items() if one is not None}
        flags = [root for root in compiled.flags.values() if root is not None]
        coupled = [held for held in compiled.coupled if held is not None]
        self.whole = (
            len(decided) == len(compiled.decisions)
            and len(flags) == len(compiled.flags)
            and len(coupled) == len(compiled.coupled)
        )
        self.flags = tuple(compiled.flags)
        rules = [rule for decision in self.ruleset.decisions for rule in decision.rules]
        self.traced = tuple(
            Traced("rule", r.id, compiled.otherwise[r.id] if r.when is None else r.when)
            for r in rules
        ) + tuple(Traced("criterion", c.id, CriterionIs(c.id)) for c in self.ruleset.criteria)
        self.asked = [Asked(decision, self._facts(decision)) for decision in self.ruleset.decisions]
        self.clashing: tuple[str, ...] = ()
        self.coupled: list[Coupled] = []
        self.programs: tuple[Program, ...] = ()
        if self.whole:
            self.programs = (
                self._clashes(coupled),
                self._answers(decided, flags),
                self._missing(decided),
            )

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

    def _clashes(self, held: list[Node]) -> Program:
        diagram = self.compiled.whole.diagram
        circuit = Circuit(diagram)
        kept: dict[str, Wire] = {}
        possible: list[Wire] = []
        true: dict[Node, Wire] = {}
        for coupling, root in zip(self.compiled.couplings, held, strict=True):
            found = smallest_clashes(diagram, root)
            # A fact of one cell only says nothing, and clashes with nothing.
            facts = tuple(fact for fact in coupling.facts if fact in self.order)
            self.coupled.append(Coupled(facts, found is not None))
            possible.append(circuit.leads(root, _is_true, true))
            for clash in found or ():
                # A row that may be in another cell of one of the facts does not hold the clash.
                other = NOWHERE
                for level, cell in clash:
                    cells = (1 << self.sizes[level]) - 1 ^ 1 << cell
                    other = circuit.either(other, circuit.may(level, cells))
                for level, _ in clash:
                    fact = self.order[level]
                    kept[fact] = circuit.both(kept.get(fact, EVERYWHERE), other)
        self.clashing = tuple(kept)
        return circuit.program([*kept.values(), *possible])

    def _answers(self, decided: Mapping[str, Decided], flags: list[Node]) -> Program:
        circuit = Circuit(self.compiled.whole.diagram)
        outputs: list[Wire] = []
        true: dict[Node, Wire] = {}
        for asked in self.asked:
            root, wins = decided[asked.decision.id].root, decided[asked.decision.id].wins
            leaves = dict(circuit.leaves(root))
            asked.fulls = tuple(leaves)
            outputs += leaves.values()
            won = {rule: circuit.leads(win, _is_true, true) for rule, win in wins.items()}
            outputs += self._numbers(circuit, asked, leaves, won)
            outputs += self._named(circuit, asked, leaves, won)
        false: dict[Node, Wire] = {}
        outputs += [circuit.leads(root, lambda value: value is False, false) for root in flags]
        return circuit.program(outputs)

    def _numbers(
        self,
        circuit: Circuit,
        asked: Asked,
        leaves: Mapping[FullVerdict, Wire],
        won: Mapping[str, Wire],
    ) -> list[Wire]:
        """Give the planes of which rule can win, of those with one target."""
        to: dict[Target, list[Wire]] = {}
        for rule in asked.decision.rules:
            to.setdefault(target(rule), []).append(won[rule.id])
        bits = (max(map(len, to.values()), default=1) - 1).bit_length()
        if not bits:
            return []
        asked.numbers = 1 + bits
        several = _any(circuit, [_two(circuit, some) for some in to.values()])
        numbers = [
            [wire for some in to.values() for n, wire in enumerate(some) if n >> bit & 1]
            for bit in range(bits)
        ]
        two = _two(circuit, list(leaves.values()))
        return [two, several, *[_any(circuit, wires) for wires in numbers]]

    def _named(
        self,
        circuit: Circuit,
        asked: Asked,
        leaves: Mapping[FullVerdict, Wire],
        won: Mapping[str, Wire],
    ) -> list[Wire]:
        """Give the planes of the outcomes that rules name which can win, where they overlap."""
        if OVERLAP not in leaves:
            return []
        decision = asked.decision
        naming: dict[str, list[Wire]] = {}
        for rule in decision.rules:
            for outcome in in_order(decision, [target(rule)]):
                naming.setdefault(outcome, []).append(won[rule.id])
        asked.named = tuple(naming)
        elsewhere = [wire for full, wire in leaves.items() if full.status != "review"]
        overlap = leaves[OVERLAP]
        named = [circuit.both(overlap, _any(circuit, wires)) for wires in naming.values()]
        return [_any(circuit, elsewhere), *named]

    def _missing(self, decided: Mapping[str, Decided]) -> Program:
        compiled = self.compiled
        circuit = Circuit(compiled.whole.diagram)
        outputs: list[Wire] = []
        for asked in self.asked:
            name = asked.decision.id
            root, touched = decided[name].root, compiled.touched(compiled.reads[name])
            wires: dict[str, Wire] = {}
            ties = [some for number in touched for some in tied_sets(compiled, number)]
            try:
                found = Differences(circuit, compiled.whole.diagram, same_verdict).of(root)
                wires = {self.order[level]: wire for level, wire in found.items()}
            except BudgetError:
                ties.append(frozenset())
            tied = _any(circuit, [self._unknown(circuit, some) for some in ties])
            asked.single = tuple(fact for fact in asked.facts if fact in wires)
            outputs += [wires[fact] for fact in asked.single]
            outputs.append(circuit.both(tied, self._open(circuit, root)))
        return circuit.program(outputs)

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


def _is_true(value: object) -> bool:
    return value is True


def _any(circuit: Circuit, words: Iterable[Wire]) -> Wire:
    """Give the lanes that are in one of these words at least."""
    joined = NOWHERE
    for word in words:
        joined = circuit.either(joined, word)
    return joined


def _two(circuit: Circuit, words: list[Wire]) -> Wire:
    """Give the lanes that are in two of these words or more."""
    one = two = NOWHERE
    for word in words:
        two = circuit.either(two, circuit.both(one, word))
        one = circuit.either(one, word)
    return two
