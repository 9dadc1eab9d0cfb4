"""The site of the documentation: whole, read from disk, for everybody, and asking for nothing."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.page import NAME, PAGE
from browser.chromium import Chromium
from browser.looked_at import Looker, missing_part
from examples import SHARE
from required import required
from website import pictures
from website.build import PROGRAM, ROOT, TOP, build, place
from website.links import dead_ends

DOCS = ROOT / "docs"

TEN = (
    "index", "start", "tutorials/auditor.nl", "ideas/unknown", "embedding", "report", "privacy",
    "decisions/index", "api/routeengine", "semantics",
)  # fmt: skip
"""Pages that the gate looks at: wide tables, pictures, code, Dutch. At night it is all."""


STILL = """document.head.append(Object.assign(document.createElement("style"), {
    textContent:
        "*, *::before, *::after { transition: none !important; animation: none !important }"
}))"""
"""What is on its way from one colour to another has neither."""


NARROW = '["scrollable-region-focusable"]'
"""What a narrow screen changes: wide blocks and tables are moved sideways, each on its own."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the site once, strictly."""
    required("site", None if PROGRAM.is_file() else "zensical is not installed (the group `docs`)")
    return build(tmp_path_factory.mktemp("docs")).parent


@pytest.fixture(scope="module")
def looker(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looker]:
    """Start one browser for all pages."""
    required("browser", missing_part())
    with Chromium() as chromium:
        yield Looker(chromium, tmp_path_factory.mktemp("browser"))


def in_nav(part: Any) -> Iterator[str]:
    """Yield the pages that are named anywhere in a part of the navigation."""
    match part:
        case str():
            yield part
        case dict():
            for inner in part.values():
                yield from in_nav(inner)
        case list():
            for inner in part:
                yield from in_nav(inner)


def test_every_page_is_in_the_navigation() -> None:
    """Once each: a page that nobody finds is not read."""
    settings = tomllib.loads((DOCS / "zensical.toml").read_text(encoding="utf-8"))
    listed = list(in_nav(settings["project"]["nav"]))
    pages = {str(place(page)) for page in (*DOCS.rglob("*.md"), *(ROOT / name for name in TOP))}
    assert pages - set(listed) == set(), "name it in docs/zensical.toml"
    assert sorted(listed) == sorted(pages)


@pytest.mark.gate
def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    """From page to page, to anchors and files; and nothing that a page takes in lies elsewhere."""
    assert len(list(site.rglob("*.html"))) > 50
    assert list(dead_ends(site)) == []


@pytest.mark.gate
def test_the_reference_has_the_public_names_alone(site: Path) -> None:
    """Each page shows what its module lists, and nothing that the library keeps to itself."""
    for part in re.split(r"^##+ ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        module, _, rows = part.partition("\n")
        page = site / f"api/{module}.html"
        if page.is_file():
            shown = re.findall(
                r'<h2 id="routeengine[\w.]*?(\w+)"', page.read_text(encoding="utf-8")
            )
            assert sorted(shown) == sorted(re.findall(NAME.pattern, rows))


@pytest.mark.gate
def test_pages_are_for_everybody(site: Path, looker: Looker) -> None:
    """Light, dark and 320 px wide, as axe-core has it; nothing is asked for but what lies there."""
    every = sorted(page.relative_to(site).as_posix() for page in site.rglob("*.html"))
    wrong = []
    for name in every if SHARE >= 1 else [f"{one}.html" for one in TEN]:
        looker.opened_file(site / name)
        looker.tab.run(STILL)
        wrong += [f"{name}: {one}" for one in looker.complaints(NARROW)]
        wrong += [
            f"{name} asks for {one}"
            for one in looker.tab.asked()
            if not one.startswith(("file:", "data:"))
        ]
    assert wrong == []


SEARCHED = """new Promise((found) => {
    const look = () => {
        for (const one of document.querySelectorAll("body > *")) {
            const said = one.shadowRoot?.textContent ?? "";
            if (/\\d+ results?/.test(said)) return found(said);
        }
        setTimeout(look, 20);
    };
    look();
})"""


@pytest.mark.gate
def test_what_is_searched_is_found_without_a_server(site: Path, looker: Looker) -> None:
    """The search works in a page that is opened from disk."""
    looker.opened_file(site / "records.html")
    looker.tab.run("document.querySelector('.md-search__button').click()")
    looker.tab.type("overlap")
    assert "A gap or an overlap goes to a person" in looker.tab.run(SEARCHED)


@pytest.mark.gate
def test_colours_are_the_readers_choice(site: Path, looker: Looker) -> None:
    """As the system has them until a reader chooses; the choice stays, from page to page."""
    scheme = "document.body.dataset.mdColorScheme"
    looker.opened_file(site / "index.html")
    assert looker.tab.run(scheme) == "default"
    for _ in range(2):
        looker.tab.run(
            "document.querySelector('.md-header label[for^=__palette]:not([hidden])').click()"
        )
    assert looker.tab.run(scheme) == "slate"
    looker.opened_file(site / "records.html")
    assert looker.tab.run(scheme) == "slate"
    looker.tab.run("localStorage.clear()")


@pytest.mark.gate
@pytest.mark.parametrize("name", pictures.MADE)
def test_a_picture_shows_what_is_written_today(name: str) -> None:
    """Else: `PYTHONPATH=tests python tests/website/pictures.py`, and look at what it drew."""
    made_from = json.loads(pictures.MADE_FROM.read_text(encoding="utf-8"))
    assert pictures.digest(pictures.MADE[name]()) == made_from[name], "draw the pictures again"


def test_the_terminal_shows_what_is_printed_today() -> None:
    """The drawing is the text itself."""
    drawn = (pictures.FOLDER / "check.svg").read_text(encoding="utf-8")
    assert pictures.terminal(pictures.findings()) == drawn


def test_every_picture_is_shown_and_small() -> None:
    """In both colour schemes, on some page; none is larger than 100 kB."""
    pages = "".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    files = {one.name for one in pictures.FOLDER.iterdir()} - {pictures.MADE_FROM.name}
    assert {name for name in files if f"pictures/{name}" not in pages} == set()
    both = {f"{name}.{scheme}.webp" for name in pictures.MADE for scheme in ("light", "dark")}
    assert both == {name for name in files if name.endswith(".webp")}
    assert all((pictures.FOLDER / name).stat().st_size < 100_000 for name in files)


def test_dead_ends_are_found(tmp_path: Path) -> None:
    """A site with a fault of each kind: the checks above would see it."""
    (tmp_path / "there.html").write_text('<p id="here">', encoding="utf-8")
    (tmp_path / "page.html").write_text(
        '<script src="https://example.org/a.js"></script><img src="a.png"><a href="gone.html">'
        '<a href="there.html#gone"><a href="there.html#here"><a href="https://example.org">',
        encoding="utf-8",
    )
    assert list(dead_ends(tmp_path)) == [
        "page.html leads to a.png: there is no such file",
        "page.html leads to gone.html: there is no such file",
        "page.html takes in https://example.org/a.js",
        "page.html leads to there.html#gone: there is no such anchor",
    ]
