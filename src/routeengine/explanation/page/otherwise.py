"""What a fact that may stand in for origin does: the answer if it were otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routeengine.explanation import model, parts
from routeengine.explanation.page.voice import Voice
from routeengine.ruleset.domains import Value, word


def otherwise(voice: Voice, node: model.FactNode) -> Iterator[str]:
    """Yield per other value of a fact what the answer would be, all else as it is known."""
    said = voice.client
    for one in node.otherwise:
        answer, is_open = _answer(voice, one.verdicts)
        template = said.otherwise_open if is_open else said.otherwise
        text = template.format(claim=_claim(voice, node, one), answer=answer)
        if [(each.status, each.outcomes) for each in one.verdicts] == _now(voice, one.verdicts):
            text = said.otherwise_same.format(claim=_claim(voice, node, one))
        exact = all(each.exact for each in one.verdicts)
        yield text if exact else f"{text} {voice.words.inexact}"


def _claim(voice: Voice, node: model.FactNode, one: parts.OtherwiseNode) -> str:
    """Return that a fact has one of these values, as it stands inside a sentence."""
    wording = voice.facts.get(node.fact)
    if wording is not None and one.ranges and one.ranges[0][0] == one.ranges[-1][1]:
        said = _said(voice, node.fact, one.ranges[0][0])
        if said is not None:
            return voice.inside(said)
    return voice.words.quoted.format(text=voice.words.labelled_as(node.label, one.words))


def _said(voice: Voice, fact: str, value: Value) -> str | None:
    """Return what the rule set says of one value of a fact, if it does."""
    wording = voice.facts[fact]
    if isinstance(value, bool):
        return voice.say(wording.claim if value else wording.denial)
    return voice.say(wording.values.get(word(value)))


def _now(
    voice: Voice, verdicts: Sequence[parts.OtherVerdictNode]
) -> list[tuple[str, tuple[str, ...]]]:
    """Return what the same decisions come to as it is."""
    found = list[tuple[str, tuple[str, ...]]]()
    for one in verdicts:
        node, ends = voice.explanation.verdicts[one.decision], tuple[str, ...]()
        if node.status == "review":
            ends = tuple(each.id for each in node.candidates)
        elif node.status == "insufficient":
            ends = tuple(each.id for each in node.possible)
        elif node.outcome is not None:
            ends = (node.outcome,)
        found.append((node.status, ends))
    return found


def _answer(voice: Voice, verdicts: Sequence[parts.OtherVerdictNode]) -> tuple[str, bool]:
    """Return what a page would give as its answer, and whether more than one thing is possible.

    That is what the first decision of advice comes to that applies. If none does, it is that there
    is none, and what is found instead.
    """
    advice = [one for one in verdicts if voice.decision(one.decision).kind == "advice"]
    findings = [one for one in verdicts if one not in advice]
    loud = [one for one in findings if _is_loud(voice, one)]
    asked = advice if advice or loud else findings
    first = next((one for one in asked if one.status != "not_applicable"), None)
    if first is not None:
        return _outcome(voice, first), first.status == "insufficient"
    told = [voice.inside(voice.none(one.decision)) for one in advice[:1]]
    told += [_statement(voice, one) for one in loud]
    return ". ".join(told) or voice.inside(voice.client.answer["not_applicable"]), False


def _outcome(voice: Voice, one: parts.OtherVerdictNode) -> str:
    """Return what a decision of advice would come to, in a few words."""
    said = voice.client
    if one.reason in ("contradiction", "conflicting_evidence"):
        return voice.inside(said.answer["unclear"])
    names = voice.could_be(one.decision, [parts.Named(end, end) for end in one.outcomes])
    if one.status != "review":
        return names
    template = said.otherwise_look if len(one.outcomes) == 1 else said.otherwise_choice
    return template.format(candidates=names) if names else said.instead["review"]


def _is_loud(voice: Voice, one: parts.OtherVerdictNode) -> bool:
    """Return whether a finding says something else than the usual."""
    return one.status == "decided" and voice.decision(one.decision).quiet not in one.outcomes


def _statement(voice: Voice, one: parts.OtherVerdictNode) -> str:
    """Return what a finding says."""
    outcome = "".join(one.outcomes[:1])
    statement = voice.say(voice.outcome(one.decision, outcome).statement)
    return (statement or voice.name(one.decision, outcome)).rstrip(".")
