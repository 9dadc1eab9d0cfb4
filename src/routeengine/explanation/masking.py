"""An explanation for a reader who may not see special-category data.

Of a decision that reads such a fact only the answer stays: every rule, reason, change and
set of facts that is enough could tell the value. So what is left depends on what the reader may
see, on the verdicts and on the flags, and on nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TypeVar

from routeengine.explanation.model import (
    ConditionNode,
    ExplanationData,
    FactNode,
    FlagNode,
    VerdictNode,
    Why,
    WhyNot,
)
from routeengine.i18n import wording_of
from routeengine.i18n.words import Wording

E = TypeVar("E", bound=ExplanationData)


def masked(explanation: E) -> E:
    """Return the explanation without special-category facts and what depends on them."""
    facts = explanation.facts
    hidden = {name for name, node in facts.items() if node.special_category}
    # What a constraint ties to such a fact may tell its value.
    hidden |= {tied for name in hidden for tied in facts[name].coupled_with}
    touched = {decision for name in hidden for decision in facts[name].read_by}
    words = wording_of(explanation.language)

    def shown(flags: tuple[FlagNode, ...]) -> tuple[FlagNode, ...]:
        return tuple(flag for flag in flags if not _depends_on(flag, hidden, touched))

    if not hidden:
        return explanation
    return replace(
        explanation,
        hidden=tuple(name for name in facts if name in hidden),
        # Whoever has the digest and all other facts can try the few values of a hidden one until
        # the digests are equal.
        versions=replace(explanation.versions, input_sha256=None),
        verdicts={
            # The reasons that persons gave go from every decision, also from those that read no
            # such fact: what a person writes does not keep to the facts of a decision.
            name: _without_reasons(_verdict(node, hidden, words) if name in touched else node)
            for name, node in explanation.verdicts.items()
        },
        why={
            name: _why(node) if name in touched else node for name, node in explanation.why.items()
        },
        why_not={
            name: {one: _why_not(node) for one, node in outcomes.items()}
            if name in touched
            else outcomes
            for name, outcomes in explanation.why_not.items()
        },
        flags=shown(explanation.flags),
        flags_possible=shown(explanation.flags_possible),
        facts={
            name: _fact(node, words) if name in hidden else node for name, node in facts.items()
        },
    )


def _fact(node: FactNode, words: Wording) -> FactNode:
    return replace(node, status="masked", value=None, words=words.masked, ranges=(), evidence=None)


def _verdict(node: VerdictNode, hidden: Collection[str], words: Wording) -> VerdictNode:
    return replace(
        node,
        sentences=tuple(_sentences(node, words)),
        rule=None,
        rules=(),
        reason=None,
        missing=tuple(
            replace(question, answers=())
            for question in node.missing
            if question.fact not in hidden
        ),
        conflict=(),
        conflicting=(),
        broken=(),
    )


def _without_reasons(node: VerdictNode) -> VerdictNode:
    """Leave out why persons decided otherwise: whoever wrote that may have told of health."""
    decisions = tuple(replace(one, reason=None, text=one.short) for one in node.decisions)
    return replace(node, decisions=decisions) if decisions else node


def _sentences(node: VerdictNode, words: Wording) -> Iterator[str]:
    """Yield the sentences that say no more than the verdict."""
    yield node.sentences[0]
    if node.status == "insufficient":
        possible = words.either([one.label for one in node.possible])
        yield words.insufficient_possible.format(possible=possible)
    if node.status == "review":
        yield from words.candidates_of([one.label for one in node.candidates])
    yield words.masked_verdict


def _why(node: Why) -> Why:
    return Why(node.id, masked=True)


def _why_not(node: WhyNot) -> WhyNot:
    # That an outcome is still open, or a candidate, the verdict says itself. Of the others,
    # "outranked" would tell that a rule for it holds, and "failed" that none does: either may give
    # away what is hidden.
    told_by_verdict = node.status in ("open", "candidate", "not_applicable")
    return replace(
        node,
        status=node.status if told_by_verdict else "masked",
        rules=(),
        distance=None,
        nearest=None,
    )


def _depends_on(flag: FlagNode, facts: Collection[str], decisions: Collection[str]) -> bool:
    """Return whether a flag is raised by what is not shown; one of a dossier tells no value."""
    return flag.when is not None and any(
        (node.fact is not None and node.reference in facts)
        or (node.kind in ("outcome", "status", "rule") and node.reference in decisions)
        for node in _within(flag.when)
    )


def _within(node: ConditionNode) -> Iterator[ConditionNode]:
    yield node
    for child in node.children:
        yield from _within(child)
