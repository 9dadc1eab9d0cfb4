"""Which decisions of a model can be rules, which facts they ask, and what each row asks of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from routeengine.dmn.feel import FeelError, Kind, Tests, Value, kind_of
from routeengine.dmn.inputs import ASKED, Fact, Written, check_kind, condition, domain, step
from routeengine.dmn.model import Model, Refusal, RefusedError
from routeengine.dmn.names import Names, decision_id, fact_id, word_id
from routeengine.dmn.points import Points, always_counts, points
from routeengine.dmn.scope import Named, Scope
from routeengine.dmn.tables import Asked, Column, ReadRow, ReadTable, TableReader
from routeengine.ruleset.naming import fold

OTHER: Final = ("other", "(other)", "(anders)")
"""What any further text is called, by id and in both languages."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer of a decision: the value in the model, and its id and label in the rules."""

    value: Value
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An output of a table as a decision of the rules."""

    id: str
    label: str
    outcomes: tuple[Outcome, ...]

    def outcome(self, value: Value) -> str:
        """Return the id of the outcome that a value became."""
        return next(
            one.id for one in self.outcomes if (type(one.value), one.value) == (type(value), value)
        )


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A row as a rule: what it asks of facts and of other decisions, in the order of its cells."""

    row: ReadRow
    facts: tuple[Written, ...]
    decisions: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table with names for its answers, and its rows as conditions."""

    table: ReadTable
    answers: tuple[Answer, ...]
    rows: tuple[RuleRow, ...]


@dataclass(slots=True)
class Reading:
    """Works out which decisions can be rules. If one cannot, nor can those that read it.

    With `as_facts` those can: what the refused decision would give becomes a fact. `places` is how
    many decimals numbers have, and `places_of` how many those of some inputs have, by name.
    """

    model: Model
    places: int = 2
    places_of: Mapping[str, int] = field(default_factory=dict)
    as_facts: bool = False
    refusals: list[Refusal] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    drawn: dict[str, Drawn] = field(default_factory=dict)
    scores: dict[str, Points] = field(default_factory=dict)
    _read: dict[str, ReadTable] = field(default_factory=dict)
    _tables: dict[str, ReadTable] = field(default_factory=dict)

    def read(self) -> None:
        """Fill `facts`, `drawn` and `refusals`."""
        scope = Scope(self.model)
        for decision in self.model.decisions:
            if decision.table is None:
                self.refusals += [decision.refused] if decision.refused is not None else []
                continue
            reader = TableReader(scope, decision, decision.table)
            if (table := reader.read()) is not None:
                self._read[decision.name] = self._tables[decision.name] = table
            self.refusals += reader.refusals
        # Each refusal leaves fewer tables, by which inputs may have other values: begin again.
        while self._refuse_for_what_is_read() or self._name_and_draw():
            pass
        for table in [] if self.facts else list(self._tables.values()):
            hint = "rules need an input that makes a difference"
            self._refuse(table, table.table.line, "", FeelError("asks nothing of any input", hint))
            self.drawn.pop(table.name, None)
        self.refusals.sort()

    def _refuse(self, table: ReadTable, line: int, at: str, error: FeelError) -> None:
        refused = RefusedError(line, at, error.what, error.hint)
        self.refusals.append(refused.of(table.name))
        self._tables.pop(table.name, None)

    # What a table reads

    def _refuse_for_what_is_read(self) -> bool:
        """Refuse tables that read what cannot be read; return whether there was one."""
        before = len(self._tables)
        for table in list(self._tables.values()):
            for column in table.columns:
                try:
                    self._check_reads(table, column)
                except FeelError as error:
                    self._refuse(table, column.line, f"input `{column.named.name}`", error)
                    break
        asked = {column.named.decision for one in self._tables.values() for column in one.columns}
        for table in list(self._tables.values()):
            if table.is_sum and table.name not in asked:
                unasked = FeelError("adds up what no other table asks for", UNASKED)
                self._refuse(table, table.table.line, "", unasked)
        return len(self._tables) < before

    def _check_reads(self, table: ReadTable, column: Column) -> None:
        of = column.named.decision
        if not of:
            return
        if of in self._tables:
            if table.name in self._read_by(of, set()):
                what = f"asks `{of}`, which asks this decision in turn"
                raise FeelError(what, "take the circle out")
            self._output_of(column.named)
            if table.is_sum:
                hint = "points are for what is asked of inputs: `--as-facts` makes one of the sum"
                raise FeelError(f"adds up by `{of}`, which is decided", hint)
        elif not self.as_facts:
            hint = "see there; or let it be a fact: `--as-facts`"
            raise FeelError(f"asks `{of}`, which is refused itself", hint)

    def _read_by(self, name: str, seen: set[str]) -> set[str]:
        """Return the decisions that a decision reads, and those that these read."""
        table = self._tables.get(name)
        for column in table.columns if table is not None else ():
            of = column.named.decision
            if of and of not in seen:
                seen.add(of)
                self._read_by(of, seen)
        return seen

    def _output_of(self, named: Named) -> int:
        """Return which output of another decision a column reads. Raises FeelError."""
        outputs = [one.name for one in self._read[named.decision].outputs]
        if len(outputs) == 1 and named.column in ("", outputs[0]):
            return 0
        if named.column not in outputs:
            listed = ", ".join(f"`{named.decision}.{one}`" for one in outputs)
            raise FeelError(f"asks `{named.name}`, which has several outputs", f"ask one: {listed}")
        return outputs.index(named.column)

    # Values

    def _name_and_draw(self) -> bool:
        """Name facts and answers, and draw every table; return whether one was refused for it."""
        before = len(self._tables)
        for drawn in (self.drawn, self.facts, self.scores):
            drawn.clear()
        names = Names(taken=("client_id",))
        for name, asked in self._asked().items():
            try:
                self._name_fact(name, asked, names)
            except FeelError as error:
                for one in asked:
                    self._refuse(one.table, one.column.line, f"input `{name}`", error)
        if len(self._tables) < before:
            return True  # there are fewer tables by now, and inputs are named anew
        for table in [one for one in self._tables.values() if one.is_sum]:
            self._name_score(table, names)
        if len(self._tables) < before:
            return True
        others = [one for one in self._tables.values() if not one.is_sum]
        answers = {one.name: self._answers(one, names) for one in others}
        for table in others:
            known = len(self.refusals)
            rows = tuple(self._rule_row(table, row, answers) for row in table.rows)
            if len(self.refusals) > known:
                del self._tables[table.name]
            self.drawn[table.name] = Drawn(table, answers[table.name], rows)
        return len(self._tables) < before

    def _name_score(self, table: ReadTable, names: Names) -> None:
        known, name = len(self.refusals), names.id(table.name, fact_id)
        counts = f"{table.name} counts"
        counts = "" if always_counts(table, self.facts) else names.id(counts, fact_id)
        whens = [all_of(self._rule_row(table, row, {}).facts) for row in table.rows]
        if len(self.refusals) > known:
            del self._tables[table.name]
            return
        try:
            self.scores[table.name] = points(table, name, counts, whens)
        except FeelError as error:
            self._refuse(table, table.table.line, "", error)

    def _asked(self) -> dict[str, list[Asked]]:
        """Return what is asked of each input, in the order in which inputs are met."""
        asked = dict[str, list[Asked]]()
        for table in self._tables.values():
            for number, column in enumerate(table.columns):
                if column.named.decision in self._tables:
                    continue
                asked.setdefault(column.named.name, []).append(Asked(table, number))
        return asked

    def _name_fact(self, name: str, asked: Sequence[Asked], names: Names) -> None:
        if not any(test for one in asked for test in one.tests):
            return  # no cell asks anything of it
        kind = _kind(asked)
        said = [one.column.places for one in asked if one.column.places is not None]
        general = said[0] if said else self.places
        places = self.places_of.get(name, general) if kind == "number" else 0
        fit = [one for one in asked if self._cells_fit(one, kind, places)]
        if len(fit) < len(asked):
            return  # its tables are fewer by now, and it is looked at again
        can_be = domain(kind, asked, places)
        inner = Names(fold, taken=OTHER if can_be.open else ())
        values = {value: inner.both(value, word_id) for value in can_be.values}
        self.facts[name] = Fact(*names.both(name, fact_id), can_be, values)

    def _cells_fit(self, asked: Asked, kind: Kind, places: int) -> bool:
        """Refuse each cell with a value that is of another kind, or lies between two steps."""
        known, name = len(self.refusals), asked.column.named.name
        for row in asked.table.rows:
            test, cell = row.tests[asked.number], row.row.tests[asked.number]
            try:
                for value in test.values if test is not None else ():
                    if kind in ("number", "date"):
                        step(value, kind, places)
                    check_kind(value, kind)
            except FeelError as error:
                at = f"row {row.row.number}, input `{name}`"
                self._refuse(asked.table, cell.line, at, error)
        return len(self.refusals) == known

    def _answers(self, table: ReadTable, names: Names) -> tuple[Answer, ...]:
        answers = []
        for number, output in enumerate(table.outputs):
            name = " ".join([table.name, *([output.name] if len(table.outputs) > 1 else [])])
            inner = Names(fold)
            outcomes = tuple(
                Outcome(value, *inner.both(words_of(value), word_id))
                for value in table.outcomes(number)
            )
            answers.append(Answer(names.id(name, decision_id), name, outcomes))
        return tuple(answers)

    # Rows

    def _rule_row(
        self, table: ReadTable, row: ReadRow, answers: Mapping[str, tuple[Answer, ...]]
    ) -> RuleRow:
        facts, decisions = list[Written](), list[Written]()
        for cell, column, tests in zip(row.row.tests, table.columns, row.tests, strict=True):
            if tests is None:
                continue
            of = column.named.decision
            try:
                if of in self.scores:
                    facts += self.scores[of].asked(tests)
                elif of in answers:
                    decisions += _asks_decision(answers[of][self._output_of(column.named)], tests)
                else:
                    written = condition(self.facts[column.named.name], tests)
                    facts += [] if written is None else [written]
            except FeelError as error:
                at = f"row {row.row.number}, input `{column.named.name}`"
                refused = RefusedError(cell.line, at, error.what, error.hint)
                self.refusals.append(refused.of(table.name))
        return RuleRow(row, tuple(_each_once(facts)), tuple(_each_once(decisions)))


def all_of(parts: Sequence[Written]) -> Written | None:
    """Return that all of some conditions hold; None for none, which always holds."""
    if len(parts) <= 1:
        return parts[0] if parts else None
    return {"all": list(parts)}


def _each_once(conditions: Sequence[Written]) -> Iterator[Written]:
    """Yield conditions without those that stand there already, as loading refuses them."""
    for number, one in enumerate(conditions):
        if one not in conditions[:number]:
            yield one


def _kind(asked: Sequence[Asked]) -> Kind:
    """Return the kind of an input: as declared, or as the cells tell. Raises FeelError."""
    for one in asked:
        if one.column.kind is not None:
            return one.column.kind
    tests = [test for one in asked for test in (one.column.here, *one.tests) if test is not None]
    named = set[Kind](kind_of(value) for test in tests for value in test.values)
    if len(named) > 1:
        kinds = " and ".join(ASKED[kind] for kind in sorted(named))
        raise FeelError(f"is taken for {kinds}", "give it one type")
    return next(iter(named))


def _asks_decision(answer: Answer, tests: Tests) -> Iterator[Written]:
    """Yield what a cell asks of an earlier decision. Raises FeelError where nothing passes."""
    kinds = {kind_of(one.value) for one in answer.outcomes}
    for value in tests.values:
        if kind_of(value) not in kinds:
            what = f"`{words_of(value)}` is of another kind than what `{answer.label}` answers"
            raise FeelError(what, MEND)
    passed = [one.id for one in answer.outcomes if tests.holds(one.value)]
    if tests.takes_null:
        # Without an answer it is none of these either.
        others = [one.id for one in answer.outcomes if one.id not in passed]
        if others:
            yield {"not": {"decision": answer.id, "outcome": _one_or_more(others)}}
    elif passed:
        yield {"decision": answer.id, "outcome": _one_or_more(passed)}
    else:
        raise FeelError(f"takes nothing that `{answer.label}` answers", MEND)


UNASKED = "an outcome is no sum: let a table ask for it"
MEND = "mend the cell, or take the row out"


def _one_or_more(names: list[str]) -> str | list[str]:
    return names[0] if len(names) == 1 else names


def words_of(value: Value) -> str:
    """Return a value as people read it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
