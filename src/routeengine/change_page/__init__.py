"""The page of a change: two versions of the rules, for who decides on it and for who calls clients.

Decisions that a person no longer looks at come first. Counts of combinations are proved, counts of
clients are of a caseload; of a client nothing stands there but the id and the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial

from routeengine._version import __version__
from routeengine.change_page.expected import promises
from routeengine.change_page.groups import ByGroup, GroupWords, Told, told_of
from routeengine.change_page.looks import clients, combinations, flows, looks
from routeengine.change_page.model import (
    ChangedRow,
    ClientRow,
    Flow,
    Looks,
    Promises,
    Shifted,
)
from routeengine.change_page.rules import changed
from routeengine.difference_words import DifferenceWords, RegionWords
from routeengine.i18n import language_for
from routeengine.i18n.rulebook_words import ChangeWording
from routeengine.own_words import words_of
from routeengine.pages.pictures_rules import flow
from routeengine.pages.render import first_up, render
from routeengine.rulebook.context import Context
from routeengine.rulebook.model import Row
from routeengine.ruleset.digest import reference
from routeengine.ruleset.wording import Publication
from routeengine.suppress import Figure
from routeengine.verification import Difference, Impact, Migration

__all__ = ["ChangePage", "change", "change_page"]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The whole page as data, in one language: the fields are its parts, in the order of the page.

    `same` says that both versions mean the same. `counts_clients` is True if there is a caseload.
    Then `client_rows` has a row for each client who moves; or it is None, and `by_group` counts
    them by group and names nobody. All other fields hold words and numbers as they are shown.
    """

    language: str
    same: bool
    compared: str
    numbers: tuple[str, ...]
    unraised: str
    looks: Looks
    flows: tuple[Flow, ...]
    unmoved: str
    candidates: str
    faults: str
    rules: tuple[ChangedRow, ...]
    shifts: tuple[Shifted, ...]
    promises: Promises
    counts_clients: bool
    client_rows: tuple[ClientRow, ...] | None
    clients_count: str
    by_group: ByGroup | None
    facts: tuple[str, ...]
    versions: tuple[Row, ...]


def change(
    difference: Difference, migration: Migration | Impact | None, language: str
) -> ChangePage:
    """Return the page of a change as data.

    `difference` is what `diff` returns. `migration` is what `migrate` or `impact` returns on a
    caseload, or None: it tells who moves, or how many by group. `language` is one of both versions.
    Each version is checked as well, for that shows which expectations no longer hold.

    Raises LanguageError for a language that a version or this library does not speak.
    """
    old, new = difference.aligned.before.own, difference.aligned.after.own
    language = language_for([one for one in old.languages if one in new.languages], language)
    words, said = words_of(new.wording, language).change, DifferenceWords(difference, language)
    books = Context(old, language), Context(new, language)
    counted = told_of(migration)
    told = tuple(flows(said, words, counted))
    rows = tuple(clients(said, words, migration)) if isinstance(migration, Migration) else None
    return ChangePage(
        language=language,
        same=difference.same,
        compared=said.compared(),
        numbers=tuple(said.numbers("→")),
        unraised=said.unraised(),
        looks=looks(said, words, counted),
        flows=told,
        unmoved=_unmoved(said, words, counted, {one.name for one in told}),
        candidates=_candidates(said, words, counted),
        faults=_faults(said, words, counted),
        rules=tuple(changed(difference.aligned, books, words)),
        shifts=tuple(_shifts(said, words)),
        promises=promises(difference.aligned, language, words),
        counts_clients=counted is not None,
        client_rows=rows,
        clients_count=words.clients_count.format(count=said.count(len(rows or ()))),
        by_group=GroupWords(said, migration).page() if isinstance(migration, Impact) else None,
        facts=(*said.facts(), *said.gone_and_new(), *_readings(said), *said.besides()),
        versions=tuple(_versions(difference)),
    )


def change_page(
    difference: Difference,
    migration: Migration | Impact | None,
    language: str,
    *,
    made: bool = False,
) -> str:
    """Return the page of a change as one HTML page.

    The arguments are those of `change`; `made` says on the page that the clients do not exist.
    """
    old, new = difference.aligned.before.own, difference.aligned.after.own
    page, own = change(difference, migration, language), words_of(new.wording, language)
    words = own.change
    publication = new.publication or Publication()
    title = words.title.format(title=new.title[language], old=old.version, new=new.version)
    return render(
        "change.html",
        language,
        {field.name: getattr(page, field.name) for field in fields(page)}
        | {
            "words": words,
            "title": title,
            "pictures": {
                one.name: flow(f"flow-{one.name}", one.picture_title, one.sides, one.ribbons)
                for one in page.flows
                if one.ribbons
            },
            "running": f"{new.id} {old.version} → {new.version}",
            "sender": (publication.municipality or new.owner)[language],
            "team": publication.team[language] if publication.team else "",
            "draft": False,
            "made": own.report.made_meaning if made else "",
            "made_mark": own.report.made,
            "body_class": "wide rules",
        },
    )


def _unmoved(
    said: DifferenceWords, words: ChangeWording, told: Told | None, moved: set[str]
) -> str:
    """Return for which decisions no client of the caseload moves."""
    if told is None:
        return ""
    decisions = said.after.ruleset.decision
    still = [said.after.say(decisions[one].label) for one in told.decisions if one not in moved]
    return words.moves_nobody.format(decisions=said.after.wording.both(still)) if still else ""


def _candidates(said: DifferenceWords, words: ChangeWording, told: Told | None) -> str:
    """Return for how many clients only the candidates or the signals change."""
    count = told.besides["keeps_answers"] if told else Figure(0)
    return first_up(words.moves_candidates.format(count=said.figure(count))) if count.number else ""


def _faults(said: DifferenceWords, words: ChangeWording, told: Told | None) -> str:
    """Return how many rows of the caseload could not be read, if any."""
    return words.faults.format(count=said.count(told.faults)) if told and told.faults else ""


def _shifts(said: DifferenceWords, words: ChangeWording) -> Iterator[Shifted]:
    regions = RegionWords(said.after, said.after.language, partial(combinations, said, words))
    for shift in said.difference.shifts:
        if shift.kind == "possible":
            title = said.words.now_possible if shift.after else said.words.no_longer
        else:
            title = words.from_to.format(
                name=said.name(said.after, shift.kind, shift.name),
                old=said.statement(said.before, shift.name, shift.before),
                new=said.statement(said.after, shift.name, shift.after),
            )
        points = tuple(regions.points(shift.points, said.before))
        where = regions.where(shift.regions, shift.left_over)
        yield Shifted(first_up(title), points, said.size(shift.covers), where)


def _readings(said: DifferenceWords) -> Iterator[str]:
    for reading in said.difference.readings:
        yield " ".join(said.reading(reading))


def _versions(difference: Difference) -> Iterator[Row]:
    for side in (difference.aligned.before, difference.aligned.after):
        named = reference(side.own)
        yield Row(f"{named.id} {named.version}", f"{named.sha256}; {named.meaning_sha256}")
    yield Row("routeengine", __version__)
