"""All rules of a decision ranked at once, as the author wrote it.

    order: [a, b, c]               a outranks b, and b outranks c
    priority: [no, yes, review]    what leads to `no` outranks what leads to `yes`, and that review

What it means stands in `Rule.outranks`, which it was written out into: so nothing that decides
reads it. It is kept for who tells people of the rules, and of what was written by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

RankedBy: TypeAlias = Literal["order", "priority"]
"""By their ids, or by where they lead."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What goes first: ids of rules, or outcomes and `review`; the earlier beats the later."""

    by: RankedBy
    names: tuple[str, ...]
