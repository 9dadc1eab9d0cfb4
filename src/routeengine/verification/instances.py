"""Rules with parameters are checked with all their numbers, and what is found is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from routeengine.errors import UsageError
from routeengine.ruleset.digest import whole_digest
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.model import Parameter, RuleSet
from routeengine.verification.findings import Finding, Verification
from routeengine.verification.prove import verify
from routeengine.verification.versions import Unraised, is_raised, unraised


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule set with some numbers, what is found of it, and the instances that have them.

    There are none of a rule set without parameters.
    """

    ruleset: RuleSet
    instances: tuple[Instance, ...]
    verification: Verification


def check_each(rulesets: Iterable[RuleSet], more: Sequence[Finding] = ()) -> list[Checked]:
    """Check instances, those with the same numbers once; `more` is found of all of them."""
    alike: dict[str, list[RuleSet]] = {}
    for one in rulesets:
        alike.setdefault(whole_digest(replace(one, instance=None)), []).append(one)
    checked = []
    for some in alike.values():
        found = verify(some[0])
        found = replace(found, findings=(*found.findings, *more))
        checked.append(Checked(some[0], tuple([r.instance for r in some if r.instance]), found))
    return checked


def together(every: Sequence[Checked]) -> Iterator[Checked]:
    """Yield findings once, by the instances in which they are; first those that are in all."""
    # What is found in the first and the last of three stands under (0, 2).
    where: dict[object, dict[int, None]] = {}
    for number, one in enumerate(every):
        for finding in (*one.verification.findings, *one.verification.accepted):
            where.setdefault(_same(finding), {})[number] = None
    for numbers in sorted({tuple(one) for one in where.values()}, key=lambda one: (-len(one), one)):
        some = [every[number] for number in numbers]
        instances = tuple([instance for one in some for instance in one.instances])
        found = some[0].verification
        findings, accepted = (
            tuple([one for one in part if tuple(where[_same(one)]) == numbers])
            for part in (found.findings, found.accepted)
        )
        own = replace(found, findings=findings, accepted=accepted)
        yield Checked(some[0].ruleset, instances, own)


def _same(finding: Finding) -> object:
    """Return what makes it the same finding in another instance: not its size or its witness."""
    return finding.kind, finding.about, finding.message, finding.place


def unchecked_citations(ruleset: RuleSet, given: Container[str]) -> Iterator[Finding]:
    """Yield a note for each source that is cited, and whose text is not given."""
    cited = Counter(one.source for one in ruleset.citations)
    for source in ruleset.sources:
        number = cited[source.id]
        if number and source.id not in given:
            were = "citations were" if number > 1 else "citation was"
            whose = "their" if number > 1 else "its"
            message = f"{number} {were} not held against {whose} source, `{source.id}`"
            hint = f"give its text, as `--source {source.id}=FILE`"
            about = (source.id,)
            yield Finding("unchecked_citations", "", message, about, source.place, hint=hint)


def unused_parameters(parameters: Iterable[Parameter]) -> Iterator[Finding]:
    """Yield a note for each of some parameters that no condition names."""
    for one in parameters:
        message = f"parameter `{one.id}` is used by no condition"
        hint = "name it where its number counts, or take it out"
        yield Finding("unused_parameter", "", message, (one.id,), one.place, hint=hint)


def unraised_finding(olds: Sequence[RuleSet], news: Sequence[RuleSet]) -> Iterator[Finding]:
    """Yield what changed in any instance since an earlier version, if the version was not raised.

    Raises UsageError if it is another rule set.
    """
    old, ruleset = olds[0], news[0]
    if old.id != ruleset.id:
        message = f"`--against` takes the rule set `{ruleset.id}` as it was, not `{old.id}`"
        raise UsageError(message)
    about, place = (ruleset.id,), ruleset.facts[0].place
    match _unraised(olds, news):
        case "meaning":
            message = f"the rules changed since version {old.version}, and the version is"
            message += " not raised" if old.version == ruleset.version else f" {ruleset.version}"
            hint = f"give them a version above {old.version}"
            yield Finding("version_not_raised", "", message, about, place, hint=hint)
        case "texts":
            message = f"only what decides nothing, such as texts, changed since {old.version}"
            yield Finding("texts_not_raised", "", message, about, place)


def _unraised(olds: Sequence[RuleSet], news: Sequence[RuleSet]) -> Unraised | None:
    """Return what changed under one version, as `unraised`, in any of the instances."""
    before, after = ({one.instance: one for one in some} for some in (olds, news))
    if before.keys() == after.keys():
        found = {unraised(before[one], after[one]) for one in before}
        return "meaning" if "meaning" in found else "texts" if "texts" in found else None
    # Numbers have come or gone, or hold for other days.
    return None if is_raised(olds[0], news[0]) else "meaning"


def named(instances: Sequence[Instance], number: int) -> str:
    """Return instances in words, where there are so many in all."""
    return "in all" if len(instances) == number else "; ".join(map(str, instances))
