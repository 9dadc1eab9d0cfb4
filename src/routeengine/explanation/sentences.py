"""Short sentences that the page puts together: answers, changes, evidence and versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import prod

from routeengine.explanation.model import Question, VersionNode, WhyNot
from routeengine.explanation.parts import ChangeNode, EvidenceNode, ObservationNode
from routeengine.i18n import date_in_words
from routeengine.i18n.words import Wording


def leading(question: Question, wording: Wording) -> str:
    """Return what each answer would lead to; nothing if no answer settles anything."""
    found: dict[str, list[str]] = {}
    for answer in question.answers:
        settled = len(answer.possible) == 1
        leads = answer.possible[0].label if settled else wording.answer_open
        found.setdefault(leads, []).append(wording.quoted.format(text=answer.words))
    if all(len(answer.possible) > 1 for answer in question.answers):
        return ""
    return " ".join(
        wording.answer.format(answers=wording.either(answers), possible=leads)
        for leads, answers in found.items()
    )


def nearest(why_not: WhyNot, wording: Wording) -> Iterator[str]:
    """Yield the changes that lead to an outcome, if a person can act on all of them.

    Sets of the same facts stand together if any of the values goes with any.
    """
    groups: dict[tuple[str, ...], list[tuple[ChangeNode, ...]]] = {}
    for one in why_not.nearest or ():
        if one.changes and not one.answers and all(change.actionable for change in one.changes):
            facts = tuple(change.fact for change in one.changes)
            groups.setdefault(facts, []).append(one.changes)
    for sets in groups.values():
        columns = [list(dict.fromkeys(column)) for column in zip(*sets, strict=True)]
        together = prod(map(len, columns)) == len(sets)
        for row in [columns] if together else [[[one] for one in some] for some in sets]:
            yield wording.both([_one_of(changes, wording) for changes in row])


def _one_of(changes: list[ChangeNode], wording: Wording) -> str:
    words = wording.either([change.words for change in changes])
    return wording.quoted.format(text=wording.labelled_as(changes[0].label, words))


def recorded(evidence: EvidenceNode, wording: Wording, language: str) -> Iterator[tuple[str, str]]:
    """Yield each observation in words, with its id; what is old is flagged."""

    def worded(template: str, one: ObservationNode) -> tuple[str, str]:
        text = template.format(
            observation=one.text,
            source=one.source_label,
            date=date_in_words(one.date, language),
            assessor=one.assessor,
        )
        return text, one.id

    for one in evidence.basis:
        declined = one.words == wording.declined
        template = wording.evidence_declined if declined else wording.evidence_basis
        yield worded(wording.evidence_conflict if evidence.conflict else template, one)
        if one.stale:
            yield wording.evidence_stale, one.id
    for template, some in (
        (wording.evidence_agreeing, evidence.agreeing),
        (wording.evidence_superseded, evidence.superseded),
        (wording.evidence_declined, evidence.declined),
    ):
        for one in some:
            yield worded(template, one)


def versions_in_words(versions: VersionNode, wording: Wording, language: str) -> Iterator[str]:
    """Yield what gave the answer, to what, and when."""
    yield wording.version_ruleset.format(
        title=versions.title, ruleset=versions.ruleset, version=versions.version
    )
    yield wording.version_digest.format(sha256=versions.sha256)
    yield wording.version_meaning.format(sha256=versions.meaning_sha256)
    yield wording.version_engine.format(engine=versions.engine)
    yield wording.version_form.format(form=versions.form)
    if versions.input_sha256 is not None:
        yield wording.version_input.format(sha256=versions.input_sha256)
    if versions.at is not None:
        yield _moment(versions.at, wording, language)


def _moment(at: datetime, wording: Wording, language: str) -> str:
    zone = at.strftime("%z")
    return wording.version_at.format(
        date=date_in_words(at.date(), language),
        time=at.strftime("%H:%M"),
        distance=f"{zone[:3]}:{zone[3:5]}",
    )
