"""What must hold of how evidence is weighed, and of how clients are followed."""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.ruleset.flaws import Flaw, Path, did_you_mean, shown
from routeengine.ruleset.model import Evidence, EvidenceSource, FollowUp, RuleSet, Text
from routeengine.ruleset.references import check_outcome, circles

__all__ = ["check_following", "texts_of_following"]


def check_following(ruleset: RuleSet) -> Iterator[Flaw]:
    """Yield what is wrong with the sections `evidence` and `follow_up`."""
    if ruleset.evidence is not None:
        yield from _check_evidence(ruleset, ruleset.evidence)
    if ruleset.follow_up is not None:
        yield from _check_follow_up(ruleset, ruleset.follow_up)


def texts_of_following(ruleset: RuleSet) -> Iterator[tuple[Path, Text]]:
    """Yield the texts of both sections, with their paths."""
    for source in () if ruleset.evidence is None else ruleset.evidence.sources:
        yield ("evidence", "sources", source.id, "label"), source.label
    for form in () if ruleset.follow_up is None else ruleset.follow_up.forms:
        yield ("follow_up", "forms", form.id, "label"), form.label


def _check_evidence(ruleset: RuleSet, evidence: Evidence) -> Iterator[Flaw]:
    if not evidence.sources:
        yield Flaw(("evidence", "sources"), "`evidence` needs a source at least", key=True)
    yield from _check_months(("evidence", "newer_conflict_months"), evidence.newer_conflict_months)
    flags = {
        "superseded": evidence.superseded_flag,
        "conflict": evidence.conflict_flag,
        "stale": evidence.stale_flag,
    }
    for key, flag in flags.items():
        if flag is not None:
            yield from _check_flag(ruleset, ("evidence", "flags", key), flag)
    set_by: dict[str, EvidenceSource] = {}
    for source in evidence.sources:
        at: Path = ("evidence", "sources", source.id)
        yield from _check_months((*at, "max_age_months"), source.max_age_months)
        if source.max_age_months is not None and evidence.stale_flag is None:
            message = "`max_age_months` needs a flag for evidence that is older"
            yield Flaw((*at, "max_age_months"), message, "name it under `flags: {stale: …}`")
        yield from _check_sets(ruleset, (*at, "sets"), source, set_by)


def _check_months(path: Path, months: int | None) -> Iterator[Flaw]:
    if months is not None and months < 0:
        yield Flaw(path, f"`{path[-1]}` is a number of months, and cannot be below 0")


def _check_flag(ruleset: RuleSet, path: Path, name: str) -> Iterator[Flaw]:
    flags = {flag.id: flag for flag in ruleset.flags}
    if name not in flags:
        hint = did_you_mean(name, flags)
        yield Flaw(path, f"{shown(name)} is no flag", hint, about=("flags",))
    elif flags[name].when is not None:
        message = f"`{name}` is raised by a condition, not by the dossier"
        yield Flaw(path, message, "give the flag `raised_by: dossier`", about=("flags", name))


def _check_sets(
    ruleset: RuleSet, path: Path, source: EvidenceSource, set_by: dict[str, EvidenceSource]
) -> Iterator[Flaw]:
    for name, value in source.sets.items():
        fact = ruleset.fact.get(name)
        if fact is None:
            hint = did_you_mean(name, ruleset.fact)
            yield Flaw((*path, name), f"{shown(name)} is no fact", hint, key=True, about=("facts",))
        elif fact.domain.index(value) is None:
            message = f"`{name}` is set to a value that it does not have"
            yield Flaw((*path, name), message, f"it is {fact.domain.describe()}")
        other = set_by.setdefault(name, source)
        if other.sets[name] != value:
            message = f"`{name}` is set to another value by `{other.id}`"
            yield Flaw((*path, name), message, "a fact can be settled in one way only")


def _check_follow_up(ruleset: RuleSet, follow_up: FollowUp) -> Iterator[Flaw]:
    decision = ruleset.decision.get(follow_up.decision)
    if decision is None:
        message = f"{shown(follow_up.decision)} is no decision"
        hint = did_you_mean(follow_up.decision, ruleset.decision)
        yield Flaw(("follow_up", "decision"), message, hint, about=("decisions",))
    for number, outcome in enumerate(follow_up.upwards):
        at: Path = ("follow_up", "upwards", number)
        if outcome in follow_up.upwards[:number]:
            yield Flaw(at, f"{shown(outcome)} stands twice")
        elif decision is not None:
            yield from check_outcome(at, decision, outcome)
    if follow_up.fact is not None and follow_up.fact not in ruleset.fact:
        hint = did_you_mean(follow_up.fact, ruleset.fact)
        message = f"{shown(follow_up.fact)} is no fact"
        yield Flaw(("follow_up", "fact"), message, hint, about=("facts",))
    yield from _check_forms(follow_up)


def _check_forms(follow_up: FollowUp) -> Iterator[Flaw]:
    part_of = {form.id: form.part_of for form in follow_up.forms}
    for form, whole in part_of.items():
        if whole is not None and whole not in part_of:
            path: Path = ("follow_up", "forms", form, "part_of")
            message = f"{shown(whole)} is no form"
            yield Flaw(path, message, did_you_mean(whole, part_of), about=("follow_up", "forms"))
    graph = {form: [one] for form, one in part_of.items() if one is not None and one in part_of}
    for circle in circles({form: graph.get(form, []) for form in part_of}):
        message = "`part_of` goes round in a circle: " + ", ".join(f"`{one}`" for one in circle)
        yield Flaw(("follow_up", "forms", circle[0], "part_of"), message)
