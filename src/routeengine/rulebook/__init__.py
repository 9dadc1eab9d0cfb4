"""The rule book: all that a rule set says and all that is proved of it, as one page.

It is for who makes policy and for who checks it. Every part has an address, which explanations link
to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from routeengine._version import __version__
from routeengine.cases import Report
from routeengine.i18n import language_for
from routeengine.pages.anchors import anchor
from routeengine.pages.pictures_rules import Box, decision_graph
from routeengine.pages.render import day_in_words, first_up, render
from routeengine.rulebook import parts, proved
from routeengine.rulebook.context import Context
from routeengine.rulebook.model import (
    Cases,
    DecisionEntry,
    FactEntry,
    Pair,
    PartEntry,
    PlaceEntry,
    Proofs,
    ReadingEntry,
    Row,
)
from routeengine.rulebook.picture import boxes
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import Periods, RuleSet
from routeengine.ruleset.wording import Publication
from routeengine.verification import Verification

__all__ = ["RuleBook", "rulebook", "rulebook_page"]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The whole book as data, in one language: the fields are its parts, in the order of the page.

    `decision_names` are the heads of the columns of tables. `cases` is None if no cases were run.
    """

    language: str
    title: str
    version: str
    about: tuple[Row, ...]
    boxes: tuple[Box, ...]
    decision_names: tuple[str, ...]
    decisions: tuple[DecisionEntry, ...]
    criteria: tuple[PartEntry, ...]
    scores: tuple[PartEntry, ...]
    rules_to_criteria: tuple[Pair, ...]
    constraints: tuple[PartEntry, ...]
    flags: tuple[PartEntry, ...]
    parameters: tuple[PartEntry, ...]
    facts: tuple[FactEntry, ...]
    weighing: tuple[tuple[str, str, str], ...]
    readings: tuple[ReadingEntry, ...]
    citations: tuple[PlaceEntry, ...]
    parts_to_places: tuple[Pair, ...]
    refused: tuple[Row, ...]
    proofs: Proofs
    cases: Cases | None
    oversight: tuple[Row, ...]
    versions: tuple[Row, ...]


def rulebook(
    ruleset: RuleSet,
    verification: Verification,
    report: Report | None = None,
    language: str | None = None,
    periods: Periods | None = None,
) -> RuleBook:
    """Return the rule book as data: the rules, what `verify` says of them, and the cases that ran.

    - `verification` is what `verify` returns for the rule set.
    - `report` is what `run_cases` returns, if cases were run.
    - `language` is a language of the rule set that the library has words in, the first such if it
      is None.
    - `periods` say what each parameter is from when until when, as
      `routeengine.loading.load_periods` returns them.

    Raises LanguageError for a language that the rule set or this library does not speak.
    """
    book = Context(ruleset, language_for(ruleset.languages, language))
    won = None if report is None else proved.won(report)
    return RuleBook(
        language=book.language,
        title=book.say(ruleset.title),
        version=ruleset.version,
        about=tuple(_about(book)),
        boxes=boxes(book),
        decision_names=tuple([book.link(one).text for one in ruleset.decisions]),
        decisions=tuple(parts.decisions(book, verification.proofs, won)),
        criteria=tuple(parts.named(book, ruleset.criteria)),
        scores=tuple(parts.named(book, ruleset.scores)),
        rules_to_criteria=tuple(book.rules_to_criteria()),
        constraints=tuple(parts.others(book, ruleset.constraints)),
        flags=tuple(parts.others(book, ruleset.flags)),
        parameters=tuple(parts.numbers(book, periods or {})),
        facts=tuple(parts.facts(book)),
        weighing=tuple(parts.weighing(book)),
        readings=tuple(book.readings()),
        citations=tuple(book.citations()),
        parts_to_places=tuple(book.parts_to_places()),
        refused=tuple(parts.refused(book)),
        proofs=proved.proofs(book, verification),
        cases=None if report is None else proved.cases(book, report),
        oversight=tuple(_oversight(book)),
        versions=tuple(_versions(book)),
    )


def rulebook_page(
    ruleset: RuleSet,
    verification: Verification,
    report: Report | None = None,
    language: str | None = None,
    periods: Periods | None = None,
) -> str:
    """Return the rule book as one HTML page; the arguments are those of `rulebook`."""
    book = rulebook(ruleset, verification, report, language, periods)
    words = Context(ruleset, book.language).words
    publication = ruleset.publication or Publication()
    sender = publication.municipality or ruleset.owner
    model = {field.name: getattr(book, field.name) for field in fields(book)}
    return render(
        "rulebook.html",
        book.language,
        model
        | {
            "words": words,
            "title": words.title.format(title=book.title),
            "band_text": words.band.format(version=book.version),
            "graph": decision_graph(words.picture_title, book.boxes),
            "running": f"{words.title.format(title=ruleset.id)} {book.version}",
            "sender": sender[book.language],
            "team": publication.team[book.language] if publication.team else "",
            "draft": False,
            "made": "",
            "body_class": "wide rules",
        },
    )


def _about(book: Context) -> Iterator[Row]:
    words, ruleset = book.words.about, book.ruleset
    publication = ruleset.publication or Publication()
    yield Row(words["purpose"], book.say(ruleset.purpose))
    yield Row(words["owner"], book.say(ruleset.owner))
    yield Row(words["what"], book.words.advises)
    not_about = book.say(publication.not_about)
    yield Row(words["what_not"], " ".join(filter(None, (not_about, book.words.learns_nothing))))
    for source in ruleset.sources:
        title = f"{first_up(book.say(source.kind))}: {book.say(source.title)}, {source.number}"
        yield Row(words["source"], title, anchor("source", source.id))
        yield Row(words["standing"], book.recorded(source.status))
        yield Row(words["issued"], first_up(day_in_words(source.issued, book.language)))
        yield Row(words["read_at"], source.address or first_up(book.not_recorded))


def _oversight(book: Context) -> Iterator[Row]:
    words, publication = book.words.oversight, book.ruleset.publication or Publication()
    yield Row(words["who_decides"], book.say(publication.who_decides) or book.words.advises)
    for name in ("may_depart", "not_about", "lawful_basis"):
        yield Row(words[name], book.recorded(getattr(publication, name)))
    since = day_in_words(publication.in_use_since, book.language)
    yield Row(words["in_use_since"], first_up(since))
    for name in ("retention", "impact_assessment", "register", "monitoring", "stop"):
        yield Row(words[name], book.recorded(getattr(publication, name)))
    yield Row(words["contact"], _contact(book, publication))
    proxies = [fact for fact in book.ruleset.facts if fact.possible_proxy]
    effects = [f"{book.link(one).text}: {parts.proxy_effect(book, one)}" for one in proxies]
    yield Row(words["origin"], " ".join(effects) or first_up(book.words.nothing))


def _contact(book: Context, publication: Publication) -> str:
    contact = publication.contact
    if contact is None:
        return first_up(book.not_recorded)
    every = (contact.phone, contact.email, book.say(contact.desk), book.say(contact.post))
    return "; ".join(filter(None, every)) or first_up(book.not_recorded)


def _versions(book: Context) -> Iterator[Row]:
    words, ruleset = book.words, book.ruleset
    named = reference(ruleset)
    yield Row(book.say(ruleset.title), f"{named.id} {named.version}")
    yield Row(words.valid, book.validity)
    if book.instance:
        yield Row(words.tables["parameters"], book.instance)
    yield Row(words.whole_digest, named.sha256)
    yield Row(words.meaning_digest, named.meaning_sha256)
    yield Row(words.engine, f"routeengine {__version__}")
