"""Rules with parameters are checked with all their numbers, and what is found is told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from routeengine.ruleset.digest import whole_digest
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.model import RuleSet
from routeengine.verification import Finding, Verification, unraised, verify
from routeengine.verification.versions import Unraised, is_raised


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule set with some numbers, what is found of it, and the instances that have them.

    There are none of a rule set without parameters.
    """

    ruleset: RuleSet
    instances: tuple[Instance, ...]
    verification: Verification

    def with_more(self, findings: Iterable[Finding]) -> Checked:
        """Return it with more findings."""
        more = (*self.verification.findings, *findings)
        return replace(self, verification=replace(self.verification, findings=more))


def check_each(rulesets: Iterable[RuleSet]) -> list[Checked]:
    """Check instances, those with the same numbers once."""
    alike: dict[str, list[RuleSet]] = {}
    for one in rulesets:
        alike.setdefault(whole_digest(replace(one, instance=None)), []).append(one)
    return [
        Checked(some[0], tuple([r.instance for r in some if r.instance]), verify(some[0]))
        for some in alike.values()
    ]


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


def unraised_instances(olds: Sequence[RuleSet], news: Sequence[RuleSet]) -> Unraised | None:
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
