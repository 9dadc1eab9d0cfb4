"""What must hold of what an author expects and accepts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from routeengine.ruleset.expectations import Acceptable, Acceptance, Change, Expectation
from routeengine.ruleset.flaws import Flaw, Path, did_you_mean, shown, twice, unknown
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import decisions_of
from routeengine.ruleset.references import check_outcome


def check_expectation(ruleset: RuleSet, path: Path, expectation: Expectation) -> Iterator[Flaw]:
    """Yield what is wrong with an entry of the section `expect`."""
    yield from _check_form(path, expectation)
    yield from _check_answers(ruleset, path, expectation)
    if expectation.change is not None:
        yield from _check_change(ruleset, (*path, "change"), expectation.change)


def _check_form(path: Path, expectation: Expectation) -> Iterator[Flaw]:
    given = [key for key in ("never", "always", "along") if getattr(expectation, key)]
    if len(given) != 1:
        message = "an expectation says one thing"
        hint = "write one of `never`, `always` and `along`"
        yield Flaw((*path, "never"), message, hint, key=True)
    if expectation.change is None:
        if expectation.when is None:
            yield Flaw((*path, "when"), "an expectation needs `when` or `change`", key=True)
        if expectation.along:
            message = "`along` is for an expectation with `change`"
            yield Flaw((*path, "along"), message, "say what changes", key=True)
        if expectation.never_from:
            message = "`never: {from: …, to: …}` is for an expectation with `change`"
            yield Flaw((*path, "never"), message, "name the answers alone", key=True)
    elif expectation.always:
        message = "`always` is for an expectation without `change`"
        yield Flaw((*path, "always"), message, "write `never` or `along`", key=True)
    if len(expectation.along) == 1:
        yield Flaw((*path, "along"), "`along` needs two answers at least")


def _check_answers(ruleset: RuleSet, path: Path, expectation: Expectation) -> Iterator[Flaw]:
    known, about = ruleset.decision, ("decisions",)
    yield from unknown((*path, "decision"), expectation.decision, known, "decision", about)
    if expectation.decision not in known:
        return
    decision = known[expectation.decision]
    for key, answers in (
        (("never", "to") if expectation.never_from else ("never",), expectation.never),
        (("never", "from"), expectation.never_from),
        (("always",), expectation.always),
        (("along",), expectation.along),
    ):
        for number, answer in enumerate(answers):
            yield from check_outcome((*path, *key, number), decision, answer, or_status=True)
        yield from twice((*path, *key), answers)


def _check_change(ruleset: RuleSet, path: Path, change: Change) -> Iterator[Flaw]:
    yield from unknown((*path, "fact"), change.fact, ruleset.fact, "fact", ("facts",))
    fact = ruleset.fact.get(change.fact)
    if fact is None:
        return
    for key, values in (("from", change.before), ("to", change.after)):
        if any(fact.domain.index(value) is None for value in values):
            message = f"`{fact.id}` is asked for values that it does not have"
            yield Flaw((*path, key), message, f"it is {fact.domain.describe()}")
    if bool(change.before) != bool(change.after):
        message = "a change has `from` and `to`, or neither"
        yield Flaw(path, message, "without both, it is to any higher value", key=True)
    elif len({*change.before, *change.after}) == 1:
        yield Flaw(path, "a change from a value to itself is none", key=True)


def check_acceptance(ruleset: RuleSet, path: Path, acceptance: Acceptance) -> Iterator[Flaw]:
    """Yield what is wrong with an entry of the section `accept`."""
    # What it has to name is only known where the finding is.
    finding: Path = (*path, "finding")
    parts = _parts(ruleset, acceptance)
    if len(acceptance.about) != len(parts):
        named = " and ".join(what for what, _ in parts)
        message = f"`{acceptance.finding}` is about {named}"
        yield Flaw((*path, "about"), message, "name just that", about=finding)
        return
    for number, (name, (what, known)) in enumerate(zip(acceptance.about, parts, strict=True)):
        if name not in known:
            message = f"{shown(name)} is not {what}"
            hint = did_you_mean(name, known)
            yield Flaw((*path, "about", number), message, hint, about=finding)
            return


def _parts(ruleset: RuleSet, acceptance: Acceptance) -> list[tuple[str, Collection[str]]]:
    """Give what an accepted finding has to name: what it is, and which there are."""
    first = acceptance.about[0] if acceptance.about else ""
    beaten = ruleset.rule[first].outranks if first in ruleset.rule else ()
    own = ruleset.decision.get(first)
    outcomes = () if own is None else own.outcomes
    asked = {name for one in own.conditions for name in decisions_of(ruleset, one)} if own else ()
    rule, decision = ("a rule", ruleset.rule), ("a decision", ruleset.decision)
    parts: dict[Acceptable, list[tuple[str, Collection[str]]]] = {
        "dead_rule": [rule],
        "never_wins": [rule],
        "idle_outranks": [rule, ("a rule that it outranks", beaten)],
        "unreachable": [decision, ("an outcome of it", [one.id for one in outcomes])],
        "never_applies": [decision],
        "decided_under_review": [decision, ("a decision that it reads", asked)],
        "idle_criterion": [("a criterion", ruleset.criterion)],
        "idle_fact": [("a fact", ruleset.fact)],
        "idle_constraint": [("a constraint", [one.id for one in ruleset.constraints])],
        "idle_flag": [("a flag", [one.id for one in ruleset.flags])],
        "idle_expectation": [("an expectation", [one.id for one in ruleset.expectations])],
    }
    return parts[acceptance.finding]
