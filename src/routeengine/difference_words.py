"""What differs between two versions, and where, in the words of one language.

For whoever shows it: the command line in text, and the page of a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass

from routeengine.explanation.phrases import Phrases, phrases_of
from routeengine.i18n import count_in_words, span_in_words
from routeengine.i18n.words import DifferenceWording
from routeengine.own_words import words_of
from routeengine.pages.render import first_up
from routeengine.profile import read_knowledge, set_of
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.model import Parameter, RuleSet
from routeengine.ruleset.resolution import OVERLAP, CompleteVerdict
from routeengine.suppress import Figure
from routeengine.value_set import ValueSet, single
from routeengine.verification import Difference, Reading, Region
from routeengine.verification.alignment import FactChange
from routeengine.verification.comparison import Statement
from routeengine.verification.points import NO_POINTS, Points
from routeengine.verification.space import NOTHING, Amount

MAX_WAYS = 8
"""Regions that are listed; of more the widest are."""

MAX_EXAMPLES = 3
"""Regions that are listed where the points say all there is to say."""

MAX_RUNS = 6
"""Runs of totals that are told one by one."""


@dataclass(frozen=True, slots=True)
class Way:
    """One of several regions: what it says besides, how large it is, and an example."""

    where: tuple[str, ...]
    size: str
    instance: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """Regions in words: what all of them say, what each says besides, and how much is not shown.

    One region alone says all that it has to say under `always`.
    """

    always: tuple[str, ...]
    ways: tuple[Way, ...]
    left_over: str


class RegionWords:
    """Puts regions into the words of one language, with the labels of a rule set."""

    def __init__(self, side: Phrases, language: str, size: Callable[[Amount], str]) -> None:
        self.side = side
        self.words = words_of(side.ruleset.wording, language).difference
        self.size = size

    def where(self, regions: Sequence[Region], left_over: Amount = NOTHING) -> Where:
        """Return regions in words."""
        # Two regions, "rung 1 or 2; finances serious" and "rung 1 or 2; housing serious": always
        # rung 1 or 2, and with that one of finances serious and housing serious.
        items = [set(values_in(self.side.ruleset, region).items()) for region in regions]
        shared = dict(set.intersection(*items)) if items else {}
        ways = [
            Way(
                self._facts({fact: values for fact, values in own if fact not in shared}),
                self.size(region.covers),
                self._witness(region),
            )
            for own, region in zip(items, regions, strict=True)
        ]
        return Where(self._facts(shared), tuple(ways), self.size(left_over) if left_over else "")

    def points(self, points: Points, old: Phrases | None = None) -> list[str]:
        """Return in a sentence, if there is anything to say, which totals scores have.

        `old` has the labels of the old version, where there are two.
        """
        words, told = self.words, []
        versions = {"old": words.score_old, "new": words.score_new, None: "{name}"}
        for one in points.scores:
            side = old if old is not None and one.version == "old" else self.side
            label = side.say(side.ruleset.score[one.score].label)
            name = versions[one.version].format(name=label)
            told.append(side.wording.labelled_as(name, self._totals(one.totals)))
        besides = self._besides(points)
        template = words.points_only
        if _in_points(points):
            template = words.points_where if besides else words.points_exact
        return [template.format(words="; ".join([*told, *besides]))] if told else []

    def _besides(self, points: Points) -> tuple[str, ...]:
        """Return the facts that are told with points."""
        where = values_in(self.side.ruleset, points) if _in_points(points) else {}
        return self._facts(where)

    def _totals(self, totals: Sequence[tuple[int, int]]) -> str:
        """Return totals in words, of many runs only their ends."""
        wording = self.side.wording
        if len(totals) > MAX_RUNS:
            ends = (totals[0][0], None), (None, totals[-1][1])
            return wording.both([wording.numbers_between(*end) for end in ends])
        return wording.either([wording.numbers_between(*run) for run in totals])

    def lines(
        self,
        regions: Sequence[Region],
        left_over: Amount = NOTHING,
        instances: bool = True,
        points: Points = NO_POINTS,
    ) -> list[str]:
        """Return regions line by line: what all of them say first, then what each says itself.

        Of many these are the widest; of few already where the points say it all.
        """
        words, lines, several = self.words, [], len(regions) > 1
        where = self.where(regions, left_over)
        most = MAX_EXAMPLES if _in_points(points) else MAX_WAYS
        ways = [*zip(regions, where.ways, strict=True)]
        if len(ways) > most:
            ways = sorted(ways, key=lambda way: -way[0].covers.profiles)[:most]
        besides = self._besides(points)
        always = [one for one in where.always if one not in besides]
        if always:
            lines.append("  " + words.always.format(words="; ".join(always)))
        if several:
            lines.append("  " + (words.one_of if always else words.one_of_alone))
        for count, (_, way) in enumerate(ways, 1):
            if several:
                lines.append(f"  {count}. {'; '.join(way.where)} ({way.size})")
            elif not where.always:
                lines.append("  " + words.everyone)
            if instances and way.instance:
                indent = "     " if several else "  "
                lines.append(indent + words.instance.format(words="; ".join(way.instance)))
        if more := len(regions) - len(ways):
            lines.append("  " + words.more.format(count=more))
        if left_over:
            lines.append("  " + words.left_over.format(size=where.left_over))
        return lines

    def _facts(self, where: Mapping[str, ValueSet]) -> tuple[str, ...]:
        """Return which values some facts may have, in declared order."""
        side = self.side
        return tuple(
            side.wording.labelled_as(side.say(fact.label), side.allowed(fact, where[fact.id]))
            for fact in side.ruleset.facts
            if fact.id in where
        )

    def _witness(self, region: Region) -> tuple[str, ...]:
        """Return what the region leaves open, if it leaves a choice or is not as usual."""
        left_open, where = {}, values_in(self.side.ruleset, region)
        for fact in self.side.ruleset.facts:
            index = fact.domain.index(region.witness[fact.id]) or 0
            allowed = where.get(fact.id)
            if allowed.has_several if allowed else index:
                left_open[fact.id] = single(index)
        return self._facts(left_open)


def values_in(ruleset: RuleSet, some: Region | Points) -> dict[str, ValueSet]:
    """Return the values that the facts of a region, or beside points, may have."""
    known = {name: read_knowledge(ruleset.fact[name], one) for name, one in some.where.items()}
    return {name: one.allowed for name, one in known.items() if one is not None}


def _in_points(points: Points) -> bool:
    """Return whether points alone say where something is, in so many words that all are told."""
    return points.exact and all(len(one.totals) <= MAX_RUNS for one in points.scores)


class DifferenceWords:
    """The parts of a difference in the words of one language."""

    def __init__(self, difference: Difference, language: str) -> None:
        self.difference = difference
        sides = difference.aligned.before.common, difference.aligned.after.common
        self.words = words_of(sides[1].wording, language).difference
        self.before, self.after = (phrases_of(side, language) for side in sides)
        self.regions = RegionWords(self.after, language, self.size)

    def unraised(self) -> str:
        """Return what changed under one version, if something did."""
        templates = {"meaning": self.words.unraised, "texts": self.words.unraised_texts}
        what, version = self.difference.unraised, self.difference.aligned.after.own.version
        return templates[what].format(version=version) if what else ""

    def compared(self) -> str:
        """Return of which days and variants the numbers are, if the two have numbers of others."""
        sides = self.difference.aligned.before.own, self.difference.aligned.after.own
        old, new = (side.instance for side in sides)
        if old == new:
            return ""
        named = [self._days(one) for one in (old, new)]
        return self.words.compared.format(old=named[0], new=named[1])

    def _days(self, instance: Instance | None) -> str:
        since, until, variant = astuple(instance) if instance else (None, None, None)
        days = span_in_words(since, until, self.after.language) or self.words.every_day
        return f"{days} ({variant})" if variant else days

    def numbers(self, arrow: str = "->") -> Iterator[str]:
        """Yield what became of the numbers that parameters have."""
        for was, now in self.difference.parameters.values():
            if was is not None and now is not None:
                numbers = f"{self.before.number(was)} {arrow} {self.after.number(now)}"
                yield f"{self.after.say(now.label)}: {numbers}"
                continue
            ends = (self.words.gone, self.before, was), (self.words.new, self.after, now)
            yield from (
                template.format(name=self._number(side, one))
                for template, side, one in ends
                if one is not None
            )

    def _number(self, side: Phrases, one: Parameter) -> str:
        return f"{side.say(one.label)} ({side.number(one)})"

    def facts(self) -> Iterator[str]:
        """Yield what became of the facts."""
        for change in self.difference.facts:
            yield from self._fact(change)

    def _fact(self, change: FactChange) -> Iterator[str]:
        words, before, after = self.words, change.before, change.after
        if before is None or after is None:
            template = words.new if before is None else words.gone
            yield template.format(name=f"`{before or after}`")
            return
        if change.kinds is not None:
            kinds = dict(zip(("old", "new"), change.kinds, strict=True))
            yield words.retyped.format(name=f"`{after}`", **kinds)
            return
        if before != after:
            yield words.renamed.format(name=f"`{before}` -> `{after}`")
        fact = self.after.ruleset.fact[after]
        pairs = ((words.values_lost, change.lost), (words.values_gained, change.gained))
        for template, values in pairs:
            if values:
                named = self.after.allowed(fact, set_of(fact, values), "between")
                yield template.format(name=f"`{after}`", values=named)

    def gone_and_new(self) -> Iterator[str]:
        """Yield the decisions and flags that just one version has."""
        for one in self.difference.removed:
            yield self.words.gone.format(name=self.name(self.before, *one))
        for one in self.difference.added:
            yield self.words.new.format(name=self.name(self.after, *one))

    def name(self, side: Phrases, kind: str, name: str) -> str:
        """Return what a decision or a flag is called."""
        if kind == "decision":
            return self.words.decision.format(name=side.say(side.ruleset.decision[name].label))
        label = next(flag.label for flag in side.ruleset.flags if flag.id == name)
        return self.words.flag.format(name=side.say(label))

    def statement(self, side: Phrases, name: str, statement: Statement) -> str:
        """Return what a version says: the answer, or whether a flag is raised."""
        return statement_in_words(side, name, statement)

    def answer(self, side: Phrases, decision: str, key: str) -> str:
        """Return what an answer is called: an outcome, a status, or that there is none."""
        short = side.wording.short
        if key in short:
            return first_up(short[key])
        return first_up(side.outcomes[decision].get(key, self.words.unusable))

    def count(self, number: int) -> str:
        """Return a count of what is never hidden."""
        return count_in_words(number, self.after.language)

    def figure(self, figure: Figure) -> str:
        """Return a count as it may be shown."""
        return figure_in_words(self.after, figure)

    def size(self, amount: Amount) -> str:
        """Return how much it is: combinations, and full profiles."""
        return amount_in_words(self.words, self.after.language, amount)

    def reading(self, reading: Reading) -> tuple[str, ...]:
        """Return which decision reads other facts, and below it which."""
        words, side = self.words, self.after
        lines = [words.reading.format(decision=self.name(side, "decision", reading.decision))]
        pairs = ((words.reads_too, reading.after), (words.reads_no_more, reading.before))
        for template, facts in pairs:
            if facts:
                labels = [side.say(side.ruleset.fact[fact].label) for fact in facts]
                lines.append(template.format(names=side.wording.both(labels)))
        return tuple(lines)

    def besides(self) -> Iterator[str]:
        """Yield what differs and has no region: how a dossier is weighed, and what is too large."""
        if self.difference.evidence:
            yield self.words.evidence
        if self.difference.undetermined:
            yield self.words.undetermined.format(names=", ".join(self.difference.undetermined))


def amount_in_words(words: DifferenceWording, language: str, amount: Amount) -> str:
    """Return how much it is, in combinations and full profiles: one of either is no plural."""
    combinations, profiles = amount.combinations, amount.profiles
    some = words.combinations_some.format(count=count_in_words(combinations, language))
    full = words.profiles_some.format(count=count_in_words(profiles, language))
    return words.size.format(
        combinations=words.combinations_one if combinations == 1 else some,
        profiles=words.profiles_one if profiles == 1 else full,
    )


def statement_in_words(side: Phrases, name: str, statement: Statement) -> str:
    """Return what rules say: the answer of a decision, or whether a flag is raised."""
    words = words_of(side.ruleset.wording, side.language).difference
    if not isinstance(statement, CompleteVerdict):
        return words.raised if statement else words.not_raised
    answers = side.outcomes[name]
    if statement.status != "review":
        return answers[statement.key]
    reasons = {"rule": [], "gap": [words.gap], "overlap": [words.overlap]}
    about = reasons[str(statement.reason)]
    if statement.candidates:
        about.append(side.wording.either([answers[one] for one in statement.candidates]))
    else:
        about.append(words.various if statement == OVERLAP else words.none)
    return f"{answers['review']} ({'; '.join(about)})"


def figure_in_words(side: Phrases, figure: Figure) -> str:
    """Return a count as it may be shown."""
    words = words_of(side.ruleset.wording, side.language).report
    if figure.number is None:
        return words.hidden
    number = count_in_words(figure.number, side.language)
    return words.about.format(number=number) if figure.rounded else number
