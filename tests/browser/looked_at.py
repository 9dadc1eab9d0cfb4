"""What is asked of each page in a browser, whatever it is about."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from browser.chromium import Chromium, Tab, absent
from browser.interviewed import Conversation

__all__ = ["Looker", "missing_part"]

MEASURE = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")

A4_WIDTH = 672
"""CSS pixels between the margins of a sheet (178 mm)."""

WIDE, NARROW = 1280, 320

COLOURS = '["color-contrast", "link-in-text-block"]'


def missing_part() -> str | None:
    """Return what is not there of what it takes to look at pages, or None."""
    if "ROUTEENGINE_AXE" not in os.environ and shutil.which("npm") is None:
        return "there is no npm to install axe-core with (ROUTEENGINE_AXE names its axe.min.js)"
    match = shutil.which("fc-match")
    if match is None or b"Liberation" not in subprocess.check_output([match, "Arial"]):
        return "there are no letters as wide as those of Arial (Debian: fonts-liberation)"
    return absent()


def axe(folder: Path) -> str:
    """Return the script of axe-core, installed into a folder unless ROUTEENGINE_AXE names it."""
    named = os.environ.get("ROUTEENGINE_AXE")
    if named is None:
        install = [
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix=.",
            "axe-core@4",
        ]
        subprocess.run(install, cwd=folder, check=True, timeout=300)
        named = str(folder / "node_modules/axe-core/axe.min.js")
    return Path(named).read_text(encoding="utf-8")


class Looker:
    """Opens pages in one tab, and says what is wrong with them."""

    def __init__(self, chromium: Chromium, folder: Path) -> None:
        self.tab = Tab(chromium)
        self._axe = axe(folder)
        self._page = folder / "page.html"

    def opened(self, page: str) -> list[str]:
        """Open a page, and return what it asked for besides itself."""
        self._page.write_text(page, encoding="utf-8")
        return self.opened_file(self._page)

    def opened_file(self, path: Path) -> list[str]:
        """Open a page that is there, and return what it asked for besides itself."""
        return self.visited(path.as_uri())

    def visited(self, address: str) -> list[str]:
        """Open an address, and return what it asked for besides itself."""
        asked = self.tab.visit(address)
        self.tab.run(f"globalThis.measure = {MEASURE.strip()}; 0")
        return asked

    def talk(self, page: str) -> Conversation:
        """Open the page of an interview, for somebody to answer."""
        self._page.write_text(page, encoding="utf-8")
        talk = Conversation(self.tab, self._page)
        self.tab.run(f"globalThis.measure = {MEASURE.strip()}; 0")
        return talk

    def complaints(self, narrow: str = "") -> list[str]:
        """Return every rule that the page breaks: light, dark, and on a narrow screen.

        `narrow` names the rules of the last, where a narrow screen changes nothing else.
        """
        self.tab.run(f"{self._axe}; 0")
        found = []
        for width, scheme in ((WIDE, "light"), (WIDE, "dark"), (NARROW, "light")):
            self.tab.show(width=width, scheme=scheme)
            # In the dark nothing differs but colours.
            rules = COLOURS if scheme == "dark" else narrow if width == NARROW else ""
            told = self.tab.run(f"measure.broken({rules})")
            taken = self.tab.run("measure.width()")
            told += [f"is {taken} wide"] if taken > width else []
            found += [f"{scheme}, {width} px: {one}" for one in told]
        return found

    def sheets(self) -> int:
        """Return on how many sheets the page is printed."""
        return len(re.findall(rb"/Type\s*/Page\b[^s]", self.tab.printed()))

    def letters(self, selector: str) -> tuple[float, str]:
        """Return the smallest letters on paper inside what is selected, in points; and the text."""
        self.tab.show(media="print", width=A4_WIDTH)
        points, text = self.tab.run(f"measure.smallest({json.dumps(selector)})")
        return points, text

    def pictured(self, path: Path, *, width: int = 1280, scheme: str = "light") -> None:
        """Write a picture of the page, for people to look at."""
        self.tab.show(width=width, scheme=scheme)
        path.write_bytes(self.tab.screenshot())
