"""From what a cell holds to what is known of a fact.

Text is read as people write it: labels and aliases of the rule set in any of its
languages, ja/nee, ranges. Native values (JSON, Parquet) are strict: True is not the number
1, and "2" is not 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Final, TypeGuard, cast

from routeengine import profile
from routeengine.client_id import whole_number
from routeengine.profile import Knowledge
from routeengine.quantities import (
    NO_DATE_CELL,
    DecimalSign,
    SheetDay,
    SheetNumber,
    Unread,
    day_of,
    read_amount,
    read_day,
    sheet_amount,
)
from routeengine.ruleset.domains import (
    DateDomain,
    DecimalDomain,
    IntegerDomain,
    RangeDomain,
    Value,
    decimal_steps,
)
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

TEXTS_CACHE_SIZE = 4096
"""Texts that a column remembers; a column has few different ones."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,16}([.,][0-9]{1,16})?")
"""Text that is a number; to typed values it is none."""

# Not 2.000 or 2,000: that may be two thousand.
_WHOLE_DECIMAL = re.compile(r"([+-]?[0-9]{1,9})[.,]0{1,2}")
_TO = re.compile(r"\s*(?:-|\u2013|\u2014|\.\.|t/m)\s*")
_OR = re.compile(r"[|/]"), re.compile(r"[|]")
"""What stands between values, and between days: in a date a stroke is part of it."""


def is_told(found: object) -> TypeGuard[Unread]:
    """Return whether something was not read, and there is more to say of it."""
    return isinstance(found, Unread) and found.problem != ""


class FactReader:
    """Reads cells that speak of one fact.

    `decimal` says which sign stands before decimals, "comma" or "point", where a text could be
    meant in two ways.
    """

    def __init__(self, ruleset: RuleSet, fact: Fact, decimal: DecimalSign | None = None) -> None:
        self.fact = fact
        self._decimal: DecimalSign | None = decimal
        self._euros = fact.unit == "EUR" or (fact.unit is None and fact.kind == "decimal")
        self._words = dict(value_words(ruleset, fact))
        self._exact = {v: v for v in fact.domain.values} if fact.kind == "category" else {}
        self._read = lru_cache(TEXTS_CACHE_SIZE)(self._parse)

    @property
    def allowed(self) -> str:
        """What may stand in a cell, for a message."""
        return f"must be {self.fact.domain.describe()}"

    def _allowed(self, is_text: bool) -> str:
        """Return what may stand in a cell; in a text a day may be written as people write it."""
        domain = self.fact.domain
        if not is_text or not isinstance(domain, DateDomain):
            return self.allowed
        ends = f"from {domain.minimum} to {domain.maximum}"
        return f"must be a date {ends}, as 31-12-1990 or 1990-12-31"

    def complaint(self, cell: object, *, is_text: bool) -> str:
        """Return what is wrong with a cell that is FAULTY; `is_text` unless it is a typed value."""
        if isinstance(cell, Unreadable) and cell.problem:
            return cell.problem
        found: object = None
        if self.fact.kind == "date" and isinstance(cell, SheetNumber):
            return NO_DATE_CELL
        if isinstance(self.fact.domain, DateDomain) and not isinstance(cell, str):
            found = day_of(cell)
        elif isinstance(cell, SheetNumber) and isinstance(self.fact.domain, RangeDomain):
            found = sheet_amount(cell)
        elif is_text and isinstance(cell, str) and len(cell) <= MAX_TEXT:
            # Of a range it may be an end that can be meant in two ways.
            ends = [cell, *_TO.split(cell)] if isinstance(self.fact.domain, RangeDomain) else []
            found = next((one for one in map(self._value, ends) if one and is_told(one)), None)
        return found.problem if is_told(found) else self._allowed(is_text)

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
        if isinstance(cell, SheetNumber):
            plain = sheet_amount(cell)
            # A date is a number only where it is shown as one.
            if isinstance(plain, Unread) or self.fact.kind == "date":
                return FAULTY
            return self._number(plain)
        return self._valued(day_of(cell)) if isinstance(cell, SheetDay) else self.text(cell)

    def native(self, cell: object) -> Knowledge | Faulty:
        """Read a typed value; text is read as words, never as a number that people wrote.

        A decimal number is text too, in plain digits with a point, and a date is text as
        YYYY-MM-DD. A number that is whole is that number, however it is kept: pandas makes decimals
        of whole numbers, and of truth values, where one is missing.
        """
        domain = self.fact.domain
        if isinstance(cell, str):
            word = cell.strip()
            if isinstance(domain, DecimalDomain | DateDomain) and domain.index(word) is not None:
                return self._valued(word)
            numeric = self.fact.kind != "category" and _NUMBER.fullmatch(word)
            return FAULTY if numeric or len(word) > MAX_TEXT else self._word(word)
        if isinstance(cell, date):
            return self._valued(day_of(cell))
        if isinstance(cell, float) and isinstance(domain, DecimalDomain):
            return FAULTY
        number = whole_number(cell)
        if self.fact.kind == "boolean" and type(number) is int and number in (0, 1):
            return number == 1
        if isinstance(domain, DecimalDomain) and isinstance(number, int | Decimal):
            return self._valued(number)
        return self._checked(profile.plain_knowledge(number))

    def _checked(self, knowledge: object) -> Knowledge | Faulty:
        known = profile.read_knowledge(self.fact, knowledge)
        if known is None:
            return FAULTY
        # Nothing else passes `read_knowledge`.
        return cast(Knowledge, knowledge)

    def _valued(self, value: object) -> Knowledge | Faulty:
        """Return a value in the one form in which it is kept."""
        index = self.fact.domain.index(value)
        return FAULTY if index is None else self.fact.domain.value(index)

    def _parse(self, cell: str) -> Knowledge | Faulty:
        text = cell.strip()
        if len(text) > MAX_TEXT:
            return FAULTY
        single = self._single(text)
        if single is not FAULTY:
            return single
        for to in _TO.finditer(text) if isinstance(self.fact.domain, RangeDomain) else ():
            low, high = self._value(text[: to.start()]), self._value(text[to.end() :])
            if isinstance(low, int | str) and isinstance(high, int | str):
                return self._checked(profile.Between(low, high))
        parts = [self._single(part.strip()) for part in _OR[self.fact.kind == "date"].split(text)]
        if len(parts) == 1 or any(
            isinstance(p, Faulty | profile.Declined) or p is None for p in parts
        ):
            return FAULTY
        # `mild/mild` says no less than `mild`.
        different = cast(tuple[Value, ...], tuple(dict.fromkeys(parts)))
        return different[0] if len(different) == 1 else profile.OneOf(different)

    def _single(self, text: str) -> Knowledge | Faulty:
        if isinstance(self.fact.domain, RangeDomain):
            value = self._value(text)
            if value is None or is_told(value):
                return FAULTY
            if not isinstance(value, Unread):
                return value
        known = self._word(text)
        if known is FAULTY and (whole := _WHOLE_DECIMAL.fullmatch(text)):
            return self._single(whole[1])
        return known

    def _value(self, text: str) -> int | str | Unread | None:
        """Return a number or a day that people wrote, as it is kept; None outside the domain."""
        if isinstance(self.fact.domain, DateDomain):
            found = read_day(text.strip())
            return found if isinstance(found, Unread) else self._in_domain(found)
        found = read_amount(text, self._decimal, euros=self._euros)
        return found if isinstance(found, Unread) else self._in_domain(found)

    def _in_domain(self, plain: str) -> int | str | None:
        """Return the value that plain digits stand for, as it is kept; None outside the domain."""
        domain = self.fact.domain
        # A whole number may be written with decimals, as `2,0`.
        known = decimal_steps(plain, 0) if isinstance(domain, IntegerDomain) else plain
        index = domain.index(known)
        return None if index is None else domain.value(index)

    def _number(self, plain: str) -> Knowledge | Faulty:
        """Read a number of a sheet, in plain digits."""
        if isinstance(self.fact.domain, RangeDomain):
            known = self._in_domain(plain)
            return FAULTY if known is None else known
        return FAULTY if "." in plain else self.text(plain)

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
