"""Tables of figures as they are shown, on pages that count clients."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its name, figures as they are shown, and words."""

    name: str
    figures: tuple[str, ...]
    words: tuple[str, ...] = ()
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures; `heads` are of its figures, and `words` of what else a row says."""

    caption: str
    note: str
    first: str
    heads: tuple[str, ...]
    words: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def is_small(self) -> bool:
        """Whether it has few columns: stretched out, a row could not be followed."""
        return len(self.heads) < 4 and not self.words
