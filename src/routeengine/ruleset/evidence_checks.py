"""What must hold of the sections `evidence` and `follow_up` of a rule set."""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.ruleset.evidence import Evidence, EvidenceSource, FollowUp
from routeengine.ruleset.flaws import Flaw, Path, check_distinct, check_known, check_months
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.references import check_name, check_outcome, circles


def check_dossier(ruleset: RuleSet, path: Path, part: Evidence | FollowUp) -> Iterator[Flaw]:
    """Yield what is wrong with one of the two sections."""
    if isinstance(part, Evidence):
        yield from _check_evidence(ruleset, path, part)
    else:
        yield from _check_follow_up(ruleset, path, part)


def _check_evidence(ruleset: RuleSet, path: Path, evidence: Evidence) -> Iterator[Flaw]:
    """Yield what is wrong with the section `evidence`."""
    if not evidence.sources:
        yield Flaw((*path, "sources"), "`evidence` needs a source at least", key=True)
    yield from check_months((*path, "newer_conflict_months"), evidence.newer_conflict_months)
    flags = {flag.id: flag for flag in ruleset.flags}
    for key, name in (
        ("superseded", evidence.superseded_flag),
        ("conflict", evidence.conflict_flag),
        ("stale", evidence.stale_flag),
    ):
        if name is not None:
            at = (*path, "flags", key)
            yield from check_known(at, name, flags, "flag", ("flags",))
            if name in flags and flags[name].when is not None:
                message = f"`{name}` is raised by a condition, not by the dossier"
                hint = "give the flag `raised_by: dossier`"
                yield Flaw(at, message, hint, about=("flags", name))
    set_by: dict[str, EvidenceSource] = {}
    for source in evidence.sources:
        at = (*path, "sources", source.id)
        yield from check_months((*at, "max_age_months"), source.max_age_months)
        if source.max_age_months is not None and evidence.stale_flag is None:
            message = "`max_age_months` needs a flag for evidence that is older"
            yield Flaw((*at, "max_age_months"), message, "name it under `flags: {stale: …}`")
        yield from _check_sets(ruleset, (*at, "sets"), source, set_by)


def _check_sets(
    ruleset: RuleSet,
    path: Path,
    source: EvidenceSource,
    set_by: dict[str, EvidenceSource],
) -> Iterator[Flaw]:
    for name, value in source.sets.items():
        yield from check_name(ruleset, (*path, name), "fact", name, key=True)
        fact = ruleset.fact.get(name)
        if fact is not None and fact.domain.index(value) is None:
            message = f"`{name}` is set to a value that it does not have"
            yield Flaw((*path, name), message, f"it is {fact.domain.describe()}")
        other = set_by.setdefault(name, source)
        if other.sets[name] != value:
            message = f"`{name}` is set to another value by `{other.id}`"
            yield Flaw((*path, name), message, "a fact can be settled in one way only")


def _check_follow_up(ruleset: RuleSet, path: Path, follow_up: FollowUp) -> Iterator[Flaw]:
    """Yield what is wrong with the section `follow_up`."""
    yield from check_name(ruleset, (*path, "decision"), "decision", follow_up.decision)
    decision = ruleset.decision.get(follow_up.decision)
    if decision is not None:
        for number, outcome in enumerate(follow_up.upwards):
            yield from check_outcome((*path, "upwards", number), decision, outcome)
    yield from check_distinct((*path, "upwards"), follow_up.upwards)
    if follow_up.fact is not None:
        yield from check_name(ruleset, (*path, "fact"), "fact", follow_up.fact)
    part_of = {form.id: form.part_of for form in follow_up.forms}
    for form, whole in part_of.items():
        if whole is not None:
            at = (*path, "forms", form, "part_of")
            yield from check_known(at, whole, part_of, "form", (*path, "forms"))
    graph = {form: [whole] if whole in part_of else [] for form, whole in part_of.items()}
    for circle in circles(graph):
        message = "`part_of` goes round in a circle: " + ", ".join(f"`{one}`" for one in circle)
        yield Flaw((*path, "forms", circle[0], "part_of"), message)
