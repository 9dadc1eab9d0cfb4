"""The answer of a page: what kind it is, what stands in its panel, and the map beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from routeengine.explanation import model, parts
from routeengine.explanation.page.voice import Voice
from routeengine.i18n import date_in_words

Kind: TypeAlias = Literal[
    "decided", "review", "unclear", "differ", "missing", "finding", "departed"
]
"""What kind of answer a page gives.

*unclear*: facts contradict each other; *differ*: sources do; *finding*: no decision of advice
applies; *departed*: a person decided beside the advice.
"""

PANELS: dict[Kind, str] = {
    "review": "person",
    "departed": "person",
    "unclear": "ask",
    "differ": "ask",
    "missing": "ask",
    "finding": "finding",
}
"""What a panel looks like, by the kind of answer."""

MANY = 5
"""From more answers than this a client is told "many"."""

State: TypeAlias = Literal["here", "maybe", "was", ""]
"""`here`: the answer; `maybe`: it can be; `was`: it was advised, and a person chose otherwise."""

MAX_ITEMS = 8
"""More outcomes than this are no map that helps anybody."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a person decided before; `reason` is that person's own words, None if not shown."""

    text: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Panel:
    """The answer, once: `over` says what it is. `reason` is a person's own words.

    `earlier` is what persons decided before, the last one first.
    """

    over: str
    big: str
    text: tuple[str, ...]
    reason: str | None = None
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class MapItem:
    """One outcome: its name, whom it is for, and what it is to this client."""

    outcome: str
    name: str
    who: str
    state: State
    tag: str


def answering(voice: Voice) -> model.VerdictNode:
    """Return the verdict that a page gives as its answer."""
    every = voice.explanation.verdicts.values()
    advice = [one for one in every if voice.decision(one.decision).kind == "advice"]
    applying = [one for one in advice if one.status != "not_applicable"]
    loud = [one for one in every if one not in advice and not voice.is_usual(one)]
    return next(iter([*applying, *loud, *advice, *every]))


def kind_of(voice: Voice, verdict: model.VerdictNode) -> Kind:
    """Return what kind of answer a verdict is."""
    if verdict.decisions:
        return "departed"
    if verdict.status == "insufficient":
        return "missing"
    if verdict.status == "review":
        clashes: dict[str | None, Kind] = {
            "contradiction": "unclear",
            "conflicting_evidence": "differ",
        }
        return clashes.get(verdict.reason, "review")
    finding = voice.decision(verdict.decision).kind == "finding"
    return "finding" if finding or verdict.status == "not_applicable" else "decided"


def panel(voice: Voice, verdict: model.VerdictNode, kind: Kind) -> Panel:
    """Return the answer."""
    said = voice.client
    if verdict.decisions:
        return _departed(voice, verdict, verdict.decisions)
    if kind == "unclear":
        several = len(verdict.broken) > 1
        big = said.contradictions if several else said.contradictions_one
        text = [said.no_guess]
    elif kind == "differ":
        big, text = said.which_is_right, [said.no_guess]
    elif kind == "missing":
        big, text = _missing(voice, verdict)
    elif kind == "finding":
        big, *text = _finding(voice, verdict)
    elif kind == "review":
        big, text = _review(voice, verdict), [_reason(voice, verdict), who_decides(voice)]
    else:
        big = voice.name(verdict.decision, verdict.outcome or "")
        text = [verdict.description or "", who_decides(voice)]
    found = findings(voice) if kind in ("decided", "review") else []
    return Panel(said.over[kind], big, tuple(one for one in (*found, *text) if one))


def who_decides(voice: Voice) -> str:
    """Return who decides, and that it may be otherwise than advised."""
    sent, said = voice.publication, voice.client
    decides = voice.say(sent.who_decides) or said.who_decides
    return f"{decides} {voice.say(sent.may_depart) or said.may_depart}"


def findings(voice: Voice) -> list[str]:
    """Return what findings say beside the answer, those that say the usual left out."""
    every = voice.explanation.verdicts.values()
    loud = [
        one
        for one in every
        if voice.decision(one.decision).kind == "finding"
        and one.status == "decided"
        and not voice.is_usual(one)
    ]
    return [text for one in loud for text in _finding(voice, one)]


def _finding(voice: Voice, verdict: model.VerdictNode) -> list[str]:
    """Return what a finding says: first what it is, then what that means."""
    said = voice.outcome(verdict.decision, verdict.outcome)
    if verdict.status != "decided":
        why = voice.explanation.why[verdict.decision]
        return [voice.answer(verdict.decision), why.not_applicable_because or ""]
    statement = voice.say(said.statement)
    if statement is None:
        return [voice.name(verdict.decision, verdict.outcome or ""), verdict.description or ""]
    return [statement, voice.say(said.explain) or ""]


def _review(voice: Voice, verdict: model.VerdictNode) -> str:
    """Return what a person and the client choose between."""
    names, said = voice.could_be(verdict.decision, verdict.candidates), voice.client
    if not verdict.candidates:
        return said.answer["review"]
    template = said.choose_look if len(verdict.candidates) == 1 else said.choose
    return template.format(candidates=names)


def _reason(voice: Voice, verdict: model.VerdictNode) -> str:
    rules = voice.explanation.why[verdict.decision].rules
    return rules[0].reason if len(rules) == 1 else ""


def _missing(voice: Voice, verdict: model.VerdictNode) -> tuple[str, list[str]]:
    """Return how many answers lack, and what the client is told of that."""
    said, count = voice.client, len(verdict.missing)
    declined = any(
        node.status == "declined" and verdict.decision in node.read_by
        for node in voice.explanation.facts.values()
    )
    text = [said.may_decline] if declined else []
    if count == 0:
        return said.declined_all, text
    if count == 1:
        return said.missing_one, [*text, said.with_this]
    if count > MANY:
        return said.missing_many, text
    return said.missing_some.format(count=said.counts[count]), [*text, said.one_answer_helps]


def _departed(
    voice: Voice, verdict: model.VerdictNode, decisions: tuple[parts.DecisionNode, ...]
) -> Panel:
    """Return what a person decided last, and what was advised."""
    said, last, name = voice.client, decisions[-1], verdict.decision
    decided = verdict.status == "decided"
    declared = voice.declared(name, last.outcome)
    advice = said.advice_was_open if verdict.status == "insufficient" else said.advice_was
    chose = (said.departed if decided else said.departed_open).format(role=last.role)
    earlier = tuple(
        Earlier(
            said.earlier.format(
                outcome=voice.name(name, one.outcome),
                role=one.role,
                date=date_in_words(one.date, voice.language),
            ),
            one.reason,
        )
        for one in reversed(decisions[:-1])
    )
    day = date_in_words(last.date, voice.language)
    text = (
        voice.say(declared.description) if declared else None,
        advice.format(advice=voice.answer(name).rstrip(".")),
        chose,
    )
    return Panel(
        said.over["departed"].format(date=day),
        voice.name(name, last.outcome),
        tuple(one for one in text if one),
        last.reason,
        earlier,
    )


def outcome_map(voice: Voice, verdict: model.VerdictNode) -> tuple[MapItem, ...]:
    """Return all outcomes of a decision in declared order; none if they are too many."""
    names = voice.names(verdict.decision)
    if len(names) > MAX_ITEMS:
        return ()
    return tuple(
        MapItem(name.id, name.short, name.who or "", *_state(voice, verdict, name.id))
        for name in names.values()
    )


def _state(voice: Voice, verdict: model.VerdictNode, outcome: str) -> tuple[State, str]:
    tag, decided = voice.client.tag, verdict.status == "decided"
    if verdict.decisions:
        if outcome == verdict.decisions[-1].outcome:
            return "here", tag["decision"]
        return ("was", tag["was"]) if decided and outcome == verdict.outcome else ("", "")
    if decided:
        return ("here", tag["here"]) if outcome == verdict.outcome else ("", "")
    if any(one.id == outcome for one in verdict.candidates):
        return "maybe", tag["maybe" if verdict.status == "review" else "possible"]
    if any(one.id == outcome for one in verdict.possible):
        return "maybe", tag["possible"]
    return "", ""
