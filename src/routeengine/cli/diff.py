"""`routeengine diff`: what a change of rules changes, and whom."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from routeengine.cli.diff_words import WORDS, DiffWords
from routeengine.cli.migration import UNUSABLE, Migration, migrate
from routeengine.cli.regions import RegionWords, amount_data, region_data
from routeengine.errors import UsageError
from routeengine.explanation.phrases import Phrases
from routeengine.explanation.wording import wording_of
from routeengine.loading import load_ruleset
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.settling import OVERLAP, FullVerdict
from routeengine.verification import Difference, Reading, Shift, diff
from routeengine.verification.alignment import FactChange
from routeengine.verification.comparison import Statement
from routeengine.verification.space import Amount


def run(arguments: argparse.Namespace) -> int:
    """Compare two versions; 0 only where they mean the same and every row could be used."""
    old, new = load_ruleset(arguments.old), load_ruleset(arguments.new)
    difference = diff(old, new, _renames(arguments.rename))
    migration = None
    if arguments.caseload:
        migration = migrate(difference.aligned, arguments.caseload, arguments.drop_columns)
        for line in migration.faults:
            print(line, file=sys.stderr)
    if arguments.json:
        print(as_json(difference, migration))
    else:
        print("\n".join(Told(difference, arguments.lang).lines(migration)))
    faulty = migration is not None and migration.faults
    return 0 if difference.same and not faulty else 1


def _renames(options: Iterable[str]) -> dict[str, str]:
    renames = {}
    for option in options:
        was, equals, now = option.partition("=")
        if not (was and equals and now):
            raise UsageError("`--rename` takes OLD=NEW")
        renames[was] = now
    return renames


class Told:
    """A difference in the words of one language."""

    def __init__(self, difference: Difference, language: str) -> None:
        self.difference = difference
        self.words: DiffWords = WORDS[language]
        sides = difference.aligned.before.common, difference.aligned.after.common
        self.before, self.after = (
            Phrases(side, language, wording_of(language, side.languages)) for side in sides
        )
        self.told = RegionWords(self.after, self.words, self._size)

    def lines(self, migration: Migration | None) -> list[str]:
        """Give all of it, line by line."""
        difference, words = self.difference, self.words
        old, new = difference.aligned.before.own, difference.aligned.after.own
        lines = [f"{old.id} {old.version} -> {new.id} {new.version}"]
        if facts := self._facts():
            lines += ["", *facts]
        if difference.removed or difference.added:
            lines.append("")
        for told, names in ((words.gone, difference.removed), (words.new, difference.added)):
            side = self.before if told is words.gone else self.after
            lines += [told.format(name=self._name(side, *one)) for one in names]
        for shift in difference.shifts:
            lines += ["", *self._shift(shift)]
        for reading in difference.readings:
            lines += ["", *self._reading(reading)]
        if difference.evidence:
            lines += ["", words.evidence]
        if difference.undetermined:
            lines += ["", words.undetermined.format(names=", ".join(difference.undetermined))]
        if migration is not None:
            lines += ["", *self._migration(migration)]
        return [*lines, "", words.same if difference.same else words.differs]

    def _facts(self) -> list[str]:
        lines = [f"  {line}" for change in self.difference.facts for line in self._fact(change)]
        return [f"{self.words.facts}:", *lines] if lines else []

    def _fact(self, change: FactChange) -> list[str]:
        words = self.words
        if change.before is None or change.after is None:
            told = words.new if change.before is None else words.gone
            return [told.format(name=f"`{change.before or change.after}`")]
        lines = []
        if change.before != change.after:
            lines.append(words.renamed.format(name=f"`{change.before}` -> `{change.after}`"))
        for told, values in (
            (words.values_lost, change.lost),
            (words.values_gained, change.gained),
        ):
            if values:
                fact = self.after.ruleset.fact[change.after]
                bits = sum(1 << (fact.domain.index(value) or 0) for value in values)
                said = self.after.allowed(fact, bits, "between")
                lines.append(told.format(name=f"`{change.after}`", values=said))
        return lines

    def _name(self, side: Phrases, kind: str, name: str) -> str:
        if kind == "decision":
            return self.words.decision.format(name=side.say(side.ruleset.decision[name].label))
        label = next(flag.label for flag in side.ruleset.flags if flag.id == name)
        return self.words.flag.format(name=side.say(label))

    # One way of differing

    def _shift(self, shift: Shift) -> list[str]:
        lines = [self._title(shift), f"  {self._size(shift.covers)}"]
        return [*lines, *self.told.lines(shift.regions, shift.left_over)]

    def _title(self, shift: Shift) -> str:
        words = self.words
        if shift.kind == "possible":
            return words.now_possible if shift.after else words.no_longer
        before = self._said(self.before, shift.name, shift.before)
        after = self._said(self.after, shift.name, shift.after)
        name = self._name(self.after, shift.kind, shift.name)
        return f"{name}: {before} -> {after}"

    def _said(self, side: Phrases, name: str, said: Statement) -> str:
        words = self.words
        if not isinstance(said, FullVerdict):
            return words.raised if said else words.not_raised
        answers = side.outcomes[name]
        if said.status != "review":
            return answers[said.key]
        reasons = {"gap": words.gap, "overlap": words.overlap}
        about = [reasons[said.reason]] if said.reason in reasons else []
        if said.candidates:
            about.append(side.wording.either([answers[one] for one in said.candidates]))
        else:
            about.append(words.various if said == OVERLAP else words.none)
        return f"{answers['review']} ({'; '.join(about)})"

    def _size(self, amount: Amount) -> str:
        return self.words.size.format(
            combinations=_number(amount.combinations), profiles=_number(amount.profiles)
        )

    def _reading(self, reading: Reading) -> list[str]:
        words, side = self.words, self.after
        lines = [words.reading.format(decision=self._name(side, "decision", reading.decision))]
        for told, facts in (
            (words.reads_too, reading.after),
            (words.reads_no_more, reading.before),
        ):
            if facts:
                labels = [side.say(side.ruleset.fact[fact].label) for fact in facts]
                lines.append("  " + told.format(names=side.wording.both(labels)))
        return lines

    # The clients

    def _migration(self, migration: Migration) -> list[str]:
        words = self.words
        lines = [words.clients.format(number=_number(migration.clients))]
        for decision, counts in migration.matrices.items():
            label = self.after.say(self.after.ruleset.decision[decision].label)
            lines += ["", f"{label} ({words.was_now})", *_matrix(counts, words.unusable)]
        lines.append("")
        if not migration.moved:
            return [*lines, words.nobody]
        lines.append(words.moved.format(number=_number(len(migration.moved))))
        for client, moves in migration.moved:
            told = "; ".join(f"{name}: {was} -> {now}" for name, was, now in moves)
            lines.append(f"  {client}  {told}".replace(UNUSABLE, words.unusable))
        return lines


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def _matrix(counts: dict[tuple[str, str], int], unusable: str) -> list[str]:
    """Give the counts as a table: what it was down the side, what it is along the top."""
    rows = dict.fromkeys(was for was, _ in counts)
    # The answers come in the order of the rows, and new ones behind them.
    columns = dict.fromkeys([*rows, *(now for _, now in counts)])
    columns = dict.fromkeys(one for one in columns if any(now == one for _, now in counts))
    names = {key: unusable if key == UNUSABLE else key for key in (*rows, *columns)}
    wide = max(map(len, names.values()))
    head = "  ".join(f"{names[column]:>{wide}}" for column in columns)
    lines = [f"  {'':{wide}}  {head}"]
    for row in rows:
        cells = [f"{_number(counts.get((row, column), 0)):>{wide}}" for column in columns]
        lines.append("  ".join([f"  {names[row]:{wide}}", *cells]))
    return lines


# As data


def as_json(difference: Difference, migration: Migration | None) -> str:
    """Give the same as data; regions as values per fact, in the common vocabulary."""
    aligned = difference.aligned
    data = {
        "same": difference.same,
        "old": _named(aligned.before.own),
        "new": _named(aligned.after.own),
        "facts": [
            {"old": f.before, "new": f.after, "lost": list(f.lost), "gained": list(f.gained)}
            for f in difference.facts
        ],
        "removed": [list(one) for one in difference.removed],
        "added": [list(one) for one in difference.added],
        "shifts": [_shift_data(aligned.after.common, shift) for shift in difference.shifts],
        "readings": [
            {"decision": one.decision, "old": list(one.before), "new": list(one.after)}
            for one in difference.readings
        ],
        "evidence": difference.evidence,
        "undetermined": list(difference.undetermined),
    }
    if migration is not None:
        data["caseload"] = migration.data()
    return json.dumps(data, indent=2, ensure_ascii=False)


def _named(ruleset: RuleSet) -> dict[str, str]:
    named = reference(ruleset)
    return {"id": named.id, "version": named.version, "sha256": named.sha256}


def _shift_data(ruleset: RuleSet, shift: Shift) -> dict[str, object]:
    return {
        "kind": shift.kind,
        "name": shift.name,
        "before": _said_data(shift.before),
        "after": _said_data(shift.after),
        **amount_data(shift.covers),
        "left_over": amount_data(shift.left_over),
        "regions": [region_data(ruleset, region) for region in shift.regions],
    }


def _said_data(said: Statement) -> object:
    if not isinstance(said, FullVerdict):
        return said
    return {
        "status": said.status,
        "outcome": said.outcome,
        "reason": said.reason,
        # An overlap without candidates stands for more sets of them than can be told.
        "candidates": None if said == OVERLAP else list(said.candidates),
    }
