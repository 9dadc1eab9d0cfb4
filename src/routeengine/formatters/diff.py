"""What `diff` found between two versions, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TypeAlias

from routeengine.difference_words import DifferenceWords
from routeengine.formatters.data import points_data, region_data, ruleset_data, to_json
from routeengine.i18n import span_in_words
from routeengine.profile import encode_knowledge
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.resolution import OVERLAP, CompleteVerdict
from routeengine.verification import Difference, Impact, Migration, Shift
from routeengine.verification.alignment import Aligned
from routeengine.verification.comparison import Statement
from routeengine.verification.migration import UNUSABLE, Move

Clients: TypeAlias = Migration | Impact
"""What is told of the clients of a caseload: who moves, or how many by group."""


def as_text(words: DifferenceWords, clients: Clients | None) -> str:
    """Return whether anything differs, who moves, and all that differs, block by block."""
    difference, language = words.difference, words.after.language
    old, new = difference.aligned.before.own, difference.aligned.after.own
    facts, numbers = ([f"  {line}" for line in some] for some in (words.facts(), words.numbers()))
    blocks = [
        [
            f"{_named(old, language)} -> {_named(new, language)}",
            *filter(None, [words.compared(), words.unraised()]),
            words.words.same if difference.same else words.words.differs,
        ],
        [f"{words.words.numbers}:", *numbers] if numbers else [],
        *([] if clients is None else _told(words, clients)),
        [f"{words.words.facts}:", *facts] if facts else [],
        list(words.gone_and_new()),
        *(_shift(words, shift) for shift in difference.shifts),
        *("\n  ".join(words.reading(reading)).splitlines() for reading in difference.readings),
        *([line] for line in words.besides()),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _named(ruleset: RuleSet, language: str) -> str:
    """Return a version by its number, with the days and the variant of its numbers in words."""
    one = ruleset.instance
    of = [] if one is None else [span_in_words(one.since, one.until, language), one.variant]
    said = ", ".join(filter(None, of))
    return f"{ruleset.id} {ruleset.version}{f' ({said})' if said else ''}"


def _shift(words: DifferenceWords, shift: Shift) -> list[str]:
    if shift.kind == "possible":
        title = words.words.now_possible if shift.after else words.words.no_longer
    else:
        before = words.statement(words.before, shift.name, shift.before)
        after = words.statement(words.after, shift.name, shift.after)
        title = f"{words.name(words.after, shift.kind, shift.name)}: {before} -> {after}"
    points = [f"  {line}" for line in words.regions.points(shift.points, words.before)]
    regions = words.regions.lines(shift.regions, shift.left_over, points=shift.points)
    return [title, *points, f"  {words.size(shift.covers)}", *regions]


def _told(words: DifferenceWords, clients: Clients) -> Iterator[list[str]]:
    """Yield who moves, or how many by group."""
    if isinstance(clients, Migration):
        yield from _migration(words, clients)
        return
    # Half the time of the rest, and only for pages and groups.
    from routeengine.change_page.groups import GroupWords

    if clients.clients[-1].number is not None:
        yield [words.words.clients.format(number=words.figure(clients.clients[-1]))]
    yield from GroupWords(words, clients).lines()


def _migration(words: DifferenceWords, migration: Migration) -> Iterator[list[str]]:
    """Yield who moves: how many in which way, each of them, and the tables of all clients."""
    said, side = words.words, words.after
    clients = said.clients.format(number=words.count(migration.clients))
    if not migration.moved:
        yield [f"{clients}. {said.nobody}"]
    else:
        moved = said.moved.format(number=words.count(len(migration.moved)))
        unseen = sum(mover.unseen for mover in migration.moved)
        warning = [said.unseen.format(number=words.count(unseen))] if unseen else []
        ways = Counter(move for mover in migration.moved for move in mover.moves)
        counted = [f"  {_move(words, move)}: {words.count(n)}" for move, n in ways.most_common()]
        yield [f"{clients}. {moved}", *warning, *counted]
        who = [
            f"  {mover.client_id}  {'; '.join(_move(words, move) for move in mover.moves)}"
            for mover in migration.moved
        ]
        yield [f"{said.movers}:", *who]
    for decision, counts in migration.matrices.items() if migration.clients else ():
        label = side.say(side.ruleset.decision[decision].label)
        yield [f"{label} ({said.was_now})", *_matrix(words, counts)]


def _move(words: DifferenceWords, move: Move) -> str:
    told = f"{move.name}: {move.old} -> {move.new}"
    return told.replace(UNUSABLE, words.words.unusable)


def _matrix(words: DifferenceWords, counts: Mapping[tuple[str, str], int]) -> list[str]:
    """Return the counts as a table: what it was down the side, what it is along the top."""
    rows = dict.fromkeys(was for was, _ in counts)
    # The answers come in the order of the rows, and new ones behind them.
    after = dict.fromkeys(now for _, now in counts)
    columns = [one for one in dict.fromkeys([*rows, *after]) if one in after]
    names = {key: words.words.unusable if key == UNUSABLE else key for key in (*rows, *columns)}
    wide = max(map(len, names.values()))
    head = "  ".join(f"{names[column]:>{wide}}" for column in columns)
    lines = [f"  {'':{wide}}  {head}"]
    for row in rows:
        cells = [f"{words.count(counts.get((row, column), 0)):>{wide}}" for column in columns]
        lines.append("  ".join([f"  {names[row]:{wide}}", *cells]))
    return lines


def as_json(difference: Difference, clients: Clients | None) -> str:
    """Return the same as data; regions as values per fact, in the common vocabulary."""
    aligned = difference.aligned
    data: dict[str, object] = {
        "same": difference.same,
        "version_not_raised": difference.unraised,
        "old": _ruleset_data(aligned.before.own),
        "new": _ruleset_data(aligned.after.own),
        "parameters": [
            {"id": name, "old": was and was.value, "new": now and now.value}
            for name, (was, now) in difference.parameters.items()
        ],
        "facts": [
            {
                "old": f.before,
                "new": f.after,
                "lost": list(map(encode_knowledge, f.lost)),
                "gained": list(map(encode_knowledge, f.gained)),
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
    if clients is not None:
        data["impact" if isinstance(clients, Impact) else "caseload"] = clients.to_dict()
    return to_json(data)


def _ruleset_data(ruleset: RuleSet) -> dict[str, object]:
    """Return which rule set it was, with the days and the variant of its numbers, if it has any."""
    instance = ruleset.instance
    return {**ruleset_data(ruleset), "instance": None if instance is None else instance.to_dict()}


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
        **points_data(aligned.after.common, shift.points),
        "regions": regions,
    }


def _statement_data(statement: Statement) -> object:
    if not isinstance(statement, CompleteVerdict):
        return statement
    data = {name: value for name, value in asdict(statement).items() if name != "rules"}
    # An overlap without candidates stands for more sets of them than can be told.
    return data | {"candidates": None} if statement == OVERLAP else data
