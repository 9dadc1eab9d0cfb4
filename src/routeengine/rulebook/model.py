"""What stands in a rule book: plain data, all choices made, no markup."""

from __future__ import annotations

from dataclasses import dataclass

from routeengine.explanation.clauses import Clause


@dataclass(frozen=True, slots=True)
class Link:
    """Something that stands elsewhere in the book: its name, and its address.

    Where `foreign` stands in the name, it is in another `language` than the page.
    """

    text: str
    address: str
    foreign: str = ""
    language: str = ""

    @property
    def pieces(self) -> tuple[str, str, str]:
        """The name before, in and after what is in another language."""
        return self.text.partition(self.foreign) if self.foreign else (self.text, "", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of two columns; `address` is where a reader finds it on the web."""

    head: str
    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a part rests on: the reading, if it is one, and the places in the source."""

    reading: str
    places: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule: when it applies, what it leads to, which others it goes before, and why.

    `condition` is None for the rule that applies where no other does. `reach` is how much it
    decides, where it alone leads to its outcome; `cases` in how many of them it decides.
    """

    link: Link
    target: str
    condition: Clause | None
    reason: str
    outranks: tuple[Link, ...]
    outranked_by: tuple[Link, ...]
    basis: Basis
    reach: str
    cases: str


@dataclass(frozen=True, slots=True)
class OutcomeEntry:
    """An answer that a decision can give."""

    address: str
    label: str
    description: str
    progression: str


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """One decision with its answers and its rules; `applies` is None if it holds for everybody.

    `ranked` are the rules or answers of which the first holds where several fit, after the words
    that say so; empty if nothing ranks them all.
    """

    link: Link
    applies: Clause | None
    or_else: str
    outcomes: tuple[OutcomeEntry, ...]
    rules: tuple[RuleEntry, ...]
    ranked_words: str = ""
    ranked: tuple[Link, ...] = ()

    @property
    def progresses(self) -> bool:
        """Whether anything is expected over time."""
        return any(one.progression for one in self.outcomes)


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A criterion, a constraint or a flag; no `condition` for what a dossier raises.

    `used_by` are the rules that read a criterion, itself or by way of another one.
    """

    link: Link
    condition: Clause | None
    basis: Basis
    used_by: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FactEntry:
    """A fact; `reads` says per decision how it reads it: "own", "via" or "not"."""

    link: Link
    question: str
    values: str
    why: str
    reads: tuple[str, ...]
    special: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadingEntry:
    """One choice of a reading, with what was not chosen, and who chose when."""

    address: str
    of: Link
    choice: str
    because: str
    alternative: str
    who: str


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """One sentence of a source, and the parts that rest on it."""

    link: Link
    used_by: tuple[Link, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Something, and what belongs to it elsewhere in the book; `note` says what sort it is."""

    link: Link
    others: tuple[Link, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProofEntry:
    """What was proved of a decision: the answers with their counts; none if it was too large."""

    link: Link
    looked: str
    answers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """What a check found, and how much it covers; `because` is the owner's reason to accept it."""

    message: str
    covers: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Proofs:
    """All that was proved, and all that was not."""

    clean: bool
    decisions: tuple[ProofEntry, ...]
    problems: tuple[FindingEntry, ...]
    notes: tuple[FindingEntry, ...]
    accepted: tuple[FindingEntry, ...]
    accepted_count: str
    expectations: tuple[Row, ...]
    expectations_count: str


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One case: what each decision answers, and what was expected otherwise, if anything was."""

    address: str
    label: str
    answers: tuple[str, ...]
    passed: bool
    mismatches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases that were run, and what they reach of the rules."""

    count: str
    coverage: tuple[Row, ...]
    entries: tuple[CaseEntry, ...]
