"""The answers of a rule set, planned as columns over a table of profiles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from contextlib import suppress
from functools import partial, reduce
from operator import is_
from typing import Any, TypeAlias, TypeVar

from routeengine.errors import BudgetError
from routeengine.profile import CLIENT_ID
from routeengine.result import COLUMN_FIELDS, column_of, ruleset_columns
from routeengine.ruleset import resolution
from routeengine.ruleset.conditions import Not
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import Decision
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.sql import expressions as sql
from routeengine.sql.columns import BitColumns, DiagramColumns, QueryPlan, by_cell
from routeengine.sql.rows import ERROR, Conflicts, read_table
from routeengine.symbolic.compiled import CompiledRuleSet, Decided
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, Diagram, Node

T = TypeVar("T")

FAULTY = -4
CLASH = -3
SEVERAL = -2
"""What a row's answer may be besides one key, which is given by its number."""

Trait: TypeAlias = str | tuple[int, int]
"""Of rules that win: an outcome that one of them names, or a binary digit of one's number."""

Case: TypeAlias = tuple[sql.Sql, sql.Value]
"""A condition, and what a column holds if it is the first that is met."""


class DecisionColumns:
    """The columns of one decision, made of the leaves that a row can reach, and of its winners.

    Of the rules that win on some completion, few traits tell enough. Which one wins counts where
    all completions lead to one leaf: the rules that lead there are numbered, and just one of them
    wins where each binary digit has one value. So of `r0`, `r1`, `r2`, which all lead to A, `r2`
    alone wins where digit 1 is 1 and never 0, and digit 0 is 0 and never 1. Which outcomes they
    name counts where a person decides; where rules never overlap, the leaves say that.

    `place` is the number of the decision, `leaves` are what it can lead to, and `winning` has the
    rules that ever win. `wanted` has columns in which all bits are set where one of some rules can
    win.
    """

    def __init__(
        self,
        decision: Decision,
        place: int,
        leaves: Collection[CompleteVerdict],
        winning: Collection[str],
    ) -> None:
        self.decision = decision
        leaves = sorted(leaves, key=lambda leaf: decision.keys.index(leaf.key))
        self.leads = BitColumns(f"leads_{place}", leaves)
        self.answer = f"answer_{place}"
        self._number = {key: n for n, key in enumerate(dict.fromkeys(one.key for one in leaves))}
        self._outcomes = [one.id for one in decision.outcomes if one.id in self._number]
        self._reviews = [leaf for leaf in leaves if leaf.status == "review"]
        self._leading: dict[CompleteVerdict, list[str]] = {leaf: [] for leaf in leaves}
        having: dict[Trait, list[str]] = {}
        for rule in [rule for rule in decision.rules if rule.id in winning]:
            leaf = resolution.verdict_to(decision, resolution.target(rule))
            if leaf in self._leading:
                self._leading[leaf].append(rule.id)
            if resolution.OVERLAP in self._leading:
                for outcome in leaf.candidates if leaf.outcome is None else (leaf.outcome,):
                    having.setdefault(outcome, []).append(rule.id)
        for rules in self._leading.values():
            for n, rule_id in enumerate(rules):
                for digit in _digits(n, len(rules)):
                    having.setdefault(digit, []).append(rule_id)
        self._won = BitColumns(f"won_{place}", having)
        self._traits = {trait: f"trait_{place}_{n}" for n, trait in enumerate(having)}
        self.wanted = {self._traits[trait]: rules for trait, rules in having.items()}

    def define(self, plan: QueryPlan, conflicts: Conflicts, reads: Collection[str]) -> None:
        """Plan the one key that completions lead to, or what a row has instead.

        `reads` are the facts that the decision reads. The columns of `leads` and those that are
        `wanted` have to be there.
        """
        for name, traits in self._won.parts.items():
            columns = [(sql.column(self._traits[trait]), self._won.bit[trait]) for trait in traits]
            plan.define(name, sql.union([sql.masked(*one) for one in columns]))
        cases: list[Case] = [(sql.known(ERROR), FAULTY)]
        if clash := conflicts.touching(reads):
            # It is for a person, unless it does not apply whatever the facts in conflict are.
            left = [
                self._outright(key) for key in self._number if key == resolution.NOT_APPLICABLE.key
            ]
            cases.append((clash, sql.choose(left, CLASH)))
        cases += map(self._outright, self._number)
        plan.define(self.answer, sql.choose(cases, SEVERAL))

    def columns(self) -> Iterator[tuple[str, sql.Sql]]:
        """Yield the columns by name: all fields of a verdict, but for what is missing."""
        texts = (
            self._named(self._outcomes),
            self._status(),
            sql.choose(self._rules()),
            self._candidates(),
            self._possible(),
            sql.choose(self._reasons()),
        )
        for field, text in zip(COLUMN_FIELDS, texts, strict=False):
            yield column_of(self.decision.id, field), text

    def _leaves(self, key: str) -> list[CompleteVerdict]:
        return [leaf for leaf in self.leads.things if leaf.key == key]

    def _outright(self, key: str) -> Case:
        """Return the answer where all completions lead to one key."""
        others = [leaf for leaf in self.leads.things if leaf.key != key]
        return self.leads.none(others), self._number[key]

    def _is(self, answer: int | str) -> sql.Sql:
        """Return whether the answer is one key, or what a row may have instead."""
        number = answer if isinstance(answer, int) else self._number[answer]
        return sql.column_is(self.answer, number)

    def _named(self, keys: Iterable[str]) -> sql.Sql:
        return sql.choose([(self._is(key), key) for key in keys])

    def _just(self, *leaves: CompleteVerdict) -> sql.Sql:
        """Return whether completions lead to some of these leaves, which have one key, alone."""
        key = leaves[0].key
        others = [leaf for leaf in self._leaves(key) if leaf not in leaves]
        return sql.both([self._is(key), self.leads.none(others)])

    def _unless_faulty(self, cases: Iterable[Case], otherwise: sql.Value) -> sql.Sql:
        return sql.choose([(self._is(FAULTY), None), *cases], otherwise)

    def _status(self) -> sql.Sql:
        cases: list[Case] = [(self._is(SEVERAL), "insufficient"), (self._is(CLASH), "review")]
        if decided := [self._number[outcome] for outcome in self._outcomes]:
            cases.append((sql.among(self.answer, decided), "decided"))
        others = [key for key in self._number if key not in self._outcomes]
        return self._unless_faulty(cases, self._named(others))

    def _rules(self) -> Iterator[Case]:
        for leaf, rules in self._leading.items():
            for n, rule in enumerate(rules):
                case = [self._just(leaf)]
                if wanted := _digits(n, len(rules)):
                    every = [(digit, value) for digit, _ in wanted for value in (0, 1)]
                    case.append(self._won.just(wanted, every))
                yield sql.both(case), rule

    def _candidates(self) -> sql.Sql:
        words = []
        for name in [outcome.id for outcome in self.decision.outcomes]:
            naming = [leaf for leaf in self._reviews if name in leaf.candidates]
            if name in self._won.bit:
                words.append((self._won.some([name]), name))
            elif naming:
                words.append((self.leads.some(naming), name))
        cases = [(self._is("review"), sql.join_words(words))] if words else []
        return self._unless_faulty(cases, "")

    def _possible(self) -> sql.Sql:
        some = sql.join_words([(self.leads.some(self._leaves(key)), key) for key in self._number])
        cases: list[Case] = [(self._is(CLASH), "review"), (self._is(SEVERAL), some)]
        return self._unless_faulty(cases, self._named(self._number))

    def _reasons(self) -> Iterator[Case]:
        yield self._is(CLASH), "contradiction"
        for reason in ("rule", "gap", "overlap"):
            if same := [leaf for leaf in self._reviews if leaf.reason == reason]:
                yield self._just(*same), reason


def _digits(place: int, count: int) -> list[tuple[int, int]]:
    """Return the binary digits of one of so many numbers, each with its value."""
    return [(digit, place >> digit & 1) for digit in range((count - 1).bit_length())]


class Answers:
    """The plan of every decision and flag of a rule set.

    `sizes` has the number of nodes that each part takes. Raises BudgetError, which names the part,
    if all together take more than `most_nodes`.
    """

    def __init__(self, compiled: CompiledRuleSet, most_nodes: int) -> None:
        self.compiled = compiled
        self.ruleset = compiled.ruleset
        self.plan = QueryPlan()
        self.sizes: dict[str, int] = {}
        self._most_nodes = most_nodes
        # A diagram has two leaves of its own from the start.
        self._diagram = Diagram(compiled.whole.diagram.sizes, most_nodes + 2)
        self._roots: dict[str, Node] = {}
        self._decisions: list[DecisionColumns] = []
        # By number: the id of a flag may be longer than the name of a column.
        self._flags = {f.id: f"unraised_{n}" for n, f in enumerate(self.ruleset.flags) if f.when}
        self.plan.define(CLIENT_ID, sql.column(CLIENT_ID), of_table=True)
        cells = read_table(self.ruleset, compiled.cells, self.plan)
        self._conflicts = Conflicts(compiled, self.plan, cells)
        self._add_parts()
        variables = {
            level: by_cell(self._conflicts.cells[fact], len(compiled.cells.of[fact]))
            for fact, level in compiled.whole.level.items()
        }
        DiagramColumns(self.plan, self._diagram, variables, "node").define(self._roots)
        for columns in self._decisions:
            reads = compiled.reads[columns.decision.id]
            columns.define(self.plan, self._conflicts, reads)

    def columns(self) -> Iterator[tuple[str, sql.Sql]]:
        """Yield what is shown: the client, every decision, the flags, what is wrong, the rules."""
        yield CLIENT_ID, sql.column(CLIENT_ID)
        for columns in self._decisions:
            yield from columns.columns()
        yield "flags", self._raised()
        yield ERROR, sql.column(ERROR)
        for name, text in ruleset_columns(reference(self.ruleset)).items():
            yield name, sql.literal(text)

    def _raised(self) -> sql.Sql:
        """Return the flags that are raised; none in a contradictory row."""
        cases: list[Case] = [(sql.known(ERROR), None)]
        if clash := self._conflicts.touching(self.ruleset.fact):
            cases.append((clash, ""))
        raised = [(sql.column_is(name, 0), flag) for flag, name in self._flags.items()]
        return sql.choose(cases, sql.join_words(raised))

    # Parts, within the budget

    def _add_parts(self) -> None:
        compiled = self.compiled
        for coupling, held in zip(compiled.couplings, compiled.coupled, strict=True):
            some = [c.id for c in self.ruleset.constraints if Not(c.forbids) in coupling.holds]
            named = " and ".join(f"`{constraint}`" for constraint in some)
            self._add(f"constraint {named}", held, self._conflicts.add)
        for decision in self.ruleset.decisions:
            decided = compiled.decisions[decision.id]
            self._add(f"decision `{decision.id}`", decided, partial(self._decide, decision))
        for flag, name in self._flags.items():
            # Whether it is not raised on some completion.
            take = partial(self._take, name, compiled.whole.diagram, value=partial(is_, False))
            self._add(f"flag `{flag}`", compiled.flags[flag], take)

    def _add(self, part: str, compiled: T | None, add: Callable[[T], None]) -> None:
        """Take up a part of the rule set, or say that it is too large."""
        most = self.compiled.whole.diagram.budget if compiled is None else self._most_nodes
        before = len(self._diagram) + self._conflicts.nodes
        self.sizes[part] = most + 1
        if compiled is not None:
            with suppress(BudgetError):
                add(compiled)
                self.sizes[part] = len(self._diagram) + self._conflicts.nodes - before
        if sum(self.sizes.values()) > most:
            raise BudgetError(
                f"too large to be written as SQL: with {part} the rule set needs more than "
                f"{most:,} nodes"
            )

    def _decide(self, decision: Decision, decided: Decided) -> None:
        source = self.compiled.whole.diagram
        values = [source.values[leaf] for leaf in source.leaves(decided.root)]
        leaves = [value for value in values if value is not IMPOSSIBLE]
        winning = [rule for rule, root in decided.wins.items() if root != FALSE]
        columns = DecisionColumns(decision, len(self._decisions), leaves, winning)
        self._decisions.append(columns)
        for name, part in columns.leads.parts.items():
            bits = dict.fromkeys(values, 0) | {leaf: columns.leads.bit[leaf] for leaf in part}
            self._take(name, source, decided.root, value=bits.__getitem__)
        # What is made on the way to "one of these wins" stays apart.
        joined = Diagram(source.sizes, source.budget)
        wins = source.copy(decided.wins.values(), joined)
        for name, rules in columns.wanted.items():
            some = sorted([wins[decided.wins[one]] for one in rules], key=joined.level.__getitem__)
            self._take(name, joined, reduce(joined.disjunction, reversed(some)), value=bool)

    def _take(
        self, name: str, source: Diagram, root: Node, *, value: Callable[[Any], Hashable]
    ) -> None:
        """Take up a function as a column, with other leaves."""
        self._roots[name] = source.copy([root], self._diagram, value)[root]
