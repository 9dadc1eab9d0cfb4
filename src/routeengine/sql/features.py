"""What a verdict says, as bits: then what completions have in common is a matter of "or".

Every full verdict has a few features (its key, its rule where it has one, its reason, its
candidates). The verdict on a partial profile, and each of its columns, hangs on nothing but
which features stand in any of its completions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Literal, NamedTuple

from routeengine.ruleset.settling import FullVerdict
from routeengine.sql.expressions import Sql, bits, both, column, differs, either, equals, number

__all__ = ["Feature", "Words", "features_of"]

WIDTH = 30
"""Bits of one word: an integer of 32 bits, with a sign, is there in every database."""


class Feature(NamedTuple):
    """One thing that a full verdict may say."""

    kind: Literal["key", "rule", "several_rules", "reason", "candidate"]
    name: str = ""


def features_of(full: FullVerdict) -> Iterator[Feature]:
    """Yield what a full verdict says. No rule at all counts as "several": there is not one."""
    yield Feature("key", full.key)
    if len(full.rules) == 1:
        yield Feature("rule", full.rules[0])
    else:
        yield Feature("several_rules")
    if full.reason is not None:
        yield Feature("reason", full.reason)
    for candidate in full.candidates:
        yield Feature("candidate", candidate)


class Words:
    """The features of one decision, spread over as few columns of bits as they need."""

    def __init__(self, name: str, features: Iterable[Feature]) -> None:
        self.features = tuple(dict.fromkeys(features))
        self._bit = {feature: number for number, feature in enumerate(self.features)}
        count = -(-len(self.features) // WIDTH)
        self.names = tuple(f"{name}_{word}" for word in range(count))

    def of(self, kind: str) -> list[Feature]:
        """Give the features of one kind."""
        return [feature for feature in self.features if feature.kind == kind]

    def mask(self, word: int, features: Iterable[Feature]) -> int:
        """Give those of some features that stand in one word, as bits."""
        places = (divmod(self._bit[feature], WIDTH) for feature in features)
        return sum(1 << bit for at, bit in places if at == word)

    def _masked(self, features: Collection[Feature]) -> Iterator[tuple[int, Sql]]:
        for word, name in enumerate(self.names):
            if mask := self.mask(word, features):
                yield word, bits(column(name), mask)

    def some(self, features: Collection[Feature]) -> Sql:
        """Say whether a completion has one of these features; there has to be one."""
        return either(differs(value, 0) for _, value in self._masked(features))

    def just(self, wanted: Feature, among: Collection[Feature]) -> Sql:
        """Say whether, of some features, the completions have this one and no other."""
        return both(
            equals(value, number(self.mask(word, [wanted]))) for word, value in self._masked(among)
        )

    def none(self, features: Collection[Feature]) -> Sql:
        """Say whether no completion has one of these features; there has to be one."""
        return both(equals(value, number(0)) for _, value in self._masked(features))
