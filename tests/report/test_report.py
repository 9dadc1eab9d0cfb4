"""The report on a caseload: it counts right, hides what is small, and says nothing of anybody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from events.happened import as_csv, event
from examples import examples
from generated import rulesets, states
from routeengine import Engine, load_ruleset
from routeengine.caseload import open_caseload
from routeengine.errors import RuleSetError, UsageError
from routeengine.events import Events, read_events
from routeengine.report import Report, report_on
from routeengine.ruleset.wording import Publication
from routeengine.sidecar import Published, Sidecar, read_sidecar
from test_engine import as_profile

ROOT = Path(__file__).parents[2]
CASELOAD = ROOT / "fixtures/caseload.csv"
RULES = load_ruleset("rijswijk-2023")
ENGINE = Engine(RULES)
TODAY = date(2023, 6, 12)
WORDS = ("verborgen", "hidden", "–", "ongeveer", "about")
SHOWS_ALL = replace(RULES, publication=Publication(small_counts_below=0))


ROWS = [row.profile for row in open_caseload(CASELOAD, RULES) if row.profile is not None]


@cache
def the_report(lang: str, *, exact: bool = False) -> Report:
    """Give the report on the made caseload, with what happened."""
    ruleset = SHOWS_ALL if exact else RULES
    events = read_events(CASELOAD.with_suffix(".events.csv"), ruleset, TODAY)
    more: dict[str, Any] = {"sidecar": read_sidecar(CASELOAD), "events": events}
    return report_on(Engine(ruleset), ROWS, name="caseload.csv", as_of=TODAY, lang=lang, **more)


def a_report(lang: str, sidecar: Sidecar) -> Report:
    """Give a report on some of them, with what is said of the whole."""
    return report_on(
        ENGINE, ROWS[:30], name="caseload.csv", as_of=TODAY, lang=lang, sidecar=sidecar
    )


@pytest.fixture(scope="module", params=["nl", "en"])
def report(request: pytest.FixtureRequest) -> Report:
    """Give the report on the made caseload in a language."""
    return the_report(request.param)


@pytest.fixture(scope="module")
def exact() -> Report:
    """Give the same with nothing hidden."""
    return the_report("nl", exact=True)


def text_of(page: str) -> str:
    """Give what people read on a page."""
    plain = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", plain))


def figures(report: Report, section: str, table: int = 0) -> dict[str, tuple[str, ...]]:
    """Give the figures of a table by the name of the row."""
    (found,) = [one for one in report.sections if one.id == section]
    return {row.name: row.figures for row in found.tables[table].rows}


def test_the_margins_are_those_of_the_letter(exact: Report) -> None:
    """What the made caseload and its events come to is what the letter has."""
    assert figures(exact, "spoken", 0) == {
        "Gescreend": ("1.109", "1.109"),
        "Gesproken": ("229", "229"),
        "Doet mee": ("77", "77"),
    }
    assert all(own == letter for own, letter in figures(exact, "spoken", 1).values())
    assert all(own == letter for own, letter in figures(exact, "forms").values())
    assert list(figures(exact, "forms").values())[:5] == [
        ("6", "6"),
        ("25", "25"),
        ("2", "2"),
        ("25", "25"),
        ("10", "10"),
    ]
    beside = [row[-2:] for row in figures(exact, "screened").values() if row[-1]]
    assert beside == [("74", "74"), ("87", "87"), ("1.109", "1.109")]


def test_rows_and_columns_add_up_where_nothing_is_hidden(exact: Report) -> None:
    """In a table with totals, rows and columns add up."""

    def number(text: str) -> int:
        return 0 if text == "–" else int(text.replace(".", ""))

    for section, table, wide in (("screened", 0, 9), ("course", 0, 3), ("course", 1, 4)):
        *rows, total = (
            [number(one) for one in row[:wide]] for row in figures(exact, section, table).values()
        )
        assert all(sum(row[:-1]) == row[-1] for row in (*rows, total))
        assert [sum(column) for column in zip(*rows, strict=True)] == total
    for section in ("spoken", "reviews", "departures"):
        table = 1 if section == "spoken" else 0
        *rows, total = ([number(n) for n in r[:1]] for r in figures(exact, section, table).values())
        assert sum(row[0] for row in rows) == total[0]


@pytest.mark.gate
def test_the_counts_are_those_of_the_engine(exact: Report) -> None:
    """The routes are counted as the engine answers them."""
    answers = [ENGINE.classify(row).verdicts["route"] for row in ROWS]
    counts = Counter(one.outcome for one in answers)
    total = figures(exact, "screened")["Totaal"]
    assert total[:4] == tuple(str(counts[route]) for route in "ABCD")
    missing = Counter(
        fact for one in answers if one.status == "insufficient" for fact in one.missing
    )
    shown = {name: row[0] for name, row in figures(exact, "missing").items()}
    assert shown["Wil aan problemen werken"] == str(missing["willing"])


def test_no_small_count_is_anywhere_and_prose_tells_what_tables_show(report: Report) -> None:
    """A sentence, a tile and a picture tell no number that no table of the report shows."""
    own = {
        number
        for section in report.sections
        for table in section.tables
        for row in table.rows
        # The last column may be of the letter.
        for number in row.figures[: len(row.figures) - _is_beside(table.heads)]
    }
    assert all(number in WORDS or not re.fullmatch("[1-4]", number) for number in own)
    digits = {found for text in own for found in re.findall(r"[\d.,]*\d", text)}
    for section in report.sections:
        # Names of routes and facts hold no digits here.
        for sentence in section.sentences:
            assert set(re.findall(r"[\d.,]*\d", sentence)) <= digits
        for image in section.images:
            drawn = re.sub(r"<title.*?</title>", "", str(image.drawn))
            texts = re.findall(r"<text[^>]*>(.*?)</text>", drawn)
            assert {t for t in texts if re.fullmatch(r"[\d.,]+", t)} <= digits
    for tile in report.tiles:
        assert set(re.findall(r"[\d.,]*\d", tile.number)) <= digits


def _is_beside(heads: tuple[str, ...]) -> bool:
    return heads[-1] in ("Uit de brief", "From the letter")


def test_a_made_caseload_says_so_and_a_real_one_does_not(report: Report) -> None:
    """The mark stands at the head and on each sheet; without the sidecar there is none."""
    mark = {"nl": "Verzonnen cijfers.", "en": "Fictional figures."}[report.language]
    page = report.to_html()
    assert text_of(page).count(mark) == 2
    assert mark in report.running
    plain = a_report(report.language, Sidecar(made=True))
    assert text_of(plain.to_html()).count(mark) == 2
    assert ":" not in plain.made
    other = a_report(report.language, Sidecar())
    assert mark not in other.to_html()
    assert "caseload.csv" in other.title


def test_both_languages_have_one_structure() -> None:
    """The two languages have the same sections, tables and figures."""
    shapes = []
    for lang in ("nl", "en"):
        told = the_report(lang)
        shapes.append(
            [
                (
                    section.id,
                    len(section.sentences),
                    len(section.images),
                    [
                        [[re.sub(r"\D", "", one) for one in row.figures] for row in table.rows]
                        for table in section.tables
                    ],
                )
                for section in told.sections
            ]
        )
    assert shapes[0] == shapes[1]


def test_a_page_is_whole_and_asks_for_nothing(report: Report) -> None:
    """There is no script, no request and no style but its own."""
    page = report.to_html()
    assert f'<html lang="{report.language}">' in page
    assert not re.search(r"<script|https?://|\ssrc=|url\(", page.split("</style>")[1])
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_nobody_in_the_file_is_said_so() -> None:
    """Where there is nobody nothing is divided, drawn or counted."""
    told = report_on(ENGINE, [], name="empty.csv", as_of=TODAY, lang="nl")
    assert all(not section.tables and not section.images for section in told.sections)
    assert told.sections[0].sentences == (
        "Er staat niemand in dit bestand. Er is dus niets te tellen.",
    )
    assert all(tile.number == "–" for tile in told.tiles)
    assert "empty.csv" in text_of(told.to_html())


def test_without_events_it_says_what_cannot_be_told() -> None:
    """Forms, progress and departures say that they need a file of events."""
    told = report_on(ENGINE, ROWS, name="c", as_of=TODAY, lang="nl")
    absent = [one.id for one in told.sections if "gebeurtenissen" in " ".join(one.sentences)]
    assert absent == ["forms", "course", "departures"]
    # All are screened, so four people without benefit are too, and are hidden.
    assert figures(told, "screened")["Zonder uitkering"][-1] == "verborgen"


@pytest.mark.gate
def test_an_earlier_caseload_shows_who_got_further(tmp_path: Path) -> None:
    """Two caseloads, each with its day, are held against each other."""
    base = {"receives_benefit": True, "current_service": "participation"}
    before = {f"c{n}": ({**base, "rung": 1}, date(2022, 1, 1)) for n in range(9)}
    rows = [{"client_id": f"c{n}", **base, "rung": 2 if n < 8 else 1} for n in range(10)]
    told = report_on(
        Engine(SHOWS_ALL), rows, name="c", as_of=TODAY, lang="nl", earlier=before
    )  # c9 was not there
    found = figures(told, "course")
    assert found["Totaal"][-1] == "9"
    assert found["Nog niet te zeggen"][-1] == "9" or "Een stap verder" in found


def test_hostile_texts_are_escaped() -> None:
    """Whatever stands in a title, a period or a source is text."""
    bad = "</style><script>alert(1)</script>\"'&"
    words = {"nl": bad, "en": bad}
    sidecar = Sidecar(
        made=True, title=words, period=words, published=Published(words, {"screened": 1109})
    )
    page = a_report("nl", sidecar).to_html()
    assert "<script" not in page
    assert page.count("</style>") == 1


def test_a_published_figure_that_nothing_counts_is_refused() -> None:
    """A mistyped name of a figure is told, with the names that there are."""
    sidecar = Sidecar(published=Published({"nl": "x", "en": "x"}, {"screend": 5}))
    with pytest.raises(UsageError, match="a published figure is none that the report counts") as no:
        a_report("nl", sidecar)
    assert "`spoken.A`" in str(no.value)
    assert "screend" not in str(no.value).replace("`screened", "")


def test_clients_are_counted_and_never_named(report: Report) -> None:
    """No pseudonym, reason, assessor or date of an event is on the page."""
    page = text_of(report.to_html())
    assert not re.search(r"R-\d{4}", page)
    assert "vrijwilliger vond" not in page
    assert "participatieconsulent" not in page


@pytest.mark.gate
@given(data=st.data())
@settings(max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_rule_set_has_its_report(data: st.DataObject) -> None:
    """Every rule set, whatever its decisions are called, has a report in which all add up."""
    ruleset = data.draw(rulesets())
    try:
        engine = Engine(ruleset)
    except RuleSetError:
        reject()  # nobody can be as its constraints have it
    drawn = data.draw(st.lists(states(ruleset), max_size=12))
    rows: list[Mapping[str, Any]] = [
        {"client_id": f"c{n}", **as_profile(ruleset, one)} for n, one in enumerate(drawn)
    ]
    told = report_on(engine, rows, name="any", as_of=TODAY)
    first = told.sections[0]
    if rows:
        total = first.tables[0].rows[-1]
        assert total.is_total
        assert total.figures[-1] in ("verborgen", "hidden", str(len(rows))) or "1" in str(total)
        assert len({len(row.figures) for row in first.tables[0].rows}) == 1
    assert told.draft
    assert told.to_html()


def test_observations_count_in_a_report(tmp_path: Path) -> None:
    """What was observed changes where a client stands."""
    rows = [{"client_id": f"c{n}", "rung": 1, "receives_benefit": True} for n in range(6)]
    seen = [
        event("observation", f"c{n}", fact="current_service", value="wsp", day="2023-01-01")
        for n in range(6)
    ]
    events: Events = read_events(as_csv(tmp_path / "e.csv", seen), RULES, TODAY)
    told = report_on(ENGINE, rows, name="c", as_of=TODAY, events=events, lang="nl")
    assert figures(told, "screened")["In behandeling bij het WSP"][-1] == "6"
    # The observation is from a conversation, so all were spoken to.
    assert figures(told, "spoken")["Gesproken"] == ("6",)
