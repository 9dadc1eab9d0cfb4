"""How an object shows in a notebook: one table of texts, with nothing from elsewhere.

It takes the colours of the notebook, dark or light. Everything in it is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

APART = 'style="text-align: left; vertical-align: top; padding: 0.2em 1em 0.2em 0"'
"""Not every notebook keeps cells apart."""


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], lang: str = "en"
) -> str:
    """Return an HTML table, of which the first cell of each row is its name.

    `lang` is the language of the caption; the heads are English, and the cells mostly names.
    """
    columns = "".join(f'<th scope="col" {APART}>{escape(head)}</th>' for head in heads)
    lines = [
        f'<tr><th scope="row" {APART}>{escape(name)}</th>'
        + "".join(f"<td {APART}>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in rows
    ]
    body = "".join(lines)
    return (
        f'<table lang="en"><caption lang="{escape(lang)}">{escape(caption)}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"
    )
