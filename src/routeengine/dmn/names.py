"""Ids for what a decision model calls by free names, and labels that can be told apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from routeengine.ruleset.conditions import CONDITION_WORDS
from routeengine.ruleset.naming import RESERVED, RESERVED_ENDINGS, fold_name

LONGEST_ID: Final = 40
"""Signs of an id, to which more is added for rows."""

LONGEST_LABEL: Final = 200

_LOWER: Final = re.compile("[a-z][a-z0-9_]{0,54}")
_WORD: Final = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Names:
    """Gives out ids and labels, each once.

    `folded` says which labels cannot be told apart where they stand beside ids, as the rules have
    it: names of columns with their spaces left out, values with their spaces.
    """

    def __init__(self, folded: Callable[[str], str] = fold_name, taken: Iterable[str] = ()) -> None:
        self._folded = folded
        self._ids = set(taken)
        self._labels = {folded(one) for one in taken}

    def id(self, text: str, form: Callable[[str], str]) -> str:
        """Return an id for a text, in a form of ids."""
        number, free = 1, (name := form(text))
        while free in self._ids:
            number += 1
            free = f"{name}_{number}"
        self._ids.add(free)
        return free

    def both(self, text: str, form: Callable[[str], str]) -> tuple[str, str]:
        """Return an id and a label, each of which is no other's id or label."""
        folded, number = self._folded, 1
        name, label = free, shown = form(text), label_of(text)
        while free in self._ids or {folded(free), folded(shown)} & self._labels:
            number += 1
            free, shown = f"{name}_{number}", f"{label} ({number})"
        self._ids.add(free)
        self._labels |= {folded(free), folded(shown)}
        return free, shown


def clean(text: str) -> str:
    """Return a text in one line that can be shown: no sign steers what it is shown on."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    folded = " ".join(unicodedata.normalize("NFC", shown).split())
    return folded if len(folded) <= LONGEST_LABEL else folded[: LONGEST_LABEL - 1] + "…"


def label_of(text: str) -> str:
    """Return a text as a label: in one line, and never empty."""
    return clean(text) or "(empty)"


def fact_id(text: str) -> str:
    """Return the id of a fact or a criterion for a text; what is one already stays as it is."""
    plain = re.sub("[^a-z0-9]+", "_", _plain(text).lower()).strip("_")[:LONGEST_ID].rstrip("_")
    name = text if _LOWER.fullmatch(text) else plain
    name = name if name[:1].isalpha() else f"x_{name}".rstrip("_")
    return f"{name}_" if _means_something(name) else name


def decision_id(text: str) -> str:
    """Return the id of a decision for a text; what is one already stays as it is."""
    name = fact_id(text)
    return f"{name}_" if name.endswith(RESERVED_ENDINGS) else name


def word_id(text: str) -> str:
    """Return the id of an outcome or a value for a text: its case is kept."""
    plain = re.sub("[^A-Za-z0-9-]+", "_", _plain(text)).strip("_-")[:LONGEST_ID] or "empty"
    name = text if _WORD.fullmatch(text) else plain
    return f"{name}_" if _means_something(name) else name


def file_id(text: str) -> str:
    """Return the id of a rule set, or a part of the name of a file."""
    return re.sub("[^a-z0-9]+", "-", _plain(text).lower()).strip("-")[:LONGEST_ID] or "model"


def _means_something(name: str) -> bool:
    return name in RESERVED or name in CONDITION_WORDS


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
