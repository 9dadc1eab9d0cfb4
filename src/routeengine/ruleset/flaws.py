"""What is wrong with a rule set, by the path at which it stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

__all__ = ["Flaw", "Path", "did_you_mean", "nearest", "shown"]

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
