"""Proofs over all consistent profiles: what a rule set does, and where two of them differ."""

from __future__ import annotations

from routeengine.verification.difference import Comparison, Differing, first_difference
from routeengine.verification.findings import Finding, Kept, Proof, Verification
from routeengine.verification.prove import verify

__all__ = [
    "Comparison",
    "Differing",
    "Finding",
    "Kept",
    "Proof",
    "Verification",
    "first_difference",
    "verify",
]
