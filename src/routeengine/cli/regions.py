"""Regions, amounts and differences in words and as data, for all commands that show them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from routeengine.bits import numbers
from routeengine.explanation.phrases import Phrases
from routeengine.i18n import catalogue
from routeengine.profile import read_knowledge
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet
from routeengine.verification import Region
from routeengine.verification.space import NOTHING, Amount


class RegionWords:
    """Puts regions into the words of one language, with the labels of a rule set."""

    def __init__(self, side: Phrases, language: str, size: Callable[[Amount], str]) -> None:
        self.side = side
        self.words = catalogue(language).difference
        self.size = size

    def lines(
        self, regions: Sequence[Region], left_over: Amount = NOTHING, instances: bool = True
    ) -> list[str]:
        """Return regions line by line: what all of them say first, then what each says itself."""
        words, lines, several = self.words, [], len(regions) > 1
        # Two regions, "rung 1 or 2; finances serious" and "rung 1 or 2; housing serious": always
        # rung 1 or 2, and with that one of finances serious and housing serious.
        items = [set(bits_of(self.side.ruleset, region).items()) for region in regions]
        shared = dict(set.intersection(*items)) if items else {}
        if shared:
            lines.append("  " + words.always.format(words=self.where(shared)))
        if several:
            lines.append("  " + (words.one_of if shared else words.one_of_alone))
        for count, region in enumerate(regions, 1):
            if several:
                own = {fact: bits for fact, bits in items[count - 1] if fact not in shared}
                lines.append(f"  {count}. {self.where(own)} ({self.size(region.covers)})")
            elif not shared:
                lines.append("  " + words.everyone)
            if instances and (witness := self._witness(region)):
                indent = "     " if several else "  "
                lines.append(indent + words.instance.format(words=witness))
        if left_over:
            lines.append("  " + words.left_over.format(size=self.size(left_over)))
        return lines

    def where(self, where: Mapping[str, int]) -> str:
        """Return which values some facts may have."""
        side, parts = self.side, []
        for fact in side.ruleset.facts:
            if fact.id in where:
                values = side.allowed(fact, where[fact.id])
                parts.append(side.wording.labelled_as(side.say(fact.label), values))
        return "; ".join(parts)

    def _witness(self, region: Region) -> str:
        """Return what the region leaves open, if it leaves a choice or is not as usual."""
        left_open, where = {}, bits_of(self.side.ruleset, region)
        for fact in self.side.ruleset.facts:
            index = fact.domain.index(region.witness[fact.id]) or 0
            allowed = where.get(fact.id)
            if allowed.bit_count() > 1 if allowed else index:
                left_open[fact.id] = 1 << index
        return self.where(left_open)


def bits_of(ruleset: RuleSet, region: Region) -> dict[str, int]:
    """Return the values that the facts of a region may have, as bits."""
    known = {name: read_knowledge(ruleset.fact[name], one) for name, one in region.where.items()}
    return {name: one.allowed for name, one in known.items() if one is not None}


@contextmanager
def all_digits() -> Iterator[None]:
    """Let counts be written however long they are: Python stops at 4,300 digits of its own accord.

    Of 900 facts with 100,000 values each there are 4,501. All numbers are ours, and none is read.
    """
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)


def region_data(ruleset: RuleSet, region: Region) -> dict[str, object]:
    """Return a region as data: the values that each fact that matters may have."""
    return {
        "where": {
            fact: [ruleset.fact[fact].domain.value(number) for number in numbers(bits)]
            for fact, bits in bits_of(ruleset, region).items()
        },
        "witness": dict(region.witness),
        **asdict(region.covers),
    }


def ruleset_data(ruleset: RuleSet) -> dict[str, str]:
    """Return which rule set it was as data."""
    named = reference(ruleset)
    return {"id": named.id, "version": named.version, "sha256": named.sha256}
