"""A caseload under two versions of the rules: who moves from which answer to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar, Unpack

from routeengine.caseload import Caseload, ReadingOptions, Row, open_caseload
from routeengine.errors import ProfileError, UsageError, shown
from routeengine.executors.first_sight import FirstSight
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import read_profile
from routeengine.result import Verdict
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.verification.alignment import Aligned, Side, align

T = TypeVar("T")

UNUSABLE = "unusable"
"""Stands for the answer of a version that does not know a value of the client."""

STATUSES = ("review", "insufficient", "not_applicable", UNUSABLE)

FLAGS = "flags"
"""The name of the move where flags changed, and the key of what is said of them."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What is answered: an outcome, a status or "unusable"; of flags "flags".

    `beside` are the candidates of a review, what is still possible, or the flags that are raised.
    """

    key: str
    beside: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the answer as `classify` writes it."""
        named = ", ".join(self.beside)
        if self.key == FLAGS:
            return named or "-"
        return f"{self.key} ({named})" if named else self.key


Answers: TypeAlias = Mapping[str | None, Answered]
"""What a version answers of one client: per decision, and under None the flags."""


@dataclass(frozen=True, slots=True)
class Move:
    """What was answered and what is, of a decision or `of_flags`. Never a fact's value."""

    name: str
    before: Answered
    after: Answered
    of_flags: bool = False

    @property
    def old(self) -> str:
        """What was answered, as `classify` writes it."""
        return str(self.before)

    @property
    def new(self) -> str:
        """What is answered, as `classify` writes it."""
        return str(self.after)

    @property
    def unseen(self) -> bool:
        """Whether a person looked before this move, and nobody does after it."""
        return self.before.key == "review" != self.after.key

    def to_dict(self) -> dict[str, str]:
        """Return the same as plain data."""
        return {"name": self.name, "old": self.old, "new": self.new}


@dataclass(frozen=True, slots=True)
class Mover:
    """A client for whom anything is answered otherwise."""

    client_id: str
    moves: tuple[Move, ...]

    @property
    def unseen(self) -> bool:
        """Whether a person looked at some decision of the client, and nobody does any more."""
        return any(move.unseen for move in self.moves)

    @property
    def seen(self) -> bool:
        """Whether a person looks at some decision of the client now, and nobody did."""
        return any(move.after.key == "review" != move.before.key for move in self._decisions)

    @property
    def unasked(self) -> bool:
        """Whether the client gets an answer without the question that was open, unseen besides."""
        settled = {m.after.key for m in self._decisions if m.before.key == "insufficient"}
        return not self.unseen and bool(settled - {"review", "insufficient", UNUSABLE})

    @property
    def loses_flag(self) -> bool:
        """Whether a flag was raised, and is not any more."""
        flags = [move for move in self.moves if move.of_flags]
        return any(not set(move.before.beside) <= set(move.after.beside) for move in flags)

    @property
    def keeps_answers(self) -> bool:
        """Whether only candidates, what is possible or flags are otherwise."""
        return all(move.before.key == move.after.key for move in self.moves)

    @property
    def _decisions(self) -> list[Move]:
        return [move for move in self.moves if not move.of_flags]


@dataclass(frozen=True, slots=True)
class Migration:
    """How many clients went from which answer to which, and who; ids only, never facts.

    Attributes:
        matrices: Per decision that both versions have, the number of clients by what was answered
            and what is: an outcome, a status, or "unusable".
        clients: How many clients there are.
        moved: The clients for whom anything is answered otherwise, by `client_id`, each with its
            `moves`.
        faults: Rows that could not be read.
        notes: What was read otherwise than it is written.
    """

    matrices: Mapping[str, Mapping[tuple[str, str], int]]
    clients: int
    moved: tuple[Mover, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the same as plain data."""
        return {
            "clients": self.clients,
            "faulty_rows": len(self.faults),
            "matrices": {
                decision: [
                    {"old": was, "new": now, "clients": number}
                    for (was, now), number in counts.items()
                ]
                for decision, counts in self.matrices.items()
            },
            "moved": [
                {"client_id": one.client_id, "moves": [move.to_dict() for move in one.moves]}
                for one in self.moved
            ],
        }


def migrate(
    old: RuleSet,
    new: RuleSet,
    caseload: str | Path,
    renames: Mapping[str, str] | None = None,
    **reading: Unpack[ReadingOptions],
) -> Migration:
    """Classify every client of a caseload file by two versions of the rules, and return who moves.

    `caseload` is the path of the file, and the arguments by name are those of `open_caseload`.
    `renames` is as for `diff`. A row that cannot be read is a fault; a client of whom one version
    does not know a value moves to or from "unusable".

    Raises CaseloadError if the file cannot be read, and UsageError if a column would mean two
    facts.
    """
    aligned = align(old, new, renames)
    with open_caseload(caseload, aligned.after.common, **reading) as rows:
        both = BothVersions(aligned, rows)
        counts: dict[str, Counter[tuple[str, str]]] = {one.id: Counter() for one in both.decisions}
        moved: list[Mover] = []
        for row, was, now in both:
            for name, counter in counts.items():
                counter[was[name].key, now[name].key] += 1
            mover = Mover(row.client_id or "", tuple(both.moves(was, now)))
            if mover.moves:
                moved.append(mover)
    matrices = {one.id: in_order(one, counts[one.id]) for one in both.decisions}
    return Migration(matrices, both.clients, tuple(moved), tuple(both.faults), rows.notes)


class BothVersions:
    """The clients of a caseload, each with what either version answers; faults are kept.

    Raises UsageError if a column would mean two facts.
    """

    def __init__(self, aligned: Aligned, rows: Caseload) -> None:
        common = aligned.after.common
        _refuse_retyped(common)
        self._rows = rows
        self._before, self._after = _Version(aligned.before), _Version(aligned.after)
        self.decisions = [one for one in common.decisions if one.id in self._before.decisions]
        self.faults: list[str] = []
        self.clients = 0

    def __iter__(self) -> Iterator[tuple[Row, Answers, Answers]]:
        """Yield each row that could be read, what was answered and what is."""
        for row in self._rows:
            self.faults += [f"{shown(self._rows.path)}:{fault}" for fault in row.faults]
            if row.profile is not None:
                self.clients += 1
                yield row, self._before.answers(row.profile), self._after.answers(row.profile)

    def moves(self, was: Answers, now: Answers) -> Iterator[Move]:
        """Yield what differs: of decisions by name, and of flags by none."""
        for name in (*(one.id for one in self.decisions), None):
            if was[name] != now[name]:
                yield Move(name or FLAGS, was[name], now[name], name is None)


def _refuse_retyped(common: RuleSet) -> None:
    # A fact that changed its type is two facts in the common vocabulary, with one column for both.
    if retyped := [fact.id for fact in common.facts if fact.id.endswith(" (old)")]:
        named = ", ".join(f"`{one.removesuffix(' (old)')}`" for one in retyped)
        raise UsageError(f"{named}: another type in each version, so no caseload suits both")


def in_order(decision: Decision, counts: Mapping[tuple[str, str], T]) -> dict[tuple[str, str], T]:
    """Return what belongs to pairs of answers in the order of the answers."""
    keys = [*(outcome.id for outcome in decision.outcomes), *STATUSES]
    ranks = {key: rank for rank, key in enumerate(keys)}
    # An outcome that only the old version has is no key of the new one: it goes first.
    order = sorted(counts, key=lambda both: [ranks.get(key, -1) for key in both])
    return {both: counts[both] for both in order}


class _Version:
    """One version that classifies, and answers in the common names."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.decisions = side.decisions
        self.outcomes = {name: side.outcomes(name) for name in self.decisions}
        self.flags = {own: common for common, own in side.flags.items()}
        executor = LanesExecutor(side.own)
        self.evaluate = (FirstSight(executor) if executor.exact else executor).evaluate

    def answers(self, profile: Mapping[str, object]) -> Answers:
        """Return the answer of each decision, and the flags under None."""
        try:
            state = read_profile(self.side.own, self.side.translated(profile))
        except ProfileError:
            # The caseload was read by all values that either version knows.
            return dict.fromkeys((*self.decisions, None), Answered(UNUSABLE))
        answer = self.evaluate(state)
        flags = tuple(sorted(self.flags[flag] for flag in answer.flags))
        answers: dict[str | None, Answered] = {None: Answered(FLAGS, flags)}
        for name, own in self.decisions.items():
            answers[name] = self._answered(name, answer.verdicts[own])
        return answers

    def _answered(self, name: str, verdict: Verdict) -> Answered:
        outcomes = self.outcomes[name]
        if verdict.outcome is not None:
            return Answered(outcomes[verdict.outcome])
        # A decision that does not apply has nothing else that is possible.
        several = {"review": verdict.candidates, "insufficient": verdict.possible}
        beside = [outcomes.get(one, one) for one in several.get(verdict.status, ())]
        return Answered(verdict.status, tuple(beside))
