"""Regions in words and as data, for all commands that show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from routeengine.bits import numbers
from routeengine.cli.diff_words import DiffWords
from routeengine.explanation.phrases import Phrases
from routeengine.ruleset.model import RuleSet
from routeengine.verification import Region
from routeengine.verification.space import NOTHING, Amount


class RegionWords:
    """Puts regions into the words of one language, with the labels of a rule set."""

    def __init__(self, side: Phrases, words: DiffWords, size: Callable[[Amount], str]) -> None:
        self.side = side
        self.words = words
        self.size = size

    def lines(
        self, regions: Sequence[Region], left_over: Amount = NOTHING, instances: bool = True
    ) -> list[str]:
        """Give regions line by line: what all of them say first, then what each says itself."""
        words, lines = self.words, []
        shared = _shared(regions)
        if shared:
            lines.append("  " + words.always.format(words=self.where(shared)))
        apart = [
            {fact: bits for fact, bits in region.where.items() if fact not in shared}
            for region in regions
        ]
        if len(apart) > 1:
            lines.append(f"  {words.one_of if shared else words.one_of_alone}")
        for count, (region, own) in enumerate(zip(regions, apart, strict=True), 1):
            if len(apart) > 1:
                lines.append(f"  {count}. {self.where(own)} ({self.size(region.covers)})")
            elif not shared:
                lines.append(f"  {words.everyone}")
            if instances and (witness := self._witness(region)):
                indent = "     " if len(apart) > 1 else "  "
                lines.append(indent + words.instance.format(words=witness))
        if left_over:
            lines.append("  " + words.left_over.format(size=self.size(left_over)))
        return lines

    def where(self, where: Mapping[str, int]) -> str:
        """Give which values some facts may have."""
        side, told = self.side, []
        for fact in side.ruleset.facts:
            if fact.id in where:
                values = side.allowed(fact, where[fact.id])
                told.append(side.wording.labelled_as(side.say(fact.label), values))
        return "; ".join(told)

    def _witness(self, region: Region) -> str:
        """Give what the region leaves open, where it leaves a choice or is not as usual."""
        shown = {}
        for fact in self.side.ruleset.facts:
            index = fact.domain.index(region.witness[fact.id]) or 0
            told = region.where.get(fact.id)
            if told.bit_count() > 1 if told else index:
                shown[fact.id] = 1 << index
        return self.where(shown)


def _shared(regions: Iterable[Region]) -> dict[str, int]:
    """Give what all regions say of a fact in the same way."""
    first, *others = [dict(region.where) for region in regions] or [{}]
    return {
        fact: bits
        for fact, bits in first.items()
        if all(other.get(fact) == bits for other in others)
    }


def region_data(ruleset: RuleSet, region: Region) -> dict[str, object]:
    """Give a region as data: the values that each fact that matters may have."""
    return {
        "where": {
            fact: [ruleset.fact[fact].domain.value(number) for number in numbers(bits)]
            for fact, bits in region.where.items()
        },
        "witness": dict(region.witness),
        **amount_data(region.covers),
    }


def amount_data(amount: Amount) -> dict[str, int]:
    """Give how much something covers as data."""
    return {"combinations": amount.combinations, "profiles": amount.profiles}
