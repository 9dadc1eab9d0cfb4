"""Folders that are written anew: all of their files or none, or whole pages one by one."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from routeengine.caseload.reading import Caseload
from routeengine.caseload.rows import RowFault
from routeengine.caseload.source import refuse_name, refusing_to_write
from routeengine.errors import BudgetError, CaseloadError, shown

PART: Final = ".part"
"""Where a page stands until it is whole."""

ID_SIGNS: Final = 40
"""Signs of a client id that a name of a file takes over."""


def new_folder(path: str) -> Path:
    """Return a folder that is to be made, or that holds nothing.

    Raises CaseloadError if it holds something, or is a file: nothing is written over.
    """
    refuse_name(path)
    folder = Path(path)
    with refusing_to_write(shown(path)):
        if folder.exists() and any(folder.iterdir()):
            raise CaseloadError(shown(path), "must be an empty folder, or one that is not there")
    return folder


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write all files or none: beside the folder first, under a name that holds `part`.

    The folder is one that `new_folder` gave. Raises CaseloadError if the disk refuses it.
    """
    part = folder.with_name(f"{folder.name}.{secrets.token_hex(8)}.part")
    with refusing_to_write(shown(str(folder))):
        try:
            for name, data in files.items():
                (part / name).parent.mkdir(parents=True, exist_ok=True)
                (part / name).write_bytes(data.encode() if isinstance(data, str) else data)
            if folder.exists():
                folder.rmdir()
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)


class PageFolder:
    """A folder that holds nothing but whole pages, for its owner alone.

    Raises CaseloadError if it cannot be made, or holds something: pages of an earlier run would
    stand among those of this one.
    """

    def __init__(self, path: str) -> None:
        self.count = 0
        self._path, self._named = new_folder(path), shown(path)

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


def write_pages(
    caseload: Caseload,
    folder: PageFolder,
    page_of: Callable[[Mapping[str, Any]], str],
    *,
    report: Callable[[RowFault], object],
    progress: Callable[[Caseload], object] | None,
) -> tuple[int, int]:
    """Write the page of each client of whom one can be made; the folder is there in any case.

    Return how many pages there are, and how many rows could not be used: `report` is told why.
    """
    pages, faulty = dict[str | None, Path](), 0
    for row in caseload:
        faults = row.faults
        if row.profile is None:
            # A client who is there twice is not explained by one of the rows.
            if page := pages.pop(row.client_id, None):
                page.unlink()
        else:
            try:
                pages[row.client_id] = folder.put(row.client_id, page_of(row.profile))
            except BudgetError as error:
                faults = (row.refused(error),)
        faulty += bool(faults)
        for fault in faults:
            report(fault)
        if progress is not None:
            progress(caseload)
    if not folder.count:
        folder.make()
    return len(pages), faulty


def name_of(number: int, client_id: str | None) -> str:
    """Return the name of a page: its number, and of the client id what any disk takes in a name.

    The number is in no other name, so two ids of which the same is left do not meet.
    """
    plain = unicodedata.normalize("NFKD", client_id or "")
    kept = re.sub(r"[^A-Za-z0-9]+", "-", plain)[:ID_SIGNS].strip("-")
    return f"{number:04}-{kept}.html" if kept else f"{number:04}.html"
