"""The rule set of a record: found by its digests, or inside it and then checked before it is used.

Names in caseloads, translations and citations were the loader's to check; here it is about
what could send the engine astray.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from routeengine.codec import extend
from routeengine.errors import RecordError, RuleSetError
from routeengine.ruleset.conditions import AtLeast, Exactly, walk
from routeengine.ruleset.digest import reference
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain
from routeengine.ruleset.flaws import Flaw
from routeengine.ruleset.instance import Instance, RuleSetRef
from routeengine.ruleset.model import Review, RuleSet
from routeengine.ruleset.references import check_bounds, check_outcome, check_references
from routeengine.ruleset.score_checks import check_score

DEPTH = 3
"""How many folders deep rule sets are looked for."""


def find_ruleset(
    wanted: RuleSetRef | str,
    folders: Iterable[str | PathLike[str]] = (),
    *,
    shipped: bool = True,
) -> RuleSet:
    """Return a rule set by its digests: from the folders, else from those that are shipped.

    `wanted` is what a record names, or one digest: of the meaning, or of the whole. A rule set that
    is the same in every word goes before one that only means the same. A folder may be a rule set,
    or hold rule sets, up to three folders deep; what cannot be loaded is passed over. `shipped`
    says whether to look among those that come with this package.

    Raises RecordError if there is none.
    """
    digests = {wanted} if isinstance(wanted, str) else {wanted.sha256, wanted.meaning_sha256}
    alike: RuleSet | None = None
    instance = None if isinstance(wanted, str) else wanted.instance
    for ruleset in _candidates(folders, instance, shipped=shipped):
        found = reference(ruleset)
        if found.sha256 in digests:
            return ruleset
        if alike is None and found.meaning_sha256 in digests:
            alike = ruleset
    if alike is None:
        raise RecordError("no rule set with this meaning is at hand: name where it is", "ruleset")
    return alike


def _candidates(
    folders: Iterable[str | PathLike[str]], instance: Instance | None, *, shipped: bool
) -> Iterator[RuleSet]:
    """Yield rule sets; of those with parameters or ages the instance, or all if none is named."""
    # Loading rule files needs PyYAML, which takes longer to import than all the rest.
    from routeengine.loading import load_instances, load_ruleset
    from routeengine.loading.files import path_text, shipped_rulesets

    places: list[str | Path] = [
        # In full: a path that is no more than `.` is taken for none.
        place
        for folder in folders
        for place in _places(Path(path_text(folder)).absolute(), DEPTH)
    ]
    places += shipped_rulesets() if shipped else ()
    for place in places:
        try:
            if instance is None:
                yield from load_instances(place)
            else:
                day = instance.since or instance.until
                yield load_ruleset(place, day, instance.variant)
        except RuleSetError:
            continue


def _places(place: Path, depth: int) -> Iterator[Path]:
    """Yield what could be a rule set: a folder with rule files, or else what stands in it."""
    if not place.is_dir():
        yield place
        return
    inside = sorted(one for one in place.iterdir() if not one.name.startswith("."))
    files = [one for one in inside if one.suffix.lower() in (".yaml", ".yml")]
    if files:
        yield place
        # Several files are either the parts of one rule set or a rule set each: both are tried, and
        # what cannot be loaded is passed over.
        yield from files if len(files) > 1 else ()
    if depth > 1:
        for one in inside:
            # A link may lead back up: then the same folders would be looked through again.
            if one.is_dir() and not one.is_symlink():
                yield from _places(one, depth - 1)


def check_embedded(ruleset: RuleSet) -> None:
    """Raise RecordError, with its place, for the first thing that cannot be used."""
    # Names and sizes first: the later checks rely on them.
    for check in (_names, _sizes, check_references, _targets):
        for flaw in check(ruleset):
            path = "rules"
            for step in flaw.path:
                path = f"{path}[{step}]" if isinstance(step, int) else extend(path, step)
            raise RecordError(flaw.message, path)


def _names(ruleset: RuleSet) -> Iterator[Flaw]:
    evidence, decisions = ruleset.evidence, ruleset.decisions
    sections = ("facts", "criteria", "scores", "constraints", "decisions", "flags")
    lists: list[tuple[str, Iterable[Any]]] = [(one, getattr(ruleset, one)) for one in sections]
    lists.append(("evidence", () if evidence is None else evidence.sources))
    lists.append(("rules", [rule for one in decisions for rule in one.rules]))
    lists += ((one.id, one.outcomes) for one in decisions)
    for section, parts in lists:
        for name, count in Counter(one.id for one in parts).items():
            if count > 1:
                yield Flaw((section, name), "appears twice")


def _sizes(ruleset: RuleSet) -> Iterator[Flaw]:
    for fact in ruleset.facts:
        path, domain = ("facts", fact.id, "domain"), fact.domain
        if isinstance(domain, CategoryDomain):
            if not domain.values or len(set(domain.values)) < domain.size:
                yield Flaw(path, "must have a value, and none twice")
        elif not isinstance(domain, BooleanDomain):
            yield from check_bounds(path, domain)
    for score in ruleset.scores:
        yield from check_score(("scores", score.id), score)
    for condition in ruleset.conditions:
        for part in walk(condition):
            if isinstance(part, AtLeast | Exactly) and not 0 <= part.count <= len(part.parts):
                yield Flaw(("conditions",), "a count must be from 0 to the number of parts")


def _targets(ruleset: RuleSet) -> Iterator[Flaw]:
    for decision in ruleset.decisions:
        for rule in decision.rules:
            then = rule.then
            for outcome in then.candidates if isinstance(then, Review) else (then,):
                yield from check_outcome(("decisions", decision.id, rule.id), decision, outcome)
        if sum(rule.when is None for rule in decision.rules) > 1:
            yield Flaw(("decisions", decision.id), "has more than one `otherwise` rule")
