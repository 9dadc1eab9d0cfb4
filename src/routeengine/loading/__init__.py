"""Loading rule sets from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from routeengine.errors import Fault, RuleSetError
from routeengine.loading.document import build_ruleset
from routeengine.loading.files import decode, find_files, read_text, shipped_rulesets
from routeengine.loading.yaml_tree import (
    Collector,
    MappingNode,
    TreeReader,
    UnreadableError,
)
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.words import Place

__all__ = ["load_ruleset", "ruleset_from_texts", "shipped_rulesets"]


def load_ruleset(name: str | Path, as_of: date | None = None) -> RuleSet:
    """Load a rule set: one that is shipped, by its name, or one from a file or folder.

    A shipped name comes first; `./name` is always a path. `as_of` asks that the
    rule set is valid on that day.

    Raises RuleSetError with every fault at once, each with file, line and column.
    """
    ruleset = _load(find_files(name))
    if as_of is not None:
        _check_validity(str(name), ruleset, as_of)
    return ruleset


def ruleset_from_texts(files: Mapping[str, str | bytes]) -> RuleSet:
    """Build a rule set from the texts of its files, by file name, in that order.

    Raises RuleSetError as `load_ruleset` does.
    """
    return _load(files)


def _load(files: Mapping[str, Path | str | bytes]) -> RuleSet:
    """Read all files, and build only if all could be read: else half the names are missing."""
    collector = Collector()
    collector.mark((), Place(next(iter(files), "")))
    reader = TreeReader(collector)
    root = MappingNode()
    # A file that cannot be read further leaves names out that others refer to. So all files are
    # read, for their own faults, and nothing is concluded from what they would have held.
    readable = True
    for file, content in files.items():
        try:
            if isinstance(content, Path):
                text = read_text(file, content, collector)
            else:
                text = decode(file, content, collector)
            reader.read(file, text, root)
        except UnreadableError:
            readable = False
    if not readable:
        collector.raise_faults()
    return build_ruleset(root, collector)


def _check_validity(name: str, ruleset: RuleSet, as_of: date) -> None:
    first, last = ruleset.valid_from, ruleset.valid_until
    if (first is not None and as_of < first) or (last is not None and last < as_of):
        since = f" from {first}" if first is not None else ""
        until = f" until {last}" if last is not None else ""
        message = f"version {ruleset.version} is valid{since}{until}, not on {as_of}"
        raise RuleSetError((Fault(name, 0, 0, message),))
