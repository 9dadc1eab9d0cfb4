"""What is wrong with a rule set, by the path at which it stands."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in a rule set: section, ids and keys, positions in lists.

As in the rule files, all read as one: `("decisions", "route", "rules", "route_a", "then")`.
"""

SHOWN = 60
"""Characters of a word that a message repeats at most."""

COMPARED = 1000
"""Known words that a hint is sought among at most."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: where, what, and what to try.

    `key` says that it is about the key at the path and not what stands under
    it. `about` is the path of what was looked up in vain, where something was.
    """

    path: Path
    message: str
    hint: str = ""
    key: bool = False
    about: Path = ()


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Give a hint with the known word that is nearest, or else another hint."""
    near = nearest(word, known)
    return otherwise if near is None else f"did you mean `{near}`?"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that a word is most like, if it is much like one."""
    near = difflib.get_close_matches(word[:SHOWN], list(islice(known, COMPARED)), n=1)
    return near[0] if near else None


def shown(word: str) -> str:
    """Give a word in backticks, on one line, cut where it is long."""
    flat = " ".join(word.split())
    return f"`{flat}`" if len(flat) <= SHOWN else f"`{flat[: SHOWN - 1]}…`"


def unknown(
    path: Path,
    name: str,
    known: Collection[str],
    what: str,
    about: Path,
    otherwise: str = "",
    *,
    key: bool = False,
) -> Iterator[Flaw]:
    """Yield a flaw where a name is none of those that are known, which stand at `about`.

    `otherwise` is the hint where none of them is near.
    """
    if name not in known:
        hint = did_you_mean(name, known, otherwise)
        yield Flaw(path, f"{shown(name)} is no {what}", hint, key=key, about=about)


def twice(path: Path, names: Sequence[str]) -> Iterator[Flaw]:
    """Yield a flaw for each name in a list that stands before it in the list as well."""
    for number, name in enumerate(names):
        if name in names[:number]:
            yield Flaw((*path, number), f"{shown(name)} stands twice")


def below_zero(path: Path, months: int | None) -> Iterator[Flaw]:
    """Yield a flaw where a number of months is below 0."""
    if months is not None and months < 0:
        yield Flaw(path, f"`{path[-1]}` is a number of months, and cannot be below 0")
