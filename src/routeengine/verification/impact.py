"""Whom a change of rules moves, by groups: the values of a column of the caseload.

Only counts come out, each as it may be shown: small ones are hidden, with as many others as it
takes. No client is named. A count says nothing of why one group moves and another does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Final, Literal, TypeAlias, TypeVar, Unpack, get_args

from routeengine.caseload import Caseload, ReadingOptions, Row, open_caseload
from routeengine.caseload.columns import BESIDE, CLIENT, Skip
from routeengine.client_id import whole_number
from routeengine.errors import CaseloadError, UsageError
from routeengine.ruleset.domains import RangeDomain, word
from routeengine.ruleset.model import Decision, Fact, RuleSet
from routeengine.ruleset.naming import fold
from routeengine.suppress import SMALL, Counted, Figure, Group, group_of
from routeengine.verification.alignment import align
from routeengine.verification.migration import BothVersions, Mover, in_order

Key = TypeVar("Key")

MAX_GROUPS = 20
"""Groups that a page can have side by side; of more nobody could read it."""

Effect: TypeAlias = Literal["better", "worse", "moved", "undecided", "decided", "other", "same"]
"""What a change does to the answer of one client.

`better` and `worse` only by a declared order of outcomes, and `moved` between outcomes that no
order compares. `undecided` has no answer any more: something is not known, or a person looks; and
`decided` has one now. `other` is what cannot be compared, such as a question that does not arise.
"""

EFFECTS: Final[tuple[Effect, ...]] = get_args(Effect)

Change: TypeAlias = Literal["unseen", "otherwise", "same"]
"""Whether anything is otherwise for a client; `unseen` where a person no longer looks."""

CHANGES: Final[tuple[Change, ...]] = get_args(Change)

ASIDES: Final[Mapping[str, Callable[[Mover], bool]]] = {
    "seen": lambda one: one.seen,
    "unasked": lambda one: one.unasked,
    "loses_flag": lambda one: one.loses_flag,
    "keeps_answers": lambda one: one.keeps_answers,
}
"""What is counted besides, of all groups together."""

Figures: TypeAlias = tuple[Figure, ...]
"""A count per group, in their order, and of all together behind them."""

UNDECIDED = ("insufficient", "review")


@dataclass(frozen=True, slots=True)
class ClientGroup:
    """Clients with one `value` of the column; or of whom it is `unknown`.

    `kind` is "value", "rest" or "unknown". The `rest` has the values that so few clients have that
    to name one might name them. `value` is empty but for the first kind.
    """

    kind: Literal["value", "rest", "unknown"]
    value: str = ""


@dataclass(frozen=True, slots=True)
class DecisionImpact:
    """What a change does to one decision.

    A count is given for each group, in their order, and then for all of them together. The effects
    are:

    - "better" and "worse": another outcome, by the order that `better_first` declares;
    - "moved": another outcome, which no order compares;
    - "undecided": no outcome any more, because something is not known or a person looks;
    - "decided": an outcome, where there was none;
    - "other": what cannot be compared, such as a question that does not arise;
    - "same": the same answer.

    Attributes:
        effects: How many clients each effect has, of those that there are; empty if nobody moves.
        moves: How many clients go from one answer to another, by both.
        moved: How many clients have another answer than before, all groups together.
    """

    effects: Mapping[Effect, Figures]
    moves: Mapping[tuple[str, str], Figures]
    moved: Figure


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom a change moves, by group: counts as they may be shown.

    A count is given for each group, in their order, and then for all of them together. It has a
    `number`: None if it is hidden because it is small, or would tell a small one. It is rounded to
    tens if `rounded` is True.

    Attributes:
        by: The id of the fact, or the name of the column, by which clients are grouped.
        fact: Whether that is a fact.
        limit: Counts below this are hidden.
        groups: The groups.
        clients: How many clients there are.
        changes: For how many of them a person no longer looks at some decision ("unseen"),
            something else is "otherwise", or all is the "same".
        decisions: What the change does to each decision, by id.
        besides: Of all groups together, for how many a person looks now ("seen"), an open question
            is no longer asked ("unasked"), a flag is no longer raised ("loses_flag"), or no answer
            changes but what stands beside it does ("keeps_answers").
        faults: Rows that could not be read and count nowhere.
        notes: What was read otherwise than it is written.
        refused: The id of the refusal, if the rules refuse the column as a fact. It was read to
            count by and for nothing else.
    """

    by: str
    fact: bool
    limit: int
    groups: tuple[ClientGroup, ...]
    clients: Figures
    changes: Mapping[Change, Figures]
    decisions: Mapping[str, DecisionImpact]
    besides: Mapping[str, Figure]
    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()
    refused: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the same as plain data; a count that is hidden has the number None."""
        return {
            "by": self.by,
            "refused": self.refused,
            "hidden_below": self.limit,
            "faulty_rows": len(self.faults),
            "groups": [*map(asdict, self.groups), {"kind": "all", "value": ""}],
            "clients": _plain(self.clients),
            "changes": {name: _plain(some) for name, some in self.changes.items()},
            "decisions": {
                name: {
                    "effects": {effect: _plain(some) for effect, some in one.effects.items()},
                    "moves": [
                        {"old": was, "new": now, "clients": _plain(some)}
                        for (was, now), some in one.moves.items()
                    ],
                }
                for name, one in self.decisions.items()
            },
            "besides": {name: asdict(one) for name, one in self.besides.items()},
        }


def _plain(figures: Figures) -> list[dict[str, object]]:
    return [asdict(one) for one in figures]


def impact(
    old: RuleSet,
    new: RuleSet,
    caseload: str | Path,
    by: str,
    renames: Mapping[str, str] | None = None,
    **reading: Unpack[ReadingOptions],
) -> Impact:
    r"""Classify every client of a caseload file by two versions, and count who moves, by group.

    `by` is a fact, or a column that is none or that the rules refuse: that is read for this alone,
    and no answer depends on it. `better_first` in the words of the new version says who gains and
    who loses. The other arguments are as for `migrate`. Small counts are hidden.

    Raises CaseloadError if the file cannot be read or has nothing in the column; UsageError if the
    column is the client id, was left out or can mean several facts, or has more than 20 values.

    Examples:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from routeengine import load_ruleset
        >>> from routeengine.verification import impact
        >>> old = new = load_ruleset("rijswijk-2023")
        >>> rows = [f"c{n},{'north' if n % 3 else 'south'},no\n" for n in range(30)]
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "clients.csv")
        ...     _ = path.write_text("".join(["client_id,district,receives_benefit\n", *rows]))
        ...     found = impact(old, new, path, by="district")
        >>> [group.value for group in found.groups], [count.number for count in found.clients]
        (['north', 'south'], [20, 10, 30])
        >>> [count.number for count in found.changes["otherwise"]]
        [0, 0, 0]
    """
    aligned = align(old, new, renames)
    limit = new.publication.small_counts_below if new.publication else None
    with open_caseload(caseload, aligned.after.common, **reading, beside=by) as rows:
        tally = _Tally(rows, by, SMALL if limit is None else limit)
        both = BothVersions(aligned, rows)
        for row, was, now in both:
            answers = {one.id: (was[one.id].key, now[one.id].key) for one in both.decisions}
            tally.add(row, answers, Mover("", tuple(both.moves(was, now))))
    orders = {} if new.wording is None else {d.id: d.better_first for d in new.wording.decisions}
    faults, notes = tuple(both.faults), rows.notes
    return tally.settled(both.decisions, orders, faults, notes)


def effect_of(
    before: str, after: str, better_first: Sequence[str], outcomes: Sequence[str]
) -> Effect:
    """Return what it does to a client that this was the answer and that is."""
    if before == after:
        return "same"
    if after in UNDECIDED and before not in UNDECIDED:
        return "undecided"
    if before in UNDECIDED and after in outcomes:
        return "decided"
    if not {before, after} <= set(outcomes):
        return "other"
    if not {before, after} <= set(better_first):
        return "moved"
    return "better" if better_first.index(after) < better_first.index(before) else "worse"


class _Tally:
    """Clients by what they are of, place by place; `settled` says what may be shown of it."""

    def __init__(self, rows: Caseload, by: str, limit: int) -> None:
        target = rows.columns.target(by)
        if target == CLIENT:
            raise UsageError("by the client id each client would be a group: take another column")
        if isinstance(target, Skip):
            raise UsageError("`by` is a column that is left out: it cannot be both")
        self._fact = target if isinstance(target, Fact) else None
        if self._fact is None and target != BESIDE:
            raise UsageError(f"`by`: {rows.columns.complaint(by, 1)[1]}")
        refusal = rows.columns.refusal(by)
        self._refused = None if refusal is None else refusal.id
        self._path, self._by, self._limit = rows.path, by, limit
        unknown = (*rows.ruleset.unknown_texts, *rows.ruleset.declined_texts)
        self._unknown = set(map(fold, unknown))
        self._clients = 0
        self._spelled: dict[str, str] = {}
        self._places: dict[str, int] = {}
        self._values: dict[str | None, list[int]] = {None: []}
        self._pairs: dict[str, dict[tuple[str, str], list[int]]] = {}
        self._changes: dict[Change, list[int]] = {name: [] for name in CHANGES}
        self._besides: dict[str, list[int]] = {name: [] for name in ASIDES}

    def add(self, row: Row, answers: Mapping[str, tuple[str, str]], mover: Mover) -> None:
        """Take one client in."""
        place = self._clients
        self._clients += 1
        self._values.setdefault(self._value(row), []).append(place)
        for decision, pair in answers.items():
            self._pairs.setdefault(decision, {}).setdefault(pair, []).append(place)
        change: Change = "unseen" if mover.unseen else "otherwise" if mover.moves else "same"
        self._changes[change].append(place)
        for name, holds in ASIDES.items() if mover.moves else ():
            if holds(mover):
                self._besides[name].append(place)

    def _value(self, row: Row) -> str | None:
        """Return the value of a client, folded, or None where it is not known exactly."""
        if self._fact is not None:
            known = (row.profile or {}).get(self._fact.id)
            index = self._fact.domain.index(known)
            if index is None:
                return None
            value = word(self._fact.domain.value(index))
            self._places[value] = index
            return value
        cell = whole_number(row.beside)
        if isinstance(cell, bool):
            cell = word(cell)
        text = " ".join(str(cell).split()) if isinstance(cell, str | int) else ""
        folded = fold(text)
        if not folded or folded in self._unknown:
            return None
        self._spelled.setdefault(folded, text)
        return folded

    def _groups(self) -> dict[ClientGroup, Group]:
        """Return the groups in their order: values, the rest of them, and the unknown."""
        values = {one: some for one, some in self._values.items() if one is not None}
        if self._clients and not values and self._fact is None:
            message = f"has nothing in a column `{self._by}`: is it called so?"
            raise CaseloadError(self._path, message)
        fact, few = self._fact, list[int]()
        if fact is None or isinstance(fact.domain, RangeDomain):
            few = [at for some in values.values() if len(some) < self._limit for at in some]
            values = {one: some for one, some in values.items() if len(some) >= self._limit}
        if len(values) > MAX_GROUPS:
            message = f"`{self._by}` has more than {MAX_GROUPS} values in this file"
            raise UsageError(f"{message}: take a column that has them in bands")
        ordered = sorted(values, key=_naturally if fact is None else self._places.__getitem__)
        named = {ClientGroup("value", self._spelled.get(one, one)): values[one] for one in ordered}
        named |= {ClientGroup("rest"): few} if few else {}
        unknown = self._values[None]
        named |= {ClientGroup("unknown"): unknown} if unknown else {}
        return {one: group_of(places) for one, places in named.items()}

    def settled(
        self,
        decisions: Sequence[Decision],
        orders: Mapping[str, Sequence[str]],
        faults: tuple[str, ...],
        notes: tuple[str, ...],
    ) -> Impact:
        """Return what may be shown of everything together."""
        named = self._groups()
        table = _Table(Counted(self._clients, self._limit), tuple(named.values()))
        everybody = table.counted.everybody
        changes: dict[Change, Group] = {name: group_of(at) for name, at in self._changes.items()}
        table.parts(changes, everybody)
        counted = {one.id: self._decision(table, one, orders.get(one.id, ())) for one in decisions}
        besides = {name: group_of(places) for name, places in self._besides.items()}
        table.counted.show(*besides.values())
        table.counted.settle()
        figure = table.counted.figure
        return Impact(
            by=self._by if self._fact is None else self._fact.id,
            fact=self._fact is not None,
            limit=self._limit,
            groups=tuple(named),
            clients=table.figures(everybody),
            changes={name: table.figures(group) for name, group in changes.items()},
            decisions={
                name: DecisionImpact(
                    {effect: table.figures(group) for effect, group in effects.items()},
                    {pair: table.figures(group) for pair, group in moves.items()},
                    figure(reduce(or_, moves.values(), 0)),
                )
                for name, (effects, moves) in counted.items()
            },
            besides={name: figure(group) for name, group in besides.items()},
            faults=faults,
            notes=notes,
            refused=self._refused,
        )

    def _decision(
        self, table: _Table, decision: Decision, better_first: Sequence[str]
    ) -> tuple[dict[Effect, Group], dict[tuple[str, str], Group]]:
        """Count one decision: by effect, and from which answer to which."""
        outcomes = [one.id for one in decision.outcomes]
        found = {pair: group_of(at) for pair, at in self._pairs.get(decision.id, {}).items()}
        moves = {p: group for p, group in in_order(decision, found).items() if p[0] != p[1]}
        of = {pair: effect_of(*pair, better_first, outcomes) for pair in moves}
        effects: dict[Effect, Group] = {
            effect: reduce(or_, [group for pair, group in moves.items() if of[pair] == effect], 0)
            for effect in EFFECTS
        }
        moved = reduce(or_, moves.values(), 0)
        effects = {effect: group for effect, group in effects.items() if group}
        for effect, whole in effects.items():
            table.parts({p: group for p, group in moves.items() if of[p] == effect}, whole)
        if moves:
            effects["same"] = table.counted.everybody & ~moved
            table.parts(effects, table.counted.everybody)
            table.counted.add_up(table.counted.everybody, [moved, effects["same"]])
        return effects, moves


class _Table:
    """Tables by the same groups: what is in them adds up both ways."""

    def __init__(self, counted: Counted, groups: Sequence[Group]) -> None:
        self.counted = counted
        self.groups = groups
        counted.add_up(counted.everybody, groups)

    def parts(self, parts: Mapping[Key, Group], whole: Group) -> None:
        """Note that a whole, and its part in each group, are shown in these parts."""
        for within in (*self.groups, self.counted.everybody):
            self.counted.add_up(whole & within, [part & within for part in parts.values()])
        for part in parts.values():
            self.counted.add_up(part, [part & group for group in self.groups])

    def figures(self, group: Group) -> Figures:
        """Return how many of some clients may be shown, group by group and of all together."""
        within = (*self.groups, self.counted.everybody)
        return tuple([self.counted.figure(group & one) for one in within])


def _naturally(text: str) -> list[tuple[int, str]]:
    """Return a key by which `10-19` comes behind `2-9`."""
    return [
        (int(part), "") if part.isdecimal() and len(part) < 10 else (-1, part)
        for part in re.split(r"(\d+)", text)
    ]
