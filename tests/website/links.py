"""What the pages of a site, as they are on disk, lead to and take in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["dead_ends"]

OUTSIDE = ("http", "https", "mailto", "tel", "data")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.anchors, self.leads, self.takes = set[str](), set[str](), set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            # What a link leads to is opened by the reader; all else the page itself takes in.
            elif name == "href" and value:
                (self.leads if tag == "a" else self.takes).add(value)
            elif name in ("src", "srcset", "poster") and value:
                self.takes.add(value)


@cache
def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def dead_ends(site: Path) -> Iterator[str]:
    """Yield each link of a site that leads nowhere, and each part that lies elsewhere."""
    for path in sorted(site.rglob("*.html")):
        page = _read(path)
        for target in sorted(page.leads | page.takes):
            parts = urlsplit(target)
            if parts.scheme in OUTSIDE or parts.netloc:
                if target in page.takes and parts.scheme != "data":
                    yield f"{path.relative_to(site)} takes in {target}"
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not file.is_file():
                yield f"{path.relative_to(site)} leads to {target}: there is no such file"
                continue
            anchor = unquote(parts.fragment) if file.suffix == ".html" else ""
            if anchor and anchor not in _read(file).anchors:
                yield f"{path.relative_to(site)} leads to {target}: there is no such anchor"
