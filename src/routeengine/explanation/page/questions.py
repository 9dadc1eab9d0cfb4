"""What is still to be known or cleared up, as a client is told: a few things, without blame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routeengine.explanation import model, parts
from routeengine.explanation.page.voice import Voice
from routeengine.i18n import date_in_words

ALL, FEW = 4, 3
"""So many questions are told if there are `MANY` at most, and so many if there are more."""

MANY = 5


@dataclass(frozen=True, slots=True)
class Asks:
    """A heading with what is asked; `note` says how many questions are left."""

    heading: str
    items: tuple[str, ...]
    note: str


def asks(voice: Voice, verdict: model.VerdictNode) -> Asks:
    """Return what a verdict waits for."""
    said, note = voice.client, ""
    if verdict.reason == "contradiction":
        key, items = "unclear", list(_clashes(voice, verdict))
    elif verdict.reason == "conflicting_evidence":
        key, items = "differ", [_differing(voice, one.id, one.label) for one in verdict.conflicting]
    else:
        key, shown = "missing", ALL if len(verdict.missing) <= MANY else FEW
        items = [_question(voice, verdict, one) for one in verdict.missing[:shown]]
        items += _declined(voice, verdict)
        left = len(verdict.missing) - shown
        if left > 0:
            note = said.more_questions_one if left == 1 else said.more_questions.format(count=left)
    return Asks(said.heading_asks[key], tuple(items), note)


def _question(voice: Voice, verdict: model.VerdictNode, question: model.Question) -> str:
    """Return what is not known, and where answers lead if one of them leaves one outcome."""
    led = leading(voice, question)
    text = f"{voice.unknown(question.fact, question.label)}."
    if len(led) < 2 or all(len(possible) > 1 for possible in led):
        return text
    return " ".join([text, *(_leads(voice, verdict, words, one) for one, words in led.items())])


def leading(voice: Voice, question: model.Question) -> dict[tuple[parts.Named, ...], list[str]]:
    """Return the answers in words by what could still be after them; numbers in a row go together.

    Where 18 leads where 19 to 23 do, the answer is 18 to 23.
    """
    found: dict[tuple[parts.Named, ...], list[parts.AnswerNode]] = {}
    for one in question.answers:
        found.setdefault(one.possible, []).append(one)
    return {possible: list(_in_words(voice, some)) for possible, some in found.items()}


def _in_words(voice: Voice, answers: Sequence[parts.AnswerNode]) -> Iterator[str]:
    """Yield answers in words; of whole numbers each run once."""
    runs: list[tuple[int, int]] = []
    for first, last in (run for one in answers for run in one.ranges):
        if type(first) is not int or type(last) is not int:
            yield from (one.words for one in answers)
            return
        if runs and runs[-1][1] + 1 == first:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    for low, high in runs:
        if high - low > 1:
            yield voice.words.between.format(low=low, high=high)
        else:
            yield from map(str, range(low, high + 1))


def _leads(
    voice: Voice, verdict: model.VerdictNode, answers: list[str], outcomes: Sequence[parts.Named]
) -> str:
    words = [voice.words.quoted.format(text=one) for one in answers]
    return voice.client.if_answer.format(
        answers=voice.words.either(words),
        outcome=voice.could_be(verdict.decision, outcomes),
    )


def _declined(voice: Voice, verdict: model.VerdictNode) -> Iterator[str]:
    """Yield what was asked and not answered, with the answers that would settle it alone."""
    for node in voice.explanation.facts.values():
        asked = any(one.fact == node.fact for one in verdict.missing)
        if node.status != "declined" or verdict.decision not in node.read_by or asked:
            continue
        text = [f"{voice.unknown(node.fact, node.label)}."]
        text += [
            _leads(voice, verdict, [some.answers[0].words], [parts.Named(name, other.label)])
            for name, other in voice.explanation.why_not[verdict.decision].items()
            for some in other.nearest or ()
            if not some.changes and [one.fact for one in some.answers] == [node.fact]
        ]
        yield " ".join(text)


def _clashes(voice: Voice, verdict: model.VerdictNode) -> Iterator[str]:
    """Yield what does not go together; where no one constraint is broken, which facts those are."""
    for one in verdict.broken:
        said = voice.constraints.get(one.constraint)
        label = one.label if one.label.endswith((".", "!", "?")) else f"{one.label}."
        yield (said and voice.say(said.client)) or label
    if not verdict.broken:
        names = [voice.label(one.id, one.label) for one in verdict.conflict]
        yield voice.client.clash.format(facts=voice.words.both(names))


def _differing(voice: Voice, fact: str, label: str) -> str:
    """Return which answers differ, and who recorded them where and when, if that is known."""
    node, words, about = voice.explanation.facts.get(fact), voice.words, voice.about(fact, label)
    seen = node.evidence.basis if node is not None and node.evidence is not None else ()
    if not seen:
        answers = node.words if node is not None else voice.words.unknown
        return voice.client.differs_values.format(about=about, answers=answers)
    told = [
        f"{words.quoted.format(text=one.words)} "
        f"({one.source_label}, {date_in_words(one.date, voice.language)}, {one.assessor})"
        for one in seen
    ]
    return voice.client.differs.format(about=about, answers=words.both(told))
