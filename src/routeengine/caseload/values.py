"""From what a cell holds to what is known of a fact.

Text is read as people write it: labels and aliases of the rule set in any of its
languages, ja/nee, ranges. Native values (JSON, Parquet) are strict: True is not the number
1, and "2" is not 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, cast

from routeengine import profile
from routeengine.client_id import whole_number
from routeengine.profile import Knowledge
from routeengine.ruleset.domains import IntegerDomain, Value
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.ruleset.naming import BOOLEAN_TEXTS, fold


class Faulty(Enum):
    """The type of `FAULTY`."""

    FAULTY = 0


FAULTY: Final = Faulty.FAULTY
"""The cell says nothing that the fact can have."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a cell that says nothing which a fact or a client id can be.

    `problem` says why, where what is allowed does not say it.
    """

    problem: str = ""


UNREADABLE: Final = Unreadable()
"""Stands for a cell whose content has a type or form that no fact has."""

SHORT_WORDS: Final = {"j": True, "y": True, "n": False}
"""Letters that mean yes or no where the rule set does not say otherwise."""

MAX_TEXT = 1000
"""Characters of a cell; nothing that a fact can have is longer."""

MAX_SHEET_NUMBER = 10**9
"""No fact has a larger number."""

TEXTS_CACHE_SIZE = 4096
"""Texts that a column remembers; a column has few different ones."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
# Not 2.000 or 2,000: that may be two thousand.
_WHOLE_DECIMAL = re.compile(r"([+-]?[0-9]{1,9})[.,]0{1,2}")
_RANGE = re.compile(r"([+-]?[0-9]{1,9})\s*(?:-|\u2013|\u2014|\.\.|t/m)\s*([+-]?[0-9]{1,9})")
_OR = re.compile(r"[|/]")


class FactReader:
    """Reads cells that speak of one fact."""

    def __init__(self, ruleset: RuleSet, fact: Fact) -> None:
        self.fact = fact
        self._words = dict(value_words(ruleset, fact))
        self._exact = {v: v for v in fact.domain.values} if fact.kind == "category" else {}
        self._read = lru_cache(TEXTS_CACHE_SIZE)(self._parse)

    @property
    def allowed(self) -> str:
        """What may stand in a cell, for a message."""
        return f"must be {self.fact.domain.describe()}"

    def complaint(self, cell: object) -> str:
        """Return what is wrong with a cell that is FAULTY."""
        return (isinstance(cell, Unreadable) and cell.problem) or self.allowed

    def text(self, cell: object) -> Knowledge | Faulty:
        """Read a cell of a text column; an empty cell is unknown, and so is None."""
        if not isinstance(cell, str):
            return None if cell is None else FAULTY
        # What is too long for a value is too long to be remembered.
        return self._read(cell) if len(cell) <= MAX_TEXT else self._parse(cell)

    def sheet(self, cell: object) -> Knowledge | Faulty:
        """Read a cell of a spreadsheet, in which every number is a decimal one: 2.0 is 2."""
        if type(cell) is bool:
            return self._checked(cell)
        if isinstance(cell, int | float):
            whole = isinstance(cell, int) or cell.is_integer()
            return self.text(str(int(cell))) if whole and abs(cell) < MAX_SHEET_NUMBER else FAULTY
        return self.text(cell)

    def native(self, cell: object) -> Knowledge | Faulty:
        """Read a typed value; text is read as words, never as a number.

        A number that is whole is that number, however it is kept: pandas makes decimals of whole
        numbers, and of truth values, where one is missing.
        """
        if isinstance(cell, str):
            word = cell.strip()
            numeric = self.fact.kind != "category" and _NUMBER.fullmatch(word)
            return FAULTY if numeric or len(word) > MAX_TEXT else self._word(word)
        number = whole_number(cell)
        if self.fact.kind == "boolean" and type(number) is int and number in (0, 1):
            return number == 1
        return self._checked(profile.decode_knowledge(number))

    def _checked(self, knowledge: object) -> Knowledge | Faulty:
        if profile.read_knowledge(self.fact, knowledge) is None:
            return FAULTY
        # Nothing else passes `read_knowledge`.
        return cast(Knowledge, knowledge)

    def _parse(self, cell: str) -> Knowledge | Faulty:
        text = cell.strip()
        if len(text) > MAX_TEXT:
            return FAULTY
        single = self._single(text)
        if single is not FAULTY:
            return single
        span = _RANGE.fullmatch(text)
        if span and isinstance(self.fact.domain, IntegerDomain):
            return self._checked(profile.Between(int(span[1]), int(span[2])))
        parts = [self._single(part.strip()) for part in _OR.split(text)]
        if len(parts) == 1 or any(
            isinstance(p, Faulty | profile.Declined) or p is None for p in parts
        ):
            return FAULTY
        # `mild/mild` says no less than `mild`.
        different = cast(tuple[Value, ...], tuple(dict.fromkeys(parts)))
        return different[0] if len(different) == 1 else profile.OneOf(different)

    def _single(self, text: str) -> Knowledge | Faulty:
        if isinstance(self.fact.domain, IntegerDomain) and _NUMBER.fullmatch(text):
            return self._checked(int(text))
        known = self._word(text)
        if known is FAULTY and (whole := _WHOLE_DECIMAL.fullmatch(text)):
            return self._single(whole[1])
        return known

    def _word(self, text: str) -> Knowledge | Faulty:
        if not text:
            return None
        return self._exact.get(text, self._words.get(fold(text), FAULTY))


def value_words(ruleset: RuleSet, fact: Fact) -> Iterator[tuple[str, Knowledge | Faulty]]:
    """Yield every word for this fact, folded, with what it says; the last one counts.

    A word of the rule set goes before a word that is built in, a value's id before
    its labels, and a label before a word for "unknown".
    """
    if fact.kind == "boolean":
        yield from SHORT_WORDS.items()
        yield from ((word, value) for value, words in BOOLEAN_TEXTS.items() for word in words)
    yield from ((fold(word), profile.DECLINED) for word in ruleset.declined_texts)
    yield from ((fold(word), None) for word in ruleset.unknown_texts)
    labels = [(v, word) for v, text in fact.value_labels.items() for word in text.values()]
    aliases = [(v, word) for v, words in fact.value_aliases.items() for word in words]
    yield from _unambiguous([*labels, *aliases])
    if fact.kind == "category":
        yield from _unambiguous((value, str(value)) for value in fact.domain.values)


def _unambiguous(named: Iterable[tuple[Value, str]]) -> Iterator[tuple[str, Knowledge | Faulty]]:
    meanings: dict[str, set[Value]] = {}
    for value, word in named:
        meanings.setdefault(fold(word), set()).add(value)
    for word, values in meanings.items():
        yield word, values.pop() if len(values) == 1 else FAULTY
