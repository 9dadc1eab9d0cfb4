"""What an auditor's page holds besides: every rule to the bottom, and what all of it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from routeengine.explanation import model, parts
from routeengine.explanation.page.matrix import MARKS, Mark, rules_of
from routeengine.explanation.page.staff import StaffVoice, grounds_in_words, observations
from routeengine.pages.render import first_up


@dataclass(frozen=True, slots=True)
class Branch:
    """One condition with its parts; `known` is what is known of the fact that it compares.

    A criterion or a score is laid out once, and `criterion` is the id of where that is.
    """

    id: str
    text: str
    mark: Mark
    known: str
    criterion: str
    parts: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A rule, a criterion or a signal: what it is, what it asks, and what it stands on.

    `notes` are whole sentences. `cites` are the ids of the sentences of the source.
    """

    id: str
    name: str
    label: str
    mark: Mark
    state: str
    notes: tuple[str, ...]
    asks: tuple[Branch, ...]
    grounds: tuple[str, ...]
    cites: tuple[parts.CitedPlace, ...]


@dataclass(frozen=True, slots=True)
class Trees:
    """All rules of one decision; `applies_when` is when it is asked at all."""

    decision: str
    title: str
    sentences: tuple[str, ...]
    applies_when: tuple[Branch, ...]
    rules: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class AuditFact:
    """A fact: its id, what is known, who recorded it, and which decisions read it."""

    fact: str
    label: str
    known: str
    recorded: tuple[str, ...]
    read_by: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The second part of an auditor's page."""

    decisions: tuple[Trees, ...]
    criteria: tuple[Tree, ...]
    scores: tuple[Tree, ...]
    flags: tuple[Tree, ...]
    constraints: tuple[Tree, ...]
    citations: tuple[parts.CitedPlace, ...]
    facts: tuple[AuditFact, ...]


def audit(voice: StaffVoice) -> Audit:
    """Return every rule, criterion, score, signal and fact of an explanation that holds them."""
    explanation = voice.explanation
    decisions = tuple(_trees(voice, name) for name in explanation.verdicts)
    found: dict[str, model.ConditionNode] = {}
    for node in _conditions(explanation):
        _gather(node, found)
    flags = (*explanation.flags, *explanation.flags_possible)
    broken = {
        one.constraint: one for verdict in explanation.verdicts.values() for one in verdict.broken
    }
    rules = tuple(rule for one in decisions for rule in one.rules)
    criteria = tuple(_criterion(voice, one) for one in found.values() if one.points is None)
    scores = tuple(_score(voice, name, one) for name, one in found.items() if one.points)
    signals = tuple(_flag(voice, one) for one in flags)
    constraints = tuple(_constraint(voice, one) for one in broken.values())
    return Audit(
        decisions,
        criteria,
        scores,
        signals,
        constraints,
        _cited((*rules, *criteria, *scores, *signals, *constraints)),
        tuple(_facts(voice)),
    )


def _conditions(explanation: model.ExplanationData) -> Iterator[model.ConditionNode]:
    """Yield every condition of a rule, a decision or a signal."""
    for name, why in explanation.why.items():
        others = (rule for one in explanation.why_not[name].values() for rule in one.rules)
        for rule in (*why.rules, *why.other_rules, *others):
            yield from [rule.when] if rule.when is not None else []
        yield from [why.applies_when] if why.applies_when is not None else []
    for flag in (*explanation.flags, *explanation.flags_possible):
        yield from [flag.when] if flag.when is not None else []


def _gather(node: model.ConditionNode, found: dict[str, model.ConditionNode]) -> None:
    """Note each criterion and score below a condition, once."""
    if node.kind in ("criterion", "score"):
        address = _laid_out(node)
        if address in found:
            return
        found[address] = node
    for part in node.children:
        _gather(part, found)


def _trees(voice: StaffVoice, decision: str) -> Trees:
    explanation = voice.explanation
    verdict, why = explanation.verdicts[decision], explanation.why[decision]
    names = [f"{leaf.label}: {leaf.words}" for leaf in why.because_facts]
    enough = [voice.staff.enough.format(facts="; ".join(names))] if names else []
    return Trees(
        decision,
        voice.question(decision),
        (*verdict.sentences, *enough),
        () if why.applies_when is None else (_branch(voice, why.applies_when),),
        tuple(_rule(voice, decision, rule) for rule in rules_of(voice, decision).values()),
    )


def _rule(voice: StaffVoice, decision: str, rule: model.RuleNode) -> Tree:
    said, words = voice.staff, voice.words
    if rule.outcome is not None:
        leads = said.leads_to.format(outcome=voice.name(decision, rule.outcome))
    else:
        names = voice.could_be(decision, rule.candidates) if rule.candidates else ""
        names = names or (rule.no_candidates_because or said.no_candidates).rstrip(".")
        leads = said.leads_to_look.format(candidates=names)
    before = (
        template.format(rules=words.both([words.quoted.format(text=one.label) for one in some]))
        for template, some in (
            (said.outranked_by, rule.outranked_by),
            (said.maybe_outranked_by, rule.maybe_outranked_by),
        )
        if some
    )
    return Tree(
        rule.id,
        rule.rule,
        first_up(rule.label),
        "none" if rule.standing in ("outranked", "applies") else MARKS[rule.applies],
        said.state[rule.standing],
        tuple(one for one in (rule.reason, leads, *before) if one),
        asks=(Branch(f"{rule.id}/otherwise", words.otherwise, MARKS[rule.applies], "", "", ()),)
        if rule.when is None
        else (_branch(voice, rule.when),),
        **_standing_on(voice, rule.grounds),
    )


def _criterion(voice: StaffVoice, node: model.ConditionNode) -> Tree:
    name = node.reference or node.id
    return Tree(
        node.id,
        name,
        first_up(node.label or node.text),
        MARKS[node.truth],
        voice.page.marks[MARKS[node.truth]],
        (),
        tuple(_branch(voice, one) for one in node.children),
        **_standing_on(voice, node.grounds or parts.GroundsNode("source")),
    )


def _laid_out(node: model.ConditionNode) -> str:
    """Return the id of where a criterion or a score is laid out."""
    return f"score/{node.reference}" if node.kind == "score" else node.id


def _score(voice: StaffVoice, address: str, node: model.ConditionNode) -> Tree:
    points = node.points
    worths = () if points is None else points.worths
    branches = [_branch(voice, one) for one in node.children]
    settled = points is not None and points.least == points.most
    return Tree(
        address,
        node.reference or "",
        first_up(node.label or ""),
        "met" if settled else "open",
        "" if points is None else voice.words.points_between(points.least, points.most),
        (),
        tuple(
            [
                replace(one, text=voice.words.worth(one.text, worth))
                for one, worth in zip(branches, worths, strict=True)
            ]
        ),
        **_standing_on(voice, node.grounds or parts.GroundsNode("source")),
    )


def _flag(voice: StaffVoice, flag: model.FlagNode) -> Tree:
    mark: Mark = "met" if flag in voice.explanation.flags else "open"
    asks = () if flag.when is None else (_branch(voice, flag.when),)
    state, on = voice.page.marks[mark], _standing_on(voice, flag.grounds)
    return Tree(flag.id, flag.flag, first_up(flag.label), mark, state, (), asks, **on)


def _constraint(voice: StaffVoice, one: model.ConstraintNode) -> Tree:
    state, on = voice.page.marks["unmet"], _standing_on(voice, one.grounds)
    return Tree(one.id, one.constraint, first_up(one.label), "unmet", state, (), (), **on)


def _branch(voice: StaffVoice, node: model.ConditionNode) -> Branch:
    is_criterion, points = node.kind == "criterion", node.points
    if points is not None:
        known = " ".join((f"{first_up(points.words)}.", *points.more))
        return Branch(node.id, node.text, MARKS[node.truth], known, _laid_out(node), ())
    return Branch(
        "" if is_criterion else node.id,
        node.head if node.children and not is_criterion else node.text,
        MARKS[node.truth],
        "" if node.fact is None else _known(voice, node.fact),
        node.id if is_criterion else "",
        () if is_criterion else tuple(_branch(voice, one) for one in node.children),
    )


def _known(voice: StaffVoice, leaf: parts.LeafNode) -> str:
    """Return what is known of a fact that a condition compares."""
    how = voice.words.known.get(leaf.status)
    words = f"{leaf.words} ({how})" if how else leaf.words
    return voice.words.labelled_as(voice.staff.here, words)


def _standing_on(voice: StaffVoice, grounds: parts.GroundsNode) -> dict[str, Any]:
    said = grounds_in_words(voice, grounds)
    return {"grounds": (voice.staff.basis[grounds.basis], *said), "cites": grounds.cites}


def _cited(every: Iterable[Tree]) -> tuple[parts.CitedPlace, ...]:
    """Return every sentence of the source that something stands on, in the order of the source."""
    found = {cite.id: cite for tree in every for cite in tree.cites}
    # Headings have no order of their own, so they stay as they were met.
    sections = list(dict.fromkeys((one.source, one.section) for one in found.values()))
    return tuple(
        sorted(
            found.values(),
            key=lambda one: (
                sections.index((one.source, one.section)),
                one.paragraph,
                one.sentence,
            ),
        )
    )


def _facts(voice: StaffVoice) -> Iterator[AuditFact]:
    """Yield every fact of the rule set, also those that nothing reads."""
    recorded: dict[str, list[str]] = {}
    for one in observations(voice):
        how = voice.staff.standing[one.standing]
        recorded.setdefault(one.id, []).append(f"{one.words} ({one.source}): {how}")
    for name, node in voice.explanation.facts.items():
        known = voice.words.known.get(node.status)
        yield AuditFact(
            name,
            voice.label(name, node.label),
            f"{node.words} ({known})" if known else node.words,
            tuple(recorded.get(name, ())),
            ", ".join(voice.question(one) for one in node.read_by) or voice.staff.none,
        )
