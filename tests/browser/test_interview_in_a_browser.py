"""The page of an interview in a browser: as the engine has it, and for everybody."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.chromium import Chromium, Tab
from browser.interviewed import (
    IN_SCOPE,
    Conversation,
    clients,
    confirmed,
    differences,
    driven,
)
from browser.looked_at import Looker, missing_part
from conformance.made import a_possible_ruleset
from examples import SHARE, examples
from generated import BOTH, GROUNDS, build_ruleset
from money import MONEY
from required import required
from routeengine import Engine, load_ruleset
from routeengine.i18n import LANGUAGES
from routeengine.interview_page import interview_page
from routeengine.ruleset.conditions import All, FactIs, Not
from routeengine.ruleset.conditions import Any as AnyOf
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain
from routeengine.ruleset.model import Decision, Fact, Outcome, Rule
from routeengine.value_set import single
from urgency import urgency

pytestmark = pytest.mark.gate

SEED = 16

NORM_DAY = "2025-07-01"

CLIENTS = min(300, examples(400))
"""At the page of the shipped rules: the gate has 20 of them, the night all."""

CLASHING = {**IN_SCOPE, "able_to_participate": True, "at_maximum": False, "can_start_soon": True}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Start one browser for all pages."""
    required("browser", missing_part())
    with Chromium() as started:
        yield started


@pytest.fixture(scope="module")
def tab(chromium: Chromium) -> Tab:
    """Open the tab in which clients sit."""
    return Tab(chromium)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages of the shipped rules, in each language."""
    place = tmp_path_factory.mktemp("interview")
    for language in LANGUAGES:
        page = interview_page(load_ruleset("rijswijk-2023"), language)
        (place / f"{language}.html").write_text(page, encoding="utf-8")
    return place


def test_it_says_and_asks_what_the_engine_does(tab: Tab, folder: Path) -> None:
    """After each answer: every verdict, flag, clash and the next question; and it always ends.

    Some go back, or give another answer to what they were asked before.
    """
    ruleset = load_ruleset("rijswijk-2023")
    assert driven(tab, folder / "nl.html", ruleset, CLIENTS, SEED, IN_SCOPE) > 4 * CLIENTS


def test_a_signal_is_shown(tab: Tab, folder: Path) -> None:
    """Who volunteers on rung 2 and needs rest: beside the advice stands what to talk about."""
    ruleset = load_ruleset("rijswijk-2023")
    talk = Conversation(tab, folder / "nl.html")
    known = {"able_to_participate": False, "prognosis_months": 126, "volunteering": True,
        "conversation_held": True, "rung": 2}  # fmt: skip
    talk.whole({**dict.fromkeys(ruleset.fact, "unknown"), **IN_SCOPE, **known}, ruleset.fact)
    assert differences(Engine(ruleset), talk.state) == []
    assert talk.state["flags"] == ["rung_check"]


def test_a_band_that_says_too_little_is_asked_more_closely(tab: Tab, tmp_path: Path) -> None:
    """Where another answer is changed, and only what is left of the band is asked."""
    p = Fact("p", BooleanDomain(), BOTH, BOTH, BOTH)
    domain = IntegerDomain(0, 30)
    n = Fact("n", domain, BOTH, BOTH, BOTH, sensitivity=1)
    low, middle = (FactIs("n", domain.between(0, last)) for last in (9, 19))
    yes = FactIs("p", single(1))
    few = AnyOf((All((yes, low)), All((Not(yes), middle))))
    rules = (
        Rule("few", few, "few", BOTH, BOTH, GROUNDS),
        Rule("many", Not(few), "many", BOTH, BOTH, GROUNDS),
    )
    outcomes = tuple(Outcome(one, BOTH, BOTH) for one in ("few", "many"))
    decision = Decision("d", BOTH, outcomes, rules)
    ruleset = build_ruleset("bands", facts=(p, n), decisions=(decision,))
    page = tmp_path / "page.html"
    page.write_text(interview_page(ruleset, "en"), encoding="utf-8")
    talk = Conversation(tab, page)
    talk.do("choose(0)")
    assert tab.run("page.texts()") == ["At most 9", "At least 10"]
    talk.do("choose(1)")
    assert (talk.state["end"], talk.state["verdicts"]["d"][1]) == ("settled", "many")
    talk.do("click('#answers [data-change=p]')")
    talk.do("choose(1)")
    assert talk.state["question"] == "n"
    assert tab.run("page.texts()") == ["10 to 19", "At least 20"]
    talk.do("choose(0)")
    assert (talk.state["end"], talk.state["verdicts"]["d"][1]) == ("settled", "few")
    assert talk.state["answers"] == [["p", False], ["n", {"between": [10, 19]}]]


def test_what_is_not_so_is_not_confirmed(tab: Tab, folder: Path, tmp_path: Path) -> None:
    """With other rules beside the artefact, the same page says which advice to leave alone."""
    text = (folder / "nl.html").read_text(encoding="utf-8")
    page = tmp_path / "page.html"
    begin = text.index('id="rules">')
    spoiled = text[:begin] + text[begin:].replace('"then":"in_scope"', '"then":"wsp"', 1)
    assert spoiled != text
    page.write_text(spoiled, encoding="utf-8")
    ruleset = load_ruleset("rijswijk-2023")
    talk = Conversation(tab, page)
    talk.whole({**dict.fromkeys(ruleset.fact, "unknown"), **CLASHING}, ruleset.fact)
    assert not confirmed(tab, talk)
    told = tab.run("document.getElementById('checked').textContent")
    assert re.fullmatch(
        "Niet bevestigd: ‘.*’, ‘route’ en ‘vervolgpad’. Gebruik dit advies niet.", told
    )


@pytest.mark.night
def test_made_rules_give_pages_that_work(tab: Tab, tmp_path: Path) -> None:
    """With amounts, days and points, and whatever rules are generated."""
    draw = random.Random(SEED)
    made = [a_possible_ruleset(draw) for _ in range(min(60, examples(40)))]
    for ruleset in (MONEY, urgency(), load_ruleset("bijstand-norm", NORM_DAY, "limit_110"), *made):
        page = tmp_path / "page.html"
        page.write_text(interview_page(ruleset), encoding="utf-8")
        driven(tab, page, ruleset, 3 if SHARE < 1 else 10, SEED)


def test_numbers_are_asked_in_bands_as_people_write_them(tab: Tab, tmp_path: Path) -> None:
    """Amounts and days by both ends, and no more bands than can still lead apart."""
    page = tmp_path / "page.html"
    asked = dict[str, list[str]]()
    for language in LANGUAGES:
        page.write_text(interview_page(MONEY, language), encoding="utf-8")
        talk = Conversation(tab, page)
        while (fact := talk.state["question"]) is not None:
            asked[f"{language} {fact}"] = tab.run("page.texts()")
            talk.do("choose(0)")
    assert {name: [one.replace("\u00a0", " ") for one in some] for name, some in asked.items()} == {
        "nl wealth": ["Hoogstens € 7.770,00", "Ten minste € 7.770,01"],
        "nl income": ["€ 0,00", "€ 0,01 tot en met € 545,86", "€ 545,87 tot en met € 1.091,71",
            "Ten minste € 1.091,72"],
        # Of whom has no income it does not matter who is a child: that is no band of its own.
        "nl born": ["Tot en met 31 december 1958", "Vanaf 1 januari 1959"],
        "en wealth": ["At most €7,770.00", "At least €7,770.01"],
        "en income": ["€0.00", "€0.01 to €545.86", "€545.87 to €1,091.71", "At least €1,091.72"],
        "en born": ["Up to and including 31 December 1958", "From 1 January 1959 on"],
    }  # fmt: skip


def test_nothing_leaves_the_page_or_stays_behind(tab: Tab, folder: Path) -> None:
    """What would send something is refused; after a reload there is nothing of any answer."""
    ruleset = load_ruleset("rijswijk-2023")
    page = folder / "nl.html"
    (client,) = clients(ruleset, 1, SEED)
    client |= IN_SCOPE
    talk = Conversation(tab, page)
    talk.whole(client, ruleset.fact)
    assert len(talk.state["answers"]) > 2
    assert tab.run("page.sent('http://127.0.0.1:9/told')") == ["TypeError", "image"]
    kept = tab.run("page.kept()")
    assert kept[:4] == [0, 0, "", ""]
    assert kept[5] == "null"
    again = Conversation(tab, page)
    assert again.state["answers"] == []
    assert tab.run("document.querySelectorAll('input:checked').length") == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_interview_is_for_everybody(
    language: str, chromium: Chromium, folder: Path, tmp_path: Path
) -> None:
    """No rule of WCAG is broken at the start, amid, at each end and where answers clash.

    In light, dark and on 320 px, where nobody moves it sideways; and what is to be touched is large
    enough for a finger.
    """
    ruleset = load_ruleset("rijswijk-2023")
    looker = Looker(chromium, tmp_path)
    unknown: dict[str, object] = dict.fromkeys(ruleset.fact, "unknown")
    text = (folder / f"{language}.html").read_text(encoding="utf-8")
    states = [(unknown, 80), (CLASHING, 6), (unknown, 0), (unknown, 3)]
    # Both languages have the same elements: of one of them the gate looks at two states.
    for client, steps in states if language == "nl" or SHARE >= 1 else states[:2]:
        talk = looker.talk(text)
        for _ in range(steps):
            if talk.state["question"] is not None:
                talk.answer({**unknown, **client}, ruleset.fact)
        if client is CLASHING:
            talk.do("click('#answers [data-change=able_to_participate]')")
            talk.answer({"able_to_participate": False}, ruleset.fact)
            assert talk.state["clashes"] == ["able_to_participate", "can_start_soon"]
        assert looker.complaints() == []
        assert looker.tab.run("page.targets()") >= 44


def test_a_keyboard_is_enough(tab: Tab, folder: Path) -> None:
    """Tab, Space and Enter lead to the end; the focus is on each question when it comes."""
    talk = Conversation(tab, folder / "en.html")
    for _ in range(40):
        if talk.state["question"] is None:
            break
        before = len(talk.state["answers"])
        tab.press("Tab")
        # From the top the first stop is the link to the content.
        if tab.run("document.activeElement.tagName") == "A":
            tab.press("Tab")
        tab.press(" ", "Enter")
        talk.do("state()")
        assert talk.state["focus"] == "question"
        assert len(talk.state["answers"]) == before + 1
    assert talk.state["end"] is not None
    assert talk.state["focus"] == "question"


def test_on_paper_there_is_what_was_said_and_nothing_to_press(tab: Tab, folder: Path) -> None:
    """The advice and the answers, without the question and without buttons; on two sheets."""
    ruleset = load_ruleset("rijswijk-2023")
    client = next(clients(ruleset, 1, SEED)) | IN_SCOPE
    talk = Conversation(tab, folder / "nl.html")
    talk.whole(client, ruleset.fact)
    tab.show(media="print", width=672)
    seen = (
        "[...document.querySelectorAll('{}')].filter((one) => one.getClientRects().length).length"
    )
    assert tab.run(seen.format("button")) == 0
    assert tab.run(seen.format("#card")) == 0
    assert tab.run(seen.format("#answers tr")) == len(talk.state["answers"])
    assert tab.run(seen.format("[data-decision]")) == 3
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b[^s]", tab.printed())) <= 2
