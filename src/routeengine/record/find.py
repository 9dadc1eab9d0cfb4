"""Find the rule set that a record names, by its digests: an older version on disk, say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path

from routeengine.errors import RecordError, RuleSetError
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet, RuleSetRef

DEPTH = 3
"""How many folders deep rule sets are looked for."""


def find_ruleset(
    wanted: RuleSetRef | str,
    folders: Iterable[str | PathLike[str]] = (),
    *,
    shipped: bool = True,
) -> RuleSet:
    """Find a rule set by its digests: in the folders, then among those shipped (if asked).

    `wanted` is what a record names, or the digest of a meaning or of a whole. One that
    is the same in every word goes before one that only means the same. A folder may be
    a rule set, or hold rule sets, up to three folders deep. What cannot be loaded is passed over.

    Raises RecordError where there is none.
    """
    digests = {wanted} if isinstance(wanted, str) else {wanted.sha256, wanted.meaning_sha256}
    alike: RuleSet | None = None
    for ruleset in _candidates(folders, shipped=shipped):
        found = reference(ruleset)
        if found.sha256 in digests:
            return ruleset
        if alike is None and found.meaning_sha256 in digests:
            alike = ruleset
    if alike is None:
        raise RecordError("no rule set with this meaning is at hand: name where it is", "ruleset")
    return alike


def _candidates(folders: Iterable[str | PathLike[str]], *, shipped: bool) -> Iterator[RuleSet]:
    # Loading rule files needs pydantic, which takes longer to import than all the rest.
    from routeengine.loading import load_ruleset
    from routeengine.loading.files import shipped_names

    places: list[str | Path] = [
        place for folder in folders for place in _places(Path(folder), DEPTH)
    ]
    places += shipped_names() if shipped else ()
    for place in places:
        try:
            yield load_ruleset(place)
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
        yield from files if len(files) > 1 else ()
    if depth > 1:
        for one in inside:
            if one.is_dir() and not one.is_symlink():
                yield from _places(one, depth - 1)
