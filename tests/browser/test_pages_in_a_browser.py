"""Every kind of page in a browser: for everybody, asking for nothing, and right on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.chromium import Chromium
from browser.kinds import PAGES, client_kinds, engine, explanations, longest
from browser.looked_at import Looker, missing_part
from examples import gated, share
from explanation.published import published
from required import required
from routeengine.explanation import Explanation
from routeengine.i18n import LANGUAGES

pytestmark = pytest.mark.gate


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looker]:
    """Start one browser for all pages."""
    required("browser", missing_part())
    with Chromium() as chromium:
        yield Looker(chromium, tmp_path_factory.mktemp("browser"))


@pytest.mark.parametrize("language", gated(LANGUAGES, night=True))
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_for_everybody(kind: str, language: str, looker: Looker) -> None:
    """No rule of WCAG 2.1 A and AA or of good practice is broken: light, dark, and 320 px wide.

    It asks for nothing, and nobody has to move it sideways.
    """
    for page in PAGES[kind](language):
        assert looker.opened(page) == []
        assert looker.complaints() == []


@pytest.mark.parametrize("language", gated(LANGUAGES, night=True))
def test_a_letter_is_one_sheet(language: str, looker: Looker) -> None:
    """Of each kind of client: a letter of 11 points or more, and how it came about on two sheets.

    That is in 9 points or more. Large, nothing is smaller than 14 points.
    """
    every = client_kinds()
    assert len(every) > 20
    clients: list[tuple[object, Explanation]] = [*enumerate(explanations(language))]
    clients += [(kind, longest(every[kind], language)) for kind in share(list(every))]
    wrong, ruleset = list[str](), published(engine().ruleset)
    for kind, one in clients:
        whole, letter, large = (
            one.to_html(audience="client", ruleset=ruleset, **how)
            for how in ({}, {"letter": True}, {"large": True})
        )
        looker.opened(letter)
        sheets, (points, text) = looker.sheets(), looker.letters("main")
        if sheets != 1 or points < 11:
            wrong.append(f"{kind}: the letter has {sheets} sheets, and {points} points ({text})")
        looker.opened(whole)
        sheets, (points, text) = looker.sheets() - sheets, looker.letters("main")
        if not 1 <= sheets <= 2 or points < 9:
            wrong.append(f"{kind}: the account has {sheets} sheets, and {points} points ({text})")
        looker.opened(large)
        points, text = looker.letters("main")
        if points < 14:
            wrong.append(f"{kind}: large letters have {points} points ({text})")
    assert wrong == []


@pytest.mark.parametrize("language", gated(LANGUAGES, night=True))
def test_a_page_for_consultants_is_three_sheets_at_most(language: str, looker: Looker) -> None:
    """Of each kind of client, in 9 points or more; an auditor's page has no smaller letters."""
    every = client_kinds()
    clients: list[tuple[object, Explanation]] = [*enumerate(explanations(language))]
    clients += [(kind, longest(every[kind], language)) for kind in share(list(every))]
    wrong, ruleset = list[str](), published(engine().ruleset)
    for kind, one in clients:
        looker.opened(one.to_html(audience="consultant", ruleset=ruleset))
        sheets, (points, text) = looker.sheets(), looker.letters("main")
        if sheets > 3 or points < 9:
            wrong.append(f"{kind}: {sheets} sheets, and {points} points ({text})")
    looker.opened(clients[0][1].to_html(audience="auditor", ruleset=ruleset))
    points, text = looker.letters("main")
    assert points >= 9, text
    assert wrong == []


def test_what_is_wrong_with_a_page_is_found(looker: Looker) -> None:
    """A page with a fault of each kind: the checks above would see it."""
    style = (
        "body { margin: 0; background: #fff; color: #ccc } div { width: 1400px; font-size: 5px }"
    )
    nowhere = "http://127.0.0.1:9/a.png"
    page = f"<!DOCTYPE html><html><head><title></title><style>{style}</style></head>"
    page += f'<body><div>pale</div><img src="{nowhere}"></body></html>'
    assert looker.opened(page) == [nowhere]
    told = "\n".join(looker.complaints())
    for rule in ("html-has-lang", "document-title", "color-contrast", "image-alt", "is 1400 wide"):
        assert rule in told
    points, text = looker.letters("body")
    assert (round(points, 2), text) == (3.75, "pale")
    assert looker.sheets() == 1


def test_sheets_are_counted(looker: Looker) -> None:
    """Each break of a page is a sheet more."""
    looker.opened('<p>1<p style="break-before: page">2<p style="break-before: page">3')
    assert looker.sheets() == 3
