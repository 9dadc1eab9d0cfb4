"""Rule files on disk: which they are, and their text, within limits.

A rule set for policy staff stays far below the limits of size, here and in what reads the text.
They are there so that a file made to do harm costs no more time and memory than an honest one.
"""

from __future__ import annotations

import stat
from pathlib import Path

from routeengine.errors import Fault, RuleSetError
from routeengine.loading.yaml_tree import Collector, first_bad_character
from routeengine.ruleset.flaws import did_you_mean
from routeengine.ruleset.words import Place

ENDINGS = (".yaml", ".yml")

MAX_FILE_BYTES = 1_048_576
"""Bytes per file."""

MAX_FILES = 64
"""Files per rule set."""


def shipped_folder() -> Path:
    """Return the folder of the rule sets that come with this package.

    In an installed package it stands inside it; in a source checkout it is
    `rules` at the top.
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "_rules"
    return inside if inside.is_dir() else package.parents[1] / "rules"


def shipped_rulesets() -> tuple[str, ...]:
    """Return the names of the rule sets that come with this package."""
    folder = shipped_folder()
    if not folder.is_dir():
        return ()
    return tuple(sorted(one.name for one in folder.iterdir() if any(_yaml_files(one))))


def find_files(name: str | Path) -> dict[str, Path]:
    """Return the files of a rule set, in order, by the names that faults show.

    A text that is a shipped name means that rule set; all else is a path. Raises
    RuleSetError if there is nothing to read.
    """
    shipped = shipped_rulesets() if isinstance(name, str) else ()
    path = shipped_folder() / name if name in shipped else Path(name)
    if path.is_dir():
        files = {str(Path(name) / one.name): one for one in _yaml_files(path)}
        if not files:
            raise _not_loaded(name, "the folder holds no rule file", "rule files end in `.yaml`")
        inside = sorted(one.name for one in path.iterdir() if any(_yaml_files(one)))
        if inside:
            # Read silently over, they would be rules that nobody misses.
            message = f"holds rule files in the folder `{inside[0]}`, which are not read"
            raise _not_loaded(name, message, "put rule files directly in the folder")
        if len(files) > MAX_FILES:
            raise _not_loaded(name, f"the folder holds more than {MAX_FILES} rule files")
        return files
    if not path.exists():
        hint = did_you_mean(
            str(name), shipped, "shipped are " + ", ".join(f"`{s}`" for s in shipped)
        )
        raise _not_loaded(
            name, "is no shipped rule set and no file or folder", hint if shipped else ""
        )
    return {str(name): path}


def _yaml_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    files = (one for one in folder.iterdir() if one.suffix.lower() in ENDINGS)
    return sorted((one for one in files if not one.name.startswith(".")), key=lambda one: one.name)


def _not_loaded(name: str | Path, message: str, hint: str = "") -> RuleSetError:
    return RuleSetError((Fault(str(name), 0, 0, message, hint),))


def read_text(file: str, path: Path, collector: Collector) -> str:
    """Return the text of a file, as `decode` does.

    Never reads more than the limit, whatever the size is said to be.
    """
    try:
        # Asked before opening: to open a pipe would wait for a writer.
        if not stat.S_ISREG(path.stat().st_mode):
            collector.refuse(Place(file), "is no ordinary file")
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        collector.refuse(Place(file), f"cannot be read: {error.strerror or 'unknown reason'}")
    return decode(file, data, collector)


def decode(file: str, data: str | bytes, collector: Collector) -> str:
    """Return the text of a file that is at hand, mostly as bytes.

    Raises UnreadableError, and keeps the fault, if they are no plain UTF-8 text.
    """
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if len(data) > MAX_FILE_BYTES:
        message = f"is larger than {MAX_FILE_BYTES} bytes"
        collector.refuse(Place(file), message, "spread the rules over files")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace")
        place = _place_after(file, before)
        collector.refuse(place, "is no UTF-8 text", "save the file as UTF-8")
    bad = first_bad_character(text)
    if bad is not None:
        number = f"U+{ord(text[bad]):04X}"
        place = _place_after(file, text[:bad])
        collector.refuse(place, f"holds the control character {number}", "take it out")
    return text


def _place_after(file: str, before: str) -> Place:
    line = before.count("\n")
    return Place(file, line + 1, len(before) - (before.rfind("\n") + 1) + 1)
