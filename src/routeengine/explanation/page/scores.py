"""The scores that the rules of a decision ask: what counts, for how much, and what is lacking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routeengine.explanation import model
from routeengine.explanation.page.matrix import MARKS, Mark, rules_of
from routeengine.explanation.page.staff import StaffVoice
from routeengine.i18n.words import with_sign
from routeengine.pages.render import first_up
from routeengine.truth import Truth


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One part of a score: what it asks, what that is worth, and whether it is so here."""

    text: str
    worth: str
    here: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """One score: what it comes to, its parts, and in sentences how it stands to each bound."""

    title: str
    total: str
    rows: tuple[ScoreRow, ...]
    notes: tuple[str, ...]


def score_tables(voice: StaffVoice, decision: str) -> tuple[ScoreTable, ...]:
    """Return the scores that the rules of a decision ask; none where they may not be shown."""
    if voice.explanation.short or voice.explanation.why[decision].masked:
        return ()
    asked: dict[str, dict[str, model.ConditionNode]] = {}
    for rule in rules_of(voice, decision).values():
        for node in () if rule.when is None else _asked(rule.when):
            asked.setdefault(node.reference or "", {}).setdefault(node.text, node)
    return tuple([_table(voice, list(bands.values())) for bands in asked.values()])


def _asked(node: model.ConditionNode) -> Iterator[model.ConditionNode]:
    if node.points is not None:
        yield node
    for part in node.children:
        yield from _asked(part)


def _table(voice: StaffVoice, bands: list[model.ConditionNode]) -> ScoreTable:
    first, points = bands[0], [one.points for one in bands if one.points is not None]
    # What each bound is known of narrows the range: all of it holds.
    words = voice.words
    said = {Truth.TRUE: words.yes, Truth.FALSE: words.no, Truth.OPEN: words.unknown}
    least, most = max(one.least for one in points), min(one.most for one in points)
    return ScoreTable(
        first_up(first.label or first.text),
        words.points_between(least, most),
        tuple(
            [
                ScoreRow(first_up(part.text), with_sign(worth), said[part.truth], MARKS[part.truth])
                for part, worth in zip(first.children, points[0].worths, strict=True)
            ]
        ),
        tuple([" ".join((f"{first_up(one.words)}.", *one.more)) for one in points]),
    )
