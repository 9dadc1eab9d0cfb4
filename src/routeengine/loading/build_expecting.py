"""From the files' document to what the author expects and accepts."""

from __future__ import annotations

from typing import cast

from routeengine.loading import document as written
from routeengine.loading.build_conditions import ConditionBuilder
from routeengine.loading.faults import Collector
from routeengine.loading.yaml_tree import Leaf
from routeengine.ruleset.domains import Value
from routeengine.ruleset.expectations import Acceptable, Acceptance, Change, Expectation
from routeengine.ruleset.flaws import Path


def build_expectation(
    name: str, entry: written.ExpectationEntry, conditions: ConditionBuilder, collector: Collector
) -> Expectation:
    """Build one entry of the section `expect`."""
    path: Path = ("expect", name)
    never = entry.never
    when = entry.when
    return Expectation(
        name,
        entry.label,
        entry.decision,
        None if when is None else conditions.build(when, (*path, "when")),
        _change(entry.change, conditions, (*path, "change")),
        tuple(entry.always or ()),
        tuple(never.to if isinstance(never, written.MoveEntry) else never or ()),
        tuple(never.come_from) if isinstance(never, written.MoveEntry) else (),
        tuple(entry.along or ()),
        collector.place(path, key=True),
    )


def _change(
    entry: written.ChangeEntry | None, conditions: ConditionBuilder, path: Path
) -> Change | None:
    if entry is None:
        return None
    if not conditions.knows(entry.fact):
        return Change(entry.fact)  # told by the checks

    def values(leaves: list[Leaf | None] | None, key: str) -> tuple[Value, ...]:
        read = (conditions.one_value(entry.fact, leaf, (*path, key)) for leaf in leaves or ())
        return tuple(value for value in read if value is not None)

    return Change(entry.fact, values(entry.before, "from"), values(entry.after, "to"))


def build_acceptance(name: str, entry: written.AcceptanceEntry, collector: Collector) -> Acceptance:
    """Build one entry of the section `accept`."""
    place = collector.place(("accept", name), key=True)
    # The shape of the file lets only these words pass.
    finding = cast(Acceptable, entry.finding)
    return Acceptance(name, finding, tuple(entry.about), entry.because, place)
