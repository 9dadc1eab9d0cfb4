"""An explanation as one HTML page: no script, no request to anywhere, readable on paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from routeengine.explanation.document import Block
from routeengine.explanation.text import MARKS, runs

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
    body = "\n".join(line for run in runs(blocks) for line in elements(list(run)))
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(blocks[0].text)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def elements(run: list[Block]) -> Iterator[str]:
    """Yield the lines of one run: a heading, a paragraph or a list."""
    first = run[0]
    match first.kind:
        case "title" | "heading" | "subheading":
            tag = _HEADING[first.kind]
            yield f"<{tag}>{escape(first.text)}</{tag}>"
        case "item" | "question":
            yield from items(run)
        case _:
            yield f"<p>{' '.join(phrase(block) for block in run)}</p>"


def phrase(block: Block) -> str:
    """Return a sentence; the result stands out."""
    text = words(block)
    return f'<span class="result">{text}</span>' if block.kind == "result" else text


def items(run: list[Block]) -> Iterator[str]:
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
        yield f"<li{kind}>{marked(run[at])}"
        if inner:
            yield from items(inner)
        yield "</li>"
        at = end
    yield f"</{tag}>"


def marked(block: Block) -> str:
    """Return an item; its sign is for the eye alone, for the words say the same."""
    if block.truth is None:
        text = words(block)
        return f"<strong>{text}</strong>" if block.alert else text
    mark = MARKS[block.truth]
    return f'<span class="mark" aria-hidden="true">{mark}</span> {words(block)}'


def words(block: Block) -> str:
    """Return the text; the part that is in another language says so (WCAG 3.1.2)."""
    text, part = block.text, block.foreign
    if part is None:
        return escape(text)
    before, within, after = (
        escape(one) for one in (text[: part.start], text[part.start : part.end], text[part.end :])
    )
    return f'{before}<span lang="{escape(part.language)}">{within}</span>{after}'
