"""Who loses the look of a person, who moves from which answer to which, and which clients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from routeengine.change_page.groups import Counts, Told, is_some
from routeengine.change_page.model import ClientRow, Flow, FlowRow, Looks
from routeengine.difference_words import DifferenceWords
from routeengine.explanation.phrases import Phrases
from routeengine.i18n.rulebook_words import ChangeWording
from routeengine.pages.pictures_rules import Answer, Ribbon
from routeengine.pages.render import first_up
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.suppress import Figure
from routeengine.verification import Migration, Shift
from routeengine.verification.migration import UNUSABLE, Answered, Move
from routeengine.verification.space import Amount

REVIEW = "review"

COLOURS = ("k-a", "k-b", "k-c", "k-d")
"""The classes of the first outcomes, and of later ones again; beside each stands its name."""


def looks(said: DifferenceWords, words: ChangeWording, told: Told | None) -> Looks:
    """Return who loses the look of a person, proved and, of a caseload, counted."""
    difference, ways = said.difference, tuple(_ways(said, words))
    lost = Figure(0) if told is None else told.unseen
    doubt = bool(difference.undetermined or difference.evidence)
    warns = bool(ways or is_some(lost) or doubt)
    if is_some(lost):
        title = _counted(said, lost, words.lost, words.lost_one) or words.lost_some
    elif not warns:
        title = words.lost_nobody
    elif told is None or difference.removed or doubt or is_some(told.besides["loses_flag"]):
        title = words.lost_possible
    else:
        title = words.lost_none_here
    lines = [words.lost_meaning] if ways or is_some(lost) else []
    lines += [words.lost_unproved] if doubt else []
    lines += [] if warns else [words.lost_nobody_proved]
    lines += [] if told is None else _besides(said, words, told.besides)
    lines += [words.lost_ask] if warns else []
    return Looks(title, warns, tuple(lines), ways)


def _lost(before: str, after: str) -> bool:
    return before == REVIEW != after


def _ways(said: DifferenceWords, words: ChangeWording) -> Iterator[str]:
    """Yield each proved way in which the look of a person is lost, with its size."""
    difference = said.difference
    for shift in difference.shifts:
        size = combinations(said, words, shift.covers)
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


def combinations(said: DifferenceWords, words: ChangeWording, amount: Amount) -> str:
    """Return how much something covers: on this page without the count of full profiles."""
    return words.combinations.format(count=said.count(amount.combinations))


def _keys(shift: Shift) -> tuple[str, str]:
    """Return what a decision was and is: an outcome or a status."""
    both = (shift.before, shift.after)
    before, after = (one.key if isinstance(one, CompleteVerdict) else "" for one in both)
    return before, after


def _besides(
    said: DifferenceWords, words: ChangeWording, counts: Mapping[str, Figure]
) -> Iterator[str]:
    """Yield how many clients get an answer unasked, and how many gain the look of a person.

    A sentence whose number is hidden is left out.
    """
    yield from filter(
        None,
        (
            _counted(said, counts["unasked"], words.asked_no_more, words.asked_no_more_one),
            _counted(said, counts["loses_flag"], words.signals_lost),
            _counted(said, counts["seen"], words.gained, words.gained_one, words.gained_nobody),
        ),
    )


def _counted(
    said: DifferenceWords, figure: Figure, many: str, one: str | None = None, nobody: str = ""
) -> str:
    """Return a sentence with a count; nothing where there is nobody, or where it is hidden."""
    if not figure.number:
        return "" if figure.number is None else nobody
    template = one if one is not None and figure == Figure(1) else many
    return first_up(template.format(count=said.figure(figure)))


def _label(side: Phrases, decision: str) -> str:
    return first_up(side.say(side.ruleset.decision[decision].label))


def _flag(side: Phrases, name: str) -> str:
    return side.say(next(flag.label for flag in side.ruleset.flags if flag.id == name))


# Who moves


def flows(said: DifferenceWords, words: ChangeWording, told: Told | None) -> Iterator[Flow]:
    """Yield the decisions for which anything moves: clients, or combinations without a caseload."""
    if told is None:
        counts: dict[str, Counter[tuple[str, str]]] = {}
        for shift in said.difference.shifts:
            if shift.kind == "decision" and len(set(_keys(shift))) > 1:
                pairs = counts.setdefault(shift.name, Counter())
                pairs[_keys(shift)] += shift.covers.combinations
        for decision, pairs in counts.items():
            figures = {pair: Figure(number) for pair, number in pairs.items()}
            yield _flow(said, words, decision, (figures, Figure(pairs.total())), None)
        return
    for decision, some in told.decisions.items():
        if any(was != now for was, now in some[0]):
            yield _flow(said, words, decision, some, told.clients)


def _flow(
    said: DifferenceWords,
    words: ChangeWording,
    decision: str,
    some: tuple[Counts, Figure],
    clients: Figure | None,
) -> Flow:
    """Return one decision; without `clients` what is counted are combinations."""
    counts, moved = some
    moving = {pair: number for pair, number in counts.items() if pair[0] != pair[1]}
    staying = {pair: number for pair, number in counts.items() if pair[0] == pair[1]}
    label, count = _label(said.after, decision), said.figure(moved)
    if clients is None:
        title = words.moves_combinations.format(decision=label, count=count)
        note = words.not_people
    else:
        total = said.figure(clients)
        template = words.moves_some if moved.number is None else words.moves_clients
        title = template.format(decision=label, count=count, total=total)
        note = words.moves_all_clients.format(total=total)
    told = [_row(said, decision, *one) for one in (*moving.items(), *staying.items())]
    # What is not to be seen is not in a picture either.
    drawn = {pair: figure.number for pair, figure in moving.items() if figure.number is not None}
    return Flow(
        name=decision,
        title=title,
        note=words.moves_note if clients is not None else f"{words.not_people} {words.moves_note}",
        picture_title="; ".join(
            words.moves_title.format(old=row.was, new=row.becomes, count=row.count)
            for row in told
            if row.moves
        ),
        sides=(_side(said, decision, drawn, 0), _side(said, decision, drawn, 1)),
        ribbons=tuple(
            Ribbon(*pair, number, said.figure(moving[pair]), _lost(*pair))
            for pair, number in drawn.items()
        ),
        table=words.moves_table.format(decision=label),
        table_note=note,
        rows=tuple(told),
    )


def _row(said: DifferenceWords, decision: str, pair: tuple[str, str], figure: Figure) -> FlowRow:
    was, now = pair
    return FlowRow(
        said.answer(said.before, decision, was),
        said.answer(said.after, decision, now),
        said.figure(figure),
        was != now,
    )


def _side(
    said: DifferenceWords, decision: str, moving: Iterable[tuple[str, str]], end: int
) -> tuple[Answer, ...]:
    """Return the answers at one side, in declared order, those of the new version first."""
    side = (said.before, said.after)[end]
    orders = [*said.after.ruleset.decision[decision].keys]
    orders += said.before.ruleset.decision[decision].keys
    keys = sorted(
        dict.fromkeys(pair[end] for pair in moving),
        key=lambda key: orders.index(key) if key in orders else len(orders),
    )
    return tuple(
        Answer(key, said.answer(side, decision, key), _colour(said, decision, key)) for key in keys
    )


def _colour(said: DifferenceWords, decision: str, key: str) -> str:
    if key == REVIEW:
        return "k-r"
    for side in (said.after, said.before):
        outcomes = [one.id for one in side.ruleset.decision[decision].outcomes]
        if key in outcomes:
            return COLOURS[outcomes.index(key) % len(COLOURS)]
    return "k-n"


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
    told = said.answer(side, move.name, answer.key)
    names = [side.outcomes[move.name].get(one, one) for one in answer.beside]
    return side.wording.labelled_as(told, side.wording.either(names)) if names else told
