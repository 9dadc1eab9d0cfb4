"""Proofs over all consistent profiles: what a rule set does, and where two of them differ.

A *cell* is a set of values of a fact that no condition tells apart. Sizes count *combinations* of
cells, one cell of each fact, and full *profiles*, one value of each fact. What is so for somebody
is shown by a profile, on which the reference evaluator has confirmed it.
"""

from routeengine.verification.comparison import Comparison, Differing, first_difference
from routeengine.verification.findings import Finding, Kept, Proof, Verification
from routeengine.verification.hanging import (
    Hanging,
    HangingClients,
    HangingRule,
    Seen,
    hanging_clients,
    hangs_on,
)
from routeengine.verification.impact import ClientGroup, DecisionImpact, Impact, impact
from routeengine.verification.migration import Migration, migrate
from routeengine.verification.points import Points, ScoreTotals
from routeengine.verification.prove import verify
from routeengine.verification.regions import Region
from routeengine.verification.versions import Difference, Reading, Shift, diff, unraised

__all__ = [
    "ClientGroup",
    "Comparison",
    "DecisionImpact",
    "Difference",
    "Differing",
    "Finding",
    "Hanging",
    "HangingClients",
    "HangingRule",
    "Impact",
    "Kept",
    "Migration",
    "Points",
    "Proof",
    "Reading",
    "Region",
    "ScoreTotals",
    "Seen",
    "Shift",
    "Verification",
    "diff",
    "first_difference",
    "hanging_clients",
    "hangs_on",
    "impact",
    "migrate",
    "unraised",
    "verify",
]
