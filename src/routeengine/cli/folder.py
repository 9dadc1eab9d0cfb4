"""A page for each client of a caseload, in a folder of their own."""

from __future__ import annotations

import argparse
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final

from routeengine.caseload.source import refuse_name, refusing_to_write
from routeengine.cli.classify import progress_bar
from routeengine.cli.engines import engine_of, tell_answered
from routeengine.cli.observed import Observed, opened
from routeengine.cli.output import STANDARD, show, source_name, tell
from routeengine.errors import BudgetError, CaseloadError, UsageError, shown
from routeengine.explanation import Explanation
from routeengine.ruleset.model import RuleSet

PART: Final = ".part"
"""Where a page stands until it is whole."""

ID_SIGNS: Final = 40
"""Signs of a client id that a name of a file takes over."""


class Folder:
    """A folder that holds nothing but whole pages, for its owner alone.

    Raises CaseloadError if it cannot be made, or holds something: pages of an earlier run would
    stand among those of this one.
    """

    def __init__(self, path: str) -> None:
        refuse_name(path)
        self.count = 0
        self._path, self._named = Path(path), shown(path)
        with refusing_to_write(self._named):
            if self._path.exists() and any(self._path.iterdir()):
                raise CaseloadError(
                    self._named, "must be an empty folder, or one that is not there"
                )

    def make(self) -> None:
        """Make the folder: not before there is a page, for whoever is refused one finds none."""
        with refusing_to_write(self._named):
            self._path.mkdir(mode=0o700, exist_ok=True)
            self._path.chmod(0o700)

    def put(self, client_id: str | None, text: str) -> Path:
        """Write the page of a client, and return where it stands."""
        if not self.count:
            self.make()
        self.count += 1
        page, part = self._path / name_of(self.count, client_id), self._path / PART
        try:
            with refusing_to_write(self._named):
                with open(
                    part, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)
                ) as file:
                    file.write(f"{text}\n".encode(errors="backslashreplace"))
                part.rename(page)
        finally:
            part.unlink(missing_ok=True)
        return page


def name_of(number: int, client_id: str | None) -> str:
    """Return the name of a page: its number, and of the client id what any disk takes in a name.

    The number is in no other name, so two ids of which the same is left do not meet.
    """
    plain = unicodedata.normalize("NFKD", client_id or "")
    kept = re.sub(r"[^A-Za-z0-9]+", "-", plain)[:ID_SIGNS].strip("-")
    return f"{number:04}-{kept}.html" if kept else f"{number:04}.html"


def a_page_for_each(
    arguments: argparse.Namespace, ruleset: RuleSet, write: Callable[[Explanation], str]
) -> int:
    """Write the page of every client who can be explained; 1 if a row cannot be used."""
    if arguments.output in (None, STANDARD):
        raise UsageError("`--all` needs `-o DIR`: a folder, with a page for each client")
    engine = engine_of(arguments, ruleset)
    seen = Observed(ruleset, arguments.events, arguments.decimal)
    with (
        opened(arguments, arguments.caseload, ruleset) as caseload,
        progress_bar() as progress,
    ):
        folder, pages, faulty = Folder(arguments.output), dict[str | None, Path](), 0
        for row in caseload:
            faults = row.faults
            if row.profile is None:
                # A client who is there twice is not explained by one of the rows.
                if page := pages.pop(row.client_id, None):
                    page.unlink()
            else:
                try:
                    text = write(seen.explain(engine, row.profile, arguments.lang, arguments.at))
                    pages[row.client_id] = folder.put(row.client_id, text)
                except BudgetError as error:
                    faults = (row.refused(error),)
            faulty += bool(faults)
            for fault in faults:
                tell(f"{source_name(arguments.caseload)}:{fault}")
            if progress is not None:
                progress(caseload)
        if not folder.count:
            folder.make()
        for note in caseload.notes:
            tell(note)
        caseload.refuse_change()
    tell_answered(engine, seen.answered)
    show(f"{shown(arguments.output)}: pages {len(pages)}, rows that cannot be used {faulty}")
    return 1 if seen.is_faulty() or faulty else 0
