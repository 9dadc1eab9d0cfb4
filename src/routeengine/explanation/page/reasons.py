"""Why the answer is what it is, to the client: one sentence for each thing that decides it."""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.explanation import model
from routeengine.explanation.page.voice import EARLIER, Voice, deciding
from routeengine.truth import Truth

MOST_REASONS = 6
"""So many sentences say why; the table of the account holds all."""


def reasons(voice: Voice, verdict: model.VerdictNode) -> Iterator[str]:
    """Yield why a verdict is what it is."""
    said, why = voice.client, voice.explanation.why[verdict.decision]
    if why.masked:
        yield said.masked_why
    elif verdict.reason == "contradiction":
        yield from (said.not_both, said.it_matters, said.no_fault)
    elif verdict.reason == "conflicting_evidence":
        yield said.weigh_the_same
        if verdict.candidates:
            names = voice.could_be(verdict.decision, verdict.candidates)
            yield said.could_be.format(possible=names)
    elif verdict.status == "insufficient":
        names = voice.could_be(verdict.decision, verdict.possible)
        yield said.could_be.format(possible=names)
        yield said.never_no
    elif verdict.status == "not_applicable":
        yield from _does_not_apply(voice, why)
    else:
        if verdict.status == "review":
            yield from _no_choice(voice, verdict, why)
        yield from _by_rules(voice, verdict, why)
    if not verdict.exact:
        yield voice.words.inexact


def _no_choice(voice: Voice, verdict: model.VerdictNode, why: model.Why) -> Iterator[str]:
    """Yield why fixed rules cannot choose."""
    words = voice.words
    rules = [words.quoted.format(text=rule.label) for rule in why.rules]
    match verdict.reason:
        case "gap":
            yield words.review_gap
        case "overlap":
            yield words.review_overlap.format(rules=words.both(rules))
        case "rule" if len(rules) > 1:
            yield words.review_rule_several.format(rules=words.either(rules))
        case "rule":
            yield voice.client.no_choice
            because = why.rules[0].no_candidates_because if why.rules else None
            yield from [because] if because and not verdict.candidates else []
        case _:
            yield voice.client.no_choice
            yield words.review_several


def _by_rules(voice: Voice, verdict: model.VerdictNode, why: model.Why) -> Iterator[str]:
    """Yield what the deciding rule asks and is so; the reasons of several rules that may decide."""
    if voice.decision(verdict.decision).kind == "finding":
        # Why nothing is advised: whom the advice is for, and what is so instead.
        yield from _not_meant(voice)
    when = why.rules[0].when if len(why.rules) == 1 else None
    # What holds for everybody is no reason that a reader knows themselves by.
    if when is not None and (when.kind != "all" or when.children):
        found = list(deciding(when))
        # A finding beside the answer stands in the panel.
        own = [one for one in found if not _is_finding(voice, one)] or found
        every = (one for node in own for one in _told(voice, verdict, node))
        yield from list(dict.fromkeys(every))[:MOST_REASONS]
        return
    sure = all(one.standing == "decides" for one in why.rules)
    if verdict.status == "decided" and len(why.rules) > 1 and not sure:
        yield voice.client.several_rules
        yield voice.client.one_of_these
    # What a person looks at stands in the panel already.
    told = verdict.status == "review" and len(why.rules) == 1
    yield from () if told else dict.fromkeys(rule.reason for rule in why.rules)


def _told(voice: Voice, verdict: model.VerdictNode, node: model.ConditionNode) -> Iterator[str]:
    """Yield what is so of one thing that decides: points by number, and a finding with its why."""
    points, said = node.points, voice.client
    if points is not None and node.truth is Truth.TRUE and verdict.outcome is not None:
        words = voice.words
        label = voice.inside(node.label or "")
        have = words.points_between(points.least, points.most)
        template = said.points_go_with if points.low is None else said.points_need
        needs = template.format(
            asked=words.points_between(points.low, points.high),
            outcome=voice.lower_name(verdict.decision, verdict.outcome),
        )
        yield f"{said.points_have.format(sum=have, label=label)} {needs}"
        return
    yield voice.sentence(node)
    why = voice.explanation.why.get(node.reference or "") if _is_finding(voice, node) else None
    if why is not None and len(why.rules) == 1:
        yield why.rules[0].reason


def _is_finding(voice: Voice, node: model.ConditionNode) -> bool:
    return node.kind in EARLIER and voice.decision(node.reference or "").kind == "finding"


def _not_meant(voice: Voice) -> Iterator[str]:
    for name, verdict in voice.explanation.verdicts.items():
        because = voice.explanation.why[name].not_applicable_because
        if voice.decision(name).kind == "advice" and verdict.status == "not_applicable":
            yield from [because] if because else []
            return


def _does_not_apply(voice: Voice, why: model.Why) -> Iterator[str]:
    if why.not_applicable_because:
        yield why.not_applicable_because
    if why.applies_when is not None:
        yield from map(voice.sentence, deciding(why.applies_when))
