"""The kinds of pages: of each those that show the most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from change_page.changed import without_prognosis
from examples import SHARE
from routeengine import Dossier, Engine, Observation, load_ruleset
from routeengine.caseload import open_caseload
from routeengine.cases import load_cases, run_cases
from routeengine.change_page import change_page
from routeengine.cli import main
from routeengine.departure import Departure, depart
from routeengine.explanation import Explanation
from routeengine.explanation.explanation import Audience
from routeengine.rulebook import rulebook_page
from routeengine.ruleset.conditions import Any as Any_
from routeengine.verification import diff, impact, migrate, verify
from verification.broken import LIBRARY
from verification.pairs import with_rule

__all__ = ["PAGES", "client_kinds", "engine", "explanations", "longest"]

ROOT = Path(__file__).parents[2]
AT = datetime(2023, 6, 5, 9, 30, tzinfo=UTC)
TODAY, TALK, FORM = date(2023, 6, 5), date(2023, 5, 15), date(2023, 3, 2)


@cache
def engine() -> Engine:
    """Return an engine of the shipped rules."""
    return Engine(load_ruleset("rijswijk-2023"))


@cache
def profiles() -> dict[str, Mapping[str, Any]]:
    """Return the clients of the made caseload."""
    with open_caseload(ROOT / "fixtures/caseload.csv", engine().ruleset) as rows:
        return {str(row.client_id): row.profile for row in rows if row.profile is not None}


def dossier(client: str, *more: Observation) -> Mapping[str, Any]:
    """Return a client as a dossier has them: all from one conversation, and some more."""
    facts = {fact: value for fact, value in profiles()[client].items() if fact != "client_id"}
    held = [
        Observation(fact, value, "conversation", TALK, "consulent 4")
        for fact, value in facts.items()
    ]
    return Dossier(engine().ruleset, [*held, *more], as_of=TODAY, client_id=client).profile()


def superseded() -> Mapping[str, Any]:
    """Return a client of whom older sources say otherwise."""
    return dossier(
        "R-0002",
        Observation("willing", False, "file", date(2022, 11, 10), "screeningsteam"),
        Observation("finances", "none", "form", FORM, "team Inkomen <script>alert(1)</script>"),
    )


def disputed() -> Mapping[str, Any]:
    """Return a client of whom two conversations say different things."""
    return dossier("R-0002", Observation("willing", False, "conversation", TALK, "consulent 7"))


def explanations(language: str) -> list[Explanation]:
    """Return what shows the most: a departure, sources that differ, nothing known, and masked."""
    result = engine().classify(superseded())
    choice = Departure("route", "D", "participatieconsulent", "zij in het ziekenhuis ligt", TODAY)
    advised = engine().explain(result, language, at=AT)
    least = min(profiles().values(), key=len)
    return [
        depart(result, choice, engine().ruleset).annotate(advised),
        engine().explain(disputed(), language, at=AT),
        engine().explain(least, language),
        advised.masked(),
    ]


def explained(audience: Audience) -> Callable[[str], list[str]]:
    """Return what gives the pages of a reader."""

    def pages(language: str) -> list[str]:
        every = explanations(language)
        # One of them has nearly all there is; the night looks at each.
        chosen = every if SHARE >= 1 else every[: len(every) if audience == "client" else 1]
        # Other rules have no sentences for pages.
        other = Engine(load_ruleset(LIBRARY)).explain({}, language).to_html(audience=audience)
        return [other, *(one.to_html(audience=audience) for one in chosen)]

    return pages


def commanded(*arguments: str) -> Callable[[str], list[str]]:
    """Return what gives the one page that a command writes."""

    def pages(language: str) -> list[str]:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "page.html"
            assert main([*arguments, "--lang", language, "-o", str(path)]) in (0, 1)
            return [path.read_text(encoding="utf-8")]

    return pages


@cache
def client_kinds() -> dict[str, list[Mapping[str, Any]]]:
    """Return the clients of the made caseload by kind.

    A kind is what was found, advised and by which rule, the path, and how many answers lack.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for profile in profiles().values():
        scope, route, path = engine().classify(profile).verdicts.values()
        came_to = (one.outcome or one.reason or one.status for one in (scope, route, path))
        lack = len(route.missing or path.missing or scope.missing)
        found.setdefault(" ".join(map(str, (*came_to, route.rule, lack))), []).append(profile)
    return found


def longest(some: list[Mapping[str, Any]], language: str) -> Explanation:
    """Return of some clients the one of whom most is to be said; by day, of the first few."""
    few = some if SHARE >= 1 else some[:3]
    every = [engine().explain(profile, language, at=AT) for profile in few]
    return max(every, key=lambda one: len(one.to_html(audience="client")))


def rulebooks(language: str) -> list[str]:
    """Return the rule book of the shipped rules with their cases, and one with a finding."""
    ruleset = engine().ruleset
    report = run_cases(engine(), load_cases(ROOT / "fixtures/cases", ruleset))
    bad = with_rule(load_ruleset(LIBRARY), "card_junior", when=Any_(()))
    return [
        rulebook_page(ruleset, verify(ruleset), report, language),
        rulebook_page(bad, verify(bad), None, language),
    ]


def changes(language: str) -> list[str]:
    """Return a change with the clients who move, how many by group, without any, and no change."""
    old, library = engine().ruleset, load_ruleset(LIBRARY)
    new, other = without_prognosis(old), with_rule(library, "card_staff", then="full")
    moved = migrate(old, new, ROOT / "fixtures/caseload.csv")
    by_group = impact(old, new, ROOT / "fixtures/caseload.csv", "finances")
    return [
        change_page(diff(old, new), moved, language),
        change_page(diff(old, new), by_group, language, made=True),
        change_page(diff(library, other), None, language),
        change_page(diff(library, library), None, language),
    ]


PAGES: Final[dict[str, Callable[[str], list[str]]]] = {
    "client": explained("client"),
    "consultant": explained("consultant"),
    "auditor": explained("auditor"),
    "report": commanded("report", str(ROOT / "fixtures/caseload.csv")),
    "rule book": rulebooks,
    "change": changes,
}
"""Per kind its pages in a language."""
