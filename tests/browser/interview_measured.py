"""Measures the page of an interview for docs/interview-page.md: sizes, and how long answers take.

    PYTHONPATH=tests python tests/browser/interview_measured.py [CLIENTS]

Clients answer by real clicks, and after each click the page is held against the engine.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from browser.chromium import Chromium, Tab
from browser.interviewed import IN_SCOPE, driven
from routeengine import load_ruleset
from routeengine.cli.output import show
from routeengine.i18n import LANGUAGES
from routeengine.interview_page import interview_page

__all__ = ["sizes"]

SEED = 16


def sizes(language: str) -> tuple[float, float]:
    """Return how large the page is, and how large when compressed, in thousands of bytes."""
    page = interview_page(load_ruleset("rijswijk-2023"), language).encode()
    return len(page) / 1000, len(gzip.compress(page, 9)) / 1000


class Timed(Tab):
    """A tab that keeps how long each click took, before another page takes its place."""

    took: tuple[tuple[str, float], ...] = ()

    def open(self, path: Path) -> list[str]:
        """Open a file."""
        self.keep()
        return super().open(path)

    def keep(self) -> None:
        """Keep what the page that is open has noted."""
        found: Any = self.run("globalThis.page ? page.took : []")
        self.took += tuple((name, taken) for name, taken in found)


def main(count: int) -> None:
    """Print sizes, how many answers were as the engine has them, and how long they took."""
    for language in LANGUAGES:
        show("| {} | {:.0f} kB | {:.0f} kB |".format(language, *sizes(language)))
    ruleset = load_ruleset("rijswijk-2023")
    with TemporaryDirectory() as folder, Chromium() as chromium:
        page = Path(folder) / "page.html"
        page.write_text(interview_page(ruleset), encoding="utf-8")
        tab = Timed(chromium)
        answers = driven(tab, page, ruleset, count, SEED, IN_SCOPE)
        tab.keep()
    checks = [taken for name, taken in tab.took if name == "#check"]
    others = [taken for name, taken in tab.took if name != "#check"]
    show(f"{count} clients, {answers} answers, {len(others)} clicks: no difference from the engine")
    show(f"a click: {median(others):.0f} ms in the median, {max(others):.0f} ms at most")
    show(
        f"to check the advice: {median(checks):.0f} ms in the median, {max(checks):.0f} ms at most"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
