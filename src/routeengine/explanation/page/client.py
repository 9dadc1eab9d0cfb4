"""The page that a client gets: one answer, what happens now, why, and what the client can do.

The answer of a page is that of the first decision of advice that applies. Where none does, it is
what a finding says. A finding that says what it usually does is one step of the account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from routeengine.explanation import model
from routeengine.explanation.page.account import Account, account
from routeengine.explanation.page.again import Again, again
from routeengine.explanation.page.letterhead import (
    Letterhead,
    letterhead,
    reply_before,
)
from routeengine.explanation.page.panel import (
    PANELS,
    Kind,
    MapItem,
    Panel,
    answering,
    kind_of,
    outcome_map,
    panel,
)
from routeengine.explanation.page.questions import Asks, asks
from routeengine.explanation.page.reasons import reasons
from routeengine.explanation.page.voice import Voice
from routeengine.i18n import date_in_words
from routeengine.pages.render import first_up
from routeengine.ruleset.model import RuleSet


@dataclass(frozen=True, slots=True)
class Titled:
    """A short text with its heading."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ClientPage:
    """All that a client reads; `account` is how the answer came about, None in a letter.

    `timeline` is a picture of when people look again, if that is known.
    """

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
    timeline: Markup | None
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
    decides = voice.say(voice.publication.who_decides) or said.who_decides
    look = _looked_at_again(voice, verdict, kind)
    reviewed = kind == "departed" and verdict.status != "decided"
    return ClientPage(
        language=voice.language,
        kind=kind,
        decision=verdict.decision,
        title=title,
        head=letterhead(voice, title),
        panel=panel(voice, verdict, kind),
        map=items,
        map_note=" ".join(_map_note(voice, verdict, items)),
        asks=asks(voice, verdict) if kind in said.heading_asks else None,
        next=tuple(_next(voice, verdict, kind, look)),
        timeline=look.picture,
        heading_why=said.heading_why["review" if reviewed else kind],
        why=tuple(reasons(voice, verdict)),
        rights=tuple(
            Titled(voice.say(one.title) or "", voice.say(one.text) or "")
            for one in voice.publication.rights
        ),
        closing=tuple(
            text
            for text in (
                decides if kind in ("unclear", "differ", "missing") else None,
                said.made_by,
                voice.say(voice.publication.not_about),
                None if letter else said.see_account,
            )
            if text
        ),
        account=None if letter else account(voice, verdict),
        short=explanation.short,
    )


def _map_note(
    voice: Voice, verdict: model.VerdictNode, items: tuple[MapItem, ...]
) -> Iterator[str]:
    """Yield how the map of outcomes is read: what a dashed line means, and that none is better."""
    if any(item.state == "maybe" for item in items):
        yield voice.client.map_note_maybe
    if items:
        yield voice.say(voice.decision(verdict.decision).equal) or voice.client.map_note


def _looked_at_again(voice: Voice, verdict: model.VerdictNode, kind: Kind) -> Again:
    """Return when people look again, if anything was decided or advised."""
    if voice.explanation.short or kind not in ("decided", "departed"):
        return Again()
    return again(voice, verdict, _chosen(verdict) or "")


def _chosen(verdict: model.VerdictNode) -> str | None:
    return verdict.decisions[-1].outcome if verdict.decisions else verdict.outcome


def _next(voice: Voice, verdict: model.VerdictNode, kind: Kind, look: Again) -> Iterator[str]:
    """Yield what happens now, step by step."""
    if voice.explanation.short:
        return
    said, before, chosen = voice.client, reply_before(voice), _chosen(verdict)
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
    if look.text:
        yield look.text


def _later(voice: Voice, verdict: model.VerdictNode) -> Iterator[str]:
    """Yield what later decisions of advice come to, after the one that is the answer."""
    every = list(voice.explanation.verdicts.values())
    for one in every[every.index(verdict) + 1 :]:
        said, name = voice.client, one.decision
        if voice.decision(name).kind != "advice":
            continue
        statement = voice.say(voice.outcome(name, one.outcome).statement)
        if one.decisions:
            yield f"{first_up(one.decisions[-1].short.rstrip('.'))}."
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
