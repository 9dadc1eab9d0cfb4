"""Every kind of page in a browser: for everybody, asking for nothing, and right on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.chromium import Chromium
from browser.kinds import PAGES
from browser.looked_at import Looker, missing_part
from required import required
from routeengine.i18n import LANGUAGES

pytestmark = pytest.mark.gate


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looker]:
    """Start one browser for all pages."""
    required("browser", missing_part())
    with Chromium() as chromium:
        yield Looker(chromium, tmp_path_factory.mktemp("browser"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_for_everybody(kind: str, language: str, looker: Looker) -> None:
    """No rule of WCAG 2.1 A and AA or of good practice is broken: light, dark, and 320 px wide.

    It asks for nothing, and nobody has to move it sideways.
    """
    for page in PAGES[kind](language):
        assert looker.opened(page) == []
        assert looker.complaints() == []


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
