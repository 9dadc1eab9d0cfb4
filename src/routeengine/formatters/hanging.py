"""For whom a decision hangs on one fact, as `check --stands-in` and `--hangs-on` tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Unpack

from routeengine.caseload import ReadingOptions
from routeengine.difference_words import (
    RegionWords,
    amount_in_words,
    figure_in_words,
    statement_in_words,
)
from routeengine.explanation.phrases import Phrases, phrases_of
from routeengine.formatters.data import region_data, ruleset_data, to_json
from routeengine.i18n import number_in_words
from routeengine.i18n.rulebook_words import HangingWording
from routeengine.own_words import numbers_of, words_of
from routeengine.ruleset.model import RuleSet
from routeengine.suppress import Figure
from routeengine.verification import Hanging, HangingClients, Seen, hanging_clients, hangs_on


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of one instance of the rules, and of the clients of a caseload, if any."""

    ruleset: RuleSet
    found: tuple[Hanging, ...]
    clients: HangingClients | None

    @property
    def told(self) -> tuple[object, ...]:
        """What is to be told of the caseload."""
        return () if self.clients is None else (*self.clients.faults, *self.clients.notes)

    @property
    def is_found(self) -> bool:
        """Whether a decision hangs on a fact, or that is not known, or a row could not be used."""
        hangs = any(one.hangs or one.undetermined for one in self.found)
        return hangs or bool(self.clients and self.clients.faults)


def look(
    ruleset: RuleSet,
    facts: Sequence[str],
    decisions: Sequence[str],
    *,
    proxies: bool,
    caseload: str | None,
    **reading: Unpack[ReadingOptions],
) -> Looked:
    """Return where decisions hang on some facts, and with `proxies` on those that may stand in.

    Of a caseload it is counted for how many clients that is so.
    """
    marked = [fact.id for fact in ruleset.facts if fact.possible_proxy and proxies]
    found = hangs_on(ruleset, [*marked, *facts], decisions or None)
    clients = None if caseload is None else hanging_clients(ruleset, found, caseload, **reading)
    return Looked(ruleset, found, clients)


def as_text(every: Sequence[Looked], language: str) -> str:
    """Return what was found for people, instance by instance."""
    blocks = [block for one in every for block in HangingWords(one, language).blocks()]
    return "\n\n".join("\n".join(block) for block in blocks)


def as_json(every: Sequence[Looked]) -> str:
    """Return the same as data."""
    return to_json({"hanging": [*_data(every)]})


class HangingWords:
    """Puts what was found into the words of one language."""

    def __init__(self, looked: Looked, language: str) -> None:
        self._looked = looked
        self._side: Phrases = phrases_of(looked.ruleset, language)
        own = words_of(looked.ruleset.wording, language)
        self._words: HangingWording = own.hanging
        self._size = partial(amount_in_words, own.difference, language)
        self._regions = RegionWords(self._side, language, self._size)

    def blocks(self) -> Iterator[list[str]]:
        """Yield blocks of lines: what is asked, and per fact and decision what was found."""
        ruleset, words = self._looked.ruleset, self._words
        of = numbers_of(ruleset.instance, self._side.language)
        named = f"{ruleset.id} {ruleset.version}{f', {of}' if of else ''}"
        yield [f"{named}: {words.asked}", words.people]
        if not self._looked.found:
            yield [words.none]
        counts = self._looked.clients.counts if self._looked.clients else ()
        for place, one in enumerate(self._looked.found):
            if place == 0 or one.fact != self._looked.found[place - 1].fact:
                yield [*self._fact(one.fact)]
            yield [*self._decision(one, counts[place] if counts else None)]

    def _fact(self, name: str) -> Iterator[str]:
        """Yield what a fact is called, and what the rules say of what it decides."""
        side, words, fact = self._side, self._words, self._looked.ruleset.fact[name]
        yield words.fact.format(label=side.say(fact.label), id=name)
        if fact.possible_proxy:
            wording = self._looked.ruleset.wording
            facts = () if wording is None else wording.facts
            effect = next((one.proxy_effect for one in facts if one.id == name), None)
            text = (
                words.says_nothing if effect is None else words.says.format(text=side.say(effect))
            )
            yield f"{words.proxy} {text}"

    def _decision(self, one: Hanging, clients: Figure | None) -> Iterator[str]:
        """Yield whether one decision hangs on the fact; and if so for whom and by which rules."""
        words, side = self._words, self._side
        label = side.say(self._looked.ruleset.decision[one.decision].label)
        if not one.hangs:
            template = words.no if one.read else words.unread
            template = words.open if one.undetermined else template
            yield template.format(decision=label, size=self._size(one.whole))
            return
        share = self._share(one)
        yield words.yes.format(decision=label, share=share, size=self._size(one.covers))
        yield f"  {words.pair}"
        for seen in one.pair or ():
            yield f"    {self._seen(one, seen)}"
        if beside := self._beside(one):
            yield f"    {words.beside.format(words=beside)}"
        yield f"  {words.through}"
        for rule in one.rules:
            name = side.say(self._looked.ruleset.rule[rule.rule].label)
            how = words.how[rule.through]
            yield f"    {name}: {how} ({self._size(rule.covers)})"
        yield f"  {words.for_whom}"
        for line in self._regions.lines(one.regions, one.left_over, instances=False):
            yield f"  {line}"
        if clients is not None and self._looked.clients is not None:
            total = figure_in_words(side, self._looked.clients.clients)
            count = figure_in_words(side, clients)
            yield f"  {words.clients.format(count=count, total=total)}"

    def _share(self, one: Hanging) -> str:
        """Return of what share of the combinations it is so, in tenths of percents."""
        tenths = 1000 * one.covers.combinations // one.whole.combinations
        shown = f"{max(tenths, 1) // 10}.{max(tenths, 1) % 10}".removesuffix(".0")
        percent = f"{number_in_words(shown, self._side.language)}%"
        return percent if tenths else self._words.less.format(share=percent)

    def _seen(self, one: Hanging, seen: Seen) -> str:
        """Return one of the two profiles: the value of the fact, the answer and what gave it."""
        side, ruleset = self._side, self._looked.ruleset
        fact = ruleset.fact[one.fact]
        known = side.wording.labelled_as(
            side.say(fact.label), side.value(fact, seen.profile[one.fact])
        )
        answer = statement_in_words(side, one.decision, seen.verdict)
        rules = [side.say(ruleset.rule[rule].label) for rule in seen.verdict.rules]
        template = self._words.seen if rules else self._words.seen_by_none
        return template.format(known=known, answer=answer, rules=side.wording.both(rules))

    def _beside(self, one: Hanging) -> str:
        """Return what else is not as usual on both profiles."""
        side, profile = self._side, one.pair[0].profile if one.pair else {}
        return "; ".join(
            side.wording.labelled_as(side.say(fact.label), side.value(fact, profile[fact.id]))
            for fact in self._looked.ruleset.facts
            if fact.id != one.fact and profile[fact.id] != fact.domain.value(0)
        )


def _data(every: Sequence[Looked]) -> Iterator[dict[str, object]]:
    """Yield what was found as data, per instance, fact and decision."""
    for looked in every:
        instance = looked.ruleset.instance
        counts = looked.clients.counts if looked.clients else ()
        for place, one in enumerate(looked.found):
            yield {
                "ruleset": ruleset_data(looked.ruleset),
                "instance": None if instance is None else instance.to_dict(),
                "fact": one.fact,
                "decision": one.decision,
                "hangs": None if one.undetermined else one.hangs,
                "read": one.read,
                **asdict(one.covers),
                "of": asdict(one.whole),
                "pair": [
                    {
                        "profile": dict(seen.profile),
                        "status": seen.verdict.status,
                        "outcome": seen.verdict.outcome,
                        "reason": seen.verdict.reason,
                        "candidates": seen.verdict.candidates,
                        "rules": seen.verdict.rules,
                    }
                    for seen in one.pair or ()
                ],
                "rules": [
                    {"rule": rule.rule, "through": rule.through, **asdict(rule.covers)}
                    for rule in one.rules
                ],
                "regions": [region_data(looked.ruleset, region) for region in one.regions],
                "left_over": asdict(one.left_over),
                **({"clients": asdict(counts[place])} if counts else {}),
            }
