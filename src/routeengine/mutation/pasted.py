"""Cases that are missing, as YAML that can be pasted into a case file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from routeengine.mutation.run import Survivor
from routeengine.mutation.witness import Witness, differing
from routeengine.mutation.wording import scalar
from routeengine.profile import OneOf
from routeengine.result import Status, Verdict
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet

WIDTH = 100

KEPT = "\N{NO-BREAK SPACE}"

SHAPES: Mapping[Status, tuple[str, ...]] = {
    "decided": ("outcome", "rule"),
    "review": ("status", "reason", "rule", "candidates"),
    "insufficient": ("status", "possible", "missing"),
    "not_applicable": ("status",),
}
"""What tells verdicts of each status apart."""


def pasted(ruleset: RuleSet, survivors: Sequence[Survivor]) -> str:
    """Give a case for each profile that tells surviving mutants from the rule set.

    What it expects is what the rule set answers now: whoever pastes it has to hold that
    against the policy. A fact that has to be unknown is null, whatever the defaults say.
    """
    together: dict[str, list[Witness]] = {}
    for survivor in survivors:
        together.setdefault(_facts(ruleset, survivor.witness), []).append(survivor.witness)
    lines = ["cases:"]
    for number, (facts, witnesses) in enumerate(together.items(), start=1):
        lines += [f"  missing_case_{number}:", *_wrapped(f"facts: {{{facts}}}"), "    expect:"]
        lines += [f"      {line}" for line in _expected(witnesses)]
    return "\n".join(lines)


def seen_otherwise(witness: Witness) -> str:
    """Say in a few words what the rules answer on the profile, and what the mutant does."""
    told = []
    for decision, verdict in witness.old.verdicts.items():
        one, other = _told(verdict), _told(witness.new.verdicts[decision])
        if one != other:
            told.append(f"{decision} is {one}, and would be {other}")
    if not told:
        told = [
            f"{name} is {_yaml(one)}, and would be {_yaml(two)}"
            for name, one, two in differing(witness.old, witness.new)
        ]
    return "; ".join(told)


def _told(verdict: Verdict) -> str:
    by = verdict.rule or " or ".join(verdict.rules) or verdict.reason
    return (verdict.outcome or verdict.status) + (f" by {by}" if by else "")


def _yaml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(scalar, value)) + "]"
    return "null" if value is None else scalar(str(value))


def _facts(ruleset: RuleSet, witness: Witness) -> str:
    profile = witness.profile
    return ", ".join(
        # A fact and its value stay on one line.
        f"{fact.id}:{KEPT}{_known(profile.get(fact.id))}"
        for fact in ruleset.facts
    )


def _known(value: Value | OneOf | None) -> str:
    if isinstance(value, OneOf):
        return f"{{one_of: [{', '.join(map(scalar, value.values))}]}}"
    return "null" if value is None else scalar(value)


def _wrapped(line: str) -> list[str]:
    indent = " " * 4
    lines = wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent * 2,
                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return [one.replace(KEPT, " ") for one in lines]


def _expected(witnesses: Sequence[Witness]) -> Iterator[str]:
    """Yield what to expect where any of the mutants answers otherwise."""
    old = witnesses[0].old
    parts = {
        name.partition(".")[0] for one in witnesses for name, *_ in differing(one.old, one.new)
    }
    for decision, verdict in old.verdicts.items():
        if decision in parts:
            yield f"{scalar(decision)}: {{{', '.join(_fields(verdict))}}}"
    for field in ("flags", "flags_possible"):
        if field in parts:
            yield f"{field}: {_yaml(getattr(old, field))}"


def _fields(verdict: Verdict) -> Iterator[str]:
    for field in SHAPES[verdict.status]:
        yield f"{field}: {_yaml(getattr(verdict, field))}"
    if verdict.rule is None and verdict.rules:
        yield f"rules: {_yaml(verdict.rules)}"
    if verdict.conflict:
        yield f"conflict: {_yaml(verdict.conflict)}"
