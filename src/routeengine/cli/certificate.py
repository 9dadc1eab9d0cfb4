"""Certificates in a folder, for the programs that check them (`portable/check`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from routeengine.caseload.source import refuse_name, refusing_to_write
from routeengine.cli.output import give
from routeengine.errors import shown


def write_folder(path: str, texts: Mapping[str, str]) -> None:
    """Write some files, by their names, in a folder that is made if it is not there.

    Raises CaseloadError where that cannot be done.
    """
    refuse_name(path)
    with refusing_to_write(shown(path)):
        Path(path).mkdir(exist_ok=True)
    for name, text in texts.items():
        give(text, str(Path(path, name)))
