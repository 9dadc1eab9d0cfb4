"""How many clients there are of what, as it may be shown; and who moves by group.

With groups no client is named, and every count is one that may be published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from routeengine.difference_words import DifferenceWords
from routeengine.i18n.report_words import ReportWording
from routeengine.i18n.rulebook_words import ChangeWording
from routeengine.own_words import words_of
from routeengine.pages.figure_tables import Row, Table
from routeengine.pages.render import first_up
from routeengine.suppress import Figure
from routeengine.verification import Impact, Migration
from routeengine.verification.impact import ClientGroup, DecisionImpact, Figures

Counts = Mapping[tuple[str, str], Figure]
"""How many had one answer and have another."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the clients of a caseload, all groups together."""

    clients: Figure
    faults: int
    unseen: Figure
    besides: Mapping[str, Figure]
    decisions: Mapping[str, tuple[Counts, Figure]]


def told_of(clients: Migration | Impact | None) -> Told | None:
    """Return what is told of clients: without groups as it was counted."""
    match clients:
        case None:
            return None
        case Impact():
            return Told(
                clients.clients[-1],
                len(clients.faults),
                clients.changes["unseen"][-1],
                clients.besides,
                {
                    name: ({pair: some[-1] for pair, some in one.moves.items()}, one.moved)
                    for name, one in clients.decisions.items()
                },
            )
    moved = clients.moved
    besides = {
        "seen": sum(one.seen for one in moved),
        "unasked": sum(one.unasked for one in moved),
        "loses_flag": sum(one.loses_flag for one in moved),
        "keeps_answers": sum(one.keeps_answers for one in moved),
    }
    return Told(
        Figure(clients.clients),
        len(clients.faults),
        Figure(sum(one.unseen for one in moved)),
        {name: Figure(number) for name, number in besides.items()},
        {
            name: (
                {pair: Figure(number) for pair, number in matrix.items()},
                Figure(sum(number for (was, now), number in matrix.items() if was != now)),
            )
            for name, matrix in clients.matrices.items()
        },
    )


def is_some(figure: Figure) -> bool:
    """Return whether there is anybody; who is hidden is somebody."""
    return figure.number != 0


@dataclass(frozen=True, slots=True)
class ByGroup:
    """Who moves by group: what is said of it, and its tables."""

    notes: tuple[str, ...]
    tables: tuple[Table, ...]


class GroupWords:
    """Puts what a change does to groups into the words of one language."""

    def __init__(self, said: DifferenceWords, impact: Impact) -> None:
        own = words_of(said.after.ruleset.wording, said.after.language)
        self._said, self._impact = said, impact
        self._words: ChangeWording = own.change
        self._figures: ReportWording = own.report
        fact = said.after.ruleset.fact.get(impact.by) if impact.fact else None
        self._fact = fact
        self.by = impact.by if fact is None else said.after.say(fact.label)
        self._names = (*map(self._name, impact.groups), self._figures.total)

    def _name(self, group: ClientGroup) -> str:
        """Return what a group is called."""
        if group.kind != "value":
            words = self._words
            return first_up(words.groups_rest if group.kind == "rest" else words.groups_unknown)
        if self._fact is None:
            return group.value
        known: dict[str, object] = {"true": True, "false": False}
        value = known.get(group.value, group.value) if self._fact.kind == "boolean" else group.value
        index = self._fact.domain.index(int(group.value) if self._is_whole() else value)
        return self._said.after.value(self._fact, self._fact.domain.value(index or 0))

    def _is_whole(self) -> bool:
        return self._fact is not None and self._fact.kind == "integer"

    def page(self) -> ByGroup:
        """Return what stands on the page."""
        return ByGroup(tuple(self._notes()), tuple(self._tables()))

    def _notes(self) -> Iterator[str]:
        words, after = self._words, self._said.after
        yield words.groups_note.format(name=self.by)
        yield from self._refused()
        wording = after.ruleset.wording
        orders = {} if wording is None else {d.id: d.better_first for d in wording.decisions}
        for name, one in self._impact.decisions.items():
            label = first_up(after.say(after.ruleset.decision[name].label))
            better = [after.outcomes[name][outcome] for outcome in orders.get(name, ())]
            if one.moves and better:
                yield words.groups_order.format(decision=label, answers="; ".join(better))
            elif "moved" in one.effects:
                yield words.groups_no_order.format(decision=label)
        yield words.groups_meaning
        yield self._figures.small.format(limit=self._impact.limit)
        yield words.groups_names

    def _refused(self) -> Iterator[str]:
        """Yield that the rules refuse the column as a fact, and why."""
        for one in self._said.after.ruleset.refusals:
            if one.id == self._impact.refused:
                reason = self._said.after.say(one.reason).rstrip(".")
                yield self._words.groups_refused.format(reason=reason)

    def _tables(self) -> Iterator[Table]:
        words, impact = self._words, self._impact
        changes = [(words.changes[name], some) for name, some in impact.changes.items()]
        yield self._table(words.groups_all.format(name=self.by), changes)
        for name, one in impact.decisions.items():
            if one.moves:
                about = {"decision": self._label(name), "name": self.by}
                effects = [(words.effects[effect], some) for effect, some in one.effects.items()]
                yield self._table(words.groups_effects.format(**about), effects)
                yield self._moves(words.groups_moves.format(**about), name, one)

    def _label(self, decision: str) -> str:
        after = self._said.after
        return first_up(after.say(after.ruleset.decision[decision].label))

    def _table(self, caption: str, columns: Sequence[tuple[str, Figures]]) -> Table:
        """Return a table with a row for each group."""
        columns = [*columns, (self._figures.total, self._impact.clients)]
        heads, some = zip(*columns, strict=True)
        last = len(self._names) - 1
        rows = [
            Row(name, tuple(self.figure(one[place]) for one in some), is_total=place == last)
            for place, name in enumerate(self._names)
        ]
        return Table(caption, "", first_up(self.by), heads, (), tuple(rows))

    def _moves(self, caption: str, decision: str, one: DecisionImpact) -> Table:
        """Return a table with a row for each way in which clients move."""
        rows = [
            Row(
                first_up(
                    self._words.way.format(
                        old=self._said.answer(self._said.before, decision, was),
                        new=self._said.answer(self._said.after, decision, now),
                    )
                ),
                tuple(map(self.figure, some)),
            )
            for (was, now), some in one.moves.items()
        ]
        return Table(caption, "", self._words.columns["what"], self._names, (), tuple(rows))

    def figure(self, figure: Figure) -> str:
        """Return a count as it may be shown."""
        return self._said.figure(figure)

    def lines(self) -> Iterator[list[str]]:
        """Yield blocks of text: of each group a line, for all that changes and per decision."""
        words, impact = self._words, self._impact
        changes = [(words.changes[name], some) for name, some in impact.changes.items()]
        head = words.groups_all.format(name=self.by)
        yield [head, *self._lines([(words.columns["clients"], impact.clients), *changes])]
        for name, one in impact.decisions.items():
            if one.moves:
                head = words.groups_effects.format(decision=self._label(name), name=self.by)
                effects = [(words.effects[effect], some) for effect, some in one.effects.items()]
                yield [head, *self._lines(effects)]
        yield [
            words.groups_note.format(name=self.by),
            *self._refused(),
            self._figures.small.format(limit=impact.limit),
        ]

    def _lines(self, columns: Sequence[tuple[str, Figures]]) -> Iterator[str]:
        for place, name in enumerate(self._names):
            told = [
                f"{head.lower()}: {self.figure(some[place])}"
                for head, some in columns
                if is_some(some[place])
            ]
            yield f"  {name}: {'; '.join(told)}"
