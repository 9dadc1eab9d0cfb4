"""An explanation as plain text, for paper or a screen or to be read aloud, and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from textwrap import fill

from routeengine.explanation.document import Block
from routeengine.truth import Truth

WIDTH = 80

MARKS = {Truth.TRUE: "✓", Truth.FALSE: "✗", Truth.OPEN: "?"}
"""The signs beside truths; the word always stands beside the sign."""


def as_text(blocks: list[Block]) -> str:
    """Return a document as text of at most 80 columns, ending in a newline."""
    paragraphs = ["\n".join(lines(list(run))) for run in runs(blocks)]
    return "\n\n".join(paragraphs) + "\n"


def runs(blocks: list[Block]) -> Iterator[Iterator[Block]]:
    """Yield the blocks that stand together: a heading, a paragraph, a list."""
    for _, run in groupby(blocks, key=run_of):
        yield run


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
            yield wrapped(" ".join(block.text for block in run), "", "")


def items(run: list[Block]) -> Iterator[str]:
    """Yield the lines of a list; questions are numbered."""
    number = 0
    for block in run:
        indent = "   " * block.level
        bullet = "-" if block.truth is None else MARKS[block.truth]
        if block.kind == "question":
            number += 1
            bullet = f"{number}."
        yield wrapped(block.text, f"{indent}{bullet} ", f"{indent}{' ' * len(bullet)} ")


def wrapped(text: str, first: str, rest: str) -> str:
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
    return "\n\n".join("\n".join(markdown_lines(list(run))) for run in runs(blocks)) + "\n"


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
    """Yield the lines of a list; questions are numbered."""
    number = 0
    numbered = any(block.kind == "question" for block in run)
    for block in run:
        indent = ("   " if numbered else "  ") * block.level
        mark = "" if block.truth is None else f"{MARKS[block.truth]} "
        bullet = "-"
        if block.kind == "question":
            number += 1
            bullet = f"{number}."
        text = escaped(block.text)
        yield f"{indent}{bullet} {mark}{f'**{text}**' if block.alert else text}"
