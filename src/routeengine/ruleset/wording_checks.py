"""What must hold of the sentences for pages: they are about parts that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args
from zoneinfo import ZoneInfo

from routeengine.ruleset.domains import word
from routeengine.ruleset.evidence import ProgressStatus
from routeengine.ruleset.flaws import Flaw, Path, check_known, parts, quote
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.references import check_name, check_outcome, check_outcomes
from routeengine.ruleset.wording import (
    DecisionWording,
    FactWording,
    OutcomeWording,
    Publication,
    Wording,
)
from routeengine.ruleset.words import Text

STANDINGS: tuple[ProgressStatus, ...] = get_args(ProgressStatus)
"""How a client can stand over time."""

_PLACEHOLDER = re.compile(r"\{|\bTODO\b|\bXXX\b|\?\?\?|\.\.\.|…")
"""What authors leave where a sentence is still to be filled in: no such text is shown to a client.

These are the words that are looked for in rule files; nothing here is left to be done.
"""

# What pages link to is opened by a browser, so that no other scheme may stand there.
_ADDRESS = re.compile(r"(https?://|(?![A-Za-z][\w+.-]*:))[^\s#\\]+")
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
"""How zones are named; files beside them (`posixrules`, `localtime`) are none."""


def check_wording(ruleset: RuleSet, path: Path, wording: Wording) -> Iterator[Flaw]:
    """Yield what is wrong with the section `words`."""
    for key in ("a", "the", "your", "several") if wording.role is not None else ():
        yield from _check_clauses((*path, "role", key), getattr(wording.role, key))
    for fact in wording.facts:
        at: Path = (*path, "facts", fact.id)
        yield from check_name(ruleset, at, "fact", fact.id, key=True)
        yield from _check_fact(ruleset, at, fact)
    for criterion in wording.criteria:
        at = (*path, "criteria", criterion.id)
        yield from check_name(ruleset, at, "criterion", criterion.id, key=True)
        yield from _check_clauses((*at, "met"), criterion.met)
        yield from _check_clauses((*at, "not_met"), criterion.not_met)
        for language, words in criterion.not_met.items():
            if words and words == criterion.met.get(language):
                yield Flaw((*at, "not_met", language), "`not_met` says what `met` says")
    known = {one.id for one in ruleset.constraints}
    for constraint in wording.constraints:
        at = (*path, "constraints", constraint.id)
        yield from check_known(at, constraint.id, known, "constraint", ("constraints",), key=True)
    for decision in wording.decisions:
        at = (*path, "decisions", decision.id)
        yield from check_name(ruleset, at, "decision", decision.id, key=True)
        yield from _check_decision(ruleset, at, decision)
    for one in wording.progress:
        at = (*path, "progress", one.id)
        listed = "there are " + ", ".join(f"`{standing}`" for standing in STANDINGS)
        yield from check_known(at, one.id, STANDINGS, "standing", (), listed, key=True)
    if ruleset.publication is not None:
        for at, text in texts(path, wording):
            yield from _check_refused(at, text, ruleset.publication.not_words)


def texts(path: Path, wording: Wording) -> Iterator[tuple[Path, Text]]:
    """Yield each sentence of the section `words`, in all languages, with its path."""
    for at, part in parts(wording, path):
        match part:
            case Mapping():
                yield at, part
            case FactWording():
                for value, text in part.values.items():
                    yield (*at, "values", value), text
            case OutcomeWording():
                for number, text in enumerate(part.next):
                    yield (*at, "next", number), text


def _check_refused(
    path: Path, text: Text, not_words: Mapping[str, tuple[str, ...]]
) -> Iterator[Flaw]:
    """Advice never obliges: no sentence holds a word that the owner of the policy refuses."""
    for language, words in text.items():
        for refused in not_words.get(language, ()):
            if re.search(rf"(?<!\w){re.escape(refused)}(?!\w)", words, re.IGNORECASE):
                message = f"a sentence for clients holds {quote(refused)}"
                hint = "`publication.not_words` refuses it"
                yield Flaw((*path, language), message, hint)


def _check_fact(ruleset: RuleSet, path: Path, wording: FactWording) -> Iterator[Flaw]:
    for key, text in (("claim", wording.claim), ("no", wording.denial), ("about", wording.about)):
        yield from _check_clauses((*path, key), text or {})
    if wording.denial is not None and wording.claim is None:
        yield Flaw((*path, "no"), "`no` stands without `claim`", "say both, or neither", key=True)
    fact = ruleset.fact.get(wording.id)
    if fact is None:
        return
    if fact.kind != "boolean" and wording.claim is not None:
        message = f"`claim` is for what is true or false, and `{fact.id}` is a {fact.kind}"
        yield Flaw((*path, "claim"), message, "say it under `values`", key=True)
    values = [word(value) for value in fact.domain.values] if fact.kind == "category" else []
    for value, text in wording.values.items():
        at = (*path, "values", value)
        yield from check_known(at, value, values, f"value of `{fact.id}`", (), key=True)
        yield from _check_clauses(at, text)


def _check_decision(ruleset: RuleSet, path: Path, wording: DecisionWording) -> Iterator[Flaw]:
    decision = ruleset.decision.get(wording.id)
    if decision is None:
        return
    if wording.quiet is not None:
        yield from check_outcome((*path, "quiet"), decision, wording.quiet)
    yield from check_outcomes((*path, "better_first"), decision, wording.better_first)
    if len(wording.better_first) == 1:
        yield Flaw((*path, "better_first"), "`better_first` needs two outcomes at least")
    if wording.better_first and wording.equal is not None:
        message = "`better_first` says that an outcome is better, and `equal` that none is"
        yield Flaw((*path, "better_first"), message, "keep one of the two", key=True)
    for outcome in wording.outcomes:
        for flaw in check_outcome((*path, "outcomes", outcome.id), decision, outcome.id):
            yield Flaw(flaw.path, flaw.message, flaw.hint, key=True, about=flaw.about)


def _check_clauses(path: Path, text: Text) -> Iterator[Flaw]:
    """Clauses are put into sentences, so they end none; and nothing in them is left to fill in."""
    for language, words in text.items():
        if words.rstrip().endswith((".", "!", "?")):
            message = (
                f"`{path[-1]}` ends with {quote(words.rstrip()[-1])}: it is put into sentences"
            )
            yield Flaw((*path, language), message, "take the last sign out")
        if _PLACEHOLDER.search(words):
            message = f"`{path[-1]}` holds something that is still to be filled in"
            yield Flaw((*path, language), message)


def is_time_zone(name: str) -> bool:
    """Say whether this is a zone that this machine knows, without going through all of them."""
    try:
        return bool(_ZONE.fullmatch(name) and ZoneInfo(name))
    except (KeyError, ValueError, OSError):  # none of that name, no zone, a folder of zones
        return False


def check_publication(ruleset: RuleSet, path: Path, publication: Publication) -> Iterator[Flaw]:
    """Yield what is wrong with the section `publication`."""
    zone = publication.time_zone
    if zone is not None and not is_time_zone(zone):
        yield Flaw((*path, "time_zone"), f"{quote(zone)} is no time zone", "as Europe/Amsterdam")
    for key, number in (
        ("reply_within_days", publication.reply_within_days),
        ("small_counts_below", publication.small_counts_below),
    ):
        if number is not None and number < 1:
            yield Flaw((*path, key), f"`{key}` is 1 at least")
    first, last = publication.in_use_since, publication.in_use_until
    if first is not None and last is not None and last < first:
        yield Flaw((*path, "in_use_until"), "`in_use_until` lies before `in_use_since`")
    for language in publication.not_words:
        at = (*path, "not_words", language)
        known = "the languages are " + ", ".join(f"`{one}`" for one in ruleset.languages)
        what = "language of this rule set"
        yield from check_known(at, language, ruleset.languages, what, (), known, key=True)
    if publication.rulebook is not None and not _ADDRESS.fullmatch(publication.rulebook):
        message = "`rulebook` is no web address, and no file beside the pages"
        yield Flaw((*path, "rulebook"), message, "as https://…/rulebook.html, or rulebook.html")
    email = publication.contact.email if publication.contact else None
    if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        yield Flaw((*path, "contact", "email"), "`email` is no e-mail address")
