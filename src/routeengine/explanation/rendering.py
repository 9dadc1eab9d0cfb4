"""A document as plain text (for paper or a screen, or to be read aloud), as Markdown and as HTML.

The HTML is one page: no script, no request to anywhere, readable on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from textwrap import fill

from routeengine.explanation.arguments import Block
from routeengine.truth import Truth

WIDTH = 80

MARKS = {Truth.TRUE: "✓", Truth.FALSE: "✗", Truth.OPEN: "?"}
"""The signs beside truths; the word always stands beside the sign."""


def as_text(blocks: list[Block]) -> str:
    """Return a document as text of at most 80 columns, ending in a newline."""
    return "\n\n".join("\n".join(lines(run)) for run in runs(blocks)) + "\n"


def runs(blocks: list[Block]) -> Iterator[list[Block]]:
    """Yield the blocks that stand together: a heading, a paragraph, a list."""
    for _, run in groupby(blocks, key=run_of):
        yield list(run)


def run_of(block: Block) -> tuple[str, str]:
    """Return what a block stands together with: sentences of one node, and items of one list."""
    match block.kind:
        case "result" | "sentence":
            return "paragraph", block.node
        case "item" | "question":
            return "list", ""
        case _:
            return block.kind, block.text


def lines(run: list[Block]) -> Iterator[str]:
    """Yield the lines of one run."""
    first = run[0]
    match first.kind:
        case "title" | "heading":
            yield first.text
            yield ("=" if first.kind == "title" else "-") * len(first.text)
        case "subheading":
            yield f"{first.text}:"
        case "item" | "question":
            yield from items(run)
        case _:
            yield wrapped(" ".join(block.text for block in run))


def items(run: list[Block]) -> Iterator[str]:
    """Yield the lines of a list."""
    for block, bullet in bullets(run):
        sign = bullet if block.truth is None else MARKS[block.truth]
        indent = "   " * block.level
        yield wrapped(block.text, f"{indent}{sign} ", f"{indent}{' ' * len(sign)} ")


def bullets(run: list[Block]) -> Iterator[tuple[Block, str]]:
    """Yield the blocks of a list with what is before each; questions are numbered."""
    number = 0
    for block in run:
        number += block.kind == "question"
        yield block, f"{number}." if block.kind == "question" else "-"


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Break a text into lines; a word is never broken."""
    return fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


_MARKDOWN_HEADING = {"title": "#", "heading": "##", "subheading": "###"}

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


def as_markdown(blocks: list[Block]) -> str:
    """Return a document as Markdown, ending in a newline; what is special is escaped."""
    return "\n\n".join("\n".join(markdown_lines(run)) for run in runs(blocks)) + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def markdown_lines(run: list[Block]) -> Iterator[str]:
    """Yield the lines of one run."""
    first = run[0]
    match first.kind:
        case "title" | "heading" | "subheading":
            yield f"{_MARKDOWN_HEADING[first.kind]} {escaped(first.text)}"
        case "item" | "question":
            yield from markdown_items(run)
        case _:
            yield " ".join(markdown_sentence(block) for block in run)


def markdown_sentence(block: Block) -> str:
    """Return a sentence; the result stands out."""
    text = escaped(block.text)
    return f"**{text}**" if block.kind == "result" else text


def markdown_items(run: list[Block]) -> Iterator[str]:
    """Yield the lines of a list."""
    indent = "   " if any(block.kind == "question" for block in run) else "  "
    for block, bullet in bullets(run):
        mark = "" if block.truth is None else f"{MARKS[block.truth]} "
        text = escaped(block.text)
        yield f"{indent * block.level}{bullet} {mark}{f'**{text}**' if block.alert else text}"


# Dark text on white, 12:1 and more; width in characters, so that it fits 320 px and paper.
_STYLE = """
body { margin: 0 auto; max-width: 42rem; padding: 1rem; background: #fff; color: #1a1a1a;
  font: 1.05rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; }
ul, ol { padding-left: 1.4rem; }
h2 { margin-top: 2rem; border-bottom: 2px solid #1a1a1a; }
li { margin: 0.25rem 0; }
li.marked { list-style: none; margin-left: -1.4rem; padding-left: 1.5em; text-indent: -1.5em; }
li.marked ul { text-indent: 0; }
.result { font-weight: 700; }
.mark { display: inline-block; min-width: 1.2em; font-weight: 700; text-indent: 0; }
@media print { body { max-width: none; padding: 0; } h2, h3 { break-after: avoid; } }
""".strip()

_HEADING = {"title": "h1", "heading": "h2", "subheading": "h3"}


def as_html(blocks: list[Block], language: str) -> str:
    """Return a document as a self-contained page; everything that is shown is escaped."""
    body = html_body(blocks, _HEADING)
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(blocks[0].text)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def html_body(blocks: list[Block], headings: Mapping[str, str]) -> str:
    """Return the lines of a document; `headings` names the elements of the kinds of headings."""
    return "\n".join(line for run in runs(blocks) for line in html_lines(run, headings))


def html_lines(run: list[Block], headings: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of one run: a heading, a paragraph or a list."""
    first = run[0]
    match first.kind:
        case "title" | "heading" | "subheading":
            tag = headings[first.kind]
            yield f"<{tag}>{escape(first.text)}</{tag}>"
        case "item" | "question":
            yield from html_items(run)
        case _:
            yield f"<p>{' '.join(html_sentence(block) for block in run)}</p>"


def html_sentence(block: Block) -> str:
    """Return a sentence; the result stands out."""
    text = html_text(block)
    return f'<span class="result">{text}</span>' if block.kind == "result" else text


def html_items(run: list[Block]) -> Iterator[str]:
    """Yield a list with the lists inside it; questions are numbered."""
    tag = "ol" if run[0].kind == "question" else "ul"
    level = run[0].level
    yield f"<{tag}>"
    at = 0
    while at < len(run):
        end = at + 1
        while end < len(run) and run[end].level > level:
            end += 1
        inner = run[at + 1 : end]
        kind = "" if run[at].truth is None else ' class="marked"'
        yield f"<li{kind}>{html_item(run[at])}"
        if inner:
            yield from html_items(inner)
        yield "</li>"
        at = end
    yield f"</{tag}>"


def html_item(block: Block) -> str:
    """Return an item; its sign is for the eye alone, for the words say the same."""
    if block.truth is None:
        text = html_text(block)
        return f"<strong>{text}</strong>" if block.alert else text
    mark = MARKS[block.truth]
    return f'<span class="mark" aria-hidden="true">{mark}</span> {html_text(block)}'


def html_text(block: Block) -> str:
    """Return the text; the part that is in another language says so (WCAG 3.1.2)."""
    text, part = block.text, block.foreign
    if part is None:
        return escape(text)
    before, within, after = (
        escape(one) for one in (text[: part.start], text[part.start : part.end], text[part.end :])
    )
    return f'{before}<span lang="{escape(part.language)}">{within}</span>{after}'
