"""An explanation as Markdown (CommonMark)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routeengine.explanation.document import Block
from routeengine.explanation.text import MARKS, runs

_HEADING = {"title": "#", "heading": "##", "subheading": "###"}

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


def as_markdown(blocks: list[Block]) -> str:
    """Return a document as Markdown, ending in a newline; what is special is escaped."""
    return "\n\n".join("\n".join(lines(list(run))) for run in runs(blocks)) + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def lines(run: list[Block]) -> Iterator[str]:
    """Yield the lines of one run."""
    first = run[0]
    match first.kind:
        case "title" | "heading" | "subheading":
            yield f"{_HEADING[first.kind]} {escaped(first.text)}"
        case "item" | "question":
            yield from items(run)
        case _:
            yield " ".join(sentence(block) for block in run)


def sentence(block: Block) -> str:
    """Return a sentence; the result stands out."""
    text = escaped(block.text)
    return f"**{text}**" if block.kind == "result" else text


def items(run: list[Block]) -> Iterator[str]:
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
