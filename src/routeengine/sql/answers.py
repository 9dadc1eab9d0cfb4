"""The answers of a rule set, planned as columns over a table of profiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from routeengine.errors import BudgetError
from routeengine.profile import CLIENT_ID
from routeengine.ruleset.conditions import All, Condition
from routeengine.ruleset.model import Decision
from routeengine.ruleset.reading import evaluation_order
from routeengine.ruleset.settling import FullVerdict
from routeengine.sql.bounds import OPEN, YES, Bounds
from routeengine.sql.conflicts import Conflicts
from routeengine.sql.expressions import (
    Sql,
    both,
    choose,
    column,
    differs,
    equals,
    join_words,
    known,
    literal,
    no_text,
    number,
)
from routeengine.sql.features import Feature, Words, features_of
from routeengine.sql.inputs import ERROR, read_table
from routeengine.sql.plan import Plan
from routeengine.sql.verdicts import CLASH, FAULTY, NOT_TOLD, SEVERAL, Columns
from routeengine.sql.walks import Walks, copied
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import Diagram, Node

__all__ = ["Answers"]

NOWHERE = Feature("key", "not_applicable")

RAISED, NOT_RAISED = 1, 2

Leaf: TypeAlias = Callable[[Any], int]
"""Gives the bits that stand for the value of a leaf."""


class Answers:
    """The plan of every decision and flag of a rule set.

    `without` names parts whose diagrams are not to be used. `sizes` has the number of nodes
    of those that are, `left_open` a sentence for whatever is not exact.
    """

    def __init__(
        self, compiled: CompiledRuleSet, most_nodes: int, without: frozenset[str] = frozenset()
    ) -> None:
        self.compiled = compiled
        self.ruleset = compiled.ruleset
        self.plan = Plan()
        self.sizes: dict[str, int] = {}
        self.left_open: list[str] = []
        self._without = without
        # A diagram has two leaves of its own from the start.
        self._diagram = Diagram(compiled.whole.diagram.sizes, most_nodes + 2)
        self._roots: dict[str, Node] = {}
        self.plan.define(CLIENT_ID, column(CLIENT_ID))
        read_table(self.ruleset, compiled.cells, self.plan)
        self.conflicts = Conflicts(compiled, self.plan)
        self._bounds = Bounds(self.ruleset, compiled.cells, self.plan, self.conflicts.cells)
        self._bounded: dict[str, str] = {}
        words = {d.id: self._words(d) for d in evaluation_order(self.ruleset)}
        self._held = {place: self._sound(place) for place in self.conflicts.untold}
        self._flags = [(f.id, *self._flag(f.id, f.when)) for f in self.ruleset.flags if f.when]
        cells = [self.conflicts.cells[fact] for fact in compiled.whole.order]
        Walks(self.plan, self._diagram, cells).define(self._roots)
        self._decisions = [self._columns(d, words[d.id]) for d in self.ruleset.decisions]

    @property
    def needs(self) -> set[str]:
        """The columns that have to be there at the end."""
        flags = {name for _, name, _ in self._flags}
        held = {name for name, _ in self._held.values()}
        minded = {*self.conflicts.columns.values()}
        decisions = {name for columns in self._decisions for name in columns.needs}
        return {CLIENT_ID, ERROR, *flags, *held, *minded, *decisions}

    @property
    def width(self) -> int:
        """The largest number of columns that stand side by side."""
        return max(map(len, self.plan.steps(self.needs)))

    def columns(self) -> Iterator[tuple[str, Sql]]:
        """Yield the columns of every decision, of the flags and of what is wrong."""
        for columns in self._decisions:
            yield from columns
        yield "flags", self._raised()
        yield ERROR, column(ERROR)

    # Parts that fit, and parts that do not

    def _fit(self, part: str, root: Node | None, values: Mapping[str, Leaf]) -> bool:
        """Plan the diagram of a part, once for each column; say whether it fits."""
        if root is None or part in self._without:
            return False
        size = len(self._diagram)
        source = self.compiled.whole.diagram
        try:
            roots = {n: copied(source, root, self._diagram, value) for n, value in values.items()}
        except BudgetError:
            self._diagram.rollback(size)
            return False
        self._roots |= roots
        self.sizes[part] = len(self._diagram) - size
        return True

    def _words(self, decision: Decision) -> Words:
        part = self.compiled.decisions[decision.id]
        if part is not None:
            fulls = self._fulls(part.root)
            name = f"leads_{self.ruleset.decisions.index(decision)}"
            words = Words(name, (one for full in fulls for one in features_of(full)))
            columns = {name: _said(words, word) for word, name in enumerate(words.names)}
            if self._fit(decision.id, part.root, columns):
                return words
        self.left_open.append(
            f"Decision {decision.id} is exact where the facts it reads are known and fit each "
            "other; elsewhere it may be insufficient although the engine can tell."
        )
        bounded = self._bounds.decision(decision.id)
        self._bounded[decision.id] = bounded.settled
        return bounded.words

    def _fulls(self, root: Node) -> list[FullVerdict]:
        """Give the full verdicts that a diagram can lead to."""
        diagram = self.compiled.whole.diagram
        leaves = [n for n in diagram.reachable(root) if not diagram.kids[n]]
        return [diagram.values[leaf] for leaf in leaves if leaf != self.compiled.whole.impossible]

    def _sound(self, coupling: int) -> tuple[str, int]:
        """Plan whether the constraints of a coupling can hold: a column, and its value then."""
        facts = ", ".join(self.compiled.couplings[coupling].facts)
        self.left_open.append(
            f"Where {facts} cannot stand together, or may not, decisions that read one of them "
            "are insufficient and say no more, and no flags are given."
        )
        name = f"held_{coupling}"
        if self._fit(name, self.compiled.coupled[coupling], {name: int}):
            return name, 1
        return self._bounds.truth(All(self.compiled.couplings[coupling].holds)), YES

    def _flag(self, flag: str, when: Condition) -> tuple[str, int]:
        """Plan whether a flag is raised: a column, and its value then."""
        # By number: the id of a flag may be longer than the name of a column.
        name = f"raised_{[one.id for one in self.ruleset.flags].index(flag)}"
        root = self.compiled.flags[flag]
        if self._fit(name, root, {name: _truth}):
            return name, RAISED
        self.left_open.append(
            f"Where what is known does not settle flag {flag}, no flags are given."
        )
        return self._bounds.truth(when), YES

    # Columns

    def _columns(self, decision: Decision, words: Words) -> Columns:
        settled = self._bounded.get(decision.id)
        answer = self._answer(decision, words, bounded=settled is not None)
        return Columns(decision, words, answer, settled)

    def _answer(self, decision: Decision, words: Words, *, bounded: bool) -> str:
        """Plan the one key that completions lead to, or what a row has instead."""
        cases = [(known(column(ERROR)), FAULTY)]
        needs = [ERROR, *words.names]
        for coupling in self.compiled.touched(self.compiled.reads[decision.id]):
            if coupling in self._held:
                name, value = self._held[coupling]
                cases.append((differs(column(name), value), NOT_TOLD))
                needs.append(name)
        keys = words.of("key")
        minded = self.conflicts.minded(decision.id)
        if minded is not None:
            cases += _clashing(minded, words, bounded=bounded)
            needs.append(minded)
        cases += [(words.just(key, keys), place) for place, key in enumerate(keys)]
        otherwise = number(NOT_TOLD if bounded else SEVERAL)
        told = choose(((when, number(n)) for when, n in cases), otherwise)
        return self.plan.define(f"answer_{len(self.plan)}", told, needs)

    def _raised(self) -> Sql:
        """Give the flags that are raised; none in a contradictory row, NULL where not told."""
        cases = [(known(column(ERROR)), no_text())]
        cases += [(differs(column(n), value), no_text()) for n, value in self._held.values()]
        cases += [
            (equals(column(name), number(1)), literal(""))
            for name in self.conflicts.columns.values()
        ]
        cases += [
            (equals(column(name), number(OPEN)), no_text())
            for _, name, value in self._flags
            if value == YES
        ]
        raised = ((equals(column(n), number(value)), flag) for flag, n, value in self._flags)
        return choose(cases, join_words(raised))


def _said(words: Words, word: int) -> Callable[[FullVerdict | None], int]:
    def bits_of(full: FullVerdict | None) -> int:
        return 0 if full is None else words.mask(word, features_of(full))

    return bits_of


def _truth(value: object) -> int:
    return 0 if value is IMPOSSIBLE else RAISED if value else NOT_RAISED


def _clashing(minded: str, words: Words, *, bounded: bool) -> Iterator[tuple[Sql, int]]:
    """Yield what a decision comes to that reads a fact of a clash.

    It is for a person, save where it does not apply whatever the facts in the clash are.
    """
    keys = words.of("key")

    def clash(*conditions: Sql) -> Sql:
        return both([equals(column(minded), number(1)), *conditions])

    if NOWHERE in keys:
        yield clash(words.just(NOWHERE, keys)), keys.index(NOWHERE)
        if bounded:
            yield clash(words.some([NOWHERE])), NOT_TOLD
    yield clash(), CLASH
