"""One thing in which a record differs from what the rules give again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "bytes", "shape", "digest", "meaning", "texts", "facts", "verdict", "flags", "trace", "engine",
    "signature",
]  # fmt: skip
"""What kind of thing it is about."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Where it stands in the record, of what kind it is, and what differs.

    The message never holds the value of a client's fact.
    """

    path: str
    kind: Kind
    message: str

    def __str__(self) -> str:
        """Give the difference as `path: message`."""
        return f"{self.path}: {self.message}"
