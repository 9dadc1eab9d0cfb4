"""What stands on the page of a change: plain data, all choices made, no markup."""

from __future__ import annotations

from dataclasses import dataclass

from routeengine.difference_words import Where
from routeengine.explanation.clauses import Clause
from routeengine.pages.pictures_rules import Answer, Ribbon


@dataclass(frozen=True, slots=True)
class Looks:
    """Who loses the look of a person: what is said of it, and whether it is a warning."""

    title: str
    warns: bool
    lines: tuple[str, ...]
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowRow:
    """How many had one answer and have another, or the same."""

    was: str
    becomes: str
    count: str
    moves: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """One decision: the picture of who moves, and the table under it."""

    name: str
    title: str
    note: str
    picture_title: str
    sides: tuple[tuple[Answer, ...], tuple[Answer, ...]]
    ribbons: tuple[Ribbon, ...]
    table: str
    table_note: str
    rows: tuple[FlowRow, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one version says: a text, a condition as lists, or both."""

    text: str = ""
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One thing about one part that the two versions say differently."""

    part: str
    what: str
    was: Cell
    becomes: Cell
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shifted:
    """One way of differing, and for whom exactly; in points too, where it reads a score."""

    title: str
    points: tuple[str, ...]
    size: str
    where: Where


@dataclass(frozen=True, slots=True)
class Promises:
    """The expectations that fall, those that are new, and how many are proved in both versions."""

    fallen: tuple[str, ...]
    new: tuple[str, ...]
    kept: str


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One thing that is answered otherwise for one client; never a fact."""

    client_id: str
    part: str
    was: str
    becomes: str
    loses: bool
