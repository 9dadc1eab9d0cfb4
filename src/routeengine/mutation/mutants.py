"""Every rule set that differs from a given one in one small thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from routeengine.mutation.conditions import ConditionKind, changed, written
from routeengine.ruleset.model import Decision, Part, Review, Rule, RuleSet, Score
from routeengine.ruleset.resolution import outranked_by
from routeengine.ruleset.words import Place
from routeengine.verification.parts import rules_asked, with_part

PartKind: TypeAlias = Literal[
    "outcome", "candidates", "outranks", "rule", "applies_when", "constraint", "worth"
]

Kind: TypeAlias = ConditionKind | PartKind
"""What was changed: something in a condition, or a rule, decision or constraint as a whole."""


@dataclass(frozen=True, slots=True, repr=False)
class Mutant:
    """A rule set with one thing changed: `where`, and in words `what` was done there.

    Attributes:
        kind: What kind of change it is.
        where: The part that was changed, such as a rule, by its id.
        what: What was done to it, in words.
        place: Where that part stands: file, line and column.
        ruleset: The changed rule set.
    """

    kind: Kind
    where: str
    what: str
    place: Place
    ruleset: RuleSet

    def __str__(self) -> str:
        """Return place, owner and change in one line."""
        return f"{self.place}: {self.where}: {self.what}"

    def __repr__(self) -> str:
        return f"Mutant({self.where}: {self.what})"


_Change: TypeAlias = tuple[Kind, str, Part, Part | None]
"""What is changed, in words what is done there, and the part as it was and as it becomes."""


def spread(every: Sequence[Mutant], most: int | None) -> list[Mutant]:
    """Return at most so many of them, evenly spread over the rules: the same ones each time."""
    count = len(every) if most is None else min(most, len(every))
    return [every[number * len(every) // count] for number in range(count)]


def mutants(ruleset: RuleSet) -> Iterator[Mutant]:
    """Yield every mutant of a rule set, conditions first, each in the order of its parts.

    In a condition a part is left out or negated, `all` becomes `any`, a count or a threshold moves
    by one, and a value, outcome, status or rule is added or taken away. Constraints, rules and
    `applies_when` are taken out. Parts of a score are left out, and are worth one step more or
    less. Outcomes and candidates are swapped. `outranks` is dropped, or added if that makes no
    circle. Whether a mutant is equivalent, or excludes every profile, is not looked at here.
    """
    for kind, what, old, new in _changes(ruleset):
        where = f"{type(old).__name__.lower()} `{old.id}`"
        if isinstance(old, Decision):
            where += ", applies_when"
        yield Mutant(kind, where, what, old.place, with_part(ruleset, old, new))


def _changes(ruleset: RuleSet) -> Iterator[_Change]:
    for owned in ruleset.owned_conditions():
        # Two ways to change a condition may come to the same one.
        seen = {owned.condition}
        for one in changed(ruleset, owned.condition):
            if one.condition not in seen:
                seen.add(one.condition)
                yield one.kind, one.words, owned.owner, owned.changed(one.condition)
    for score in ruleset.scores:
        yield from _worths(ruleset, score)
    for constraint in ruleset.constraints:
        yield "constraint", "is taken out", constraint, None
    asked = rules_asked(ruleset)
    for decision in ruleset.decisions:
        if decision.applies_when is not None:
            always = replace(decision, applies_when=None, not_applicable_because=None)
            yield "applies_when", "is taken out", decision, always
        for rule in decision.rules:
            yield from _targets(decision, rule)
            yield from _rankings(decision, rule)
            if rule.id not in asked and len(decision.rules) > 1:
                yield "rule", "is taken out", rule, None


def _worths(ruleset: RuleSet, score: Score) -> Iterator[_Change]:
    """Yield the score with a part left out, or worth one step more or less."""
    parts = score.parts
    for number, part in enumerate(parts):
        what, before, after = written(ruleset, part.when), parts[:number], parts[number + 1 :]
        if len(parts) > 1:
            rest = replace(score, parts=(*before, *after))
            yield "part", f"`{what}` ({part.worth:+}) is left out", score, rest
        for worth in (part.worth - score.step, part.worth + score.step):
            if worth:
                words = f"`{what}` is worth {worth} instead of {part.worth}"
                other = replace(score, parts=(*before, replace(part, worth=worth), *after))
                yield "worth", words, score, other


def _targets(decision: Decision, rule: Rule) -> Iterator[_Change]:
    """Yield the rule with another outcome, or other candidates."""
    outcomes, then = [outcome.id for outcome in decision.outcomes], rule.then
    if not isinstance(then, Review):
        for outcome in outcomes:
            if outcome != then:
                words = f"leads to `{outcome}` instead of `{then}`"
                yield "outcome", words, rule, replace(rule, then=outcome)
        words = f"asks for review of `{then}` instead of deciding it"
        yield "outcome", words, rule, replace(rule, then=Review((then,)))
        return
    for outcome in outcomes:
        if outcome in then.candidates:
            rest = tuple(one for one in then.candidates if one != outcome)
            # A review without candidates says why; any reason will do, as nobody reads it.
            fewer = replace(rule, then=Review(rest, None if rest else rule.reason))
            yield "candidates", f"the candidate `{outcome}` is left out", rule, fewer
            words = f"decides `{outcome}` instead of asking for review"
            yield "outcome", words, rule, replace(rule, then=outcome)
        else:
            more = Review(tuple(one for one in outcomes if one in (*then.candidates, outcome)))
            words = f"`{outcome}` becomes a candidate"
            yield "candidates", words, rule, replace(rule, then=more)


def _rankings(decision: Decision, rule: Rule) -> Iterator[_Change]:
    """Yield the rule outranking one rule less, or one more."""
    beaten = outranked_by(decision)
    for other in decision.rules:
        related = rule.id in beaten[other.id] or other.id in beaten[rule.id]
        words, ranks = f"outranks `{other.id}` too", (*rule.outranks, other.id)
        if other.id in rule.outranks:
            words = f"does not outrank `{other.id}`"
            ranks = tuple(one for one in rule.outranks if one != other.id)
        # What it beats by way of others says nothing new; what beats it would close a circle.
        elif other is rule or related:
            continue
        yield "outranks", words, rule, replace(rule, outranks=ranks)
