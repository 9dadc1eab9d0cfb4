"""Two versions of a rule set in one vocabulary, so that they can be compared.

Facts are those of the new version, and behind them the ones that only the old one has. A
fact that one of the two does not have is not read by it. A value that one of the two
does not know is a profile that it does not allow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from routeengine.errors import UsageError
from routeengine.profile import Between, entries_of
from routeengine.ruleset import conditions
from routeengine.ruleset.domains import (
    CategoryDomain,
    DateDomain,
    DecimalDomain,
    Domain,
    IntegerDomain,
    RangeDomain,
    Value,
)
from routeengine.ruleset.expectations import Expectation
from routeengine.ruleset.flaws import did_you_mean
from routeengine.ruleset.model import Constraint, Decision, Fact, Flag, Rule, RuleSet
from routeengine.ruleset.naming import fold_name
from routeengine.ruleset.sources import Grounds
from routeengine.value_set import ValueSet


@dataclass(frozen=True, slots=True)
class FactChange:
    """What became of a fact: ids of the old and the new one, None if there is none.

    `lost` and `gained` are values, and ranges of many, that just one of the two knows. If the fact
    changed its type, `kinds` has the old and the new one, and its values are not compared.
    """

    before: str | None
    after: str | None
    lost: tuple[Value | Between, ...] = ()
    gained: tuple[Value | Between, ...] = ()
    kinds: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One version: as it was loaded, in the common vocabulary, and its own name per fact."""

    own: RuleSet
    common: RuleSet
    fact: Mapping[str, str]

    def translated(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return a profile in the names of this version, without the facts that it does not have.

        What is known is kept as it is: a value, or a form of partial knowledge.
        """
        return {own: values[name] for name, own in self.fact.items() if name in values}

    @property
    def decisions(self) -> dict[str, str]:
        """The version's own name per decision."""
        return _ids_by_id(self.common.decisions, self.own.decisions)

    @property
    def flags(self) -> dict[str, str]:
        """The version's own name per flag."""
        return _ids_by_id(self.common.flags, self.own.flags)

    def outcomes(self, decision: str) -> dict[str, str]:
        """Return the common name per outcome of a decision, by the version's own."""
        own = self.own.decision[self.decisions[decision]].outcomes
        return _ids_by_id(own, self.common.decision[decision].outcomes)

    def in_common_names(self) -> RuleSet:
        """Return the version in the common names, with its own values, and what it expects too."""
        names = Names(
            facts={own: name for name, own in self.fact.items()},
            decisions={own: name for name, own in self.decisions.items()},
            flags={own: name for name, own in self.flags.items()},
            outcomes={
                (own, one): other
                for name, own in self.decisions.items()
                for one, other in self.outcomes(name).items()
            },
        )
        facts = tuple(replace(one, id=names.facts[one.id]) for one in self.own.facts)
        expected = tuple(_expectation(names, one) for one in self.own.expectations)
        return replace(renamed(self.own, names), facts=facts, expectations=expected)


def _ids_by_id(some: Iterable[Any], others: Iterable[Any]) -> dict[str, str]:
    return {one.id: other.id for one, other in zip(some, others, strict=True)}


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two versions side by side, and how their facts belong together."""

    before: Side
    after: Side
    facts: tuple[FactChange, ...]


def align(old: RuleSet, new: RuleSet, renames: Mapping[str, str] | None = None) -> Aligned:
    """Bring two versions into one vocabulary.

    `renames` maps what the old version calls a fact, a decision, a flag or, as
    `decision.outcome`, an outcome to what the new one calls it. A fact whose name the
    new version has as an alias is the same fact. Raises UsageError for a name that is not there.
    """
    names = _names(old, new, renames or {})
    twins = _twins(old, new, names.facts)
    facts = {fact.id: _merged(fact, twins.get(fact.id)) for fact in new.facts}
    own = {fact.id: fact.id for fact in new.facts}
    called = {fact.id: name for name, fact in twins.items()}
    for fact in old.facts:
        if fact.id not in called:
            # A fact that changed its type is two facts: the old one is told apart by its name.
            name = called[fact.id] = fact.id if fact.id not in own else f"{fact.id} (old)"
            facts[name] = replace(fact, id=name)
    changes = tuple(_changes(old, new, twins))
    return Aligned(_side(old, names, called, facts), _side(new, Names(), own, facts), changes)


def _side(own: RuleSet, names: Names, called: Mapping[str, str], facts: Mapping[str, Fact]) -> Side:
    """Put one version into the common vocabulary: values that it does not know it does not allow.

    `called` has the common name per fact of its own.
    """
    values: dict[str, Callable[[ValueSet], ValueSet]] = {}
    unknown = []
    for fact in own.facts:
        common = facts[called[fact.id]]
        if fact.domain != common.domain:
            moved = values[fact.id] = _numbering(fact.domain, common.domain)
            if rest := common.domain.full - moved(fact.domain.full):
                forbids, name = conditions.FactIs(common.id, rest, "in"), f"values of {fact.id}"
                unknown.append(Constraint(name, forbids, common.label, Grounds("source")))
    other = renamed(own, replace(names, facts=called, values=values))
    constraints = (*other.constraints, *unknown)
    common_rules = replace(other, facts=tuple(facts.values()), constraints=constraints)
    return Side(own, common_rules, {name: fact for fact, name in called.items()})


def _names(old: RuleSet, new: RuleSet, renames: Mapping[str, str]) -> Names:
    """Sort the renames by what they name; whatever they name has to be there."""
    flags = [{flag.id for flag in one.flags} for one in (old, new)]
    known = [(old.fact, new.fact), (old.decision, new.decision), (flags[0], flags[1])]
    sections: list[dict[str, str]] = [{}, {}, {}]
    outcomes: dict[tuple[str, str], str] = {}
    for was, now in renames.items():
        decision, dot, outcome = was.partition(".")
        if dot and decision in old.decision:
            _require(outcome, [one.id for one in old.decision[decision].outcomes], was)
            outcomes[decision, outcome] = now.rpartition(".")[2]
            continue
        _require(was, [name for before, _ in known for name in before], was)
        place = next(place for place, (before, _) in enumerate(known) if was in before)
        _require(now, known[place][1], now)
        sections[place][was] = now
    facts, decisions, flag_ids = sections
    _require_distinct(facts, facts)  # an old fact that keeps its name is told apart by it
    _require_distinct(old.decision, decisions)
    _require_distinct(flags[0], flag_ids)
    for one in old.decisions:
        ids = [outcome.id for outcome in one.outcomes]
        _require_distinct(ids, {name: outcomes.get((one.id, name), name) for name in ids})
    return Names(facts, decisions, flag_ids, outcomes)


def _require_distinct(names: Iterable[str], renames: Mapping[str, str]) -> None:
    """Refuse names that become one: what they say would be compared as if one said it all."""
    old_names: dict[str, str] = {}
    for was in names:
        now = renames.get(was, was)
        if now in old_names:
            both = f"`{old_names[now]}` and `{was}`"
            raise UsageError(f"{both} cannot both be called `{now}`: rename them apart")
        old_names[now] = was


def _require(name: str, known: Collection[str], called: str) -> None:
    if name not in known:
        hint = did_you_mean(name, known)
        message = f"`{called}` cannot be renamed: nothing is called so"
        raise UsageError(message + (f" ({hint})" if hint else ""))


def _twins(old: RuleSet, new: RuleSet, renamed: Mapping[str, str]) -> dict[str, Fact]:
    """Return, per fact of the new version, the one of the old version that it is."""
    # In the order of how certain it is: what the caller says, then the same id, then an alias. A
    # fact that was renamed to something else is not paired by its old id again.
    twins = {now: old.fact[was] for was, now in renamed.items()}
    for fact in new.facts:
        if fact.id not in twins and fact.id in old.fact and fact.id not in renamed:
            twins[fact.id] = old.fact[fact.id]
    left = [fact for fact in old.facts if fact not in twins.values()]
    for fact in new.facts:
        if fact.id not in twins:
            near = [one for one in left if _same_name(one, fact)]
            # Two facts that both have the name as an alias are no reason to take either.
            back = [one for one in new.facts if near and _same_name(near[0], one)]
            if len(near) == 1 and len(back) == 1:
                twins[fact.id] = near[0]
    return {name: one for name, one in twins.items() if _alike(one, new.fact[name])}


def _alike(old: Fact, new: Fact) -> bool:
    """Return whether the values of two facts can be compared: by type, and by decimal places."""
    return _kind(old) == _kind(new)


def _kind(fact: Fact) -> str:
    domain = fact.domain
    if isinstance(domain, DecimalDomain):
        return f"{domain.kind} with {domain.places} places"
    return domain.kind


def _same_name(old: Fact, new: Fact) -> bool:
    """Return whether one of two facts has the id of the other among its aliases."""
    return fold_name(old.id) in map(fold_name, new.aliases) or (
        fold_name(new.id) in map(fold_name, old.aliases)
    )


def _merged(new: Fact, old: Fact | None) -> Fact:
    """Return a fact with the values of both versions, those of the new one first."""
    if old is None:
        return new
    return replace(
        new,
        domain=_union(new.domain, old.domain),
        aliases=(*new.aliases, *(n for n in (old.id, *old.aliases) if n not in new.aliases)),
        value_labels={**old.value_labels, **new.value_labels},
        value_aliases={**old.value_aliases, **new.value_aliases},
    )


def _union(new: Domain, old: Domain) -> Domain:
    if isinstance(new, CategoryDomain) and isinstance(old, CategoryDomain):
        return CategoryDomain((*new.values, *(v for v in old.values if v not in new.values)))
    if isinstance(new, IntegerDomain) and isinstance(old, IntegerDomain):
        return IntegerDomain(min(new.minimum, old.minimum), max(new.maximum, old.maximum))
    if isinstance(new, DateDomain) and isinstance(old, DateDomain):
        return DateDomain(min(new.minimum, old.minimum), max(new.maximum, old.maximum))
    if isinstance(new, DecimalDomain) and isinstance(old, DecimalDomain):
        low = min(new.minimum, old.minimum, key=Decimal)
        high = max(new.maximum, old.maximum, key=Decimal)
        return DecimalDomain(low, high, new.places)
    return new


def _numbering(own: Domain, common: Domain) -> Callable[[ValueSet], ValueSet]:
    """Return what turns a set of values of one domain into one of a wider domain."""
    if isinstance(own, RangeDomain):
        shift = common.index(own.value(0)) or 0
        return lambda values: values.moved(shift)
    # Of (none, small, large) the values none and large go to places 0 and 3 of a wider domain
    # (none, tiny, small, large): the set {0, 2} becomes {0, 3}.
    places = [common.index(value) or 0 for value in own.values]
    return lambda values: ValueSet.of(places[number] for number in values.numbers)


def _changes(old: RuleSet, new: RuleSet, twins: Mapping[str, Fact]) -> Iterator[FactChange]:
    for fact in new.facts:
        twin, namesake = twins.get(fact.id), old.fact.get(fact.id)
        if twin is None:
            if namesake is not None and namesake not in twins.values():
                yield FactChange(fact.id, fact.id, kinds=(_kind(namesake), _kind(fact)))
            else:
                yield FactChange(None, fact.id)
            continue
        lost, gained = _only(twin, fact), _only(fact, twin)
        if twin.id != fact.id or lost or gained:
            yield FactChange(twin.id, fact.id, lost, gained)
    for fact in old.facts:
        if fact not in twins.values() and (fact.id not in new.fact or fact.id in twins):
            yield FactChange(fact.id, None)


def _only(one: Fact, other: Fact) -> tuple[Value | Between, ...]:
    """Return the values of one fact that the other, of the same type, does not have."""
    common = _union(one.domain, other.domain)
    mine, others = (_numbering(each.domain, common)(each.domain.full) for each in (one, other))
    return tuple(entries_of(replace(one, domain=common), mine - others))


@dataclass(frozen=True, slots=True)
class Names:
    """What is called otherwise: per old id the new one; outcomes per old decision.

    `values` gives, per old fact, its sets of values in the numbers of another domain.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    values: Mapping[str, Callable[[ValueSet], ValueSet]] = field(default_factory=dict)

    def outcome(self, decision: str, outcome: str) -> str:
        """Return the new id of an outcome of an old decision."""
        return self.outcomes.get((decision, outcome), outcome)


def renamed(ruleset: RuleSet, names: Names) -> RuleSet:
    """Return the rules of a rule set in these names; its facts stay for the caller to set."""
    parts = ("constraints", "criteria", "scores", "decisions", "flags")
    change = partial(_renamed, names)
    other: dict[str, Any] = {name: rebuilt(getattr(ruleset, name), change) for name in parts}
    return replace(ruleset, **other, expectations=(), acceptances=())


def rebuilt(part: Any, change: Callable[[object], object]) -> Any:
    """Return a part of a rule set with all that it is made of changed, from the inside out."""
    if isinstance(part, tuple):
        return tuple(rebuilt(one, change) for one in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    inside = {one.name: rebuilt(getattr(part, one.name), change) for one in fields(part)}
    return change(replace(part, **inside))


def _renamed(names: Names, part: object) -> object:
    """Return a part in other names, whatever is inside it aside."""
    match part:
        case conditions.FactIs(fact, allowed):
            values = names.values.get(fact)
            moved = allowed if values is None else values(allowed)
            return replace(part, fact=names.facts.get(fact, fact), allowed=moved)
        case conditions.OutcomeIs(name, outcomes):
            other = tuple(names.outcome(name, one) for one in outcomes)
            return conditions.OutcomeIs(names.decisions.get(name, name), other)
        case conditions.StatusIs(name) | conditions.RuleIs(name):
            return replace(part, decision=names.decisions.get(name, name))
        case Decision():
            return _decision(names, part)
        case Flag():
            return replace(part, id=names.flags.get(part.id, part.id))
        case _:
            return part


def _expectation(names: Names, one: Expectation) -> Expectation:
    """Return what is expected, in other names; an answer may be a status, and keeps its name."""

    def called(answers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.outcome(one.decision, answer) for answer in answers)

    change = one.change
    return replace(
        one,
        decision=names.decisions.get(one.decision, one.decision),
        when=rebuilt(one.when, partial(_renamed, names)),
        change=change and replace(change, fact=names.facts.get(change.fact, change.fact)),
        always=called(one.always),
        never=called(one.never),
        never_from=called(one.never_from),
        along=called(one.along),
    )


def _decision(names: Names, decision: Decision) -> Decision:
    ids = {one.id: names.outcome(decision.id, one.id) for one in decision.outcomes}

    def leading(rule: Rule) -> Rule:
        if isinstance(rule.then, str):
            return replace(rule, then=ids[rule.then])
        # In declared order, as the outcomes are.
        candidates = tuple(new for old, new in ids.items() if old in rule.then.candidates)
        return replace(rule, then=replace(rule.then, candidates=candidates))

    name, rules = names.decisions.get(decision.id, decision.id), map(leading, decision.rules)
    outcomes = tuple(replace(one, id=ids[one.id]) for one in decision.outcomes)
    return replace(decision, id=name, outcomes=outcomes, rules=tuple(rules))
