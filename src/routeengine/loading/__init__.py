"""Loading rule sets from YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations
from os import PathLike
from typing import Final, TypeAlias

from routeengine.errors import Fault, RuleSetError, UsageError
from routeengine.loading.document import build_ruleset, conditions_of, instances_of, periods_of
from routeengine.loading.files import (
    Files,
    find_rules,
    offered_rulesets,
    shipped_rulesets,
    text_of,
)
from routeengine.loading.parameters import Asked
from routeengine.loading.yaml_tree import (
    Collector,
    MappingNode,
    TreeReader,
    UnreadableError,
)
from routeengine.ruleset.flaws import quote
from routeengine.ruleset.instance import Instance, span
from routeengine.ruleset.model import Parameter, Periods, RuleSet
from routeengine.ruleset.words import Place

__all__ = ["load_instances", "load_ruleset", "offered_rulesets", "shipped_rulesets"]

Rules: TypeAlias = str | PathLike[str] | Mapping[str, str | bytes]
"""A name, a path, or texts by file name."""

MAX_INSTANCES: Final = 200
"""Instances of a rule set that are looked at together."""


def load_ruleset(
    rules: Rules, as_of: date | str | None = None, variant: str | None = None
) -> RuleSet:
    """Load a rule set: by its name, from a file or folder, or from texts by file name.

    - `rules` is a shipped name, else a name that another package offers, else a path; `./name` and
      a `Path` are always a path. A mapping of file names to texts is the files themselves.
    - `as_of` is a day, as a date or as text such as "2024-05-06". Of a folder that holds versions
      the one that is valid on that day is taken; rules that are not valid then are refused. Where
      rules have parameters, their numbers are those of that day.
    - `variant` names whose numbers they are, where parameters have variants.

    Raises RuleSetError with every fault at once, each with file, line and column; also for a name
    or a path that does not exist, and for a day or a variant that the rules do not have. Raises
    UsageError for an empty name or path and for what is no day, and MissingExtraError for a table
    in a workbook without the extra `excel`.

    Examples:
        >>> from routeengine import RuleSetError, load_ruleset
        >>> ruleset = load_ruleset("rijswijk-2023")
        >>> ruleset.id, ruleset.version, [decision.id for decision in ruleset.decisions]
        ('rijswijk-2023', '1.0.0', ['scope', 'route', 'path'])
        >>> try:
        ...     load_ruleset({"rules.yaml": "id: mine"})
        ... except RuleSetError as error:
        ...     print(error.faults[0])
        rules.yaml: a rule set needs `decisions` (outcomes and rules)
    """
    return _loaded(rules, _asked(as_of, variant))


def load_instances(
    rules: Rules, as_of: date | str | None = None, variant: str | None = None
) -> tuple[RuleSet, ...]:
    """Load a rule set once for each period and each variant that is left open.

    Return one rule set for each, variant by variant and in order of time; just one if the rules
    have no parameters. `rules`, `as_of` and `variant` are as for `load_ruleset`, and so are the
    errors; a fault of some of them says of which.

    Raises RuleSetError for more than 200.
    """
    asked = _asked(as_of, variant)
    files = _files(rules, asked.day)
    if not _hold(files, "parameters", "age_at_"):
        return (_loaded(rules, asked),)
    left = list(_periods(files, asked))
    if not left:
        return (_loaded(rules, asked),)
    if len(left) > MAX_INSTANCES:
        message = f"the rules have {len(left)} instances, which are more than {MAX_INSTANCES}"
        hint = "ask for a day with `as_of`, or for a variant with `variant`"
        raise RuleSetError((Fault(next(iter(files.contents)), 0, 0, message, hint),))
    loaded, faults = [], dict[Fault, list[Instance]]()
    for one in left:
        try:
            ruleset = _load(files, Asked(asked.day or one.since or one.until, one.variant))
            loaded.append(replace(ruleset, instance=ruleset.instance and one))
        except RuleSetError as error:
            for fault in error.faults:
                faults.setdefault(fault, []).append(one)
    if faults:
        raise RuleSetError(tuple(_of(*one, len(left)) for one in faults.items()))
    return tuple(loaded)


def load_names(
    rules: Rules, as_of: date | str | None = None, variant: str | None = None
) -> tuple[RuleSet, tuple[str, ...]]:
    """Load a rule set for its names, which depend on no number, and return it with its variants.

    Its numbers are those of some day and some variant, where none is asked for. `rules`, `as_of`
    and `variant` are as `load_ruleset` has them, and so are the errors.
    """
    asked = replace(_asked(as_of, variant), whichever=True)
    ruleset = _loaded(rules, asked)
    every = instances_of(*_read(_files(rules, asked.day)))
    return ruleset, tuple(dict.fromkeys(one.variant for one in every if one.variant is not None))


def load_periods(
    rules: Rules, as_of: date | str | None = None, variant: str | None = None
) -> Periods:
    """Load what each parameter of a rule set is for a variant, from when until when.

    `rules`, `as_of` and `variant` are those by which `load_ruleset` has loaded it.
    """
    asked = _asked(as_of, variant)
    return periods_of(*_read(_files(rules, asked.day)), asked)


def load_unused_parameters(
    rules: Rules, as_of: date | str | None = None, variant: str | None = None
) -> tuple[Parameter, ...]:
    """Load the parameters that no condition names, in any instance: rules hold numbers typed in.

    `rules`, `as_of` and `variant` are those by which `load_instances` has loaded it.
    """
    asked = replace(_asked(as_of, variant), whichever=True)
    files = _files(rules, asked.day)
    _, numbers = conditions_of(*_read(files), asked, files.beside)
    return tuple(one for one in numbers.parameters if one.id not in numbers.named)


def _periods(files: Files, asked: Asked) -> Iterator[Instance]:
    """Yield the instances that are left open, parted where bounds by age change places."""
    day, variant = asked.day, asked.variant
    for one in instances_of(*_read(files)):
        if variant in (None, one.variant) and (day is None or one.holds(day)):
            own = Asked(one.since or one.until, one.variant, whichever=True)
            ages, _ = conditions_of(*_read(files), own, files.beside)
            if not ages.asked:
                yield one
            elif day is not None:
                yield Instance(day, day, one.variant)
            else:
                for first, last in ages.periods(*one.days):
                    yield Instance.of_days(first, last, one.variant)


def _of(fault: Fault, instances: Sequence[Instance], number: int) -> Fault:
    """Return a fault that says of which instances it is, if it is not of all."""
    if len(instances) == number:
        return fault
    more = f" and {len(instances) - 1} more" if len(instances) > 1 else ""
    return replace(fault, message=f"{fault.message} ({instances[0]}{more})")


def _asked(as_of: date | str | None, variant: str | None) -> Asked:
    if variant is not None and not isinstance(variant, str):
        raise UsageError(f"no variant, but a value of type {type(variant).__name__}")
    return Asked(None if as_of is None else _day(as_of), variant)


def _loaded(rules: Rules, asked: Asked) -> RuleSet:
    """Return the rule set that is asked for."""
    found, day = find_rules(rules), asked.day
    if versions := found.versions or _rule_set_each(found.files):
        one = _in_force(found.name, versions, day)
        parted = one.ruleset.instance is not None or asked.variant is not None
        return _load(versions[one.file], asked) if parted else one.ruleset
    ruleset = _load(found.files, asked)
    if day is not None and not (version := _Version(found.name, ruleset)).holds(day):
        message = f"version {ruleset.version} is valid {version.days}, not on {day}"
        raise RuleSetError((Fault(found.name, 0, 0, message),))
    return ruleset


def _files(rules: Rules, day: date | None) -> Files:
    """Return the files of a rule set; of versions those of the one that is valid on a day."""
    found = find_rules(rules)
    if versions := found.versions or _rule_set_each(found.files):
        return versions[_in_force(found.name, versions, day).file]
    return found.files


def _load(files: Files, asked: Asked) -> RuleSet:
    """Read all files, and build the rule set with the numbers that are asked for."""
    return build_ruleset(*_read(files), asked, files.beside)


def _read(files: Files) -> tuple[MappingNode, Collector]:
    """Read all files; raises RuleSetError if one cannot be read, for half the names are missing."""
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
    return root, collector


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
    texts = _texts(files)
    headed = [one for one in texts.items() if _HEADER.search(one[1])]
    if len(headed) > 1 and sum(_has_id(*one) for one in headed) > 1:
        return {
            file: Files({file: content}, files.beside) for file, content in files.contents.items()
        }
    return {}


def _texts(files: Files) -> dict[str, str]:
    """Return the texts of files; what cannot be read is told when it is read in earnest."""
    texts: dict[str, str] = {}
    for file, content in files.contents.items():
        with suppress(UnreadableError):
            texts[file] = text_of(file, content, Collector())
    return texts


def _hold(files: Files, *words: str) -> bool:
    return any(word in text for text in _texts(files).values() for word in words)


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
        return span(self.first, self.last)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def _in_force(name: str, files: Mapping[str, Files], day: date | None) -> _Version:
    """Return the version that is valid on a day; all of them have to load and fit together."""
    if day is None:
        message = "holds versions of a rule set: " + ", ".join(f"`{file}`" for file in files)
        hint = "ask for a day with `as_of`, or `--as-of DAY`; or name one of them"
        raise RuleSetError((Fault(name, 0, 0, message, hint),))
    versions: list[_Version] = []
    faults: list[Fault] = []
    for file, its_files in files.items():
        try:
            versions.append(_Version(file, _load(its_files, Asked(whichever=True))))
        except RuleSetError as error:
            faults += error.faults
    if not faults:
        versions.sort(key=lambda one: (one.first, one.last))
        faults = [Fault(name, 0, 0, message) for message in _misfits(versions)]
    if faults:
        raise RuleSetError(tuple(faults))
    for one in versions:
        if one.holds(day):
            return one
    days = span(versions[0].first, versions[-1].last)
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
            both = span(other.first, min(one.last, other.last))
            yield f"{one} and {other} are both valid {both}"
    latest = first
    for one in others:
        if (one.first - latest.last).days > 1:
            gap = span(latest.last + timedelta(1), one.first - timedelta(1))
            yield f"{latest} and {one} leave a gap: no version is valid {gap}"
        latest = max(latest, one, key=lambda each: each.last)
