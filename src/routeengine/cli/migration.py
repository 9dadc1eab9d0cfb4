"""A caseload under two versions of the rules: who moves from which answer to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from routeengine.caseload import open_caseload
from routeengine.engine import Engine
from routeengine.errors import ProfileError, UsageError
from routeengine.result import Result, Verdict
from routeengine.verification.alignment import Aligned, Side

UNUSABLE = "unusable"
"""Stands for the answer of a version that does not know a value of the client."""

STATUSES = ("review", "insufficient", "not_applicable", UNUSABLE)

Move = tuple[str, str, str]
"""A decision, or the flags; what was answered, and what is. Never a fact's value."""


@dataclass
class Migration:
    """How many clients went from which answer to which, and who; ids only, never facts."""

    matrices: dict[str, dict[tuple[str, str], int]]
    clients: int = 0
    moved: list[tuple[str, list[Move]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def data(self) -> dict[str, object]:
        """Give the same as plain data."""
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
                {
                    "client_id": client,
                    "moves": [{"name": n, "old": was, "new": now} for n, was, now in moves],
                }
                for client, moves in self.moved
            ],
        }


def migrate(aligned: Aligned, path: str, drop_columns: Iterable[str] = ()) -> Migration:
    """Classify every client by both versions.

    A row that cannot be read is a fault, and told; a client of whom one version does not know a
    value moves to or from "unusable". Raises CaseloadError where the file cannot be
    read, and UsageError where a column would mean two facts.
    """
    common = aligned.after.common
    twice = [fact.id for fact in common.facts if fact.id.endswith(" (old)")]
    if twice:
        named = ", ".join(f"`{one.removesuffix(' (old)')}`" for one in twice)
        raise UsageError(f"{named}: another type in each version, so no caseload suits both")
    versions = _Version(aligned.before), _Version(aligned.after)
    decisions = [d.id for d in common.decisions if d.id in versions[0].decisions]
    counts: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in decisions}
    migration = Migration({})
    with open_caseload(path, common, drop_columns=drop_columns) as caseload:
        for row in caseload:
            migration.faults += [f"{path}:{fault}" for fault in row.faults]
            if row.profile is None:
                continue
            migration.clients += 1
            was, now = (version.answers(row.profile) for version in versions)
            moves = []
            for name in decisions:
                counts[name][was[name][0], now[name][0]] += 1
                if was[name] != now[name]:
                    moves.append((name, _shown(was[name]), _shown(now[name])))
            if was["flags"] != now["flags"]:
                moves.append(("flags", _shown(was["flags"]), _shown(now["flags"])))
            if moves:
                migration.moved.append((row.client_id or "", moves))
    for name, some in counts.items():
        keys = [one.id for one in common.decision[name].outcomes]
        ranks = {key: n for n, key in enumerate([*keys, *STATUSES])}
        order = sorted(some, key=lambda two: [ranks.get(key, -1) for key in two])
        migration.matrices[name] = {two: some[two] for two in order}
    return migration


Answer = tuple[str, tuple[str, ...]]
"""What is answered, and beside it the candidates, or what is still possible."""


def _shown(answer: Answer) -> str:
    key, beside = answer
    return " ".join([key, f"({', '.join(beside)})"] if beside else [key])


class _Version:
    """One version that classifies, and answers in the common names."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.engine = Engine(side.own)
        pairs = list(zip(side.own.decisions, side.common.decisions, strict=True))
        self.decisions = {common.id: own.id for own, common in pairs}
        self.called = {
            common.id: {a.id: b.id for a, b in zip(own.outcomes, common.outcomes, strict=True)}
            for own, common in pairs
        }
        self.flags = {
            own.id: common.id for own, common in zip(side.own.flags, side.common.flags, strict=True)
        }

    def answers(self, profile: Mapping[str, object]) -> dict[str, Answer]:
        """Give the answer of each decision, and the flags."""
        try:
            result: Result = self.engine.classify(self.side.translated(profile))
        except ProfileError:
            # The caseload was read by all values that either version knows.
            return dict.fromkeys((*self.decisions, "flags"), (UNUSABLE, ()))
        told: dict[str, Answer] = {
            name: self._answer(name, result.verdicts[own]) for name, own in self.decisions.items()
        }
        flags = tuple(self.flags[flag] for flag in result.flags)
        return told | {"flags": (", ".join(sorted(flags)) or "-", ())}

    def _answer(self, name: str, verdict: Verdict) -> Answer:
        called = self.called[name]
        if verdict.outcome is not None:
            return called[verdict.outcome], ()
        beside = verdict.candidates if verdict.status == "review" else verdict.possible
        return verdict.status, tuple(called.get(one, one) for one in beside)
