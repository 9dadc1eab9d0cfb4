"""Rule files: which they are, on disk or in a package, and their text, within limits.

A rule set for policy staff stays far below the limits of size, here and in what reads the text.
They are there so that a file made to do harm costs no more time and memory than an honest one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from importlib.metadata import EntryPoint, entry_points
from importlib.resources.abc import Traversable
from pathlib import Path, PurePath, PurePosixPath
from types import ModuleType
from typing import TypeAlias, cast

from routeengine.errors import Fault, RuleSetError, UsageError
from routeengine.loading.yaml_tree import Collector, first_bad_character
from routeengine.ruleset.flaws import did_you_mean
from routeengine.ruleset.words import Place

ENDINGS = (".yaml", ".yml")

MAX_FILE_BYTES = 1_048_576
"""Bytes per file."""

MAX_FILES = 64
"""Files per rule set; and versions in a folder of them."""

GROUP = "routeengine.rulesets"
"""The entry points by which other packages offer rule sets."""

WORKBOOK = ".xlsx"

TABLE_ENDINGS = (".csv", WORKBOOK)

Content: TypeAlias = "Traversable | str | bytes"
"""A file, or what is in it."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Where the tables of a rule set are: in the folder of its rule files, or `given` by name.

    `name` is that of the folder, as faults show it.
    """

    name: str = ""
    folder: Traversable | None = None
    given: Mapping[str, str | bytes] = field(default_factory=dict)

    def find(self, table: str) -> tuple[str, Content | None]:
        """Return a table with the name that faults show; None if there is no such file inside.

        No link is followed: what a folder of rules holds is what its author put there.
        """
        if self.folder is None:
            return table, self.given.get(table)
        steps = PurePosixPath(table).parts
        plain = "/".join(steps) == table and not any(
            step.startswith(".") or "\\" in step or ":" in step for step in steps
        )
        place = self.folder
        for step in steps if plain else ():
            place = place.joinpath(step)
            if isinstance(place, Path) and place.is_symlink():
                plain = False
        return str(PurePath(self.name, table)), place if plain and place.is_file() else None


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one rule set, or their texts, by the names that faults show; and its tables."""

    contents: Mapping[str, Content]
    beside: Beside


@dataclass(frozen=True, slots=True)
class Found:
    """What a name or path stands for: the files of one rule set, or of versions by their names."""

    name: str
    files: Files
    versions: Mapping[str, Files] = field(default_factory=dict)


def shipped_folder() -> Path:
    """Return the folder of the rule sets that come with this package.

    In an installed package it stands inside it; in a source checkout it is
    `rules` at the top.
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "_rules"
    return inside if inside.is_dir() else package.parents[1] / "rules"


def shipped_rulesets() -> tuple[str, ...]:
    """Return the names of the rule sets that come with this package.

    Examples:
        >>> from routeengine import shipped_rulesets
        >>> shipped_rulesets()
        ('bijstand-norm', 'rijswijk-2023')
    """
    folder = shipped_folder()
    if not folder.is_dir():
        return ()
    inside = (one for one in folder.iterdir() if one.is_dir() and yaml_files(one))
    return tuple(sorted(one.name for one in inside))


def offered_rulesets() -> tuple[str, ...]:
    """Return the names of the rule sets that other installed packages offer; loads none of them.

    A package offers them by entry points of the group `routeengine.rulesets` (see
    `docs/embedding.md`).
    """
    return tuple(sorted({one.name for one in entry_points(group=GROUP)}))


def find_rules(rules: object) -> Found:
    """Return where the files of a rule set, or of versions of it, are.

    Raises UsageError for what names nothing, and RuleSetError if there is nothing to read.
    """
    if isinstance(rules, Mapping):
        return Found("the files", _given(rules))
    name = path_text(rules)
    try:
        return _found(name, _place(name) if isinstance(rules, str) else _existing(name))
    except OSError as error:
        raise _not_loaded(name, f"cannot be read: {error.strerror or 'unknown reason'}") from None


def _given(files: Mapping[object, object]) -> Files:
    """Return files that are given by their names and texts."""
    if not files:
        raise UsageError("no rules are given: the mapping holds no file")
    if len(files) > MAX_FILES:
        raise UsageError(f"more than {MAX_FILES} rule files are given")
    for name, text in files.items():
        if not isinstance(name, str) or not name.strip() or not isinstance(text, str | bytes):
            raise UsageError("rules in a mapping are texts by the names of their files")
    every = cast("Mapping[str, str | bytes]", files)
    rules = {name: one for name, one in every.items() if not name.lower().endswith(TABLE_ENDINGS)}
    if not rules:
        raise UsageError("no rules are given: the mapping holds tables, and no rule file")
    return Files(rules, Beside(given=every))


def path_text(given: object) -> str:
    """Return the path that is given; raises UsageError for none, which would be where we are."""
    path = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    # `Path("")` cannot be told from `Path(".")`.
    if path is not None and (not path.strip() or given == PurePath()):
        raise UsageError("no path is given: the current folder is `.` as text, or `Path.cwd()`")
    if not isinstance(path, str):
        raise UsageError(f"no name or path, but a value of type {type(given).__name__}")
    if "\n" in path or "\0" in path:
        raise UsageError("a name or path is one line: the text of rules goes in a mapping, by file")
    return path


def _place(name: str) -> Traversable:
    """Return what a text names: a shipped rule set, else an offered one, else a path."""
    shipped = shipped_rulesets()
    if name in shipped:
        return shipped_folder() / name
    # `./name` is always a path. To look what is offered takes longer than to find a file.
    is_path = name.startswith(".") or Path(name).is_absolute()
    if not is_path and (offered := [e for e in entry_points(group=GROUP) if e.name == name]):
        return _resource(offered)
    return _existing(name, shipped)


def _existing(name: str, shipped: Sequence[str] | None = None) -> Path:
    """Return a path; where it may have been a name too, say which name is like it."""
    if (path := Path(name)).exists():
        return path
    hint = ""
    if shipped is not None:
        listed = "shipped are " + ", ".join(f"`{one}`" for one in shipped)
        hint = did_you_mean(name, (*shipped, *offered_rulesets()), listed if shipped else "")
    raise _not_loaded(name, "is no shipped rule set and no file or folder", hint)


def _resource(offered: Sequence[EntryPoint]) -> Traversable:
    """Return the folder or file that a package offers; its code runs here, and not before."""
    (one, *others), name = offered, offered[0].name
    by = " and ".join(sorted(f"`{each.dist.name}`" for each in offered if each.dist))
    if others:
        raise _not_loaded(name, f"is offered by more than one package: {by}")
    try:
        found = one.load()
        # A package stands for what is in it.
        found = resources.files(found) if isinstance(found, ModuleType) else found
    except Exception as error:  # whatever the code of another package raises
        kind = type(error).__name__
        raise _not_loaded(name, f"is offered by {by}, and cannot be loaded: {kind}") from error
    if isinstance(found, str) and found:
        found = Path(found)
    if not isinstance(found, Traversable) or (isinstance(found, Path) and not found.is_absolute()):
        wanted = "a package, the full path of a folder or file, or a resource"
        raise _not_loaded(name, f"is offered by {by} as something else than {wanted}")
    return found


def _found(name: str, place: Traversable) -> Found:
    """Return the files of a folder, those of the versions in its folders, or the one file."""
    if not place.is_dir():
        within = (
            Beside(str(PurePath(name).parent), place.parent)
            if isinstance(place, Path)
            else Beside()
        )
        return Found(name, Files({name: place}, within))
    files, inside = yaml_files(place), sorted(place.iterdir(), key=lambda one: one.name)
    folders = [one for one in inside if one.is_dir() and one.name[0] != "." and yaml_files(one)]
    if not files and not folders:
        raise _not_loaded(name, "the folder holds no rule file", "rule files end in `.yaml`")
    if files and folders:
        # Read silently over, they would be rules that nobody misses.
        message = f"holds rule files in the folder `{folders[0].name}`, which are not read"
        raise _not_loaded(name, message, "put rule files directly in the folder")
    if max(len(files), len(folders)) > MAX_FILES:
        raise _not_loaded(name, f"the folder holds more than {MAX_FILES} rule files or versions")
    beside = Beside(name, place)
    if files:
        contents = {str(PurePath(name, one.name)): one for one in files}
        return Found(name, Files(contents, beside))
    each = {str(PurePath(name, one.name)): one for one in folders}
    versions = {one: _found(one, folder).files for one, folder in each.items()}
    return Found(name, Files({}, beside), versions)


def yaml_files(folder: Traversable) -> list[Traversable]:
    """Return the YAML files that stand in a folder, in order of name; hidden ones are none."""
    files = (one for one in folder.iterdir() if one.name.lower().endswith(ENDINGS))
    return sorted((one for one in files if not one.name.startswith(".")), key=lambda one: one.name)


def _not_loaded(name: str, message: str, hint: str = "") -> RuleSetError:
    return RuleSetError((Fault(name, 0, 0, message, hint),))


def text_of(file: str, content: Content, collector: Collector) -> str:
    """Return the text of a file, as `decode` does."""
    return decode(file, bytes_of(file, content, collector), collector)


def read_text(file: str, path: Traversable, collector: Collector) -> str:
    """Return the text of a file, as `decode` does."""
    return decode(file, bytes_of(file, path, collector), collector)


def bytes_of(
    file: str, content: Content, collector: Collector, most: int = MAX_FILE_BYTES
) -> bytes:
    """Return what is in a file, of which there may be so many bytes.

    Never reads more than that, whatever the size is said to be. Raises UnreadableError, and keeps
    the fault, if it cannot be read.
    """
    if isinstance(content, str):
        return content.encode("utf-8", "surrogatepass")
    if isinstance(content, bytes):
        return content
    path = content
    try:
        # Asked before opening: to open a pipe would wait for a writer.
        if isinstance(path, Path) and not stat.S_ISREG(path.stat().st_mode):
            collector.refuse(Place(file), "is no ordinary file")
        with path.open("rb") as stream:
            return stream.read(most + 1)
    except OSError as error:
        collector.refuse(Place(file), f"cannot be read: {error.strerror or 'unknown reason'}")


def check_size(file: str, data: bytes, collector: Collector, most: int) -> None:
    """Raise UnreadableError, and keep the fault, for more bytes than there may be."""
    if len(data) > most:
        message = f"is larger than {most} bytes"
        collector.refuse(Place(file), message, "spread the rules over files")


def decode(file: str, data: bytes, collector: Collector, most: int = MAX_FILE_BYTES) -> str:
    """Return the text of a file that is at hand.

    Raises UnreadableError, and keeps the fault, if it is no plain UTF-8 text.
    """
    check_size(file, data, collector, most)
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
