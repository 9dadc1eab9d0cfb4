"""Laws that rules should keep, as functions of an engine and a made profile.

A law says nothing if it holds, and raises BrokenLawError if it does not: with the
decision and what is wrong, the profile, and the explanation of what the rules say of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial, wraps
from itertools import product
from typing import Any, NoReturn, TypeAlias, cast, get_args

from routeengine.engine import Engine
from routeengine.errors import UsageError
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import Declined, Knowledge, encode_knowledge, read_profile
from routeengine.result import Result, Verdict
from routeengine.ruleset.conditions import Group
from routeengine.ruleset.dependencies import couplings, facts_named, facts_read
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Decision, Rule, RuleSet, Score
from routeengine.verification.alignment import rebuilt

Given: TypeAlias = Mapping[str, Any]

Law: TypeAlias = Callable[[Engine, Given], None]
"""A law: called with an engine and a made profile, it raises BrokenLawError if it is broken."""


class BrokenLawError(AssertionError):
    """A law does not hold on a made profile; the message shows where and why.

    The message holds the decision and what is wrong, the profile, and what the rules say of it.
    """


def _law(flaws: Callable[[Engine, Given, Result], Iterator[str]]) -> Law:
    """Make a law of what yields, of an engine, a profile and its result, all that breaks it."""

    @wraps(flaws)
    def law(engine: Engine, profile: Given) -> None:
        __tracebackhide__ = True
        result = engine.classify(profile)
        for flaw in flaws(engine, profile, result):
            broken(flaws.__name__, engine, result, flaw)

    return law


@_law
def total(_: Engine, __: Given, result: Result) -> Iterator[str]:
    """No gap: in each decision that applies, a rule answers.

    A `Law`: call it as `total(engine, profile)`.
    """
    for name, verdict in result.verdicts.items():
        if verdict.reason == "gap":
            yield f"decision `{name}` has a gap: no rule applies"


@_law
def exclusive(_: Engine, __: Given, result: Result) -> Iterator[str]:
    """No overlap: no two rules that lead elsewhere win together.

    A `Law`: call it as `exclusive(engine, profile)`.
    """
    for name, verdict in result.verdicts.items():
        if verdict.reason == "overlap":
            rules = " and ".join(f"`{rule}`" for rule in verdict.rules)
            yield f"decision `{name}` has an overlap: {rules} lead to different answers"


@_law
def order_free(engine: Engine, profile: Given, result: Result) -> Iterator[str]:
    """The order of rules, criteria, constraints, parts of conditions and keys changes nothing.

    A `Law`: call it as `order_free(engine, profile)`.
    """
    other = _turned_round(engine).classify(dict(list(profile.items())[::-1]))
    for name, verdict in result.verdicts.items():
        if _in_one_order(verdict) != _in_one_order(other.verdicts[name]):
            yield f"decision `{name}` is answered otherwise where the rules stand in another order"
    if set(result.flags) != set(other.flags):
        yield "other flags are raised where the rules stand in another order"


@_law
def information_monotone(engine: Engine, profile: Given, result: Result) -> Iterator[str]:
    """Whatever is learnt of an unknown fact, nothing new becomes possible, and decided stays.

    What would contradict the rest is not learnt: then a person looks at all of it. A `Law`: call it
    as `information_monotone(engine, profile)`.
    """
    for fact, value in _learnt(engine, profile):
        # Whoever can start soon is not learnt to be unable to take part: the decisions that read
        # this would be for review, which is new and no fault of the rules.
        more = {**profile, fact: value}
        if _lanes(engine).inspect(read_profile(engine.ruleset, more)).conflicts:
            continue
        after = engine.classify(more)
        once = f"once `{fact}` is known to be {_json(value)}"
        for name, verdict in after.verdicts.items():
            if not set(verdict.possible) <= set(result.verdicts[name].possible):
                yield f"decision `{name}` can come out as something new {once}"
        if not set(result.flags) <= set(after.flags):
            yield f"a flag is no longer raised {once}"


@_law
def irrelevant_facts_irrelevant(engine: Engine, profile: Given, result: Result) -> Iterator[str]:
    """A fact that a decision neither asks for nor reads does not change its verdict.

    Facts that a constraint ties to others are left out: to learn one is to learn of another. A
    `Law`: call it as `irrelevant_facts_irrelevant(engine, profile)`.
    """
    tied = {fact for coupling in couplings(engine.ruleset) for fact in coupling.facts}
    for name, verdict in result.verdicts.items():
        reads = facts_read(engine.ruleset, name)
        idle = [fact.id for fact in engine.ruleset.facts if fact.id not in tied | reads]
        changes = [(fact, value) for fact in idle for value in _values(engine, fact)]
        changes += [
            (fact, value)
            for fact, value in _learnt(engine, profile)
            # What was declined is not asked again, though it can still matter.
            if fact not in {*tied, *verdict.missing} and not isinstance(profile.get(fact), Declined)
        ]
        for fact, value in changes:
            other = engine.classify({**profile, fact: value}).verdicts[name]
            if other.possible != verdict.possible:
                where = f"comes out otherwise where it is {_json(value)}"
                yield f"decision `{name}` does not depend on `{fact}`, and {where}"


def twins(
    engine: Engine,
    profile: Given,
    fact: str,
    decision: str,
    *,
    among: Iterable[Value] | None = None,
    where_it_applies: bool = False,
) -> None:
    """Clients who differ in one named fact only get the same verdict.

    Every value of `fact` that the rules tell apart is tried in the profile, or those that are
    `among`. With `where_it_applies`, twins to whom the decision does not apply are left out. So is
    a twin who would contradict a constraint: there is no such client.

    Raises BrokenLawError if the decision comes out otherwise for some value, and UsageError for a
    fact or decision that does not exist.
    """
    __tracebackhide__ = True
    if fact not in engine.ruleset.fact or decision not in engine.ruleset.decision:
        raise UsageError(f"no fact `{fact}`, or no decision `{decision}`, in the rule set")
    values = _values(engine, fact) if among is None else among
    results = [engine.classify({**profile, fact: value}) for value in values]
    left_out = {("not_applicable",)} if where_it_applies else set()
    by_answer: dict[tuple[str, ...], Result] = {}
    for one in results:
        verdict = one.verdicts[decision]
        if verdict.reason != "contradiction" and verdict.possible not in left_out:
            by_answer.setdefault(verdict.possible, one)
    if len(by_answer) > 1:
        listed = "; ".join(
            f"{_json(one.profile[fact])} leads to {' or '.join(possible)}"
            for possible, one in by_answer.items()
        )
        flaw = f"decision `{decision}` tells twins apart who differ in `{fact}` only: {listed}"
        broken("twins", engine, next(iter(by_answer.values())), flaw)


LAWS: tuple[Law, ...] = (
    total,
    exclusive,
    order_free,
    information_monotone,
    irrelevant_facts_irrelevant,
)
"""The laws that hold of any good rule set, for example for `pytest.mark.parametrize`."""


def laws(ruleset: RuleSet) -> dict[str, Law]:
    """Return the laws for one rule set by name: `LAWS`, and twins for each possible proxy.

    A fact that may stand in for origin (`possible_proxy`) must not tell clients apart wherever a
    decision applies to them. Decisions whose own rules name the fact (as they do where it is their
    subject) are left out: what they should say is for the author to test.
    """
    by_name: dict[str, Law] = {law.__name__: law for law in LAWS}
    for fact, decision in product(ruleset.facts, ruleset.decisions):
        if fact.possible_proxy and fact.id not in facts_named(ruleset, decision.id):
            twin = partial(twins, fact=fact.id, decision=decision.id, where_it_applies=True)
            by_name[f"twins: {fact.id} in {decision.id}"] = twin
    return by_name


# What may be learnt


def _learnt(engine: Engine, profile: Given) -> Iterator[tuple[str, Value]]:
    """Yield each fact that is not known, with a value from every group that rules tell apart."""
    # One value per group is enough: no condition tells the others from it.
    cells = _lanes(engine).compiled.cells
    for name, known in read_profile(engine.ruleset, profile).items():
        if known.allowed.has_several:
            for cell in cells.of[name]:
                if left := cell & known.allowed:
                    yield name, engine.ruleset.fact[name].domain.value(left.lowest)


def _values(engine: Engine, fact: str) -> list[Value]:
    """Return the lowest and highest value of a fact in every group that the rules tell apart."""
    domain = engine.ruleset.fact[fact].domain
    cells = _lanes(engine).compiled.cells.of[fact]
    ends = {end for cell in cells for end in (cell.lowest, cell.highest)}
    return [domain.value(number) for number in sorted(ends)]


@lru_cache(maxsize=8)
def _lanes(engine: Engine) -> LanesExecutor:
    """Return an executor of our own, to look closer than an engine lets us."""
    return LanesExecutor(engine.ruleset)


# Another order


_UNORDERED: Mapping[type, tuple[str, ...]] = {
    RuleSet: ("criteria", "scores", "decisions", "constraints", "flags"),
    Score: ("parts",),
    Decision: ("rules",),
    Rule: ("outranks",),
    **dict.fromkeys(get_args(Group), ("parts",)),
}
"""Fields whose order says nothing. Facts, values and outcomes are reported in their order."""


@lru_cache(maxsize=8)
def _turned_round(engine: Engine) -> Engine:
    """Return an engine of the same rules, written from the last to the first."""
    return Engine(rebuilt(engine.ruleset, _reversed))


def _reversed(part: Any) -> Any:
    names = _UNORDERED.get(type(part), ())
    return replace(part, **{name: getattr(part, name)[::-1] for name in names})


def _in_one_order(verdict: Verdict) -> Verdict:
    return replace(verdict, rules=tuple(sorted(verdict.rules)))


# What a broken law shows


def _json(value: object) -> str:
    # It stands in a profile that was accepted.
    return json.dumps(encode_knowledge(cast(Knowledge, value)), ensure_ascii=False)


def broken(law: str, engine: Engine, result: Result, flaw: str) -> NoReturn:
    """Raise the error of a broken law, with the profile and what the rules say of it."""
    facts = "\n".join(f"  {fact}: {_json(value)}" for fact, value in result.profile.items())
    __tracebackhide__ = True  # the message says it all
    english = "en" if "en" in engine.ruleset.languages else None
    explained = engine.explain(result, english).to_text(short=True)
    raise BrokenLawError(
        f"{law}: {flaw}\n\nOn this made profile:\n{facts or '  (nothing is known)'}\n\n"
        f"What the rules say of it:\n\n{explained}"
    )
