"""What must hold of what an author expects and accepts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from routeengine.ruleset.expectations import Acceptance, Change, Expectation
from routeengine.ruleset.flaws import Flaw, Path, did_you_mean, shown
from routeengine.ruleset.model import Decision, RuleSet, Text
from routeengine.ruleset.reading import conditions_of, decisions_of

__all__ = ["check_expecting", "texts_of_expecting"]

STATUSES = ("review", "not_applicable")
"""What a decision can answer beside its outcomes."""


def check_expecting(ruleset: RuleSet) -> Iterator[Flaw]:
    """Yield what is wrong with the sections `expect` and `accept`."""
    for expectation in ruleset.expectations:
        yield from _check_form(expectation)
        yield from _check_answers(ruleset, expectation)
        if expectation.change is not None:
            path: Path = ("expect", expectation.id, "change")
            yield from _check_change(ruleset, path, expectation.change)
    for acceptance in ruleset.acceptances:
        yield from _check_acceptance(ruleset, acceptance)


def texts_of_expecting(ruleset: RuleSet) -> Iterator[tuple[Path, Text]]:
    """Yield the texts of both sections, with their paths."""
    for expectation in ruleset.expectations:
        yield ("expect", expectation.id, "label"), expectation.label
    for acceptance in ruleset.acceptances:
        yield ("accept", acceptance.id, "because"), acceptance.because


def _check_form(expectation: Expectation) -> Iterator[Flaw]:
    path: Path = ("expect", expectation.id)
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


def _check_answers(ruleset: RuleSet, expectation: Expectation) -> Iterator[Flaw]:
    decision = ruleset.decision.get(expectation.decision)
    path: Path = ("expect", expectation.id)
    if decision is None:
        hint = did_you_mean(expectation.decision, ruleset.decision)
        message = f"{shown(expectation.decision)} is no decision"
        yield Flaw((*path, "decision"), message, hint, about=("decisions",))
        return
    moved = bool(expectation.never_from)
    for at, answers in (
        (("never", "to") if moved else ("never",), expectation.never),
        (("never", "from"), expectation.never_from),
        (("always",), expectation.always),
        (("along",), expectation.along),
    ):
        for number, answer in enumerate(answers):
            yield from _check_answer((*path, *at, number), decision, answer)
            if answer in answers[:number]:
                yield Flaw((*path, *at, number), f"{shown(answer)} stands twice")


def _check_answer(path: Path, decision: Decision, answer: str) -> Iterator[Flaw]:
    known = [*(outcome.id for outcome in decision.outcomes), *STATUSES]
    if answer not in known:
        about: Path = ("decisions", decision.id, "outcomes")
        listed = "it has " + ", ".join(f"`{one}`" for one in known[:20])
        hint = did_you_mean(answer, known, listed)
        yield Flaw(path, f"{shown(answer)} is no answer of `{decision.id}`", hint, about=about)


def _check_change(ruleset: RuleSet, path: Path, change: Change) -> Iterator[Flaw]:
    fact = ruleset.fact.get(change.fact)
    if fact is None:
        hint = did_you_mean(change.fact, ruleset.fact)
        yield Flaw((*path, "fact"), f"{shown(change.fact)} is no fact", hint, about=("facts",))
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


def _check_acceptance(ruleset: RuleSet, acceptance: Acceptance) -> Iterator[Flaw]:
    path: Path = ("accept", acceptance.id)
    # What it has to name is only known where the finding is.
    finding: Path = (*path, "finding")
    parts = list(_parts(ruleset, acceptance))
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


def _parts(ruleset: RuleSet, acceptance: Acceptance) -> Iterator[tuple[str, Collection[str]]]:
    """Yield what an accepted finding has to name: what it is, and which there are."""
    first = acceptance.about[0] if acceptance.about else ""
    match acceptance.finding:
        case "dead_rule" | "never_wins":
            yield "a rule", ruleset.rule
        case "idle_outranks":
            yield "a rule", ruleset.rule
            rule = ruleset.rule.get(first)
            yield "a rule that it outranks", () if rule is None else rule.outranks
        case "unreachable":
            yield "a decision", ruleset.decision
            decision = ruleset.decision.get(first)
            outcomes = () if decision is None else decision.outcomes
            yield "an outcome of it", [one.id for one in outcomes]
        case "never_applies":
            yield "a decision", ruleset.decision
        case "decided_under_review":
            yield "a decision", ruleset.decision
            yield "a decision that it reads", _asked(ruleset, first)
        case "idle_criterion":
            yield "a criterion", ruleset.criterion
        case "idle_fact":
            yield "a fact", ruleset.fact
        case "idle_constraint":
            yield "a constraint", [one.id for one in ruleset.constraints]
        case "idle_flag":
            yield "a flag", [one.id for one in ruleset.flags]
        case _:
            yield "an expectation", [one.id for one in ruleset.expectations]


def _asked(ruleset: RuleSet, decision: str) -> Collection[str]:
    """Give the earlier decisions to which a decision refers."""
    conditions = conditions_of(ruleset.decision[decision]) if decision in ruleset.decision else ()
    return {name for one in conditions for name in decisions_of(ruleset, one)}
