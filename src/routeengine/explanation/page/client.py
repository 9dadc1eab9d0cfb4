"""The page that a client gets: one answer, what happens now, why, and what the client can do.

The answer of a page is that of the first decision of advice that applies. Where none does, it is
what a finding says. A finding that says what it usually does is one step of the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from routeengine.explanation import model, parts
from routeengine.explanation.page.account import Account, account
from routeengine.explanation.page.letterhead import (
    Letterhead,
    day_of,
    letterhead,
    reply_before,
)
from routeengine.explanation.page.map import MapItem, outcome_map
from routeengine.explanation.page.questions import Asks, asks
from routeengine.explanation.page.reasons import reasons
from routeengine.explanation.page.voice import Voice
from routeengine.i18n import catalogue, date_in_words
from routeengine.pages.render import first_up
from routeengine.ruleset.model import RuleSet

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


@dataclass(frozen=True, slots=True)
class Panel:
    """The answer, once: `over` says what it is. `reason` is a person's own words."""

    over: str
    big: str
    text: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Titled:
    """A short text with its heading."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ClientPage:
    """All that a client reads; `account` is how the answer came about, None in a letter."""

    language: str
    kind: Kind
    decision: str
    title: str
    head: Letterhead
    panel: Panel
    map: tuple[MapItem, ...]
    map_note: str
    asks: Asks | None
    next: tuple[str, ...]
    heading_why: str
    why: tuple[str, ...]
    rights: tuple[Titled, ...]
    closing: tuple[str, ...]
    account: Account | None
    short: bool

    @property
    def look(self) -> str:
        """The class of the panel."""
        return PANELS.get(self.kind, "")


def client_page(
    explanation: model.ExplanationData, ruleset: RuleSet | None = None, *, letter: bool = False
) -> ClientPage:
    """Return the page of a client; a `letter` is its first part alone."""
    voice = Voice(explanation, ruleset)
    verdict = answering(voice)
    kind, said = kind_of(voice, verdict), voice.client
    title = said.title[kind]
    items = outcome_map(voice, verdict) if kind not in ("unclear", "finding") else ()
    maybe = any(item.state == "maybe" for item in items)
    reviewed = kind == "departed" and verdict.status != "decided"
    return ClientPage(
        language=voice.language,
        kind=kind,
        decision=verdict.decision,
        title=title,
        head=letterhead(voice, title),
        panel=panel(voice, verdict, kind),
        map=items,
        map_note=(said.map_note_maybe if maybe else said.map_note) if items else "",
        asks=asks(voice, verdict) if kind in said.heading_asks else None,
        next=tuple(_next(voice, verdict, kind)),
        heading_why=said.heading_why["review" if reviewed else kind],
        why=tuple(reasons(voice, verdict)),
        rights=tuple(
            Titled(voice.say(one.title) or "", voice.say(one.text) or "")
            for one in voice.publication.rights
        ),
        closing=tuple(
            text
            for text in (
                said.made_by,
                voice.say(voice.publication.not_about),
                None if letter else said.see_account,
            )
            if text
        ),
        account=None if letter else account(voice, verdict),
        short=explanation.short,
    )


def answering(voice: Voice) -> model.VerdictNode:
    """Return the verdict that a page gives as its answer."""
    every = voice.explanation.verdicts.values()
    advice = [one for one in every if voice.decision(one.decision).kind == "advice"]
    applying = [one for one in advice if one.status != "not_applicable"]
    loud = [one for one in every if one not in advice and not _quiet(voice, one)]
    return next(iter([*applying, *loud, *advice, *every]))


def _quiet(voice: Voice, verdict: model.VerdictNode) -> bool:
    """Return whether a finding says what it usually does, and so needs no panel."""
    quiet = voice.decision(verdict.decision).quiet
    return verdict.status == "not_applicable" or verdict.outcome == quiet is not None


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
        big, text = _review(voice, verdict), [_reason(voice, verdict), *who_decides(voice)]
    else:
        big = voice.name(verdict.decision, verdict.outcome or "")
        text = [verdict.description or "", *who_decides(voice)]
    found = findings(voice) if kind in ("decided", "review") else []
    return Panel(said.over[kind], big, tuple(one for one in (*found, *text) if one))


def who_decides(voice: Voice) -> list[str]:
    """Return who decides, and that it may be otherwise than advised."""
    sent, said = voice.publication, voice.client
    return [
        voice.say(sent.who_decides) or said.who_decides,
        voice.say(sent.may_depart) or said.may_depart,
    ]


def findings(voice: Voice) -> list[str]:
    """Return what findings say beside the answer, those that say the usual left out."""
    every = voice.explanation.verdicts.values()
    loud = [
        one
        for one in every
        if voice.decision(one.decision).kind == "finding"
        and one.status == "decided"
        and not _quiet(voice, one)
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
        return said.missing_one, text
    few = said.missing_some.format(count=said.counts[min(count, MANY)])
    return said.missing_many if count > MANY else few, [*text, said.one_answer_helps]


def _departed(
    voice: Voice, verdict: model.VerdictNode, decisions: tuple[parts.DecisionNode, ...]
) -> Panel:
    """Return what a person decided last, and what was advised."""
    said, last, name = voice.client, decisions[-1], verdict.decision
    decided = verdict.status == "decided"
    declared = voice.declared(name, last.outcome)
    advice = said.advice_was_open if verdict.status == "insufficient" else said.advice_was
    chose = (said.departed if decided else said.departed_open).format(role=last.role)
    earlier = (said.earlier.format(decision=one.short) for one in reversed(decisions[:-1]))
    day = date_in_words(last.date, voice.language)
    text = (
        voice.say(declared.description) if declared else None,
        advice.format(advice=voice.answer(name).rstrip(".")),
        chose,
        *earlier,
    )
    return Panel(
        said.over["departed"].format(date=day),
        voice.name(name, last.outcome),
        tuple(one for one in text if one),
        last.reason,
    )


def _next(voice: Voice, verdict: model.VerdictNode, kind: Kind) -> Iterator[str]:
    """Yield what happens now, step by step."""
    if voice.explanation.short:
        return
    said, before = voice.client, reply_before(voice)
    chosen = verdict.decisions[-1].outcome if verdict.decisions else verdict.outcome
    steps = voice.outcome(verdict.decision, chosen).next
    own = [text for one in steps if (text := voice.say(one))]
    if kind != "finding":
        day = None if before is None else date_in_words(before, voice.language)
        yield said.contact_before.format(date=day) if day else said.contact
    yield from own if kind == "finding" and own else (*said.next[kind], *own)
    later = list(_later(voice, verdict))
    if kind == "departed" and later:
        yield said.then_departed
    elif kind == "decided":
        yield from later
    if kind in ("decided", "departed"):
        yield from _again(voice, verdict, chosen or "")


def _later(voice: Voice, verdict: model.VerdictNode) -> Iterator[str]:
    """Yield what later decisions of advice come to, after the one that is the answer."""
    every = list(voice.explanation.verdicts.values())
    for one in every[every.index(verdict) + 1 :]:
        said, name = voice.client, one.decision
        if voice.decision(name).kind != "advice":
            continue
        statement = voice.say(voice.outcome(name, one.outcome).statement)
        if one.decisions:
            yield f"{first_up(one.decisions[-1].short)}."
        elif one.status == "decided":
            outcome = voice.lower_name(name, one.outcome or "")
            told = said.then_decided.format(outcome=outcome)
            yield statement or f"{told} {one.description or ''}".strip()
        elif one.status == "review":
            yield said.then_review.format(question=_asked(voice, name))
        elif one.status == "insufficient" and one.missing:
            abouts = [voice.about(q.fact, q.label) for q in one.missing[:2]]
            yield said.then_missing.format(
                question=_asked(voice, name), abouts=voice.words.both(abouts)
            )


def _asked(voice: Voice, decision: str) -> str:
    question = voice.question(decision)
    return question if question.endswith("?") else f"{question}."


def _again(voice: Voice, verdict: model.VerdictNode, outcome: str) -> Iterator[str]:
    """Yield when the client and a person look again, and what is expected by then."""
    said, declared = voice.client, voice.declared(verdict.decision, outcome)
    progression = declared.progression if declared else None
    expected = voice.say(voice.outcome(verdict.decision, outcome).expect)
    if expected is None:
        expected = voice.say(progression.label) if progression else verdict.progression
    told = f" {said.expect.format(expect=expected)}" if expected else ""
    day = day_of(voice)
    if progression is None or day is None:
        if told:
            yield said.look_later + told
        return
    first, last = (
        None if months is None else _month(day, months, voice.language)
        for months in (progression.due_from, progression.overdue_after)
    )
    template = (
        said.look_between if first and last else said.look_from if first else said.look_before
    )
    yield (template.format(first=first, last=last) if first or last else said.look_later) + told


def _month(day: date, months: int, language: str) -> str:
    """Return the month that is so many months after a day: `May 2024`."""
    years, month = divmod(day.month - 1 + months, 12)
    return f"{catalogue(language).months[month]} {day.year + years}"


def texts(page: ClientPage) -> Iterable[str]:
    """Return every sentence of the first part of a page, for whoever counts words."""
    yield from (page.panel.big, *page.panel.text, page.map_note)
    if page.asks:
        yield from (*page.asks.items, page.asks.note)
    yield from (*page.next, *page.why, *page.closing)
