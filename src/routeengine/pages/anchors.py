"""Where something stands in the rule book: the addresses that other pages link to.

An address is the kind of a part and its id: `rule-no_activity`, `fact-rung`,
`outcome-route-A`. A reading of the policy has the id of the part that it is a reading for. Ids
of parts hold no hyphen (only outcomes may, and theirs stand last), so no two addresses are alike.
"""

from __future__ import annotations

from typing import Literal, TypeAlias
from urllib.parse import quote

Kind: TypeAlias = Literal[
    "fact",
    "criterion",
    "score",
    "constraint",
    "decision",
    "outcome",
    "rule",
    "flag",
    "parameter",
    "reading",
    "source",
    "citation",
    "refusal",
    "expectation",
    "case",
]
"""What has an address of its own."""

OWNERS = ("rule", "criterion", "score", "constraint", "flag", "parameter")
"""The kinds of parts that have a reading."""


def anchor(kind: Kind, *ids: str) -> str:
    """Return the address of a part: its kind and its id; of an outcome the decision's id first.

    The name of a case can be any text, so what an address cannot hold is written by its number.
    """
    return "-".join((kind, *(quote(one, safe="") for one in ids)))


def reading_anchor(owner: str, name: str, taken: set[str]) -> str:
    """Return the address of the reading of one part, and note it in `taken`.

    It is `reading-ID`. A rule and, say, a flag may have one id: the second of them, in the order of
    `OWNERS`, has `reading-flag-ID`.
    """
    plain = anchor("reading", name)
    address = anchor("reading", owner, name) if plain in taken else plain
    taken.add(address)
    return address
