"""Texts that people read, and what stands where in the rule files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from routeengine.errors import shown

Text: TypeAlias = Mapping[str, str]
"""The same words in several languages: language code -> text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the rule files something stands; never part of what it means.

    In a table the line is that of the row, and `field` names the column.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    field: str = ""

    def __str__(self) -> str:
        """Return the place as FILE:LINE:COLUMN."""
        return f"{shown(self.file)}:{self.line}:{shown(self.field) or self.column}"


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Element:
    """What has an id in a rule set, and stands somewhere in its files."""

    id: str
    place: Place = field(default=NOWHERE, compare=False, kw_only=True)


def says_something(value: object) -> bool:
    """Return whether what a field holds says something: also 0 does, unlike False and nothing."""
    return bool(value) or type(value) is int
