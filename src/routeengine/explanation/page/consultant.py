"""The page that a consultant gets: what to look at, what to ask, and what each answer leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from routeengine.explanation import model
from routeengine.explanation.page.account import Step, because_of, versions
from routeengine.explanation.page.changes import Change, changes
from routeengine.explanation.page.evidence import FactsTable, facts_table
from routeengine.explanation.page.letterhead import Line, day_of, letterhead
from routeengine.explanation.page.matrix import MARKS, Look, Mark, Matrix, demands, looks, matrix
from routeengine.explanation.page.panel import answering
from routeengine.explanation.page.questions import leading
from routeengine.explanation.page.scores import ScoreTable, score_tables
from routeengine.explanation.page.staff import (
    FlagRow,
    Observed,
    StaffVoice,
    flag_rows,
    observations,
)
from routeengine.i18n import date_in_words
from routeengine.pages import pictures_sources
from routeengine.pages.render import day_in_words, first_up
from routeengine.truth import Truth

FEW_OUTCOMES = 2
"""More outcomes than this are not listed once more after an answer that changes nothing yet."""

FIRST, FEW = 4, 6
"""If there are more questions than a few, so many stand in the open and the others fold away."""


@dataclass(frozen=True, slots=True)
class Led:
    """What is possible after an answer; `kind` tells what settles it, and what people choose."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer, and what could still be after it."""

    words: str
    possible: tuple[Led, ...]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question with its number, why it is asked, and its answers."""

    number: int
    question: str
    why: str
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of one decision that none before it has asked."""

    title: str
    note: str
    rows: tuple[QuestionRow, ...]
    more: tuple[QuestionRow, ...]
    more_title: str


@dataclass(frozen=True, slots=True)
class LookRow:
    """A rule by which people choose first: from what, how it stands here, and by what."""

    rule: str
    label: str
    candidates: str
    mark: Mark
    state: str
    because: str


@dataclass(frozen=True, slots=True)
class DecisionPart:
    """What can be said of one decision: what each outcome asks, points, rules, and changes.

    A finding folds away: `folded`. One that says the `usual` is told in the steps already.
    """

    title: str
    folded: bool
    usual: bool
    matrices: tuple[Matrix, ...]
    scores: tuple[ScoreTable, ...]
    looks: tuple[LookRow, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class StaffPage:
    """All that a consultant reads, and the first part of what an auditor reads."""

    title: str
    running: str
    sender: str | None
    team: str | None
    lines: tuple[Line, ...]
    meant_for: str
    steps: tuple[Step, ...]
    decided: tuple[str, ...]
    clashes: tuple[str, ...]
    flags: tuple[FlagRow, ...]
    flags_title: str
    flags_possible: tuple[FlagRow, ...]
    questions: tuple[Questions, ...]
    timeline: Markup | None
    timeline_key: tuple[Led, ...]
    observations: tuple[Observed, ...]
    facts: FactsTable | None
    parts: tuple[DecisionPart, ...]
    masked: bool
    versions: tuple[str, ...]


def staff_page(voice: StaffVoice, audience: str) -> StaffPage:
    """Return the page of a consultant, or what an auditor's page shares with it."""
    explanation, said = voice.explanation, voice.staff
    flags, flags_possible = flag_rows(voice)
    seen = [] if explanation.short else observations(voice)
    timeline, key = _timeline(voice, seen)
    client, head = explanation.client_id or said.nobody, letterhead(voice, said.subject[audience])
    answer = voice.answer(answering(voice).decision).rstrip(".")
    return StaffPage(
        title=said.title.format(client=client, answer=answer),
        running=head.running,
        sender=head.sender,
        team=head.team,
        lines=_lines(voice),
        meant_for=said.meant_for[audience],
        steps=tuple(
            Step(f"{number}. {voice.question(name)}", voice.answer(name), because_of(voice, name))
            for number, name in enumerate(explanation.verdicts, 1)
        ),
        decided=tuple(
            one.text for verdict in explanation.verdicts.values() for one in verdict.decisions
        ),
        clashes=tuple(_clashes(voice)),
        flags=flags,
        flags_title=said.flags_one if len(flags) == 1 else said.flags_some.format(count=len(flags)),
        flags_possible=flags_possible,
        questions=tuple(_questions(voice)),
        timeline=timeline,
        timeline_key=key,
        observations=tuple(one for one in seen if one.standing != "counts"),
        facts=None if explanation.short else facts_table(voice),
        parts=tuple(sorted(_parts(voice), key=lambda one: one.folded)),
        masked=bool(explanation.hidden),
        versions=tuple(versions(voice)),
    )


def _lines(voice: StaffVoice) -> tuple[Line, ...]:
    """Return which answer it is: staff need not be told whom to call."""
    head, day = voice.client.head, day_in_words(day_of(voice), voice.language)
    reference = voice.explanation.client_id or voice.page.not_recorded
    return Line(head["date"], day), Line(head["reference"], reference)


def _parts(voice: StaffVoice) -> Iterator[DecisionPart]:
    """Yield what can be said of each decision that applies."""
    for name, verdict in voice.explanation.verdicts.items():
        part = DecisionPart(
            title=voice.question(name),
            folded=voice.decision(name).kind == "finding",
            usual=voice.is_usual(verdict),
            matrices=tuple(replace(one, title=voice.staff.asks) for one in matrix(voice, name)),
            scores=score_tables(voice, name),
            looks=tuple(_look(voice, name, one) for one in looks(voice, name)),
            changes=changes(voice, name),
        )
        if verdict.status != "not_applicable" and (part.matrices or part.looks or part.changes):
            yield part


def _clashes(voice: StaffVoice) -> Iterator[str]:
    """Yield which facts do not go together, and what forbids it, each once."""
    found: dict[str, None] = {}
    for verdict in voice.explanation.verdicts.values():
        if verdict.conflict:
            names = [voice.label(one.id, one.label) for one in verdict.conflict]
            found[voice.staff.clash.format(facts=voice.words.both(names))] = None
        found |= dict.fromkeys(f"{first_up(one.label).rstrip('.')}." for one in verdict.broken)
    yield from found


def _questions(voice: StaffVoice) -> Iterator[Questions]:
    """Yield the questions of each decision; one that was asked already is not asked again."""
    asked: set[str] = set()
    for name, verdict in voice.explanation.verdicts.items():
        new = [one for one in verdict.missing if one.fact not in asked]
        asked |= {one.fact for one in new}
        rows = [_question(voice, name, number, one) for number, one in enumerate(new, 1)]
        if not rows:
            continue
        shown = FIRST if len(rows) > FEW else len(rows)
        said, left = voice.staff, len(rows) - shown
        many = said.questions_some.format(count=len(rows))
        more = said.more_questions.format(count=left)
        yield Questions(
            voice.question(name),
            said.questions_one if len(rows) == 1 else many,
            tuple(rows[:shown]),
            tuple(rows[shown:]),
            said.more_questions_one if left == 1 else more,
        )


def _question(
    voice: StaffVoice, decision: str, number: int, question: model.Question
) -> QuestionRow:
    node = voice.explanation.facts.get(question.fact)
    in_part = node is not None and node.status in ("partial", "implied")
    known = [voice.staff.known_in_part.format(known=node.words)] if node and in_part else []
    return QuestionRow(
        number,
        question.question,
        " ".join([question.why_needed, *known]),
        tuple(_answers(voice, decision, question)),
    )


def _answers(voice: StaffVoice, decision: str, question: model.Question) -> Iterator[AnswerRow]:
    """Yield the answers with where they lead; those that lead to the same go together."""
    now = voice.explanation.verdicts[decision].possible
    for possible, words in leading(voice, question).items():
        own = tuple(one for one in possible if one.id not in voice.client.instead)
        groups = [own] if voice.are_short(own) else [(one,) for one in own]
        groups += [(one,) for one in possible if one not in own]
        led = [
            Led(voice.could_be(decision, some), _kind(some[0].id, len(possible)))
            for some in filter(None, groups)
        ]
        if possible == now and len(possible) > FEW_OUTCOMES:
            led = [Led(voice.staff.all_open, "")]
        yield AnswerRow(voice.words.either(words), tuple(led))


def _kind(outcome: str, count: int) -> str:
    settles = "settles" if count == 1 else ""
    return f"{settles} looks".strip() if outcome == "review" else settles


def _timeline(voice: StaffVoice, seen: Sequence[Observed]) -> tuple[Markup | None, tuple[Led, ...]]:
    """Return the sources in time, and what the dots mean; nothing if nothing was recorded."""
    marks: list[pictures_sources.Mark] = []
    alike: dict[tuple[str, object], int] = {}
    for one in seen:
        source, day = one.node.source_label, one.node.date
        if one.standing in ("counts", "agreeing"):
            alike[source, day] = alike.get((source, day), 0) + 1
        else:
            text = voice.words.labelled_as(one.fact, one.words)
            marks.append(pictures_sources.Mark(source, day, text, one.standing))
    said = voice.staff
    for source, day in dict.fromkeys((one.node.source_label, one.node.date) for one in seen):
        if count := alike.get((source, day)):
            text = said.facts_one if count == 1 else said.facts_some.format(count=count)
            marks.insert(0, pictures_sources.Mark(source, day, text, "counts"))
    if not marks:
        return None, ()
    days = sorted({one.day for one in marks})
    told = "; ".join(
        f"{one.source}, {date_in_words(one.day, voice.language)}: {one.text}" for one in marks
    )
    ends = tuple(date_in_words(day, voice.language) for day in (days[0], days[-1]))
    picture = pictures_sources.timeline(
        marks, said.timeline_title.format(items=told), (ends[0], ends[1])
    )
    kinds = dict.fromkeys(one.kind for one in marks)
    return picture, tuple(Led(said.standing[one], one) for one in kinds)


def _look(voice: StaffVoice, decision: str, look: Look) -> LookRow:
    """Return how a rule by which people choose stands for this client."""
    node, said = look.node, voice.staff
    names = voice.could_be(decision, node.candidates)
    asked = [one for one in demands(voice, node) if one.truth is node.applies]
    because = list(dict.fromkeys(voice.sentence(one.node) for one in asked))
    if node.when is None:
        because = [f"{first_up(voice.words.otherwise)}."]
    elif node.applies is Truth.OPEN and asked:
        open_ = dict.fromkeys(voice.leaf(one.node)[0] for one in asked)
        because = [said.look_open.format(facts="; ".join(open_))]
    before = node.outranked_by or node.maybe_outranked_by
    if node.standing == "outranked":
        because = [voice.words.quoted.format(text=one.label) for one in before]
    mark: Mark = "none" if node.standing in ("outranked", "applies") else MARKS[node.applies]
    if node.standing == "may_decide" and node.applies is Truth.TRUE:
        mark = "open"
    candidates = names if node.candidates else node.no_candidates_because or said.no_candidates
    return LookRow(
        look.rule,
        first_up(look.label),
        candidates,
        mark,
        said.look[node.standing],
        " ".join(because),
    )
