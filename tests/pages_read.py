"""Reads a page as a browser would: its elements, its addresses, and where its links lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = ("meta", "br", "col", "img", "link", "input", "hr")


@dataclass
class Page(HTMLParser):
    """One page; `shape` is what stands in what, without a word of text.

    Where the label of a picture breaks into lines hangs on the words of a language: its lines are
    one.
    """

    text: str
    shape: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()
        assert self.open == [], "something is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, its address and its link."""
        had = dict(attrs)
        if tag == "text" and self.shape[-1] == "</text>":
            self.shape.pop()  # the next line of a label
        else:
            self.shape.append(f"<{tag} {had.get('id', '')} {had.get('href', '')}>")
        self.ids += [had["id"] or ""] if "id" in had else []
        self.links += [had["href"] or ""] if "href" in had else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element: the one that was opened last."""
        assert self.open.pop() == tag, tag
        self.shape.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Keep what people read."""
        if self.open and self.open[-1] not in ("style", "title"):
            self.words.append(data)

    @property
    def said(self) -> str:
        """All that people read, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def lost(self) -> list[str]:
        """Return the links within the page that lead nowhere."""
        inside = [link[1:] for link in self.links if link.startswith("#")]
        return [name for name in inside if name not in self.ids]
