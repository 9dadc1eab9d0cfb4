"""Draws the page of an auditor with numbered marks, from the page itself, for docs/auditors.md.

    PYTHONPATH=tests python tests/browser/annotated.py

The client is that of the example on that page. Where a list is long, its first rows stand for it.
`tests/explanation/test_docs.py` fails if the words of a drawing are not those of the page.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from browser.chromium import Chromium, Tab
from routeengine.explanation import Explanation

__all__ = ["MARKS", "PAGES", "example", "picture_of"]

ROOT = Path(__file__).parents[2]
DRAW = Path(__file__).with_name("annotated.js").read_text(encoding="utf-8")

PAGES: Final = {"en": "auditors.md", "nl": "auditors.nl.md"}
"""The page of the documentation by its language."""

MARKS: Final = (
    (1, "ol.strip"),
    (9, ".quoted .panel"),
    (4, "table.questions"),
    (3, "table.facts"),
    (2, "table.matrix"),
    (8, "table.changes"),
    (7, "table.readings"),
    (6, ".whole"),
    (5, "table:has([id^='cite:'])"),
    (10, "main > h2:last-of-type"),
)
"""Where each of the ten things begins, by the number that the documentation gives it."""

WIDTH, MARGIN = 820, 46
"""How wide the page is, and how much the marks take beside it."""


def example(language: str) -> Explanation:
    """Return the explanation that the documentation shows."""
    page = (ROOT / "docs" / PAGES[language]).read_text(encoding="utf-8")
    match = re.search(r"```python\n(.*?)\nprint", page, re.DOTALL)
    assert match is not None
    names: dict[str, Any] = {}
    exec(compile(match[1], PAGES[language], "exec"), names)
    explanation: Explanation = names["explanation"]
    return explanation


def picture_of(language: str) -> Path:
    """Return where the drawing in a language is."""
    return ROOT / "docs" / "pictures" / f"auditor.{language}.svg"


def drawn(chromium: Chromium, language: str) -> str:
    """Return the page as a drawing."""
    page = example(language).to_html(audience="auditor")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        tab = Tab(chromium)
        tab.open(path)
        tab.show(width=WIDTH)
        found = tab.run(f"({DRAW.strip()})({json.dumps(MARKS)})")
    return as_svg(found, language)


def as_svg(found: dict[str, Any], language: str) -> str:
    """Return what a browser measured as a drawing: boxes, lines of text, and the marks."""
    wide, high = found["size"]
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN} 0 {wide + MARGIN} {high}" '
        f'width="{wide + MARGIN}" height="{high}" lang="{language}" '
        'font-family="Liberation Sans, Arial, Helvetica, sans-serif">'
    )
    parts = [
        whole,
        f'<rect x="{-MARGIN}" width="{wide + MARGIN}" height="{high}" fill="#fff"/>',
    ]
    for place, fill, sides, radius in found["boxes"]:
        parts += box(place, fill, sides, radius)
    for line in found["lines"]:
        bold = ' font-weight="700"' if line["bold"] else ""
        bold += ' font-family="Liberation Mono, monospace"' if line["mono"] else ""
        parts.append(
            f'<text x="{line["x"]}" y="{line["y"]}" font-size="{line["size"]:.3g}"{bold} '
            f'fill="{colour(line["colour"])}">{escape(line["text"])}</text>'
        )
    for number, y in found["marks"]:
        parts.append(f'<circle cx="-22" cy="{y + 16}" r="17" fill="#8c2f0d"/>')
        parts.append(
            f'<text class="mark" x="-22" y="{y + 22}" font-size="17" font-weight="700" '
            f'text-anchor="middle" fill="#fff">{number}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])


def box(place: list[int], fill: str | None, sides: list[Any], radius: float) -> list[str]:
    """Return a box: as one shape where all its edges are alike, and else edge by edge."""
    x, y, width, height = place
    even = bool(sides) and all(side == sides[0] for side in sides) and sides[0][0] > 0
    shape = f'<rect x="{x}" y="{y}" width="{width}" height="{height}"'
    if radius:
        shape += f' rx="{min(radius, height / 2):g}"'
    shape += f' fill="{colour(fill) if fill else "none"}"'
    if even:
        shape += f' stroke="{colour(sides[0][1])}" stroke-width="{sides[0][0]:g}"'
    ends = (
        (x, y, width, 0),
        (x + width, y, 0, height),
        (x, y + height, width, 0),
        (x, y, 0, height),
    )
    edges = [
        f'<path d="M{left} {top}l{right} {down}" stroke="{colour(said)}" stroke-width="{thick:g}"/>'
        for (thick, said), (left, top, right, down) in zip(sides, ends, strict=False)
        if thick > 0
    ]
    return [*([f"{shape}/>"] if fill or even else []), *([] if even else edges)]


def colour(said: str) -> str:
    """Return a colour as six digits, whatever form a browser gives it."""
    numbers = [float(one) for one in re.findall(r"[\d.]+", said)]
    if said.startswith("color("):
        numbers = [255 * one for one in numbers[:3]]
    return "#" + "".join(f"{round(one):02x}" for one in numbers[:3])


if __name__ == "__main__":
    with Chromium() as browser:
        for name in PAGES:
            picture_of(name).write_text(drawn(browser, name), encoding="utf-8")
