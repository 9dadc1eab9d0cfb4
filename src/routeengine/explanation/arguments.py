"""What a reader is shown of one node or a few: the conditions that count, and short sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Literal, TypeAlias

from routeengine.explanation import model, parts
from routeengine.i18n import date_in_words
from routeengine.i18n.words import ExplanationWording
from routeengine.truth import Truth

BlockKind: TypeAlias = Literal[
    "title", "heading", "subheading", "result", "sentence", "item", "question"
]


@dataclass(frozen=True, slots=True)
class Foreign:
    """The part of a text that is in another language than the page: its ends, and the language."""

    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True)
class Block:
    """One line or sentence, and the node it comes from.

    `level` is how deep an item stands. `truth` is there if the text begins
    with a mark; the text says the same in words. `alert` says that the text is to stand out.
    `foreign` tells who reads aloud to change voice.
    """

    kind: BlockKind
    text: str
    node: str
    level: int = 0
    truth: Truth | None = None
    alert: bool = False
    foreign: Foreign | None = None


def conditions(
    node: model.ConditionNode, wording: ExplanationWording, level: int = 0
) -> Iterator[Block]:
    """Yield the lines that show a condition: the parts that make it what it is."""
    # A rule reads as a list of what it asks, so `all` has no line of its own. An `any` of which one
    # part decides is shown as that part: the others do not matter to this client.
    deciding = decisive_children(node)
    if node.kind == "all" or (node.kind == "any" and len(deciding) == 1):
        for part in deciding:
            yield from conditions(part, wording, level)
        return
    if is_group(node):
        yield line(node, node.head, wording, level)
        for part in deciding:
            yield from conditions(part, wording, level + 1)
        return
    yield line(node, node.text, wording, level)
    facts = "; ".join(leaf_text(leaf, wording) for leaf in leaves(node))
    if facts and not says_it_all(node):
        yield Block("item", wording.facts.format(facts=facts), node.id, level + 1)


def line(node: model.ConditionNode, text: str, wording: ExplanationWording, level: int) -> Block:
    """Return one condition with its truth, as a word: the mark is added where it is shown."""
    truth = {
        Truth.TRUE: wording.met,
        Truth.FALSE: wording.not_met,
        Truth.OPEN: wording.undecided,
    }[node.truth]
    words = wording.truth_item.format(text=text, truth=truth)
    return Block("item", words, node.id, level, node.truth)


def is_group(node: model.ConditionNode) -> bool:
    """Return whether a node stands for parts that are listed below it."""
    if node.kind == "not":
        return node.children[0].kind in ("all", "any", "at_least", "exactly")
    return node.kind in ("any", "at_least", "exactly")


def decisive_children(node: model.ConditionNode) -> tuple[model.ConditionNode, ...]:
    """Return the parts that make a node true, false or open; all if none does by itself."""
    children = node.children
    if node.kind == "not":
        return decisive_children(children[0]) if is_group(node) else children
    # At least two problems, of which only finances is one: the six domains without a problem make
    # it false, but they make sense only beside the one that counts. So all are shown, and so are
    # those of `exactly`, where one too many is as bad as one too few.
    if node.kind == "exactly" or (node.kind == "at_least" and node.truth is Truth.FALSE):
        return children
    # `any: [rung at most 2, rung at least 3]` is true whatever the rung is: with the rung unknown
    # both parts are open, and none is true by itself.
    return tuple(child for child in children if child.truth is node.truth) or children


def parts_of(node: model.ConditionNode) -> tuple[model.ConditionNode, ...]:
    """Return what a rule asks, taken apart if it asks several things together."""
    if node.kind != "all":
        return (node,)
    return tuple(part for child in node.children for part in parts_of(child))


def says_it_all(node: model.ConditionNode) -> bool:
    """Return whether a met comparison already tells the reader what the fact is."""
    met = Truth.TRUE
    if node.kind == "not":
        node, met = node.children[0], Truth.FALSE
    return node.fact is not None and node.fact.status == "known" and node.truth is met


def leaves(node: model.ConditionNode) -> list[parts.LeafNode]:
    """Return the facts that a condition rests on, each once."""
    found: dict[str, parts.LeafNode] = {}
    todo = [node]
    while todo:
        one = todo.pop(0)
        if one.fact is not None:
            found.setdefault(one.fact.fact, one.fact)
        # In front, so that facts come in the order in which the rule names them.
        todo = [*decisive_children(one), *todo] if one.children else todo
    return list(found.values())


def leaf_text(leaf: parts.LeafNode | model.FactNode, wording: ExplanationWording) -> str:
    """Return a fact with its value, and how it is known if it was not simply given."""
    text = wording.labelled_as(leaf.label, leaf.words)
    if leaf.status in ("known", "unknown", "declined", "masked"):
        return text
    return f"{text} ({wording.known[leaf.status]})"


def unmet_parts(node: model.ConditionNode | None, wording: ExplanationWording) -> str:
    """Return in short what a condition that fails or is open still lacks; nothing if it holds."""
    if node is None or node.truth is Truth.TRUE:
        return ""
    lacking = tuple(child for child in node.children if child.truth is node.truth)
    if node.kind == "all" and lacking:
        return wording.both(_distinct(unmet_parts(part, wording) for part in lacking))
    if node.kind == "any" and len(lacking) > 1:
        texts = _distinct(unmet_parts(part, wording) for part in lacking)
        whole = any(part.kind == "all" and part.children for part in lacking)
        # Where an alternative asks several things, a comma or "or" would not keep them apart.
        return wording.together.join(texts) if whole else wording.either(texts)
    return wording.quoted.format(text=node.text)


def _distinct(texts: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _grounds_shown(why: model.Why) -> Iterator[tuple[str, parts.GroundsNode]]:
    """Yield what the answer stands on: the deciding rules, and the criteria they show."""
    for rule in why.rules:
        yield rule.label, rule.grounds
    shown = [rule.when for rule in why.rules if rule.when is not None]
    if why.not_applicable_because is not None and why.applies_when is not None:
        shown = [why.applies_when]
    for node in shown:
        yield from _criteria_shown(node)


def _criteria_shown(node: model.ConditionNode) -> Iterator[tuple[str, parts.GroundsNode]]:
    if node.grounds is not None and node.label is not None:
        yield node.label, node.grounds
    for part in decisive_children(node):
        yield from _criteria_shown(part)


def readings(why: model.Why) -> Iterator[tuple[str, parts.Reading]]:
    """Yield the interpretations that the answer rests on, each with what it is about."""
    for label, grounds in _grounds_shown(why):
        if grounds.reading is not None:
            yield label, grounds.reading


def passages(why: model.Why) -> dict[str, list[list[parts.CitedPlace]]]:
    """Return by source what the answer rests on, the sentences of one paragraph together."""
    cited = {place.id: place for _, grounds in _grounds_shown(why) for place in grounds.cites}
    found: dict[str, dict[tuple[str, int], list[parts.CitedPlace]]] = {}
    for place in sorted(cited.values(), key=lambda place: place.sentence):
        paragraphs = found.setdefault(place.source, {})
        paragraphs.setdefault((place.section, place.paragraph), []).append(place)
    return {source: list(paragraphs.values()) for source, paragraphs in found.items()}


def leading(question: model.Question, wording: ExplanationWording) -> str:
    """Return what each answer would lead to; nothing if no answer settles anything."""
    found: dict[str, list[str]] = {}
    for answer in question.answers:
        settled = len(answer.possible) == 1
        leads = answer.possible[0].label if settled else wording.answer_open
        found.setdefault(leads, []).append(wording.quoted.format(text=answer.words))
    if all(len(answer.possible) > 1 for answer in question.answers):
        return ""
    return " ".join(
        wording.answer.format(answers=wording.either(answers), possible=leads)
        for leads, answers in found.items()
    )


def is_shown(verdict: model.VerdictNode, nearest: parts.NearestNode) -> bool:
    """Return whether a set of differences is shown: if a person can act on each of them.

    What is still to be asked stands with the questions.
    """
    settled = verdict.status in ("decided", "review") and not nearest.answers
    return settled and bool(nearest.changes) and all(one.actionable for one in nearest.changes)


def nearest(
    verdict: model.VerdictNode, why_not: model.WhyNot, wording: ExplanationWording
) -> Iterator[str]:
    """Yield the changes that lead to an outcome, as far as they are shown.

    Sets of the same facts stand together if any of the values goes with any.
    """
    groups: dict[tuple[str, ...], list[tuple[parts.ChangeNode, ...]]] = {}
    for one in why_not.nearest or ():
        if is_shown(verdict, one):
            facts = tuple(change.fact for change in one.changes)
            groups.setdefault(facts, []).append(one.changes)
    for sets in groups.values():
        columns = [list(dict.fromkeys(column)) for column in zip(*sets, strict=True)]
        together = prod(map(len, columns)) == len(sets)
        for row in [columns] if together else [[[one] for one in some] for some in sets]:
            yield wording.both([_one_of(changes, wording) for changes in row])


def _one_of(changes: list[parts.ChangeNode], wording: ExplanationWording) -> str:
    words = wording.either([change.words for change in changes])
    return wording.quoted.format(text=wording.labelled_as(changes[0].label, words))


def recorded(
    evidence: parts.EvidenceNode, wording: ExplanationWording, language: str
) -> Iterator[tuple[str, str]]:
    """Yield each observation in words, with its id; what is old is flagged."""

    def worded(template: str, one: parts.ObservationNode) -> tuple[str, str]:
        text = template.format(
            observation=one.text,
            source=one.source_label,
            date=date_in_words(one.date, language),
            assessor=one.assessor,
        )
        return text, one.id

    for one in evidence.basis:
        declined = one.words == wording.declined
        template = wording.evidence_declined if declined else wording.evidence_basis
        yield worded(wording.evidence_conflict if evidence.conflict else template, one)
        if one.stale:
            yield wording.evidence_stale, one.id
    for template, some in (
        (wording.evidence_agreeing, evidence.agreeing),
        (wording.evidence_superseded, evidence.superseded),
        (wording.evidence_declined, evidence.declined),
    ):
        for one in some:
            yield worded(template, one)


def versions_in_words(
    versions: model.VersionNode, wording: ExplanationWording, language: str
) -> Iterator[str]:
    """Yield what gave the answer, to what, and when."""
    yield wording.version_ruleset.format(
        title=versions.title, ruleset=versions.ruleset, version=versions.version
    )
    yield wording.version_digest.format(sha256=versions.sha256)
    yield wording.version_meaning.format(sha256=versions.meaning_sha256)
    yield wording.version_engine.format(engine=versions.engine)
    yield wording.version_form.format(form=versions.form)
    if versions.input_sha256 is not None:
        yield wording.version_input.format(sha256=versions.input_sha256)
    if versions.at is not None:
        yield _moment(versions.at, wording, language)


def _moment(at: datetime, wording: ExplanationWording, language: str) -> str:
    zone = at.strftime("%z")
    return wording.version_at.format(
        date=date_in_words(at.date(), language),
        time=at.strftime("%H:%M"),
        distance=f"{zone[:3]}:{zone[3:5]}",
    )
