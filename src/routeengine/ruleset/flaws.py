"""What is wrong with a rule set, by the path at which it stands."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeAlias

from routeengine.ruleset.conditions import Condition

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in a rule set: section, ids and keys, positions in lists.

As in the rule files, all read as one: `("decisions", "route", "rules", "route_a", "then")`.
"""

Part: TypeAlias = tuple[Path, object]
"""A part of a rule set, after the path at which it stands."""

MAX_SHOWN = 60
"""Characters of a word that a message repeats at most."""

MAX_COMPARED = 1000
"""Known words that a hint is sought among at most."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: where, what, and what to try.

    `key` says that it is about the key at the path and not what stands under
    it. `about` is the path of what was looked up in vain, if something was.
    """

    path: Path
    message: str
    hint: str = ""
    key: bool = False
    about: Path = ()


# Fields whose key in a rule file is another; grounds have none: their keys stand beside the others.
_KEYS: dict[str, Path] = {
    "refusals": ("refused",),
    "expectations": ("expect",),
    "acceptances": ("accept",),
    "no_candidates_because": ("because",),
    "wording": ("words",),
    "denial": ("no",),
    "grounds": (),
    "parts": ("of",),
}


def parts(part: Any, path: Path = ()) -> list[Part]:
    """Return a rule set, or a part of one, and all parts in it, each with its path.

    A part is what has a class of its own, or a text. A condition is one, and those that it combines
    are none. Of several in a list, each has its id in its path, or else its number: `("decisions",
    "route", "rules", "a")`. A rule set's own texts stand in the header, `("ruleset", "title")`.
    """
    # Of a rule set with one fact: ((), the rule set), (("ruleset", "title"), its title), …,
    # (("facts", "age"), the fact), (("facts", "age", "label"), {"nl": "leeftijd", …}), …
    every: list[Part] = [(path, part)]
    for name, keys, is_text in _fields(part.__class__):
        value = getattr(part, name)
        at = (*path, *keys)
        if isinstance(value, tuple):
            for number, item in enumerate(value):
                if is_dataclass(item):
                    every += parts(item, (*at, getattr(item, "id", number)))
        elif is_text and value is not None:
            every.append((at if path else ("ruleset", *at), value))
        elif is_dataclass(value):
            every += parts(value, at)
    return every


@cache
def _fields(kind: type) -> list[tuple[str, Path, bool]]:
    """Return the fields of a class that can hold parts: name, keys, and whether it is a text."""
    if not is_dataclass(kind) or issubclass(kind, Condition):
        return []
    return [
        # Annotations are kept as they are written. Places, which are not compared, are no parts.
        (one.name, _KEYS.get(one.name, (one.name,)), one.type in {"Text", "Text | None"})
        for one in fields(kind)
        if one.compare
    ]


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a hint with the known word that is nearest, or else another hint."""
    near = nearest(word, known)
    return otherwise if near is None else f"did you mean `{near}`?"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a word is most like, if it is much like one."""
    # Cut on both sides: the time it takes grows with the square of the length, and with the number.
    near = difflib.get_close_matches(word[:MAX_SHOWN], list(islice(known, MAX_COMPARED)), n=1)
    return near[0] if near else None


def quote(word: str) -> str:
    """Return a word in backticks, on one line, cut if it is long."""
    flat = " ".join(word.split())
    return f"`{flat}`" if len(flat) <= MAX_SHOWN else f"`{flat[: MAX_SHOWN - 1]}…`"


def check_known(
    path: Path,
    name: str,
    known: Collection[str],
    what: str,
    about: Path,
    otherwise: str = "",
    *,
    key: bool = False,
) -> Iterator[Flaw]:
    """Yield a flaw if a name is none of those that are known, which stand at `about`.

    `otherwise` is the hint if none of them is near.
    """
    if name not in known:
        hint = did_you_mean(name, known, otherwise)
        yield Flaw(path, f"{quote(name)} is no {what}", hint, key=key, about=about)


def check_distinct(path: Path, names: Sequence[str]) -> Iterator[Flaw]:
    """Yield a flaw for each name in a list that appears before it in the list as well."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Flaw((*path, number), f"{quote(name)} appears twice")
        seen.add(name)


def check_months(path: Path, months: int | None) -> Iterator[Flaw]:
    """Yield a flaw if a number of months is below 0."""
    if months is not None and months < 0:
        yield Flaw(path, f"`{path[-1]}` is a number of months, and cannot be below 0")
