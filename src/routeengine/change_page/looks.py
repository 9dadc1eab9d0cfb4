"""Who loses the look of a person, who moves from which answer to which, and which clients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from routeengine.change_page.model import ClientRow, Flow, FlowRow, Looks
from routeengine.difference_words import DifferenceWords, spaced
from routeengine.explanation.phrases import Phrases
from routeengine.i18n.rulebook_words import ChangeWording
from routeengine.pages.pictures_rules import Answer, Ribbon
from routeengine.pages.render import first_up
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.verification import Migration, Shift
from routeengine.verification.migration import UNUSABLE, Answered, Move, Mover
from routeengine.verification.space import Amount

REVIEW = "review"

COLOURS = ("k-a", "k-b", "k-c", "k-d")
"""The classes of the first outcomes, and of later ones again; beside each stands its name."""

_Counts = Mapping[tuple[str, str], int]


def looks(said: DifferenceWords, words: ChangeWording, migration: Migration | None) -> Looks:
    """Return who loses the look of a person, proved and, of a caseload, counted."""
    difference, ways = said.difference, tuple(_ways(said, words))
    moved = () if migration is None else migration.moved
    lost = sum(one.unseen for one in moved)
    doubt = bool(difference.undetermined or difference.evidence)
    warns = bool(ways or lost or doubt)
    if lost:
        title = words.lost_one if lost == 1 else words.lost.format(count=spaced(lost))
    elif not warns:
        title = words.lost_nobody
    elif migration is None or difference.removed or doubt or any(map(_signal_lost, moved)):
        title = words.lost_possible
    else:
        title = words.lost_none_here
    lines = [words.lost_meaning] if ways or lost else []
    lines += [words.lost_unproved] if doubt else []
    lines += [] if warns else [words.lost_nobody_proved]
    if migration is not None:
        lines += _besides(words, migration)
    lines += [words.lost_ask] if warns else []
    return Looks(title, warns, tuple(lines), ways)


def _lost(before: str, after: str) -> bool:
    return before == REVIEW != after


def _signal_lost(mover: Mover) -> bool:
    """Return whether a signal came for a client, and comes no more."""
    flags = [move for move in mover.moves if move.of_flags]
    return any(not set(move.before.beside) <= set(move.after.beside) for move in flags)


def _ways(said: DifferenceWords, words: ChangeWording) -> Iterator[str]:
    """Yield each proved way in which the look of a person is lost, with its size."""
    difference = said.difference
    for shift in difference.shifts:
        size = combinations(words, shift.covers)
        if shift.kind == "decision" and _lost(*_keys(shift)):
            before = said.statement(said.before, shift.name, shift.before)
            after = said.statement(said.after, shift.name, shift.after)
            name = _label(said.after, shift.name)
            yield words.lost_way.format(decision=name, old=before, new=after, size=size)
        elif shift.kind == "flag" and shift.before:
            yield words.lost_signal.format(flag=_flag(said.after, shift.name), size=size)
        elif shift.kind == "possible" and shift.after:
            yield words.lost_possible_now.format(size=size)
    for kind, name in difference.removed:
        if kind == "decision":
            yield words.lost_decision.format(decision=_label(said.before, name))
        else:
            yield words.lost_flag.format(flag=_flag(said.before, name))
    for reading in difference.readings:
        if reading.before:
            yield words.lost_reading.format(decision=_label(said.after, reading.decision))


def combinations(words: ChangeWording, amount: Amount) -> str:
    """Return how much something covers: on this page without the count of full profiles."""
    return words.combinations.format(count=spaced(amount.combinations))


def _keys(shift: Shift) -> tuple[str, str]:
    """Return what a decision was and is: an outcome or a status."""
    both = (shift.before, shift.after)
    before, after = (one.key if isinstance(one, CompleteVerdict) else "" for one in both)
    return before, after


def _besides(words: ChangeWording, migration: Migration) -> Iterator[str]:
    """Yield how many clients get an answer unasked, and how many gain the look of a person."""
    gained = unasked = 0
    for one in migration.moved:
        keys = {(move.before.key, move.after.key) for move in one.moves if not move.of_flags}
        gained += any(after == REVIEW != before for before, after in keys)
        settled = {after for before, after in keys if before == "insufficient"}
        unasked += not one.unseen and bool(settled - {REVIEW, "insufficient", "unusable"})
    if unasked:
        template = words.asked_no_more_one if unasked == 1 else words.asked_no_more
        yield template.format(count=spaced(unasked))
    if signals := sum(map(_signal_lost, migration.moved)):
        yield words.signals_lost.format(count=spaced(signals))
    if not gained:
        yield words.gained_nobody
    else:
        template = words.gained_one if gained == 1 else words.gained
        yield template.format(count=spaced(gained))


def _label(side: Phrases, decision: str) -> str:
    return first_up(side.say(side.ruleset.decision[decision].label))


def _flag(side: Phrases, name: str) -> str:
    return side.say(next(flag.label for flag in side.ruleset.flags if flag.id == name))


# Who moves


def flows(
    said: DifferenceWords, words: ChangeWording, migration: Migration | None
) -> Iterator[Flow]:
    """Yield the decisions for which anything moves: clients, or combinations without a caseload."""
    if migration is None:
        counts: dict[str, Counter[tuple[str, str]]] = {}
        for shift in said.difference.shifts:
            if shift.kind == "decision" and len(set(_keys(shift))) > 1:
                pairs = counts.setdefault(shift.name, Counter())
                pairs[_keys(shift)] += shift.covers.combinations
        for decision, pairs in counts.items():
            yield _flow(said, words, decision, pairs, None)
        return
    for decision, matrix in migration.matrices.items():
        if any(was != now for was, now in matrix):
            yield _flow(said, words, decision, matrix, migration.clients)


def _flow(
    said: DifferenceWords,
    words: ChangeWording,
    decision: str,
    counts: _Counts,
    clients: int | None,
) -> Flow:
    """Return one decision; without `clients` what is counted are combinations."""
    moving = {pair: number for pair, number in counts.items() if pair[0] != pair[1]}
    staying = {pair: number for pair, number in counts.items() if pair[0] == pair[1]}
    label = _label(said.after, decision)
    count = spaced(sum(moving.values()))
    if clients is None:
        title = words.moves_combinations.format(decision=label, count=count)
        note = words.not_people
    else:
        total = spaced(clients)
        title = words.moves_clients.format(decision=label, count=count, total=total)
        note = words.moves_all_clients.format(total=total)
    told = [
        FlowRow(
            _name(said, said.before, decision, pair[0]),
            _name(said, said.after, decision, pair[1]),
            spaced(number),
            pair in moving,
        )
        for pair, number in (*moving.items(), *staying.items())
    ]
    return Flow(
        name=decision,
        title=title,
        note=words.moves_note if clients is not None else f"{words.not_people} {words.moves_note}",
        picture_title="; ".join(
            words.moves_title.format(old=row.was, new=row.becomes, count=row.count)
            for row in told
            if row.moves
        ),
        sides=(_side(said, decision, moving, 0), _side(said, decision, moving, 1)),
        ribbons=tuple(
            Ribbon(*pair, number, spaced(number), _lost(*pair)) for pair, number in moving.items()
        ),
        table=words.moves_table.format(decision=label),
        table_note=note,
        rows=tuple(told),
    )


def _side(said: DifferenceWords, decision: str, moving: _Counts, end: int) -> tuple[Answer, ...]:
    """Return the answers at one side, in declared order, those of the new version first."""
    side = (said.before, said.after)[end]
    orders = [*said.after.ruleset.decision[decision].keys]
    orders += said.before.ruleset.decision[decision].keys
    keys = sorted(
        dict.fromkeys(pair[end] for pair in moving),
        key=lambda key: orders.index(key) if key in orders else len(orders),
    )
    return tuple(
        Answer(key, _name(said, side, decision, key), _colour(said, decision, key)) for key in keys
    )


def _colour(said: DifferenceWords, decision: str, key: str) -> str:
    if key == REVIEW:
        return "k-r"
    for side in (said.after, said.before):
        outcomes = [one.id for one in side.ruleset.decision[decision].outcomes]
        if key in outcomes:
            return COLOURS[outcomes.index(key) % len(COLOURS)]
    return "k-n"


def _name(said: DifferenceWords, side: Phrases, decision: str, key: str) -> str:
    """Return what an answer is called: an outcome, a status, or that there is none."""
    short = side.wording.short
    if key in short:
        return first_up(short[key])
    return first_up(side.outcomes[decision].get(key, said.words.unusable))


# Which clients


def clients(
    said: DifferenceWords, words: ChangeWording, migration: Migration
) -> Iterator[ClientRow]:
    """Yield what changes for whom: first those who lose the look of a person, then in order."""
    for mover in sorted(migration.moved, key=lambda one: not one.unseen):
        for move in mover.moves:
            part = words.signals if move.of_flags else _label(said.after, move.name)
            yield ClientRow(
                mover.client_id,
                part,
                _answered(said, words, said.before, move, move.before),
                _answered(said, words, said.after, move, move.after),
                move.unseen,
            )


def _answered(
    said: DifferenceWords, words: ChangeWording, side: Phrases, move: Move, answer: Answered
) -> str:
    """Return what is answered, with what a person chooses from or what is still possible."""
    if answer.key == UNUSABLE:
        return first_up(said.words.unusable)
    if move.of_flags:
        return "; ".join(_flag(side, one) for one in answer.beside) or words.no_signals
    told = _name(said, side, move.name, answer.key)
    names = [side.outcomes[move.name].get(one, one) for one in answer.beside]
    return side.wording.labelled_as(told, side.wording.either(names)) if names else told
