"""`routeengine diff`: what a change of rules changes, and whom."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from routeengine.cli.output import give, show, tell
from routeengine.cli.regions import RegionWords, all_digits, region_data, ruleset_data
from routeengine.errors import UsageError
from routeengine.explanation.phrases import Phrases
from routeengine.i18n import catalogue, language_for, wording_of
from routeengine.loading import load_ruleset
from routeengine.ruleset.resolution import OVERLAP, CompleteVerdict
from routeengine.verification import Difference, Migration, Reading, Shift, diff, migrate
from routeengine.verification.alignment import Aligned, FactChange
from routeengine.verification.comparison import Statement
from routeengine.verification.migration import UNUSABLE, Move
from routeengine.verification.space import Amount


def run(arguments: argparse.Namespace) -> int:
    """Compare two versions; 0 only if they mean the same and every row could be used."""
    days = arguments.as_of or [None]
    if len(days) > 2:
        raise UsageError("`--as-of` is given once, or once for OLD and once for NEW")
    old, new = load_ruleset(arguments.old, days[0]), load_ruleset(arguments.new, days[-1])
    renames = _renames(arguments.rename)
    difference = diff(old, new, renames)
    migration = None
    if arguments.caseload:
        migration = migrate(
            old,
            new,
            arguments.caseload,
            renames,
            drop_columns=arguments.drop_columns,
            skip_rows=arguments.skip_rows,
            format=arguments.source_format,
        )
        for line in (*migration.faults, *migration.notes):
            tell(line)
    with all_digits():
        if arguments.json:
            give(as_json(difference, migration))
        else:
            both = [language for language in new.languages if language in old.languages]
            language = language_for(both or new.languages, arguments.lang)
            show(DifferenceWords(difference, language).text(migration))
    faulty = migration is not None and migration.faults
    return 0 if difference.same and not faulty else 1


def _renames(options: Iterable[str]) -> dict[str, str]:
    renames: dict[str, str] = {}
    for option in options:
        was, equals, now = option.partition("=")
        if not (was and equals and now):
            raise UsageError("`--rename` takes OLD=NEW")
        if renames.setdefault(was, now) != now:
            raise UsageError(f"`--rename` names `{was}` twice: as `{renames[was]}` and as `{now}`")
    return renames


class DifferenceWords:
    """A difference in the words of one language."""

    def __init__(self, difference: Difference, language: str) -> None:
        self.difference = difference
        self.words = catalogue(language).difference
        sides = difference.aligned.before.common, difference.aligned.after.common
        self.before, self.after = (
            Phrases(side, language, wording_of(language, side.languages)) for side in sides
        )
        self.regions = RegionWords(self.after, language, self._size)

    def text(self, migration: Migration | None) -> str:
        """Return all of it, block by block."""
        difference, words = self.difference, self.words
        old, new = difference.aligned.before.own, difference.aligned.after.own
        facts = [f"  {line}" for change in difference.facts for line in self._fact(change)]
        removed, added = difference.removed, difference.added
        names = [words.gone.format(name=self._name(self.before, *one)) for one in removed]
        names += [words.new.format(name=self._name(self.after, *one)) for one in added]
        undetermined = words.undetermined.format(names=", ".join(difference.undetermined))
        blocks = [
            [
                f"{old.id} {old.version} -> {new.id} {new.version}",
                words.same if difference.same else words.differs,
            ],
            *([] if migration is None else self._migration(migration)),
            [f"{words.facts}:", *facts] if facts else [],
            names,
            *map(self._shift, difference.shifts),
            *map(self._reading, difference.readings),
            [words.evidence] if difference.evidence else [],
            [undetermined] if difference.undetermined else [],
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def _fact(self, change: FactChange) -> list[str]:
        words, before, after = self.words, change.before, change.after
        if before is None or after is None:
            template = words.new if before is None else words.gone
            return [template.format(name=f"`{before or after}`")]
        if change.kinds is not None:
            kinds = dict(zip(("old", "new"), change.kinds, strict=True))
            return [words.retyped.format(name=f"`{after}`", **kinds)]
        lines = []
        if before != after:
            lines.append(words.renamed.format(name=f"`{before}` -> `{after}`"))
        fact = self.after.ruleset.fact[after]
        pairs = ((words.values_lost, change.lost), (words.values_gained, change.gained))
        for template, values in pairs:
            if values:
                bits = sum(1 << (fact.domain.index(value) or 0) for value in values)
                named = self.after.allowed(fact, bits, "between")
                lines.append(template.format(name=f"`{after}`", values=named))
        return lines

    def _name(self, side: Phrases, kind: str, name: str) -> str:
        if kind == "decision":
            return self.words.decision.format(name=side.say(side.ruleset.decision[name].label))
        label = next(flag.label for flag in side.ruleset.flags if flag.id == name)
        return self.words.flag.format(name=side.say(label))

    def _shift(self, shift: Shift) -> list[str]:
        if shift.kind == "possible":
            title = self.words.now_possible if shift.after else self.words.no_longer
        else:
            before = self._statement(self.before, shift.name, shift.before)
            after = self._statement(self.after, shift.name, shift.after)
            title = f"{self._name(self.after, shift.kind, shift.name)}: {before} -> {after}"
        regions = self.regions.lines(shift.regions, shift.left_over)
        return [title, f"  {self._size(shift.covers)}", *regions]

    def _statement(self, side: Phrases, name: str, statement: Statement) -> str:
        words = self.words
        if not isinstance(statement, CompleteVerdict):
            return words.raised if statement else words.not_raised
        answers = side.outcomes[name]
        if statement.status != "review":
            return answers[statement.key]
        reasons = {"rule": [], "gap": [words.gap], "overlap": [words.overlap]}
        about = reasons[str(statement.reason)]
        if statement.candidates:
            about.append(side.wording.either([answers[one] for one in statement.candidates]))
        else:
            about.append(words.various if statement == OVERLAP else words.none)
        return f"{answers['review']} ({'; '.join(about)})"

    def _size(self, amount: Amount) -> str:
        numbers = {name: _number(number) for name, number in asdict(amount).items()}
        return self.words.size.format(**numbers)

    def _reading(self, reading: Reading) -> list[str]:
        words, side = self.words, self.after
        lines = [words.reading.format(decision=self._name(side, "decision", reading.decision))]
        pairs = ((words.reads_too, reading.after), (words.reads_no_more, reading.before))
        for template, facts in pairs:
            if facts:
                labels = [side.say(side.ruleset.fact[fact].label) for fact in facts]
                lines.append("  " + template.format(names=side.wording.both(labels)))
        return lines

    def _migration(self, migration: Migration) -> Iterator[list[str]]:
        """Yield who moves: how many in which way, each of them, and the tables of all clients."""
        words = self.words
        clients = words.clients.format(number=_number(migration.clients))
        if not migration.moved:
            yield [f"{clients}. {words.nobody}"]
        else:
            moved = words.moved.format(number=_number(len(migration.moved)))
            ways = Counter(move for mover in migration.moved for move in mover.moves)
            counted = [f"  {self._move(move)}: {_number(n)}" for move, n in ways.most_common()]
            unseen = sum(any(map(_is_unseen, mover.moves)) for mover in migration.moved)
            warning = [words.unseen.format(number=_number(unseen))] if unseen else []
            yield [f"{clients}. {moved}", *warning, *counted]
            yield [
                f"{words.movers}:",
                *(
                    f"  {mover.client_id}  {'; '.join(map(self._move, mover.moves))}"
                    for mover in migration.moved
                ),
            ]
        for decision, counts in migration.matrices.items() if migration.clients else ():
            label = self.after.say(self.after.ruleset.decision[decision].label)
            yield [f"{label} ({words.was_now})", *_matrix(counts, words.unusable)]

    def _move(self, move: Move) -> str:
        told = f"{move.name}: {move.old} -> {move.new}"
        return told.replace(UNUSABLE, self.words.unusable)


def _is_unseen(move: Move) -> bool:
    """Return whether a person looked before this move, and nobody does after it."""
    # Candidates stand behind the status, in brackets.
    was, now = (answer.partition(" (")[0] for answer in (move.old, move.new))
    return was == "review" and now not in ("review", "insufficient", UNUSABLE)


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def _matrix(counts: Mapping[tuple[str, str], int], unusable: str) -> list[str]:
    """Return the counts as a table: what it was down the side, what it is along the top."""
    rows = dict.fromkeys(was for was, _ in counts)
    # The answers come in the order of the rows, and new ones behind them.
    after = dict.fromkeys(now for _, now in counts)
    columns = [one for one in dict.fromkeys([*rows, *after]) if one in after]
    names = {key: unusable if key == UNUSABLE else key for key in (*rows, *columns)}
    wide = max(map(len, names.values()))
    head = "  ".join(f"{names[column]:>{wide}}" for column in columns)
    lines = [f"  {'':{wide}}  {head}"]
    for row in rows:
        cells = [f"{_number(counts.get((row, column), 0)):>{wide}}" for column in columns]
        lines.append("  ".join([f"  {names[row]:{wide}}", *cells]))
    return lines


def as_json(difference: Difference, migration: Migration | None) -> str:
    """Return the same as data; regions as values per fact, in the common vocabulary."""
    aligned = difference.aligned
    data = {
        "same": difference.same,
        "old": ruleset_data(aligned.before.own),
        "new": ruleset_data(aligned.after.own),
        "facts": [
            {
                "old": f.before,
                "new": f.after,
                "lost": f.lost,
                "gained": f.gained,
                "kinds": f.kinds,
            }
            for f in difference.facts
        ],
        "removed": difference.removed,
        "added": difference.added,
        "shifts": [_shift_data(aligned, shift) for shift in difference.shifts],
        "readings": [
            {"decision": one.decision, "old": one.before, "new": one.after}
            for one in difference.readings
        ],
        "evidence": difference.evidence,
        "undetermined": difference.undetermined,
    }
    if migration is not None:
        data["caseload"] = migration.to_dict()
    return json.dumps(data, indent=2, ensure_ascii=False)


def _shift_data(aligned: Aligned, shift: Shift) -> dict[str, object]:
    sides = {"old": aligned.before, "new": aligned.after}
    if shift.kind == "possible":  # a profile that just one of the two allows
        del sides["old" if shift.after else "new"]
    regions = []
    for region in shift.regions:
        of = {name: side.translated(region.witness) for name, side in sides.items()}
        regions.append({**region_data(aligned.after.common, region), "witness_of": of})
    return {
        "kind": shift.kind,
        "name": shift.name,
        "before": _statement_data(shift.before),
        "after": _statement_data(shift.after),
        **asdict(shift.covers),
        "left_over": asdict(shift.left_over),
        "regions": regions,
    }


def _statement_data(statement: Statement) -> object:
    if not isinstance(statement, CompleteVerdict):
        return statement
    data = {name: value for name, value in asdict(statement).items() if name != "rules"}
    # An overlap without candidates stands for more sets of them than can be told.
    return data | {"candidates": None} if statement == OVERLAP else data
