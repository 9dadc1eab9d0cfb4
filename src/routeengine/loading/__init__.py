"""Loading rule sets from YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from os import PathLike

from routeengine.errors import Fault, RuleSetError, UsageError
from routeengine.loading.document import build_ruleset
from routeengine.loading.files import (
    Files,
    find_rules,
    offered_rulesets,
    shipped_rulesets,
    text_of,
)
from routeengine.loading.yaml_tree import (
    Collector,
    MappingNode,
    TreeReader,
    UnreadableError,
)
from routeengine.ruleset.flaws import quote
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.words import Place

__all__ = ["load_ruleset", "offered_rulesets", "shipped_rulesets"]


def load_ruleset(
    rules: str | PathLike[str] | Mapping[str, str | bytes], as_of: date | str | None = None
) -> RuleSet:
    """Load a rule set: by its name, from a file or folder, or from texts by file name.

    A shipped name comes first, then one that another package offers, then a path: `./name` is
    always a path. `as_of` is a day, as a date or as text: of a folder that holds versions the one
    that is valid then is taken, and one rule set has to be valid then.

    Raises RuleSetError with every fault at once, each with file, line and column, and UsageError
    for what names no rules or no day.
    """
    day = None if as_of is None else _day(as_of)
    found = find_rules(rules)
    if versions := found.versions or _rule_set_each(found.files):
        return _in_force(found.name, versions, day)
    ruleset = _load(found.files)
    if day is not None and not (version := _Version(found.name, ruleset)).holds(day):
        message = f"version {ruleset.version} is valid {version.days}, not on {day}"
        raise RuleSetError((Fault(found.name, 0, 0, message),))
    return ruleset


def _load(files: Files) -> RuleSet:
    """Read all files, and build only if all could be read: else half the names are missing."""
    collector = Collector()
    collector.mark((), Place(next(iter(files.contents))))
    reader = TreeReader(collector)
    root = MappingNode()
    # A file that cannot be read further leaves names out that others refer to. So all files are
    # read, for their own faults, and nothing is concluded from what they would have held.
    readable = True
    for file, content in files.contents.items():
        try:
            reader.read(file, text_of(file, content, collector), root)
        except UnreadableError:
            readable = False
    if not readable:
        collector.raise_faults()
    return build_ruleset(root, collector, files.beside)


def _day(as_of: object) -> date:
    """Return a day; of a moment that is its own day, wherever we are."""
    told = quote(as_of) if isinstance(as_of, str) else f"a value of type {type(as_of).__name__}"
    try:
        day = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        if isinstance(day, date):
            return date(day.year, day.month, day.day)
    except (TypeError, ValueError):  # a moment that is none, as pandas has one, has no year
        pass
    raise UsageError(f"{told} is no day: write it as 2024-05-06")


# Versions, and the days on which they are valid


_HEADER = re.compile(r"\bruleset[\"']?\s*:")
"""Found in every file that has the section `ruleset`, and seldom in another."""


def _rule_set_each(files: Files) -> Mapping[str, Files]:
    """Return files as versions, if more than one of them holds the id of a rule set."""
    texts: dict[str, str] = {}
    for file, content in files.contents.items():
        with suppress(UnreadableError):  # told when the file is read in earnest
            texts[file] = text_of(file, content, Collector())
    headed = [one for one in texts.items() if _HEADER.search(one[1])]
    if len(headed) > 1 and sum(_has_id(*one) for one in headed) > 1:
        return {
            file: Files({file: content}, files.beside) for file, content in files.contents.items()
        }
    return {}


def _has_id(file: str, text: str) -> bool:
    root = MappingNode()
    with suppress(UnreadableError, RuleSetError):
        TreeReader(Collector()).read(file, text, root)
    header = root.get("ruleset")
    return isinstance(header, MappingNode) and "id" in header


@dataclass(frozen=True, slots=True)
class _Version:
    """A version of a rule set, by the file or folder that it is in."""

    file: str
    ruleset: RuleSet

    def __str__(self) -> str:
        return f"version {self.ruleset.version} (`{self.file}`)"

    @property
    def first(self) -> date:
        return self.ruleset.valid_from or date.min

    @property
    def last(self) -> date:
        return self.ruleset.valid_until or date.max

    @property
    def days(self) -> str:
        return _span(self.first, self.last)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def _span(first: date, last: date) -> str:
    """Return the days of a period in words, where an end may be open."""
    since = f"from {first}" if first > date.min else ""
    until = f"until {last}" if last < date.max else ""
    return " ".join(filter(None, (since, until))) or "on every day"


def _in_force(name: str, files: Mapping[str, Files], day: date | None) -> RuleSet:
    """Return the version that is valid on a day; all of them have to load and fit together."""
    if day is None:
        message = "holds versions of a rule set: " + ", ".join(f"`{file}`" for file in files)
        hint = "ask for a day with `as_of`, or `--as-of DAY`; or name one of them"
        raise RuleSetError((Fault(name, 0, 0, message, hint),))
    versions: list[_Version] = []
    faults: list[Fault] = []
    for file, its_files in files.items():
        try:
            versions.append(_Version(file, _load(its_files)))
        except RuleSetError as error:
            faults += error.faults
    if not faults:
        versions.sort(key=lambda one: (one.first, one.last))
        faults = [Fault(name, 0, 0, message) for message in _misfits(versions)]
    if faults:
        raise RuleSetError(tuple(faults))
    for one in versions:
        if one.holds(day):
            return one.ruleset
    days = _span(versions[0].first, versions[-1].last)
    message = f"no version is valid on {day}: there are versions {days}"
    raise RuleSetError((Fault(name, 0, 0, message),))


def _misfits(versions: Sequence[_Version]) -> Iterator[str]:
    """Yield what is wrong with versions, in the order of their periods, beside each other."""
    first, *others = versions
    if other := next((one for one in others if one.ruleset.id != first.ruleset.id), None):
        yield (
            f"`{first.file}` holds the rule set `{first.ruleset.id}` and `{other.file}` "
            f"holds `{other.ruleset.id}`: versions are of one rule set"
        )
        return
    for one, other in combinations(versions, 2):
        if other.first <= one.last:
            both = _span(other.first, min(one.last, other.last))
            yield f"{one} and {other} are both valid {both}"
    latest = first
    for one in others:
        if (one.first - latest.last).days > 1:
            gap = _span(latest.last + timedelta(1), one.first - timedelta(1))
            yield f"{latest} and {one} leave a gap: no version is valid {gap}"
        latest = max(latest, one, key=lambda each: each.last)
