"""What a rule set that came out of a record must hold, before it is built and used.

Names in caseloads, translations and citations were the loader's to check; here it is about
what could send the engine astray.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from routeengine.errors import RecordError
from routeengine.record.scalars import shown
from routeengine.ruleset.conditions import AtLeast, Exactly, walk
from routeengine.ruleset.domains import MAX_DOMAIN_SIZE, CategoryDomain, IntegerDomain
from routeengine.ruleset.flaws import Flaw
from routeengine.ruleset.model import Decision, Fact, Review, RuleSet
from routeengine.ruleset.references import check_outcome, check_references


def check_soundness(ruleset: RuleSet) -> None:
    """Raise RecordError, with its place, for the first thing that cannot be used."""
    # Names and sizes first: the later checks rely on them.
    for check in (_names, _sizes, check_references, _targets):
        for flaw in check(ruleset):
            path = "rules"
            for step in flaw.path:
                path = f"{path}[{step}]" if isinstance(step, int) else shown(path, step)
            raise RecordError(flaw.message, path)


def _names(ruleset: RuleSet) -> Iterator[Flaw]:
    yield from _twice("facts", [one.id for one in ruleset.facts])
    yield from _twice("criteria", [one.id for one in ruleset.criteria])
    yield from _twice("constraints", [one.id for one in ruleset.constraints])
    yield from _twice("decisions", [one.id for one in ruleset.decisions])
    yield from _twice("flags", [one.id for one in ruleset.flags])
    sources = () if ruleset.evidence is None else ruleset.evidence.sources
    yield from _twice("evidence", [one.id for one in sources])
    yield from _twice("rules", [one.id for each in ruleset.decisions for one in each.rules])
    for decision in ruleset.decisions:
        yield from _twice(decision.id, [outcome.id for outcome in decision.outcomes])


def _twice(section: str, names: Iterable[str]) -> Iterator[Flaw]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Flaw((section, name), "stands twice")


def _sizes(ruleset: RuleSet) -> Iterator[Flaw]:
    for fact in ruleset.facts:
        if not _is_usable(fact):
            yield Flaw(("facts", fact.id, "domain"), f"must have 1 to {MAX_DOMAIN_SIZE} values")
    for condition in ruleset.conditions:
        for part in walk(condition):
            if isinstance(part, AtLeast | Exactly) and not 0 <= part.count <= len(part.parts):
                yield Flaw(("conditions",), "a count must be from 0 to the number of parts")


def _is_usable(fact: Fact) -> bool:
    match fact.domain:
        case IntegerDomain(minimum=minimum, maximum=maximum):
            return 0 <= maximum - minimum < MAX_DOMAIN_SIZE
        case CategoryDomain(values=values):
            return 0 < len(set(values)) == len(values) <= MAX_DOMAIN_SIZE
        case _:
            return True


def _targets(ruleset: RuleSet) -> Iterator[Flaw]:
    for decision in ruleset.decisions:
        yield from _targets_of(decision)
        if sum(rule.when is None for rule in decision.rules) > 1:
            yield Flaw(("decisions", decision.id), "has more than one `otherwise` rule")


def _targets_of(decision: Decision) -> Iterator[Flaw]:
    for rule in decision.rules:
        then = rule.then
        for outcome in then.candidates if isinstance(then, Review) else (then,):
            yield from check_outcome(("decisions", decision.id, rule.id), decision, outcome)
