"""From the files' document to how evidence is weighed and how clients are followed."""

from __future__ import annotations

from routeengine.loading import document as written
from routeengine.loading.build_conditions import ConditionBuilder
from routeengine.loading.faults import Collector
from routeengine.ruleset.flaws import Path
from routeengine.ruleset.model import ActivationForm, Evidence, EvidenceSource, FollowUp


def build_evidence(
    entry: written.EvidenceEntry | None, conditions: ConditionBuilder, collector: Collector
) -> Evidence | None:
    """Build the section `evidence`; `conditions` reads the values of facts."""
    if entry is None:
        return None
    flags = entry.flags or written.EvidenceFlags.model_construct()
    return Evidence(
        tuple(
            _source(("evidence", "sources", name), one, conditions, collector)
            for name, one in entry.sources.items()
        ),
        entry.newer_conflict_months,
        flags.superseded,
        flags.conflict,
        flags.stale,
    )


def _source(
    path: Path,
    entry: written.EvidenceSourceEntry,
    conditions: ConditionBuilder,
    collector: Collector,
) -> EvidenceSource:
    sets = {}
    for fact, leaf in entry.sets.items():
        value = conditions.one_value(fact, leaf, (*path, "sets"))
        if value is not None:
            sets[fact] = value
    place = collector.place(path, key=True)
    return EvidenceSource(str(path[-1]), entry.rank, entry.label, sets, entry.max_age_months, place)


def build_follow_up(entry: written.FollowUpEntry | None, collector: Collector) -> FollowUp | None:
    """Build the section `follow_up`."""
    if entry is None:
        return None
    forms = tuple(
        ActivationForm(
            name, one.label, one.part_of, collector.place(("follow_up", "forms", name), key=True)
        )
        for name, one in entry.forms.items()
    )
    return FollowUp(entry.decision, tuple(entry.upwards), entry.fact, forms)
