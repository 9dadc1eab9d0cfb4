"""What the deciding rules stand on: readings of the policy, and places in it."""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.explanation.arguments import telling
from routeengine.explanation.model import ConditionNode, Why
from routeengine.explanation.parts import CitedPlace, GroundsNode, Reading


def _owners(why: Why) -> Iterator[tuple[str, GroundsNode]]:
    """Yield what the answer stands on: the deciding rules, and the criteria they show."""
    for rule in why.rules:
        yield rule.label, rule.grounds
    shown = [rule.when for rule in why.rules if rule.when is not None]
    if why.not_applicable_because is not None and why.applies_when is not None:
        shown = [why.applies_when]
    for node in shown:
        yield from _criteria(node)


def _criteria(node: ConditionNode) -> Iterator[tuple[str, GroundsNode]]:
    if node.grounds is not None and node.label is not None:
        yield node.label, node.grounds
    for part in telling(node):
        yield from _criteria(part)


def readings(why: Why) -> list[tuple[str, Reading]]:
    """Return each interpretation that the answer rests on once, with what it is about."""
    found: dict[str, tuple[str, Reading]] = {}
    for label, grounds in _owners(why):
        if grounds.reading is not None:
            found.setdefault(grounds.reading.id, (label, grounds.reading))
    return list(found.values())


def passages(why: Why) -> dict[str, list[list[CitedPlace]]]:
    """Return by source what the answer rests on, the sentences of one paragraph together."""
    cited = {place.id: place for _, grounds in _owners(why) for place in grounds.cites}
    found: dict[str, dict[tuple[str, int], list[CitedPlace]]] = {}
    for place in sorted(cited.values(), key=lambda place: place.sentence):
        paragraphs = found.setdefault(place.source, {})
        paragraphs.setdefault((place.section, place.paragraph), []).append(place)
    return {source: list(paragraphs.values()) for source, paragraphs in found.items()}
