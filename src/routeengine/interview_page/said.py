"""What the page of an interview says: its frame, and the words that its script puts together.

Labels, questions and reasons stand in the artefact. Here is how pages speak of a rule set: names of
outcomes, what a finding says, amounts and days as people write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from routeengine._version import __version__
from routeengine.explanation.page.letterhead import letterhead
from routeengine.explanation.page.panel import who_decides
from routeengine.explanation.page.voice import Voice
from routeengine.explanation.phrases import Phrases
from routeengine.own_words import numbers_of
from routeengine.ruleset.dependencies import facts_of
from routeengine.ruleset.digest import reference
from routeengine.ruleset.domains import RangeDomain
from routeengine.ruleset.model import Fact, RuleSet

CLIENT_WORDS = (
    "could_be",
    "choose",
    "choose_look",
    "no_choice",
    "answer",
    "instead",
    "tag",
    "map_label",
)
"""What the page says as a client's page does."""

VALUE_WORDS = (
    "yes", "no", "or_", "and_", "quoted", "between", "at_least", "at_most", "days_between",
    "from_day", "until_day",
)  # fmt: skip
"""What it says of values as explanations do."""


def frame(voice: Voice, ruleset: RuleSet, sha256: str) -> dict[str, Any]:
    """Return what stands around the interview; `sha256` is the digest of the artefact in it."""
    language, words = voice.language, voice.catalogue
    title = ruleset.title[language]
    head = letterhead(voice, title)
    named = reference(ruleset)
    # Of no client yet: what a page about one lacks is not lacking here.
    names = (words.client.lacking[one] for one in ("sender", "contact", "rights"))
    lacking = [one for one in names if one in head.lacking]
    return {
        "title": title,
        "purpose": ruleset.purpose[language],
        "sender": head.sender,
        "team": head.team,
        "running": f"{title} ({named.id} {named.version})",
        "draft": bool(lacking),
        "draft_meaning": words.interview_page.draft_meaning,
        "lacks": words.client.draft_lacks.format(names=", ".join(lacking)),
        "made": None,
        "body_class": "interview",
        "words": words.interview_page,
        "client": words.client,
        "rights": [(voice.say(one.title), voice.say(one.text)) for one in voice.publication.rights],
        "closing": list(filter(None, _closing(voice))),
        "versions": list(_versions(voice, ruleset, sha256)),
    }


def _closing(voice: Voice) -> Iterator[str | None]:
    """Yield who decides, that it is advice, and how to turn to somebody."""
    contact = voice.publication.contact
    yield who_decides(voice)
    yield voice.client.made_by
    yield voice.say(voice.publication.not_about)
    for name in ("phone", "email"):
        if text := contact and getattr(contact, name):
            yield f"{voice.words.labelled_as(voice.client.head[name], text)}."


def _versions(voice: Voice, ruleset: RuleSet, sha256: str) -> Iterator[str]:
    """Yield which rules the page holds, and by what anybody can tell that it does."""
    words, named = voice.words, reference(ruleset)
    title = ruleset.title[voice.language]
    yield words.version_ruleset.format(title=title, ruleset=named.id, version=named.version)
    if numbers := numbers_of(named.instance, voice.language):
        yield words.version_numbers.format(numbers=numbers)
    yield words.version_digest.format(sha256=named.sha256)
    yield voice.catalogue.interview_page.version_artefact.format(sha256=sha256)
    yield words.version_engine.format(engine=__version__)


def said(voice: Voice, ruleset: RuleSet, artefact: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the script of the page puts together: templates, and names of what it shows."""
    words = voice.catalogue
    return {
        "words": vars(words.interview_page)
        | {name: getattr(words.client, name) for name in CLIENT_WORDS}
        | {name: getattr(words.explanation, name) for name in VALUE_WORDS}
        | {"asked": words.interview.asked},
        "facts": dict(_facts(voice, ruleset, artefact)),
        "decisions": {one.id: _decision(voice, one.id) for one in ruleset.decisions},
        "constraints": [
            {
                "facts": sorted(facts_of(ruleset, one.forbids)),
                "sentence": one.label[voice.language],
            }
            for one in ruleset.constraints
        ],
    }


def _facts(
    voice: Voice, ruleset: RuleSet, artefact: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what values are called: each one, or of numbers both ends of each run of a cell."""
    phrases = Phrases(ruleset, voice.language, voice.words)
    for fact, data in zip(ruleset.facts, artefact["facts"], strict=True):
        if isinstance(fact.domain, RangeDomain):
            runs = sorted(run for cell in data["cells"] for run in cell)
            yield fact.id, {"ends": [_named(phrases, fact, run) for run in runs]}
        else:
            numbers = range(fact.domain.size)
            yield fact.id, {"values": _named(phrases, fact, numbers)}


def _named(phrases: Phrases, fact: Fact, numbers: Sequence[int]) -> list[str]:
    return [phrases.value(fact, fact.domain.value(number)) for number in numbers]


def _decision(voice: Voice, name: str) -> dict[str, Any]:
    """Return how a decision and its outcomes are spoken of."""
    decision = voice.decision(name)
    return {
        "question": voice.question(name),
        "finding": decision.kind == "finding",
        "quiet": decision.quiet,
        "none": voice.none(name),
        "label": voice.explanation.verdicts[name].label,
        "outcomes": {
            one.id: {
                "short": one.short,
                "full": one.full,
                "inside": voice.inside(one.full),
                "who": one.who,
                "statement": voice.say(voice.outcome(name, one.id).statement),
                "explain": voice.say(voice.outcome(name, one.id).explain),
            }
            for one in voice.names(name).values()
        },
    }
