"""Rules in a table beside the rule files: a row is a rule, and a cell what it asks of one thing.

    rule   age     fine           then           reason:nl           cites
    r1     < 18    -              junior         U bent een kind.    junior_card
    r2     >= 18   none | small   full           U bent volwassen.   full_card
    r3     >= 18   large          review: full   De balie kijkt.     full_card

Every row becomes a rule as if it were written out, so that nothing else knows of tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from routeengine.loading import shapes
from routeengine.loading.cells import (
    NOTHING,
    Cells,
    CriterionCells,
    DecisionCells,
    FactCells,
    ScoreCells,
    parted,
)
from routeengine.loading.entries import ALWAYS, InterpretationEntry, RuleEntry
from routeengine.loading.files import TABLE_ENDINGS, WORKBOOK
from routeengine.loading.keys import Entry, Values, needed, optional, parts
from routeengine.loading.shapes import NAMES, Run, Schema, Shape
from routeengine.loading.sheets import ROW, Sheet, read_sheet
from routeengine.loading.yaml_tree import MappingNode, Node, ScalarNode, UnreadableError
from routeengine.ruleset import model
from routeengine.ruleset.conditions import All, Condition
from routeengine.ruleset.flaws import Path, did_you_mean, quote
from routeengine.ruleset.sources import Grounds

COLUMNS = ("rule", "then", "cites")
"""Columns of one word; beside them a column is called after what it asks of."""

TEXTS = ("reason", "label", "because")
"""Columns of texts, each for one language: `reason:nl`."""

_REVIEW = re.compile(r"review\s*(?::\s*(.*))?", re.DOTALL)
_LIST = re.compile(r"[\s,;|]+")


@dataclass(frozen=True, slots=True)
class TableRules:
    """The rules of a decision that stand in a table, with those beside them; and the table."""

    rules: tuple[model.Rule, ...] = ()
    table: model.RuleTable | None = None

    def __iter__(self) -> Iterator[model.Rule]:
        return iter(self.rules)


class SharedGrounds(Entry, noun="`grounds`", makes=Grounds):
    """What every row stands on that cites nothing itself."""

    basis = needed(
        shapes.choice("source", "interpretation"),
        "`source` where the source says it, `interpretation` where it is a reading",
    )
    cites = optional(NAMES, "ids of citations; a row may cite others")
    interpretation = optional(
        InterpretationEntry, "the reading; just where the basis is `interpretation`"
    )


class TableEntry(Entry, noun="a table of rules"):
    """Rules that stand in a table; further rules may stand beside it, by id."""

    table = needed(shapes.WORDS, "a CSV file or a workbook (XLSX) in the folder of the rule files")
    sheet = optional(shapes.WORDS, "the sheet of a workbook; its first one unless said", None)
    hit = optional(
        shapes.choice("unique"), "`unique`: no two rows may apply together, whatever they say", None
    )
    grounds = optional(SharedGrounds, "what every row stands on that cites nothing itself")

    @classmethod
    def read(cls, node: Node, run: Run) -> Any:
        """Read the table, and the rules beside it."""
        entries = node if isinstance(node, MappingNode) else MappingNode(node.path)
        own, beside = MappingNode(node.path), MappingNode(node.path)
        for key, one in entries.items():
            (own if key in cls.keys or isinstance(one, ScalarNode) else beside)[key] = one
        table: TableRules = super().read(own, run)
        rules = _BY_ID.read(beside, run)
        return TableRules((*table.rules, *rules), table.table)

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the rules of the table."""
        sheet = _found(values["table"], values["sheet"], path, run)
        if sheet is None or not run.collector.is_intact((*path, "grounds")):
            run.collector.damage(path)  # what is not read leaves open what is missing
            return TableRules()
        rules = _Rows(run, path, sheet, values["grounds"]).rules()
        table = model.RuleTable(values["table"], sheet.sha256, values["hit"])
        return TableRules(tuple(rules), table)

    @classmethod
    def definition(cls, defs: Schema) -> Schema:
        """Return the JSON Schema of the entry: any other key is the id of a rule."""
        return {**super().definition(defs), "additionalProperties": RuleEntry.schema(defs)}


_BY_ID = parts(RuleEntry)


def _read(node: Node, run: Run) -> Any:
    in_table = isinstance(node, MappingNode) and isinstance(node.get("table"), ScalarNode)
    return (TableEntry if in_table else _BY_ID).read(node, run)


RULES = Shape(_read, lambda defs: {"oneOf": [_BY_ID.schema(defs), TableEntry.schema(defs)]}, (), ())
"""Rules by id, or the table that they stand in."""


def _found(table: str, sheet: str | None, path: Path, run: Run) -> Sheet | None:
    """Return the table that a rule file names, or None and keep the fault."""
    at, collector = (*path, "table"), run.collector
    if not collector.is_intact(at) or not collector.is_intact((*path, "sheet")):
        return None
    if not table.lower().endswith(TABLE_ENDINGS):
        hint = "name a file that ends in `.csv` or `.xlsx`"
        collector.add(at, f"{quote(table)} is no table", hint)
        return None
    if sheet is not None and not table.lower().endswith(WORKBOOK):
        message = f"{quote(table)} has no sheets"
        collector.add((*path, "sheet"), message, "leave out `sheet`, or name a workbook (`.xlsx`)")
        return None
    name, content = run.beside.find(table)
    if content is None:
        hint = "links, `..` and whole paths are not followed"
        collector.add(at, f"there is no file {quote(table)} in the folder of the rule files", hint)
        return None
    try:
        return read_sheet(name, content, collector, sheet)
    except UnreadableError:
        return None


@dataclass(slots=True)
class _Rows:
    """Makes rules of the rows of a table, for one decision: `path` is that of its rules."""

    run: Run
    path: Path
    sheet: Sheet
    grounds: Grounds | None
    _known: dict[tuple[str, str], Condition] = field(default_factory=dict)
    _first: dict[str, int] = field(default_factory=dict)

    def rules(self) -> Iterator[model.Rule]:
        """Yield the rules; none where the columns are wrong."""
        then, readers = self._target(), self._readers()
        if not then or readers is None:
            self.run.collector.damage(self.path)
            return
        for line, cells in self.sheet.rows:
            row = dict(zip(self.sheet.header, cells, strict=True))
            rule = self._rule(line, row, then, readers)
            if rule is not None:
                yield rule

    # Columns

    def _wrong(self, line: int, field: str, message: str, hint: str = "") -> None:
        self.run.collector.report(self.sheet.place(line, field), message, hint)

    def _target(self) -> str:
        """Return the column of outcomes, or nothing and keep the fault."""
        own, header = f"then:{self.path[1]}", self.sheet.header
        if own in header or ("then" in header and not any(c.startswith("then:") for c in header)):
            return own if own in header else "then"
        message = f"there is no column `then`, nor `{own}`"
        if "then" in header:
            message = "a table has `then`, or `then:DECISION` for each decision"
        self._wrong(self.sheet.line, "then", message)
        return ""

    def _readers(self) -> dict[str, Cells] | None:
        """Return what reads each column that asks something, or None and keep the faults."""
        readers: dict[str, Cells] = {}
        line, header, run = self.sheet.line, self.sheet.header, self.run
        required = ["rule", *(f"reason:{one}" for one in run.languages)]
        required += ["cites"] if self.grounds is None else []
        wrong: list[tuple[str, ...]] = []
        for name in required:
            if name not in header:
                hint = "or give `grounds:` beside `table:`" if name == "cites" else ""
                wrong.append((name, f"a table of rules needs the column `{name}`", hint))
        for number, name in enumerate(header):
            kind, _, rest = name.partition(":")
            if name in header[:number]:
                wrong.append((name, f"the column {quote(name)} appears twice"))
            elif name in run.facts:
                if (domain := run.facts[name]) is not None:
                    readers[name] = FactCells(run, name, domain)
            elif name in run.criteria:
                readers[name] = CriterionCells(run, name)
            elif name in run.scores:
                readers[name] = ScoreCells(run, name)
            elif kind == "decision" and rest in run.decisions:
                readers[name] = DecisionCells(rest)
            elif not self._is_answer_or_text(name):
                wrong.append((name, *self._unknown(number, name)))
        for name, *fault in wrong:
            self._wrong(line, name, *fault)
        return None if wrong else readers

    def _is_answer_or_text(self, name: str) -> bool:
        """Return whether a column asks nothing, and says what a rule does besides."""
        kind, _, rest = name.partition(":")
        if kind == "then" and rest in self.run.decisions:
            return True
        return name in COLUMNS or (kind in TEXTS and rest in (self.run.languages or [rest]))

    def _unknown(self, number: int, name: str) -> tuple[str, str]:
        if not name:
            return f"column {number + 1} has no name", "name it after what it asks of"
        known = [*self.run.facts, *self.run.criteria, *self.run.scores, *COLUMNS]
        known += [f"{kind}:{one}" for kind in TEXTS for one in self.run.languages]
        known += [f"{kind}:{one}" for kind in ("then", "decision") for one in self.run.decisions]
        message = f"{quote(name)} is no fact, criterion or score, and no column of a table of rules"
        return message, did_you_mean(name, known)

    # Rows

    def _rule(
        self, line: int, row: Mapping[str, str], then: str, readers: Mapping[str, Cells]
    ) -> model.Rule | None:
        """Return the rule of a row; None if it says nothing of this decision, or has no name."""
        leads_to, name = row[then], row["rule"]
        if leads_to in NOTHING and then != "then":
            return None
        if not name:
            self._wrong(line, "rule", "a row needs a name, by which its rule is known")
            return None
        rule = name if then == "then" else f"{self.path[1]}_{name}"
        path, collector = (*self.path, rule), self.run.collector
        if self._first.setdefault(rule, line) != line:
            hint = f"the first is in line {self._first[rule]}"
            self._wrong(line, "rule", f"{quote(name)} appears twice", hint)
            return None
        at = self.sheet.place(line, "rule")
        collector.mark(path, at, at)
        collector.mark((*path, "then"), self.sheet.place(line, then))
        if leads_to in NOTHING:
            hint = "write an outcome, or `review: A | B`"
            collector.add((*path, "then"), "a row needs an answer", hint)
        return model.Rule(
            rule,
            self._when(line, row, readers, path),
            self._then(line, row, leads_to),
            {**dict.fromkeys(self.run.languages, name), **self._text(line, row, "label", path)},
            self._text(line, row, "reason", path),
            self._grounds(line, row, path),
            place=at,
        )

    def _when(
        self, line: int, row: Mapping[str, str], readers: Mapping[str, Cells], path: Path
    ) -> Condition:
        """Return what a row asks: of each cell that asks something, in the order of columns."""
        asked: list[Condition] = []
        where = ROW  # of the condition: the one cell that asks something, or else the row
        for name, reader in readers.items():
            text = row[name]
            if text in NOTHING:
                continue
            # Few cells of a column differ: what one says is read once.
            condition = self._known.get((name, text))
            if condition is None or isinstance(reader, DecisionCells):
                at, collector = (*path, "when", "all", len(asked)), self.run.collector
                collector.mark(at, self.sheet.place(line, name))
                condition = reader.read(text, at)
                if not collector.holds_damage(at):
                    self._known[name, text] = condition
            where = ROW if asked else name
            asked.append(condition)
        self.run.collector.mark((*path, "when"), self.sheet.place(line, where))
        if len(asked) == 1:
            return asked[0]
        return All(tuple(asked)) if asked else ALWAYS

    def _then(self, line: int, row: Mapping[str, str], leads_to: str) -> str | model.Review:
        review = _REVIEW.fullmatch(leads_to)
        if review is None:
            return leads_to
        candidates = tuple(parted(review[1])) if review[1] else ()
        because = {
            column.partition(":")[2]: text
            for column, text in row.items()
            if column.startswith("because:") and text
        }
        return model.Review(candidates, because or None)

    def _text(self, line: int, row: Mapping[str, str], kind: str, path: Path) -> dict[str, str]:
        """Return the texts of a kind, by language; a label that is left out is no text."""
        texts = {}
        for column, text in row.items():
            before, _, language = column.partition(":")
            if before == kind and (text or kind != "label"):
                place = self.sheet.place(line, column)
                self.run.collector.mark((*path, kind, language), place, place)
                texts[language] = text
        return texts

    def _grounds(self, line: int, row: Mapping[str, str], path: Path) -> Grounds:
        cites = tuple(filter(None, _LIST.split(row.get("cites", ""))))
        place = self.sheet.place(line, "cites")
        if self.grounds is None:
            self.run.collector.mark((*path, "basis"), place)
            self.run.collector.mark((*path, "cites"), place)
            return Grounds("source", cites)
        collector, shared = self.run.collector, (*self.path, "grounds")
        for key in ("basis", "cites", "interpretation"):
            collector.mark((*path, key), collector.place((*shared, key)))
        if not cites:
            return self.grounds
        collector.mark((*path, "cites"), place)
        return Grounds(self.grounds.basis, cites, self.grounds.interpretation)
