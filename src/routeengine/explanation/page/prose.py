"""A client's page as plain text (for paper or a screen, or to be read aloud) and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from textwrap import fill
from typing import Literal, TypeAlias

from routeengine.explanation import model
from routeengine.explanation.page.account import Account
from routeengine.explanation.page.client import ClientPage, client_page
from routeengine.explanation.page.evidence import FactsTable
from routeengine.explanation.page.matrix import Cell, Mark, Matrix, Row
from routeengine.i18n import catalogue
from routeengine.pages.render import first_up
from routeengine.ruleset.model import RuleSet

WIDTH = 80

SIGNS: dict[Mark, str] = {"met": "✓", "unmet": "✗", "open": "?", "none": "–"}
"""The signs of a table; the word always stands beside the sign."""

LISTED = ("item", "step", "line")
"""What stands in a list: with a bullet, with a number, or with the number that it has itself."""

BlockKind: TypeAlias = Literal[
    "title", "heading", "subheading", "result", "text", "item", "step", "line"
]


@dataclass(frozen=True, slots=True)
class Block:
    """One line or paragraph; `level` is how deep an item stands, `mark` the sign before it."""

    kind: BlockKind
    text: str
    level: int = 0
    mark: Mark | None = None


class Prose:
    """What a page says, one thing after another."""

    def __init__(self, page: ClientPage) -> None:
        every = catalogue(page.language)
        self.page, self.words, self.frame = page, every.client, every.page
        self.labelled = every.explanation.labelled_as

    def blocks(self) -> Iterator[Block]:
        """Yield the whole page."""
        page, words = self.page, self.words
        yield Block("title", page.title)
        if not page.short:
            yield from self.head()
        yield Block("heading", page.panel.over)
        yield Block("result", page.panel.big)
        yield from (Block("text", text) for text in page.panel.text)
        if page.panel.reason:
            yield Block("text", f"{words.reason} “{page.panel.reason}”")
        for one in page.panel.earlier:
            reason = f" {words.reason} “{one.reason}”" if one.reason else ""
            yield Block("text", f"{one.text}{reason}")
        if page.asks:
            yield from self.listing(page.asks.heading, page.asks.items)
            yield from [Block("text", page.asks.note)] if page.asks.note else []
        yield from self.listing(words.heading_next, page.next, "step")
        yield from self.listing(page.heading_why, page.why)
        if not page.short:
            yield Block("heading", words.heading_rights)
            for right in page.rights:
                yield Block("item", f"{right.title} {right.text}")
            if not page.rights:
                yield Block("text", f"{first_up(self.frame.not_recorded)}.")
        yield Block("text", " ".join(page.closing))
        if page.account:
            yield from self.account(page.account)

    def head(self) -> Iterator[Block]:
        """Yield who sends the page, when and about whom; and whether it may go out."""
        head = self.page.head
        if head.draft:
            lacks = self.words.draft_lacks.format(names=", ".join(head.lacking))
            yield Block("text", f"{self.frame.draft}. {self.frame.draft_meaning} {lacks}")
        for line in head.lines:
            yield Block("item", self.labelled(line.name, line.text))

    def listing(
        self, heading: str, texts: tuple[str, ...], kind: BlockKind = "item"
    ) -> Iterator[Block]:
        """Yield a heading with what stands below it, if there is anything."""
        if texts:
            yield Block("heading", heading)
        for text in texts:
            yield Block(kind, text)

    def account(self, account: Account) -> Iterator[Block]:
        """Yield how the answer came about."""
        words = self.words
        yield Block("heading", words.heading_account)
        for step in account.steps:
            because = f" ({step.because})" if step.because else ""
            colon = "" if step.question.endswith("?") else ":"
            yield Block("line", f"{step.question}{colon} {step.answer}{because}.")
        for table in account.matrices:
            yield from self.matrix(table)
        if account.looks:
            yield Block("text", " ".join(account.looks))
        if account.masked:
            yield Block("text", words.masked_note)
        if account.facts and account.facts.rows:
            yield from self.facts(account.facts)
        if account.changes or account.changes_note:
            yield Block("subheading", words.heading_changes)
            yield Block("text", account.changes_note or words.changes_note)
        for change in account.changes:
            yield Block("item", f"{self.labelled(change.name, change.what)} {change.who}".rstrip())
        if account.readings:
            yield Block("subheading", words.heading_readings)
            yield Block("text", words.readings_note)
        for one in account.readings:
            yield Block("item", one.reading)
            yield Block("item", self.labelled(words.alternative, one.alternative), 1)
            yield Block("item", self.labelled(words.place, one.place), 1)
        if account.versions:
            yield Block("subheading", words.heading_versions)
        yield from (Block("item", text) for text in account.versions)

    def matrix(self, table: Matrix) -> Iterator[Block]:
        """Yield a table column by column."""
        yield Block("subheading", table.title)
        yield Block("text", self.words.matrix_note)
        for number, column in enumerate(table.columns):
            yield Block("item", self.labelled(column.title, column.end.text), 0, column.end.mark)
            for row in table.rows:
                cell = row.cells[number]
                if cell is not None:
                    yield Block("item", self._asked(row, cell), 1, cell.mark)

    def _asked(self, row: Row, cell: Cell) -> str:
        """Return what one outcome asks of one row; values that it may not be, without "no"."""
        words, yours = self.words, f"{self.words.yours.lower()} {row.yours}"
        label, found, values = row.text.partition(": ")
        if row.of_values and found and cell.text == words.asks_no:
            here = words.asked_not[cell.mark]
            return words.asks_not.format(label=label, words=values, yours=yours, here=here)
        return self.labelled(row.text, f"{cell.text}, {yours} – {self.frame.marks[cell.mark]}")

    def facts(self, table: FactsTable) -> Iterator[Block]:
        """Yield what is known, each with where it comes from."""
        words = self.words
        notes = ((table.special, words.special), (not table.recorded, words.not_recorded))
        yield Block("subheading", words.heading_facts)
        said = " ".join(text for here, text in notes if here)
        yield from [Block("text", said)] if said else []
        for row in table.rows:
            origin = "; ".join(filter(None, (row.source, row.who)))
            from_ = f" ({origin or self.frame.not_recorded})" if table.recorded else ""
            yield Block("item", f"{self.labelled(first_up(row.names), row.words)}{from_}.")
        yield from (Block("text", note) for note in table.notes)


def blocks_of(explanation: model.ExplanationData, ruleset: RuleSet | None = None) -> list[Block]:
    """Return what the page of a client says."""
    return list(Prose(client_page(explanation, ruleset)).blocks())


def as_text(blocks: list[Block]) -> str:
    """Return a page as text of at most 80 columns, ending in a newline."""
    return "\n\n".join("\n".join(_lines(run)) for run in _runs(blocks)) + "\n"


def _runs(blocks: list[Block]) -> Iterator[list[Block]]:
    """Yield the blocks that stand together: those of one list, and any other by itself."""
    numbered = enumerate(blocks)
    for _, run in groupby(numbered, key=lambda one: "list" if one[1].kind in LISTED else one[0]):
        yield [block for _, block in run]


def _bullets(run: list[Block]) -> Iterator[tuple[Block, str]]:
    """Yield the blocks of a list with what is before each; steps are numbered."""
    for number, block in enumerate(run, 1):
        yield block, {"step": f"{number}. ", "line": ""}.get(block.kind, "- ")


def _lines(run: list[Block]) -> Iterator[str]:
    first = run[0]
    match first.kind:
        case "title" | "heading":
            yield first.text
            yield ("=" if first.kind == "title" else "-") * len(first.text)
        case "subheading":
            yield first.text if first.text[-1] in "?!." else f"{first.text}:"
        case "item" | "step" | "line":
            for block, bullet in _bullets(run):
                sign = f"{SIGNS[block.mark]} " if block.mark else bullet
                indent = "   " * block.level
                yield _wrapped(block.text, indent + sign, indent + " " * (len(sign) or 3))
        case _:
            yield _wrapped(first.text)


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
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
    """Return a page as Markdown, ending in a newline; what is special is escaped."""
    return "\n\n".join("\n".join(_markdown(run)) for run in _runs(blocks)) + "\n"


def _escaped(text: str) -> str:
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", _special(text))


def _special(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _markdown(run: list[Block]) -> Iterator[str]:
    first = run[0]
    text = _escaped(first.text)
    match first.kind:
        case "title" | "heading" | "subheading":
            yield f"{_MARKDOWN_HEADING[first.kind]} {text}"
        case "item" | "step" | "line":
            for block, bullet in _bullets(run):
                mark = f"{SIGNS[block.mark]} " if block.mark else ""
                said = (
                    _SPECIAL.sub(r"\\\1", block.text)
                    if block.kind == "line"
                    else _escaped(block.text)
                )
                yield f"{'  ' * block.level}{bullet}{mark}{said}"
        case _:
            yield f"**{text}**" if first.kind == "result" else text


_TAGS = {"title": "h3", "heading": "h4", "subheading": "h5"}


def as_html(blocks: list[Block], language: str) -> str:
    """Return a page as a section of plain HTML, with no style and nothing from elsewhere."""
    return f'<section lang="{escape(language)}">{"".join(map(_html, _runs(blocks)))}</section>'


def _html(run: list[Block]) -> str:
    first = run[0]
    if first.kind in ("item", "step"):
        items = "".join(f"<li>{escape(block.text)}</li>" for block in run)
        return f"<ol>{items}</ol>" if first.kind == "step" else f"<ul>{items}</ul>"
    tag = _TAGS.get(first.kind, "p")
    texts = [escape(block.text) for block in run]
    texts = [f"<strong>{text}</strong>" if first.kind == "result" else text for text in texts]
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)
