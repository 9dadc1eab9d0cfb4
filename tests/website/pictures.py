"""Draws the pictures of the documentation: `PYTHONPATH=tests python tests/website/pictures.py`.

Each is the top of a page as a browser shows it, or what a command prints. Beside them is a digest
of what each was made from, so that a test without a browser sees whether one is out of date.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import sys
import textwrap
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from browser.chromium import Chromium, Tab
from browser.kinds import AT, PAGES, commanded, engine, profiles
from explanation.published import published
from routeengine import __version__
from routeengine.cli import main
from verification.broken import BROKEN

__all__ = ["FOLDER", "MADE", "MADE_FROM", "digest"]

FOLDER = Path(__file__).resolve().parents[2] / "docs/pictures"

MADE_FROM = FOLDER / "made-from.json"

WIDTH, HEIGHT, SCALE = 900, 860, 1.15


def client(audience: str, language: str) -> str:
    """Return the page of a made client, with the publication made up as well."""
    one = engine().explain(profiles()["R-0002"], language, at=AT)
    return one.to_html(audience=audience, ruleset=published(engine().ruleset))  # type: ignore[arg-type]


def first(kind: str) -> str:
    """Return the first page of a kind, in English."""
    return PAGES[kind]("en")[0]


def findings() -> str:
    """Return how `routeengine check` begins on the shipped rules with a fault in them."""
    gap = BROKEN["a rung that no rule speaks of"]
    with TemporaryDirectory() as folder:
        rules = Path(folder) / "rules"
        shutil.copytree(gap.folder, rules)
        text = (rules / gap.file).read_text(encoding="utf-8")
        for old, new in gap.patch:
            text = text.replace(old, new, 1)
        (rules / gap.file).write_text(text, encoding="utf-8")
        printed = io.StringIO()
        with redirect_stdout(printed):
            main(["check", str(rules)])
        said = printed.getvalue().replace(f"{folder}/", "").partition("\n\nroute:")[0]
        return f"$ routeengine check rules\n{said}"


def _marked(line: str) -> str:
    """Return a line of a terminal with what an eye looks for in a colour."""
    return re.sub(r"(\berror:|\bwarning:|\bnote:|^\$)", r'<tspan fill="#ffbf47">\1</tspan>', line)


def terminal(text: str) -> str:
    """Return a text as a terminal shows it, as a drawing."""
    # A terminal of so many columns.
    lines = [
        part
        for line in text.splitlines()
        for part in textwrap.wrap(line, 96, subsequent_indent="    ") or [""]
    ]
    wide, high = 40 + 7.85 * max(map(len, lines)), 52 + 20 * len(lines)
    rows = "".join(
        f'<text x="20" y="{54 + 20 * at}" xml:space="preserve">{_marked(escape(line))}</text>\n'
        for at, line in enumerate(lines)
    )
    dots = "".join(f'<circle cx="{20 + 18 * at}" cy="18" r="5"/>' for at in range(3))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high}" role="img"'
        ' font-family="ui-monospace, SFMono-Regular, Consolas, Liberation Mono, monospace"'
        ' font-size="13">\n<title>What a command prints</title>\n'
        f'<rect width="{wide:.0f}" height="{high}" rx="8" fill="#14191e"/>\n'
        f'<g fill="#3b4753">{dots}</g>\n<g fill="#e8edf2">\n{rows}</g>\n</svg>\n'
    )


MADE: Final[dict[str, Callable[[], str]]] = {
    "client.en": partial(client, "client", "en"),
    "client.nl": partial(client, "client", "nl"),
    "consultant": partial(client, "consultant", "en"),
    "interview": lambda: commanded("export", "interview")("en")[0],
    "rulebook": partial(first, "rule book"),
    "report": partial(first, "report"),
    "change": partial(first, "change"),
}
"""What each picture is the top of."""


def digest(page: str) -> str:
    """Return the digest of a page, whatever the version of the library is."""
    return hashlib.sha256(page.replace(__version__, "VERSION").encode()).hexdigest()


def draw() -> None:
    """Draw all of them, and lay down what they were made from."""
    made_from = {}
    with Chromium() as chromium, TemporaryDirectory() as folder:
        tab, page = Tab(chromium), Path(folder) / "page.html"
        for name, make in MADE.items():
            text = make()
            made_from[name] = digest(text)
            page.write_text(text, encoding="utf-8")
            tab.open(page)
            for scheme in ("light", "dark"):
                tab.show(width=WIDTH, scheme=scheme)
                picture = tab.top(WIDTH, HEIGHT, SCALE)
                (FOLDER / f"{name}.{scheme}.webp").write_bytes(picture)
    (FOLDER / "check.svg").write_text(terminal(findings()), encoding="utf-8")
    MADE_FROM.write_text(json.dumps(made_from, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    draw()
    for path in sorted(FOLDER.glob("*.webp")):
        sys.stdout.write(f"{path} {path.stat().st_size}\n")
