"""How an answer came about: the steps, what each outcome asks, the facts, and the readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routeengine.explanation import model, parts
from routeengine.explanation.page.changes import Change, changes
from routeengine.explanation.page.evidence import FactsTable, facts_table
from routeengine.explanation.page.letterhead import local
from routeengine.explanation.page.matrix import Matrix, looks, matrix
from routeengine.explanation.page.voice import EARLIER, Voice, deciding
from routeengine.i18n import date_in_words
from routeengine.own_words import numbers_of
from routeengine.pages.anchors import Kind
from routeengine.pages.render import first_up
from routeengine.truth import Truth

MOST_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: what it asks, what it came to, and by what."""

    question: str
    answer: str
    because: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Where the policy speaks: `section` is its own heading, in `language` if not the page's."""

    before: str
    section: str
    after: str
    language: str | None = None

    @property
    def text(self) -> str:
        """The whole, as it reads."""
        return self.before + self.section + self.after


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """How the policy was read, the reading not chosen, and where the policy speaks of it.

    `link` leads to the part of the rule book that is read so, if it is known where that is.
    """

    reading: str
    alternative: str
    places: tuple[Passage, ...]
    reference: str
    link: str = ""

    @property
    def place(self) -> str:
        """All places, in one text."""
        return "; ".join(one.text for one in self.places)


@dataclass(frozen=True, slots=True)
class Account:
    """The second part of a page."""

    steps: tuple[Step, ...]
    matrices: tuple[Matrix, ...]
    looks: tuple[str, ...]
    masked: bool
    facts: FactsTable | None
    changes: tuple[Change, ...]
    changes_note: str
    readings: tuple[ReadingRow, ...]
    versions: tuple[str, ...]


def account(voice: Voice, verdict: model.VerdictNode) -> Account:
    """Return how the answer of a page came about; a short one holds the steps and the changes."""
    explanation, name = voice.explanation, verdict.decision
    finding = voice.decision(name).kind == "finding" or verdict.status == "not_applicable"
    why, short = explanation.why[name], explanation.short
    clash = verdict.reason == "contradiction"
    quiet = voice.decision(name).quiet
    found = changes(voice, name, to_client=True)
    return Account(
        steps=tuple(_steps(voice)),
        matrices=() if finding else matrix(voice, name),
        looks=tuple(_looks(voice, verdict)),
        masked=bool(explanation.hidden),
        facts=None
        if short
        else facts_table(voice, why.because if finding and not why.masked else None),
        # Where nothing is advised, what counts is what would open the door.
        changes=tuple(one for one in found if quiet in (None, one.outcome)),
        changes_note=voice.client.changes_unclear if clash and not found else "",
        readings=tuple(readings(voice, verdict)),
        versions=() if short else tuple(versions(voice)),
    )


def _steps(voice: Voice) -> Iterator[Step]:
    for number, name in enumerate(voice.explanation.verdicts, 1):
        question = f"{number}. {voice.question(name)}"
        yield Step(question, voice.answer(name).rstrip("."), because_of(voice, name))


def because_of(voice: Voice, decision: str) -> str:
    """Return in a few words by what a decision came to its answer; nothing if that is masked."""
    explanation, words = voice.explanation, voice.words
    verdict, why = explanation.verdicts[decision], explanation.why[decision]
    if verdict.decisions:
        return first_up(verdict.decisions[-1].short.rstrip("."))
    if why.masked or explanation.short:
        return ""
    if verdict.status == "insufficient":
        names = voice.could_be(decision, verdict.possible)
        return voice.client.could_be.format(possible=names).rstrip(".")
    if verdict.reason in ("contradiction", "conflicting_evidence"):
        return words.both([one.label for one in (*verdict.conflict, *verdict.conflicting)][:3])
    if verdict.status == "not_applicable" and why.applies_when is not None:
        return _closed(voice, why.applies_when)
    for rule in why.rules[:1]:
        earlier = _departed(voice, rule) or _earlier_alone(voice, decision, rule)
        if earlier:
            return earlier
    return "; ".join(first_up(rule.label) for rule in why.rules[:2])


def _closed(voice: Voice, when: model.ConditionNode) -> str:
    """Return by what a decision does not apply: an earlier decision, before a plain fact."""
    return _from_step(voice, _step_of(when)) or voice.sentence(next(deciding(when))).rstrip(".")


def _departed(voice: Voice, winner: model.RuleNode) -> str:
    """Say that an answer went with advice that a person departed from, if its rule asks that."""
    verdicts = voice.explanation.verdicts
    for node in () if winner.when is None else deciding(winner.when):
        step = verdicts.get(node.reference or "") if node.kind in EARLIER else None
        if step is not None and step.decisions:
            return voice.client.went_with
    return ""


def _earlier_alone(voice: Voice, decision: str, winner: model.RuleNode) -> str:
    """Name the earlier decision from which this one follows, if nothing else decides it.

    It makes the rule hold, it lets the question arise, and it keeps off each rule that leads
    elsewhere, unless the rule itself does.
    """
    why, name = voice.explanation.why[decision], _step_of(winner.when)
    arises = why.applies_when is None or _step_of(why.applies_when) == name
    if name is None or not arises:
        return ""
    elsewhere = [one for one in why.other_rules if one.outcome != winner.outcome]
    elsewhere += [
        one for node in voice.explanation.why_not[decision].values() for one in node.rules
    ]
    for rule in elsewhere:
        behind = winner.rule in [one.id for one in rule.outranked_by]
        if not behind and _step_of(rule.when) != name:
            return ""
    return _from_step(voice, name)


def _step_of(when: model.ConditionNode | None) -> str | None:
    """Return the one earlier decision that gives a condition its truth, if nothing else does."""
    asked = [] if when is None else list(deciding(when))
    steps = {node.reference if node.kind in EARLIER else None for node in asked}
    return steps.pop() if len(steps) == 1 else None


def _from_step(voice: Voice, name: str | None) -> str:
    """Say that an answer follows from this earlier decision; nothing if it is not told of."""
    verdicts = voice.explanation.verdicts
    if name is None or name not in verdicts:
        return ""
    if verdicts[name].decisions:
        return voice.client.went_with
    return voice.client.from_step.format(step=list(verdicts).index(name) + 1)


def _looks(voice: Voice, verdict: model.VerdictNode) -> Iterator[str]:
    """Yield which points counted, and why no person has to look first: what keeps off each rule."""
    yield from _counted(voice, verdict)
    if verdict.status != "decided":
        return
    said = voice.client
    near = [one for one in looks(voice, verdict.decision) if one.near]
    near = [one for one in near if verdict.outcome in one.candidates][:MOST_LOOKS]
    if near:
        yield said.no_look
    for one in near:
        lacks, rule = one.lacking[0], first_up(one.label)
        # A name with its value has a colon of its own.
        if ": " in lacks:
            yield said.look_fails_with.format(rule=rule, sentence=lacks)
        else:
            yield said.look_fails.format(rule=rule, sentence=voice.inside(lacks))


def _counted(voice: Voice, verdict: model.VerdictNode) -> Iterator[str]:
    """Yield for each score that a deciding rule asks which of its parts are so, and their worth."""
    why, words = voice.explanation.why[verdict.decision], voice.words
    found = [] if why.masked or voice.explanation.short else [one.when for one in why.rules]
    asked = [one for when in found if when is not None for one in deciding(when)]
    for node in {one.reference: one for one in asked if one.points is not None}.values():
        worths = () if node.points is None else node.points.worths
        parts_ = [
            words.worth(words.quoted.format(text=part.text), worth)
            for part, worth in zip(node.children, worths, strict=True)
            if part.truth is Truth.TRUE
        ]
        label = voice.inside(node.label or "")
        if parts_:
            yield voice.client.points_counted.format(label=label, parts=words.both(parts_))


def readings(voice: Voice, verdict: model.VerdictNode) -> Iterator[ReadingRow]:
    """Yield the readings that an answer rests on, each once."""
    why = voice.explanation.why[verdict.decision]
    if why.masked or voice.explanation.short:
        return
    found: dict[tuple[Kind, str], parts.GroundsNode] = {}
    for one in verdict.broken:
        found["constraint", one.constraint] = one.grounds
    for rule in why.rules:
        found["rule", rule.rule] = rule.grounds
        if rule.when is not None:
            found |= _named(rule.when)
    for (kind, name), grounds in found.items():
        if grounds.reading is not None:
            found_at = tuple(passages(voice, grounds))
            reading = grounds.reading
            none = (Passage("", "", voice.client.no_place),)
            link = voice.in_rulebook(kind, name)
            yield ReadingRow(
                reading.choice, reading.alternative, found_at or none, reading.id, link
            )


def _named(node: model.ConditionNode) -> dict[tuple[Kind, str], parts.GroundsNode]:
    """Return what the criteria and scores stand on that give a condition its truth."""
    found: dict[tuple[Kind, str], parts.GroundsNode] = {}
    todo = [node]
    while todo:
        one = todo.pop(0)
        if one.grounds is not None and one.reference is not None:
            found["score" if one.kind == "score" else "criterion", one.reference] = one.grounds
        if one.kind in ("all", "any", "not") or one.grounds is not None:
            todo += [some for some in one.children if some.truth is one.truth or one.kind == "not"]
    return found


def places(voice: Voice, grounds: parts.GroundsNode) -> Iterator[str]:
    """Yield where the policy speaks of something, in words."""
    yield from (one.text for one in passages(voice, grounds))


def passages(voice: Voice, grounds: parts.GroundsNode) -> Iterator[Passage]:
    """Yield where the policy speaks of something, the sentences of one paragraph together."""
    found: dict[tuple[str, str | None, str, int], list[int]] = {}
    titles = {cite.source: cite.title for cite in grounds.cites}
    for cite in grounds.cites:
        place = (cite.source, cite.language, cite.section, cite.paragraph)
        found.setdefault(place, []).append(cite.sentence)
    # Of one document alone it need not be said which it is.
    named = len(titles if voice.ruleset is None else voice.ruleset.sources) > 1
    for (source, language, section, paragraph), sentences in found.items():
        # The heading may look like the words around it: where it stands, a mark says.
        mark = "\0" if section else ""
        text = voice.words.passage(mark, paragraph, sorted(sentences))
        before, _, after = text.partition(mark) if section else ("", "", text)
        own = language if language != voice.language else None
        of = f"{titles[source]}, " if named else ""
        yield Passage(of + before, section, after, own)


def versions(voice: Voice) -> Iterator[str]:
    """Yield what gave the answer, to what, and when."""
    words, one, at = voice.words, voice.explanation.versions, local(voice)
    yield words.version_ruleset.format(title=one.title, ruleset=one.ruleset, version=one.version)
    rules = voice.ruleset
    if rules is not None and (numbers := numbers_of(rules.instance, voice.language)):
        yield words.version_numbers.format(numbers=numbers)
    yield words.version_digest.format(sha256=one.sha256)
    yield words.version_meaning.format(sha256=one.meaning_sha256)
    yield words.version_engine.format(engine=one.engine)
    yield words.version_form.format(form=one.form)
    if one.input_sha256 is not None:
        yield words.version_input.format(sha256=one.input_sha256)
    if at is not None:
        zone = at.strftime("%z")
        yield words.version_at.format(
            date=date_in_words(at.date(), voice.language),
            time=at.strftime("%H:%M"),
            distance=f"{zone[:3]}:{zone[3:5]}",
        )
