"""For whoever writes rules: made clients, laws that rules should keep, and made rule sets.

Needs the extra `testing` (Hypothesis and pytest). See `docs/testing.md`. All clients here are made,
so a failing test shows the whole profile.
"""

from __future__ import annotations

from routeengine.lazy import import_extra

import_extra("hypothesis", "testing", "testing rules")

from routeengine.testing.dossiers import dossier_machine, observations
from routeengine.testing.generated import rulesets, states
from routeengine.testing.laws import (
    LAWS,
    BrokenLawError,
    Law,
    exclusive,
    information_monotone,
    irrelevant_facts_irrelevant,
    laws,
    order_free,
    total,
    twins,
)
from routeengine.testing.profiles import partial_profiles, profiles

__all__ = [
    "LAWS",
    "BrokenLawError",
    "Law",
    "dossier_machine",
    "exclusive",
    "information_monotone",
    "irrelevant_facts_irrelevant",
    "laws",
    "observations",
    "order_free",
    "partial_profiles",
    "profiles",
    "rulesets",
    "states",
    "total",
    "twins",
]
