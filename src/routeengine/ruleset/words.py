"""Texts that people read, and where in the rule files things stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Text: TypeAlias = Mapping[str, str]
"""The same words in several languages: language code -> text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the rule files something stands; never part of what it means."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return the place as FILE:LINE:COLUMN."""
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place()
