"""Conditions as a reader follows them: the parts that count, the facts and grounds under them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routeengine.explanation.model import ConditionNode, FactNode, RuleNode, Why
from routeengine.explanation.parts import CitedPlace, GroundsNode, LeafNode, Reading
from routeengine.i18n.words import Wording
from routeengine.truth import Truth


@dataclass(frozen=True, slots=True)
class Line:
    """One line under a rule: a condition with its truth, or the facts under it."""

    text: str
    node: str
    level: int
    truth: Truth | None = None


def conditions(node: ConditionNode, wording: Wording, level: int = 0) -> Iterator[Line]:
    """Return the lines that show a condition: the parts that make it what it is."""
    # A rule reads as a list of what it asks, so `all` has no line of its own. An `any` of which one
    # part decides is shown as that part: the others do not matter to this client.
    if node.kind == "all":
        for part in decisive_children(node):
            yield from conditions(part, wording, level)
        return
    parts = decisive_children(node)
    if node.kind == "any" and len(parts) == 1:
        yield from conditions(parts[0], wording, level)
        return
    if is_group(node):
        yield line(node, node.head, wording, level)
        for part in parts:
            yield from conditions(part, wording, level + 1)
        return
    yield line(node, node.text, wording, level)
    facts = "; ".join(leaf_text(leaf, wording) for leaf in leaves(node))
    if facts and not says_it_all(node):
        yield Line(wording.facts.format(facts=facts), node.id, level + 1)


def line(node: ConditionNode, text: str, wording: Wording, level: int) -> Line:
    """Return one condition with its truth, as a word: the mark is added where it is shown."""
    truth = {
        Truth.TRUE: wording.met,
        Truth.FALSE: wording.not_met,
        Truth.OPEN: wording.undecided,
    }[node.truth]
    return Line(wording.truth_item.format(text=text, truth=truth), node.id, level, node.truth)


def is_group(node: ConditionNode) -> bool:
    """Return whether a node stands for parts that are listed below it."""
    if node.kind == "not":
        return node.children[0].kind in ("all", "any", "at_least", "exactly")
    return node.kind in ("any", "at_least", "exactly")


def decisive_children(node: ConditionNode) -> tuple[ConditionNode, ...]:
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


def parts_of(node: ConditionNode) -> tuple[ConditionNode, ...]:
    """Return what a rule asks, taken apart if it asks several things together."""
    if node.kind != "all":
        return (node,)
    return tuple(part for child in node.children for part in parts_of(child))


def says_it_all(node: ConditionNode) -> bool:
    """Return whether a met comparison already tells the reader what the fact is."""
    if node.kind == "not":
        node = node.children[0]
        return node.fact is not None and node.fact.status == "known" and node.truth is Truth.FALSE
    return node.fact is not None and node.fact.status == "known" and node.truth is Truth.TRUE


def leaves(node: ConditionNode) -> list[LeafNode]:
    """Return the facts that a condition rests on, each once."""
    found: dict[str, LeafNode] = {}
    todo = [node]
    while todo:
        one = todo.pop(0)
        if one.fact is not None:
            found.setdefault(one.fact.fact, one.fact)
        # In front, so that facts come in the order in which the rule names them.
        todo = [*decisive_children(one), *todo] if one.children else todo
    return list(found.values())


def leaf_text(leaf: LeafNode | FactNode, wording: Wording) -> str:
    """Return a fact with its value, and how it is known if it was not simply given."""
    text = wording.labelled_as(leaf.label, leaf.words)
    if leaf.status in ("known", "unknown", "declined", "masked"):
        return text
    status: str = getattr(wording, f"fact_{leaf.status}")
    return f"{text} ({status})"


def unmet_parts(rule: RuleNode, wording: Wording) -> str:
    """Return in short what a rule that fails or is open still lacks.

    Nothing if it holds, or if it is the rule for what no other fits.
    """
    if rule.when is None or rule.applies is Truth.TRUE:
        return ""
    return _unmet_parts(rule.when, wording)


def _unmet_parts(node: ConditionNode, wording: Wording) -> str:
    parts = tuple(child for child in node.children if child.truth is node.truth)
    if node.kind == "all" and parts:
        return wording.both(_distinct(_unmet_parts(part, wording) for part in parts))
    if node.kind == "any" and len(parts) > 1:
        texts = _distinct(_unmet_parts(part, wording) for part in parts)
        whole = any(part.kind == "all" and part.children for part in parts)
        # Where an alternative asks several things, a comma or "or" would not keep them apart.
        return wording.together.join(texts) if whole else wording.either(texts)
    return wording.quoted.format(text=node.text)


def _distinct(texts: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _grounds_shown(why: Why) -> Iterator[tuple[str, GroundsNode]]:
    """Yield what the answer stands on: the deciding rules, and the criteria they show."""
    for rule in why.rules:
        yield rule.label, rule.grounds
    shown = [rule.when for rule in why.rules if rule.when is not None]
    if why.not_applicable_because is not None and why.applies_when is not None:
        shown = [why.applies_when]
    for node in shown:
        yield from _criteria_shown(node)


def _criteria_shown(node: ConditionNode) -> Iterator[tuple[str, GroundsNode]]:
    if node.grounds is not None and node.label is not None:
        yield node.label, node.grounds
    for part in decisive_children(node):
        yield from _criteria_shown(part)


def readings(why: Why) -> list[tuple[str, Reading]]:
    """Return each interpretation that the answer rests on once, with what it is about."""
    found: dict[str, tuple[str, Reading]] = {}
    for label, grounds in _grounds_shown(why):
        if grounds.reading is not None:
            found.setdefault(grounds.reading.id, (label, grounds.reading))
    return list(found.values())


def passages(why: Why) -> dict[str, list[list[CitedPlace]]]:
    """Return by source what the answer rests on, the sentences of one paragraph together."""
    cited = {place.id: place for _, grounds in _grounds_shown(why) for place in grounds.cites}
    found: dict[str, dict[tuple[str, int], list[CitedPlace]]] = {}
    for place in sorted(cited.values(), key=lambda place: place.sentence):
        paragraphs = found.setdefault(place.source, {})
        paragraphs.setdefault((place.section, place.paragraph), []).append(place)
    return {source: list(paragraphs.values()) for source, paragraphs in found.items()}
