"""The documents that rules are drawn from, and what rules stand on: a sentence, or a reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from routeengine.ruleset.words import Element, Text

Basis: TypeAlias = Literal["source", "interpretation"]


@dataclass(frozen=True, slots=True)
class Source(Element):
    """A document that rules are drawn from, and how its sentences are counted.

    `headings` are the lines that open a section, `abbreviations` the words
    whose full stop ends no sentence. `language` is what it is written in, `issued` its day,
    `address` where it can be read, and `status` what standing it has; each if that is said.
    """

    title: Text
    number: str
    kind: Text
    headings: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    language: str | None = None
    issued: date | None = None
    address: str | None = None
    status: Text | None = None


@dataclass(frozen=True, slots=True)
class Citation(Element):
    """One sentence of a source, by place and digest; its words are not copied.

    `sha256` is of the sentence in UTF-8, NFC, white space folded.
    """

    source: str
    section: str
    paragraph: int
    sentence: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A reading of the source: what was chosen, why, what was not chosen; by whom, and when."""

    choice: Text
    because: Text
    alternative: Text
    decided_by: str | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a rule or criterion stands on: the source itself, or a reading of it.

    `interpretation` is there just when `basis` is "interpretation".
    """

    basis: Basis
    cites: tuple[str, ...] = ()
    interpretation: Interpretation | None = None
